"""Backups: the whole store in one sealed file, made while work goes on, read back before it counts."""

import contextlib
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casedesk import __version__
from casedesk.model.errors import StoreError
from casedesk.model.moments import local
from casedesk.store import keys, recovery
from casedesk.store.backup_file import Manifest, Preface, read_backup, read_preface, write_backup
from casedesk.store.connection import Connection, DatabaseError, connect, create, damaged, explained
from casedesk.store.places import Places

if TYPE_CHECKING:
    from pyrage.x25519 import Identity

_PURPOSE = "backup"
_PAGES = 2000
"""How many pages are copied between two looks at the world; with 4 KiB pages about 8 MB."""


@dataclass(frozen=True)
class Keep:
    """How many backups stay: the newest of each of so many days, and of each of so many weeks."""

    daily: int = 7
    weekly: int = 4


@dataclass(frozen=True)
class Backup:
    """One backup in a folder."""

    path: Path
    store_id: str
    made_at: datetime
    bytes: int


def back_up(places: Places, key: bytes, folder: Path, now: datetime) -> Backup:
    """Make a backup of an open store in a folder, and read it back. Others may write in the store meanwhile.

    Raises StoreError when it cannot be made; nothing that was in the folder is touched, and nothing half-made
    stays behind.
    """
    from pyrage import x25519

    key_file = keys.read_key_file(places.key)
    identity = x25519.Identity.generate()
    sealed = keys.seal(keys.subkey(key, _PURPOSE), str(identity).encode(), key_file.store_id)
    preface = Preface(key_file.store_id, now, key_file, sealed)
    recipients = [identity.to_public()]
    if recovery.untouched(key_file, key):
        recipients += [x25519.Recipient.from_str(wrap.recipient) for wrap in key_file.recovery]
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _copied(places, key) as (copy, schema):
            manifest = Manifest(
                hashlib.sha256(preface.dump()).hexdigest(),
                copy.stat().st_size,
                _sha256(copy),
                schema,
                __version__,
                _settings(places),
            )
            path = _written(folder, preface, manifest, copy, recipients, identity)
        return Backup(path, key_file.store_id, now, path.stat().st_size)
    except OSError as error:
        raise StoreError(
            f"No backup could be made in {folder} ({_reason(error)}). The store itself is untouched.",
            "Check that the folder can be written and has room, or give another with --to.",
        ) from None


@contextmanager
def _copied(places: Places, key: bytes) -> Iterator[tuple[Path, int]]:
    """A copy of the database as it is now, under the same key, and its version; gone when the block ends."""
    from filelock import FileLock, Timeout

    copy = places.home / "casedesk.db.copy"
    lock = FileLock(places.home / "backup.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise StoreError("A backup is being made already.", "Wait until it is done.") from None
    try:
        _remove(copy)  # one that a crash left
        yield copy, _copy(places.store, copy, key)
    finally:
        _remove(copy)
        lock.release()


def _copy(source: Path, target: Path, key: bytes) -> int:
    try:
        held, made = connect(source, key, read_only=True), create(target, key)
        try:
            held.execute("BEGIN")
            (schema,) = held.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
            _require_whole(source, held)
            _all_pages(held, made)
            if made.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise damaged(source)
            return int(schema)
        finally:
            made.close()
            held.close()
    except DatabaseError as error:
        raise explained(source, error) from None


def _require_whole(source: Path, held: Connection) -> None:
    """Raise StoreError when a page is not as it was written: copying would make zeros of it and not say so.

    A page that is being written at this moment looks damaged, too: so damage counts when it is there to stay.
    """
    for wait in (0.0, 0.5, 2.0):
        time.sleep(wait)
        if not held.execute("PRAGMA cipher_integrity_check").fetchall():
            return
    raise damaged(source)


def _all_pages(held: Any, made: Connection) -> None:
    """Copy page by page. The open reading transaction holds one moment fast, whatever is written since."""
    held.backup(made, pages=_PAGES)


def _remove(copy: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        copy.with_name(copy.name + end).unlink(missing_ok=True)


def _written(
    folder: Path,
    preface: Preface,
    manifest: Manifest,
    copy: Path,
    recipients: list[Any],
    identity: "Identity",
) -> Path:
    """Write beside the final name, sync, read back, then give it the name."""
    part = folder / f"{_name(preface.made_at)}.part"
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            wrote = write_backup(file, preface, manifest, copy, recipients)
            file.flush()
            os.fsync(file.fileno())
        _read_back(part, identity, (manifest, wrote))
        path = _free_name(folder, preface.made_at)
        part.rename(path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    with contextlib.suppress(OSError):  # folders cannot be synced on every system
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
    return path


class _Nowhere:
    """Takes the database in and forgets it."""

    def write(self, data: bytes, /) -> None:
        pass


def _read_back(path: Path, identity: "Identity", wrote: tuple[Manifest, str]) -> None:
    """Open what was written, as a restore would. Raises StoreError when it is not what was written."""
    with contextlib.suppress(StoreError):
        if read_backup(path, identity, _Nowhere()) == wrote:
            return
    raise StoreError(
        f"The backup written to {path.parent} does not read back as it was written, and was removed.",
        "The drive may be failing: back up to another.",
    )


def _name(made_at: datetime) -> str:
    return f"casedesk-{made_at:%Y%m%d-%H%M%S}"


def _free_name(folder: Path, made_at: datetime) -> Path:
    path, number = folder / f"{_name(made_at)}.backup", 1
    while path.exists():
        number += 1
        path = folder / f"{_name(made_at)}-{number}.backup"
    return path


def _settings(places: Places) -> str:
    try:
        return places.settings.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


def identity_of(preface: Preface, key: bytes) -> "Identity | None":
    """The age identity that opens a backup, by the store key; None when it was made by another store."""
    from pyrage import x25519

    opened = keys.unseal(keys.subkey(key, _PURPOSE), preface.identity, preface.store_id)
    return x25519.Identity.from_str(opened.decode()) if opened is not None else None


def list_backups(folder: Path, store_id: str | None = None) -> list[Backup]:
    """The backups in a folder, newest first: of one store, or of all. What cannot be read as one is left out.

    Raises StoreError when the folder is there and cannot be read.
    """
    found = []
    try:
        paths = sorted(folder.glob("casedesk-*.backup")) if folder.is_dir() else []
    except OSError as error:
        raise StoreError(
            f"The backup folder {folder} cannot be read ({_reason(error)}).", "Check it."
        ) from None
    for path in paths:
        with contextlib.suppress(StoreError, OSError):
            preface, _ = read_preface(path)
            if store_id in (None, preface.store_id):
                found.append(Backup(path, preface.store_id, preface.made_at, path.stat().st_size))
    return sorted(found, key=lambda backup: (backup.made_at, backup.path.name), reverse=True)


def rotate(folder: Path, store_id: str, keep: Keep) -> list[Path]:
    """Remove this store's backups beyond those to keep; returns what went.

    The newest one always stays, and so do all of its last 24 hours: one made by hand before something risky must not
    go for the one made after.
    """
    held = list_backups(folder, store_id)
    kept = {backup.path for backup in held if held[0].made_at - backup.made_at < timedelta(days=1)}
    for most, period in ((keep.daily, _day), (keep.weekly, _week)):
        newest: dict[str, Path] = {}
        for backup in held:
            newest.setdefault(period(backup.made_at), backup.path)
        kept.update(list(newest.values())[:most])
    gone = [backup.path for backup in held if backup.path not in kept]
    for path in gone:
        with contextlib.suppress(OSError):
            path.unlink()
    return gone


def _day(instant: datetime) -> str:
    return local(instant).date().isoformat()


def _week(instant: datetime) -> str:
    return f"{local(instant):%G-%V}"


def is_due(folder: Path, store_id: str, every: timedelta, now: datetime) -> bool:
    """Whether the next backup is due: none is there, the newest is too old, or the clock stands before it."""
    held = list_backups(folder, store_id)
    return not held or not timedelta(0) <= now - held[0].made_at < every
