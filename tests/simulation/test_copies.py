"""A store is copied and both copies go on: whoever meets whom first, nothing is lost and nothing stands twice."""

import os
import random
import shutil
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.bundles.manifest import BundleKind
from casedesk.bundles.refused import RefusedError
from casedesk.desk import bundle_in, bundles, device_cards, team
from casedesk.desk.identity import adopt
from casedesk.desk.record import add_log_entry
from casedesk.model.entities import CASE
from casedesk.model.ids import EntityId, new_id
from casedesk.store.checks import rebuild, verify
from casedesk.store.parked import Why
from tests.simulation.places import START, Place, Templates, WrongClock, seeded
from tests.simulation.world import EVERY_ROLE


class Copies:
    """Some desks, one of which is copied; what was written where."""

    def __init__(self, dice: random.Random, root: Path, templates: Templates) -> None:
        self.dice, self.root, self.now = dice, root, START
        clock = WrongClock(lambda: self.now, timedelta())
        self.places = [
            Place(f"Desk {number}", templates.open(number, root / f"desk{number}", clock), clock)
            for number in range(dice.randint(2, 3))
        ]
        self.stick = root / "stick"
        self.stick.mkdir()
        self.case_id: EntityId = new_id()
        self.texts: list[str] = []
        self.meet()

    def meet(self) -> None:
        """Everybody takes in everybody's present card."""
        for place in self.places:
            for other in self.places:
                if place.id != other.id and not place.colleague(other):
                    card = device_cards.own_card(other.desk)
                    team.enrol(place.desk, card, card.fingerprint, EVERY_ROLE)

    def copy(self) -> None:
        """One store is copied as it is, and its copy opened."""
        place = self.dice.choice(self.places)
        place.back_up(self.root / "copy")
        self.places.append(place.opened_from(self.root / "copy", "The copy"))

    def write(self) -> None:
        place = self.dice.choice(self.places)
        if self.dice.random() < 0.6:
            self.texts.append(f"{place.name} {len(self.texts)}")
            add_log_entry(place.desk, self.case_id, self.texts[-1])
        else:
            with place.desk.store.unit_of_work("set") as unit:
                unit.set(CASE, self.case_id, self.case_id, {"location": f"{self.dice.randint(1, 3)}"})

    def exchange(self, sender: Place, to: Place, kind: BundleKind) -> None:
        self.now += timedelta(minutes=1)
        colleague = sender.colleague(to)
        if colleague is None or sender.id == to.id:
            return
        made = bundles.export(sender.desk, [colleague], self.stick, kind=kind)
        with suppress(RefusedError):  # its sender has another name now, whose card was not given yet
            bundle_in.take_in(to.desk, made.path)

    def settle(self) -> None:
        for _ in range(3):
            self.meet()
            for sender in self.places:
                for to in self.places:
                    self.exchange(sender, to, BundleKind.FULL)


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return Templates(tmp_path_factory.mktemp("templates"))


SEEDS = 40 if os.environ.get("CASEDESK_HYPOTHESIS") == "thorough" else 4


@pytest.mark.parametrize("seed", range(SEEDS))
def test_both_copies_go_on(seed: int, tmp_path: Path, templates: Templates) -> None:
    with seeded(seed) as dice:
        world = Copies(dice, tmp_path, templates)
        try:
            _run(world)
        finally:
            for place in world.places:
                place.desk.close()
            shutil.rmtree(tmp_path, ignore_errors=True)


def _run(world: Copies) -> None:
    dice = world.dice
    with world.places[0].desk.store.unit_of_work("set") as unit:
        unit.set(CASE, world.case_id, world.case_id, {"ref": "42/1/26"})
    world.settle()
    for step in range(30):
        if step == 8:
            world.copy()
        world.now += timedelta(minutes=dice.randint(1, 90))
        if dice.random() < 0.6:
            world.write()
        else:
            sender, to = dice.choice(world.places), dice.choice(world.places)
            world.exchange(sender, to, dice.choice([BundleKind.FULL, BundleKind.INCREMENTAL]))
    world.settle()
    assert len({place.id for place in world.places}) == len(world.places)
    for (
        place
    ) in world.places:  # what only a name that is no more could have sent is adopted by whoever holds it
        waiting = place.desk.store.connection.execute(
            "SELECT DISTINCT device FROM park WHERE why = ?", (Why.FORK.value,)
        ).fetchall()
        for (device,) in waiting:
            adopt(place.desk, device)
    world.settle()
    for place in world.places:
        log = [text for (text,) in place.desk.store.connection.execute("SELECT text FROM log_entry")]
        assert sorted(log) == sorted(world.texts), place.name
        assert verify(place.desk.store.connection, every_signature=True).problems == []
        assert rebuild(place.desk.store, keep=False).differing == ()
