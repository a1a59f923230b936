"""Why a case stands where it stands: every reason as a factor, the most pressing first.

The order is a convention (pack ``priority``); the limits behind it are law and cited where they are computed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from casedesk.model.facts import CaseFile, Custody, standing
from casedesk.model.moments import earliest, latest, local, show_moment
from casedesk.model.words import CustodyState, Flag, Stage, SuspectStatus
from casedesk.reference.priority import Priority


@dataclass(frozen=True, slots=True)
class Factor:
    """One reason for a case's place: its band, what is due, and the sentence that says so.

    ``changes_at`` is the moment when the mere passing of time will change this factor.
    """

    band: str
    sentence: str
    due: datetime | None = None
    changes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a case stands in the queue. ``score`` breaks ties within a band: higher first."""

    band: int
    due: datetime | None
    score: int
    sentence: str
    reband_at: datetime | None


_HARM = {
    Flag.SEXUAL: 40,
    Flag.CHILD_ABUSE: 40,
    Flag.DOMESTIC_ABUSE: 30,
    Flag.EXPLOITATION: 30,
    Flag.KNIFE: 25,
    Flag.HATE: 20,
}
_DAYS = 100_000
"""More than the days that a record may be old."""
_ENHANCED = 100 * _DAYS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEP = timedelta(microseconds=1)


def place(file: CaseFile, now: datetime, priority: Priority) -> Placing:
    """Place a case in the queue as things stand at ``now``."""
    reasons = factors(file, now, priority)
    first = reasons[0]
    changes = [reason.changes_at for reason in reasons if reason.changes_at and reason.changes_at > now]
    return Placing(
        priority.number(first.band), first.due, score(file), first.sentence, min(changes, default=None)
    )


def factors(file: CaseFile, now: datetime, priority: Priority) -> list[Factor]:
    """Every reason for a case's place, the most pressing first; never empty."""
    found = [factor for rule in _RULES for factor in rule(file, now, priority)]
    return sorted(found, key=lambda factor: (priority.number(factor.band), factor.due or _end_of_time(now)))


def score(file: CaseFile) -> int:
    """The tie-break within a band: enhanced-rights victim, then harm by flags, then the older first.

    It does not change with time, so that cases of one band keep their order.
    """
    enhanced = any(victim.enhanced for _, victim in file.victims)
    harm = max((_HARM.get(Flag(flag), 0) for flag in file.case.flags or () if flag in _FLAGS), default=0)
    return (_ENHANCED if enhanced else 0) + harm * _DAYS + _DAYS - 1 - _recorded_day(file)


def _recorded_day(file: CaseFile) -> int:
    """The day the crime was recorded, or happened where only that is known, counted from 1970; today's are largest."""
    since = file.case.recorded_at or file.case.reported_at or file.case.offence_from
    return min(max((earliest(since) - _EPOCH).days, 0), _DAYS - 1) if since else _DAYS - 1


def _end_of_time(now: datetime) -> datetime:
    return now + timedelta(days=100_000)


def _detention(file: CaseFile, now: datetime, priority: Priority) -> Iterator[Factor]:
    """PACE 1984 s.41(1): 24 hours from the relevant time; s.40(3)(a): first review within 6 hours of authorisation."""
    for _, custody in file.custody:
        if custody.state != CustodyState.DETAINED:
            continue
        if custody.relevant_at is None:
            yield Factor("liberty", "In custody; relevant time missing: treat as due now", now)
            continue
        ends = custody.relevant_at + priority.detention
        if now >= ends:
            yield Factor(
                "liberty", f"Detention limit passed {_when(ends)}: release, charge or show authority", ends
            )
            continue
        review = custody.authorised_at + priority.first_review if custody.authorised_at else None
        if review and now < review < ends:
            yield Factor("liberty", f"First review due by {_when(review)}", review, review)
        yield Factor("liberty", f"Detention ends {_when(ends)}: charge, release or extend", ends, ends)


def _bail(file: CaseFile, now: datetime, priority: Priority) -> Iterator[Factor]:
    """Pre-charge bail: PACE 1984 ss.47ZA–47ZD. Conditions end with the applicable bail period."""
    for _, custody in file.custody:
        if custody.state == CustodyState.BAILED:
            yield from _bail_end(file, custody, now, priority)


def _bail_end(file: CaseFile, custody: Custody, now: datetime, priority: Priority) -> Iterator[Factor]:
    ends = latest(custody.bail_ends_on) if custody.bail_ends_on else custody.bail_return_at
    if ends is None:
        yield Factor("coming", "On bail; the end of the applicable bail period is missing", now)
        return
    word = "Bail period ends" if custody.bail_ends_on else "Bail return"
    guarded = bool(custody.conditions) and bool(file.victims)
    if now > ends:
        yield Factor(
            "safeguarding", f"Bail lapsed {_when(ends)}: conditions have ended, safeguarding check", ends
        )
    elif now >= ends - priority.urgent:
        band = "protection" if guarded else "coming"
        kept = "; conditions protect the victim" if guarded else ""
        yield Factor(band, f"{word} {_when(ends)}{kept}", ends, ends + _STEP)
    elif now >= ends - priority.coming:
        yield Factor("coming", f"{word} {_when(ends)}", ends, ends - priority.urgent)
    else:
        yield Factor("rest", f"{word} {_when(ends)}", ends, ends - priority.coming)


def _safeguarding(file: CaseFile, now: datetime, priority: Priority) -> Iterator[Factor]:
    if Flag.DOMESTIC_ABUSE in (file.case.flags or ()) and any(
        suspect.status == SuspectStatus.WANTED for _, suspect in file.suspects
    ):
        yield Factor("safeguarding", "Domestic abuse and the suspect is wanted: check safeguarding")


def _victims(file: CaseFile, now: datetime, priority: Priority) -> Iterator[Factor]:
    """The next contact a victim was promised, unless a later contact was made."""
    contacts = standing(file.contacts)
    made = max((contact.at for _, contact in contacts if contact.made and contact.at), default=None)
    promised = [
        contact.next_at
        for _, contact in contacts
        if contact.next_at and contact.at and (made is None or contact.at >= made)
    ]
    if not promised:
        return
    due = max(promised)
    day_starts = local(due).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    if now > due:
        yield Factor("victim", f"Victim was promised contact by {_when(due)}", due)
    elif now >= day_starts:
        yield Factor("victim", f"Victim contact promised by {_when(due)}", due, due + _STEP)
    else:
        yield Factor("rest", f"Victim contact promised by {_when(due)}", due, day_starts)


def _actions(file: CaseFile, now: datetime, priority: Priority) -> Iterator[Factor]:
    if file.case.stage == Stage.RETURNED:
        note = f": {file.case.stage_note}" if file.case.stage_note else ""
        yield Factor("action", f"Returned for rework{note}")
    for _, action in file.actions:
        if action.done_at or not action.due_at:
            continue
        what = action.what or "Action"
        if now >= action.due_at - timedelta(days=1):
            late = "overdue since" if now > action.due_at else "due"
            yield Factor(
                "action", f"{what} {late} {_when(action.due_at)}", action.due_at, action.due_at + _STEP
            )
        else:
            yield Factor(
                "rest", f"{what} due {_when(action.due_at)}", action.due_at, action.due_at - timedelta(days=1)
            )


def _standing(file: CaseFile, now: datetime, priority: Priority) -> Iterator[Factor]:
    """Where the record itself stands: always one factor, so that every case has its sentence."""
    case = file.case
    if case.stage == Stage.FINALISED:
        yield Factor("closed", f"Finalised with outcome {case.outcome or '(none)'}")
    elif case.record_status == "filed":
        said = f"outcome {case.outcome}" if case.outcome else case.outcome_text or "no outcome recorded"
        yield Factor("closed", f"Filed: {said}")
    elif case.outcome:
        yield Factor("rest", f"Outcome {case.outcome} proposed: to be checked")
    elif any(custody.state == CustodyState.UNDER_INVESTIGATION for _, custody in file.custody):
        yield Factor("rest", "Released under investigation: no conditions, no time limit; review")
    else:
        since = case.recorded_at or case.reported_at or case.offence_from
        yield Factor(
            "rest", f"Under investigation since {show_moment(since)}" if since else "Under investigation"
        )


def _when(instant: datetime) -> str:
    """A due time that stays true as days pass: ``Sat 21 Nov 02:40``."""
    here = local(instant)
    return f"{here:%a} {here.day} {here:%b %H:%M}"


_FLAGS = frozenset(flag.value for flag in Flag)
_RULES: tuple[Callable[[CaseFile, datetime, Priority], Iterator[Factor]], ...] = (
    _detention,
    _bail,
    _safeguarding,
    _victims,
    _actions,
    _standing,
)
