"""Pre-charge bail: the worked examples, the pauses, and the stages by who decides them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.model.errors import BadInputError
from casedesk.model.words import Confidence
from casedesk.rules.answers import Answer
from casedesk.rules.bail import (
    CpsPause,
    Stay,
    bail,
    conditions_have_ended,
    extended_by_court,
    return_date_fits,
    stage,
)
from casedesk.rules.counting import days_from, months_from
from tests.rules.clock_facts import CLOCKS, at, last_day


def ends(arrest: date, months: int, **pauses: object) -> Answer:
    clock, length = stage(CLOCKS, months=months)
    return bail(CLOCKS, arrest, clock, length, **pauses)  # type: ignore[arg-type]  # the pauses under test


@pytest.mark.parametrize(
    ("arrest", "three", "six", "nine"),
    [
        ("2026-11-15T23:50", "2027-02-15", "2027-05-15", "2027-08-15"),
        ("2026-11-30T12:00", "2027-02-28", "2027-05-31", "2027-08-31"),
        ("2027-11-28T12:00", "2028-02-28", "2028-05-28", "2028-08-28"),
        ("2027-11-29T12:00", "2028-02-29", "2028-05-29", "2028-08-29"),  # 30 November: no 30 February
        ("2026-02-28T12:00", "2026-05-31", "2026-08-31", "2026-11-30"),
        ("2026-04-30T12:00", "2026-07-31", "2026-10-31", "2027-01-31"),
        ("2026-09-30T12:00", "2026-12-31", "2027-03-31", "2027-06-30"),
        ("2027-12-31T12:00", "2028-03-31", "2028-06-30", "2028-09-30"),
    ],
)
def test_the_period_begins_the_day_after_arrest(arrest: str, three: str, six: str, nine: str) -> None:
    assert [last_day(ends(at(arrest), months)) for months in (3, 6, 9)] == [three, six, nine]


def test_twelve_months_and_the_courts_extensions() -> None:
    assert last_day(ends(date(2026, 11, 15), 12)) == "2027-11-15"
    assert last_day(ends(date(2026, 11, 15), 18)) == "2028-05-15"
    assert last_day(ends(date(2026, 11, 15), 24)) == "2028-11-15"


def test_in_2026_three_arrest_days_differ_from_arrest_plus_three_months() -> None:
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    differ = [day for day in year if last_day(ends(day, 3)) != months_from(day, 3).isoformat()]
    assert differ == [date(2026, 2, 28), date(2026, 4, 30), date(2026, 9, 30)]


def test_the_second_before_midnight_and_the_second_after_give_different_periods() -> None:
    assert last_day(ends(at("2026-11-15T23:59:59"), 3)) == "2027-02-15"
    assert last_day(ends(at("2026-11-16T00:00:00"), 3)) == "2027-02-16"
    assert last_day(ends(at("2026-07-01T23:00:00+00:00"), 3)) == "2026-10-02"  # 2 July in London


@pytest.mark.parametrize(
    ("asked", "clock", "months"),
    [
        ({}, "ABP-0", 3),
        ({"months": 6}, "ABP-1", 6),
        ({"by": "inspector"}, "ABP-1", 6),
        ({"by": "superintendent"}, "ABP-2", 9),
        ({"by": "assistant-chief-constable"}, "ABP-3", 12),
        ({"by": "magistrates"}, "ABP-M1", 12),
        ({"by": "magistrates", "months": 18}, "ABP-M1", 18),
        ({"clock_id": "abp-x"}, "ABP-X", 6),
        ({"clock_id": "ABP-X", "months": 12}, "ABP-X", 12),
    ],
)
def test_a_stage_is_found_by_its_months_its_id_or_who_decides(
    asked: dict[str, object], clock: str, months: int
) -> None:
    found, length = stage(CLOCKS, **asked)  # type: ignore[arg-type]  # as the table has them
    assert (found.id, length) == (clock, months)


def test_a_stage_that_does_not_exist_is_refused_and_a_strange_length_warned_of() -> None:
    with pytest.raises(BadInputError, match="No stage") as refused:
        stage(CLOCKS, by="inspector", months=9)
    assert "ABP-1 inspector 6" in refused.value.cure
    answer = ends(date(2026, 11, 30), 4)
    assert last_day(answer) == "2027-03-31"
    assert any("No stage" in warning for warning in answer.warnings)


def test_the_inclusive_reading_is_shown_as_unverified() -> None:
    answer = ends(date(2026, 11, 30), 3)
    assert answer.status is Confidence.UNVERIFIED
    assert any("M-BW" in warning for warning in answer.warnings)


def test_bail_for_a_cps_decision_stops_the_period() -> None:
    arrest = date(2026, 11, 15)  # would end 15 February 2027
    open_ended = ends(arrest, 3, cps=[CpsPause(date(2027, 1, 10), None)])
    assert open_ended.due is None
    assert "stands still" in open_ended.steps[-1]
    paused = ends(arrest, 3, cps=[CpsPause(date(2027, 1, 10), date(2027, 1, 31))])
    assert last_day(paused) == "2027-03-07"  # the 20 days between do not count
    assert any("unverified" in warning for warning in paused.warnings)


def test_a_period_not_yet_begun_begins_with_the_request() -> None:
    answer = ends(date(2026, 11, 15), 3, cps=[CpsPause(date(2026, 11, 15), date(2027, 3, 1))])
    # 92 days, as from 16 November, but from 1 March
    assert last_day(answer) == days_from(date(2027, 3, 1), 91).isoformat()


@pytest.mark.parametrize(
    ("released", "requested", "end"),
    [
        ("2027-02-14", "2027-03-10", "2027-03-16"),  # two days left become seven
        ("2027-02-15", "2027-03-10", "2027-03-16"),  # released on the last day
        ("2027-02-09", "2027-03-10", "2027-03-16"),  # six days were left
        ("2027-02-08", "2027-03-10", "2027-03-16"),  # exactly seven
        ("2027-02-07", "2027-03-10", "2027-03-17"),  # eight: nothing is added
    ],
)
def test_at_least_seven_days_are_left_from_the_request(released: str, requested: str, end: str) -> None:
    pause = CpsPause(date.fromisoformat(released), date.fromisoformat(requested))
    assert last_day(ends(date(2026, 11, 15), 3, cps=[pause])) == end


def test_pauses_follow_one_another() -> None:
    pauses = [
        CpsPause(date(2027, 1, 10), date(2027, 1, 31)),
        CpsPause(date(2027, 2, 10), date(2027, 2, 21)),
    ]
    assert last_day(ends(date(2026, 11, 15), 3, cps=pauses)) == "2027-03-17"


def test_a_pause_after_the_period_has_ended_or_back_to_front_is_refused() -> None:
    with pytest.raises(BadInputError, match="after the period ended"):
        ends(date(2026, 11, 15), 3, cps=[CpsPause(date(2027, 2, 16), None)])
    with pytest.raises(BadInputError, match="before the release"):
        ends(date(2026, 11, 15), 3, cps=[CpsPause(date(2027, 2, 1), date(2027, 1, 1))])


def test_days_in_hospital_count_unless_the_last_day_is_one_of_them() -> None:
    arrest = date(2026, 11, 15)
    earlier = Stay(date(2026, 12, 1), date(2026, 12, 10))
    over_the_end = Stay(date(2027, 2, 13), date(2027, 2, 20))
    assert last_day(ends(arrest, 3, hospital=[earlier])) == "2027-02-15"
    assert last_day(ends(arrest, 3, hospital=[over_the_end])) == "2027-02-23"  # 3 days were left
    assert last_day(ends(arrest, 3, hospital=[earlier, over_the_end])) == "2027-03-05"
    assert ends(arrest, 3, hospital=[Stay(date(2027, 2, 13), None)]).due is None


@given(st.dates(date(2023, 1, 1), date(2027, 12, 31)), st.integers(0, 85), st.integers(0, 200))
def test_a_pause_never_brings_the_end_forward(arrest: date, released: int, lasted: int) -> None:
    start = arrest + timedelta(days=released)
    plain = ends(arrest, 3).due
    paused = ends(arrest, 3, cps=[CpsPause(start, start + timedelta(days=lasted))]).due
    assert plain is not None
    assert paused is not None
    assert plain <= paused <= plain + timedelta(days=lasted + 7)


def test_a_later_extension_by_a_court_begins_the_day_after_and_names_the_sooner_reading() -> None:
    answer = extended_by_court(CLOCKS, date(2027, 11, 15))
    assert last_day(answer) == "2028-02-15"
    assert any("Mon 14 Feb 2028" in warning for warning in answer.warnings)
    assert last_day(extended_by_court(CLOCKS, date(2027, 11, 15), 6)) == "2028-05-15"
    with pytest.raises(BadInputError, match="4 months"):
        extended_by_court(CLOCKS, date(2027, 11, 15), 4)


def test_the_return_date_is_the_last_day_or_sooner_for_a_reason_and_never_later() -> None:
    due = ends(date(2026, 11, 15), 3).due
    assert due is not None
    assert return_date_fits(date(2027, 2, 15), due)
    assert not return_date_fits(date(2027, 2, 14), due)
    assert return_date_fits(date(2027, 2, 14), due, aligned=True)
    assert return_date_fits(date(2027, 2, 14), due, decision_sooner=True)
    assert not return_date_fits(date(2027, 2, 16), due, aligned=True, decision_sooner=True)


def test_conditions_end_with_the_last_second() -> None:
    due = ends(date(2026, 11, 15), 3).due
    assert due is not None
    assert not conditions_have_ended(due, at("2027-02-15T23:59:59"))
    assert conditions_have_ended(due, at("2027-02-16T00:00:00"))
    assert not conditions_have_ended(None, at("2027-02-16T00:00:00"))
