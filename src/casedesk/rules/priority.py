"""Why a case stands where it stands: every reason as a factor, the most pressing first.

The order is a convention (pack ``priority``); the limits behind it are law and cited where they are computed.
Cases stand by band, then by what is due first, then by :class:`TieBreak`: harm never moves a case past a clock.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from casedesk.model.facts import CaseFile
from casedesk.model.moments import Moment, earliest
from casedesk.model.words import Stage
from casedesk.reference.packs import Packs
from casedesk.rules.reasons.actions import actions
from casedesk.rules.reasons.appointments import appointments
from casedesk.rules.reasons.bail import bail
from casedesk.rules.reasons.conditions import conditions
from casedesk.rules.reasons.duties import duties
from casedesk.rules.reasons.factor import Factor
from casedesk.rules.reasons.liberty import liberty
from casedesk.rules.reasons.limits import limits
from casedesk.rules.reasons.record import record
from casedesk.rules.reasons.safeguarding import safeguarding
from casedesk.rules.reasons.state import closed
from casedesk.rules.thor import harm, people
from casedesk.rules.waiting import waiting_on


class Placing(NamedTuple):
    """Where a case stands in the queue. ``score`` breaks ties within a band: higher first."""

    band: int
    due: datetime | None
    score: int
    sentence: str
    reband_at: datetime | None
    factors: tuple[Factor, ...] = ()
    """Every reason, the most pressing first."""
    waiting: str = ""
    """Who else the case waits for; empty while it is for its owner to move."""
    waiting_since: datetime | None = None


MOST_FACTORS = 200
"""How many reasons of one case are kept: more than anybody reads, and fewer than slow the queue (convention)."""
_DAYS = 100_000
"""More than the days that a record may be old."""
_HARMS = 10_000
"""More than the highest THOR total."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class TieBreak(NamedTuple):
    """What orders cases of one band that are due at the same time; compared part by part.

    It does not change with time, so that such cases keep their order.
    """

    enhanced: bool
    """A victim has enhanced rights."""
    young: bool
    """A suspect or victim was under 18."""
    harm: int
    """THOR total (:func:`casedesk.rules.thor.harm`)."""
    age: int
    """Larger for the older: the days from the day it was recorded, or happened, to one far ahead."""

    @property
    def score(self) -> int:
        """The same as one number: higher first."""
        return ((self.enhanced * 2 + self.young) * _HARMS + self.harm) * _DAYS + self.age


def place(file: CaseFile, now: datetime, packs: Packs) -> Placing:
    """Place a case in the queue as things stand at ``now``. Closed cases are ordered by age alone."""
    reasons = factors(file, now, packs)
    first = reasons[0]
    if first.band == "closed":
        score, waiting, since = _age(file), "", None
    else:
        score = tie_break(file, packs).score
        waiting, since = waiting_on(file)
    changes = [reason.changes_at for reason in reasons if reason.changes_at and reason.changes_at > now]
    return Placing(
        packs.priority.number(first.band),
        first.due,
        score,
        first.sentence,
        min(changes) if changes else None,
        tuple(reasons),
        waiting,
        since,
    )


def factors(file: CaseFile, now: datetime, packs: Packs) -> list[Factor]:
    """The reasons for a case's place, the most pressing first; never empty.

    Of more than :data:`MOST_FACTORS` the rest are one, that says how many they are.
    """
    if _is_bare(file):
        return list(record(file, now, packs))
    found = [factor for rule in _RULES for factor in rule(file, now, packs)]
    if len(found) == 1:
        return found
    bands, never = packs.priority.bands, now + timedelta(days=_DAYS)
    found.sort(key=lambda factor: (bands[factor.band].number, factor.due or never))
    return found if len(found) <= MOST_FACTORS else [*found[:MOST_FACTORS], _the_rest(found[MOST_FACTORS:])]


def _the_rest(left_out: list[Factor]) -> Factor:
    """What stands in the place of the less pressing reasons; it changes when the first of them does."""
    changes = min((one.changes_at for one in left_out if one.changes_at is not None), default=None)
    said = f"{len(left_out):,} more reasons, all less pressing, are not shown"
    return Factor(left_out[0].band, said, changes_at=changes)


def tie_break(file: CaseFile, packs: Packs) -> TieBreak:
    """What orders this case among those of its band that are due when it is."""
    who = people(file)
    return TieBreak(who.enhanced, who.young_victim or who.young_suspect, harm(file, packs, who), _age(file))


def _is_bare(file: CaseFile) -> bool:
    """Whether nobody and nothing hangs on a case in which no clock can run: most of a large store.

    Without anybody only a limit on prosecution could run, in an open case with an offence code.
    """
    return (
        (not file.case.offence_code or closed(file))
        and file.case.stage != Stage.RETURNED
        and not (
            file.custody
            or file.suspects
            or file.victims
            or file.actions
            or file.contacts
            or file.events
            or file.conditions
            or file.witnesses
            or file.appointments
        )
    )


def _age(file: CaseFile) -> int:
    since = recorded_on(file)
    if since is None:
        return 0
    return _DAYS - 1 - min(max((earliest(since) - _EPOCH).days, 0), _DAYS - 1)


def recorded_on(file: CaseFile) -> Moment | None:
    """When the crime was recorded, or reported, or happened, where only that is known: the older case goes first."""
    return file.case.recorded_at or file.case.reported_at or file.case.offence_from


_RULES: tuple[Callable[[CaseFile, datetime, Packs], Iterator[Factor]], ...] = (
    liberty,
    limits,
    bail,
    safeguarding,
    duties,
    conditions,
    appointments,
    actions,
    record,
)
"""The reasons for a case's place in the queue, by what they are about: each module yields factors."""
