"""The history of a case: every fact, who set it, when, from what to what."""

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from casedesk.desk.history import Changed, case_history
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_instant
from casedesk.model.text import folded
from casedesk.screens.session import Session
from casedesk.widgets.columns import Column
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Message
from casedesk.widgets.editors import LineEditor
from casedesk.widgets.rows import ListSource
from casedesk.widgets.screen import BACK, DeskScreen
from casedesk.widgets.table import VirtualTable


class HistoryScreen(DeskScreen[None]):
    """Every change of every fact of one case, latest first."""

    PLACE = "History"
    ABOUT = "Who set each fact of this case, when, from what to what, and under which act. Nothing is ever erased here."
    OFFERS = (
        BACK,
        Command("history.filter", "slash", "Filter", "Narrow the list to a fact, a person or an act.", "filter",
                "History", show=60),
    )  # fmt: skip
    PARTS = (VirtualTable,)

    def __init__(self, session: Session, case_id: EntityId) -> None:
        super().__init__()
        self._changes = case_history(session.desk, case_id)

    def compose_body(self) -> ComposeResult:
        """The filter and the list."""
        yield LineEditor("A fact, a person or an act", id="filter")
        yield VirtualTable(
            self._columns(), self._rows(""), empty="No change like that.", markable=False, id="history"
        )

    def on_mount(self) -> None:
        """Start in the list."""
        self.query_one(VirtualTable).focus()

    def _columns(self) -> list[Column[Changed]]:
        return [
            Column("at", "When", lambda one: show_instant(one.at), 17, keep=90),
            Column("actor", "Who", lambda one: one.actor, 10, keep=85),
            Column("what", "Of", lambda one: one.what, 9, keep=50),
            Column("field", "Fact", lambda one: (one.field, "strong"), 16, flex=1, keep=95),
            Column("before", "Before", lambda one: (one.before or "–", "muted"), 12, flex=2, keep=70),
            Column("after", "After", lambda one: one.after or "–", 12, flex=2, keep=80),
            Column("act", "By", lambda one: one.act, 14, flex=1, keep=40),
        ]

    def _rows(self, typed: str) -> ListSource[Changed]:
        words = folded(typed).split()
        kept = [
            one
            for one in self._changes
            if all(word in folded(f"{one.field} {one.actor} {one.act} {one.what}") for word in words)
        ]
        return ListSource(kept, lambda one: one.number)

    @on(Input.Changed, "#filter")
    def _filter(self, event: Input.Changed) -> None:
        self.query_one(VirtualTable).set_source(self._rows(event.value))

    @on(Input.Submitted, "#filter")
    def _filtered(self) -> None:
        self.query_one(VirtualTable).focus()

    @on(VirtualTable.RowOpened)
    def _opened(self) -> None:
        row = self.query_one(VirtualTable).cursor_row
        if row is not None:
            self.app.push_screen(
                Message(
                    f"{row.what}: {row.field}",
                    f"Before: {row.before or '(nothing)'}",
                    f"After: {row.after or '(nothing)'}",
                    f"{row.actor}, {show_instant(row.at)}, {row.act}",
                )
            )

    def action_filter(self) -> None:
        """Go to the filter."""
        self.query_one("#filter", Input).focus()

    def action_back(self) -> None:
        """Leave the filter, or the screen."""
        if self.query_one("#filter", Input).has_focus:
            self.query_one(VirtualTable).focus()
        else:
            self.dismiss(None)
