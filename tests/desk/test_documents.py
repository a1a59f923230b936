"""Documents: taken in whole or refused with a reason, listed, read, given out by name, taken off and brought back."""

import os
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.desk import access, documents, exhibits, incoming_file, record, undo
from casedesk.desk.desk import Desk
from casedesk.desk.documents import case_documents
from casedesk.desk.settings import Limits
from casedesk.model.entities import VICTIM
from casedesk.model.errors import BadInputError, CasedeskError, NotFoundError, StoreError
from casedesk.model.ids import EntityId, new_id
from casedesk.model.text import MAX_TEXT
from casedesk.store import blobs
from casedesk.store.checks import verify
from tests.conftest import FrozenClock
from tests.model.files import DOCX, EXE, JPEG, MP4, MSI, PDF, XLSX, zipped
from tests.store.making import add_case

Put = Callable[[str, bytes], Path]


@pytest.fixture
def case_id(desk: Desk) -> EntityId:
    return add_case(desk.store)


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Writes a file outside the store."""

    def write(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def count(desk: Desk) -> int:
    return blobs.held(desk.store.connection).count


def test_a_file_is_taken_in_listed_and_given_out_as_it_was(
    desk: Desk, case_id: EntityId, put: Put, tmp_path: Path
) -> None:
    made = documents.attach(desk, case_id, put("scan.pdf", PDF), title="Statement of Zoë")
    assert (made.number, made.name, made.title, made.size, made.notes) == (
        1, "scan.pdf", "Statement of Zoë", len(PDF), (),
    )  # fmt: skip
    (one,) = case_documents(desk, case_id)
    assert (one.document.title, one.kind, one.here, one.belongs) == (
        "Statement of Zoë", "PDF document", True, "",
    )  # fmt: skip
    path = documents.save_as(desk, case_id, made.id, tmp_path / "copy.pdf")
    assert path.read_bytes() == PDF
    assert "1 kB" not in documents.store_size(desk)
    assert documents.store_size(desk).endswith("17 bytes now.")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [("a.docx", DOCX, "Word document"), ("a.xlsx", XLSX, "Excel workbook")],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_office_files_are_looked_into(
    desk: Desk, case_id: EntityId, put: Put, name: str, content: bytes, kind: str
) -> None:
    made = documents.attach(desk, case_id, put(name, content))
    assert (made.media.title, made.notes) == (kind, ())


def test_the_same_content_is_kept_once_and_said_so(desk: Desk, case_id: EntityId, put: Put) -> None:
    documents.attach(desk, case_id, put("scan.pdf", PDF))
    again = documents.attach(desk, add_case(desk.store, ref="42/2/26"), put("other.pdf", PDF))
    assert any("takes no more room" in note for note in again.notes)
    assert count(desk) == 1


def test_the_same_file_twice_in_the_same_place_is_refused(desk: Desk, case_id: EntityId, put: Put) -> None:
    documents.attach(desk, case_id, put("scan.pdf", PDF))
    with pytest.raises(BadInputError, match="document 1 of this case already"):
        documents.attach(desk, case_id, put("again.pdf", PDF))
    exhibit = exhibits.add(desk, case_id, "JD/1", "Statement")
    assert documents.attach(desk, case_id, put("again.pdf", PDF), belongs=exhibit).number == 2


def test_a_name_from_outside_is_cleaned_and_the_person_told(
    desk: Desk, case_id: EntityId, put: Put, tmp_path: Path
) -> None:
    made = documents.attach(desk, case_id, put("photo\u202egpj.jpg ", JPEG))
    assert made.name == "photogpj.jpg"
    assert "kept under the name photogpj.jpg" in " ".join(made.notes)


def test_a_mismatch_of_name_and_content_is_said(desk: Desk, case_id: EntityId, put: Put) -> None:
    made = documents.attach(desk, case_id, put("photo.pdf", JPEG))
    assert made.media.type == "image/jpeg"
    assert "ends in .pdf" in " ".join(made.notes)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.pdf", b"", "is empty"),
        ("run.exe", PDF, "run when they are opened"),
        ("run.pdf.EXE.", EXE, "not taken in"),
        ("photo.jpg", EXE, "program for Windows"),
        ("go.txt", b"#!/bin/sh\n", "a script"),
        ("setup.doc", MSI, "installer"),
        ("bundle.zip", zipped("a/photo.jpg", "a/setup.exe"), "program or script in it"),
        ("report.docx", zipped("word/document.xml", "word/vbaProject.bin"), "macros"),
        ("many.zip", zipped(*(f"{n}.jpg" for n in range(5001))), "more than 5,000 files"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_must_not_come_in_is_refused_and_nothing_is_kept(
    desk: Desk, case_id: EntityId, put: Put, name: str, content: bytes, said: str
) -> None:
    with pytest.raises(BadInputError, match=said):
        documents.attach(desk, case_id, put(name, content))
    assert count(desk) == 0
    assert not case_documents(desk, case_id)


def test_a_cut_or_lying_archive_is_taken_for_what_it_begins_as(
    desk: Desk, case_id: EntityId, put: Put
) -> None:
    for at, content in enumerate((DOCX[:-30], DOCX[:-10] + b"\xff\xff\xff\x7f" + DOCX[-6:])):
        made = documents.attach(desk, case_id, put(f"cut{at}.zip", content))
        assert made.media.type == "application/zip"
        assert "could not be looked into" in " ".join(made.notes)


def test_a_file_over_the_limit_is_refused_before_it_is_read(
    desk: Desk, case_id: EntityId, tmp_path: Path
) -> None:
    large = tmp_path / "large.mp4"
    with large.open("wb") as file:
        file.truncate(3 * 1024 * 1024 + 1)
    desk.settings = replace(desk.settings, limits=Limits(document_mb=3))
    with pytest.raises(BadInputError, match=r"has 3\.0 MB; the most is 3\.0 MB"):
        documents.attach(desk, case_id, large)


@pytest.mark.skipif(os.name == "nt", reason="links and pipes are made differently there")
def test_links_folders_pipes_and_devices_are_refused(
    desk: Desk, case_id: EntityId, put: Put, tmp_path: Path
) -> None:
    (tmp_path / "link.pdf").symlink_to(put("scan.pdf", PDF))
    os.mkfifo(tmp_path / "pipe.pdf")
    with pytest.raises(BadInputError, match="is a link"):
        documents.attach(desk, case_id, tmp_path / "link.pdf")
    for path in (tmp_path, tmp_path / "pipe.pdf", Path(os.devnull)):
        with pytest.raises(BadInputError, match="not an ordinary file"):
            documents.attach(desk, case_id, path)


@pytest.mark.parametrize("path", ["", "  ", "nowhere/none.pdf", "a\x00b"])
def test_a_path_that_leads_nowhere_is_told(desk: Desk, case_id: EntityId, path: str) -> None:
    with pytest.raises(BadInputError, match=r"No file is named|There is no file"):
        documents.attach(desk, case_id, path)


def test_a_path_may_be_typed_as_a_terminal_writes_it(
    desk: Desk, case_id: EntityId, put: Put, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = put("two words.pdf", PDF)
    assert documents.attach(desk, case_id, f" '{path}' ").number == 1
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert incoming_file.typed_path("~/two words.pdf") == path


def test_a_file_that_changes_while_it_is_read_is_refused(
    desk: Desk, case_id: EntityId, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put("growing.txt", b"first line\n")
    hashed = incoming_file.hashed

    def hash_then_write(*given: object) -> bytes:
        digest = hashed(*given)  # type: ignore[arg-type] # passed on as it came
        path.write_bytes(b"other line\n")
        return digest

    monkeypatch.setattr(documents, "hashed", hash_then_write)
    with pytest.raises(StoreError, match="nothing was kept"):
        documents.attach(desk, case_id, path)
    assert count(desk) == 0
    assert not case_documents(desk, case_id)


def test_a_full_disk_is_named_and_nothing_is_half_kept(desk: Desk, case_id: EntityId, put: Put) -> None:
    path = put("large.mp4", MP4 + os.urandom(2 * 1024 * 1024))
    (pages,) = desk.store.connection.execute("PRAGMA page_count").fetchone()
    desk.store.connection.execute(f"PRAGMA max_page_count = {pages + 50}")
    with pytest.raises(StoreError, match="disk is full"):
        documents.attach(desk, case_id, path)
    desk.store.connection.execute("PRAGMA max_page_count = 1000000")
    assert count(desk) == 0
    assert documents.attach(desk, case_id, path).number == 1


# -- what it belongs to -----------------------------------------------------------------------------------------


def test_a_document_belongs_to_what_it_was_attached_to(
    desk: Desk, case_id: EntityId, put: Put, clock: FrozenClock
) -> None:
    victim, entry = new_id(), record.add_log_entry(desk, case_id, "Statement taken at the address")
    with desk.store.unit_of_work("test") as unit:
        unit.set(VICTIM, victim, case_id, {"name": "Zoë O’Hara"})
    exhibit = exhibits.add(desk, case_id, "JD/1", "Knife")
    for at, belongs in enumerate((victim, entry, exhibit)):
        documents.attach(desk, case_id, put(f"{at}.txt", f"text {at}".encode()), belongs=belongs)
        clock.advance(timedelta(minutes=1))
    said = [one.belongs for one in case_documents(desk, case_id)]
    assert said == [
        "Victim Zoë O’Hara",
        "Log 20 Nov 2026 15:00: Statement taken at the address",
        "Exhibit JD/1",
    ]
    (shown,) = exhibits.case_evidence(desk, case_id)
    assert [one.number for one in shown.documents] == [3]
    first = case_documents(desk, case_id)[0]
    documents.link(desk, case_id, first.id, None)
    assert case_documents(desk, case_id)[0].belongs == ""


def test_a_document_cannot_belong_to_another_case(desk: Desk, case_id: EntityId, put: Put) -> None:
    elsewhere = exhibits.add(desk, add_case(desk.store, ref="42/2/26"), "JD/1", "Knife")
    with pytest.raises(BadInputError, match="not in this case"):
        documents.attach(desk, case_id, put("a.pdf", PDF), belongs=elsewhere)
    made = documents.attach(desk, case_id, put("a.pdf", PDF))
    with pytest.raises(BadInputError, match="not in this case"):
        documents.link(desk, case_id, made.id, elsewhere)


# -- numbers, titles, taking off --------------------------------------------------------------------------------


def test_numbers_stay_when_documents_change(
    desk: Desk, case_id: EntityId, put: Put, clock: FrozenClock
) -> None:
    ids = []
    for name in "abc":
        ids.append(documents.attach(desk, case_id, put(f"{name}.txt", name.encode())).id)
        clock.advance(timedelta(minutes=1))
    documents.rename(desk, case_id, ids[0], "The first")
    documents.take_off(desk, case_id, ids[1], "Wrong case")
    listed = [
        (one.number, one.document.title, bool(one.document.removed)) for one in case_documents(desk, case_id)
    ]
    assert listed == [(1, "The first", False), (2, "b.txt", True), (3, "c.txt", False)]
    assert documents.numbered(desk, case_id, 3).id == ids[2]


def test_what_was_taken_off_cannot_be_used_and_undo_brings_it_back(
    desk: Desk, case_id: EntityId, put: Put, tmp_path: Path
) -> None:
    made = documents.attach(desk, case_id, put("a.pdf", PDF))
    documents.take_off(desk, case_id, made.id, "Belongs to another case")
    for use in (
        lambda: documents.numbered(desk, case_id, 1),
        lambda: documents.save_as(desk, case_id, made.id, tmp_path / "copy.pdf"),
        lambda: documents.rename(desk, case_id, made.id, "x"),
    ):
        with pytest.raises(NotFoundError, match="was taken off"):
            use()
    assert count(desk) == 1
    undo.undo(desk)
    assert documents.save_as(desk, case_id, made.id, tmp_path / "copy.pdf").read_bytes() == PDF


def test_attaching_is_one_act_that_is_undone_and_done_again(desk: Desk, case_id: EntityId, put: Put) -> None:
    documents.attach(desk, case_id, put("a.pdf", PDF))
    act = undo.next_undo(desk)
    assert act is not None
    assert undo.title_of(act).startswith("attaching a document")
    undo.undo(desk)
    assert not case_documents(desk, case_id)
    undo.redo(desk)
    assert [one.here for one in case_documents(desk, case_id)] == [True]
    assert not verify(desk.store.connection).missing


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (lambda desk, case, own: documents.take_off(desk, case, own, " "), "The reason is empty"),
        (lambda desk, case, own: documents.rename(desk, case, own, " \u202e"), "The title is empty"),
        (lambda desk, case, own: documents.rename(desk, case, own, "x" * 201), "201 characters"),
        (lambda desk, case, own: documents.numbered(desk, case, 9), "no document 9: there are 1"),
        (lambda desk, case, own: documents.rename(desk, case, new_id(), "x"), "not in this case"),
        (lambda desk, case, own: documents.read_text(desk, case, own), "is no text"),
    ],
)
def test_refusals_are_clear(
    desk: Desk, case_id: EntityId, put: Put, refused: Callable[[Desk, EntityId, EntityId], object], said: str
) -> None:
    made = documents.attach(desk, case_id, put("a.pdf", PDF))
    with pytest.raises(CasedeskError, match=said):
        refused(desk, case_id, made.id)


# -- giving out and reading -------------------------------------------------------------------------------------


def test_a_copy_is_for_its_owner_alone_and_noted_before_it_is_out(
    desk: Desk, case_id: EntityId, put: Put, tmp_path: Path
) -> None:
    made = documents.attach(desk, case_id, put("a.pdf", PDF), title="Statement of Zoë")
    folder = tmp_path / "out"
    folder.mkdir()
    path = documents.save_as(desk, case_id, made.id, folder, reason="For the file")
    assert path == folder / "a.pdf"
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    line = access.page(desk).entries[0]
    assert (line.kind, line.case_id) == ("disclosure", case_id)
    assert "what document" in line.detail
    assert "For the file" in line.detail
    assert "Zoë" not in line.detail


def test_a_copy_never_overwrites(desk: Desk, case_id: EntityId, put: Put, tmp_path: Path) -> None:
    made = documents.attach(desk, case_id, put("a.pdf", PDF))
    taken = put("taken.pdf", b"mine")
    dangling = tmp_path / "dangling.pdf"
    if os.name == "posix":
        dangling.symlink_to(tmp_path / "elsewhere.pdf")
    before = access.page(desk).total
    for path in [taken, tmp_path] + [dangling] * (os.name == "posix"):  # a.pdf lies in the folder itself
        with pytest.raises(BadInputError, match="is there already"):
            documents.save_as(desk, case_id, made.id, path)
    with pytest.raises(BadInputError, match="no folder"):
        documents.save_as(desk, case_id, made.id, tmp_path / "none" / "a.pdf")
    assert taken.read_bytes() == b"mine"
    assert not (tmp_path / "elsewhere.pdf").exists()
    assert access.page(desk).total == before


def test_a_content_that_is_not_whole_leaves_no_copy(
    desk: Desk, case_id: EntityId, put: Put, tmp_path: Path
) -> None:
    made = documents.attach(desk, case_id, put("a.pdf", PDF))
    with desk.store.transaction():
        desk.store.connection.execute("UPDATE blob SET data = ?", (b"x" * len(PDF),))
    with pytest.raises(StoreError, match="not what was attached"):
        documents.save_as(desk, case_id, made.id, tmp_path / "copy.pdf")
    assert not (tmp_path / "copy.pdf").exists()
    with desk.store.transaction():
        desk.store.connection.execute("DELETE FROM blob")
    with pytest.raises(NotFoundError, match="not in the store"):
        documents.save_as(desk, case_id, made.id, tmp_path / "copy.pdf")
    assert [one.here for one in case_documents(desk, case_id)] == [False]


def test_what_cannot_be_noted_does_not_leave(
    desk: Desk, case_id: EntityId, put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = documents.attach(desk, case_id, put("a.pdf", PDF))

    def refuse(*_: object, **__: object) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(desk.store, "account", refuse)
    with pytest.raises(StoreError, match="full"):
        documents.save_as(desk, case_id, made.id, tmp_path / "copy.pdf")
    assert not (tmp_path / "copy.pdf").exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_is_read_here_and_cleaned(desk: Desk, case_id: EntityId, put: Put, encoding: str) -> None:
    content = "Café, 14:10\n\x1b]0;owned\x07second line\n".encode(encoding)
    made = documents.attach(desk, case_id, put("note.txt", content))
    shown = documents.read_text(desk, case_id, made.id)
    assert (shown.title, shown.text, shown.cut) == ("note.txt", "Café, 14:10\nsecond line", False)
    assert access.page(desk).entries[0].kind == "consultation"


def test_a_long_text_is_cut_and_said_so(desk: Desk, case_id: EntityId, put: Put) -> None:
    made = documents.attach(desk, case_id, put("long.txt", b"line of text\n" * 100_000))
    shown = documents.read_text(desk, case_id, made.id)
    assert shown.cut
    assert len(shown.text) <= MAX_TEXT
    assert documents.read_text(desk, case_id, made.id, 5).text == "line"
