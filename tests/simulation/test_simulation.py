"""Every law holds in worlds of fixed seeds; and a fault planted on purpose does not stay unseen."""

from pathlib import Path

import pytest

from tests.simulation.mutants import MUTANTS
from tests.simulation.places import Broken, Templates
from tests.simulation.world import run_world


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("worlds")


@pytest.fixture(scope="module")
def templates(root: Path) -> Templates:
    return Templates(root)


@pytest.mark.parametrize("seed", range(10))
def test_every_law_holds(seed: int, root: Path, templates: Templates) -> None:
    world = run_world(seed, root, templates)
    assert world.imports > 0


def test_what_happens_follows_from_the_seed_alone(root: Path, templates: Templates) -> None:
    once, again = (run_world(1234, root, templates).laws.story for _ in range(2))
    assert once == again
    assert once != run_world(1235, root, templates).laws.story


@pytest.mark.parametrize("name", MUTANTS)
def test_a_planted_fault_is_noticed(
    name: str, root: Path, templates: Templates, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed, plant = MUTANTS[name]
    templates.make_ready()
    plant(monkeypatch)
    with pytest.raises(Broken, match=f"seed {seed}: "):
        run_world(seed, root, templates)


def test_there_are_enough_faults_to_trust_it() -> None:
    assert len(MUTANTS) >= 15
