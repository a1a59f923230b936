"""The help: what a screen is for, and every key that works on it."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from casedesk.widgets.command import Command, LiveCommand, show_key
from casedesk.widgets.screen import BACK, DeskScreen

Part = tuple[str, str]
"""A piece of text with the style it is drawn in."""

_KEYS = 16
"""Cells for the keys, before what they do."""
_NARROWEST = 40


class HelpScreen(DeskScreen[None]):
    """Every command within reach of where the help was asked for, with its keys as they are now."""

    PLACE = "Help"
    OFFERS = (
        BACK,
        Command("help.down", "j", "Down", "Scroll a line down.", "down", "Help"),
        Command("help.up", "k", "Up", "Scroll a line up.", "up", "Help"),
    )
    DEFAULT_CSS = """
    HelpScreen VerticalScroll { padding: 1 2; background: $background; scrollbar-size-vertical: 1; }
    HelpScreen Static { height: auto; }
    """

    def __init__(self, place: str, about: str, live: Sequence[LiveCommand]) -> None:
        super().__init__()
        self._heading = f"Help: {place}" if place else "Help"
        self._about, self._live = about, live

    def compose_body(self) -> ComposeResult:
        """One text, scrolled with the usual keys."""
        with VerticalScroll():
            yield Static()

    def on_mount(self) -> None:
        """Let the keys scroll."""
        self.query_one(VerticalScroll).focus()

    def on_resize(self) -> None:
        """Write the text for the width there is."""
        width = max(self.size.width - 6, _NARROWEST)
        parts = help_text(self._heading, self._about, self._live, width)
        self.query_one(Static).update(Content.assemble(*parts))

    def action_down(self) -> None:
        """Scroll a line down."""
        self.query_one(VerticalScroll).scroll_down(animate=False)

    def action_up(self) -> None:
        """Scroll a line up."""
        self.query_one(VerticalScroll).scroll_up(animate=False)


def help_text(title: str, about: str, live: Sequence[LiveCommand], width: int) -> Iterator[Part]:
    """The help in ``width`` cells: title, what the place is for, then the commands under their headings."""
    yield (f"{title}\n\n", "bold")
    if about:
        yield ("\n".join(wrap(about, width)) + "\n\n", "")
    groups: dict[str, list[LiveCommand]] = {}
    for found in live:
        groups.setdefault(found.command.group, []).append(found)
    for group, members in groups.items():
        yield (f"{group}\n", "bold $cd-accent")
        for found in members:
            yield from _help_lines(found, width - _KEYS - 2)
        yield ("\n", "")
    yield ("Hold Shift to select text with the mouse. Ctrl+P finds any command.", "$cd-muted")


def _help_lines(found: LiveCommand, width: int) -> Iterator[Part]:
    keys = " ".join(show_key(key) for key in found.keys or found.command.default_keys())
    yield (f"  {keys:<{_KEYS}}", "bold")
    margin = " " * (_KEYS + 2)
    first, *rest = wrap(f"{found.label}. {found.command.help}", width)
    yield (f"{first}\n", "")
    for line in rest:
        yield (f"{margin}{line}\n", "")
    for line in wrap(f"Not now: {found.reason}", width) if found.reason else ():
        yield (f"{margin}{line}\n", "$cd-warn")
