"""What a charge needs, as rows on the tab of decisions: who decides, how urgent it is, what is missing."""

from collections.abc import Iterator

from casedesk.desk.charging_page import (
    WHO_TITLES,
    ChargingPage,
    Section,
    charging_page,
    sections,
)
from casedesk.model.text import counted
from casedesk.reference.charging_words import STAGE_TITLES
from casedesk.rules.charging import Who
from casedesk.screens.answertext import status_part
from casedesk.screens.casepage.rows import HANG, MUTED, Row, day_cell, head_line
from casedesk.screens.casepage.view import CaseView
from casedesk.widgets.columns import Cell
from casedesk.widgets.flow import BLANK, Line, line

_WHO: dict[Who, str] = {Who.POLICE: "ok", Who.CPS: "info", Who.CHECK: "warn"}
_STYLES = {"■": "bold $cd-block", "▲": "$cd-warn", "?": "$cd-warn", "✓": "$cd-ok", "·": MUTED}
"""How what begins with a sign is drawn."""


def charging_rows(view: CaseView) -> Iterator[Row]:
    """Three rows: who decides, how urgent it is, what is missing. Each has its part in full; Enter reads it alone."""
    page = charging_page(view.desk, view.file, view.dossier)
    parts = list(sections(page))
    first = next(iter(page.decider.reasons), None)
    why = f": {first.text}" if first else ""
    asks = f" · {len(page.decider.asks)} to ask, q" if page.decider.asks else ""
    yield _row("who", (f"{WHO_TITLES[page.decider.who]}{why}{asks}", _WHO[page.decider.who]), "", "", parts)
    due = day_cell(page.cps.due, view.now) if page.cps and page.cps.due else ""
    label = f"{page.urgency.rule.title}: {page.urgency.why}"
    yield _row("urgency", label, "CPS by" if due else "", due, _from(parts, "Urgency"))
    yield _row("material", _material(page), "", "", _from(parts, "Material"))


def _material(page: ChargingPage) -> Cell:
    missing = page.missing
    words = f"{counted(missing, 'item')} missing" if missing else "Nothing missing"
    return (f"{words}: {STAGE_TITLES[page.stage]}", "warn" if missing else "")


def _from(parts: list[Section], begins: str) -> list[Section]:
    """The parts with the one that begins so on top."""
    return sorted(parts, key=lambda part: not part.title.startswith(begins))


def _row(key: str, what: Cell, who: str, when: str, parts: list[Section]) -> Row:
    return Row(("charging", key), (("charging", "accent"), what, who, when), lambda: _lines(parts))


def _lines(parts: list[Section]) -> list[Line]:
    lines: list[Line] = []
    for part in parts:
        lines += [*([BLANK] if lines else []), head_line(part.title)]
        for said in part.said:
            lines.append(line((said.text, _STYLES.get(said.text[:1], "")), hang=HANG))
            if said.status is not None:
                lines.append(line(("  ", ""), status_part(said.status), (f"  {said.source}", MUTED), hang=4))
    return lines
