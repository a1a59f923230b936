"""Any clock of the pack: the worked examples of the reference, and what an answer says."""

from dataclasses import replace
from datetime import date

import pytest

from casedesk.model.errors import BadInputError
from casedesk.model.words import Confidence
from casedesk.reference.clocks import Count
from casedesk.rules.answers import weakest
from casedesk.rules.counting import good_friday
from casedesk.rules.due import count_working_days, due
from tests.rules.clock_facts import CLOCKS, HOLIDAYS, at, last_day, shown


@pytest.mark.parametrize(
    ("clock", "event", "enhanced", "last"),
    [
        ("VC-R6-ARREST", "2026-12-18T16:40", False, "2026-12-29"),
        ("VC-R6-ARREST", "2026-12-18T16:40", True, "2026-12-21"),
        ("VC-R6-RWC", "2027-03-25T09:00", True, "2027-03-30"),
        ("VC-R4-REF", "2027-05-02T12:00", False, "2027-05-05"),
        ("VC-R4-REF", "2027-05-02T12:00", True, "2027-05-05"),  # the same for everybody
        ("VRR-REQ", "2026-11-30T10:00", False, "2027-02-28"),
        ("NIP-14", "2026-11-01T10:00", False, "2026-11-15"),
        ("CRT-1", "2026-12-24T18:00", False, "2026-12-26"),
        ("CTL-56S", "2026-12-01T10:00", False, "2027-01-26"),
        ("ABP-0", "2026-11-15T23:50", False, "2027-02-15"),
        ("ABP-STREET", "2026-11-30T12:00", False, "2027-02-28"),
        ("STL-127", "2026-05-21T12:00", False, "2026-11-21"),
        ("T06", "2026-11-02T12:00", False, "2026-11-30"),
        ("T26", "2026-11-02T12:00", False, "2027-01-11"),
    ],
)
def test_clocks_of_days_and_months(clock: str, event: str, enhanced: bool, last: str) -> None:
    assert last_day(due(CLOCKS, CLOCKS[clock], at(event), HOLIDAYS, enhanced=enhanced)) == last


@pytest.mark.parametrize(
    ("clock", "event", "end"),
    [
        ("DET-24", "2026-12-18T14:10", "2026-12-19T14:10:00+00:00"),
        ("REV-1", "2026-10-24T22:00", "2026-10-25T03:00:00+00:00"),  # over the hour that occurs twice
        ("DT-6", "2027-03-27T22:00", "2027-03-28T05:00:00+01:00"),
        (
            "B7-24",
            "2026-12-24T18:00",
            "2026-12-26T18:00:00+00:00",
        ),  # Christmas Day left out, the Saturday not
        ("B7-24-MURDER", "2026-12-24T18:00", "2026-12-29T18:00:00+00:00"),
        ("DAPN-48", "2026-12-23T09:00", "2026-12-26T09:00:00+00:00"),
        ("T17", "2026-11-20T23:30", "2026-11-21T02:30:00+00:00"),
    ],
)
def test_clocks_of_hours(clock: str, event: str, end: str) -> None:
    assert shown(due(CLOCKS, CLOCKS[clock], at(event), HOLIDAYS)) == end


def test_the_second_before_midnight_belongs_to_the_day_and_the_one_after_to_the_next() -> None:
    for event, last in (("2026-12-20T23:59:59", "2026-12-29"), ("2026-12-21T00:00:00", "2026-12-30")):
        assert last_day(count_working_days(CLOCKS, at(event), 5, HOLIDAYS)) == last
    # 23:30 UTC on 30 June is half past midnight on 1 July in London
    assert last_day(count_working_days(CLOCKS, at("2026-06-30T23:30+00:00"), 1, HOLIDAYS)) == "2026-07-02"


def test_an_answer_shows_the_days_it_counted_and_left_out_and_how_far_the_calendar_goes() -> None:
    answer = count_working_days(CLOCKS, date(2026, 12, 18), 5, HOLIDAYS)
    told = "\n".join(answer.steps)
    assert "1 Mon 21 Dec" in told
    assert "5 Tue 29 Dec" in told
    assert "Mon 28 Dec 2026 (Boxing Day" in told
    assert "known to Sun 31 Dec 2028" in told
    assert answer.warnings == ()


def test_a_count_past_the_end_of_the_calendar_warns() -> None:
    within = count_working_days(CLOCKS, date(2028, 12, 22), 3, HOLIDAYS)
    past = count_working_days(CLOCKS, date(2028, 12, 22), 5, HOLIDAYS)
    assert within.warnings == ()
    assert "31 Dec 2028" in past.warnings[0]
    assert last_day(past) == "2029-01-02"  # what is known is still counted
    assert count_working_days(CLOCKS, date(2011, 12, 1), 1, HOLIDAYS).warnings


def test_good_friday_is_skipped_by_a_court_beyond_the_calendar_without_a_warning() -> None:
    friday = good_friday(2040)
    answer = due(CLOCKS, CLOCKS["CRT-1"], date(2040, 3, 29), HOLIDAYS)
    assert friday == date(2040, 3, 30)
    assert last_day(answer) == "2040-03-31"
    assert answer.warnings == ()


def test_a_saturday_that_may_be_a_bank_holiday_in_law_is_counted_and_said() -> None:
    answer = due(CLOCKS, CLOCKS["DAPN-48"], at("2026-12-24T10:00"), HOLIDAYS)
    assert shown(answer) == "2026-12-29T10:00:00+00:00"
    assert any("Sat 26 Dec 2026" in warning for warning in answer.warnings)
    assert not due(CLOCKS, CLOCKS["DAPN-48"], at("2026-12-17T10:00"), HOLIDAYS).warnings


def test_a_clock_without_a_number_has_no_instant_and_says_what_is_asked() -> None:
    answer = due(CLOCKS, CLOCKS["VC-R3-ACK"], date(2026, 11, 2), HOLIDAYS)
    assert answer.due is None
    assert "as soon as possible" in " ".join(answer.steps)
    agreed = due(CLOCKS, CLOCKS["VC-R6-UPD"], date(2026, 11, 2), HOLIDAYS, amount=14)
    assert last_day(agreed) == "2026-11-16"


def test_hours_need_a_time_of_day() -> None:
    with pytest.raises(BadInputError, match="only a day"):
        due(CLOCKS, CLOCKS["DET-24"], date(2026, 11, 2), HOLIDAYS)


def test_the_status_is_that_of_the_weakest_part_and_what_is_unverified_warns() -> None:
    assert due(CLOCKS, CLOCKS["DET-24"], at("2026-11-02T10:00"), HOLIDAYS).status is Confidence.CONFIRMED
    assert due(CLOCKS, CLOCKS["VC-R6-ARREST"], date(2026, 11, 2), HOLIDAYS).status is Confidence.CONVENTION
    charge = due(CLOCKS, CLOCKS["VC-R6-CHG"], date(2026, 11, 2), HOLIDAYS)
    assert charge.status is Confidence.UNVERIFIED
    assert any("unverified" in warning for warning in charge.warnings)
    nfa = due(CLOCKS, CLOCKS["VC-R6-NFA"], date(2026, 11, 2), HOLIDAYS, enhanced=True)
    assert any("enhanced limit" in warning for warning in nfa.warnings)
    assert weakest(Confidence.SECONDARY, Confidence.CONFIRMED) is Confidence.SECONDARY


def test_a_force_can_confirm_a_convention() -> None:
    sure = {
        rule: replace(counting, status=Confidence.CONFIRMED) for rule, counting in CLOCKS.countings.items()
    }
    answer = due(replace(CLOCKS, countings=sure), CLOCKS["VC-R6-ARREST"], date(2026, 11, 2), HOLIDAYS)
    assert answer.status is Confidence.SECONDARY


def test_a_limit_asked_for_a_day_before_it_was_law_says_so() -> None:
    answer = due(CLOCKS, CLOCKS["ABP-0"], date(2022, 10, 27), HOLIDAYS)
    assert any("not in force" in warning for warning in answer.warnings)
    on_the_day = due(CLOCKS, CLOCKS["ABP-0"], date(2022, 10, 28), HOLIDAYS)
    assert not any("not in force" in warning for warning in on_the_day.warnings)


@pytest.mark.parametrize("clock_id", CLOCKS.by_id)
def test_every_clock_of_the_pack_can_be_asked(clock_id: str) -> None:
    clock = CLOCKS[clock_id]
    answer = due(CLOCKS, clock, at("2026-11-20T10:00"), HOLIDAYS)
    assert (answer.due is None) is (clock.amount is None)
    assert answer.source.startswith(clock.source)
    assert clock.title in answer.steps[0]
    if answer.due is not None:
        assert answer.due > at("2026-11-20T10:00")
        assert answer.rule in list(Count)
