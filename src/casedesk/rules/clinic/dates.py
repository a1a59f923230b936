"""The days of conditions: when the last is due, and by when they must be."""

from collections.abc import Sequence
from datetime import date, timedelta

from casedesk.model.facts import Condition
from casedesk.reference.eligibility import Eligibility
from casedesk.rules.clinic.known import ClinicFacts
from casedesk.rules.judged import last_day


def last_allowed(book: Eligibility, facts: ClinicFacts) -> date | None:
    """The last day to prosecute less the buffer; None where no limit is known to run."""
    if facts.limit_day is None:
        return None
    buffer = timedelta(days=book.limits.buffer_days)
    return facts.limit_day - buffer if facts.limit_day - date.min > buffer else date.min


def latest_due(conditions: Sequence[Condition]) -> date | None:
    """The day the last of the conditions is due, as far as days are recorded; None where none is."""
    return max((last_day(one.due_on) for one in conditions if one.due_on), default=None)


def all_due_by(conditions: Sequence[Condition], last: date) -> bool | None:
    """Whether every condition is due by a day; None where one that may not be has no day recorded."""
    latest = latest_due(conditions)
    if latest is not None and latest > last:
        return False
    return None if any(not one.due_on for one in conditions) else True


def alert_reached(book: Eligibility, facts: ClinicFacts) -> int | None:
    """The nearest of the pack's alerts that the limit on prosecution has come to, in days; None where none yet."""
    if facts.limit_day is None:
        return None
    left = (facts.limit_day - facts.today).days
    return min((days for days in book.limits.alert_days if left <= days), default=None)
