"""Moments as a person types them: ``today 14:30``, ``-2d``, ``+5wd``, ``fri 10:00``, ``21/11 09:15``.

Times are wall-clock times in Europe/London. What is left out is filled in so as to lie nearest to now, or,
where the field says so, on the side of now that can be meant (``lean``): a contact that was made lies in the
past, an action that is due lies ahead. Nothing is guessed where two readings are equally likely: the person
is asked.

Away from now are minutes (``+90m``), hours (``-3h``), days (``-2d``), weeks (``+1w``), months (``+3mo``; an ``m``
alone is minutes) and working days (``+5wd``): Mondays to Fridays that are no bank holiday, today being day 0.
"""

import re
from calendar import monthrange
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from casedesk.model.errors import BadInputError
from casedesk.model.moments import LONDON, Moment, local, moment_of_day, moment_of_instant, show_instant
from casedesk.model.text import clip

EXAMPLES = "today 14:30, 14:30, now, -2d, -3h, +5wd, fri 10:00, tomorrow, 21/11 09:15 or 21 nov 9:15"
"""What may be typed, for hints and errors."""


class Lean(StrEnum):
    """Which side of now a typed moment must lie on, where the text leaves it open."""

    NEAREST = "nearest"
    """Whichever reading is nearest to now; a bare time is today's, a bare weekday is the next."""
    PAST = "past"
    """The last one that is not after now: for what has happened."""
    FUTURE = "future"
    """The first one that is not before now: for what is due."""


_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_DAY_WORDS = {"today": 0, "tomorrow": 1, "tom": 1, "yesterday": -1, "yest": -1}
_ELAPSING = {"m": "minutes", "min": "minutes", "h": "hours"}
_CALENDAR = {"d": 1, "w": 7}
_SATURDAY = 5
_ZONES = {"bst": 0, "gmt": 1}

_AWAY = re.compile(r"([+-])\s?(\d{1,4})\s?(min|mo|m|h|wd|d|w)(?![a-z])")
_CLOCK = re.compile(
    r"(\d{1,2})[:.](\d{2})\s?(am|pm)?|(\d{1,2})\s?(am|pm)|([01]\d|2[0-3])([0-5]\d)(?:\s?hrs|h)"
)
_BARE_CLOCK = re.compile(r"(\d{2})(\d{2})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?")
_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\s?([a-z]{3,9})(?:\s(\d{4}))?")
_YEAR_OR_TIME = re.compile(r".*(/\d{1,2}|\d\s?[a-z]{3,9}) \d{4}")
_WHOLE_DAY = "Type the whole day: 21/11/2026 or 21 nov 2026."
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


def parse_typed(
    text: str,
    now: datetime,
    *,
    lean: Lean = Lean.NEAREST,
    at: time = time(),
    holidays: Collection[date] = frozenset(),
) -> datetime:
    """Read a typed moment as an instant (aware UTC).

    ``now`` is an aware instant; ``at`` is the London time meant where only a day is typed (midnight unless
    given); ``holidays`` are the bank holidays that working days leave out (:func:`working_day_note` says where
    they are not known). Raises BadInputError, with what may be typed instead, for what is not surely one instant.
    """
    reading = _Reading.of(text, now, lean, holidays)
    day, clock = reading.read()
    if isinstance(day, datetime):
        return day
    return reading.instant(day, at if clock is None else clock)


def parse_typed_moment(
    text: str,
    now: datetime,
    *,
    lean: Lean = Lean.NEAREST,
    holidays: Collection[date] = frozenset(),
    timed: bool = False,
) -> Moment:
    """Read a typed moment as precisely as it was typed: a day where no time was given, an instant otherwise.

    Raises BadInputError as :func:`parse_typed` does, and for four figures alone, which are a year as well, unless a
    time is asked for (``timed``).
    """
    reading = _Reading.of(text, now, lean, holidays)
    if not timed:
        reading.refuse_year_or_time()
    day, clock = reading.read()
    if isinstance(day, datetime):
        return moment_of_instant(day)
    if clock is None:
        return moment_of_day(day)
    return moment_of_instant(reading.instant(day, clock))


def parse_typed_day(
    text: str, now: datetime, *, lean: Lean = Lean.NEAREST, holidays: Collection[date] = frozenset()
) -> date:
    """Read a typed day; a time of day typed after it is left out.

    Raises BadInputError as :func:`parse_typed` does, and for a year or a time of day alone.
    """
    return _Reading.of(text, now, lean, holidays).read_day()


def parse_birthday(text: str, now: datetime) -> Moment:
    """Read a date of birth as a day. A year of two figures is the last such year: 61 in 2026 is 1961.

    Raises BadInputError as :func:`parse_typed` does, for a day to come, and for one without a year: no year is guessed.
    """
    reading = _Reading.of(text, now, Lean.PAST, frozenset())
    slashed, named = _SLASHED.fullmatch(reading.words), _NAMED.fullmatch(reading.words)
    if (slashed and not slashed[3]) or (named and not named[3]):
        raise BadInputError(f"{reading._shown} has no year.", "Write it as well: 1/2/1961.")
    day = reading.read_day()
    if day > local(now).date():
        raise BadInputError(f"{day.day} {day:%b %Y} lies in the future.", "Give the date of birth.")
    return moment_of_day(day)


def working_day_note(text: str, now: datetime, holidays: Collection[date] = frozenset()) -> str:
    """What must be said of a text that counts working days where the bank holidays are not all known.

    Empty for any other text and where every year that the count touches has its bank holidays.
    """
    away = _AWAY.match(_folded(text))
    if away is None or away[3] != "wd":
        return ""
    if not holidays:
        return "Mon to Fri counted; bank holidays are not known here."
    today = local(now).date()
    years = {today.year, _Reading.of(text, now, Lean.NEAREST, holidays).read_day().year}
    first, last = min(holidays).year, max(holidays).year
    if first <= min(years) and max(years) <= last:
        return ""
    return f"Bank holidays are known for {first} to {last} only; beyond, Mon to Fri counted."


def describe(instant: datetime) -> str:
    """Write an instant so that the person who typed it sees what was understood: ``Fri 20 Nov 2026 14:30``.

    In the hour that occurs twice when the clocks go back the zone is named, because only it tells them apart.
    """
    here = local(instant)
    return f"{here:%a} {show_instant(instant)}" + (f" {here:%Z}" if _occurs_twice(here) else "")


def typed_form(instant: datetime) -> str:
    """Write an instant so that :func:`parse_typed` reads it back as the same minute, whatever now is then."""
    here = local(instant)
    return f"{here:%d/%m/%Y %H:%M}" + (f" {here:%Z}".lower() if _occurs_twice(here) else "")


def _occurs_twice(here: datetime) -> bool:
    return here.utcoffset() != here.replace(fold=1 - here.fold).utcoffset()


@dataclass(frozen=True, slots=True)
class _Reading:
    """One text being read: what was typed, folded, and what it is read against."""

    text: str
    words: str
    now: datetime
    lean: Lean
    zone: int | None
    """The fold that a typed "BST" (0) or "GMT" (1) picks in the hour that occurs twice."""
    holidays: Collection[date]

    @classmethod
    def of(cls, text: str, now: datetime, lean: Lean, holidays: Collection[date]) -> "_Reading":
        """Fold the text and take the zone off its end."""
        if now.tzinfo is None:
            raise ValueError("now must know its time zone")
        words = _folded(text)
        if not words:
            raise BadInputError("No date or time was typed.", f"Type for example {EXAMPLES}.")
        head, _, last = words.rpartition(" ")
        if head and last in _ZONES:
            return cls(text, head, now, lean, _ZONES[last], holidays)
        return cls(text, words, now, lean, None, holidays)

    def read(self) -> tuple[date | datetime, time | None]:
        """Find the day and the time of day, if one was typed; or the very instant."""
        if self.words == "now":
            return self.now.astimezone(UTC), None
        if away := _AWAY.match(self.words):
            return self._away(away)
        words, clock = self._take_clock(self.words)
        if not words and clock is not None:
            return self._day_of_bare_time(clock), clock
        return self._day(words, clock), clock

    def read_day(self) -> date:
        """Find the day alone. Raises BadInputError where none is typed, only a year or a time of day."""
        self.refuse_year_or_time()
        if self.words != "now" and not _AWAY.match(self.words):
            words, clock = self._take_clock(self.words)
            if not words and clock is not None:
                raise BadInputError(f"{self._shown} is a time of day, and a day is asked.", _WHOLE_DAY)
        day, _clock = self.read()
        return local(day).date() if isinstance(day, datetime) else day

    def refuse_year_or_time(self) -> None:
        """Raise BadInputError for four figures alone."""
        if _BARE_CLOCK.fullmatch(self.words):
            raise BadInputError(
                f"{self._shown} alone could be a year or a time.", f"{_WHOLE_DAY} A time has a colon: 20:10."
            )

    def _away(self, away: re.Match[str]) -> tuple[date | datetime, time | None]:
        """Read ``-2d``, ``+90m``, ``-2d 14:30``: hours and minutes elapse; all else keeps the clock."""
        number, unit = int(away[2]) * (-1 if away[1] == "-" else 1), away[3]
        rest = self.words[away.end() :].strip()
        if unit in _ELAPSING:
            if rest:
                raise self._not_understood()
            return self.now.astimezone(UTC) + timedelta(**{_ELAPSING[unit]: number}), None
        here = local(self.now)
        day = self._day_away(here.date(), number, unit)
        if not rest:
            return day, here.time().replace(second=0, microsecond=0, fold=0)
        words, clock = self._take_clock(rest)
        if words or clock is None:
            raise self._not_understood()
        return day, clock

    def _day_away(self, today: date, number: int, unit: str) -> date:
        try:
            if unit == "mo":
                day = _months_away(today, number)
            elif unit == "wd":
                day = _working_days_away(today, number, self.holidays)
            else:
                day = today + timedelta(days=number * _CALENDAR[unit])
        except (ValueError, OverflowError):
            day = date.max
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            raise BadInputError(f"{self._shown} is too far away.", "Check the number.")
        return day

    def _take_clock(self, words: str) -> tuple[str, time | None]:
        """Take a time of day off the end of the words."""
        for match in _CLOCK.finditer(words):
            head = words[: match.start()]
            iso = head.endswith("t") and _ISO_DAY.fullmatch(head[:-1]) is not None
            if match.end() == len(words) and (not head or head[-1] == " " or iso):
                return head[:-1], self._clock(match)
        head, _, last = words.rpartition(" ")
        bare = _BARE_CLOCK.fullmatch(last)
        if bare and (not head or self._leaves_no_year_open(head)):
            return head, self._time(int(bare[1]), int(bare[2]))
        return words, None

    def _leaves_no_year_open(self, words: str) -> bool:
        """Whether four figures after these words can only be a time of day."""
        slashed, named = _SLASHED.fullmatch(words), _NAMED.fullmatch(words)
        return bool(
            words in _DAY_WORDS
            or _number(words, _WEEKDAYS) is not None
            or _ISO_DAY.fullmatch(words)
            or (slashed and slashed[3])
            or (named and named[3])
        )

    def _clock(self, match: re.Match[str]) -> time:
        if match[6]:
            return self._time(int(match[6]), int(match[7]))
        hour, minute, half = int(match[1] or match[4]), int(match[2] or 0), match[3] or match[5]
        if half:
            if not 1 <= hour <= 12:
                raise BadInputError(f"{self._shown} has no such hour.", "With am or pm the hour is 1 to 12.")
            hour = hour % 12 + (12 if half == "pm" else 0)
        return self._time(hour, minute)

    def _time(self, hour: int, minute: int) -> time:
        if hour == 24 and minute == 0:
            raise BadInputError("24:00 belongs to two days.", "Type 00:00 and the day that begins then.")
        if hour > 23 or minute > 59:
            raise BadInputError(f"{self._shown} is not a time of day.", "Times run from 00:00 to 23:59.")
        return time(hour, minute)

    def _day_of_bare_time(self, clock: time) -> date:
        """Find the day of a time typed alone: today, unless that lies on the wrong side of now."""
        today = local(self.now).date()
        if self.lean is Lean.PAST and self.instant(today, clock) > self.now:
            return today - timedelta(days=1)
        if self.lean is Lean.FUTURE and self.instant(today, clock) < self.now:
            return today + timedelta(days=1)
        return today

    def _day(self, words: str, clock: time | None) -> date:
        """Find the day that the words name."""
        if words in _DAY_WORDS:
            return local(self.now).date() + timedelta(days=_DAY_WORDS[words])
        weekday = _number(words, _WEEKDAYS)
        if weekday is not None:
            return self._day_of_weekday(weekday, clock)
        if iso := _ISO_DAY.fullmatch(words):
            return self._date(int(iso[1]), int(iso[2]), int(iso[3]))
        if slashed := _SLASHED.fullmatch(words):
            return self._day_of_year(int(slashed[1]), int(slashed[2]), slashed[3])
        if named := _NAMED.fullmatch(words):
            month = _number(named[2], _MONTHS)
            if month is not None:
                return self._day_of_year(int(named[1]), month + 1, named[3])
        if _YEAR_OR_TIME.fullmatch(words):
            raise BadInputError(
                f"In {self._shown} the last four figures could be a year or a time.",
                "Write the time with a colon, or the year after a slash: 21/11 20:26 or 21/11/2026.",
            )
        raise self._not_understood()

    def _day_of_weekday(self, weekday: int, clock: time | None) -> date:
        """Find the day of a weekday. Without a time today counts; with one the side of now decides."""
        today = local(self.now).date()
        if self.lean is Lean.PAST:
            day = today - timedelta(days=(today.weekday() - weekday) % 7)
            late = clock is not None and day == today and self.instant(day, clock) > self.now
            return day - timedelta(days=7) if late else day
        day = today + timedelta(days=(weekday - today.weekday()) % 7)
        early = clock is not None and day == today and self.instant(day, clock) < self.now
        return day + timedelta(days=7) if early else day

    def _day_of_year(self, day: int, month: int, year: str | None) -> date:
        """Find a day and month, in the year typed or in the one that fits."""
        today = local(self.now).date()
        if year and len(year) == 4:
            return self._date(int(year), month, day)
        if year:
            found = self._date(2000 + int(year), month, day)
            if self.lean is not Lean.PAST or found <= today:
                return found
            return self._date(1900 + int(year), month, day)
        fitting = [found for found in _in_years_near(day, month, today.year) if self._fits(found, today)]
        if not fitting:
            self._date(2000, month, day)  # says what is wrong with a day that no year has
            raise BadInputError(f"{self._shown} is not in a year near this one.", "Write the year as well.")
        return min(fitting, key=lambda found: abs(found - today))

    def _fits(self, day: date, today: date) -> bool:
        if self.lean is Lean.NEAREST:
            return True
        return day <= today if self.lean is Lean.PAST else day >= today

    def _date(self, year: int, month: int, day: int) -> date:
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            raise BadInputError(
                f"{self._shown} is not in a year that a case can be about.", "Check the year."
            )
        try:
            return date(year, month, day)
        except ValueError:
            raise BadInputError(
                f"{self._shown} is not a day of the calendar.",
                "The day comes first, then the month: 21/11/2026.",
            ) from None

    def instant(self, day: date, clock: time) -> datetime:
        """Find the instant of a wall-clock time in London; refuse one that the clocks leave out."""
        here = datetime.combine(day, clock.replace(fold=self.zone or 0), LONDON)
        instant = here.astimezone(UTC)
        if local(instant).replace(tzinfo=None) != here.replace(tzinfo=None):
            raise BadInputError(
                f"{clock:%H:%M} does not occur on {day.day} {day:%b %Y}: the clocks go forward.",
                f"Type the time an hour later, {datetime.combine(day, clock) + timedelta(hours=1):%H:%M}.",
            )
        if self.zone is not None and here.tzname() != ("BST", "GMT")[self.zone]:
            raise BadInputError(f"{self._shown} names a zone that is not kept then.", "Leave out BST or GMT.")
        return instant

    @property
    def _shown(self) -> str:
        """What was typed, quoted, and clipped so that a pasted page does not fill the screen."""
        return repr(clip(self.text.strip(), 40))

    def _not_understood(self) -> BadInputError:
        return BadInputError(f"{self._shown} is not a date or time that casedesk reads.", f"Type {EXAMPLES}.")


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace(",", " ").split())


def _months_away(day: date, number: int) -> date:
    """The same day of another month, or its last day where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _working_days_away(day: date, number: int, holidays: Collection[date]) -> date:
    """Count Mondays to Fridays that are no bank holiday, forwards or back; the first day is day 0."""
    step = timedelta(days=1 if number > 0 else -1)
    left = abs(number)
    while left:
        day += step
        if day.weekday() < _SATURDAY and day not in holidays:
            left -= 1
    return day


def _in_years_near(day: int, month: int, year: int) -> Iterator[date]:
    for near in (year - 1, year, year + 1):
        try:
            yield date(near, month, day)
        except ValueError:
            continue


_ALIASES = {"weds": "wed", "sept": "sep"}


def _number(word: str, names: tuple[str, ...]) -> int | None:
    """The place of the name that a word of three letters or more begins, counted from 0."""
    word = _ALIASES.get(word, word)
    if len(word) < 3:
        return None
    return next((number for number, name in enumerate(names) if name.startswith(word)), None)
