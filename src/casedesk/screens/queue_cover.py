"""Cover: who is away, who sees their cases as their own, from when until when; and handing back."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from casedesk.desk.cover import COMING, NOW, OVER, Away, absences, cover, covering, hand_back
from casedesk.model.errors import CasedeskError
from casedesk.model.moments import earliest_day, local, show_day
from casedesk.model.typed_moments import Lean
from casedesk.screens.listing import ListScreen
from casedesk.screens.session import Session
from casedesk.screens.undoing import ask_undo
from casedesk.widgets.columns import Cell, Column
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Confirm, Message, error_message
from casedesk.widgets.fields import MomentField, TextField, Values
from casedesk.widgets.form import Form
from casedesk.widgets.table import VirtualTable

_STATES: dict[str, Cell] = {NOW: ("now", "accent"), COMING: "to come", OVER: ("over", "muted")}


def _not_over(screen: "CoverScreen") -> str | None:
    if screen.chosen is None:
        return "Nobody is listed."
    return "It is over." if screen.chosen.state == OVER else None


class CoverScreen(ListScreen[Away]):
    """Everybody who is away now or will be."""

    PLACE = "Cover"
    ABOUT = (
        "Who is away and who covers. On the days of cover, both included, the cases of whoever is away are among "
        "those of whoever covers: in the view Mine, in the briefing and in reminders. Their owner stays the same. "
        "Cover ends by itself after its last day; h hands back at once."
    )
    OFFERS = (
        Command("cover.add", "n", "Add", "Record who is away, who covers, and on which days.", "add", "Cover", show=90),
        Command("cover.end", "h", "Hand back", "End this cover now, or call it off.", "end", "Cover", show=85,
                allowed=_not_over),
        Command("cover.past", "v", "Past too", "Show what is over as well, or no more.", "past", "Cover", show=50),
        Command("cover.undo", "ctrl+z,u", "Undo", "Take back what was done last.", "undo", "Cover", show=35),
    )  # fmt: skip
    HINT = "A number or a name"
    EMPTY = "Nobody is away.\nPress n to record who is, and who covers."
    DEFAULT_CSS = """
    CoverScreen #said { height: 1; padding: 0 1; color: $cd-muted; }
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._past = False
        self._read()

    def _read(self) -> None:
        self._held = absences(self.session.desk, past=self._past)

    @property
    def chosen(self) -> Away | None:
        """The absence under the cursor."""
        row: Away | None = self.query_one("#list", VirtualTable).cursor_row
        return row

    def compose_between(self) -> ComposeResult:
        """For whom I cover."""
        yield Static(self._said(), id="said")

    def _said(self) -> Content:
        desk = self.session.desk
        mine = covering(desk, desk.now)
        return Content(f"You cover for {', '.join(mine)}." if mine else "You cover for nobody now.")

    def columns(self) -> Sequence[Column[Away]]:
        """Who, by whom, when."""
        return [
            Column("away", "Away", lambda one: (one.away, "strong"), 10, flex=1, keep=95),
            Column("cover", "Covered by", lambda one: one.cover, 10, flex=1, keep=94),
            Column("from", "From", lambda one: show_day(one.from_on), 11, keep=80),
            Column("until", "Until", lambda one: show_day(one.until_on), 11, keep=85),
            Column("state", "State", lambda one: _STATES[one.state], 8, keep=90),
            Column("note", "Note", lambda one: (one.note, "muted"), 14, flex=2, keep=40),
        ]

    def rows(self) -> Sequence[Away]:
        """What was recorded."""
        return self._held

    def number_of(self, row: Away) -> int:
        """A number that stays the same however the list changes."""
        return int.from_bytes(row.id)

    def words_of(self, row: Away) -> str:
        """Both people, and the note."""
        return f"{row.away} {row.cover} {row.note}"

    def show_row(self, row: Away) -> None:
        """Show an absence in full."""
        days = f"{show_day(row.from_on)} to {show_day(row.until_on)}"
        self.app.push_screen(Message(f"{row.away} is covered by {row.cover}", days, row.note))

    def _again(self, said: str = "") -> None:
        self._read()
        self.refresh_rows()
        self.query_one("#said", Static).update(self._said())
        self.refresh_bindings()
        refresh_status = getattr(self.app, "refresh_status", None)
        if refresh_status is not None:
            refresh_status()
        if said:
            self.app.notify(said, timeout=5, markup=False)

    def action_add(self) -> None:
        """Record cover."""
        desk = self.session.desk

        def save(values: Values) -> None:
            first, last = earliest_day(values["from_on"]), earliest_day(values["until_on"])
            cover(desk, values["away"], values["by"], first, last, values["note"] or "")

        def done(values: Values | None) -> None:
            if values is not None:
                self._again(f"{values['by']} covers for {values['away']}. Ctrl+Z takes it back.")

        self.app.push_screen(
            Form(
                "Cover for a colleague",
                [
                    TextField("away", "Who is away", required=True, hint="their number"),
                    TextField("by", "Who covers", required=True),
                    MomentField("from_on", "First day", required=True, timed=False),
                    MomentField("until_on", "Last day", required=True, hint="fri, 28/11", lean=Lean.FUTURE,
                                timed=False),
                    TextField("note", "Note"),
                ],
                clock=self.session.clock,
                save=save,
                initial={"by": desk.store.actor, "from_on": f"{local(self.session.clock()):%d/%m/%Y}"},
            ),
            done,
        )  # fmt: skip

    def action_end(self) -> None:
        """Ask, then hand back."""
        one = self.chosen
        if one is None:
            return

        def answered(yes: bool | None) -> None:
            if not yes:
                return
            try:
                hand_back(self.session.desk, one.id)
            except CasedeskError as error:
                self.app.push_screen(error_message(error, kept="Nothing was changed."))
            else:
                self._again(f"{one.away} has their cases back. Ctrl+Z takes it back.")

        text = f"From now on {one.cover} no longer sees the cases of {one.away} as their own."
        question = Confirm(f"Hand back to {one.away}?", text, yes="Hand back", no="Leave it")
        self.app.push_screen(question, answered)

    def action_past(self) -> None:
        """Show what is over as well, or no more."""
        self._past = not self._past
        self._again()

    def action_undo(self) -> None:
        """Take back what was done last."""
        ask_undo(self.app, self.session, self._again)
