"""Helps the tests of extracts: small files, read in one call."""

import csv
import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from casedesk.exchange.intake import Reading, RejectedRow, SkippedRow, TakenEntity, TakenRow, open_extract
from casedesk.model.moments import Moment
from casedesk.reference.profiles import Profile, load_profiles

POLICE_UK = Path(__file__).resolve().parents[3] / "shared" / "data" / "police_uk"
NO_DATA = "the files of data.police.uk are not beside the project (../shared/data)"
STREET = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)


@cache
def profiles() -> dict[str, Profile]:
    return load_profiles()


def rms() -> Profile:
    return profiles()["rms-occurrences"]


def street() -> Profile:
    return profiles()["police-uk-street"]


def as_csv(rows: Sequence[Sequence[str]], **options: Any) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, **options).writerows(rows)
    return buffer.getvalue()


def write(folder: Path, content: str | bytes, name: str = "extract.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def workbook(folder: Path, rows: Sequence[Sequence[Any]], name: str = "extract.xlsx") -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    book.save(folder / name)
    return folder / name


def read(path: Path, profile: Profile | None = None, as_at: Moment | None = None) -> list[Reading]:
    with open_extract(path, profile or rms(), as_at=as_at) as extract:
        return list(extract.rows())


def taken(readings: Sequence[Reading]) -> list[TakenRow]:
    assert all(isinstance(one, TakenRow) for one in readings), readings
    return [one for one in readings if isinstance(one, TakenRow)]


def rejected(readings: Sequence[Reading]) -> list[RejectedRow]:
    return [one for one in readings if isinstance(one, RejectedRow)]


def skipped(readings: Sequence[Reading]) -> list[SkippedRow]:
    return [one for one in readings if isinstance(one, SkippedRow)]


def people(row: TakenRow, entity: str) -> list[TakenEntity]:
    return [other for other in row.others if other.entity == entity]


def one_row(folder: Path, **cells: str) -> TakenRow:
    """Take in one line of a records-system extract; headings are the keyword names, _ for a space."""
    (row,) = taken(read(_one_line(folder, cells)))
    return row


def one_reject(folder: Path, **cells: str) -> RejectedRow:
    (row,) = rejected(read(_one_line(folder, cells)))
    return row


def _one_line(folder: Path, cells: dict[str, str]) -> Path:
    names = {name.replace("_", " "): value for name, value in cells.items()}
    both = {"Occurrence No": "43260000001", **names}
    return write(folder, as_csv([list(both), list(both.values())]))
