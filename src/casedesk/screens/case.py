"""The case page: read in ten seconds, recorded in twenty."""

from collections.abc import Callable
from typing import Any, Protocol

from textual.app import App, ComposeResult
from textual.containers import Horizontal, VerticalScroll

from casedesk.desk import access, casepage, record
from casedesk.model.errors import CasedeskError
from casedesk.model.ids import EntityId
from casedesk.model.moments import earliest
from casedesk.model.typed_moments import Lean
from casedesk.model.words import Channel, Purpose
from casedesk.screens.casetext import fact_lines, finding_lines, summary_lines, timeline_lines
from casedesk.screens.history import HistoryScreen
from casedesk.screens.session import Session
from casedesk.screens.undoing import ask_undo
from casedesk.store.queue import QueueRow
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import error_message
from casedesk.widgets.fields import ChoiceField, LinesField, MomentField, Values, YesNoField
from casedesk.widgets.flow import Flow
from casedesk.widgets.form import Form
from casedesk.widgets.screen import BACK, DeskScreen

PURPOSE_TITLES = {
    Purpose.UPDATE: "Update",
    Purpose.ARREST: "Arrest",
    Purpose.INTERVIEW: "Interview",
    Purpose.BAIL: "Bail or its conditions",
    Purpose.CHARGE: "Charge",
    Purpose.OUTCOME: "Outcome",
    Purpose.NO_FURTHER_ACTION: "No further action",
    Purpose.NEEDS_ASSESSMENT: "Needs assessment",
    Purpose.PERSONAL_STATEMENT: "Victim personal statement",
    Purpose.VIEWS: "Views on the outcome",
    Purpose.REVIEW_RIGHT: "Right to review",
    Purpose.SAFEGUARDING: "Safeguarding",
    Purpose.OTHER: "Something else",
}
CHANNEL_TITLES = {
    Channel.PHONE: "Telephone",
    Channel.IN_PERSON: "In person",
    Channel.EMAIL: "E-mail",
    Channel.TEXT: "Text message",
    Channel.LETTER: "Letter",
    Channel.VIDEO: "Video call",
    Channel.PORTAL: "Victim portal",
}
TOPIC_TITLES = {"note": "Note", "chase": "Chase", "decision": "Decision", "handover": "Handover"}


class Neighbours(Protocol):
    """The list that a case was opened from."""

    def neighbour(self, step: int) -> QueueRow | None:
        """Move on in the list; None at its end."""

    def changed(self) -> None:
        """Something was written."""


def _has_victim(page: "CaseScreen") -> str | None:
    return None if page.page.file.victims else "No victim is recorded in this case."


def open_case(app: App[Any], session: Session, case_id: EntityId, neighbours: Neighbours) -> None:
    """Open a case; one that cannot be accounted for, or is gone, is not shown and the reason is."""
    try:
        screen = CaseScreen(session, case_id, neighbours)
    except CasedeskError as error:
        app.push_screen(error_message(error, title="The case was not opened", kept="Nothing was changed."))
    else:
        app.push_screen(screen)


def _consulted_page(session: Session, case_id: EntityId) -> casepage.Page:
    """Read a case for showing, and account for its being looked at."""
    access.consulted(session.desk, case_id)
    return casepage.read_page(session.desk, case_id)


class CaseScreen(DeskScreen[None]):
    """Everything about one case."""

    PLACE = "Case"
    ABOUT = (
        "One case on one page: why it stands where it stands, what the finalisation check finds, its people and "
        "facts, and everything that happened, latest first. Nothing here is edited in place: what you add is "
        "added to the record under your name."
    )
    OFFERS = (
        BACK,
        Command("case.log", "l", "Log", "Add an entry to the case log.", "log", "Case", show=90),
        Command("case.contact", "c", "Contact", "Record a contact with the victim, made or attempted.", "contact",
                "Case", show=88, allowed=_has_victim),
        Command("case.next", "n", "Next", "Go to the next case of the list.", "next", "Case", show=60),
        Command("case.previous", "p", "Previous", "Go to the case before in the list.", "previous", "Case", show=55),
        Command("case.down", "down,j", "Down", "Scroll a line down.", "down", "Case"),
        Command("case.up", "up,k", "Up", "Scroll a line up.", "up", "Case"),
        Command("case.page-down", "pagedown,space", "Page down", "Scroll a screenful down.", "page_down", "Case"),
        Command("case.page-up", "pageup", "Page up", "Scroll a screenful up.", "page_up", "Case"),
        Command("case.top", "home,g", "Top", "Go to the top of the page.", "top", "Case"),
        Command("case.bottom", "end,G", "Bottom", "Go to the end of the page.", "bottom", "Case"),
        Command("case.timeline", "t", "Timeline", "Go to what happened.", "timeline", "Case", show=40),
        Command("case.history", "h", "History", "Who set each fact, when, from what to what.", "history", "Case",
                show=30),
        Command("case.copy", "y", "Copy", "Copy the occurrence number.", "copy", "Case", show=20),
        Command("case.undo", "ctrl+z,u", "Undo", "Take back what was done last.", "undo", "Case", show=25),
    )  # fmt: skip
    DEFAULT_CSS = """
    CaseScreen #summary { height: auto; max-height: 12; padding: 0 1; background: $surface; }
    CaseScreen #page { height: 1fr; padding: 0 1; scrollbar-gutter: stable; scrollbar-size-vertical: 1; }
    CaseScreen #columns { height: auto; }
    CaseScreen #left { width: 1fr; }
    CaseScreen #right { width: 1fr; }
    CaseScreen.-narrow #columns { layout: vertical; }
    CaseScreen.-narrow #left, CaseScreen.-narrow #right { width: 100%; }
    CaseScreen.-wide #left { padding-right: 2; }
    """

    def __init__(self, session: Session, case_id: EntityId, neighbours: Neighbours) -> None:
        super().__init__()
        self.session = session
        self.case_id = case_id
        self._neighbours = neighbours
        self.page = _consulted_page(session, case_id)

    def compose_body(self) -> ComposeResult:
        """The summary that always stays in sight, and the rest in two columns or, where narrow, one."""
        yield Flow(id="summary")
        with VerticalScroll(id="page", can_focus=True), Horizontal(id="columns"):
            yield Flow(id="left")
            yield Flow(id="right")

    def on_mount(self) -> None:
        """Show the case."""
        self.query_one("#page").focus()
        self._show()

    def _show(self) -> None:
        page, now = self.page, self.session.clock()
        self.query_one("#summary", Flow).show(summary_lines(page, now))
        self.query_one("#left", Flow).show([*finding_lines(page), *fact_lines(page)])
        self.query_one("#right", Flow).show(timeline_lines(page))

    def _open(self, case_id: EntityId) -> None:
        self.case_id = case_id
        self._reread()
        self._scroller.scroll_home(animate=False)

    def _reread(self) -> None:
        self.page = _consulted_page(self.session, self.case_id)
        self._show()

    @property
    def _scroller(self) -> VerticalScroll:
        return self.query_one("#page", VerticalScroll)

    # Moving

    def action_down(self) -> None:
        """Scroll a line down."""
        self._scroller.scroll_down(animate=False)

    def action_up(self) -> None:
        """Scroll a line up."""
        self._scroller.scroll_up(animate=False)

    def action_page_down(self) -> None:
        """Scroll a screenful down."""
        self._scroller.scroll_page_down(animate=False)

    def action_page_up(self) -> None:
        """Scroll a screenful up."""
        self._scroller.scroll_page_up(animate=False)

    def action_top(self) -> None:
        """Go to the top."""
        self._scroller.scroll_home(animate=False)

    def action_bottom(self) -> None:
        """Go to the end."""
        self._scroller.scroll_end(animate=False)

    def action_timeline(self) -> None:
        """Go to what happened."""
        self._scroller.scroll_to_widget(self.query_one("#right"), animate=False, top=True)

    def action_next(self) -> None:
        """Go to the next case of the list."""
        self._go(1)

    def action_previous(self) -> None:
        """Go to the case before in the list."""
        self._go(-1)

    def _go(self, step: int) -> None:
        row = self._neighbours.neighbour(step)
        if row is None:
            end = "That was the last case of the list." if step > 0 else "This is the first case of the list."
            self.app.notify(end, markup=False)
        else:
            self._open(row.id)

    # Recording

    def action_log(self) -> None:
        """Add a log entry."""

        def save(values: Values) -> None:
            record.add_log_entry(
                self.session.desk, self.case_id, values["text"], topic=values["topic"] or "note",
                at=earliest(values["at"]) if values["at"] else None,
            )  # fmt: skip

        self.app.push_screen(
            Form(
                f"Log entry · {self.page.file.case.ref}",
                [
                    LinesField("text", "What was done", required=True, rows=6),
                    ChoiceField("topic", "About", choices=list(TOPIC_TITLES.items())),
                    MomentField("at", "When", hint="now, 14:30, -2h, fri 10:00", lean=Lean.PAST),
                ],
                clock=self.session.clock,
                save=save,
                initial={"topic": "note"},
                drafts=self.session.drafts,
                draft_key=f"log {self.case_id.hex()}",
            ),
            self._recorded("Logged."),
        )

    def action_contact(self) -> None:
        """Record a contact; a safe-contact warning comes first."""
        held = self.page.file.victims
        warnings = [victim.safe_contact for _, victim in held if victim.safe_contact]
        victims = [(victim_id.hex(), victim.name or "(name not recorded)") for victim_id, victim in held]
        channels = [(channel.value, CHANNEL_TITLES[channel]) for channel in Channel]
        purposes = [(purpose.value, title) for purpose, title in PURPOSE_TITLES.items()]

        def save(values: Values) -> None:
            record.add_contact(
                self.session.desk, self.case_id,
                victim=EntityId(bytes.fromhex(values["victim"])) if values["victim"] else None,
                channel=values["channel"], made=values["made"], text=values["text"],
                purposes=[values["purpose"]] if values["purpose"] else [],
                at=earliest(values["at"]) if values["at"] else None,
                next_at=earliest(values["next"]) if values["next"] else None,
            )  # fmt: skip

        title = f"Victim contact · {self.page.file.case.ref}"
        if warnings:
            title += f"\n▲ SAFE CONTACT: {'; '.join(warnings)}"
        self.app.push_screen(
            Form(
                title,
                [
                    ChoiceField("victim", "Victim", required=True, choices=victims),
                    ChoiceField("channel", "How", required=True, choices=channels),
                    YesNoField("made", "Reached", required=True),
                    ChoiceField("purpose", "What for", choices=purposes),
                    LinesField("text", "What was said", required=True, rows=4),
                    MomentField("at", "When", hint="now, 14:30, -2h, fri 10:00", lean=Lean.PAST),
                    MomentField("next", "Next promised", hint="tomorrow 10:00, fri 16:00", lean=Lean.FUTURE),
                ],
                clock=self.session.clock,
                save=save,
                initial={"victim": victims[0][0] if len(victims) == 1 else "", "channel": "phone"},
                drafts=self.session.drafts,
                draft_key=f"contact {self.case_id.hex()}",
            ),
            self._recorded("Contact recorded."),
        )  # fmt: skip

    def _recorded(self, said: str) -> Callable[[Values | None], None]:
        def done(values: Values | None) -> None:
            if values is not None:
                self.app.notify(said, timeout=3, markup=False)
                self._neighbours.changed()
                self._reread()

        return done

    def action_history(self) -> None:
        """Show who set each fact."""
        self.app.push_screen(HistoryScreen(self.session, self.case_id))

    def action_copy(self) -> None:
        """Copy the occurrence number through the terminal."""
        reference = self.page.file.case.ref or ""
        self.app.copy_to_clipboard(reference)
        self.app.notify(f"Copied {reference}.", timeout=3, markup=False)

    def action_undo(self) -> None:
        """Take back what was done last."""
        ask_undo(self.app, self.session, self._undone)

    def _undone(self) -> None:
        self._neighbours.changed()
        self._reread()
