"""How long a key takes in the virtual table, and in the framework's own, at growing numbers of rows.

The time is from the key to the last repaint it causes, turned into what the terminal would be sent; the
framework's test driver is not used, because it waits. Each measurement runs in a process of its own, so
that memory can be told.

Run: python -m benchmarks.table_keys [--rows N …] [--all]. By default to 1,000,000 rows, and the
framework's table to 10,000; with --all it too is measured at every number (half a minute for 100,000).
"""

import argparse
import asyncio
import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from array import array
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import DataTable, Static

from benchmarks.probing import SIZE, Stamped, memory
from casedesk.widgets.columns import Column
from casedesk.widgets.table import VirtualTable
from casedesk.widgets.themes import ThemedApp

Row = tuple[Any, ...]

ROWS = (1_000, 10_000, 100_000, 1_000_000)
MOST_FOR_THE_FRAMEWORK = 10_000
"""Beyond this the framework's table needs half a minute and more only to measure its cells."""
NAMES = ("ref", "band", "why", "offence", "flags", "oic", "owner", "outcome", "since", "days")
WIDTHS = (12, 14, 28, 24, 8, 14, 10, 4, 12, 5)
KEYS = {
    "virtual": (("down", "down", 60), ("page", "pagedown", 40), ("top", "home", 1), ("end", "end", 1)),
    "framework": (
        ("down", "down", 60),
        ("page", "pagedown", 40),
        ("top", "ctrl+home", 1),
        ("end", "ctrl+end", 1),
    ),
}
"""What is pressed, by what it is called here: its key and how often."""


def make_rows(count: int) -> list[Row]:
    """Made-up cases, the same every time."""
    offences = (
        "Burglary dwelling",
        "Theft from a shop",
        "Assault occasioning actual bodily harm",
        "Criminal damage",
    )
    return [
        (
            f"42/{number:07}/26", f"Band {number % 7}", f"Detention ends in {number % 24} h {number % 60:02} m",
            offences[number * 7 % 4], ("DA", "", "KNIFE", "HATE")[number % 4], f"PC {number % 9000 + 1000}",
            ("me", "team", "–")[number % 3], str(number % 23), f"{number % 28 + 1} Nov 2026", str(number % 400),
        )
        for number in range(count)
    ]  # fmt: skip


def make_store(path: Path, count: int) -> None:
    """A database of ``count`` cases with the index the order is read from."""
    connection = sqlite3.connect(path)
    columns = ", ".join(f"{name} text" for name in NAMES)
    connection.execute(f"create table cases (n integer primary key, score integer, {columns})")
    marks = ", ".join("?" * (len(NAMES) + 2))
    rows = ((number, number * 7919 % 100_003, *row) for number, row in enumerate(make_rows(count)))
    connection.executemany(f"insert into cases values ({marks})", rows)  # noqa: S608 -- only question marks
    connection.execute("create index by_score on cases (score desc, n)")
    connection.commit()
    connection.close()


class StoreRows:
    """The order as ids; rows read by page."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._ids = array("q")
        cursor = connection.execute("select n from cases order by score desc, n")
        while some := cursor.fetchmany(10_000):
            self._ids.extend(number for (number,) in some)

    def __len__(self) -> int:
        return len(self._ids)

    def id_at(self, index: int) -> int | None:
        return self._ids[index]

    def find(self, row_id: int) -> int | None:
        return self._ids.index(row_id) if row_id in self._ids else None

    def window(self, start: int, count: int) -> Sequence[Row]:
        wanted = json.dumps(self._ids[start : start + count].tolist())
        chosen = ", ".join(NAMES)
        return self._connection.execute(
            f"select {chosen} from json_each(?) j join cases c on c.n = j.value order by j.key",  # noqa: S608
            (wanted,),
        ).fetchall()


class Probe(Stamped, ThemedApp[None]):
    """An app around one table."""

    def __init__(self, table: Callable[[], Widget]) -> None:
        super().__init__()
        self._table = table

    def compose(self) -> ComposeResult:
        yield Static("OFFICIAL-SENSITIVE")
        yield self._table()
        yield Static("keys")


def cell(place: int, row: Row) -> str:
    """What a row says in the column at a place."""
    return str(row[place])


def virtual_table(path: Path) -> VirtualTable[Row]:
    """Ours, over the database."""
    columns = [
        Column[Row](name, name.title(), partial(cell, place), width, flex=int(name == "why"))
        for place, (name, width) in enumerate(zip(NAMES, WIDTHS, strict=True))
    ]
    return VirtualTable(columns, StoreRows(sqlite3.connect(path)), id="table")


def framework_table(path: Path) -> DataTable[str]:
    """The framework's, filled from the same database."""
    table: DataTable[str] = DataTable(cursor_type="row", id="table")
    for name in NAMES:
        table.add_column(name.title())
    rows = sqlite3.connect(path).execute(f"select {', '.join(NAMES)} from cases order by score desc, n")  # noqa: S608
    table.add_rows(rows.fetchall())
    return table


async def probe(kind: str, path: Path) -> dict[str, Any]:
    """Open one kind of table, press the keys, and give what was measured."""
    before = memory()
    app = Probe(partial(virtual_table if kind == "virtual" else framework_table, path))
    started = perf_counter()
    async with app.run_test(size=SIZE) as pilot:
        loaded = await _first_rows(app, pilot, started)
        app.query_one("#table").focus()
        await app.settled(0.2)
        keys = {name: await app.press_often(key, times) for name, key, times in KEYS[kind]}
        after = memory()
    return {"load": loaded, "memory": after - before, "keys": keys}


async def _first_rows(app: Probe, pilot: Pilot[None], started: float) -> float:
    """Seconds until the table stands still with its rows on screen."""
    await app.settled(0.2)
    await pilot.pause()
    return app.painted[-1] - started


def measure(kind: str, path: Path) -> dict[str, Any]:
    """Probe in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.table_keys", "--probe", kind, "--store", str(path)]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def shown(times: Sequence[float]) -> str:
    """Median and p95."""
    if len(times) < 2:
        return f"{times[0]:.1f}" if times else "–"
    ordered = sorted(times)
    return f"{statistics.median(ordered):6.1f} ({ordered[max(int(len(ordered) * 0.95) - 1, 0)]:.1f})"


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rows", type=int, nargs="*", default=ROWS)
    options.add_argument("--all", action="store_true", help="the framework's table at every number of rows")
    options.add_argument("--probe", choices=("virtual", "framework"), help=argparse.SUPPRESS)
    options.add_argument("--store", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.probe:
        print(json.dumps(asyncio.run(probe(chosen.probe, chosen.store))))
        return
    print(
        f"terminal {SIZE[0]}×{SIZE[1]}; key to repaint in ms, median (p95); memory above the app without rows\n"
    )
    print(f"{'rows':>9}  {'table':9}  {'load s':>7}  {'MB':>5}  {'down':>14}  {'page down':>14}  {'end':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for count in chosen.rows:
            path = Path(folder) / f"{count}.db"
            make_store(path, count)
            for kind in ("virtual", "framework"):
                if kind == "framework" and count > MOST_FOR_THE_FRAMEWORK and not chosen.all:
                    continue
                found = measure(kind, path)
                keys = found["keys"]
                print(
                    f"{count:>9,}  {kind:9}  {found['load']:7.2f}  {found['memory']:5.0f}  {shown(keys['down']):>14}"
                    f"  {shown(keys['page']):>14}  {shown(keys['end'][:1]):>8}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
