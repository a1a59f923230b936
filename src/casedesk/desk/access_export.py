"""Giving the access log out as a file, for a data protection officer or an auditor."""

import csv
from collections.abc import Iterator
from datetime import UTC
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from casedesk.desk.access import disclosed, entries
from casedesk.desk.desk import Desk
from casedesk.desk.paths import is_there
from casedesk.exchange.intake.rejects import quoted
from casedesk.model.errors import BadInputError, StoreError
from casedesk.model.ids import encode
from casedesk.store.access_log import Filters, count, each_line

_COLUMNS = ("line", "at", "who", "what", "reference", "case_id", "unit", "detail", "hash")
_BATCH = 1000


def export(desk: Desk, path: Path, filters: Filters) -> int:
    """Write the log to a CSV or JSON file, earliest line first and times in UTC; returns how many lines.

    The export is itself accounted for, before the file is written. Raises BadInputError for another kind of file
    or one that is there already, StoreError when it cannot be written.
    """
    ending = path.suffix.casefold()
    if ending not in (".csv", ".json"):
        raise BadInputError(f"{path.name}: the log is written as CSV or JSON.", "Name a file that ends so.")
    if is_there(path):
        raise BadInputError(f"{path} is there already.", "Give another name: nothing is overwritten.")
    until = desk.store.access.head()[0]
    number = count(desk.store.connection, filters)
    disclosed(desk, "access log", lines=number, form=ending[1:])
    rows = _rows(desk, filters, until)
    try:
        if ending == ".csv":
            with path.open("x", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(_COLUMNS)
                writer.writerows([quoted(_cell(value)) for value in row.values()] for row in rows)
        else:
            path.write_bytes(orjson.dumps(list(rows), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written ({type(error).__name__}).", "Check the folder and the free space."
        ) from None
    return number


def _rows(desk: Desk, filters: Filters, until: int) -> Iterator[dict[str, Any]]:
    lines = each_line(desk.store.connection, filters, until)
    while some := list(islice(lines, _BATCH)):
        for line, entry in zip(some, entries(desk, some), strict=True):
            at = line.at.astimezone(UTC).isoformat()
            case_id, unit = (encode(raw) if raw else "" for raw in (line.case_id, line.unit))
            of_whom = (entry.reference, case_id, unit)
            values = (line.seq, at, line.actor, line.kind, *of_whom, line.detail, encode(line.hash))
            yield dict(zip(_COLUMNS, values, strict=True))


def _cell(value: Any) -> str:
    return orjson.dumps(value).decode() if isinstance(value, dict) else str(value)
