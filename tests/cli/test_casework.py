"""Everyday commands: the queue, a case, log, contact, flags, history, undo and redo."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.running import Command, one_line
from tests.desk.extracts import extract

HEADING = ("Occurrence No", "Offence", "Recorded", "OIC", "Victim 1 name", "Victim 2 name", "Knife crime")


@pytest.fixture(autouse=True)
def cases(home: Path, casedesk: Command, work: Path) -> None:
    """Three cases; the words of one would be a formula in a spreadsheet."""
    path = extract(
        work,
        (
            "A1",
            "Theft of a very long thing indeed, from a place with a long name",
            "1/11/2026",
            "PC 1",
            "Zoë",
            "",
            "Y",
        ),
        ("A10", "@SUM(1)", "2/11/2026", "-DC 2", "Ann", "Bob"),
        ("B1", "Arson", "3/11/2026", "DC 3"),
        heading=HEADING,
    )
    assert casedesk("import", path).status == 0


# -- the queue ----------------------------------------------------------------------------------------------------


def test_the_queue_as_json_is_for_programs(casedesk: Command) -> None:
    rows = json.loads(casedesk("queue", "--format", "json").out)
    by_reference = {row["reference"]: row for row in rows}
    assert set(by_reference) == {"A1", "A10", "B1"}
    assert by_reference["A1"]["flags"] == ["knife"]
    assert by_reference["A1"]["oic"] == "PC 1"
    assert by_reference["A1"]["why"]
    casedesk("contact", "A1", "Rang her", "--reached", "--next", "+3d")
    (row,) = json.loads(casedesk("queue", "a1", "theft", "--format", "json").out)
    assert row["due"][:10] > "2026-01-01"
    assert row["due"][-6] in "+-"


def test_the_queue_as_csv_runs_nothing_in_a_spreadsheet(casedesk: Command) -> None:
    heading, *rows = csv.reader(io.StringIO(casedesk("queue", "--format", "csv").out))
    assert heading == ["Band", "Reference", "Why it is here", "Offence", "Flags", "OIC", "Due"]
    by_reference = {row[1]: row for row in rows}
    assert by_reference["A10"][3] == "'@SUM(1)"
    assert by_reference["A10"][5] == "'-DC 2"
    assert by_reference["A1"][5] == "PC 1"


def test_the_queue_as_plain_lines_cuts_nothing(casedesk: Command) -> None:
    for words in (["--plain"], ["--format", "plain"]):
        lines = casedesk("queue", *words).out.splitlines()
        assert len(lines) == 3
        (line,) = (line for line in lines if "Reference: A1;" in line)
        assert "Offence: Theft of a very long thing indeed, from a place with a long name" in line
        assert line.startswith("Band: ")


@pytest.mark.parametrize("width", [40, 60, 80, 132])
def test_the_table_keeps_to_the_width_and_says_what_it_left_out(
    casedesk: Command, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = casedesk("queue").out.splitlines()
    assert lines[0] == "3 of 3 cases (open)"
    table = [line for line in lines if not line.startswith("No room")]
    assert max(map(len, table)) <= width
    heading = lines[1]
    for title in ("Band", "Reference"):
        assert title in heading
    left_out = [title for title in ("Why it is here", "Offence", "Flags", "OIC") if title not in heading]
    said = [line for line in lines if line.startswith("No room here for: ")]
    assert said == ([f"No room here for: {', '.join(left_out)}. A wider window or --format plain shows them."]
                    if left_out else [])  # fmt: skip
    assert bool(left_out) == (width < 80)
    for reference in ("A1 ", "A10", "B1 "):
        assert any(reference in line for line in table)


def test_the_queue_can_be_narrowed_by_words_view_and_number(casedesk: Command) -> None:
    assert "A10" not in casedesk("queue", "theft").out
    assert "1 of 3 cases (all)" in casedesk("queue", "--view", "all", "--limit", "1").out
    assert casedesk("queue", "--view", "custody").out == "No cases here. “casedesk import” brings some in.\n"
    assert "Try fewer words" in casedesk("queue", "zebra").out
    assert json.loads(casedesk("queue", "zebra", "--format", "json").out) == []


def test_an_unknown_view_or_form_is_refused(casedesk: Command) -> None:
    assert "mine" in one_line(casedesk("queue", "--view", "minee"))
    assert "'table'" in one_line(casedesk("queue", "--format", "xml"))
    assert "--limit" in one_line(casedesk("queue", "--limit", "0"))


# -- one case -----------------------------------------------------------------------------------------------------


def test_a_case_is_shown_by_its_number_or_the_beginning_of_it(casedesk: Command) -> None:
    assert casedesk("show", "b").out.startswith("B1  Arson\n")
    assert casedesk("show", "A1").out.startswith("A1  Theft")
    page = json.loads(casedesk("show", "A10", "--json").out)
    assert page["reference"] == "A10"
    assert [one["name"] for one in page["victims"]] == ["Ann", "Bob"]


def test_a_number_that_names_none_or_several_is_refused(casedesk: Command) -> None:
    for command in (["show"], ["history"], ["check"]):
        assert "No case here has the reference 'Z9'. Check the number" in one_line(casedesk(*command, "Z9"))
    assert "begins 2 or more references. Give more" in one_line(casedesk("show", "A"))


def test_a_log_entry(casedesk: Command) -> None:
    assert casedesk("log", "A1", "Rang the shop", "--topic", "chase", "--at", "-2h").out == "Logged.\n"
    (line,) = (line for line in casedesk("show", "A1").out.splitlines() if "log: " in line)
    assert line.endswith("log: Chase: Rang the shop [7042]")


def test_a_contact(casedesk: Command) -> None:
    purposes = ("--purpose", "update", "--purpose", "vrr")
    said = casedesk("contact", "A1", "No reply", "--attempted", "--channel", "email", *purposes)
    assert said.out.startswith("Attempt recorded. An attempt meets no duty.")
    assert "Tried to reach Zoë by email (update, vrr): No reply [7042]" in casedesk("show", "A1").out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["log", "A1", " "], "The entry is empty"),
        (["log", "A1", "x", "--topic", "gossip"], "'gossip' is not a topic. One of: note, chase"),
        (["log", "A1", "x", "--at", "+2h"], "lies in the future"),
        (["log", "A1", "x", "--at", "29:99"], "29:99"),
        (["log", "A1"], "Missing argument 'text'"),
        (["contact", "A10", "x", "--reached"], "more than one victim"),
        (["contact", "A1", "x"], "Was the victim reached? Add --reached or --attempted"),
        (
            ["contact", "A1", "x", "--reached", "--channel", "pigeon"],
            "'pigeon' is not a channel. One of: phone",
        ),
        (["contact", "A1", "x", "--reached", "--purpose", "chat"], "'chat' is not a purpose. One of: arrest"),
        (["contact", "A1", "x", "--reached", "--next", "-1d"], "promised for before this one"),
        (["flag", "A1", "spoon", "--why", "x"], "'spoon' is not a flag"),
        (["flag", "A1", "knife", "--why", "x"], "up already"),
        (["redo"], "nothing to redo"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_line(casedesk: Command, words: list[str], message: str) -> None:
    before = casedesk("show", "A1").out
    assert message in one_line(casedesk(*words))
    assert casedesk("show", "A1").out == before


def test_a_bare_time_means_the_last_one_that_was(casedesk: Command) -> None:
    for hour in (0, 6, 12, 18, 23):
        assert casedesk("log", "A1", "Rang", "--at", f"{hour:02}:30").status == 0


# -- back and again -----------------------------------------------------------------------------------------------


def test_undo_and_redo(casedesk: Command) -> None:
    casedesk("flag", "B1", "da", "--why", "Disclosed")
    casedesk("log", "B1", "Wrong case")
    assert casedesk("undo").out.startswith("Undone: a log entry, ")
    assert "Wrong case (withdrawn " in casedesk("show", "B1").out
    assert casedesk("redo").out.startswith("Done again: a log entry, ")
    assert "(withdrawn" not in casedesk("show", "B1").out
    listed = casedesk("undo", "--list").out.splitlines()
    assert [line.split(",")[0] for line in listed] == [
        "a log entry",
        "raising a flag",
        "taking in an extract",
    ]
    assert all(line.endswith(": can be undone") for line in listed)
    for _ in range(3):
        assert casedesk("undo").status == 0
    assert "No cases here" in casedesk("queue").out
    assert "There is nothing to undo." in one_line(casedesk("undo"))


def test_the_history_of_a_case(casedesk: Command) -> None:
    casedesk("flag", "B1", "da", "--why", "Disclosed")
    heading, *rows = csv.reader(io.StringIO(casedesk("history", "B1", "--format", "csv").out))
    assert heading == ["When", "Who", "Fact", "Before", "After", "By"]
    assert ["7042", "Case: OIC", "", "DC 3", "taking in an extract"] in [row[1:] for row in rows]
    assert any(row[2].endswith(": Flag") and row[4] == "da" for row in rows)
    only = json.loads(casedesk("history", "B1", "--fact", "oic", "--format", "json").out)
    assert [one["after"] for one in only] == ["DC 3"]
