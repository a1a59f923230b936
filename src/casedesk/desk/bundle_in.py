"""Bundles coming in: checked, looked at, taken in, each of them once and whole or not at all."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import orjson

from casedesk.bundles.body import Signed
from casedesk.bundles.container import Record, Sealed, each_record, open_bundle, signed_by
from casedesk.bundles.manifest import Manifest
from casedesk.bundles.phrase import CHECK_WORDS, words
from casedesk.bundles.refused import RefusedError, damaged
from casedesk.bundles.strict import read_object
from casedesk.desk.desk import Desk
from casedesk.model.entities import ENTITIES
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId, encode
from casedesk.model.moments import from_micros, to_micros
from casedesk.model.text import harmless
from casedesk.model.words import MemberState
from casedesk.store.authors import Author, read_author
from casedesk.store.identity import Rotated, drop_false_chains, rotate
from casedesk.store.incoming import DoubtedError, Incoming, Taken, taking_in
from casedesk.store.operations import Operation, parse_operation
from casedesk.store.parked import Why
from casedesk.store.registry import formers

Doubted = Mapping[bytes, int]
"""Above which number the operations of an author must each be signed by itself."""
Progress = Callable[[int, int], None]
"""Called with (done, total) now and then."""
Result = TypeVar("Result")
_STEP = 1000
_LAST_MS = 2**47
"""No clock reading is later (the year 6429)."""
_LAST_SEQ = 2**40
"""No operation has a higher number."""
_LONGEST_WORD = 200
_MOST_PASSES = 4
"""So often a bundle is gone through when something in it is not signed as it should be, before it is refused."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A bundle whose sender, addressee and signature were checked. Nothing of it was taken in."""

    path: Path
    sealed: Sealed
    author: Author
    taken_at: datetime | None
    """When it was taken in before; none where it was not."""

    @property
    def sender(self) -> str:
        """The sender's name."""
        return self.author.name or encode(self.author.id)[:6]

    @property
    def manifest(self) -> Manifest:
        """What it says of itself."""
        return self.sealed.manifest

    @property
    def phrase(self) -> str:
        """Four words to tell this file from another."""
        return words(self.sealed.sha256, CHECK_WORDS)


@dataclass(slots=True)
class Preview:
    """What taking a bundle in would do."""

    bundle: Verified
    taken: Taken
    cases: list[tuple[str, int]] = field(default_factory=list)
    """The occurrences that it changes, with how many operations each; the most first."""
    gaps: list[str] = field(default_factory=list)
    """What is missing before all of it can be taken in, in words."""
    conflicts: list[str] = field(default_factory=list)
    """The fields that would be in conflict: the occurrence, and the field's name."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A bundle that was taken in."""

    bundle: Verified
    taken: Taken
    gaps: tuple[str, ...]
    renewed: Rotated | None = None
    """What came of meeting a copy of this store in it, if one did."""


class _NotKept(Exception):  # noqa: N818 - ends the transaction of a preview, nothing is wrong
    pass


def verify(desk: Desk, path: Path) -> Verified:
    """Check a bundle: that it opens here, who signed it, that it is for this installation and not too old.

    Raises RefusedError naming what is wrong; nothing is changed.
    """
    sealed = _opened(desk, path)
    said = sealed.manifest
    author = read_author(desk.store.connection, said.sender)
    if said.sender == desk.store.identity.device:
        raise RefusedError("own", "This bundle was made here.", "Give it to those whom it is for.")
    state = _state(desk, said.sender)
    if author is None or state is None:
        raise RefusedError(
            "signature",
            "The sender of this bundle is no member here.",
            "Take in their card first (“casedesk team enrol”), then import it again.",
        )
    signed_by(sealed, author.public)
    if state == MemberState.LOST:
        raise RefusedError(
            "signature",
            f"The laptop of {author.name} was reported lost: nothing is taken in from it.",
            "Give the file to your information security contact.",
        )
    if state == MemberState.LEFT:
        raise RefusedError(
            "signature",
            f"{author.name} is no member here any more.",
            "If they are to be one again, enrol their card.",
        )
    if desk.store.identity.device not in said.to:
        raise RefusedError(
            "addressee",
            f"{author.name} made this bundle for others, not for this installation.",
            "Ask them to make one for you.",
        )
    if said.expires is not None and said.expires < desk.now:
        raise RefusedError(
            "expired", "This bundle was to be taken in earlier; it has expired.", "Ask for a new one."
        )
    return Verified(path, sealed, author, _taken_at(desk, sealed))


def _state(desk: Desk, device: bytes) -> str | None:
    """Whether an installation is a member; None where it never was, as a name that a member was told to have had."""
    row = desk.store.connection.execute("SELECT state FROM member WHERE id = ?", (device,)).fetchone()
    return row[0] if row else None


def _opened(desk: Desk, path: Path) -> Sealed:
    try:
        return open_bundle(path, desk.store.bundle_identity())
    except RefusedError as refused:
        if refused.code != "key" or not formers(desk.store.connection):
            raise
        raise RefusedError(
            "key",
            "The bundle is not for this installation, or for the name that it had before it was restored or copied.",
            "Give the sender your new card, and ask for another bundle: it will hold everything.",
        ) from None


def preview(desk: Desk, path: Path, progress: Progress | None = None) -> Preview:
    """Say what taking a bundle in would do: it is taken in, looked at, and let go again. Raises RefusedError."""
    bundle = verify(desk, path)
    made: list[Preview] = []
    known = _disputed(desk)

    def look(doubted: Doubted) -> None:
        with suppress(_NotKept), _taking(desk, bundle, doubted, look=True) as incoming:
            counted = _take(desk, bundle, incoming, progress)
            taken = incoming.finish()
            made.append(Preview(bundle, taken, _by_case(desk, counted), gaps(desk), _conflicts(desk, known)))
            raise _NotKept

    _until_believed(look)
    return made[0]


def take_in(desk: Desk, path: Path, progress: Progress | None = None) -> Imported:
    """Take a bundle in, all of it in one transaction, and keep the receipt. Raises RefusedError or StoreError.

    Taking in the same bundle again changes nothing.
    """
    bundle = verify(desk, path)

    def take(doubted: Doubted) -> tuple[Taken, tuple[str, ...]]:
        with _taking(desk, bundle, doubted) as incoming:
            _take(desk, bundle, incoming, progress)
            taken = incoming.finish()
            _receive(desk, bundle, taken)
            return taken, tuple(gaps(desk))

    taken, waiting = _until_believed(take)
    renewed = rotate(desk.store)
    drop_false_chains(desk.store)
    return Imported(bundle, taken, tuple(gaps(desk)) if renewed else waiting, renewed)


def _until_believed(take: Callable[[Doubted], Result]) -> Result:
    """Go through a bundle; again, knowing how far each author may be believed, when a run in it was not signed."""
    doubted: dict[bytes, int] = {}
    for _ in range(_MOST_PASSES):
        try:
            return take(doubted)
        except DoubtedError as error:
            doubted |= {device: min(upto, doubted.get(device, upto)) for device, upto in error.upto.items()}
    return take(doubted)


def gaps(desk: Desk) -> list[str]:
    """What is missing before everything that came can be taken in: “needs 41–57 from Desk 3”."""
    said = []
    db = desk.store.connection
    for device, first in db.execute(
        "SELECT device, min(seq) FROM park WHERE why = ? GROUP BY device", (Why.GAP.value,)
    ).fetchall():
        row = db.execute(
            "SELECT max(vv.seq), device.name FROM device LEFT JOIN vv ON vv.device = device.ix WHERE device.id = ?",
            (device,),
        ).fetchone()
        held, name = (row[0] or 0, row[1]) if row else (0, "")
        missing = f"{held + 1}" if first == held + 2 else f"{held + 1}–{first - 1}"
        said.append(f"needs {missing} from {name or encode(device)[:6]}")
    return said


@contextmanager
def _taking(desk: Desk, bundle: Verified, doubted: Doubted, *, look: bool = False) -> Iterator[Incoming]:
    def detail(taken: Taken) -> dict[str, Any]:
        said = bundle.manifest
        return {
            "act": "bundle.import", "kind": said.kind.value, "number": said.number, "operations": taken.new,
            "cases": len(taken.cases),
        }  # fmt: skip

    with taking_in(desk.store, bundle.manifest.sender, detail, look=look, doubted=doubted) as incoming:
        yield incoming


def _take(desk: Desk, bundle: Verified, incoming: Incoming, progress: Progress | None) -> Counter[EntityId]:
    counted: Counter[EntityId] = Counter()
    total, done = bundle.manifest.operations, 0
    waiting: list[tuple[Operation, bool]] = []

    def take_waiting() -> None:
        nonlocal done
        incoming.expect([op for op, _ in waiting])
        for op, loose in waiting:
            before = incoming.taken.new + incoming.taken.filled
            incoming.operation(op, loose=loose)
            if incoming.taken.new + incoming.taken.filled > before:
                counted[op.case_id] += 1
        done += len(waiting)
        waiting.clear()
        if progress:
            progress(done, total)

    def take(record: Record) -> None:
        if isinstance(record, Signed):
            waiting.append((read_operation(record), record.loose))
            if len(waiting) == _STEP:
                take_waiting()
        else:
            take_waiting()
            incoming.attachment(record.sha256, record.content)

    each_record(bundle.path, desk.store.bundle_identity(), bundle.sealed, take)
    take_waiting()
    return counted


def read_operation(record: Signed) -> Operation:
    """Read an operation that came, closely. Raises RefusedError when it is none, or is not what its header says."""
    import hashlib

    said = read_object(record.header, "An operation")
    if record.payload is not None:
        read_object(record.payload, "An operation's content")
    try:
        op = parse_operation(record.header, record.sig, record.payload, said)
    except ValueError:
        raise damaged("record", "an operation in it cannot be read") from None
    if record.payload is not None and hashlib.sha256(record.payload).digest() != op.payload_hash:
        raise damaged("record", "an operation's content is not the one that was signed")
    if not _is_plain(op):
        raise damaged("record", "an operation has a number or a word that none has")
    return op


def _is_plain(op: Operation) -> bool:
    """Whether the header's numbers are in the range that casedesk writes, and its words those of one line."""
    return (
        0 < op.seq < _LAST_SEQ
        and 0 <= op.hlc < 2**63
        and 0 <= op.wall_ms < _LAST_MS
        and 0 <= op.as_at < _LAST_MS
        and 0 < op.schema < 2**31
        and len(op.about) in (0, 16)
        and _is_line(op.kind) and _is_line(op.entity) and _is_line(op.act) and _is_line(op.actor)
        and all(map(_is_line, op.over))
        and all(0 < seq < _LAST_SEQ for dots in op.over.values() for _, seq in dots)
    )  # fmt: skip


@lru_cache(4096)
def _is_line(word: str) -> bool:
    return len(word) <= _LONGEST_WORD and "\n" not in word and harmless(word) == word


def _receive(desk: Desk, bundle: Verified, taken: Taken) -> None:
    """Keep the receipt, and what the sender says that it holds."""
    said, db, now = bundle.manifest, desk.store.connection, to_micros(desk.now)
    db.execute(
        "INSERT OR IGNORE INTO receipt VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            bundle.sealed.sha256, said.sender, said.number, said.kind.value, to_micros(said.made_at), now, taken.new,
            taken.held, sum(taken.parked.values()),
        ),
    )  # fmt: skip
    held = db.execute("SELECT number FROM peer WHERE device = ?", (said.sender,)).fetchone()
    if held is None or held[0] <= said.number:  # an older bundle that comes late knows less
        have = orjson.dumps({encode(device): seq for device, seq in said.have.items()}).decode()
        lacks = orjson.dumps([encode(case_id) for case_id in said.lacks]).decode()
        ends = {encode(device): [said.have[device], encode(end)] for device, end in said.ends.items()}
        db.execute(
            "INSERT OR REPLACE INTO peer VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                said.sender,
                have,
                lacks,
                said.number,
                to_micros(said.made_at),
                now,
                orjson.dumps(ends).decode(),
            ),
        )


def _taken_at(desk: Desk, sealed: Sealed) -> datetime | None:
    row = desk.store.connection.execute(
        "SELECT came_at FROM receipt WHERE sha256 = ?", (sealed.sha256,)
    ).fetchone()
    return from_micros(row[0]) if row else None


def _by_case(desk: Desk, counted: Counter[EntityId]) -> list[tuple[str, int]]:
    """The occurrences that were changed, by their references."""
    found = []
    for case_id, count in counted.most_common():
        row = desk.store.connection.execute("SELECT ref FROM cases WHERE id = ?", (case_id,)).fetchone()
        if row is not None:
            found.append((row[0] or "(no reference)", count))
    return found


def _disputed(desk: Desk) -> set[tuple[bytes, str, str]]:
    """The fields that are in dispute, by entity."""
    return set(desk.store.connection.execute("SELECT entity_id, entity, field FROM conflict"))


def _conflicts(desk: Desk, known: set[tuple[bytes, str, str]]) -> list[str]:
    """The fields that came to be in dispute, besides those that were."""
    found = []
    for entity_id, entity, name in _disputed(desk) - known:
        row = desk.store.connection.execute(
            "SELECT conflict.case_id, cases.ref FROM conflict LEFT JOIN cases ON cases.id = conflict.case_id "
            "WHERE conflict.entity_id = ? AND conflict.entity = ? AND conflict.field = ?",
            (entity_id, entity, name),
        ).fetchone()
        where = "(team)" if row[0] == TEAM else row[1] or "(no reference)"
        of = ENTITIES.get(entity)
        found.append(f"{where}: {of.by_name[name].title if of and name in of.by_name else name}")
    return sorted(found)
