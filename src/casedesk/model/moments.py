"""Time as casedesk keeps it: aware UTC instants inside, Europe/London on screen, moments known only roughly.

A *moment* is ISO 8601 text in one of three shapes, as precise as its source was:
``2026-03`` (a month, as data.police.uk gives), ``2026-03-14`` (a day in Europe/London) and
``2026-03-14T22:15:00Z`` (an instant). Two moments are compared by what is certain: a month is *surely before*
a day only when its whole span is.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NewType
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

Moment = NewType("Moment", str)
Clock = Callable[[], datetime]
"""Gives the present instant, aware UTC. Injected, so that a test can stand at any minute."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHAPE = re.compile(r"\d{4}-\d{2}(-\d{2}(T\d{2}:\d{2}:\d{2}Z)?)?", re.ASCII)


def system_clock() -> datetime:
    """Read the computer's clock: the only place in casedesk that does."""
    return datetime.now(UTC)


def to_micros(instant: datetime) -> int:
    """Turn an aware instant into whole microseconds since 1970 (UTC). Raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("an instant must know its time zone")
    return (instant - _EPOCH) // timedelta(microseconds=1)


def from_micros(micros: int) -> datetime:
    """Turn whole microseconds since 1970 into an aware UTC instant."""
    return _EPOCH + timedelta(microseconds=micros)


def local(instant: datetime) -> datetime:
    """The same instant on a clock in Europe/London; the first of all instants, which has none there, as it stands."""
    try:
        return instant.astimezone(LONDON)
    except OverflowError:
        return instant.replace(tzinfo=LONDON)


def london(day: date, at: time = time()) -> datetime:
    """The UTC instant of a wall-clock time in Europe/London.

    A time that occurs twice (clocks going back) means the first; one that never occurs (clocks going forward)
    means the same distance after the last that did, as PEP 495 has it.
    """
    return datetime.combine(day, at, LONDON).astimezone(UTC)


def moment_of_instant(instant: datetime) -> Moment:
    """Write an aware instant as a moment, to the second. Raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("an instant must know its time zone")
    return Moment(f"{instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z")


def moment_of_day(day: date) -> Moment:
    """Write a day as a moment."""
    return Moment(day.isoformat())


def moment(text: str) -> Moment:
    """Check that text has one of the three shapes and names a real date. Raises ValueError otherwise."""
    if not _SHAPE.fullmatch(text):
        raise ValueError(f"not a moment: {text!r}")
    earliest(Moment(text))
    return Moment(text)


@lru_cache(maxsize=65536)
def earliest(moment: Moment) -> datetime:
    """The first instant (aware UTC) that the moment may mean."""
    if len(moment) == 20:
        return datetime.fromisoformat(moment[:-1]).replace(tzinfo=UTC)
    year, month = int(moment[:4]), int(moment[5:7])
    return london(date(year, month, int(moment[8:10]) if len(moment) == 10 else 1))


@lru_cache(maxsize=65536)
def latest(moment: Moment) -> datetime:
    """The last instant (aware UTC) that the moment may mean: the end of its month or day, or itself."""
    if len(moment) == 20:
        return earliest(moment)
    year, month = int(moment[:4]), int(moment[5:7])
    if moment.startswith("9999-12") and moment[8:] in ("", "31"):
        return datetime.max.replace(tzinfo=UTC)  # “never” in some systems; no day comes after it
    if len(moment) == 10:
        after = date(year, month, int(moment[8:10])) + timedelta(days=1)
    else:
        after = date(year + month // 12, month % 12 + 1, 1)
    return london(after) - timedelta(microseconds=1)


def day_of(moment: Moment) -> date | None:
    """The day in Europe/London that the moment falls on; None where only the month is known."""
    if len(moment) == 7:
        return None
    return local(earliest(moment)).date()


def surely_before(one: Moment, other: Moment) -> bool:
    """Whether ``one`` lies before ``other`` however the imprecise parts are read."""
    return latest(one) < earliest(other)


def show_moment(moment: Moment) -> str:
    """Write a moment for a person: ``Mar 2026``, ``14 Mar 2026``, ``14 Mar 2026 22:15``."""
    if len(moment) == 7:
        return earliest_day(moment).strftime("%b %Y")
    if len(moment) == 10:
        return show_day(earliest_day(moment))
    return show_instant(earliest(moment))


def earliest_day(moment: Moment) -> date:
    """The first day in Europe/London that the moment may mean."""
    return local(earliest(moment)).date()


def show_instant(instant: datetime) -> str:
    """Write an instant for a person, on a clock in Europe/London: ``14 Mar 2026 22:15``."""
    here = local(instant)
    return f"{here.day} {here:%b %Y %H:%M}"


def show_day(day: date) -> str:
    """Write a day for a person: ``14 Mar 2026``."""
    return f"{day.day} {day:%b %Y}"


def show_span(span: timedelta) -> str:
    """Write a length of time for a person, to two units: ``3 d 4 h``, ``1 h 12 m``, ``45 m``, without its sign."""
    minutes = abs(span) // timedelta(minutes=1)
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    if days >= 14:
        return f"{days} d"
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {left:02d} m"
    return f"{left} m"


def show_short(span: timedelta) -> str:
    """Write a length of time in its largest unit: ``3 d``, ``1 h``, ``45 m``. The sign is dropped."""
    minutes = abs(span) // timedelta(minutes=1)
    if minutes >= 24 * 60:
        return f"{minutes // (24 * 60)} d"
    return f"{minutes // 60} h" if minutes >= 60 else f"{minutes} m"
