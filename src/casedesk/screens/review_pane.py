"""The crime beside the list: lines in a box of one size, so that the next crime needs no new layout."""

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.widgets import Static

from casedesk.widgets.flow import Line, Part, wrap

_STEP = 5
_MUTED = "$cd-muted"


class CrimePane(Static):
    """Shows lines, wrapped to its width. What does not fit is reached by scrolling, and the last line says so."""

    DEFAULT_CSS = """
    CrimePane { background: $surface; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 -- the framework's own word
        super().__init__(id=id)
        self._lines: Sequence[Line] = ()
        self._rows: list[list[Part]] = []
        self._laid_for = 0
        self._top = 0

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines from the first on."""
        self._lines, self._top = lines, 0
        self._lay_out()

    def scroll(self, screens: int) -> None:
        """Go some lines down, or up."""
        last = max(len(self._rows) - self._room + 1, 0)
        self._top = max(min(self._top + screens * _STEP, last), 0)
        self._draw()

    def on_resize(self) -> None:
        """Fit the lines into the room there is."""
        self._lay_out()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down."""
        event.stop()
        self.scroll(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up."""
        event.stop()
        self.scroll(-1)

    @property
    def _room(self) -> int:
        return max(self.content_size.height, 1)

    def _lay_out(self) -> None:
        width = self.content_size.width
        if not width:
            return
        rows: list[list[Part]] = [[]]
        for text, style in wrap(self._lines, width):
            for number, piece in enumerate(text.split("\n")):
                if number:
                    rows.append([])
                if piece:
                    rows[-1].append((piece, style))
        self._rows = rows
        self._draw()

    def _draw(self) -> None:
        room = self._room
        below = len(self._rows) - self._top - room
        shown = self._rows[self._top : self._top + (room - 1 if below > 0 else room)]
        parts: list[Part] = []
        for row in shown:
            parts += [*row, ("\n", "")]
        if below > 0:
            parts.append((f"▼ {below + 1:,} more lines: J, and K goes back", _MUTED))
        self.update(Content.assemble(*parts), layout=False)
