"""Runs the benchmarks and prints one table each: the figures of docs/performance.md.

    python -m benchmarks [NAME ...] [--quick | --full]

Without names all of them, in about three minutes. ``--quick`` shows in half a minute that they run; ``--full`` takes
the sizes of docs/performance.md, a million cases among them, and the better part of an hour the first time.
Caseloads are kept in build/benchmarks.
"""

import os
import subprocess
import sys
import time

from benchmarks.measuring import ROOT, machine

EFFORTS = ("--quick", "", "--full")
SCRIPTS: dict[str, tuple[str, str, str]] = {
    "cold_start": ("1000", "1000 100000", "1000 100000 1000000"),
    "keys": ("1000", "1000 100000", "1000 100000 1000000"),
    "case_page": ("1000", "1000 10000", "1000 100000 1000000"),
    "clinic": ("170", "170", "170"),
    "queue_views": ("1000", "1000 10000", "1000 10000 100000 1000000"),
    "journal": ("2000", "2000 100000", "2000 100000 1000000"),
    "rebuild": ("1000", "10000", "10000 100000 500000"),
    "bundles": ("1000", "1000 10000", "1000 10000 100000 500000"),
    "take_in": ("2000", "20000", "20000 200000"),
    "table_keys": ("--rows 1000", "--rows 10000", ""),
    "check_rules": ("200", "2000", "5000"),
    "check_memory": ("1000", "1000 10000", "50000 200000"),
    "review": ("200", "1000", "1000 10000 100000"),
    "search": ("1000", "10000", "100000"),
    "unlock": ("1000", "5000", "100000"),
}
"""What each script is told, by effort."""


def run(name: str, told: str) -> bool:
    """Run one script in a process of its own; whether it went well."""
    print(f"\n== {name} {told}".rstrip(), flush=True)
    began = time.perf_counter()
    paths = os.pathsep.join(filter(None, (str(ROOT / "src"), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *told.split()],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths},
    )
    print(f"({time.perf_counter() - began:.0f} s)", flush=True)
    return done.returncode == 0


def main() -> int:
    words = sys.argv[1:]
    effort = next((word for word in words if word in EFFORTS), "")
    names = [word for word in words if word != effort] or list(SCRIPTS)
    unknown = [name for name in names if name not in SCRIPTS]
    if unknown:
        print(f"There is no benchmark {unknown[0]!r}. One of: {', '.join(SCRIPTS)}.", file=sys.stderr)
        return 2
    print(machine(), flush=True)
    went_well = [run(name, SCRIPTS[name][EFFORTS.index(effort)]) for name in names]
    return int(not all(went_well))


if __name__ == "__main__":
    sys.exit(main())
