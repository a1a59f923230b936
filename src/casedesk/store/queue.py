"""The queue: kept as a table, read in pages.

Each case has one row with its band, due time, tie-break and sentence, and ``reband_at``, the moment when time
alone will change them. Keeping it up to date touches only cases that changed or whose moment has come.
"""

import json
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFlag, flags_standing, standing
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment, from_micros, to_micros
from casedesk.reference.packs import Packs
from casedesk.rules.priority import place
from casedesk.rules.query_nodes import FACTS_AND_PEOPLE, Begun, Context, Query
from casedesk.store import words
from casedesk.store.connection import Connection
from casedesk.store.records import CaseBundle, each_case, read_cases
from casedesk.store.schema import FAR

PAGE = 200
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One case as the queue shows it. ``n`` is its number in this store."""

    n: int
    id: EntityId
    ref: str
    band: int
    due_at: datetime | None
    sentence: str
    offence: str
    flags: tuple[str, ...]
    stage: str
    outcome: str
    owner: str
    oic: str
    since: Moment | None
    conflicts: int
    location: str


@dataclass(frozen=True)
class View:
    """What of the queue is wanted: which cases, in which order, narrowed by which words."""

    where: str = ""
    """A name from :data:`WHERE`: empty for all open cases."""
    owner: str = ""
    order: str = "priority"
    """A name from :data:`ORDERS`."""
    reverse: bool = False
    words: str = ""
    """Typed filter: a query (:mod:`casedesk.rules.query`) whose words need only begin a word of the case. What
    is no query is taken for words."""
    context: Context | None = field(default=None, compare=False)
    """What the filter is read against: due times and bands' names need it."""


WHERE: dict[str, str] = {
    "": f"queue.stage <> 'closed' AND queue.band >= {-FAR}",  # any band: with it counting takes the order's index
    "all": "1",
    "custody": "queue.band = 1",
    "submitted": "queue.stage = 'submitted'",
    "returned": "queue.stage = 'returned'",
    "mine": "queue.owner = :owner AND queue.stage <> 'closed'",
    "unassigned": "queue.owner = '' AND queue.stage <> 'closed'",
}
"""The queue's views as conditions."""
ORDERS: dict[str, tuple[str, str]] = {
    "priority": ("queue.band, queue.due_at, queue.score DESC, queue.n",
                 "queue.band DESC, queue.due_at DESC, queue.score, queue.n DESC"),
    "due": ("queue.due_at, queue.n", "queue.due_at DESC, queue.n DESC"),
    "reference": ("cases.ref, queue.n", "cases.ref DESC, queue.n DESC"),
    "date": ("cases.offence_from, queue.n", "cases.offence_from DESC, queue.n DESC"),
    "oic": ("cases.oic, queue.n", "cases.oic DESC, queue.n DESC"),
    "offence": ("cases.offence_title, cases.category, queue.n",
                "cases.offence_title DESC, cases.category DESC, queue.n DESC"),
}  # fmt: skip
"""The orders a person may choose, forwards and backwards. Priority is the one that is indexed for the first page."""


def asked_of(view: View) -> Query:
    """What a view's typed filter asks: a query that may be unfinished, or plain words where it is none."""
    from casedesk.rules.query import parse, plain

    try:
        return parse(view.words, view.context or Context(me=view.owner), Begun.ALL)
    except BadInputError:
        return plain(view.words)


class QueueReader:
    """Reads the queue for one view on one connection; used by one thread at a time."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def first(self, view: View, limit: int = PAGE, *, from_end: bool = False) -> list[int]:
        """The numbers of the first (or last) cases, from the index at once."""
        sql, values = _select("queue.n", view, from_end=from_end)
        return [n for (n,) in self._db.execute(f"{sql} LIMIT ?", (*values, limit))]

    def count(self, view: View, most: int | None = None) -> int:
        """How many cases the view holds; no more than ``most`` are counted, where that is given."""
        sql, values = _select("count(*)" if most is None else "1", view, ordered=False)
        if most is not None:
            sql, values = f"SELECT count(*) FROM ({sql} LIMIT ?)", (*values, most)  # noqa: S608
        (number,) = self._db.execute(sql, values).fetchone()
        return int(number)

    def order(self, view: View, cancelled: Callable[[], bool] = lambda: False) -> "array[int]":
        """The numbers of all cases of the view in its order. For a thread: stops early when cancelled."""
        sql, values = _select("queue.n", view)
        order = array("q")
        cursor = self._db.execute(sql, values)
        while not cancelled():
            some = cursor.fetchmany(5000)
            if not some:
                break
            order.extend([n for (n,) in some])
        return order

    def rows(self, numbers: Sequence[int]) -> list[QueueRow]:
        """The rows of these cases, in this order. A case that is gone is left out."""
        marks = ",".join("?" * len(numbers))
        found = {
            row[0]: _queue_row(row)
            for row in self._db.execute(f"{_ROW} WHERE queue.n IN ({marks})", tuple(numbers))
        }
        return [found[n] for n in numbers if n in found]


_ROW = """
SELECT queue.n, cases.id, cases.ref, queue.band, queue.due_at, queue.sentence,
       coalesce(cases.offence_title, cases.category, cases.offence_code, ''), cases.flags, queue.stage,
       coalesce(cases.outcome, ''), queue.owner, coalesce(cases.oic, ''),
       coalesce(cases.offence_from, cases.recorded_at, cases.reported_at),
       (SELECT count(*) FROM conflict WHERE conflict.case_id = cases.id), coalesce(cases.location, ''),
       (SELECT json_group_array(json_array(word, raised)) FROM case_flag WHERE case_flag.case_id = cases.id)
FROM queue JOIN cases ON cases.n = queue.n
"""


def _queue_row(row: Sequence[object]) -> QueueRow:
    n, case_id, ref, band, due, sentence, offence, flags, stage, *more = row
    outcome, owner, oic, since, conflicts, place_, marks = more
    return QueueRow(
        n, case_id, ref or "(no reference)", band, None if due == FAR else from_micros(due), sentence, offence,  # type: ignore[arg-type]
        _flags(flags, marks), stage, outcome, owner, oic, since, conflicts, place_,  # type: ignore[arg-type]
    )  # fmt: skip


def _flags(extract: object, marks: object) -> tuple[str, ...]:
    """The flags that stand: the extract's, with what the desk put up or took off (``[[word, raised], …]``)."""
    of_extract = tuple(json.loads(str(extract))) if extract else ()
    if marks == "[]":
        return of_extract
    nameless = EntityId(b"")
    return flags_standing(
        of_extract,
        tuple(
            (nameless, CaseFlag(word=word, raised=None if raised is None else bool(raised)))
            for word, raised in json.loads(str(marks))
        ),
    )


def _select(
    what: str, view: View, *, ordered: bool = True, from_end: bool = False
) -> tuple[str, tuple[str | int, ...]]:
    order = ORDERS[view.order][view.reverse != from_end]
    where = WHERE[view.where]
    values: list[str | int] = []
    if ":owner" in where:
        where = where.replace(":owner", "?")
        values.append(view.owner)
    joins = " JOIN cases ON cases.n = queue.n" if "cases." in order and ordered else ""
    asked = asked_of(view).node if view.words else None
    if asked:
        from casedesk.store.search import compiled  # the first paint asks nothing

        condition, asked_values = compiled(asked, FACTS_AND_PEOPLE).on_queue()
        where += f" AND ({condition})"
        values += asked_values
    tail = f" ORDER BY {order}" if ordered else ""
    return f"SELECT {what} FROM queue{joins} WHERE {where}{tail}", tuple(values)  # noqa: S608


def refresh(connection: Connection, cases: Iterable[EntityId], now: datetime, packs: Packs) -> None:
    """Bring the queue rows and searchable words of these cases up to date, inside the caller's transaction."""
    wanted = list(cases)
    for start in range(0, len(wanted), _CHUNK):
        _show(connection, read_cases(connection, wanted[start : start + _CHUNK]), now, packs)


def refresh_all(connection: Connection, now: datetime, packs: Packs) -> None:
    """The same for every case of the store."""
    bundles = each_case(connection)
    while some := list(islice(bundles, _CHUNK)):
        _show(connection, some, now, packs)


def _show(connection: Connection, read: Sequence[CaseBundle], now: datetime, packs: Packs) -> None:
    bundles = [bundle for bundle in read if not _is_gone(bundle)]
    if len(bundles) < len(read):
        gone = [bundle.n for bundle in read if _is_gone(bundle)]
        connection.executemany("DELETE FROM queue WHERE n = ?", [(n,) for n in gone])
        words.drop(connection, gone)
    connection.executemany(
        "INSERT OR REPLACE INTO queue VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [_placed(bundle, now, packs) for bundle in bundles],
    )
    words.write(connection, bundles)


def reband(connection: Connection, now: datetime, packs: Packs, limit: int = 5000) -> int:
    """Recompute the cases whose moment has come; returns how many. Inside the caller's transaction."""
    due = [
        EntityId(case_id)
        for (case_id,) in connection.execute(
            "SELECT cases.id FROM queue JOIN cases ON cases.n = queue.n WHERE queue.reband_at <= ? LIMIT ?",
            (to_micros(now), limit),
        )
    ]
    for start in range(0, len(due), _CHUNK):
        connection.executemany(
            "INSERT OR REPLACE INTO queue VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [_placed(bundle, now, packs) for bundle in read_cases(connection, due[start : start + _CHUNK])],
        )
    return len(due)


def _is_gone(bundle: CaseBundle) -> bool:
    """Whether nothing is left of a case: the extract that brought it was undone and no work hangs on it."""
    file = bundle.file
    return file.case.ref is None and not (
        standing(file.log) or standing(file.contacts) or file.actions or file.outcome_records
    )


def _placed(bundle: CaseBundle, now: datetime, packs: Packs) -> tuple[int, int, int, int, int, str, str, str]:
    placing = place(bundle.file, now, packs)
    case = bundle.file.case
    closed = placing.band == packs.priority.number("closed")
    stage = (
        "closed"
        if closed
        else case.stage or ("submitted" if case.outcome and case.record_status != "filed" else "open")
    )
    return (
        bundle.n,
        placing.band,
        to_micros(placing.due) if placing.due else FAR,
        placing.score,
        to_micros(placing.reband_at) if placing.reband_at else FAR,
        stage,
        case.owner or "",
        placing.sentence,
    )
