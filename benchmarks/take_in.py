"""How fast an extract goes in through the journal, and whether memory stays flat while it does.

    python -m benchmarks.take_in [ROWS ...]

Two made-up files: a published street file, and a records-system extract with people. Beside casedesk stand ``csv``
with plain ``sqlite3`` and with SQLCipher doing the least there is: the cells of each line into one table of texts, in
one transaction. They read no dates, know no case from another, keep no history and sign nothing. Each way runs in a
process of its own, so that memory can be told.
"""

import csv
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlcipher3

from benchmarks.measuring import Spread, machine, peak_mib, sizes_asked, table
from casedesk.desk.demo import demo_settings
from casedesk.desk.desk import Desk
from casedesk.desk.setup import set_up
from casedesk.desk.take_in import take_in
from casedesk.model.moments import Moment
from casedesk.store import keys
from casedesk.store.places import Places

RUNS = 3
SIZES = (20_000,)
STREET = (
    "Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code", "LSOA name",
    "Crime type", "Last outcome category", "Context",
)  # fmt: skip
RMS = (
    "Occurrence No", "Offence code", "Offence", "HO class", "Recorded", "Reported", "Offence from", "Offence to",
    "Location", "Area", "OIC", "OIC collar number", "Supervisor", "Domestic abuse", "Suspect 1 name",
    "Suspect 1 status", "Victim 1 name", "Victim 1 phone", "Outcome", "Outcome date", "Rationale",
)  # fmt: skip
PROFILES = {"street": "police-uk-street", "rms": "rms-occurrences"}
OFFENCES = (
    ("TH68010", "Theft from a shop", "046/00"),
    ("CD71039", "Criminal damage", "058/01"),
    ("CJ88116", "Common assault", "105/01"),
)
ENDS = ("Investigation complete; no suspect identified", "Under investigation", "Unable to prosecute suspect")


def street_lines(count: int) -> Iterator[tuple[str, ...]]:
    dice = random.Random(1)
    force = "City of London Police"
    for _ in range(count):
        yield (
            f"{dice.getrandbits(256):064x}", f"2026-{dice.randrange(1, 10):02}", force, force, "-0.1", "51.5",
            f"On or near Street {dice.randrange(900)}", "E01000001", f"Town {dice.randrange(80):03}A", "Other theft",
            dice.choice(ENDS), "",
        )  # fmt: skip


def rms_lines(count: int) -> Iterator[tuple[str, ...]]:
    dice = random.Random(1)
    for number in range(count):
        code, title, ho_class = dice.choice(OFFENCES)
        day = f"{dice.randrange(1, 29):02}/{dice.randrange(1, 10):02}/2026"
        minute = f"{dice.randrange(24):02}:{dice.randrange(60):02}"
        decided, named = dice.random() < 0.4, dice.random() < 0.3
        yield (
            f"4326{number:07}", code, title, ho_class, f"{day} {minute}", f"{day} {minute}", day, day,
            f"{dice.randrange(150)} High Street", "Central", f"PC {dice.randrange(1000, 9999)} Example",
            str(dice.randrange(1000, 9999)), "Sgt 41 Reed", "Y" if dice.random() < 0.2 else "N",
            f"Alex Sample{dice.randrange(5000)}" if named else "", "Named" if named else "",
            f"Sam Example{dice.randrange(5000)}", f"07700 900{dice.randrange(1000):03}",
            "18" if decided else "", day if decided else "", "All lines of enquiry done." if decided else "",
        )  # fmt: skip


SHAPES: dict[str, tuple[tuple[str, ...], Callable[[int], Iterator[tuple[str, ...]]]]] = {
    "street": (STREET, street_lines),
    "rms": (RMS, rms_lines),
}


def write_file(path: Path, shape: str, count: int) -> None:
    heading, lines = SHAPES[shape]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(heading)
        writer.writerows(lines(count))


def new_desk(home: Path) -> Desk:
    """An empty desk whose passphrase costs nothing to stretch."""
    passphrase = keys.generated_passphrase()
    return set_up(Places(home), passphrase, demo_settings(), cost=keys.GENERATED_COST, recovery=None)


def by_casedesk(path: Path, folder: Path, shape: str) -> None:
    with new_desk(folder / "home") as desk:
        began = time.perf_counter()
        peaks: list[float] = []
        report = take_in(
            desk, path, desk.packs.profiles[PROFILES[shape]], as_at=Moment("2026-10-01"),
            progress=lambda *_: peaks.append(peak_mib()),
        )  # fmt: skip
        took = time.perf_counter() - began
    if report.new_cases != report.lines:
        raise AssertionError(report)
    tell(took, report.lines, peaks[-1] - peaks[len(peaks) // 4])


def by_hand(path: Path, folder: Path, connection: Any) -> None:
    """The least: every line's cells into one table."""
    before = peak_mib()
    began = time.perf_counter()
    with path.open(newline="", encoding="utf-8") as file:
        lines = csv.reader(file)
        heading = next(lines)
        columns = ", ".join(f'"{name}" TEXT' for name in heading)
        connection.execute(f"CREATE TABLE line ({columns})")
        connection.execute("BEGIN")
        marks = ", ".join("?" * len(heading))
        count = connection.executemany(f"INSERT INTO line VALUES ({marks})", lines).rowcount  # noqa: S608
        connection.execute("COMMIT")
    tell(time.perf_counter() - began, count, peak_mib() - before)


def by_sqlite(path: Path, folder: Path, shape: str) -> None:
    by_hand(path, folder, in_wal(sqlite3.connect(folder / "plain.db", isolation_level=None)))


def by_sqlcipher(path: Path, folder: Path, shape: str) -> None:
    connection = sqlcipher3.connect(str(folder / "cipher.db"), isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{bytes(32).hex()}'\"")
    by_hand(path, folder, in_wal(connection))


def in_wal(connection: Any) -> Any:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


WAYS = {"casedesk": by_casedesk, "csv + sqlite3": by_sqlite, "csv + SQLCipher": by_sqlcipher}


def tell(took: float, lines: int, grown: float) -> None:
    """Give the parent process what was measured: lines a second, and MiB."""
    print(json.dumps([lines / took, grown]))


def measured(way: str, shape: str, path: Path) -> list[float]:
    """Run one way in a process of its own, in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.take_in", "--way", way, shape, str(path), folder]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return list(json.loads(done.stdout))


def main() -> None:
    if sys.argv[1:2] == ["--way"]:
        way, shape, path, folder = sys.argv[2:6]
        WAYS[way](Path(path), Path(folder), shape)
        return
    rows = []
    for size in sizes_asked(SIZES):
        for shape in SHAPES:
            rows += compared(shape, size)
    table(
        f"Taking in: lines a second, median (least–most) of {RUNS}; MiB grown after the first quarter of the file",
        ("file", "lines", "way", "lines/s", "times as long", "MiB"),
        rows,
    )
    print(machine())


def compared(shape: str, size: int) -> list[list[str]]:
    """The lines of the table for one file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{shape}.csv"
        write_file(path, shape, size)
        found: dict[str, list[list[float]]] = {way: [] for way in WAYS}
        for _ in range(RUNS):
            for way, results in found.items():
                results.append(measured(way, shape, path))
    rates = {way: Spread(tuple(rate for rate, _ in results)) for way, results in found.items()}
    ours = rates["casedesk"].median
    return [
        [
            shape, f"{size:,}", way, rate.shown(",.0f"), f"{rate.median / ours:.1f}",
            f"{max(grown for _, grown in found[way]):.0f}",
        ]
        for way, rate in rates.items()
    ]  # fmt: skip


if __name__ == "__main__":
    main()
