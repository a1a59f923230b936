"""Proofs about a store: its chains hold, and its tables are what its journal says."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson

from casedesk.model.entities import ENTITIES, Entity, Kind
from casedesk.model.ids import encode
from casedesk.store import access_log, blobs
from casedesk.store.connection import Connection, DatabaseError
from casedesk.store.operations import DOMAIN, GENESIS, OpKind, parse_operation
from casedesk.store.refold import Progress, make_anew, make_anew_and_compare, room
from casedesk.store.schema import table_name
from casedesk.store.store import Store

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


@dataclass
class ChainReport:
    """What verifying found: how much was read, and every break in words."""

    operations: int = 0
    chains: int = 0
    disposed: int = 0
    signatures: int = 0
    waiting: int = 0
    """Operations that came and could not be taken in."""
    access_lines: int = 0
    problems: list[str] = field(default_factory=list)
    documents: blobs.Held = field(default_factory=lambda: blobs.Held(0, 0))
    """The contents of documents: how many, and their bytes."""
    missing: list[str] = field(default_factory=list)
    """Documents whose content is not here, in words. The store itself is whole."""


def verify(
    connection: Connection, *, every_signature: bool = False, progress: Progress | None = None
) -> ChainReport:
    """Check the pages of the file, every chain of its journal, the access log, and the contents of documents.

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
        _verify_waiting(connection, report)
        (report.access_lines,) = connection.execute("SELECT count(*) FROM access_log").fetchone()
        report.problems += access_log.verify(connection)
        report.documents = blobs.held(connection)
        report.problems += blobs.wrong(connection)
        report.missing += blobs.missing(connection)
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


def _verify_waiting(connection: Connection, report: ChainReport) -> None:
    """Check that what waits is as it came, and that what is set aside or beyond a gap is there."""
    for digest, device, seq, header, payload in connection.execute(
        "SELECT hash, device, seq, header, payload FROM park ORDER BY device, seq"
    ):
        report.waiting += 1
        if not _is_as_it_came(digest, device, seq, header, payload):
            report.problems.append(f"waiting room, operation {seq} of {encode(device)[:6]}: it was changed")
    for table, words in (("loose", "beyond a gap"), ("aside", "set aside")):
        for device, seq in connection.execute(
            f"SELECT one.device, one.seq FROM {table} AS one LEFT JOIN op ON op.device = one.device "  # noqa: S608
            "AND op.seq = one.seq WHERE op.n IS NULL"
        ):
            report.problems.append(
                f"operation {seq} of installation {device} is noted as {words} and is not there"
            )


def _is_as_it_came(digest: bytes, device: bytes, seq: int, header: bytes, payload: bytes | None) -> bool:
    try:
        op = parse_operation(header, b"", payload)
    except ValueError:
        return False
    whole = payload is None or hashlib.sha256(payload).digest() == op.payload_hash
    return whole and (op.hash, op.device, op.seq) == (digest, device, seq)


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
        self._loose = _numbers_in(connection, "loose", device)
        self._aside = _numbers_in(connection, "aside", device)
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
            self._report.disposed += row[4] is None and row[0] not in self._aside
            if row[0] in self._loose:
                self._verify_loose(row)
                continue
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
        if tuple(noted or (0, GENESIS)) != (seq, hash_):  # of a handover alone there is no end to note
            self._report.problems.append(
                f"chain {self._name}: it ends with operation {seq}, and {noted[0] if noted else 'nothing'} was noted "
                "as its end; operations were cut off, added or changed"
            )

    def _verify_loose(self, row: Sequence[Any]) -> None:
        """One beyond a gap, as a handover brings it: no hash leads to it, so its own signature must hold."""
        problem, digest = self._link(row, row[0], None)
        if problem:
            self._problem(row[0], problem)
        self._verify_signature(row[0], digest, row[3])

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

    def _link(self, row: Sequence[Any], expected: int, prev: bytes | None) -> tuple[str, bytes]:
        """What is wrong with an operation's place in the chain, if anything; and the hash of its header.

        ``prev`` is None where what it follows is not here.
        """
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
            if prev is not None and said["prev"] != encode(prev):
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
            if (
                payload is None
                and seq not in self._aside
                and not self._disposals.cover(case_id, self._author[1], seq)
            ):
                return "its payload was erased without a disposal", digest
        except (ValueError, KeyError, TypeError):
            return "it cannot be read", digest
        return "", digest


def _numbers_in(connection: Connection, table: str, device: int) -> set[int]:
    """The operations of an installation that a table names."""
    rows = connection.execute(f"SELECT seq FROM {table} WHERE device = ?", (device,))  # noqa: S608 - a table of ours
    return {seq for (seq,) in rows}


def _public_key(raw: Any) -> "Ed25519PublicKey | None":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        return Ed25519PublicKey.from_public_bytes(raw)
    except (ValueError, TypeError):
        return None


def digests(connection: Connection) -> dict[str, str]:
    """A hash of each derived table's content, independent of local numbering and of the order operations came in.

    Two stores that hold the same operations have equal digests, those of the queue and of what is due when they are
    of the same moment.
    """
    queue = _digest(
        connection,
        "SELECT cases.id, queue.band, queue.due_at, queue.score, queue.reband_at, queue.soon_at, queue.stage, "
        "queue.owner, queue.team, queue.waiting, queue.waiting_since, queue.sentence "
        "FROM queue JOIN cases ON cases.n = queue.n",
    )
    due_items = _digest(
        connection,
        "SELECT cases.id, ordinal, at, band, clock, who, legal, sentence, key, subject "
        "FROM due_item JOIN cases ON cases.n = due_item.n",
    )
    return {**_provable(connection), "queue": queue, "due item": due_items}


def _provable(connection: Connection) -> dict[str, str]:
    """Digests of what follows from the journal alone: of the queue which cases are in it, and whose they are."""
    devices = {ix: encode(device_id) for ix, device_id in connection.execute("SELECT ix, id FROM device")}
    as_text = _entity_text(devices)

    def device_first(row: Sequence[Any]) -> str:
        return repr((devices.get(row[0], ""), *row[1:]))

    made = {}
    for entity in ENTITIES.values():
        made[entity.name] = _digest(connection, _entity_query(entity), as_text)
    made["dead"] = _digest(
        connection,
        "SELECT device, entity_id, case_id, field, seq, hlc FROM dead",
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


def _digest(connection: Connection, sql: str, as_text: Callable[[Sequence[Any]], str] = repr) -> str:
    """A hash of these rows whatever their order: the sum of each one's. Sorting a large table costs far more."""
    total = 0
    for row in connection.execute(sql):
        total += int.from_bytes(hashlib.sha256(as_text(row).encode()).digest())
    return f"{total % 2**256:064x}"


def _entity_query(entity: Entity) -> str:
    """The query that gives each row of an entity as its heads and one text: quicker than sixty columns one by one.

    The mark between columns and the one for “nothing” are characters that no clean text holds.
    """
    columns = (f"hex({of.name})" if of.kind is Kind.REFERENCE else f'"{of.name}"' for of in entity.fields)
    said = ", ".join(f"ifnull({column}, char(1))" for column in columns)
    return (
        f"SELECT heads, concat_ws(char(0), hex(id), hex(case_id), hlc, actor, {said}) "  # noqa: S608
        f"FROM {table_name(entity)}"
    )


def _entity_text(devices: Mapping[int, str]) -> Callable[[Sequence[Any]], str]:
    """Make what writes such a row with its devices by their ids and its heads in one order."""
    names = {str(ix): name for ix, name in devices.items()}

    def text(row: Sequence[Any]) -> str:
        heads, said = row
        if heads.count("[") == 2:  # a single one, as nearly always: there is nothing to sort
            device, _, rest = heads[2:].partition(",")
            return f"{names.get(device, '')},{rest}{said}"
        several = sorted((devices.get(device, ""), *rest) for device, *rest in orjson.loads(heads))
        return f"{several}{said}"

    return text


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
    with room(db), suppress(_NotKept), store.transaction():
        operations, before, after = make_anew_and_compare(store, progress, _provable)
        not_shown = dict(db.execute("SELECT why, operations FROM not_shown").fetchall())
        (quarantined,) = db.execute("SELECT count(*) FROM quarantine").fetchone()
        if not keep:
            raise _NotKept
    differing = tuple(name for name in before if before[name] != after[name])
    return RebuildReport(operations, differing, not_shown, quarantined)


def refold(store: Store) -> None:
    """Drop every derived table and fold the journal again, in the transaction that is open."""
    with room(store.connection):
        make_anew(store, None)
