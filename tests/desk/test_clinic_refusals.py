"""What the clinic refuses although every step was taken in order: settled crimes, what came up since, wrong names."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casedesk.desk import assessment, condition_builder, decisions, evidential, gravity, resolution, undo
from casedesk.desk.clinic_judging import NotLawfulError, limits_of
from casedesk.desk.desk import Desk
from casedesk.model.entities import CASE, CONDITION, SUSPECT, VICTIM
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment
from casedesk.model.words import ResolutionState, Stage, SuspectStatus
from tests.conftest import FrozenClock
from tests.desk.clinic_cases import (
    CHECKS,
    EVIDENCE,
    INTEREST,
    RATIONALE,
    a_theft,
    accepted,
    authorised,
    chosen,
    condition,
    day,
    first_suspect,
    matter,
    offered,
    propose,
    proposed,
    prove,
    reviewed,
)

OFFER: dict[str, Any] = {"legal_advice": "had", "explained": True, "admission_repeated": True}
NEXT: dict[str, Callable[[Desk, EntityId], Any]] = {
    "draft": lambda desk, case_id: propose(desk, case_id),
    "proposed": lambda desk, case_id: resolution.authorise(desk, case_id, by="Sgt Roe", rank="sgt"),
    "authorised": lambda desk, case_id: resolution.offer(desk, case_id, **OFFER),
    "offered": lambda desk, case_id: resolution.accept(desk, case_id, consent=True),
}
"""The next step of a resolution in each state."""


@pytest.fixture
def case_id(desk: Desk) -> EntityId:
    return a_theft(desk)


def up_to(desk: Desk, case_id: EntityId, state: str) -> None:
    steps: dict[str, Callable[[Desk, EntityId], Any]] = {
        "draft": ready,
        "proposed": proposed,
        "authorised": authorised,
        "offered": offered,
    }
    steps[state](desk, case_id)


def ready(desk: Desk, case_id: EntityId) -> None:
    chosen(desk, case_id)
    condition(desk, case_id)


def put(desk: Desk, case_id: EntityId, **fields: Any) -> None:
    with desk.store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, fields)


def state(desk: Desk, case_id: EntityId) -> str | None:
    held = matter(desk, case_id).resolution
    return held.state if held else None


def kept(desk: Desk, case_id: EntityId) -> None:
    for own, _ in matter(desk, case_id).conditions:
        condition_builder.kept(desk, case_id, own, evidence="Certificate")


# -- settled crimes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("now", list(NEXT))
def test_no_step_is_taken_once_the_crime_is_finalised_or_has_another_outcome(
    desk: Desk, case_id: EntityId, now: str
) -> None:
    up_to(desk, case_id, now)
    for fields, why in (
        ({"stage": Stage.FINALISED.value}, "finalised"),
        ({"outcome": "1", "outcome_date": Moment("2026-11-10")}, "Outcome 1 is on record"),
    ):
        put(desk, case_id, **fields)
        with pytest.raises(BadInputError, match=why):
            NEXT[now](desk, case_id)
        with pytest.raises(BadInputError, match=why):
            resolution.choose(desk, case_id, disposal="cr")
        undo.undo(desk)
    NEXT[now](desk, case_id)


def test_somebody_charged_gets_no_resolution(desk: Desk, case_id: EntityId) -> None:
    reviewed(desk, case_id)
    with desk.store.unit_of_work("test") as unit:
        unit.set(SUSPECT, first_suspect(desk, case_id), case_id, {"status": SuspectStatus.CHARGED.value})
    with pytest.raises(BadInputError, match="charged"):
        resolution.choose(desk, case_id, disposal="cc")


def test_an_outcome_that_was_returned_for_rework_makes_way(desk: Desk, case_id: EntityId) -> None:
    put(desk, case_id, outcome="1", outcome_date=Moment("2026-11-10"), stage=Stage.RETURNED.value)
    accepted(desk, case_id)
    case = desk.case(case_id).file.case
    assert (case.outcome, case.stage) == ("3", Stage.SUBMITTED)


def test_what_is_declined_leaves_a_finalised_crime_as_it_is(desk: Desk, case_id: EntityId) -> None:
    authorised(desk, case_id)
    put(desk, case_id, stage=Stage.FINALISED.value, outcome="1")
    resolution.decline(desk, case_id, why="Would rather go to court")
    assert desk.case(case_id).file.case.stage == Stage.FINALISED


def test_a_second_resolution_needs_the_case_put_back(desk: Desk, case_id: EntityId) -> None:
    accepted(desk, case_id)
    kept(desk, case_id)
    resolution.complete(desk, case_id)
    with pytest.raises(BadInputError, match="completed, and its outcome stands"):
        resolution.choose(desk, case_id, disposal="cr")
    put(desk, case_id, stage=Stage.RETURNED.value)
    resolution.choose(desk, case_id, disposal="cr")
    file = desk.case(case_id).file
    assert (file.case.outcome, file.suspects[0][1].disposal) == (None, None)
    assert state(desk, case_id) == ResolutionState.DRAFT


def test_after_a_breach_another_is_not_simply_chosen(desk: Desk, case_id: EntityId) -> None:
    accepted(desk, case_id)
    ((own, _),) = matter(desk, case_id).conditions
    condition_builder.not_kept(desk, case_id, own, why="Did not come")
    resolution.fail(desk, case_id, decision="prosecute", by="Sgt Roe", rank="sgt", why="No excuse")
    with pytest.raises(BadInputError, match="ended for a breach"):
        resolution.choose(desk, case_id, disposal="cr")


# -- what came up since -----------------------------------------------------------------------------------------


def raise_matter(desk: Desk, case_id: EntityId) -> assessment.Sitting:
    suspect = first_suspect(desk, case_id)
    sitting = assessment.read(desk, case_id, assessment.start(desk, case_id, suspect))
    return assessment.answer(desk, sitting, "vulnerability.fresh", "yes")


def test_what_comes_up_after_the_offer_holds_the_acceptance(desk: Desk, case_id: EntityId) -> None:
    offered(desk, case_id)
    sitting = raise_matter(desk, case_id)
    with pytest.raises(BadInputError, match="needs assessment raised"):
        resolution.accept(desk, case_id, consent=True)
    (raised,) = sitting.open_triggers()
    assessment.record_trigger(desk, sitting, raised.id, made_on=Moment("2026-11-20"))
    resolution.accept(desk, case_id, consent=True)


def test_whoever_authorises_is_told_what_the_assessment_raised(desk: Desk, case_id: EntityId) -> None:
    proposed(desk, case_id)
    raise_matter(desk, case_id)
    warned = resolution.authorise(desk, case_id, by="Sgt Roe", rank="sgt")
    assert any("before this is dealt with" in one for one in warned)


def test_giving_an_assessment_up_or_beginning_another_deals_with_nothing(
    desk: Desk, case_id: EntityId
) -> None:
    authorised(desk, case_id)
    sitting = raise_matter(desk, case_id)
    assessment.give_up(desk, sitting, "Wrong form")
    with pytest.raises(BadInputError, match="needs assessment raised"):
        resolution.offer(desk, case_id, **OFFER)
    second = raise_matter(desk, case_id)
    (raised,) = second.open_triggers()
    assessment.record_trigger(desk, second, raised.id, made_on=Moment("2026-11-20"))
    resolution.offer(desk, case_id, **OFFER)


def test_a_point_that_falls_or_is_added_opens_the_review_again(desk: Desk, case_id: EntityId) -> None:
    offered(desk, case_id)
    own = matter(desk, case_id).points[0][0]
    decisions.set_point(desk, case_id, own, "proved", "CCTV and admission")
    assert evidential.worksheet(desk, case_id).complete
    decisions.set_point(desk, case_id, own, "missing")
    assert not evidential.worksheet(desk, case_id).complete
    with pytest.raises(BadInputError, match="R02"):
        resolution.accept(desk, case_id, consent=True)
    undo.undo(desk)
    assert evidential.worksheet(desk, case_id).complete
    decisions.add_point(desk, case_id, "That the goods were for sale")
    assert not evidential.worksheet(desk, case_id).complete
    undo.undo(desk)
    evidential.review(desk, case_id, responsibility=True)
    assert not evidential.worksheet(desk, case_id).complete


def test_conditions_whose_last_day_went_by_are_not_offered(
    desk: Desk, clock: FrozenClock, case_id: EntityId
) -> None:
    authorised(desk, case_id, "cr")
    clock.advance(timedelta(days=60))
    with pytest.raises(NotLawfulError, match="E20"):
        resolution.offer(desk, case_id, **OFFER)
    clock.advance(-timedelta(days=1))
    resolution.offer(desk, case_id, **OFFER)
    clock.advance(timedelta(days=1))
    with pytest.raises(NotLawfulError, match="E20"):
        resolution.accept(desk, case_id, consent=True)


def test_a_first_appointment_lies_ahead_and_before_the_last_day(desk: Desk, case_id: EntityId) -> None:
    chosen(desk, case_id)
    with pytest.raises(BadInputError, match="in the past"):
        condition(desk, case_id, first_at=datetime(2020, 6, 1, tzinfo=UTC))
    with pytest.raises(NotLawfulError, match="E21"):
        condition(desk, case_id, first_at=desk.now + timedelta(days=61))
    condition(desk, case_id, first_at=desk.now + timedelta(days=60))


# -- a breach ---------------------------------------------------------------------------------------------------


def test_a_breach_is_decided_on_and_not_written_over(desk: Desk, case_id: EntityId) -> None:
    accepted(desk, case_id, "o22")
    with pytest.raises(BadInputError, match="No condition is recorded as not complied with"):
        resolution.fail(desk, case_id, decision="prosecute", by="Sgt Roe", rank="sgt", why="x")
    ((own, _),) = matter(desk, case_id).conditions
    condition_builder.not_kept(desk, case_id, own, why="Did not come")
    with pytest.raises(BadInputError, match="R28"):
        condition_builder.kept(desk, case_id, own, evidence="Certificate")
    with desk.store.unit_of_work("test") as unit:  # as two desks apart may have written it
        unit.set(CONDITION, own, case_id, {"done_on": day(desk, 0)})
    with pytest.raises(BadInputError, match="nobody has decided on it"):
        resolution.complete(desk, case_id)


@pytest.mark.parametrize("rank", ["staff", "pc", "ddm", "fcr"])
def test_whoever_may_not_authorise_decides_on_no_breach(desk: Desk, case_id: EntityId, rank: str) -> None:
    accepted(desk, case_id)
    ((own, _),) = matter(desk, case_id).conditions
    condition_builder.not_kept(desk, case_id, own, why="Did not come")
    with pytest.raises(BadInputError, match="R28"):
        resolution.fail(desk, case_id, decision="no-further-action", by="Pat Case", rank=rank, why="x")
    with pytest.raises(BadInputError, match="R28"):
        condition_builder.vary(
            desk, case_id, own, consent=True, by="Pat Case", rank=rank, why="x", due_on=day(desk, 80)
        )


def test_after_the_limit_nobody_is_told_to_start_proceedings(desk: Desk, clock: FrozenClock) -> None:
    case_id = a_theft(
        desk, "42/8/26", offence_code="CJ88116", offence_title="Common assault", ho_class="105/01",
        offence_from=Moment("2026-09-01"),
    )  # fmt: skip
    accepted(desk, case_id)
    ((own, _),) = matter(desk, case_id).conditions
    condition_builder.not_kept(desk, case_id, own, why="Did not come")
    clock.now = datetime(2027, 3, 2, 12, tzinfo=UTC)
    said = resolution.fail(
        desk, case_id, decision="no-further-action", by="Insp Moss", rank="insp", why="Late"
    )
    assert said == "The limit on prosecution ended 1 Mar 2027: nothing can be prosecuted."


def test_the_breach_of_one_of_two_takes_the_outcome_of_the_crime_off(desk: Desk) -> None:
    case_id = a_theft(desk, suspects=2)
    prove(desk, case_id)
    first, second = sorted(desk.case(case_id).file.suspects, key=lambda pair: pair[1].name or "")
    for (suspect, _), disposal in ((first, "cc"), (second, "cr")):
        evidential.complete_review(desk, case_id, suspect, **EVIDENCE, **INTEREST)
        gravity.score_offence(desk, case_id, suspect, base=3)
        resolution.choose(desk, case_id, suspect, disposal=disposal)
        condition_builder.add_condition(
            desk, case_id, suspect, what="Course", kind="rehabilitative", why="Drink", due_on=day(desk, 60)
        )
        texts = {"rationale": RATIONALE, "considered": "Charge", "deviation": "First offence"}
        resolution.propose(desk, case_id, suspect, texts=texts, checks=CHECKS)
        resolution.authorise(desk, case_id, suspect, by="Sgt Roe", rank="sgt")
        resolution.offer(desk, case_id, suspect, **OFFER)
        resolution.accept(desk, case_id, suspect, consent=True)
    assert desk.case(case_id).file.case.outcome == "3"
    own = next(own for own, one in desk.case(case_id).file.conditions if one.suspect == second[0])
    condition_builder.not_kept(desk, case_id, own, why="Did not come")
    resolution.fail(desk, case_id, second[0], decision="prosecute", by="Sgt Roe", rank="sgt", why="No excuse")
    case = desk.case(case_id).file.case
    assert (case.outcome, case.stage) == (None, Stage.OPEN)


# -- who and when -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["PS 7042", "Sgt Alex Doe", "Doe, Alex", "A. Doe", "Alex Doe 7042", "0007042"])
def test_the_proposer_under_another_spelling_is_the_proposer(desk: Desk, case_id: EntityId, by: str) -> None:
    proposed(desk, case_id)
    with pytest.raises(BadInputError, match="does not authorise it"):
        resolution.authorise(desk, case_id, by=by, rank="sgt")


@pytest.mark.parametrize(
    ("by", "why"), [("Аlex Doe", "Latin"), (".", "names nobody"), ("Sgt", "names nobody")]
)
def test_what_names_nobody_authorises_nothing(desk: Desk, case_id: EntityId, by: str, why: str) -> None:
    proposed(desk, case_id)
    with pytest.raises(BadInputError, match=why):
        resolution.authorise(desk, case_id, by=by, rank="sgt")
    with pytest.raises(BadInputError, match=why):
        resolution.refuse(desk, case_id, by=by, rank="sgt", why="No")


def test_each_step_follows_the_one_before(desk: Desk, clock: FrozenClock, case_id: EntityId) -> None:
    long_ago = datetime(1990, 1, 1, tzinfo=UTC)
    proposed(desk, case_id)
    clock.advance(timedelta(seconds=30))
    with pytest.raises(BadInputError, match="before it was proposed"):
        resolution.authorise(desk, case_id, by="Sgt Roe", rank="sgt", at=long_ago)
    resolution.authorise(desk, case_id, by="Sgt Roe", rank="sgt", at=desk.now.replace(second=0))
    clock.advance(timedelta(days=2))
    with pytest.raises(BadInputError, match="before it was authorised"):
        resolution.offer(desk, case_id, **OFFER, at=desk.now - timedelta(days=3))
    resolution.offer(desk, case_id, **OFFER)
    for given_on, why in (("1950-01-01", "before it was offered"), ("2026-11-20", "before it was offered"),
                          ("2026-11", "no day")):  # fmt: skip
        with pytest.raises(BadInputError, match=why):
            resolution.accept(desk, case_id, consent=True, given_on=Moment(given_on))
    resolution.accept(desk, case_id, consent=True, given_on=Moment("2026-11-22"))


def test_a_desk_whose_clock_is_behind_is_not_told_that_time_runs_backwards(
    desk: Desk, clock: FrozenClock, case_id: EntityId
) -> None:
    proposed(desk, case_id)
    clock.advance(-timedelta(minutes=3))
    resolution.authorise(desk, case_id, by="Sgt Roe", rank="sgt")
    held = matter(desk, case_id).resolution
    assert held is not None
    assert held.authorised_at == held.proposed_at


# -- outcome 22, community resolution, several people -----------------------------------------------------------


def test_outcome_22_without_an_activity_is_not_proposed_and_one_left_so_is_withdrawn(
    desk: Desk, case_id: EntityId
) -> None:
    chosen(desk, case_id, "o22")
    with pytest.raises(NotLawfulError, match="E11"):
        propose(desk, case_id)
    condition(desk, case_id)
    propose(desk, case_id)
    NEXT["proposed"](desk, case_id)
    NEXT["authorised"](desk, case_id)
    NEXT["offered"](desk, case_id)
    with pytest.raises(BadInputError, match="active"):
        resolution.withdraw(desk, case_id, why="Mistake")
    ((own, _),) = matter(desk, case_id).conditions
    with desk.store.unit_of_work("test") as unit:  # as a desk that still held the draft may have written it
        unit.set(CONDITION, own, case_id, {"withdrawn_why": "Not available"})
    with pytest.raises(BadInputError, match="rests on an activity"):
        resolution.complete(desk, case_id)
    resolution.withdraw(desk, case_id, why="No activity is left")
    assert state(desk, case_id) == ResolutionState.WITHDRAWN


def test_a_community_resolution_is_not_offered_to_somebody_who_denies_it_now(
    desk: Desk, case_id: EntityId
) -> None:
    authorised(desk, case_id, "cr")
    for said in ({"admission_repeated": False}, {"admission_repeated": None}):
        with pytest.raises(NotLawfulError, match="R04-GIVE"):
            resolution.offer(desk, case_id, **{**OFFER, **said})
    resolution.offer(desk, case_id, **{**OFFER, "admission_repeated": False}, responsibility=True)
    assert matter(desk, case_id).review.responsibility
    assert evidential.worksheet(desk, case_id).complete


def test_responsibility_of_one_suspect_is_not_the_others(desk: Desk) -> None:
    case_id = a_theft(desk, suspects=2)
    prove(desk, case_id)
    first, second = (own for own, _ in desk.case(case_id).file.suspects)
    denial = {**EVIDENCE, **INTEREST, "admission": "denial"}
    evidential.complete_review(desk, case_id, first, responsibility=True, **denial)
    evidential.complete_review(desk, case_id, second, **denial)
    resolution.choose(desk, case_id, first, disposal="cr")
    with pytest.raises(NotLawfulError, match="R04"):
        resolution.choose(desk, case_id, second, disposal="cr")


def test_a_victim_who_was_never_asked_is_not_covered_by_what_the_crime_says(
    desk: Desk, case_id: EntityId
) -> None:
    chosen(desk, case_id)
    condition(desk, case_id)
    put(desk, case_id, victim_views="Corner Stores wants it paid", victim_consulted=True)
    with desk.store.unit_of_work("test") as unit:
        unit.set(VICTIM, new_id(), case_id, {"name": "Never Asked", "kind": "person"})
    with pytest.raises(NotLawfulError, match="R14"):
        propose(desk, case_id)


def test_a_charge_that_is_indictable_only_stops_it_although_the_record_says_theft(
    desk: Desk, case_id: EntityId
) -> None:
    offered(desk, case_id)
    put(desk, case_id, charge_code="TH68023")
    with pytest.raises(BadInputError, match=r"E22.*the offence"):
        resolution.accept(desk, case_id, consent=True)
    evidential.complete_review(desk, case_id)
    with pytest.raises(NotLawfulError, match="R06"):
        resolution.accept(desk, case_id, consent=True)


# -- conditions -------------------------------------------------------------------------------------------------


def test_a_proposal_sent_back_keeps_its_exceptional_reason(desk: Desk, case_id: EntityId) -> None:
    proposed(desk, case_id, exceptional="The course starts late")
    before = limits_of(desk, matter(desk, case_id)).latest_due
    resolution.refuse(desk, case_id, by="Sgt Roe", rank="sgt", why="Say more")
    assert limits_of(desk, matter(desk, case_id)).latest_due == before


@pytest.mark.parametrize(
    "said", [{"what": ""}, {"kind": ""}, {"amount_pence": 5000}, {"hours": "abc"}, {"hours": "-1"}]
)
def test_a_variation_leaves_a_condition_whole(desk: Desk, case_id: EntityId, said: dict[str, Any]) -> None:
    accepted(desk, case_id)
    ((own, before),) = matter(desk, case_id).conditions
    with pytest.raises(BadInputError):
        condition_builder.vary(desk, case_id, own, consent=True, by="Sgt Roe", rank="sgt", why="x", **said)
    assert matter(desk, case_id).conditions == ((own, before),)


@pytest.mark.parametrize(
    ("said", "remark"),
    [
        (
            {"kind": "reparative", "amount_pence": 90_000_000, "pay_to": "Shop", "note": "x"},
            "more than the value recorded",
        ),
        ({"hours": 999}, "999 hours"),
        ({"due_on": Moment("2026-12-28")}, "bank holiday"),
        ({"due_on": Moment("2026-12-20")}, "a weekend"),
    ],
)
def test_what_looks_wrong_about_a_condition_is_pointed_out(
    desk: Desk, case_id: EntityId, said: dict[str, Any], remark: str
) -> None:
    chosen(desk, case_id)
    fields = {
        "what": "Do it", "kind": "rehabilitative", "why": "Drink", "due_on": day(desk, 60), **said,
    }  # fmt: skip
    _, warned = condition_builder.add_condition(desk, case_id, **fields)
    assert any(remark in one for one in warned)
    undo.undo(desk)
    plain: dict[str, Any] = {
        "what": "Do it",
        "kind": "rehabilitative",
        "why": "Drink",
        "due_on": day(desk, 60),
    }
    assert condition_builder.add_condition(desk, case_id, **plain)[1] == ()


def test_the_states_in_which_a_step_can_be_done_are_named_in_order(desk: Desk, case_id: EntityId) -> None:
    accepted(desk, case_id)
    with pytest.raises(BadInputError) as refused:
        resolution.propose(desk, case_id)
    assert "while it is draft or refused." in refused.value.cure
