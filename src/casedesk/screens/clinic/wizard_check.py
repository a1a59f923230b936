"""All answers of an assessment on one page: checked, changed, taken out where no longer asked, and completed."""

from collections.abc import Callable, Iterator
from typing import Any

from textual import on
from textual.app import App, ComposeResult

from casedesk.desk import assessment
from casedesk.desk.assessment import Sitting
from casedesk.desk.desk import Desk
from casedesk.model.moments import show_instant
from casedesk.model.text import counted
from casedesk.rules import forms
from casedesk.screens.clinic.wizard_state import Work
from casedesk.screens.clinic.wizard_text import MARKS, said_line, screen_lines
from casedesk.screens.clinic.wizard_triggers import TriggersScreen
from casedesk.screens.review_look import Reading
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Confirm
from casedesk.widgets.entries import Entries, Item
from casedesk.widgets.fields import LinesField, Values
from casedesk.widgets.flow import BLANK, Flow, line
from casedesk.widgets.form import Form
from casedesk.widgets.needs_chart import chart_lines
from casedesk.widgets.screen import BACK, DeskScreen

_GROUP = "Answers"
_MUTED = "$cd-muted"
_TITLE = "bold $cd-accent"


def _open(screen: "CheckScreen") -> str | None:
    sitting = screen.work.sitting
    if sitting.is_open:
        return None
    if sitting.completed:
        return "It is completed. R opens it again, with the reason."
    if sitting.assessment.given_up_why:
        return "It was given up: it can be read, and another one begun."
    return f"Version {sitting.assessment.version} of the form is not kept here: it can only be read."


def _completed(screen: "CheckScreen") -> str | None:
    return None if screen.work.sitting.completed else "It is not completed."


def _orphaned(screen: "CheckScreen") -> str | None:
    return _open(screen) or (
        None if screen.work.sitting.orphans() else "Every answer belongs to a question asked."
    )


def _command(name: str, keys: str, label: str, what: str, show: int = 0, **options: Any) -> Command:
    return Command(f"answers.{name}", keys, label, what, name.replace("-", "_"), _GROUP, show=show, **options)


class CheckScreen(DeskScreen[str | None]):
    """The answers, section by section. It ends with the id of a question that is to be changed, or None."""

    PLACE = "Check the answers"
    BESIDE_PERSON = True
    ABOUT = (
        "Every question that was asked, with its answer in words. Enter on an answer opens its question; Enter there "
        "comes back here. On top stands what is needed before the assessment can be completed, and the answers whose "
        "question is no longer asked: they stay until o takes them out. Ctrl+S completes the assessment."
    )
    OFFERS = (
        BACK,
        _command("change", "enter", "Change", "Open the question, and come back here.", 95, allowed=_open),
        _command("complete", "ctrl+s,f10", "Complete", "Complete the assessment.", 90, allowed=_open),
        _command("take-out", "o", "Take out", "Take out the answers whose question is no longer asked.", 70,
                 allowed=_orphaned),
        _command("reopen", "R", "Open again", "Open a completed assessment again, with the reason.", 12,
                 allowed=_completed),
        _command("give-up", "G", "Give up", "Give the assessment up, with the reason; its answers stay readable.", 8,
                 allowed=_open),
        _command("profile", "i", "Profile", "Show the needs profile as a chart.", 60),
        _command("triggers", "t", "Referrals", "Show what the answers make necessary.", 65),
        _command("next-open", "n", "Next open", "Go to the next question that is not answered or not confirmed.", 50),
        _command("down", "down,j", "Down", "Go to the next answer."),
        _command("up", "up,k", "Up", "Go to the answer before."),
        _command("page-down", "pagedown,space", "Page down", "Go a page down.", 20),
        _command("page-up", "pageup", "Page up", "Go a page up."),
        _command("top", "home", "Top", "Go to the top.", 15),
    )  # fmt: skip
    DEFAULT_CSS = """
    CheckScreen #summary { height: auto; padding: 0 1; background: $surface; }
    """

    def __init__(self, work: Work, *, at: str = "") -> None:
        """``at`` is the question under the cursor."""
        super().__init__()
        self.work = work
        self._at = at

    def compose_body(self) -> ComposeResult:
        """How far it has come, and every answer."""
        yield Flow(id="summary")
        yield Entries()

    def on_mount(self) -> None:
        """Show the answers, at the question the wizard was on."""
        self.entries.focus()
        self._show()
        if self._at:
            self.call_after_refresh(self.entries.go_to, self._at)

    @property
    def entries(self) -> Entries:
        """The list."""
        return self.query_one(Entries)

    # Showing

    def _show(self) -> None:
        sitting = self.work.sitting
        progress = sitting.progress()
        asked, answered = (sum(getattr(one, name) for one in progress) for name in ("asked", "answered"))
        declined = sum(given.declined for given in forms.live(sitting.form, sitting.answers).values())
        parts = [f"{answered} of {asked} answered"]
        if declined:
            parts.append(f"{declined} prefer not to say")
        blocking = sum(one.blocks for one in assessment.still_needed(sitting)) if sitting.is_open else 0
        ended = sitting.assessment.completed_at
        if ended is not None and sitting.completed:
            parts.append(f"✓ completed {show_instant(ended)}")
        elif not sitting.is_open:
            parts.append(_open(self) or "")
        elif blocking:
            parts.append(f"■ {counted(blocking, 'thing')} to do before it is complete (Home)")
        else:
            parts.append("✓ Ctrl+S completes it")
        self.query_one("#summary", Flow).show(
            [line((self.work.who, "bold"), (f" · {' · '.join(parts)}", ""))]
        )
        self.entries.show([*self._orphans(), *self._needed(), *self._answers()])
        self.refresh_bindings()

    def _needed(self) -> Iterator[Item]:
        needed = assessment.still_needed(self.work.sitting) if self.work.sitting.is_open else ()
        if needed:
            yield Item([line(("Before it can be completed", _TITLE))])
        for number, one in enumerate(needed):
            sign, style = ("■", "bold $cd-block") if one.blocks else ("▲", "$cd-warn")
            more = "" if one.blocks else " It can be completed without."
            yield Item([line((f"{sign} ", style), (f"{one.what}{more}", ""), hang=2)], f"needed {number}")
        if needed:
            yield Item([BLANK])

    def _orphans(self) -> Iterator[Item]:
        orphans = self.work.sitting.orphans()
        if not orphans:
            return
        yield Item(
            [line(("No longer asked", _TITLE), (" · they count for nothing; o takes them out", _MUTED))]
        )
        for one in orphans:
            yield Item([line((one.given.asked, "")), said_line(one.given)], f"orphan {one.question}")
        yield Item([BLANK])

    def _answers(self) -> Iterator[Item]:
        sitting = self.work.sitting
        arising = forms.visible(sitting.form, sitting.answers)
        results = sitting.screens()
        last = {tool.items[-1]: tool.id for tool in sitting.form.instruments.values()}
        for part in sitting.progress():
            said = f" · {MARKS[part.state]} {part.state.value} · {part.answered} of {part.asked} answered"
            yield Item([line((part.title, _TITLE), (said, _MUTED))])
            for one in arising:
                if one.section == part.section:
                    given = sitting.answers.get(one.id)
                    text = given.asked if given is not None and given.stands and given.asked else one.text
                    result = results.get(last.get(one.id, ""))
                    lines = [line((text, "")), said_line(given), *(screen_lines(result) if result else ())]
                    yield Item(lines, one.id)
            yield Item([BLANK])

    # Moving

    def action_down(self) -> None:
        """Go to the next."""
        self.entries.move(1)

    def action_up(self) -> None:
        """Go to the one before."""
        self.entries.move(-1)

    def action_page_down(self) -> None:
        """Go a page down."""
        self.entries.page(1)

    def action_page_up(self) -> None:
        """Go a page up."""
        self.entries.page(-1)

    def action_top(self) -> None:
        """Go to the top."""
        self.entries.top()

    def action_next_open(self) -> None:
        """Go to the next question that wants an answer, or its confirmation; after the last to the first."""
        sitting = self.work.sitting
        wanted = {name for part in sitting.progress() for name in (*part.missing, *part.unconfirmed)}
        order = [one.id for one in forms.visible(sitting.form, sitting.answers)]
        at = order.index(self.entries.key) + 1 if self.entries.key in order else 0
        found = next((name for name in (*order[at:], *order[:at]) if name in wanted), None)
        if found is None:
            self.app.notify("Everything is answered and confirmed.", timeout=4, markup=False)
        else:
            self.entries.go_to(found)

    # Doing

    @on(Entries.Opened)
    def _opened(self) -> None:
        if _open(self) is None:
            self.action_change()

    def action_change(self) -> None:
        """Open the question under the cursor, or what it is that is needed."""
        key = self.entries.key
        if key.startswith("needed "):
            needed = assessment.still_needed(self.work.sitting)[int(key.removeprefix("needed "))]
            if needed.trigger:
                self.app.push_screen(
                    TriggersScreen(self.work, record=needed.trigger), lambda _left: self._show()
                )
                return
            key = needed.question
        if key in {one.id for one in forms.visible(self.work.sitting.form, self.work.sitting.answers)}:
            self.dismiss(key)
        else:
            self.app.notify("It is no longer asked: o takes the answer out.", timeout=5, markup=False)

    def action_take_out(self) -> None:
        """Show what would be taken out, and take it out."""
        orphans = self.work.sitting.orphans()

        def answered(yes: bool | None) -> None:
            if yes and self.work.do(self.app, assessment.take_out_orphans):
                self.app.notify(f"{counted(len(orphans), 'answer')} taken out.", timeout=4, markup=False)
                self._show()

        said = "\n".join(f"{one.given.asked} → {one.given.said}" for one in orphans)
        text = f"{said}\n\nTheir questions are no longer asked. The history keeps them."
        title = f"Take out {counted(len(orphans), 'answer')}?"
        self.app.push_screen(Confirm(title, text, yes="Take out", no="Leave them"), answered)

    def action_triggers(self) -> None:
        """Show what the answers make necessary."""
        self.app.push_screen(TriggersScreen(self.work), lambda _left: self._show())

    def action_profile(self) -> None:
        """Show the needs profile."""
        show_profile(self.app, self.work)

    def action_reopen(self) -> None:
        """Ask why, and open it again."""
        self._ask_why("Open the assessment again", assessment.reopen, "It is open again.")

    def action_give_up(self) -> None:
        """Ask why, and give it up."""
        self._ask_why("Give the assessment up", assessment.give_up, "The assessment was given up.")

    def _ask_why(self, title: str, act: Callable[[Desk, Sitting, str], Sitting], said: str) -> None:
        work = self.work

        def save(values: Values) -> None:
            work.sitting = act(work.session.desk, work.sitting, values["why"])

        def saved(values: Values | None) -> None:
            if values is not None:
                self.app.notify(said, markup=False)
                self.dismiss(None)

        form = Form(
            f"{title}: why?",
            [LinesField("why", "Why", True, rows=4)],
            clock=work.session.clock,
            save=save,
            drafts=work.session.drafts,
            draft_key=f"{title} {work.sitting.id.hex()} {work.sitting.case_id.hex()}",
        )
        self.app.push_screen(form, saved)

    def action_complete(self) -> None:
        """Complete the assessment, or go to the first thing that is missing."""
        needed = assessment.still_needed(self.work.sitting)
        blocking = [one for one in needed if one.blocks]
        if blocking:
            self.entries.go_to("needed 0")
            said = f"{blocking[0].what} Enter goes there."
            self.app.notify(said, title="Not completed", severity="warning", markup=False)
            return

        def answered(yes: bool | None) -> None:
            if yes and self.work.do(self.app, assessment.complete):
                self.work.draft.drop()
                self.app.notify("The needs assessment is completed.", markup=False)
                self.dismiss(None)

        text = "\n".join(one.what for one in needed) or "Every question is answered and confirmed."
        self.app.push_screen(
            Confirm("Complete the assessment?", text, yes="Complete it", no="Not yet"), answered
        )


def show_profile(app: App[Any], work: Work) -> None:
    """Show the needs profile; where an earlier assessment was completed, with the change since."""
    sitting = work.sitting
    before = _completed_before(work)
    lines = chart_lines(before.scores(), sitting.scores()) if before else chart_lines(sitting.scores())
    since = (
        f" · since {show_instant(before.assessment.completed_at)}"
        if before and before.assessment.completed_at
        else ""
    )
    app.push_screen(Reading(f"Needs profile · {work.who}{since}", lines))


def _completed_before(work: Work) -> Sitting | None:
    """The first completed assessment of the same person before this one."""
    sitting, desk = work.sitting, work.session.desk
    if sitting.suspect is None:
        return None
    held = [
        own
        for own, one in assessment.assessments(desk, sitting.case_id, sitting.suspect)
        if one.completed_at is not None and one.form == sitting.assessment.form
    ]
    ids = [own for own in held if own != sitting.id]
    return assessment.read(desk, sitting.case_id, ids[0]) if ids else None
