"""Approvals made on an earlier version of a case: what a colleague wrote meanwhile changed what was approved."""

from dataclasses import dataclass

from casedesk.desk.approved_facts import changed_since
from casedesk.desk.desk import Desk
from casedesk.desk.review_state import ReviewState, in_words, standing_approvals, state_of
from casedesk.model.ids import EntityId
from casedesk.store.finalised import read_finalisings
from casedesk.store.records import read_cases

MOST = 200
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Earlier:
    """A finalised crime that is to be looked at again."""

    case_id: EntityId
    ref: str
    state: ReviewState
    """``CHANGED`` or ``TWO_APPROVALS``."""
    approvals: str
    """The approvals that stand, with who gave them."""
    changed: tuple[str, ...]
    """What changed since, with who changed it."""


def earlier_approvals(desk: Desk, case_id: EntityId | None = None, most: int = MOST) -> list[Earlier]:
    """The crimes whose approval was of an earlier version, or that two people approved apart: the latest first.

    Without a case, those that more than one desk wrote in.
    """
    found: list[Earlier] = []
    ids = [case_id] if case_id else _candidates(desk)
    for start in range(0, len(ids), _BATCH):
        some = ids[start : start + _BATCH]
        left = read_finalisings(desk.store.connection, some)
        for bundle in read_cases(desk.store.connection, some):
            file = bundle.file
            state = state_of(file, left[file.id]) if file.id in left else ReviewState.TO_DO
            if state not in (ReviewState.CHANGED, ReviewState.TWO_APPROVALS):
                continue
            approvals = standing_approvals(left[file.id])
            changed = [
                said
                for key, one in approvals
                for said in changed_since(desk.store.connection, file, key, one)
            ]
            found.append(
                Earlier(
                    file.id, file.case.ref or "(no reference)", state, in_words(approvals),
                    tuple(dict.fromkeys(changed)),
                )
            )  # fmt: skip
            if len(found) >= most:
                return found
    return found


def _candidates(desk: Desk) -> list[EntityId]:
    """The cases with an approval in which another installation than the approver's wrote too."""
    return [
        EntityId(case_id)
        for (case_id,) in desk.store.connection.execute(
            "SELECT case_id FROM approval GROUP BY case_id HAVING EXISTS (SELECT 1 FROM op WHERE "
            "op.case_id = approval.case_id AND op.device <> json_extract(approval.heads, '$[0][0]')) "
            "ORDER BY max(hlc) DESC"
        )
    ]
