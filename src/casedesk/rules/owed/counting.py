"""When a duty falls due, quickly: the queue asks for every case, and asks how only when somebody looks."""

from collections.abc import Collection
from datetime import date, datetime
from functools import lru_cache

from casedesk.model.errors import BadInputError
from casedesk.model.moments import Moment, earliest
from casedesk.reference.calendar import BankHolidays
from casedesk.reference.clocks import Clock, Count
from casedesk.rules.counting import days_from, end_of_day, working_days
from casedesk.rules.due import counted
from casedesk.rules.judged import first_day

_HOURS = (Count.ELAPSED_HOURS, Count.HOURS_SKIPPING_DAYS)


def event_of(clock: Clock, since: Moment) -> date:
    """The day or instant a clock counts from: the earliest that the moment may mean."""
    return earliest(since) if len(since) == 20 or clock.rule in _HOURS else first_day(since)


def ends(clock: Clock, since: Moment, amount: int, holidays: BankHolidays) -> datetime | None:
    """When ``amount`` of a clock's units from a moment are over; None when that cannot be counted."""
    try:
        if clock.rule is Count.WORKING_DAYS:
            return _working_days(first_day(since), amount, holidays.days)
        if clock.rule is Count.DAYS_FROM:
            return end_of_day(days_from(first_day(since), amount))
        if clock.rule is None:
            return None
        event = event_of(clock, since)
        return counted(clock.rule, event, amount, holidays, off=clock.off, next_day=clock.next_day).due
    except (BadInputError, OverflowError):
        return None


@lru_cache(maxsize=16384)
def _working_days(day: date, amount: int, bank_holidays: Collection[date]) -> datetime:
    return end_of_day(working_days(day, amount, bank_holidays))
