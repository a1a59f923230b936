"""Whether a case is still worked: asked by every subject before it counts anything."""

from casedesk.model.facts import CaseFile
from casedesk.model.words import Stage


def closed(file: CaseFile) -> bool:
    """Whether the case is finalised here or filed in the records system, and has not come back for rework."""
    stage = file.case.stage
    return stage == Stage.FINALISED or (file.case.record_status == "filed" and stage != Stage.RETURNED)
