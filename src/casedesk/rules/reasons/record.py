"""Where the record itself stands."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from casedesk.model.facts import Case, CaseFile
from casedesk.model.moments import Moment, show_moment
from casedesk.model.words import CustodyState, Stage
from casedesk.reference.packs import Packs
from casedesk.rules.reasons.factor import Factor
from casedesk.rules.reasons.state import closed


def record(file: CaseFile, now: datetime, packs: Packs) -> Iterator[Factor]:
    """Where the record itself stands: always one factor, so that every case has its sentence."""
    case = file.case
    code = _code(case)
    if case.stage == Stage.FINALISED:
        yield Factor("closed", f"Finalised with {code or 'outcome (none)'}")
    elif closed(file):
        yield Factor("closed", f"Filed: {code or case.outcome_text or 'no outcome recorded'}")
    elif code:
        yield Factor("rest", f"{code[0].upper()}{code[1:]} proposed: to be checked")
    elif any(custody.state == CustodyState.UNDER_INVESTIGATION for _, custody in file.custody):
        yield Factor("rest", "Released under investigation: no conditions, no time limit; review")
    else:
        since = case.recorded_at or case.reported_at or case.offence_from
        yield Factor("rest", f"Under investigation since {_shown(since)}" if since else "Under investigation")


def _code(case: Case) -> str:
    """What the record is to be closed with, in words; empty where nothing is proposed."""
    if case.outcome:
        return f"outcome {case.outcome}"
    return f"cancellation {case.cancel_code}" if case.cancel_code else ""


@lru_cache(maxsize=4096)
def _shown(moment: Moment) -> str:
    """Many cases of an extract share a day, or a month: each is put into words once."""
    return show_moment(moment)
