"""The lines of the clinic page as styled text: panes, the head, the list of steps."""

from collections.abc import Iterable, Iterator, Sequence

from casedesk.desk.clinic_page import PageStep, Progress
from casedesk.desk.clinic_pane_evidence import contact_warnings
from casedesk.desk.clinic_pane_needs import needs_foot, needs_head, profile_scores
from casedesk.desk.clinic_panes import MARKS, pane
from casedesk.desk.clinic_said import Look, Said, Tone
from casedesk.model.moments import local
from casedesk.model.text import clip, counted
from casedesk.rules.answers import day_words
from casedesk.widgets.flow import BLANK, Line, Part, line
from casedesk.widgets.needs_chart import chart_lines

_MUTED = "$cd-muted"
_STYLES = {
    Tone.TEXT: "",
    Tone.HEAD: "bold $cd-accent",
    Tone.STRONG: "bold",
    Tone.MUTED: _MUTED,
    Tone.OK: "$cd-ok",
    Tone.WARN: "$cd-warn",
    Tone.BLOCK: "bold $cd-block",
    Tone.NEXT: "bold",
}
_PROGRESS = {
    Progress.NOT_STARTED: _MUTED,
    Progress.UNDER_WAY: "$cd-warn",
    Progress.DONE: "$cd-ok",
    Progress.BLOCKED: "bold $cd-block",
}
_LABEL, _INNER = 15, 11
"""Cells of a label, and of one that is indented."""
_SIGNED = ("✓ ", "▲ ", "■ ", "○ ", "· ", "◐ ", "● ")
_WARNINGS = 2
"""So many warnings stand above the page in full; the rest is under the first step."""


def pane_lines(seen: Look, step: str, *, narrow: bool = False) -> list[Line]:
    """The pane of a step. The needs are a chart."""
    if step != "needs":
        return list(said_lines(pane(seen, step)))
    first, later = profile_scores(seen)
    lines = list(said_lines(needs_head(seen)))
    if first:
        lines += [line(("Profile", _STYLES[Tone.HEAD])), *chart_lines(first, later, narrow=narrow), BLANK]
    return [*lines, *said_lines(needs_foot(seen))]


def said_lines(said: Iterable[Said]) -> Iterator[Line]:
    """Lines of a pane in their styles: labels in a column, what they say hangs behind them."""
    for one in said:
        yield _line(one)


def _line(one: Said) -> Line:
    lead = " " * one.indent
    style = _STYLES[one.tone]
    if one.label:
        room = _INNER if one.indent else _LABEL
        label = f"{one.label:<{room - 1}} "
        return line((f"{lead}{label}", _MUTED), (one.text, style), hang=one.indent + room)
    hang = one.indent + (2 if one.text.startswith(_SIGNED) else 0)
    return line((f"{lead}{one.text}", style), hang=hang)


def head_of(seen: Look, place: str) -> list[Line]:
    """Who it is about, what is to be done next, and what must be read before anybody is contacted."""
    page, case = seen.page, seen.matter.file.case
    parts: list[Part] = [(page.name, "bold")]
    about = [
        page.reference or "(no reference)",
        case.offence_title or case.category or "",
        place,
        _when(seen),
    ]
    parts.append((f" · {' · '.join(filter(None, about))}", ""))
    lines = [line(*parts, hang=2)]
    if seen.today:
        lines.append(
            line((f"■ TODAY, before they leave: {'; '.join(seen.today)}", _STYLES[Tone.BLOCK]), hang=2)
        )
    step = page.next_step
    if step is None:
        lines.append(line(("Nothing is to be done now.", _STYLES[Tone.OK])))
    else:
        lines.append(line((f"Next: {step.title}. ", "bold $cd-accent"), (step.next, "bold"), hang=2))
    warnings = contact_warnings(seen)
    lines += [line((f"▲ {one}", _STYLES[Tone.BLOCK]), hang=2) for one in warnings[:_WARNINGS]]
    if len(warnings) > _WARNINGS:
        more = counted(len(warnings) - _WARNINGS, "more warning")
        lines.append(line((f"▲ {more} under Prepare (1)", _STYLES[Tone.BLOCK])))
    return lines


def _when(seen: Look) -> str:
    held = seen.page.appointment
    if held is None or held[1].at is None:
        return ""
    at = local(held[1].at)
    return f"clinic {day_words(at.date())} {at:%H:%M}"


def step_rows(steps: Sequence[PageStep], here: str, width: int) -> list[list[Part]]:
    """Two rows for each step: its mark, digit and title, and where it stands."""
    rows: list[list[Part]] = []
    for number, step in enumerate(steps, 1):
        at = step.id == here
        style = _PROGRESS[step.progress]
        title = f"{MARKS[step.progress]} {number} {step.title}"
        pad = width - len(title)
        rows.append(
            [("▌" if at else " ", "$cd-accent"), (title, f"bold {style}" if at else style), (" " * pad, "")]
        )
        said = clip(step.said or str(step.progress), width - 4)
        rows.append([("▌" if at else " ", "$cd-accent"), (f"    {said}", "" if at else _MUTED)])
    return rows
