"""The seven panes of a suspect's matter, by the step they belong to."""

from collections.abc import Callable, Iterator, Mapping

from casedesk.desk.clinic_page import PageStep, Progress
from casedesk.desk.clinic_pane_decision import after_pane, decision_pane, paperwork_pane
from casedesk.desk.clinic_pane_evidence import evidence_pane, prepare_pane
from casedesk.desk.clinic_pane_needs import needs_pane
from casedesk.desk.clinic_pane_rules import eligibility_pane
from casedesk.desk.clinic_said import Look, Said

MARKS: Mapping[Progress, str] = {
    Progress.NOT_STARTED: "○",
    Progress.UNDER_WAY: "◐",
    Progress.DONE: "●",
    Progress.BLOCKED: "■",
}
"""How far a step has come, as a sign."""
PANES: Mapping[str, Callable[[Look], Iterator[Said]]] = {
    "prepare": prepare_pane,
    "evidence": evidence_pane,
    "eligibility": eligibility_pane,
    "needs": needs_pane,
    "decision": decision_pane,
    "paperwork": paperwork_pane,
    "after": after_pane,
}
"""What makes the pane of each step."""


def pane(seen: Look, step: str) -> list[Said]:
    """The pane of a step, without blank lines at its ends."""
    lines = list(PANES[step](seen))
    while lines and not lines[-1].text:
        lines.pop()
    return lines


def step_words(step: PageStep) -> str:
    """A step in a line: ``◐ Evidence: under way, 3 missing``."""
    said = f", {step.said}" if step.said else ""
    return f"{MARKS[step.progress]} {step.title}: {step.progress}{said}"
