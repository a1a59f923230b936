"""The history of a case: every fact, who set it, when, from what to what."""

from collections.abc import Sequence

from casedesk.desk.history import Changed, case_history
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_instant
from casedesk.screens.listing import ListScreen
from casedesk.screens.session import Session
from casedesk.widgets.columns import Column
from casedesk.widgets.dialogs import Message


class HistoryScreen(ListScreen[Changed]):
    """Every change of every fact of one case, latest first."""

    PLACE = "History"
    ABOUT = "Who set each fact of this case, when, from what to what, and under which act. Nothing is ever erased here."
    HINT = "A fact, a person or an act"
    EMPTY = "No change like that."

    def __init__(self, session: Session, case_id: EntityId) -> None:
        super().__init__()
        self._changes = case_history(session.desk, case_id)

    def columns(self) -> Sequence[Column[Changed]]:
        """When, who, which fact, from what to what, by which act."""
        return [
            Column("at", "When", lambda one: show_instant(one.at), 17, keep=90),
            Column("actor", "Who", lambda one: one.actor, 10, keep=85),
            Column("what", "Of", lambda one: one.what, 9, keep=50),
            Column("field", "Fact", lambda one: (one.field, "strong"), 16, flex=1, keep=95),
            Column("before", "Before", lambda one: (one.before or "–", "muted"), 12, flex=2, keep=70),
            Column("after", "After", lambda one: one.after or "–", 12, flex=2, keep=80),
            Column("act", "By", lambda one: one.act, 14, flex=1, keep=40),
        ]

    def rows(self) -> Sequence[Changed]:
        """The changes."""
        return self._changes

    def number_of(self, row: Changed) -> int:
        """Its place in the history."""
        return row.number

    def words_of(self, row: Changed) -> str:
        """Fact, person, act and what it is a fact of."""
        return f"{row.field} {row.actor} {row.act} {row.what}"

    def show_row(self, row: Changed) -> None:
        """Show both values in full."""
        self.app.push_screen(
            Message(
                f"{row.what}: {row.field}",
                f"Before: {row.before or '(nothing)'}",
                f"After: {row.after or '(nothing)'}",
                f"{row.actor}, {show_instant(row.at)}, {row.act}",
            )
        )
