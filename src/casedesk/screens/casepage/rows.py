"""What the tabs of the case page share: a row of a list, and how facts and times stand in it."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from casedesk.desk.casepage import known_facts
from casedesk.model.entities import Entity
from casedesk.model.ids import EntityId
from casedesk.model.moments import local, show_instant, show_short, show_span
from casedesk.model.text import clip
from casedesk.widgets.columns import Cell
from casedesk.widgets.flow import BLANK, Line, line

TITLE = "bold $cd-accent"
MUTED = "$cd-muted"
WARNING = "bold $cd-block"
HANG = 2
"""Cells by which a long fact is indented from its second line on."""

Detail = Callable[[], Sequence[Line]]


def _nothing() -> Sequence[Line]:
    return ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a tab: what each column shows, and what is said of it in full."""

    key: Hashable
    """Names it among the rows of its tab, also when they are read again."""
    cells: tuple[Cell, ...]
    detail: Detail = _nothing
    subject: EntityId | None = None
    """The entity it is about, for the verbs."""
    leads: str = ""
    """What Enter does: the id of a tab, or of a verb."""
    entry: EntityId | None = None
    """The entry that the row is, where a new one may correct it; ``entity`` names what it is an entry of."""
    entity: str = ""

    @property
    def words(self) -> str:
        """What the row says, for finding it."""
        return " ".join(cell if isinstance(cell, str) else cell[0] for cell in self.cells)


def cell_of(place: int) -> Callable[[Row], Cell]:
    """What a column shows: the cell at a place."""
    return lambda row: row.cells[place]


def head_line(text: str, *more: tuple[str, str]) -> Line:
    """A heading of a detail."""
    return line((text, TITLE), *more)


def fact(title: str, value: str, style: str = "") -> Line:
    """One fact: its title, then its value."""
    return line((f"{title}: ", MUTED), (value, style), hang=HANG)


def fact_lines(entity: Entity, facts: object, leave_out: frozenset[str] = frozenset()) -> Iterator[Line]:
    """Every fact that is known, in field order."""
    for title, value in known_facts(entity, facts, leave_out):
        yield fact(title, value)


def corrected_lines(entity: Entity, entries: Sequence[tuple[EntityId, Any]], facts: Any) -> list[Line]:
    """What an entry corrects, and what that one corrected before it: each in full."""
    held, lines, about = dict(entries), list[Line](), facts.about
    while about in held:
        wrong = held.pop(about)
        at = f"{show_instant(wrong.at)}" if wrong.at else ""
        lines += [head_line("It corrects", (f"  {at}", MUTED)), *fact_lines(entity, wrong, frozenset({"at"}))]
        about = wrong.about
    return lines


def text_lines(text: str | None) -> list[Line]:
    """A text of several paragraphs."""
    return [line((part, "")) for part in (text or "").split("\n")] if text else []


def warning_lines(warning: str | None) -> list[Line]:
    """A safe-contact warning, where there is one."""
    return [line((f"▲ SAFE CONTACT: {warning}", WARNING), hang=HANG)] if warning else []


def due_cell(due: datetime | None, now: datetime) -> Cell:
    """How long until something is due, or how late it is."""
    if due is None:
        return ""
    left = due - now
    if left < timedelta():
        return (f"{show_short(left)} late", "block")
    return (show_span(left), "warn" if left < timedelta(days=1) else "")


def left_part(due: datetime, now: datetime) -> tuple[str, str]:
    """How long until something is due, or how late it is, in a sentence's words and colours."""
    left = due - now
    return (
        (f"late {show_span(left)}", "bold $cd-block")
        if left < timedelta()
        else (f"in {show_span(left)}", "$cd-warn")
    )


def day_cell(instant: datetime | None, now: datetime) -> str:
    """A day and time, as short as it is clear: the year only where it is another."""
    if instant is None:
        return ""
    here = local(instant)
    return show_instant(instant) if here.year != local(now).year else f"{here.day} {here:%b %H:%M}"


def one_line(text: str | None, most: int = 400) -> str:
    """A text for a cell: its first words, on one line."""
    return clip(" ".join((text or "").split()), most)


def joined(*blocks: Sequence[Line]) -> list[Line]:
    """Blocks of lines with a blank line between those that say something."""
    lines: list[Line] = []
    for block in blocks:
        if block:
            lines += [*([BLANK] if lines else []), *block]
    return lines
