"""Detention without charge and its reviews: PACE 1984 Part IV. Hours elapse, whatever the clock shows."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from casedesk.model.errors import BadInputError
from casedesk.reference.clocks import Clock, Clocks, Count
from casedesk.rules.answers import (
    Answer,
    cited,
    elapsed_words,
    instant_words,
    number,
    plural,
    span_words,
    status_warnings,
)
from casedesk.rules.counting import Span, day_of, elapsed_hours, merged, running_time, without


def detention(
    clocks: Clocks,
    relevant: datetime,
    hours: int = 24,
    *,
    hospital: Sequence[Span] = (),
    questioned: Sequence[Span] = (),
    already: timedelta = timedelta(),
    bail_arrest: bool = False,
) -> Answer:
    """When ``hours`` of detention from the relevant time end.

    ``hospital`` is time in hospital and on the way there and back, which does not count except while
    ``questioned`` (s.41(6)). ``already`` is detention before a release on bail, which counts (s.47(6)).
    ``bail_arrest``: arrested under s.46A, so that the first hours after arrival do not count (s.47(6A)); the
    relevant time is then that arrival. Without an end when the person is still in hospital as the time would
    run.

    Raises BadInputError past the 96 hours that nothing extends, and for stretches of time that end before
    they begin.
    """
    clock = _clock_for(clocks, hours)
    _check(hospital, "hospital")
    _check(questioned, "questioning")
    steps = [f"Relevant time {instant_words(relevant)}."]
    span = timedelta(hours=hours)
    stays = without(hospital, questioned)
    stopped, paused = stays, ""
    if bail_arrest:
        pause = clocks["BR-3H"]
        until = elapsed_hours(relevant, number(pause))
        stopped = merged([*stays, Span(relevant, until)])
        paused = (
            f"Arrested on bail: the first {plural(number(pause), 'hour')} after arrival do not count, "
            f"to {instant_words(until)} ({pause.source})."
        )
    span -= already
    end = relevant.astimezone(UTC) if span <= timedelta() else running_time(relevant, span, stopped)
    steps += [_stay_words(stay, relevant.astimezone(UTC), end) for stay in stays]
    steps += [paused] if paused else []
    if already:
        steps.append(f"Detention before bail, {span_words(already)}, counts ({clocks['BR-RET'].source}).")
    source, status = cited(clocks, clock, Count.ELAPSED_HOURS)
    warnings = status_warnings(clocks, clock, day_of(relevant))
    if hours > number(clocks["DET-24"]):
        steps.append(f"More than {number(clocks['DET-24'])} hours needs {clock.title.lower()}. {clock.notes}")
    if end is None:
        return Answer(
            None,
            Count.ELAPSED_HOURS,
            (*steps, "Still in hospital when the time would end: the clock stands still."),
            source,
            status,
            (*warnings, "No end until the time in hospital has ended."),
            clock.id,
        )
    steps += [
        f"{span_words(max(span, timedelta()))} elapsed from there.",
        *elapsed_words(relevant, end),
        f"Ends {instant_words(end)}.",
    ]
    return Answer(end, Count.ELAPSED_HOURS, tuple(steps), source, status, warnings, clock.id)


def reviews(
    clocks: Clocks, authorised: datetime, held: Sequence[datetime] = (), *, charged: bool = False
) -> Answer:
    """The latest time of the next review of detention, first authorised at ``authorised`` (s.40).

    ``held`` are the reviews held so far, in order. A review held early brings the next forward; one held
    late or postponed moves nothing. After charge the custody officer reviews at the same intervals. Raises
    BadInputError when a review lies before the authorisation or before the one it follows.
    """
    clock = _review_clock(clocks, len(held), charged=charged)
    first = clocks["REV-1"]
    latest = elapsed_hours(authorised, number(first))
    steps = [
        f"Detention authorised {instant_words(authorised)}.",
        f"Review 1 no later than {instant_words(latest)} ({number(first)} h).",
    ]
    warnings: list[str] = []
    before = authorised.astimezone(UTC)
    for turn, at in enumerate(_in_utc(held), start=1):
        if at < before:
            raise BadInputError(
                f"Review {turn} ({instant_words(at)}) lies before what it follows.",
                "Give the reviews in the order they were held.",
            )
        interval = number(_review_clock(clocks, turn, charged=False))
        steps.append(f"Review {turn} held {instant_words(at)}, {_how_held(at, latest)}.")
        if at > latest:
            warnings.append(f"Review {turn} was held {span_words(at - latest)} after its latest time.")
        latest, before = elapsed_hours(min(at, latest), interval), at
        steps.append(f"Review {turn + 1} no later than {instant_words(latest)} ({interval} h).")
    later = elapsed_hours(latest, number(clocks["REV-n"]))
    steps.append(f"If it is held then, the one after is due by {instant_words(later)}.")
    steps.append(
        "By the custody officer." if charged else "By an inspector or above who is not directly involved."
    )
    steps += elapsed_words(authorised, latest)
    source, status = cited(clocks, clock, Count.ELAPSED_HOURS)
    return Answer(latest, Count.ELAPSED_HOURS, tuple(steps), source, status, tuple(warnings), clock.id)


def _clock_for(clocks: Clocks, hours: int) -> Clock:
    most = number(clocks["DET-96"])
    if not 1 <= hours <= most:
        raise BadInputError(
            f"{hours} hours of detention without charge are not possible.",
            f"Give 1 to {most}: 24, 36, 72 or 96.",
        )
    return next(
        clocks[name] for name in ("DET-24", "DET-36", "DET-WFD", "DET-96") if hours <= number(clocks[name])
    )


def _review_clock(clocks: Clocks, held: int, *, charged: bool) -> Clock:
    return clocks["REV-CHG"] if charged else clocks[("REV-1", "REV-2", "REV-n")[min(held, 2)]]


def _in_utc(instants: Sequence[datetime]) -> list[datetime]:
    """The same instants in UTC: times of one zone compare by the wall clock, which goes back once a year."""
    return [instant.astimezone(UTC) for instant in instants]


def _how_held(at: datetime, latest: datetime) -> str:
    if at > latest:
        return "after its latest time: later reviews do not move"
    return "at its latest time" if at == latest else "early: the next comes forward"


def _stay_words(stay: Span, relevant: datetime, end: datetime | None) -> str:
    """What a stay in hospital did to the clock, which runs from ``relevant`` to ``end``."""
    since = instant_words(stay.start)
    if end is not None and stay.start >= end:
        return f"Hospital from {since} lies after the end: it changes nothing."
    if stay.end is None:
        return f"In hospital since {since}: does not count."
    until = instant_words(stay.end)
    if stay.end <= relevant:
        return f"Hospital, {since} to {until}, lies before the relevant time: it changes nothing."
    length = span_words(stay.end - max(stay.start, relevant))
    return f"Hospital, {since} to {until}: {length} do not count."


def _check(spans: Sequence[Span], what: str) -> None:
    for span in spans:
        if span.end is not None and span.end.astimezone(UTC) <= span.start.astimezone(UTC):
            raise BadInputError(
                f"The time of {what} ends ({instant_words(span.end)}) before it begins.",
                "Give start/end in that order.",
            )
