"""Runs worlds for some seconds: ``python -m tests.simulation [SECONDS] [FIRST_SEED]``.

Prints the seed that broke a law. ``python -m tests.simulation faults`` finds for each planted fault the first seed of a
world that notices it: what :mod:`tests.simulation.mutants` names, to be brought up to date when worlds change.
"""

import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.simulation.mutants import MUTANTS, Plant
from tests.simulation.places import Broken, Templates
from tests.simulation.world import run_world

_MOST_SEEDS = 200


def main() -> int:
    """Run worlds one after the other until the time is over; 1 when a law was broken."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    first = int(sys.argv[2]) if len(sys.argv) > 2 else time.time_ns() % 1_000_000_000
    print(f"Worlds from seed {first} on, for {seconds:g} seconds.", flush=True)
    until = time.monotonic() + seconds
    worlds = imports = crashes = refusals = 0
    with tempfile.TemporaryDirectory() as folder:
        templates = Templates(Path(folder))
        while time.monotonic() < until:
            try:
                world = run_world(first + worlds, Path(folder), templates)
            except Broken as broken:
                print(f"A law was broken. {broken}")
                print(f"Again: python -m tests.simulation 1 {first + worlds}")
                return 1
            worlds += 1
            imports, crashes = imports + world.imports, crashes + world.crashes
            refusals += world.refusals
    print(
        f"{worlds} worlds: every law held over {imports} imports, {crashes} crashes inside an import and {refusals} "
        "refusals."
    )
    return 0


def faults() -> int:
    """Print for each planted fault the seed that notices it; 1 when there is a fault that none notices."""
    unseen = 0
    with tempfile.TemporaryDirectory() as folder:
        templates = Templates(Path(folder))
        templates.make_ready()
        for name, (_, plant) in MUTANTS.items():
            seed = next(
                (seed for seed in range(_MOST_SEEDS) if _notices(seed, plant, Path(folder), templates)), None
            )
            unseen += seed is None
            print(f"{seed}\t{name}", flush=True)
    return int(unseen > 0)


def _notices(seed: int, plant: Plant, folder: Path, templates: Templates) -> bool:
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        try:
            run_world(seed, folder, templates)
        except Broken:
            return True
    return False


if __name__ == "__main__":
    sys.exit(faults() if sys.argv[1:] == ["faults"] else main())
