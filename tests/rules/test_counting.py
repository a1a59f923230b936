"""The counting rules: boundary instants, and properties over all dates."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.model.errors import BadInputError
from casedesk.model.moments import LONDON, local
from casedesk.reference.calendar import load_bank_holidays
from casedesk.reference.clocks import DayOff
from casedesk.rules.counting import (
    Span,
    custody_days,
    day_of,
    days_after_month_end,
    days_from,
    days_off,
    elapsed_hours,
    end_of_day,
    good_friday,
    hours_skipping_days,
    merged,
    months_beginning,
    months_from,
    next_court_day,
    running_time,
    without,
    working_days,
)

HOLIDAYS = load_bank_holidays().days
NOTICE_OFF = days_off(
    [DayOff.SUNDAY, DayOff.CHRISTMAS_DAY, DayOff.GOOD_FRIDAY, DayOff.BANK_HOLIDAY], HOLIDAYS
)
CUSTODY_OFF = days_off(list(DayOff), HOLIDAYS)
COURT_OFF = days_off([DayOff.SUNDAY, DayOff.CHRISTMAS_DAY, DayOff.GOOD_FRIDAY], HOLIDAYS)

days = st.dates(date(2012, 1, 1), date(2028, 12, 31))
instants = st.datetimes(datetime(2012, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def at(text: str) -> datetime:
    """A wall-clock time in Europe/London, or an instant with its offset."""
    read = datetime.fromisoformat(text)
    return (read if read.tzinfo else read.replace(tzinfo=LONDON)).astimezone(UTC)


@pytest.mark.parametrize(
    ("event", "count", "last"),
    [
        ("2026-12-18", 5, "2026-12-29"),  # Christmas and the substitute Boxing Day
        ("2026-12-18", 1, "2026-12-21"),
        ("2027-03-25", 1, "2027-03-30"),  # over Easter
        ("2027-05-02", 2, "2027-05-05"),  # a Sunday, then a bank holiday
        ("2026-12-24", 1, "2026-12-29"),
        ("2026-12-31", 1, "2027-01-04"),  # New Year's Day is a Friday
        ("2027-12-24", 1, "2027-12-29"),  # substitutes on Monday and Tuesday
        ("2027-12-31", 1, "2028-01-04"),  # Saturday's New Year's Day kept on Monday
        ("2026-12-26", 1, "2026-12-29"),  # an event on a Saturday
        ("2026-04-02", 1, "2026-04-07"),  # Maundy Thursday
        ("2028-02-28", 2, "2028-03-01"),  # over 29 February
        ("2026-11-20", 30, "2027-01-06"),
    ],
)
def test_working_days(event: str, count: int, last: str) -> None:
    assert working_days(date.fromisoformat(event), count, HOLIDAYS) == date.fromisoformat(last)


@given(days, st.integers(1, 60))
def test_working_days_are_exactly_the_count_and_end_on_one(event: date, count: int) -> None:
    last = working_days(event, count, HOLIDAYS)
    after = [event + timedelta(days=n) for n in range(1, (last - event).days + 1)]
    worked = [day for day in after if day.weekday() < 5 and day not in HOLIDAYS]
    assert len(worked) == count
    assert worked[-1] == last


@pytest.mark.parametrize(
    ("event", "months", "last"),
    [
        ("2026-05-21", 6, "2026-11-21"),
        ("2026-01-01", 6, "2026-07-01"),
        ("2023-09-27", 6, "2024-03-27"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2027-08-29", 6, "2028-02-29"),
        ("2026-03-31", 6, "2026-09-30"),
        ("2028-02-29", 6, "2028-08-29"),
        ("2028-02-29", 24, "2030-02-28"),
        ("2026-02-28", 6, "2026-08-28"),
        ("2026-12-31", 2, "2027-02-28"),
    ],
)
def test_months_from(event: str, months: int, last: str) -> None:
    assert months_from(date.fromisoformat(event), months) == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        ("2026-11-16", 3, "2027-02-15"),
        ("2026-11-16", 12, "2027-11-15"),
        ("2026-12-01", 3, "2027-02-28"),
        ("2026-12-01", 6, "2027-05-31"),
        ("2026-12-01", 9, "2027-08-31"),
        ("2027-11-29", 3, "2028-02-28"),  # 29 February 2028 exists
        ("2026-11-29", 3, "2027-02-28"),  # 29 February 2027 does not
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-12-31", 6, "2027-06-30"),  # no 31 June
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-03-01", 12, "2029-02-28"),
        ("2027-03-01", 12, "2028-02-29"),
        ("2026-01-01", 12, "2026-12-31"),
    ],
)
def test_months_beginning(first: str, months: int, last: str) -> None:
    assert months_beginning(date.fromisoformat(first), months) == date.fromisoformat(last)


@given(days, st.integers(1, 36))
def test_months_from_ends_on_the_same_number_or_on_the_last_day_of_the_month(
    event: date, months: int
) -> None:
    last = months_from(event, months)
    assert (last.year * 12 + last.month) - (event.year * 12 + event.month) == months
    assert last.day == event.day or (last.day == monthrange(last.year, last.month)[1] < event.day)


@given(days, st.integers(1, 36))
def test_a_period_beginning_with_a_day_covers_it_and_the_next_one_begins_where_it_ends(
    first: date, months: int
) -> None:
    beginning, from_ = months_beginning(first, months), months_from(first, months)
    if first.day <= 28:  # every month has the number: the two rules differ by the first day
        assert beginning == from_ - timedelta(days=1)
    else:
        assert beginning in (from_, from_ - timedelta(days=1))
    if first.day == 1:
        assert (beginning + timedelta(days=1)).day == 1


@given(st.integers(1, 24), st.sampled_from([months_from, months_beginning]))
def test_a_later_start_never_ends_a_count_of_months_sooner(months: int, count: object) -> None:
    assert callable(count)
    ends = [count(date(2027, 1, 1) + timedelta(days=n), months) for n in range(800)]
    assert all(one <= other for one, other in pairwise(ends))


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-12-18T14:10", 24, "2026-12-19T14:10"),
        ("2026-12-18T14:10", 36, "2026-12-20T02:10"),
        ("2026-12-18T14:10", 72, "2026-12-21T14:10"),
        ("2026-12-18T14:10", 96, "2026-12-22T14:10"),
        ("2026-10-24T18:00", 24, "2026-10-25T17:00"),  # clocks back: 24 h is 23 on the wall
        ("2027-03-27T18:00", 24, "2027-03-28T19:00"),  # clocks forward
        ("2027-03-28T00:59:59", 1, "2027-03-28T02:59:59"),
        ("2026-10-25T01:30+01:00", 1, "2026-10-25T01:30+00:00"),
        ("2028-02-28T12:00", 24, "2028-02-29T12:00"),
        ("2026-12-31T23:59:59", 24, "2027-01-01T23:59:59"),
    ],
)
def test_elapsed_hours(start: str, hours: int, end: str) -> None:
    assert elapsed_hours(local(at(start)), hours) == at(end)


@given(instants, st.integers(1, 200))
def test_elapsed_hours_are_real_hours(start: datetime, hours: int) -> None:
    end = elapsed_hours(local(start), hours)
    assert end.astimezone(UTC) - start == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-18T10:00", "2026-11-20T10:00"),  # Wednesday to Friday
        ("2026-11-20T10:00", "2026-11-23T10:00"),  # Saturday counts, Sunday not
        ("2026-11-21T10:00", "2026-11-24T10:00"),
        ("2026-11-22T10:00", "2026-11-25T00:00"),  # given on a Sunday: begins at its end
        ("2026-11-20T00:00", "2026-11-22T00:00"),  # runs out at the midnight before Sunday
        ("2026-11-20T00:00:01", "2026-11-23T00:00:01"),
        ("2027-03-25T12:00", "2027-03-30T12:00"),  # Maundy Thursday: Saturday is the only day to count
        ("2026-10-23T12:00", "2026-10-26T12:00"),  # the Sunday with 25 hours is left out whole
        ("2027-12-24T09:00", "2027-12-30T09:00"),  # Christmas on a Saturday, two substitutes
    ],
)
def test_hours_skipping_days(start: str, end: str) -> None:
    assert hours_skipping_days(local(at(start)), 48, NOTICE_OFF) == at(end)


@given(instants, st.integers(1, 100))
def test_hours_skipping_days_counts_only_time_outside_days_off(start: datetime, hours: int) -> None:
    end = hours_skipping_days(start, hours, NOTICE_OFF)
    counted, here = timedelta(), start
    while here < end:
        midnight = datetime.combine(day_of(here) + timedelta(days=1), datetime.min.time(), LONDON).astimezone(
            UTC
        )
        if not NOTICE_OFF(day_of(here)):
            counted += min(midnight, end) - here
        here = midnight
    assert counted == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("first", "count", "last"),
    [
        ("2026-12-01", 56, "2027-01-26"),
        ("2026-11-02", 56, "2026-12-24"),  # 28 December is a bank holiday, then the weekend and Christmas
        ("2026-11-03", 56, "2026-12-29"),
        ("2026-10-31", 56, "2026-12-24"),  # a Saturday that is no bank holiday in the list
        ("2026-10-30", 56, "2026-12-24"),  # Christmas Day
        ("2027-01-29", 56, "2027-03-25"),  # Good Friday
        ("2027-02-01", 56, "2027-03-25"),  # Easter Monday, back over the whole of Easter
        ("2027-11-06", 56, "2027-12-31"),  # New Year's Day on a Saturday
        ("2026-11-21", 182, "2027-05-21"),  # a Saturday
    ],
)
def test_custody_days(first: str, count: int, last: str) -> None:
    assert custody_days(date.fromisoformat(first), count, CUSTODY_OFF) == date.fromisoformat(last)


@given(days, st.integers(10, 182))
def test_a_custody_time_limit_never_moves_forward_and_ends_on_a_day_that_is_none_off(
    first: date, count: int
) -> None:
    plain, last = first + timedelta(days=count), custody_days(first, count, CUSTODY_OFF)
    assert not CUSTODY_OFF(last)
    assert last <= plain
    assert all(CUSTODY_OFF(last + timedelta(days=n)) for n in range(1, (plain - last).days + 1))


@pytest.mark.parametrize(
    ("charged", "court"),
    [
        ("2026-12-24", "2026-12-26"),  # Christmas Day is skipped, the Saturday after is not
        ("2026-12-25", "2026-12-26"),
        ("2026-12-26", "2026-12-28"),  # Sunday is skipped, the bank holiday is not
        ("2027-03-25", "2027-03-27"),  # Good Friday
        ("2027-03-27", "2027-03-29"),  # Easter Sunday; Easter Monday is not skipped
        ("2026-11-20", "2026-11-21"),
        ("2022-12-24", "2022-12-26"),  # Christmas Day is itself the Sunday
        ("2026-12-31", "2027-01-01"),
    ],
)
def test_next_court_day(charged: str, court: str) -> None:
    assert next_court_day(date.fromisoformat(charged), COURT_OFF) == date.fromisoformat(court)


def test_good_friday_is_that_of_every_year_of_the_calendar() -> None:
    titles = load_bank_holidays().titles
    listed = {day for day, title in titles.items() if title.startswith("Good Friday")}
    assert listed == {good_friday(year) for year in range(2012, 2029)}
    assert good_friday(2038) == date(2038, 4, 23)  # Easter at its latest
    assert good_friday(2285) == date(2285, 3, 20)  # and at its earliest


def test_calendar_days() -> None:
    assert days_from(date(2028, 2, 15), 14) == date(2028, 2, 29)
    assert days_after_month_end(date(2026, 11, 3), 42) == date(2027, 1, 11)
    assert days_after_month_end(date(2026, 11, 30), 42) == date(2027, 1, 11)


def test_a_day_ends_in_its_last_second_in_london() -> None:
    assert local(end_of_day(date(2026, 10, 25))).isoformat() == "2026-10-25T23:59:59+00:00"
    assert local(end_of_day(date(2026, 7, 1))).isoformat() == "2026-07-01T23:59:59+01:00"


def test_the_day_of_an_instant_is_that_in_london() -> None:
    assert day_of(datetime(2026, 7, 1, 22, 59, 59, tzinfo=UTC)) == date(2026, 7, 1)
    assert day_of(datetime(2026, 7, 1, 23, 0, tzinfo=UTC)) == date(2026, 7, 2)
    assert day_of(datetime(2026, 12, 1, 23, 59, 59, tzinfo=UTC)) == date(2026, 12, 1)


def test_a_clock_that_stands_still_runs_on_afterwards() -> None:
    start = at("2026-12-18T14:00")
    stop = Span(at("2026-12-18T15:00"), at("2026-12-18T17:30"))
    assert running_time(start, timedelta(hours=24), [stop]) == at("2026-12-19T16:30")
    assert running_time(start, timedelta(hours=1), [stop]) == at("2026-12-18T15:00")
    assert running_time(start, timedelta(hours=1, seconds=1), [stop]) == at("2026-12-18T17:30:01")
    assert running_time(start, timedelta(hours=1), [Span(stop.start, None)]) == at("2026-12-18T15:00")
    assert running_time(start, timedelta(hours=2), [Span(stop.start, None)]) is None
    before = Span(at("2026-12-18T13:00"), at("2026-12-18T14:30"))
    assert running_time(start, timedelta(hours=1), [before]) == at("2026-12-18T15:30")


minutes = st.integers(0, 600)


@given(st.lists(st.tuples(minutes, minutes)), st.lists(st.tuples(minutes, minutes)))
def test_stretches_of_time_are_sets_of_minutes(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    start = datetime(2026, 12, 18, tzinfo=UTC)

    def spans(pairs: list[tuple[int, int]]) -> list[Span]:
        return [
            Span(start + timedelta(minutes=a), start + timedelta(minutes=b))
            for a, b in map(sorted, pairs)
            if a < b
        ]

    def covered(some: list[Span]) -> set[int]:
        return {
            n for n in range(601) if any(a <= start + timedelta(minutes=n) < (b or start) for a, b in some)
        }

    assert covered(merged(spans(one))) == covered(spans(one))
    assert covered(without(spans(one), spans(other))) == covered(spans(one)) - covered(spans(other))
    assert all(x.end is not None and x.end < y.start for x, y in pairwise(merged(spans(one))))


@pytest.mark.parametrize("count", [0, -1, 10_001])
def test_a_count_out_of_range_is_refused(count: int) -> None:
    with pytest.raises(BadInputError, match="cannot be counted"):
        working_days(date(2026, 1, 1), count, HOLIDAYS)
    with pytest.raises(BadInputError):
        months_from(date(2026, 1, 1), count)
    with pytest.raises(BadInputError):
        elapsed_hours(datetime(2026, 1, 1, tzinfo=UTC), count)


def test_a_count_past_the_last_year_is_refused() -> None:
    with pytest.raises(BadInputError, match="9999"):
        months_beginning(date(9999, 12, 1), 3)
    with pytest.raises(BadInputError, match="9999"):
        days_from(date(9999, 12, 1), 60)
