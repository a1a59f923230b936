"""What two desks did to one resolution apart: nothing rests on it until somebody decided."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.desk import condition_builder, decisions, resolution
from casedesk.desk.check import check_case, check_store
from casedesk.desk.clinic_page import Progress, clinic_page
from casedesk.desk.desk import Desk
from casedesk.desk.finalise import CannotFinaliseError, finalise
from casedesk.desk.record import add_contact
from casedesk.model.entities import CONDITION
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId
from tests.conftest import FrozenClock
from tests.desk.clinic_cases import a_theft, accepted, authorised, first_suspect, matter, offered
from tests.desk.team_of_two import Two, make_two


@pytest.fixture
def two(tmp_path: Path, clock: FrozenClock) -> Iterator[Two]:
    made = make_two(tmp_path, clock)
    yield made
    for desk in (made.ann, made.bob):
        desk.close()


def meet(two: Two) -> None:
    """Everything that either has goes to the other."""
    for desk in (two.ann, two.bob):
        two.send(desk)


def rules(desk: Desk, case_id: EntityId) -> set[str]:
    return {one.rule for one in check_case(desk, case_id).findings} & {
        "S27",
        "S28",
        "S29",
        "S30",
        "S31",
        "S32",
    }


def told(desk: Desk, case_id: EntityId) -> None:
    add_contact(desk, case_id, channel="phone", made=True, purposes=("out-of-court", "outcome"), text="told")


def refuses(desk: Desk, case_id: EntityId) -> None:
    """It is not finalised as it stands, whatever is found besides."""
    told(desk, case_id)
    with pytest.raises(CannotFinaliseError):
        finalise(desk, case_id)


@pytest.mark.parametrize("first", ["ann", "bob"])
def test_accepted_at_one_desk_and_declined_at_the_other(two: Two, clock: FrozenClock, first: str) -> None:
    case_id = a_theft(two.ann)
    offered(two.ann, case_id)
    meet(two)
    accepts, declines = (two.ann, two.bob) if first == "ann" else (two.bob, two.ann)
    resolution.accept(accepts, case_id, consent=True)
    resolution.decline(declines, case_id, why="Denies it now", denied=True)
    meet(two)
    for desk in (two.ann, two.bob):
        assert "S31" in rules(desk, case_id)
        assert any(one.rule == "S31" for verdict in check_store(desk) for one in verdict.findings)
        page = {step.id: step for step in clinic_page(desk, case_id, first_suspect(desk, case_id)).steps}
        assert page["decision"].progress is Progress.BLOCKED
        assert "in dispute" in page["decision"].said
        assert "its state" in page["decision"].next
        with pytest.raises(BadInputError, match="In dispute between desks"):
            resolution.withdraw(desk, case_id, why="x")
        refuses(desk, case_id)


@pytest.mark.parametrize("completes_first", [True, False])
def test_an_activity_completed_at_one_desk_and_not_kept_at_the_other(two: Two, completes_first: bool) -> None:
    case_id = a_theft(two.ann)
    accepted(two.ann, case_id, "o22")
    ((own, _),) = matter(two.ann, case_id).conditions
    meet(two)

    def completes() -> None:
        condition_builder.kept(two.ann, case_id, own, evidence="Certificate")
        resolution.complete(two.ann, case_id)

    def breaches() -> None:
        condition_builder.not_kept(two.bob, case_id, own, why="Did not come")

    for act in (completes, breaches) if completes_first else (breaches, completes):
        act()
        two.clock.advance(timedelta(minutes=1))
    meet(two)
    for desk in (two.ann, two.bob):
        assert desk.case(case_id).file.case.outcome == "22"
        assert "S31" in rules(desk, case_id)
        refuses(desk, case_id)


def test_a_point_set_missing_at_another_desk_opens_the_review_that_the_outcome_rests_on(two: Two) -> None:
    case_id = a_theft(two.ann)
    offered(two.ann, case_id)
    meet(two)
    decisions.set_point(two.bob, case_id, matter(two.bob, case_id).points[0][0], "missing", "")
    resolution.accept(two.ann, case_id, consent=True)
    assert not rules(two.ann, case_id)
    meet(two)
    for desk in (two.ann, two.bob):
        assert "S32" in rules(desk, case_id)
        refuses(desk, case_id)


def test_ended_at_one_desk_and_completed_at_the_other_is_shown_as_in_dispute(two: Two) -> None:
    case_id = a_theft(two.ann)
    accepted(two.ann, case_id)
    ((own, _),) = matter(two.ann, case_id).conditions
    meet(two)
    condition_builder.not_kept(two.ann, case_id, own, why="Did not come")
    resolution.fail(two.ann, case_id, decision="prosecute", by="Sgt Roe 5120", rank="sgt", why="No excuse")
    condition_builder.kept(two.bob, case_id, own, evidence="Certificate")
    resolution.complete(two.bob, case_id)
    meet(two)
    for desk in (two.ann, two.bob):
        steps = {step.id: step for step in clinic_page(desk, case_id).steps}
        assert steps["decision"].progress is Progress.BLOCKED
        assert "in dispute" in steps["decision"].said


def test_an_accepted_caution_without_its_conditions_is_at_odds_even_once_its_state_is_decided(
    desk: Desk,
) -> None:
    case_id = a_theft(desk)
    accepted(desk, case_id)
    ((own, _),) = matter(desk, case_id).conditions
    with desk.store.unit_of_work("test") as unit:  # as declining at another desk left it
        unit.set(CONDITION, own, case_id, {"withdrawn_why": "The resolution was not accepted."})
    assert rules(desk, case_id) == {"S31"}
    steps = {step.id: step for step in clinic_page(desk, case_id).steps}
    assert steps["decision"].progress is Progress.BLOCKED
    assert "its conditions, signed and all taken out" in steps["decision"].next


def test_a_resolution_that_runs_undisturbed_has_no_finding(desk: Desk) -> None:
    for number, disposal in enumerate(("cc", "cr")):
        case_id = a_theft(desk, f"42/{number}/26")
        accepted(desk, case_id, disposal)
        assert not rules(desk, case_id)
    waits = a_theft(desk, "42/9/26")
    authorised(desk, waits)
    assert not rules(desk, waits)
