"""Worksheets (XLSX) as records: values only, nothing worked out, read row by row."""

import re
import warnings
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from casedesk.exchange.intake.archive import BROKEN_ARCHIVE, Merge, broken, read_archive
from casedesk.exchange.intake.cells import FORMULA
from casedesk.exchange.intake.dates import SERIALS
from casedesk.exchange.intake.taken import Record, Trouble, Where

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
"""The size of the largest sheet that a spreadsheet program can write."""

_EXACT = 10**15
"""From here on a spreadsheet's numbers have lost digits."""
_PARSER = (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, SyntaxError)
"""What openpyxl raises for parts that are not as they should be (XML errors are SyntaxErrors)."""
_CLOCK = re.compile(r"h", re.IGNORECASE)
_FORMULA = Trouble(FORMULA.reason, FORMULA.cure)
_MERGED = Trouble("part of a merged cell", "Unmerge the cells and write the value into each.")
_ERROR = Trouble("an error of the spreadsheet stands in the cell", "Put the value itself in the cell.")
_DATE = Trouble(
    "a spreadsheet has made a date of this cell", "Export it again with this column as text.", Where.NOT_DATES
)
_NUMBER = Trouble(
    "a bare number where a date belongs, in a workbook that counts days from 1904",
    "Format the column as a date.",
    Where.DATES,
)

# It would warn onto the user's screen.
warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")


class WorkbookSource:
    """One workbook. Every iteration of :meth:`records` starts at the top of its sheet."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._parts = read_archive(path)
        self._file: BinaryIO = path.open("rb")
        self._offset = 0
        self.size = 0
        try:
            self._book = load_workbook(self._file, read_only=True, data_only=False, keep_links=False)
        except (*_PARSER, *BROKEN_ARCHIVE):
            self._file.close()
            raise broken(path) from None
        sheets = sorted(self._book.worksheets, key=lambda sheet: sheet.sheet_state != "visible")
        self.encoding: str | None = None
        self.places = tuple(sheet.title for sheet in sheets)
        self._from_1904 = self._book.epoch == CALENDAR_MAC_1904

    @property
    def bytes_read(self) -> int:
        """How far the present iteration has read, in compressed bytes of its sheet."""
        if self._file.closed:
            return self.size
        return min(max(self._file.tell() - self._offset, 0), self.size)

    def close(self) -> None:
        """Close the file."""
        with suppress(*BROKEN_ARCHIVE):
            self._book.close()
        self._file.close()

    def top(self, place: str, count: int) -> list[Record]:
        """The first records of a sheet, at most ``count``, for finding the heading."""
        return list(islice(self.records(place), count))

    def records(self, place: str) -> Iterator[Record]:
        """Every row that is not blank. Raises BadInputError where the sheet turns out to be damaged."""
        worksheet: Any = self._book[place]
        part = self._parts.get(worksheet._worksheet_path)  # openpyxl has no public name for it
        if part is None:
            raise broken(self._path)
        self._offset, self.size = part.offset, part.size
        worksheet.reset_dimensions()  # a sheet may claim any size; only its rows count
        merged = _Merged(part.merges)
        try:
            for line, row in enumerate(worksheet.iter_rows(), start=1):
                if line > MAX_ROWS or len(row) > MAX_COLUMNS:
                    raise broken(self._path)
                record = self._record(line, row, merged)
                if record is not None:
                    yield record
        except (*_PARSER, *BROKEN_ARCHIVE):
            raise broken(self._path) from None

    def _record(self, line: int, row: tuple[Any, ...], merged: "_Merged") -> Record | None:
        cells: list[str] = []
        troubles: dict[int, Trouble] = {}
        for at, cell in enumerate(row):
            text, trouble = self._cell(cell)
            cells.append(text)
            if trouble is not None:
                troubles[at] = trouble
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            return None
        troubles.update(dict.fromkeys(merged.covered(line), _MERGED))
        return Record(line, cells, troubles or None)

    def _cell(self, cell: Any) -> tuple[str, Trouble | None]:
        value = cell.value
        if value is None:
            return "", None
        if cell.data_type == "f":
            return str(getattr(value, "text", None) or value), _FORMULA
        if cell.data_type == "e":
            return str(value), _ERROR
        if isinstance(value, str):
            return value, None
        if isinstance(value, bool):
            return ("yes" if value else "no"), None
        if isinstance(value, int | float):
            may_be_day = SERIALS.start <= value < SERIALS.stop
            return _number(value), _NUMBER if self._from_1904 and may_be_day else None
        return _dated(value, bool(_CLOCK.search(cell.number_format or ""))), _DATE


def _number(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)


def _dated(value: date | time | timedelta, with_clock: bool) -> str:
    if not isinstance(value, datetime):
        return str(value)
    whole = (value + timedelta(milliseconds=500)).replace(microsecond=0)
    return f"{whole:%Y-%m-%d %H:%M:%S}" if with_clock or whole.time() != time() else f"{whole:%Y-%m-%d}"


class _Merged:
    """The cells that a merged range hides, row by row in rising order."""

    def __init__(self, merges: tuple[Merge, ...]) -> None:
        self._coming = list(reversed(merges))
        self._active: list[Merge] = []

    def covered(self, line: int) -> list[int]:
        """The places (from 0) in this row that have no value of their own because they are merged away."""
        if not self._coming and not self._active:
            return []
        while self._coming and self._coming[-1][0] <= line:
            self._active.append(self._coming.pop())
        self._active = [merge for merge in self._active if merge[2] >= line]
        if sum(right - left + 1 for _, left, _, right in self._active) > MAX_COLUMNS:
            raise ValueError("merged ranges overlap")
        return [
            column - 1
            for top, left, _, right in self._active
            for column in range(left, right + 1)
            if (line, column) != (top, left)
        ]
