"""Checking the packs, as a force analyst does after a change."""

from pathlib import Path

import pytest

from casedesk.model.errors import PackError
from casedesk.reference import check, loading, offences
from casedesk.reference.check import FOLDERS, LOADERS, check_packs
from casedesk.reference.loading import DATA, PackProblem, pack_names


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def found(overlay: Path) -> list[PackProblem]:
    """Problems in the overlay alone: the shipped packs have their own test."""
    return [one for one in check_packs(overlay) if str(overlay) in one.file]


def test_the_shipped_packs_hold_together() -> None:
    assert check_packs() == []


def test_a_pack_that_is_not_there_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "DATA", tmp_path)
    assert len(check_packs()) == len(LOADERS)
    assert "outcomes.toml" in {one.file for one in check_packs()}


def test_every_shipped_pack_is_known_to_the_check() -> None:
    for name in pack_names():
        assert name in LOADERS or name.partition("/")[0] in FOLDERS


def test_an_overlay_may_be_empty_or_absent_but_not_a_file(tmp_path: Path) -> None:
    assert found(tmp_path) == []
    assert found(tmp_path / "gone") == []
    (tmp_path / "packs").write_text("")
    (problem,) = found(tmp_path / "packs")
    assert problem.message == "is a file where a folder is expected"


def test_every_fault_is_reported_at_once_with_its_place(tmp_path: Path) -> None:
    write(
        tmp_path,
        "outcomes.toml",
        '[[outcome]]\nid = "16"\nname = "Ours"\n[[outcome]]\nid = "15"\ncolour = "red"\n',
    )
    write(tmp_path, "bank-holidays.toml", "[days\n")
    problems = found(tmp_path)
    assert {(Path(one.file).name, one.entry) for one in problems} == {
        ("outcomes.toml", "[[outcome]] 16, group"),
        ("outcomes.toml", "[[outcome]] 15, colour"),
        ("bank-holidays.toml", "line 1"),
    }


@pytest.mark.parametrize(
    ("name", "meant"),
    [("outcome.toml", "outcomes"), ("profile/ours.toml", "profiles/"), ("Offences.toml", "offences")],
)
def test_a_file_that_is_no_pack_is_named_with_what_was_meant(tmp_path: Path, name: str, meant: str) -> None:
    write(tmp_path, name, '[pack]\ntitle = "x"\n')
    (problem,) = found(tmp_path)
    assert problem.file == str(tmp_path / name)
    assert problem.message == "there is no pack of this name"
    assert meant in problem.cure


@pytest.mark.parametrize("name", ["outcomes.toml.txt", "outcomes.tml", "offences.csv", "Clocks.TOML"])
def test_a_pack_with_a_wrong_ending_is_not_passed_over_in_silence(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, "")
    write(tmp_path, "README.md", "Ours.")
    (problem,) = found(tmp_path)
    assert (problem.file, problem.message) == (str(tmp_path / name), "is not read")
    assert f"{name.split('.')[0].lower()}.toml" in problem.cure


def test_codes_that_lead_nowhere_are_found_across_packs(tmp_path: Path) -> None:
    entry = '[[outcome]]\nid = "fined"\ntext = "Offender fined"\ncodes = ["1B"]\ncourt = true\nfinal = true\n'
    write(tmp_path, "police-uk.toml", entry)
    (problem,) = found(tmp_path)
    assert problem.entry == "[[outcome]] fined, codes"
    assert "“1A”" in problem.cure or "“1”" in problem.cure


def test_a_changed_offence_list_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (DATA / "offences.csv").read_bytes()
    write(tmp_path, "offences.toml", (DATA / "offences.toml").read_text(encoding="utf-8"))
    for module in (loading, check, offences):
        monkeypatch.setattr(module, "DATA", tmp_path)
    monkeypatch.setattr(check, "LOADERS", {"offences": LOADERS["offences"]})
    (tmp_path / "offences.csv").write_bytes(rows.replace(b"\n", b"\r\n"))
    assert check_packs() == []
    (tmp_path / "offences.csv").write_bytes(rows.replace(b"Theft from a shop", b"Theft from a ship"))
    (problem,) = check_packs()
    assert "has been changed" in problem.message


def test_a_shipped_pack_must_say_where_it_comes_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = (DATA / "bank-holidays.toml").read_text(encoding="utf-8")
    write(tmp_path, "bank-holidays.toml", shipped.replace("licence =", "# licence ="))
    for module in (loading, check):
        monkeypatch.setattr(module, "DATA", tmp_path)
    monkeypatch.setattr(check, "LOADERS", {"bank-holidays": LOADERS["bank-holidays"]})
    (problem,) = check_packs()
    assert (problem.file, problem.entry) == ("data/bank-holidays.toml", "[pack], licence")


def test_a_floor_above_adds_its_own_check(tmp_path: Path) -> None:
    asked: list[Path | None] = []

    def deeper(overlay: Path | None) -> None:
        asked.append(overlay)
        raise PackError("no such predicate.", "Look at the list.")

    assert PackProblem("outcomes.toml", "", "no such predicate.", "Look at the list.") in check_packs(
        tmp_path, {"outcomes": deeper}
    )
    write(tmp_path, "outcomes.toml", "oops")
    assert [one.entry for one in check_packs(tmp_path, {"outcomes": deeper}) if one.entry] == ["line 1"]
    assert asked == [tmp_path]


def test_a_profile_of_the_force_is_checked_by_name(tmp_path: Path) -> None:
    write(tmp_path, "profiles/ours.toml", '[profile]\nbased_on = "rms-occurrences"\n')
    assert found(tmp_path) == []
    write(tmp_path, "profiles/ours.toml", '[profile]\nbased_on = "rms-occurrence"\n')
    (problem,) = [one for one in check_packs(tmp_path) if "ours" in one.file or "rms" in one.message]
    assert "rms-occurrences" in problem.cure
