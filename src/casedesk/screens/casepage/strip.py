"""The line of tabs: which there are, by which digit, and which is open."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget


@dataclass(frozen=True, slots=True)
class TabName:
    """What a tab is called: its id, its title, and a shorter one for a narrow terminal."""

    id: str
    title: str
    short: str


class TabStrip(Widget):
    """The tabs by their digits; a click opens one."""

    DEFAULT_CSS = """
    TabStrip { height: 1; background: $cd-chrome; color: $cd-chrome-text; }
    """

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, tab: str) -> None:
            super().__init__()
            self.tab = tab

    def __init__(self, tabs: Sequence[TabName]) -> None:
        super().__init__(id="tabs")
        self._tabs = list(tabs)
        self._open = ""
        self._counts: dict[str, int] = {}
        self._spans: list[tuple[int, int, str]] = []

    def show(self, tab: str, counts: dict[str, int]) -> None:
        """Show which tab is open, and how much each holds."""
        self._open, self._counts = tab, counts
        self.refresh()

    def render(self) -> Content:
        """Draw as much of each name as the width allows: full with counts, full, short, the open one's alone."""
        for full, counted in ((True, True), (False, True), (False, False)):
            names = [self._called(number, tab, full, counted) for number, tab in enumerate(self._tabs, 1)]
            if self._fits(names):
                break
        else:
            names = [
                (digit, name if tab.id == self._open else "")
                for (digit, name), tab in zip(names, self._tabs, strict=True)
            ]
        parts: list[tuple[str, str]] = []
        self._spans, place = [], 0
        for (digit, name), tab in zip(names, self._tabs, strict=True):
            here = tab.id == self._open
            parts += [
                ("►" if here else " ", "bold $cd-accent"),
                (digit, "bold $cd-cursor-text on $cd-cursor" if here else "bold $cd-accent"),
                (name, "bold $cd-cursor-text on $cd-cursor" if here else ""),
            ]
            end = place + 1 + len(digit) + len(name)
            self._spans.append((place, end, tab.id))
            place = end
        return Content.assemble(*parts)

    def _fits(self, names: Sequence[tuple[str, str]]) -> bool:
        return sum(len(digit) + len(name) + 1 for digit, name in names) < self.size.width

    def _called(self, number: int, tab: TabName, full: bool, counted: bool) -> tuple[str, str]:
        count = self._counts.get(tab.id, 0)
        tail = f" {count}" if counted and count else ""
        return (f"{number} ", f"{tab.title}{tail} ") if full else (str(number), f"{tab.short}{tail}")

    def on_click(self, event: events.Click) -> None:
        """Open the tab under the pointer."""
        for start, end, tab in self._spans:
            if start <= event.x < end:
                event.stop()
                self.post_message(self.Chosen(tab))
                return
