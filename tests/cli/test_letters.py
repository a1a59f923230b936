"""Letters on the command line."""

import json
from pathlib import Path

import pytest

from casedesk.desk.setup import unlock
from casedesk.model.entities import VICTIM
from casedesk.model.moments import system_clock
from casedesk.store.places import Places
from tests.cli.running import Command, one_line, written
from tests.conftest import PASSPHRASE
from tests.desk.letter_cases import Made, full

CASE = "42/7/26"


@pytest.fixture
def made(home: Path) -> Made:
    """A store with a case in it of which everything is recorded."""
    with unlock(Places(home), PASSPHRASE, system_clock) as desk:
        found = full(desk)
        with desk.store.unit_of_work("test") as unit:
            unit.set(VICTIM, found.victim, found.case, {"safe_contact": "Never by post"})
    return found


@pytest.mark.usefixtures("made")
def test_letters_are_listed_looked_at_and_written(casedesk: Command, work: Path) -> None:
    rows = {
        row["letter"]: row for row in json.loads(casedesk("letter", "list", CASE, "--format", "json").out)
    }
    assert rows["l05"]["why_not"] == ""
    assert rows["l09"]["why_not"] == "It is not completed."
    assert rows["l07"]["to_type"] == "reply"
    shown = casedesk("letter", "preview", CASE, "L10", "--say", "reason=It puts it right.")
    assert shown.status == 0, shown
    assert "Why: It puts it right." in shown.out
    assert "BEFORE YOU SEND IT: Zoë Larkin: Never by post" in shown.out
    words = ("letter", "write", CASE, "l10", "--say", "reason=It puts it right.")
    assert "Never by post" in one_line(casedesk(*words, "--to", work))
    assert written(work) == []
    said = casedesk(*words, "--to", work, "--warning-read")
    assert said.status == 0, said
    (name,) = written(work)
    assert name.startswith("l10-42-7-26-")
    said = casedesk("letter", "write", CASE, "l02", "--easy-read", "--warning-read")
    assert said.out.startswith("Document 1: L02 Reminder of an appointment, easy read, to Kyle Jarrett.\n"), (
        said
    )
    assert casedesk("undo", "--yes").out.startswith("Undone: writing a letter")


@pytest.mark.usefixtures("made")
def test_mistakes_are_said_in_one_line(casedesk: Command) -> None:
    assert "There is no letter" in one_line(casedesk("letter", "preview", CASE, "L77"))
    assert "is not a name and its text" in one_line(
        casedesk("letter", "preview", CASE, "L10", "--say", "because")
    )
    assert "nothing that is typed" in one_line(casedesk("letter", "preview", CASE, "L10", "--say", "name=x"))
    assert "no condition 9" in one_line(casedesk("letter", "preview", CASE, "L13", "--condition", "9"))
    assert "--to FOLDER or --check" in one_line(casedesk("letter", "templates"))
    assert "fits nobody" in one_line(casedesk("letter", "address", CASE, "Nobody", "1 Road"))


@pytest.mark.usefixtures("made")
def test_a_force_gets_templates_puts_one_back_and_it_is_used(
    casedesk: Command, home: Path, work: Path
) -> None:
    said = casedesk("letter", "templates", "--to", work)
    assert said.status == 0, said
    assert f"templates are in {work}" in said.out
    assert "l01-easy.docx" in written(work)
    own = home / "packs" / "letters"
    own.mkdir(parents=True)
    (own / "l05.docx").write_bytes((work / "l05.docx").read_bytes())
    assert casedesk("letter", "templates", "--check").out == "The templates of your force can be used.\n"
    assert "your force's own Word template" in casedesk("letter", "preview", CASE, "l05").out
    (own / "l05.docx").write_bytes(b"not a document")
    assert "cannot be used" in one_line(casedesk("letter", "preview", CASE, "l05"))
    checked = casedesk("letter", "templates", "--check")
    assert (checked.status, "l05.docx cannot be used" in checked.out) == (1, True)


def test_an_address_and_the_list_to_print(casedesk: Command, made: Made) -> None:
    assert casedesk("letter", "address", CASE, "Zoë", "1 New Road, Town").out == "Letters go there now.\n"
    said = casedesk("letter", "print-list", made.clinic.hex()[-5:], "--format", "plain")
    assert said.status == 0, said
    assert "Conditional caution record" in said.out
