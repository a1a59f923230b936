"""What a case file says of one applicable bail period: recorded, or worked out from arrest, extensions and pauses."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseEvent, CaseFile, Custody
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment, earliest, earliest_day, show_moment
from casedesk.model.words import Confidence, EventKind
from casedesk.reference.clocks import Clock, Clocks
from casedesk.rules.answers import Answer, day_words, instant_words, number
from casedesk.rules.bail import CpsPause, Stay, bail, stage
from casedesk.rules.counting import add_days, day_of, end_of_day, months_beginning
from casedesk.rules.custody_facts import own_events


@dataclass(frozen=True, slots=True)
class BailPeriod:
    """One applicable bail period as the case tells it."""

    ends: datetime | None
    """Its last second; None while it stands still or nothing says when it ends."""
    months: int | None
    """How long it is in months from the day after arrest, where that is known."""
    paused: str = ""
    """Why it stands still, in words; empty while it runs."""
    doubts: tuple[str, ...] = ()
    """What cannot be so, in sentences."""
    how: Callable[[], Answer] | None = None
    """Tells how the end was found."""
    had_ended: datetime | None = None
    """When it had already ended before it was extended, where that is what is recorded."""


def bail_period(clocks: Clocks, file: CaseFile, custody_id: EntityId, custody: Custody) -> BailPeriod:
    """When the applicable bail period of an arrest ends, by everything the case holds.

    An end that the records system gives is taken as it stands, unless an extension recorded here goes past it,
    or a pause recorded here concerns it. Without one the period is counted from the arrest. Nothing raises but
    BadInputError for dates past the year 9999.
    """
    events = own_events(file, custody_id, custody, *_KINDS)
    if custody.arrested_at is not None and (events or not custody.bail_ends_on):
        return _counted(clocks, custody, custody.arrested_at, events)
    pauses = _pauses(events)
    if pauses and pauses[-1].requested is None:
        return BailPeriod(None, None, _awaiting_cps(pauses[-1].released))
    return (
        _recorded(clocks, custody, custody.bail_ends_on) if custody.bail_ends_on else BailPeriod(None, None)
    )


def next_stage(clocks: Clocks, months: int | None) -> Clock | None:
    """The stage of pre-charge bail that comes after a period of so many months; None where only guesswork could say.

    Past nine months an assistant chief constable or a court may decide; the court is given, as it always can.
    """
    if months is None:
        return None
    steps = [clocks.by_id.get(name) for name in ("ABP-1", "ABP-2", "ABP-M1")]
    later = [step for step in steps if step is not None and step.amount is not None and step.amount > months]
    return later[0] if later else clocks.by_id.get("ABP-M2")


def _recorded(clocks: Clocks, custody: Custody, moment: Moment) -> BailPeriod:
    """A period whose end the records system gives; the first of its days where only the month is known."""
    ends = earliest(moment) if len(moment) > len("2026-11-15") else end_of_day(earliest_day(moment))
    roughly = (
        ("Only the month in which the bail period ends is recorded: find the day",)
        if len(moment) == 7
        else ()
    )
    months = _plain_months(clocks, custody, day_of(ends)) or custody.bail_months

    def how() -> Answer:
        steps = (f"The records system says that the period ends {show_moment(moment)}.",)
        return Answer(ends, "", steps, "Records system", Confidence.SECONDARY, roughly, "ABP-0")

    return BailPeriod(ends, months, doubts=roughly, how=how)


def _counted(clocks: Clocks, custody: Custody, arrested: datetime, events: list[CaseEvent]) -> BailPeriod:
    """A period counted from the arrest, with what was recorded of it here."""
    said = earliest_day(custody.bail_ends_on) if custody.bail_ends_on else None
    known = _plain_months(clocks, custody, said) if said else None
    base = known or custody.bail_months or number(clocks["ABP-0"])
    extensions = [event for event in events if event.kind == EventKind.BAIL_EXTENSION]
    months = max(base, *(_number(event) for event in extensions), 1)
    count = _Count(clocks, arrested, _pauses(events), _stays(events))
    answer = count.of(months)
    if answer.due is None:
        since = next((pause.released for pause in count.pauses if pause.requested is None), None)
        why = _awaiting_cps(since) if since else "In hospital on the day the bail period would end"
        return BailPeriod(None, months, why, tuple(count.doubts), lambda: answer)
    ends = answer.due
    if said is not None and known is None:  # counted with something that is not recorded here
        ends = max(ends, end_of_day(said)) if extensions else end_of_day(said)
    courts = [end_of_day(day_of(event.until)) for event in extensions if event.until]
    if courts and max(courts) > ends:
        ends, months = max(courts), max(months, number(clocks["ABP-M1"]))
    if any(not _number(event) and event.until is None for event in extensions):
        count.doubts.append("A bail extension is recorded without its months or its end: record which")
    return BailPeriod(
        ends,
        months,
        doubts=tuple(count.doubts),
        how=lambda: _to(answer, ends),
        had_ended=_had_ended(count, base, extensions),
    )


class _Count:
    """Counts the periods of one arrest, with its pauses; without them where they cannot be so, which ends sooner."""

    def __init__(self, clocks: Clocks, arrested: datetime, pauses: list[CpsPause], stays: list[Stay]) -> None:
        self.clocks, self.arrested = clocks, arrested
        self.pauses, self.stays = pauses, stays
        self.doubts: list[str] = []
        self._known: dict[int, Answer] = {}

    def of(self, months: int) -> Answer:
        """The end of a period of so many months."""
        if months not in self._known:
            self._known[months] = self._worked_out(months)
        return self._known[months]

    def _worked_out(self, months: int) -> Answer:
        clock, _ = stage(self.clocks, months=months)
        try:
            return bail(self.clocks, self.arrested, clock, months, cps=self.pauses, hospital=self.stays)
        except BadInputError:
            if not self.pauses:
                raise
        self.doubts.append("A pause of the bail period is recorded at an impossible time: check the dates")
        self.pauses = []
        return self._worked_out(months)


def _had_ended(count: _Count, base: int, extensions: list[CaseEvent]) -> datetime | None:
    """The end that the first too late extension came after: PACE 1984 ss.47ZC–47ZG ask for it before."""
    lengths = _lengths(count.clocks)
    reached: datetime | None = None
    for event in extensions:
        months = _number(event)
        if event.at is None or not (months or event.until):
            continue
        before = max((length for length in lengths if length < months), default=None) if months else base
        ended = count.of(before).due if before else None
        if ended is not None and event.at > max(ended, reached or ended):
            return max(ended, reached or ended)
        reached = end_of_day(day_of(event.until)) if event.until else count.of(months).due
    return None


def _awaiting_cps(since: date) -> str:
    return f"Bail for a CPS decision since {day_words(since)}"


def _to(answer: Answer, ends: datetime) -> Answer:
    if answer.due == ends:
        return answer
    steps = (*answer.steps, f"Recorded as ending {instant_words(ends)}.")
    return Answer(ends, answer.rule, steps, answer.source, answer.status, answer.warnings, answer.clock)


def _plain_months(clocks: Clocks, custody: Custody, last: date) -> int | None:
    """The months of the period that ends on a day when nothing stopped it; None where none does."""
    if custody.arrested_at is None:
        return None
    first = add_days(day_of(custody.arrested_at), 1)
    return next((months for months in _lengths(clocks) if months_beginning(first, months) == last), None)


def _lengths(clocks: Clocks) -> list[int]:
    """The months that a police case's period can last, shortest first."""
    steps = [clocks.by_id.get(name) for name in ("ABP-0", "ABP-1", "ABP-2", "ABP-3", "ABP-M1")]
    return sorted({length for one in steps if one for length in (one.amount, *one.further) if length})


def _number(event: CaseEvent) -> int:
    """The months an extension gives in all; 0 where it gives none that can be."""
    return event.number if event.number and 0 < event.number <= _MOST_MONTHS else 0


def _pauses(events: list[CaseEvent]) -> list[CpsPause]:
    """Each time on bail for a CPS decision, with the request that ended it."""
    pauses: list[CpsPause] = []
    for event in events:
        if event.at is None:
            continue
        day = day_of(event.at)
        if event.kind == EventKind.CPS_BAIL and (not pauses or pauses[-1].requested is not None):
            pauses.append(CpsPause(day, None))
        elif event.kind == EventKind.CPS_REQUEST and pauses and pauses[-1].requested is None:
            pauses[-1] = CpsPause(pauses[-1].released, day)
    return pauses


def _stays(events: list[CaseEvent]) -> list[Stay]:
    return [
        Stay(day_of(event.at), day_of(event.until) if event.until else None)
        for event in events
        if event.kind == EventKind.IN_PATIENT and event.at is not None
    ]


_KINDS = (EventKind.BAIL_EXTENSION, EventKind.CPS_BAIL, EventKind.CPS_REQUEST, EventKind.IN_PATIENT)
_MOST_MONTHS = 600
"""More months than any period; a number above it is a slip of the hand."""
