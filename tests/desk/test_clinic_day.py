"""A clinic day at the desk: from the preparation to a finalisation check without a finding, and to completion."""

from datetime import date, timedelta

import pytest

from casedesk.desk import condition_builder, resolution, undo
from casedesk.desk.after_decision import ADMINISTRATORS, admin_work
from casedesk.desk.check import check_case
from casedesk.desk.clinic_page import Progress, clinic_page
from casedesk.desk.desk import Desk
from casedesk.desk.finalise import finalise
from casedesk.desk.record import add_contact
from casedesk.model.entities import VICTIM
from casedesk.model.errors import BadInputError
from casedesk.model.facts import standing
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment
from casedesk.model.words import EventKind, ResolutionState, Severity, Stage
from casedesk.rules.duties import duties
from casedesk.rules.priority import place
from casedesk.store.records import read_dossier
from tests.conftest import FrozenClock
from tests.desk.cases import acts
from tests.desk.clinic_cases import (
    INTEREST,
    LATER_CHECKS,
    RATIONALE,
    a_theft,
    accepted,
    chosen,
    condition,
    first_suspect,
    matter,
    offered,
    propose,
    proposed,
)


@pytest.fixture
def case_id(desk: Desk) -> EntityId:
    return a_theft(desk)


def told(desk: Desk, case_id: EntityId) -> None:
    """Tell the victim."""
    add_contact(
        desk,
        case_id,
        channel="phone",
        made=True,
        purposes=("out-of-court", "outcome"),
        text="Told what and why",
    )


@pytest.mark.parametrize(("disposal", "outcome"), [("cc", "3"), ("cr", "8")])
def test_what_was_accepted_stands_in_the_finalisation_queue_with_a_clean_check(
    desk: Desk, clock: FrozenClock, case_id: EntityId, disposal: str, outcome: str
) -> None:
    accepted(desk, case_id, disposal)
    clock.advance(timedelta(minutes=5))
    told(desk, case_id)
    case = desk.case(case_id).file.case
    assert (case.outcome, case.stage, case.decided_by, case.decided_rank) == (
        outcome,
        Stage.SUBMITTED,
        "Sgt Roe",
        "sgt",
    )
    assert case.outcome_date == Moment("2026-11-20")
    assert (case.rationale, case.offender_agreed, case.victim_consulted) == (RATIONALE, True, True)
    assert case.victim_views == "Corner Stores: Wants it paid for, and an apology"
    assert desk.case(case_id).file.suspects[0][1].disposal == outcome
    assert [one.rule for one in check_case(desk, case_id).findings if one.severity is not Severity.INFO] == []
    finalise(desk, case_id)
    assert desk.case(case_id).file.case.stage == Stage.FINALISED


def test_views_that_were_asked_for_in_vain_are_said_on_the_record(desk: Desk, case_id: EntityId) -> None:
    victim = desk.case(case_id).file.victims[0][0]
    with desk.store.unit_of_work("test") as unit:
        unit.set(VICTIM, victim, case_id, {"views": None, "views_on": None})
    add_contact(
        desk, case_id, channel="phone", made=False, purposes=("views",), text="No answer, left no message"
    )
    accepted(desk, case_id, "cr")
    told(desk, case_id)
    case = desk.case(case_id).file.case
    assert case.victim_consulted is None
    assert case.victim_views == "Corner Stores: views asked for and not given (20 Nov 2026 15:00)"
    assert [one.rule for one in check_case(desk, case_id).findings if one.severity is not Severity.INFO] == []


def test_acceptance_is_one_act_and_one_undo_takes_all_of_it_back(desk: Desk, case_id: EntityId) -> None:
    offered(desk, case_id)
    before, facts = acts(desk.store), desk.case(case_id).file
    resolution.accept(desk, case_id, first_suspect(desk, case_id), consent=True)
    assert acts(desk.store) == before + 1
    now = desk.case(case_id).file
    assert {event.kind for _, event in now.events} >= {EventKind.OUT_OF_COURT_GIVEN}
    assert [one.starts_on for _, one in now.conditions] == [Moment("2026-11-20")]
    assert admin_work(desk)
    undo.undo(desk)
    after = desk.case(case_id).file
    assert after.case == facts.case
    assert after.suspects == facts.suspects
    assert after.conditions == facts.conditions
    assert EventKind.OUT_OF_COURT_GIVEN not in {event.kind for _, event in standing(after.events)}
    assert admin_work(desk) == []
    assert matter(desk, case_id).resolution.state == ResolutionState.OFFERED  # type: ignore[union-attr]


def test_acceptance_starts_the_duty_to_tell_the_victim(desk: Desk, case_id: EntityId) -> None:
    def owed() -> set[str]:
        return {one.clock for one in duties(desk.case(case_id).file, desk.now, desk.packs) if one.is_open}

    offered(desk, case_id)
    assert "VC-R6-OOCT" not in owed()
    resolution.accept(desk, case_id, consent=True)
    assert "VC-R6-OOCT" in owed()
    told(desk, case_id)
    assert "VC-R6-OOCT" not in owed()


def test_the_administrators_find_what_to_key_what_to_send_and_to_whom(desk: Desk, case_id: EntityId) -> None:
    own = proposed_with_penalty(desk, case_id)
    assert own
    rows = {row.title: row for row in admin_work(desk)}
    assert set(rows) >= {"Record the outcome", "National computer", "HMCTS", "Refer to provider", "Letter to suspect",
                         "Letter to victim", "Tell the OIC"}  # fmt: skip
    assert rows["Record the outcome"].what == (
        "Key outcome 3 (conditional caution, given 20 Nov 2026) for Sam Hollis"
    )
    assert rows["Record the outcome"].recording
    assert rows["HMCTS"].owner == ADMINISTRATORS
    assert rows["Refer to provider"].what.startswith("Send the referral to Turning Point")
    assert {row.due_at for row in rows.values()} != {None}
    assert "Tell the CPS" not in rows


def proposed_with_penalty(desk: Desk, case_id: EntityId) -> EntityId:
    """Accept a caution with a course by a provider and a penalty."""
    own = chosen(desk, case_id)
    condition(desk, case_id, provider="Turning Point")
    condition(desk, case_id, kind="punitive", what="Pay a financial penalty", amount_pence=5000, need=None)
    propose(desk, case_id)
    suspect = first_suspect(desk, case_id)
    resolution.authorise(desk, case_id, suspect, by="Sgt Roe", rank="sgt")
    resolution.offer(desk, case_id, suspect, legal_advice="had", explained=True, admission_repeated=True)
    resolution.accept(desk, case_id, suspect, consent=True)
    return own


def test_a_conditional_caution_kept_is_completed_and_leaves_letters_to_write(
    desk: Desk, clock: FrozenClock, case_id: EntityId
) -> None:
    accepted(desk, case_id)
    ((condition_id, _),) = matter(desk, case_id).conditions
    with pytest.raises(BadInputError, match="not complete"):
        resolution.complete(desk, case_id)
    clock.advance(timedelta(days=30))
    assert condition_builder.kept(desk, case_id, condition_id, evidence="Certificate 114")
    resolution.complete(desk, case_id)
    held = matter(desk, case_id).resolution
    assert held is not None
    assert (held.state, held.completed_on) == (ResolutionState.COMPLETED, Moment("2026-12-20"))
    assert "Record completion" in {row.title for row in admin_work(desk)}
    left = resolution.check(desk, case_id, answers=LATER_CHECKS)
    assert left == ()
    assert clinic_page(desk, case_id).steps[-1].progress is Progress.DONE


def test_outcome_22_is_on_the_record_only_once_the_activity_is_complete(
    desk: Desk, clock: FrozenClock, case_id: EntityId
) -> None:
    accepted(desk, case_id, "o22")
    before = desk.case(case_id).file
    assert (before.case.outcome, before.case.stage) == (None, Stage.CLINIC)
    assert before.suspects[0][1].disposal is None
    ((condition_id, _),) = matter(desk, case_id).conditions
    clock.advance(timedelta(days=20))
    condition_builder.kept(desk, case_id, condition_id, evidence="Certificate")
    assert "record that the resolution is" in " ".join(
        one.sentence for one in place(desk.case(case_id).file, desk.now, desk.packs).factors
    )
    resolution.complete(desk, case_id)
    told(desk, case_id)
    case = desk.case(case_id).file.case
    assert (case.outcome, case.stage) == ("22", Stage.SUBMITTED)
    assert case.activity == "Attend an alcohol awareness course"
    assert case.activity_completed_on == case.outcome_date == Moment("2026-12-10")
    assert [one.rule for one in check_case(desk, case_id).findings if one.severity is not Severity.INFO] == []


def test_the_crime_waits_for_its_other_suspect(desk: Desk) -> None:
    case_id = a_theft(desk, suspects=2)
    accepted(desk, case_id)
    file = desk.case(case_id).file
    assert (file.case.outcome, file.case.stage) == (None, Stage.CLINIC)
    assert {one.name: one.disposal for _, one in file.suspects} == {"Sam Hollis": "3", "Sam Hollis 2": None}


def test_the_decision_keeps_its_rationale_both_stages_and_the_rank(desk: Desk, case_id: EntityId) -> None:
    accepted(desk, case_id)
    ((_, said),) = read_dossier(desk.store.connection, case_id).decisions
    assert (said.kind, said.by, said.rank, said.test) == ("out-of-court", "Sgt Roe", "sgt", "full-code")
    assert said.text == RATIONALE
    assert said.evidential == "CCTV, a witness and a full admission, all admissible."
    assert said.public_interest == INTEREST["interest_why"]


def test_the_page_leads_through_the_day(desk: Desk, case_id: EntityId) -> None:
    page = clinic_page(desk, case_id)
    assert [step.id for step in page.steps] == [
        "prepare", "evidence", "eligibility", "needs", "decision", "paperwork", "after",
    ]  # fmt: skip
    evidence = page.steps[1]
    assert (evidence.progress, evidence.verb) == (Progress.NOT_STARTED, "decision.points")
    assert {one.disposal.id: one.lawful for one in page.options}["cc"] is False
    assert page.gate == "The evidential review is not complete."
    proposed(desk, case_id)
    page = clinic_page(desk, case_id)
    assert page.steps[1].progress is Progress.DONE
    assert page.steps[4].verb == "clinic.authorise"
    assert page.gate == ""
    assert page.limits is not None
    assert page.limits.normal_due == date(2027, 3, 12)
    assert {one.id: answer for one, answer in page.checks}["QA01"] == "yes"
    assert page.rationale.missing == ("the needs assessment",)
