"""The virtual table: a list of any length that keeps ids and the few rows on screen, nothing else.

The framework's own table measures every cell and holds every row: seconds at 100,000 rows, minutes at a
million. This one draws a line when the terminal needs it, from a page of rows that its source reads on
demand, so that a key costs the same at any length. It knows its :class:`~casedesk.widgets.rows.RowSource`
and its columns, and tells its owner by messages what the user did; sorting, filtering and opening are the
owner's.
"""

from collections.abc import Iterable, Sequence
from textwrap import wrap
from time import monotonic
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from casedesk.widgets import table_messages as told
from casedesk.widgets.columns import GAP, Column, Laid, lay_out
from casedesk.widgets.command import Command, Commanded
from casedesk.widgets.lines import GUTTER, draw_head, draw_row, draw_text
from casedesk.widgets.rows import ListSource, PagedRows, RowSource
from casedesk.widgets.themes import STYLES

R = TypeVar("R")

_CHORD = 1.0
"""Seconds within which ``g g`` must be pressed."""
_MOST_STRIPS = 400
"""Drawn lines kept: some screenfuls. Each is made of many objects, which every full garbage collection visits."""
_GROUP = "Lists"


def _has_rows(table: "VirtualTable[Any]") -> str | None:
    return None if len(table.source) else "The list is empty."


def _command(name: str, keys: str, label: str, what: str, action: str, show: int = 0) -> Command:
    return Command(f"table.{name}", keys, label, what, action, _GROUP, show=show, allowed=_has_rows)


class VirtualTable(Commanded, ScrollView, Generic[R], can_focus=True, inherit_bindings=False):
    """A table of rows ``R`` with a cursor and marks."""

    OFFERS: ClassVar[Sequence[Command]] = (
        _command("down", "down,j", "Down", "Go to the next row.", "down"),
        _command("up", "up,k", "Up", "Go to the row before.", "up"),
        _command("page-down", "pagedown,ctrl+f", "Page down", "Go a screenful on.", "page_down"),
        _command("page-up", "pageup,ctrl+b", "Page up", "Go a screenful back.", "page_up"),
        _command("top", "home", "Top", "Go to the first row.", "top"),
        _command("top-chord", "g", "Top (g g)", "Pressed twice: go to the first row.", "top_chord"),
        _command("bottom", "end,G", "Bottom", "Go to the last row.", "bottom"),
        _command("mark", "space", "Mark", "Mark the row, or take its mark off, and go on.", "mark", 30),
        _command("open", "enter", "Open", "Open the row.", "open", 60),
    )
    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "vtable--head",
        "vtable--cursor",
        "vtable--cursor-blurred",
        "vtable--mark",
        *(f"vtable--{style}" for style in STYLES),
    }
    DEFAULT_CSS = """
    VirtualTable {
        height: 1fr;
        background: $background;
        color: $text;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
    }
    VirtualTable > .vtable--head { background: $cd-chrome; color: $cd-chrome-text; text-style: bold; }
    VirtualTable > .vtable--cursor { background: $cd-cursor; color: $cd-cursor-text; text-style: bold; }
    VirtualTable > .vtable--cursor-blurred {
        background: $cd-chrome; color: $cd-chrome-text; text-style: bold;
    }
    VirtualTable > .vtable--mark { color: $cd-warn; text-style: bold; }
    VirtualTable > .vtable--muted { color: $cd-muted; }
    VirtualTable > .vtable--strong { text-style: bold; }
    VirtualTable > .vtable--accent { color: $cd-accent; }
    VirtualTable > .vtable--block { color: $cd-block; text-style: bold; }
    VirtualTable > .vtable--warn { color: $cd-warn; }
    VirtualTable > .vtable--info { color: $cd-info; }
    VirtualTable > .vtable--ok { color: $cd-ok; }
    """

    TableMessage: TypeAlias = told.TableMessage
    RowHighlighted: TypeAlias = told.RowHighlighted
    RowOpened: TypeAlias = told.RowOpened
    MarksChanged: TypeAlias = told.MarksChanged
    HeadClicked: TypeAlias = told.HeadClicked

    def __init__(
        self,
        columns: Sequence[Column[R]],
        source: RowSource[R] | None = None,
        *,
        empty: str = "Nothing here.",
        markable: bool = True,
        headed: bool = True,
        id: str | None = None,  # noqa: A002 -- the framework's own word
        classes: str | None = None,
    ) -> None:
        """Make a table. ``empty`` is what it says when it has no rows: what to do next, in a line or two.

        ``markable``: whether rows can be marked; ``headed``: whether the columns' titles are shown.
        """
        super().__init__(id=id, classes=classes)
        self._columns = tuple(columns)
        self._rows: PagedRows[R] = PagedRows(source or ListSource([], lambda _row: 0))
        self._empty = empty
        self._markable = markable
        self._head = int(headed)
        self._sorted: tuple[str, bool] | None = None
        self._cursor = 0
        self._cursor_id = self._id_at(0)
        self._marks: set[int] = set()
        self._laid: tuple[Laid[R], ...] = ()
        self._laid_for = -1
        self._strips: dict[tuple[int, bool, bool], Strip] = {}
        self._named: dict[str, Style] = {}
        self._chord_at = -_CHORD
        self._set_height()

    def offered(self, command: Command) -> bool:
        """Marking is offered only where the owner can do something with marks."""
        return self._markable or command.id != "table.mark"

    # What the owner may ask and set

    @property
    def source(self) -> RowSource[R]:
        """Where the rows come from."""
        return self._rows.source

    @property
    def columns(self) -> tuple[Column[R], ...]:
        """The columns, shown or not."""
        return self._columns

    @property
    def cursor_index(self) -> int:
        """The place of the cursor, counted from 0."""
        return self._cursor

    @property
    def cursor_id(self) -> int | None:
        """The id of the row under the cursor; None on an empty list."""
        return self._cursor_id

    @property
    def cursor_row(self) -> R | None:
        """The row under the cursor; None on an empty list."""
        return self._rows.row(self._cursor) if len(self.source) else None

    @property
    def marks(self) -> frozenset[int]:
        """The ids of the marked rows, whether or not the source still has them."""
        return frozenset(self._marks)

    @property
    def page_rows(self) -> int:
        """How many rows are on screen at once."""
        return max(self.scrollable_content_region.height - self._head, 1)

    def set_source(self, source: RowSource[R]) -> None:
        """Show other rows, or the same in another order; the cursor stays on its row if that is still there.

        Marks stay too: they belong to the rows, not to the list.
        """
        before, offset = self._cursor_id, self._cursor - self.scroll_offset.y
        self._rows = PagedRows(source)
        self._strips.clear()
        found = None if before is None else source.find(before)
        self._cursor = max(min(self._cursor, len(source) - 1), 0) if found is None else found
        self._cursor_id = self._id_at(self._cursor)
        self._set_height()
        self._scroll(self._cursor - max(offset, 0))
        self._show_cursor()
        self.refresh()
        if self._cursor_id != before:
            self._tell_cursor()

    def set_columns(self, columns: Sequence[Column[R]]) -> None:
        """Show other columns."""
        self._columns = tuple(columns)
        self._laid_for = -1
        self._strips.clear()
        self.refresh()

    def set_sorted(self, column: str | None, descending: bool = False) -> None:
        """Point out in the head which column the order follows."""
        self._sorted = None if column is None else (column, descending)
        self._refresh_place(-1)

    def set_empty(self, text: str) -> None:
        """Say something else when there are no rows."""
        self._empty = text
        if not len(self.source):
            self.refresh()

    def reload(self, row_id: int | None = None) -> None:
        """Read one row again, or all that are shown: what they say has changed, their order has not."""
        place = None if row_id is None else self.source.find(row_id)
        if row_id is not None and place is None:
            return
        self._rows.forget(place)
        self._strips.clear()
        self.refresh()

    def go_to(self, row_id: int) -> bool:
        """Put the cursor on a row; False where it is not in the list."""
        place = self.source.find(row_id)
        if place is None:
            return False
        self._go(place)
        return True

    def mark(self, row_ids: Iterable[int]) -> None:
        """Mark rows, in addition to those that are."""
        self._set_marks(self._marks | set(row_ids))

    def clear_marks(self) -> None:
        """Take every mark off."""
        self._set_marks(set())

    # What the keys and the mouse do

    def action_down(self) -> None:
        """Go to the next row."""
        self._go(self._cursor + 1)

    def action_up(self) -> None:
        """Go to the row before."""
        self._go(self._cursor - 1)

    def action_page_down(self) -> None:
        """Go a screenful on; the cursor keeps its height on screen."""
        self._scroll(self.scroll_offset.y + self.page_rows)
        self._go(self._cursor + self.page_rows)

    def action_page_up(self) -> None:
        """Go a screenful back."""
        self._scroll(self.scroll_offset.y - self.page_rows)
        self._go(self._cursor - self.page_rows)

    def action_top(self) -> None:
        """Go to the first row."""
        self._go(0)

    def action_top_chord(self) -> None:
        """Go to the first row when pressed twice within a second."""
        now = monotonic()
        if now - self._chord_at < _CHORD:
            self._go(0)
            now -= _CHORD
        self._chord_at = now

    def action_bottom(self) -> None:
        """Go to the last row."""
        self._go(len(self.source) - 1)

    def action_mark(self) -> None:
        """Mark the row under the cursor, or take its mark off, and go to the next."""
        if self._cursor_id is not None:
            self._set_marks(self._marks ^ {self._cursor_id})
            self._go(self._cursor + 1)

    def action_open(self) -> None:
        """Tell the owner to open the row under the cursor."""
        if self._cursor_id is not None:
            self.post_message(self.RowOpened(self, self._cursor_id))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor; on the gutter mark; twice open; on the head name the column."""
        event.stop()
        if event.y < self._head:
            column = self._column_at(event.x)
            if column is not None:
                self.post_message(self.HeadClicked(self, column.key))
            return
        place = self.scroll_offset.y + event.y - self._head
        if place >= len(self.source):
            return
        self._go(place)
        if event.x < GUTTER and self._markable and self._cursor_id is not None:
            self._set_marks(self._marks ^ {self._cursor_id})
        elif event.chain == 2:
            self.action_open()

    def on_focus(self) -> None:
        """Draw the cursor strong."""
        self._strips.clear()
        self._refresh_place(self._cursor)

    def on_blur(self) -> None:
        """Draw the cursor weak: keys go elsewhere."""
        self._strips.clear()
        self._refresh_place(self._cursor)

    # Moving

    def _go(self, place: int) -> None:
        """Put the cursor on a place, or on the nearest there is, and bring it into view."""
        place = max(min(place, len(self.source) - 1), 0)
        if place == self._cursor:
            self._show_cursor()
            return
        before, self._cursor = self._cursor, place
        self._cursor_id = self._id_at(place)
        if not self._show_cursor():
            self._refresh_place(before)
            self._refresh_place(place)
        self._tell_cursor()

    def _show_cursor(self) -> bool:
        """Scroll as little as brings the cursor into view; say whether that was needed."""
        top = self.scroll_offset.y
        if self._cursor < top:
            return self._scroll(self._cursor)
        if self._cursor >= top + self.page_rows:
            return self._scroll(self._cursor - self.page_rows + 1)
        return False

    def _scroll(self, top: int) -> bool:
        before = self.scroll_offset.y
        self.scroll_to(y=max(top, 0), animate=False, immediate=True, force=True)
        return self.scroll_offset.y != before

    def _refresh_place(self, place: int) -> None:
        """Repaint the one line of a place; -1 is the head's."""
        line = place - self.scroll_offset.y + self._head if place >= 0 else 0
        if 0 <= line < self.size.height:
            self.refresh(Region(0, line, self.size.width, 1))

    def _set_marks(self, marks: set[int]) -> None:
        if marks == self._marks:
            return
        changed = marks ^ self._marks
        self._marks = marks
        if len(changed) == 1 and changed == {self._cursor_id}:
            self._refresh_place(self._cursor)
        else:
            self.refresh()
        self.post_message(self.MarksChanged(self, len(marks)))

    def _tell_cursor(self) -> None:
        self.post_message(self.RowHighlighted(self, self._cursor_id, self._cursor))

    def _id_at(self, place: int) -> int | None:
        return self.source.id_at(place) if place < len(self.source) else None

    def _set_height(self) -> None:
        """Tell the scrollbar how long the list is, the head included."""
        size = Size(0, len(self.source) + self._head)
        if size != self.virtual_size:
            self.virtual_size = size

    # Drawing

    def notify_style_update(self) -> None:
        """The theme changed: every line is drawn anew."""
        super().notify_style_update()
        self._named.clear()
        self._strips.clear()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Repaint the rows; the scrollbar only where its thumb moves by the eighth of a cell it can show."""
        bar = self.vertical_scrollbar
        step = max(self.virtual_size.height, 1) / max(self.size.height * 8, 1)
        if int(bar.position / step) != int(new_value / step):
            bar.position = new_value
        if round(old_value) != round(new_value):
            self.refresh(self.size.region)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw the lines of a region of the screen.

        The framework's way keeps each line a second time to put borders round it; this table has none.
        """
        filters, background = self.get_line_filters(), self.background_colors[1]
        left, right = crop.column_span
        width, top = self._lay_out(), self.scroll_offset.y
        strips = []
        for y in crop.line_range:
            strip = self._draw_line(y, width, top)
            for line_filter in filters:
                strip = strip.apply_filter(line_filter, background)
            strips.append(strip.crop(left, right))
        return strips

    def render_line(self, y: int) -> Strip:
        """Draw one line of what is on screen: the head, a row, or nothing."""
        return self._draw_line(y, self._lay_out(), self.scroll_offset.y)

    def _lay_out(self) -> int:
        """Fit the columns into the width there is, and give it."""
        width = self.scrollable_content_region.width
        if width != self._laid_for:
            self._laid = lay_out(self._columns, max(width - GUTTER, 1))
            self._laid_for = width
            self._strips.clear()
        return width

    def _draw_line(self, y: int, width: int, top: int) -> Strip:
        """Draw the line at ``y``, where ``top`` is the first row on screen."""
        if y < self._head:
            return draw_head(self._laid, width, self._style("head"), self._sorted)
        if not len(self.source):
            return self._draw_empty(y, width)
        place = top + y - self._head
        if place >= len(self.source):
            return Strip.blank(width, self._style(""))
        return self._row_strip(place, width)

    def _row_strip(self, place: int, width: int) -> Strip:
        marked = bool(self._marks) and self.source.id_at(place) in self._marks
        key = (place, place == self._cursor, marked)
        strip = self._strips.get(key)
        if strip is None:
            if len(self._strips) > _MOST_STRIPS:
                self._strips.clear()
            here = self._cursor_style if place == self._cursor else ""
            strip = draw_row(self._rows.row(place), self._laid, width, self._style, here=here, marked=marked)
            self._strips[key] = strip
        return strip

    def _draw_empty(self, y: int, width: int) -> Strip:
        lines = [
            part for said in self._empty.splitlines() for part in wrap(said, max(width - GUTTER, 20)) or [""]
        ]
        first = max((self.page_rows - len(lines)) // 2, 1)
        text = lines[y - first] if first <= y < first + len(lines) else ""
        return draw_text(text, width, self._style("muted"))

    @property
    def _cursor_style(self) -> str:
        return "cursor" if self.has_focus else "cursor-blurred"

    def _style(self, name: str) -> Style:
        """The colours of a named style, worked out once per theme. An unknown name is drawn plain."""
        style = self._named.get(name)
        if style is None:
            known = f"vtable--{name}" in self.COMPONENT_CLASSES
            style = self.get_component_rich_style(f"vtable--{name}") if known else self.rich_style
            self._named[name] = style
        return style

    def _column_at(self, x: int) -> Column[R] | None:
        left = GUTTER
        for column, room in self._laid:
            if left <= x < left + room + GAP:
                return column
            left += room + GAP
        return None
