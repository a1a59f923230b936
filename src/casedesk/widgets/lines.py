"""How a table's lines are drawn: the head, a row with its gutter, a text in the middle."""

from collections.abc import Callable
from typing import TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from casedesk.widgets.columns import GAP, Laid, fit

R = TypeVar("R")

StyleOf = Callable[[str], Style]
"""The colours of a named style; of the plain one for an empty name."""

CURSOR = "►"
MARK = "*"
GUTTER = 3
"""Cells before the first column: the cursor's sign, the mark, a space."""


class Line:
    """One line being drawn. Neighbouring texts of one style become one segment: fewer paint faster."""

    def __init__(self, over: Style | None = None) -> None:
        """``over`` is a style that outdoes every other on the line, as the cursor's does."""
        self._over = over
        self._runs: list[tuple[list[str], Style]] = []
        self._filled = 0

    def add(self, text: str, style: Style, width: int) -> None:
        """Put text, which is ``width`` cells wide, at the end."""
        style = self._over or style
        self._filled += width
        if self._runs and self._runs[-1][1] is style:
            self._runs[-1][0].append(text)
        else:
            self._runs.append(([text], style))

    def strip(self, width: int, rest: Style) -> Strip:
        """Make the line exactly ``width`` cells wide."""
        if self._filled < width:
            self.add(" " * (width - self._filled), rest, width - self._filled)
        strip = Strip([Segment("".join(texts), style) for texts, style in self._runs], self._filled)
        return strip if self._filled == width else strip.crop(0, width)


def draw_row(
    row: R | None,
    laid: tuple[Laid[R], ...],
    width: int,
    style_of: StyleOf,
    *,
    here: str = "",
    marked: bool = False,
) -> Strip:
    """Draw a row; None is one not known. ``here`` names the cursor's style where the cursor is on it."""
    line = Line(style_of(here) if here else None)
    sign, mark = CURSOR if here else " ", MARK if marked else " "
    line.add(f"{sign}{mark} ", style_of("mark" if marked else ""), GUTTER)
    if row is None:
        line.add("…", style_of("muted"), 1)
    else:
        for column, room in laid:
            cell = column.cell(row)
            text, style = (cell, "") if isinstance(cell, str) else cell
            line.add(fit(text, room, column.align) + " " * GAP, style_of(style), room + GAP)
    return line.strip(width, style_of(""))


def draw_head(
    laid: tuple[Laid[R], ...], width: int, style: Style, ordered: tuple[str, bool] | None = None
) -> Strip:
    """Draw the titles; ``ordered`` is the key of the column the order follows, and whether it descends."""
    line = Line(style)
    line.add(" " * GUTTER, style, GUTTER)
    for column, room in laid:
        title = column.title
        if ordered and ordered[0] == column.key:
            sign = "▼" if ordered[1] else "▲"
            title = f"{title} {sign}" if len(title) + 2 <= room else f"{title[: room - 1]}{sign}"
        line.add(fit(title, room, column.align) + " " * GAP, style, room + GAP)
    return line.strip(width, style)


def draw_text(text: str, width: int, style: Style) -> Strip:
    """Draw a text in the middle of a line."""
    line = Line()
    line.add(fit(" " * max((width - len(text)) // 2, 0) + text, width), style, width)
    return line.strip(width, style)
