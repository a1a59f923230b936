"""A victim's review of a summary-only offence against the limit on prosecution: past it a review can change nothing."""

from datetime import datetime
from typing import NamedTuple

from casedesk.model.facts import CaseFile
from casedesk.model.moments import Moment
from casedesk.reference.packs import Packs
from casedesk.rules.answers import Answer
from casedesk.rules.judged import first_day, london_day
from casedesk.rules.limits import review_before_limit
from casedesk.rules.prosecution_facts import summary_limit

_REQUEST, _DECISION = "VRR-REQ", "VRR-DEC"
REVIEWS = frozenset({_REQUEST, _DECISION})
"""The clocks of a review by the police that the limit may overtake."""


class ReviewLimit(NamedTuple):
    """When the victim's time to ask, or the force's to decide, ends; and what the limit has to do with it."""

    due: datetime | None
    limit: Answer | None
    """The limit on prosecution, where it ends sooner than the scheme alone would."""
    warning: str


NO_LIMIT = ReviewLimit(None, None, "")
"""Of a duty that no limit on prosecution concerns."""


def review_limit(
    clock_id: str, file: CaseFile, since: Moment, due: datetime | None, now: datetime, packs: Packs
) -> ReviewLimit:
    """The time to ask ends with the limit; the time to decide stays as it is, and the limit is said beside it."""
    limit = summary_limit(file, packs)
    if limit is None or limit.due is None:
        return ReviewLimit(due, None, "")
    ask = clock_id == _REQUEST
    asked = london_day(now) if ask else first_day(since)
    try:
        warning = review_before_limit(packs.clocks, limit, asked, packs.bank_holidays) or ""
    except OverflowError:
        warning = ""
    sooner = due is not None and limit.due < due
    return ReviewLimit(min(due, limit.due) if ask and due else due, limit if sooner else None, warning)
