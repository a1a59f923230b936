"""Kinds of file by their content, what is refused, and names that are safe everywhere."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.model.errors import BadInputError
from casedesk.model.media import LONGEST_NAME, PROGRAM_ENDINGS, Media, clean_name, recognise, title_of
from tests.model.files import DOCX, EXE, JPEG, MP4, OLE, PDF, PNG

TEXT = "Seen at 14:10 by the north door.\nZoë O’Hara\n".encode()


@pytest.mark.parametrize(
    ("name", "head", "media_type"),
    [
        ("scan.pdf", PDF, "application/pdf"),
        ("scan.pdf", b"\n\n" + PDF, "application/pdf"),
        ("a.jpg", JPEG, "image/jpeg"),
        ("a.png", PNG, "image/png"),
        ("a.gif", b"GIF89a" + bytes(20), "image/gif"),
        ("a.webp", b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        ("a.heic", b"\x00\x00\x00\x18ftypheic" + bytes(20), "image/heif"),
        ("a.bmp", b"BM\x36\x00\x0c\x00\x00\x00\x00\x00" + bytes(30), "image/bmp"),
        ("cctv.mp4", MP4, "video/mp4"),
        ("a.mov", b"\x00\x00\x00\x14ftypqt  " + bytes(20), "video/quicktime"),
        ("a.avi", b"RIFF\x10\x00\x00\x00AVI LIST", "video/x-msvideo"),
        ("a.wav", b"RIFF\x10\x00\x00\x00WAVEfmt ", "audio/wav"),
        ("a.mp3", b"ID3\x04" + bytes(20), "audio/mpeg"),
        ("a.mp3", b"\xff\xfb\x90\x00" + bytes(20), "audio/mpeg"),
        ("999.amr", b"#!AMR\n" + bytes(20), "audio/amr"),
        ("cam.ts", (b"G" + bytes(187)) * 3, "video/mp2t"),
        ("old.doc", OLE, "application/msword"),
        ("mail.msg", OLE, "application/vnd.ms-outlook"),
        ("note.txt", TEXT, "text/plain"),
        ("note.txt", TEXT.decode().encode("utf-16"), "text/plain"),
        ("note.txt", "Café at 9".encode("cp1252"), "text/plain"),
        ("calls.csv", b"number,at\n07700,14:10\n", "text/csv"),
        ("mail.eml", b"From: a@example.org\nSubject: x\n\nHello", "message/rfc822"),
        ("a.rtf", b"{\\rtf1\\ansi hello}", "application/rtf"),
        ("page.html", b"<!DOCTYPE html><html></html>", "text/html"),
        ("phone.db", b"SQLite format 3\x00" + bytes(20), "application/vnd.sqlite3"),
        ("export.dav", b"DHAV\x00\x01\x02" + bytes(20), "application/octet-stream"),
    ],
)
def test_a_kind_is_told_by_content(name: str, head: bytes, media_type: str) -> None:
    found = recognise(name, head)
    assert found.media.type == media_type
    assert title_of(media_type) != media_type
    said = " ".join(found.notes)
    assert "The name" not in said
    assert ("does not know" in said) == (media_type == "application/octet-stream")


def test_an_office_file_is_told_by_its_members() -> None:
    members = ["[Content_Types].xml", "word/document.xml"]
    assert recognise("a.docx", DOCX, members=members).media.title == "Word document"
    assert recognise("a.xlsx", DOCX, members=["xl/workbook.xml"]).media.title == "Excel workbook"
    assert recognise("a.zip", DOCX, members=["photo.jpg"]).media.type == "application/zip"


@pytest.mark.parametrize(
    ("name", "head", "said"),
    [
        ("statement.pdf", JPEG, "ends in .pdf, and the content is: JPEG picture"),
        ("statement", PDF, "has no ending, and the content is: PDF document"),
        ("photo.jpg", TEXT, "ends in .jpg, and the content is: Text"),
        ("page.html", b"<html><script>alert(1)</script>", "can run scripts where it is opened"),
        ("drawing.svg", b'<?xml version="1.0"?><svg></svg>', "can run scripts where it is opened"),
    ],
)
def test_a_name_that_does_not_fit_and_what_is_unsafe_elsewhere_is_said(
    name: str, head: bytes, said: str
) -> None:
    assert any(said in note for note in recognise(name, head).notes)


@pytest.mark.parametrize("end", sorted(PROGRAM_ENDINGS))
def test_endings_that_a_computer_runs_are_refused_whatever_the_content(end: str) -> None:
    with pytest.raises(BadInputError, match="not taken in"):
        recognise(f"invoice.pdf.{end.upper()}", PDF)


@pytest.mark.parametrize(
    "head",
    [
        EXE,
        b"\x7fELF\x02\x01" + bytes(20),
        b"\xcf\xfa\xed\xfe" + bytes(20),
        b"\xca\xfe\xba\xbe" + bytes(20),
        b"#!/bin/sh\nrm -rf ~\n",
        b"<?php echo 1;",
        b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(60),
    ],
)
def test_programs_and_scripts_are_refused_whatever_the_name(head: bytes) -> None:
    with pytest.raises(BadInputError, match="its content is a"):
        recognise("holiday.jpg", head)


@pytest.mark.parametrize(
    "member", ["setup.exe", "a/b/run.JS", "word/vbaProject.bin", "AndroidManifest.xml", "Main.class"]
)
def test_an_archive_that_holds_a_program_is_refused(member: str) -> None:
    with pytest.raises(BadInputError, match="not taken in"):
        recognise("evidence.zip", DOCX, members=["photo.jpg", member])


def test_a_windows_installer_is_refused_under_any_name() -> None:
    with pytest.raises(BadInputError, match="installer"):
        recognise("report.doc", OLE, root=bytes(80) + bytes.fromhex("84100c0000000000c000000000000046"))


def test_text_that_merely_begins_like_a_program_is_text() -> None:
    assert recognise("note.txt", b"MZ was seen at the shop").media.type == "text/plain"
    assert recognise("note.txt", b"BMW, silver, 2 doors").media.type == "text/plain"


def test_what_is_text_can_be_shown_as_text() -> None:
    assert recognise("a.eml", b"From: x\n\n").media.is_text
    assert not Media("application/pdf", "").is_text


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("statement.pdf", "statement.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\photo.jpg", "photo.jpg"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("COM¹.txt", "_COM¹.txt"),
        ("a<b>:c|d?.txt", "a_b__c_d_.txt"),
        ("note.txt:stream.exe", "note.txt_stream.exe"),
        ("trailing.txt. . ", "trailing.txt"),
        ("...", "document"),
        ("", "document"),
        (".hidden", "hidden"),
        ("-rf", "rf"),
        ("gpj\u202eexe.txt", "gpjexe.txt"),
        ("red\x1b[31m\x00.txt", "red.txt"),
        ("two\nlines.txt", "two lines.txt"),
        ("x" * 300 + ".pdf", "x" * (LONGEST_NAME - 4) + ".pdf"),
    ],
)
def test_names_are_made_safe(given_name: str, kept: str) -> None:
    assert clean_name(given_name) == kept


@given(st.text(max_size=400) | st.text(string.printable + "\u202e/\\.:", max_size=60))
def test_whatever_the_name_it_is_one_part_that_every_system_takes(name: str) -> None:
    kept = clean_name(name)
    assert 0 < len(kept) <= LONGEST_NAME
    assert len(kept.encode()) <= 255
    assert not set(kept) & set('<>:"/\\|?*')
    assert kept == kept.strip(" .")
    assert not any(ord(character) < 32 for character in kept)
    assert clean_name(kept) == kept
