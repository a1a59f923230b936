"""Proofs about a store: its chains hold, and its tables are what its journal says."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import orjson

from casedesk.model.entities import ENTITIES
from casedesk.model.ids import encode
from casedesk.store.connection import Connection
from casedesk.store.fold import Fold
from casedesk.store.journal import Registry
from casedesk.store.operations import DOMAIN, GENESIS, parse_operation
from casedesk.store.schema import derived_schema, derived_tables, table_name
from casedesk.store.store import Store

Progress = Callable[[int, int], None]
"""Called with (done, total) now and then."""


@dataclass
class ChainReport:
    """What verifying found: how much was read, and every break in words."""

    operations: int = 0
    chains: int = 0
    disposed: int = 0
    signatures: int = 0
    problems: list[str] = field(default_factory=list)


def verify(connection: Connection, *, every_signature: bool = False, progress: Progress | None = None) -> ChainReport:
    """Check every chain: numbers without gaps, each header naming the hash before it, each payload its hash.

    A signature over the last hash of a chain speaks for all of it; ``every_signature`` checks each one as well.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    report = ChainReport()
    (total,) = connection.execute("SELECT count(*) FROM op").fetchone()
    for space, device in connection.execute("SELECT DISTINCT space, device FROM op ORDER BY space, device").fetchall():
        device_id, public = connection.execute("SELECT id, sign_pub FROM device WHERE ix = ?", (device,)).fetchone()
        key = Ed25519PublicKey.from_public_bytes(public) if public else None
        name = encode(device_id)[:6]
        report.chains += 1
        expected, prev = 1, GENESIS
        last: tuple[int, bytes, bytes] | None = None
        for seq, held_hash, header, sig, payload in connection.execute(
            "SELECT seq, hash, header, sig, payload FROM op WHERE space = ? AND device = ? ORDER BY seq", (space, device)
        ):
            report.operations += 1
            digest = hashlib.sha256(header).digest()
            problem = _link_problem(seq, expected, digest, held_hash, prev, header, payload)
            if payload is None:
                report.disposed += 1
            if problem:
                report.problems.append(f"chain {name}, operation {seq}: {problem}")
            if every_signature and key is not None:
                report.signatures += 1
                try:
                    key.verify(sig, DOMAIN + digest)
                except InvalidSignature:
                    report.problems.append(f"chain {name}, operation {seq}: the signature does not fit")
            expected, prev, last = seq + 1, digest, (seq, digest, sig)
            if progress and report.operations % 5000 == 0:
                progress(report.operations, total)
        if last and key is not None and not every_signature:
            report.signatures += 1
            try:
                key.verify(last[2], DOMAIN + last[1])
            except InvalidSignature:
                report.problems.append(f"chain {name}, operation {last[0]}: the signature does not fit")
        held = connection.execute("SELECT seq, hash FROM vv WHERE space = ? AND device = ?", (space, device)).fetchone()
        if last and (held is None or held[0] != last[0] or bytes(held[1]) != last[1]):
            report.problems.append(f"chain {name}: its end is not the one noted; operations were cut off or added")
    return report


def _link_problem(
    seq: int, expected: int, digest: bytes, held: bytes, prev: bytes, header: bytes, payload: bytes | None
) -> str:
    if seq != expected:
        return f"operation {expected} is missing before it"
    if digest != held:
        return "the header was changed"
    try:
        said = orjson.loads(header)
        if said["prev"] != encode(prev):
            return "it does not follow the operation before it"
        if said["seq"] != seq:
            return "it was renumbered"
        if payload is not None and said["payload"] != encode(hashlib.sha256(payload).digest()):
            return "the payload was changed"
    except (ValueError, KeyError, TypeError):
        return "the header cannot be read"
    return ""


def digests(connection: Connection) -> dict[str, str]:
    """A hash of each derived table's content, independent of local numbering: equal tables, equal digests."""
    made = {}
    for entity in ENTITIES.values():
        columns = ", ".join(f'"{of.name}"' for of in entity.fields)
        made[entity.name] = _digest(
            connection,
            f"SELECT id, case_id, hlc, actor, heads, {columns} FROM {table_name(entity)} ORDER BY id",  # noqa: S608
        )
    made["dead"] = _digest(connection, "SELECT * FROM dead ORDER BY entity_id, field, device, seq")
    made["conflict"] = _digest(connection, "SELECT * FROM conflict ORDER BY entity_id, field")
    made["unit"] = _digest(connection, "SELECT * FROM unit ORDER BY id")
    made["queue"] = _digest(
        connection,
        "SELECT cases.id, queue.band, queue.due_at, queue.score, queue.reband_at, queue.stage, queue.owner, "
        "queue.sentence FROM queue JOIN cases ON cases.n = queue.n ORDER BY cases.id",
    )
    return made


def _digest(connection: Connection, sql: str) -> str:
    digest = hashlib.sha256()
    for row in connection.execute(sql):
        digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


@dataclass(frozen=True)
class RebuildReport:
    """What rebuilding found: how many operations were read, and which tables differed from the journal."""

    operations: int
    differing: tuple[str, ...]
    not_shown: dict[str, int]


def rebuild(store: Store, progress: Progress | None = None) -> RebuildReport:
    """Drop every derived table and fold the journal again, in one transaction; report what differed.

    The queue depends on the time as well as on the journal, so it is brought up to now on both sides first.
    """
    now = store.clock()
    db = store.connection
    db.execute("BEGIN IMMEDIATE")
    try:
        store.rebuild_queue(now)
        before = digests(db)
        _drop_derived(db)
        operations = _fold_all(store, progress)
        store.rebuild_queue(now)
        after = digests(db)
        not_shown = dict(db.execute("SELECT why, operations FROM not_shown").fetchall())
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return RebuildReport(operations, tuple(name for name in before if before[name] != after[name]), not_shown)


def _drop_derived(db: Connection) -> None:
    for name in derived_tables():
        db.execute(f"DROP TABLE IF EXISTS {name}")
    for statement in derived_schema().split(";\n"):
        if statement.strip():
            db.execute(statement)


def _fold_all(store: Store, progress: Progress | None) -> int:
    db = store.connection
    registry = Registry(db)
    seen: dict[tuple[bytes, bytes], int] = {}
    fold = Fold(
        db,
        device_index=registry.device,
        is_held=lambda space, device, seq: seen.get((space, device), 0) >= seq,
        flush_journal=lambda: None,
    )
    (total,) = db.execute("SELECT count(*) FROM op").fetchone()
    units: dict[bytes, list[object]] = {}
    done = 0
    for header, sig, payload in _operations(db):
        op = parse_operation(header, sig, payload)
        fold.apply(op)
        seen[op.space, op.device] = op.seq
        unit = units.setdefault(op.unit, [op.act, op.actor, registry.device(op.device), 0, 0, 0])
        unit[3], unit[4] = op.hlc, op.wall_ms
        unit[5] = int(str(unit[5])) + 1
        done += 1
        if done % 2000 == 0:
            fold.forget_rows()
            fold.touched.clear()
            if progress:
                progress(done, total)
    fold.flush()
    db.executemany("INSERT INTO unit VALUES (?, ?, ?, ?, ?, ?, ?)", [(unit_id, *said) for unit_id, said in units.items()])
    return done


def _operations(db: Connection) -> Iterator[tuple[bytes, bytes, bytes | None]]:
    """Every operation in the order it came, in batches, so that writing meanwhile does not disturb the reading."""
    last = 0
    while True:
        some = db.execute("SELECT n, header, sig, payload FROM op WHERE n > ? ORDER BY n LIMIT 2000", (last,)).fetchall()
        if not some:
            return
        for _, header, sig, payload in some:
            yield header, sig, payload
        last = some[-1][0]


