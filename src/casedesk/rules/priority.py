"""Why a case stands where it stands: every reason as a factor, the most pressing first.

The order is a convention (pack ``priority``); the limits behind it are law and cited where they are computed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from casedesk.model.facts import CaseFile
from casedesk.model.moments import earliest
from casedesk.model.words import Flag
from casedesk.reference.packs import Packs
from casedesk.rules.reasons.actions import actions
from casedesk.rules.reasons.bail import bail
from casedesk.rules.reasons.duties import duties
from casedesk.rules.reasons.factor import Factor
from casedesk.rules.reasons.liberty import liberty
from casedesk.rules.reasons.limits import limits
from casedesk.rules.reasons.record import record
from casedesk.rules.reasons.safeguarding import safeguarding


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


def place(file: CaseFile, now: datetime, packs: Packs) -> Placing:
    """Place a case in the queue as things stand at ``now``."""
    reasons = factors(file, now, packs)
    first = reasons[0]
    changes = [reason.changes_at for reason in reasons if reason.changes_at and reason.changes_at > now]
    return Placing(
        packs.priority.number(first.band), first.due, score(file), first.sentence, min(changes, default=None)
    )


def factors(file: CaseFile, now: datetime, packs: Packs) -> list[Factor]:
    """Every reason for a case's place, the most pressing first; never empty."""
    found = [factor for rule in _RULES for factor in rule(file, now, packs)]
    return sorted(
        found, key=lambda factor: (packs.priority.number(factor.band), factor.due or _end_of_time(now))
    )


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


_FLAGS = frozenset(flag.value for flag in Flag)
_RULES: tuple[Callable[[CaseFile, datetime, Packs], Iterator[Factor]], ...] = (
    liberty,
    limits,
    bail,
    safeguarding,
    duties,
    actions,
    record,
)
