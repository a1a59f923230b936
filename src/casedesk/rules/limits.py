"""Limits on starting a prosecution: by class of offence, with the exceptions the clocks pack holds.

The ordinary limit is six months from the offence for what only magistrates can try; there is none for the
rest. Where what is known leaves a choice, the earlier day is given and the steps say so.
"""

from dataclasses import dataclass, replace
from datetime import date

from casedesk.model.errors import BadInputError
from casedesk.model.words import Confidence
from casedesk.reference.calendar import BankHolidays
from casedesk.reference.clocks import Clock, Clocks, Count
from casedesk.reference.offences import Mode
from casedesk.rules.answers import (
    Answer,
    cited,
    day_words,
    event_words,
    number,
    plural,
    status_warnings,
    weakest,
)
from casedesk.rules.counting import day_of, end_of_day, months_beginning, months_from, working_days

EVIDENCE = "sufficient-evidence-known"
"""The trigger of limits that run from when a decision-maker knows of sufficient evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alleged:
    """What a limit on prosecution depends on. Each event is a day or an aware instant."""

    offence: date
    """When it was committed; the first day where only a range is known."""
    code: str | None = None
    """CJS offence code, in capitals."""
    mode: Mode | None = None
    """Where it can be tried; None when the code alone decides."""
    domestic_abuse: bool = False
    statement: date | None = None
    """The first witness statement or recorded interview made to be used in evidence; not the report."""
    evidence: date | None = None
    """When sufficient evidence came to the knowledge of whoever decides."""


def prosecution_limit(clocks: Clocks, alleged: Alleged) -> Answer:
    """By when a prosecution must be started; an answer without an instant where there is no limit.

    Raises BadInputError when an event lies before the offence, or when neither the code nor the mode of
    trial says which class the offence is of.
    """
    _check(alleged)
    special = special_limit(clocks, alleged.code)
    assault = special is not None and special.id == "STL-39A"
    warnings = _set_aside(alleged, assault=assault)
    if assault and alleged.domestic_abuse:
        answer = _domestic_abuse(clocks, alleged)
    elif special is not None and not assault:
        answer = _special(clocks, special, alleged)
    elif alleged.mode is None and not assault:
        raise BadInputError(
            "Neither the offence nor its mode of trial is known.",
            "Say whether it is summary, either-way or indictable.",
        )
    elif alleged.mode is None or alleged.mode.summary_only:
        answer = _ordinary(clocks, alleged)
    else:
        answer = _unlimited(clocks["STL-NONE"])
    return _warned(answer, warnings)


def special_limit(clocks: Clocks, code: str | None) -> Clock | None:
    """The clock of an offence whose limit on prosecution is not that of its mode of trial.

    A notice of intended prosecution, though listed by offence too, is no such limit.
    """
    clock = clocks.by_offence.get(code) if code else None
    return None if clock is not None and clock.rule is Count.DAYS_FROM else clock


def ordinary_last_day(clocks: Clocks, offence: date) -> date:
    """The last day for a summary-only offence without a rule of its own: six months from it (s.127)."""
    return months_from(day_of(offence), number(clocks["STL-127"]))


def review_before_limit(clocks: Clocks, limit: Answer, asked: date, holidays: BankHolidays) -> str | None:
    """A warning when a victims' review asked for on a day could end after the limit; None when it could not.

    The window is that of ``VRR-DEC``; that it should warn is this project's convention.
    """
    window = clocks["VRR-DEC"]
    last = working_days(asked, number(window), holidays.days)
    if limit.due is None or last <= day_of(limit.due):
        return None
    return (
        f"A review asked for on {day_words(asked)} may take until {day_words(last)}; "
        f"the time limit ends {day_words(day_of(limit.due))}."
    )


def _ordinary(clocks: Clocks, alleged: Alleged) -> Answer:
    clock = clocks["STL-127"]
    months = number(clock)
    last = ordinary_last_day(clocks, alleged.offence)
    source, status = cited(clocks, clock)
    steps = (
        f"Summary-only offence, {event_words(alleged.offence)}.",
        _from_words(months, day_of(alleged.offence), last),
        f"In time to the end of {day_words(last)}; weekends and holidays do not move it.",
        clock.notes,
    )
    return Answer(end_of_day(last), Count.MONTHS_FROM, steps, source, status, (), clock.id)


def _unlimited(clock: Clock) -> Answer:
    steps = (
        f"{clock.title}.",
        "No time limit on starting the prosecution.",
        *((clock.notes,) if clock.notes else ()),
    )
    return Answer(None, "", steps, clock.source, clock.status, (), clock.id)


def _domestic_abuse(clocks: Clocks, alleged: Alleged) -> Answer:
    """``max(offence + 6 m, min(offence + 2 y, statement + 6 m))``: CJA 1988 s.39A with MCA 1980 s.127."""
    clock = clocks["STL-39A"]
    ordinary = _ordinary(clocks, alleged)
    warning = (
        "The report does not start this limit; a first account on body-worn video should not be relied on."
    )
    if alleged.statement is None:
        steps = (*ordinary.steps, "No qualifying statement or recorded interview: the ordinary limit alone.")
        return Answer(
            ordinary.due, ordinary.rule, steps, ordinary.source, ordinary.status, (warning,), clock.id
        )
    day, months, cap = day_of(alleged.offence), number(clock), clock.cap or 24
    usual = months_from(day, number(clocks["STL-127"]))
    stated = day_of(alleged.statement)
    by_statement, by_cap = months_from(stated, months), months_from(day, cap)
    last = max(usual, min(by_cap, by_statement))
    source, status = cited(clocks, clock)
    steps = (
        f"Common assault or battery that is domestic abuse, {event_words(alleged.offence)}.",
        f"Ordinary limit: {_from_words(number(clocks['STL-127']), day, usual)}",
        f"First qualifying statement or interview: {_from_words(months, stated, by_statement)}",
        f"Never after {plural(cap, 'month')} from the offence: {day_words(by_cap)}.",
        f"The later of the ordinary limit and the sooner of the other two: end of {day_words(last)}.",
    )
    return Answer(
        end_of_day(last),
        Count.MONTHS_FROM,
        steps,
        f"{source}; {clocks['STL-127'].source}",
        weakest(status, Confidence.CONVENTION),
        (warning,),
        clock.id,
    )


def _special(clocks: Clocks, clock: Clock, alleged: Alleged) -> Answer:
    """A class with a rule of its own."""
    warnings = status_warnings(clocks, clock, day_of(alleged.offence))
    if clock.amount is not None:
        return _warned(_from_evidence(clocks, clock, alleged), warnings)
    if alleged.mode is not None and not alleged.mode.summary_only:
        return _warned(_unlimited(clock), warnings)
    ordinary = _ordinary(clocks, alleged)
    steps = (f"{clock.title}: it has a rule of its own.", clock.notes, *ordinary.steps[:-1])
    said = f"{clock.id}: the ordinary six months are given because they end soonest; the limit may be later."
    return Answer(
        ordinary.due,
        ordinary.rule,
        steps,
        f"{clock.source}; {ordinary.source}",
        weakest(clock.status, ordinary.status),
        (*warnings, said),
        clock.id,
    )


def _from_evidence(clocks: Clocks, clock: Clock, alleged: Alleged) -> Answer:
    count = months_beginning if clock.rule is Count.MONTHS_BEGINNING else months_from
    months, offence = number(clock), day_of(alleged.offence)
    known = (
        alleged.evidence if clock.trigger == EVIDENCE and alleged.evidence is not None else alleged.offence
    )
    by_evidence = count(day_of(known), months)
    last = by_evidence if clock.cap is None else min(by_evidence, count(offence, clock.cap))
    word = "beginning with" if count is months_beginning else "from"
    steps = [f"{clock.title}, {event_words(alleged.offence)}."]
    warnings: tuple[str, ...] = ()
    if clock.trigger == EVIDENCE and alleged.evidence is None:
        steps.append(
            "When sufficient evidence was known is not given: the offence is the earliest it can be."
        )
        warnings = ("Give the day sufficient evidence was known: the limit may be later.",)
    elif clock.trigger == EVIDENCE:
        steps.append(f"Sufficient evidence known {event_words(known)}.")
    steps.append(f"{plural(months, 'month')} {word} {day_words(day_of(known))}: {day_words(by_evidence)}.")
    if clock.cap is not None:
        end = count(offence, clock.cap)
        steps.append(f"Never after {plural(clock.cap, 'month')} {word} the offence: {day_words(end)}.")
    steps.append(f"In time to the end of {day_words(last)}; weekends and holidays do not move it.")
    if clock.notes:
        steps.append(clock.notes)
    source, status = cited(clocks, clock)
    return Answer(end_of_day(last), clock.rule or "", tuple(steps), source, status, warnings, clock.id)


def _set_aside(alleged: Alleged, *, assault: bool) -> tuple[str, ...]:
    """What was said that this offence's limit does not depend on."""
    if alleged.domestic_abuse and not assault:
        return ("The longer limit for domestic abuse is for common assault and battery only.",)
    if alleged.statement is not None and not alleged.domestic_abuse:
        return ("A statement moves the limit only where the offence is domestic abuse.",)
    return ()


def _check(alleged: Alleged) -> None:
    for name, event in (("statement", alleged.statement), ("evidence", alleged.evidence)):
        if event is not None and day_of(event) < day_of(alleged.offence):
            raise BadInputError(
                f"The {name} ({event_words(event)}) is before the offence ({event_words(alleged.offence)}).",
                "Check the two dates.",
            )


def _from_words(months: int, day: date, last: date) -> str:
    return f"{plural(months, 'month')} from {day_words(day)}, that day left out: {day_words(last)}."


def _warned(answer: Answer, warnings: tuple[str, ...]) -> Answer:
    return replace(answer, warnings=(*warnings, *answer.warnings))
