"""The counting rules: how a limit written in days, months or hours is turned into its last day or instant.

Each rule is one named function and says on whose authority it counts so. Days are days in Europe/London,
instants are aware. No rule moves a deadline forward to the next working day; only the custody time limit
moves, and it moves back.
"""

from calendar import monthrange
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from casedesk.model.errors import BadInputError
from casedesk.model.moments import local, london
from casedesk.reference.clocks import DayOff

Off = Callable[[date], bool]
"""Says whether a day is one that a count leaves out."""

MOST_DAYS = 10_000
"""The longest count that is worked out: far beyond any limit."""

_ONE_DAY = timedelta(days=1)
_LAST_SECOND = time(23, 59, 59)
_SATURDAY, _SUNDAY = 5, 6


class Span(NamedTuple):
    """A stretch of time, from an instant up to another; ``end`` is None while it lasts."""

    start: datetime
    end: datetime | None


def working_days(event: date, count: int, bank_holidays: Collection[date]) -> date:
    """The last day of ``count`` working days of an event.

    The day of the event is day 0 whatever its hour or weekday; then Mondays to Fridays that are no bank
    holiday in England and Wales are counted. Victims' Code ("within … working days of"); the Code's own
    definition of a working day is still to be confirmed, so the way of counting is a convention.
    """
    _check(count)
    day = event
    while count:
        day = add_days(day, 1)
        if day.weekday() < _SATURDAY and day not in bank_holidays:
            count -= 1
    return day


def days_from(event: date, count: int) -> date:
    """The last day of ``count`` calendar days after an event, its own day left out (RTOA 1988 s.1)."""
    _check(count)
    return add_days(event, count)


def days_after_month_end(event: date, count: int) -> date:
    """The last day of ``count`` calendar days after the end of the month the event lies in."""
    return days_from(event.replace(day=monthrange(event.year, event.month)[1]), count)


def months_from(event: date, months: int) -> date:
    """The last day *within N months from* an event.

    The day of the event is left out; the last day bears the same number N months on, or is the last day of
    that month when it has no such number. DPP v Jackson [2025] EWHC 2797 (Admin); Dodds v Walker [1981].
    """
    last, _ = _months_on(event, months)
    return last


def months_beginning(first: date, months: int) -> date:
    """The last day of a *period of N months beginning with* a day.

    That day is day one, so the last is the day before the same number N months on, or the last day of that
    month when it has no such number. Wording of PACE 1984 s.47ZB; the inclusive reading (Hare v Gocher, Zoan
    v Rouamba) is still to be confirmed.
    """
    last, corresponds = _months_on(first, months)
    return last - _ONE_DAY if corresponds else last


def elapsed_hours(start: datetime, hours: int) -> datetime:
    """The instant ``hours`` elapsed hours after ``start``, as a UTC instant.

    Counted in UTC, never on the wall clock, so that a change of the clocks neither gives nor takes an hour.
    PACE 1984 s.41 ("24 hours after").
    """
    _check(hours)
    return _plus(start.astimezone(UTC), timedelta(hours=hours))


def running_time(start: datetime, span: timedelta, stopped: Sequence[Span]) -> datetime | None:
    """The instant at which a clock that stands still during ``stopped`` has run for ``span``.

    None when it comes to a stop that has not ended. A clock that has run its span as a stop begins has run
    out. PACE 1984 ss.41(6), 47(6) and (6A).
    """
    at, left = start.astimezone(UTC), span
    for stop in merged(stopped):
        if stop.end is not None and stop.end <= at:
            continue
        if stop.start - at >= left:
            break
        left -= max(stop.start - at, timedelta())
        if stop.end is None:
            return None
        at = stop.end
    return _plus(at, left)


def hours_skipping_days(start: datetime, hours: int, off: Off) -> datetime:
    """The instant at which ``hours`` have elapsed outside days that are left out whole, as a UTC instant.

    When the hours run out at the midnight before such a day, that midnight is the end. Domestic Abuse Act
    2021 s.29(3); Bail Act 1976 s.7(7).
    """
    _check(hours)
    at, left = start.astimezone(UTC), timedelta(hours=hours)
    while True:
        today = local(at).date()
        midnight = london(add_days(today, 1))
        if not off(today):
            if midnight - at >= left:
                return at + left
            left -= midnight - at
        at = midnight


def custody_days(first: date, count: int, off: Off) -> date:
    """The day a custody time limit of ``count`` days expires.

    The first day of custody is left out; an expiry on a day off is treated as the next day before it that is
    none. Prosecution of Offences (Custody Time Limits) Regulations 1987, reg 2(4)–(5).
    """
    _check(count)
    day = add_days(first, count)
    while off(day):
        day -= _ONE_DAY
    return day


def next_court_day(event: date, off: Off) -> date:
    """The first day after an event that is not left out. PACE 1984 s.46(6)–(8)."""
    day = add_days(event, 1)
    while off(day):
        day = add_days(day, 1)
    return day


def days_off(kinds: Collection[DayOff], bank_holidays: Collection[date]) -> Off:
    """Make the test for days that are of any of these kinds."""
    weekdays = {
        weekday for kind, weekday in ((DayOff.SATURDAY, _SATURDAY), (DayOff.SUNDAY, _SUNDAY)) if kind in kinds
    }
    listed = bank_holidays if DayOff.BANK_HOLIDAY in kinds else ()
    christmas, friday = DayOff.CHRISTMAS_DAY in kinds, DayOff.GOOD_FRIDAY in kinds

    def off(day: date) -> bool:
        return (
            day.weekday() in weekdays
            or day in listed
            or (christmas and (day.month, day.day) == (12, 25))
            or (friday and day == good_friday(day.year))
        )

    return off


def good_friday(year: int) -> date:
    """Good Friday of a year: two days before Easter Sunday (Gregorian computus, Meeus/Jones/Butcher)."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1) - timedelta(days=2)


def end_of_day(day: date) -> datetime:
    """The last second of a day in Europe/London, as a UTC instant: when a limit of days or months is due."""
    return london(day, _LAST_SECOND)


def day_of(event: date) -> date:
    """The day in Europe/London of an event given as a day or as an aware instant."""
    return local(event).date() if isinstance(event, datetime) else event


def add_days(day: date, count: int) -> date:
    """The day ``count`` days later. Raises BadInputError past the year 9999."""
    try:
        return day + timedelta(days=count)
    except OverflowError:
        raise _too_long() from None


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same stretches of time in order, in UTC, those that touch or overlap made into one."""
    joined: list[Span] = []
    for start, end in sorted(
        (Span(s.astimezone(UTC), None if e is None else e.astimezone(UTC)) for s, e in spans),
        key=lambda span: span.start,
    ):
        last = joined[-1] if joined else None
        if last is None or (last.end is not None and last.end < start):
            joined.append(Span(start, end))
        elif last.end is not None and (end is None or end > last.end):
            joined[-1] = Span(last.start, end)
    return joined


def without(spans: Iterable[Span], taken_out: Iterable[Span]) -> list[Span]:
    """What is left of ``spans`` when ``taken_out`` is cut out of them."""
    left = merged(spans)
    for cut in merged(taken_out):
        pieces: list[Span] = []
        for span in left:
            if (span.end is not None and span.end <= cut.start) or (
                cut.end is not None and cut.end <= span.start
            ):
                pieces.append(span)
                continue
            if span.start < cut.start:
                pieces.append(Span(span.start, cut.start))
            if cut.end is not None and (span.end is None or cut.end < span.end):
                pieces.append(Span(cut.end, span.end))
        left = pieces
    return left


def _months_on(day: date, months: int) -> tuple[date, bool]:
    """The same number ``months`` later, or that month's last day; and whether the number exists there."""
    _check(months)
    years, month = divmod(day.month - 1 + months, 12)
    if day.year + years > date.max.year:
        raise _too_long()
    longest = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, longest)), day.day <= longest


def _plus(at: datetime, span: timedelta) -> datetime:
    try:
        return at + span
    except OverflowError:
        raise _too_long() from None


def _check(count: int) -> None:
    if not 1 <= count <= MOST_DAYS:
        raise BadInputError(
            f"A limit of {count} cannot be counted.", f"Give a whole number from 1 to {MOST_DAYS}."
        )


def _too_long() -> BadInputError:
    return BadInputError("The limit ends after the year 9999.", "Check the date and the number.")
