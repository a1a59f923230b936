"""Approvals of a version that a colleague has changed meanwhile are flagged on every desk."""

from casedesk.desk.approved_facts import digest
from casedesk.desk.desk import Desk
from casedesk.desk.earlier_approvals import Earlier, earlier_approvals
from casedesk.desk.review_state import ReviewState
from casedesk.model.entities import APPROVAL, CASE
from casedesk.model.ids import EntityId, new_id
from casedesk.model.words import Stage
from tests.desk.team_of_two import Two, a_shared_case, say


def approve(desk: Desk, case_id: EntityId, outcome: str) -> None:
    """Finalise a case as it stands at this desk."""
    with desk.store.unit_of_work("finalise") as unit:
        unit.set(CASE, case_id, case_id, {"stage": Stage.FINALISED.value})
    facts = digest(desk.case(case_id).file)
    with desk.store.unit_of_work("finalise") as unit:
        unit.entry(
            APPROVAL, new_id(), case_id,
            {"outcome": outcome, "decided_by": desk.store.actor, "facts": facts, "at": desk.now},
        )  # fmt: skip


def only(desk: Desk) -> Earlier:
    (one,) = earlier_approvals(desk)
    return one


def test_an_approval_of_an_earlier_version_is_flagged_at_both_desks(two: Two) -> None:
    case_id = a_shared_case(two.ann, summary="Window broken")
    other = a_shared_case(two.ann, "42/2/26")
    two.send(two.ann)
    two.send(two.bob)
    approve(two.ann, case_id, "18")
    approve(two.ann, other, "18")
    assert earlier_approvals(two.ann) == []
    say(two.bob, case_id, summary="Window and door broken")
    two.send(two.bob)
    two.send(two.ann)
    for desk in (two.ann, two.bob):
        one = only(desk)
        assert (one.ref, one.state, one.case_id) == ("42/1/26", ReviewState.CHANGED, case_id)
        assert one.approvals == "18, undated (1001)"
        assert earlier_approvals(desk, case_id) == [one]
        assert earlier_approvals(desk, other) == []
    approve(two.ann, case_id, "18")
    assert earlier_approvals(two.ann) == []


def test_two_approvals_that_differ_are_flagged(two: Two) -> None:
    case_id = a_shared_case(two.ann)
    two.send(two.ann)
    two.send(two.bob)
    approve(two.ann, case_id, "18")
    approve(two.bob, case_id, "14")
    two.send(two.ann)
    two.send(two.bob)
    assert only(two.ann).state is only(two.bob).state is ReviewState.TWO_APPROVALS
    assert "18, undated (1001)" in only(two.ann).approvals
