"""What the journal costs: one saved change, opening, reading a case, proving the chains, making every table anew.

    python -m benchmarks.journal [CASES ...]

The caseloads are those of the demo: up to 2,000 cases are told in full, some nine operations each; what is beyond that
is lean, about one each. A saved change is a log entry: checked, signed, chained, folded, its case placed and made
searchable anew, committed to the disk. Beside it stands plain ``sqlite3`` that writes one row and commits it to the
disk, with nothing of all that. The log entries stay in the caseload, which is a demo.
"""

import random
import sqlite3
import tempfile
from pathlib import Path

from benchmarks.case_page import overview
from benchmarks.measuring import (
    Spread,
    machine,
    milliseconds,
    open_prepared,
    prepare,
    seconds,
    sizes_asked,
    table,
)
from casedesk.desk.casepage import read_page
from casedesk.desk.desk import Desk
from casedesk.desk.record import add_log_entry
from casedesk.desk.setup import open_with_key
from casedesk.model.ids import EntityId
from casedesk.model.moments import system_clock
from casedesk.store.checks import rebuild, verify

SIZES = (2_000, 100_000)
CHANGES = 200
PAGES = 100
OPENINGS = 15
MOST_TO_REBUILD = 150_000
"""Beyond this many cases the tables are not made anew: it takes minutes and shows nothing else."""


def some_cases(desk: Desk, number: int) -> list[EntityId]:
    """Cases from all over the store, the same every time."""
    (last,) = desk.store.connection.execute("SELECT max(n) FROM cases").fetchone()
    dice = random.Random(1)
    found = []
    for _ in range(number):
        found += desk.store.connection.execute(
            "SELECT id FROM cases WHERE n = ?", (dice.randint(1, last),)
        ).fetchall()
    return [EntityId(case_id) for (case_id,) in found]


def saving(desk: Desk) -> Spread:
    """Log entries, each in another case."""
    text = "Called the shop: the footage is kept for 28 days and will be burnt to disc by Friday."
    cases = iter(some_cases(desk, CHANGES))
    return milliseconds(lambda: add_log_entry(desk, next(cases), text), CHANGES)


def saving_plainly() -> Spread:
    """Rows in a plain database, each committed to the disk."""
    with tempfile.TemporaryDirectory() as folder:
        db = sqlite3.connect(Path(folder) / "plain.db", isolation_level=None)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("CREATE TABLE log (n INTEGER PRIMARY KEY, case_n INTEGER, text TEXT)")
        return milliseconds(
            lambda: db.execute("INSERT INTO log (case_n, text) VALUES (1, ?)", ("x" * 90,)), CHANGES
        )


def reading(desk: Desk) -> Spread:
    """Case pages as the first tab shows them: reasons, clocks, what is next, what is missing, the verdict."""
    desk.checker  # noqa: B018 - compiled once, like the app does behind the first paint
    cases = iter(some_cases(desk, PAGES))
    return milliseconds(lambda: overview(read_page(desk, next(cases))), PAGES)


def opening(size: int) -> Spread:
    """Opening a desk with its key at hand."""
    with open_prepared(size) as desk:
        places, key, settings = desk.store.places, desk.store.key, desk.settings
    return milliseconds(lambda: open_with_key(places, key, settings, system_clock).close(), OPENINGS)


def per_second(desk: Desk, took: float) -> str:
    (operations,) = desk.store.connection.execute("SELECT count(*) FROM op").fetchone()
    return f"{operations / took:,.0f}"


def measured(size: int) -> list[str]:
    """One line of the table."""
    opened = opening(size)
    desk = open_prepared(size)
    (operations,) = desk.store.connection.execute("SELECT count(*) FROM op").fetchone()
    cells = [
        f"{size:,}",
        f"{operations:,}",
        opened.shown_p95(),
        saving(desk).shown_p95(),
        reading(desk).shown_p95(),
    ]
    cells.append(per_second(desk, seconds(lambda: verify(desk.store.connection))))
    if size <= MOST_TO_REBUILD:
        cells.append(per_second(desk, seconds(lambda: rebuild(desk.store, keep=False))))
    else:
        cells.append("–")
    desk.close()
    return cells


def main() -> None:
    sizes = sizes_asked(SIZES)
    prepare(sizes)
    plain = saving_plainly()
    table(
        "The journal: ms, median (p95), and operations a second",
        ("cases", "operations", "open ms", "save ms", "case page ms", "verify op/s", "rebuild op/s"),
        [measured(size) for size in sizes],
    )
    print(f"One row in plain sqlite3, committed to the disk: {plain.shown_p95()} ms")
    print(machine())


if __name__ == "__main__":
    main()
