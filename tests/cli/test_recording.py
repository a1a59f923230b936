"""Contacts with several purposes, interviews, referrals, decisions, feedback and handover on the command line."""

import pytest

from tests.cli.running import Command, one_line

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
    said = casedesk("handover", CASE, "--to", "7043", "--lend-until", "+7d", "--first", "Ring her")
    assert said.out == f"Lent: {CASE}, now with 7043. Nobody here is known as 7043 yet: check the number.\n"
    assert casedesk("handover", CASE, "--take-back").out == f"Taken back: {CASE}, now with 7042.\n"
    assert "is not lent" in one_line(casedesk("handover", CASE, "--take-back"))
    assert casedesk("handover", CASE, "--to", "7043", "--note", "Yours").out.startswith("Given: ")
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
