"""A file that is not what it claims to be is refused, with what it really is."""

import os
import zipfile
from pathlib import Path

import pytest

from casedesk.exchange.intake import guess_profile, open_extract
from casedesk.model.errors import BadInputError
from tests.exchange.reading import profiles, rms, workbook, write

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000


def refusal(path: Path) -> BadInputError:
    with pytest.raises(BadInputError) as refused:
        open_extract(path, rms())
    with pytest.raises(BadInputError):
        guess_profile(path, profiles().values())
    assert refused.value.cure
    return refused.value


def archive(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name in names:
            made.writestr(name, "<x/>")
    return path


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"\x1f\x8b\x08", "a gzip archive"),
        (b"SQLite format 3\0rest", "a database"),
        (b"\x89PNG\r\n", "a picture"),
        (b"{\\rtf1 hello}", "a rich-text document"),
        (b"age-encryption.org/v1\n", "an encrypted file"),
        (b"  <html><table>", "a web page or XML"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "a web page or XML"),
        (b"PK\x03\x04 but damaged", "a damaged workbook or archive"),
        (b"some\0binary", "binary data"),
        (b"", "is empty"),
        (b" \n \n", "is empty"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (OLE + "WordDocument".encode("utf-16-le"), "a Word document"),
        (OLE + "Workbook".encode("utf-16-le"), "the old format (.xls)"),
    ],
)
@pytest.mark.parametrize("name", ["extract.csv", "extract.xlsx"])
def test_other_kinds_of_file(tmp_path: Path, raw: bytes, what: str, name: str) -> None:
    refused = refusal(write(tmp_path, raw, name))
    assert what in refused.message
    assert name in refused.message


def test_archives(tmp_path: Path) -> None:
    for names, what in (
        (("crimes.csv",), "a zip archive"),
        (("word/document.xml",), "a Word document"),
        (("mimetype", "content.xml"), "an OpenDocument file"),
        (("xl/workbook.bin",), "a binary workbook (.xlsb)"),
    ):
        assert what in refusal(archive(tmp_path / "extract.csv", *names)).message


def test_a_workbook_under_the_name_of_text_and_the_other_way_round(tmp_path: Path) -> None:
    book = workbook(tmp_path, [["Occurrence No"], ["1"]])
    for name in ("extract.csv", "extract.txt", "extract.xls"):
        refused = refusal(book.rename(tmp_path / name))
        assert "really an Excel workbook" in refused.message
        assert ".xlsx" in refused.cure
        book = tmp_path / name
    for name in ("text.xlsx", "text.xls"):
        refused = refusal(write(tmp_path, "Occurrence No\n1\n", name))
        assert "plain text" in refused.message
        assert ".csv" in refused.cure


def test_a_name_without_an_ending_is_no_claim(tmp_path: Path) -> None:
    with open_extract(write(tmp_path, "Occurrence No\n1\n", "extract"), rms()) as extract:
        assert len(list(extract.rows())) == 1
    book = workbook(tmp_path, [["Occurrence No"], ["1"]]).rename(tmp_path / "book")
    with open_extract(book, rms()) as extract:
        assert extract.sheet == "Sheet"


def test_what_is_no_file_at_all(tmp_path: Path) -> None:
    assert "There is no file" in refusal(tmp_path / "nowhere.csv").message
    assert "is a folder" in refusal(tmp_path).message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert "not an ordinary file" in refusal(tmp_path / "pipe.csv").message


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="this user may read everything")
def test_a_file_one_may_not_read(tmp_path: Path) -> None:
    path = write(tmp_path, "Occurrence No\n1\n")
    path.chmod(0)
    assert "cannot be read" in refusal(path).message


def test_escapes_in_a_file_name_do_not_reach_the_screen(tmp_path: Path) -> None:
    refused = refusal(write(tmp_path, b"%PDF", "ev\x1b[31mil.csv"))
    assert "\x1b" not in refused.message
