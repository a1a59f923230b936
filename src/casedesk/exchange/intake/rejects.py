"""The rejects file: the lines that were not taken, with why, ready to be corrected and taken in again."""

import csv
import os
import re
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from casedesk.exchange.intake.claims import name_of
from casedesk.exchange.intake.headings import OWN_COLUMNS
from casedesk.exchange.intake.taken import RejectedRow
from casedesk.model.errors import BadInputError

_HAZARD = re.compile(r"'*[=+\-@\t\r]")
"""A cell that a spreadsheet may run as a formula, and one that looks like such a cell made harmless."""
_QUOTED = re.compile(r"'+[=+\-@\t\r]")


def quoted(cell: str) -> str:
    """Make a cell harmless for spreadsheets; :func:`unquoted` gives it back as it was."""
    return f"'{cell}" if _HAZARD.match(cell) else cell


def unquoted(cell: str) -> str:
    """Undo :func:`quoted`."""
    return cell[1:] if _QUOTED.match(cell) else cell


def rejects_path(extract: Path) -> Path:
    """Where the rejects of an extract go: beside it, under a name that is still free."""
    stem = extract.stem.split(".rejects")[0]
    number = 1
    while True:
        path = extract.with_name(f"{stem}.rejects{'' if number == 1 else f'-{number}'}.csv")
        if not path.exists():
            return path
        number += 1


def _private(path: str, flags: int) -> int:
    """Open a file that only its owner may read."""
    return os.open(path, flags, 0o600)


class RejectsWriter:
    """Writes rejected rows. The file is made with the first of them, readable by its owner only.

    It starts with casedesk's own columns (line, column, reason), so that a line with too many or too few
    cells keeps its shape; then come the columns of the extract in their order. Taking the file in again with
    the same profile passes casedesk's columns over.
    """

    def __init__(self, path: Path, header: Sequence[str]) -> None:
        self.path = path
        self.count = 0
        self._header = header
        self._file: TextIO | None = None

    def write(self, row: RejectedRow) -> None:
        """Write one row.

        Raises :class:`casedesk.model.errors.BadInputError` when the file cannot be written.
        """
        try:
            if self._file is None:
                self._file = self._create()
            csv.writer(self._file).writerow(
                [row.line, quoted(row.column), quoted(f"{row.reason}. {row.cure}"), *map(quoted, row.cells)]
            )
        except OSError as error:
            raise self._refused(error) from None
        self.count += 1

    def close(self) -> None:
        """Finish the file. Raises :class:`casedesk.model.errors.BadInputError` when it cannot be written."""
        if self._file is None:
            return
        try:
            self._file.close()
        except OSError as error:
            raise self._refused(error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _create(self) -> TextIO:
        file = open(  # noqa: SIM115  # closed by close()
            self.path, "x", encoding="utf-8-sig", errors="replace", newline="", opener=_private
        )
        csv.writer(file).writerow([*OWN_COLUMNS, *map(quoted, self._header)])
        return file

    def _refused(self, error: OSError) -> BadInputError:
        if isinstance(error, FileExistsError):
            return BadInputError(
                f"{name_of(self.path)} is there already and may hold corrections.", "Give another name."
            )
        return BadInputError(
            f"The rejects file {name_of(self.path)} cannot be written: {error.strerror}.",
            "Give a folder in which you may write.",
        )
