"""The list of the queue: read in one order, in groups, with countdowns that stay true."""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from casedesk.desk import caseload
from casedesk.desk.cover import NOW, absences
from casedesk.desk.preferences import Preferences, SavedFilter, load_preferences, save_preferences
from casedesk.model.ids import EntityId
from casedesk.model.moments import local
from casedesk.screens.queue_about import About, RowLine
from casedesk.screens.queue_columns import SORTED, Cells
from casedesk.screens.queue_source import Group, QueueSource, find_groups
from casedesk.screens.session import Session
from casedesk.store.queue import PAGE, QueueReader, QueueRow, View
from casedesk.widgets.columns import Column
from casedesk.widgets.editors import LineEditor
from casedesk.widgets.screen import DeskScreen
from casedesk.widgets.table import VirtualTable

_COUNTED = 10_000
"""How many cases are counted before the first paint; beyond that the number comes with the order."""
_TICK = 20.0
"""Seconds between two looks at the clock: countdowns show minutes."""
_INDEXED = ("priority", "waiting")
"""The orders whose first page comes from an index at once."""
_SORTED_OUT = ("today",)
"""The views whose pages are sorted out of all their cases: before the first paint that is done once."""
_NOTHING = (
    "No cases yet.\nPress i to take in an extract, n to add one by hand, or quit and run “casedesk demo”."
)
_NO_MATCH = "No case matches.\nPress Esc to drop the filter, or v for another view."
_EMPTY_VIEW = "No case is in this view.\nPress v for another, or 1 for all that is open."


class QueueList(DeskScreen[None]):
    """The list with the line above it and the case under the cursor below; what it shows is remembered."""

    PARTS = (VirtualTable,)
    DEFAULT_CSS = """
    QueueList #about { height: 1; padding: 0 1; color: $cd-muted; }
    QueueList #filter { display: none; }
    QueueList #filter.-open { display: block; }
    """

    class OrderRead(Message):
        """The order of a view was read in a thread."""

        def __init__(self, generation: int, order: "array[int]", groups: list[Group]) -> None:
            super().__init__()
            self.generation, self.order, self.groups = generation, order, groups

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._liked: Preferences = load_preferences(session.desk)
        self._words = self._saved = ""
        self._generation = 0
        self._ordering = False
        self._to_top = False
        self._seek: EntityId | None = None
        self._day = local(session.clock()).date()
        nothing = QueueSource(session.queue, (), 0)
        self._cells = Cells(caseload.band_labels(session.desk), session.clock(), nothing)
        self._look_at_cover()

    def compose_body(self) -> ComposeResult:
        """A line about the list, the filter when it is open, and the list."""
        yield Static(id="about")
        yield LineEditor("Words of a case: reference, name, offence, place, OIC", id="filter")
        source = self._cells.source = self._first_source()
        yield VirtualTable(self._columns(), source, empty=_NOTHING, id="queue")
        yield RowLine(id="row")

    def on_mount(self) -> None:
        """Read the whole order, and keep the countdowns true."""
        self.table.focus()
        self.read_order()
        self.set_interval(_TICK, self.tick)

    def on_resize(self) -> None:
        """The line about the list is laid out anew."""
        self._show_about()

    @property
    def table(self) -> VirtualTable[QueueRow]:
        """The list."""
        return self.query_one("#queue", VirtualTable)

    @property
    def source(self) -> QueueSource:
        """The rows of the list, in its order."""
        return self._cells.source

    @property
    def is_ordering(self) -> bool:
        """Whether the whole order is not known yet."""
        return self._ordering

    @property
    def shown(self) -> SavedFilter:
        """The view, words and order of the list, under the name they were saved by, if any."""
        return SavedFilter(self._saved, self._liked.view, self._words, self._liked.order, self._liked.reverse)

    # What the list shows

    def _columns(self) -> list[Column[QueueRow]]:
        names = self._liked.columns
        if self.shown.view == "clinic" and "clinic" not in names:
            names = (*names[:1], "clinic", *names[1:])
        return self._cells.columns(names, grouped=self._is_grouped(self.shown.order))

    def _is_grouped(self, order: str) -> bool:
        return self._liked.grouping == "band" and order == "priority"

    def _view(self) -> View:
        shown = self.shown
        return caseload.view_of(
            self.session.desk, shown.view, words=shown.words, order=shown.order, reverse=shown.reverse
        )

    def _groups(self, reader: QueueReader, view: View, order: Sequence[int], *, whole: bool) -> list[Group]:
        if not self._is_grouped(view.order):
            return []
        return find_groups(reader, order, reverse=view.reverse, whole=whole)

    def _first_source(self) -> QueueSource:
        """The first page and the last, from the index at once; nothing yet of an order that has none."""
        reader, view = self.session.queue, self._view()
        if view.order not in _INDEXED:
            return QueueSource(reader, (), 0)
        head = reader.first(view)
        whole = len(head) < PAGE
        groups = self._groups(reader, view, head, whole=whole)
        if whole:
            return QueueSource(reader, head, len(head), groups=groups)
        self._ordering = True
        if view.where in _SORTED_OUT:
            return QueueSource(reader, head, len(head), groups=groups)
        tail = reader.first(view, from_end=True)[::-1]
        return QueueSource(reader, head, max(reader.count(view, _COUNTED), len(head)), tail, groups)

    def read_order(self, *, to_top: bool = False) -> None:
        """Read the order of the view in a thread; the list is shown when it is there.

        The cursor stays on its case, or with ``to_top`` goes to the first.
        """
        self._generation += 1
        self._to_top = to_top or (self._to_top and self._ordering)
        self._ordering = True
        self._show_about()
        self._read_order(self._generation, self._view())

    @work(thread=True, exclusive=True, group="order", exit_on_error=False)
    def _read_order(self, generation: int, view: View) -> None:
        worker = get_current_worker()
        with self.session.desk.reading(lean=True) as connection:
            reader = QueueReader(connection)
            order = reader.order(view, lambda: worker.is_cancelled)
            groups = [] if worker.is_cancelled else self._groups(reader, view, order, whole=True)
        if not worker.is_cancelled:
            self.post_message(self.OrderRead(generation, order, groups))

    @on(OrderRead)
    def _order_read(self, event: OrderRead) -> None:
        if event.generation != self._generation:
            return
        self._ordering = False
        shown = self.shown
        empty = _NO_MATCH if shown.words else _NOTHING if shown.view == "open" else _EMPTY_VIEW
        self.table.set_empty(empty)
        self._show(QueueSource(self.session.queue, event.order, len(event.order), groups=event.groups))
        self._to_top = False
        self._go_to_sought()

    def show_anew(self) -> None:
        """Show another list from its top: its first page at once, where an index has it."""
        self._ordering = False
        self._to_top = True
        if self._liked.order in _INDEXED and not self._words:
            self._show(self._first_source())
        self.read_order(to_top=True)

    def _show(self, source: QueueSource) -> None:
        """Show the rows of an order, with the columns that belong to it."""
        table = self.table
        self._cells.source = source
        table.set_columns(self._columns())
        table.set_source(source)
        if self._to_top:
            table.action_top()
        table.set_sorted(SORTED.get(self._liked.order), self._liked.reverse)
        self._show_row()
        self._show_about()

    def _go_to_sought(self) -> None:
        """Put the cursor on the case that was just added, if the list holds it."""
        sought, self._seek = self._seek, None
        if sought is None:
            return
        (number,) = self.session.desk.store.connection.execute(
            "SELECT max(n) FROM cases WHERE id = ?", (sought,)
        ).fetchone()
        if number is None or not self.table.go_to(number):
            self.app.notify("It is not in this list: v for another view.", timeout=6, markup=False)

    def tick(self) -> None:
        """Move the countdowns on, and the cases whose moment has come; a new day changes what is due today."""
        self._cells.now = self.session.clock()
        today = local(self._cells.now).date()
        if self.session.desk.store.tick() or today != self._day:
            self._day = today
            self._look_at_cover()
            self.read_order()
        self.table.reload()

    def refresh_now(self) -> None:
        """Something was written: show it."""
        self._cells.now = self.session.clock()
        self._look_at_cover()
        self.read_order()
        self.table.reload()

    def on_screen_resume(self) -> None:
        """Back from a case: what was done there shows here."""
        if self._generation:
            self.refresh_now()

    def _look_at_cover(self) -> None:
        away = [one for one in absences(self.session.desk) if one.state == NOW]
        self._cells.covers = {one.away: one.cover for one in away}

    def _show_about(self) -> None:
        shown, total = self.shown, len(self.source)
        about = About(
            self._title(), total, shown.order, shown.reverse, shown.words, shown.name, len(self.table.marks),
            self._ordering and total in (PAGE, _COUNTED), self._ordering, self._place_in_group(),
        )  # fmt: skip
        self.query_one("#about", Static).update(about.line(self.size.width - 2), layout=False)

    def _title(self) -> str:
        title = caseload.VIEWS[self._liked.view][1]
        me = self.session.desk.store.actor
        covered = sorted(away for away, by in self._cells.covers.items() if by == me)
        return f"{title} and for {', '.join(covered)}" if self._liked.view == "mine" and covered else title

    def _place_in_group(self) -> str:
        """Where in its band the cursor is: ``band Victim: 12 of 214``."""
        group = self.source.group_at(self.table.cursor_index)
        if group is None or group.count is None:
            return ""
        here = self.table.cursor_index - group.start + 1
        return f"band {self._cells.bands.get(group.band, '')}: {here:,} of {group.count:,}"

    def _show_row(self) -> None:
        self.query_one(RowLine).show(self.table.cursor_row, self._cells.covers)

    @on(VirtualTable.MarksChanged, "#queue")
    def _marks_changed(self) -> None:
        self._show_about()
        self.refresh_bindings()

    @on(VirtualTable.RowHighlighted, "#queue")
    def _highlighted(self) -> None:
        self._show_row()
        if self.source.is_grouped:
            self._show_about()

    @on(Input.Changed, "#filter")
    def _filter(self, event: Input.Changed) -> None:
        if event.value.strip() != self._words:
            self._words, self._saved = event.value.strip(), ""
            self.read_order(to_top=bool(self._words))

    # What is remembered

    def show_view(self, name: str) -> None:
        """Show a view: in its own order where it has one, otherwise in the order there is."""
        natural, before = caseload.natural_order(name), caseload.natural_order(self._liked.view)
        own = natural != "priority" or self._liked.order == before
        order = natural if own else self._liked.order
        self._list(SavedFilter("", name, self._words, order, self._liked.reverse and not own))

    def show_order(self, order: str) -> None:
        """Show the list in an order; in the one it has, turned round."""
        same = order == self._liked.order
        self._list(SavedFilter("", self._liked.view, self._words, order, same and not self._liked.reverse))

    def show_saved(self, saved: SavedFilter) -> None:
        """Show a list that was saved."""
        self._words = saved.words
        box = self.query_one("#filter", Input)
        box.value = saved.words
        box.set_class(bool(saved.words), "-open")
        self._list(saved)

    def _list(self, wanted: SavedFilter) -> None:
        self._saved = wanted.name
        self._remember(view=wanted.view, order=wanted.order, reverse=wanted.reverse)
        self.show_anew()

    def _remember(self, **chosen: Any) -> None:
        """Keep what was chosen, also for the next time."""
        kept = load_preferences(self.session.desk).filters
        self._liked = replace(self._liked, filters=kept, **chosen)
        save_preferences(self.session.desk, self._liked)
