"""Runs worlds for some seconds: ``python -m tests.simulation [SECONDS] [FIRST_SEED]``.

Prints the seed that broke a law.
"""

import sys
import tempfile
import time
from pathlib import Path

from tests.simulation.places import Broken, Templates
from tests.simulation.world import run_world


def main() -> int:
    """Run worlds one after the other until the time is over; 1 when a law was broken."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    first = int(sys.argv[2]) if len(sys.argv) > 2 else time.time_ns() % 1_000_000_000
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
        f"{worlds} worlds from seed {first}: every law held over {imports} imports, {crashes} crashes inside an import "
        f"and {refusals} refusals."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
