"""Searching everything said in every case, as it is typed; what was found stands out in its words."""

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from casedesk.desk import access
from casedesk.desk import search as searching
from casedesk.desk.search import Found, Hit
from casedesk.model.moments import show_instant
from casedesk.model.words import flag_tag
from casedesk.screens.case import open_case
from casedesk.screens.session import Session
from casedesk.store.queue import QueueRow
from casedesk.widgets.columns import Column
from casedesk.widgets.command import Command
from casedesk.widgets.editors import LineEditor
from casedesk.widgets.flow import Part
from casedesk.widgets.rows import ListSource
from casedesk.widgets.screen import BACK, DeskScreen
from casedesk.widgets.table import VirtualTable

_MOST = 100
"""Cases whose snippets are shown; more are counted."""
_BEFORE = 16
"""Characters before a found word that a cell may show."""
_START = "Type what you look for.\nWords, “a phrase”, vic*, or a field: oic: suspect: outcome:16 flag:da due:<3d in:log"
_NONE = "No case answers that.\nTry fewer words, a word only begun, or a name by its sound: sounds:smyth"


def _number_of(hit: Hit) -> int:
    return hit.row.n


def _near(hit: Hit) -> str:
    """The snippet from just before the first word that was found, so that a short cell shows it."""
    text, spans = hit.snippet.text, hit.snippet.spans
    if not spans or spans[0][0] <= _BEFORE:
        return text
    begin = text.rfind(" ", 0, spans[0][0] - _BEFORE // 2) + 1
    return f"…{text[begin:]}"


class SnippetLine(Widget):
    """Where the words were found in the case under the cursor, and what stands there."""

    DEFAULT_CSS = """
    SnippetLine { height: 3; padding: 0 1; background: $surface; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._hit: Hit | None = None

    def show(self, hit: Hit | None) -> None:
        """Show what was found in this case."""
        self._hit = hit
        self.refresh()

    def render(self) -> Content:
        """The place and time in front, the found words marked."""
        if self._hit is None:
            return Content("")
        snippet = self._hit.snippet
        when = f", {show_instant(snippet.at)}" if snippet.at else ""
        who = f", {snippet.who}" if snippet.who else ""
        parts: list[Part] = [(f"{snippet.title}{when}{who}: ", "$cd-muted")]
        at = 0
        for begin, end in snippet.spans:
            parts += [(snippet.text[at:begin], ""), (snippet.text[begin:end], "bold underline $cd-accent")]
            at = end
        return Content.assemble(*parts, (snippet.text[at:], ""))


class SearchScreen(DeskScreen[None]):
    """Search as you type."""

    PLACE = "Search"
    ABOUT = (
        "Searches facts, people, log, contacts, actions and rationales of every case. Words must all be there; "
        "“a phrase” stands together; a word with * is only begun; -word must not be there; OR between words. Fields: "
        "oic: owner: (owner:me) suspect: victim: ref: outcome: flag: stage: band: due: (today, <3d, overdue) "
        "in: (log, contact, people, facts, rationale) and sounds: for names by their sound. "
        "A search is written in the access log, its words only as hashes."
    )
    OFFERS = (
        BACK,
        Command("search.type", "slash", "Type", "Go to what is looked for.", "type", "Search", show=60),
    )
    PARTS = (VirtualTable,)
    DEFAULT_CSS = """
    SearchScreen #said { height: 1; padding: 0 1; color: $cd-muted; }
    SearchScreen #typed { margin: 0 1; }
    """

    class Answered(Message):
        """A search was answered in a thread."""

        def __init__(self, generation: int, found: Found) -> None:
            super().__init__()
            self.generation, self.found = generation, found

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._generation = 0
        self._found: Found | None = None
        self._accounted: str | None = None

    def compose_body(self) -> ComposeResult:
        """What is looked for, what was found, and the words of it."""
        yield LineEditor("What do you look for?", id="typed")
        yield Static(id="said")
        yield VirtualTable(self._columns(), empty=_START, markable=False, id="hits")
        yield SnippetLine()

    def on_mount(self) -> None:
        """Ready to type."""
        self.query_one("#typed", Input).focus()

    @property
    def table(self) -> VirtualTable[Hit]:
        """The list of what was found."""
        return self.query_one("#hits", VirtualTable)

    def _columns(self) -> list[Column[Hit]]:
        return [
            Column("ref", "Occurrence", lambda hit: (hit.row.ref, "strong"), 12, keep=90),
            Column("offence", "Offence", lambda hit: hit.row.offence, 16, flex=2, keep=60),
            Column(
                "flags", "Flags", lambda hit: (" ".join(map(flag_tag, hit.row.flags)), "warn"), 8, keep=30
            ),
            Column("where", "Where", lambda hit: (hit.snippet.title, "muted"), 12, keep=70),
            Column("text", "What it says", _near, 26, flex=5, keep=95),
        ]

    @on(Input.Changed, "#typed")
    def _typed(self, event: Input.Changed) -> None:
        self._generation += 1
        self._look_up(self._generation, event.value)

    @work(thread=True, exclusive=True, group="order", exit_on_error=False)
    def _look_up(self, generation: int, typed: str) -> None:
        worker = get_current_worker()
        with self.session.desk.reading() as connection:
            found = searching.as_typed(self.session.desk, connection, typed, limit=_MOST)
        if not worker.is_cancelled:
            self.post_message(self.Answered(generation, found))

    @on(Answered)
    def _answered(self, event: Answered) -> None:
        if event.generation != self._generation:
            return
        found = self._found = event.found
        asked = found.query.node is not None
        self.table.set_empty(_NONE if asked else _START)
        hits: list[Hit] = found.hits
        source: ListSource[Hit] = ListSource(hits, _number_of)
        self.table.set_source(source)
        self.table.action_top()
        self.query_one(SnippetLine).show(self.table.cursor_row)
        self.query_one("#said", Static).update(Content(self._said(found) if asked else ""))

    @staticmethod
    def _said(found: Found) -> str:
        said = f"{found.count_shown} case{'' if found.count == 1 else 's'}"
        if len(found.hits) < found.count:
            said += f", the first {len(found.hits):,} shown"
        said += ", best first" if found.matches.ranked else ", newest first"
        if found.by_sound:
            said += " · nobody is called so; these sound alike"
        if found.only_words:
            said += " · taken as plain words"
        return said

    @on(Input.Submitted, "#typed")
    def _submitted(self) -> None:
        self._account()
        self.table.focus()

    @on(VirtualTable.RowHighlighted, "#hits")
    def _highlighted(self) -> None:
        self.query_one(SnippetLine).show(self.table.cursor_row)

    @on(VirtualTable.RowOpened, "#hits")
    def _opened(self) -> None:
        hit = self.table.cursor_row
        if hit is not None:
            self._account()
            open_case(self.app, self.session, hit.row.id, self)

    def neighbour(self, step: int) -> QueueRow | None:
        """Move to the next case that was found, or the one before; None at the end."""
        before = self.table.cursor_index
        (self.table.action_down if step > 0 else self.table.action_up)()
        hit = self.table.cursor_row
        return hit.row if hit is not None and self.table.cursor_index != before else None

    def changed(self) -> None:
        """Something was written: what stands in the list may have changed."""
        self._generation += 1
        self._look_up(self._generation, self.query_one("#typed", Input).value)

    def _account(self) -> None:
        """Write the search in the access log, once for each query that was meant."""
        found = self._found
        if found is not None and found.query.node is not None and self._accounted != repr(found.query.node):
            access.searched(self.session.desk, found.query, found.count)
            self._accounted = repr(found.query.node)

    def action_type(self) -> None:
        """Go to what is looked for."""
        self.query_one("#typed", Input).focus()

    def action_back(self) -> None:
        """Leave the search; a query that showed anything is accounted for."""
        if self._found is not None and self._found.hits:
            self._account()
        self.dismiss(None)
