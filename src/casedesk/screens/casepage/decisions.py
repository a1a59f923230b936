"""The tab of decisions: what was decided, by whom and why; gradings, reasons for duties not met, feedback."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, ClassVar

from casedesk.desk.asking import Verb
from casedesk.desk.case_asks import DECISION_TITLES, event_title
from casedesk.desk.charging_page import asked_of
from casedesk.desk.charging_verbs import ASK_ID, CHARGING, ask_asks, record_answers
from casedesk.desk.decision_verbs import DECISIONS
from casedesk.desk.finalised_code import in_words
from casedesk.desk.returns import reason_title
from casedesk.model.entities import (
    APPROVAL,
    CASE_EVENT,
    DECISION,
    EXCUSE,
    FEEDBACK,
    GRADING,
    RETURN,
    RULING,
    Entity,
)
from casedesk.model.facts import standing
from casedesk.model.finalising import Ruling
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_instant
from casedesk.screens.casepage.charging import charging_rows
from casedesk.screens.casepage.rows import (
    MUTED,
    Row,
    cell_of,
    corrected_lines,
    day_cell,
    fact_lines,
    head_line,
    one_line,
)
from casedesk.screens.casepage.tab import CORRECT, RowTab, verb_commands
from casedesk.widgets.columns import Cell, Column
from casedesk.widgets.command import Command

_TITLES = {word.value: title for word, title in DECISION_TITLES.items()}


class DecisionsTab(RowTab):
    """Decisions with what explains them, the latest first."""

    TAB = "decisions"
    PLACE = "Case: decisions"
    VERBS: ClassVar[Sequence[Verb]] = (*DECISIONS, *CHARGING)
    NEWEST_FIRST = True
    EMPTY = "No decision is recorded. Press m to see what can be."
    OFFERS: ClassVar[Sequence[Command]] = (
        Command("charging.ask", "q", "Who charges?", "Answer what decides who charges, and say what the file is sent "
                "for; the answers are recorded.", "ask", "Decisions", show=78),
        CORRECT,
        *verb_commands("Decisions", VERBS, weight=76),
    )  # fmt: skip

    def columns(self) -> Sequence[Column[Row]]:
        """What kind, what was decided and why, by whom, when."""
        return [
            Column("kind", "", cell_of(0), 9, keep=80),
            Column("what", "Decision and reason", cell_of(1), 28, flex=1, keep=99),
            Column("who", "By", cell_of(2), 14, keep=60),
            Column("when", "When", cell_of(3), 12, align="right", keep=90),
        ]

    def rows(self) -> Sequence[Row]:
        """What a charge needs; then every entry that stands."""
        entries = [row for _, row in sorted(self._dated(), key=lambda one: one[0], reverse=True)]
        return [*charging_rows(self.view), *entries]

    def action_ask(self) -> None:
        """Ask what decides who charges; the answers are recorded."""
        self.place.start(
            Verb(
                ASK_ID, "Who charges?", "What decides who charges.", record_answers,
                lambda at: ask_asks(at, asked_of(at.dossier)),
            ),
            None,
        )  # fmt: skip

    def _dated(self) -> Iterator[tuple[datetime, Row]]:
        view = self.view
        for key, decision in standing(view.dossier.decisions):
            kind = _TITLES.get(decision.kind or "", decision.kind or "Decision")
            said = ": ".join(filter(None, (kind, decision.result)))
            by = " ".join(filter(None, (decision.rank, decision.by)))
            yield self._row(
                key, DECISION, decision, ("decision", "accent"), f"{said}. {one_line(decision.text)}", by,
                view.dossier.decisions,
            )  # fmt: skip
        for key, event in standing(view.file.events):
            if event.subject not in dict(view.file.custody):
                what = " · ".join(
                    filter(None, (event_title(event.kind or ""), view.name_of(event.subject), event.text))
                )
                yield self._row(key, CASE_EVENT, event, "event", what, event.by or "")
        for key, grading in standing(view.file.gradings):
            levels = "-".join(
                str(one) for one in (grading.threat, grading.harm, grading.opportunity, grading.risk)
            )
            yield self._row(key, GRADING, grading, "grading", f"THOR {levels}: {one_line(grading.why)}", "")
        for key, excuse in standing(view.file.excuses):
            duty = (excuse.duty or "").partition("/")[0]
            yield self._row(key, EXCUSE, excuse, "excused", f"{duty}: {one_line(excuse.why)}", "")
        for key, one in standing(view.page.left.approvals):
            said = f"Finalised: {in_words(one.outcome)}. {one_line(one.rationale)}"
            yield self._row(
                key, APPROVAL, one, ("approval", "accent"), said, _by(one.decided_by, one.decided_rank)
            )
        for key, back in standing(view.page.left.returns):
            titles = ", ".join(reason_title(view.desk, reason) for reason in back.reasons or ())
            yield self._row(
                key, RETURN, back, "returned", f"Round {back.number or 1}: {titles}", back.to or ""
            )
        for key, asked in view.page.left.rulings:
            if asked.kind:
                yield self._ruling(key, asked)
        for key, told in standing(view.dossier.feedback):
            kind = "Praise" if told.praise else "Learning"
            yield self._row(
                key, FEEDBACK, told, "feedback", f"{kind}: {one_line(told.text)}", told.officer or "",
                view.dossier.feedback,
            )  # fmt: skip

    def _ruling(self, key: EntityId, asked: Ruling) -> tuple[datetime, Row]:
        """A question for the decision maker, with the answer where there is one."""
        about = " ".join(filter(None, (asked.kind, asked.code, asked.to_class)))
        answer = f"{(asked.answer or 'awaited').replace('-', ' ')}. {one_line(asked.why or asked.reason)}"
        at = asked.decided_at or asked.asked_at
        by = _by(asked.decider, asked.decider_rank) if asked.answer else asked.asked_by or ""
        return at or self.view.now, Row(
            key,
            (("ruling", "accent"), f"Ruling on {about}: {answer}", by, day_cell(at, self.view.now)),
            lambda: [head_line("Ruling"), *fact_lines(RULING, asked)],
            key,
            entity=RULING.name,
        )

    def _row(
        self,
        key: EntityId,
        entity: Entity,
        facts: Any,
        kind: Cell,
        what: str,
        by: str,
        earlier: Sequence[tuple[EntityId, Any]] = (),
    ) -> tuple[datetime, Row]:
        """One entry; ``earlier`` has all of its kind where it may be corrected here."""
        at = facts.at or self.view.now
        word = kind if isinstance(kind, str) else kind[0]
        return at, Row(
            key,
            (kind, what, by, day_cell(facts.at, self.view.now)),
            lambda: [
                head_line(word.capitalize(), (f"  {show_instant(at)}", MUTED)),
                *fact_lines(entity, facts, frozenset({"at"})),
                *(corrected_lines(entity, earlier, facts) if earlier else ()),
            ],
            key,
            entry=key if earlier else None,
            entity=entity.name,
        )


def _by(name: str | None, rank: str | None) -> str:
    return " ".join(filter(None, (rank, name)))
