"""What one try at the passphrase costs here, and what making and reading back a backup does.

Run: python benchmarks/unlock.py [CASES]. Prints the best of five runs. The first table is what docs/security.md
records; a guesser pays the same for each guess, with as much memory for each guess made at once.
"""

import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from casedesk.desk.settings import Person, Settings
from casedesk.desk.setup import set_up
from casedesk.model.entities import CASE
from casedesk.model.ids import new_id
from casedesk.model.moments import system_clock
from casedesk.store import keys
from casedesk.store.backup import back_up
from casedesk.store.keys import Cost, unwrap, wrap
from casedesk.store.places import Places

RUNS = 5
PASSPHRASE = "correct horse battery staple"  # noqa: S105 - it protects nothing
COSTS = (
    ("RFC 9106, second recommendation", Cost(64 * 1024, 3, 4)),
    ("casedesk", keys.DEFAULT_COST),
    ("twice the memory", Cost(256 * 1024, 3, 4)),
    ("twice the passes", Cost(128 * 1024, 6, 4)),
)


def milliseconds(act: Callable[[], object]) -> float:
    """The best of some runs: what a guesser with a quiet machine would pay."""
    spans = []
    for _ in range(RUNS):
        began = time.perf_counter()
        act()
        spans.append((time.perf_counter() - began) * 1000)
    return min(spans)


def unlocking() -> None:
    """The first table."""
    print(
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n"
    )
    print("| Argon2id | memory | passes | lanes | one try |\n|---|---|---|---|---|")
    for name, cost in COSTS:
        held = wrap(keys.new_key(), PASSPHRASE, "benchmark", cost)
        span = milliseconds(lambda held=held: unwrap(held, PASSPHRASE))  # type: ignore[misc] # the loop's own
        print(f"| {name} | {cost.memory_kib // 1024} MiB | {cost.passes} | {cost.lanes} | {span:.0f} ms |")


def backing_up(cases: int) -> None:
    """How long a backup takes, whole: copied, sealed, written, read back."""
    with tempfile.TemporaryDirectory() as folder:
        places = Places(Path(folder) / "home")
        with set_up(
            places, PASSPHRASE, Settings(Person(number="1")), cost=keys.GENERATED_COST, recovery=None
        ) as desk:
            with desk.store.unit_of_work("benchmark") as unit:
                for number in range(cases):
                    case_id = new_id()
                    fields = {
                        "ref": f"42/{number}/26",
                        "offence_title": "Theft",
                        "location": f"{number} High Street",
                    }
                    unit.extract(CASE, case_id, case_id, fields, unit.now)
            size = places.store.stat().st_size / 1_048_576
            span = milliseconds(
                lambda: back_up(places, desk.store.key, Path(folder) / "backups", system_clock())
            )
            print(f"\nbackup of {cases:,} cases ({size:.0f} MB), read back: {span / 1000:.2f} s")


if __name__ == "__main__":
    unlocking()
    backing_up(int(sys.argv[1]) if sys.argv[1:] else 20_000)
