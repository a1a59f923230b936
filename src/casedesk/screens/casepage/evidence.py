"""The tab of evidence and file: points to prove, exhibits and where they are."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from casedesk.desk.asking import Verb
from casedesk.desk.document_verbs import EVIDENCE
from casedesk.model.dossier import Exhibit, Point
from casedesk.model.entities import DOCUMENT, EXHIBIT, POINT
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_moment
from casedesk.screens.casepage.rows import Row, cell_of, fact_lines, head_line, joined, one_line
from casedesk.screens.casepage.tab import RowTab, verb_commands
from casedesk.widgets.columns import Cell, Column
from casedesk.widgets.command import Command
from casedesk.widgets.flow import Line

_POINTS: dict[str | None, Cell] = {
    "proved": ("✓ proved", "ok"),
    "arguable": ("▲ arguable", "warn"),
    "outstanding": ("○ outstanding", "info"),
    "missing": ("■ missing", "block"),
}


class EvidenceTab(RowTab):
    """What is to be proved, and with what."""

    TAB = "evidence"
    PLACE = "Case: evidence and file"
    VERBS: ClassVar[Sequence[Verb]] = EVIDENCE
    EMPTY = "No exhibit and no point to prove is listed. Press a to add an exhibit, or 7 for points to prove."
    OFFERS: ClassVar[Sequence[Command]] = verb_commands("Evidence & file", EVIDENCE)

    def columns(self) -> Sequence[Column[Row]]:
        """What it is, what it says, where it stands or lies."""
        return [
            Column("kind", "", cell_of(0), 8, keep=80),
            Column("what", "Exhibit or point to prove", cell_of(1), 28, flex=2, keep=99),
            Column("state", "State or place", cell_of(2), 16, flex=1, keep=90),
            Column("when", "When", cell_of(3), 11, align="right", keep=50),
        ]

    def rows(self) -> Sequence[Row]:
        """Points first: they say what the exhibits are for."""
        dossier = self.view.dossier
        return [
            *(_point(key, point) for key, point in dossier.points),
            *(self._exhibit(key, exhibit) for key, exhibit in dossier.exhibits),
        ]

    def _exhibit(self, key: EntityId, exhibit: Exhibit) -> Row:
        place: Cell = exhibit.where if exhibit.where else ("■ place not known", "block")
        return Row(
            key,
            (
                "Exhibit", (f"{exhibit.reference or '?'}  {one_line(exhibit.what)}", "strong"), place,
                show_moment(exhibit.on) if exhibit.on else "",
            ),
            lambda: joined(
                [head_line(f"Exhibit {exhibit.reference or ''}"), *fact_lines(EXHIBIT, exhibit)],
                list(self._documents(key)),
            ),
            key,
        )  # fmt: skip

    def _documents(self, own: EntityId) -> Iterator[Line]:
        for _, document in self.view.dossier.documents:
            if document.entry == own and not document.removed:
                yield head_line(document.title or document.name or "Document")
                yield from fact_lines(DOCUMENT, document, frozenset({"title", "sha256"}))


def _point(key: EntityId, point: Point) -> Row:
    state = _POINTS.get(point.state, ("? not looked at", "muted"))
    return Row(
        key, ("Point", one_line(point.what), state, ""),
        lambda: [head_line(point.what or "Point to prove"), *fact_lines(POINT, point, frozenset({"what"}))], key,
    )  # fmt: skip
