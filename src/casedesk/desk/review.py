"""The bulk review: every submitted crime with what the check says of it and where it stands, kept as columns.

A row costs some thirty bytes, whatever the crime holds. :func:`open_review` reads the list at once; what the check
says of each crime follows in helpings: :meth:`Review.look` reads and judges on any thread, :meth:`Review.take` puts
the answers into the columns.
"""

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from casedesk.desk.bulk import last_operation
from casedesk.desk.caseload import context
from casedesk.desk.check import Covered, covered_months, is_covered
from casedesk.desk.desk import Desk
from casedesk.desk.resting import resolved_cases, with_resting
from casedesk.desk.review_filter import NOBODY, NONE, Wanted
from casedesk.desk.review_state import ReviewState, state_of
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId
from casedesk.model.moments import local, london, to_micros
from casedesk.model.text import folded
from casedesk.reference.rows import hint
from casedesk.store.connection import Connection
from casedesk.store.finalised import read_finalisings
from casedesk.store.queue import QueueReader, View
from casedesk.store.records import read_cases

HELPING = 500
"""How many crimes are best judged at once."""
LISTS = {
    "submitted": ("To finalise", "What is submitted, and what was finalised or returned today"),
    "returned": ("Returned", "What was sent back for rework"),
    "finalised": (
        "Finalised",
        "Every crime finalised here: what changed since, and where two approvals differ",
    ),
}
"""What can be reviewed: the label and the meaning."""
GROUPS = {
    "": ("Not grouped", "One list in the order of the queue"),
    "finding": ("By finding", "By the most serious thing the check found"),
    "outcome": ("By outcome", "By the outcome that is proposed"),
    "oic": ("By OIC", "By officer in charge"),
    "supervisor": ("By supervisor", "By the supervisor on the record"),
    "state": ("By state", "By where each stands in the review"),
}
"""What the list can be grouped by: the label and the meaning."""
VERDICTS = ("", "clean", "warn", "block", "none")
"""What the check may say: nothing yet, its verdict, or that there is nothing to say, for no outcome is proposed."""
TO_DO = frozenset(
    (ReviewState.TO_DO, ReviewState.RESUBMITTED, ReviewState.CHANGED, ReviewState.TWO_APPROVALS)
)
"""The states that ask for a decision."""
_STATES = tuple(ReviewState)
_OPEN_STATES = frozenset(_STATES.index(one) for one in TO_DO)
_BY_STAGE = {
    "finalised": _STATES.index(ReviewState.ACCEPTED),
    "returned": _STATES.index(ReviewState.RETURNED),
}
_PART_OF_REFERENCE = re.compile(r"(?=.*\d)[\w/.-]{3,}")
"""What may be part of an occurrence number: at least three characters without a space, with a digit among them."""
_NOT_CHECKED = "not checked yet"
_NO_FINDING = "no findings"
_NOBODY_NAMED = "nobody named"
_NO_OUTCOME = "no outcome"

_STANDS = (
    "approval.withdrawn IS NULL AND approval.id NOT IN (SELECT about FROM approval WHERE about IS NOT NULL)"
)
"""An approval that was not reopened, corrected or undone. One that was done again is known by the crime's stage."""
_STANDING_TWICE = f"SELECT case_id FROM approval WHERE {_STANDS} GROUP BY case_id HAVING count(*) > 1"  # noqa: S608
_MEMBERS = {
    "submitted": f"""
        queue.stage = 'submitted'
        OR cases.id IN (
            SELECT approval.case_id FROM approval JOIN cases AS of ON of.id = approval.case_id
            WHERE approval.at >= ? AND (of.stage = 'finalised' OR {_STANDS})
        )
        OR cases.id IN (SELECT case_id FROM return WHERE at >= ?)
        OR cases.id IN ({_STANDING_TWICE})
    """,  # noqa: S608 - ours
    "returned": "queue.stage = 'returned'",
    "finalised": f"cases.stage = 'finalised' OR cases.id IN (SELECT case_id FROM approval WHERE {_STANDS})",  # noqa: S608
}
_LIST = """
    SELECT queue.n, cases.stage, coalesce(cases.outcome, cases.cancel_code), cases.oic, cases.supervisor
    FROM queue JOIN cases ON cases.n = queue.n WHERE {where}
    ORDER BY queue.band, queue.due_at, queue.score DESC, queue.n
"""
_ROWS = """
    SELECT cases.n, cases.id, cases.ref,
           coalesce(cases.offence_title, cases.category, cases.offence_code, ''),
           coalesce(cases.outcome, cases.cancel_code, ''), coalesce(cases.oic, ''), coalesce(cases.supervisor, '')
    FROM cases WHERE cases.n IN ({marks})
"""


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One crime as the list shows it."""

    n: int
    """Its number in this store."""
    id: EntityId
    ref: str
    offence: str
    outcome: str
    oic: str
    supervisor: str
    verdict: str
    """One of :data:`VERDICTS`."""
    state: ReviewState
    rules: tuple[str, ...]
    """The rules that found something, the most serious first."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found out about one crime of the list."""

    place: int
    verdict: str
    state: ReviewState
    rules: tuple[str, ...]
    outcome: str
    oic: str
    supervisor: str


@dataclass(frozen=True, slots=True)
class Group:
    """Crimes that stand together in the order."""

    title: str
    start: int
    """The place of the first in the order."""
    count: int


@dataclass(frozen=True)
class Order:
    """Which crimes of a review are shown, in which order, in which groups."""

    numbers: "array[int]"
    groups: tuple[Group, ...] = ()


class _Words:
    """Words that come again and again, each kept once under a number. Number 0 is the empty word."""

    def __init__(self) -> None:
        self.words = [""]
        self._numbers = {"": 0}

    def number(self, word: str) -> int:
        """The number of a word, new or known."""
        found = self._numbers.get(word)
        if found is None:
            found = self._numbers[word] = len(self.words)
            self.words.append(word)
        return found

    def named(self, asked: Collection[str]) -> set[int]:
        """The numbers of the words in which one of these stands, as typed by hand."""
        parts = [folded(one) for one in asked if one not in (NONE, NOBODY)]
        found = {
            place for place, word in enumerate(self.words) if any(part in folded(word) for part in parts)
        }
        return found | {0} if {NONE, NOBODY} & set(asked) else found - {0}


class Review:
    """The list under review. Made by :func:`open_review`; its columns are changed by one thread alone."""

    def __init__(self, desk: Desk, which: str) -> None:
        self.desk, self.which = desk, which
        self.numbers = array("q")
        """The crimes' numbers in the order of the queue; those that came later are at the end."""
        self._sorted, self._places = array("q"), array("I")
        """The numbers in rising order, and the place of each."""
        self._verdicts, self._states = bytearray(), bytearray()
        self._outcomes, self._oics, self._supervisors = array("I"), array("I"), array("I")
        self._rules = array("I")
        self._outcome_words, self._oic_words, self._supervisor_words = _Words(), _Words(), _Words()
        self._found: list[tuple[str, ...]] = [()]
        """The findings that crimes have, each combination once."""
        self._found_numbers: dict[tuple[str, ...], int] = {(): 0}
        self._journal = 0
        self._read()

    def __len__(self) -> int:
        return len(self.numbers)

    # What is known of the list

    @property
    def remaining(self) -> int:
        """How many ask for a decision still."""
        return sum(map(self._states.count, _OPEN_STATES))

    @property
    def checked(self) -> int:
        """How many the check has been asked about."""
        return len(self._verdicts) - self._verdicts.count(0)

    def to_check(self) -> list[int]:
        """Every place as they are best judged: those seen first, then as they lie in the store, which is quicker."""
        first = range(min(HELPING, len(self)))
        return [*first, *(place for place in self._places if place >= HELPING)]

    def unchecked(self) -> list[int]:
        """The places of those it has not been asked about."""
        return [place for place, verdict in enumerate(self._verdicts) if not verdict]

    def count(self, state: ReviewState) -> int:
        """How many are in a state."""
        return self._states.count(_STATES.index(state))

    def counts(self) -> dict[str, int]:
        """How many crimes there are of each of :data:`VERDICTS`."""
        return {word: self._verdicts.count(place) for place, word in enumerate(VERDICTS)}

    def state(self, number: int) -> ReviewState | None:
        """Where a crime stands; None where it is not in the list."""
        place = self.place(number)
        return None if place is None else _STATES[self._states[place]]

    def place(self, number: int) -> int | None:
        """The place of a crime in the whole list."""
        at = bisect_left(self._sorted, number)
        return self._places[at] if at < len(self._sorted) and self._sorted[at] == number else None

    def rows(self, connection: Connection, numbers: Sequence[int]) -> list[ReviewRow | None]:
        """The rows of these crimes, for painting; None for one that is gone."""
        marks = ",".join("?" * len(numbers))
        held = {row[0]: row for row in connection.execute(_ROWS.format(marks=marks), tuple(numbers))}
        rows: list[ReviewRow | None] = []
        for number in numbers:
            found, place = held.get(number), self.place(number)
            if found is None or place is None:
                rows.append(None)
                continue
            n, case_id, ref, *said = found
            offence, outcome, oic, supervisor = said
            rows.append(
                ReviewRow(
                    n, EntityId(case_id), ref or "(no reference)", offence, outcome, oic, supervisor,
                    VERDICTS[self._verdicts[place]], _STATES[self._states[place]], self._found[self._rules[place]],
                )
            )  # fmt: skip
        return rows

    # Which of them are shown

    def order(self, wanted: Wanted, group: str = "", marks: Collection[int] = ()) -> Order:
        """Those that a filter lets through, in their groups. ``marks`` are the marked ones' numbers."""
        places = self._narrowed(wanted, marks)
        if not group:
            return Order(array("q", (self.numbers[place] for place in places)))
        codes, title_of = self._grouping(group)
        titles: dict[int, str] = {}
        held: dict[str, list[int]] = {}
        for place in places:
            code = codes[place]
            title = titles.get(code)
            if title is None:
                title = titles[code] = title_of(code)
            held.setdefault(title, []).append(place)
        largest_first = group in ("finding", "state")
        last = (_NO_FINDING, _NOT_CHECKED, _NOBODY_NAMED, _NO_OUTCOME)

        def rank(title: str) -> tuple[bool, int, int, str]:
            number = int("".join(filter(str.isdigit, title)) or 0) if group == "outcome" else 0
            return (title in last, -len(held[title]) if largest_first else 0, number, folded(title))

        numbers, groups = array("q"), []
        for title in sorted(held, key=rank):
            groups.append(Group(title, len(numbers), len(held[title])))
            numbers.extend(self.numbers[place] for place in held[title])
        return Order(numbers, tuple(groups))

    def next_to_do(self, order: Order, after: int, skipped: Collection[int] = ()) -> int | None:
        """The number of the next crime that asks for a decision, from a place of the order on, then from its top.

        Those that were skipped come when nothing else is left; None when nothing is.
        """
        late: int | None = None
        count = len(order.numbers) if self.remaining else 0
        for step in range(1, count + 1):
            number = order.numbers[(after + step) % count]
            place = self.place(number)
            if place is not None and self._states[place] in _OPEN_STATES:
                if number not in skipped:
                    return number
                late = number if late is None else late
        return late

    def clean_to_do(self, numbers: Sequence[int]) -> list[int]:
        """Those of these crimes that ask for a decision and that the check finds nothing wrong with."""
        clean = VERDICTS.index("clean")
        wanted = set(numbers)
        held = {
            number
            for number, verdict, state in zip(self.numbers, self._verdicts, self._states, strict=True)
            if verdict == clean and state in _OPEN_STATES and number in wanted
        }
        return [number for number in numbers if number in held]

    def _narrowed(self, wanted: Wanted, marks: Collection[int]) -> Sequence[int]:
        places: Sequence[int] = range(len(self.numbers))
        for clause in wanted.clauses:
            if clause.field == "is":
                held = set(marks)
                inside = [(self.numbers[place] in held) != clause.negated for place in places]
            else:
                codes, allowed = self._allowed(clause.field, clause.values)
                inside = [(codes[place] in allowed) != clause.negated for place in places]
            places = [place for place, kept in zip(places, inside, strict=True) if kept]
        if wanted.words:
            reader = QueueReader(self.desk.store.connection)
            view = View("all", self.desk.store.actor, words=wanted.words, context=context(self.desk))
            found = set(reader.order(view)) | self._of_reference(wanted.words)
            places = [place for place in places if self.numbers[place] in found]
        return places

    def _of_reference(self, words: str) -> set[int]:
        """The crimes in whose reference this stands anywhere: its end is what people remember of it."""
        part = words.strip().strip('"')
        if not _PART_OF_REFERENCE.fullmatch(part):
            return set()
        found = self.desk.store.connection.execute(
            "SELECT n FROM cases WHERE instr(lower(ref), ?) > 0", (part.lower(),)
        )
        return {number for (number,) in found}

    def _allowed(self, field: str, values: Collection[str]) -> tuple[Sequence[int], set[int]]:
        """A column, and those of its numbers that a clause asks for."""
        if field == "verdict":
            return self._verdicts, {VERDICTS.index(value) for value in values}
        if field == "state":
            return self._states, {_STATES.index(ReviewState(value)) for value in values}
        if field == "rule":
            rules = {folded(value) for value in values}
            found = {
                place for place, combination in enumerate(self._found)
                if any(folded(rule) in rules for rule in combination) or (not combination and NONE in rules)
            }  # fmt: skip
            return self._rules, found
        if field == "outcome":
            codes = {"" if value in (NONE, NOBODY) else folded(value) for value in values}
            words = self._outcome_words.words
            return self._outcomes, {place for place, word in enumerate(words) if folded(word) in codes}
        if field == "oic":
            return self._oics, self._oic_words.named(values)
        return self._supervisors, self._supervisor_words.named(values)

    def _grouping(self, group: str) -> tuple[Sequence[int], Callable[[int], str]]:
        """The column that a grouping follows, and what each of its numbers is called."""
        if group == "finding":
            return self._leading(), self._leading_title
        if group == "state":
            return self._states, lambda code: _STATES[code].value
        codes, words, nothing = {
            "outcome": (self._outcomes, self._outcome_words, _NO_OUTCOME),
            "oic": (self._oics, self._oic_words, _NOBODY_NAMED),
            "supervisor": (self._supervisors, self._supervisor_words, _NOBODY_NAMED),
        }[group]
        return codes, lambda code: words.words[code] or nothing

    def _leading(self) -> Sequence[int]:
        """The findings of each crime, or -1 where the check has not been asked."""
        return [found if verdict else -1 for found, verdict in zip(self._rules, self._verdicts, strict=True)]

    def _leading_title(self, code: int) -> str:
        """The most serious finding of a combination, in words."""
        if code < 0:
            return _NOT_CHECKED
        rules = self._found[code]
        rule = self.desk.checker.rule(rules[0]) if rules else None
        return f"{rules[0]} {rule.title if rule else ''}".strip() if rules else _NO_FINDING

    # Reading and judging

    def _read(self) -> None:
        """Read the list: numbers and what groups it, nothing else of the crimes."""
        connection = self.desk.store.connection
        self._journal = last_operation(self.desk)
        cursor = connection.execute(_LIST.format(where=_MEMBERS[self.which]), self._values())
        while some := cursor.fetchmany(5_000):
            self._append(some)
        held = sorted(range(len(self.numbers)), key=self.numbers.__getitem__)
        self._places = array("I", held)
        self._sorted = array("q", (self.numbers[place] for place in held))

    def _values(self) -> tuple[int, ...]:
        today = london(local(self.desk.now).date(), time())
        return (to_micros(today),) * _MEMBERS[self.which].count("?")

    def _append(self, rows: Sequence[tuple[Any, ...]]) -> None:
        for number, stage, outcome, oic, supervisor in rows:
            self.numbers.append(number)
            self._verdicts.append(0)
            self._states.append(_BY_STAGE.get(stage, 0))
            self._rules.append(0)
            self._outcomes.append(self._outcome_words.number(outcome or ""))
            self._oics.append(self._oic_words.number(oic or ""))
            self._supervisors.append(self._supervisor_words.number(supervisor or ""))

    def look(self, connection: Connection, places: Sequence[int], covered: Covered) -> list[Looked]:
        """Judge the crimes at these places (at most :data:`HELPING`). For any thread, on a connection of its own."""
        by_number = {self.numbers[place]: place for place in places}
        marks = ",".join("?" * len(by_number))
        ids = [
            EntityId(case_id)
            for (case_id,) in connection.execute(
                f"SELECT id FROM cases WHERE n IN ({marks})",  # noqa: S608 - question marks
                tuple(by_number),
            )
        ]
        left, now = read_finalisings(connection, ids), self.desk.now
        found = []
        resolved = resolved_cases(connection)
        for bundle in read_cases(connection, ids):
            file = bundle.file
            if file.id in resolved:
                file = with_resting(self.desk.packs, connection, file)
            loaded = is_covered(file.case, covered)
            verdict = self.desk.checker.check(file, now, possible=False, outcome_extract_loaded=loaded)
            outcome = file.case.outcome or file.case.cancel_code or ""
            said = verdict.verdict if outcome or verdict.findings else NONE
            found.append(
                Looked(
                    by_number[bundle.n], said, state_of(file, left[file.id]),
                    tuple(one.rule for one in verdict.findings), outcome,
                    file.case.oic or "", file.case.supervisor or "",
                )
            )  # fmt: skip
        return found

    def take(self, looked: Sequence[Looked]) -> None:
        """Put what was found out into the columns."""
        for one in looked:
            number = self._found_numbers.get(one.rules)
            if number is None:
                number = self._found_numbers[one.rules] = len(self._found)
                self._found.append(one.rules)
            place = one.place
            self._rules[place] = number
            self._verdicts[place] = VERDICTS.index(one.verdict)
            self._states[place] = _STATES.index(one.state)
            self._outcomes[place] = self._outcome_words.number(one.outcome)
            self._oics[place] = self._oic_words.number(one.oic)
            self._supervisors[place] = self._supervisor_words.number(one.supervisor)

    def catch_up(self) -> list[int]:
        """The places of the crimes that were written to since last time; what is newly in the list is added to it.

        What the check says of them has to be asked anew.
        """
        connection, before = self.desk.store.connection, self._journal
        self._journal = last_operation(self.desk)
        if self._journal == before:
            return []
        touched = "SELECT n FROM cases WHERE id IN (SELECT DISTINCT case_id FROM op WHERE n > ? AND n <= ?)"
        since = (before, self._journal)
        places, added = [], []
        for (number,) in connection.execute(touched, since).fetchall():
            place = self.place(number)
            if place is None:
                added.append(number)
            else:
                places.append(place)
        if added:
            where = f"({_MEMBERS[self.which]}) AND queue.n IN ({touched})"
            for row in connection.execute(_LIST.format(where=where), (*self._values(), *since)).fetchall():
                if self.place(row[0]) is None:
                    at = bisect_left(self._sorted, row[0])
                    self._sorted.insert(at, row[0])
                    self._places.insert(at, len(self.numbers))
                    places.append(len(self.numbers))
                    self._append([row])
        return places


def open_review(desk: Desk, which: str = "submitted") -> Review:
    """Read the list under review, one of :data:`LISTS`; nothing is judged yet. Raises BadInputError for another."""
    if which not in LISTS:
        raise BadInputError(
            f"{which!r} is not a list to review.", hint(which, LISTS) or f"One of: {', '.join(LISTS)}."
        )
    return Review(desk, which)


def check_all(review: Review) -> None:
    """Judge every crime of the list, and wait for it."""
    with review.desk.reading() as connection:
        covered, places = covered_months(connection), review.to_check()
        for start in range(0, len(places), HELPING):
            review.take(review.look(connection, places[start : start + HELPING], covered))
