"""The queue's views: which cases, in which order, and how many."""

from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.desk import caseload, record
from casedesk.desk.desk import Desk
from casedesk.model.entities import CASE, CUSTODY
from casedesk.model.errors import BadInputError
from casedesk.model.ids import new_id
from casedesk.store.queue import QueueReader
from tests.conftest import FrozenClock
from tests.desk.extracts import extract, taken


@pytest.fixture
def cases(desk: Desk, tmp_path: Path, clock: FrozenClock) -> Desk:
    """One case for each view."""
    path = extract(
        tmp_path,
        ("A-open", "Theft", "1/11/2026", "PC Zoë Bright"),
        ("A-mine", "Burglary", "2/11/2026", "PC 2"),
        ("A-custody", "Robbery", "20/11/2026", "PC 3"),
        ("A-submitted", "Arson", "3/11/2026", "PC 4"),
        ("A-returned", "Fraud", "4/11/2026", "PC 5"),
        ("A-closed", "Drugs", "5/11/2026", "PC 6"),
    )
    taken(desk, path)
    said = {
        "A-mine": {"owner": "7042"},
        "A-submitted": {"stage": "submitted"},
        "A-returned": {"stage": "returned"},
    }
    with desk.store.unit_of_work("test") as unit:
        for ref, fields in said.items():
            unit.set(CASE, desk.find(ref), desk.find(ref), fields)
        closed = desk.find("A-closed")
        unit.extract(CASE, closed, closed, {"record_status": "filed", "outcome": "18"}, clock.now)
        held = desk.find("A-custody")
        unit.extract(
            CUSTODY,
            new_id(),
            held,
            {"state": "detained", "relevant_at": clock.now - timedelta(hours=2)},
            clock.now,
        )
    return desk


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("open", {"A-open", "A-mine", "A-custody", "A-submitted", "A-returned"}),
        ("mine", {"A-mine"}),
        ("unassigned", {"A-open", "A-custody", "A-submitted", "A-returned"}),
        ("custody", {"A-custody"}),
        ("submitted", {"A-submitted"}),
        ("returned", {"A-returned"}),
        ("all", {"A-open", "A-mine", "A-custody", "A-submitted", "A-returned", "A-closed"}),
    ],
)
def test_each_view_holds_its_cases(cases: Desk, view: str, expected: set[str]) -> None:
    found = caseload.top(cases, view, "", 100)
    assert {row.ref for row in found.rows} == expected
    assert found.total == len(expected)


def test_who_is_detained_comes_first(cases: Desk) -> None:
    found = caseload.top(cases, "open", "", 1)
    (row,) = found.rows
    assert row.ref == "A-custody"
    assert found.total == 5
    assert found.bands[row.band]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("theft", {"A-open"}),
        ("thef", {"A-open"}),
        ("zoe bri", {"A-open"}),
        ("BRIGHT theft", {"A-open"}),
        ("bright arson", set()),
        ("pc", {"A-open", "A-mine", "A-custody", "A-submitted", "A-returned"}),
        ('"', {"A-open", "A-mine", "A-custody", "A-submitted", "A-returned"}),
        ("x'; DROP TABLE cases; --", set()),
    ],
)
def test_words_narrow_the_view_by_their_beginnings(cases: Desk, words: str, expected: set[str]) -> None:
    assert {row.ref for row in caseload.top(cases, "open", words, 100).rows} == expected


def test_an_unknown_view_is_refused_with_the_known_ones(desk: Desk) -> None:
    with pytest.raises(BadInputError, match="'minee' is not a view") as refused:
        caseload.top(desk, "minee", "", 10)
    assert "mine" in refused.value.cure


def test_a_moment_that_comes_moves_a_case(cases: Desk, clock: FrozenClock) -> None:
    record.add_contact(
        cases,
        cases.find("A-open"),
        channel="phone",
        made=True,
        text="Rang",
        next_at=clock.now + timedelta(days=3),
    )

    def band(ref: str) -> int:
        return next(row.band for row in caseload.top(cases, "open", "", 100).rows if row.ref == ref)

    before = band("A-open")
    clock.advance(timedelta(days=4))
    assert band("A-open") < before


def test_a_flag_put_up_at_the_desk_shows_in_the_queue(cases: Desk) -> None:
    record.raise_flag(cases, cases.find("A-open"), "hate", raised=True, why="Said so")
    row = next(row for row in caseload.top(cases, "open", "", 100).rows if row.ref == "A-open")
    assert row.flags == ("hate",)


def test_the_order_can_be_chosen_and_turned_round(cases: Desk) -> None:
    reader = QueueReader(cases.store.connection)
    for order in ("reference", "date", "oic", "offence", "due", "priority"):
        forwards = list(reader.order(caseload.view_of(cases, "all", order=order)))
        backwards = list(reader.order(caseload.view_of(cases, "all", order=order, reverse=True)))
        assert forwards == backwards[::-1]
        assert len(forwards) == 6
    by_reference = reader.rows(list(reader.order(caseload.view_of(cases, "all", order="reference"))))
    assert [row.ref for row in by_reference] == sorted(row.ref for row in by_reference)


def test_more_cases_can_be_asked_for_than_are_read_at_once(desk: Desk, clock: FrozenClock) -> None:
    with desk.store.unit_of_work("test") as unit:
        for number in range(1_300):
            case_id = new_id()
            unit.extract(CASE, case_id, case_id, {"ref": f"B{number:04}"}, clock.now)
    found = caseload.top(desk, "open", "", 100_000)
    assert len({row.ref for row in found.rows}) == found.total == 1_300
