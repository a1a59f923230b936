"""The history of a case: who, when, from what to what, under which act."""

from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.desk import record, undo
from casedesk.desk.desk import Desk
from casedesk.desk.history import Changed, act_title, case_history
from casedesk.model.entities import CASE, CUSTODY, SUSPECT
from casedesk.model.ids import EntityId, derived_id, new_id
from tests.conftest import FrozenClock
from tests.desk.extracts import extract, taken


@pytest.fixture
def case_id(desk: Desk, tmp_path: Path) -> EntityId:
    taken(desk, extract(tmp_path, ("A1", "Theft", "1/11/2026", "PC 1", "Ann", "named")))
    return desk.find("A1")


def of(changes: list[Changed], field: str) -> list[tuple[str, str, str, str]]:
    return [(one.actor, one.act, one.before, one.after) for one in changes if one.field == field]


def test_every_change_of_a_fact_is_told_latest_first(
    desk: Desk, case_id: EntityId, tmp_path: Path, clock: FrozenClock
) -> None:
    first = clock.now
    clock.advance(timedelta(hours=1))
    taken(desk, extract(tmp_path, ("A1", "Theft", "1/11/2026", "PC 2", "Ann", "named")))
    clock.advance(timedelta(hours=1))
    with desk.store.unit_of_work("case.assign") as unit:
        unit.set(CASE, case_id, case_id, {"oic": "DC 3", "owner": "7042"})
    undo.undo(desk)
    changes = case_history(desk, case_id)
    assert of(changes, "OIC") == [
        ("7042", "undo", "DC 3", "PC 2"),
        ("7042", "case assign", "PC 2", "DC 3"),
        ("7042", "taking in an extract", "PC 1", "PC 2"),
        ("7042", "taking in an extract", "", "PC 1"),
    ]
    assert of(changes, "Owner") == [("7042", "undo", "7042", ""), ("7042", "case assign", "", "7042")]
    second = first + timedelta(hours=1)
    assert [one.at for one in changes if one.field == "OIC"] == [clock.now, clock.now, second, first]
    assert [one.number for one in changes] == list(range(len(changes), 0, -1))


def test_people_are_told_apart_and_values_are_shown_as_on_screen(
    desk: Desk, case_id: EntityId, tmp_path: Path
) -> None:
    taken(
        desk,
        extract(
            tmp_path,
            ("A1", "Theft", "2/11/2026", "PC 1", "Ann", "bailed"),
            ("A1", "", "", "", "Bob", "named"),
        ),
    )
    changes = case_history(desk, case_id)
    assert of(changes, "Suspect status") == [
        ("7042", "taking in an extract", "", "named"),
        ("7042", "taking in an extract", "named", "bailed"),
        ("7042", "taking in an extract", "", "named"),
    ]
    assert of(changes, "Recorded")[0][2:] == ("1 Nov 2026", "2 Nov 2026")
    assert {one.what for one in changes} == {"Case", "Suspect"}


def test_entries_are_no_changes_of_facts(desk: Desk, case_id: EntityId) -> None:
    before = case_history(desk, case_id)
    record.add_log_entry(desk, case_id, "Rang")
    assert case_history(desk, case_id) == before


def test_another_case_has_a_history_of_its_own(desk: Desk, case_id: EntityId, tmp_path: Path) -> None:
    taken(desk, extract(tmp_path, ("A2", "Arson"), name="other.csv"))
    assert "Arson" not in {one.after for one in case_history(desk, case_id)}
    assert case_history(desk, new_id()) == []


def test_links_between_entities_are_not_told(desk: Desk, case_id: EntityId, clock: FrozenClock) -> None:
    suspect = derived_id("someone")
    with desk.store.unit_of_work("test") as unit:
        unit.extract(SUSPECT, suspect, case_id, {"name": "Cy"}, clock.now)
        unit.extract(CUSTODY, new_id(), case_id, {"suspect": suspect, "suite": "Market St"}, clock.now)
    assert [(one.field, one.after) for one in case_history(desk, case_id) if one.what == "Custody"] == [
        ("Custody suite", "Market St")
    ]


def test_acts_are_called_by_words() -> None:
    assert act_title("log.add") == "a log entry"
    assert act_title("case.assign") == "case assign"
