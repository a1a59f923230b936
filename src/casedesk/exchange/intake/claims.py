"""What a file really is: told by its content, held against the name it goes by."""

import stat
import zipfile
from enum import Enum
from pathlib import Path

from casedesk.model.errors import BadInputError
from casedesk.model.text import clean

SNIFF = 65_536
"""How many bytes at the start of a file are looked at."""


class Shape(Enum):
    """The two shapes of extract that are read."""

    TEXT = "text"
    WORKBOOK = "workbook"


_TEXT_NAMES = frozenset({".csv", ".txt", ".tsv", ".tab"})
_WORKBOOK_NAMES = frozenset({".xlsx", ".xlsm"})
_EXPORT = "Export the extract as CSV or XLSX."
_SAVE_AS = "Open it in a spreadsheet program and save it as an Excel workbook (.xlsx)."
_SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3\0", "a database file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"{\\rtf", "a rich-text document"),
    (b"age-encryption.org", "an encrypted file"),
    (b"-----BEGIN", "an encrypted or signed file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)
_MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta", b"<head")


def name_of(path: Path) -> str:
    """The file's name as messages give it."""
    return f"“{clean(path.name)}”"


def shape_of(path: Path) -> Shape:
    """Tell whether the file is text or a workbook.

    Raises :class:`casedesk.model.errors.BadInputError` when it is neither, or not what its name says.
    """
    head = _head(path)
    found = _shape(path, head)
    suffix = path.suffix.lower()
    if found is Shape.WORKBOOK and suffix in _TEXT_NAMES | {".xls"}:
        raise BadInputError(
            f"{name_of(path)} is really an Excel workbook.", "Rename it to end in .xlsx and take it in again."
        )
    if found is Shape.TEXT and suffix in _WORKBOOK_NAMES | {".xls", ".xlsb", ".ods"}:
        raise BadInputError(
            f"{name_of(path)} is not a workbook but plain text.",
            "Rename it to end in .csv and take it in again.",
        )
    return found


def _head(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise BadInputError(f"{name_of(path)} is a folder.", "Name the files in it.")
        if not stat.S_ISREG(mode):
            raise BadInputError(f"{name_of(path)} is not an ordinary file.", _EXPORT)
        with path.open("rb") as file:
            head = file.read(SNIFF)
    except FileNotFoundError:
        raise BadInputError(f"There is no file {name_of(path)}.", "Check the name and the folder.") from None
    except OSError as error:
        raise BadInputError(
            f"{name_of(path)} cannot be read: {error.strerror}.", "Check that you may open it."
        ) from None
    if not head.strip():
        raise BadInputError(f"{name_of(path)} is empty.", "Export the extract again.")
    return head


def _shape(path: Path, head: bytes) -> Shape:
    if head.startswith(b"PK"):
        return _archive(path)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise _old_office(path)
    for sign, kind in _SIGNS:
        if head.startswith(sign):
            raise BadInputError(f"{name_of(path)} is {kind}, not an extract.", _EXPORT)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:16].lower().startswith(_MARKUP):
        raise BadInputError(f"{name_of(path)} is a web page or XML, not an extract.", _SAVE_AS)
    if head.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        raise BadInputError(f"{name_of(path)} is UTF-32 text.", "Save it as “CSV UTF-8”.")
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadInputError(
            f"{name_of(path)} holds binary data, or UTF-16 text without its mark.",
            "Save it as “CSV UTF-8” or as XLSX.",
        )
    return Shape.TEXT


def _archive(path: Path) -> Shape:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise BadInputError(
            f"{name_of(path)} is a damaged workbook or archive.", "Export or copy it again."
        ) from None
    if "xl/workbook.xml" in names:
        return Shape.WORKBOOK
    if "xl/workbook.bin" in names:
        raise BadInputError(f"{name_of(path)} is a binary workbook (.xlsb).", _SAVE_AS)
    if "word/document.xml" in names:
        raise BadInputError(f"{name_of(path)} is a Word document, not an extract.", _EXPORT)
    if "mimetype" in names and "content.xml" in names:
        raise BadInputError(f"{name_of(path)} is an OpenDocument file.", _SAVE_AS)
    raise BadInputError(
        f"{name_of(path)} is a zip archive, not an extract.", "Unpack it and take in the files inside."
    )


def _old_office(path: Path) -> BadInputError:
    """The old Office container: a workbook in the format before 2007, or the wrapping of an encrypted one."""
    directory = path.read_bytes() if path.stat().st_size < 4_000_000 else _ends(path)
    if "EncryptedPackage".encode("utf-16-le") in directory:
        return BadInputError(
            f"{name_of(path)} is protected by a password.",
            "Save it without the password (File, Info, Protect Workbook) and take it in again.",
        )
    if "WordDocument".encode("utf-16-le") in directory:
        return BadInputError(f"{name_of(path)} is a Word document, not an extract.", _EXPORT)
    return BadInputError(f"{name_of(path)} is a workbook in the old format (.xls).", _SAVE_AS)


def _ends(path: Path) -> bytes:
    """The first and last two million bytes, where the container keeps its directory."""
    with path.open("rb") as file:
        first = file.read(2_000_000)
        file.seek(-2_000_000, 2)
        return first + file.read()
