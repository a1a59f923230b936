"""The steps of a resolution: what each refuses and why, whom it lets decide, what breaks it off, and two desks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casedesk.desk import assessment, condition_builder, evidential, gravity, resolution, undo
from casedesk.desk.after_decision import admin_work
from casedesk.desk.check import check_case
from casedesk.desk.clinic_judging import NotLawfulError
from casedesk.desk.desk import Desk
from casedesk.desk.record import raise_flag
from casedesk.model.entities import CASE, RESOLUTION, SUSPECT, VICTIM
from casedesk.model.errors import BadInputError
from casedesk.model.facts import standing
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment
from casedesk.model.words import EventKind, Flag, ResolutionState, Role, Severity, Stage
from casedesk.rules.priority import place
from casedesk.store.records import read_dossier
from tests.conftest import FrozenClock
from tests.desk.cases import acts
from tests.desk.clinic_cases import (
    CHECKS,
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
    reviewed,
)


@pytest.fixture
def case_id(desk: Desk) -> EntityId:
    return a_theft(desk)


def state(desk: Desk, case_id: EntityId) -> str | None:
    held = matter(desk, case_id).resolution
    return held.state if held else None


def sentences(desk: Desk, case_id: EntityId) -> str:
    return " / ".join(one.sentence for one in place(desk.case(case_id).file, desk.now, desk.packs).factors)


# -- chosen -----------------------------------------------------------------------------------------------------


def test_nothing_can_be_chosen_before_the_evidence_is_reviewed(desk: Desk, case_id: EntityId) -> None:
    for disposal in ("cr", "cc", "o22"):
        with pytest.raises(BadInputError, match="R02: The evidential review is not complete"):
            resolution.choose(desk, case_id, disposal=disposal)
    with pytest.raises(BadInputError, match="not a disposal"):
        resolution.choose(desk, case_id, disposal="warning")


@pytest.mark.parametrize("disposal", ["sc", "pnd", "cannabis", "dc", "cmc", "o23"])
def test_what_the_force_or_the_law_does_not_offer_is_refused_with_the_reason(
    desk: Desk, case_id: EntityId, disposal: str
) -> None:
    reviewed(desk, case_id)
    with pytest.raises(BadInputError):
        resolution.choose(desk, case_id, disposal=disposal)
    assert state(desk, case_id) is None


def test_a_denial_keeps_from_a_caution_and_not_from_outcome_22(desk: Desk, case_id: EntityId) -> None:
    reviewed(desk, case_id, admission="denial", covers_all=None)
    with pytest.raises(NotLawfulError) as refused:
        resolution.choose(desk, case_id, disposal="cc")
    assert "R03" in refused.value.message
    assert "CJA 2003" in refused.value.message
    assert refused.value.cure
    resolution.choose(desk, case_id, disposal="o22")
    assert state(desk, case_id) == ResolutionState.DRAFT


def test_responsibility_accepted_without_an_admission_opens_a_community_resolution(
    desk: Desk, case_id: EntityId
) -> None:
    reviewed(desk, case_id, admission="none", covers_all=None)
    with pytest.raises(NotLawfulError, match="R04"):
        resolution.choose(desk, case_id, disposal="cr")
    evidential.review(desk, case_id, responsibility=True)
    evidential.complete_review(desk, case_id)
    resolution.choose(desk, case_id, disposal="cr")
    with pytest.raises(NotLawfulError, match="R03"):
        resolution.choose(desk, case_id, disposal="cc")


def test_a_hate_crime_and_a_child_are_refused_a_caution(desk: Desk, case_id: EntityId) -> None:
    reviewed(desk, case_id)
    raise_flag(desk, case_id, Flag.HATE.value, raised=True, why="Slur used")
    with pytest.raises(NotLawfulError, match="R07"):
        resolution.choose(desk, case_id, disposal="cc")
    undo.undo(desk)
    with desk.store.unit_of_work("test") as unit:
        unit.set(SUSPECT, first_suspect(desk, case_id), case_id, {"dob": Moment("2010-01-01")})
    with pytest.raises(NotLawfulError, match="R01"):
        resolution.choose(desk, case_id, disposal="cc")


def test_choosing_starts_the_victims_views_and_puts_the_case_in_the_clinic(
    desk: Desk, case_id: EntityId
) -> None:
    chosen(desk, case_id)
    file = desk.case(case_id).file
    assert file.case.stage == Stage.CLINIC
    assert [event.kind for _, event in standing(file.events)] == [EventKind.OUT_OF_COURT_CONSIDERED]
    resolution.choose(desk, case_id, disposal="cr")
    assert len(matter(desk, case_id).resolutions) == 1
    assert len(desk.case(case_id).file.events) == 1


# -- conditions -------------------------------------------------------------------------------------------------


def test_a_condition_must_say_what_why_and_until_when(desk: Desk, case_id: EntityId) -> None:
    chosen(desk, case_id)
    for missing in ("what", "why", "kind", "due_on"):
        with pytest.raises(BadInputError, match="missing"):
            condition(desk, case_id, **{missing: None})
    with pytest.raises(BadInputError, match="leaves no time"):
        condition(desk, case_id, due_on=Moment("2026-11-20"))
    assert matter(desk, case_id).conditions == ()


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"due_on": Moment("2027-04-10")}, "R19"),
        ({"kind": "punitive", "amount_pence": 10001, "what": "Pay a penalty"}, "R17"),
        ({"kind": "reparative", "hours": 21, "what": "Unpaid work"}, "R18"),
    ],
)  # fmt: skip
def test_a_condition_beyond_a_cap_is_refused_with_its_rule(
    desk: Desk, case_id: EntityId, said: dict[str, Any], rule: str
) -> None:
    chosen(desk, case_id)
    condition(desk, case_id)
    with pytest.raises(NotLawfulError, match=rule):
        condition(desk, case_id, **said)
    assert len(matter(desk, case_id).conditions) == 1


def test_hours_are_counted_over_all_conditions(desk: Desk, case_id: EntityId) -> None:
    chosen(desk, case_id)
    condition(desk, case_id, kind="reparative", hours=12, what="Unpaid work")
    with pytest.raises(NotLawfulError, match="R18"):
        condition(desk, case_id, kind="punitive", hours=9, what="Attend")
    condition(desk, case_id, kind="punitive", hours=8, what="Attend")


def test_a_summary_only_offence_leaves_time_to_prosecute_a_breach(desk: Desk) -> None:
    case_id = a_theft(
        desk, "42/8/26", offence_code="CJ88116", offence_title="Common assault", ho_class="105/01",
        offence_from=Moment("2026-09-01"),
    )  # fmt: skip
    chosen(desk, case_id)  # proceedings by 1 Mar 2027, less 28 days
    with pytest.raises(NotLawfulError, match="R21"):
        condition(desk, case_id, due_on=Moment("2027-02-02"))
    condition(desk, case_id, due_on=Moment("2027-02-01"))


def test_from_the_catalogue_come_words_kind_and_need(desk: Desk, case_id: EntityId) -> None:
    chosen(desk, case_id)
    known = desk.packs.conditions.services
    one = next(
        service for service in known.values() if service.needs and not service.paid and not service.flags
    )
    condition(desk, case_id, service=one.id, what=None, kind=None, need=None, evidence=None)
    ((_, held),) = matter(desk, case_id).conditions
    assert (held.what, held.kind, held.need, held.service) == (one.text, one.kind.value, one.needs[0], one.id)


def test_compensation_says_to_whom(desk: Desk, case_id: EntityId) -> None:
    chosen(desk, case_id)
    said = {"kind": "reparative", "what": "Pay for the gin", "amount_pence": 4400}
    with desk.store.unit_of_work("test") as unit:
        unit.set(VICTIM, other := new_id(), case_id, {"name": "Mrs Dunn", "kind": "person", "views": "None"})
    with pytest.raises(BadInputError, match="To whom"):
        condition(desk, case_id, **said)
    own = condition(desk, case_id, pay_to="Corner Stores", note="Two instalments; earns £400 a week", **said)
    assert condition_builder.worded(dict(matter(desk, case_id).conditions)[own]).startswith(
        "Pay for the gin, £44 to Corner Stores, by "
    )
    paid = condition(desk, case_id, victim=other, **said)
    assert dict(matter(desk, case_id).conditions)[paid].pay_to == "Mrs Dunn"
    assert condition_builder.worded(
        dict(matter(desk, case_id).conditions)[paid], matter(desk, case_id).victims
    ).startswith("Pay for the gin, £44 to Mrs Dunn, by ")


def test_a_condition_is_changed_and_taken_out_while_it_is_built_and_not_after(
    desk: Desk, case_id: EntityId
) -> None:
    chosen(desk, case_id)
    own, other = (
        condition(desk, case_id),
        condition(desk, case_id, what="Write an apology", kind="reparative"),
    )
    condition_builder.change_condition(desk, case_id, own, due_on=day(desk, 30), provider="Turning Point")
    assert dict(matter(desk, case_id).conditions)[own].provider == "Turning Point"
    with pytest.raises(BadInputError, match="none of these empty"):
        condition_builder.change_condition(desk, case_id, own, why="")
    condition_builder.take_out(desk, case_id, other, "The owner does not want it")
    assert set(dict(matter(desk, case_id).conditions)) == {own}
    propose(desk, case_id)
    with pytest.raises(BadInputError, match="settled"):
        condition_builder.change_condition(desk, case_id, own, due_on=day(desk, 40))


# -- proposed and authorised ------------------------------------------------------------------------------------


def test_a_proposal_needs_its_checks_its_rationale_and_its_conditions(desk: Desk, case_id: EntityId) -> None:
    chosen(desk, case_id)
    texts = {"rationale": RATIONALE, "considered": "Charge: out of proportion."}
    with pytest.raises(NotLawfulError, match="E11"):
        resolution.propose(desk, case_id, texts=texts, checks=CHECKS)
    condition(desk, case_id)
    with pytest.raises(BadInputError, match="QA05 Victim"):
        resolution.propose(
            desk, case_id, texts=texts, checks={n: a for n, a in CHECKS.items() if n != "QA05"}
        )
    with pytest.raises(NotLawfulError, match="R27"):
        resolution.propose(desk, case_id, texts={**texts, "rationale": "Fine."}, checks=CHECKS)
    with pytest.raises(BadInputError, match="why"):
        resolution.propose(desk, case_id, texts=texts, checks={**CHECKS, "QA05": "no"})
    resolution.propose(desk, case_id, texts=texts, checks={**CHECKS, "QA05": "no The owner moved abroad"})
    held = matter(desk, case_id).resolution
    assert held is not None
    assert held.state == ResolutionState.PROPOSED
    assert "QA05 no The owner moved abroad" in (held.checks or ())


def test_another_disposal_than_the_matrix_points_to_needs_its_reason(desk: Desk, case_id: EntityId) -> None:
    chosen(desk, case_id, "cr")
    condition(desk, case_id)
    texts = {"rationale": RATIONALE, "considered": "A caution: first offence, better without."}
    with pytest.raises(NotLawfulError, match="R26"):
        resolution.propose(desk, case_id, texts=texts, checks=CHECKS)
    resolution.propose(
        desk, case_id, texts={**texts, "deviation": "First offence; owner asks for it"}, checks=CHECKS
    )


def test_views_never_sought_and_a_remedy_left_out_block_the_proposal(desk: Desk, case_id: EntityId) -> None:
    chosen(desk, case_id)
    condition(desk, case_id)
    victim = desk.case(case_id).file.victims[0][0]
    with desk.store.unit_of_work("test") as unit:
        unit.set(VICTIM, victim, case_id, {"views": None, "views_on": None})
    with pytest.raises(NotLawfulError, match="R14"):
        propose(desk, case_id)
    with desk.store.unit_of_work("test") as unit:
        unit.set(VICTIM, victim, case_id, {"views": "An apology", "remedy": "Letter of apology"})
    with pytest.raises(NotLawfulError, match="R15"):
        propose(desk, case_id)
    condition(desk, case_id, what="Write a letter of apology", kind="reparative", remedy=True)
    propose(desk, case_id)


def test_nobody_authorises_their_own_proposal_nor_police_staff_any(desk: Desk, case_id: EntityId) -> None:
    proposed(desk, case_id)
    before = acts(desk.store)
    for by, rank, why in (
        (desk.store.actor, "sgt", "does not authorise it"),
        (desk.settings.person.name, "insp", "does not authorise it"),
        ("Ann Case", "staff", "Police staff"),
        ("PC Lane", "pc", "R13"),
        ("", "sgt", "empty"),
    ):
        with pytest.raises(BadInputError, match=why):
            resolution.authorise(desk, case_id, by=by, rank=rank)
    assert acts(desk.store) == before
    resolution.authorise(desk, case_id, by="Sgt Roe", rank="sgt")
    assert state(desk, case_id) == ResolutionState.AUTHORISED


def test_a_case_workers_own_desk_never_authorises_in_their_name(desk: Desk, case_id: EntityId) -> None:
    resolution_id = proposed(desk, case_id)
    with desk.store.unit_of_work("test") as unit:
        unit.set(RESOLUTION, resolution_id, case_id, {"proposed_by": "Ann Case"})
    own = desk.settings.person
    desk.settings = replace(desk.settings, person=replace(own, role=Role.OOCR_CASE_WORKER))
    with pytest.raises(BadInputError, match="case worker does not authorise"):
        resolution.authorise(desk, case_id, by=own.name, rank="insp")


def test_what_became_unlawful_since_it_was_proposed_is_not_authorised(desk: Desk, case_id: EntityId) -> None:
    proposed(desk, case_id)
    evidential.review(desk, case_id, similar_24_months=True)
    with pytest.raises(BadInputError, match="not complete"):
        resolution.authorise(desk, case_id, by="Sgt Roe", rank="sgt")
    undo.undo(desk)
    raise_flag(desk, case_id, Flag.HATE.value, raised=True, why="Slur used")
    with pytest.raises(NotLawfulError, match="R07"):
        resolution.authorise(desk, case_id, by="Insp Moss", rank="insp")


def test_what_is_not_authorised_is_a_draft_again_and_can_be_proposed_anew(
    desk: Desk, case_id: EntityId
) -> None:
    proposed(desk, case_id)
    with pytest.raises(BadInputError):
        resolution.refuse(desk, case_id, by="Sgt Roe", rank="sgt", why="")
    resolution.refuse(desk, case_id, by="Sgt Roe", rank="sgt", why="Ask the owner about an apology")
    assert state(desk, case_id) == ResolutionState.REFUSED
    condition(desk, case_id, what="Write an apology", kind="reparative")
    propose(desk, case_id)
    resolution.authorise(desk, case_id, by="Sgt Roe", rank="sgt")


# -- offered and accepted ---------------------------------------------------------------------------------------


def test_an_offer_needs_explanation_and_the_admission_again(desk: Desk, case_id: EntityId) -> None:
    authorised(desk, case_id)
    with pytest.raises(BadInputError, match="explained"):
        resolution.offer(desk, case_id, legal_advice="had", explained=False, admission_repeated=True)
    for repeated in (None, False):
        with pytest.raises(NotLawfulError, match="R03-GIVE"):
            resolution.offer(desk, case_id, legal_advice="had", explained=True, admission_repeated=repeated)
    warned = resolution.offer(
        desk, case_id, legal_advice="not-offered", explained=True, admission_repeated=True
    )
    assert any(one.startswith("R24") for one in warned)


def test_what_the_assessment_raised_is_dealt_with_before_the_offer(desk: Desk, case_id: EntityId) -> None:
    suspect = first_suspect(desk, case_id)
    sitting = assessment.read(desk, case_id, assessment.start(desk, case_id, suspect))
    authorised(desk, case_id)
    sitting = assessment.answer(desk, sitting, "vulnerability.fresh", "yes")
    assert [one.holds for one in sitting.open_triggers()] == [True]
    said = {"legal_advice": "had", "explained": True, "admission_repeated": True}
    with pytest.raises(BadInputError, match="needs assessment raised"):
        resolution.offer(desk, case_id, **said)  # type: ignore[arg-type] # several keywords at once
    (raised,) = sitting.open_triggers()
    assessment.record_trigger(desk, sitting, raised.id, made_on=Moment("2026-11-20"))
    resolution.offer(desk, case_id, **said)  # type: ignore[arg-type] # several keywords at once


def test_an_appropriate_adult_needs_a_place_to_be_recorded(desk: Desk, case_id: EntityId) -> None:
    authorised(desk, case_id)
    with pytest.raises(BadInputError, match="no appointment"):
        resolution.offer(
            desk,
            case_id,
            legal_advice="had",
            explained=True,
            admission_repeated=True,
            appropriate_adult="Mrs Hollis",
        )


def test_without_consent_or_before_the_offer_nothing_is_given(desk: Desk, case_id: EntityId) -> None:
    authorised(desk, case_id)
    with pytest.raises(BadInputError, match="authorised"):
        resolution.accept(desk, case_id, consent=True)
    resolution.offer(desk, case_id, legal_advice="had", explained=True, admission_repeated=True)
    with pytest.raises(BadInputError, match="consent"):
        resolution.accept(desk, case_id, consent=False)
    with pytest.raises(BadInputError, match="before it was offered"):
        resolution.accept(desk, case_id, consent=True, signed_at=desk.now - timedelta(hours=1))
    with pytest.raises(BadInputError, match="future"):
        resolution.accept(desk, case_id, consent=True, given_on=day(desk, 3))
    resolution.accept(desk, case_id, consent=True)


@pytest.mark.parametrize("denied", [False, True])
def test_what_is_not_accepted_goes_back_to_the_decision_maker(
    desk: Desk, case_id: EntityId, *, denied: bool
) -> None:
    offered(desk, case_id)
    resolution.decline(desk, case_id, why="Wants to see a solicitor and go to court", denied=denied)
    now = matter(desk, case_id)
    assert state(desk, case_id) == ResolutionState.DECLINED
    assert now.file.case.stage == Stage.OPEN
    assert now.file.case.outcome is None
    assert [row.title for row in admin_work(desk)] == ["Decide again"]
    assert now.conditions == ()
    assert (now.review.admission, now.review.reviewed_at is None) == (
        ("denial", True) if denied else ("full", False)
    )
    undo.undo(desk)
    assert state(desk, case_id) == ResolutionState.OFFERED
    assert len(matter(desk, case_id).conditions) == 1


# -- kept, not kept, varied, ended ------------------------------------------------------------------------------


def test_a_condition_not_kept_waits_in_the_queue_for_a_decision(
    desk: Desk, clock: FrozenClock, case_id: EntityId
) -> None:
    accepted(desk, case_id)
    ((own, _),) = matter(desk, case_id).conditions
    assert "Condition to be completed" in sentences(desk, case_id)
    clock.advance(timedelta(days=20))
    condition_builder.not_kept(desk, case_id, own, why="Did not come, twice; says he forgot")
    assert "not complied with on 10 Dec 2026, to be decided on" in sentences(desk, case_id)
    assert "by Thu 17 Dec 23:59" in sentences(desk, case_id)
    (found,) = [one for one in check_case(desk, case_id).findings if one.rule == "S27"]
    assert "nobody decided what follows: Attend an alcohol awareness course (10 Dec 2026)" in found.message
    assert [(one.title, one.value) for one in found.facts] == [
        ("Condition", "Attend an alcohol awareness course"), ("Condition: not complied with", "10 Dec 2026"),
    ]  # fmt: skip
    assert found.severity is Severity.WARN
    with pytest.raises(BadInputError, match="R28"):
        resolution.fail(desk, case_id, decision="prosecute", by="Ann Case", rank="staff", why="No excuse")
    said = resolution.fail(desk, case_id, decision="prosecute", by="Sgt Roe", rank="sgt", why="No excuse")
    assert said == "No limit on prosecution is known to run."
    file = desk.case(case_id).file
    assert (file.case.outcome, file.case.stage) == (None, Stage.OPEN)
    assert file.suspects[0][1].disposal is None
    assert "not complied with" not in sentences(desk, case_id)
    assert "Condition to be completed" not in sentences(desk, case_id)
    assert not [one for one in check_case(desk, case_id).findings if one.rule == "S27"]
    assert {row.title for row in admin_work(desk)} >= {"Correct the record", "Act on the decision"}
    assert [one.result for _, one in read_dossier(desk.store.connection, case_id).decisions][-1] == (
        "Prosecute for the original offence"
    )
    undo.undo(desk)
    assert desk.case(case_id).file.case.outcome == "3"


def test_a_breach_after_the_limit_is_not_prosecuted(desk: Desk, clock: FrozenClock) -> None:
    case_id = a_theft(
        desk, "42/8/26", offence_code="CJ88116", offence_title="Common assault", ho_class="105/01",
        offence_from=Moment("2026-09-01"),
    )  # fmt: skip
    accepted(desk, case_id)
    ((own, _),) = matter(desk, case_id).conditions
    clock.now = datetime(2027, 2, 20, 12, tzinfo=UTC)
    condition_builder.not_kept(desk, case_id, own, why="Did not come")
    assert "Time limit on prosecution ends Mon 1 Mar 2027" in sentences(desk, case_id)
    clock.now = datetime(2027, 3, 2, 12, tzinfo=UTC)
    with pytest.raises(BadInputError, match="R21: proceedings had to start by 1 Mar 2027"):
        resolution.fail(desk, case_id, decision="prosecute", by="Sgt Roe", rank="sgt", why="No excuse")
    resolution.fail(desk, case_id, decision="no-further-action", by="Insp Moss", rank="insp", why="Too late")


def test_the_limit_stays_in_sight_after_the_crime_was_closed_while_conditions_run(
    desk: Desk, clock: FrozenClock
) -> None:
    case_id = a_theft(
        desk, "42/8/26", offence_code="CJ88116", offence_title="Common assault", ho_class="105/01",
        offence_from=Moment("2026-09-01"),
    )  # fmt: skip
    accepted(desk, case_id)
    with desk.store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"stage": Stage.FINALISED.value})
    assert "Time limit on prosecution ends Mon 1 Mar 2027" in sentences(desk, case_id)
    ((own, _),) = matter(desk, case_id).conditions
    condition_builder.kept(desk, case_id, own, evidence="Certificate")
    assert "Time limit" not in sentences(desk, case_id)


def test_a_finalised_crime_keeps_its_outcome_until_the_record_is_corrected(
    desk: Desk, case_id: EntityId
) -> None:
    accepted(desk, case_id)
    ((own, _),) = matter(desk, case_id).conditions
    condition_builder.not_kept(desk, case_id, own, why="Reoffended")
    with desk.store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"stage": Stage.FINALISED.value})
    resolution.fail(desk, case_id, decision="prosecute", by="Sgt Roe", rank="sgt", why="Reoffended")
    case = desk.case(case_id).file.case
    assert (case.outcome, case.stage) == ("3", Stage.FINALISED)
    assert "Correct the record" in {row.title for row in admin_work(desk)}


def test_a_condition_is_varied_with_consent_by_somebody_who_may(desk: Desk, case_id: EntityId) -> None:
    accepted(desk, case_id)
    ((own, before),) = matter(desk, case_id).conditions
    condition_builder.not_kept(desk, case_id, own, why="In hospital")
    vary: Callable[..., tuple[str, ...]] = condition_builder.vary
    new = {"due_on": day(desk, 90), "why": "In hospital, letter seen"}
    with pytest.raises(BadInputError, match="consent"):
        vary(desk, case_id, own, consent=False, by="Sgt Roe", rank="sgt", **new)
    with pytest.raises(BadInputError, match="R28"):
        vary(desk, case_id, own, consent=True, by="Ann Case", rank="staff", **new)
    with pytest.raises(NotLawfulError, match="R19"):
        vary(desk, case_id, own, consent=True, by="Sgt Roe", rank="sgt", due_on=day(desk, 141), why="Longer")
    vary(desk, case_id, own, consent=True, by="Sgt Roe", rank="sgt", **new)
    ((_, after),) = matter(desk, case_id).conditions
    assert (after.due_on, after.failed_on, after.what) == (day(desk, 90), None, before.what)
    assert "not complied with" not in sentences(desk, case_id)
    assert any("Was: Attend" in (entry.text or "") for _, entry in desk.case(case_id).file.log)


def test_what_was_kept_needs_evidence_and_a_day_that_can_be(desk: Desk, case_id: EntityId) -> None:
    accepted(desk, case_id)
    ((own, _),) = matter(desk, case_id).conditions
    for wrong in (
        {"evidence": ""},
        {"evidence": "x", "on": day(desk, 2)},
        {"evidence": "x", "on": day(desk, -2)},
    ):
        with pytest.raises(BadInputError):
            condition_builder.kept(desk, case_id, own, **wrong)  # type: ignore[arg-type] # several keywords at once
    condition_builder.kept(desk, case_id, own, evidence="Certificate")
    with pytest.raises(BadInputError, match="was completed"):
        condition_builder.not_kept(desk, case_id, own, why="Did not come")


def test_a_resolution_is_withdrawn_until_it_is_accepted(desk: Desk, case_id: EntityId) -> None:
    proposed(desk, case_id)
    resolution.withdraw(desk, case_id, why="New evidence of a second theft")
    assert state(desk, case_id) == ResolutionState.WITHDRAWN
    assert [row.title for row in admin_work(desk)] == ["Decide again"]
    assert "Condition to be completed" not in sentences(desk, case_id)
    undo.undo(desk)
    resolution.authorise(desk, case_id, by="Sgt Roe", rank="sgt")
    resolution.offer(desk, case_id, legal_advice="had", explained=True, admission_repeated=True)
    resolution.accept(desk, case_id, consent=True)
    with pytest.raises(BadInputError, match="active"):
        resolution.withdraw(desk, case_id, why="Mistake")


def test_conditions_of_a_draft_owe_nothing_yet(desk: Desk, case_id: EntityId) -> None:
    proposed(desk, case_id)
    assert "Condition to be completed" not in sentences(desk, case_id)


# -- the score --------------------------------------------------------------------------------------------------


def test_a_score_moves_only_by_a_named_factor_and_replaces_the_one_before(
    desk: Desk, case_id: EntityId
) -> None:
    with pytest.raises(BadInputError):
        gravity.score_offence(desk, case_id, base=3, adjustment=1)
    with pytest.raises(BadInputError):
        gravity.score_offence(desk, case_id, base=3, aggravating=("bad-hair",))
    factor = next(one.id for one in desk.packs.gravity.factors.values() if one.weight == "aggravating")
    made = gravity.score_offence(desk, case_id, base=2, aggravating=(factor,), adjustment=1)
    assert made.final == 3
    with pytest.raises(BadInputError, match="already"):
        gravity.score_offence(desk, case_id, base=2, aggravating=(factor,), adjustment=1)
    gravity.score_offence(desk, case_id, base=1)
    held = matter(desk, case_id).gravity
    assert held is not None
    assert (held.final, held.aggravating) == (1, None)
