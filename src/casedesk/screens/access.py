"""The access log: who looked at what, searched, took in, changed, gave out or erased, and when."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from casedesk.desk import access
from casedesk.desk.access import Entry
from casedesk.model.moments import show_instant
from casedesk.model.text import counted
from casedesk.screens.listing import ListScreen
from casedesk.screens.session import Session
from casedesk.store.access_log import AccessKind, Filters
from casedesk.widgets.columns import Column
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Choice, Choose, Message

_MOST = 5000
"""Lines shown; the command line exports all of them."""


class AccessScreen(ListScreen[Entry]):
    """The access log, latest first."""

    PLACE = "Access log"
    ABOUT = (
        "Every consultation, search, change, disclosure and erasure, as section 62 of the Data Protection Act 2018 "
        "asks. It cannot be edited: each line is chained to the one before, and the journal keeps its end. "
        "“casedesk access-log export” writes all of it to a file, “casedesk access-log verify” checks it."
    )
    OFFERS = (
        Command("access.kind", "v", "Kind", "Show one kind of access only.", "kind", "Access log", show=55),
    )  # fmt: skip
    HINT = "A person, a case or a word"
    EMPTY = "No line like that."
    DEFAULT_CSS = """
    AccessScreen #said { height: 1; padding: 0 1; color: $cd-muted; }
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._kind = ""
        self._read()

    def _read(self) -> None:
        kinds = (self._kind,) if self._kind else ()
        page = access.page(self.session.desk, Filters(kinds=kinds), limit=_MOST)
        self._entries, self._total = page.entries, page.total

    def compose_between(self) -> ComposeResult:
        """How many lines there are."""
        yield Static(self._said(), id="said")

    def _said(self) -> Content:
        kind = f" · only: {access.TITLES[self._kind]}" if self._kind else ""
        more = f", the latest {_MOST:,} shown" if self._total > _MOST else ""
        return Content(f"{counted(self._total, 'line')}{more}{kind}")

    def columns(self) -> Sequence[Column[Entry]]:
        """When, who, what, of which case, and the detail."""
        return [
            Column("at", "When", lambda one: show_instant(one.at), 17, keep=90),
            Column("who", "Who", lambda one: one.who or "(nobody)", 9, keep=85),
            Column("title", "What", lambda one: (one.title, "strong"), 14, flex=1, keep=95),
            Column("case", "Occurrence", lambda one: one.reference, 12, keep=80),
            Column("detail", "Detail", lambda one: (one.detail, "muted"), 18, flex=3, keep=60),
        ]

    def rows(self) -> Sequence[Entry]:
        """The lines of the kind that was chosen."""
        return self._entries

    def number_of(self, row: Entry) -> int:
        """Its number in the log."""
        return row.seq

    def words_of(self, row: Entry) -> str:
        """Person, kind, case and detail."""
        return f"{row.who} {row.title} {row.reference} {row.detail}"

    def show_row(self, row: Entry) -> None:
        """Show a line in full."""
        case = f"Occurrence {row.reference}" if row.reference else ""
        self.app.push_screen(
            Message(f"Line {row.seq:,}: {row.title}", f"{row.who}, {show_instant(row.at)}", case, row.detail)
        )

    def action_kind(self) -> None:
        """Choose a kind."""

        def chosen(kind: str | None) -> None:
            if kind is not None:
                self._kind = kind
                self._read()
                self.refresh_rows()
                self.query_one("#said", Static).update(self._said())

        choices = [
            Choice("", "All"),
            *(Choice(kind.value, access.TITLES[kind].capitalize()) for kind in AccessKind),
        ]
        self.app.push_screen(Choose("Which kind?", choices), chosen)
