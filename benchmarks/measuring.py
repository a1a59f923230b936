"""What the benchmarks share: the machine in a line, medians with their spread, tables, and stores to measure on."""

import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import sqlcipher3

from casedesk.desk.demo_store import open_demo
from casedesk.desk.desk import Desk

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "build" / "benchmarks"
"""Where large demo caseloads are kept between runs; they are made anew on another day."""
SEED = 1


@dataclass(frozen=True)
class Spread:
    """Some measurements of one thing, in one unit."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        return sorted(self.values)[min(int(len(self.values) * 0.95), len(self.values) - 1)]

    def shown(self, form: str = ".1f") -> str:
        """The median with the least and the most."""
        return f"{self.median:{form}} ({min(self.values):{form}}–{max(self.values):{form}})"

    def shown_p95(self, form: str = ".2f") -> str:
        """The median with the 95th percentile."""
        return f"{self.median:{form}} ({self.p95:{form}})"


def seconds(act: Callable[[], object]) -> float:
    """How long an act takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def milliseconds(act: Callable[[], object], runs: int) -> Spread:
    """An act again and again."""
    return Spread(tuple(seconds(act) * 1000 for _ in range(runs)))


def peak_mib() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@cache
def machine() -> str:
    """Processor, cores, and the versions that matter."""
    cipher = sqlcipher3.connect(":memory:").execute("PRAGMA cipher_version").fetchone()[0]
    return (
        f"{_processor()}, {os.cpu_count()} cores; {platform.system()} {platform.machine()}; "
        f"Python {platform.python_version()}; SQLite {sqlcipher3.sqlite_version}, SQLCipher {cipher}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: the first column to the left, the others to the right."""
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    print(f"\n{title}")
    for row in (head, ["-" * width for width in widths], *rows):
        first, *others = (
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join((first, *others)).rstrip())


def times(one: float, other: float) -> str:
    """How many times the other this one is."""
    return f"×{one / other:.2f}" if other else "–"


def demo_command(size: int, *more: str) -> list[str]:
    """The command that opens the demo caseload of a size."""
    return [sys.executable, "-m", "casedesk", "demo", "--seed", str(SEED), "--size", str(size), *more]


def environment() -> dict[str, str]:
    """The surroundings of that command: a home of its own."""
    return {**os.environ, "CASEDESK_HOME": str(KEPT), "TERM": "xterm-256color"}


def prepare(sizes: Sequence[int]) -> None:
    """Make the demo caseloads of these sizes where they are not there yet."""
    for size in sizes:
        made = subprocess.run(
            demo_command(size, "--plain"), env=environment(), check=True, capture_output=True, text=True
        )
        if made.stderr:
            print(f"(made a caseload of {size:,})", file=sys.stderr)


def open_prepared(size: int) -> Desk:
    """Open the demo caseload of a size in this process. The caller closes it."""
    os.environ["CASEDESK_HOME"] = str(KEPT)
    return open_demo(seed=SEED, size=size)


def sizes_asked(default: Sequence[int]) -> list[int]:
    """The sizes that the command line names, or the default."""
    return [int(word) for word in sys.argv[1:]] or list(default)
