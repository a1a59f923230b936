"""The case page as styled lines: what stands in which words and colours. No widget here."""

from collections.abc import Iterator
from datetime import datetime

from casedesk.desk.casepage import Page, flag_title, known_facts
from casedesk.desk.timeline import Event
from casedesk.model.entities import CASE, CUSTODY, SUSPECT, VICTIM, Entity
from casedesk.model.moments import show_span
from casedesk.model.words import Severity
from casedesk.rules.reasons.factor import Factor
from casedesk.widgets.flow import BLANK, Line, Part, line
from casedesk.widgets.themes import SHAPES

_TITLE = "bold $cd-accent"
_MUTED = "$cd-muted"
_SEVERITY = {Severity.BLOCK: "bold $cd-block", Severity.WARN: "$cd-warn", Severity.INFO: "$cd-info"}
_VERDICT = {
    "clean": ("✓ clean", "bold $cd-ok"),
    "warn": ("▲ look again", "bold $cd-warn"),
    "block": ("■ blocked", "bold $cd-block"),
}
_IN_SUMMARY = frozenset(
    {"ref", "offence_title", "offence_code", "flags", "oic", "oic_contact", "owner", "as_at"}
)
_FACT = 2
"""Cells by which a long fact is indented from its second line on."""
_LABEL = 11
"""Cells of a finding's labels."""


def summary_lines(page: Page, now: datetime) -> list[Line]:
    """The lines that always stay in sight: what it is, who has it, why it is here."""
    case = page.file.case
    offence = case.offence_title or case.category or "offence not recorded"
    lines = [
        line(
            (case.ref or "(no reference)", "bold"),
            (f"  {offence}", ""),
            (f"  {case.offence_code}" if case.offence_code else "", _MUTED),
        )
    ]
    if case.flags:
        lines.append(line((" · ".join(f"▲ {flag_title(word)}" for word in case.flags), "bold $cd-warn")))
    oic = (
        f"OIC {case.oic}{f' ({case.oic_contact})' if case.oic_contact else ''}"
        if case.oic
        else "OIC not recorded"
    )
    lines.append(line((f"{oic} · owner {case.owner or 'nobody yet'}", _MUTED)))
    first, *others = page.factors
    lines.append(_factor_line(page, first, now, "bold"))
    lines += [_factor_line(page, factor, now, _MUTED) for factor in others[:2]]
    if page.conflicts:
        fields = ", ".join(conflict.field.replace("_", " ") for conflict in page.conflicts)
        lines.append(line((f"≠ Two desks disagree about: {fields}", "bold $cd-block")))
    return lines


def _factor_line(page: Page, factor: Factor, now: datetime, style: str) -> Line:
    parts: list[Part] = [(f"{page.bands[factor.band]}: {factor.sentence}", style)]
    if factor.due:
        left = factor.due - now
        late = left.total_seconds() < 0
        word = f"  late {show_span(left)}" if late else f"  in {show_span(left)}"
        parts.append((word, "bold $cd-block" if late else "$cd-warn"))
    return line(*parts, hang=_FACT)


def finding_lines(page: Page) -> list[Line]:
    """What the finalisation check says: each finding with the facts it rests on, the cure and the source."""
    verdict = page.verdict
    nothing = not verdict.outcome and not verdict.findings
    word = ("no outcome is proposed yet", _MUTED) if nothing else _VERDICT[verdict.verdict]
    lines = [line(("Finalisation check  ", _TITLE), word)]
    for finding in verdict.findings:
        facts = "; ".join(f"{fact.title} {fact.value}" for fact in finding.facts)
        lines += [
            line(
                (
                    f"{SHAPES[finding.severity]} {finding.severity.value.upper():<6}",
                    _SEVERITY[finding.severity],
                ),
                (finding.message, "bold"),
                hang=_FACT,
            ),
            _labelled("rests on", facts, "") if facts else BLANK,
            _labelled("to do", finding.fix, ""),
            _labelled("source", f"{finding.source} · {finding.rule}, {finding.status.value}", _MUTED),
        ]
        if finding.standing:
            lines.append(_labelled("", finding.standing, _MUTED))
    if verdict.possible:
        lines.append(
            line((f"These facts would allow outcome {', '.join(verdict.possible)}.", _MUTED), hang=_FACT)
        )
    return [*lines, BLANK]


def _labelled(label: str, text: str, style: str) -> Line:
    return line((f"  {label:<{_LABEL - 2}}", _MUTED), (text, style), hang=_LABEL)


def fact_lines(page: Page) -> list[Line]:
    """People first, then custody, then what is to be done, then the facts of the record."""
    file = page.file
    lines: list[Line] = []
    for label, entity, held in (
        ("Victim", VICTIM, file.victims),
        ("Suspect", SUSPECT, file.suspects),
        ("Custody", CUSTODY, file.custody),
    ):
        for number, (_, facts) in enumerate(held, 1):
            lines.append(line((f"{label} {number}" if len(held) > 1 else label, _TITLE)))
            warning = getattr(facts, "safe_contact", None)
            if warning:
                lines.append(line((f"▲ SAFE CONTACT: {warning}", "bold $cd-block"), hang=_FACT))
            lines += [*_known(entity, facts, frozenset({"safe_contact"})), BLANK]
    to_do = [action for _, action in file.actions if not action.done_at]
    if to_do:
        lines.append(line(("To do", _TITLE)))
        for action in to_do:
            lines.append(
                line((f"· {action.what}{f' ({action.owner})' if action.owner else ''}", ""), hang=_FACT)
            )
        lines.append(BLANK)
    lines.append(line(("Record", _TITLE)))
    return [*lines, *_known(CASE, file.case, _IN_SUMMARY)]


def _known(entity: Entity, facts: object, leave_out: frozenset[str]) -> Iterator[Line]:
    for title, value in known_facts(entity, facts, leave_out):
        yield line((f"{title}: ", _MUTED), (value, ""), hang=_FACT)


def timeline_lines(page: Page) -> list[Line]:
    """Everything that happened, latest first."""
    lines = [line(("Timeline, latest first", _TITLE))]
    if not page.events:
        lines.append(line(("Nothing is recorded yet. Press l to log what was done.", _MUTED)))
    return [*lines, *map(_event_line, page.events)]


def _event_line(event: Event) -> Line:
    return line(
        (f"{event.shown_at:<18}", _MUTED),
        (f"{event.kind:<8} ", "$cd-accent"),
        (event.text, "strike $cd-muted" if event.gone else ""),
        (" (withdrawn or corrected)" if event.gone else "", _MUTED),
        (f" — {event.who}" if event.who else "", _MUTED),
        hang=_FACT,
    )
