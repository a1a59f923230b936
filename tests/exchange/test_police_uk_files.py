"""The published files of data.police.uk: the facts in them, and the real files where they are at hand."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from casedesk.exchange.intake import RejectedRow, TakenRow, guess_profile, open_extract
from casedesk.model.moments import Moment
from casedesk.reference.police_uk import load_police_uk
from tests.exchange.reading import (
    NO_DATA,
    POLICE_UK,
    STREET,
    profiles,
    read,
    rejected,
    skipped,
    street,
    taken,
    write,
)

OUTCOMES = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Outcome type"
)
PLACE = "Kent Police,Kent Police,-0.1,51.5,On or near High Street,E01,Dover 001A"


def test_a_crime(tmp_path: Path) -> None:
    path = write(tmp_path, f"{STREET}\nabc1,2016-01,{PLACE},Shoplifting,Local resolution,\n")
    (row,) = taken(read(path, street(), Moment("2016-03-01")))
    assert row.reference == "abc1"
    assert row.line == 2
    assert row.case.key == ("case", "police.uk", "abc1")
    assert not row.case.partial
    assert row.case.fields == {
        "ref": "abc1",
        "source": "police-uk-street",
        "offence_from": "2016-01",
        "offence_to": "2016-01",
        "force": "Kent Police",
        "location": "On or near High Street",
        "area": "Dover 001A",
        "category": "Shoplifting",
        "outcome_text": "Local resolution",
        "outcome": "8",
        "record_status": "filed",
        "as_at": "2016-03-01",
    }


@pytest.mark.parametrize(
    ("text", "outcome", "status"),
    [
        ("Under investigation", None, "open"),
        ("Unable to prosecute suspect", None, "filed"),
        ("Offender given a caution", None, "filed"),
        ("Investigation complete; no suspect identified", "18", "filed"),
        ("Something published next year", None, None),
        ("", None, None),
    ],
)
def test_the_outcome_code_is_set_only_when_one_is_possible(
    tmp_path: Path, text: str, outcome: str | None, status: str | None
) -> None:
    path = write(tmp_path, f"{STREET}\nabc1,2016-01,{PLACE},Burglary,{text},\n")
    (row,) = taken(read(path, street()))
    assert row.case.fields["outcome"] == outcome
    assert row.case.fields["record_status"] == status
    assert row.case.fields["outcome_text"] == (text or None)


def test_a_line_without_a_crime_id_is_passed_over_with_the_reason(tmp_path: Path) -> None:
    path = write(tmp_path, f"{STREET}\n,2016-01,{PLACE},Anti-social behaviour,,\n")
    (row,) = skipped(read(path, street()))
    assert row.line == 2
    assert "anti-social behaviour" in row.reason


def test_columns_the_profile_leaves_out_are_reported_as_such(tmp_path: Path) -> None:
    path = write(tmp_path, f"{STREET},Officer\nabc1,2016-01,{PLACE},Burglary,,,x\n")
    with open_extract(path, street()) as extract:
        assert [name for name, _ in extract.columns.ignored] == [
            "Falls within",
            "Longitude",
            "Latitude",
            "LSOA code",
            "Context",
        ]
        assert extract.columns.unmapped == ("Officer",)
        assert ("Reported by", "Reported by") in extract.columns.mapped


def test_outcome_lines_are_counted_apart_even_when_they_are_the_same(tmp_path: Path) -> None:
    line = f"abc1,2016-02,{PLACE},Suspect charged"
    other = f"abc1,2016-03,{PLACE},Offender fined"
    path = write(tmp_path, "\n".join([OUTCOMES, line, other, line, line]))
    rows = taken(read(path, profiles()["police-uk-outcomes"], Moment("2016-05")))
    assert [row.others[0].fields["ordinal"] for row in rows] == [0, 0, 1, 2]
    assert [row.others[0].key[-1] for row in rows] == ["0", "0", "1", "2"]
    assert len({row.others[0].key for row in rows}) == 4
    first = rows[0].others[0]
    assert first.entity == "outcome_record"
    assert first.key == ("outcome", "police.uk", "abc1", "2016-02", "Suspect charged", "0")
    assert first.fields["at"] == "2016-02"
    assert first.fields["codes"] == ("1", "1A")
    assert first.fields["as_at"] == "2016-05"
    assert rows[1].others[0].fields["codes"] == load_police_uk().outcome("Offender fined").codes  # type: ignore[union-attr]  # it is in the pack


def test_an_outcome_line_without_an_outcome_is_rejected(tmp_path: Path) -> None:
    path = write(tmp_path, f"{OUTCOMES}\nabc1,2016-02,{PLACE},\nabc1,,{PLACE},Suspect charged\n")
    first, second = rejected(read(path, profiles()["police-uk-outcomes"]))
    assert (first.line, first.column) == (2, "Outcome type")
    assert (second.line, second.column) == (3, "Month")


def test_an_outcomes_file_says_only_part_of_the_case(tmp_path: Path) -> None:
    path = write(tmp_path, f"{OUTCOMES}\nabc1,2016-02,{PLACE},Suspect charged\n")
    (row,) = taken(read(path, profiles()["police-uk-outcomes"], Moment("2016-05")))
    assert row.case.partial
    assert row.case.key == ("case", "police.uk", "abc1")
    assert row.case.fields == {
        "ref": "abc1",
        "source": "police-uk-outcomes",
        "force": "Kent Police",
        "location": "On or near High Street",
        "area": "Dover 001A",
    }


def test_the_profile_is_told_by_the_heading(tmp_path: Path) -> None:
    known = profiles().values()
    assert guess_profile(write(tmp_path, f"{STREET}\n"), known) is profiles()["police-uk-street"]
    assert guess_profile(write(tmp_path, f"{OUTCOMES}\n"), known) is profiles()["police-uk-outcomes"]
    assert guess_profile(write(tmp_path, "URN;OIC\n1;PC X\n"), known) is profiles()["rms-occurrences"]
    assert guess_profile(write(tmp_path, "a,b\n1,2\n"), known) is None


def test_a_crime_published_twice_with_two_outcomes_is_taken_once(tmp_path: Path) -> None:
    lines = [
        f"abc1,2016-01,{PLACE},Burglary,{text},"
        for text in ("Under investigation", "Local resolution", "Under investigation")
    ]
    readings = read(write(tmp_path, "\n".join([STREET, *lines])), street())
    assert isinstance(readings[0], TakenRow)
    (reject,) = rejected(readings)
    assert (reject.line, reject.column, reject.value) == (3, "Last outcome category", "Local resolution")
    assert "line 2" in reject.reason
    assert [row.line for row in skipped(readings)] == [4]


def _plain(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_year_of_the_city_of_london() -> None:
    """Every line of the real files is accounted for, with the facts that a plain reading of the CSV gives."""
    if not POLICE_UK.is_dir():
        pytest.skip(NO_DATA)
    final = {outcome.text for outcome in load_police_uk().outcomes if outcome.final}
    crimes = 0
    statuses: Counter[object] = Counter()
    for path in sorted(POLICE_UK.glob("2016-*-city-of-london-street.csv")):
        plain = _plain(path)
        readings = read(path, street())
        rows = [one for one in readings if isinstance(one, TakenRow)]
        assert len(readings) == len(plain)
        assert not rejected(readings)
        with_id = [line for line in plain if line["Crime ID"]]
        assert len(skipped(readings)) == len(plain) - len(with_id)
        for row, line in zip(rows, with_id, strict=True):
            assert row.reference == line["Crime ID"]
            assert row.case.fields["offence_from"] == line["Month"]
            assert row.case.fields["category"] == line["Crime type"]
            assert row.case.fields["outcome_text"] == (line["Last outcome category"] or None)
            assert (row.case.fields["record_status"] == "filed") == (line["Last outcome category"] in final)
            statuses[row.case.fields["record_status"]] += 1
        crimes += len(rows)
    assert crimes == 5363
    assert set(statuses) == {"open", "filed"}


def test_a_year_of_outcomes_of_the_city_of_london() -> None:
    if not POLICE_UK.is_dir():
        pytest.skip(NO_DATA)
    repeats = 0
    for path in sorted(POLICE_UK.glob("2016-*-city-of-london-outcomes.csv")):
        plain = _plain(path)
        rows = taken(read(path, profiles()["police-uk-outcomes"]))
        keys = [(line["Crime ID"], line["Month"], line["Outcome type"]) for line in plain]
        assert [
            (row.reference, row.others[0].fields["at"], row.others[0].fields["text"]) for row in rows
        ] == keys
        assert len({row.others[0].key for row in rows}) == len(plain)
        again = sum(1 for row in rows if row.others[0].fields["ordinal"])
        assert again == len(keys) - len(set(keys))
        repeats += again
    assert repeats > 0


def test_a_later_release_of_the_same_month() -> None:
    """The two releases of one month tell of the same crimes, and 1,275 of them have another last outcome."""
    name = "2021-10-leicestershire-street.csv"
    if not (POLICE_UK / "later-release" / name).is_file():
        pytest.skip(NO_DATA)
    first, later = (
        {row.case.key: row.case.fields for row in read(folder / name, street()) if isinstance(row, TakenRow)}
        for folder in (POLICE_UK, POLICE_UK / "later-release")
    )
    assert first.keys() == later.keys()
    changed = [key for key in first if first[key]["outcome_text"] != later[key]["outcome_text"]]
    assert len(changed) == 1275
    others = {"outcome_text", "outcome", "record_status"}
    assert all(first[key][name] == later[key][name] for key in first for name in first[key].keys() - others)


def test_a_month_of_thames_valley_has_one_crime_told_twice() -> None:
    path = POLICE_UK / "2021-01-thames-valley-street.csv"
    if not path.is_file():
        pytest.skip(NO_DATA)
    readings = read(path, street())
    plain = _plain(path)
    assert len(readings) == len(plain)
    (reject,) = rejected(readings)
    assert (reject.line, reject.column, reject.value) == (
        13166,
        "Last outcome category",
        "Offender given a caution",
    )
    taken_ids = {one.reference for one in readings if isinstance(one, TakenRow)}
    assert taken_ids == {line["Crime ID"] for line in plain if line["Crime ID"]}
    assert not any(
        isinstance(one, RejectedRow)
        for one in read(POLICE_UK / "2021-10-leicestershire-street.csv", street())
    )
