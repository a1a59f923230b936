"""A workbook's archive, looked over before anything parses it: bombs, entities and merged cells."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from casedesk.exchange.intake.claims import name_of
from casedesk.model.errors import BadInputError

MAX_PARTS = 2_000
MAX_SHEET = 2_000_000_000
"""The most bytes one worksheet may unpack to (a full sheet of a million rows takes about half of it)."""
MAX_STRINGS = 256_000_000
"""The most bytes the table of texts may unpack to: it is held in memory."""
MAX_PART = 32_000_000
"""The most bytes any other part may unpack to."""
MAX_TOTAL = 4_000_000_000
MAX_RATIO = 250
"""The most a part of more than :data:`SMALL` bytes may have been compressed; real sheets stay far below."""
SMALL = 1_000_000
MAX_MERGES = 10_000
PIECE = 1_048_576
"""Bytes read at a time, and the most between two tags: a cell holds at most 32,767 characters."""
MAX_ROW = 8 * PIECE
"""About the most bytes between the ends of two rows."""

BROKEN_ARCHIVE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)
"""What reading a damaged, encrypted or exotic archive raises."""

_OVERLAP = 256
_MERGE = re.compile(
    rb"<(?:\w{1,20}:)?mergeCell\s[^>]{0,100}?ref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']"
)

Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column; all counted from 1."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a workbook's archive."""

    offset: int
    """Where it lies in the file."""
    size: int
    """How many bytes it takes there."""
    merges: tuple[Merge, ...]
    """The merged ranges it declares."""


def read_archive(path: Path) -> dict[str, Part]:
    """Look over every part of the archive and say where each lies.

    Raises :class:`casedesk.model.errors.BadInputError` for an archive that would unpack to more than a real
    workbook does, declares XML entities, is encrypted or damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _check_sizes(path, parts)
            return {
                part.filename: Part(part.header_offset, part.compress_size, _look_over(path, archive, part))
                for part in parts
            }
    except BROKEN_ARCHIVE:
        raise broken(path) from None


def broken(path: Path) -> BadInputError:
    """The refusal of a workbook that cannot be unpacked or parsed."""
    return _refusal(path, "is a damaged workbook")


def _refusal(path: Path, what: str) -> BadInputError:
    return BadInputError(
        f"{name_of(path)} {what}.",
        "Open it in a spreadsheet program and save it again as XLSX, or export it as CSV.",
    )


def _check_sizes(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    total = 0
    for part in parts:
        if part.flag_bits & 0x1:
            raise BadInputError(
                f"{name_of(path)} is protected by a password.", "Save it without the password."
            )
        size = part.file_size
        total += size
        if (
            size > _limit(part.filename)
            or total > MAX_TOTAL
            or (size > SMALL and size > MAX_RATIO * part.compress_size)
        ):
            raise _refusal(path, "would unpack to far more than a real workbook does: it is not opened")
    if len(parts) > MAX_PARTS or len({part.filename for part in parts}) < len(parts):
        raise _refusal(path, "is not put together as a workbook is")


def _limit(name: str) -> int:
    if "/worksheets/" in name:
        return MAX_SHEET
    return MAX_STRINGS if name.endswith("sharedStrings.xml") else MAX_PART


def _look_over(path: Path, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> tuple[Merge, ...]:
    """Read a part once, refuse what no spreadsheet writes, and pick up the merged ranges."""
    is_sheet = "/worksheets/" in part.filename
    merges: set[Merge] = set()
    before = b""
    rowless = 0
    for piece in _pieces(archive, part):
        if len(piece) == PIECE and b"<" not in piece:
            raise _refusal(path, "has a cell longer than any spreadsheet allows")
        joined = before + piece
        if b"<!DOCTYPE" in joined:
            raise _refusal(path, "holds XML that no spreadsheet writes")
        rowless = 0 if b"row>" in piece else rowless + len(piece)
        if is_sheet and rowless > MAX_ROW:
            raise _refusal(path, "has a row that no spreadsheet could have written")
        merges.update(
            (int(found[2]), _column(found[1]), int(found[4]), _column(found[3]))
            for found in _MERGE.finditer(joined)
        )
        if len(merges) > MAX_MERGES:
            raise _refusal(path, f"has more than {MAX_MERGES:,} merged cells")
        before = joined[-_OVERLAP:]
    return tuple(sorted(merges))


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a part that is XML; nothing of one that is not (pictures, printer settings)."""
    with archive.open(part) as source:
        piece = source.read(PIECE)
        if piece.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or piece[:2] in (b"\xff\xfe", b"\xfe\xff"):
            while piece:
                yield piece
                piece = source.read(PIECE)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
