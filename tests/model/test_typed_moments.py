from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.model.errors import BadInputError
from casedesk.model.moments import LONDON, local, london
from casedesk.model.typed_moments import (
    Lean,
    describe,
    parse_birthday,
    parse_typed,
    parse_typed_day,
    parse_typed_moment,
    typed_form,
    working_day_note,
)

FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
"""A Friday in winter, 15:00 on both clocks."""


def at(text: str, lean: Lean = Lean.NEAREST, now: datetime = FRIDAY) -> str:
    return describe(parse_typed(text, now, lean=lean))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("now", "Fri 20 Nov 2026 15:00"),
        ("today 14:30", "Fri 20 Nov 2026 14:30"),
        ("TODAY  14:30", "Fri 20 Nov 2026 14:30"),
        ("14:30", "Fri 20 Nov 2026 14:30"),
        ("1430", "Fri 20 Nov 2026 14:30"),
        ("9.15am", "Fri 20 Nov 2026 09:15"),
        ("2pm", "Fri 20 Nov 2026 14:00"),
        ("12am", "Fri 20 Nov 2026 00:00"),
        ("0915hrs", "Fri 20 Nov 2026 09:15"),
        ("-2d", "Wed 18 Nov 2026 15:00"),
        ("-2d 14:30", "Wed 18 Nov 2026 14:30"),
        ("-3h", "Fri 20 Nov 2026 12:00"),
        ("+90m", "Fri 20 Nov 2026 16:30"),
        ("+1w", "Fri 27 Nov 2026 15:00"),
        ("+3m", "Fri 20 Nov 2026 15:03"),
        ("+3mo", "Sat 20 Feb 2027 15:00"),
        ("-9mo 9:00", "Fri 20 Feb 2026 09:00"),
        ("+5wd", "Fri 27 Nov 2026 15:00"),
        ("+ 1WD 9am", "Mon 23 Nov 2026 09:00"),
        ("-2wd", "Wed 18 Nov 2026 15:00"),
        ("+0wd", "Fri 20 Nov 2026 15:00"),
        ("+10wd 14:30", "Fri 4 Dec 2026 14:30"),
        ("fri", "Fri 20 Nov 2026 00:00"),
        ("fri 10:00", "Fri 27 Nov 2026 10:00"),
        ("fri 16:00", "Fri 20 Nov 2026 16:00"),
        ("weds 0915", "Wed 25 Nov 2026 09:15"),
        ("tomorrow", "Sat 21 Nov 2026 00:00"),
        ("yesterday 23:50", "Thu 19 Nov 2026 23:50"),
        ("21/11 09:15", "Sat 21 Nov 2026 09:15"),
        ("21/11/2026 09:15", "Sat 21 Nov 2026 09:15"),
        ("21/11/26 9:15", "Sat 21 Nov 2026 09:15"),
        ("21 nov 9:15", "Sat 21 Nov 2026 09:15"),
        ("21st November 2026, 9:15", "Sat 21 Nov 2026 09:15"),
        ("21/11/2026 2015", "Sat 21 Nov 2026 20:15"),
        ("2026-11-21T09:15", "Sat 21 Nov 2026 09:15"),
        ("3 jan", "Sun 3 Jan 2027 00:00"),
        ("20 sept 8:00", "Sun 20 Sep 2026 08:00"),
    ],
)
def test_what_is_typed_is_read_as_a_person_means_it(typed: str, meant: str) -> None:
    assert at(typed) == meant


@pytest.mark.parametrize(
    ("typed", "lean", "meant"),
    [
        ("23:50", Lean.PAST, "Thu 19 Nov 2026 23:50"),
        ("14:30", Lean.PAST, "Fri 20 Nov 2026 14:30"),
        ("14:30", Lean.FUTURE, "Sat 21 Nov 2026 14:30"),
        ("fri 10:00", Lean.PAST, "Fri 20 Nov 2026 10:00"),
        ("fri 16:00", Lean.PAST, "Fri 13 Nov 2026 16:00"),
        ("mon", Lean.PAST, "Mon 16 Nov 2026 00:00"),
        ("mon", Lean.FUTURE, "Mon 23 Nov 2026 00:00"),
        ("3 jan", Lean.PAST, "Sat 3 Jan 2026 00:00"),
        ("19/11", Lean.FUTURE, "Fri 19 Nov 2027 00:00"),
    ],
)
def test_a_field_that_looks_back_or_ahead_settles_the_rest(typed: str, lean: Lean, meant: str) -> None:
    assert at(typed, lean) == meant


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "No date or time"),
        ("soonish", "not a date or time"),
        ("+5wk", "not a date or time"),
        ("+5wd sharp", "not a date or time"),
        ("+9999mo", "too far away"),
        ("-9999mo", "too far away"),
        ("-2d sharp", "not a date or time"),
        ("31/11 09:15", "not a day of the calendar"),
        ("29/02/2026", "not a day of the calendar"),
        ("11/21", "not a day of the calendar"),
        ("25:00", "not a time of day"),
        ("24:00", "two days"),
        ("13pm", "no such hour"),
        ("21/11 2026", "a year or a time"),
        ("01/01/1500", "a year that a case can be about"),
        ("+9999w", "too far away"),
        ("14:30 bst", "zone that is not kept"),
    ],
)
def test_what_cannot_be_read_surely_is_refused_with_a_cure(typed: str, says: str) -> None:
    with pytest.raises(BadInputError, match=says) as refused:
        parse_typed(typed, FRIDAY)
    assert refused.value.cure


def test_a_pasted_page_is_refused_in_one_short_line() -> None:
    with pytest.raises(BadInputError) as refused:
        parse_typed("x\x1b[2J" * 10_000, FRIDAY)
    assert len(refused.value.message) < 120
    assert "\x1b" not in refused.value.message


def test_the_time_that_the_clocks_skip_is_refused() -> None:
    with pytest.raises(BadInputError, match="clocks go forward") as refused:
        parse_typed("28/3/2027 01:30", FRIDAY)
    assert "02:30" in refused.value.cure


def test_the_hour_that_occurs_twice_is_named_and_can_be_chosen() -> None:
    first = parse_typed("25/10/2026 01:30", FRIDAY)
    second = parse_typed("25/10/2026 01:30 GMT", FRIDAY)
    assert describe(first) == "Sun 25 Oct 2026 01:30 BST"
    assert describe(second) == "Sun 25 Oct 2026 01:30 GMT"
    assert second - first == timedelta(hours=1)


def test_hours_elapse_but_days_move_the_calendar_across_a_clock_change() -> None:
    after = datetime(2026, 10, 25, 12, 0, tzinfo=UTC)
    assert at("-24h", now=after) == "Sat 24 Oct 2026 13:00"
    assert at("-1d", now=after) == "Sat 24 Oct 2026 12:00"


def test_a_bare_day_takes_the_time_that_the_field_says() -> None:
    end = parse_typed("fri", FRIDAY, at=time(23, 59))
    assert describe(end) == "Fri 20 Nov 2026 23:59"


def test_a_moment_is_as_precise_as_it_was_typed() -> None:
    assert parse_typed_moment("tomorrow", FRIDAY) == "2026-11-21"
    assert parse_typed_moment("tomorrow 9:00", FRIDAY) == "2026-11-21T09:00:00Z"
    assert parse_typed_moment("-30m", FRIDAY) == "2026-11-20T14:30:00Z"


INSTANTS = st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(2150, 1, 1)).map(  # noqa: DTZ001
    lambda naive: naive.replace(second=0, microsecond=0, tzinfo=UTC)
)


@given(instant=INSTANTS, now=INSTANTS)
def test_an_instant_written_for_typing_reads_back_as_itself(instant: datetime, now: datetime) -> None:
    assert parse_typed(typed_form(instant), now) == instant


@given(now=INSTANTS, clock=st.times(), lean=st.sampled_from(Lean))
def test_a_bare_time_lies_near_and_on_the_side_it_must(now: datetime, clock: time, lean: Lean) -> None:
    try:
        meant = parse_typed(f"{clock:%H:%M}", now, lean=lean)
    except BadInputError:
        day = local(now).date()
        near = [day + timedelta(days=days) for days in (-1, 0, 1)]
        assert any(local(london(there, clock)).hour != clock.hour for there in near)
        return
    assert abs(meant - now) <= timedelta(hours=25)
    assert lean is not Lean.PAST or meant <= now
    assert lean is not Lean.FUTURE or meant >= now


@given(text=st.text(max_size=30), now=INSTANTS)
def test_any_text_is_read_or_refused_never_a_fault(text: str, now: datetime) -> None:
    try:
        read = parse_typed(text, now)
    except BadInputError:
        return
    assert read.tzinfo is UTC


@given(
    day=st.dates(min_value=date(2026, 1, 1), max_value=date(2027, 12, 31)),
    offset=st.integers(-170, 170),
    lean=st.sampled_from(Lean),
)
def test_a_day_without_a_year_falls_on_the_side_it_must(day: date, offset: int, lean: Lean) -> None:
    now = datetime.combine(day, time(12), LONDON)
    typed = day + timedelta(days=offset)
    if (typed.day, typed.month) == (29, 2):
        return
    found = local(parse_typed(f"{typed.day}/{typed.month}", now, lean=lean)).date()
    assert (found.day, found.month) == (typed.day, typed.month)
    if lean is Lean.NEAREST:
        assert found == typed
    else:
        assert found <= day if lean is Lean.PAST else found >= day


CHRISTMAS = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)})
"""The bank holidays around Christmas 2026: Friday 25, Monday 28 (for Boxing Day), and Friday 1 January."""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("+1wd", "Thu 24 Dec 2026 15:00"),
        ("+2wd", "Tue 29 Dec 2026 15:00"),
        ("+5wd 10:00", "Mon 4 Jan 2027 10:00"),
    ],
)
def test_working_days_leave_out_the_bank_holidays_they_are_given(typed: str, meant: str) -> None:
    before = datetime(2026, 12, 23, 15, 0, tzinfo=UTC)
    assert describe(parse_typed(typed, before, holidays=CHRISTMAS)) == meant
    back = parse_typed_moment("-1wd", datetime(2026, 12, 29, 9, 0, tzinfo=UTC), holidays=CHRISTMAS)
    assert back == "2026-12-24T09:00:00Z"


def test_working_days_from_a_weekend_begin_on_the_monday() -> None:
    saturday = FRIDAY + timedelta(days=1)
    assert at("+1wd", now=saturday) == "Mon 23 Nov 2026 15:00"
    assert at("-1wd", now=saturday) == "Fri 20 Nov 2026 15:00"


def test_what_is_not_known_of_bank_holidays_is_said() -> None:
    assert "bank holidays are not known" in working_day_note("+5wd", FRIDAY)
    assert working_day_note("+5wd", FRIDAY, CHRISTMAS) == ""
    assert "known for 2026 to 2027 only" in working_day_note("+400wd", FRIDAY, CHRISTMAS)
    assert "known for 2026 to 2027 only" in working_day_note("-300wd 9:00", FRIDAY, CHRISTMAS)
    assert working_day_note("+5d", FRIDAY) == ""
    assert working_day_note("fri", FRIDAY) == ""


@given(now=INSTANTS, number=st.integers(1, 300), sign=st.sampled_from("+-"))
def test_working_days_land_on_a_working_day_that_far_away(now: datetime, number: int, sign: str) -> None:
    try:
        day = local(parse_typed(f"{sign}{number}wd", now, holidays=CHRISTMAS)).date()
    except BadInputError:  # the clock leaves the present minute out on that day
        return
    first, last = sorted((day, local(now).date()))
    between = [first + timedelta(days=days) for days in range((last - first).days + 1)]
    working = [one for one in between if one.weekday() < 5 and one not in CHRISTMAS]
    assert day in working
    assert len(working) - (local(now).date() in working) == number


def test_a_month_that_is_shorter_gives_its_last_day() -> None:
    assert at("+3mo", now=datetime(2026, 11, 30, 15, 0, tzinfo=UTC)) == "Sun 28 Feb 2027 15:00"
    assert at("-1mo", now=datetime(2026, 3, 31, 12, 0, tzinfo=UTC)) == "Sat 28 Feb 2026 13:00"


@pytest.mark.parametrize(
    ("typed", "born"),
    [
        ("01/02/61", "1961-02-01"),
        ("1/2/1961", "1961-02-01"),
        ("1 feb 1961", "1961-02-01"),
        ("20/11/26", "2026-11-20"),
        ("21/11/26", "1926-11-21"),
        ("29/2/96", "1996-02-29"),
        ("1961-02-01", "1961-02-01"),
    ],
)
def test_a_birthday_lies_in_the_past(typed: str, born: str) -> None:
    assert parse_birthday(typed, FRIDAY) == born


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("1/2", "has no year"),
        ("1 feb", "has no year"),
        ("1/2/2027", "in the future"),
        ("tomorrow", "in the future"),
    ],
)
def test_a_birthday_without_a_year_or_to_come_is_refused(typed: str, says: str) -> None:
    with pytest.raises(BadInputError, match=says):
        parse_birthday(typed, FRIDAY)


def test_a_year_of_two_figures_that_is_to_come_is_the_past_one_where_the_past_is_meant() -> None:
    assert at("01/02/61", Lean.PAST) == "Wed 1 Feb 1961 00:00"
    assert at("01/02/61") == "Tue 1 Feb 2061 00:00"


@pytest.mark.parametrize("text", ["2010", "1985", "2026", "0000"])
def test_four_figures_alone_are_no_day(text: str) -> None:
    for read in (parse_typed_day, parse_typed_moment, parse_birthday):
        with pytest.raises(BadInputError, match="could be a year or a time"):
            read(text, FRIDAY)


@pytest.mark.parametrize("text", ["20:10", "8pm", "1430hrs"])
def test_a_time_of_day_alone_is_no_day(text: str) -> None:
    for read in (parse_typed_day, parse_birthday):
        with pytest.raises(BadInputError, match="a day is asked"):
            read(text, FRIDAY)


def test_a_day_is_read_with_or_without_its_time() -> None:
    assert (
        parse_typed_day("21/11/2026 14:30", FRIDAY)
        == parse_typed_day("21 nov 2026", FRIDAY)
        == date(2026, 11, 21)
    )
    assert parse_typed_day("-2h", FRIDAY) == parse_typed_day("now", FRIDAY) == local(FRIDAY).date()


def test_where_a_time_is_asked_four_figures_are_one() -> None:
    assert parse_typed_moment("1430", FRIDAY, timed=True) == parse_typed_moment("14:30", FRIDAY, timed=True)
