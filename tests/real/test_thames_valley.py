"""Thames Valley, January and February 2021: taken in, queued, and filtered by words."""

import re
from collections import Counter
from pathlib import Path

import pytest

from casedesk.desk import caseload
from casedesk.desk.desk import Desk
from casedesk.desk.take_in import TakeInReport, take_in
from casedesk.front import FrontApp
from casedesk.screens.queue import QueueScreen
from casedesk.screens.session import Session
from casedesk.store.queue import QueueReader
from tests.journeys.conftest import Officer, settle
from tests.real.conftest import NewDesk
from tests.real.plain import Line, all_lines

MONTHS = ("2021-01-thames-valley-street.csv", "2021-02-thames-valley-street.csv")
SEARCHED = ("Crime ID", "Crime type", "Last outcome category", "Location", "LSOA name")


@pytest.fixture(scope="module")
def crimes(police_uk: Path) -> dict[str, Line]:
    """The first line of each crime."""
    found: dict[str, Line] = {}
    for line in all_lines(police_uk / name for name in MONTHS):
        found.setdefault(line["Crime ID"], line)
    return found


@pytest.fixture(scope="module")
def taken(
    new_desk: NewDesk, police_uk: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Desk, list[TakeInReport]]:
    desk = new_desk()
    folder = tmp_path_factory.mktemp("rejects")
    street = desk.packs.profiles["police-uk-street"]
    return desk, [take_in(desk, police_uk / name, street, rejects=folder / name) for name in MONTHS]


@pytest.fixture(scope="module")
def desk(taken: tuple[Desk, list[TakeInReport]]) -> Desk:
    return taken[0]


def test_every_crime_is_there_once(taken: tuple[Desk, list[TakeInReport]], crimes: dict[str, Line]) -> None:
    desk, reports = taken
    assert desk.store.connection.execute("SELECT count(*) FROM cases").fetchone() == (len(crimes),)
    assert sum(report.new_cases for report in reports) == len(crimes)
    for report in reports:
        accounted = report.new + report.changed + report.unchanged + report.repeated + report.rejected
        assert accounted + report.skipped.total() == report.lines


def test_a_crime_told_twice_with_two_outcomes_is_rejected_once_with_both_places(
    taken: tuple[Desk, list[TakeInReport]],
) -> None:
    january, february = taken[1]
    (row,) = january.rejects
    assert (row.line, row.column, row.value) == (13166, "Last outcome category", "Offender given a caution")
    assert "line 13121 " in row.reason
    assert february.rejected == 0


def test_the_categories_are_counted_as_in_the_files(desk: Desk, crimes: dict[str, Line]) -> None:
    held = dict(
        desk.store.connection.execute("SELECT category, count(*) FROM cases GROUP BY category").fetchall()
    )
    assert held == Counter(line["Crime type"] for line in crimes.values())
    assert len(held) > 10


def test_the_queue_holds_the_open_ones(desk: Desk, crimes: dict[str, Line]) -> None:
    reader = QueueReader(desk.store.connection)
    still_open = {
        ref
        for ref, line in crimes.items()
        if line["Last outcome category"] in ("Under investigation", "Status update unavailable", "")
    }
    order = reader.order(caseload.view_of(desk, "open"))
    assert {row.ref for row in reader.rows(list(order))} == still_open
    assert len(order) == reader.count(caseload.view_of(desk, "open")) == len(still_open)


def matching(crimes: dict[str, Line], typed: str) -> set[str]:
    """The crimes of which every typed word begins a word."""
    found = set()
    for ref, line in crimes.items():
        words = [word for name in SEARCHED for word in re.findall(r"[a-z0-9]+", line[name].lower())]
        if all(any(word.startswith(part) for word in words) for part in typed.lower().split()):
            found.add(ref)
    return found


@pytest.mark.parametrize(
    "typed",
    [
        "burglary", "burg", "BURGLARY", "bicycle theft", "thef bicy", "oxford", "oxford shopl",
        "reading violence unable", "high street", "no such thing", "slough 014",
    ],
)  # fmt: skip
def test_words_find_what_a_plain_search_finds(desk: Desk, crimes: dict[str, Line], typed: str) -> None:
    reader = QueueReader(desk.store.connection)
    view = caseload.view_of(desk, "all", words=typed)
    found = {row.ref for row in reader.rows(list(reader.order(view)))}
    expected = matching(crimes, typed)
    assert found == expected
    assert reader.count(view) == len(expected)
    assert bool(expected) == (typed != "no such thing")


def test_a_crime_is_found_by_the_beginning_of_its_number(desk: Desk, crimes: dict[str, Line]) -> None:
    for ref in list(crimes)[::5_000]:
        assert desk.case(desk.find(ref[:14])).file.case.ref == ref


async def test_worked_by_keys_the_list_holds_what_a_plain_count_holds(
    desk: Desk, crimes: dict[str, Line]
) -> None:
    app = FrontApp(Session(desk.store.places, desk.clock, desk))
    async with app.run_test(size=(110, 40)) as pilot:
        officer = Officer(app, pilot)
        await settle(pilot)
        queue = app.screen
        assert isinstance(queue, QueueScreen)
        await officer.press("minus")
        assert len(queue.table.source) == len(crimes)
        await officer.press("slash")
        await officer.type("burglary slough")
        expected = {
            reference
            for reference, line in crimes.items()
            if all(re.search(rf"\b{word}", _text(line), re.IGNORECASE) for word in ("burglary", "slough"))
        }
        numbers = [queue.table.source.id_at(place) or 0 for place in range(len(queue.table.source))]
        assert {row.ref for row in queue.session.queue.rows(numbers)} == expected
        await officer.press("enter", "enter")
        assert officer.sees("Burglary")
        await officer.press("escape", "escape", "s", "4", "end")
        last = queue.table.cursor_row
        assert last is not None
        assert last.since == "2021-02"


def _text(line: Line) -> str:
    return " ".join(line[name] for name in SEARCHED)
