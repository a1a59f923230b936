"""Moments known only roughly, and days that have 23 or 25 hours."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.model.moments import (
    Moment,
    day_of,
    earliest,
    earliest_day,
    from_micros,
    latest,
    local,
    london,
    moment,
    moment_of_day,
    moment_of_instant,
    show_instant,
    show_moment,
    show_span,
    surely_before,
    to_micros,
)

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
INSTANTS = st.datetimes(datetime(1900, 1, 2), datetime(2100, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
MOMENTS = st.one_of(
    DAYS.map(lambda day: Moment(f"{day:%Y-%m}")), DAYS.map(moment_of_day), INSTANTS.map(moment_of_instant)
)
NEAR = st.sampled_from(
    [
        Moment(text)
        for text in (
            "2026-03", "2026-03-28", "2026-03-29", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2026-03-30",
            "2026-04", "2026-10", "2026-10-25", "2026-10-24T23:00:00Z", "2026-10-25T23:59:59Z", "2026-10-26",
        )
    ]
)  # fmt: skip
SOME = st.one_of(MOMENTS, NEAR)


@given(SOME)
def test_a_moment_begins_before_it_ends_and_reads_back(one: Moment) -> None:
    assert earliest(one) <= latest(one)
    assert moment(one) == one
    assert earliest(one).tzinfo is UTC
    assert latest(one).tzinfo is UTC
    assert show_moment(one)


@given(SOME, SOME, SOME)
def test_surely_before_is_a_strict_partial_order(one: Moment, two: Moment, three: Moment) -> None:
    assert not surely_before(one, one)
    assert not (surely_before(one, two) and surely_before(two, one))
    if surely_before(one, two) and surely_before(two, three):
        assert surely_before(one, three)


@given(SOME, SOME, INSTANTS)
def test_surely_before_holds_for_every_reading(one: Moment, two: Moment, instant: datetime) -> None:
    if surely_before(one, two) and instant >= earliest(two):
        assert instant > latest(one)


@given(DAYS)
def test_days_follow_each_other_without_gap_or_overlap(day: date) -> None:
    today, tomorrow = moment_of_day(day), moment_of_day(day + timedelta(days=1))
    assert latest(today) + timedelta(microseconds=1) == earliest(tomorrow)
    assert surely_before(today, tomorrow)
    assert day_of(today) == day == earliest_day(today)
    assert day_of(moment_of_instant(latest(today))) == day
    assert not surely_before(Moment(today[:7]), today)
    assert not surely_before(today, Moment(today[:7]))


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24), ("1970-01-01", 24)]
)
def test_days_on_which_the_clocks_change(day: str, hours: int) -> None:
    length = latest(Moment(day)) - earliest(Moment(day)) + timedelta(microseconds=1)
    assert length == timedelta(hours=hours)


def test_a_wall_clock_time_that_occurs_twice_or_never() -> None:
    assert london(date(2026, 10, 25), time(1, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert london(date(2026, 3, 29), time(1, 30)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert show_instant(datetime(2026, 6, 1, 23, 30, tzinfo=UTC)) == "2 Jun 2026 00:30"


@given(INSTANTS)
def test_instants_survive_being_stored(instant: datetime) -> None:
    assert from_micros(to_micros(instant)) == instant
    assert earliest(moment_of_instant(instant)) == instant.replace(microsecond=0)


def test_a_zone_changes_nothing_and_none_is_refused() -> None:
    summer = datetime(2026, 6, 1, 10, 0, tzinfo=timezone(timedelta(hours=1)))
    assert moment_of_instant(summer) == "2026-06-01T09:00:00Z"
    naive = datetime(2026, 6, 1, 10, 0)  # noqa: DTZ001
    for reads in (moment_of_instant, to_micros):
        with pytest.raises(ValueError, match="time zone"):
            reads(naive)


@pytest.mark.parametrize(
    "text",
    [
        "", "2026", "2026-13", "2026-00", "2026-02-30", "2026-2-3", "2026-03-14T22:15Z", "2026-03-14 22:15:00Z",
        "2026-03-14T25:00:00Z", "2026-03-14T22:15:00+00:00", "2026-03\n", " 2026-03", "0000-01", "२०२६-०३",
        "٢٠٢٦-٠٣-١٤",
    ],
)  # fmt: skip
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        moment(text)


@pytest.mark.parametrize("text", ["9999-12-31", "9999-12", "9999-12-30", "9999-12-31T23:59:59Z"])
def test_the_end_of_the_calendar_has_an_end(text: str) -> None:
    """Some systems write “never” so."""
    assert latest(moment(text)) >= earliest(moment(text))
    assert surely_before(Moment("2026-11-20"), moment(text))


@pytest.mark.parametrize(
    ("span", "shown"),
    [
        (timedelta(), "0 m"),
        (timedelta(minutes=-45), "45 m"),
        (timedelta(hours=1, minutes=5), "1 h 05 m"),
        (timedelta(days=3, hours=4, minutes=59), "3 d 4 h"),
        (timedelta(days=3), "3 d"),
        (timedelta(days=14, hours=5), "14 d"),
    ],
)
def test_spans_are_shown_to_two_units(span: timedelta, shown: str) -> None:
    assert show_span(span) == shown


def test_the_first_and_the_last_of_all_instants_have_a_day() -> None:
    assert local(datetime.min.replace(tzinfo=UTC)).date() == date.min
    assert local(datetime.max.replace(tzinfo=UTC)).date() == date.max
    assert show_moment(moment("0001-01-01T00:00:00Z")) == "1 Jan 1 00:00"
