"""What the clinic leaves in timeline, history and the papers given out: numbers and states, never an answer."""

from datetime import timedelta

import pytest

from casedesk.desk import assessment, audit_pack, clinics
from casedesk.desk.casepage import read_page
from casedesk.desk.desk import Desk
from casedesk.desk.handover_note import handover_note
from casedesk.desk.history import KEPT, case_history
from casedesk.desk.search import search
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment
from tests.conftest import FrozenClock
from tests.desk.clinic_cases import RATIONALE, a_theft, accepted, first_suspect

SECRET = "pomegranate"


@pytest.fixture
def case_id(desk: Desk, clock: FrozenClock) -> EntityId:
    """A case that went through everything, with a word in its assessment that nobody else may read."""
    case_id = a_theft(desk)
    suspect = first_suspect(desk, case_id)
    opens = desk.now + timedelta(hours=2)
    clinic = clinics.open_clinic(
        desk, place="Northgate", opens_at=opens, closes_at=opens + timedelta(hours=3)
    )
    own = clinics.book(desk, case_id, suspect, clinic, opens)
    clinics.invite(desk, case_id, own, "letter")
    clock.advance(timedelta(hours=3))
    clinics.attended(desk, case_id, own)
    sitting = assessment.read(desk, case_id, assessment.start(desk, case_id, suspect))
    sitting = assessment.answer_many(
        desk, sitting,
        {"begin.told": "yes", "accommodation.strengths": f"Sleeps at {SECRET}", "mental-health.suicide": "thoughts"},
        confirmed=True,
    )  # fmt: skip
    sitting = assessment.answer(desk, sitting, "begin.told", "yes", note=f"Said {SECRET}")
    for trigger in sitting.open_triggers():
        sitting = assessment.record_trigger(desk, sitting, trigger.id, made_on=Moment("2026-11-20"))
    accepted(desk, case_id)
    return case_id


def test_the_timeline_tells_every_step_of_the_clinic_and_no_more(desk: Desk, case_id: EntityId) -> None:
    events = read_page(desk, case_id).events
    told = [event.text for event in events if event.kind == "clinic"]
    for said in (
        "Invited Sam Hollis to the clinic by letter", "Clinic appointment of Sam Hollis attended",
        "Needs assessment 1 of Sam Hollis begun", "Conditional caution for Sam Hollis proposed",
        "Conditional caution for Sam Hollis authorised by Sgt Roe (sergeant)",
        "Conditional caution for Sam Hollis accepted and signed", "Gravity of the offence of Sam Hollis scored 3",
        "Evidential review of Sam Hollis completed: evidential stage met, public interest: out-of-court resolution",
    ):  # fmt: skip
        assert said in told
    assert all(RATIONALE not in text for text in told)
    every = " ".join(event.text for event in events)
    assert "suicid" not in every.lower()
    assert SECRET not in every


def test_no_paper_that_is_given_out_and_no_search_has_an_answer(desk: Desk, case_id: EntityId) -> None:
    pack = repr(audit_pack.audit_pack(desk, case_id))
    note = handover_note(desk, case_id)
    for text in (pack, note):
        assert SECRET not in text
        assert "suicid" not in text.lower()
    assert "Conditional caution" in pack
    assert not search(desk, SECRET).hits


def test_the_history_says_that_something_was_answered_and_not_what(desk: Desk, case_id: EntityId) -> None:
    lines = [one for one in case_history(desk, case_id) if one.what == "Answer"]
    assert lines
    assert {one.after for one in lines if one.field in ("Answer", "Note")} == {KEPT}
    assert {one.field for one in lines} <= {"Answer", "Note", "Prefers not to say", "Taken out"}
    assert all(one.act for one in lines)
