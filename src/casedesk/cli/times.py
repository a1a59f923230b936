"""Days and times as people type them at the prompt: local to England and Wales, or with an offset."""

import re
from datetime import date, datetime, timedelta
from typing import NamedTuple

from casedesk.model.errors import BadInputError
from casedesk.model.moments import LONDON, earliest, earliest_day, system_clock
from casedesk.model.text import clean, clip
from casedesk.model.typed_moments import Lean, describe, parse_typed_moment
from casedesk.rules.answers import day_words
from casedesk.rules.counting import Span

_SHAPE = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:[T ](?P<time>\d{2}:\d{2}(?::\d{2})?)(?P<offset>Z|[+-]\d{2}:\d{2})?)?",
    re.ASCII | re.IGNORECASE,
)
_BRITISH = re.compile(
    r"(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<year>\d{4})(?:[T ]+(?P<time>\d{1,2}:\d{2}))?", re.ASCII
)
_LENGTH = re.compile(r"(?P<hours>\d{1,3}):(?P<minutes>[0-5]\d)", re.ASCII)
_YEARS = range(1900, 2200)
_FORM = "Write now, 18:00, 18/12/2026 16:40 or 2026-12-18T16:40 (local time), or with an offset 2026-12-18T16:40+00:00."


class Given(NamedTuple):
    """A day or instant that was typed, and what had to be decided about it."""

    when: date
    """An aware datetime where a time was given."""
    notes: tuple[str, ...] = ()


def read_when(text: str, option: str) -> Given:
    """Read a day, a local time or a time with an offset.

    A local time that occurs twice, when the clocks go back, is read as the first: every limit then ends
    sooner. Raises BadInputError for anything else, for a day that does not exist and for a local time that
    does not.
    """
    found = _SHAPE.fullmatch(_british(text.strip()))
    if found is None:
        return _typed(text, option)
    try:
        day = date.fromisoformat(found["day"])
        if found["time"] is None:
            return Given(_within(day, option))
        at = datetime.fromisoformat(f"{found['day']}T{found['time']}{(found['offset'] or '').upper()}")
    except ValueError:
        raise BadInputError(
            f"{option}: there is no {_shown(text)}.", "Check the day, month and time."
        ) from None
    _within(day, option)
    return Given(at) if at.tzinfo is not None else _local(at, option)


def _typed(text: str, option: str) -> Given:
    """Read what the forms take too, ``now``, ``18:00`` or ``fri 10:00``, and say how it was read."""
    now = system_clock()
    try:
        moment = parse_typed_moment(text, now, lean=Lean.PAST, timed=True)
    except BadInputError:
        raise BadInputError(f"{option}: “{_shown(text)}” is not a day or a time.", _FORM) from None
    when = earliest(moment) if len(moment) > len("2026-11-30") else earliest_day(moment)
    read = describe(when) if isinstance(when, datetime) else day_words(when)
    return Given(when, (f"“{_shown(text)}” is read as {read}.",))


def _british(text: str) -> str:
    """Write ``24/10/2026 18:00`` as ``2026-10-24 18:00``; any other text as it is."""
    found = _BRITISH.fullmatch(text)
    if found is None:
        return text
    day = f"{found['year']}-{found['month']:0>2}-{found['day']:0>2}"
    return f"{day} {found['time']:0>5}" if found["time"] else day


def read_instant(text: str, option: str) -> tuple[datetime, tuple[str, ...]]:
    """Read a time; a day alone is refused because hours are counted from it."""
    given = read_when(text, option)
    if not isinstance(given.when, datetime):
        raise BadInputError(
            f"{option}: hours are counted from a time, and {given.when} is only a day.",
            f"Give the time too: {given.when}T14:10.",
        )
    return given.when, given.notes


def read_day(text: str, option: str) -> date:
    """Read a day in Europe/London; of a time its day."""
    when = read_when(text, option).when
    return when.astimezone(LONDON).date() if isinstance(when, datetime) else when


def read_span(text: str, option: str) -> Span:
    """Read ``START/END``, two times; an empty end means that it lasts.

    A local time that occurs twice must carry its offset here: neither reading is the safe one for both ends.
    """
    start, end = _halves(text, option)
    return Span(_certain(start, option), _certain(end, option) if end else None)


def read_days(text: str, option: str) -> tuple[date, date | None]:
    """Read ``FIRST/LAST``, two days; an empty last one means that it lasts."""
    first, last = _halves(text, option)
    return read_day(first, option), read_day(last, option) if last else None


def read_length(text: str, option: str) -> timedelta:
    """Read a length of time as hours and minutes: ``5:30``."""
    found = _LENGTH.fullmatch(text.strip())
    if found is None:
        raise BadInputError(
            f"{option}: “{_shown(text)}” is not a length of time.", "Write hours and minutes: 5:30."
        )
    return timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))


def read_number(text: str, option: str, least: int = 1) -> int:
    """Read a whole number of at least ``least``."""
    plain = text.strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) < 10 and int(plain) >= least):
        raise BadInputError(
            f"{option}: “{_shown(text)}” is not a whole number from {least} up.", f"Write {least + 4}."
        )
    return int(plain)


def _local(at: datetime, option: str) -> Given:
    first = at.replace(tzinfo=LONDON)
    second = first.replace(fold=1)
    gap = (first.utcoffset() or timedelta()) - (second.utcoffset() or timedelta())
    if not gap:
        return Given(first)
    if gap < timedelta():
        raise BadInputError(
            f"{option}: {at:%H:%M} on {at.day} {at:%b %Y} does not exist: the clocks go forward then.",
            f"Write {at + -gap:%H:%M} if that is what the clock showed, or add the offset +00:00.",
        )
    note = (
        f"{at:%H:%M} on {at.day} {at:%b %Y} occurs twice, the clocks going back: the first (BST) is taken, "
        f"which ends sooner; add +00:00 for the second."
    )
    return Given(first, (note,))


def _certain(text: str, option: str) -> datetime:
    at, notes = read_instant(text, option)
    if notes:
        raise BadInputError(
            f"{option}: {at:%H:%M} on {at.day} {at:%b %Y} occurs twice, the clocks going back.",
            "Add the offset: +01:00 for the first, +00:00 for the second.",
        )
    return at


def _halves(text: str, option: str) -> tuple[str, str]:
    start, slash, end = text.partition("/")
    if not slash:
        raise BadInputError(
            f"{option}: “{_shown(text)}” has no slash.", "Write START/END, or START/ while it lasts."
        )
    return start, end


def _within(day: date, option: str) -> date:
    if day.year not in _YEARS:
        raise BadInputError(
            f"{option}: the year {day.year} is out of range.",
            f"Give a year from {_YEARS[0]} to {_YEARS[-1]}.",
        )
    return day


def _shown(text: str) -> str:
    return clip(clean(text), 40)
