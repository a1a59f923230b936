"""Custody time limits by days and by stage."""

from datetime import date

import pytest

from casedesk.model.errors import BadInputError
from casedesk.rules.custody_time_limits import Stage, custody_time_limit, stage_limit
from tests.rules.clock_facts import CLOCKS, HOLIDAYS, at, last_day


@pytest.mark.parametrize(
    ("first", "days", "last", "clock"),
    [
        ("2026-12-01", 56, "2027-01-26", "CTL-56S"),
        ("2026-11-02", 56, "2026-12-24", "CTL-56S"),
        ("2026-11-02", 70, "2027-01-11", "CTL-70"),
        ("2026-11-02", 182, "2027-04-30", "CTL-182"),  # 3 May 2027 is a bank holiday
    ],
)
def test_limits_by_days(first: str, days: int, last: str, clock: str) -> None:
    answer = custody_time_limit(CLOCKS, date.fromisoformat(first), days, HOLIDAYS)
    assert last_day(answer) == last
    assert answer.clock == clock


def test_days_already_served_come_off_the_crown_courts_limit() -> None:
    first = date(2026, 11, 2)
    assert (
        last_day(custody_time_limit(CLOCKS, first, 182, HOLIDAYS, less=30)) == "2027-04-02"
    )  # from a Saturday
    assert last_day(stage_limit(CLOCKS, Stage.CROWN, first, HOLIDAYS, less=30)) == "2027-04-02"
    with pytest.raises(BadInputError, match="cannot be taken off"):
        custody_time_limit(CLOCKS, first, 56, HOLIDAYS, less=56)


@pytest.mark.parametrize(
    ("decided", "last"),
    [
        (None, "2027-02-09"),
        ("2026-12-20", "2027-01-26"),
        ("2027-01-26", "2027-01-26"),  # on the 56th day
        ("2027-01-27", "2027-02-09"),  # on the 57th
    ],
)
def test_either_way_is_56_days_when_summary_trial_was_decided_within_them(
    decided: str | None, last: str
) -> None:
    day = None if decided is None else date.fromisoformat(decided)
    assert last_day(stage_limit(CLOCKS, Stage.EITHER_WAY, date(2026, 12, 1), HOLIDAYS, decided=day)) == last


def test_the_summary_stage() -> None:
    assert last_day(stage_limit(CLOCKS, Stage.SUMMARY, at("2026-12-01T23:59:59"), HOLIDAYS)) == "2027-01-26"


def test_what_moved_it_back_is_named_and_an_odd_number_warned_of() -> None:
    told = " ".join(custody_time_limit(CLOCKS, date(2026, 11, 2), 56, HOLIDAYS).steps)
    assert "Fri 25 Dec 2026 (Christmas Day)" in told
    assert "back to Thu 24 Dec 2026" in told
    assert any(
        "57 days" in one for one in custody_time_limit(CLOCKS, date(2026, 11, 2), 57, HOLIDAYS).warnings
    )


def test_a_limit_beyond_the_calendar_warns() -> None:
    assert custody_time_limit(CLOCKS, date(2028, 11, 20), 56, HOLIDAYS).warnings
    assert not custody_time_limit(CLOCKS, date(2028, 11, 1), 56, HOLIDAYS).warnings
