"""A victim's review of a summary-only offence ends with the limit on prosecution; years, and very many reasons."""

from dataclasses import replace
from datetime import timedelta

from casedesk.model.facts import CaseFile, Condition
from casedesk.model.ids import derived_id
from casedesk.model.moments import Moment
from casedesk.model.words import EventKind as E
from casedesk.rules.duties import Duty, duties, explained
from casedesk.rules.priority import MOST_FACTORS, factors, place
from casedesk.rules.reasons.duties import duties as reasons
from casedesk.rules.reasons.factor import STEP
from tests.rules.clock_facts import at
from tests.rules.duty_facts import FRIDAY, PACKS, case, case_file, contact, event, suspect

SUMMARY, EITHER_WAY = "PU86149", "TH68010"


def told(code: str, committed: str) -> CaseFile:
    """A suspect interviewed, a decision not to prosecute on 18 December 2026, and the victim told that day."""
    return case_file(
        case(offence_code=code, offence_from=Moment(committed)),
        suspect(interviewed_on=Moment("2026-12-01")),
        event(E.NO_FURTHER_ACTION, FRIDAY),
        contact(FRIDAY, "nfa", "interview"),
    )


def duty(file: CaseFile, clock: str) -> Duty:
    return next(one for one in duties(file, FRIDAY, PACKS) if one.clock == clock)


def test_the_time_to_ask_ends_with_the_limit_of_a_summary_offence() -> None:
    file = told(SUMMARY, "2026-08-20")  # in time to 20 February 2027; the scheme alone: 18 March
    asked = duty(file, "VRR-REQ")
    assert asked.due == at("2027-02-20T23:59:59")
    (factor,) = [one for one in reasons(file, FRIDAY, PACKS) if one.clock == "VRR-REQ"]
    assert (
        factor.sentence
        == "Victim may ask for a review by Sat 20 Feb 2027, when the time limit on prosecution ends"
    )
    assert factor.changes_at == at("2027-02-20T23:59:59") + STEP
    answer = explained(asked, PACKS)
    assert answer.due == asked.due
    assert any("time limit on prosecution ends Sat 20 Feb 2027" in step for step in answer.steps)
    assert not [one for one in reasons(file, at("2027-02-21T00:00"), PACKS) if one.clock == "VRR-REQ"]


def test_nothing_moves_where_the_limit_is_later_or_there_is_none() -> None:
    for file in (told(SUMMARY, "2026-12-01"), told(EITHER_WAY, "2026-08-20")):
        asked = duty(file, "VRR-REQ")
        assert asked.due == at("2027-03-18T23:59:59")
        assert asked.limit is None
        (factor,) = [one for one in reasons(file, FRIDAY, PACKS) if one.clock == "VRR-REQ"]
        assert factor.sentence == "Victim may ask for a review by Thu 18 Mar 2027"


def test_a_review_that_the_limit_may_overtake_warns_from_the_day_it_may() -> None:
    file = told(SUMMARY, "2026-08-20")

    def warned(day: str) -> bool:
        asked = next(one for one in duties(file, at(f"{day}T12:00"), PACKS) if one.clock == "VRR-REQ")
        return any("A review asked for on" in said for said in explained(asked, PACKS).warnings)

    assert not warned("2027-01-08")  # 30 working days end on Friday 19 February
    assert warned("2027-01-11")


def test_a_decision_that_is_due_after_the_limit_names_it_and_keeps_its_time() -> None:
    file = case_file(
        case(offence_code=SUMMARY, offence_from=Moment("2026-07-01")), event(E.REVIEW_REQUESTED, FRIDAY)
    )
    decision = duty(file, "VRR-DEC")
    assert decision.due == at("2027-02-03T23:59:59")
    (factor,) = [one for one in reasons(file, FRIDAY, PACKS) if one.clock == "VRR-DEC"]
    assert factor.sentence.endswith("by Wed 3 Feb 2027; the time limit on prosecution ends Fri 1 Jan 2027")


def test_a_statement_dated_before_the_offence_does_not_hide_the_limit() -> None:
    file = told("CJ88116", "2026-08-20")
    wrong = replace(file.case, flags=("da",), first_statement_on=Moment("2026-01-01"))
    assert duty(replace(file, case=wrong), "VRR-REQ").due == at("2027-02-20T23:59:59")


def test_of_very_many_reasons_the_most_pressing_are_kept_and_the_rest_counted() -> None:
    first = at("2027-01-01T12:00")
    conditions = tuple(
        (
            derived_id("test", str(number)),
            Condition(what=f"No {number}", due_on=Moment(f"{(first + timedelta(days=number)):%Y-%m-%d}")),
        )
        for number in range(300)
    )
    file = replace(case_file(case(reported_at=Moment("2026-12-18"))), conditions=conditions)
    found = factors(file, FRIDAY, PACKS)
    assert len(found) == MOST_FACTORS + 1
    everything = 300 + len(factors(replace(file, conditions=()), FRIDAY, PACKS))
    assert found[-1].sentence.startswith(f"{everything - MOST_FACTORS} more reasons")
    dropped = found[-1].changes_at
    assert dropped is not None
    assert dropped > FRIDAY
    assert place(file, FRIDAY, PACKS).reband_at == min(
        one.changes_at for one in found if one.changes_at and one.changes_at > FRIDAY
    )
