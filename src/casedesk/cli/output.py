"""How the command line shows things: tables for people, CSV and JSON for programs, plain lines for readers."""

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_GAP = 3
"""Cells between two columns of a table."""
_LEAST_FOLDED, _LEAST_CUT = 8, 11
"""With fewer characters a column cannot be read, whether its text runs over several lines or is cut."""


class Format(StrEnum):
    """How results are written."""

    TABLE = "table"
    PLAIN = "plain"
    CSV = "csv"
    JSON = "json"


@dataclass(frozen=True)
class Column:
    """One column of a result: its heading, and how a table treats it."""

    title: str
    fold: bool = False
    """Whether its text may run over several lines; otherwise it is cut to the width there is."""
    most: int | None = None
    """The most characters a table gives it."""
    least: int | None = None
    """The fewest characters a table gives it."""


def write_rows(
    columns: Sequence[Column], rows: Iterable[Sequence[str]], how: Format, title: str = ""
) -> None:
    """Write rows of text to standard output in the form asked for."""
    if how is Format.TABLE:
        _table(columns, rows, title)
    elif how is Format.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow([column.title for column in columns])
        writer.writerows([harmless(cell) for cell in row] for row in rows)
    elif how is Format.JSON:
        keys = [column.title.lower().replace(" ", "_") for column in columns]
        write_json([dict(zip(keys, row, strict=True)) for row in rows])
    else:
        for row in rows:
            print("; ".join(f"{c.title}: {cell}" for c, cell in zip(columns, row, strict=True) if cell))


def write_json(value: Any) -> None:
    """Write a value as JSON with two spaces of indent."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def say(*lines: str) -> None:
    """Write plain lines to standard output."""
    for line in lines:
        print(line)


def harmless(cell: str) -> str:
    """A cell that no spreadsheet reads as a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell


def _table(columns: Sequence[Column], rows: Iterable[Sequence[str]], title: str) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    lines = list(rows)
    widths = _widths(columns, lines, console.width)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column, width in zip(columns, widths, strict=False):
        table.add_column(
            column.title, overflow="fold" if column.fold else "ellipsis", no_wrap=not column.fold, width=width
        )
    for row in lines:
        table.add_row(*(Text(cell) for cell in row[: len(widths)]))
    if title:
        say(title)
    console.print(table)
    if len(widths) < len(columns):
        left_out = ", ".join(column.title for column in columns[len(widths) :])
        say(f"No room here for: {left_out}. A wider window or --format plain shows them.")


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[str]], room: int) -> list[int]:
    """How wide each column is in so much room: the ones at the end that could not be read there are left out."""
    from rich.cells import cell_len

    wanted, least = [], []
    for at, column in enumerate(columns):
        title = cell_len(column.title)
        longest = max([title, *(cell_len(line) for row in rows for line in row[at].split("\n"))])
        wanted.append(min(longest, max(column.most or longest, title)))
        fewest = column.least or (_LEAST_FOLDED if column.fold else _LEAST_CUT)
        least.append(max(min(wanted[at], fewest), title))
    shown = len(columns)
    while shown > 1 and sum(least[:shown]) + _GAP * (shown - 1) > room:
        shown -= 1
    widths = wanted[:shown]
    while sum(widths) + _GAP * (shown - 1) > room and widths != least[:shown]:
        widths[max(range(shown), key=lambda at: widths[at] - least[at])] -= 1
    return widths
