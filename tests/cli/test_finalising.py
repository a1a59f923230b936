"""Finalising on the command line: what is said, what is refused, and the exit status of each."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from casedesk.desk.setup import unlock
from casedesk.model.moments import moment_of_day
from casedesk.store.places import Places
from tests.cli.running import Command, one_line, written
from tests.conftest import PASSPHRASE
from tests.desk.crimes import add, set_fact

TODAY = datetime.now(UTC).date()
RECENT: dict[str, Any] = {
    "recorded_at": moment_of_day(TODAY - timedelta(days=9)),
    "offence_from": moment_of_day(TODAY - timedelta(days=10)),
    "outcome_date": moment_of_day(TODAY - timedelta(days=2)),
}
TOLD = {"informed_on": moment_of_day(TODAY - timedelta(days=1))}


@pytest.fixture(autouse=True)
def crimes(home: Path) -> None:
    """One clean crime, one 16 with warnings, one that is blocked."""
    suspect = {"name": "Kyle Roe", "status": "rui", "sub_status": "interviewed", "sex": "m"}
    with unlock(Places(home), PASSPHRASE) as desk:
        add(desk, "42/1/26", victim=TOLD, **RECENT)
        add(
            desk, "42/2/26", outcome="16", oic="PC Hale", victim={**TOLD, "support": "no"}, suspects=(suspect,),
            **RECENT,
        )  # fmt: skip
        add(desk, "42/3/26", victim=TOLD, suspects=(suspect,), **RECENT)


def test_a_clean_crime_is_finalised_reopened_and_undone(casedesk: Command) -> None:
    assert casedesk("finalise", "42/1/26") == (0, "Finalised: 42/1/26, 18.\n", "")
    assert "finalised already" in one_line(casedesk("finalise", "42/1/26"))
    assert casedesk("reopen", "42/1/26", "--why", "Somebody was named").out == "Reopened.\n"
    assert "not finalised" in one_line(casedesk("reopen", "42/1/26", "--why", "Again"))
    assert casedesk("undo", "--yes").out.startswith("Undone: reopening a crime")


def test_an_approved_cancellation_is_finalised_in_the_place_of_an_outcome_that_blocks(
    casedesk: Command, work: Path
) -> None:
    asked = casedesk(
        "ruling", "ask", "42/3/26", "cancellation", "--code", "C2", "--reason", "No theft.",
        "--information", "CCTV shows the purse on the counter.", "--evidence", "cctv",
    )  # fmt: skip
    assert asked.out.startswith("Asked: cancellation")
    casedesk("ruling", "decide", "42/3/26", "approved", "--by", "Insp X", "--rank", "ddm", "--why", "Clear.")
    warns = [
        one["rule"] for one in json.loads(casedesk("check", "42/3/26", "--format", "json").out)[0]["findings"]
    ]
    accepted = [part for rule in warns for part in ("--accept", rule)]
    assert casedesk("finalise", "42/3/26", *accepted).out.startswith("Finalised: 42/3/26, C2")
    casedesk("worklist", "export", work / "key.csv")
    (row,) = (work / "key.csv").read_text("utf-8-sig").splitlines()[1:]
    assert ",C2," in row
    assert "Insp X" in row
    told = casedesk("timeline", "42/3/26", "--kind", "finalise", "--format", "plain").out
    assert "Ruling on cancellation C2: approved by Insp X" in told
    assert "Finalised: cancellation C2" in told


def test_what_changed_since_it_was_finalised_is_said_by_show_and_check(casedesk: Command, home: Path) -> None:
    casedesk("finalise", "42/1/26")
    with unlock(Places(home), PASSPHRASE) as desk:
        set_fact(desk, desk.find("42/1/26"), outcome="14")
    assert "Changed since finalised: Outcome (" in casedesk("show", "42/1/26").out
    assert "Changed since finalised: Outcome (" in casedesk("check", "42/1/26").err
    left_out = casedesk("worklist", "list").err
    assert "left out: 42/1/26: changed since finalised: Outcome (" in left_out


def test_what_blocks_or_warns_ends_with_status_1_and_its_cure(casedesk: Command) -> None:
    assert one_line(casedesk("finalise", "42/3/26"), 1).startswith("42/3/26 cannot be finalised: V02: ")
    refused = one_line(casedesk("finalise", "42/2/26"), 1)
    assert refused.endswith("or accept them by name: V05, V06a.")
    said = casedesk("finalise", "42/2/26", "--accept", "V05", "--accept", "V06a")
    assert said.out == "Finalised: 42/2/26, 16, accepted with V05, V06a.\n"


def test_a_correction_is_given_by_options(casedesk: Command) -> None:
    said = casedesk(
        "finalise", "42/3/26", "--outcome", "15", "--date", "yesterday", "--by", "Insp Tay", "--rank", "insp",
        "--why", "Weak identification",
    )  # fmt: skip
    assert said.out.startswith("Finalised: 42/3/26, 15, corrected: outcome, outcome date, decision maker"), (
        said
    )
    assert "is not an outcome" in one_line(casedesk("finalise", "42/1/26", "--outcome", "99"))


def test_crimes_go_back_together_with_a_message_to_each_officer(casedesk: Command, work: Path) -> None:
    preview = casedesk("return", "42/1/26", "42/2/26", "--reason", "lines-of-enquiry", "--preview")
    assert preview.out.startswith("Return for rework: 2 crimes\n")
    both = ("return", "42/1/26", "42/2/26", "--reason", "lines-of-enquiry")
    assert "Name a folder" in one_line(casedesk(*both, "--message", work / "both.txt"))
    said = casedesk(*both, "--due", "+5d", "--message", work)
    assert said.out.startswith("Returned: 2 crimes.\nWritten: ")
    assert written(work) == ["return-01-PC-Lane.txt", "return-02-PC-Hale.txt"]
    again = casedesk("return", "42/2/26", "--message", work / "hale.docx")
    assert again.out.startswith("Returned: 1 crime.\n")
    assert (work / "hale.docx").read_bytes()[:2] == b"PK"
    out = json.loads(casedesk("return", "--out", "--format", "json").out)
    assert [(row["reference"], row["to"], row["round"], row["state"], row["supervisor"]) for row in out] == [
        ("42/1/26", "PC Lane", "1", "returned", ""),
        ("42/2/26", "PC Hale", "1", "returned", ""),
    ]
    assert casedesk("undo", "--yes").out.startswith("Undone: returning crimes")


def test_a_return_without_reason_takes_what_the_findings_propose(casedesk: Command) -> None:
    out = casedesk("return", "42/2/26", "--preview").out
    assert "No record of the victim's decision, Going on without the victim was not considered" in out
    assert "finds nothing wrong with 42/1/26" in one_line(casedesk("return", "42/1/26"))
    assert "Which crimes?" in one_line(casedesk("return", "--reason", "rationale"))
    assert "withdrawal-record: No record" in casedesk("return", "--reasons").out


def test_holding_and_letting_go(casedesk: Command) -> None:
    assert casedesk("hold", "42/1/26", "--why", "Lab", "--until", "+3d").out == "Held.\n"
    assert "HELD: The crime is held" in one_line(casedesk("finalise", "42/1/26"), 1)
    assert casedesk("hold", "42/1/26", "--off").out == "Released.\n"


def test_a_ruling_from_question_to_answer(casedesk: Command) -> None:
    lacks = one_line(casedesk("ruling", "ask", "42/1/26", "cancellation", "--code", "C2", "--reason", "x"))
    assert lacks.startswith("No notifiable crime occurred: the application lacks additional verifiable")
    ask = (
        "ruling", "ask", "42/1/26", "cancellation", "--code", "C2", "--reason", "None took place",
        "--information", "CCTV shows the purse left behind", "--evidence", "cctv",
    )  # fmt: skip
    assert casedesk(*ask, "--due", "+5d").out.startswith(
        "Asked: cancellation, for the designated decision maker.\n"
    )
    (row,) = json.loads(casedesk("ruling", "list", "--format", "json").out)
    assert (row["no."], row["reference"], row["asked"], row["for"]) == (
        "1",
        "42/1/26",
        "cancellation C2",
        "ddm",
    )
    answer = ("ruling", "decide", "42/1/26", "approved", "--why", "Clear")
    assert "officer in charge" in one_line(casedesk(*answer, "--by", "PC Lane", "--rank", "ddm"))
    assert "rank is sgt" in one_line(casedesk(*answer, "--by", "Sgt Poe", "--rank", "sgt"))
    assert casedesk(*answer, "--by", "J. Marsh", "--rank", "ddm").out == "Recorded: cancellation approved.\n"
    assert "No ruling is awaited" in one_line(casedesk(*answer, "--by", "J. Marsh", "--rank", "ddm"))
    assert "0 rulings" in casedesk("ruling", "list").out
    assert "approved" in casedesk("ruling", "list", "42/1/26", "--all").out


def test_of_several_rulings_one_is_named(casedesk: Command) -> None:
    for code in ("14", "18"):
        casedesk("ruling", "ask", "42/1/26", "outcome", "--code", code, "--reason", "x")
    answer = ("ruling", "decide", "42/1/26", "refused", "--by", "J. Marsh", "--rank", "ddm", "--why", "No")
    assert "2 rulings are awaited" in one_line(casedesk(*answer))
    assert "no number 3" in one_line(casedesk(*answer, "--number", "3"))
    assert casedesk(*answer, "--number", "2").status == 0
    assert "1 ruling\n" in casedesk("ruling", "list").out


def test_a_name_too_long_for_a_file_is_no_fault(casedesk: Command) -> None:
    long = "x" * 300
    assert "No case here has the reference" in one_line(casedesk("check", long))
    back = ("return", "42/1/26", "--reason", "rationale", "--message")
    assert "too long for a file" in one_line(casedesk(*back, f"{long}.txt"))
    assert "There is no folder" in one_line(casedesk(*back, f"{long}/message.txt"))
    assert json.loads(casedesk("return", "--out", "--format", "json").out) == []


def test_a_warning_that_there_is_not_is_not_accepted(casedesk: Command) -> None:
    refused = one_line(casedesk("finalise", "42/1/26", "--accept", "V99"))
    assert "There is no warning 'V99' to accept" in refused
