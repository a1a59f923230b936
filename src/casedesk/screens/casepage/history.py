"""The tab of the history: who set each fact, when, from what to what."""

from collections.abc import Sequence

from casedesk.desk.history import Changed, case_history
from casedesk.model.moments import show_instant
from casedesk.screens.casepage.rows import MUTED, Row, cell_of, day_cell, fact, head_line, one_line
from casedesk.screens.casepage.tab import RowTab
from casedesk.widgets.columns import Column
from casedesk.widgets.flow import Line, line


class HistoryTab(RowTab):
    """Every change of every fact, the latest first."""

    TAB = "history"
    PLACE = "Case: history"
    NEWEST_FIRST = True
    EMPTY = "Nothing was ever changed."

    def columns(self) -> Sequence[Column[Row]]:
        """When, who, of what, which fact, from what to what, by which act."""
        return [
            Column("at", "When", cell_of(0), 12, keep=90),
            Column("actor", "Who", cell_of(1), 9, keep=85),
            Column("what", "Of", cell_of(2), 9, keep=50),
            Column("field", "Fact", cell_of(3), 14, flex=1, keep=95),
            Column("after", "Became", cell_of(4), 14, flex=2, keep=80),
            Column("act", "By", cell_of(5), 14, flex=1, keep=40),
        ]

    def rows(self) -> Sequence[Row]:
        """The changes."""
        return [self._row(one) for one in case_history(self.view.desk, self.view.file.id)]

    def _row(self, one: Changed) -> Row:
        return Row(
            one.number,
            (
                day_cell(one.at, self.view.now), one.actor, one.what, (one.field, "strong"),
                one_line(one.after) or "–", (one.act, "muted"),
            ),
            lambda: _detail(one),
        )  # fmt: skip


def _detail(one: Changed) -> Sequence[Line]:
    return [
        head_line(f"{one.what}: {one.field}"),
        fact("Before", one.before or "(nothing)"),
        fact("After", one.after or "(nothing)", "bold"),
        line((f"{one.who}, {show_instant(one.at)}, {one.act}", MUTED)),
    ]
