"""What a records-system extract may write in its cells, and what becomes of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from casedesk.exchange.intake import SkippedRow, TakenRow, open_extract
from casedesk.model.ids import derived_id
from casedesk.model.moments import Moment
from casedesk.model.text import MAX_TEXT
from tests.exchange.reading import (
    as_csv,
    one_reject,
    one_row,
    people,
    read,
    rejected,
    rms,
    skipped,
    taken,
    write,
)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("16", "16"),
        ("OC16", "16"),
        ("Outcome 16", "16"),
        ("outcome type: 08", "8"),
        ("HO outcome 1a", "1A"),
        ("1a", "1A"),
        ("16 - Victim does not support", "16"),
        ("16. Victim, named suspect", "16"),
        ("Community Resolution", "8"),
        ("TIC", "4"),
        ("99", "99"),
        ("24 – New in 2027", "24"),
        ("16B", "16B"),
        ("Detected", "Detected"),
        ("C3", "C3"),
        ("16/17", "16/17"),
        ("16.0", "16"),
        ("14 – suspect not identified, victim over 18", "14"),
        ("-1", "-1"),
        ("1.6", "1.6"),
        ("1 6", "1 6"),
        ("16 or 18", "16 or 18"),
        ("16 and 18", "16 and 18"),
        ("16, 18", "16, 18"),
        ("16-18", "16-18"),
        ("43260000001", "43260000001"),
        ("no." * 5000 + "!", "no." * 5000 + "!"),
    ],
)
def test_outcome_codes_in_every_spelling_and_unknown_ones_as_written(
    tmp_path: Path, written: str, code: str
) -> None:
    row = one_row(tmp_path, Outcome=written)
    assert row.case.fields["outcome"] == code
    assert row.case.fields["outcome_text"] == written, "without a column of its own the text is this cell"


def test_a_column_for_the_outcomes_text_goes_first(tmp_path: Path) -> None:
    row = one_row(tmp_path, Finalisation_code="16", Outcome_description="Victim withdrew")
    assert row.case.fields["outcome"] == "16"
    assert row.case.fields["outcome_text"] == "Victim withdrew"


@pytest.mark.parametrize(
    ("written", "stored"),
    [("8/6", "008/06"), ("008/06", "008/06"), ("105/01", "105/01"), ("00806", "008/06"), ("8N", "8N")],
)
def test_home_office_classes_take_one_shape(tmp_path: Path, written: str, stored: str) -> None:
    assert one_row(tmp_path, HO_class=written).case.fields["ho_class"] == stored


def test_a_class_that_a_spreadsheet_made_a_date_is_rejected(tmp_path: Path) -> None:
    reject = one_reject(tmp_path, HO_class="08-Jun")
    assert (reject.column, reject.value) == ("HO class", "08-Jun")
    assert "made a date" in reject.reason


@pytest.mark.parametrize(
    ("written", "pence"),
    [("64.50", 6450), ("£1,234.5", 123450), ("0", 0), ("£ 12", 1200), ("1000000", 100000000)],
)
def test_money_in_pounds_becomes_pence(tmp_path: Path, written: str, pence: int) -> None:
    assert one_row(tmp_path, Value=written).case.fields["value_pence"] == pence


@pytest.mark.parametrize(
    "written", ["about 50", "-5", "1,23", "1.234", "£", "10p", "1e3", "1" + ",000" * 5000]
)
def test_what_is_not_money_is_rejected(tmp_path: Path, written: str) -> None:
    assert one_reject(tmp_path, Value=written).reason == "not an amount of money"


@pytest.mark.parametrize(
    ("written", "value"),
    [("Yes", True), ("y", True), ("1", True), ("TRUE", True), ("no", False), ("0", False), ("unknown", None)],
)
def test_yes_and_no(tmp_path: Path, written: str, value: bool | None) -> None:
    assert one_row(tmp_path, Offender_agreed=written).case.fields["offender_agreed"] is value


def test_an_unknown_word_is_rejected_with_the_words_that_are_allowed(tmp_path: Path) -> None:
    reject = one_reject(tmp_path, Suspect_name="Kyle Jarrett", Suspect_status="on the run")
    assert reject.line == 2
    assert reject.column == "Suspect status"
    assert reject.value == "on the run"
    assert "“on the run” is not a word of this column" in reject.reason
    assert "wanted, in-custody, bailed, rui" in reject.cure
    assert reject.cells == ("43260000001", "Kyle Jarrett", "on the run")


def test_a_word_that_may_be_free_is_kept_as_written(tmp_path: Path) -> None:
    row = one_row(tmp_path, Victim_name="Ann", Victim_who_was_informed="Her sister")
    assert people(row, "victim")[0].fields["informed_who"] == "Her sister"
    row = one_row(tmp_path, Victim_name="Ann", Victim_who_was_informed="MOTHER")
    assert people(row, "victim")[0].fields["informed_who"] == "parent"


def test_every_cell_at_fault_is_named_at_once(tmp_path: Path) -> None:
    reject = one_reject(tmp_path, Recorded="31/02/2026", OIC="PC X", Value="lots")
    assert reject.column == "Recorded"
    assert reject.value == "31/02/2026"
    assert reject.reason == "no such day in the calendar; Value: not an amount of money"


def test_flags_from_a_list_and_from_columns_are_one_set(tmp_path: Path) -> None:
    row = one_row(tmp_path, Flags="Knife; DV , rasso", Hate_crime="Y", Child="No", Alcohol="")
    assert row.case.fields["flags"] == ("da", "hate", "knife", "sexual")
    row = one_row(tmp_path, Knife="No", Domestic_abuse="unknown")
    assert row.case.fields["flags"] is None
    assert one_reject(tmp_path, Flags="Knife; Dragons").value == "Knife; Dragons"


def test_an_empty_cell_of_a_mapped_column_is_an_explicit_nothing(tmp_path: Path) -> None:
    row = one_row(tmp_path, OIC="", Rationale="  ", Supervisor="NULL")
    assert row.case.fields["oic"] is None
    assert row.case.fields["rationale"] is None
    assert row.case.fields["supervisor"] is None
    assert "location" not in row.case.fields, "a column that is not there says nothing"


def test_when_the_extract_was_drawn(tmp_path: Path) -> None:
    path = write(tmp_path, as_csv([["URN", "As at"], ["1", "16/03/2026"], ["2", ""]]))
    first, second = taken(read(path, rms(), Moment("2026-03-20")))
    assert first.case.fields["as_at"] == "2026-03-16"
    assert second.case.fields["as_at"] == "2026-03-20"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "the reference is empty"),
        ("4.326E+10", "a spreadsheet has shortened the number"),
        ("4" * 41, "longer than 40 characters"),
    ],
)
def test_a_reference_that_names_no_case_is_rejected(tmp_path: Path, written: str, reason: str) -> None:
    path = write(tmp_path, as_csv([["Crime Number", "OIC"], [written, "PC X"]]))
    (reject,) = rejected(read(path))
    assert reject.column == "Crime Number"
    assert reason in reject.reason


@pytest.mark.parametrize("written", ["43260000001", "4" * 40, "TVP/2026-17 (b)", '="0043"'])
def test_any_other_reference_will_do(tmp_path: Path, written: str) -> None:
    path = write(tmp_path, as_csv([["Crime Number", "OIC"], [written, "PC X"]]))
    (row,) = taken(read(path))
    assert row.reference == written.removeprefix('="').removesuffix('"')
    assert row.case.key == ("case", "rms", row.reference)


def test_free_text_keeps_its_lines_and_other_cells_do_not(tmp_path: Path) -> None:
    row = one_row(tmp_path, Rationale="One.\r\nTwo.", Location="1 High St\nNewbury")
    assert row.case.fields["rationale"] == "One.\nTwo."
    assert row.case.fields["location"] == "1 High St Newbury"


def test_terminal_escapes_are_cleaned_away(tmp_path: Path) -> None:
    evil = "\x1b]0;owned\x07PC \x1b[31mRed\x1b[0m\u202e\u200b"
    row = one_row(tmp_path, OIC=evil, Rationale=f"{evil}\n{evil}")
    assert row.case.fields["oic"] == "PC Red"
    assert row.case.fields["rationale"] == "PC Red\nPC Red"
    reject = one_reject(tmp_path, Value=evil)
    assert "\x1b" not in reject.value
    assert reject.cells[-1] == evil, "the rejects file gives back what stood there"


def test_text_longer_than_the_store_keeps_is_rejected_never_cut(tmp_path: Path) -> None:
    assert one_row(tmp_path, Rationale="x" * MAX_TEXT).case.fields["rationale"] == "x" * MAX_TEXT
    reject = one_reject(tmp_path, Rationale="x" * (MAX_TEXT + 1))
    assert "100,000 characters" in reject.reason
    assert len(reject.value) <= 80


@pytest.mark.parametrize("cell", ["=1+1", '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0", "=-2"])
def test_formulas_in_text_are_rejected(tmp_path: Path, cell: str) -> None:
    assert one_reject(tmp_path, OIC=cell).reason.startswith("formula cell")


@pytest.mark.parametrize("cell", ["+44 7700 900123", "-", "@home", "= equals", "==== log ===="])
def test_what_only_looks_like_a_formula_is_text(tmp_path: Path, cell: str) -> None:
    assert one_row(tmp_path, OIC_contact=cell).case.fields["oic_contact"] == cell


# --- people


def test_numbered_suspects_and_victims(tmp_path: Path) -> None:
    row = one_row(
        tmp_path,
        Suspect_name="Kyle Jarrett",
        Suspect_status="RUI",
        Suspect_2_name="Dale Jarrett",
        Suspect_2_DOB="01/02/1990",
        Suspect_3_name="",
        Suspect_5_nominal="N55",
        Suspect_5_name="Bo",
        Victim_1_name="Ann Field",
        Victim_1_supports="N",
    )
    suspects = people(row, "suspect")
    assert [one.key for one in suspects] == [
        ("suspect", "rms", "43260000001", "name", "kyle jarrett", ""),
        ("suspect", "rms", "43260000001", "name", "dale jarrett", "1990-02-01"),
        ("suspect", "rms", "43260000001", "nominal", "N55"),
    ]
    assert suspects[0].fields == {"name": "Kyle Jarrett", "status": "rui"}
    assert people(row, "victim")[0].fields == {"name": "Ann Field", "support": "no"}


def test_people_without_a_name_are_known_by_their_number(tmp_path: Path) -> None:
    row = one_row(tmp_path, Suspect_status="described", Suspect_2_status="described", Victim_type="State")
    assert [one.key[-2:] for one in row.others] == [("position", "1"), ("position", "2"), ("position", "1")]


def test_two_people_of_one_name_are_two_people(tmp_path: Path) -> None:
    row = one_row(tmp_path, Victim_1_name="J Smith", Victim_2_name="J. Smith", Victim_3_name="j smith")
    assert len({one.key for one in row.others}) == 3


def test_the_same_person_has_the_same_key_in_a_later_extract(tmp_path: Path) -> None:
    first = one_row(
        tmp_path, Suspect_1_name="Zoë O’Hara", Suspect_1_DOB="02/11/1994", Suspect_1_status="named"
    )
    later = one_row(
        tmp_path, Suspect_2_name="ZOË O'HARA", Suspect_2_DOB="1994-11-02", Suspect_2_status="bailed"
    )
    assert first.others[0].key == later.others[0].key


def test_an_arrest_is_linked_to_its_suspect(tmp_path: Path) -> None:
    row = one_row(
        tmp_path,
        Suspect_1_name="Kyle",
        Suspect_2_nominal="N2",
        Custody_2_number="NB/1/26",
        Suspect_2_arrested="15/07/2026 10:05",
    )
    (arrest,) = people(row, "custody")
    assert arrest.key == ("custody", "rms", "43260000001", "number", "NB/1/26")
    assert arrest.fields["arrested_at"] == datetime(2026, 7, 15, 9, 5, tzinfo=UTC)
    assert arrest.fields["suspect"] == derived_id("suspect", "rms", "43260000001", "nominal", "N2")
    assert "time is missing" in one_reject(tmp_path, Suspect_1_arrested="15/07/2026").reason


HEAD = ["Occurrence No", "OIC", "Offence", "Suspect name", "Suspect status", "Victim name"]


def lines(folder: Path, *rows: list[str]) -> Path:
    return write(folder, as_csv([HEAD, *rows]))


def test_further_lines_of_an_occurrence_add_people(tmp_path: Path) -> None:
    path = lines(
        tmp_path,
        ["1", "PC X", "Theft", "Kyle", "named", "Ann"],
        ["1", "PC X", "Theft", "Dale", "named", "Ann"],
        ["1", "", "", "", "", "Bob"],
        ["2", "PC Y", "Theft", "", "", ""],
    )
    first, second, third, fourth = taken(read(path))
    assert len(first.others) == 2
    assert second.case.partial
    assert second.case.fields == {}, "the first line speaks for the case"
    assert second.case.key == first.case.key
    assert [one.fields["name"] for one in second.others] == ["Dale"]
    assert [one.fields["name"] for one in third.others] == ["Bob"]
    assert not fourth.case.partial


def test_a_line_that_says_nothing_new_is_passed_over(tmp_path: Path) -> None:
    row = ["1", "PC X", "Theft", "Kyle", "named", "Ann"]
    readings = read(lines(tmp_path, row, row, ["1", "", "", "Kyle", "", ""]))
    assert isinstance(readings[0], TakenRow)
    assert [one.line for one in skipped(readings)] == [3, 4]
    assert len({one.reason for one in readings if isinstance(one, SkippedRow)}) == 1


@pytest.mark.parametrize(
    ("again", "column"),
    [
        (["1", "PC Z", "Theft", "", "", "Bob"], "OIC"),
        (["1", "PC X", "Theft", "Kyle", "wanted", "Bob"], "Suspect status"),
    ],
)
def test_lines_of_one_occurrence_that_disagree_are_rejected(
    tmp_path: Path, again: list[str], column: str
) -> None:
    (reject,) = rejected(read(lines(tmp_path, ["1", "PC X", "Theft", "Kyle", "named", "Ann"], again)))
    assert (reject.line, reject.column) == (3, column)
    assert "line 2 of the same occurrence says otherwise" in reject.reason
    assert reject.cells == tuple(again)


def test_an_arrest_told_twice_must_be_of_the_same_suspect(tmp_path: Path) -> None:
    head = ["Occurrence No", "Suspect name", "Suspect custody number", "As at"]
    path = write(tmp_path, as_csv([head, ["1", "Kyle", "NB/1", "2026-03-16"], ["1", "Dale", "NB/1", ""]]))
    (reject,) = rejected(read(path, as_at=Moment("2026-03-20")))
    assert (reject.line, reject.column, reject.value) == (3, "Suspect custody number", "NB/1")


def test_when_it_was_drawn_is_no_contradiction(tmp_path: Path) -> None:
    head = ["Occurrence No", "Victim name", "As at"]
    path = write(tmp_path, as_csv([head, ["1", "Ann", "2026-03-16"], ["1", "Bob", ""]]))
    assert len(taken(read(path, as_at=Moment("2026-03-20")))) == 2


def test_a_rejected_line_does_not_speak_for_its_occurrence(tmp_path: Path) -> None:
    readings = read(
        lines(tmp_path, ["1", "PC X", "Theft", "Kyle", "oops", "Ann"], ["1", "PC Z", "Theft", "", "", "Bob"])
    )
    assert [one.line for one in rejected(readings)] == [2]
    assert isinstance(readings[1], TakenRow)
    assert readings[1].case.fields["oic"] == "PC Z"


def test_lines_of_one_occurrence_must_stand_together(tmp_path: Path) -> None:
    between = [[f"b{number}", "PC Y", "Theft", "", "", ""] for number in range(2001)]
    row = ["1", "PC X", "Theft", "Kyle", "named", "Ann"]
    (reject,) = rejected(read(lines(tmp_path, row, *between, row)))
    assert reject.line == 2004
    assert "told of it already" in reject.reason
    assert "Sort the extract" in reject.cure


def test_other_spellings_of_a_heading_give_way_to_the_first_in_the_profile(tmp_path: Path) -> None:
    for rows in ([["URN", "Occurrence No"], ["A1", "4326"]], [["Occurrence No", "URN"], ["4326", "A1"]]):
        path = write(tmp_path, as_csv(rows))
        (row,) = taken(read(path))
        assert row.reference == "4326"
        with open_extract(path, rms()) as extract:
            assert extract.columns.unmapped == ("URN",)


def test_a_row_keeps_its_original_cells(tmp_path: Path) -> None:
    row = one_row(tmp_path, OIC="  PC   X ")
    assert row.cells == ("43260000001", "  PC   X ")
