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


def write_rows(columns: Sequence[Column], rows: Iterable[Sequence[str]], how: Format, title: str = "") -> None:
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
    shown = _fitting(columns, lines, console.width)
    table = Table(
        box=box.SIMPLE_HEAD, title=Text(title) if title else None, title_justify="left", pad_edge=False, show_edge=False
    )
    for column in columns[:shown]:
        table.add_column(
            column.title,
            overflow="fold" if column.fold else "ellipsis",
            no_wrap=not column.fold,
            max_width=column.most,
            min_width=column.least,
        )
    for row in lines:
        table.add_row(*(Text(cell) for cell in row[:shown]))
    console.print(table)
    if shown < len(columns):
        left_out = ", ".join(column.title for column in columns[shown:])
        say(f"No room here for: {left_out}. A wider window or --format plain shows them.")


def _fitting(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> int:
    """How many of the columns, from the first, can be read in a table of this width."""
    from rich.cells import cell_len

    used = -_GAP
    for at, column in enumerate(columns):
        longest = max(cell_len(column.title), *(cell_len(row[at]) for row in rows), 0)
        least = column.least or (_LEAST_FOLDED if column.fold else _LEAST_CUT)
        used += _GAP + max(min(longest, least), cell_len(column.title))
        if used > width:
            return max(at, 1)
    return len(columns)
