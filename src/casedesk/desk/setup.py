"""Opening a desk: setting up a new one, or unlocking the one that is there."""

from contextlib import suppress
from pathlib import Path

from casedesk.desk.access import opened
from casedesk.desk.desk import Desk
from casedesk.desk.settings import Settings, load_settings, packs_folder, save_settings
from casedesk.model.errors import BadInputError, NewerStoreError, StoreError
from casedesk.model.moments import Clock, system_clock
from casedesk.reference.packs import Packs
from casedesk.store import drives, keys, recovery
from casedesk.store.identity import rotate, tell_former_names
from casedesk.store.places import Places
from casedesk.store.store import NewStore, Store, create_store, unlock_key


def packs_for(places: Places, settings: Settings | None = None) -> Packs:
    """The packs with this installation's overlay, if it has one.

    Raises BadInputError when the settings name a folder that is not there.
    """
    settings = settings or load_settings(places.settings)
    folder = packs_folder(places, settings)
    if folder.is_dir():
        return Packs(folder)
    if settings.paths.packs:
        raise BadInputError(
            f"{places.settings.name}: paths.packs names {folder}, which is not a folder.",
            "Correct the path, or bring the folder back.",
        )
    return Packs(None)


def known_recovery_keys(places: Places, settings: Settings) -> tuple[str, ...]:
    """The public recovery keys that the force has put there: beside the store, or among its packs.

    Raises BadInputError when one of the files holds something else.
    """
    name = places.recovery_keys.name
    return recovery.read_recipients(places.recovery_keys) or recovery.read_recipients(
        packs_folder(places, settings) / name
    )


def set_up(
    places: Places,
    passphrase: str,
    settings: Settings,
    clock: Clock = system_clock,
    *,
    cost: keys.Cost = keys.DEFAULT_COST,
    recovery: tuple[str, ...] | None = (),
) -> Desk:
    """Make a new desk and open it.

    ``recovery`` are the force's public recovery keys; when none are given those that the force has put there
    are used, and without any the desk warns of it. None makes a trial store, which needs none.
    Raises BadInputError for a weak passphrase or a wrong recovery key, StoreError when a store is there already
    or the drive is not fit for one.
    """
    keys.check_passphrase(passphrase, settings.limits.passphrase_characters)
    check_drive(places.home, settings)
    packs = packs_for(places, settings)
    _ = packs.priority
    if recovery == ():
        recovery = known_recovery_keys(places, settings)
    person = settings.person
    new = NewStore(person.actor, person.name or person.actor, cost, recovery)
    key = create_store(places, passphrase, new, clock)
    save_settings(places.settings, settings)
    return _opened(Desk(Store(places, key, clock, packs), packs, settings, clock))


def unlock(
    places: Places,
    passphrase: str,
    clock: Clock = system_clock,
    *,
    read_only: bool = False,
) -> Desk:
    """Open the desk that is there; one that a newer casedesk made opens for reading only.

    Raises WrongPassphraseError, TooSoonError after wrong ones, or StoreError.
    """
    settings = load_settings(places.settings)
    check_drive(places.home, settings)
    return open_with_key(places, unlock_key(places, passphrase, clock), settings, clock, read_only=read_only)


def open_with_key(
    places: Places, key: bytes, settings: Settings, clock: Clock, *, read_only: bool = False
) -> Desk:
    """Open the desk with its store's key, however that was come by. Raises StoreError."""
    packs = packs_for(places, settings)
    try:
        store = Store(places, key, clock, packs, read_only=read_only)
    except NewerStoreError:
        store = Store(places, key, clock, packs, read_only=True)
    return _opened(Desk(store, packs, settings, clock))


def _opened(desk: Desk) -> Desk:
    """A desk that was just unlocked, once that is accounted for and it is sure whose name it has."""
    opened(desk)
    if not desk.store.read_only:
        # Whether a crash came between meeting a copy of this store and taking another name.
        with suppress(StoreError):  # a full disk: it still opens, and the next start tries again
            rotate(desk.store)
            tell_former_names(desk.store)
    return desk


def check_drive(folder: Path, settings: Settings) -> None:
    """Raise StoreError when the folder is on a network share or a removable drive and that is not allowed."""
    if not settings.paths.allow_any_drive:
        drives.refuse(folder)
