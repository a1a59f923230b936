"""Predicates about dates: whether they can follow each other as they stand. A month or a day counts as it may mean."""

from itertools import pairwise

from casedesk.model.moments import earliest, latest
from casedesk.rules.counting import working_days
from casedesk.rules.judged import Judged, first_day, last_day
from casedesk.rules.people import told_on, victims_in_person
from casedesk.rules.predicates.registry import predicate

Words = tuple[str, ...]


@predicate
def dates_in_order(judged: Judged, *, dates: Words) -> bool | None:
    """No one of these dates of the case lies before an earlier one of the list; those not recorded are left out."""
    case = judged.case
    found = [at for name in dates if (at := getattr(case, name)) is not None]
    if len(found) < 2:
        return None
    return all(sooner == later or last_day(later) >= first_day(sooner) for sooner, later in pairwise(found))


@predicate
def not_after_outcome(judged: Judged, *, dates: Words) -> bool | None:
    """None of these dates of the case lies after the outcome date."""
    case, until = judged.case, judged.outcome_days[1]
    if case.outcome_date is None:
        return None
    return all(first_day(at) <= until for name in dates if (at := getattr(case, name)) is not None)


@predicate
def not_dated_in_future(judged: Judged, *, dates: Words) -> bool | None:
    """None of these dates of the case lies after today."""
    case, today = judged.case, judged.today
    return all(first_day(at) <= today for name in dates if (at := getattr(case, name)) is not None)


@predicate
def recorded_in_time(judged: Judged, *, hours: int) -> bool | None:
    """The crime was recorded within so many hours of the report; days and months are judged by what they may mean."""
    reported, recorded = judged.case.reported_at, judged.case.recorded_at
    if reported is None or recorded is None:
        return None
    return (earliest(recorded) - latest(reported)).total_seconds() <= hours * 3600


@predicate
def victim_told_in_time(judged: Judged, *, clock: str) -> bool | None:
    """The victim was told of the outcome within the working days of this clock, fewer where rights are enhanced.

    Not judged where nobody was told, or the outcome has no date.
    """
    limit = judged.reference.clocks.by_id.get(clock)
    if judged.case.outcome_date is None or limit is None or limit.amount is None:
        return None
    told, decided = told_on(judged), judged.outcome_days[1]
    if told is None or told <= decided:
        return None if told is None else True
    enhanced = any(victim.enhanced for victim in victims_in_person(judged))
    days = limit.enhanced if enhanced and limit.enhanced is not None else limit.amount
    return told <= working_days(decided, days, judged.reference.bank_holidays.days)
