"""The diary on the command line: a clinic is opened, somebody booked, invited, moved; the sheet is written."""

import json
from pathlib import Path

import pytest
from docx import Document

from tests.cli.running import Command, one_line


@pytest.fixture(autouse=True)
def case(home: Path, casedesk: Command) -> None:
    """A case, and a clinic tomorrow."""
    assert casedesk("add", "voluntary", "--ref", "42/1/26", "--name", "Kyle Jarrett", "--dob", "2/11/1994",
                    "--offence", "Theft from shop").status == 0  # fmt: skip
    said = casedesk(
        "clinic", "new", "Northgate", "tomorrow 10:00", "13:00", "--room", "Room 2", "--slot", "60"
    )
    assert said.out.startswith("Open: Northgate, ")
    assert "3 slots. Its code is " in said.out


def listed(casedesk: Command) -> dict[str, object]:
    (day,) = json.loads(casedesk("clinic", "list", "--format", "json").out)
    return dict(day)


def states(casedesk: Command) -> list[tuple[str, str]]:
    booked = listed(casedesk)["booked"]
    assert isinstance(booked, list)
    return [(one["at"][11:16], one["state"]) for one in booked]


def test_booked_invited_confirmed_moved_cancelled(casedesk: Command) -> None:
    said = casedesk("clinic", "book", "42/1/26", "northgate", "--solicitor", "Field & Co")
    assert "Kyle Jarrett" in said.out
    assert "10:00, booked." in said.out
    assert "invited." in casedesk("clinic", "invite", "42/1", "--by", "letter").out
    assert "confirmed." in casedesk("clinic", "confirm", "42/1").out
    assert states(casedesk) == [("10:00", "confirmed")]
    assert (
        "11:30, booked."
        in casedesk("clinic", "move", "42/1", "northgate", "--at", "11:30", "--why", "Work").out
    )
    assert states(casedesk) == [("10:00", "moved"), ("11:30", "booked")]
    assert "cancelled (Ill)." in casedesk("clinic", "cancel", "42/1", "--why", "Ill").out
    assert "Clinic" in casedesk("clinic", "list").out
    assert casedesk("undo", "--yes").status == 0
    assert states(casedesk)[-1] == ("11:30", "booked")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("clinic book 42/1/26 southgate", "fits no clinic"),
        ("clinic book 42/1/26 northgate --at 9:30", "outside the clinic's hours"),
        ("clinic book 42/1/26 northgate --avoid pigeon", "is not a way of contact"),
        ("clinic invite 42/1/26 --by letter", "no appointment stands"),
        ("clinic new Northgate 2020-01-01T10:00 12:00", "has passed"),
        ("clinic take northgate", "holds this clinic already"),
        ("clinic take northgate --back", "Nobody covers this clinic"),
    ],
)
def test_what_cannot_be_done_is_one_line_with_a_cure(casedesk: Command, words: str, said: str) -> None:
    assert said in one_line(casedesk(*words.split()))


def test_what_has_not_come_cannot_be_missed_and_an_unsafe_way_is_refused(casedesk: Command) -> None:
    casedesk("clinic", "book", "42/1/26", "northgate", "--avoid", "letter", "--safe-contact", "Ring at work")
    assert "cannot have been missed yet" in one_line(casedesk("clinic", "missed", "42/1", "--why", "ill"))
    assert "nobody has come yet" in one_line(casedesk("clinic", "attended", "42/1"))
    refused = one_line(casedesk("clinic", "invite", "42/1", "--by", "letter"))
    assert "not safe" in refused
    assert "Ring at work" in refused
    assert "Not by letter." in casedesk("clinic", "invite", "42/1", "--by", "phone").out


def test_the_checklist_is_shown_and_ticked(casedesk: Command) -> None:
    casedesk("clinic", "book", "42/1/26", "northgate")
    assert "[ ] papers: Papers ready: " in casedesk("clinic", "prepare", "42/1").out
    assert "[x] papers: Papers ready" in casedesk("clinic", "prepare", "42/1", "--tick", "papers").out
    assert "[ ] papers" in casedesk("clinic", "prepare", "42/1", "--untick", "papers").out
    assert "no check of this appointment" in one_line(
        casedesk("clinic", "prepare", "42/1", "--tick", "adult")
    )


def test_the_sheet_is_shown_and_written(casedesk: Command, work: Path) -> None:
    casedesk("clinic", "book", "42/1/26", "northgate", "--at", "11:00")
    shown = casedesk("clinic", "sheet", "northgate").out
    assert "11:00–12:00  Kyle Jarrett" in shown
    assert "Theft" not in shown
    path = work / "sheet.docx"
    assert "1 appointment." in casedesk("clinic", "sheet", "northgate", path).out
    assert any("Kyle Jarrett" in one.text for one in Document(str(path)).paragraphs)
    assert "is there already" in one_line(casedesk("clinic", "sheet", "northgate", path))


def test_a_colleagues_clinic_is_taken_over_and_a_clinic_is_closed(casedesk: Command) -> None:
    casedesk("clinic", "new", "Southgate", "tomorrow 14:00", "15:00", "--worker", "7050")
    assert "held by 7042 for 7050." in casedesk("clinic", "take", "southgate").out
    assert "held by 7050." in casedesk("clinic", "take", "southgate", "--back").out
    assert "not held." in casedesk("clinic", "close", "southgate", "--why", "Flood").out
    assert listed(casedesk)["place"] == "Northgate"
