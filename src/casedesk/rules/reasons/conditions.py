"""What out-of-court conditions ask for besides being kept in time: a decision on a breach, and completion.

That a condition falls due, or is overdue, is a duty (:mod:`casedesk.rules.owed.rolling`); that the limit on
prosecution runs on while conditions do, a limit (:mod:`casedesk.rules.reasons.limits`).
"""

from collections.abc import Iterator
from datetime import datetime

from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile, Condition
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_moment
from casedesk.model.text import clip
from casedesk.model.words import Stage
from casedesk.reference.packs import Packs
from casedesk.rules.breaches import undecided_breaches
from casedesk.rules.counting import end_of_day, working_days
from casedesk.rules.judged import first_day
from casedesk.rules.owed.rolling import is_running
from casedesk.rules.reasons.factor import STEP, Factor, when
from casedesk.rules.reasons.state import closed

_LONGEST = 60


def conditions(file: CaseFile, now: datetime, packs: Packs) -> Iterator[Factor]:
    """Conditions not complied with, that wait for a decision; an activity that is complete and not recorded so."""
    running = [(own, one) for own, one in file.conditions if one.resolution and is_running(one)]
    for own, one in undecided_breaches(file):
        if one.resolution and is_running(one):
            yield _breach(own, one, packs)
    if (
        running
        and file.case.stage == Stage.CLINIC
        and not closed(file)
        and all(one.done_on for _, one in running)
    ):
        yield Factor("out-of-court", "Every condition is complete: record that the resolution is")


def _breach(own: EntityId, one: Condition, packs: Packs) -> Factor:
    on = one.failed_on or one.due_on
    what = clip((one.what or "not described").rstrip("."), _LONGEST)
    said = f"Condition not complied with{f' on {show_moment(on)}' if on else ''}, to be decided on: {what}"
    if on is None:
        return Factor("out-of-court", said, subject=own)
    days = packs.resolutions.breach_days
    try:
        due = end_of_day(working_days(first_day(on), days, packs.bank_holidays.days))
    except (BadInputError, OverflowError):  # a day past the year 9999
        return Factor("out-of-court", said, subject=own)
    return Factor("out-of-court", f"{said} by {when(due)}", due, due + STEP, subject=own)
