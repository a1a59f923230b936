"""The lines of a text file, decoded piece by piece, so that a file of any size takes the same memory.

UTF-8 (with or without its mark), UTF-16 with its mark, and Windows-1252. A file is taken as UTF-8 when all
of it is; otherwise each line that is not UTF-8 is read as Windows-1252, so that one stray byte garbles no
other line.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from casedesk.exchange.intake.claims import name_of
from casedesk.model.errors import BadInputError

PIECE = 262_144
"""Bytes read at a time."""
MAX_LINE = 1_048_576
"""The longest line that is read: bytes when the file is looked over, characters when it is read."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What a first look over the whole file found."""

    encoding: str
    """``UTF-8``, ``UTF-16`` or ``Windows-1252``."""
    mark: int
    """The bytes of the byte-order mark, which are no part of the text."""
    end: str
    """What ends a line: ``\\n`` (with or without ``\\r`` before it), or a lone ``\\r``."""
    has_nul: bool


class RecordTooLongError(Exception):
    """The lines taken since the last record are together longer than one record may be."""


def scan(path: Path) -> Scan:
    """Look the whole file over once.

    Raises :class:`casedesk.model.errors.BadInputError` for a line longer than :data:`MAX_LINE` and for
    broken UTF-16.
    """
    with path.open("rb") as file:
        codec, mark = _marked(file.read(3))
        file.seek(mark)
        decoder = codecs.getincrementaldecoder(codec)()
        valid = True
        run = 0
        newlines = returns = nuls = False
        while piece := file.read(PIECE):
            valid = valid and _decodes(decoder, piece)
            newlines = newlines or b"\n" in piece
            returns = returns or b"\r" in piece
            nuls = nuls or b"\0" in piece
            run = _longest(path, run, piece)
        valid = valid and _decodes(decoder, b"", final=True)
    if codec != "utf-8" and not valid:
        raise BadInputError(f"{name_of(path)} is marked as UTF-16 but is not.", "Save it as “CSV UTF-8”.")
    encoding = "UTF-16" if codec != "utf-8" else "UTF-8" if valid else "Windows-1252"
    return Scan(encoding, mark, "\r" if returns and not newlines else "\n", nuls and codec == "utf-8")


def _marked(head: bytes) -> tuple[str, int]:
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le", 2
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be", 2
    return "utf-8", 3 if head == codecs.BOM_UTF8 else 0


def _decodes(decoder: codecs.IncrementalDecoder, piece: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(piece, final)
    except UnicodeDecodeError:
        return False
    return True


def _longest(path: Path, run: int, piece: bytes) -> int:
    """Count the bytes since the last line end, over the pieces; refuse a line that is too long."""
    last = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
    if last < 0:
        run += len(piece)
    else:
        first = min(at for at in (piece.find(b"\n"), piece.find(b"\r")) if at >= 0)
        _check(path, run + first)
        run = len(piece) - last - 1
    _check(path, run)
    return run


def _check(path: Path, length: int) -> None:
    if length > MAX_LINE:
        raise BadInputError(
            f"{name_of(path)} has a line of more than {MAX_LINE:,} bytes: it is not an extract.",
            "Check that it is the right file, and export it again.",
        )


class Lines:
    """An iterator of lines that remembers those of the record being read, so that they can be given back.

    ``taken`` are the lines since :meth:`next_record`; ``number`` is the number of the last one given out.
    """

    def __init__(self, path: Path, scan: Scan) -> None:
        self.taken: list[str] = []
        self.number = 0
        self.bytes_read = 0
        self._path = path
        self._scan = scan
        self._weight = 0
        self._again: list[str] = []
        self._file: BinaryIO = path.open("rb")
        self._stream = self._split()

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._stream)
        self.number += 1
        self.taken.append(line)
        self._weight += len(line)
        if self._weight > MAX_LINE:
            raise RecordTooLongError
        return line

    def next_record(self) -> None:
        """Forget the lines of the last record: the next line starts another."""
        self.taken.clear()
        self._weight = 0

    def give_back(self) -> str:
        """Keep the first line of the record that failed, and give the others out again as if never taken."""
        first, *others = self.taken
        self._again.extend(reversed(others))
        self.number -= len(others)
        self.next_record()
        return first

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _split(self) -> Iterator[str]:
        end = self._scan.end
        rest = ""
        for piece in self._decoded():
            lines = (rest + piece).split(end)
            rest = lines.pop()
            for line in lines:
                yield line + "\n"
            if len(rest) > MAX_LINE:
                _check(self._path, len(rest))
        if rest:
            yield rest

    def _decoded(self) -> Iterator[str]:
        self._file.seek(self._scan.mark)
        if self._scan.encoding == "Windows-1252":
            yield from self._mixed()
            return
        codec = "utf-8"
        if self._scan.encoding == "UTF-16":
            self._file.seek(0)
            codec = "utf-16"
        decoder = codecs.getincrementaldecoder(codec)(errors="replace")
        for piece in self._pieces():
            yield decoder.decode(piece)

    def _mixed(self) -> Iterator[str]:
        end = self._scan.end.encode()
        rest = b""
        for piece in self._pieces():
            lines = (rest + piece).split(end)
            rest = lines.pop()
            yield "".join(_either(line) + self._scan.end for line in lines)
        yield _either(rest)

    def _pieces(self) -> Iterator[bytes]:
        while piece := self._file.read(PIECE):
            self.bytes_read = self._file.tell()
            yield piece


def _either(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")
