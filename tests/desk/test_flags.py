"""Flags at the desk: put on and taken off whatever the extract says, and back again by undo."""

import pytest

from casedesk.desk import record, undo
from casedesk.desk.desk import Desk
from casedesk.model.entities import CASE
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId, new_id
from casedesk.store.checks import rebuild


@pytest.fixture
def case_id(desk: Desk) -> EntityId:
    made = new_id()
    with desk.store.unit_of_work("test") as unit:
        unit.extract(CASE, made, made, {"ref": "99260000001", "flags": ("knife",)}, desk.now)
    return made


def flags(desk: Desk, case_id: EntityId) -> tuple[str, ...]:
    return desk.case(case_id).file.case.flags or ()


def test_a_flag_goes_up_beside_those_of_the_extract(desk: Desk, case_id: EntityId) -> None:
    record.raise_flag(desk, case_id, "da", raised=True, why="Disclosed in interview")
    assert flags(desk, case_id) == ("knife", "da")


def test_a_flag_taken_off_stays_off_when_a_later_extract_has_it(desk: Desk, case_id: EntityId) -> None:
    record.raise_flag(desk, case_id, "knife", raised=False, why="A butter knife on a table")
    with desk.store.unit_of_work("test") as unit:
        unit.extract(CASE, case_id, case_id, {"flags": ("knife", "hate")}, desk.now)
    assert flags(desk, case_id) == ("hate",)


def test_undo_brings_the_flag_back_and_redo_takes_it_off_again(desk: Desk, case_id: EntityId) -> None:
    record.raise_flag(desk, case_id, "knife", raised=False, why="A butter knife on a table")
    undo.undo(desk)
    assert flags(desk, case_id) == ("knife",)
    undo.redo(desk)
    assert flags(desk, case_id) == ()
    assert rebuild(desk.store).differing == ()


def test_a_flag_changes_the_case_s_place(desk: Desk, case_id: EntityId) -> None:
    before = desk.store.connection.execute("SELECT score FROM queue").fetchone()[0]
    record.raise_flag(desk, case_id, "child", raised=True, why="The victim is nine")
    assert desk.store.connection.execute("SELECT score FROM queue").fetchone()[0] > before


@pytest.mark.parametrize(
    ("word", "raised", "why", "message"),
    [
        ("knife", True, "again", "up already"),
        ("da", False, "again", "not up already"),
        ("spoon", True, "new", "not a flag"),
        ("da", True, " ", "empty"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_cure(
    desk: Desk, case_id: EntityId, word: str, raised: bool, why: str, message: str
) -> None:
    with pytest.raises(BadInputError, match=message) as refused:
        record.raise_flag(desk, case_id, word, raised=raised, why=why)
    assert refused.value.cure
    assert flags(desk, case_id) == ("knife",)
