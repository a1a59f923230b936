"""The tab of the action plan: what is to be done, by whom, by when, and how long it has been waited for."""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from casedesk.desk.action_plan import Planned, State, plan
from casedesk.desk.action_verbs import ACTIONS
from casedesk.desk.asking import Verb
from casedesk.model.entities import ACTION
from casedesk.model.moments import show_short, show_span
from casedesk.screens.casepage.rows import (
    MUTED,
    Row,
    cell_of,
    due_cell,
    fact,
    fact_lines,
    head_line,
    left_part,
    one_line,
)
from casedesk.screens.casepage.tab import RowTab, verb_commands
from casedesk.widgets.columns import Cell, Column
from casedesk.widgets.command import Command
from casedesk.widgets.flow import Line, line

_STATES: dict[State, Cell] = {
    State.OVERDUE: ("■ late", "block"),
    State.OPEN: ("○ open", "info"),
    State.BLOCKED: ("· blocked", "muted"),
    State.DONE: ("✓ done", "ok"),
    State.CANCELLED: ("× off", "muted"),
}
_ABOVE = frozenset({"what", "owner", "due_at"})
"""Facts that the heading says."""


class ActionsTab(RowTab):
    """The action plan, in the order of doing."""

    TAB = "actions"
    PLACE = "Case: actions"
    VERBS: ClassVar[Sequence[Verb]] = ACTIONS
    EMPTY = "No action is planned. Press T for a template that fits, or a to add one."
    OFFERS: ClassVar[Sequence[Command]] = verb_commands("Actions", ACTIONS)

    def columns(self) -> Sequence[Column[Row]]:
        """Number, state, what, owner, due, waiting since."""
        return [
            Column("number", "#", cell_of(0), 2, align="right", keep=60),
            Column("state", "State", cell_of(1), 9, keep=85),
            Column("what", "Action", cell_of(2), 24, flex=1, keep=99),
            Column("owner", "Owner", cell_of(3), 12, keep=70),
            Column("due", "Due", cell_of(4), 9, align="right", keep=90),
            Column("waits", "Waits", cell_of(5), 5, align="right", keep=50),
        ]

    def rows(self) -> Sequence[Row]:
        """The open ones in the order of the plan, then those that ended."""
        return [self._row(one) for one in plan(self.view.file, self.view.now, closed=True)]

    def _row(self, one: Planned) -> Row:
        action, now = one.action, self.view.now
        return Row(
            one.id,
            (
                str(one.number),
                _STATES[one.state],
                one_line(action.what) if one.is_open else (one_line(action.what), "muted"),
                action.owner or "–",
                due_cell(action.due_at, now) if one.is_open else "",
                show_short(now - one.waiting_since) if one.waiting_since else "",
            ),
            lambda: self._detail(one),
            one.id,
        )

    def _detail(self, one: Planned) -> Sequence[Line]:
        action, now = one.action, self.view.now
        lines = [head_line(f"{one.number}. {action.what or '(not said)'}")]
        told = [(f"{action.owner or 'nobody'} ", "bold")]
        if action.due_at and one.is_open:
            told += [("· due ", MUTED), left_part(action.due_at, now)]
        if one.waiting_since:
            waited = now - one.waiting_since
            span = "since just now" if waited < timedelta(minutes=1) else f"for {show_span(waited)}"
            told.append((f" · waited {span}", MUTED))
        if action.chases:
            told.append((f" · chased {action.chases} ×", "$cd-warn"))
        lines.append(line(*told))
        if one.blocked_by:
            first = dict(self.view.file.actions)[one.blocked_by]
            lines.append(fact("Waits until this is done", first.what or "", "$cd-warn"))
        return [*lines, *fact_lines(ACTION, action, _ABOVE)]
