"""What the answers of an assessment make necessary: each with its action, recorded as made or not made."""

from textual import on
from textual.app import ComposeResult

from casedesk.desk import assessment
from casedesk.desk.assessment import TriggerRecord
from casedesk.desk.people import service_title
from casedesk.model.moments import show_moment
from casedesk.model.text import counted
from casedesk.rules.forms import Trigger
from casedesk.screens.clinic.wizard_state import Work
from casedesk.screens.clinic.wizard_text import trigger_lines
from casedesk.screens.verbs import VerbForm
from casedesk.widgets.command import Command
from casedesk.widgets.entries import Entries, Item
from casedesk.widgets.fields import ChoiceField, DayField, LinesField, TextField, Values, YesNoField
from casedesk.widgets.flow import BLANK, Flow, line
from casedesk.widgets.screen import BACK, DeskScreen

_GROUP = "Referrals"


def _command(name: str, keys: str, label: str, what: str, show: int = 0) -> Command:
    return Command(f"triggers.{name}", keys, label, what, name.replace("-", "_"), _GROUP, show=show)


class TriggersScreen(DeskScreen[None]):
    """Safeguarding and referrals that follow from the answers."""

    PLACE = "Referrals from the assessment"
    BESIDE_PERSON = True
    ABOUT = (
        "What the answers make necessary, same-day matters first. Each says which answers raise it, what is to be done "
        "and on whose authority. Enter records it as made, or not made with the reason; until then it stays open, and "
        "the assessment is not completed while a same-day matter is."
    )
    OFFERS = (
        BACK,
        _command("record", "enter,r", "Record", "Record it as made, or not made with the reason.", 95),
        _command("down", "down,j", "Down", "Go to the next.", 40),
        _command("up", "up,k", "Up", "Go to the one before.", 35),
        _command("page-down", "pagedown", "Page down", "Go a page down."),
        _command("page-up", "pageup", "Page up", "Go a page up."),
    )
    DEFAULT_CSS = """
    TriggersScreen #summary { height: auto; padding: 0 1; background: $surface; }
    """

    def __init__(self, work: Work, *, record: str = "") -> None:
        """``record`` names a trigger whose form is opened at once."""
        super().__init__()
        self.work = work
        self._at_once = record

    def compose_body(self) -> ComposeResult:
        """How many are open, and all of them."""
        yield Flow(id="summary")
        yield Entries()

    def on_mount(self) -> None:
        """Show them, or record the one that was asked for."""
        self.query_one(Entries).focus()
        self._show()
        if self._at_once:
            self.query_one(Entries).go_to(self._at_once)
            self.call_after_refresh(self.action_record)

    def _show(self) -> None:
        raised, open_ones = self.work.sitting.triggers(), self.work.sitting.open_triggers()
        said = (
            f"{counted(len(raised), 'matter')} raised by the answers · {len(open_ones)} to record"
            if raised
            else "The answers given so far raise nothing."
        )
        self.query_one("#summary", Flow).show([line((self.work.who, "bold"), (f" · {said}", ""))])
        items = []
        for one in raised:
            records = self.work.sitting.records.get(one.id, ())
            items += [
                Item(trigger_lines(one, "; ".join(map(recorded_words, records))), one.id),
                Item([BLANK]),
            ]
        self.query_one(Entries).show(items)

    @property
    def _here(self) -> Trigger | None:
        key = self.query_one(Entries).key
        return next((one for one in self.work.sitting.triggers() if one.id == key), None)

    @on(Entries.Opened)
    def _opened(self) -> None:
        self.action_record()

    def action_record(self) -> None:
        """Ask what was done about it."""
        trigger = self._here
        if trigger is None:
            self.app.notify("There is nothing to record.", timeout=3, markup=False)
            return
        work = self.work

        def save(values: Values) -> None:
            made = bool(values["made"])
            work.sitting = assessment.record_trigger(
                work.session.desk,
                work.sitting,
                trigger.id,
                made_on=(values["on"] or assessment.today(work.session.desk)) if made else None,
                not_made_why="" if made else values["why"],
                to=values["to"],
                why=values["why"] if made else "",
                reference=values["reference"] or "",
            )

        def saved(values: Values | None) -> None:
            if self._at_once:
                self.dismiss(None)
            else:
                self._show()

        services = [(own, service_title(own)) for own in trigger.services]
        form = VerbForm(
            f"{trigger.title}\n{trigger.action}",
            [
                ChoiceField("to", "Who", True, choices=services),
                YesNoField("made", "Told or referred", True),
                LinesField(
                    "why", "What, or why not", True, "what was done and by whom; or why it was not", rows=4
                ),
                DayField("on", "On", hint="today if nothing is given"),
                TextField("reference", "Reference", hint="their number, if there is one"),
            ],
            clock=work.session.clock,
            save=save,
            initial={"to": services[0][0]} if services else {},
            drafts=work.session.drafts,
            draft_key=f"assessment trigger {trigger.id} {work.sitting.id.hex()} {work.sitting.case_id.hex()}",
        )
        self.app.push_screen(form, saved)

    def action_down(self) -> None:
        """Go to the next."""
        self.query_one(Entries).move(1)

    def action_up(self) -> None:
        """Go to the one before."""
        self.query_one(Entries).move(-1)

    def action_page_down(self) -> None:
        """Go a page down."""
        self.query_one(Entries).page(1)

    def action_page_up(self) -> None:
        """Go a page up."""
        self.query_one(Entries).page(-1)


def recorded_words(record: TriggerRecord) -> str:
    """What was recorded about a trigger, in words."""
    to = service_title(record.to)
    if record.made_on is not None:
        return f"{to}: done {show_moment(record.made_on)}"
    return f"{to}: not done, {record.not_made_why}"
