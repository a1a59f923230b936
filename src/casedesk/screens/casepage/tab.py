"""A tab of the case page: a list with a cursor, the row under it in full, and what can be done there."""

from collections.abc import Hashable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Generic, Protocol, TypeVar, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from casedesk.desk.asking import Verb
from casedesk.model.ids import EntityId
from casedesk.model.text import folded
from casedesk.screens.casepage.rows import Row
from casedesk.screens.casepage.view import CaseView
from casedesk.screens.session import Session
from casedesk.widgets.columns import Column
from casedesk.widgets.command import Command, Commanded
from casedesk.widgets.editors import LineEditor
from casedesk.widgets.flow import Flow, Line
from casedesk.widgets.rows import ListSource
from casedesk.widgets.table import VirtualTable

R = TypeVar("R")


class CasePlace(Protocol):
    """What a tab asks of the page it is on."""

    session: Session
    """The open desk."""

    def reread(self) -> None:
        """Show the case as it is now."""

    def start(self, verb: Verb, subject: EntityId | None) -> None:
        """Let a verb ask what it asks, and do it."""

    def lead(self, where: str, subject: EntityId | None = None) -> None:
        """Go to a tab, or start a verb, by its id."""


def verb_commands(
    group: str, verbs: Sequence[Verb], keys: Mapping[str, str] | None = None, weight: int = 79
) -> tuple[Command, ...]:
    """The commands of those verbs that have a key, the first the weightiest in the footer.

    ``keys`` gives a verb another key than its own; an empty one none.
    """
    moved = keys or {}
    keyed = [verb for verb in verbs if moved.get(verb.id, verb.key)]
    return tuple(
        Command(
            verb.id, moved.get(verb.id, verb.key), verb.title, verb.about, "verb", group,
            show=max(weight - 2 * place, 23), allowed=partial(_reason_against, verb),
        )
        for place, verb in enumerate(keyed)
    )  # fmt: skip


def _reason_against(verb: Verb, tab: "AnyTab") -> str | None:
    return tab.reason_against_verb(verb)


class CaseTab(Commanded, Vertical, Generic[R]):
    """A list of rows ``R`` and the detail of one. A subclass says what they are and what can be done with them."""

    TAB: ClassVar[str] = ""
    """Its id."""
    VERBS: ClassVar[Sequence[Verb]] = ()
    """What can be done here, in the order of a menu."""
    KEYS: ClassVar[Mapping[str, str]] = {}
    """The keys of verbs that have another here than their own, or one at all, by the verb's id."""
    NEWEST_FIRST: ClassVar[bool] = False
    """Whether what is new stands on top."""
    EMPTY: ClassVar[str] = "Nothing is recorded here."
    """What an empty list says: what to press."""
    DEFAULT_CSS = """
    CaseTab { height: 1fr; }
    CaseTab .tab--top { dock: top; height: auto; }
    CaseTab .tab--find { margin: 0 1; }
    CaseTab .tab--about { height: 1; padding: 0 1; color: $cd-accent; }
    CaseTab .tab--detail {
        height: 6; padding: 0 1; background: $surface; scrollbar-size-vertical: 1; scrollbar-gutter: stable;
    }
    CaseTab.-reading VirtualTable { display: none; }
    CaseTab.-reading .tab--detail { height: 1fr; }
    """

    def __init__(self, view: CaseView) -> None:
        super().__init__(id=f"tab-{self.TAB}")
        self.view = view
        self._words = ""
        self._numbers: dict[Hashable, int] = {}

    # What a subclass says

    def columns(self) -> Sequence[Column[R]]:
        """The columns of the list."""
        raise NotImplementedError

    def rows(self) -> Sequence[R]:
        """The rows, in order."""
        raise NotImplementedError

    def key_of(self, row: R) -> Hashable:
        """What names a row, also when the case is read again."""
        raise NotImplementedError

    def words_of(self, row: R) -> str:
        """The words by which a row is found."""
        raise NotImplementedError

    def subject_of(self, row: R) -> EntityId | None:
        """The entity that a row is about."""
        return None

    def detail(self, row: R) -> Sequence[Line]:
        """A row in full."""
        return ()

    def narrowed(self) -> str:
        """What the list is narrowed to besides words; empty when it is whole."""
        return ""

    # The frame

    def compose(self) -> ComposeResult:
        """The list, and the row under the cursor in full."""
        yield VirtualTable(self.columns(), self._source(), empty=self.EMPTY, markable=False)
        with VerticalScroll(classes="tab--detail", can_focus=True):
            yield Flow()

    def on_mount(self) -> None:
        """Show the first row in full, and take the keys: a tab is built when it is opened."""
        self._show_detail()
        self.take_focus()

    @property
    def table(self) -> VirtualTable[R]:
        """The list."""
        return self.query_one(VirtualTable)

    @property
    def subject(self) -> EntityId | None:
        """The entity under the cursor."""
        row = self.table.cursor_row if self.is_mounted else None
        return None if row is None else self.subject_of(row)

    def show_view(self, view: CaseView) -> None:
        """Show the case as it is now."""
        self.view = view
        self.refresh_rows()

    def refresh_rows(self) -> None:
        """Show the rows anew: the case has changed, or what is asked of it."""
        told = " · ".join(filter(None, (self.narrowed(), f"with “{self._words}”" if self._words else "")))
        source = self._source()
        self._show_about(Content(f"{told} · {len(source):,} shown · Esc shows all") if told else None)
        table, on_newest = self.table, self.NEWEST_FIRST and not self.table.cursor_index
        table.set_source(source)
        if on_newest:  # what is new now stands above: the cursor goes up to it, so that it is seen
            table.action_top()
        table.set_empty("Nothing like that. Esc shows all." if told else self.EMPTY)
        self._show_detail()

    def _top(self) -> Vertical:
        """What stands above the list: the line that words are typed into, and what the list is narrowed to."""
        found = next(iter(self.query(".tab--top").results(Vertical)), None)
        if found is None:
            found = Vertical(classes="tab--top")
            self.mount(found, before=0)
        return found

    def _show_about(self, told: Content | None) -> None:
        """Say above the list what it is narrowed to."""
        found = self.query(".tab--about").results(Static)
        about = next(iter(found), None)
        if told is None:
            self.query(".tab--about").remove()
        elif about is None:
            self._top().mount(Static(told, classes="tab--about"))
        else:
            about.update(told)

    def _source(self) -> ListSource[R]:
        words = folded(self._words).split()
        rows = self.rows()
        if words:
            rows = [row for row in rows if all(word in folded(self.words_of(row)) for word in words)]
        return ListSource(rows, self._number_of)

    def _number_of(self, row: R) -> int:
        return self._numbers.setdefault(self.key_of(row), len(self._numbers))

    def go_to(self, key: Hashable) -> bool:
        """Put the cursor on a row; False where it is not shown."""
        return key in self._numbers and self.table.go_to(self._numbers[key])

    def _show_detail(self) -> None:
        row = self.table.cursor_row
        self.query_one(Flow).show([] if row is None else self.detail(row))

    @on(VirtualTable.RowHighlighted)
    def _highlighted(self) -> None:
        self._show_detail()
        self.query_one(VerticalScroll).scroll_home(animate=False)
        if any(map(self.key_of_verb, self.VERBS)):
            self.screen.refresh_bindings()

    @on(VirtualTable.RowOpened)
    def _row_opened(self) -> None:
        row = self.table.cursor_row
        if row is not None:
            self.open_row(row)

    def open_row(self, row: R) -> None:
        """Enter: read the row in full."""
        self.add_class("-reading")
        self.query_one(VerticalScroll).focus()

    def read(self, lines: Sequence[Line]) -> None:
        """Show these lines in place of the list, until Esc."""
        self.query_one(Flow).show(lines)
        self.add_class("-reading")
        self.query_one(VerticalScroll).scroll_home(animate=False)
        self.query_one(VerticalScroll).focus()

    def take_focus(self) -> None:
        """Take the keys."""
        self.remove_class("-reading")
        self.table.focus()

    def step_back(self) -> bool:
        """Esc: leave what is read in full, then the narrowing; False where there is nothing to leave."""
        if self.has_class("-reading"):
            self.take_focus()
            self._show_detail()
            return True
        finder = self.query(".tab--find")
        if self._words or self.narrowed() or finder:
            self._words = ""
            finder.remove()
            self.widen()
            self.refresh_rows()
            self.take_focus()
            return True
        return False

    def widen(self) -> None:
        """Drop what the list is narrowed to besides words."""

    # Finding

    async def find(self) -> None:
        """Open the line that words are typed into."""
        if not self.query(".tab--find"):
            finder = LineEditor("Words to find")
            finder.add_class("tab--find")
            await self._top().mount(finder)
        self.query_one(".tab--find", Input).focus()

    @on(Input.Changed, ".tab--find")
    def _find(self, event: Input.Changed) -> None:
        event.stop()
        if event.value.strip() != self._words:
            self._words = event.value.strip()
            self.refresh_rows()

    @on(Input.Submitted, ".tab--find")
    def _found(self, event: Input.Submitted) -> None:
        event.stop()
        self.query(".tab--find").remove()
        self.take_focus()

    # Verbs

    @property
    def place(self) -> CasePlace:
        """The page."""
        return cast(CasePlace, self.screen)

    @classmethod
    def key_of_verb(cls, verb: Verb) -> str:
        """The key that starts a verb on this tab; empty where it has none here."""
        return cls.KEYS.get(verb.id, verb.key) if verb in cls.VERBS else verb.key

    def reason_against_verb(self, verb: Verb) -> str | None:
        """Why a verb cannot be used now; None where it can."""
        return verb.offered(self.view.at(self.subject))

    async def run_command(self, command: Command) -> None:
        """Start the verb that a key stands for."""
        verb = next((verb for verb in self.VERBS if verb.id == command.id), None)
        if verb is None:
            await super().run_command(command)
        else:
            self.place.start(verb, self.subject)


def _no_correction(tab: "RowTab") -> str | None:
    row = tab.table.cursor_row
    return None if row is not None and row.entry else "The cursor is on no entry that is corrected here."


CORRECT = Command(
    "tab.correct", "C", "Correct", "Correct the entry under the cursor by a new one; both stay.", "correct", "Case",
    show=51, allowed=_no_correction,
)  # fmt: skip
"""For the tabs that have entries among their rows."""


class RowTab(CaseTab[Row]):
    """A tab whose rows say themselves what they are."""

    def key_of(self, row: Row) -> Hashable:
        """The row's own."""
        return row.key

    def words_of(self, row: Row) -> str:
        """What its cells say."""
        return row.words

    def subject_of(self, row: Row) -> EntityId | None:
        """What it is about."""
        return row.subject

    def detail(self, row: Row) -> Sequence[Line]:
        """What it says in full."""
        return row.detail()

    def open_row(self, row: Row) -> None:
        """Enter: where the row leads, or the row in full."""
        if row.leads:
            self.place.lead(row.leads, row.subject)
        else:
            super().open_row(row)

    def action_correct(self) -> None:
        """Correct the entry under the cursor."""
        row = self.table.cursor_row
        if row is not None and row.entry:
            self.place.lead(f"correct.{row.entity}", row.entry)


AnyTab = CaseTab[Any]
