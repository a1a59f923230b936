"""When a closed case is to be reviewed: pack ``retention``, under the Code of Practice of July 2023."""

from collections.abc import Sequence
from datetime import date

from casedesk.model.facts import Case
from casedesk.model.moments import Moment, latest, local
from casedesk.model.words import Stage
from casedesk.reference.retention import RetentionGroup


def group_of(case: Case, groups: Sequence[RetentionGroup]) -> RetentionGroup:
    """The first group one of whose flags the case has; the last takes the rest."""
    flags = set(case.flags or ())
    return next((group for group in groups if group.flags & flags), groups[-1])


def closed_on(case: Case) -> date | None:
    """When the case was closed: its outcome date, or the last that its offence and record dates may mean.

    None while it is open, and where nothing is dated.
    """
    if case.record_status != "filed" and case.stage != Stage.FINALISED:
        return None
    known: list[Moment] = [
        at for at in (case.outcome_date, case.recorded_at, case.offence_to, case.offence_from) if at
    ]
    return local(latest(known[0])).date() if known else None


def review_day(case: Case, groups: Sequence[RetentionGroup]) -> date | None:
    """The day on which the case is to be reviewed; None while it is open.

    A review that kept the case sets its own next day.
    """
    if case.review_on:
        return local(latest(case.review_on)).date()
    closed = closed_on(case)
    if closed is None:
        return None
    year = closed.year + group_of(case, groups).review_after_years
    if (closed.month, closed.day) == (2, 29):
        return date(year, 3, 1)
    return closed.replace(year=year)
