"""Bringing a backup back: into a new folder, checked whole, under a new identity."""

import contextlib
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from casedesk.model.errors import BadInputError, StoreError
from casedesk.model.moments import Clock
from casedesk.reference.packs import Packs
from casedesk.store import keys, recovery
from casedesk.store.access_log import AccessKind
from casedesk.store.backup import identity_of
from casedesk.store.backup_file import Manifest, Preface, read_backup
from casedesk.store.checks import ChainReport, verify
from casedesk.store.identity import take_new_name
from casedesk.store.places import Places
from casedesk.store.schema import STORE_SCHEMA
from casedesk.store.store import Store

if TYPE_CHECKING:
    from pyrage.x25519 import Identity


@dataclass(frozen=True)
class Opened:
    """A backup that has been unlocked: its store's key and the identity that opens its sealed part."""

    key: bytes
    identity: "Identity"

    def __repr__(self) -> str:
        return "Opened(…)"


@dataclass(frozen=True)
class Restored:
    """What a restore brought back."""

    home: Path
    made_at: datetime
    """When the backup was made: work done after it is not in it."""
    chains: ChainReport


def open_by_passphrase(preface: Preface, passphrase: str) -> Opened:
    """Unlock a backup with the passphrase its store had then. Raises WrongPassphraseError or StoreError."""
    return _opened(preface, keys.unwrap(preface.key_file, passphrase))


def open_by_recovery(preface: Preface, identity: "Identity") -> Opened:
    """Unlock a backup with the private half of a recovery key. Raises StoreError when it is another's."""
    return _opened(preface, recovery.unwrap(preface.key_file, identity))


def _opened(preface: Preface, key: bytes) -> Opened:
    identity = identity_of(preface, key)
    if identity is None:
        raise StoreError("This backup does not open with its own key: it is damaged.", "Use another backup.")
    return Opened(key, identity)


def restore(
    path: Path,
    preface: Preface,
    opened: Opened,
    passphrase: str,
    into: Places,
    clock: Clock,
    packs: Packs,
) -> Restored:
    """Bring a backup back into a folder that is new or empty, under this passphrase.

    The store gets an id, a device and a signing key of its own: the old installation may still be at work,
    and stays known as an author. Raises StoreError when anything is amiss; then the folder is as it was.
    """
    made_here = not into.home.exists()
    require_empty(into.home)
    try:
        into.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        manifest = _unpack(path, opened, into)
        store_id, chains = _renewed(into, opened.key, clock, packs)
        if manifest.settings:
            keys.write_file(into.settings, manifest.settings)
        # Last: until the key file is there, the folder is no store, whatever stops this.
        keys.write_file(into.key, _key_file(store_id, preface.key_file, opened.key, passphrase).dump())
    except BaseException as error:
        _clear(into.home, made_here)
        if isinstance(error, OSError):
            raise StoreError(
                f"Nothing could be restored into {into.home} ({error.strerror or type(error).__name__}).",
                "Check that the folder can be written and has room.",
            ) from None
        raise
    return Restored(into.home, preface.made_at, chains)


def require_empty(home: Path) -> None:
    """Raise BadInputError when there is anything in the folder that a backup is to be restored into."""
    try:
        taken = home.exists() and (not home.is_dir() or any(home.iterdir()))
    except OSError:
        taken = True
    if taken:
        raise BadInputError(
            f"{home} is not an empty folder: a restore never overwrites.", "Give a new folder with --into."
        )


def _unpack(path: Path, opened: Opened, into: Places) -> Manifest:
    """Write the database out, whole and checked, under its final name."""
    part = into.store.with_name(into.store.name + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as file:
        manifest, _ = read_backup(path, opened.identity, file)
        file.flush()
        os.fsync(file.fileno())
    if manifest.schema > STORE_SCHEMA:
        raise StoreError(
            f"A newer casedesk ({manifest.program}) made the store in this backup.",
            "Restore it with that casedesk, or a newer one.",
        )
    part.rename(into.store)
    return manifest


def _renewed(into: Places, key: bytes, clock: Clock, packs: Packs) -> tuple[str, ChainReport]:
    """Open the restored store, check it, and make it an installation of its own; returns its new id."""
    with Store(into, key, clock, packs) as store:
        chains = verify(store.connection)
        if chains.problems:
            raise StoreError(
                f"The store in this backup does not hold together: {chains.problems[0]}.",
                "Use another backup.",
            )
        return become_new(store), chains


def become_new(store: Store) -> str:
    """Give an installation a new store id, device and signing key, for the same person; returns the id.

    The store must be closed and opened again before anything else is written.
    """
    with store.transaction():
        store.access.write(AccessKind.RESTORE, store.clock())
        take_new_name(store)
        store_id = secrets.token_hex(16)
        store.set_meta("store", store_id)
    return store_id


def _key_file(store_id: str, old: keys.KeyFile, key: bytes, passphrase: str) -> keys.KeyFile:
    """Wrap the key for the new store id, with the recovery keys that the old one had."""
    made = keys.wrap(key, passphrase, store_id, old.cost)
    known = old.recovery if recovery.untouched(old, key) else ()
    return recovery.with_keys(made, key, [wrap.recipient for wrap in known])


def _clear(home: Path, made_here: bool) -> None:
    """Take away what a failed restore wrote."""
    with contextlib.suppress(OSError):
        for file in home.iterdir():
            if file.is_file():
                file.unlink()
        if made_here:
            home.rmdir()
