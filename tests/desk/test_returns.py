"""Returning for rework: reasons, rounds, escalation, resubmission, and the message to each officer."""

import io
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from docx import Document

from casedesk.desk import access, bulk
from casedesk.desk.check import check_case
from casedesk.desk.desk import Desk
from casedesk.desk.finalise import finalise, reopen
from casedesk.desk.return_messages import as_email, as_word, export_messages, messages
from casedesk.desk.returns import (
    default_due,
    groups,
    hold,
    outstanding,
    plan_returns,
    proposed_escalation,
    proposed_reasons,
    release_hold,
    return_case,
    rounds,
)
from casedesk.desk.review_state import ReviewState, is_overdue, standing_returns, state_of
from casedesk.desk.undo import undo
from casedesk.model.errors import BadInputError
from casedesk.model.finalising import Return
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment
from casedesk.store.finalised import read_finalising
from casedesk.store.history import recent_acts
from tests.conftest import FrozenClock
from tests.desk.crimes import add, set_fact, submit

NAMED = ({"name": "Kyle Roe", "status": "rui", "sub_status": "interviewed"},)


@pytest.fixture
def withdrawn(desk: Desk) -> EntityId:
    """A 16 without a withdrawal record, and without a word on going on without the victim."""
    return add(desk, "42/2/26", outcome="16", victim={"support": "no"}, suspects=NAMED)


@pytest.fixture
def other(desk: Desk) -> EntityId:
    return add(desk, "42/3/26", oic="PC Hale", oic_number="7060", oic_contact=None, rationale=None)


def state(desk: Desk, case_id: EntityId) -> ReviewState:
    return state_of(desk.case(case_id).file, read_finalising(desk.store.connection, case_id))


def last(desk: Desk, case_id: EntityId) -> Return:
    return standing_returns(read_finalising(desk.store.connection, case_id))[-1][1]


def test_the_findings_propose_the_reasons(desk: Desk, withdrawn: EntityId, other: EntityId) -> None:
    assert proposed_reasons(desk, check_case(desk, withdrawn)) == ("withdrawal-record", "evidence-led")
    assert proposed_reasons(desk, check_case(desk, other)) == ("rationale",)


def test_several_go_back_as_one_act_each_to_its_officer(
    desk: Desk, withdrawn: EntityId, other: EntityId
) -> None:
    count = len(recent_acts(desk.store.connection))
    assert return_case(desk, [withdrawn, other], ["lines-of-enquiry"], text="CCTV of the shop?") == 2
    assert len(recent_acts(desk.store.connection)) == count + 1
    said = last(desk, withdrawn)
    assert (said.reasons, said.to, said.due_on, said.number, said.outcome, said.text, said.escalated_to) == (
        ("lines-of-enquiry",), "PC Lane", "2026-11-27", 1, "16", "CCTV of the shop?", None,
    )  # fmt: skip
    assert last(desk, other).to == "PC Hale"
    case = desk.case(withdrawn).file.case
    assert (case.stage, case.stage_note) == ("returned", "Reasonable lines of enquiry are open")
    assert state(desk, withdrawn) is ReviewState.RETURNED
    undo(desk)
    assert state(desk, withdrawn) is ReviewState.TO_DO
    assert desk.case(withdrawn).file.case.stage == "submitted"


def test_the_preview_says_to_whom_and_why_and_what_stays(desk: Desk, withdrawn: EntityId) -> None:
    done = add(desk, "42/4/26")
    finalise(desk, done)
    plan = plan_returns(desk, {withdrawn: ["V05", "evidence-led"], done: ["rationale"]})
    assert plan.as_lines() == [
        "Return for rework: 1 crime",
        (
            "  1 × submitted → returned to PC Lane by 27 Nov 2026: The victim's decision is on record, "
            "Going on without the victim was not considered"
        ),
        "1 case would not change: finalised: reopen it first",
    ]
    assert state(desk, withdrawn) is ReviewState.TO_DO
    with pytest.raises(BadInputError, match=r"Nothing was returned: 42/4/26: finalised"):
        return_case(desk, [done], ["rationale"])


def test_work_done_since_is_noticed(desk: Desk, withdrawn: EntityId) -> None:
    return_case(desk, [withdrawn], ["evidence-led"])
    assert state(desk, withdrawn) is ReviewState.RETURNED
    set_fact(desk, withdrawn, evidence_led="999 call and injuries; not enough without her.")
    assert state(desk, withdrawn) is ReviewState.RESUBMITTED


def test_submitting_again_is_noticed_though_nothing_changed(desk: Desk, withdrawn: EntityId) -> None:
    from casedesk.model.entities import CASE

    return_case(desk, [withdrawn], ["evidence-led"])
    with desk.store.unit_of_work("stage") as unit:
        unit.set(CASE, withdrawn, withdrawn, {"stage": "submitted"})
    assert state(desk, withdrawn) is ReviewState.RESUBMITTED


def test_the_second_return_goes_to_the_supervisor_as_well(desk: Desk, withdrawn: EntityId) -> None:
    left = read_finalising(desk.store.connection, withdrawn)
    assert proposed_escalation(desk, desk.case(withdrawn).file, left) is None
    return_case(desk, [withdrawn], ["evidence-led"])
    left = read_finalising(desk.store.connection, withdrawn)
    assert proposed_escalation(desk, desk.case(withdrawn).file, left) == "Sgt Roe"
    submit(desk, withdrawn)
    return_case(desk, [withdrawn], ["evidence-led"])
    assert (last(desk, withdrawn).number, last(desk, withdrawn).escalated_to) == (2, "Sgt Roe")
    submit(desk, withdrawn)
    return_case(desk, [withdrawn], ["evidence-led"], escalate=False)
    assert (last(desk, withdrawn).number, last(desk, withdrawn).escalated_to) == (3, None)
    undo(desk)
    assert last(desk, withdrawn).number == 2
    why = "Going on without the victim was not considered"
    out = "returned 20 Nov 2026 15:00 to PC Lane, wanted back by 27 Nov 2026"
    assert rounds(desk, read_finalising(desk.store.connection, withdrawn)) == [
        f"1. {out}: {why}",
        f"2. {out}, escalated to Sgt Roe: {why}",
    ]


def test_what_is_found_while_a_crime_is_out_is_added_to_its_round(desk: Desk, withdrawn: EntityId) -> None:
    return_case(desk, [withdrawn], ["evidence-led"], text="Please.", due_on=Moment("2026-11-25"))
    plan = plan_returns(desk, {withdrawn: ("withdrawal-record",)}, text="And the notebook.")
    assert plan.changes[0].after.endswith("added to round 1, which is out")
    return_case(desk, [withdrawn], ["withdrawal-record"], text="And the notebook.")
    (one,) = standing_returns(read_finalising(desk.store.connection, withdrawn))
    assert (one[1].number, one[1].escalated_to, one[1].due_on) == (1, None, "2026-11-25")
    assert one[1].reasons == ("evidence-led", "withdrawal-record")
    assert one[1].text == "Please.\nAnd the notebook."
    assert state(desk, withdrawn) is ReviewState.RETURNED
    undo(desk)
    assert last(desk, withdrawn).reasons == ("evidence-led",)


def test_returning_what_is_out_for_just_that_does_nothing(desk: Desk, withdrawn: EntityId) -> None:
    return_case(desk, [withdrawn], ["evidence-led"])
    with pytest.raises(BadInputError, match="out for rework since 20 Nov 2026 15:00, for just that"):
        return_case(desk, [withdrawn], ["evidence-led"])
    assert len(read_finalising(desk.store.connection, withdrawn).returns) == 1


def test_the_next_round_begins_once_it_has_come_back(desk: Desk, withdrawn: EntityId) -> None:
    return_case(desk, [withdrawn], ["evidence-led"])
    set_fact(desk, withdrawn, evidence_led="Looked at.")
    return_case(desk, [withdrawn], ["withdrawal-record"])
    assert (last(desk, withdrawn).number, last(desk, withdrawn).escalated_to) == (2, "Sgt Roe")


def test_a_crime_reopened_after_its_rework_is_to_do_and_not_resubmitted(
    desk: Desk, withdrawn: EntityId, clock: FrozenClock
) -> None:
    return_case(desk, [withdrawn], ["evidence-led"])
    clock.advance(timedelta(days=1))
    rules = {one.rule for one in check_case(desk, withdrawn).findings}
    finalise(desk, withdrawn, accept_warnings=[*rules, "RETURNED"])
    reopen(desk, withdrawn, "She changed her mind.")
    assert state(desk, withdrawn) is ReviewState.TO_DO


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2026, 11, 20), "2026-11-27"),
        (date(2026, 11, 21), "2026-11-30"),
        (date(2026, 11, 22), "2026-11-30"),
        (date(2026, 12, 18), "2026-12-29"),
    ],
    ids=["Friday", "Saturday", "Sunday", "Christmas"],
)
def test_a_crime_is_wanted_back_on_a_working_day(
    desk: Desk, clock: FrozenClock, today: date, due: str
) -> None:
    clock.advance(timedelta(days=(today - clock.now.date()).days))
    assert default_due(desk) == due


def test_a_return_is_overdue_from_the_day_after(desk: Desk, withdrawn: EntityId, clock: FrozenClock) -> None:
    return_case(desk, [withdrawn], ["evidence-led"], due_on=Moment("2026-11-21"))
    left, file = read_finalising(desk.store.connection, withdrawn), desk.case(withdrawn).file
    today = clock.now.date()
    assert [is_overdue(file, left, today + timedelta(days=days)) for days in (0, 1, 2)] == [
        False, False, True,
    ]  # fmt: skip
    set_fact(desk, withdrawn, evidence_led="Done.")
    assert not is_overdue(desk.case(withdrawn).file, left, today + timedelta(days=2))


def test_what_is_out_is_listed_what_came_back_first(
    desk: Desk, withdrawn: EntityId, other: EntityId, clock: FrozenClock
) -> None:
    third, done = add(desk, "42/4/26"), add(desk, "42/5/26")
    return_case(desk, [withdrawn, done], ["evidence-led"], due_on=Moment("2026-11-22"))
    return_case(desk, [third], ["evidence-led"], due_on=Moment("2026-11-25"))
    return_case(desk, [other], ["rationale"])
    set_fact(desk, other, rationale="Written now.")
    finalise(desk, done, accept_warnings=["RETURNED"])
    clock.advance(timedelta(days=3))
    assert [
        (one.reference, one.to, one.number, one.state, one.due_on, one.overdue) for one in outstanding(desk)
    ] == [
        ("42/3/26", "PC Hale", 1, ReviewState.RESUBMITTED, "2026-11-27", False),
        ("42/2/26", "PC Lane", 1, ReviewState.RETURNED, "2026-11-22", True),
        ("42/4/26", "PC Lane", 1, ReviewState.RETURNED, "2026-11-25", False),
    ]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"reasons": []}, "Returned for what"),
        ({"reasons": ["banana"]}, "'banana' is no reason"),
        ({"reasons": ["rationale"], "due_on": Moment("2026-11-19")}, "19 Nov 2026 has passed"),
        ({"reasons": ["rationale"], "text": " \x1b "}, "The message is empty"),
    ],
)
def test_a_return_that_makes_no_sense_is_refused(
    desk: Desk, withdrawn: EntityId, given: dict[str, object], message: str
) -> None:
    with pytest.raises(BadInputError, match=message):
        return_case(desk, [withdrawn], **given)  # type: ignore[arg-type] # wrong on purpose
    assert state(desk, withdrawn) is ReviewState.TO_DO


def test_marked_crimes_go_back_in_groups_as_one(desk: Desk, withdrawn: EntityId, other: EntityId) -> None:
    third = add(desk, "42/5/26", rationale=None)
    clean = add(desk, "42/6/26")
    found = groups(desk, [withdrawn, other, third, clean])
    assert [(group.reasons, set(group.ids)) for group in found] == [
        (("rationale",), {other, third}),
        (("withdrawal-record", "evidence-led"), {withdrawn}),
    ]
    wanted = {case_id: group.reasons for group in found for case_id in group.ids}
    assert bulk.carry_out(desk, plan_returns(desk, wanted)) == 3
    assert last(desk, third).reasons == ("rationale",)
    undo(desk)
    assert {state(desk, one) for one in wanted} == {ReviewState.TO_DO}


def test_holding_needs_a_reason_and_a_day_to_come(desk: Desk, withdrawn: EntityId) -> None:
    with pytest.raises(BadInputError, match="The reason is empty"):
        hold(desk, withdrawn, "")
    with pytest.raises(BadInputError, match="has passed"):
        hold(desk, withdrawn, "Lab", Moment("2026-11-19"))
    with pytest.raises(BadInputError, match="not held"):
        release_hold(desk, withdrawn)
    hold(desk, withdrawn, "Lab", Moment("2026-11-25"))
    assert state(desk, withdrawn) is ReviewState.HELD
    release_hold(desk, withdrawn)
    assert state(desk, withdrawn) is ReviewState.TO_DO


# -- messages ---------------------------------------------------------------------------------------------------


def test_one_message_for_each_officer_carries_all_their_crimes(
    desk: Desk, withdrawn: EntityId, other: EntityId
) -> None:
    third = add(desk, "42/7/26", rationale=None)
    return_case(desk, [third], ["rationale"])
    submit(desk, third)
    return_case(desk, [withdrawn, other, third], ["rationale"], text="Thank you.")
    lane, hale = messages(desk, [withdrawn, other, third])
    assert (lane.to, lane.contact, lane.copies) == ("PC Lane", "lane@example.police.uk", ("Sgt Roe",))
    assert lane.subject == "Returned for rework: 2 crimes"
    assert "1. 42/2/26, Theft from a shop, outcome 16" in lane.text
    assert "2. 42/7/26, Theft from a shop, outcome 18, second return" in lane.text
    assert "No rationale says why this outcome was chosen. Write down the facts" in lane.text
    assert lane.text.count("- No rationale for the outcome: Please write two or three sentences") == 1
    assert lane.text.count("Thank you.") == 1
    assert "by 27 Nov 2026" in lane.text
    assert lane.text.startswith("OFFICIAL-SENSITIVE\n")
    assert lane.text.endswith("Alex Doe, Crime Management")
    assert (hale.to, hale.contact, hale.copies, hale.case_ids) == ("PC Hale", "", (), (other,))


def test_a_message_can_be_seen_before_anything_is_returned(desk: Desk, withdrawn: EntityId) -> None:
    (draft,) = messages(desk, [withdrawn])
    assert "Outcome 16 needs a record of the victim's decision" in draft.text
    assert "- No record of the victim's decision: Please add" in draft.text
    (chosen,) = messages(
        desk, [withdrawn], reasons=["lines-of-enquiry"], due_on=Moment("2026-12-01"), to="DC Poe"
    )
    assert "submit again by 1 Dec 2026" in chosen.text
    assert (chosen.to, chosen.contact) == ("DC Poe", "")
    assert messages(desk, [add(desk, "42/8/26")]) == []


def test_the_text_is_ready_for_an_email(desk: Desk, withdrawn: EntityId) -> None:
    (one,) = messages(desk, [withdrawn])
    text = as_email(one)
    assert text.startswith(
        "To: PC Lane (lane@example.police.uk)\nSubject: Returned for rework: 42/2/26\n\nOFFICIAL-SENSITIVE\n"
    )
    assert max(map(len, text.splitlines())) <= 76


def test_pasted_text_does_no_harm(desk: Desk, withdrawn: EntityId) -> None:
    (one,) = messages(desk, [withdrawn])
    pasted = replace(
        one, text="Dear all\x00\x1b[31m\ufffe\ud800\n   - indented\x0b item", to="X\nBcc: y", subject="A\nB"
    )
    assert as_email(pasted) == (
        "To: X Bcc: y (lane@example.police.uk)\nSubject: A B\n\nDear all\n   - indented item\n"
    )
    made = Document(io.BytesIO(as_word(desk, pasted)))
    assert [paragraph.text for paragraph in made.paragraphs] == ["A B", "Dear all", "indented item"]


def test_word_opens_the_document(desk: Desk, withdrawn: EntityId) -> None:
    (one,) = messages(desk, [withdrawn])
    made = Document(io.BytesIO(as_word(desk, one)))
    assert made.paragraphs[0].text == "Returned for rework: 42/2/26"
    bullets = [one.text for one in made.paragraphs if one.style and one.style.name == "List Bullet"]
    assert any(one.startswith("Outcome 16 needs") for one in bullets)
    assert made.sections[0].header.paragraphs[0].text == "OFFICIAL-SENSITIVE"
    assert (made.core_properties.author, made.core_properties.created.year) == ("7042", 2026)


def test_what_is_written_is_accounted_for_and_never_over_something(
    desk: Desk, withdrawn: EntityId, other: EntityId, tmp_path: Path
) -> None:
    both = messages(desk, [withdrawn, other])
    named = export_messages(desk, both, tmp_path / "both.txt")
    assert [path.name for path in named] == ["both-01-PC-Lane.txt", "both-02-PC-Hale.txt"]
    written = export_messages(desk, both, tmp_path)
    assert [path.name for path in written] == ["return-01-PC-Lane.txt", "return-02-PC-Hale.txt"]
    entry = access.page(desk).entries[0]
    assert (entry.title, entry.detail) == ("gave out", "what return, cases 1, form txt")
    with pytest.raises(BadInputError, match="is there already"):
        export_messages(desk, both, tmp_path)
    (path,) = export_messages(desk, both[:1], tmp_path / "lane.docx")
    assert path.read_bytes()[:2] == b"PK"
    with pytest.raises(BadInputError, match=r"written as \.txt or \.docx"):
        export_messages(desk, both[:1], tmp_path / "lane.pdf")
    with pytest.raises(BadInputError, match="no message to write"):
        export_messages(desk, [], tmp_path)
