"""What the queue costs at growing caseloads, of which one case in twenty is open, against computing it when looked at.

    python -m benchmarks.queue_views [CASES ...]

A view is opened as the screen does it: its first page with its rows, its last page, and the count up to where it is
left to a thread; on a connection that has read nothing yet. A tick is one minute on. Beside it stands the obvious way:
read every open case, judge it by the same rules, and sort.
"""

import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from benchmarks.measuring import Spread, machine, milliseconds, seconds, sizes_asked, table, times
from benchmarks.queue_caseload import ME, OPEN_EVERY, Frozen, made, open_ids
from casedesk.desk import bulk
from casedesk.desk.briefing import briefing
from casedesk.desk.caseload import VIEWS, due_within, view_of
from casedesk.desk.desk import Desk
from casedesk.rules.priority import place
from casedesk.store.queue import QueueReader
from casedesk.store.records import each_case

SIZES = (1_000, 10_000)
COUNTED = 10_000
PAGE_OF_ROWS = 64
RUNS = 5
TICKS = 60
MARKED = 1_000


def opening(desk: Desk, name: str) -> float:
    """Open a view on a connection of its own; the milliseconds it takes."""
    view = view_of(desk, name, order="")
    with closing(desk.store.reader(lean=True)) as connection:
        reader = QueueReader(connection)

        def act() -> None:
            head = reader.first(view)
            reader.rows(head[:PAGE_OF_ROWS])
            reader.first(view, from_end=True)
            reader.count(view, COUNTED)

        return seconds(act) * 1000


def fresh(desk: Desk, ask: Callable[[QueueReader], object]) -> Spread:
    """Something asked of a connection that has read nothing yet."""

    def once() -> float:
        with closing(desk.store.reader(lean=True)) as connection:
            return seconds(lambda: ask(QueueReader(connection))) * 1000

    return Spread(tuple(once() for _ in range(RUNS)))


def ticking(desk: Desk, clock: Frozen) -> tuple[Spread, Spread, int]:
    """A minute on, again and again: when nothing moves, when something does, and how many moved."""
    still: list[float] = []
    moving: list[float] = []
    moved = 0
    for _ in range(TICKS):
        clock.now += timedelta(minutes=1)
        waiting: list[int] = []
        took = seconds(lambda: waiting.append(desk.store.tick())) * 1000  # noqa: B023 - called at once
        (moving if waiting[0] else still).append(took)
        moved += waiting[0]
        still.append(seconds(desk.store.tick) * 1000)
    return Spread(tuple(still)), Spread(tuple(moving or [0.0])), moved


def naive(desk: Desk, where: str) -> float:
    """Read, judge and sort every case; the seconds it takes."""

    def act() -> None:
        placed = []
        with desk.reading() as connection:
            for bundle in each_case(connection, where):
                one = place(bundle.file, desk.now, desk.packs)
                placed.append((one.band, one.due is None, one.due, -one.score, bundle.n))
        placed.sort(key=lambda key: (key[0], key[1], key[2].timestamp() if key[2] else 0, key[3], key[4]))

    return seconds(act)


def assigning(desk: Desk, size: int) -> Spread:
    """Assign marked cases, preview included."""
    ids = open_ids(size)
    took = []
    for run in range(3):
        some = ids[run * MARKED : (run + 1) * MARKED] or ids
        took.append(seconds(lambda: bulk.carry_out(desk, bulk.assign(desk, some, f"90{run}"))))  # noqa: B023
    return Spread(tuple(took))


def measured(size: int, folder: Path) -> dict[str, list[str]]:
    """One caseload's line of each table."""
    clock = Frozen()
    desk = made(folder, size, clock)
    shown = f"{size:,} ({size // OPEN_EVERY:,})"
    views = {name: Spread(tuple(opening(desk, name) for _ in range(RUNS))) for name in VIEWS}
    order = fresh(desk, lambda reader: reader.order(view_of(desk, "open")))
    bands = fresh(desk, lambda reader: reader.bands(view_of(desk, "open")))
    page = milliseconds(lambda: briefing(desk, scope="all"), RUNS)
    mine = milliseconds(lambda: briefing(desk, scope="mine"), RUNS)
    due = milliseconds(lambda: due_within(desk, timedelta(hours=24)), RUNS)
    open_only = naive(desk, f"n % {OPEN_EVERY} = 0")
    everything = naive(desk, "1") if size <= 100_000 else 0.0
    still, moving, moved = ticking(desk, clock)
    assigned = assigning(desk, size)
    desk.close()
    slowest = max(views.values(), key=lambda spread: spread.median)
    return {
        "views": [shown, *(f"{spread.median:.1f}" for spread in views.values())],
        "parts": [
            shown, order.shown(), bands.shown(), page.shown(), mine.shown(), due.shown(), still.shown_p95(),
            f"{moving.median:.1f} ({moved / TICKS:.1f})", f"{assigned.shown('.2f')}",
        ],
        "naive": [
            shown, slowest.shown(), f"{open_only * 1000:,.0f}", times(open_only * 1000, slowest.median),
            f"{everything * 1000:,.0f}" if everything else "–",
            times(everything * 1000, slowest.median) if everything else "–",
        ],
    }  # fmt: skip


def main() -> None:
    found = []
    for size in sizes_asked(SIZES):
        with tempfile.TemporaryDirectory() as folder:
            found.append(measured(size, Path(folder)))
        print(f"(measured {size:,})", file=sys.stderr, flush=True)
    table(
        "Opening a view: ms, median; cases (of them open)", ("cases", *VIEWS), [one["views"] for one in found]
    )
    table(
        f"The rest: ms, median (least–most); one tick with the cases it moved; assigning {MARKED:,} in s",
        (
            "cases",
            "whole order",
            "bands",
            "briefing",
            "of mine",
            "due 24 h",
            "tick, still",
            "tick (moved)",
            "assign s",
        ),
        [one["parts"] for one in found],
    )
    table(
        "Against reading, judging and sorting: ms",
        ("cases", "slowest view", "open cases", "ratio", "all cases", "ratio"),
        [one["naive"] for one in found],
    )
    print(f"(at the desk of {ME})")
    print(machine())


if __name__ == "__main__":
    main()
