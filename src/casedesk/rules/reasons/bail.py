"""Pre-charge bail and release under investigation: PACE 1984 ss.47ZA–47ZM.

Conditions end with the applicable bail period, so that a lapse asks for a safeguarding check. Release under
investigation has no limit in law: its review is a target of the team's own.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile, Custody
from casedesk.model.ids import EntityId
from casedesk.model.moments import earliest_day, local
from casedesk.model.words import CustodyState, EventKind, VictimKind
from casedesk.reference.packs import Packs
from casedesk.rules.answers import Answer, number
from casedesk.rules.bail_facts import BailPeriod, bail_period, next_stage
from casedesk.rules.counting import day_of, days_from, end_of_day
from casedesk.rules.custody_facts import first_known, own_events
from casedesk.rules.due import due
from casedesk.rules.reasons.factor import STEP, Factor, dated, when
from casedesk.rules.reasons.state import closed

_RUI = "RUI-REVIEW"


def bail(file: CaseFile, now: datetime, packs: Packs) -> Iterator[Factor]:
    """Whoever is on pre-charge bail or released under investigation, while the case is open.

    Bail after charge has no applicable bail period: it runs to the court (Bail Act 1976).
    """
    if not file.custody or closed(file):
        return
    for custody_id, custody in file.custody:
        try:
            if custody.state == CustodyState.BAILED and custody.charged_at is None:
                yield from list(_bailed(file, custody_id, custody, now, packs))
            elif custody.state == CustodyState.UNDER_INVESTIGATION:
                yield from list(_reviewed(file, custody_id, custody, custody.released_at, now, packs))
        except (BadInputError, OverflowError):
            since = first_known(custody) or now
            said = "The dates of bail or its review cannot be counted: check them"
            yield Factor("coming", said, since, subject=custody_id)


def _bailed(
    file: CaseFile, custody_id: EntityId, custody: Custody, now: datetime, packs: Packs
) -> Iterator[Factor]:
    period = bail_period(packs.clocks, file, custody_id, custody)
    for doubt in period.doubts:
        yield Factor("coming", doubt, subject=custody_id)
    if period.had_ended is not None and not _checked(file, custody_id, custody, period.had_ended):
        said = (
            f"Bail was extended after it had ended {dated(period.had_ended)}: check whether conditions stand"
        )
        yield Factor("safeguarding", said, period.had_ended, how=period.how, subject=custody_id)
    if period.ends is None and not period.paused:
        since = first_known(custody) or custody.released_at or custody.bail_return_at or now
        said = "On bail; the end of the applicable bail period is missing"
        yield Factor("coming", said, since, subject=custody_id)
    elif period.ends is None:
        said = f"{period.paused}: the bail period stands still"
        yield Factor("rest", said, clock="ABP-0", how=period.how, subject=custody_id)
    elif now > period.ends:
        yield from _lapsed(file, custody_id, custody, period, period.ends, now, packs)
        return
    else:
        yield _running(file, custody_id, custody, period, period.ends, now, packs)
    if custody.bail_return_at is not None:
        yield from _return(file, custody_id, custody, custody.bail_return_at, period.ends, now, packs)


def _running(
    file: CaseFile,
    custody_id: EntityId,
    custody: Custody,
    period: BailPeriod,
    ends: datetime,
    now: datetime,
    packs: Packs,
) -> Factor:
    """A period that has not ended: its end, and from each chase point on what is to be done about it."""
    chase = sorted(packs.priority.bail_chase, reverse=True)
    passed = sum(now >= ends - ahead for ahead in chase)
    guarded = _guards(file, custody)
    returns = custody.bail_return_at
    sentence = f"Bail period ends {dated(ends)}"
    if returns is not None and day_of(returns) == day_of(ends):
        sentence += f", return {local(returns):%H:%M}"
    if guarded and now >= ends - packs.priority.urgent:
        sentence += "; conditions protect the victim"
    step = next_stage(packs.clocks, period.months)
    if passed:
        can = _who_extends(step.by, number(step), period.months) if step else "extend or release before then"
        sentence += f"; {can}: {_CHASED[_tone(passed, len(chase))]}"
    return Factor(
        _band(ends, now, packs, guarded=guarded),
        sentence,
        ends,
        _next_change(ends, now, packs, chase),
        clock="ABP-0",
        who=step.by if step and passed else "",
        legal=True,
        how=period.how,
        subject=custody_id,
    )


def _who_extends(by: str, months: int, current: int | None) -> str:
    who = by.replace("-", " ")
    article = "an" if who[0] in "aeiou" else "a"
    if by == "magistrates":
        until = f" to {months} months" if current is not None and months > current else ""
        return f"only a court can extend it{until}"
    return f"{article} {who} can extend it to {months} months"


def _tone(passed: int, points: int) -> int:
    """Which words a chase point has: the first asks, the last warns, those between remind."""
    if passed == 1 and points > 1:
        return 0
    return 2 if passed == points else 1


def _next_change(ends: datetime, now: datetime, packs: Packs, chase: list[timedelta]) -> datetime:
    turns = [ends - ahead for ahead in (*chase, packs.priority.coming, packs.priority.urgent)]
    return min((turn for turn in turns if turn > now), default=ends + STEP)


def _band(at: datetime, now: datetime, packs: Packs, *, guarded: bool) -> str:
    if now < at - packs.priority.coming:
        return "rest"
    return "protection" if guarded and now >= at - packs.priority.urgent else "coming"


def _guards(file: CaseFile, custody: Custody) -> bool:
    """Whether conditions of bail stand between the suspect and a victim."""
    return bool(custody.conditions) and any(victim.kind != VictimKind.STATE for _, victim in file.victims)


def _lapsed(
    file: CaseFile,
    custody_id: EntityId,
    custody: Custody,
    period: BailPeriod,
    ends: datetime,
    now: datetime,
    packs: Packs,
) -> Iterator[Factor]:
    """A period that ended and nothing followed: a safeguarding check, and then a review as without bail."""
    if not _checked(file, custody_id, custody, ends):
        had = "conditions have ended" if custody.conditions else "any conditions have ended"
        said = f"Bail lapsed {dated(ends)}: {had}, safeguarding check; not if an application was made in time"
        yield Factor(
            "safeguarding", said, ends, clock="ABP-0", legal=True, how=period.how, subject=custody_id
        )
        return
    yield Factor("rest", f"Bail lapsed {dated(ends)}: record what follows", subject=custody_id)
    yield from _reviewed(file, custody_id, custody, ends, now, packs)


def _checked(file: CaseFile, custody_id: EntityId, custody: Custody, ends: datetime) -> bool:
    """Whether the safeguarding check was made after the period had ended."""
    checks = own_events(file, custody_id, custody, EventKind.SAFEGUARDED)
    return any(check.at is not None and check.at > ends for check in checks)


def _return(
    file: CaseFile,
    custody_id: EntityId,
    custody: Custody,
    returns: datetime,
    ends: datetime | None,
    now: datetime,
    packs: Packs,
) -> Iterator[Factor]:
    """The day to answer bail, where it is not the day on which the period ends."""
    if ends is not None and day_of(returns) == day_of(ends):
        return
    guarded = _guards(file, custody)
    if ends is not None and returns > ends:
        said = f"Bail return {dated(returns)} is after the bail period ends {dated(ends)}: bring it forward or extend"
        turns = [ends - ahead for ahead in (packs.priority.coming, packs.priority.urgent)]
        changes = min((turn for turn in turns if turn > now), default=None)
        band = _band(ends, now, packs, guarded=guarded)
        yield Factor(
            "coming" if band == "rest" else band, said, ends, changes, legal=True, subject=custody_id
        )
    elif now > returns:
        said = f"Bail return was {when(returns)}: record what followed"
        yield Factor("action", said, returns, subject=custody_id)
    else:
        turns = [returns - ahead for ahead in (packs.priority.coming, packs.priority.urgent)]
        changes = min((turn for turn in turns if turn > now), default=returns + STEP)
        band = _band(returns, now, packs, guarded=guarded)
        yield Factor(band, f"Bail return {when(returns)}", returns, changes, subject=custody_id)


def _reviewed(
    file: CaseFile,
    custody_id: EntityId,
    custody: Custody,
    released: datetime | None,
    now: datetime,
    packs: Packs,
) -> Iterator[Factor]:
    """The next review of a suspect who is neither on bail nor charged: the team's own target, not a limit."""
    clock = packs.clocks.by_id.get(_RUI)
    reviews = own_events(file, custody_id, custody, EventKind.RUI_REVIEW)
    last = reviews[-1].at if reviews else None
    since = max((one for one in (released, last) if one is not None), default=None)
    planned = end_of_day(earliest_day(custody.review_on)) if custody.review_on else None
    how = None
    if planned is not None and (last is None or planned > last):
        at = planned
    elif clock is None or clock.amount is None:
        return
    elif since is None:
        said = "Released under investigation; the date of release is missing: set a review"
        yield Factor("coming", said, subject=custody_id)
        return
    else:
        at = end_of_day(days_from(day_of(since), clock.amount))
        started = since

        def how() -> Answer:
            return due(packs.clocks, clock, started, packs.bank_holidays)

    starts = local(at).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    if now < starts:
        band, word, changes = "rest", "Review under investigation due", starts
    elif now <= at:
        band, word, changes = "coming", "Review under investigation due", at + STEP
    else:
        band, word, changes = "action", "Review under investigation overdue since", None
    by = clock.by if clock else ""
    yield Factor(band, f"{word} {when(at)}", at, changes, clock=_RUI, who=by, how=how, subject=custody_id)


_CHASED = (
    "ask now, the suspect to be heard first",
    "chase it, the suspect to be heard first",
    "last days, it must be decided before then",
)
