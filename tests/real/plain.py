"""Plain readings of data.police.uk with the csv module alone: what casedesk's answers are held against."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

Line = dict[str, str]


def lines(path: Path) -> Iterator[Line]:
    """Every line of a file, by its headings."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def all_lines(paths: Iterable[Path]) -> list[Line]:
    """Every line of several files that has a Crime ID."""
    return [line for path in paths for line in lines(path) if line["Crime ID"]]


def text_of(path: Path, column: str) -> dict[str, str]:
    """One column by Crime ID; of a crime told twice the first line counts."""
    found: dict[str, str] = {}
    for line in lines(path):
        if line["Crime ID"]:
            found.setdefault(line["Crime ID"], line[column])
    return found
