"""The queue: kept as a table, read in pages.

Each case has one row with its band, due time, tie-break and sentence, and ``reband_at``, the moment when time
alone will change them. Open cases have a row for each due item besides: every limit, duty and action with a time.
:mod:`casedesk.store.queue_upkeep` keeps both up to date.
"""

import json
import re
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from casedesk.model.entities import CASE
from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFlag, flags_standing
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment, from_micros, to_micros
from casedesk.rules.query_nodes import FACTS_AND_PEOPLE, Begun, Context, Query
from casedesk.store.connection import Connection
from casedesk.store.due_items import Arrest, DueItem, arrest, due_item
from casedesk.store.schema import FAR

PAGE = 200


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
    soon_at: datetime | None
    """The first time of any of its due items, passed ones too."""
    team: str
    waiting: str
    """Whom it waits for; empty while it is for its owner to move."""
    waiting_since: datetime | None
    recorded: Moment | None
    """When it was recorded, or reported: its age is counted from here."""
    clinic_at: datetime | None = None
    """When somebody of the case is seen at a clinic next, or was to be seen and nobody said whether they came."""


@dataclass(frozen=True)
class View:
    """What of the queue is wanted: which cases, in which order, narrowed by which words."""

    where: str = ""
    """A name from :data:`WHERE`: empty for all open cases."""
    owner: str = ""
    """Who asks."""
    order: str = "priority"
    """A name from :data:`ORDERS`."""
    reverse: bool = False
    words: str = ""
    """Typed filter: a query (:mod:`casedesk.rules.query`) whose words need only begin a word of the case. What
    is no query is taken for words."""
    context: Context | None = field(default=None, compare=False)
    """What the filter is read against: due times and bands' names need it."""
    owners: tuple[str, ...] = ()
    """Whose cases ``mine`` holds, where it is more than those of who asks: colleagues covered."""
    team: str = ""
    """Whose cases ``team`` holds; empty for those of no team."""
    until: datetime | None = None
    """Up to when ``today`` reaches; None for whatever is due at all."""
    custody_band: int = 1
    """The number of the band that ``custody`` holds."""
    within: "View | None" = None
    """Another view whose cases alone are wanted."""
    disputed: bool = False
    """Whether a case whose owner is in dispute is everybody's who is said to own it. The reader says so itself."""


_IS_OPEN = "queue.stage <> 'closed'"
WHERE: dict[str, str] = {
    "": f"{_IS_OPEN} AND queue.band >= {-FAR}",  # any band: with it counting takes the order's index
    "all": "1",
    "custody": "queue.band = :custody",
    "submitted": "queue.stage = 'submitted'",
    "returned": "queue.stage = 'returned'",
    "clinic": "queue.stage = 'clinic'",
    "mine": "queue.owner IN (:owners) AND queue.stage <> 'closed'",
    "team": "queue.team = :team AND queue.stage <> 'closed'",
    "unassigned": "queue.owner = '' AND queue.stage <> 'closed'",
    "today": "queue.soon_at < :until AND queue.stage <> 'closed'",
    "waiting": "queue.waiting <> '' AND queue.stage <> 'closed'",
}
"""The queue's views as conditions."""
_SAID_TO_OWN = f"""
SELECT cases.n FROM conflict CROSS JOIN cases ON cases.id = conflict.entity_id CROSS JOIN json_each(cases.heads) AS head
CROSS JOIN op ON op.device = json_extract(head.value, '$[0]') AND op.seq = json_extract(head.value, '$[1]')
WHERE conflict.entity = 'case' AND conflict.field = 'owner'
  AND json_extract(head.value, '$[2]') & {CASE.bits["owner"]} AND json_extract(head.value, '$[3]') = 0
  AND json_extract(CAST(op.payload AS TEXT), '$.fields.owner') IN (:owners)
"""  # noqa: S608 - names of ours
_OWNED = "SELECT owned.n FROM queue AS owned WHERE owned.owner IN (:owners) AND owned.stage <> 'closed'"
_MINE_OR_DISPUTED = f"queue.n IN ({_OWNED} UNION {_SAID_TO_OWN}) AND {_IS_OPEN}"
"""A case whose owner two desks named differently stands in both queues until somebody decides. Asked only while there
is such a case: the order's index serves the usual question alone. In this order: what is in dispute is little."""
ORDERS: dict[str, tuple[str, str]] = {
    "priority": ("queue.band, queue.due_at, queue.score DESC, queue.n",
                 "queue.band DESC, queue.due_at DESC, queue.score, queue.n DESC"),
    "due": ("queue.due_at, queue.n", "queue.due_at DESC, queue.n DESC"),
    "reference": ("cases.ref, queue.n", "cases.ref DESC, queue.n DESC"),
    "date": ("cases.offence_from, queue.n", "cases.offence_from DESC, queue.n DESC"),
    "oic": ("cases.oic, queue.n", "cases.oic DESC, queue.n DESC"),
    "offence": ("cases.offence_title, cases.category, queue.n",
                "cases.offence_title DESC, cases.category DESC, queue.n DESC"),
    "waiting": ("queue.waiting_since, queue.band, queue.due_at, queue.score DESC, queue.n",
                "queue.waiting_since DESC, queue.band DESC, queue.due_at DESC, queue.score, queue.n DESC"),
}  # fmt: skip
"""The orders a person may choose, forwards and backwards. Priority is the one that is indexed for the first page."""
_OPEN, _ALL = View(), View("all")


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
        sql, values = _select("queue.n", self._asked(view), from_end=from_end)
        return [n for (n,) in self._db.execute(f"{sql} LIMIT ?", (*values, limit))]

    def count(self, view: View, most: int | None = None) -> int:
        """How many cases the view holds; no more than ``most`` are counted, where that is given."""
        sql, values = _select("count(*)" if most is None else "1", self._asked(view), ordered=False)
        if most is not None:
            sql, values = f"SELECT count(*) FROM ({sql} LIMIT ?)", (*values, most)  # noqa: S608
        (number,) = self._db.execute(sql, values).fetchone()
        return int(number)

    def order(self, view: View, cancelled: Callable[[], bool] = lambda: False) -> "array[int]":
        """The numbers of all cases of the view in its order. For a thread: stops early when cancelled."""
        sql, values = _select("queue.n", self._asked(view))
        order = array("q")
        cursor = self._db.execute(sql, values)
        while not cancelled():
            some = cursor.fetchmany(5000)
            if not some:
                break
            order.extend([n for (n,) in some])
        return order

    def bands(self, view: View) -> dict[int, int]:
        """How many cases of the view are in each band; bands without one are left out."""
        where, values = _condition(self._asked(view))
        return dict(
            self._db.execute(
                f"SELECT queue.band, count(*) FROM queue WHERE {where} GROUP BY queue.band ORDER BY 1",  # noqa: S608
                values,
            ).fetchall()
        )

    def due(
        self,
        start: datetime | None,
        end: datetime | None,
        view: View = _OPEN,
        *,
        limit: int = PAGE,
        after: DueItem | None = None,
        latest_first: bool = False,
        bands: Sequence[int] = (),
    ) -> list[DueItem]:
        """What is due from ``start`` until just before ``end`` in the cases of a view, earliest first.

        ``after`` is the last item of the page before this one. ``bands`` names the only bands wanted.
        """
        chosen, values = _due_items(start, end, self._asked(view), bands)
        if after is not None:
            beyond = "<" if latest_first else ">"
            chosen += f" AND (due_item.at, due_item.band, due_item.n, due_item.ordinal) {beyond} (?, ?, ?, ?)"
            values += (to_micros(after.at), after.band, after.n, after.ordinal)
        way = " DESC" if latest_first else ""
        order = f"due_item.at{way}, due_item.band{way}, due_item.n{way}, due_item.ordinal{way}"
        page = f"SELECT due_item.n, due_item.ordinal {chosen} ORDER BY {order} LIMIT ?"
        sql = f"{_DUE} WHERE (due_item.n, due_item.ordinal) IN ({page}) ORDER BY {order}"
        return [due_item(row) for row in self._db.execute(sql, (*values, limit))]

    def due_count(
        self,
        start: datetime | None,
        end: datetime | None,
        view: View = _OPEN,
        *,
        bands: Sequence[int] = (),
    ) -> int:
        """How many items :meth:`due` has in all."""
        chosen, values = _due_items(start, end, self._asked(view), bands)
        return self._number(f"SELECT count(*) {chosen}", values)

    def due_of(self, numbers: Sequence[int]) -> list[DueItem]:
        """Every due item of these cases (at most some hundreds), each case's most pressing first."""
        marks = ",".join("?" * len(numbers))
        return [
            due_item(row)
            for row in self._db.execute(
                f"{_DUE} WHERE due_item.n IN ({marks}) ORDER BY due_item.n, due_item.ordinal",
                tuple(numbers),
            )
        ]

    def arrivals(self, since: datetime, view: View = _ALL, *, limit: int = PAGE) -> list[Arrest]:
        """Who was arrested since, in the cases of a view, latest first."""
        where, values = _condition(self._asked(view), joined=True)
        return [
            arrest(row)
            for row in self._db.execute(
                f"{_ARREST} {_ARRESTED_SINCE} WHERE custody.arrested_at >= ? AND ({where}) "
                "ORDER BY custody.arrested_at DESC, custody.id LIMIT ?",
                (to_micros(since), *values, limit),
            )
        ]

    def arrival_count(self, since: datetime, view: View = _ALL) -> int:
        """How many :meth:`arrivals` has in all."""
        where, values = _condition(self._asked(view), joined=True)
        return self._number(
            f"SELECT count(*) {_ARRESTED_SINCE} WHERE custody.arrested_at >= ? AND ({where})",
            (to_micros(since), *values),
        )

    def held(self, view: View, *, limit: int = PAGE) -> list[Arrest]:
        """Who is in police custody in those cases of a view that concern liberty, the most pressing first."""
        where, values = _condition(self._asked(view), joined=True)
        return [
            arrest(row)
            for row in self._db.execute(
                f"{_ARREST} {_IN_CUSTODY} WHERE {_HELD} AND ({where}) "
                "ORDER BY queue.due_at, queue.score DESC, queue.n, custody.arrested_at, custody.id LIMIT ?",
                (view.custody_band, *values, limit),
            )
        ]

    def held_count(self, view: View) -> int:
        """How many :meth:`held` has in all."""
        where, values = _condition(self._asked(view), joined=True)
        return self._number(
            f"SELECT count(*) {_IN_CUSTODY} WHERE {_HELD} AND ({where})", (view.custody_band, *values)
        )

    def _number(self, sql: str, values: Sequence[str | int]) -> int:
        (number,) = self._db.execute(sql, values).fetchone()
        return int(number)

    def _asked(self, view: View) -> View:
        """The view as it is to be asked for now: with what is in dispute, while anything is."""
        if view.within is not None:
            view = replace(view, within=self._asked(view.within))
        if view.where != "mine":
            return view
        (any_,) = self._db.execute(
            "SELECT EXISTS (SELECT 1 FROM conflict WHERE entity = 'case' AND field = 'owner')"
        ).fetchone()
        return replace(view, disputed=bool(any_))

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
       queue.soon_at, queue.team, queue.waiting, queue.waiting_since,
       coalesce(cases.recorded_at, cases.reported_at, cases.offence_from),
       (SELECT json_group_array(json_array(word, raised)) FROM case_flag WHERE case_flag.case_id = cases.id),
       (SELECT min(appointment.at) FROM appointment WHERE appointment.case_id = cases.id
            AND appointment.state IN ('booked', 'invited', 'confirmed'))
FROM queue JOIN cases ON cases.n = queue.n
"""
_OFFENCE = "coalesce(cases.offence_title, cases.category, cases.offence_code, '')"
_DUE = f"""
SELECT due_item.n, due_item.ordinal, cases.id, cases.ref, {_OFFENCE}, queue.owner, due_item.at, due_item.band,
       due_item.sentence, due_item.clock, due_item.who, due_item.legal, due_item.key, due_item.subject
FROM due_item JOIN queue ON queue.n = due_item.n JOIN cases ON cases.n = due_item.n
"""  # noqa: S608 - names of ours
_ARREST = f"""
SELECT custody.id, queue.n, cases.id, cases.ref, {_OFFENCE}, queue.owner, suspect.name, custody.number, custody.suite,
       custody.arrested_at, custody.state, custody.offence, queue.band, queue.due_at, queue.sentence
"""
_ARRESTED_SINCE = """
FROM custody CROSS JOIN cases ON cases.id = custody.case_id CROSS JOIN queue ON queue.n = cases.n
     LEFT JOIN suspect ON suspect.id = custody.suspect
"""
"""In this order: arrests are few, and found by their time."""
_IN_CUSTODY = """
FROM queue CROSS JOIN cases ON cases.n = queue.n CROSS JOIN custody ON custody.case_id = cases.id
     LEFT JOIN suspect ON suspect.id = custody.suspect
"""
_HELD = "queue.band = ? AND (custody.state = 'detained' OR custody.state = 'charged' AND custody.released_at IS NULL)"


def _queue_row(row: Sequence[Any]) -> QueueRow:
    n, case_id, ref, band, due, sentence, offence, flags, stage, outcome, owner, oic, since, *more = row
    conflicts, location, soon, team, waiting, waiting_since, recorded, marks, clinic = more
    return QueueRow(
        n, case_id, ref or "(no reference)", band, _instant(due), sentence, offence, _flags(flags, marks), stage,
        outcome, owner, oic, since, conflicts, location, _instant(soon), team, waiting, _instant(waiting_since),
        recorded, None if clinic is None else from_micros(clinic),
    )  # fmt: skip


def _instant(micros: int) -> datetime | None:
    return None if micros == FAR else from_micros(micros)


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
    joins = " JOIN cases ON cases.n = queue.n" if "cases." in order and ordered else ""
    where, values = _condition(view)
    tail = f" ORDER BY {order}" if ordered else ""
    return f"SELECT {what} FROM queue{joins} WHERE {where}{tail}", values  # noqa: S608


def _condition(view: View, *, joined: bool = False) -> tuple[str, tuple[str | int, ...]]:
    """Which cases a view holds, as a condition on ``queue``, with its values.

    Where the queue is ``joined`` to what was found otherwise, open cases are not asked for by the order's index.
    """
    values: list[str | int] = []

    def fill(name: re.Match[str]) -> str:
        given = _given(view, name[0])
        values.extend(given)
        return ", ".join("?" * len(given))

    asked_for = _IS_OPEN if joined and not view.where else WHERE[view.where]
    if view.where == "mine" and view.disputed:
        asked_for = _MINE_OR_DISPUTED
    where = re.sub(r":[a-z]+", fill, asked_for)
    if view.within is not None:
        outer, outer_values = _condition(view.within, joined=True)
        where = f"{where} AND ({outer})"
        values += outer_values
    asked = asked_of(view).node if view.words else None
    if asked:
        from casedesk.store.search import compiled  # the first paint asks nothing

        condition, asked_values = compiled(asked, FACTS_AND_PEOPLE).on_queue()
        where += f" AND ({condition})"
        values += asked_values
    return where, tuple(values)


def _given(view: View, name: str) -> tuple[str | int, ...]:
    """What a view puts in the place of a name in its condition."""
    if name == ":owners":
        return view.owners or (view.owner,)
    if name == ":team":
        return (view.team,)
    if name == ":until":
        return (FAR if view.until is None else to_micros(view.until),)
    return (view.custody_band,)


def _due_items(
    start: datetime | None, end: datetime | None, view: View, bands: Sequence[int]
) -> tuple[str, tuple[str | int, ...]]:
    """Which due items are meant, from ``FROM`` on, with the values. All of them are of open cases."""
    joins, parts, values = "", ["1"], list[str | int]()
    if view.where or view.words or view.within:
        where, asked = _condition(view, joined=True)
        joins = " JOIN queue ON queue.n = due_item.n"
        parts, values = [f"({where})"], list(asked)
    for sign, instant in ((">=", start), ("<", end)):
        if instant is not None:
            parts.append(f"due_item.at {sign} ?")
            values.append(to_micros(instant))
    if bands:
        parts.append(f"due_item.band IN ({', '.join('?' * len(bands))})")
        values += bands
    return f"FROM due_item{joins} WHERE {' AND '.join(parts)}", tuple(values)
