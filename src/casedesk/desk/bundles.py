"""Bundles going out: for whom, what of the journal, into which folder; and what is in no bundle yet."""

import os
import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from casedesk import __version__
from casedesk.bundles.container import Record, Written, each_record, open_bundle, signed_by, write_bundle
from casedesk.bundles.manifest import END, BundleKind, Manifest
from casedesk.bundles.phrase import CHECK_WORDS, words
from casedesk.bundles.refused import RefusedError
from casedesk.desk import bundle_parts, bundle_rest
from casedesk.desk.access import disclosed
from casedesk.desk.bundle_documents import Load
from casedesk.desk.desk import Desk
from casedesk.desk.restricted import hidden_from
from casedesk.desk.team import Colleague
from casedesk.model.errors import BadInputError, StoreError
from casedesk.model.ids import EntityId, decode, encode
from casedesk.model.moments import to_micros
from casedesk.model.text import clean, counted
from casedesk.store import outgoing
from casedesk.store.connection import Connection
from casedesk.store.outgoing import Going

if TYPE_CHECKING:
    from pyrage.x25519 import Recipient

SUFFIX = ".casebundle"
_STEP = 1000


@dataclass(frozen=True, slots=True)
class Exported:
    """A bundle that was written and read back."""

    path: Path
    manifest: Manifest
    sha256: bytes
    bytes: int
    names: tuple[str, ...]
    """Whom it is for."""
    withheld: int = 0
    """The restricted cases that went without their content, because not all of those may read them."""
    left: int = 0
    """The documents whose content had no room in it: the next bundles bring them."""
    to_come: int = 0
    """The operations that had no room in it: the next bundle for the same members goes on with them."""

    @property
    def documents_left(self) -> str:
        """What is to be said of the documents that had no room; empty where all had."""
        if not self.left:
            return ""
        when = "they come once the members have answered" if self.to_come else "the next bundles bring them"
        return f"{counted(self.left, 'document')} did not fit: {when}."

    @property
    def phrase(self) -> str:
        """Four words to tell this file from another when it is read out."""
        return words(self.sha256, CHECK_WORDS)


def export(
    desk: Desk,
    to: Sequence[Colleague],
    folder: Path,
    *,
    kind: BundleKind = BundleKind.INCREMENTAL,
    cases: Collection[EntityId] = (),
    reason: str = "",
    expires: datetime | None = None,
    medium: EntityId | None = None,
    progress: Callable[[int], None] | None = None,
) -> Exported:
    """Write a bundle for these members into a folder; it has its name only once it was read back whole.

    What is restricted to others goes without its content. ``progress`` is called now and then with how many records
    are written; what it raises ends the writing. Raises BadInputError when it is for nobody, or for somebody
    who left; StoreError when it cannot be written; RefusedError when it is too large. Nothing is left behind then.
    """
    check(desk, to, kind, cases, folder)
    devices = tuple(one.id for one in to)
    with desk.reading() as reading:
        reading.execute("BEGIN")
        manifest = manifest_of(desk, reading, kind, devices, reason, expires)
        disclosed(
            desk,
            "bundle",
            len(cases) or None,
            reason=reason,
            kind=kind.value,
            number=manifest.number,
            to=len(to),
        )
        load = Load(reading, _turn(reading, kind, devices))
        asked = _asked(desk, reading, kind, devices)
        reached = _floors(desk, reading, kind, devices)
        going = _going(desk, reading, kind, devices, cases, reached)
        records = load.records(going, asked, lambda: outgoing.at_once(reading, reached))
        if progress is not None:
            records = _telling(records, progress)
        path, wrote = _written(desk, folder, manifest, records, to)
        held = reached if load.is_cut else outgoing.have(reading)
        to_come = outgoing.to_come(reading, reached) if load.is_cut else 0
    _note(desk, wrote, devices, medium, held.get(desk.store.identity.device, 0), reached if to_come else None)
    withheld = _withheld(desk, devices) if kind in (BundleKind.FULL, BundleKind.INCREMENTAL) else 0
    names = tuple(one.name for one in to)
    return Exported(path, wrote.manifest, wrote.sha256, wrote.bytes, names, withheld, load.left, to_come)


def _withheld(desk: Desk, devices: Collection[bytes]) -> int:
    """How many of the cases that are shown here not all of these installations may read."""
    return sum(
        desk.store.connection.execute("SELECT 1 FROM cases WHERE id = ?", (case_id,)).fetchone() is not None
        for case_id in hidden_from(desk, devices)
    )


def not_in_a_bundle(desk: Desk) -> int:
    """How many acts of this installation are in no bundle yet: they exist on this machine alone."""
    return outgoing.not_in_a_bundle(desk.store.connection, desk.store.device)


def floors(desk: Desk, devices: Sequence[bytes]) -> dict[bytes, int]:
    """Above which operation of each installation these members may lack something: what they last said they hold.

    Of a chain that ends otherwise with them than here nothing counts as held: two copies of a store wrote it.
    """
    held = [_in_common(desk, device) for device in devices]
    known = set().union(*held) if held else set()
    return {device: min(one.get(device, 0) for one in held) for device in known}


def lacked(desk: Desk, devices: Sequence[bytes]) -> frozenset[EntityId]:
    """The cases, and the documents, whose content one or another of these members said that it lacks."""
    found: set[EntityId] = set()
    for device in devices:
        row = desk.store.connection.execute("SELECT lacks FROM peer WHERE device = ?", (device,)).fetchone()
        found.update(EntityId(decode(one)) for one in orjson.loads(row[0])) if row else None
    return frozenset(found)


def told(desk: Desk, device: bytes) -> dict[bytes, int]:
    """What a member last said that it holds."""
    row = desk.store.connection.execute("SELECT have FROM peer WHERE device = ?", (device,)).fetchone()
    return {decode(one): int(seq) for one, seq in orjson.loads(row[0]).items()} if row else {}


def _in_common(desk: Desk, device: bytes) -> dict[bytes, int]:
    """What a member last said that it holds, without the chains in which it holds something else."""
    held = told(desk, device)
    db, numbers = desk.store.connection, desk.store.registry.devices
    row = db.execute("SELECT ends FROM peer WHERE device = ?", (device,)).fetchone()
    if held.get(desk.store.identity.device, 0) > outgoing.have(db).get(desk.store.identity.device, 0):
        del held[
            desk.store.identity.device
        ]  # nobody holds what is not written: a copy of this store wrote it
    for name, (seq, end) in orjson.loads(row[0]).items() if row else ():
        chain = decode(name)
        found = db.execute(
            "SELECT hash FROM op WHERE device = ? AND seq = ?", (numbers.get(chain), seq)
        ).fetchone()
        if found is not None and found[0][:END] != decode(end):
            held.pop(chain, None)
    return held


def check(
    desk: Desk, to: Sequence[Colleague], kind: BundleKind, cases: Collection[EntityId], folder: Path
) -> None:
    """Raise BadInputError when such a bundle cannot be made: before anything else is done for it."""
    if not to:
        raise BadInputError(
            "The bundle is for nobody.", "Name at least one member: see “casedesk team list”."
        )
    for one in to:
        if not one.is_active:
            raise BadInputError(f"{one.name} is no member any more.", "Leave them out, or enrol them again.")
    if (kind is BundleKind.CASES) != bool(cases):
        raise BadInputError(
            "A bundle of cases needs cases, and no other takes any.", "Name the cases to hand over."
        )
    if hidden_from(desk, [one.id for one in to]) & set(cases):
        raise BadInputError(
            "A restricted case would go to somebody who may not read it.",
            "Add them to those who may, or leave the case out.",
        )
    try:
        is_there = folder.is_dir()
    except OSError as error:
        raise BadInputError(
            f"The folder {folder} cannot be read ({type(error).__name__}).",
            "Check the drive and its permissions.",
        ) from None
    if not is_there:
        raise BadInputError(f"There is no folder {folder}.", "Plug the stick in, or name another folder.")


def manifest_of(
    desk: Desk,
    reading: Connection,
    kind: BundleKind,
    devices: tuple[bytes, ...],
    reason: str,
    expires: datetime | None,
) -> Manifest:
    """What the next bundle says of itself, but for what its records decide."""
    me = desk.store.identity
    (number,) = reading.execute("SELECT coalesce(max(number), 0) + 1 FROM outgoing").fetchone()
    return Manifest(
        kind=kind, sender=me.device, space=me.space, number=number, made_at=desk.now, program=__version__,
        to=devices, have=outgoing.have(reading), ends=_ends(reading), lacks=outgoing.lacks(reading),
        operations=0, attachments=0, raw_bytes=0, body_sha256=b"",
        marking=desk.settings.marking, reason=clean(reason)[:500], expires=expires,
        log_head=desk.store.access.head()[1],
    )  # fmt: skip


def _ends(reading: Connection) -> dict[bytes, bytes]:
    """The beginning of the hash of the last operation that is held of each chain without a gap."""
    return {
        bytes(device): bytes(digest[:END])
        for device, digest in reading.execute(
            "SELECT device.id, vv.hash FROM vv JOIN device ON device.ix = vv.device WHERE vv.seq > 0"
        )
    }


def _floors(desk: Desk, reading: Connection, kind: BundleKind, devices: Sequence[bytes]) -> dict[bytes, int]:
    """Above which operation of each chain a bundle begins: what they said they hold, or where the last stopped."""
    if kind not in (BundleKind.FULL, BundleKind.INCREMENTAL):
        return {}
    rest = bundle_rest.rest_of(desk, kind, devices)
    if rest is None:
        return floors(desk, devices) if kind is BundleKind.INCREMENTAL else {}
    held = []
    for device in devices:
        known = _in_common(desk, device)
        if bundle_rest.last_from(reading, device) == rest.spoke.get(device):
            known |= {one: max(seq, known.get(one, 0)) for one, seq in rest.reached.items()}
        held.append(known)
    return {device: min(one.get(device, 0) for one in held) for device in set().union(*held)}


def _going(
    desk: Desk, reading: Connection, kind: BundleKind, devices: Sequence[bytes], cases: Collection[EntityId],
    reached: dict[bytes, int],
) -> Iterator[Going]:  # fmt: skip
    """What a bundle takes along, beginning above what was ``reached`` of each chain, which is told how far it goes."""
    match kind:
        case BundleKind.ACK:
            return iter(())
        case BundleKind.CASES:
            return outgoing.of_cases(reading, cases)
        case BundleKind.FULL:
            return outgoing.above(reading, dict(reached), hidden_from(desk, devices), reached)
        case BundleKind.INCREMENTAL:
            hidden = hidden_from(desk, devices)
            return chain(
                outgoing.above(reading, dict(reached), hidden, reached),
                outgoing.contents(reading, lacked(desk, devices) - hidden),
            )


def _telling(records: Iterator[Record], progress: Callable[[int], None]) -> Iterator[Record]:
    for number, record in enumerate(records, 1):
        if number % _STEP == 0:
            progress(number)
        yield record


def _asked(desk: Desk, reading: Connection, kind: BundleKind, devices: Sequence[bytes]) -> list[bytes]:
    """The hashes of the contents that these members asked for and may have."""
    if kind not in (BundleKind.FULL, BundleKind.INCREMENTAL):
        return []
    return outgoing.asked_documents(reading, lacked(desk, devices), hidden_from(desk, devices))


def _turn(reading: Connection, kind: BundleKind, devices: Sequence[bytes]) -> int:
    """How many bundles of this kind went to these members since the one who was silent longest last spoke."""
    spoke = [
        reading.execute("SELECT coalesce(max(came_at), 0) FROM peer WHERE device = ?", (device,)).fetchone()
        for device in devices
    ]
    (count,) = reading.execute(
        "SELECT count(*) FROM outgoing WHERE kind = ? AND members = ? AND made_at >= ?",
        (kind.value, _members(devices), min(since for (since,) in spoke)),
    ).fetchone()
    return int(count)


def _members(devices: Sequence[bytes]) -> str:
    """Installations as they are noted with what went to them."""
    return orjson.dumps([encode(device) for device in devices]).decode()


def _written(
    desk: Desk, folder: Path, manifest: Manifest, records: Iterator[Record], to: Sequence[Colleague]
) -> tuple[Path, Written]:
    """Write beside the final name, sync, read back as a colleague would, then give it the name."""
    # No name or reference in it: whoever finds the stick learns nothing from the list of its files.
    path = folder / f"{secrets.token_hex(6)}{SUFFIX}"
    part = path.with_suffix(f"{SUFFIX}{bundle_parts.PART}")
    try:
        with bundle_parts.writing(desk, part):
            wrote = _checked(desk, part, path, manifest, records, to)
    except OSError as error:
        raise StoreError(
            f"No bundle could be written in {folder} ({error.strerror or type(error).__name__}).",
            "Check that the folder can be written and has room.",
        ) from None
    with suppress(OSError):  # folders cannot be synced on every system
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
    return path, wrote


def _checked(
    desk: Desk,
    part: Path,
    path: Path,
    manifest: Manifest,
    records: Iterator[Record],
    to: Sequence[Colleague],
) -> Written:
    """Write a file that must not be there, read it back, name it; none stays behind when something fails."""
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            wrote = write_bundle(file, manifest, records, desk.store.sign, _recipients(desk, to))
            file.flush()
            os.fsync(file.fileno())
        _read_back(desk, part, wrote)
        part.rename(path)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    return wrote


def _recipients(desk: Desk, to: Sequence[Colleague]) -> "list[Recipient]":
    """The members' keys, this installation's own, and the force's recovery keys."""
    from pyrage import x25519

    from casedesk.desk.safekeeping import recovery_keys

    keys = [one.member.recipient or "" for one in to]
    return [
        *(x25519.Recipient.from_str(key) for key in dict.fromkeys((*keys, *recovery_keys(desk)))),
        desk.store.bundle_identity().to_public(),
    ]


def _read_back(desk: Desk, part: Path, wrote: Written) -> None:
    """Raise StoreError when what was written does not read as it should."""
    with suppress(RefusedError):
        sealed = open_bundle(part, desk.store.bundle_identity())
        signed_by(sealed, desk.store.identity.signing_key.public_key().public_bytes_raw())
        if sealed.sha256 == wrote.sha256 and sealed.manifest == wrote.manifest:
            each_record(part, desk.store.bundle_identity(), sealed, lambda _: None)
            return
    raise StoreError(
        "What was written to the folder does not read back as it was written.", "Use another stick or folder."
    )


def _note(
    desk: Desk, wrote: Written, devices: tuple[bytes, ...], medium: EntityId | None, upto: int,
    reached: dict[bytes, int] | None,
) -> None:  # fmt: skip
    """Keep what was given out, to whom, and how far it went; ``reached`` where the next one has to go on."""
    said = wrote.manifest
    with desk.store.transaction():
        if said.kind in (BundleKind.FULL, BundleKind.INCREMENTAL):
            bundle_rest.note(desk, said, reached)
        desk.store.connection.execute(
            "INSERT INTO outgoing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                said.number, wrote.sha256, said.kind.value, to_micros(said.made_at),
                _members(devices), said.operations, wrote.bytes, upto, said.reason, medium,
            ),
        )  # fmt: skip
