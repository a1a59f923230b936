"""Where a crime stands in the review, told from its facts and what finalising left behind. Reads nothing."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from casedesk.desk.approved_facts import digest, is_changed
from casedesk.model.facts import CaseFile, standing
from casedesk.model.finalising import Approval, Finalising, Hold, Return, Ruling
from casedesk.model.ids import EntityId
from casedesk.model.moments import earliest_day, show_moment
from casedesk.model.words import Stage


class ReviewState(StrEnum):
    """Where a crime stands in the review."""

    TO_DO = "to do"
    ACCEPTED = "accepted"
    CHANGED = "changed since finalised"
    TWO_APPROVALS = "two approvals"
    """Two people approved it apart from each other, and not alike."""
    RETURNED = "returned"
    RESUBMITTED = "resubmitted"
    """Returned, and worked on since."""
    HELD = "held"
    REFERRED = "referred"
    """A ruling is awaited."""


def standing_approvals(left: Finalising) -> tuple[tuple[EntityId, Approval], ...]:
    """The approvals that stand: not reopened, corrected or undone. More than one where two desks worked apart."""
    return standing(left.approvals)


def standing_approval(left: Finalising) -> tuple[EntityId, Approval] | None:
    """The approval that stands, the latest where there are several; None where the crime is not finalised."""
    approvals = standing_approvals(left)
    return approvals[-1] if approvals else None


def differing_approvals(left: Finalising) -> tuple[tuple[EntityId, Approval], ...]:
    """The approvals that stand where they do not say the same; otherwise none."""
    approvals = standing_approvals(left)
    said = {(one.outcome, one.outcome_date, one.ho_class) for _, one in approvals}
    return approvals if len(said) > 1 else ()


def standing_returns(left: Finalising) -> tuple[tuple[EntityId, Return], ...]:
    """Every return that was not taken back, in order: one for each round."""
    return standing(left.returns)


def standing_holds(left: Finalising) -> tuple[tuple[EntityId, Hold], ...]:
    """The holds that were not released."""
    return standing(left.holds)


def open_rulings_of(left: Finalising) -> tuple[tuple[EntityId, Ruling], ...]:
    """The questions that nobody has answered."""
    return tuple((key, one) for key, one in left.rulings if one.kind and not one.answer)


def last_return(left: Finalising) -> tuple[EntityId, Return] | None:
    """The latest return, unless the crime was finalised since; None where it was not returned."""
    returns = standing_returns(left)
    if not returns:
        return None
    at = returns[-1][1].at
    approved = [one.at for _, one in left.approvals if one.at is not None and not one.withdrawn]
    return None if at is not None and any(one > at for one in approved) else returns[-1]


def is_resubmitted(file: CaseFile, left: Finalising) -> bool:
    """Whether a crime that was returned has been worked on since: its facts differ, or it was submitted again."""
    last = last_return(left)
    if last is None:
        return False
    return file.case.stage == Stage.SUBMITTED or last[1].facts != digest(file)


def is_overdue(file: CaseFile, left: Finalising, today: date) -> bool:
    """Whether a crime that was returned is past the day on which it was wanted back, and not back."""
    last = last_return(left)
    due = last[1].due_on if last else None
    waits = due is not None and state_of(file, left) is ReviewState.RETURNED
    return waits and due is not None and earliest_day(due) < today


def state_of(file: CaseFile, left: Finalising) -> ReviewState:
    """Where a crime stands in the review."""
    if file.case.stage == Stage.FINALISED and (approvals := standing_approvals(left)):
        if differing_approvals(left):
            return ReviewState.TWO_APPROVALS
        changed = all(is_changed(file, one) for _, one in approvals)
        return ReviewState.CHANGED if changed else ReviewState.ACCEPTED
    if standing_holds(left):
        return ReviewState.HELD
    if open_rulings_of(left):
        return ReviewState.REFERRED
    if last_return(left) and file.case.stage in (Stage.RETURNED, Stage.SUBMITTED):
        return ReviewState.RESUBMITTED if is_resubmitted(file, left) else ReviewState.RETURNED
    return ReviewState.TO_DO


def in_words(approvals: Sequence[tuple[EntityId, Approval]]) -> str:
    """Approvals side by side: ``16, 3 Nov 2026 (7042) / 15, 3 Nov 2026 (Sgt Roe)``."""
    return " / ".join(
        f"{one.outcome or 'no outcome'}, {show_moment(one.outcome_date) if one.outcome_date else 'undated'}"
        f" ({one.decided_by or 'unnamed'})"
        for _, one in approvals
    )
