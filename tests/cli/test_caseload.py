"""What is due, the briefing and the explanation, as a person and as a program use them."""

import csv
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from casedesk.model.moments import system_clock
from tests.cli.running import Command, one_line
from tests.desk.extracts import extract

HEADING = ("Occurrence No", "Offence", "Recorded", "OIC", "Victim 1 name")


@pytest.fixture(autouse=True)
def cases(home: Path, casedesk: Command, work: Path) -> None:
    """Two cases; the victim of the first was promised a contact in two hours."""
    path = extract(
        work, ("A1", "Theft", "1/11/2026", "PC 1", "Zoë"), ("B1", "@SUM(1)", "2/11/2026"), heading=HEADING
    )
    assert casedesk("import", path).status == 0
    assert casedesk("contact", "A1", "Rang her", "--reached", "--next", "+2h").status == 0


def promised(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if "promised" in row["what"]]


def test_what_is_due_within_a_time_as_json(casedesk: Command) -> None:
    (row,) = promised(json.loads(casedesk("due", "--within", "3h", "--format", "json").out))
    assert row["reference"] == "A1"
    assert datetime.fromisoformat(row["due"]) > system_clock()
    assert row["limit_in_law"] is False
    assert promised(json.loads(casedesk("due", "--within", "1h", "--format", "json").out)) == []


def test_what_is_due_as_a_table_says_how_long_is_left(casedesk: Command) -> None:
    said = casedesk("due")
    assert said.status == 0
    assert "due within 24h (all)" in said.out.splitlines()[0]
    (line,) = (line for line in said.out.splitlines() if "promised" in line)
    assert "A1" in line
    assert "1 h 59 m" in line or "2 h 00 m" in line


def test_what_is_due_as_csv_has_exact_times_and_runs_nothing(casedesk: Command) -> None:
    heading, *rows = csv.reader(io.StringIO(casedesk("due", "--within", "4w", "--format", "csv").out))
    assert heading[:4] == ["Due", "Left", "Reference", "What"]
    assert all(datetime.fromisoformat(row[0]).tzinfo for row in rows)
    assert {"'@SUM(1)", "Theft"} >= {row[heading.index("Offence")] for row in rows}


@pytest.mark.parametrize("how", ["json", "csv"])
def test_a_program_is_told_that_not_everything_was_written(casedesk: Command, how: str) -> None:
    whole = casedesk("due", "--within", "4w", "--format", how)
    cut = casedesk("due", "--within", "4w", "--limit", "1", "--format", how)
    assert "shown" not in whole.err
    assert "1 shown" in cut.err
    assert len(cut.out) < len(whole.out)


def test_ones_own_cases_are_those_one_owns(casedesk: Command) -> None:
    assert promised(json.loads(casedesk("due", "--mine", "--format", "json").out)) == []
    assert "(mine)" in casedesk("due", "--mine").out
    assert promised(json.loads(casedesk("due", "--all", "--format", "json").out))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("due --within soon", "“soon” is not a length of time"),
        ("due --within 0h", "not a length of time"),
        ("due --within 5", "Write 90m, 24h, 3d or 2w."),
        ("due --mine --team", "--mine and --team do not go together"),
        ("briefing --team --all", "do not go together"),
        ("briefing --since never", "not a date or time"),
        ("briefing --since +2h", "is to come"),
        ("explain Z9", "No case here has the reference"),
    ],
)
def test_what_cannot_be_shown_is_said_with_a_cure(casedesk: Command, words: str, said: str) -> None:
    assert said in one_line(casedesk(*words.split()))


def test_the_briefing_as_lines_bears_its_marking(casedesk: Command) -> None:
    lines = casedesk("briefing").out.splitlines()
    assert lines[0] == lines[-1] == "OFFICIAL-SENSITIVE"
    assert lines[1].startswith("Briefing, ")
    assert any(line.startswith("In custody now: 0") for line in lines)


def test_the_briefing_as_json_and_csv(casedesk: Command) -> None:
    made = json.loads(casedesk("briefing", "--mine", "--since", "-3h", "--format", "json").out)
    assert made["scope"] == "mine"
    assert made["custody"]["total"] == 0
    heading, *rows = csv.reader(io.StringIO(casedesk("briefing", "--format", "csv").out))
    assert heading[:3] == ["Part", "When", "Reference"]
    assert all(len(row) == len(heading) for row in rows)


def test_a_case_is_explained_factor_by_factor(casedesk: Command) -> None:
    (top, *_) = (
        row for row in json.loads(casedesk("queue", "--format", "json").out) if row["reference"] == "A1"
    )
    shown = json.loads(casedesk("explain", "a1", "--format", "json").out)
    assert shown["factors"][0]["sentence"] == top["why"]
    assert shown["position"]["of"] == 2
    lines = casedesk("explain", "A1").out.splitlines()
    assert any(line.startswith(f"1. {top['band']}: {top['why']}") for line in lines)
    heading, *rows = csv.reader(io.StringIO(casedesk("explain", "A1", "--format", "csv").out))
    assert heading[:3] == ["Band", "Why", "Due"]
    assert [row[1] for row in rows] == [factor["sentence"] for factor in shown["factors"]]


def test_an_explanation_is_accounted_for_as_a_look_at_the_case(casedesk: Command) -> None:
    casedesk("explain", "B1")
    log = json.loads(casedesk("access-log", "list", "--format", "json").out)
    looks = [line for line in log if line["what"] == "consulted" and line["case"] == "B1"]
    assert len(looks) == 1
