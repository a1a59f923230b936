"""Opening a desk: setting up a new one, or unlocking the one that is there."""

from casedesk.desk.desk import Desk
from casedesk.desk.settings import Settings, load_settings, save_settings
from casedesk.model.moments import Clock, system_clock
from casedesk.reference.packs import Packs
from casedesk.store import keys
from casedesk.store.places import Places
from casedesk.store.store import NewStore, Store, create_store


def packs_for(places: Places) -> Packs:
    """The packs with this installation's overlay, if it has one."""
    return Packs(places.packs if places.packs.is_dir() else None)


def set_up(
    places: Places,
    passphrase: str,
    settings: Settings,
    clock: Clock = system_clock,
    *,
    cost: keys.Cost = keys.DEFAULT_COST,
) -> Desk:
    """Make a new desk and open it. Raises BadInputError for a weak passphrase, StoreError when one is there."""
    keys.check_passphrase(passphrase)
    person = settings.person
    key = create_store(
        places, passphrase, NewStore(person.actor, person.name or person.actor, cost), clock
    )
    save_settings(places.settings, settings)
    packs = packs_for(places)
    return Desk(Store(places, key, clock, packs.priority), packs, settings, clock)


def unlock(
    places: Places, passphrase: str, clock: Clock = system_clock, *, read_only: bool = False
) -> Desk:
    """Open the desk that is there. Raises WrongPassphraseError or StoreError."""
    settings = load_settings(places.settings)
    packs = packs_for(places)
    return Desk(Store.unlock(places, passphrase, clock, packs.priority, read_only=read_only), packs, settings, clock)


