"""Documents and exhibits on the command line."""

import json
from pathlib import Path

import pytest

from casedesk.desk.setup import unlock
from casedesk.model.moments import system_clock
from casedesk.store.places import Places
from tests.cli.running import Command, one_line
from tests.conftest import PASSPHRASE
from tests.model.files import EXE, PDF
from tests.store.making import add_case

CASE = "42/1/26"


@pytest.fixture
def cased(home: Path) -> Path:
    """A store with a case in it."""
    with unlock(Places(home), PASSPHRASE, system_clock) as desk:
        add_case(desk.store, ref=CASE)
    return home


@pytest.fixture
def scan(work: Path) -> Path:
    path = work / "scan.pdf"
    path.write_bytes(PDF)
    return path


def test_a_file_is_attached_listed_saved_and_taken_off(
    cased: Path, casedesk: Command, scan: Path, work: Path
) -> None:
    said = casedesk("attach", CASE, scan, "--title", "Statement")
    assert said.status == 0, said
    assert said.out.splitlines() == [
        "Document 1: Statement (PDF document, 17 bytes).",
        "The documents of this store take 17 bytes now.",
    ]
    assert "Statement" in casedesk("documents", CASE).out
    said = casedesk("save-document", CASE, "1", "--to", work / "copy.pdf", "--reason", "For the file")
    assert said.out == f"Saved as {work / 'copy.pdf'}, for you alone.\n"
    assert (work / "copy.pdf").read_bytes() == PDF
    assert "already" in one_line(casedesk("save-document", CASE, "1", "--to", work / "copy.pdf"))
    assert "what document" in casedesk("access-log", "list", "--format", "plain").out
    assert casedesk("remove-document", CASE, "1", "--why", "Wrong case").status == 0
    assert "no documents" in casedesk("documents", CASE).out
    assert "taken off" in casedesk("documents", CASE, "--all", "--format", "plain").out
    assert casedesk("undo", "--yes").out.startswith("Undone: taking a document off")
    (listed,) = json.loads(casedesk("documents", CASE, "--format", "json").out)
    assert (listed["no"], listed["type"]) == ("1", "PDF document")


def test_a_program_is_refused_in_one_line(cased: Path, casedesk: Command, work: Path) -> None:
    (work / "photo.jpg").write_bytes(EXE)
    assert "program for Windows" in one_line(casedesk("attach", CASE, work / "photo.jpg"))
    assert "There is no file" in one_line(casedesk("attach", CASE, work / "none.pdf"))


def test_a_text_is_shown_here_and_nothing_else_is(
    cased: Path, casedesk: Command, scan: Path, work: Path
) -> None:
    (work / "note.txt").write_bytes(b"Seen at 14:10\x1b]0;x\x07 by the door")
    casedesk("attach", CASE, work / "note.txt")
    casedesk("attach", CASE, scan)
    assert casedesk("view-document", CASE, "1").out == "Seen at 14:10 by the door\n"
    assert "is no text" in one_line(casedesk("view-document", CASE, "2"))


def test_exhibits_are_added_moved_and_listed_with_their_documents(
    cased: Path, casedesk: Command, scan: Path
) -> None:
    said = casedesk("exhibit", "add", CASE, "JD/1", "Knife", "--where", "Property store", "--on", "-2d")
    assert said.out == "Exhibit JD/1 is on the list.\n", said
    assert casedesk("exhibit", "move", CASE, "jd/1", "Laboratory").status == 0
    assert casedesk("attach", CASE, scan, "--exhibit", "JD/1").status == 0
    shown = casedesk("exhibit", "list", CASE, "--format", "plain").out
    for word in ("JD/1", "Knife", "Laboratory", "Documents: 1"):
        assert word in shown
    assert "Exhibit JD/1" in casedesk("documents", CASE, "--format", "plain").out
    assert "no exhibit 'ZZ/9'" in one_line(casedesk("attach", CASE, scan, "--exhibit", "ZZ/9"))


def test_verify_counts_contents_and_names_one_that_is_missing(
    cased: Path, casedesk: Command, scan: Path
) -> None:
    casedesk("attach", CASE, scan)
    assert "1 document content of 0.0 MB." in casedesk("store", "verify").out
    with unlock(Places(cased), PASSPHRASE, system_clock) as desk, desk.store.transaction():
        desk.store.connection.execute("DELETE FROM blob")
    said = casedesk("store", "verify")
    assert said.status == 1
    assert f"a document of {CASE} (SHA-256 " in said.out
    assert "Attach those files again" in said.out
