"""The queue: every case in the order of its need, with the sentence that says why.

What the first paint does not need is imported where it is used (the app does it ahead, once the list is there).
"""

from array import array
from collections.abc import Sequence

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from casedesk.desk import caseload
from casedesk.model.moments import show_moment, show_short, show_span
from casedesk.model.text import clip
from casedesk.model.words import flag_tag
from casedesk.screens.session import Session
from casedesk.store.queue import ORDERS, PAGE, QueueReader, QueueRow, View
from casedesk.widgets.columns import Cell, Column
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Choice, Choose
from casedesk.widgets.editors import LineEditor
from casedesk.widgets.screen import DeskScreen
from casedesk.widgets.table import VirtualTable

_COUNTED = 10_000
"""How many cases are counted before the first paint; beyond that the number comes with the order."""
_TICK = 20.0
"""Seconds between two looks at the clock: countdowns show minutes."""
_URGENT = {1: "block", 2: "block", 3: "warn", 4: "warn", 5: "accent"}
"""The style of each band's label; the label itself is the sign."""
ORDER_TITLES = {
    "priority": "priority",
    "due": "what is due first",
    "reference": "reference",
    "date": "date of the offence",
    "oic": "OIC",
    "offence": "offence",
}
_NOTHING = "No cases yet.\nPress i to take in an extract, or quit and run “casedesk demo” to look around."
_NO_MATCH = "No case matches.\nPress Esc to drop the filter, or v for another view."


class QueueSource:
    """The rows of one order, read by page. While the order is being read only its two ends are known."""

    def __init__(
        self, reader: QueueReader, head: Sequence[int], total: int, tail: Sequence[int] = ()
    ) -> None:
        self._reader = reader
        self._head, self._tail, self._total = head, tail, total

    def __len__(self) -> int:
        return self._total

    def id_at(self, index: int) -> int | None:
        """The number of the case at a place; None while it is not known."""
        if index < len(self._head):
            return self._head[index]
        from_end = index - (self._total - len(self._tail))
        return self._tail[from_end] if 0 <= from_end < len(self._tail) else None

    def find(self, row_id: int) -> int | None:
        """The place of a case."""
        try:
            return self._head.index(row_id)
        except ValueError:
            return None

    def window(self, start: int, count: int) -> Sequence[QueueRow | None]:
        """Read a stretch."""
        numbers = [self.id_at(place) for place in range(start, min(start + count, self._total))]
        rows = {row.n: row for row in self._reader.rows([n for n in numbers if n is not None])}
        return [None if n is None else rows.get(n) for n in numbers]


class RowLine(Widget):
    """The case under the cursor in full: what a narrow list had to cut."""

    DEFAULT_CSS = """
    RowLine { height: 2; padding: 0 1; background: $surface; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 -- the framework's own word
        super().__init__(id=id)
        self._row: QueueRow | None = None

    def show(self, row: QueueRow | None) -> None:
        """Show this case."""
        self._row = row
        self.refresh()

    def render(self) -> Content:
        """Its sentence first, then what it is."""
        row = self._row
        if row is None:
            return Content("")
        rest = [
            row.ref if len(row.ref) <= 20 else "",
            row.offence,
            " ".join(map(flag_tag, row.flags)),
            row.location,
        ]
        room = self.content_size.width
        below = clip(" · ".join(part for part in rest if part), room)
        return Content.assemble((clip(row.sentence, room), "bold"), ("\n", ""), (below, "$cd-muted"))


class QueueScreen(DeskScreen[None]):
    """The prioritised caseload."""

    PLACE = "Queue"
    ABOUT = (
        "Every case in the order of its need: who is detained, what cannot be recovered, what protects somebody, "
        "what a victim is owed, then the rest. “Why it is here” says in words why a case stands where "
        "it stands; the two lines below the list show it in full."
    )
    OFFERS = (
        Command("queue.filter", "slash", "Filter", "Narrow the list to cases with the words you type.", "filter",
                "Queue", show=70),
        Command("queue.view", "v", "View", "Choose which cases are shown.", "view", "Queue", show=65),
        Command("queue.sort", "s", "Sort", "Choose the order; the same again turns it round.", "sort", "Queue",
                show=50),
        Command("queue.import", "i", "Import", "Take in an extract from the records system.", "import", "Queue",
                show=45),
        Command("queue.plain", "escape", "All", "Drop the filter and the marks.", "plain", "Queue"),
        Command("queue.search", "f", "Search", "Search everything said in every case.", "search", "Queue", show=68),
        Command("queue.access", "f9", "Access log", "See who looked at what, and when.", "access_log", "Queue"),
        Command("queue.undo", "ctrl+z,u", "Undo", "Take back what was done last.", "undo", "Queue", show=35),
        Command("queue.redo", "ctrl+y", "Redo", "Do again what was undone last.", "redo", "Queue"),
        Command("queue.refresh", "f5", "Refresh", "Read everything again.", "refresh_all", "Queue"),
    )  # fmt: skip
    PARTS = (VirtualTable,)
    DEFAULT_CSS = """
    QueueScreen #about { height: 1; padding: 0 1; color: $cd-muted; }
    QueueScreen #filter { display: none; }
    QueueScreen #filter.-open { display: block; }
    """

    class OrderRead(Message):
        """The order of a view was read in a thread."""

        def __init__(self, generation: int, order: "array[int]") -> None:
            super().__init__()
            self.generation, self.order = generation, order

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._view_name = "open"
        self._order, self._reverse, self._words = "priority", False, ""
        self._generation = 0
        self._ordering = False
        self._to_top = False
        self._now = session.clock()
        self._bands = caseload.band_labels(session.desk)

    def compose_body(self) -> ComposeResult:
        """A line about the list, the filter when it is open, and the list."""
        yield Static(id="about")
        yield LineEditor("Words of a case: reference, name, offence, place, OIC", id="filter")
        yield VirtualTable(self._columns(), self._first_source(), empty=_NOTHING, id="queue")
        yield RowLine(id="row")

    def on_mount(self) -> None:
        """Read the whole order, and keep the countdowns true."""
        self.table.focus()
        self.read_order()
        self.set_interval(_TICK, self.tick)

    @property
    def table(self) -> VirtualTable[QueueRow]:
        """The list."""
        return self.query_one("#queue", VirtualTable)

    # What the list shows

    def _columns(self) -> list[Column[QueueRow]]:
        return [
            Column("due", "Due in", self._due, 9, align="right", keep=85),
            Column("band", "Band", self._band, 9, keep=80),
            Column("ref", "Occurrence", lambda row: (row.ref, "strong"), 12, keep=90),
            Column("why", "Why it is here", lambda row: row.sentence, 28, flex=5, keep=95),
            Column("offence", "Offence", lambda row: row.offence, 14, flex=3, keep=70),
            Column(
                "flags", "Flags", lambda row: (" ".join(map(flag_tag, row.flags)), "warn"), 9, flex=1, keep=40
            ),
            Column("outcome", "Out", lambda row: row.outcome, 3, keep=45),
            Column("oic", "OIC", lambda row: row.oic, 14, keep=30),
            Column("owner", "Owner", lambda row: row.owner or "–", 8, keep=25),
            Column(
                "since", "Offence date", lambda row: show_moment(row.since) if row.since else "", 12, keep=20
            ),
        ]

    def _due(self, row: QueueRow) -> Cell:
        if row.due_at is None:
            return ""
        left = row.due_at - self._now
        if left.total_seconds() < 0:
            return (f"{show_short(-left)} late", "block")
        return (show_span(left), "warn" if left.total_seconds() < 2 * 3600 else "")

    def _band(self, row: QueueRow) -> Cell:
        label = self._bands.get(row.band, "")
        if row.conflicts:
            return (f"≠ {label}", "block")
        return (label, _URGENT.get(row.band, "muted" if row.band == max(self._bands) else ""))

    def _view(self) -> View:
        return caseload.view_of(
            self.session.desk, self._view_name, words=self._words, order=self._order, reverse=self._reverse
        )

    def _first_source(self) -> QueueSource:
        """The first page and the last, from the index at once."""
        reader, view = self.session.queue, self._view()
        head = reader.first(view)
        if len(head) < PAGE:
            return QueueSource(reader, head, len(head))
        tail = reader.first(view, from_end=True)[::-1]
        self._ordering = True
        return QueueSource(reader, head, max(reader.count(view, _COUNTED), len(head)), tail)

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
            order = QueueReader(connection).order(view, lambda: worker.is_cancelled)
        if not worker.is_cancelled:
            self.post_message(self.OrderRead(generation, order))

    @on(OrderRead)
    def _order_read(self, event: OrderRead) -> None:
        if event.generation != self._generation:
            return
        self._ordering = False
        table = self.table
        table.set_empty(_NO_MATCH if self._words or self._view_name != "open" else _NOTHING)
        table.set_source(QueueSource(self.session.queue, event.order, len(event.order)))
        if self._to_top:
            self._to_top = False
            table.action_top()
        columns = {"priority": "band", "due": "due", "reference": "ref", "date": "since", "oic": "oic",
                   "offence": "offence"}  # fmt: skip
        table.set_sorted(columns[self._order], self._reverse)
        self.query_one(RowLine).show(table.cursor_row)
        self._show_about()

    def tick(self) -> None:
        """Move the countdowns on, and the cases whose moment has come."""
        self._now = self.session.clock()
        if self.session.desk.store.tick():
            self.read_order()
        self.table.reload()

    def refresh_now(self) -> None:
        """Something was written: show it."""
        self._now = self.session.clock()
        self.read_order()
        self.table.reload()

    def on_screen_resume(self) -> None:
        """Back from a case: what was done there shows here."""
        if self._generation:
            self.refresh_now()

    def _show_about(self) -> None:
        total = len(self.table.source)
        more = "+" if self._ordering and total == _COUNTED else ""
        marks = len(self.table.marks)
        parts = [
            (caseload.VIEWS[self._view_name][1], "bold"),
            (f" · {total:,}{more} case{'' if total == 1 else 's'}", ""),
            (f" · by {ORDER_TITLES[self._order]}{', turned round' if self._reverse else ''}", ""),
        ]
        if self._words:
            parts.append((f" · with “{self._words}”", "$cd-accent"))
        if marks:
            parts.append((f" · {marks:,} marked", "$cd-warn"))
        if self._ordering:
            parts.append((" · ordering…", ""))
        self.query_one("#about", Static).update(Content.assemble(*parts))

    # What the keys do

    @on(VirtualTable.MarksChanged)
    def _marks_changed(self) -> None:
        self._show_about()

    @on(VirtualTable.RowHighlighted, "#queue")
    def _highlighted(self) -> None:
        self.query_one(RowLine).show(self.table.cursor_row)

    @on(VirtualTable.RowOpened, "#queue")
    def _open(self, event: VirtualTable.RowOpened) -> None:
        row = self.table.cursor_row
        if row is not None and row.n == event.row_id:
            from casedesk.screens.case import open_case

            open_case(self.app, self.session, row.id, self)

    def neighbour(self, step: int) -> QueueRow | None:
        """Move to the next case of the list, or the one before; None at its end."""
        before = self.table.cursor_index
        (self.table.action_down if step > 0 else self.table.action_up)()
        return self.table.cursor_row if self.table.cursor_index != before else None

    def action_filter(self) -> None:
        """Open the filter."""
        box = self.query_one("#filter", Input)
        box.add_class("-open")
        box.focus()

    @on(Input.Changed, "#filter")
    def _filter(self, event: Input.Changed) -> None:
        if event.value.strip() != self._words:
            self._words = event.value.strip()
            self.read_order(to_top=bool(self._words))

    @on(Input.Submitted, "#filter")
    def _filtered(self) -> None:
        self.table.focus()

    def action_plain(self) -> None:
        """Leave the filter; dropped, the list is whole again."""
        box = self.query_one("#filter", Input)
        self.table.focus()
        if box.has_class("-open"):
            box.remove_class("-open")
            box.value = ""
        else:
            self.table.clear_marks()

    def action_view(self) -> None:
        """Choose a view."""

        def chosen(name: str | None) -> None:
            if name is not None:
                self._view_name = name
                self.read_order(to_top=True)

        choices = [Choice(name, label, meaning) for name, (_, label, meaning) in caseload.VIEWS.items()]
        self.app.push_screen(Choose("Which cases?", choices), chosen)

    def action_sort(self) -> None:
        """Choose an order."""

        def chosen(order: str | None) -> None:
            if order is not None:
                self._reverse = not self._reverse if order == self._order else False
                self._order = order
                self.read_order(to_top=True)

        choices = [
            Choice(order, f"By {ORDER_TITLES[order]}", "Turn it round" if order == self._order else "")
            for order in ORDERS
        ]
        self.app.push_screen(Choose("In which order?", choices), chosen)

    @on(VirtualTable.HeadClicked)
    def _head_clicked(self, event: VirtualTable.HeadClicked) -> None:
        order = {"band": "priority", "due": "due", "ref": "reference", "since": "date", "oic": "oic",
                 "offence": "offence"}.get(event.column)  # fmt: skip
        if order:
            self._reverse = not self._reverse if order == self._order else False
            self._order = order
            self.read_order()

    @work
    async def action_import(self) -> None:
        """Take in an extract."""
        from casedesk.screens.take_in import take_in

        if await take_in(self.app, self.session):
            self.changed()

    def changed(self) -> None:
        """Something was written: bring list and header up to date."""
        self.refresh_now()
        refresh_status = getattr(self.app, "refresh_status", None)
        if refresh_status is not None:
            refresh_status()

    def action_search(self) -> None:
        """Search everything."""
        from casedesk.screens.search import SearchScreen

        self.app.push_screen(SearchScreen(self.session))

    def action_access_log(self) -> None:
        """See the access log."""
        from casedesk.screens.access import AccessScreen

        self.app.push_screen(AccessScreen(self.session))

    def action_undo(self) -> None:
        """Ask, then take back what was done last."""
        from casedesk.screens.undoing import ask_undo

        ask_undo(self.app, self.session, self.changed)

    def action_redo(self) -> None:
        """Do again what was undone last."""
        from casedesk.screens.undoing import do_redo

        do_redo(self.app, self.session, self.changed)

    def action_refresh_all(self) -> None:
        """Read everything again."""
        self.session.desk.store.tick()
        self.refresh_now()
