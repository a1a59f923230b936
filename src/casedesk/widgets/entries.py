"""A list of long entries: each is wrapped, none is cut, and a cursor goes from one to the next."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from casedesk.widgets.flow import Line, Part, wrap
from casedesk.widgets.lines import CURSOR

_GUTTER = 2
"""Cells before an entry: the cursor's sign and a space."""
_MUTED = "$cd-muted"


@dataclass(frozen=True, slots=True)
class Item:
    """One entry, or a heading where it has no key."""

    lines: Sequence[Line]
    key: str = ""
    """Names the entry, also when the list is shown anew; empty: the cursor passes it by."""


class Entries(Widget, can_focus=True):
    """Shows items one below the other in a box of one size. It offers no keys: its screen moves the cursor."""

    DEFAULT_CSS = """
    Entries { height: 1fr; width: 1fr; background: $background; color: $text; padding: 0 1; }
    """

    class Opened(Message):
        """An entry was clicked twice, or once where the cursor stood on it."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 -- the framework's own word
        super().__init__(id=id)
        self._items: Sequence[Item] = ()
        self._rows: list[tuple[int, list[Part]]] = []
        """Each row on screen: the item it belongs to, and its parts."""
        self._spans: list[tuple[int, int]] = []
        self._laid_for = 0
        self._cursor = 0
        self._top = 0

    def show(self, items: Sequence[Item]) -> None:
        """Show these items; the cursor stays on its entry, or goes to the first."""
        key = self.key
        self._items, self._laid_for = items, 0
        places = [place for place, item in enumerate(items) if item.key]
        same = next((place for place in places if items[place].key == key), None)
        self._cursor = same if same is not None else places[0] if places else 0
        self._follow()

    @property
    def key(self) -> str:
        """The key of the entry under the cursor; empty where there is none."""
        return self._items[self._cursor].key if self._cursor < len(self._items) else ""

    def go_to(self, key: str) -> bool:
        """Put the cursor on an entry; False where it is not there."""
        place = next((place for place, item in enumerate(self._items) if item.key == key), None)
        if place is None:
            return False
        self._cursor = place
        self._follow()
        return True

    def move(self, step: int) -> None:
        """Go to the next entry, or the one before."""
        place = self._cursor + step
        while 0 <= place < len(self._items) and not self._items[place].key:
            place += step
        if 0 <= place < len(self._items):
            self._cursor = place
        elif step < 0:
            self._top = 0  # what stands above the first entry can be read too
            self.refresh()
            return
        self._follow()

    def top(self) -> None:
        """Go to the first entry, with all that stands above it in sight."""
        self._cursor = next((place for place, item in enumerate(self._items) if item.key), 0)
        self._follow()
        self._top = 0
        self.refresh()

    def page(self, step: int) -> None:
        """Go about a screen down, or up."""
        self._lay_out()
        if not self._rows:
            return
        start, _ = self._spans[self._cursor]
        row = min(max(start + step * max(self._room - 2, 1), 0), len(self._rows) - 1)
        before, wanted = self._cursor, self._rows[row][0]
        keyed = [place for place, item in enumerate(self._items) if item.key]
        if keyed:
            self._cursor = min(keyed, key=lambda place: (abs(place - wanted), place))
        if self._cursor == before:
            self.move(step)
        self._follow()

    def on_resize(self) -> None:
        """Wrap anew for the width there is."""
        self._follow()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Go down."""
        event.stop()
        self.move(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Go up."""
        event.stop()
        self.move(-1)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor under the pointer; open the entry where it is there already."""
        row = self._top + event.y
        if row >= len(self._rows):
            return
        place = self._rows[row][0]
        if not self._items[place].key:
            return
        if place == self._cursor:
            self.post_message(self.Opened(self.key))
        self._cursor = place
        self._follow()

    @property
    def _room(self) -> int:
        """The rows for entries: the last of the box says what lies beyond, where anything does."""
        height = self.content_size.height
        return max(height - 1 if len(self._rows) > height else height, 1)

    def _lay_out(self) -> None:
        width = self.content_size.width
        if not width or width == self._laid_for:
            return
        self._laid_for = width
        self._rows, self._spans = [], []
        for place, item in enumerate(self._items):
            start = len(self._rows)
            indent = _GUTTER if item.key else 0
            rows: list[list[Part]] = [[]]
            for text, style in wrap(item.lines, width - indent):
                for number, piece in enumerate(text.split("\n")):
                    if number:
                        rows.append([])
                    if piece:
                        rows[-1].append((piece, style))
            self._rows += [(place, row) for row in rows]
            self._spans.append((start, len(self._rows)))

    def _follow(self) -> None:
        """Bring the entry under the cursor into sight, with the heading above it where it fits."""
        self._lay_out()
        if self._laid_for and self._spans:
            start, end = self._spans[self._cursor]
            above = self._cursor - 1
            while above >= 0 and not self._items[above].key:
                start, above = self._spans[above][0], above - 1
            if end > self._top + self._room:
                self._top = end - self._room
            if start < self._top or end - start >= self._room:
                self._top = min(start, self._spans[self._cursor][0])
            self._top = max(min(self._top, len(self._rows) - self._room), 0)
        self.refresh()

    def render(self) -> Content:
        """Draw the rows in sight; what lies beyond is said in the last."""
        parts: list[Part] = []
        for place, row in self._rows[self._top : self._top + self._room]:
            here, keyed = place == self._cursor, bool(self._items[place].key)
            first = self._rows[self._spans[place][0]][1] is row
            if keyed:
                parts.append((f"{CURSOR} " if here and first else "│ " if here else "  ", "bold $cd-accent"))
            parts += [*row, ("\n", "")]
        above, below = self._top, max(len(self._rows) - self._top - self._room, 0)
        if above or below:
            parts.append((f"▲ {above:,} lines above · ▼ {below:,} below", _MUTED))
        elif parts:
            parts.pop()
        return Content.assemble(*parts)
