"""What opening a case costs in a large store, and the timeline of a case with thousands of entries.

    python -m benchmarks.case_page [CASES ...]

A page is opened on a case that was not looked at before: the case is read, placed and shown as the overview shows it
(reasons, clocks, what is next, what is missing, the check). The timeline is made apart, as the screen does it: the
first screenful is put into words, the rest when it is scrolled to. Beside it stands the plain way, which puts every
event into words at once. The long case has logs, contacts, actions, events and decisions, each an act of its own.
"""

import random
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from benchmarks.measuring import Spread, machine, milliseconds, seconds, sizes_asked, table, times
from benchmarks.queue_caseload import NOW, Frozen, made, open_ids, own_id
from casedesk.desk.casepage import Page, read_page
from casedesk.desk.desk import Desk
from casedesk.desk.timeline import Timeline
from casedesk.model.entities import ACTION, CASE_EVENT, CONTACT, DECISION, LOG_ENTRY, Entity, Value
from casedesk.model.ids import EntityId, new_id

SIZES = (1_000, 10_000)
ENTRIES = 2_000
SCREENFUL = 60
PAGES = 40
RUNS = 9
_KINDS = ("log",) * 11 + ("contact",) * 4 + ("action",) * 3 + ("event", "decision")


def overview(page: Page) -> None:
    """Everything that the header and the first tab show."""
    _ = (page.clocks, page.steps, page.missing, page.verdict, page.conflicts)


def told(events: Timeline, most: int | None = None) -> None:
    """Put events into words."""
    for event in events[:most]:
        _ = (event.shown_at, event.text, event.who, event.end)


def lengthen(desk: Desk, case_id: EntityId, victim: EntityId) -> None:
    """Give a case its entries."""
    dice = random.Random(2)
    last: EntityId | None = None
    for number in range(ENTRIES):
        at = NOW - timedelta(minutes=dice.randrange(60, 300 * 1440))
        kind = _KINDS[number % len(_KINDS)]
        entity, fields = _entry(kind, number, victim)
        if kind == "action":
            fields |= {"set_at": at, "due_at": at + timedelta(days=5), "done_at": at + timedelta(days=3)}
        else:
            fields |= {"at": at}
        if kind == "log" and last is not None and number % 40 == 0:
            fields |= {"about": last}
        entry_id = new_id()
        last = entry_id if kind == "log" else last
        with desk.store.unit_of_work("benchmark") as unit:
            (unit.entry if entity.entry else unit.set)(entity, entry_id, case_id, fields)


def _entry(kind: str, number: int, victim: EntityId) -> tuple[Entity, dict[str, Value]]:
    if kind == "log":
        text = f"Call {number}: the shop keeps the footage for 28 days and burns it to disc by Friday."
        return LOG_ENTRY, {"text": text, "topic": "note"}
    if kind == "contact":
        said: dict[str, Value] = {
            "victim": victim,
            "channel": "phone",
            "made": number % 3 > 0,
            "purposes": ("update",),
        }
        return CONTACT, {**said, "text": f"Told what was done, {number}."}
    if kind == "action":
        return ACTION, {"what": f"Get item {number}", "owner": "PC 1", "result": "Had"}
    if kind == "event":
        return CASE_EVENT, {"kind": "safeguarding-check", "text": "Nothing new."}
    return DECISION, {"kind": "other", "text": "All lines are proportionate.", "by": "PS 1"}


def opening(desk: Desk, ids: list[EntityId]) -> Spread:
    """Cases from all over the store, each looked at for the first time."""
    some = iter(random.Random(3).sample(ids, min(PAGES, len(ids))))
    return milliseconds(lambda: overview(read_page(desk, next(some))), min(PAGES, len(ids)))


def making(desk: Desk, case_id: EntityId, most: int | None) -> tuple[Spread, Spread]:
    """The timeline of a page that is open: making it, and putting so much of it into words."""
    made_in, told_in = [], []
    for _ in range(RUNS):
        page = read_page(desk, case_id)
        overview(page)
        made_in.append(seconds(lambda: page.events) * 1000)  # noqa: B023 - called at once
        told_in.append(seconds(lambda: told(page.events, most)) * 1000)  # noqa: B023 - called at once
    return Spread(tuple(made_in)), Spread(tuple(told_in))


def measured(size: int, folder: Path) -> dict[str, list[str]]:
    """One store's line of each table."""
    desk = made(folder, size, Frozen())
    desk.checker  # noqa: B018 - compiled once, like the app does behind the first paint
    ids = open_ids(size)
    short = opening(desk, ids[1:])
    long_case = ids[0]
    lengthen(desk, long_case, own_id("victim", 20))
    opened = milliseconds(lambda: overview(read_page(desk, long_case)), RUNS)
    building, first = making(desk, long_case, SCREENFUL)
    _, everything = making(desk, long_case, None)
    page = read_page(desk, long_case)
    events = len(page.events)
    lazily, plainly = building.median + first.median, building.median + everything.median
    searching = milliseconds(lambda: page.events.filtered(words="footage 7"), RUNS)
    desk.close()
    shown = f"{size:,}"
    return {
        "pages": [shown, short.shown_p95(), opened.shown(), f"{opened.median + lazily:.1f}"],
        "timeline": [
            shown, f"{events:,}", building.shown(), first.shown(), everything.shown(), times(plainly, lazily),
            searching.shown(),
        ],
    }  # fmt: skip


def main() -> None:
    found = []
    for size in sizes_asked(SIZES):
        with tempfile.TemporaryDirectory() as folder:
            found.append(measured(size, Path(folder)))
        print(f"(measured {size:,})", file=sys.stderr, flush=True)
    table(
        f"Opening a case: ms, median (p95 of {PAGES}; least–most for the case of {ENTRIES:,} entries)",
        ("cases", "overview", "of the long case", "and its timeline"),
        [one["pages"] for one in found],
    )
    table(
        f"The timeline of the long case: ms, median (least–most); {SCREENFUL} events are a screenful",
        ("cases", "events", "made", "screenful", "all in words", "plain way", "search in it"),
        [one["timeline"] for one in found],
    )
    print(machine())


if __name__ == "__main__":
    main()
