"""Proofs about a store: its chains hold, and its tables are what its journal says."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson

from casedesk.model.entities import ENTITIES, Entity, Kind
from casedesk.model.errors import StoreError
from casedesk.model.ids import EntityId, encode
from casedesk.store import access_log
from casedesk.store.connection import Connection, DatabaseError
from casedesk.store.fold import Fold
from casedesk.store.operations import DOMAIN, GENESIS, Operation, OpKind, parse_operation
from casedesk.store.schema import derived_schema, derived_tables, table_name
from casedesk.store.store import Store

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Progress = Callable[[int, int], None]
"""Called with (done, total) now and then."""


@dataclass
class ChainReport:
    """What verifying found: how much was read, and every break in words."""

    operations: int = 0
    chains: int = 0
    disposed: int = 0
    signatures: int = 0
    access_lines: int = 0
    problems: list[str] = field(default_factory=list)


def verify(
    connection: Connection, *, every_signature: bool = False, progress: Progress | None = None
) -> ChainReport:
    """Check the pages of the file, every chain of its journal, and the access log.

    A chain holds when its numbers have no gaps, each header has the hash that the next one names and says what
    its row says, each payload has the hash its header names, and the end is the one noted. A signature over the
    last hash of a chain speaks for all of it; ``every_signature`` checks each one as well.
    Whatever is found, a damaged file too, is a problem of the report, never an exception.
    """
    report = ChainReport()
    try:
        _verify_pages(connection, report)
        (total,) = connection.execute("SELECT count(*) FROM op").fetchone()
        chains = connection.execute(
            "SELECT space, device FROM op UNION SELECT space, device FROM vv ORDER BY space, device"
        ).fetchall()
        disposals = _Disposals(connection)
        for numbers in chains:
            chain = _Chain(connection, report, tuple(numbers), disposals, every_signature)
            chain.verify(lambda: progress(report.operations, total) if progress else None)
        (report.access_lines,) = connection.execute("SELECT count(*) FROM access_log").fetchone()
        report.problems += access_log.verify(connection)
    except DatabaseError:
        report.problems.append("the file is damaged: part of the journal cannot be read")
    return report


def _verify_pages(connection: Connection, report: ChainReport) -> None:
    """Check that every page of the file is as it was written."""
    bad = damaged_pages(connection)
    if bad:
        report.problems.append(f"the file is damaged: {bad} of its pages are not as they were written")


def damaged_pages(connection: Connection) -> int:
    """How many pages of the file are not as they were written. Reads all of it.

    The driver reads the end of a long value on such a page as zeros without a word; only this finds them.
    """
    return len(connection.execute("PRAGMA cipher_integrity_check").fetchall())


class _Disposals:
    """What the disposals of a journal cover: read when the first erased payload is met."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def cover(self, case_id: bytes, device: str, seq: int) -> bool:
        """Whether a disposal erased this operation of a case."""
        return seq <= self._covered.get((case_id, device), 0)

    @cached_property
    def _covered(self) -> dict[tuple[bytes, str], int]:
        covered: dict[tuple[bytes, str], int] = {}
        for case_id, payload in self._db.execute(
            "SELECT case_id, payload FROM op WHERE kind = ?", (OpKind.DISPOSE.value,)
        ):
            with suppress(ValueError, KeyError, TypeError, AttributeError):
                for device, seq in orjson.loads(payload)["fields"]["covers"].items():
                    covered[case_id, device] = max(seq, covered.get((case_id, device), 0))
        return covered


class _Chain:
    """One installation's chain in one space, being verified."""

    def __init__(
        self,
        connection: Connection,
        report: ChainReport,
        numbers: tuple[int, int],
        disposals: _Disposals,
        every_signature: bool,
    ) -> None:
        space, device = numbers
        self._db = connection
        self._disposals = disposals
        self._report = report
        self._numbers = numbers
        self._every_signature = every_signature
        found = connection.execute(
            "SELECT space.id, device.id, sign_pub FROM space JOIN device ON device.ix = ? WHERE space.ix = ?",
            (device, space),
        ).fetchone()
        space_id, device_id, public = found or (b"", b"", None)
        self._author = encode(space_id), encode(device_id)
        self._name = self._author[1][:6] or f"number {device}"
        self._key = _public_key(public)
        report.chains += 1
        if self._key is None:
            report.problems.append(
                f"chain {self._name}: its author's key is not known; no signature can be checked"
            )

    def verify(self, step: Callable[[], None]) -> None:
        """Read the chain from its beginning to its end."""
        seq, hash_, sig = 0, GENESIS, b""
        for row in self._db.execute(
            "SELECT seq, hash, header, sig, payload, hlc, kind, entity, entity_id, case_id, unit FROM op "
            "WHERE space = ? AND device = ? ORDER BY seq",
            self._numbers,
        ):
            self._report.operations += 1
            self._report.disposed += row[4] is None
            problem, digest = self._link(row, seq + 1, hash_)
            if problem:
                self._problem(row[0], problem)
            seq, hash_, sig = row[0], digest, row[3]
            if self._every_signature:
                self._verify_signature(seq, hash_, sig)
            if self._report.operations % 5000 == 0:
                step()
        if seq and not self._every_signature:
            self._verify_signature(seq, hash_, sig)
        noted = self._db.execute(
            "SELECT seq, hash FROM vv WHERE space = ? AND device = ?", self._numbers
        ).fetchone()
        if noted is None or tuple(noted) != (seq, hash_):
            self._report.problems.append(
                f"chain {self._name}: it ends with operation {seq}, and {noted[0] if noted else 'nothing'} was noted "
                "as its end; operations were cut off, added or changed"
            )

    def _problem(self, seq: int, what: str) -> None:
        self._report.problems.append(f"chain {self._name}, operation {seq}: {what}")

    def _verify_signature(self, seq: int, digest: bytes, sig: bytes) -> None:
        from cryptography.exceptions import InvalidSignature

        if self._key is None:
            return
        self._report.signatures += 1
        try:
            self._key.verify(sig, DOMAIN + digest)
        except (InvalidSignature, TypeError):
            self._problem(seq, "the signature does not fit")

    def _link(self, row: Sequence[Any], expected: int, prev: bytes) -> tuple[str, bytes]:
        """What is wrong with an operation's place in the chain, if anything; and the hash of its header."""
        seq, held, header, _, payload, *columns = row
        if not isinstance(header, bytes):
            return "the header cannot be read", b""
        digest = hashlib.sha256(header).digest()
        if seq != expected:
            return f"operation {expected} is missing before it", digest
        if digest != held:
            return "the header was changed", digest
        try:
            said = orjson.loads(header)
            if said["prev"] != encode(prev):
                return "it does not follow the operation before it", digest
            if said["seq"] != seq:
                return "it was renumbered", digest
            if payload is not None and said["payload"] != encode(hashlib.sha256(payload).digest()):
                return "the payload was changed", digest
            hlc, kind, entity, entity_id, case_id, unit = columns
            if (
                (said["hlc"], said["kind"], said["entity"]) != (hlc, kind, entity)
                or (said["space"], said["device"]) != self._author
                or (said["id"], said["case"]) != (encode(entity_id), encode(case_id))
                or said["unit"] != encode(unit)
            ):
                return "its row says something else than its header", digest
            if payload is None and not self._disposals.cover(case_id, self._author[1], seq):
                return "its payload was erased without a disposal", digest
        except (ValueError, KeyError, TypeError):
            return "it cannot be read", digest
        return "", digest


def _public_key(raw: Any) -> "Ed25519PublicKey | None":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        return Ed25519PublicKey.from_public_bytes(raw)
    except (ValueError, TypeError):
        return None


def digests(connection: Connection) -> dict[str, str]:
    """A hash of each derived table's content, independent of local numbering and of the order operations came in.

    Two stores that hold the same operations have equal digests, the queue's when it is of the same moment.
    """
    queue = _digest(
        connection,
        "SELECT cases.id, queue.band, queue.due_at, queue.score, queue.reband_at, queue.stage, queue.owner, "
        "queue.sentence FROM queue JOIN cases ON cases.n = queue.n",
    )
    return {**_provable(connection), "queue": queue}


def _provable(connection: Connection) -> dict[str, str]:
    """Digests of what follows from the journal alone: of the queue which cases are in it, and whose they are."""
    devices = {ix: encode(device_id) for ix, device_id in connection.execute("SELECT ix, id FROM device")}

    def entity_row(row: Sequence[Any]) -> tuple[Any, ...]:
        heads = orjson.loads(row[0])
        return (sorted((devices.get(device, ""), *rest) for device, *rest in heads), *row[1:])

    def device_first(row: Sequence[Any]) -> tuple[Any, ...]:
        return (devices.get(row[0], ""), *row[1:])

    made = {}
    for entity in ENTITIES.values():
        made[entity.name] = _digest(connection, _entity_text(entity), entity_row)
    made["dead"] = _digest(
        connection,
        "SELECT device, entity_id, field, seq FROM dead",
        device_first,
    )
    made["conflict"] = _digest(connection, "SELECT * FROM conflict")
    made["unit"] = _digest(
        connection,
        "SELECT device, id, act, actor, hlc, at_ms, first_seq, last_seq, about FROM unit",
        device_first,
    )
    made["not shown"] = _digest(connection, "SELECT why, operations FROM not_shown")
    made["queue"] = _digest(
        connection, "SELECT cases.id, queue.owner FROM queue LEFT JOIN cases ON cases.n = queue.n"
    )
    return made


def _digest(
    connection: Connection, sql: str, turn: Callable[[Sequence[Any]], tuple[Any, ...]] = tuple
) -> str:
    """A hash of these rows whatever their order: the sum of each one's. Sorting a large table costs far more."""
    total = 0
    for row in connection.execute(sql):
        total += int.from_bytes(hashlib.sha256(repr(turn(row)).encode()).digest())
    return f"{total % 2**256:064x}"


def _entity_text(entity: Entity) -> str:
    """The query that gives each row of an entity as its heads and one text: quicker than sixty columns one by one.

    The mark between columns and the one for “nothing” are characters that no clean text holds.
    """
    columns = (f"hex({of.name})" if of.kind is Kind.REFERENCE else f'"{of.name}"' for of in entity.fields)
    said = ", ".join(f"ifnull({column}, char(1))" for column in columns)
    return (
        f"SELECT heads, concat_ws(char(0), hex(id), hex(case_id), hlc, actor, {said}) "  # noqa: S608
        f"FROM {table_name(entity)}"
    )


@dataclass(frozen=True)
class RebuildReport:
    """What rebuilding found: how many operations were read, and which tables differed from the journal."""

    operations: int
    differing: tuple[str, ...]
    not_shown: dict[str, int]
    quarantined: int = 0
    """Operations that are whole and cannot be applied: kept, not shown."""


class _NotKept(Exception):  # noqa: N818 - says why the transaction ends, not that something is wrong
    """The tables were made anew only to compare them."""


def rebuild(store: Store, progress: Progress | None = None, *, keep: bool = True) -> RebuildReport:
    """Drop every derived table and fold the journal again, in one transaction; report what differed.

    Without ``keep`` the tables stay as they were: it only tells. Where a case stands in the queue depends on the
    time as well as on the journal, so of the queue only its cases and their owners are compared.
    Raises StoreError, with nothing changed, when an operation cannot be read or the store cannot be written.
    """
    db = store.connection
    with _room(db), suppress(_NotKept), store.transaction():
        before = _provable(db)
        operations = _make_anew(store, progress)
        after = _provable(db)
        not_shown = dict(db.execute("SELECT why, operations FROM not_shown").fetchall())
        (quarantined,) = db.execute("SELECT count(*) FROM quarantine").fetchone()
        if not keep:
            raise _NotKept
    differing = tuple(name for name in before if before[name] != after[name])
    return RebuildReport(operations, differing, not_shown, quarantined)


def refold(store: Store) -> None:
    """Drop every derived table and fold the journal again, in the transaction that is open."""
    with _room(store.connection):
        _make_anew(store, None)


def _make_anew(store: Store, progress: Progress | None) -> int:
    """Drop the derived tables, fold the journal into new ones, place every case; how many operations there were."""
    db = store.connection
    for name in _LARGE:
        _empty(db, name)
    for name in derived_tables():
        db.execute(f"DROP TABLE IF EXISTS {name}")
    statements = [statement for statement in derived_schema().split(";\n") if statement.strip()]
    queue_indexes = [statement for statement in statements if "CREATE INDEX queue_" in statement]
    for statement in statements:
        if statement not in queue_indexes:
            db.execute(statement)
    operations = _fold_all(store, progress)
    store.rebuild_queue(store.clock())
    for statement in queue_indexes:  # made from rows that are there they cost a fifth
        db.execute(statement)
    return operations


@contextmanager
def _room(db: Connection) -> Iterator[None]:
    """Let the connection keep 128 MiB of the file in memory: folding goes to and fro in it."""
    (usual,) = db.execute("PRAGMA cache_size").fetchone()
    db.execute("PRAGMA cache_size = -131072")
    try:
        yield
    finally:
        db.execute(f"PRAGMA cache_size = {usual}")


_PIECE = 20_000
_LARGE = (*(table_name(entity) for entity in ENTITIES.values()), "queue", "words_data", "words_docsize")
"""The derived tables that grow with the caseload."""


def _empty(db: Connection, name: str) -> None:
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
    some = f"SELECT rowid FROM {name} ORDER BY rowid LIMIT {_PIECE}"  # noqa: S608 - a table of ours
    while held and db.execute(f"DELETE FROM {name} WHERE rowid IN ({some})").rowcount:  # noqa: S608 - the same
        pass


def _fold_all(store: Store, progress: Progress | None) -> int:
    db = store.connection
    registry = store.registry
    seen: dict[tuple[bytes, bytes], int] = {}
    fold = Fold(
        db,
        device_index=registry.device,
        is_held=lambda space, device, seq: seen.get((space, device), 0) >= seq,
        flush_journal=lambda: None,
    )
    (total,) = db.execute("SELECT count(*) FROM op").fetchone()
    units: dict[bytes, tuple[str, str, int, int, int, int, int, bytes]] = {}
    quarantined: list[tuple[int, int, int]] = []
    done = 0
    for some in _operations(db):
        for entity in ENTITIES.values():
            fold.preload(entity, [EntityId(row[2]) for row in some if row[1] == entity.name])
        for *_, header, sig, payload in some:
            op = _parsed(header, sig, payload, done + 1)
            try:
                fold.apply(op)
            except ValueError:
                quarantined.append((registry.spaces[op.space], registry.device(op.device), op.seq))
            seen[op.space, op.device] = op.seq
            first = units[op.unit][5] if op.unit in units else op.seq
            device = registry.device(op.device)
            units[op.unit] = (op.act, op.actor, device, op.hlc, op.wall_ms, first, op.seq, op.about)
            done += 1
        fold.forget_rows()
        fold.touched.clear()
        if progress:
            progress(done, total)
    db.executemany("INSERT INTO quarantine VALUES (?, ?, ?, 'its content cannot be read')", quarantined)
    db.executemany(
        "INSERT INTO unit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(unit_id, *said) for unit_id, said in units.items()],
    )
    return done


def _parsed(header: bytes, sig: bytes, payload: bytes | None, number: int) -> Operation:
    """An operation that is as it was signed. Raises StoreError when it was damaged: a fold must not paper over that.

    One that is whole and still cannot be applied (another program wrote it) is for the quarantine.
    """
    with suppress(ValueError, TypeError):
        op = parse_operation(header, sig, payload)
        if payload is None or hashlib.sha256(payload).digest() == op.payload_hash:
            return op
    raise StoreError(
        f"Operation {number:,} of the journal cannot be read: nothing was changed.",
        "Run “casedesk store verify”, and restore the latest backup elsewhere.",
    )


def _operations(db: Connection) -> Iterator[list[tuple[int, str, bytes, bytes, bytes, bytes | None]]]:
    """Every operation in the order it came, in batches, so that writing meanwhile does not disturb the reading."""
    last = 0
    while some := db.execute(
        "SELECT n, entity, entity_id, header, sig, payload FROM op WHERE n > ? ORDER BY n LIMIT 2000", (last,)
    ).fetchall():
        yield some
        last = some[-1][0]
