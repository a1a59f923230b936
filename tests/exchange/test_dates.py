"""Dates in extracts: ISO, British and spreadsheet day numbers, in London time."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.exchange.intake.dates import read_birthday, read_day, read_instant, read_moment
from casedesk.exchange.intake.taken import CellError
from casedesk.model.moments import Moment, london, moment, moment_of_day, moment_of_instant


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("2026-03-14", "2026-03-14"),
        ("2026/3/4", "2026-03-04"),
        ("14/03/2026", "2026-03-14"),
        ("4/3/26", "2026-03-04"),
        ("14-03-26", "2026-03-14"),
        ("14.03.2026", "2026-03-14"),
        ("14 Mar 2026", "2026-03-14"),
        ("14-Mar-26", "2026-03-14"),
        ("14th march, 2026", "2026-03-14"),
        ("1 Sept 2026", "2026-09-01"),
        ("2016-01", "2016-01"),
        ("03/2026", "2026-03"),
        ("March 2026", "2026-03"),
        ("Mar-2026", "2026-03"),
        ("2026-03-14T22:15", "2026-03-14T22:15:00Z"),
        ("2026-03-14 22:15:07.123", "2026-03-14T22:15:07Z"),
        ("2026-03-14T22:15:07Z", "2026-03-14T22:15:07Z"),
        ("2026-07-14T22:15:07+01:00", "2026-07-14T21:15:07Z"),
        ("14/03/2026 22:15", "2026-03-14T22:15:00Z"),
        ("14/03/2026, 22:15", "2026-03-14T22:15:00Z"),
        ("14 Mar 2026 at 9:05", "2026-03-14T09:05:00Z"),
        ("14/07/2026 22:15", "2026-07-14T21:15:00Z"),
        ("46095", "2026-03-14"),
        ("46095.5", "2026-03-14T12:00:00Z"),
        ("46095.99999999", "2026-03-15T00:00:00Z"),
        ("15/06/75", "1975-06-15"),
        ("15/06/69", "2069-06-15"),
    ],
)
def test_dates_as_extracts_write_them(written: str, stored: str) -> None:
    assert read_moment(written) == stored


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("03/14/2026", "14 is not a month: this looks like month/day/year"),
        ("31/02/2026", "no such day in the calendar"),
        ("00/01/2026", "no such day in the calendar"),
        ("14/13/2026", "no such day"),
        ("14/03/2026 24:10", "no such time of day"),
        ("14/03/2026 10:75", "no such time of day"),
        ("14/03/0202", "the year 202 cannot be right"),
        ("14 Foo 2026", "“Foo” is not a month"),
        ("12345", "outside those that spreadsheets use"),
        ("99999", "outside those that spreadsheets use"),
        ("yesterday", "not a date"),
        ("14/03", "not a date"),
        ("2026-03-14T22:15:07+99:00", "no such time zone"),
        ("14/03-2026", "not a date"),
        ("१४/०३/२०२६x", "not a date"),
    ],
)
def test_what_is_not_a_date_says_why(written: str, reason: str) -> None:
    with pytest.raises(CellError) as refused:
        read_moment(written)
    assert reason in refused.value.reason
    assert refused.value.cure


def test_an_hour_that_never_was_and_one_that_was_twice() -> None:
    assert read_moment("29/03/2026 01:30") == moment_of_instant(london(date(2026, 3, 29), time(1, 30)))
    assert read_moment("29/03/2026 01:30") == "2026-03-29T01:30:00Z"
    assert read_moment("25/10/2026 01:30") == "2026-10-25T00:30:00Z"


def test_midnight_means_no_time_in_a_column_of_days() -> None:
    assert read_day("14/03/2026 00:00:00") == "2026-03-14"
    assert read_day("14/03/2026 16:30") == "2026-03-14T16:30:00Z"
    assert read_moment("14/03/2026 00:00") == "2026-03-14T00:00:00Z"


def test_a_birthday_is_a_whole_day_in_a_certain_century() -> None:
    assert read_birthday("02/11/1994 00:00") == "1994-11-02"
    with pytest.raises(CellError, match="two digits"):
        read_birthday("02/11/94")
    with pytest.raises(CellError, match="the day is missing"):
        read_birthday("11/1994")


def test_an_instant_needs_its_time() -> None:
    assert read_instant("15/07/2026 10:05") == datetime(2026, 7, 15, 9, 5, tzinfo=UTC)
    with pytest.raises(CellError, match="the time is missing"):
        read_instant("15/07/2026")


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_every_day_reads_the_same_in_every_spelling(day: date) -> None:
    for written in (
        f"{day:%d/%m/%Y}",
        f"{day:%Y-%m-%d}",
        f"{day:%d %b %Y}",
        f"{day.day}-{day.month}-{day.year}",
    ):
        assert read_moment(written) == moment_of_day(day)


@given(st.integers(20_000, 73_000), st.integers(1, 86_399))
def test_a_spreadsheets_number_is_the_same_time_as_its_text(days: int, seconds: int) -> None:
    day = date(1899, 12, 30) + timedelta(days=days)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    assert read_moment(f"{days + seconds / 86_400:.9f}") == read_moment(f"{day} {clock}")


@given(st.text(max_size=30))
def test_no_text_gets_through_as_anything_but_a_moment_or_a_reason(text: str) -> None:
    try:
        said = read_moment(text)
    except CellError as refused:
        said = Moment("")
        reason, cure = refused.reason, refused.cure
    assert moment(said) if said else reason and cure
