"""Contacts with several purposes, interviews, referrals, decisions, feedback and handover on the command line."""

import io
import sys
from pathlib import Path

import pytest

from casedesk.desk.setup import unlock
from casedesk.model.moments import local
from casedesk.store.places import Places
from tests.cli.running import Command, one_line
from tests.conftest import PASSPHRASE

CASE = "42/1/26"
pytestmark = pytest.mark.usefixtures("case")


@pytest.fixture
def case(home: object, casedesk: Command) -> None:
    """An arrest with a victim."""
    said = casedesk(
        "add", "arrest", "--ref", CASE, "--number", "NB/1/26", "--arrested=-3h", "--name", "Kyle Jarrett",
        "--offence-code", "CJ88116", "--victim", "Zoë Larkin", "--mine",
    )  # fmt: skip
    assert said.status == 0, said


def test_a_contact_says_which_duties_it_met(casedesk: Command) -> None:
    said = casedesk("contact", CASE, "Told her", "--reached", "--purpose", "arrest", "--purpose", "needs")
    assert said.out.startswith("Contact recorded. It met: ")
    assert "arrest" in said.out.split("Still owed")[0]
    said = casedesk("contact", CASE, "No reply", "--attempted")
    assert said.out.startswith("Attempt recorded. An attempt meets no duty.")
    assert "fits nobody" in one_line(casedesk("contact", CASE, "x", "--reached", "--witness", "ann"))
    assert "do not go together" in one_line(
        casedesk("contact", CASE, "x", "--reached", "--witness", "ann", "--victim", "zoe")
    )


def test_a_next_contact_promised_for_a_day_is_in_time_until_its_end(casedesk: Command, home: Path) -> None:
    contact = ("contact", CASE, "Rang her", "--reached", "--victim", "zoe")
    assert casedesk(*contact, "--next", "today").status == 0
    assert casedesk(*contact, "--next", "tomorrow").status == 0
    assert casedesk(*contact, "--next", "+3d 10:00").status == 0
    with unlock(Places(home), PASSPHRASE) as desk:
        contacts = desk.case(desk.find(CASE)).file.contacts
        promised = [local(one.next_at).strftime("%H:%M") for _, one in contacts if one.next_at]
    assert sorted(promised) == ["10:00", "23:59", "23:59"]


def test_suspects_of_one_name_are_named_by_their_number_never_by_part_of_a_birthday(
    casedesk: Command,
) -> None:
    for number, born in enumerate(("3/5/1990", "2/2/1991", "4/5/1992"), 1):
        casedesk(
            "add", "arrest", "--arrested=-2h", "--number", f"NB/{number + 1}/26", "--name", "Alex Doe", "--dob", born,
            "--to-case", CASE,
        )  # fmt: skip
    listed = one_line(casedesk("interview", CASE, "denial", "--suspect", "alex"))
    assert "Alex Doe (suspect 3, born 2 Feb 1991)" in listed
    for said in ("2", "suspect 2", "3", "Suspect 3"):
        told = casedesk("interview", CASE, "denial", f"said by {said}", "--suspect", said)
        assert told.out.startswith("Interview recorded."), told
    assert "fits nobody" in one_line(casedesk("interview", CASE, "denial", "--suspect", "9"))
    timeline = casedesk("timeline", CASE).out
    assert "Alex Doe (suspect 2" in timeline
    assert "Alex Doe (suspect 3" in timeline
    assert "Kyle Jarrett interviewed" not in timeline, "suspect 1 was not meant by any of them"


def test_an_interview(casedesk: Command) -> None:
    said = casedesk(
        "interview", CASE, "no-comment", "No reply to any question", "--in-custody", "--advice", "had"
    )
    assert said.out == "Interview recorded.\n"
    assert "before the arrest" in one_line(casedesk("interview", CASE, "denial", "--at=-5h"))
    assert "not a kind of account" in one_line(casedesk("interview", CASE, "sulking"))
    assert "fits nobody" in one_line(casedesk("interview", CASE, "denial", "--suspect", "zoe"))


def test_a_referral(casedesk: Command) -> None:
    assert casedesk("referral", CASE, "marac", "High risk").out == "Referral recorded.\n"
    said = casedesk("referral", CASE, "nrm", "No sign of it", "--of", "kyle", "--not-made")
    assert said.out == "Recorded why no referral was made.\n"
    assert casedesk("undo", "--yes").out.startswith("Undone: a referral")


def test_a_decision_and_feedback(casedesk: Command) -> None:
    said = casedesk(
        "decide", CASE, "nfa", "No further action", "Not enough", "--rank", "sgt", "--by", "Sgt Moss"
    )
    assert said.out == "Decision recorded.\n"
    assert "Which test" in one_line(casedesk("decide", CASE, "charge", "Charge", "CCTV"))
    said = casedesk("feedback", CASE, "footage", "Clip it", "--learning", "--officer", "PC 9")
    assert said.out == "Feedback recorded.\n"
    assert "praise or learning" in one_line(casedesk("feedback", CASE, "footage", "Clip it"))


def test_cases_change_hands_and_the_note_is_shown(casedesk: Command) -> None:
    note = casedesk("handover", CASE).out
    assert note.startswith(f"{CASE}  ")
    assert "NEXT" in note
    assert "To whom?" in one_line(casedesk("handover", CASE, "--first", "Ring her"))
    lend = ("handover", CASE, "--to", "7043", "--lend-until", "+7d", "--first", "Ring her")
    asked = one_line(casedesk(*lend))
    assert asked.startswith("Nobody of the number “7043” is known here: give anyway? ")
    assert "--anyway" in asked
    said = casedesk(*lend, "--anyway")
    assert said.out == f"Lent: {CASE}, now with 7043. Nobody here is known as 7043 yet: check the number.\n"
    assert casedesk("handover", CASE, "--take-back").out == f"Taken back: {CASE}, now with 7042.\n"
    assert "is not lent" in one_line(casedesk("handover", CASE, "--take-back"))
    assert casedesk("handover", CASE, "--to", "7043", "--note", "Yours", "--anyway").out.startswith("Given: ")
    assert casedesk("undo", "--yes").out.startswith("Undone: giving cases")


def test_a_case_is_graded_and_the_suggestion_is_shown(casedesk: Command) -> None:
    shown = casedesk("grade", CASE).out
    assert shown.startswith("Threat: ")
    assert "suggested" in shown
    assert "from 0 to 3" in one_line(casedesk("grade", CASE, "--harm", "4"))
    assert casedesk("grade", CASE, "--threat", "3", "--why", "He said so").out.startswith("Graded: ")
    assert casedesk("grade", CASE).out.startswith("Threat: 3 (")
    assert casedesk("undo", "--yes").out.startswith("Undone: a THOR grading")


def test_an_event_is_recorded_and_the_kinds_are_listed(casedesk: Command) -> None:
    assert casedesk("add", "referral", "--ref", "43260055", "--offence-code", "CJ88116").status == 0
    listed = casedesk("event", "--list").out
    assert "Victim's right to review:\n  review-requested\n" in listed
    assert (
        casedesk("event", "43260055", "submitted-to-cps", "--days", "5").out
        == "Recorded: submitted to CPS.\n"
    )
    said = casedesk(
        "event", "43260055", "upgrade-requested", "--at=-1h", "--until", "+10d", "--note", "By phone"
    )
    assert said.status == 0, said
    for wrong, why in (
        (("event", "43260055", "sleep"), "kind of event"),
        (("event", "43260055"), "--list"),
        (("event", "43260055", "warrant"), "casedesk custody"),
        (("event", "43260055", "sentence", "--until", "+3d"), "agreed date"),
        (("event", "43260055", "sentence", "--days", "5"), "CPS clock"),
        (("event", "43260055", "first-hearing"), "When is the hearing"),
    ):
        assert why in one_line(casedesk(*wrong))


def test_the_first_statement_is_recorded_from_the_command_line(casedesk: Command) -> None:
    assert casedesk("add", "referral", "--ref", "43260056").status == 0
    assert casedesk("first-statement", "43260056", "1/10/2026").out.startswith(
        "First statement or interview recorded"
    )
    assert "in the future" in one_line(casedesk("first-statement", "43260056", "1/10/2099"))


def test_a_text_is_read_from_standard_input(casedesk: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def pipe(piped: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(piped)))

    pipe("\ufeffRang Zoë.\n\x1b[31mShe is out.\n".encode())
    assert casedesk("log", CASE, "-").out == "Logged.\n"
    pipe(b"Rang the OIC.")
    assert casedesk("contact", CASE, "-", "--attempted").status == 0
    shown = casedesk("show", CASE).out
    assert "Rang Zoë." in shown
    assert "She is out." in shown
    assert "\x1b" not in shown
    assert "Rang the OIC." in shown
    pipe(b"\xff\xfe\x00")
    assert "no UTF-8 text" in one_line(casedesk("log", CASE, "-"))
    pipe(b" \n")
    assert "is empty" in one_line(casedesk("log", CASE, "-"))
    pipe(b"x" * 1_000_001)
    assert "more than a text may" in one_line(casedesk("log", CASE, "-"))
