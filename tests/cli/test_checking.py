"""``casedesk check``: findings for people and for programs, and an exit status that says what was found."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import Command, one_line, written
from tests.desk.extracts import extract, outcomes, street

HEADING = (
    "Occurrence No", "Offence code", "Recorded", "Offence from", "Outcome", "Outcome date", "Rationale",
    "Suspect name", "Suspect status", "Record status", "OIC",
)  # fmt: skip
NAMED = (
    "42/1/26",
    "TH68010",
    "1/11/2026",
    "1/11/2026",
    "18",
    "5/11/2026",
    "No lines",
    "Ann",
    "named",
    "open",
    "PC 1",
)
OPEN = ("42/2/26", "TH68010", "1/11/2026", "1/11/2026", "", "", "", "", "", "open", "@SUM(1)")
EMPTY = ("42/3/26", "TH68010", "1/11/2026", "1/11/2026", "", "", "", "", "", "filed", "PC 1")


@pytest.fixture
def bare(work: Path) -> Path:
    """An extract with one case that blocks, one that is open and one that is filed without an outcome."""
    return extract(work, NAMED, OPEN, EMPTY, heading=HEADING)


def as_json(casedesk: Command, *words: str | Path) -> list[dict[str, Any]]:
    found = json.loads(casedesk("check", *words, "--format", "json").out)
    assert isinstance(found, list)
    return found


def test_a_bare_file_needs_no_store_and_leaves_none(
    casedesk: Command, bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEDESK_HOME", str(tmp_path / "nothing"))
    monkeypatch.delenv("CASEDESK_PASSPHRASE_FILE", raising=False)
    said = casedesk("check", bare)
    assert said.status == 1
    assert "V02" in said.out
    assert not (tmp_path / "nothing").exists()
    assert written(bare.parent) == ["rms.csv"]


def test_json_has_the_documented_shape(casedesk: Command, bare: Path) -> None:
    found = as_json(casedesk, bare, "--profile", "rms-occurrences")
    assert [one["reference"] for one in found] == ["42/1/26", "42/2/26", "42/3/26"]
    for one in found:
        assert list(one) == ["reference", "outcome", "verdict", "findings", "possible"]
        assert one["verdict"] in ("clean", "warn", "block")
        assert all(isinstance(code, str) for code in one["possible"])
        for finding in one["findings"]:
            assert list(finding) == ["rule", "severity", "status", "message", "facts", "fix", "source"]
            assert finding["severity"] in ("block", "warn", "info")
            assert finding["status"] in ("confirmed", "secondary", "unverified", "convention")
            assert finding["message"]
            assert finding["fix"]
            assert finding["source"]
            assert all(fact["title"] for fact in finding["facts"])
    named, still_open, filed = found
    assert named["outcome"] == "18"
    assert named["verdict"] == "block"
    assert "V02" in [finding["rule"] for finding in named["findings"]]
    assert "18" not in named["possible"]
    assert still_open["outcome"] is None
    assert still_open["verdict"] == "clean"
    assert [finding["rule"] for finding in filed["findings"] if finding["severity"] == "block"] == ["P05"]


def test_the_possible_outcomes_can_be_left_out(casedesk: Command, bare: Path) -> None:
    assert any(one["possible"] for one in as_json(casedesk, bare))
    assert not any(one["possible"] for one in as_json(casedesk, bare, "--no-possible"))


def test_the_exit_status_says_whether_something_blocks(casedesk: Command, work: Path) -> None:
    clean = extract(work, OPEN, heading=HEADING)
    said = casedesk("check", clean)
    assert said.status == 0
    assert said.out == "1 checked: nothing found, and no outcome is proposed.\n"
    warned = extract(work, (*NAMED[:7], "Ann", "eliminated", "open", "PC 1"), heading=HEADING)
    assert {one["verdict"] for one in as_json(casedesk, warned)} <= {"warn", "clean"}
    assert casedesk("check", warned).status == 0
    blocked = extract(work, NAMED, heading=HEADING)
    for form in ("table", "csv", "json", "plain"):
        assert casedesk("check", blocked, "--format", form).status == 1


def test_lines_that_cannot_be_read_are_named_and_end_with_4(casedesk: Command, work: Path) -> None:
    bad = (*OPEN[:2], "31/02/2026", *OPEN[3:])
    said = casedesk("check", extract(work, OPEN, bad, heading=HEADING), "--format", "json")
    assert said.status == 4
    read, unread = json.loads(said.out)
    assert read["reference"] == "42/2/26"
    assert (unread["verdict"], unread["line"]) == ("unread", 3)
    assert unread["message"].startswith("line 3, Recorded “31/02/2026”: no such day in the calendar. ")
    assert said.err.startswith(
        "casedesk: not checked: line 3, Recorded “31/02/2026”: no such day in the calendar. "
    )
    both = casedesk("check", extract(work, NAMED, bad, heading=HEADING))
    assert both.status == 1
    assert "line 3" in both.err
    table = casedesk("check", extract(work, NAMED, bad, heading=HEADING), "--format", "csv")
    assert table.status == 1
    *_, last = csv.reader(io.StringIO(table.out))
    assert (last[2], last[5][:6]) == ("unread", "line 3")


def test_the_csv_is_complete_and_runs_nothing_in_a_spreadsheet(casedesk: Command, work: Path) -> None:
    path = extract(work, ("@SUM(1)", *NAMED[1:]), heading=HEADING)
    heading, *rows = csv.reader(io.StringIO(casedesk("check", path, "--format", "csv").out))
    assert heading == ["Reference", "Outcome", "Severity", "Rule", "Status", "Finding", "Cure", "Source"]
    assert all(len(row) == len(heading) and all(row) for row in rows)
    assert {row[0] for row in rows} == {"'@SUM(1)"}


def test_plain_lines_hold_everything(casedesk: Command, bare: Path) -> None:
    (finding, *_) = as_json(casedesk, bare)[0]["findings"]
    lines = casedesk("check", bare, "--format", "plain").out.splitlines()
    (line,) = (line for line in lines if f"Rule: {finding['rule']};" in line and "42/1/26" in line)
    for part in (finding["message"], finding["fix"], finding["source"]):
        assert part in line


def test_the_table_can_be_read_at_80_columns(casedesk: Command, bare: Path) -> None:
    lines = casedesk("check", bare).out.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith("3 checked, 1 clean; findings: 2 block")
    text = " ".join(" ".join(line.split()) for line in lines)
    assert "→" in text
    assert "secondary" in text, "how well a rule is sourced is said wherever it is shown"
    assert "block V02" in " ".join(text.split())


@pytest.mark.usefixtures("home")
def test_cases_of_the_store_are_checked_by_filter_or_number(casedesk: Command, bare: Path) -> None:
    casedesk("import", bare)
    filters = ("all", "open", "filed", "proposed")
    checked = {which: [one["reference"] for one in as_json(casedesk, which)] for which in filters}
    assert checked == {
        "all": ["42/1/26", "42/2/26", "42/3/26"],
        "open": ["42/1/26", "42/2/26"],
        "filed": ["42/3/26"],
        "proposed": ["42/1/26"],
    }
    assert [one["reference"] for one in as_json(casedesk)] == checked["proposed"]
    (one,) = as_json(casedesk, "42/1/26")
    assert one == as_json(casedesk, bare)[0]
    assert casedesk("check", "42/2/26").status == 0
    assert casedesk("check", "42/3/26").status == 1


@pytest.mark.usefixtures("home")
def test_a_file_and_the_store_give_the_same_verdicts(casedesk: Command, work: Path) -> None:
    crimes = street(
        work, ("c1", "Drugs", "Under investigation"), ("c2", "Drugs", "Made up"), ("c3", "Drugs", "")
    )
    casedesk("import", crimes)
    assert as_json(casedesk, crimes) == as_json(casedesk, "all")
    casedesk(
        "import", outcomes(work, ("c1", "2026-02", "Local resolution"), ("c1", "2026-02", "Local resolution"))
    )
    (found,) = (one for one in as_json(casedesk, "all") if one["reference"] == "c1")
    assert [finding["rule"] for finding in found["findings"]] == ["P01", "P02", "P04"]
    assert casedesk("check", "all").status == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["missing.csv"], "There is no file missing.csv. Check the path."),
        (["sub/missing.XLSX"], "There is no file sub/missing.XLSX"),
        (["42/9/26"], "No case here has the reference '42/9/26'"),
        (["rms.csv", "--profile", "nonsense"], "There is no import profile 'nonsense'"),
        (["strange.csv"], "the headings fit no import profile"),
        (["empty.csv"], "“empty.csv”"),
    ],
)
@pytest.mark.usefixtures("home")
def test_what_cannot_be_checked_is_refused_in_a_line(
    casedesk: Command, bare: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], message: str
) -> None:
    monkeypatch.chdir(bare.parent)
    extract(bare.parent, ("1",), heading=("Height",), name="strange.csv")
    (bare.parent / "empty.csv").write_bytes(b"")
    assert message in one_line(casedesk("check", *words))


@pytest.mark.usefixtures("home")
def test_nothing_to_check(casedesk: Command) -> None:
    said = casedesk("check")
    assert (said.status, said.out) == (0, "Nothing to check.\n")
    assert json.loads(casedesk("check", "--format", "json").out) == []
