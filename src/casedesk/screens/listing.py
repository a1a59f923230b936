"""A screen that is one list with a filter above it: what history and access log have in common."""

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from casedesk.model.text import folded
from casedesk.widgets.columns import Column
from casedesk.widgets.command import Command
from casedesk.widgets.editors import LineEditor
from casedesk.widgets.rows import ListSource
from casedesk.widgets.screen import BACK, DeskScreen
from casedesk.widgets.table import VirtualTable

R = TypeVar("R")


class ListScreen(DeskScreen[None], Generic[R]):
    """Rows ``R`` that are all at hand, narrowed by typing. A subclass says what they are and what they show."""

    OFFERS: ClassVar[Sequence[Command]] = (
        BACK,
        Command("list.filter", "slash", "Filter", "Narrow the list to rows with these words.", "filter",
                "Lists", show=60),
    )  # fmt: skip
    PARTS = (VirtualTable,)
    HINT: ClassVar[str] = ""
    """What the filter asks for."""
    EMPTY: ClassVar[str] = "Nothing like that."
    DEFAULT_CSS = """
    ListScreen #filter { margin: 0 1; }
    """

    def columns(self) -> Sequence[Column[R]]:
        """The columns of the list."""
        raise NotImplementedError

    def rows(self) -> Sequence[R]:
        """All rows, in order."""
        raise NotImplementedError

    def number_of(self, row: R) -> int:
        """A number that names a row."""
        raise NotImplementedError

    def words_of(self, row: R) -> str:
        """The words by which a row is found."""
        raise NotImplementedError

    def show_row(self, row: R) -> None:
        """Show a row in full: it was opened."""

    def compose_body(self) -> ComposeResult:
        """The filter, what stands between, and the list."""
        yield LineEditor(self.HINT, id="filter")
        yield from self.compose_between()
        yield VirtualTable(
            list(self.columns()), self._source(""), empty=self.EMPTY, markable=False, id="list"
        )

    def compose_between(self) -> ComposeResult:
        """What stands between filter and list."""
        yield from ()

    def on_mount(self) -> None:
        """Start in the list."""
        self.query_one(VirtualTable).focus()

    def refresh_rows(self) -> None:
        """The rows have changed: show those that the filter lets through."""
        self.query_one(VirtualTable).set_source(self._source(self.query_one("#filter", Input).value))

    def _source(self, typed: str) -> ListSource[R]:
        words = folded(typed).split()
        kept = [row for row in self.rows() if all(word in folded(self.words_of(row)) for word in words)]
        return ListSource(kept, self.number_of)

    @on(Input.Changed, "#filter")
    def _filter(self) -> None:
        self.refresh_rows()

    @on(Input.Submitted, "#filter")
    def _filtered(self) -> None:
        self.query_one(VirtualTable).focus()

    @on(VirtualTable.RowOpened, "#list")
    def _opened(self) -> None:
        row: R | None = self.query_one(VirtualTable).cursor_row
        if row is not None:
            self.show_row(row)

    def action_filter(self) -> None:
        """Go to the filter."""
        self.query_one("#filter", Input).focus()

    def action_back(self) -> None:
        """Leave the filter, or the screen."""
        if self.query_one("#filter", Input).has_focus:
            self.query_one(VirtualTable).focus()
        else:
            self.dismiss(None)
