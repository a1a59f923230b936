"""When one limit falls due: any clock of the pack, or a bare count, with the steps in words."""

from dataclasses import dataclass
from datetime import date, datetime

from casedesk.model.errors import BadInputError
from casedesk.reference.calendar import BankHolidays
from casedesk.reference.clocks import Clock, Clocks, Count, DayOff
from casedesk.rules.answers import (
    Answer,
    calendar_warnings,
    cited,
    day_words,
    elapsed_words,
    event_words,
    instant_words,
    plural,
    status_warnings,
)
from casedesk.rules.counting import (
    add_days,
    custody_days,
    day_of,
    days_after_month_end,
    days_from,
    days_off,
    elapsed_hours,
    end_of_day,
    hours_skipping_days,
    months_beginning,
    months_from,
    next_court_day,
    working_days,
)

_LISTED = 10
"""The longest count whose days are listed one by one."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A count carried out: the instant it ends and how."""

    due: datetime
    steps: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def due(
    clocks: Clocks,
    clock: Clock,
    event: date,
    holidays: BankHolidays,
    *,
    enhanced: bool = False,
    amount: int | None = None,
) -> Answer:
    """When one clock of the pack, started by ``event`` (a day or an aware instant), falls due.

    ``enhanced`` takes the limit for a victim with enhanced rights where there is one; ``amount`` is a number
    the pack leaves to agreement or allows as another. A clock without a number has no due instant: the steps
    say what is asked instead. Raises BadInputError when the clock needs a time of day and only a day is
    known.
    """
    standard = clock.enhanced if enhanced and clock.enhanced is not None else clock.amount
    number = standard if amount is None else amount
    started = f"{clock.id}: {clock.title}. Starts with: {clock.starts}, {event_words(event)}."
    said = status_warnings(clocks, clock, day_of(event))
    if clock.rule is None or number is None:
        steps = (started, "No fixed number.", *((clock.notes,) if clock.notes else ()))
        return Answer(None, "", steps, clock.source, clock.status, said, clock.id)
    done = counted(clock.rule, event, number, holidays, off=clock.off, next_day=clock.next_day)
    source, status = cited(clocks, clock)
    if enhanced and clock.enhanced is not None and clock.enhanced_status is not clock.status:
        said += (f"The enhanced limit of {clock.id} is {clock.enhanced_status}.",)
    if clock.cap is not None:
        said += (f"Never later than {clock.cap} months from the offence.",)
    return Answer(
        done.due, clock.rule, (started, *done.steps), source, status, (*said, *done.warnings), clock.id
    )


def count_working_days(clocks: Clocks, event: date, count: int, holidays: BankHolidays) -> Answer:
    """So many working days of an event, on no particular clock."""
    counting = clocks.countings[Count.WORKING_DAYS]
    done = counted(Count.WORKING_DAYS, event, count, holidays)
    return Answer(done.due, Count.WORKING_DAYS, done.steps, counting.source, counting.status, done.warnings)


def counted(
    rule: Count,
    event: date,
    amount: int,
    holidays: BankHolidays,
    *,
    off: tuple[DayOff, ...] = (),
    next_day: bool = False,
) -> Counted:
    """Carry out one count by its rule."""
    if rule in (Count.ELAPSED_HOURS, Count.HOURS_SKIPPING_DAYS):
        return _hours(rule, event, amount, holidays, off)
    day = day_of(event)
    if rule is Count.WORKING_DAYS:
        return _working_days(day, amount, holidays)
    if rule in (Count.CUSTODY_DAYS, Count.NEXT_COURT_DAY):
        return _court_days(rule, day, amount, holidays, off)
    if rule in (Count.MONTHS_FROM, Count.MONTHS_BEGINNING):
        return _months(rule, day, amount, next_day=next_day)
    last = days_from(day, amount) if rule is Count.DAYS_FROM else days_after_month_end(day, amount)
    end = "" if rule is Count.DAYS_FROM else "the end of the month of "
    steps = (f"{plural(amount, 'calendar day')} after {end}{day_words(day)}, that day left out.", _by(last))
    return Counted(end_of_day(last), steps)


def _working_days(day: date, amount: int, holidays: BankHolidays) -> Counted:
    last = working_days(day, amount, holidays.days)
    passed = [add_days(day, n) for n in range(1, (last - day).days + 1)]
    worked = [one for one in passed if one.weekday() < 5 and one not in holidays.days]
    closed = [one for one in passed if one.weekday() < 5 and one in holidays.days]
    steps = [f"Day 0 is {day_words(day)}, the day of the event, whatever its hour."]
    if amount <= _LISTED:
        steps.append(
            "Counted: "
            + ", ".join(f"{n} {one:%a} {one.day} {one:%b}" for n, one in enumerate(worked, 1))
            + "."
        )
    else:
        steps.append(f"{amount} Mondays to Fridays are counted.")
    if closed:
        steps.append("Bank holidays left out: " + _named(closed, holidays) + ".")
    steps += [f"Bank holidays are known to {day_words(holidays.last)}.", _by(last)]
    return Counted(end_of_day(last), tuple(steps), calendar_warnings(holidays, (day, last)))


def _months(rule: Count, day: date, amount: int, *, next_day: bool) -> Counted:
    if rule is Count.MONTHS_FROM:
        last = months_from(day, amount)
        how = f"{plural(amount, 'month')} from {day_words(day)}, left out, to the same number"
        short = last.day != day.day
    else:
        first = add_days(day, 1) if next_day else day
        last = months_beginning(first, amount)
        begins = (
            f"Begins on {day_words(first)}, the day after" if next_day else f"Begins on {day_words(first)}"
        )
        how = f"{begins}: {plural(amount, 'month')} beginning with it end on the day before the same number"
        short = add_days(last, 1).day != first.day
    missing = f"{last:%B %Y} has no such day, so its last day" if short else ""
    steps = (
        how + (f"; {missing}." if missing else "."),
        f"Ends at midnight. {_by(last)}",
        "Weekends and holidays do not move it.",
    )
    return Counted(end_of_day(last), steps)


def _court_days(
    rule: Count, day: date, amount: int, holidays: BankHolidays, off: tuple[DayOff, ...]
) -> Counted:
    test = days_off(off, holidays.days)
    if rule is Count.CUSTODY_DAYS:
        plain, last = add_days(day, amount), custody_days(day, amount, test)
        steps = [
            f"Day 0 is {day_words(day)}, the first day of custody, left out.",
            f"{plural(amount, 'day')} on is {day_words(plain)}.",
        ]
        moved = [add_days(plain, -n) for n in range((plain - last).days)]
        if moved:
            steps.append(f"Not on {_named(moved, holidays)}: back to {day_words(last)}.")
    else:
        plain, last = add_days(day, 1), next_court_day(day, test)
        steps = [
            f"Charged on {day_words(day)}: as soon as practicable, no later than the first sitting after it.",
            f"If none is that day or the next, one is arranged by the day after: {day_words(plain)}.",
        ]
        moved = [add_days(plain, n) for n in range((last - plain).days)]
        if moved:
            steps.append(f"Not on {_named(moved, holidays)}: the first later day, {day_words(last)}.")
    warned = calendar_warnings(holidays, (last, plain)) if DayOff.BANK_HOLIDAY in off else ()
    return Counted(end_of_day(last), (*steps, _by(last)), warned)


def _hours(rule: Count, event: date, amount: int, holidays: BankHolidays, off: tuple[DayOff, ...]) -> Counted:
    if not isinstance(event, datetime):
        raise BadInputError(
            f"Hours are counted from a time, and {event} is only a day.", f"Give the time too: {event}T14:10."
        )
    if rule is Count.ELAPSED_HOURS:
        end = elapsed_hours(event, amount)
        moved: tuple[str, ...] = ()
        warned: tuple[str, ...] = ()
        start = f"{plural(amount, 'hour')} elapsed from {instant_words(event)}."
    else:
        test = days_off(off, holidays.days)
        end = hours_skipping_days(event, amount, test)
        first = day_of(event)
        passed = [add_days(first, n) for n in range((day_of(end) - first).days + 1)]
        skipped = [day for day in passed if test(day)]
        moved = (f"Days left out whole: {_named(skipped, holidays)}.",) if skipped else ()
        warned = _maybe_holidays(off, passed) + (
            calendar_warnings(holidays, passed) if DayOff.BANK_HOLIDAY in off else ()
        )
        start = f"{plural(amount, 'hour')} from {instant_words(event)}."
    steps = (start, *moved, *elapsed_words(event, end), f"Ends {instant_words(end)}.")
    return Counted(end, steps, warned)


def _maybe_holidays(off: tuple[DayOff, ...], days: list[date]) -> tuple[str, ...]:
    """Warn of a Saturday that may itself be a bank holiday in law, the calendar listing its substitute."""
    if DayOff.BANK_HOLIDAY not in off or DayOff.SATURDAY in off:
        return ()
    doubtful = [day for day in days if day.weekday() == 5 and (day.month, day.day) in ((12, 26), (1, 1))]
    return tuple(
        f"{day_words(day)} may be a bank holiday in law (unverified); it is counted, which ends sooner."
        for day in doubtful
    )


def _named(days: list[date], holidays: BankHolidays) -> str:
    return ", ".join(f"{day_words(day)} ({_why(day, holidays)})" for day in days)


def _why(day: date, holidays: BankHolidays) -> str:
    fallback = (
        "Christmas Day"
        if (day.month, day.day) == (12, 25)
        else f"{day:%A}"
        if day.weekday() > 4
        else "Good Friday"
    )
    return holidays.title(day) or fallback


def _by(last: date) -> str:
    return f"Due by the end of {day_words(last)}."
