"""The tab that a case opens on: what is next, who is in it, what is missing, what the check finds, what happened."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import ClassVar

from casedesk.desk.asking import Verb
from casedesk.desk.casepage import Step, known_facts
from casedesk.desk.finalised_code import in_words
from casedesk.desk.finalising_verbs import FINALISING
from casedesk.desk.handover_note import handover_note
from casedesk.desk.handover_verbs import HANDOVER
from casedesk.desk.missing import Missing
from casedesk.desk.restriction_verbs import RESTRICTING
from casedesk.model.entities import CASE
from casedesk.model.words import Severity
from casedesk.rules.finalisation import Finding
from casedesk.rules.reasons.factor import Factor
from casedesk.screens.casepage.custody import CustodyRows
from casedesk.screens.casepage.people import PeopleRows
from casedesk.screens.casepage.rows import (
    MUTED,
    Row,
    cell_of,
    due_cell,
    fact,
    head_line,
    left_part,
    one_line,
    text_lines,
)
from casedesk.screens.casepage.tab import RowTab, verb_commands
from casedesk.screens.giving_out import copy_out
from casedesk.widgets.columns import Cell, Column
from casedesk.widgets.command import Command
from casedesk.widgets.flow import Line, line
from casedesk.widgets.themes import SHAPES

_STEPS = 4
"""So many of the steps that are next are shown; the action plan has the others."""
_STYLES = {Severity.BLOCK: "block", Severity.WARN: "warn", Severity.INFO: "info"}
_LEADS = {"action": "actions", "duty": "people", "clock": "custody", "person": "custody", "work": "decisions"}
_PLACES = {
    "action": "the action plan", "duty": "what is owed", "clock": "the clocks",
    "person": "suspects & custody", "work": "the decisions",
}  # fmt: skip
"""Where Enter leads from a step of each kind, and what that is called."""
_VERDICTS: dict[str, Cell] = {
    "clean": ("✓ clean", "ok"), "warn": ("▲ look again", "warn"), "block": ("■ blocked", "block"),
}  # fmt: skip
_ELSEWHERE = frozenset({"ref", "summary"})


class OverviewTab(RowTab):
    """A case in ten seconds."""

    TAB = "overview"
    PLACE = "Case: overview"
    VERBS: ClassVar[Sequence[Verb]] = (*HANDOVER, *FINALISING, *RESTRICTING)
    KEYS: ClassVar[Mapping[str, str]] = {
        "handover.give": "H", "finalise.accept": "F", "finalise.return": "R", "finalise.hold": "W",
        "finalise.release": "w", "finalise.reopen": "O", "ruling.outcome": "o", "ruling.cancellation": "x",
        "ruling.reclassification": "r", "ruling.decide": "D", "ruling.liaison": "i", "case.restrict": "V",
    }  # fmt: skip
    OFFERS: ClassVar[Sequence[Command]] = (
        Command("case.note", "N", "Handover note", "Write the note for the next shift from what is recorded.",
                "note", "Case: overview", show=60),
        *verb_commands("Case: overview", VERBS, KEYS),
    )  # fmt: skip

    def columns(self) -> Sequence[Column[Row]]:
        """What part of the case, what it says, where that stands."""
        return [
            Column("part", "", cell_of(0), 8, keep=80),
            Column("what", "In short", cell_of(1), 30, flex=1, keep=99),
            Column("state", "", cell_of(2), 14, align="right", keep=90),
        ]

    def rows(self) -> Sequence[Row]:
        """Each part with its name on its first row."""
        parts: tuple[tuple[str, Iterator[Row]], ...] = (
            ("Next", self._steps()),
            ("People", self._people()),
            ("Missing", self._missing()),
            ("Decided", self._decided()),
            ("Check", self._check()),
            ("Case", self._case()),
        )
        rows = []
        for name, part in parts:
            for place, row in enumerate(part):
                first: Cell = "" if place else (name, "accent")
                rows.append(Row((name, row.key), (first, *row.cells), row.detail, row.subject, row.leads))
        return rows

    def action_note(self) -> None:
        """Show the handover note, and copy it."""
        note = handover_note(self.view.desk, self.view.file.id)
        self.read(text_lines(note))
        view = self.view
        copy_out(
            self.app, view.desk, view.file.id, "handover note", note, "The note was copied. Esc goes back."
        )

    # -- next ----------------------------------------------------------------------------------------------------

    def _steps(self) -> Iterator[Row]:
        page = self.view.page
        for place, step in enumerate(page.steps[:_STEPS]):
            yield Row(
                (step.kind, step.key or step.sentence),
                (
                    (step.sentence, "strong") if place == 0 else step.sentence,
                    due_cell(step.due, self.view.now),
                ),
                partial(self._step_detail, step),
                step.subject,
                _LEADS[step.kind],
            )
        if not page.steps:
            yield Row(
                "none", (("Nothing is due. Press 3 and T for an action plan.", "muted"), ""), leads="actions"
            )

    def _step_detail(self, step: Step) -> Sequence[Line]:
        lines = [head_line(step.sentence)]
        if step.due:
            sign = ("■ LEGAL LIMIT  ", "bold $cd-block") if step.legal else ("○ target  ", "$cd-info")
            lines.append(line(sign, left_part(step.due, self.view.now)))
        if step.who:
            lines.append(fact("To act", step.who.replace("-", " ")))
        lines.append(line((f"Enter goes to {_PLACES[step.kind]}; e explains the order.", MUTED)))
        if step is self.view.page.next:
            lines += [
                line((f"then  {one}", MUTED), hang=6) for one in self._others(self.view.page.factors[1:4])
            ]
        return lines

    def _others(self, factors: Sequence[Factor]) -> Iterator[str]:
        for factor in factors:
            yield f"{self.view.page.bands[factor.band]}: {factor.sentence}"

    # -- people --------------------------------------------------------------------------------------------------

    def _people(self) -> Iterator[Row]:
        """Those of the people's own tabs, in short."""
        yield from _heads(CustodyRows(self.view).heads(), "custody")
        yield from _heads(PeopleRows(self.view).heads(), "people")
        if not (self.view.file.victims or self.view.file.suspects or self.view.file.witnesses):
            yield Row("none", (("Nobody is recorded.", "muted"), ""), leads="people")

    # -- missing and check ---------------------------------------------------------------------------------------

    def _missing(self) -> Iterator[Row]:
        for one in self.view.page.missing:
            sign = "■" if one.urgent else "○"
            yield Row(
                (one.what, one.subject),
                (
                    f"{sign} {one_line(one.what)}",
                    ("Enter mends", "accent") if one.verb else ("in records", "muted"),
                ),
                partial(_missing_detail, one),
                one.subject,
                one.verb,
            )

    def _decided(self) -> Iterator[Row]:
        """How the crime stands in the review; nothing where nobody decided on it yet."""
        for place, said in enumerate(self.view.page.decided):
            wrong = said.startswith(("Changed since", "Finalised twice"))
            yield Row(
                ("decided", place),
                ((one_line(said), "block") if wrong else one_line(said), ""),
                lambda said=said: [head_line("Decided"), *text_lines(said)],  # type: ignore[misc] # bound now
                leads="decisions",
            )

    def _check(self) -> Iterator[Row]:
        verdict = self.view.page.verdict
        word: Cell = _VERDICTS[verdict.verdict]
        if not (verdict.outcome or self.view.file.case.cancel_code or verdict.findings):
            word = ("no outcome", "muted")
        code = verdict.outcome or self.view.file.case.cancel_code
        said = in_words(code)
        outcome = f"{said[0].upper()}{said[1:]}" if code else "No outcome is proposed yet"
        possible = f"; these facts would allow {', '.join(verdict.possible)}" if verdict.possible else ""
        yield Row(
            "verdict",
            (f"{outcome}{possible}", word),
            lambda: [head_line(f"{outcome}{possible}"), *_in_short(verdict.findings)],
        )
        for finding in verdict.findings:
            yield Row(
                finding.rule,
                (
                    f"{SHAPES[finding.severity]} {finding.message}",
                    (f"{finding.severity.value} {finding.rule}", _STYLES[finding.severity]),
                ),
                partial(_finding_detail, finding),
            )

    # -- the case ------------------------------------------------------------------------------------------------

    def _case(self) -> Iterator[Row]:
        case = self.view.file.case
        if case.summary:
            yield Row(
                "summary",
                (one_line(case.summary), "what happened"),
                lambda: [head_line("What happened"), *text_lines(case.summary)],
            )
        for title, value in known_facts(CASE, case, _ELSEWHERE):
            yield Row(
                title,
                (f"{title}: {one_line(value)}", ""),
                partial(_value_detail, title, value),
            )


def _heads(rows: Iterator[Row], tab: str) -> Iterator[Row]:
    """Rows of a tab, in short: what they are and where they stand."""
    for row in rows:
        kind, what, *_ = (cell if isinstance(cell, str) else cell[0] for cell in row.cells)
        yield Row(row.key, (f"{kind.strip()} {what.strip()}", row.cells[2]), row.detail, row.subject, tab)


def _missing_detail(one: Missing) -> Sequence[Line]:
    how = (
        "Enter records it."
        if one.verb
        else "It is put right in the records system and comes with the next extract."
    )
    return [head_line(one.what), line((one.why, "")), line((how, MUTED))]


def _in_short(findings: Sequence[Finding]) -> Iterator[Line]:
    for finding in findings:
        yield line((f"{SHAPES[finding.severity]} {finding.message}", "bold"), hang=2)
        yield line(("  To do: ", MUTED), (finding.fix, ""), hang=4)


def _finding_detail(finding: Finding) -> Sequence[Line]:
    lines = [head_line(finding.message)]
    lines += [fact(one.title, one.value) for one in finding.facts]
    lines += [
        fact("To do", finding.fix, "bold"),
        fact("Source", f"{finding.source} · {finding.rule}, {finding.status.value}", MUTED),
    ]
    if finding.standing:
        lines.append(line((finding.standing, MUTED)))
    return lines


def _value_detail(title: str, value: str) -> Sequence[Line]:
    return [head_line(title), *text_lines(value)]
