"""Work that was set or came back."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from casedesk.model.facts import CaseFile
from casedesk.model.words import Stage
from casedesk.reference.packs import Packs
from casedesk.rules.reasons.factor import STEP, Factor, when

_AHEAD = timedelta(days=1)


def actions(file: CaseFile, now: datetime, packs: Packs) -> Iterator[Factor]:
    """Returned work, and actions that are due or coming."""
    if file.case.stage == Stage.RETURNED:
        note = f": {file.case.stage_note}" if file.case.stage_note else ""
        yield Factor("action", f"Returned for rework{note}")
    for action_id, action in file.actions:
        if action.done_at or action.cancelled_at or not action.due_at:
            continue
        what = action.what or "Action"
        if action.due_at - now <= _AHEAD:
            late = "overdue since" if now > action.due_at else "due"
            yield Factor(
                "action",
                f"{what} {late} {when(action.due_at)}",
                action.due_at,
                action.due_at + STEP,
                subject=action_id,
            )
        else:
            yield Factor(
                "rest",
                f"{what} due {when(action.due_at)}",
                action.due_at,
                action.due_at - _AHEAD,
                subject=action_id,
            )
