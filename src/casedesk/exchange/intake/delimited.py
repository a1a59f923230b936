"""Delimited text (CSV and its relatives) as records, one bad line never taking another with it."""

import csv
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from casedesk.exchange.intake.claims import name_of
from casedesk.exchange.intake.lines import Lines, RecordTooLongError, scan
from casedesk.exchange.intake.taken import Broken, Record
from casedesk.model.errors import BadInputError

DELIMITERS = (",", ";", "\t", "|")
MAX_ENDLESS = 100
"""So many records without an end are borne; then the file is refused."""

_SEP = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
_ENDLESS = f"a quote that is not closed, or a cell of more than {csv.field_size_limit():,} characters"
_QUOTES = "Put cells with quotes in them between quotes, and write each quote inside twice."


class DelimitedSource:
    """One text file. Every iteration of :meth:`records` starts at the top."""

    def __init__(self, path: Path) -> None:
        self.size = path.stat().st_size
        self._path = path
        self._scan = scan(path)
        self._lines: Lines | None = None
        self.encoding: str | None = self._scan.encoding
        self.places = self._delimiters()
        self._unreadable = ("\0" if self._scan.has_nul else "") + (
            "\ufffd" if self._scan.encoding == "Windows-1252" else ""
        )

    @property
    def bytes_read(self) -> int:
        """How far the present iteration has read."""
        return self._lines.bytes_read if self._lines else 0

    def close(self) -> None:
        """Close the file."""
        if self._lines:
            self._lines.close()

    def top(self, delimiter: str, count: int) -> list[Record]:
        """The first records that can be read, at most ``count``, for finding the heading."""
        records = (one for one in islice(self.records(delimiter), count) if isinstance(one, Record))
        return list(records)

    def _delimiters(self) -> tuple[str, ...]:
        """The delimiters to try: the one the file declares (``sep=;``) or all."""
        lines = Lines(self._path, self._scan)
        declared = _SEP.fullmatch(next(lines, "").strip("\r\n"))
        lines.close()
        return (declared[1],) if declared else DELIMITERS

    def records(self, delimiter: str) -> Iterator[Record | Broken]:
        """Every record that is not blank, from the top of the file."""
        self.close()
        lines = self._lines = Lines(self._path, self._scan)
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        endless = 0
        while True:
            start = lines.number + 1
            try:
                cells = next(rows)
            except StopIteration:
                return
            except (csv.Error, RecordTooLongError) as error:
                reason = _reason(error)
                endless += reason is _ENDLESS
                if endless > MAX_ENDLESS:
                    raise self._endless(start) from None
                cells = lines.give_back().rstrip("\r\n").split(delimiter)
                yield Broken(start, cells, reason, _QUOTES)
                continue
            if any(cells):
                yield self._checked(start, cells)
            lines.next_record()

    def _checked(self, line: int, cells: list[str]) -> Record | Broken:
        for sign in self._unreadable:
            if any(sign in cell for cell in cells):
                return Broken(
                    line,
                    cells,
                    "characters that cannot be read",
                    "Look at the line in the extract and type it again, or export it as UTF-8.",
                )
        return Record(line, cells)

    def _endless(self, line: int) -> BadInputError:
        return BadInputError(
            f"{name_of(self._path)} cannot be split into rows: from line {line:,} on the quotes are wrong.",
            f"{_QUOTES} Or export it as XLSX.",
        )


def _reason(error: Exception) -> str:
    if isinstance(error, RecordTooLongError) or "field limit" in str(error):
        return _ENDLESS
    if "new-line" in str(error):
        return "a line break inside a cell that is not between quotes"
    return "the quotes in this line do not match"
