"""Keeping the store safe: its passphrase, the recovery keys, backups, and bringing one back."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from casedesk.desk import access
from casedesk.desk.desk import Desk
from casedesk.desk.settings import PathSettings, Settings, backup_folder, load_settings, save_settings
from casedesk.desk.setup import check_drive, open_with_key
from casedesk.model.errors import BadInputError, StoreError
from casedesk.model.moments import Clock
from casedesk.reference.packs import Packs
from casedesk.store import attempts, backup, keys, recovery, restore
from casedesk.store.backup_file import Preface, read_preface
from casedesk.store.places import Places

NO_RECOVERY_KEY = "NO RECOVERY KEY"
CHANGED_RECOVERY_KEY = "RECOVERY KEY CHANGED"


def recovery_warning(desk: Desk) -> str:
    """What to warn of about the recovery key; empty when all is well or the store is a trial."""
    if desk.store.is_trial:
        return ""
    try:
        key_file = keys.read_key_file(desk.store.places.key)
    except StoreError:
        return "KEY FILE LOST"
    if not recovery.untouched(key_file, desk.store.key):
        return CHANGED_RECOVERY_KEY
    return "" if key_file.recovery else NO_RECOVERY_KEY


def recovery_keys(desk: Desk) -> tuple[str, ...]:
    """The public recovery keys that open this store."""
    return tuple(wrap.recipient for wrap in keys.read_key_file(desk.store.places.key).recovery)


def set_recovery_keys(desk: Desk, recipients: tuple[str, ...]) -> None:
    """Make exactly these public recovery keys open the store. Raises BadInputError for one that is none."""
    _require_writing(desk)
    places, key = desk.store.places, desk.store.key
    made = recovery.with_keys(keys.read_key_file(places.key), key, recipients)
    keys.write_file(places.key, made.dump())
    desk.forget_warnings()


def change_passphrase(desk: Desk, old: str, new: str, *, cost: keys.Cost | None = None) -> None:
    """Change the passphrase; everything else of the key file stays.

    Raises WrongPassphraseError or TooSoonError for the old one, BadInputError for a weak new one.
    """
    _require_writing(desk)
    keys.check_passphrase(new, desk.settings.limits.passphrase_characters)
    places = desk.store.places
    key_file = keys.read_key_file(places.key)
    with attempts.counted(places.attempts, desk.clock):
        key = keys.unwrap(key_file, old)
    if new == old:
        raise BadInputError("The new passphrase is the old one: nothing was changed.", "Choose another.")
    _rewrap(places, key_file, key, new, cost)


def recover(places: Places, identity_file: Path, new: str, clock: Clock) -> None:
    """Open the store with the private half of a recovery key and give it a new passphrase.

    Raises BadInputError for a file that holds none or a weak passphrase, StoreError when it opens another store.
    """
    settings = load_settings(places.settings)
    check_drive(places.home, settings)
    keys.check_passphrase(new, settings.limits.passphrase_characters)
    key_file = keys.read_key_file(places.key)
    key = recovery.unwrap(key_file, recovery.read_identity(identity_file))
    with open_with_key(places, key, settings, clock) as desk:  # holds the lock, and shows that the key fits
        _require_writing(desk)
        _rewrap(places, key_file, key, new, None)
    attempts.forgive(places.attempts)


def _rewrap(
    places: Places, key_file: keys.KeyFile, key: bytes, passphrase: str, cost: keys.Cost | None
) -> None:
    """Write the key file anew under this passphrase, once it is sure that it opens."""
    made = keys.wrap(key, passphrase, key_file.store_id, cost or key_file.cost)
    text = replace(key_file, cost=made.cost, salt=made.salt, nonce=made.nonce, sealed=made.sealed).dump()
    if keys.unwrap(keys.parse_key_file(text), passphrase) != key:
        raise StoreError("The new key file does not open: nothing was changed.", "Try again.")
    keys.write_file(places.key, text)


def back_up_hint() -> str:
    """What to do after the key file was changed."""
    return "Make a fresh backup now: “casedesk backup”."


def _require_writing(desk: Desk) -> None:
    if desk.store.read_only:
        raise StoreError("This store is open for reading only.", "Close it and open it for writing.")


# -- backups ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BackedUp:
    """A backup that was made, and the old ones that went for it."""

    backup: backup.Backup
    removed: tuple[Path, ...]


def back_up(desk: Desk, folder: Path | None = None) -> BackedUp:
    """Make a backup in the folder of the settings, and remove the old ones there that are beyond what to keep.

    In another folder nothing is removed. May be called from a thread of its own while work goes on. Raises
    StoreError when it cannot be made.
    """
    places, chosen = desk.store.places, desk.settings.backup
    usual = backup_folder(places, desk.settings)
    made = backup.back_up(places, desk.store.key, folder or usual, desk.now)
    access.backed_up(desk, made.bytes)
    if folder is not None and folder.absolute() != usual.absolute():
        return BackedUp(made, ())
    keep = backup.Keep(chosen.keep_daily, chosen.keep_weekly)
    return BackedUp(made, tuple(backup.rotate(usual, made.store_id, keep)))


def is_backup_due(desk: Desk, now: datetime) -> bool:
    """Whether the settings ask for a backup now. Raises StoreError when the backup folder cannot be read."""
    hours = desk.settings.backup.every_hours
    if not hours or desk.store.is_trial:
        return False
    folder = backup_folder(desk.store.places, desk.settings)
    return backup.is_due(folder, str(desk.store.meta("store")), timedelta(hours=hours), now)


def restore_with_passphrase(
    path: Path, passphrase: str, into: Places, clock: Clock, *, allow_any_drive: bool = False
) -> restore.Restored:
    """Bring a backup back into a new folder with the passphrase it was made under, which stays the passphrase.

    Raises WrongPassphraseError, BadInputError when the folder is not empty, StoreError when the backup is
    damaged; nothing is changed then.
    """
    preface = check_restore(path, into, allow_any_drive=allow_any_drive)
    opened = restore.open_by_passphrase(preface, passphrase)
    return _restored(path, preface, opened, passphrase, into, clock, allow_any_drive)


def restore_with_recovery_key(
    path: Path, identity_file: Path, new: str, into: Places, clock: Clock, *, allow_any_drive: bool = False
) -> restore.Restored:
    """Bring a backup back with the private half of a recovery key, under a new passphrase. Raises as above."""
    keys.check_passphrase(new)
    preface = check_restore(path, into, allow_any_drive=allow_any_drive)
    opened = restore.open_by_recovery(preface, recovery.read_identity(identity_file))
    return _restored(path, preface, opened, new, into, clock, allow_any_drive)


def check_restore(path: Path, into: Places, *, allow_any_drive: bool = False) -> Preface:
    """Look whether a backup can be read and may be restored there, before any passphrase is asked.

    Raises BadInputError when the folder is not empty, StoreError when the backup is damaged or the drive is not
    fit for a store.
    """
    check_drive(into.home, Settings(paths=PathSettings(allow_any_drive=allow_any_drive)))
    restore.require_empty(into.home)
    return read_preface(path)[0]


def _restored(
    path: Path,
    preface: Preface,
    opened: restore.Opened,
    passphrase: str,
    into: Places,
    clock: Clock,
    allow_any_drive: bool,
) -> restore.Restored:
    made = restore.restore(path, preface, opened, passphrase, into, clock, Packs())
    if allow_any_drive:
        settings = load_settings(into.settings)
        paths = replace(settings.paths, allow_any_drive=True)
        save_settings(into.settings, replace(settings, paths=paths))
    return made
