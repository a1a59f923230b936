"""Dates as extracts write them: ISO, British, and the day numbers of spreadsheets.

A day and time without a zone is a wall-clock time in Europe/London
(:func:`casedesk.model.moments.london` settles the hours that occur twice or never).
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import NamedTuple

from casedesk.exchange.intake.taken import CellError
from casedesk.model.moments import Moment, london, moment_of_day, moment_of_instant

FIRST_YEAR, LAST_YEAR = 1900, 2100
SERIALS = range(20_000, 80_001)
"""Bare numbers that are read as spreadsheet day numbers: 3 October 1954 to 10 January 2119."""

_SERIAL_ZERO = date(1899, 12, 30)
_CURE = "Write it as 14/03/2026 or 2026-03-14, with a time as 22:15 where one is needed."
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_TIME = r"(?:(?:T|,? (?:at )?)(?P<time>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        r"(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})" + _TIME,
        r"(?P<d>\d{1,2})(?P<sep>[/.-])(?P<m>\d{1,2})(?P=sep)(?P<y>\d{4}|\d{2})" + _TIME,
        r"(?P<d>\d{1,2})(?:st|nd|rd|th)?[ -/.]?(?P<name>[A-Za-z]{3,9})[ -/.]?,? ?(?P<y>\d{4}|\d{2})" + _TIME,
        r"(?P<y>\d{4})[-/](?P<m>\d{1,2})",
        r"(?P<m>\d{1,2})[/-](?P<y>\d{4})",
        r"(?P<name>[A-Za-z]{3,9})[ -]?(?P<y>\d{4})",
        r"(?P<serial>\d{5})(?:\.(?P<part>\d+))?",
    )
)


class _Written(NamedTuple):
    """A date as it was written: ``day`` is the first of the month when only the month was."""

    day: date
    only_month: bool
    time: time | None
    zone: timezone | None
    short_year: bool


def read_moment(text: str) -> Moment:
    """Read a date, as precise as it was written. Raises :class:`CellError`."""
    return _moment(_written(text))


def read_day(text: str) -> Moment:
    """Read a date where midnight only says that no time was recorded. Raises :class:`CellError`."""
    written = _written(text)
    return _moment(written._replace(time=None) if written.time == time() else written)


def read_birthday(text: str) -> Moment:
    """Read a date of birth: a whole day, with all four digits of the year. Raises :class:`CellError`."""
    written = _written(text)
    if written.short_year:
        raise CellError("the year has two digits, so the century is not certain", "Write all four digits.")
    if written.only_month:
        raise CellError("the day is missing", _CURE)
    return moment_of_day(written.day)


def read_instant(text: str) -> datetime:
    """Read a date with its time, to aware UTC. Raises :class:`CellError`."""
    written = _written(text)
    if written.time is None:
        raise CellError("the time is missing: a clock runs from it", "Write it as 14/03/2026 22:15.")
    return _instant(written, written.time)


def _moment(written: _Written) -> Moment:
    if written.time is not None:
        return moment_of_instant(_instant(written, written.time))
    return Moment(f"{written.day:%Y-%m}") if written.only_month else moment_of_day(written.day)


def _instant(written: _Written, at: time) -> datetime:
    if written.zone is not None:
        return datetime.combine(written.day, at, written.zone).astimezone(UTC)
    return london(written.day, at)


def _written(text: str) -> _Written:
    for shape in _SHAPES:
        found = shape.fullmatch(text)
        if found:
            parts = found.groupdict()
            return _serial(parts) if parts.get("serial") else _calendar(parts)
    raise CellError("not a date", _CURE)


def _calendar(parts: dict[str, str | None]) -> _Written:
    digits = parts["y"] or ""
    year = int(digits)
    if len(digits) == 2:
        year += 2000 if year < 70 else 1900
    month = _month(parts)
    day = int(parts.get("d") or 1)
    if month > 12 >= day and parts.get("sep"):
        raise CellError(
            f"{month} is not a month: this looks like month/day/year", "Dates are read as day/month/year."
        )
    try:
        whole = date(year, month, day)
    except ValueError:
        raise CellError("no such day in the calendar", _CURE) from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellError(f"the year {year} cannot be right", "Check the year.")
    return _Written(whole, parts.get("d") is None, _time(parts), _zone(parts), len(digits) == 2)


def _month(parts: dict[str, str | None]) -> int:
    name = parts.get("name")
    if name is None:
        return int(parts["m"] or 0)
    if name.lower() not in _MONTHS:
        raise CellError(f"“{name}” is not a month", _CURE)
    return _MONTHS[name.lower()]


def _time(parts: dict[str, str | None]) -> time | None:
    written = parts.get("time")
    if not written:
        return None
    hours, minutes, *seconds = written.split(":")
    try:
        return time(int(hours), int(minutes), int(float(seconds[0])) if seconds else 0)
    except ValueError:
        raise CellError("no such time of day", "Times run from 00:00 to 23:59.") from None


def _zone(parts: dict[str, str | None]) -> timezone | None:
    zone = parts.get("zone")
    if not zone:
        return None
    if zone == "Z":
        return UTC
    ahead = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    if ahead >= timedelta(days=1):
        raise CellError("no such time zone", "Write the time as it was in London, without a zone.")
    return timezone(-ahead if zone[0] == "-" else ahead)


def _serial(parts: dict[str, str | None]) -> _Written:
    number = int(parts["serial"] or 0)
    if number not in SERIALS:
        raise CellError("not a date: a number outside those that spreadsheets use for days", _CURE)
    fraction = float(f"0.{parts.get('part') or 0}")
    seconds = round(fraction * 86_400)
    day = _SERIAL_ZERO + timedelta(days=number + seconds // 86_400)
    minutes, second = divmod(seconds % 86_400, 60)
    clock = time(minutes // 60, minutes % 60, second) if fraction else None
    return _Written(day, False, clock, None, False)
