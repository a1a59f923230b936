"""The access log: who looked at what, searched, took in, changed, gave out or erased, and when."""

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from casedesk.desk import access
from casedesk.desk.access import Entry
from casedesk.model.moments import show_instant
from casedesk.model.text import folded
from casedesk.screens.session import Session
from casedesk.store.access_log import AccessKind, Filters
from casedesk.widgets.columns import Column
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Choice, Choose, Message
from casedesk.widgets.editors import LineEditor
from casedesk.widgets.rows import ListSource
from casedesk.widgets.screen import BACK, DeskScreen
from casedesk.widgets.table import VirtualTable

_MOST = 5000
"""Lines shown; the command line exports all of them."""


class AccessScreen(DeskScreen[None]):
    """The access log, latest first."""

    PLACE = "Access log"
    ABOUT = (
        "Every consultation, search, change, disclosure and erasure, as section 62 of the Data Protection Act 2018 "
        "asks. It cannot be edited: each line is chained to the one before, and the journal keeps its end. "
        "“casedesk access-log export” writes all of it to a file, “casedesk access-log verify” checks it."
    )
    OFFERS = (
        BACK,
        Command("access.filter", "slash", "Filter", "Narrow the list to a person, a case or a word.", "filter",
                "Access log", show=60),
        Command("access.kind", "v", "Kind", "Show one kind of access only.", "kind", "Access log", show=55),
    )  # fmt: skip
    PARTS = (VirtualTable,)
    DEFAULT_CSS = """
    AccessScreen #said { height: 1; padding: 0 1; color: $cd-muted; }
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._kind = ""
        self._read()

    def _read(self) -> None:
        page = access.page(self.session.desk, Filters(kinds=(self._kind,) if self._kind else ()), limit=_MOST)
        self._entries, self._total = page.entries, page.total

    def compose_body(self) -> ComposeResult:
        """The filter, how many, and the list."""
        yield LineEditor("A person, a case or a word", id="filter")
        yield Static(id="said")
        yield VirtualTable(
            self._columns(), self._rows(""), empty="No line like that.", markable=False, id="lines"
        )

    def on_mount(self) -> None:
        """Start in the list."""
        self.query_one(VirtualTable).focus()
        self._say()

    def _columns(self) -> list[Column[Entry]]:
        return [
            Column("at", "When", lambda one: show_instant(one.at), 17, keep=90),
            Column("who", "Who", lambda one: one.who or "(nobody yet)", 10, keep=85),
            Column("title", "What", lambda one: (one.title, "strong"), 16, flex=1, keep=95),
            Column("case", "Occurrence", lambda one: one.reference, 12, keep=80),
            Column("detail", "Detail", lambda one: (one.detail, "muted"), 18, flex=3, keep=60),
        ]

    def _rows(self, typed: str) -> ListSource[Entry]:
        words = folded(typed).split()
        kept = [
            one
            for one in self._entries
            if all(word in folded(f"{one.who} {one.title} {one.reference} {one.detail}") for word in words)
        ]
        return ListSource(kept, lambda one: one.seq)

    def _say(self) -> None:
        kind = f" · only: {access.TITLES[self._kind]}" if self._kind else ""
        more = f", the latest {_MOST:,} shown" if self._total > _MOST else ""
        self.query_one("#said", Static).update(Content(f"{self._total:,} lines{more}{kind}"))

    @on(Input.Changed, "#filter")
    def _filter(self, event: Input.Changed) -> None:
        self.query_one(VirtualTable).set_source(self._rows(event.value))

    @on(Input.Submitted, "#filter")
    def _filtered(self) -> None:
        self.query_one(VirtualTable).focus()

    @on(VirtualTable.RowOpened)
    def _opened(self) -> None:
        one: Entry | None = self.query_one(VirtualTable).cursor_row
        if one is not None:
            case = f"Occurrence {one.reference}" if one.reference else ""
            self.app.push_screen(
                Message(
                    f"Line {one.seq:,}: {one.title}", f"{one.who}, {show_instant(one.at)}", case, one.detail
                )
            )

    def action_filter(self) -> None:
        """Go to the filter."""
        self.query_one("#filter", Input).focus()

    def action_kind(self) -> None:
        """Choose a kind."""

        def chosen(kind: str | None) -> None:
            if kind is not None:
                self._kind = kind
                self._read()
                self.query_one(VirtualTable).set_source(self._rows(self.query_one("#filter", Input).value))
                self._say()

        choices = [
            Choice("", "All"),
            *(Choice(kind.value, access.TITLES[kind].capitalize()) for kind in AccessKind),
        ]
        self.app.push_screen(Choose("Which kind?", choices), chosen)

    def action_back(self) -> None:
        """Leave the filter, or the screen."""
        if self.query_one("#filter", Input).has_focus:
            self.query_one(VirtualTable).focus()
        else:
            self.dismiss(None)
