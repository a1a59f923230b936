"""Who decides in the clinic: never whoever proposed it, nor the suspect, however they are written."""

from dataclasses import replace

import pytest

from casedesk.desk import condition_builder, resolution
from casedesk.desk.desk import Desk
from casedesk.model.entities import RESOLUTION
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId
from casedesk.model.words import ResolutionState, Role
from tests.desk.clinic_cases import a_theft, accepted, day, matter, proposed

SELF = "does not authorise it"


@pytest.fixture
def case_id(desk: Desk) -> EntityId:
    return a_theft(desk)


@pytest.mark.parametrize(
    "by", ["70 42", "704 2", "7O42", "Alexandra Doe", "Alexander Doe", "Al Doe", "Alx Doe", "Doe A"]
)
def test_another_spelling_makes_nobody_another_person(desk: Desk, case_id: EntityId, by: str) -> None:
    proposed(desk, case_id)
    with pytest.raises(BadInputError, match=SELF) as refused:
        resolution.authorise(desk, case_id, by=by, rank="sgt")
    assert "give the number" in refused.value.cure
    resolution.authorise(desk, case_id, by="Alexandra Doe 5120", rank="sgt")


def test_the_suspect_decides_on_nothing(desk: Desk, case_id: EntityId) -> None:
    proposed(desk, case_id)
    for by in ("Sam Hollis", "HOLLIS, S."):
        with pytest.raises(BadInputError, match="may be the suspect") as refused:
            resolution.authorise(desk, case_id, by=by, rank="sgt")
        assert "give the number" in refused.value.cure
    resolution.authorise(desk, case_id, by="Sgt Hollis 5120", rank="sgt")


def test_a_proposer_of_whom_only_the_number_is_known_is_told_apart_by_number(
    desk: Desk, case_id: EntityId
) -> None:
    own = proposed(desk, case_id)
    with desk.store.unit_of_work("test") as unit:
        unit.set(RESOLUTION, own, case_id, {"proposed_by": "7050"})
    with pytest.raises(BadInputError, match="cannot be told") as refused:
        resolution.authorise(desk, case_id, by="Sgt Roe", rank="sgt")
    assert "Give the number" in refused.value.cure
    with pytest.raises(BadInputError, match=SELF):
        resolution.authorise(desk, case_id, by="Sgt Lane 70-50", rank="sgt")
    resolution.authorise(desk, case_id, by="Sgt Roe 5120", rank="sgt")


@pytest.mark.parametrize("role", [Role.OOCR_CASE_WORKER, Role.FINALISATIONS])
def test_whoever_proposed_it_decides_neither_on_a_breach_nor_on_a_variation(
    desk: Desk, case_id: EntityId, role: Role
) -> None:
    accepted(desk, case_id)
    desk.settings = replace(desk.settings, person=replace(desk.settings.person, role=role))
    ((own, _),) = matter(desk, case_id).conditions
    condition_builder.not_kept(desk, case_id, own, why="Did not come")
    for by in ("7042", "Alexandra Doe", "Sam Hollis"):
        with pytest.raises(BadInputError):
            resolution.fail(desk, case_id, decision="no-further-action", by=by, rank="sgt", why="x")
        with pytest.raises(BadInputError):
            condition_builder.vary(
                desk, case_id, own, consent=True, by=by, rank="sgt", why="x", due_on=day(desk, 70)
            )
    held = matter(desk, case_id).resolution
    assert held is not None
    assert held.state == ResolutionState.ACTIVE
    resolution.fail(desk, case_id, decision="no-further-action", by="Sgt Roe", rank="sgt", why="Late")
