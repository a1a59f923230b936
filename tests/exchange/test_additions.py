"""The overnight profiles: what their columns understand, and how a line that adds to a case is read."""

from pathlib import Path

import pytest

from casedesk.exchange.intake import TakenRow, guess_profile
from casedesk.model.errors import PackError
from casedesk.model.moments import Moment
from casedesk.reference.loading import DATA
from casedesk.reference.profiles import Column, Profile, load_profile
from tests.exchange.reading import as_csv, people, profiles, read, rejected, skipped, taken, write
from tests.exchange.test_profiles import META, own

DOC = DATA.parent / "docs" / "import-profiles.md"
NIGHT = [profiles()["custody"], profiles()["command-control"]]
COLUMNS = [(profile, column) for profile in NIGHT for column in profile.columns]


def named(one: object) -> str:
    return getattr(one, "name", getattr(one, "id", ""))


def numbered(profile: Profile, heads: list[str], cells: list[str]) -> list[list[str]]:
    """The line with a custody or incident number, where it has none yet."""
    own_column = next(column for column in profile.columns if column.id == profile.own_reference)
    if any(head in own_column.names for head in heads):
        return [heads, cells]
    return [[*heads, own_column.names[0]], [*cells, "N/1"]]


@pytest.mark.parametrize(("profile", "column"), COLUMNS, ids=named)
def test_every_heading_of_every_column_is_understood(
    tmp_path: Path, profile: Profile, column: Column
) -> None:
    for name in column.names:
        rows = numbered(profile, [name], [column.example])
        (row,) = taken(read(write(tmp_path, as_csv(rows)), profile))
        assert row.addition is not None
        stated = {one.entity: one.fields for one in (row.case, *row.others)}
        if column.entity == "log_entry":
            assert column.example in row.addition.note, name
        elif column.fields == ("flags",):
            assert set(stated["case"].get("flags") or row.addition.flags), name  # type: ignore[arg-type]
        else:
            assert all(stated[column.entity][field] is not None for field in column.fields), name


@pytest.mark.parametrize(("profile", "column"), COLUMNS, ids=named)
def test_every_column_is_documented(profile: Profile, column: Column) -> None:
    text = DOC.read_text("utf-8").split(f"### The columns of `{profile.name}`")[1].split("\n##")[0]
    assert column.title in text
    if column.entity != "log_entry":
        assert f"`{column.example}`" in text


def one(tmp_path: Path, profile: Profile, **cells: str) -> TakenRow:
    heads = [name.replace("_", " ") for name in cells]
    (row,) = taken(
        read(write(tmp_path, as_csv([heads, list(cells.values())])), profile, Moment("2026-11-20"))
    )
    return row


def test_a_line_with_an_occurrence_only_fills_its_gaps(tmp_path: Path) -> None:
    row = one(
        tmp_path, NIGHT[0], Custody_number="NB/1", Occurrence_No="43", Arrested_for="Theft", OIC="", Sex="",
        Name="Kyle", Bail_conditions="",
    )  # fmt: skip
    assert row.case.key == ("case", "rms", "43")
    assert row.case.partial
    assert row.case.fields == {"ref": "43", "offence_title": "Theft", "source": "custody"}
    (suspect,), (arrest,) = people(row, "suspect"), people(row, "custody")
    assert suspect.fields == {"name": "Kyle"}, "an empty cell clears nothing of a person"
    assert arrest.key == ("custody", "rms", "43", "number", "NB/1")
    assert arrest.fields["conditions"] is None, "of the custody record an empty cell clears"


def test_a_line_without_one_speaks_for_its_own_case(tmp_path: Path) -> None:
    row = one(tmp_path, NIGHT[0], Custody_number="NB/1", Occurrence_No="NULL", OIC="")
    assert row.case.key == ("case", "custody", "NB/1")
    assert not row.case.partial
    assert row.case.fields["oic"] is None
    assert row.case.fields["as_at"] == "2026-11-20"


def test_reviews_are_read_in_order_and_once(tmp_path: Path) -> None:
    said = "21/11/2026 01:20; 20/11/2026 16:35|20/11/2026 16:35\n"
    (arrest,) = people(one(tmp_path, NIGHT[0], Custody_number="1", Reviews=said), "custody")
    assert arrest.fields["reviews"] == ("2026-11-20T16:35:00Z", "2026-11-21T01:20:00Z")


@pytest.mark.parametrize(("written", "minutes"), [("5:30", 330), ("330", 330), ("0:05", 5), ("", None)])
def test_lengths_of_time(tmp_path: Path, written: str, minutes: int | None) -> None:
    (arrest,) = people(one(tmp_path, NIGHT[0], Custody_number="1", Held_before_bail=written), "custody")
    assert arrest.fields["held_minutes"] == minutes


@pytest.mark.parametrize(
    ("heading", "cell", "says"),
    [
        ("Reviews", "20/11/2026 16:35; 20/11/2026", "time"),
        ("Held before bail", "5:75", "not a length of time"),
        ("Bail months", "six", "not a whole number"),
        ("State", "somewhere", "not a word of this column"),
        ("Custody number", "4.32E+10", "shortened"),
    ],
)
def test_a_cell_that_cannot_be_read_rejects_its_line(
    tmp_path: Path, heading: str, cell: str, says: str
) -> None:
    rows = numbered(NIGHT[0], [heading], [cell])
    (row,) = rejected(read(write(tmp_path, as_csv(rows)), NIGHT[0]))
    assert row.column == heading
    assert says in row.reason


def test_a_line_that_names_nothing_is_rejected(tmp_path: Path) -> None:
    (row,) = rejected(read(write(tmp_path, as_csv([["Custody number", "Name"], ["", "Kyle"]])), NIGHT[0]))
    assert row.reason == "the reference is empty"


def test_the_same_arrest_twice_is_passed_over_and_must_agree(tmp_path: Path) -> None:
    rows = [
        ["Custody number", "Occurrence No", "Suite"],
        ["1", "43", "A"],
        ["1", "43", "A"],
        ["1", "43", "B"],
    ]
    readings = read(write(tmp_path, as_csv(rows)), NIGHT[0])
    assert len(skipped(readings)) == 1
    (row,) = rejected(readings)
    assert (row.column, row.value) == ("Suite", "B")


def test_a_custody_number_that_looks_like_an_occurrence_is_another_case(tmp_path: Path) -> None:
    rows = [["Custody number", "Occurrence No"], ["43", ""], ["9", "43"]]
    first, second = taken(read(write(tmp_path, as_csv(rows)), NIGHT[0]))
    assert first.case.key != second.case.key


def test_a_records_extract_with_custody_columns_is_still_one(tmp_path: Path) -> None:
    heads = "Occurrence No,Offence,OIC,Suspect 1 name,Suspect 1 status,Suspect 1 custody number,Victim 1 name"
    found = guess_profile(write(tmp_path, heads + "\n"), profiles().values())
    assert found is profiles()["rms-occurrences"]


ADDITION = '[profile]\nline = "addition"\nnamespace = "rms"\n'
OWN = 'own_reference = "n"\nown_namespace = "c"\n'
REF = '[[column]]\nid = "r"\nnames = ["R"]\nsets = ["case.ref"]\nformat = "reference"\n'
NUMBER = '[[column]]\nid = "n"\nnames = ["N"]\nformat = "reference"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ADDITION + REF, "own_reference"),
        (ADDITION + OWN + REF + NUMBER, "a required column"),
        (ADDITION + OWN.replace('"c"', '"rms"') + REF + NUMBER + "required = true\n", "must differ"),
        (ADDITION + 'intake = "gossip"\n' + OWN + REF + NUMBER + "required = true\n", "not one of its words"),
        (ADDITION.replace("addition", "case") + OWN + REF + NUMBER + "required = true\n", "has no meaning here"),
        (ADDITION + OWN + REF + NUMBER + "required = true\n" + NUMBER.replace('"n"', '"m"').replace('"N"', '"M"'),
         "names no fact"),
        (ADDITION.replace("addition", "case") + REF
         + '[[column]]\nid = "x"\nnames = ["X"]\nsets = ["log_entry.text"]\nformat = "text"\n', "names no fact"),
    ],
)  # fmt: skip
def test_mistakes_in_a_profile_of_additions_are_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(PackError, match=says):
        load_profile("ours", own(tmp_path, META + text))


def test_a_force_adds_its_own_headings(tmp_path: Path) -> None:
    overlay = own(
        tmp_path,
        META + '[profile]\nbased_on = "custody"\nnamespace = "ourforce"\n'
        '[[column]]\nid = "suite"\nalso = ["Nick"]\n',
    )
    row = one(tmp_path, load_profile("ours", overlay), Custody_number="1", Nick="Newbury", Occurrence_No="43")
    assert row.case.key == ("case", "ourforce", "43")
    assert people(row, "custody")[0].fields["suite"] == "Newbury"
