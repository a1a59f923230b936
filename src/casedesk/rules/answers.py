"""The answer to "when does it end?": the instant, and every step that led to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from casedesk.model.errors import PackError
from casedesk.model.moments import local, show_instant, show_span
from casedesk.model.words import Confidence
from casedesk.reference.calendar import BankHolidays
from casedesk.reference.clocks import Clock, Clocks, Count


@dataclass(frozen=True, slots=True)
class Answer:
    """When a limit is due and why.

    ``due`` is an aware UTC instant; a limit of days or months is due in the last second of its last day in
    Europe/London. None means that there is no such instant: no limit, no fixed number, or a clock that stands
    still. ``steps`` and ``warnings`` are sentences for a person.
    """

    due: datetime | None
    rule: str
    """The counting rule, by the name of its function."""
    steps: tuple[str, ...]
    source: str
    status: Confidence
    warnings: tuple[str, ...] = ()
    clock: str = ""
    """The id of the clock in the pack, where the answer is about one."""


_STRENGTH = (Confidence.CONFIRMED, Confidence.SECONDARY, Confidence.CONVENTION, Confidence.UNVERIFIED)


def weakest(*statuses: Confidence) -> Confidence:
    """The status of a conclusion drawn from several: that of the least well sourced."""
    return max(statuses, key=_STRENGTH.index)


def cited(clocks: Clocks, clock: Clock, rule: Count | None = None) -> tuple[str, Confidence]:
    """The source and status of a limit counted by a rule (the clock's own unless another is given)."""
    used = rule or clock.rule
    if used is None:
        return clock.source, clock.status
    counting = clocks.countings[used]
    return f"{clock.source}; counting: {counting.source}", weakest(clock.status, counting.status)


def status_warnings(clocks: Clocks, clock: Clock, event: date) -> tuple[str, ...]:
    """What must be said of a limit that is not sourced as law, or not in force on the day of the event."""
    said = []
    if clock.status is Confidence.UNVERIFIED:
        said.append(f"{clock.id} is unverified: confirm it before relying on it.")
    elif clock.status is Confidence.CONVENTION:
        said.append(f"{clock.id} is a convention, not a legal limit.")
    if clock.rule is not None and clocks.countings[clock.rule].status is Confidence.UNVERIFIED:
        said.append(f"The reading of “{clocks.countings[clock.rule].label}” is unverified.")
    if not clock.in_force(event):
        said.append(f"{clock.id} was not in force on {day_words(event)}, as far as is known.")
    return tuple(said)


def calendar_warnings(holidays: BankHolidays, days: Iterable[date]) -> tuple[str, ...]:
    """A warning when a count reaches days that the bank-holiday calendar does not cover."""
    if all(holidays.covers(day) for day in days):
        return ()
    return (
        (
            f"Bank holidays are known only from {day_words(holidays.first)} to {day_words(holidays.last)}; "
            "beyond that weekends alone are left out. Update the bank-holiday pack."
        ),
    )


def day_words(day: date) -> str:
    """Write a day with its weekday: ``Tue 29 Dec 2026``."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def instant_words(instant: datetime) -> str:
    """Write an instant with weekday and zone, and seconds if any: ``Sun 25 Oct 2026 17:00 GMT``."""
    here = local(instant)
    seconds = f"{here:%S}"
    clock = show_instant(here) + (f":{seconds}" if seconds != "00" else "")
    return f"{here:%a} {clock} {here.tzname()}"


def event_words(event: date) -> str:
    """Write an event that is known to the day or to the instant."""
    return instant_words(event) if isinstance(event, datetime) else day_words(event)


def span_words(span: timedelta) -> str:
    """Write a length of time in hours and minutes: ``24 h``, ``2 h 30 m``."""
    hours, rest = divmod(span, timedelta(hours=1))
    return (
        show_span(span)
        if hours == 0
        else f"{hours} h" + (f" {rest // timedelta(minutes=1):02d} m" if rest else "")
    )


def elapsed_words(start: datetime, end: datetime) -> tuple[str, ...]:
    """A sentence when the clocks change between two instants and the wall clock misleads; else nothing."""
    moved = (local(end).utcoffset() or timedelta()) - (local(start).utcoffset() or timedelta())
    if not moved:
        return ()
    which = "forward" if moved > timedelta() else "back"
    return (
        (
            f"The clocks go {which} {span_words(abs(moved))} in between: counted in UTC, "
            f"{start.astimezone(UTC):%H:%M} to {end.astimezone(UTC):%d %b %H:%M}, not on the wall clock."
        ),
    )


def plural(count: int, word: str) -> str:
    """Write a number of things: ``1 working day``, ``5 working days``."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def number(clock: Clock) -> int:
    """The clock's amount. Raises PackError when an overlay has taken away one that a calculator needs."""
    if clock.amount is None:
        raise PackError(
            f"The clocks pack gives {clock.id} no amount.", "Give it one, or take it out of the overlay."
        )
    return clock.amount
