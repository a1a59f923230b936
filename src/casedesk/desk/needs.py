"""What the latest needs assessment of a suspect says, for a decision: the pathways with their scores."""

from casedesk.desk.assessment import Sitting, assessments, read
from casedesk.desk.desk import Desk
from casedesk.desk.matter import Matter
from casedesk.rules.forms import NeedScore, Trigger


def sitting_of(desk: Desk, matter: Matter) -> Sitting | None:
    """The latest assessment that was not given up; None where there is none."""
    found = matter.assessment
    return read(desk, matter.case_id, found[0]) if found is not None else None


def open_matters(desk: Desk, matter: Matter) -> tuple[Trigger, ...]:
    """What any assessment of the suspect raised, holds a resolution, and nothing is recorded of.

    One that was given up counts, and one before the latest: what was said was said. What was recorded in a later
    assessment answers the same matter of an earlier one.
    """
    found: dict[str, Trigger] = {}
    for own, _ in assessments(desk, matter.case_id, matter.suspect):
        sitting = read(desk, matter.case_id, own)
        found = {name: one for name, one in found.items() if name not in sitting.records}
        found |= {one.id: one for one in sitting.open_triggers() if one.holds}
    return tuple(found.values())


def needs_of(desk: Desk, matter: Matter) -> tuple[NeedScore, ...]:
    """The pathways that were judged, the greatest need first."""
    sitting = sitting_of(desk, matter)
    if sitting is None:
        return ()
    judged = [one for one in sitting.scores().values() if one.score is not None]
    return tuple(sorted(judged, key=lambda one: -(one.score or 0)))


def need_scores(desk: Desk, matter: Matter) -> dict[str, int]:
    """The score of each pathway that was judged: 0 none, 1 some, 2 significant."""
    return {one.pathway: one.score or 0 for one in needs_of(desk, matter)}
