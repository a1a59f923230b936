"""The evidential review: saved part by part, completed only when it holds, and the gate it makes."""

from typing import Any

import pytest

from casedesk.desk import decisions, evidential, undo
from casedesk.desk.desk import Desk
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId
from tests.desk.cases import acts
from tests.desk.clinic_cases import EVIDENCE, INTEREST, a_theft, matter, prove, reviewed


@pytest.fixture
def case_id(desk: Desk) -> EntityId:
    return a_theft(desk)


def test_parts_of_a_review_saved_one_by_one_stand_together(desk: Desk, case_id: EntityId) -> None:
    evidential.review(desk, case_id, admission="full", admitted_where="Interview")
    evidential.review(desk, case_id, footage="viewed")
    held = matter(desk, case_id).review
    assert (held.admission, held.admitted_where, held.footage) == ("full", "Interview", "viewed")
    evidential.review(desk, case_id, admitted_where="")
    assert matter(desk, case_id).review.admitted_where is None
    undo.undo(desk)
    assert matter(desk, case_id).review.admitted_where == "Interview"


def test_a_review_that_changes_nothing_or_names_no_word_of_it_is_refused(
    desk: Desk, case_id: EntityId
) -> None:
    evidential.review(desk, case_id, admission="full")
    before = acts(desk.store)
    wrongs: tuple[dict[str, Any], ...] = (
        {"admission": "full"}, {"admission": "perhaps"}, {"nonsense": "x"}, {"defences": ("alibi",)},
    )  # fmt: skip
    for wrong in wrongs:
        with pytest.raises(BadInputError):
            evidential.review(desk, case_id, **wrong)
    assert acts(desk.store) == before


def test_a_review_is_complete_only_with_everything_and_says_what_is_missing(
    desk: Desk, case_id: EntityId
) -> None:
    with pytest.raises(BadInputError, match="no points to prove"):
        evidential.complete_review(desk, case_id, **EVIDENCE, **INTEREST)
    prove(desk, case_id)
    for name in ("admission", "identification", "footage", "witnesses", "disclosure", "outstanding", "evidential",
                 "evidential_why", "interest", "interest_why", "interest_a", "previous_checked"):  # fmt: skip
        short = {key: value for key, value in {**EVIDENCE, **INTEREST}.items() if key != name}
        with pytest.raises(BadInputError, match="not complete"):
            evidential.complete_review(desk, case_id, **short)
    evidential.complete_review(desk, case_id, **EVIDENCE, **INTEREST)
    assert evidential.worksheet(desk, case_id).complete
    assert evidential.worksheet(desk, case_id).missing == ()


def test_met_with_a_missing_point_is_refused_unless_explained(desk: Desk, case_id: EntityId) -> None:
    own, *others = decisions.add_points(desk, case_id)
    for one in others:
        decisions.set_point(desk, case_id, one, "proved", "CCTV")
    with pytest.raises(BadInputError, match="cannot be met"):
        evidential.complete_review(desk, case_id, **EVIDENCE, **INTEREST)
    evidential.complete_review(
        desk, case_id, explained="The court may infer it from the concealment.", **EVIDENCE, **INTEREST
    )
    assert "may infer it" in (matter(desk, case_id).review.evidential_why or "")
    assert own in dict(matter(desk, case_id).points)


def test_a_defence_that_nobody_answers_keeps_the_stage_from_being_met(desk: Desk, case_id: EntityId) -> None:
    prove(desk, case_id)
    with pytest.raises(BadInputError, match="not answered: Modern slavery"):
        evidential.complete_review(desk, case_id, **{**EVIDENCE, **INTEREST, "defences": ("s45",)})
    answered = {"defences": ("s45",), "defence_note": "No sign of exploitation; NRM considered with the OIC."}
    evidential.complete_review(desk, case_id, **{**EVIDENCE, **INTEREST, **answered})
    assert evidential.worksheet(desk, case_id).complete


def test_a_review_that_fails_the_evidential_stage_needs_no_public_interest_and_lets_nothing_go_on(
    desk: Desk, case_id: EntityId
) -> None:
    decisions.add_points(desk, case_id)
    failing = {**EVIDENCE, "evidential": "not-met", "evidential_why": "Nobody saw the face."}
    with pytest.raises(BadInputError, match="not prosecuted"):
        evidential.complete_review(desk, case_id, interest="prosecute", **failing)
    evidential.complete_review(desk, case_id, **failing)
    now = matter(desk, case_id)
    assert "not met" in (evidential.gate(desk.packs, now, "cc") or "")
    assert "not met" in (evidential.gate(desk.packs, now, "cr") or "")
    assert evidential.gate(desk.packs, now, "o22") is None


@pytest.mark.parametrize("result", ["prosecute", "no-further-action"])
def test_a_public_interest_that_asks_for_something_else_closes_the_gate(
    desk: Desk, case_id: EntityId, result: str
) -> None:
    reviewed(desk, case_id, interest=result)
    assert evidential.gate(desk.packs, matter(desk, case_id), "cc") is not None
    assert evidential.gate(desk.packs, matter(desk, case_id), "o22") is not None


def test_a_change_after_completion_opens_the_review_again(desk: Desk, case_id: EntityId) -> None:
    reviewed(desk, case_id)
    assert evidential.gate(desk.packs, matter(desk, case_id), "cc") is None
    evidential.review(desk, case_id, risk_grade="high")
    assert (
        evidential.gate(desk.packs, matter(desk, case_id), "cc") == "The evidential review is not complete."
    )
    undo.undo(desk)
    assert evidential.gate(desk.packs, matter(desk, case_id), "cc") is None
