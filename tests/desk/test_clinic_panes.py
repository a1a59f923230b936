"""The panes of the clinic page: every step says what it must at every stage, and nothing that misleads."""

import pytest

from casedesk.desk import clinics, evidential
from casedesk.desk.clinic_page import Progress
from casedesk.desk.clinic_pane_evidence import contact_warnings
from casedesk.desk.clinic_pane_rules import findings_for_explaining
from casedesk.desk.clinic_panes import PANES, pane, step_words
from casedesk.desk.clinic_said import Said, Tone, as_text, by, look
from casedesk.desk.desk import Desk
from casedesk.model.entities import CASE, VICTIM
from casedesk.model.ids import EntityId
from casedesk.model.moments import london
from tests.desk.clinic_cases import (
    EVIDENCE,
    a_theft,
    accepted,
    authorised,
    chosen,
    first_suspect,
    offered,
    proposed,
    prove,
    reviewed,
)


@pytest.fixture
def case_id(desk: Desk) -> EntityId:
    return a_theft(desk)


def read(desk: Desk, case_id: EntityId, step: str) -> str:
    return "\n".join(as_text(pane(look(desk, case_id), step)))


@pytest.mark.parametrize("stage", [None, prove, reviewed, chosen, proposed, authorised, offered, accepted])
def test_every_step_has_something_to_say_at_every_stage(desk: Desk, case_id: EntityId, stage: object) -> None:
    if callable(stage):
        stage(desk, case_id)
    here = look(desk, case_id)
    for step in here.page.steps:
        lines = pane(here, step.id)
        assert any(line.text for line in lines)
        assert lines[-1].text, "no blank line at the end"
        assert step_words(step)
    assert [step.id for step in here.page.steps] == list(PANES)


def test_a_disposal_that_lacks_a_record_is_not_yet_and_one_that_a_rule_closes_is_not_open(desk: Desk) -> None:
    case_id = a_theft(desk)
    text = read(desk, case_id, "eligibility")
    assert "○ Conditional caution: not yet. Record the evidential stage" in text
    assert "✓ Outcome 22" in text
    reviewed(desk, case_id, admission="denial", covers_all=None)
    text = read(desk, case_id, "eligibility")
    assert "■ Conditional caution: not open." in text
    assert "■ R03" in text
    assert "Put right: " in text
    assert "Rests on: Admission: " in text
    assert "Diversionary caution (PCSC Act 2022): PCSC Act 2022 Part 6 is not in force." in text
    assert text.count("R22 Theft from a shop of low value") > text.count("Jobson v DPP"), "in full only once"


def test_the_matrix_that_is_not_confirmed_says_so_and_the_person_decides(
    desk: Desk, case_id: EntityId
) -> None:
    chosen(desk, case_id)
    text = read(desk, case_id, "eligibility")
    assert "UNVERIFIED: confirm it first" in text.partition("Matrix: ")[2].splitlines()[0]
    assert "You decide." in text
    assert "The gravity matrix points here." in text
    factors = look(desk, case_id).page.recommendation.factors
    for one in factors:
        assert one.title.removeprefix("Rules: ") in text


def test_what_is_recorded_next_is_no_objection(desk: Desk, case_id: EntityId) -> None:
    proposed(desk, case_id)
    text = read(desk, case_id, "decision")
    against, _, rest = text.partition("To be recorded at this step")
    assert "R13 " not in against
    assert "○ R13 Authorised person" in rest
    assert "Latest day for a condition: " in rest


def test_points_defences_and_gaps_of_the_evidence_stand_out(desk: Desk, case_id: EntityId) -> None:
    prove(desk, case_id, "arguable")
    evidential.review(
        desk,
        case_id,
        first_suspect(desk, case_id),
        defences=("self-defence",),
        admission=EVIDENCE["admission"],
    )
    lines = pane(look(desk, case_id), "evidence")
    said = {line.text: line.tone for line in lines}
    assert any(text.startswith("■ Not answered: ") and tone is Tone.BLOCK for text, tone in said.items())
    assert any(text.startswith("▲ Arguable: ") for text in said)
    assert said["○ the witnesses"] is Tone.WARN


def test_who_must_not_be_written_to_is_said_first(desk: Desk, case_id: EntityId) -> None:
    with desk.store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"flags": ("da",)})
        unit.set(VICTIM, desk.case(case_id).file.victims[0][0], case_id, {"safe_contact": "Only at work"})
    here = look(desk, case_id)
    assert contact_warnings(here) == (
        "They may live together or meet. Corner Stores: Only at work",
        "Domestic abuse: plain envelope, no voicemail, nothing that names the offence or the victim.",
    )
    assert pane(here, "prepare")[1].text.startswith("▲ They may live together")
    assert clinics.clinics(desk) == []


def test_after_the_signature_the_work_goes_on_there(desk: Desk, case_id: EntityId) -> None:
    accepted(desk, case_id)
    here = look(desk, case_id)
    assert here.page.next_step is not None
    assert here.page.next_step.id == "after"
    assert {one.id: one.progress for one in here.page.steps}["needs"] is Progress.NOT_STARTED
    text = read(desk, case_id, "after")
    assert "○ Tell victim of out-of-court resolution (Corner Stores), by the end of Fri 27 Nov 2026" in text
    assert "Key outcome 3" in text
    assert "Spent: " in text


def test_a_finding_is_listed_once_to_be_explained(desk: Desk, case_id: EntityId) -> None:
    found = findings_for_explaining(look(desk, case_id))
    assert len({(one.rule, one.message) for one in found}) == len(found)
    assert found


def test_lines_for_a_command_line_have_their_labels() -> None:
    assert as_text([Said("a", label="L", indent=2), Said("")]) == ["  L: a", ""]
    assert by(None) == ""
    from datetime import date, time

    assert by(london(date(2026, 11, 27), time(23, 59, 59))) == ", by the end of Fri 27 Nov 2026"
