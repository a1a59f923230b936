"""Somebody is detained, or is to attend: the next thing that must happen, and who must act.

PACE 1984 Part IV. Each critical moment of :mod:`casedesk.rules.custody_clock` is one factor.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile, Custody
from casedesk.model.ids import EntityId
from casedesk.model.moments import earliest, local
from casedesk.model.words import CustodyState
from casedesk.reference.clocks import Prompt
from casedesk.reference.packs import Packs
from casedesk.rules.answers import Answer, weakest
from casedesk.rules.counting import Span
from casedesk.rules.custody_clock import CriticalMoment, Detained, MomentKind, critical_moments, prompts
from casedesk.rules.custody_facts import (
    Held,
    appears_under_18,
    arrested_on_court_bail,
    before_a_justice,
    doubts_of_extension,
    first_known,
    held,
    kept_after_charge,
)
from casedesk.rules.due import due
from casedesk.rules.reasons.factor import STEP, Factor, when
from casedesk.rules.reasons.state import closed

_Rule = Callable[[CaseFile, EntityId, Custody, datetime, Packs], Iterator[Factor]]
_DAY = timedelta(days=1)
_UNCOUNTABLE = "The times of the detention cannot be counted: check them"


def liberty(file: CaseFile, now: datetime, packs: Packs) -> Iterator[Factor]:
    """Whoever is detained now, is kept after charge, or is to attend voluntarily."""
    for custody_id, custody in file.custody:
        if custody.state == CustodyState.VOLUNTARY:
            yield from _safely(_voluntary, file, custody_id, custody, now, packs)
        elif custody.state == CustodyState.DETAINED or kept_after_charge(custody):
            yield from _safely(_detained, file, custody_id, custody, now, packs)


def _safely(
    rule: _Rule, file: CaseFile, custody_id: EntityId, custody: Custody, now: datetime, packs: Packs
) -> Iterator[Factor]:
    """The factors of one custody record; what cannot be counted is itself one, due now."""
    try:
        yield from list(rule(file, custody_id, custody, now, packs))
    except (BadInputError, OverflowError):
        since = first_known(custody) or now
        yield Factor("liberty", _UNCOUNTABLE, since, who="custody-officer", subject=custody_id)


def _detained(
    file: CaseFile, custody_id: EntityId, custody: Custody, now: datetime, packs: Packs
) -> Iterator[Factor]:
    gone = _gone(file, custody, packs)
    if gone is not None and now >= gone:
        if not closed(file):
            said = "Charged; neither release nor first appearance is recorded: record which"
            yield Factor("rest", said, subject=custody_id)
        return
    told = _to_now(held(file, custody_id, custody, packs.offences), now)
    since = first_known(custody) or now
    ahead = _to_come(custody, now)
    if ahead is not None:
        said = "The arrest is recorded at a time still to come: check the times"
        yield Factor("liberty", said, since, _sooner(ahead, gone), who="custody-officer", subject=custody_id)
    for doubt, until in told.doubts(packs):
        yield Factor("liberty", doubt, since, _sooner(until, gone), who="custody-officer", subject=custody_id)
    if custody.state == CustodyState.DETAINED and custody.released_at is not None:
        return
    if arrested_on_court_bail(custody) and custody.arrested_at is not None:
        answer = before_a_justice(file, custody, custody.arrested_at, packs)
        yield _before_a_justice(custody_id, answer, answer.due or custody.arrested_at, now, gone)
        return
    if custody.charged_at is not None and custody.first_appearance_on is not None:
        return
    person = told.held.person
    if person is None:
        said = "In custody; relevant time missing: treat as due now"
        yield Factor("liberty", said, since, gone, who="custody-officer", subject=custody_id)
    else:
        for moment in critical_moments(packs.clocks, person, packs.bank_holidays):
            if not _idle(moment, custody):
                yield _factor(moment, told.held, person, custody_id, now, gone)
    yield from _appropriate_adult(file, custody_id, custody, "liberty", packs)
    if custody.charged_at is not None and appears_under_18(file, custody):
        prompt = packs.clocks.prompts.get("LA-ACCOMMODATION")
        yield Factor(
            "liberty",
            "Under 18 and refused bail: to local-authority accommodation, or a certificate why not",
            who="custody-officer",
            how=_saying((prompt,)) if prompt else None,
            subject=custody_id,
        )


def _gone(file: CaseFile, custody: Custody, packs: Packs) -> datetime | None:
    """When somebody is taken to be out of police hands although nobody recorded it; None: not by time alone.

    Whoever was charged: weeks after the latest first court, or as it passes if the case is closed. In a closed
    case whoever is told as detained: weeks after the arrest.
    """
    if custody.state == CustodyState.CHARGED and custody.charged_at is not None:
        court = due(packs.clocks, packs.clocks["CRT-1"], custody.charged_at, packs.bank_holidays).due
        return court + (timedelta() if closed(file) else packs.priority.coming) + STEP if court else None
    since = first_known(custody)
    return since + packs.priority.coming + STEP if closed(file) and since is not None else None


def _to_come(custody: Custody, now: datetime) -> datetime | None:
    """The last of the times of somebody who is held that lie in the future: a slip that would hide the clocks.

    The relevant time may do so: it can be 24 hours after an arrest elsewhere (s.41(2)-(5)).
    """
    times = (custody.arrested_at, custody.arrived_at, custody.authorised_at)
    return max((at for at in times if at is not None and at > now), default=None)


def _idle(moment: CriticalMoment, custody: Custody) -> bool:
    """Whether it is a review that cannot be counted of somebody who is only assumed to be kept."""
    return moment.kind is MomentKind.AUTHORISATION and custody.state == CustodyState.CHARGED


class _Told(NamedTuple):
    """A detention as it is told now: without reviews that lie in the future, which are doubts."""

    held: Held
    ahead: datetime | None
    """The first review that is still to come."""

    def doubts(self, packs: Packs) -> Iterator[tuple[str, datetime | None]]:
        """What cannot be so, and when time alone will mend it."""
        yield from ((doubt, None) for doubt in self.held.doubts)
        if self.ahead is not None:
            yield "A review is recorded that is still to come: check the times", self.ahead
        yield from ((doubt, None) for doubt in doubts_of_extension(packs.clocks, self.held))


def _to_now(told: Held, now: datetime) -> _Told:
    person = told.person
    ahead = min((at for at in person.reviews if at > now), default=None) if person else None
    if person and ahead:
        told = replace(told, person=replace(person, reviews=tuple(at for at in person.reviews if at <= now)))
    return _Told(told, ahead)


def _sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)


def _factor(
    moment: CriticalMoment,
    told: Held,
    person: Detained,
    custody_id: EntityId,
    now: datetime,
    gone: datetime | None,
) -> Factor:
    """One moment as a factor. ``gone``: when somebody charged is taken to be out of police hands, unrecorded."""
    answer = moment.answer
    sentence, changes = _sentence(moment, told, person, now)
    if told.assumed and moment.kind is MomentKind.END:
        sentence += "; relevant time taken from arrival"
    if told.held_unknown and moment.kind is MomentKind.END:
        sentence += "; sooner by the time held before bail, which is not recorded"
    return Factor(
        "liberty",
        sentence,
        moment.at,
        _sooner(changes, gone),
        clock=answer.clock if answer else "",
        who="custody-officer" if _has_run_out(moment, now) else moment.by,
        legal=moment.kind is not MomentKind.AUTHORISATION,
        how=(lambda: answer) if answer else None,
        subject=custody_id,
    )


def _has_run_out(moment: CriticalMoment, now: datetime) -> bool:
    """Whether it is an end of detention that has come: nobody can extend any more, s.42(4)."""
    return moment.kind is MomentKind.END and moment.at is not None and now >= moment.at


def _sentence(
    moment: CriticalMoment, told: Held, person: Detained, now: datetime
) -> tuple[str, datetime | None]:
    """What to say of a moment, and when time alone will change it."""
    at, who = moment.at, _by(moment.by)
    if moment.kind is MomentKind.AUTHORISATION:
        return "Detention is not recorded as authorised: its reviews cannot be counted", None
    if at is None:
        since = _standing_since(person.hospital)
        granted = person.warrant_until or person.extended_until
        return (
            f"Detention clock stands still: in hospital{f' since {when(since)}' if since else ''}"
            f"{f'; detention was authorised to {when(granted)}' if granted else ''}"
        ), None
    if moment.kind is MomentKind.REVIEW:
        if now <= at:
            return f"{moment.what} due by {when(at)}; {who}", at + STEP
        if told.postponed is not None:
            return (
                f"{moment.what} was due by {when(at)} and is postponed: as soon as practicable; {who}",
                None,
            )
        return f"{moment.what} overdue since {when(at)}; {who}", None
    if moment.kind is MomentKind.COURT:
        if now <= at:
            return f"First court at the next sitting, no later than {when(at)}", at + STEP
        return f"First court was due by {when(at)}: record the appearance or the release", None
    if _has_run_out(moment, now):
        return f"Detention limit passed {when(at)}: release, charge or show authority", None
    head, _, rest = moment.what.partition(";")
    head, _, colon = head.partition(":")
    return f"{head} {when(at)}{f':{colon}' if colon else ''}{f';{rest}' if rest else ''}", at


def _standing_since(hospital: tuple[Span, ...]) -> datetime | None:
    return min((stay.start for stay in hospital if stay.end is None), default=None)


def _before_a_justice(
    custody_id: EntityId, answer: Answer, at: datetime, now: datetime, gone: datetime | None
) -> Factor:
    """Arrested for breach of bail given after charge: Bail Act 1976 s.7(4), or for a charge of murder s.7(8)."""
    court = "a justice" if answer.clock == "B7-24" else "a judge"
    early = f"Before {court} by {when(at)}: arrested for breach of bail after charge"
    late = f"Was to be before {court} by {when(at)}: record the appearance"
    return Factor(
        "liberty",
        early if now <= at else late,
        at,
        _sooner(at + STEP if now <= at else None, gone),
        clock=answer.clock,
        who="custody-officer",
        legal=True,
        how=lambda: answer,
        subject=custody_id,
    )


def _appropriate_adult(
    file: CaseFile, custody_id: EntityId, custody: Custody, band: str, packs: Packs
) -> Iterator[Factor]:
    """An appropriate adult is wanted and none is recorded. After the clocks: it has no instant of its own."""
    young, voluntary = appears_under_18(file, custody), custody.state == CustodyState.VOLUNTARY
    if custody.appropriate_adult or not (young or custody.vulnerable):
        return
    who = "Appears under 18" if young else "Vulnerable"
    asked = prompts(packs.clocks, under_18=young, vulnerable=bool(custody.vulnerable), voluntary=voluntary)
    yield Factor(
        band,
        f"{who}: no appropriate adult recorded",
        who="custody-officer",
        how=_saying(asked),
        subject=custody_id,
    )


def _saying(asked: tuple[Prompt, ...]) -> Callable[[], Answer]:
    return lambda: Answer(
        None,
        "",
        tuple(f"{prompt.text} ({prompt.source})" for prompt in asked),
        "; ".join(dict.fromkeys(prompt.source for prompt in asked)),
        weakest(*(prompt.status for prompt in asked)),
    )


def _voluntary(
    file: CaseFile, custody_id: EntityId, custody: Custody, now: datetime, packs: Packs
) -> Iterator[Factor]:
    """A voluntary interview: no clock runs, but it must not be forgotten."""
    at = custody.arrived_at
    if at is None or closed(file):
        return
    asked = prompts(packs.clocks, voluntary=True)
    soon, stale = at - _DAY, at + packs.priority.coming
    if now <= at:
        band, changes = ("rest", soon) if now < soon else ("action", at + STEP)
        yield Factor(
            band, f"Voluntary interview {when(at)}", at, changes, how=_saying(asked), subject=custody_id
        )
        yield from _appropriate_adult(file, custody_id, custody, band, packs)
    elif now < stale and not _interviewed(file, custody, at):
        said = f"Voluntary interview was set for {when(at)}: record whether it was held"
        yield Factor("action", said, at, stale, how=_saying(asked), subject=custody_id)


def _interviewed(file: CaseFile, custody: Custody, at: datetime) -> bool:
    """Whether the suspect's interview under caution is recorded, that day or later."""
    midnight = local(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return any(
        suspect.interviewed_on is not None and earliest(suspect.interviewed_on) >= midnight
        for suspect_id, suspect in file.suspects
        if custody.suspect in (None, suspect_id)
    )


def _by(who: str) -> str:
    words = who.replace("-", " ")
    return f"{'an' if words[:1] in 'aeiou' else 'a'} {words} holds it"
