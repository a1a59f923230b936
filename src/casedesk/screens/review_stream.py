"""What the bulk review shows and keeps: the list with its line and the crime, judged as it is read.

Verdicts are worked out in a thread and stream into the list; after every act the crimes concerned are judged anew.
Where somebody is, what is marked and how the list is narrowed is kept, so that a crash costs nothing.
"""

from collections.abc import Sequence
from dataclasses import replace

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static
from textual.worker import get_current_worker

from casedesk.desk import access
from casedesk.desk.check import Covered, covered_months
from casedesk.desk.review import HELPING, TO_DO, Looked, Order, Review, ReviewRow, open_review
from casedesk.desk.review_crime import Crime, read_crime
from casedesk.desk.review_filter import HINT, Wanted, parse_filter
from casedesk.desk.review_place import Pace, load_place, save_place
from casedesk.model.errors import BadInputError, CasedeskError
from casedesk.model.text import clip
from casedesk.screens.review_doing import At
from casedesk.screens.review_list import About, ReviewSource, ReviewTable, columns
from casedesk.screens.review_pane import CrimePane
from casedesk.screens.review_text import crime_lines
from casedesk.screens.session import Session
from casedesk.widgets.editors import LineEditor
from casedesk.widgets.flow import Line, line
from casedesk.widgets.screen import DeskScreen
from casedesk.widgets.table import VirtualTable

_NOTHING = "Nothing is submitted.\nPress v for another list, Esc to go back."
_NO_MATCH = "No crime matches.\nPress Esc to drop the filter."
_KEEP_AFTER = 0.5
"""Seconds after a key until the place is kept: half a second of it is all that a crash can cost."""
_SOON = 2 * HELPING
"""Up to how many crimes are judged at once after an act; more in a thread."""
_MORE = 1.5
"""The list follows the stream of verdicts each time that half as many again are known."""


class ReviewList(DeskScreen[None]):
    """The list under review, and the crime under the cursor."""

    PARTS = (ReviewTable,)
    DEFAULT_CSS = """
    ReviewList #about { height: 1; padding: 0 1; color: $cd-muted; }
    ReviewList #filter { display: none; }
    ReviewList #filter.-open { display: block; }
    ReviewList #wrong { display: none; height: auto; padding: 0 1; color: $cd-warn; }
    ReviewList #wrong.-open { display: block; }
    ReviewList #body { height: 1fr; }
    ReviewList #pane { padding: 0 1; }
    ReviewList.-narrow ReviewTable { height: 9; }
    ReviewList.-narrow #pane { height: 1fr; }
    ReviewList.-wide #body { layout: horizontal; }
    ReviewList.-wide ReviewTable { width: 5fr; }
    ReviewList.-wide #pane { width: 4fr; height: 1fr; padding: 0 1 0 2; }
    """

    class Checked(Message):
        """Some crimes were judged in a thread."""

        def __init__(self, review: Review, looked: list[Looked], covered: Covered, *, last: bool) -> None:
            super().__init__()
            self.review, self.looked, self.covered, self.last = review, looked, covered, last

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._rules = [rule.id for rule in session.desk.checker.rules]
        self._liked = load_place(session.desk)
        self.review = open_review(session.desk, self._liked.which)
        self._reader = session.desk.store.reader(lean=True)
        """For painting: what another thread is writing does not show half done."""
        self._wanted = self._read_filter(self._liked.words)
        self._is_wrong = self.what_is_wrong(self._liked.words) is not None
        """Whether the filter cannot be understood as it stands."""
        self._order = Order(self.review.numbers)
        self._skipped = set(self._liked.skipped)
        self._pace = Pace()
        self._covered: Covered = frozenset()
        self._begun = False
        """Whether the list was given to be judged."""
        self._fresh: set[int] = set()
        """The places that were judged anew, after an act, while the whole list is: what comes of them then is old."""
        self._followed = 0
        """How many verdicts were known when the list last followed them."""
        self._is_checking = False
        self._going_on = False
        """Whether to go to the next that is to do once everything is judged."""
        self._keeping: Timer | None = None
        self._seek = self._liked.at
        """The crime that the cursor was on, until the list shows it: a filter may wait for the check."""
        self._at, self._marks = self._liked.at, frozenset(self._liked.marks)
        self.crime: Crime | None = None

    def compose_body(self) -> ComposeResult:
        """A line about the list, the filter when it is open, the list, and the crime."""
        yield Static(id="about")
        box = LineEditor(HINT, id="filter", value=self._liked.words)
        box.set_class(bool(self._liked.words), "-open")
        yield box
        yield Static(id="wrong", markup=False)
        with Container(id="body"):
            yield ReviewTable(self._source(), self._show_crime, empty=_NOTHING)
            yield CrimePane(id="pane")

    def on_mount(self) -> None:
        """Go to where the review was left, and have everything judged."""
        for rack in self.query("#textual-toastrack"):  # what is said leaves the line about the list in sight
            rack.styles.margin = (2, 0, 0, 0)
        self.table.focus()
        self.table.mark(number for number in self._liked.marks if self.review.place(number) is not None)
        self._arrange()
        self._show_crime()
        self._check(self.review.to_check())

    def on_resize(self) -> None:
        """The line above the list is laid out anew."""
        self._show_about()

    def on_screen_resume(self) -> None:
        """Back from a case: what was done there shows here."""
        if self._begun:
            self._catch_up()

    def on_unmount(self) -> None:
        """Keep the place."""
        if self.session.is_open:
            self._keep()
        self._reader.close()

    @property
    def table(self) -> ReviewTable:
        """The list."""
        return self.query_one("#review", ReviewTable)

    @property
    def pane(self) -> CrimePane:
        """The crime under the cursor."""
        return self.query_one("#pane", CrimePane)

    @property
    def order(self) -> Order:
        """The crimes that are shown, in their order."""
        return self._order

    @property
    def is_checked(self) -> bool:
        """Whether every crime was judged."""
        return self.review.checked == len(self.review)

    @property
    def at(self) -> At:
        """Where an act is asked for."""
        return At(self.app, self.session, self._covered)

    # The list

    def _source(self) -> ReviewSource:
        return ReviewSource(self.review, self._reader, self._order)

    def _arrange(self) -> None:
        """Filter and group anew; the cursor stays on its crime where that is still shown."""
        marks = self.table.marks
        self._order = self.review.order(self._wanted, self._liked.group, marks)
        self._followed = self.review.checked
        source = self._source()
        self.table.set_columns(columns(source))
        self.table.set_empty(_NO_MATCH if len(self.review) else _NOTHING)
        self.table.set_source(source)
        if self._seek and self.table.go_to(self._seek):
            self._seek = 0
        self._show_about()

    def _show_about(self) -> None:
        about = About(
            self._liked.which, min(self.table.cursor_index + 1, len(self._order.numbers)), len(self._order.numbers),
            self.review.remaining, self._pace.an_hour(self.session.clock()), len(self.table.marks), self._liked.words,
            self._is_wrong, self._place_in_group(), self.review.checked, len(self.review),
        )  # fmt: skip
        self.query_one("#about", Static).update(about.line(self.size.width - 2), layout=False)

    def _place_in_group(self) -> str:
        source = self.table.source
        group = source.group_at(self.table.cursor_index) if isinstance(source, ReviewSource) else None
        if group is None:
            return ""
        return (
            f"{self.table.cursor_index - group.start + 1:,} of {group.count:,} in “{clip(group.title, 30)}”"
        )

    @on(VirtualTable.MarksChanged, "#review")
    def _marks_changed(self) -> None:
        self._marks = self.table.marks
        self._show_about()
        self._keep_soon()
        self.refresh_bindings()

    def _show_crime(self) -> None:
        """Show the crime under the cursor, and account for its being looked at."""
        row, before = self.table.cursor_row, self.crime.state if self.crime else None
        self._show_about()
        self._keep_soon()
        self.crime, lines = self._read_crime(row) if row else (None, [])
        self.pane.show(lines)
        if before is not (self.crime.state if self.crime else None):
            self.refresh_bindings()

    def _read_crime(self, row: ReviewRow) -> tuple[Crime | None, list[Line]]:
        try:
            access.consulted(self.session.desk, row.id)
            crime = read_crime(self.session.desk, row.id, self._covered)
        except CasedeskError as error:
            return None, [line((str(error), "bold $cd-block"))]
        return crime, crime_lines(crime, self.session.desk.packs)

    # Judging

    def _check(self, places: Sequence[int]) -> None:
        """Judge the crimes at these places: a few at once, more in a thread that tells as it goes."""
        if 0 < len(places) <= _SOON and self._begun:
            for start in range(0, len(places), HELPING):
                some = places[start : start + HELPING]
                self.review.take(self.review.look(self.session.desk.store.connection, some, self._covered))
            self._fresh.update(places if self._is_checking else ())
            self._judged()
        elif places:
            wanted = sorted({*places, *self.review.unchecked()}) if self._is_checking else places
            self._begun = self._is_checking = True
            self._check_in_thread(self.review, wanted)

    @work(thread=True, exclusive=True, group="order", exit_on_error=False)
    def _check_in_thread(self, review: Review, places: Sequence[int]) -> None:
        worker = get_current_worker()
        with self.session.desk.reading(lean=True) as connection:
            covered = covered_months(connection)
            for start in range(0, len(places), HELPING):
                if worker.is_cancelled:
                    return
                looked = review.look(connection, places[start : start + HELPING], covered)
                last = start + HELPING >= len(places)
                self.post_message(self.Checked(review, looked, covered, last=last))

    @on(Checked)
    def _some_checked(self, event: Checked) -> None:
        if event.review is not self.review:
            return
        self.review.take([one for one in event.looked if one.place not in self._fresh])
        if event.covered != self._covered:
            self._covered = event.covered
            self._show_crime()
        if event.last:
            self._is_checking = False
            self._fresh.clear()
        if event.last or self.review.checked > max(self._followed, HELPING) * _MORE:
            self._judged()
            self._seek = 0 if event.last else self._seek
            self._go_on()
        else:
            self.table.reload()
            self._show_about()

    def _judged(self) -> None:
        """More is known of the crimes: the list follows where it depends on that."""
        if self._wanted.asks_check or self._liked.group in ("finding", "state"):
            self._arrange()
        self._followed = self.review.checked
        self.table.reload()
        self._show_about()
        self.refresh_bindings()

    def _catch_up(self) -> None:
        """Something was written: judge the crimes that it touched, and show the one under the cursor as it is."""
        known = len(self.review)
        places = self.review.catch_up()
        self._check(places)
        if len(self.review) != known or places:
            self._arrange()
        self._show_crime()

    def changed(self) -> None:
        """Something was written: bring list, crime and header up to date."""
        self._catch_up()
        refresh_status = getattr(self.app, "refresh_status", None)
        if refresh_status is not None:
            refresh_status()

    # What is remembered

    def _keep_soon(self) -> None:
        self._at = self._seek or self.table.cursor_id or 0
        if self._keeping is None:
            self._keeping = self.set_timer(_KEEP_AFTER, self._keep)

    def _keep(self) -> None:
        """Keep where the review is."""
        self._keeping = None
        marks, skipped = tuple(sorted(self._marks)), tuple(sorted(self._skipped))
        save_place(self.session.desk, replace(self._liked, at=self._at, marks=marks, skipped=skipped))

    def action_next_to_do(self) -> None:
        """Go to the next crime that asks for a decision."""
        number = self.review.next_to_do(self._order, self.table.cursor_index, self._skipped)
        if number is None:
            self.app.notify("Everything in this list is decided.", markup=False)
        else:
            self.table.go_to(number)

    def _go_on(self) -> None:
        """After an act on many: go to the next that is to do, once it is known which are."""
        if self._going_on and not self._is_checking:
            self._going_on = False
            if self.crime is not None and self.crime.state not in TO_DO:
                self.action_next_to_do()

    def _narrow(self, words: str) -> None:
        self._liked = replace(self._liked, words=words)
        self._wanted = self._read_filter(words)
        self._is_wrong = self.what_is_wrong(words) is not None
        self._say_wrong("")
        self._arrange()
        self._show_crime()

    def _read_filter(self, words: str) -> Wanted:
        return parse_filter(words, rules=self._rules, unfinished=True)

    def what_is_wrong(self, words: str) -> str | None:
        """What cannot be understood in a filter, and the cure; None where it can."""
        try:
            parse_filter(words, rules=self._rules)
        except BadInputError as wrong:
            return str(wrong)
        return None

    def _say_wrong(self, said: str) -> None:
        """Say below the filter what is wrong with it, until it is changed."""
        place = self.query_one("#wrong", Static)
        place.update(said)
        place.set_class(bool(said), "-open")

    def action_refresh(self) -> None:
        """Read everything again."""
        self.review = open_review(self.session.desk, self._liked.which)
        self._arrange()
        self._show_crime()
        self._begun = False
        self._fresh.clear()
        self._check(self.review.to_check())
