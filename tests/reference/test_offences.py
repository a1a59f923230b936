"""The offence list: what is in it, finding one, and that it is what its source says."""

import csv
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from casedesk.reference import offences as offences_module
from casedesk.reference.loading import DATA, PackEntryError
from casedesk.reference.offences import Mode, Offences, load_offences

PROJECT = Path(__file__).resolve().parents[2]
SOURCE = PROJECT.parent / "shared" / "data" / "reference" / "offences.csv"


@pytest.fixture(scope="module")
def offences() -> Offences:
    return load_offences()


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, PROJECT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("code", "mode", "maximum", "ho_class"),
    [
        ("OF61102", Mode.EITHER_WAY, "5y", "008/06"),
        ("OF61016", Mode.INDICTABLE, "life", "005/01"),
        ("TH68010", Mode.EITHER_WAY, "7y", "046/00"),
        ("CJ88116", Mode.SUMMARY, "6m", "105/01"),
        ("CD71039", Mode.EITHER_WAY, "3m", "149/00"),
    ],
)
def test_well_known_offences(offences: Offences, code: str, mode: Mode, maximum: str, ho_class: str) -> None:
    offence = offences.get(f" {code.lower()} ")
    assert offence is not None
    assert (offence.code, offence.mode, offence.maximum, offence.ho_class) == (code, mode, maximum, ho_class)
    assert (offence.notifiable, offence.recordable) == (True, True)


def test_summary_only_is_said_of_summary_offences_alone(offences: Offences) -> None:
    by_mode = {offence.mode: offence.mode.summary_only for offence in offences}
    assert by_mode == {
        Mode.EITHER_WAY: False,
        Mode.INDICTABLE: False,
        Mode.SUMMARY: True,
        Mode.SUMMARY_MOTORING: True,
    }


def test_unknown_codes_are_not_found(offences: Offences) -> None:
    assert offences.get("XX99999") is None
    assert offences.get("") is None
    assert "XX99999" not in offences
    assert "TH68010" in offences


def test_nothing_is_claimed_that_the_source_does_not_give(offences: Offences) -> None:
    every = list(offences)
    assert len(every) == len(offences) == 14_140
    assert sum(one.maximum is None for one in every) > 6_000
    assert not any(one.ho_class == "000/00" for one in every)
    assert all(one.ho_group is None for one in every if one.ho_class is None)
    assert len({one.ho_group for one in every if one.ho_group}) == 12


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("theft shop", "TH68010"),
        ("SHOP thef", "TH68010"),
        ("assault beating", "CJ88116"),
        ("common assault", "CJ88001"),
        ("cj88116", "CJ88116"),
        ("damage £5000 under", "CD71039"),
        ("drunk disorderly public place", "CJ67002"),
    ],
)
def test_searching_finds_the_offence_that_was_meant_first(offences: Offences, typed: str, code: str) -> None:
    assert offences.search(typed, 5)[0].code == code


def test_searching_needs_every_word_and_ignores_case_and_accents(offences: Offences) -> None:
    assert offences.search("théft shop") == offences.search("THEFT SHOP")
    assert {"TH68010", "TH68010A"} <= {one.code for one in offences.search("theft shop")}
    assert offences.search("theft shop zebra") == []
    assert offences.search(" -- ") == []
    assert len(offences.search("theft", 7)) == 7
    assert all(one.code.startswith("TH6801") for one in offences.search("th6801", 10))
    assert offences.search("th68010a")[0].code == "TH68010A"


def test_a_force_adds_and_corrects_offences(tmp_path: Path) -> None:
    own = tmp_path / "offences.toml"
    own.write_text(
        """
        [[offence]]
        id = "ZZ26001"
        title = "Feed a dragon in a café"
        mode = "summary"
        notifiable = false
        recordable = true

        [[offence]]
        id = "TH68010"
        title = "Theft from a shop (ours)"
        mode = "either-way"
        maximum = "7y"
        notifiable = true
        recordable = true
        """,
        encoding="utf-8",
    )
    offences = load_offences(tmp_path)
    assert len(offences) == len(list(offences)) == 14_141
    assert [one.code for one in offences.search("dragon cafe")] == ["ZZ26001"]
    corrected = offences.get("TH68010")
    assert corrected is not None
    assert corrected.title == "Theft from a shop (ours)"
    assert offences.search("theft ours")[0] == corrected
    assert offences.version.endswith("+local")

    own.write_text(own.read_text(encoding="utf-8").replace('"7y"', '"7 years"'), encoding="utf-8")
    with pytest.raises(PackEntryError, match="TH68010, maximum"):
        load_offences(tmp_path)
    own.write_text(own.read_text(encoding="utf-8").replace("ZZ26001", "zz26001"), encoding="utf-8")
    with pytest.raises(PackEntryError, match="in capitals"):
        load_offences(tmp_path)


def test_a_list_that_lost_rows_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (DATA / "offences.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "offences.csv").write_text("".join(lines[:-5]), encoding="utf-8")
    monkeypatch.setattr(offences_module, "DATA", tmp_path)
    with pytest.raises(PackEntryError, match="is not the file that"):
        load_offences()
    (tmp_path / "offences.csv").unlink()
    with pytest.raises(PackEntryError, match="cannot be read"):
        load_offences()


def test_the_shipped_list_is_small_and_a_rebuild_gives_the_same_bytes() -> None:
    assert (DATA / "offences.csv").stat().st_size < 1_500_000
    if not SOURCE.is_file():
        pytest.skip("the source of the offence list is not beside the project (../shared/data)")
    with SOURCE.open(encoding="utf-8-sig", newline="") as lines:
        table, meta = script("build_offences").build(lines)
    assert table == (DATA / "offences.csv").read_text(encoding="utf-8")
    assert meta == (DATA / "offences.toml").read_text(encoding="utf-8")


def test_every_row_of_the_source_is_kept(offences: Offences) -> None:
    if not SOURCE.is_file():
        pytest.skip("the source of the offence list is not beside the project (../shared/data)")
    with SOURCE.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            offence = offences.get(row["cjs_code"])
            assert offence is not None
            assert offence.title == row["title"]
            assert offence.notifiable == (row["notifiable"] == "Y")
            assert offence.ho_class == (None if row["ho_class"] == "000/00" else row["ho_class"])
            assert offence.mode.summary_only == row["mode_of_trial"].startswith("Summary")
            if row["max_is_life"] == "true":
                assert offence.maximum == "life"
            elif row["max_years"] or row["max_months"]:
                unit = "y" if row["max_years"] else "m"
                assert offence.maximum == f"{row['max_years'] or row['max_months']}{unit}"
            else:
                assert offence.maximum is None


ROW = {
    "cjs_code": "AB12001",
    "title": "A  title",
    "ho_class": "001/01",
    "ho_group": "Robbery",
    "notifiable": "Y",
    "recordable": "N",
    "category_code": "CS",
    "max_is_life": "",
    "max_years": "",
    "max_months": "6",
}


@pytest.mark.parametrize(
    "change",
    [
        {"category_code": "CX"},
        {"ho_group": "New group"},
        {"title": " "},
        {"cjs_code": "A-1"},
        {"notifiable": "?"},
    ],
)
def test_the_builder_stops_at_a_row_it_does_not_understand(change: dict[str, str]) -> None:
    builder = script("build_offences")
    assert builder.compact(ROW) == ["AB12001", "A title", "001/01", "RO", "S", "6m", "1", ""]
    with pytest.raises(ValueError, match="row"):
        builder.compact({**ROW, **change})


def test_the_builder_refuses_another_kind_of_file() -> None:
    with pytest.raises(ValueError, match="lacks the columns"):
        script("build_offences").build(["a,b\n", "1,2\n"])
