"""Two desks that know each other, and a folder for their bundles."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from casedesk.bundles.manifest import BundleKind
from casedesk.desk import bundle_in, bundles, device_cards, team
from casedesk.desk.bundle_in import Imported
from casedesk.desk.bundles import Exported
from casedesk.desk.desk import Desk
from casedesk.desk.settings import Person, Settings
from casedesk.desk.setup import set_up
from casedesk.desk.team import Colleague
from casedesk.model.entities import CASE, Value
from casedesk.model.ids import EntityId, new_id
from casedesk.model.words import TeamRole
from casedesk.store import keys
from casedesk.store.places import Places
from tests.conftest import PASSPHRASE, FrozenClock

EVERY_ROLE = tuple(role.value for role in TeamRole)


def make_desk(home: Path, name: str, number: str, clock: FrozenClock) -> Desk:
    """A new desk of a person of this name and number."""
    person = Person(name=name, number=number)
    return set_up(Places(home), PASSPHRASE, Settings(person), clock, cost=keys.GENERATED_COST)


def introduce(desk: Desk, other: Desk, roles: tuple[str, ...] = EVERY_ROLE) -> Colleague:
    """Make ``other`` a member at ``desk``, its fingerprint compared."""
    card = device_cards.own_card(other)
    return team.enrol(desk, card, card.fingerprint, roles)


def a_shared_case(desk: Desk, ref: str = "42/1/26", **fields: Value) -> EntityId:
    """A case that this desk made."""
    case_id = new_id()
    with desk.store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"ref": ref, "owner": desk.store.actor, **fields})
    return case_id


def say(desk: Desk, case_id: EntityId, **fields: Value) -> None:
    """Give fields of a case new values."""
    with desk.store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, fields)


@dataclass
class Two:
    """Ann and Bob, each a member at the other's desk."""

    ann: Desk
    bob: Desk
    stick: Path
    clock: FrozenClock

    def member(self, desk: Desk, other: Desk) -> Colleague:
        """What ``desk`` knows ``other`` as."""
        own = other.store.identity.device
        return next(one for one in team.members(desk) if one.id == own)

    def out(self, sender: Desk, kind: BundleKind = BundleKind.INCREMENTAL, **said: object) -> Exported:
        """A bundle for the other one, on the stick."""
        self.clock.advance(timedelta(minutes=1))
        other = self.bob if sender is self.ann else self.ann
        return bundles.export(sender, [self.member(sender, other)], self.stick, kind=kind, **said)  # type: ignore[arg-type]

    def send(self, sender: Desk, kind: BundleKind = BundleKind.INCREMENTAL, **said: object) -> Imported:
        """A bundle for the other one, taken in there."""
        other = self.bob if sender is self.ann else self.ann
        return bundle_in.take_in(other, self.out(sender, kind, **said).path)


def make_two(root: Path, clock: FrozenClock) -> Two:
    """Set both up and let them compare fingerprints."""
    ann, bob = make_desk(root / "ann", "Ann", "1001", clock), make_desk(root / "bob", "Bob", "1002", clock)
    introduce(ann, bob)
    introduce(bob, ann)
    stick = root / "stick"
    stick.mkdir()
    return Two(ann, bob, stick, clock)
