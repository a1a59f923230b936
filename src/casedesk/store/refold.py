"""Makes every derived table anew from the journal, in the transaction that is open."""

import gc
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

from casedesk.model.entities import ENTITIES
from casedesk.model.errors import StoreError
from casedesk.model.ids import EntityId
from casedesk.store.connection import Connection
from casedesk.store.fold import Fold
from casedesk.store.operations import Operation, parse_operation
from casedesk.store.registry import Registry
from casedesk.store.schema import derived_schema, derived_tables, table_name
from casedesk.store.store import Store

Progress = Callable[[int, int], None]
"""Called with (done, total) now and then."""


def make_anew(store: Store, progress: Progress | None) -> int:
    """Drop the derived tables, fold the journal into new ones, place every case; how many operations there were."""
    db = store.connection
    for name, number in _LARGE.items():
        _empty(db, name, number)
    for name in derived_tables():
        db.execute(f"DROP TABLE IF EXISTS {name}")
    statements = [statement for statement in derived_schema().split(";\n") if statement.strip()]
    later = [statement for statement in statements if statement.strip().startswith(_LATER)]
    for statement in statements:
        if statement not in later:
            db.execute(statement)
    operations = _fold_all(store, progress)
    store.rebuild_queue(store.clock())
    for statement in later:
        db.execute(statement)
    return operations


_LATER = tuple(f"CREATE INDEX {table}_" for table in ("cases", "unit", "queue", "due_item"))
"""The indexes that neither folding nor placing asks: made from rows that are there they cost a fifth."""


@contextmanager
def room(db: Connection) -> Iterator[None]:
    """Let the connection keep 128 MiB of the file in memory: folding goes to and fro in it.

    Meanwhile the collector of cycles rests: it would look again and again at all that lives, and nothing here makes a
    cycle.
    """
    (usual,) = db.execute("PRAGMA cache_size").fetchone()
    collects = gc.isenabled()
    db.execute("PRAGMA cache_size = -131072")
    gc.disable()
    try:
        yield
    finally:
        db.execute(f"PRAGMA cache_size = {usual}")
        if collects:
            gc.enable()


_PIECE = 20_000
_LARGE = {
    **{table_name(entity): "n" for entity in ENTITIES.values()},
    "queue": "n",
    "due_item": "n",
    "words_data": "id",
    "words_docsize": "id",
}
"""The derived tables that grow with the caseload, each with the number that it is in order of."""


def _empty(db: Connection, name: str, number: str) -> None:
    """Take everything out of a table piece by piece.

    What is deleted is overwritten (``secure_delete``), and a statement keeps all that it changes in memory until it
    has ended: dropping a table of a million rows at once would take most of a gigabyte.
    """
    held = db.execute(
        "SELECT type, name FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL", (name,)
    ).fetchall()
    for kind, index in held:
        if kind == "index":
            db.execute(f"DROP INDEX {index}")
    first = f"SELECT {number} FROM {name} ORDER BY {number} LIMIT {_PIECE}"  # noqa: S608 - a table of ours
    piece = f"DELETE FROM {name} WHERE {number} <= (SELECT max({number}) FROM ({first}))"  # noqa: S608 - the same
    while held and db.execute(piece).rowcount:
        pass


def _fold_all(store: Store, progress: Progress | None) -> int:
    db = store.connection
    registry = store.registry
    seen = _Seen(registry)
    fold = Fold(db, device_index=registry.device, is_held=seen.has, flush_journal=lambda: None)
    (total,) = db.execute("SELECT count(*) FROM op").fetchone()
    done = 0
    for some in _operations(db):
        _preload(fold, some)
        units: dict[bytes, tuple[int, Operation]] = {}
        for *_, header, payload in some:
            done += 1
            op = _parsed(header, payload, done)
            try:
                if seen.applies(op):
                    fold.apply(op)
            except ValueError:
                db.execute(
                    "INSERT INTO quarantine VALUES (?, ?, ?, 'its content cannot be read')",
                    (registry.spaces[op.space], registry.device(op.device), op.seq),
                )
            seen.add(op)
            units[op.unit] = (units[op.unit][0] if op.unit in units else op.seq, op)
        fold.forget_rows()
        fold.touched.clear()
        _write_units(db, registry, units)
        if progress:
            progress(done, total)
    return done


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


_Stored = tuple[int, str, bytes, bytes, bytes | None]
"""An operation's number in the store, its entity and that one's id, its header and payload."""


def _operations(db: Connection) -> Iterator[list[_Stored]]:
    """Every operation in the order it came, in batches, so that writing meanwhile does not disturb the reading."""
    last = 0
    while some := db.execute(
        "SELECT n, entity, entity_id, header, payload FROM op WHERE n > ? ORDER BY n LIMIT 2000", (last,)
    ).fetchall():
        yield some
        last = some[-1][0]


def _preload(fold: Fold, some: list[_Stored]) -> None:
    """Read the rows that these operations may change."""
    wanted: dict[str, list[EntityId]] = {}
    for _, entity, entity_id, *_ in some:
        wanted.setdefault(entity, []).append(EntityId(entity_id))
    for entity in wanted.keys() & ENTITIES.keys():
        fold.preload(ENTITIES[entity], wanted[entity])


def _parsed(header: bytes, payload: bytes | None, number: int) -> Operation:
    """An operation that is as it was signed. Raises StoreError when it was damaged: a fold must not paper over that.

    One that is whole and still cannot be applied (another program wrote it) is for the quarantine.
    """
    with suppress(ValueError, TypeError):
        op = parse_operation(header, b"", payload)
        if payload is None or hashlib.sha256(payload).digest() == op.payload_hash:
            return op
    raise StoreError(
        f"Operation {number:,} of the journal cannot be read: nothing was changed.",
        "Run “casedesk store verify”, and restore the latest backup elsewhere.",
    )


def _write_units(db: Connection, registry: Registry, units: Mapping[bytes, tuple[int, Operation]]) -> None:
    """Write down the units of some operations: the number of the first, and the last; one may have begun before."""
    db.executemany(
        "INSERT INTO unit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
        "(act, actor, device, hlc, at_ms, last_seq, about) = (excluded.act, excluded.actor, excluded.device, "
        "excluded.hlc, excluded.at_ms, excluded.last_seq, excluded.about)",
        [
            (unit, op.act, op.actor, registry.device(op.device), op.hlc, op.wall_ms, first, op.seq, op.about)
            for unit, (first, op) in units.items()
        ],
    )
