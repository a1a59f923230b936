"""Where the record itself stands."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from casedesk.model.facts import CaseFile
from casedesk.model.moments import Moment, show_moment
from casedesk.model.words import CustodyState, Stage
from casedesk.reference.packs import Packs
from casedesk.rules.reasons.factor import Factor


def record(file: CaseFile, now: datetime, packs: Packs) -> Iterator[Factor]:
    """Where the record itself stands: always one factor, so that every case has its sentence."""
    case = file.case
    if case.stage == Stage.FINALISED:
        yield Factor("closed", f"Finalised with outcome {case.outcome or '(none)'}")
    elif case.record_status == "filed":
        said = f"outcome {case.outcome}" if case.outcome else case.outcome_text or "no outcome recorded"
        yield Factor("closed", f"Filed: {said}")
    elif case.outcome:
        yield Factor("rest", f"Outcome {case.outcome} proposed: to be checked")
    elif any(custody.state == CustodyState.UNDER_INVESTIGATION for _, custody in file.custody):
        yield Factor("rest", "Released under investigation: no conditions, no time limit; review")
    else:
        since = case.recorded_at or case.reported_at or case.offence_from
        yield Factor("rest", f"Under investigation since {_shown(since)}" if since else "Under investigation")


@lru_cache(maxsize=4096)
def _shown(moment: Moment) -> str:
    """Many cases of an extract share a day, or a month: each is put into words once."""
    return show_moment(moment)
