"""Whether a case is still worked: asked by every subject before it counts anything."""

from casedesk.model.facts import CaseFile
from casedesk.model.words import Stage


def closed(file: CaseFile) -> bool:
    """Whether the case is finalised here, or filed in the records system and here neither reworked nor to be finalised.

    A crime that was keyed and then reopened here reads as filed in the records system until somebody opens it there.
    """
    stage = file.case.stage
    return stage == Stage.FINALISED or (
        file.case.record_status == "filed" and stage not in (Stage.RETURNED, Stage.SUBMITTED)
    )
