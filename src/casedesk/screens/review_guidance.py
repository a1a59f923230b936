"""Guidance at hand: what each outcome, rule, time limit and reason says, found by words, with its source."""

from collections.abc import Sequence
from functools import cached_property
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Input

from casedesk.desk import guidance
from casedesk.desk.guidance import Entry
from casedesk.reference.packs import Packs
from casedesk.screens.review_pane import CrimePane
from casedesk.screens.review_text import entry_lines
from casedesk.widgets.columns import Column
from casedesk.widgets.command import Command
from casedesk.widgets.editors import LineEditor
from casedesk.widgets.rows import ListSource
from casedesk.widgets.screen import BACK, DeskScreen
from casedesk.widgets.table import VirtualTable

_MOST = 500
_KEYS = ("up", "down", "pageup", "pagedown")


class GuidanceScreen(DeskScreen[None]):
    """A list of entries, narrowed by typing, with the one under the cursor in full."""

    PLACE = "Guidance"
    ABOUT = (
        "What outcomes, rules, time limits, rulings and reasons for a return ask, in casedesk's own words, each with "
        "its source and how well it is established. Type words, or an id such as 16 or V05. No network is needed."
    )
    OFFERS: ClassVar[Sequence[Command]] = (
        BACK,
        Command("guidance.down", "ctrl+j", "Scroll down", "Scroll the entry down.", "pane_down", "Guidance"),
        Command("guidance.up", "ctrl+k", "Scroll up", "Scroll the entry up.", "pane_up", "Guidance"),
    )
    PARTS = (VirtualTable,)
    DEFAULT_CSS = """
    GuidanceScreen #body { height: 1fr; }
    GuidanceScreen.-narrow VirtualTable { height: 8; }
    GuidanceScreen CrimePane { height: 1fr; padding: 0 1; }
    GuidanceScreen.-wide #body { layout: horizontal; }
    GuidanceScreen.-wide VirtualTable { width: 1fr; }
    GuidanceScreen.-wide CrimePane { width: 1fr; padding: 0 1 0 2; }
    """

    def __init__(self, packs: Packs, outcome: str = "") -> None:
        """``outcome`` is the code that what is shown first is about."""
        super().__init__()
        self._packs, self._outcome = packs, outcome

    @cached_property
    def _first(self) -> list[Entry]:
        own = guidance.about(self._packs, self._outcome) if self._outcome else []
        held = {one.id for one in own}
        return [*own, *(one for one in guidance.search(self._packs, "", _MOST) if one.id not in held)]

    def compose_body(self) -> ComposeResult:
        """What is typed, what was found, and the entry under the cursor."""
        yield LineEditor("Words, or an id such as 16 or V05", id="words")
        columns = [
            Column[Entry]("id", "Id", lambda one: (one.short, "strong"), 12, keep=90),
            Column[Entry]("title", "Title", lambda one: one.title, 24, flex=1, keep=95),
            Column[Entry]("status", "Standing", lambda one: (one.status, "muted"), 11, keep=40),
        ]
        with Container(id="body"):
            yield VirtualTable(columns, empty="Nothing is said about that.", markable=False, id="found")
            yield CrimePane(id="entry")

    def on_mount(self) -> None:
        """Start with what is about the outcome."""
        self.query_one("#words", Input).focus()
        self._find("")

    @property
    def table(self) -> VirtualTable[Entry]:
        """What was found."""
        return self.query_one("#found", VirtualTable)

    def _find(self, typed: str) -> None:
        found = guidance.search(self._packs, typed, _MOST) if typed.strip() else self._first
        places = {one.id: place for place, one in enumerate(found)}
        source: ListSource[Entry] = ListSource(found, lambda one: places[one.id])
        self.table.set_source(source)
        self.table.action_top()
        self._show()

    @on(Input.Changed, "#words")
    def _typed(self, event: Input.Changed) -> None:
        self._find(event.value)

    @on(VirtualTable.RowHighlighted, "#found")
    def _show(self) -> None:
        one = self.table.cursor_row
        self.query_one("#entry", CrimePane).show(entry_lines(one) if one else [])

    def on_key(self, event: events.Key) -> None:
        """Move in the list while typing."""
        if event.key in _KEYS and self.query_one("#words", Input).has_focus:
            event.stop()
            moves = (self.table.action_up, self.table.action_down, self.table.action_page_up,
                     self.table.action_page_down)  # fmt: skip
            dict(zip(_KEYS, moves, strict=True))[event.key]()

    def action_pane_down(self) -> None:
        """Scroll the entry."""
        self.query_one("#entry", CrimePane).scroll(1)

    def action_pane_up(self) -> None:
        """Scroll the entry back."""
        self.query_one("#entry", CrimePane).scroll(-1)
