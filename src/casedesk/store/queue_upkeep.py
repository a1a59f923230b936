"""Keeping the queue: each case's row and due items, brought up to date when the case or its moment comes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from casedesk.model.facts import standing
from casedesk.model.ids import EntityId
from casedesk.model.moments import to_micros
from casedesk.reference.packs import Packs
from casedesk.store.connection import Connection
from casedesk.store.helper import Helper, Task
from casedesk.store.records import CaseBundle, StoredCases, built, each_stored, read_cases
from casedesk.store.schema import FAR

if TYPE_CHECKING:
    from casedesk.rules.priority import Placing

_CHUNK = 500
_QUEUE = "INSERT OR REPLACE INTO queue VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_DUE = "INSERT INTO due_item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_Row = tuple[Any, ...]


def refresh(connection: Connection, cases: Iterable[EntityId], now: datetime, packs: Packs) -> None:
    """Bring the queue rows and searchable words of these cases up to date, inside the caller's transaction.

    An id that is no case's, such as that of the team, is passed over.
    """
    wanted = list(cases)
    for start in range(0, len(wanted), _CHUNK):
        _write(connection, _shown(read_cases(connection, wanted[start : start + _CHUNK]), now, packs))


def refresh_all(connection: Connection, now: datetime, packs: Packs) -> None:
    """The same for every case of the store."""
    for some in each_stored(connection):
        _write(connection, _shown(built(some), now, packs))


def fill(connection: Connection, helper: Helper, task: Task) -> None:
    """Show every case in a queue that is empty, with what the task of :func:`placing` makes of them."""
    from casedesk.store import words

    for rows, due, documents, _ in helper.in_order(task, each_stored(connection)):
        connection.executemany(_QUEUE, rows)
        connection.executemany(_DUE, due)
        words.add(connection, documents)


def placing(now: datetime, packs: Packs) -> Task:
    """What makes rows of the queue of cases as they lie in the tables."""
    work = partial(_work, now, packs)
    return Task(work, work)


def _work(now: datetime, packs: Packs, stored: StoredCases) -> tuple[Any, ...]:
    return tuple(_shown(built(stored), now, packs))


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
        read = read_cases(connection, due[start : start + _CHUNK])
        _write_places(connection, *_placed(read, now, packs))
    return len(due)


class _Shown(NamedTuple):
    """What the queue, the due items and the index of words say of some cases; and which of them are gone."""

    rows: list[_Row]
    due: list[_Row]
    documents: list[_Row]
    gone: list[int]


def _shown(read: Sequence[CaseBundle], now: datetime, packs: Packs) -> _Shown:
    from casedesk.store import words

    bundles = [bundle for bundle in read if not _is_gone(bundle)]
    gone = [bundle.n for bundle in read if _is_gone(bundle)] if len(bundles) < len(read) else []
    rows, due = _placed(bundles, now, packs)
    return _Shown(rows, due, [words.document(bundle) for bundle in bundles], gone)


def _placed(bundles: Sequence[CaseBundle], now: datetime, packs: Packs) -> tuple[list[_Row], list[_Row]]:
    """The queue rows and due items of these cases."""
    from casedesk.rules.priority import place  # every rule there is: the first paint of the queue needs none

    closed = packs.priority.number("closed")
    rows: list[_Row] = []
    due: list[_Row] = []
    for bundle in bundles:
        placing = place(bundle.file, now, packs)
        rows.append(_row(bundle, placing, closed))
        if placing.band != closed:
            due += _due_rows(bundle.n, placing, packs)
    return rows, due


def _write(connection: Connection, shown: _Shown) -> None:
    """Write down what was made of some cases, in place of what was there."""
    from casedesk.store import words

    if shown.gone:
        gone = [(n,) for n in shown.gone]
        connection.executemany("DELETE FROM queue WHERE n = ?", gone)
        connection.executemany("DELETE FROM due_item WHERE n = ?", gone)
        words.drop(connection, shown.gone)
    _write_places(connection, shown.rows, shown.due)
    words.write(connection, shown.documents)


def _write_places(connection: Connection, rows: list[_Row], due: list[_Row]) -> None:
    """Write queue rows and due items in place of those of the same cases.

    What stands there already is left: a row is in nine indexes, and a line of the log seldom moves its case.
    """
    numbers = [row[0] for row in rows]
    marks = ",".join("?" * len(rows))
    held = {
        row[0]: row
        for row in connection.execute(f"SELECT * FROM queue WHERE n IN ({marks})", numbers)  # noqa: S608 - marks only
    }
    connection.executemany(_QUEUE, [row for row in rows if held.get(row[0]) != row])
    due_items = f"SELECT * FROM due_item WHERE n IN ({marks}) ORDER BY n, ordinal"  # noqa: S608 - marks only
    was, now = _by_case(connection.execute(due_items, numbers)), _by_case(due)
    other = [n for n in numbers if was.get(n) != now.get(n)]
    connection.executemany("DELETE FROM due_item WHERE n = ?", [(n,) for n in other if n in was])
    connection.executemany(_DUE, [row for n in other for row in now.get(n, ())])


def _by_case(rows: Iterable[_Row]) -> dict[int, list[_Row]]:
    """Due items by the numbers of their cases."""
    found: dict[int, list[_Row]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return found


def _is_gone(bundle: CaseBundle) -> bool:
    """Whether nothing is left of a case: the extract that brought it was undone and no work hangs on it."""
    file = bundle.file
    return file.case.ref is None and not (
        standing(file.log)
        or standing(file.contacts)
        or standing(file.events)
        or standing(file.gradings)
        or file.actions
        or file.conditions
        or file.appointments
        or file.outcome_records
    )


def _row(bundle: CaseBundle, placing: "Placing", closed_band: int) -> _Row:
    case = bundle.file.case
    closed = placing.band == closed_band
    stage = (
        "closed"
        if closed
        else case.stage or ("submitted" if case.outcome and case.record_status != "filed" else "open")
    )
    return (
        bundle.n,
        placing.band,
        _at(placing.due),
        placing.score,
        _at(placing.reband_at),
        FAR if closed else _at(min((one.due for one in placing.factors if one.due), default=None)),
        stage,
        case.owner or "",
        case.team or "",
        "" if closed else placing.waiting,
        _at(None if closed else placing.waiting_since),
        placing.sentence,
    )


def _due_rows(n: int, placing: "Placing", packs: Packs) -> list[_Row]:
    number = packs.priority.number
    return [
        (
            n, ordinal, to_micros(one.due), number(one.band), one.clock, one.who, int(one.legal), one.sentence,
            one.key, one.subject,
        )
        for ordinal, one in enumerate(placing.factors)
        if one.due is not None
    ]  # fmt: skip


def _at(instant: datetime | None) -> int:
    return FAR if instant is None else to_micros(instant)
