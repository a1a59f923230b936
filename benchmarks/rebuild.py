"""What making every table anew costs where cases are worked on: ten operations a case, as a team's journal has.

    python -m benchmarks.rebuild [OPERATIONS ...]

The journal came from a colleague by bundle (see ``bundles``); the caseload of ``journal`` beside it is lean, about one
operation a case, so that placing each case weighs most. Every operation is read, its hashes are checked, it is folded;
each case is placed in the queue and indexed; what comes of it is compared with what was there. Beside it stands the
obvious way to get the tables again: a copy of their rows, read from the encrypted store and written into a plain
database, which proves nothing. Each size is a process of its own, so that memory can be told.
"""

import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import bundles
from benchmarks.measuring import environment, machine, peak_mib, seconds, sizes_asked, table
from casedesk.desk import bundle_in
from casedesk.desk.desk import Desk
from casedesk.model.entities import ENTITIES
from casedesk.store.checks import rebuild
from casedesk.store.schema import table_name

SIZES = (10_000, 100_000)
RUNS = 3


def copied(desk: Desk, path: Path) -> None:
    """The rows of the entities in a plain database."""
    db = sqlite3.connect(path)
    for name in map(table_name, ENTITIES.values()):
        rows = desk.store.connection.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 - a table of ours
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            db.execute(f"CREATE TABLE {name} ({', '.join(f'c{at}' for at in range(len(rows[0])))})")
            db.executemany(f"INSERT INTO {name} VALUES ({marks})", map(tuple, rows))  # noqa: S608
    db.commit()
    db.close()


def measured(size: int) -> dict[str, float]:
    """Take a caseload in, and make its tables anew again and again."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        bundles.prepare(home, size)
        with bundles.opened(home) as desk:
            for one in bundles.everything(home):
                bundle_in.take_in(desk, one)
        with bundles.opened(home) as desk:
            (operations,) = desk.store.connection.execute("SELECT count(*) FROM op").fetchone()
            took = sorted(seconds(lambda: rebuild(desk.store)) for _ in range(RUNS))
            peak = peak_mib()
            plain = seconds(lambda: copied(desk, home / "plain.db"))
    helped = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {
        "operations": operations, "least": took[0], "median": took[len(took) // 2], "most": took[-1],
        "plain": plain, "MiB": peak, "helper MiB": helped,
    }  # fmt: skip


def row(found: dict[str, float]) -> list[str]:
    """One line of the table."""
    operations = found["operations"]
    slow, middle, quick = (f"{operations / found[key]:,.0f}" for key in ("most", "median", "least"))
    ratio = found["median"] / found["plain"]
    return [
        f"{operations:,.0f}", f"{middle} ({slow}–{quick})", f"×{ratio:.1f}", f"{found['MiB']:.0f}",
        f"{found['helper MiB']:.0f}",
    ]  # fmt: skip


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measured(int(sys.argv[2]))))
        return
    rows = []
    for size in sizes_asked(SIZES):
        command = [sys.executable, "-m", "benchmarks.rebuild", "--one", str(size)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment())
        rows.append(row(json.loads(done.stdout.splitlines()[-1])))
    table(
        f"Every table made anew, ten operations a case: operations a second, median of {RUNS} (least–most)",
        ("operations", "rebuild op/s", "a copy of the rows takes 1", "MiB", "its helper MiB"),
        rows,
    )
    print(machine())


if __name__ == "__main__":
    main()
