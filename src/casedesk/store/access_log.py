"""The access log: who consulted, searched, took in, altered, disclosed or erased what, and when.

It serves DPA 2018 s.62 (logs of collection, alteration, consultation, disclosure, combination and erasure). A line
is written once and never changed. Each line holds the hash of the one before it; the first operation of every unit
of work, which is signed, names the line that was last when the unit began, and each unit has a line of its own,
written in the same transaction. So a line that was edited, removed or moved is found, and so is a tail that was
cut off: what came after the latest unit is guarded only by the noted end, as the end of the journal is.

The chain belongs to the store file. A store that is restored goes on with it under its new device.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson

from casedesk.model.ids import EntityId, encode
from casedesk.model.moments import from_micros, show_instant, to_micros
from casedesk.store.connection import Connection
from casedesk.store.operations import GENESIS, parse_operation
from casedesk.store.registry import formers
from casedesk.store.waiting import WaitingLine, WaitingLines

_DOMAIN = b"casedesk access v1\0"
_END = "access-log"
"""The noted end of the log: its last line's number and hash."""
_MOST_PROBLEMS = 100
_BATCH = 1000
_LINE = "SELECT seq, at, actor, kind, case_id, unit, detail, hash FROM access_log"


class AccessKind(StrEnum):
    """What was done with personal data, or with the store that holds it."""

    CONSULTATION = "consultation"
    SEARCH = "search"
    COLLECTION = "collection"
    ALTERATION = "alteration"
    DISCLOSURE = "disclosure"
    COMBINATION = "combination"
    ERASURE = "erasure"
    UNLOCK = "unlock"
    FAILED_UNLOCK = "failed-unlock"
    BACKUP = "backup"
    RESTORE = "restore"


Anchor = tuple[int, bytes]
"""Names the last line of the log: its number (0 where there is none) and its hash."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``kind`` may be one that only a newer casedesk knows; ``detail`` never holds personal data."""

    seq: int
    at: datetime
    actor: str
    kind: str
    case_id: EntityId | None
    unit: bytes | None
    detail: Mapping[str, Any]
    hash: bytes


@dataclass(frozen=True, slots=True)
class Filters:
    """Which lines are wanted; what is empty does not narrow."""

    since: datetime | None = None
    until: datetime | None = None
    """Before this instant."""
    kinds: tuple[str, ...] = ()
    case_id: EntityId | None = None
    """Also finds the acts that wrote in this case among others."""
    actor: str = ""
    term: str = ""
    """The keyed hash of a term that was searched for."""


class AccessLog:
    """Writes the log of one store, always inside the caller's transaction.

    Lines that come while another thread writes for long wait beside the store for the next transaction: looking
    at a case need not wait for an import to end, and is not forgotten when the import is killed.
    """

    def __init__(
        self, connection: Connection, device: int, device_id: bytes, actor: str, waiting: WaitingLines
    ) -> None:
        self._db = connection
        self._device = device
        self._device_id = device_id
        self._actor = actor
        self._waiting = waiting

    def head(self) -> Anchor:
        """The last line; number 0 where there is none."""
        row = self._db.execute("SELECT seq, hash FROM access_log ORDER BY seq DESC LIMIT 1").fetchone()
        return (row[0], row[1]) if row else (0, GENESIS)

    def write(
        self,
        kind: str,
        at: datetime,
        *,
        case_id: EntityId | None = None,
        unit: bytes | None = None,
        detail: Mapping[str, Any] | None = None,
        by_nobody: bool = False,
    ) -> None:
        """Write a line. ``detail`` holds counts, names of acts and hashes, never what was read or typed.

        ``by_nobody``: it is not known who it was, as with a wrong passphrase.
        """
        seq, prev = self.head()
        said = orjson.dumps(detail or {}).decode()
        actor = "" if by_nobody else self._actor
        row = (seq + 1, self._device, to_micros(at), actor, kind, case_id, unit, said, prev)
        digest = _hash(self._device_id, row)
        self._db.execute("INSERT INTO access_log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, digest))
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_END, f"{seq + 1} {encode(digest)}"))

    def wait(
        self, kind: str, at: datetime, case_id: EntityId | None, detail: Mapping[str, Any] | None
    ) -> None:
        """Keep a line for the next transaction. Raises StoreError when that cannot be done safely."""
        self._waiting.add(WaitingLine(kind, at, case_id, detail or {}))

    @property
    def is_waiting(self) -> bool:
        """Whether lines wait."""
        return bool(self._waiting)

    def write_waiting(self) -> int:
        """Write the lines that wait; returns how many, for :meth:`saved` once they are committed.

        Of those that an earlier process left, the ones that the log has already are not told twice.
        """
        waiting = self._waiting.all()
        told = self._told_since(min((line.at for line in waiting if line.found), default=None))
        for line in waiting:
            if not (line.found and _named(line) in told):
                self.write(line.kind, line.at, case_id=line.case_id, detail=line.detail)
        return len(waiting)

    def saved(self, number: int) -> None:
        """Forget the first of the lines that waited: they are on the disk."""
        self._waiting.forget(number)

    def _told_since(self, at: datetime | None) -> set[tuple[Any, ...]]:
        """What the log says of this person from an instant on; nothing where none is given."""
        if at is None:
            return set()
        found = self._db.execute(
            "SELECT kind, at, case_id, detail FROM access_log WHERE at >= ? AND actor = ?",
            (to_micros(at), self._actor),
        )
        return {tuple(row) for row in found}


def _named(line: WaitingLine) -> tuple[Any, ...]:
    """What tells a line from every other."""
    return line.kind, to_micros(line.at), line.case_id, orjson.dumps(line.detail).decode()


def lines(connection: Connection, filters: Filters, offset: int = 0, limit: int = -1) -> list[Line]:
    """Lines of the log, latest first; all of them when no limit is given."""
    where, values = _where(filters)
    return [
        _line(row)
        for row in connection.execute(
            f"{_LINE} WHERE {where} ORDER BY seq DESC LIMIT ? OFFSET ?", (*values, limit, offset)
        )
    ]


def each_line(connection: Connection, filters: Filters, until: int) -> Iterator[Line]:
    """Lines of the log up to a number, earliest first, in batches; memory stays flat."""
    where, values = _where(filters)
    last = 0
    while True:
        some = connection.execute(
            f"{_LINE} WHERE seq > ? AND seq <= ? AND {where} ORDER BY seq LIMIT ?",
            (last, until, *values, _BATCH),
        ).fetchall()
        if not some:
            return
        yield from map(_line, some)
        last = some[-1][0]


def count(connection: Connection, filters: Filters) -> int:
    """How many lines the filters let through."""
    where, values = _where(filters)
    (number,) = connection.execute(f"SELECT count(*) FROM access_log WHERE {where}", values).fetchone()  # noqa: S608
    return int(number)


def last_consultation(connection: Connection, case_id: EntityId, actor: str) -> datetime | None:
    """When this person was last noted to have consulted the case."""
    row = connection.execute(
        "SELECT at FROM access_log WHERE case_id = ? AND kind = ? AND actor = ? ORDER BY seq DESC LIMIT 1",
        (case_id, AccessKind.CONSULTATION.value, actor),
    ).fetchone()
    return from_micros(row[0]) if row else None


def verify(connection: Connection) -> list[str]:
    """Check the log's chain, its noted end, and what the journal says of it; returns every break in words."""
    problems: list[str] = []
    end, last_of = _verify_chain(connection, problems)
    noted = connection.execute("SELECT value FROM meta WHERE key = ?", (_END,)).fetchone()
    expected = f"{end[0]} {encode(end[1])}" if end[0] else None
    if (noted[0] if noted else None) != expected:
        problems.append(
            f"access log: it ends with line {end[0]}, and line {str(noted[0]).split()[0] if noted else 0} was noted "
            "as its end; lines were cut off, added or changed"
        )
    for problem in _verify_anchors(connection, last_of):
        problems.append(problem)
        if len(problems) >= _MOST_PROBLEMS:
            problems.append("access log: and more")
            break
    return problems


def _verify_chain(connection: Connection, problems: list[str]) -> tuple[Anchor, dict[int, int]]:
    """Check line by line; returns the end, and the last line that each device wrote."""
    ids = {ix: bytes(device_id) for ix, device_id in connection.execute("SELECT ix, id FROM device")}
    seq, prev = 0, GENESIS
    last_of: dict[int, int] = {}
    for *row, held in connection.execute(
        "SELECT seq, device, at, actor, kind, case_id, unit, detail, prev, hash FROM access_log ORDER BY seq"
    ):
        problem = ""
        if row[0] != seq + 1:
            problem = f"line {seq + 1} is missing before it"
        elif row[8] != prev:
            problem = "it does not follow the line before it"
        elif held != _hash(ids.get(row[1], b""), row):
            problem = "it was changed"
        if problem and len(problems) < _MOST_PROBLEMS:
            problems.append(f"access log, line {row[0]}: {problem}")
        seq, prev = row[0], held
        last_of[row[1]] = seq
    return (seq, prev), last_of


def _verify_anchors(connection: Connection, last_of: Mapping[int, int]) -> Iterator[str]:
    """Check what the operations of this store's own devices say of the log.

    A former device may have gone on elsewhere, with lines that are not in this store: of it only what was written
    here, as far as its own lines here reach, is checked.
    """
    written = {one.ix: one.last for one in formers(connection)}
    (present,) = connection.execute("SELECT value FROM meta WHERE key = 'device'").fetchone()
    for unit, device, first, act, at_ms, header in connection.execute(
        "SELECT unit.id, unit.device, unit.first_seq, unit.act, unit.at_ms, op.header FROM unit JOIN op "
        "ON op.device = unit.device AND op.seq = unit.first_seq AND op.unit = unit.id AND op.space IN "
        "(SELECT ix FROM space) ORDER BY unit.hlc"
    ):
        anchor = _anchor(header)
        if anchor is None:
            continue
        seq, digest = anchor
        reach = last_of.get(device, 0)
        if device != present and (seq > reach or first > written.get(device, first)):
            continue
        act_at = f"“{act}” of {show_instant(from_micros(at_ms * 1000))}"
        if seq:
            row = connection.execute("SELECT hash FROM access_log WHERE seq = ?", (seq,)).fetchone()
            if row is None:
                yield f"access log: line {seq}, which the journal names in the act {act_at}, is not there"
            elif row[0] != digest:
                yield f"access log, line {seq}: it is not the one that the journal names in the act {act_at}"
        if (device == present or seq < reach) and not _has_line(connection, unit):
            yield f"access log: the act {act_at} has no line"


def _has_line(connection: Connection, unit: bytes) -> bool:
    (found,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM access_log WHERE unit = ?)", (unit,)
    ).fetchone()
    return bool(found)


def _anchor(header: Any) -> Anchor | None:
    """The line that an operation's header names; None where it names none or cannot be read."""
    try:
        return parse_operation(header, b"", None).log
    except (ValueError, TypeError):
        return None


def _hash(device_id: bytes, row: Sequence[Any]) -> bytes:
    """The hash of a line: of everything in it, the device by its id and the hash of the line before it."""
    seq, _, at, actor, kind, case_id, unit, said, prev = row
    written = [
        encode(device_id), seq, at, actor, kind, _encoded(case_id), _encoded(unit), said, _encoded(prev),
    ]  # fmt: skip
    try:
        return hashlib.sha256(_DOMAIN + orjson.dumps(written)).digest()
    except TypeError:  # a value of another type than was ever written
        return b""


def _encoded(raw: Any) -> Any:
    return encode(raw) if isinstance(raw, bytes) else raw


def _line(row: Sequence[Any]) -> Line:
    seq, at, actor, kind, case_id, unit, said, digest = row
    return Line(seq, from_micros(at), actor, kind, case_id, unit, _detail(said), digest)


def _detail(said: Any) -> Mapping[str, Any]:
    try:
        detail = orjson.loads(said)
    except (ValueError, TypeError):
        detail = None
    return detail if isinstance(detail, dict) else {}


def _where(filters: Filters) -> tuple[str, tuple[Any, ...]]:
    parts: list[str] = ["1"]
    values: list[Any] = []
    if filters.since is not None:
        parts.append("at >= ?")
        values.append(to_micros(filters.since))
    if filters.until is not None:
        parts.append("at < ?")
        values.append(to_micros(filters.until))
    if filters.kinds:
        parts.append(f"kind IN ({', '.join('?' * len(filters.kinds))})")
        values += filters.kinds
    if filters.case_id is not None:
        parts.append("(case_id = ? OR unit IN (SELECT unit FROM op WHERE op.case_id = ?))")
        values += (filters.case_id, filters.case_id)
    if filters.actor:
        parts.append("actor = ? COLLATE NOCASE")
        values.append(filters.actor)
    if filters.term:
        parts.append("kind = ? AND instr(detail, ?)")
        values += (AccessKind.SEARCH.value, f'"{filters.term}"')
    return " AND ".join(parts), tuple(values)
