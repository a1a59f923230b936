"""Pre-charge bail: when the applicable bail period ends. PACE 1984 ss.47ZA–47ZM.

The period begins the day after arrest, whatever the hour and the day of arrival at the station, and ends at
midnight of its last day; no weekend or holiday moves it.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from casedesk.model.errors import BadInputError
from casedesk.reference.clocks import Clock, Clocks, Count, Group
from casedesk.rules.answers import Answer, cited, day_words, event_words, number, plural, status_warnings
from casedesk.rules.counting import MOST_DAYS, add_days, day_of, end_of_day, months_beginning


class CpsPause(NamedTuple):
    """On bail for a CPS charging decision: the day of release, and of the DPP's request (None: not yet)."""

    released: date
    requested: date | None


class Stay(NamedTuple):
    """Days in hospital as an in-patient, the first and the last of them (None: still there)."""

    first: date
    last: date | None


def stage(
    clocks: Clocks, *, months: int | None = None, by: str | None = None, clock_id: str | None = None
) -> tuple[Clock, int]:
    """The stage of pre-charge bail that is meant, and its months.

    By its id (``ABP-1``), by who decides it (``inspector``), by its months, or by several that agree. The
    initial period when nothing is said or no stage has so many months. Raises BadInputError when no stage
    fits.
    """
    stages = [
        clock
        for clock in clocks.group(Group.BAIL)
        if clock.rule is Count.MONTHS_BEGINNING and clock.trigger == "arrest"
    ]
    fits = [
        clock
        for clock in stages
        if (clock_id is None or clock.id.casefold() == clock_id.casefold())
        and (by is None or clock.by == by)
        and (months is None or months in (clock.amount, *clock.further))
    ]
    if not fits and by is None and clock_id is None:
        return clocks["ABP-0"], months or number(clocks["ABP-0"])
    if not fits:
        known = "; ".join(f"{c.id} {c.by} {'/'.join(map(str, (number(c), *c.further)))}" for c in stages)
        raise BadInputError("No stage of pre-charge bail fits that.", f"There are (months last): {known}.")
    found = fits[0]
    return found, number(found) if months is None else months


def bail(
    clocks: Clocks,
    arrest: date,
    clock: Clock,
    months: int,
    *,
    cps: Sequence[CpsPause] = (),
    hospital: Sequence[Stay] = (),
) -> Answer:
    """When the applicable bail period of ``months`` after an arrest (a day or an aware instant) ends.

    The period stands still on bail for a CPS charging decision (s.47ZL). The day of release on it and the
    day of the DPP's request are counted as running, which ends sooner: how single days count is unverified.
    If the period would end with fewer than seven days from the request, it ends with the seventh. Days as an
    in-patient do not count when one of them is the day the period would end (s.47ZM). No end while a pause
    has no end.
    """
    day = day_of(arrest)
    first = add_days(day, 1)
    plain = months_beginning(first, months)
    steps = [
        f"Arrested {event_words(arrest)}.",
        f"The period begins the day after: {day_words(first)}.",
        f"{plural(months, 'month')} beginning with that day end on {day_words(plain)}, at midnight.",
    ]
    source, status = cited(clocks, clock)
    warnings = list(status_warnings(clocks, clock, day))
    if months not in (clock.amount, *clock.further):
        warnings.append(f"No stage of pre-charge bail lasts {plural(months, 'month')}: check the number.")
    period = _Period(first, plain)
    if cps:
        warnings.append(
            f"How single days count under {clocks['ABP-CPS'].source} is unverified: the sooner end is given."
        )
    ended = _pause_for_cps(period, cps, number(clocks["ABP-CPS"]), steps) and _stay(period, hospital, steps)
    if not ended:
        steps.append("The period stands still and has no end yet.")
        return Answer(None, Count.MONTHS_BEGINNING, tuple(steps), source, status, tuple(warnings), clock.id)
    steps.append(
        f"Ends at midnight at the end of {day_words(period.last)}; weekends and holidays do not move it."
    )
    steps.append(f"By: {clock.by.replace('-', ' ')}. {clock.notes}")
    return Answer(
        end_of_day(period.last),
        Count.MONTHS_BEGINNING,
        tuple(steps),
        source,
        status,
        tuple(warnings),
        clock.id,
    )


def extended_by_court(clocks: Clocks, current_end: date, months: int | None = None) -> Answer:
    """When a court's later extension ends: 3 or 6 months beginning with the end of the current one (s.47ZG).

    A period that ends at midnight is read as followed by one that begins the next day; that is unverified.
    """
    clock = clocks["ABP-M2"]
    length = number(clock) if months is None else months
    if length not in (clock.amount, *clock.further):
        allowed = " or ".join(str(one) for one in (clock.amount, *clock.further))
        raise BadInputError(f"A court cannot extend by {length} months at this stage.", f"Give {allowed}.")
    day = day_of(current_end)
    first = add_days(day, 1)
    last = months_beginning(first, length)
    source, status = cited(clocks, clock)
    sooner = months_beginning(day, length)
    steps = (
        f"The current period ends at midnight at the end of {day_words(day)}.",
        f"The new one begins {day_words(first)}.",
        f"{plural(length, 'month')} beginning with that day end on {day_words(last)}, at midnight.",
        clock.notes,
    )
    warnings = (
        *status_warnings(clocks, clock, day),
        f"Beginning with {day_words(day)} itself it would end on {day_words(sooner)}: apply before then.",
    )
    return Answer(end_of_day(last), Count.MONTHS_BEGINNING, steps, source, status, warnings, clock.id)


def return_date_fits(
    returning: date, ends: datetime, *, aligned: bool = False, decision_sooner: bool = False
) -> bool:
    """Whether a return date may stand: on the day the period ends, sooner with reason, never after.

    The reasons are that it is aligned with other bail and that a charging decision is expected sooner. PACE
    1984 ss.47ZA(2)–(5), 47(4D).
    """
    last = day_of(ends)
    return returning == last or (returning < last and (aligned or decision_sooner))


def conditions_have_ended(ends: datetime | None, now: datetime) -> bool:
    """Whether the period has run out: its conditions protect nobody and a safeguarding check is due.

    A period that stands still (``ends`` is None) has not.
    """
    return ends is not None and now.astimezone(UTC) > ends.astimezone(UTC)


class _Period:
    """A bail period as a row of running days, of which some do not count."""

    def __init__(self, first: date, last: date) -> None:
        self.first = first
        self.length = (last - first).days + 1
        self._stopped: list[Callable[[date], bool]] = []
        self.last = last

    def stop(self, test: Callable[[date], bool]) -> int:
        """Leave out the days of which ``test`` is true; gives the number of days the end moved."""
        self._stopped.append(test)
        return self._run()

    def last_at_least(self, day: date) -> None:
        """Lengthen the period so that it runs to ``day``."""
        running = sum(self._runs(add_days(self.first, n)) for n in range((day - self.first).days + 1))
        self.length = max(self.length, running)
        self._run()

    def _run(self) -> int:
        before, day, left = self.last, self.first, self.length
        while left := left - self._runs(day):
            day = add_days(day, 1)
            if (day - self.first).days > MOST_DAYS:
                raise BadInputError("No bail period lasts that long.", "Check the dates of its pauses.")
        self.last = day
        return (day - before).days

    def _runs(self, day: date) -> bool:
        return not any(test(day) for test in self._stopped)


def _pause_for_cps(period: _Period, pauses: Sequence[CpsPause], least: int, steps: list[str]) -> bool:
    """Let the period stand still for CPS decisions; False while one is awaited."""
    for released, requested in pauses:
        if released > period.last:
            raise BadInputError(
                f"{day_words(released)} lies after the period ended ({day_words(period.last)}).",
                "Give the pauses in order, within the period.",
            )
        if requested is None:
            steps.append(f"On bail for a CPS charging decision since {day_words(released)}.")
            return False
        if requested < released:
            raise BadInputError(
                f"The request ({day_words(requested)}) lies before the release ({day_words(released)}).",
                "Give release/request in that order.",
            )
        moved = period.stop(_strictly_between(released, requested)) if (requested - released).days > 1 else 0
        steps.append(
            f"On bail for a CPS charging decision from {day_words(released)}; the DPP asked for more on "
            f"{day_words(requested)}: {plural(moved, 'day')} do not count, end {day_words(period.last)}."
        )
        seventh = add_days(requested, least - 1)
        if period.last < seventh:
            period.last_at_least(seventh)
            steps.append(f"Fewer than {least} days were left at the request: ends {day_words(period.last)}.")
    return True


def _stay(period: _Period, stays: Sequence[Stay], steps: list[str]) -> bool:
    """Leave out the days in hospital if the period would end on one; False while the stay lasts."""
    there = [
        stay
        for stay in stays
        if stay.first <= period.last and (stay.last is None or period.last <= stay.last)
    ]
    if not there:
        if stays:
            steps.append("Not an in-patient on the day the period would end: days in hospital count.")
        return True
    if any(stay.last is None for stay in there):
        steps.append(f"An in-patient since {day_words(there[0].first)}, on the day the period would end.")
        return False
    moved = period.stop(lambda day: any(s.first <= day and (s.last is None or day <= s.last) for s in stays))
    steps.append(
        f"An in-patient on the day the period would end: {plural(moved, 'day')} in hospital do not count, "
        f"end {day_words(period.last)}."
    )
    return True


def _strictly_between(start: date, end: date) -> Callable[[date], bool]:
    return lambda day: start < day < end
