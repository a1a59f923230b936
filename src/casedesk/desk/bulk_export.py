"""Giving some cases of the queue out as a file: what the list shows of them, accounted for before it is written."""

import csv
import io
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from casedesk.desk.access import disclosed
from casedesk.desk.caseload import band_labels
from casedesk.desk.desk import Desk
from casedesk.desk.paths import is_folder, is_name, is_there
from casedesk.exchange.intake.rejects import quoted
from casedesk.model.errors import BadInputError, StoreError
from casedesk.model.ids import EntityId
from casedesk.store.queue import QueueReader, QueueRow

FORMS = ("csv", "json")
_BATCH = 500


def export(desk: Desk, ids: Sequence[EntityId], path: Path, form: str = "") -> int:
    """Write these cases to a CSV or JSON file in the order given, times in UTC; returns how many.

    The form is that of the file's ending where none is said. Raises BadInputError for another form, for no cases
    or a file that is there already, StoreError when it cannot be written.
    """
    wanted = form or path.suffix.removeprefix(".").casefold()
    if wanted not in FORMS:
        raise BadInputError(f"{path.name}: cases are written as CSV or JSON.", "Name a file that ends so.")
    rows = [_row(desk, row, band_labels(desk)) for row in _rows(desk, ids)]
    if not rows:
        raise BadInputError("There are no cases to write.", "Mark some in the queue.")
    write_new(desk, path, _csv(rows) if wanted == "csv" else _json(desk, rows), "cases", len(rows), wanted)
    return len(rows)


def write_new(
    desk: Desk,
    path: Path,
    content: bytes,
    what: str,
    cases: int,
    form: str,
    *,
    case_id: EntityId | None = None,
) -> None:
    """Write a file that is not there yet, for its owner's eyes, once the access log has a line of it.

    ``case_id`` is the only case that it is of, where it is one.
    Raises BadInputError when the file is there or its folder is not, StoreError when it or the line cannot be
    written, as in a store that is open for reading only. A file half written is taken away.
    """
    try:
        if is_there(path):
            raise BadInputError(f"{path} is there already.", "Give another name: nothing is overwritten.")
        if not is_name(path):
            raise BadInputError("That is no name for a file, or too long a one.", "Give a shorter name.")
        if not is_folder(path.parent):
            raise BadInputError(f"There is no folder {path.parent}.", "Make it first, or choose another.")
        disclosed(desk, what, cases, case_id=case_id, form=form)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            _write(path, file, content)
    except (OSError, ValueError) as error:
        raise StoreError(
            f"{path} cannot be written ({type(error).__name__}).",
            "Check the name, the folder and the free space.",
        ) from None


def _write(path: Path, file: BinaryIO, content: bytes) -> None:
    try:
        file.write(content)
        file.flush()
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _rows(desk: Desk, ids: Sequence[EntityId]) -> list[QueueRow]:
    reader = QueueReader(desk.store.connection)
    rows = []
    for start in range(0, len(ids), _BATCH):
        some = [bytearray(case_id) for case_id in ids[start : start + _BATCH]]
        marks = ", ".join("?" * len(some))
        numbers = dict(
            desk.store.connection.execute(f"SELECT id, n FROM cases WHERE id IN ({marks})", some).fetchall()  # noqa: S608
        )
        rows += reader.rows([numbers[bytes(case_id)] for case_id in some if bytes(case_id) in numbers])
    return rows


def _row(desk: Desk, row: QueueRow, bands: dict[int, str]) -> dict[str, Any]:
    return {
        "reference": row.ref,
        "band": bands.get(row.band, ""),
        "why": row.sentence,
        "due": _time(row.due_at),
        "offence": row.offence,
        "flags": list(row.flags),
        "stage": row.stage,
        "outcome": row.outcome,
        "owner": row.owner,
        "team": row.team,
        "oic": row.oic,
        "waiting_for": row.waiting,
        "waiting_since": _time(row.waiting_since),
        "offence_date": row.since or "",
        "recorded": row.recorded or "",
        "location": row.location,
        "marking": desk.settings.marking,
    }


def _time(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""


def _csv(rows: Sequence[dict[str, Any]]) -> bytes:
    made = io.StringIO(newline="")
    writer = csv.writer(made)
    writer.writerow(rows[0])
    for row in rows:
        writer.writerow(
            [quoted(" ".join(value) if isinstance(value, list) else value) for value in row.values()]
        )
    return made.getvalue().encode()


def _json(desk: Desk, rows: Sequence[dict[str, Any]]) -> bytes:
    cases = [{name: value for name, value in row.items() if name != "marking"} for row in rows]
    said = {"marking": desk.settings.marking, "made_at": _time(desk.now), "cases": cases}
    return orjson.dumps(said, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
