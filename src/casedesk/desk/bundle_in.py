"""Bundles coming in: checked, looked at, taken in, each of them once and whole or not at all."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from casedesk.bundles.body import Signed
from casedesk.bundles.container import Record, Sealed, each_record, open_bundle, signed_by
from casedesk.bundles.manifest import Manifest
from casedesk.bundles.phrase import CHECK_WORDS, words
from casedesk.bundles.refused import RefusedError, damaged
from casedesk.bundles.strict import read_object
from casedesk.desk.desk import Desk
from casedesk.model.entities import ENTITIES
from casedesk.model.ids import EntityId, encode
from casedesk.model.moments import from_micros, to_micros
from casedesk.store.incoming import Author, Incoming, Taken, Why, read_author, taking_in
from casedesk.store.operations import Operation, parse_operation

Progress = Callable[[int, int], None]
"""Called with (done, total) now and then."""
_STEP = 1000


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


class _NotKept(Exception):  # noqa: N818 - ends the transaction of a preview, nothing is wrong
    pass


def verify(desk: Desk, path: Path) -> Verified:
    """Check a bundle: that it opens here, who signed it, that it is for this installation and not too old.

    Raises RefusedError naming what is wrong; nothing is changed.
    """
    sealed = open_bundle(path, desk.store.bundle_identity())
    said = sealed.manifest
    author = read_author(desk.store.connection, said.sender)
    if said.sender == desk.store.identity.device:
        raise RefusedError("addressee", "This bundle was made here.", "Give it to those whom it is for.")
    if author is None:
        raise RefusedError(
            "signature",
            "The sender of this bundle is no member here.",
            "Take in their card first (“casedesk team enrol”), then import it again.",
        )
    signed_by(sealed, author.public)
    if author.upto is not None:
        raise RefusedError(
            "signature",
            f"The laptop of {author.name} was reported lost: nothing is taken in from it.",
            "Give the file to your information security contact.",
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


def preview(desk: Desk, path: Path, progress: Progress | None = None) -> Preview:
    """Say what taking a bundle in would do: it is taken in, looked at, and let go again. Raises RefusedError."""
    bundle = verify(desk, path)
    made: Preview | None = None
    with suppress(_NotKept), _taking(desk, bundle) as incoming:
        counted = _take(desk, bundle, incoming, progress)
        taken = incoming.finish()
        made = Preview(bundle, taken, _by_case(desk, counted), gaps(desk), _conflicts(desk, taken))
        raise _NotKept
    assert made is not None
    return made


def take_in(desk: Desk, path: Path, progress: Progress | None = None) -> Imported:
    """Take a bundle in, all of it in one transaction, and keep the receipt. Raises RefusedError or StoreError.

    Taking in the same bundle again changes nothing.
    """
    bundle = verify(desk, path)
    with _taking(desk, bundle) as incoming:
        _take(desk, bundle, incoming, progress)
        taken = incoming.finish()
        _receive(desk, bundle, taken)
        waiting = tuple(gaps(desk))
    return Imported(bundle, taken, waiting)


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
def _taking(desk: Desk, bundle: Verified) -> Iterator[Incoming]:
    def detail(taken: Taken) -> dict[str, Any]:
        said = bundle.manifest
        return {
            "act": "bundle.import", "kind": said.kind.value, "number": said.number, "operations": taken.new,
            "cases": len(taken.cases),
        }  # fmt: skip

    with taking_in(desk.store, bundle.manifest.sender, detail) as incoming:
        yield incoming


def _take(desk: Desk, bundle: Verified, incoming: Incoming, progress: Progress | None) -> Counter[EntityId]:
    counted: Counter[EntityId] = Counter()
    total, done = bundle.manifest.operations, 0

    def take(record: Record) -> None:
        nonlocal done
        if isinstance(record, Signed):
            op = read_operation(record)
            if incoming.operation(op, loose=record.loose) is None:
                counted[op.case_id] += 1
            done += 1
            if progress and done % _STEP == 0:
                progress(done, total)
        else:
            incoming.attachment(record.sha256, record.content)

    each_record(bundle.path, desk.store.bundle_identity(), bundle.sealed, take)
    return counted


def read_operation(record: Signed) -> Operation:
    """Read an operation that came, closely. Raises RefusedError when it is none, or is not what its header says."""
    import hashlib

    read_object(record.header, "An operation")
    if record.payload is not None:
        read_object(record.payload, "An operation's content")
    try:
        op = parse_operation(record.header, record.sig, record.payload)
    except ValueError:
        raise damaged("record", "an operation in it cannot be read") from None
    if record.payload is not None and hashlib.sha256(record.payload).digest() != op.payload_hash:
        raise damaged("record", "an operation's content is not the one that was signed")
    if not 0 < op.seq < 2**62 or not 0 <= op.hlc < 2**63:
        raise damaged("record", "an operation has a number that none has")
    return op


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
        db.execute(
            "INSERT OR REPLACE INTO peer VALUES (?, ?, ?, ?, ?)",
            (said.sender, have, said.number, to_micros(said.made_at), now),
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


def _conflicts(desk: Desk, taken: Taken) -> list[str]:
    """The fields in conflict in the cases that were changed."""
    found = []
    for case_id in taken.cases:
        for entity, name, ref in desk.store.connection.execute(
            "SELECT conflict.entity, conflict.field, cases.ref FROM conflict LEFT JOIN cases ON cases.id = conflict.case_id "
            "WHERE conflict.case_id = ?",
            (case_id,),
        ):
            known = ENTITIES.get(entity)
            title = known.by_name[name].title if known and name in known.by_name else name
            found.append(f"{ref or '(no reference)'}: {title}")
    return sorted(found)
