"""The action plan on the command line."""

import json

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


def test_an_action_is_set_listed_chased_and_done(casedesk: Command) -> None:
    said = casedesk(
        "action",
        "add",
        CASE,
        "Seize the CCTV",
        "--due",
        "+3wd 17:00",
        "--owner",
        "PC 9",
        "--why",
        "It is wiped",
    )
    assert said.out.startswith("Set: 1 Seize the CCTV (PC 9, due ")
    assert " 17:00)" in said.out
    casedesk("action", "add", CASE, "View it", "--after", "seize")
    rows = json.loads(casedesk("action", "list", CASE, "--format", "json").out)
    assert [(row["no"], row["state"], row["owner"], row["after"]) for row in rows] == [
        ("1", "open", "PC 9", ""), ("2", "blocked", "7042", "1"),
    ]  # fmt: skip
    assert rows[0]["waiting_since"]
    for _ in range(2):
        assert casedesk("action", "chase", CASE, "1").status == 0
    said = casedesk("action", "chase", CASE, "seize", "Rang his sergeant")
    assert said.out.startswith("Chased (3 so far): Seize the CCTV. Next: ")
    assert "supervisor" in said.out
    assert casedesk("action", "late", CASE, "1", "rest-days").out == "Recorded why it is late.\n"
    said = casedesk("action", "done", CASE, "1", "Seized, exhibit MR/1")
    assert said.out == "Done: Seize the CCTV\nNow possible: 2 View it\n"
    assert casedesk("undo", "--yes").out.startswith("Undone: an action done")
    assert "blocked" in casedesk("action", "list", CASE).out


def test_a_template_is_shown_and_set(casedesk: Command) -> None:
    shown = casedesk("action", "plan", CASE).out
    assert shown.startswith("assault: ")
    assert "  consent: " in shown
    said = casedesk("action", "plan", CASE, "--template", "assault", "--only", "consent", "--only", "medical")
    assert said.out.count("Set: ") == 2
    assert one_line(
        casedesk("action", "plan", CASE, "--template", "assault", "--only", "consent")
    ).startswith("The case has all of these actions already.")
    assert casedesk("undo", "--yes").status == 0
    assert "No action is open" in casedesk("action", "list", CASE).out


def test_a_request_says_what_it_must_hold(casedesk: Command) -> None:
    out = casedesk("action", "add", CASE, "Prints", "--request", "pnc", "--reference", "P/77").out
    assert "Request to PNC bureau" in out
    assert "It must say:" in out
    (row,) = json.loads(casedesk("action", "list", CASE, "--format", "json").out)
    assert (row["reference"], row["owner"]) == ("P/77", "PNC bureau")


def test_cancelled_and_opened_again(casedesk: Command) -> None:
    casedesk("action", "add", CASE, "Seize the CCTV")
    assert casedesk("action", "cancel", CASE, "cctv", "There is none").out == "Cancelled.\n"
    assert json.loads(casedesk("action", "list", CASE, "--format", "json").out) == []
    (row,) = json.loads(casedesk("action", "list", CASE, "--all", "--format", "json").out)
    assert (row["state"], row["result"]) == ("cancelled", "There is none")
    assert "Open again: 1 Seize the CCTV" in casedesk("action", "reopen", CASE, "1", "There is one").out


def test_mistakes_are_one_line_with_a_cure(casedesk: Command) -> None:
    assert "no action 'cctv'" in one_line(casedesk("action", "done", CASE, "cctv", "x"))
    casedesk("action", "add", CASE, "Seize the CCTV")
    assert "The result is empty" in one_line(casedesk("action", "done", CASE, "1", " "))
    assert "has passed" in one_line(casedesk("action", "add", CASE, "x", "--due", "1/1/2020"))
    assert "is not a team" in one_line(casedesk("action", "add", CASE, "x", "--request", "pigeons"))
