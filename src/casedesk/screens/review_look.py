"""Looking closer at a crime under review: what would be right, and the way its facts take."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from casedesk.desk.review_crime import Crime
from casedesk.screens.review_doing import At
from casedesk.screens.review_text import allowed_lines, needing_lines, path_lines
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Dialog
from casedesk.widgets.flow import Flow, Line


class Reading(Dialog[None]):
    """Lines to be read, longer than the screen."""

    OFFERS: ClassVar[Sequence[Command]] = (
        Command("reading.close", "escape,enter,w", "Close", "Close it.", "close", "Dialogs", show=90),
        Command("reading.down", "down,j", "Down", "Scroll down.", "down", "Dialogs", show=50),
        Command("reading.up", "up,k", "Up", "Scroll up.", "up", "Dialogs", show=40),
        Command(
            "reading.page-down", "pagedown,space", "Page down", "Scroll a page down.", "page_down", "Dialogs"
        ),
        Command("reading.page-up", "pageup", "Page up", "Scroll a page up.", "page_up", "Dialogs"),
    )
    DEFAULT_CSS = """
    Reading > #box { width: 112; }
    Reading VerticalScroll { height: auto; max-height: 70vh; margin-bottom: 1; scrollbar-size-vertical: 1; }
    """

    def __init__(self, title: str, lines: Sequence[Line]) -> None:
        super().__init__(title)
        self._lines = lines

    def compose_body(self) -> ComposeResult:
        """The lines."""
        with VerticalScroll(can_focus=False):
            yield Flow()

    def on_mount(self) -> None:
        """Show them."""
        self.query_one(Flow).show(self._lines)

    @property
    def _scroll(self) -> VerticalScroll:
        return self.query_one(VerticalScroll)

    def action_close(self) -> None:
        """Close it."""
        self.dismiss(None)

    def action_down(self) -> None:
        """Scroll a line down."""
        self._scroll.scroll_down(animate=False)

    def action_up(self) -> None:
        """Scroll a line up."""
        self._scroll.scroll_up(animate=False)

    def action_page_down(self) -> None:
        """Scroll a page down."""
        self._scroll.scroll_page_down(animate=False)

    def action_page_up(self) -> None:
        """Scroll a page up."""
        self._scroll.scroll_page_up(animate=False)


def show_what_is_right(at: At, crime: Crime) -> None:
    """Show which outcomes these facts allow, what the others need, and the way these facts take through the paths."""
    now = at.desk.now
    possible = at.desk.checker.what_would_be_right(crime.file, now)
    paths = at.desk.paths.path(crime.file, now)
    lines = [*allowed_lines(possible), *path_lines(paths), *needing_lines(possible)]
    at.app.push_screen(Reading(f"What would be right · {crime.ref}", lines))
