"""A file from outside: opened only if it is an ordinary one, measured, looked at, hashed. Nothing in it is run."""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from casedesk.model.errors import BadInputError
from casedesk.model.media import HEAD, Recognised, is_zip, ole_directory, recognise
from casedesk.model.text import clip
from casedesk.store.blobs import PIECE

_MB = 1024 * 1024
_MOST_MEMBERS = 5000
_LARGEST_DIRECTORY = 2 * _MB
_TAIL = 65_557
"""Where the end of a ZIP file's list of members can begin, from the end: 22 bytes and the longest comment."""
_NOT_LOOKED_INTO = "The archive could not be looked into."


def typed_path(path: str | Path) -> Path:
    """A path as somebody typed it, or as a terminal writes it when a file is dropped in: quotes and ``~`` undone.

    One that is a path already stays as it is. Raises BadInputError when there is none.
    """
    if isinstance(path, Path):
        return path
    text = path.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    if not text or "\x00" in text:
        raise BadInputError("No file is named.", "Give its path.")
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def shown_size(size: int) -> str:
    """A number of bytes for reading."""
    if size < 1024:
        return f"{size} bytes"
    return f"{size / 1024:,.0f} kB" if size < _MB else f"{size / _MB:,.1f} MB"


def ordinary_file(path: Path, name: str) -> BinaryIO:
    """Open an ordinary file and nothing else. Raises BadInputError."""
    shown = clip(name, 60)
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            raise BadInputError(f"{shown} is a link, not a file.", "Attach the file that it points to.")
        if not stat.S_ISREG(mode):
            raise _not_ordinary(shown)
        descriptor = os.open(
            path,
            os.O_RDONLY
            | getattr(os, "O_BINARY", 0)
            | getattr(os, "O_NOFOLLOW", 0)
            | getattr(os, "O_NONBLOCK", 0),
        )
    except OSError as error:
        raise _unreadable(shown, error) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _not_ordinary(shown)
    return os.fdopen(descriptor, "rb")


def _not_ordinary(shown: str) -> BadInputError:
    return BadInputError(f"{shown} is not an ordinary file.", "Attach a file, not a folder or a device.")


def _unreadable(shown: str, error: OSError) -> BadInputError:
    if isinstance(error, FileNotFoundError):
        return BadInputError(f"There is no file {shown} there.", "Check the path.")
    return BadInputError(
        f"{shown} cannot be read ({error.strerror or type(error).__name__}).",
        "Check the path, the drive and your rights.",
    )


def checked_size(opened: BinaryIO, name: str, most: int) -> int:
    """The size of a file in bytes. Raises BadInputError when there is nothing in it, or more than ``most``."""
    size = os.fstat(opened.fileno()).st_size
    if size == 0:
        raise BadInputError(f"{clip(name, 60)} is empty: there is nothing in it.", "Attach the right file.")
    if size > most:
        raise BadInputError(
            f"{clip(name, 60)} has {shown_size(size)}; the most is {shown_size(most)}.",
            "Keep large recordings where your force keeps them, and list them as exhibits here.",
        )
    return size


def pieces(opened: BinaryIO, name: str) -> Iterator[bytes]:
    """What is left of a file, piece by piece. Raises BadInputError when it cannot be read to its end."""
    try:
        while piece := opened.read(PIECE):
            yield piece
    except OSError as error:
        raise _unreadable(clip(name, 60), error) from None


def hashed(opened: BinaryIO, name: str) -> bytes:
    """The SHA-256 of a whole file."""
    opened.seek(0)
    digest = hashlib.sha256()
    for piece in pieces(opened, name):
        digest.update(piece)
    return digest.digest()


def recognised(opened: BinaryIO, name: str) -> Recognised:
    """See what a file is. Raises BadInputError for a program or a script, and for an archive of too many files."""
    members: list[str] | None = []
    root = b""
    try:
        head = opened.read(HEAD)
        directory = ole_directory(head)
        if directory is not None:
            opened.seek(directory)
            root = opened.read(128)
        if is_zip(head):
            members = _members(opened, name)
    except OSError as error:
        raise _unreadable(clip(name, 60), error) from None
    found = recognise(name, head, members=members or (), root=root)
    return Recognised(found.media, (*found.notes, _NOT_LOOKED_INTO)) if members is None else found


def _members(opened: BinaryIO, name: str) -> list[str] | None:
    """The names in a ZIP file, read from its list alone; None when there is no list that can be read.

    The list is parsed here because the standard library would first take all of it into memory, whatever its size.
    """
    size = opened.seek(0, os.SEEK_END)
    opened.seek(max(0, size - _TAIL))
    tail = opened.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) - end < 22:
        return None
    length, start = (int.from_bytes(tail[end + at : end + at + 4], "little") for at in (12, 16))
    if length > _LARGEST_DIRECTORY or start + length > size:
        return None
    opened.seek(start)
    directory = opened.read(length)
    names: list[str] = []
    at = 0
    while directory[at : at + 4] == b"PK\x01\x02":
        of_name, of_rest, of_comment = (
            int.from_bytes(directory[at + by : at + by + 2], "little") for by in (28, 30, 32)
        )
        names.append(directory[at + 46 : at + 46 + of_name].decode("utf-8", "replace"))
        at += 46 + of_name + of_rest + of_comment
        if len(names) > _MOST_MEMBERS:
            raise BadInputError(
                f"{clip(name, 60)} holds more than {_MOST_MEMBERS:,} files: that is no document.",
                "Keep it where your force keeps exhibits, and list it as an exhibit here.",
            )
    return names if at == length else None
