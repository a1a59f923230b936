"""How long a key takes in the real queue over a real, encrypted store, at growing caseloads, and the memory it takes.

    python -m benchmarks.keys [CASES ...]

The time is from the key to the first repaint that it causes (see ``probing``): the cursor or the page has moved. The
line about the row below the list may follow a frame (1/60 s) later. A case is opened until its page is painted. Each
caseload is measured in a process of its own, so that memory can be told. The framework's own table stands beside it
with up to 10,000 rows: it has no store and no rules behind it.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from textual import events
from textual.widgets import Static

from benchmarks import table_keys
from benchmarks.measuring import Spread, environment, machine, open_prepared, prepare, sizes_asked, table
from benchmarks.probing import SIZE, Stamped, memory
from casedesk.front import FrontApp
from casedesk.model.moments import system_clock
from casedesk.screens.case import CaseScreen
from casedesk.screens.session import Session

SIZES = (1_000, 100_000)
DATA_TABLE = (1_000, 10_000)
KEYS = (("down", 100), ("pagedown", 50), ("pageup", 30), ("end", 1), ("home", 1))
CASES = 30
"""How many cases are opened, the first with what its page must import."""
LONG = 1.0
"""Seconds without a repaint after which the order has been read and the imports behind the first paint are done."""


class Queue(Stamped, FrontApp):
    """casedesk on an open demo."""

    async def open_case(self) -> float:
        """Open the case under the cursor, and go back; the milliseconds until its page was painted."""
        self.painted.clear()
        pressed = perf_counter()
        self.post_message(events.Key("enter", None))
        while not isinstance(self.screen, CaseScreen):
            await asyncio.sleep(0)
        self.painted.clear()
        while not self.painted:
            await asyncio.sleep(0)
        taken = (self.painted[0] - pressed) * 1000
        await self.settled()
        await self.press("escape")
        return taken

    async def open_cases(self, times: int) -> list[float]:
        """Open one case after the other, from the top of the list."""
        taken = []
        for _ in range(times):
            taken.append(await self.open_case())
            await self.press("down")
        return taken


class Empty(Stamped):
    """The least an app can be."""

    def compose(self) -> Any:
        yield Static("nothing")


async def probe(size: int) -> dict[str, Any]:
    """Press keys in the queue of a caseload; size 0 is the empty app."""
    app: Stamped
    if size:
        desk = open_prepared(size)
        app = Queue(Session(desk.store.places, system_clock, desk))
    else:
        app = Empty()
    async with app.run_test(size=SIZE):
        await app.settled(LONG)
        keys = {key: await app.press_often(key, times, 0) for key, times in KEYS} if size else {}
        held = memory()
        if isinstance(app, Queue):
            keys["case"] = await app.open_cases(CASES)
    return {"keys": keys, "memory": held}


def measured(size: int) -> dict[str, Any]:
    """Probe in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.keys", "--probe", str(size)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment())
    return dict(json.loads(done.stdout.splitlines()[-1]))


def row(name: str, size: int, found: dict[str, list[float]], keys: tuple[str, ...], held: float) -> list[str]:
    """One line of the table."""
    cells = []
    for key in keys:
        times = found.get(key)
        cells.append(
            "–" if not times else Spread(tuple(times)).shown_p95(".1f") if times[1:] else f"{times[0]:.1f}"
        )
    return [name, f"{size:,}", *cells, f"{held:.0f}"]


def main() -> None:
    if sys.argv[1:2] == ["--probe"]:
        print(json.dumps(asyncio.run(probe(int(sys.argv[2])))))
        return
    sizes = sizes_asked(SIZES)
    prepare(sizes)
    empty = measured(0)["memory"]
    rows = []
    for size in sizes:
        found = measured(size)
        keys = ("down", "pagedown", "pageup", "end", "home", "case")
        rows.append(row("queue", size, found["keys"], keys, found["memory"] - empty))
    with tempfile.TemporaryDirectory() as folder:
        for size in DATA_TABLE:
            path = Path(folder) / f"{size}.db"
            table_keys.make_store(path, size)
            found = table_keys.measure("framework", path)
            keys = ("down", "page", "", "end", "top", "")
            rows.append(row("DataTable", size, found["keys"], keys, found["memory"]))
    table(
        f"Keys: ms from key to repaint, median (p95), {SIZE[0]}×{SIZE[1]}; MB above an empty app",
        ("list", "rows", "down", "page down", "page up", "end", "home", "case opened", "MB"),
        rows,
    )
    print(machine())


if __name__ == "__main__":
    main()
