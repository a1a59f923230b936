"""The queue's views: which cases, in which order, and how many."""

from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.desk import caseload, record
from casedesk.desk.desk import Desk
from casedesk.model.entities import ACTION, CASE, CUSTODY
from casedesk.model.errors import BadInputError
from casedesk.model.ids import new_id
from casedesk.store.queue import QueueReader
from tests.conftest import FrozenClock
from tests.desk.extracts import extract, taken

OPEN = {"A-open", "A-mine", "A-custody", "A-submitted", "A-returned", "A-clinic", "A-today", "A-waiting"}


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
        ("A-clinic", "Assault", "6/11/2026", "PC 7"),
        ("A-today", "Nuisance", "7/11/2026", "PC 8"),
        ("A-waiting", "Harassment", "8/11/2026", "PC 9"),
    )
    taken(desk, path)
    said = {
        "A-mine": {"owner": "7042"},
        "A-submitted": {"stage": "submitted"},
        "A-returned": {"stage": "returned"},
        "A-clinic": {"stage": "clinic", "team": "crime management"},
        "A-today": {"owner": "7050", "team": "Crime Management"},
        "A-waiting": {"owner": "7050"},
    }
    with desk.store.unit_of_work("test") as unit:
        for ref, fields in said.items():
            unit.set(CASE, desk.find(ref), desk.find(ref), fields)
        for ref, who, due in (("A-today", "7050", 5), ("A-waiting", "Laboratory", 200)):
            set_at, due_at = unit.now - timedelta(days=4), unit.now + timedelta(hours=due)
            unit.set(ACTION, new_id(), desk.find(ref),
                     {"what": "Chase", "owner": who, "set_at": set_at, "due_at": due_at})  # fmt: skip
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
        ("open", OPEN),
        ("mine", {"A-mine"}),
        ("team", {"A-clinic", "A-today"}),
        ("unassigned", OPEN - {"A-mine", "A-today", "A-waiting"}),
        ("custody", {"A-custody"}),
        ("today", {"A-custody", "A-today"}),
        ("waiting", {"A-waiting"}),
        ("clinic", {"A-clinic"}),
        ("submitted", {"A-submitted"}),
        ("returned", {"A-returned"}),
        ("all", OPEN | {"A-closed"}),
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
    assert found.total == len(OPEN)
    assert found.bands[row.band]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("theft", {"A-open"}),
        ("thef", {"A-open"}),
        ("zoe bri", {"A-open"}),
        ("BRIGHT theft", {"A-open"}),
        ("bright arson", set()),
        ("pc", OPEN),
        ('"', OPEN),
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
    for order in ("reference", "date", "oic", "offence", "due", "priority", "waiting"):
        forwards = list(reader.order(caseload.view_of(cases, "all", order=order)))
        backwards = list(reader.order(caseload.view_of(cases, "all", order=order, reverse=True)))
        assert forwards == backwards[::-1]
        assert len(forwards) == 9
    by_reference = reader.rows(list(reader.order(caseload.view_of(cases, "all", order="reference"))))
    assert [row.ref for row in by_reference] == sorted(row.ref for row in by_reference)


def test_more_cases_can_be_asked_for_than_are_read_at_once(desk: Desk, clock: FrozenClock) -> None:
    with desk.store.unit_of_work("test") as unit:
        for number in range(1_300):
            case_id = new_id()
            unit.extract(CASE, case_id, case_id, {"ref": f"B{number:04}"}, clock.now)
    found = caseload.top(desk, "open", "", 100_000)
    assert len({row.ref for row in found.rows}) == found.total == 1_300


def test_what_is_due_within_a_time_and_what_is_late(cases: Desk, clock: FrozenClock) -> None:
    found = caseload.due_within(cases, timedelta(hours=5, seconds=1), scope="team")
    assert [item.ref for item in found.items] == ["A-today"]
    assert (found.total, found.late, found.late_total) == (1, [], 0)
    assert caseload.due_within(cases, timedelta(hours=5), scope="team").items == []
    clock.advance(timedelta(hours=6))
    later = caseload.due_within(cases, timedelta(hours=1), scope="team")
    assert [item.ref for item in later.late] == ["A-today"]
    assert (later.total, later.late_total) == (0, 1)
    assert {item.ref for item in caseload.due_within(cases, timedelta(days=30)).items} >= {"A-waiting"}
    for wrong in (timedelta(), timedelta(hours=-1)):
        with pytest.raises(BadInputError, match="no time to look ahead"):
            caseload.due_within(cases, wrong)
    assert caseload.due_within(cases, timedelta.max).total >= 1


def test_the_longest_wait_is_on_top(cases: Desk) -> None:
    second = cases.find("A-mine")
    with cases.store.unit_of_work("test") as unit:
        unit.set(ACTION, new_id(), second,
                 {"what": "Statement", "owner": "CPS", "set_at": unit.now - timedelta(days=30)})  # fmt: skip
    found = caseload.top(cases, "waiting", "", 10).rows
    assert [(row.ref, bool(row.waiting)) for row in found] == [("A-mine", True), ("A-waiting", True)]
    assert [row.waiting_since for row in found] == sorted(
        row.waiting_since for row in found if row.waiting_since
    )


def test_after_a_long_absence_everything_is_placed_anew(
    cases: Desk, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caseload, "_HELPING", 1)
    clock.advance(timedelta(days=40))
    assert caseload.bring_up_to_date(cases) > 1
    assert cases.store.tick() == 0
