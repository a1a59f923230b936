"""One duty: what is owed to whom, since when, until when, and whether it was done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment
from casedesk.rules.answers import Answer
from casedesk.rules.rights import Rights


class State(StrEnum):
    """Where a duty stands at an instant."""

    MISSING_DATE = "missing-date"
    """It has begun, nobody recorded when: it is taken to be due now."""
    OVERDUE = "overdue"
    DUE = "due"
    """To be done, and in time; without a due instant, before something that has not happened."""
    NO_NUMBER = "no-number"
    """To be done; the source gives no number."""
    MET = "met"
    MET_LATE = "met-late"
    EXCUSED = "excused"
    PASSED = "passed"
    """The time in which somebody might or would act is over."""


OPEN = frozenset({State.MISSING_DATE, State.OVERDUE, State.DUE, State.NO_NUMBER})
"""The states of a duty that is still to be done."""
PROMISE = "PROMISE"
"""Stands in the place of a clock for a contact that was promised."""
CONDITION = "CONDITION"
"""Stands in the place of a clock for a condition of an out-of-court resolution."""
AGREED = "AGREED"
"""Stands in the place of a clock for the update interval agreed with a witness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One duty of a case, as it stands at an instant."""

    key: str
    """``clock/person/day``: the clock's id, the person's id in hex or ``-``, the day it began or ``-``. The same on
    every desk, whatever else is recorded."""
    clock: str
    """The id of the clock in the pack, :data:`PROMISE`, :data:`CONDITION` or :data:`AGREED`."""
    title: str
    """The clock's own title."""
    say: str
    """What is to be done, shortest."""
    owed_to: EntityId | None
    name: str
    """Of the person; ``victim``, ``witness`` or ``suspect`` where no name is recorded; empty where it is nobody's."""
    began: str
    """What started it, in words: ``suspect arrested``."""
    since: Moment | None
    """When that was; None where nobody recorded it."""
    due: datetime | None
    amount: int | None
    """The number counted, in the clock's unit."""
    state: State
    met_at: datetime | None = None
    """When it was done; None where only the fact is on record that it was."""
    met_by: EntityId | None = None
    """The contact or event that did it."""
    late_by: timedelta | None = None
    """How long after ``due`` it was done."""
    attempts: int = 0
    """How often somebody tried to reach the person for it in vain."""
    tried_at: datetime | None = None
    """When somebody last tried."""
    enhanced: bool = False
    """Whether ``due`` is the limit for a victim with enhanced rights, and a shorter one than the standard."""
    legal: bool = False
    """Whether ``due`` is a limit of law or of the Victims' Code, however well sourced, and not a target."""
    band: str = "rest"
    """The band of the queue when due today or overdue."""
    ahead: str = "rest"
    """The band before its last day."""
    window: bool = False
    """Whether it is a time in which somebody else may or will act, and never overdue."""
    who: str = ""
    """Who must act, in hyphenated words; empty for the case's owner."""
    excuse: str = ""
    """The reason recorded for its not being met."""
    purposes: frozenset[str] = frozenset()
    """What a contact that meets it may be for."""
    purpose: str = ""
    """What a contact for this duty alone is for; empty where no contact meets it."""
    limit: Answer | None = None
    """The limit on prosecution that ends a review's use, for the victim's request and the decision on it."""
    limit_warning: str = ""
    """What must be said of a review that the limit may overtake."""
    rights: Rights | None = None
    """The victim's rights, and why; None where they make no difference."""

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.state in OPEN
