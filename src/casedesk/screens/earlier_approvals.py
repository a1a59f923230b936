"""Approvals made on an earlier version: crimes that colleagues changed, or approved, without having seen them."""

from collections.abc import Sequence
from typing import Any

from textual import work
from textual.app import App
from textual.message import Message

from casedesk.desk.earlier_approvals import Earlier, earlier_approvals
from casedesk.desk.review_state import ReviewState
from casedesk.screens.listing import ListScreen
from casedesk.screens.session import Session
from casedesk.store.queue import QueueRow
from casedesk.widgets.columns import Cell, Column
from casedesk.widgets.table import VirtualTable

_NONE = "Every approval stands on what it approved."
_STATES: dict[ReviewState, Cell] = {
    ReviewState.CHANGED: ("▲ changed since", "warn"), ReviewState.TWO_APPROVALS: ("≠ two approvals", "block"),
}  # fmt: skip


def open_earlier(app: App[Any], session: Session) -> None:
    """Open the list."""
    app.push_screen(EarlierScreen(session))


class EarlierScreen(ListScreen[Earlier]):
    """The crimes whose approval has to be looked at again."""

    PLACE = "Earlier approvals"
    ABOUT = (
        "Crimes that were finalised here or elsewhere on a version that a colleague changed meanwhile, or that two "
        "people approved apart. Enter opens the case: finalise it again on its facts as they are now, or return it."
    )
    HINT = "An occurrence or a word"
    EMPTY = "Reading…"

    class EarlierRead(Message):
        """The list was read in a thread."""

        def __init__(self, found: list[Earlier]) -> None:
            super().__init__()
            self.found = found

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._found: list[Earlier] = []
        self._numbers: dict[Earlier, int] = {}

    def on_mount(self) -> None:
        """Read the list. (The framework calls the list's own ``on_mount`` as well.)"""
        self._read()

    @work(thread=True, exclusive=True, group="order", exit_on_error=False)
    def _read(self) -> None:
        self.post_message(self.EarlierRead(earlier_approvals(self.session.desk)))

    def on_earlier_screen_earlier_read(self, event: EarlierRead) -> None:
        """Show what was read."""
        self._found = event.found
        self._numbers = {one: place for place, one in enumerate(self._found)}
        self.query_one("#list", VirtualTable).set_empty("Nothing like that." if self._found else _NONE)
        self.refresh_rows()

    def columns(self) -> Sequence[Column[Earlier]]:
        """Which, how it stands, who approved and what changed."""
        return [
            Column("ref", "Occurrence", lambda one: (one.ref, "strong"), 14, keep=95),
            Column("state", "State", lambda one: _STATES.get(one.state, ""), 16, keep=94),
            Column("approvals", "Approved", lambda one: one.approvals, 18, flex=2, keep=80),
            Column("changed", "Changed since", lambda one: "; ".join(one.changed), 20, flex=3, keep=70),
        ]

    def rows(self) -> Sequence[Earlier]:
        """The crimes."""
        return self._found

    def number_of(self, row: Earlier) -> int:
        """The place in the list."""
        return self._numbers[row]

    def words_of(self, row: Earlier) -> str:
        """The reference, who approved and what changed."""
        return f"{row.ref} {row.approvals} {' '.join(row.changed)}"

    def show_row(self, row: Earlier) -> None:
        """Open the case."""
        from casedesk.screens.case import open_case

        open_case(self.app, self.session, row.case_id, self)

    def neighbour(self, step: int) -> QueueRow | None:
        """The next case has to be chosen in the list."""
        return None

    def changed(self) -> None:
        """Something was written: read the list again."""
        self._read()
        refresh_status = getattr(self.app, "refresh_status", None)
        if refresh_status is not None:
            refresh_status()
