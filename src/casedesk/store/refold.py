"""Makes every derived table anew from the journal, in the transaction that is open."""

import gc
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from casedesk.model.entities import ENTITIES
from casedesk.model.errors import StoreError
from casedesk.model.ids import EntityId
from casedesk.store import queue_upkeep
from casedesk.store.connection import Connection, connect
from casedesk.store.fold import Fold, why_unfit
from casedesk.store.helper import Helper, Task, helping
from casedesk.store.operations import SCHEMA, Operation, parse_operation
from casedesk.store.registry import Registry
from casedesk.store.schema import derived_schema, derived_tables, table_name
from casedesk.store.store import Store
from casedesk.store.units import Units

Progress = Callable[[int, int], None]
"""Called with (done, total) now and then."""
_Read = tuple[tuple[Any, ...], dict[str, Any] | None]
"""An operation's parts, and what its payload says of fields; None when that cannot be read."""
Digests = Mapping[str, str]
"""A hash of what each derived table says."""


def make_anew(store: Store, progress: Progress | None) -> None:
    """Drop the derived tables, fold the journal into new ones, place every case.

    All in this process, on the connection of the transaction: what was written in it before is read too.
    """
    db = store.connection
    here = partial(_read_some, db)
    placing = queue_upkeep.placing(store.clock(), store.packs)
    later = _empty_tables(db)
    _fill_tables(store, progress, Helper(), Task(here, here), placing)
    _index(db, later)


def make_anew_and_compare(
    store: Store, progress: Progress | None, compared: Callable[[Connection], Digests]
) -> tuple[int, Digests, Digests]:
    """The same with the help of other processes, which read what is saved: nothing may have been written before.

    Gives how many operations there were, and what ``compared``, a function that another process can import, makes of
    the store as it was and as it is.
    """
    db = store.connection
    aside = partial(_aside, store.places.store, store.key)
    before = Task(partial(_as_saved, store, compared), partial(aside, partial(_of_connection, compared)))
    reading = Task(partial(_read_some, db), partial(aside, _read_some))
    placing = queue_upkeep.placing(store.clock(), store.packs)
    (is_long,) = db.execute("SELECT coalesce(max(n), 0) >= ? FROM op", (MANY,)).fetchone()
    with helping((before, reading, placing), wanted=bool(is_long)) as helper:
        later = _empty_tables(db)
        operations = _fill_tables(store, progress, helper, reading, placing)
        was = helper.begin(before)  # only now: whoever does it does nothing else for long
        _index(db, later)
        now = compared(db)
        return operations, helper.finish(was), now


def _fill_tables(
    store: Store, progress: Progress | None, helper: Helper, reading: Task, placing: Task
) -> int:
    db = store.connection
    total, last = db.execute("SELECT count(*), coalesce(max(n), 0) FROM op").fetchone()
    _fold_all(store, helper.in_order(reading, _pieces(last)), total, progress)
    queue_upkeep.fill(db, helper, placing)
    return int(total)


def _index(db: Connection, statements: list[str]) -> None:
    """Make the indexes that were left for later. What is sorted is held in memory, so the cache must be small."""
    db.execute(f"PRAGMA cache_size = -{_FEW_KIB}")
    for statement in statements:
        db.execute(statement)


def _of_connection(compared: Callable[[Connection], Digests], connection: Connection, _: None) -> Digests:
    return compared(connection)


def _as_saved(store: Store, compared: Callable[[Connection], Digests], _: None) -> Digests:
    with closing(store.reader(lean=True)) as saved:
        return compared(saved)


@lru_cache(1)
def _reader(path: Path, key: bytes) -> Connection:
    """This process's own connection to the store, for as long as it lives."""
    return connect(path, key, read_only=True, cache_kib=_FEW_KIB)


def _aside(path: Path, key: bytes, work: Callable[[Connection, Any], Any], given: Any) -> Any:
    """Do something with the store as it was last saved."""
    return work(_reader(path, key), given)


def _empty_tables(db: Connection) -> list[str]:
    """Drop the derived tables and make new ones; the statements for what is made later.

    They are emptied before they are dropped: a page that is dropped is overwritten (``secure_delete``), and dropping
    keeps what was there in memory until it has ended, which emptying does not.
    """
    for name in _LARGE:
        if db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)).fetchone():
            db.execute(f"DELETE FROM {name}")  # noqa: S608 - a table of ours
    for name in derived_tables():
        db.execute(f"DROP TABLE IF EXISTS {name}")
    statements = [statement for statement in derived_schema().split(";\n") if statement.strip()]
    later = [statement for begun in _LATER for statement in statements if statement.strip().startswith(begun)]
    for statement in statements:
        if statement not in later:
            db.execute(statement)
    return later


MANY = 60_000
"""From so many operations on another process saves more time than it costs to begin."""
_FEW_KIB = 16 * 1024
_LATER = tuple(f"CREATE INDEX {table}_" for table in ("cases", "unit", "queue", "due_item"))
"""The indexes that neither folding nor placing asks: made from rows that are there they cost a fifth.

Those of the largest table come first: reading it through empties the cache, and sorting takes the room.
"""


@contextmanager
def room(db: Connection, kib: int = 128 * 1024) -> Iterator[None]:
    """Let the connection keep so much of the file in memory (128 MiB): folding goes to and fro in it.

    Meanwhile the collector of cycles rests: it would look again and again at all that lives, and nothing here makes a
    cycle.
    """
    (usual,) = db.execute("PRAGMA cache_size").fetchone()
    collects = gc.isenabled()
    db.execute(f"PRAGMA cache_size = -{kib}")
    gc.disable()
    try:
        yield
    finally:
        db.execute(f"PRAGMA cache_size = {usual}")
        if collects:
            gc.enable()


_LARGE = (
    *(table_name(entity) for entity in ENTITIES.values()),
    "queue",
    "due_item",
    "words_data",
    "words_docsize",
)
"""The derived tables that grow with the caseload."""


def _fold_all(store: Store, pieces: Iterable[list[_Read]], total: int, progress: Progress | None) -> None:
    db = store.connection
    registry = store.registry
    seen = _Seen(registry)
    fold = Fold(db, device_index=registry.device, is_held=seen.has, flush_journal=lambda: None)
    done = 0
    for some in pieces:
        operations = [(Operation._make(op), fields) for op, fields in some]
        _preload(fold, operations)
        units = Units()
        for op, fields in operations:
            try:
                if seen.applies(op):
                    fold.apply(op, fields)
            except ValueError as error:
                db.execute(
                    "INSERT INTO quarantine VALUES (?, ?, ?, ?)",
                    (registry.spaces[op.space], registry.device(op.device), op.seq, why_unfit(error)),
                )
            seen.add(op)
            units.add(op)
        fold.forget_rows()
        fold.touched.clear()
        units.write(db, registry)
        done += len(operations)
        if progress and done:
            progress(done, total)


class _Seen:
    """What was folded so far: of each chain up to where, and what beyond a gap; what is set aside never was."""

    def __init__(self, registry: Registry) -> None:
        self._devices = registry.devices
        self._aside = registry.aside
        self._reached: dict[bytes, int] = {}
        self._beyond: set[tuple[bytes, int]] = set()

    def applies(self, op: Operation) -> bool:
        """Whether an operation is applied, and not only held."""
        return not self._aside or (self._devices[op.device], op.seq) not in self._aside

    def has(self, _space: bytes, device: bytes, seq: int) -> bool:
        """Whether an operation was applied already."""
        if self._aside and (self._devices.get(device, 0), seq) in self._aside:
            return False
        return self._reached.get(device, 0) >= seq or (device, seq) in self._beyond

    def add(self, op: Operation) -> None:
        """Note an operation."""
        device, seq = op.device, op.seq
        if seq != self._reached.get(device, 0) + 1:
            self._beyond.add((device, seq))
            return
        while self._beyond and (device, seq + 1) in self._beyond:
            seq += 1
            self._beyond.discard((device, seq))
        self._reached[device] = seq


_PIECE = 1_000


def _pieces(last: int) -> Iterator[tuple[int, int]]:
    """The numbers of all operations in pieces: after which, up to which."""
    for after in range(0, last, _PIECE):
        yield after, after + _PIECE


def _read_some(db: Connection, piece: tuple[int, int]) -> list[_Read]:
    """Read the operations of a piece in the order they came. Raises StoreError when one is damaged."""
    return [
        _parsed(*stored)
        for stored in db.execute(
            "SELECT n, hash, header, payload FROM op WHERE n > ? AND n <= ? ORDER BY n", piece
        ).fetchall()
    ]


def _preload(fold: Fold, operations: list[tuple[Operation, Any]]) -> None:
    """Read the rows that these operations may change."""
    wanted: dict[str, list[EntityId]] = {}
    for op, _ in operations:
        wanted.setdefault(op.entity, []).append(op.entity_id)
    for entity in wanted.keys() & ENTITIES.keys():
        fold.preload(ENTITIES[entity], wanted[entity])


def _parsed(number: int, digest: bytes, header: bytes, payload: bytes | None) -> _Read:
    """An operation that is as it was signed. Raises StoreError when it was damaged: a fold must not paper over that.

    One that is whole and still cannot be applied (another program wrote it) is for the quarantine.
    """
    with suppress(ValueError, TypeError):
        op = parse_operation(header, b"", payload)
        if op.hash == digest and (payload is None or hashlib.sha256(payload).digest() == op.payload_hash):
            return tuple(op), _fields(op)
    raise StoreError(
        f"Operation {number:,} of the journal cannot be read: nothing was changed.",
        "Run “casedesk store verify”, and restore the latest backup elsewhere.",
    )


def _fields(op: Operation) -> dict[str, Any] | None:
    """What an operation says of fields; None where the fold must see for itself that it cannot be read."""
    if op.schema > SCHEMA:
        return None
    with suppress(ValueError):
        return op.body().get("fields") or {}
    return None
