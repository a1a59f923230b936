"""What is chosen about the list: the view, the order, the columns."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from casedesk.desk.caseload import COLUMNS, VIEWS, view_of
from casedesk.desk.preferences import DEFAULT_COLUMNS, SavedFilter
from casedesk.screens.queue_about import ORDER_TITLES
from casedesk.screens.session import Session
from casedesk.store.queue import ORDERS, QueueReader
from casedesk.widgets.columns import Cell, Column
from casedesk.widgets.command import Command, show_key
from casedesk.widgets.dialogs import Choice, Choose, Dialog
from casedesk.widgets.rows import ListSource
from casedesk.widgets.table import VirtualTable

_COUNTED = 100_000
"""Up to how many cases are counted for a view."""


class ChooseView(Choose[str]):
    """Let choose a view by its key; how many cases each holds is counted meanwhile."""

    class Counted(Message):
        """One view was counted."""

        def __init__(self, place: int, count: int) -> None:
            super().__init__()
            self.place, self.count = place, count

    def __init__(self, session: Session, keys: Mapping[str, str], present: str) -> None:
        """``keys`` has the key of each view; ``present`` is the view there is."""
        self._session, self._team = session, session.settings.person.team
        choices = [
            Choice(name, label, self._meaning(name, meaning), tail="…", key=show_key(keys[name]))
            for name, (_, label, meaning) in VIEWS.items()
        ]
        super().__init__("Which cases?", choices, typed=False)
        self._present = list(VIEWS).index(present)

    def _meaning(self, name: str, meaning: str) -> str:
        if name != "team":
            return meaning
        return (
            f"Open cases of {self._team}" if self._team else "Open cases of no team: your settings name none"
        )

    def on_mount(self) -> None:
        """Start on the view there is, and count."""
        self.query_one(VirtualTable).go_to(self._present)
        self._count()

    @work(thread=True, exclusive=True, group="order", exit_on_error=False)
    def _count(self) -> None:
        worker = get_current_worker()
        desk = self._session.desk
        views = [view_of(desk, name) for name in VIEWS]
        with desk.reading(lean=True) as connection:
            reader = QueueReader(connection)
            for place, view in enumerate(views):
                if worker.is_cancelled:
                    return
                self.post_message(self.Counted(place, reader.count(view, _COUNTED)))

    @on(Counted)
    def _counted(self, event: Counted) -> None:
        count = f"{event.count:,}{'+' if event.count == _COUNTED else ''}"
        self._choices[event.place] = replace(self._choices[event.place], tail=f"{count:>8}")
        self.query_one(VirtualTable).reload()


def choose_order(present: SavedFilter) -> Choose[str]:
    """Let choose an order; the one there is turns round."""
    choices = [
        Choice(order, f"By {ORDER_TITLES[order]}", "Turn it round" if order == present.order else "")
        for order in ORDERS
    ]
    return Choose("In which order?", choices)


class ChooseColumns(Dialog[tuple[str, ...] | None]):
    """Let choose which columns are shown, by marks, and in which order."""

    PLACE = "Columns"
    OFFERS = (
        Command("columns.use", "f10,ctrl+s", "Use these", "Show the marked columns in this order.", "use", "Columns",
                show=90, priority=True),
        Command("columns.earlier", "shift+up,K", "Further left", "Move the column to the left.", "earlier",
                "Columns", show=60),
        Command("columns.later", "shift+down,J", "Further right", "Move the column to the right.", "later",
                "Columns", show=59),
        Command("columns.usual", "f8", "As at first", "Choose the columns that are shown at first.", "usual", "Columns",
                show=50),
        Command("dialog.cancel", "escape", "Cancel", "Leave without an answer.", "cancel", "Dialogs", show=80),
    )  # fmt: skip
    PARTS = (VirtualTable,)
    DEFAULT_CSS = """
    ChooseColumns VirtualTable { height: auto; max-height: 50vh; margin-bottom: 1; background: $surface; }
    """

    def __init__(self, present: Sequence[str]) -> None:
        super().__init__("Which columns?")
        self._names = list(COLUMNS)
        self._order = _ordered(present)
        self._present = present

    def compose_body(self) -> ComposeResult:
        """What marks mean, and the columns in their order."""
        yield Static(
            "Space marks, Enter uses. What is marked (*) is shown, in this order; the least wanted gives way.",
            classes="dialog--text",
        )
        yield VirtualTable([Column("name", "Column", self._title, 20, flex=1)], self._source(), headed=False)

    def on_mount(self) -> None:
        """Mark those that are shown."""
        table = self.query_one(VirtualTable)
        table.focus()
        self._mark(self._present)

    def _title(self, name: str) -> Cell:
        return COLUMNS[name]

    def _source(self) -> ListSource[str]:
        return ListSource(self._order, self._names.index)

    def _mark(self, names: Sequence[str]) -> None:
        table = self.query_one(VirtualTable)
        table.clear_marks()
        table.mark(self._names.index(name) for name in names)

    def _move(self, step: int) -> None:
        table = self.query_one(VirtualTable)
        here, there = table.cursor_index, table.cursor_index + step
        if 0 <= there < len(self._order):
            self._order[here], self._order[there] = self._order[there], self._order[here]
            table.set_source(self._source())

    def action_earlier(self) -> None:
        """Move the column under the cursor to the left."""
        self._move(-1)

    def action_later(self) -> None:
        """Move the column under the cursor to the right."""
        self._move(1)

    def action_usual(self) -> None:
        """Choose the columns that are shown at first."""
        self._order = _ordered(DEFAULT_COLUMNS)
        self.query_one(VirtualTable).set_source(self._source())
        self._mark(DEFAULT_COLUMNS)

    @on(VirtualTable.RowOpened)
    def action_use(self) -> None:
        """Show the marked columns; none marked is no answer."""
        marks = self.query_one(VirtualTable).marks
        chosen = tuple(name for name in self._order if self._names.index(name) in marks)
        if chosen:
            self.dismiss(chosen)
        else:
            self.app.notify("Mark at least one column with Space.", severity="warning", markup=False)

    def action_cancel(self) -> None:
        """Leave everything as it is."""
        self.dismiss(None)


def _ordered(first: Sequence[str]) -> list[str]:
    """Those that are shown in their order, then the rest."""
    return [*first, *(name for name in COLUMNS if name not in first)]
