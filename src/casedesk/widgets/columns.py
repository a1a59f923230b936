"""The columns of a table: what each cell says, and how the columns share the room there is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from rich.cells import cell_len, set_cell_size

from casedesk.model.text import clean

R = TypeVar("R")

Cell = str | tuple[str, str]
"""What a cell shows: its text, alone or with the named style (``themes.STYLES``) it is drawn in."""

GAP = 1
"""Cells left free after each column."""


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column of a table whose rows are ``R``."""

    key: str
    """Its name in the code and in settings."""
    title: str
    cell: Callable[[R], Cell]
    """Says what a row shows here, from what the row already holds: it is called while painting."""
    width: int
    """Its width in terminal cells; with ``flex`` the least it is worth showing at."""
    flex: int = 0
    """Its share of the room that is left over; 0 stays at ``width``."""
    align: Literal["left", "right"] = "left"
    keep: int = 50
    """Where room is short the column with the lowest goes first."""


Laid = tuple[Column[R], int]
"""A column with the width it was given."""


def lay_out(columns: Sequence[Column[R]], room: int) -> tuple[Laid[R], ...]:
    """Fit columns into ``room`` cells: drop the least wanted until the rest fits, then share what is left.

    The order stays. One column always remains, cut to the room if it must be.
    """
    kept = list(columns)
    while len(kept) > 1 and _least(kept) > room:
        kept.remove(min(reversed(kept), key=lambda column: column.keep))
    spare = max(room - _least(kept), 0)
    shares = sum(column.flex for column in kept)
    laid = []
    for column in kept:
        more = spare * column.flex // shares if shares else 0
        spare -= more
        shares -= column.flex
        laid.append((column, min(column.width + more, max(room, 1))))
    return tuple(laid)


def _least(columns: Sequence[Column[R]]) -> int:
    return sum(column.width for column in columns) + GAP * (len(columns) - 1)


def fit(text: str, width: int, align: Literal["left", "right"] = "left") -> str:
    """Make text exactly ``width`` cells wide: padded, or cut with an ellipsis.

    Characters that take two cells are counted so. What cannot be printed never gets through to the terminal.
    """
    if not text.isprintable():
        text = clean(text)
    length = len(text) if text.isascii() else cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "…" if width > 1 else set_cell_size(text, width)
    padding = " " * (width - length)
    return padding + text if align == "right" else text + padding
