"""Keeping the queue: each case's row and due items, brought up to date when the case or its moment comes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from casedesk.model.facts import standing
from casedesk.model.ids import EntityId
from casedesk.model.moments import to_micros
from casedesk.reference.packs import Packs
from casedesk.store.connection import Connection
from casedesk.store.records import CaseBundle, each_case, read_cases
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
        _show(connection, read_cases(connection, wanted[start : start + _CHUNK]), now, packs)


def refresh_all(connection: Connection, now: datetime, packs: Packs) -> None:
    """The same for every case of the store."""
    bundles = each_case(connection)
    while some := list(islice(bundles, _CHUNK)):
        _show(connection, some, now, packs)


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
        _place(connection, read_cases(connection, due[start : start + _CHUNK]), now, packs)
    return len(due)


def _show(connection: Connection, read: Sequence[CaseBundle], now: datetime, packs: Packs) -> None:
    from casedesk.store import words

    bundles = [bundle for bundle in read if not _is_gone(bundle)]
    if len(bundles) < len(read):
        gone = [bundle.n for bundle in read if _is_gone(bundle)]
        connection.executemany("DELETE FROM queue WHERE n = ?", [(n,) for n in gone])
        connection.executemany("DELETE FROM due_item WHERE n = ?", [(n,) for n in gone])
        words.drop(connection, gone)
    _place(connection, bundles, now, packs)
    words.write(connection, bundles)


def _place(connection: Connection, bundles: Sequence[CaseBundle], now: datetime, packs: Packs) -> None:
    """Write the queue rows and due items of these cases."""
    from casedesk.rules.priority import place  # every rule there is: the first paint of the queue needs none

    closed = packs.priority.number("closed")
    rows: list[_Row] = []
    due: list[_Row] = []
    for bundle in bundles:
        placing = place(bundle.file, now, packs)
        rows.append(_row(bundle, placing, closed))
        if placing.band != closed:
            due += _due_rows(bundle.n, placing, packs)
    connection.executemany(_QUEUE, rows)
    marks = ",".join("?" * len(bundles))
    connection.execute(
        f"DELETE FROM due_item WHERE n IN ({marks})",  # noqa: S608 - marks only
        [bundle.n for bundle in bundles],
    )
    connection.executemany(_DUE, due)


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
