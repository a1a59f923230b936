"""Predicates about the time limit for starting a prosecution. The limits are in the ``clocks`` pack."""

from datetime import date

from casedesk.model.errors import BadInputError
from casedesk.reference.offences import Offence
from casedesk.rules.judged import Judged, first_day, last_day
from casedesk.rules.limits import Alleged, prosecution_limit
from casedesk.rules.people import offence_days
from casedesk.rules.predicates.registry import predicate

DOMESTIC_ASSAULT = "STL-39A"
"""The clock of a common assault or battery that is domestic abuse (CJA 1988 s.39A)."""


@predicate
def offence_has_time_limit(judged: Judged) -> bool | None:
    """The recorded offence has a limit for starting proceedings, which in general only summary ones have.

    MCA 1980 s.127: clocks STL-127 and STL-NONE. Not judged where the offence list does not know the code.
    """
    offence = _offence(judged)
    return offence.mode.summary_only if offence else None


@predicate
def offence_without_own_limit(judged: Judged) -> bool | None:
    """The offence has no limit of its own, so the day it ran out can be counted from the offence."""
    clock = judged.reference.clocks.by_offence.get(judged.case.offence_code or "")
    return clock is None or clock.id == DOMESTIC_ASSAULT


@predicate
def time_limit_passed(judged: Judged) -> bool | None:
    """The limit for a summary offence had run out on the outcome date (MCA 1980 s.127(1): STL-127).

    Fails while the soonest it can have run out is still ahead. An offence with a later limit of its own is
    never failed wrongly, only let pass.
    """
    ends = _ends(judged, domestic=False)
    return _passed(judged, ends) if ends else None


@predicate
def domestic_assault_limit_passed(judged: Judged) -> bool | None:
    """The longer limit for a domestic-abuse common assault had run out too (CJA 1988 s.39A: STL-39A).

    Not judged without a first qualifying statement or interview, or while the ordinary limit still runs.
    """
    clock = judged.reference.clocks.by_offence.get(judged.case.offence_code or "")
    if clock is None or clock.id != DOMESTIC_ASSAULT or judged.case.first_statement_on is None:
        return None
    ordinary, longer = _ends(judged, domestic=False), _ends(judged, domestic=True)
    if ordinary is None or longer is None or _passed(judged, ordinary) is False:
        return None
    return _passed(judged, longer)


def _offence(judged: Judged) -> Offence | None:
    code = judged.case.offence_code
    return judged.reference.offences.get(code) if code else None


def _passed(judged: Judged, ends: tuple[date, date]) -> bool | None:
    """Whether the outcome lies surely after a limit whose last day is one of these or between them."""
    first, last = judged.outcome_days
    if last <= ends[0]:
        return False
    return True if first > ends[1] else None


def _ends(judged: Judged, *, domestic: bool) -> tuple[date, date] | None:
    """The soonest and the latest day the limit may have ended; None without one or where it is unclear."""
    offence, days, statement = _offence(judged), offence_days(judged), judged.case.first_statement_on
    if offence is None or days is None or not offence.mode.summary_only:
        return None
    stated = (first_day(statement), last_day(statement)) if domestic and statement else (None, None)
    ends = []
    for day, said in zip(days, stated, strict=True):
        alleged = Alleged(
            offence=day, code=offence.code, mode=offence.mode, domestic_abuse=domestic, statement=said
        )
        try:
            limit = prosecution_limit(judged.reference.clocks, alleged)
        except BadInputError:
            return None
        if limit.due is None:
            return None
        ends.append(limit.due.date())
    return min(ends), max(ends)
