"""What contradicts an answer is pointed out: checks answered yes, the day it was given, penalties without a power."""

from datetime import timedelta

import pytest

from casedesk.desk import clinics, condition_builder, resolution
from casedesk.desk.asking import At
from casedesk.desk.case_asks import find_person
from casedesk.desk.clinic_condition_verbs import _catalogue
from casedesk.desk.clinic_page import Progress, clinic_page
from casedesk.desk.clinic_panes import pane
from casedesk.desk.clinic_said import look
from casedesk.desk.desk import Desk
from casedesk.model.entities import SUSPECT, VICTIM
from casedesk.model.ids import EntityId
from casedesk.model.words import SuspectStatus
from casedesk.store.records import read_dossier
from tests.conftest import FrozenClock
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
)


@pytest.fixture
def case_id(desk: Desk) -> EntityId:
    return a_theft(desk)


def test_a_yes_that_the_case_contradicts_is_pointed_out(desk: Desk, case_id: EntityId) -> None:
    chosen(desk, case_id)
    condition(desk, case_id)
    warned = "\n".join(propose(desk, case_id))
    assert "QA04 is answered yes, but no legal advice is recorded" in warned
    assert "QA11 is answered yes, but no needs assessment was begun" in warned
    assert "QA05" not in warned
    assert "QA06" not in warned
    shown = [said.text for said in pane(look(desk, case_id, first_suspect(desk, case_id)), "decision")]
    assert "▲ QA11 Needs: yes, but no needs assessment was begun" in shown
    assert "✓ QA05 Victim: yes" in shown


def test_a_no_with_its_reason_is_not_doubted(desk: Desk, case_id: EntityId) -> None:
    chosen(desk, case_id)
    condition(desk, case_id)
    said = {**CHECKS, "QA04": "no to be offered at the clinic", "QA11": "no the person declined"}
    texts = {"rationale": RATIONALE, "considered": "Charge: out of proportion."}
    warned = resolution.propose(desk, case_id, texts=texts, checks=said)
    assert not any("answered yes" in one for one in warned)


def test_victims_views_that_are_not_recorded_are_held_against_qa05(desk: Desk, case_id: EntityId) -> None:
    proposed(desk, case_id, "o22")
    victim = desk.case(case_id).file.victims[0][0]
    with desk.store.unit_of_work("test") as unit:
        unit.set(VICTIM, victim, case_id, {"views": None, "views_on": None})
    shown = [said.text for said in pane(look(desk, case_id, first_suspect(desk, case_id)), "decision")]
    assert any(one.startswith("▲ QA05 Victim: yes, but a victim's views are not recorded") for one in shown)


def booked(desk: Desk, case_id: EntityId) -> EntityId:
    opens = desk.now + timedelta(days=3)
    clinic = clinics.open_clinic(
        desk, place="Quay", opens_at=opens, closes_at=opens + timedelta(hours=3), slot_minutes=60
    )
    return clinics.book(desk, case_id, first_suspect(desk, case_id), clinic, opens)


def test_given_before_the_appointment_or_without_attendance_is_pointed_out(
    desk: Desk, clock: FrozenClock, case_id: EntityId
) -> None:
    offered(desk, case_id)
    booked(desk, case_id)
    warned = resolution.accept(desk, case_id, consent=True)
    assert "It is given 20 Nov 2026, and the appointment is 23 Nov 2026: check the day." in warned
    steps = {one.id: one for one in clinic_page(desk, case_id).steps}
    assert steps["prepare"].progress is Progress.DONE
    assert "checklist" not in steps["prepare"].next


def test_given_on_the_day_of_the_clinic_wants_the_attendance_recorded(
    desk: Desk, clock: FrozenClock, case_id: EntityId
) -> None:
    authorised(desk, case_id)
    appointment = booked(desk, case_id)
    clock.advance(timedelta(days=3, hours=1))
    resolution.offer(desk, case_id, legal_advice="declined", explained=True, admission_repeated=True)
    assert any(
        "Nobody recorded that the person came" in one
        for one in resolution.accept(desk, case_id, consent=True)
    )
    other = a_theft(desk, "42/8/26")
    offered(desk, other)
    assert not any("appointment" in one for one in resolution.accept(desk, other, consent=True))
    assert appointment


@pytest.mark.parametrize("disposal", ["cr", "o22"])
def test_a_penalty_or_many_hours_without_a_power_to_set_them_are_pointed_out(
    desk: Desk, case_id: EntityId, disposal: str
) -> None:
    chosen(desk, case_id, disposal)
    _, warned = condition_builder.add_condition(
        desk, case_id, what="Pay", why="It fits", kind="punitive", amount_pence=50000, due_on=day(desk, 60)
    )
    assert any(one.startswith("E23") for one in warned)
    _, warned = condition_builder.add_condition(
        desk,
        case_id,
        what="Paint the hall",
        why="It fits",
        kind="reparative",
        hours=300,
        due_on=day(desk, 60),
    )
    assert any(one.startswith("E24") for one in warned)


def test_a_financial_penalty_is_offered_for_a_conditional_caution_alone(desk: Desk) -> None:
    for number, (disposal, there) in enumerate((("cc", True), ("cr", False), ("o22", False))):
        case_id = a_theft(desk, f"42/{number}/26")
        chosen(desk, case_id, disposal)
        file = desk.case(case_id).file
        at = At(desk, file, read_dossier(desk.store.connection, case_id), find_person(file, "", "suspects"))
        titles = [title for _, title in _catalogue(at, paid=True)]
        assert ("Financial penalty" in titles) is there
        assert "Compensation" in titles


@pytest.mark.parametrize("before", ["voluntary", "bailed"])
def test_after_a_breach_a_suspect_stands_as_before(desk: Desk, case_id: EntityId, before: str) -> None:
    own = first_suspect(desk, case_id)
    with desk.store.unit_of_work("test") as unit:
        unit.set(SUSPECT, own, case_id, {"status": before})
    accepted(desk, case_id)
    assert dict(desk.case(case_id).file.suspects)[own].status == SuspectStatus.DEALT_WITH
    ((condition_id, _),) = matter(desk, case_id).conditions
    condition_builder.not_kept(desk, case_id, condition_id, why="Did not come")
    resolution.fail(desk, case_id, decision="prosecute", by="Sgt Roe", rank="sgt", why="No excuse")
    assert dict(desk.case(case_id).file.suspects)[own].status == before
