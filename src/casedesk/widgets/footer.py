"""The one line at the bottom of every screen: which keys do what, here and now."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from casedesk.widgets.command import LiveCommand, live_commands, show_key

_GAP = 2


class KeyLine(Widget):
    """A line of keys and what they do. A command that cannot be used now is dimmed; a click runs one."""

    DEFAULT_CSS = """
    KeyLine { height: 1; background: $cd-chrome; color: $cd-chrome-text; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._live: list[LiveCommand] = []
        self._spans: list[tuple[int, int, LiveCommand]] = []

    def on_mount(self) -> None:
        """Follow what the focus can reach."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)
        self._follow(self.screen)

    def _follow(self, screen: Screen[object]) -> None:
        live = [found for found in live_commands(screen) if found.command.show and found.keys]
        if live != self._live:
            self._live = live
            self.refresh()

    def render(self) -> Content:
        """Draw the line for the width there is."""
        parts: list[tuple[str, str]] = [(" ", "")]
        place, self._spans = 1, []
        for live in choose(self._live, self.size.width - 2):
            key, label = show_key(live.keys[0]), live.label
            muted = live.reason is not None
            parts += [
                (key, "$cd-chrome-muted" if muted else "bold $cd-accent"),
                (f" {label}", "$cd-chrome-muted" if muted else ""),
                (" " * _GAP, ""),
            ]
            end = place + room(live)
            self._spans.append((place, end, live))
            place = end + _GAP
        return Content.assemble(*parts)

    async def on_click(self, event: events.Click) -> None:
        """Run the command under the pointer."""
        for start, end, live in self._spans:
            if start <= event.x < end:
                event.stop()
                await live.run()
                return


class DeskFooter(KeyLine):
    """The footer of a screen."""

    DEFAULT_CSS = """
    DeskFooter { dock: bottom; }
    """


def room(live: LiveCommand) -> int:
    """The cells that a command takes in the line."""
    return cell_len(show_key(live.keys[0])) + 1 + cell_len(live.label)


def choose(live: Sequence[LiveCommand], width: int) -> list[LiveCommand]:
    """Those commands that fit in ``width`` cells: the lightest go first, the rest keep their order."""
    kept = list(live)
    while kept and sum(room(found) + _GAP for found in kept) - _GAP > width:
        kept.remove(min(reversed(kept), key=lambda found: found.node.weight_of(found.command)))
    return kept
