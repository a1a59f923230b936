"""``casedesk import``: what is said, what is written beside the extract, and with which exit status it ends."""

import csv
from pathlib import Path

import pytest

from tests.cli.running import Command, one_line, written
from tests.desk.extracts import RMS, extract, outcomes, street

pytestmark = pytest.mark.usefixtures("home")

GOOD = (("A1", "Theft", "1/11/2026", "PC 1"), ("A2", "Arson", "2/11/2026", "PC 2"))


def test_an_extract_goes_in_and_a_second_time_changes_nothing(casedesk: Command, work: Path) -> None:
    path = extract(work, *GOOD)
    first = casedesk("import", path)
    assert first.status == 0
    assert first.err == ""
    assert first.out.splitlines() == [
        "rms.csv, as rms-occurrences",
        "  2 lines: 2 new, 0 changed, 0 unchanged, 0 rejected",
    ]
    assert "0 new, 0 changed, 2 unchanged" in casedesk("import", path).out
    assert written(work) == ["rms.csv"]


def test_a_later_release_says_which_facts_changed(casedesk: Command, work: Path) -> None:
    casedesk("import", extract(work, *GOOD))
    said = casedesk("import", extract(work, ("A1", "Theft", "1/11/2026", "PC 9", "Ann", "named"), GOOD[1]))
    assert "0 new, 1 changed, 1 unchanged" in said.out
    assert "  1 × OIC changed" in said.out.splitlines()
    assert "  1 × suspect: Suspect status changed" in said.out.splitlines()


def test_rejected_lines_end_with_4_and_name_place_value_reason_and_cure(
    casedesk: Command, work: Path
) -> None:
    said = casedesk("import", extract(work, GOOD[0], ("A2", "Arson", "31/02/2026"), ("", "Fraud")))
    assert said.status == 4
    assert "1 new, 0 changed, 0 unchanged, 2 rejected" in said.out
    of_the_date, of_the_reference = (line for line in said.out.splitlines() if line.startswith("  line "))
    assert of_the_date.startswith(
        "  line 3, Recorded “31/02/2026”: no such day in the calendar. Write it as "
    )
    assert of_the_reference.startswith("  line 4, Occurrence No “”: the reference is empty. ")
    assert "correct them there and import that file" in said.out
    rejects = work / "rms.rejects.csv"
    assert str(rejects) in said.out
    rejects.write_text(
        rejects.read_text(encoding="utf-8-sig").replace("31/02", "28/02").replace(",,Fraud", ",A3,Fraud"),
        encoding="utf-8",
    )
    again = casedesk("import", rejects)
    assert again.status == 0
    assert "2 new" in again.out


def test_rejects_can_go_to_a_folder_of_their_own(casedesk: Command, work: Path) -> None:
    folder = work / "rejects"
    folder.mkdir()
    said = casedesk("import", extract(work, ("", "Fraud")), "--rejects-to", folder)
    assert said.status == 4
    assert written(folder) == ["rms.rejects.csv"]
    assert str(folder / "rms.rejects.csv") in said.out
    assert written(work) == ["rejects", "rms.csv"]
    assert "does not exist" in one_line(
        casedesk("import", work / "rms.csv", "--rejects-to", work / "nowhere")
    )


def test_of_many_rejected_lines_the_first_are_shown_and_the_others_counted(
    casedesk: Command, work: Path
) -> None:
    said = casedesk("import", extract(work, *[("", "Theft")] * 31))
    assert sum(line.startswith("  line ") for line in said.out.splitlines()) == 20
    assert "  and 11 more rejected lines" in said.out.splitlines()


def test_a_dry_run_says_the_same_and_writes_nothing(casedesk: Command, work: Path) -> None:
    path = extract(work, *GOOD, ("", "Fraud"))
    dry = casedesk("import", path, "--dry-run")
    assert dry.status == 4
    assert "(preview: nothing was written)" in dry.out
    assert written(work) == ["rms.csv"]
    assert "No cases here" in casedesk("queue").out
    real = casedesk("import", path)
    assert real.out.splitlines()[1] == dry.out.splitlines()[1]


def test_months_of_published_data_go_in_together(casedesk: Command, work: Path) -> None:
    crimes = street(work, ("c1", "Drugs", "Local resolution"), ("", "Anti-social behaviour", ""))
    results = outcomes(work, ("c1", "2026-04", "Local resolution"), ("c2", "2026-04", "Suspect charged"))
    said = casedesk("import", crimes, results)
    assert said.status == 0
    lines = said.out.splitlines()
    assert "2026-03-street.csv, as police-uk-street" in lines
    assert "2026-04-outcomes.csv, as police-uk-outcomes" in lines
    assert any("1 lines not taken: It has no Crime ID" in line for line in lines)
    assert "  1 cases that the store did not have" in lines


def test_an_older_extract_says_that_it_is_older(casedesk: Command, work: Path) -> None:
    path = extract(work, *GOOD)
    casedesk("import", path, "--as-at", "2026-11-10")
    said = casedesk("import", extract(work, ("A1", "Robbery"), GOOD[1]), "--as-at", "2026-11-01")
    assert said.status == 0
    assert "2 lines are older than what the store holds: left as it is" in said.out


def test_columns_that_are_not_known_are_named(casedesk: Command, work: Path) -> None:
    said = casedesk("import", extract(work, ("A1", "x"), heading=("Occurrence No", "Shoe size")))
    assert "  columns not known to the profile: Shoe size" in said.out.splitlines()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["rms.csv", "--profile", "rms-occurences"], "There is no import profile 'rms-occurences'"),
        (["rms.csv", "--profile", "police-uk-street"], "has no heading of police-uk-street"),
        (["strange.csv"], "strange.csv: the headings fit no import profile"),
        (["binary.csv"], "“binary.csv” "),
        (["missing.csv"], "'missing.csv' does not exist"),
        (["."], "'.' is a directory"),
        (["rms.csv", "--as-at", "2999-01-01"], "lies in the future"),
        (["rms.csv", "--as-at", "soonish"], "'soonish' is not a date or time"),
        ([], "Missing argument 'files'"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_in_a_line_with_a_cure(
    casedesk: Command, work: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], message: str
) -> None:
    monkeypatch.chdir(work)
    extract(work, *GOOD)
    extract(work, ("1", "2"), heading=("Height", "Weight"), name="strange.csv")
    (work / "binary.csv").write_bytes(b"\x7fELF\x00\x01" * 500)
    before = written(work)
    said = one_line(casedesk("import", *words))
    assert message in said
    assert len(said.split(". ")) > 1, "no cure"
    assert written(work) == before
    assert "No cases here" in casedesk("queue").out


def test_a_bad_second_file_leaves_the_first_one_in(casedesk: Command, work: Path) -> None:
    (work / "binary.csv").write_bytes(b"\x00\x01\x02" * 999)
    said = casedesk("import", extract(work, *GOOD), work / "binary.csv")
    assert said.status == 2
    assert "2 new" in said.out
    assert said.err.count("\n") == 1
    assert "2 of 2 cases" in casedesk("queue").out


def test_nothing_in_a_file_or_its_name_reaches_the_terminal_as_an_escape(
    casedesk: Command, work: Path
) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\u202e"
    path = extract(
        work, (f"A1{evil}", f"Theft{evil}", "1/11/2026"), ("A2", "", f"never{evil}"), name="a\x1b[31mb.csv"
    )
    said = casedesk("import", path)
    shown = casedesk("show", "A1")
    wrong = casedesk("show", f"Z{evil}")
    unknown = casedesk(f"imp{evil}ort")
    for one in (said, shown, wrong, unknown, casedesk("queue"), casedesk("queue", "--format", "json")):
        everything = (one.out + one.err).replace(str(work), "")
        assert not [c for c in everything.replace("\n", "") if not c.isprintable()], repr(everything)


# -- the file of changes ------------------------------------------------------------------------------------------


def changes_in(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_changes_can_be_written_into_a_file_of_ones_own(casedesk: Command, work: Path) -> None:
    casedesk("import", extract(work, *GOOD))
    changes = work / "changes.csv"
    later = extract(work, ("A1", "@SUM(1)", "3/11/2026", "+44 7700 900000"), GOOD[1])
    said = casedesk("import", later, "--dry-run", "--changes", changes)
    assert said.status == 0
    assert changes_in(changes) == [
        ["Reference", "What", "Fact", "Before", "After"],
        ["A1", "case", "Offence", "Theft", "'@SUM(1)"],
        ["A1", "case", "Recorded", "1 Nov 2026", "3 Nov 2026"],
        ["A1", "case", "OIC", "PC 1", "'+44 7700 900000"],
    ]
    assert changes.stat().st_mode & 0o077 == 0
    before = changes.read_bytes()
    refused = one_line(casedesk("import", later, "--changes", changes))
    assert "is there already" in refused
    assert changes.read_bytes() == before
    assert "2 unchanged" in casedesk("import", extract(work, *GOOD), "--dry-run").out


def test_where_changes_cannot_be_written_nothing_is_taken_in(casedesk: Command, work: Path) -> None:
    said = one_line(casedesk("import", extract(work, *GOOD), "--changes", work / "no" / "changes.csv"))
    assert "cannot be written" in said
    assert "No cases here" in casedesk("queue").out


def test_a_refused_file_leaves_no_empty_list_of_changes(casedesk: Command, work: Path) -> None:
    casedesk("import", extract(work, ("1",), heading=("Height",)), "--changes", work / "changes.csv")
    assert written(work) == ["rms.csv"]


def test_an_extract_of_headings_alone_is_in_order(casedesk: Command, work: Path) -> None:
    said = casedesk("import", extract(work, heading=RMS))
    assert said.status == 0
    assert "  0 lines: 0 new, 0 changed, 0 unchanged, 0 rejected" in said.out.splitlines()
