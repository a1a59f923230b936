"""The outcome types as shipped and as a force may change them."""

import csv
from datetime import date
from pathlib import Path

import pytest

from casedesk.model.words import Confidence
from casedesk.reference.loading import PackEntryError
from casedesk.reference.outcomes import Requirement, load_outcomes

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "reference"
VARIANTS = {"1": "1A", "2": "2A", "3": "3A"}


def test_all_codes_are_there_in_order_and_two_cannot_be_chosen() -> None:
    outcomes = load_outcomes()
    codes = [code for n in range(24) for code in (str(n), VARIANTS.get(str(n))) if code]
    assert list(outcomes) == codes
    assert [code for code, one in outcomes.items() if not one.selectable] == ["0", "19"]
    assert {one.variant_of: code for code, one in outcomes.items() if one.variant_of} == VARIANTS


def test_the_boundary_of_14_15_16_and_18() -> None:
    outcomes = load_outcomes()
    asked = {code: (outcomes[code].suspect_required, outcomes[code].victim_support) for code in outcomes}
    yes, no, either = Requirement.YES, Requirement.NO, Requirement.EITHER
    assert asked["14"] == (no, no)
    assert asked["15"] == (yes, yes)
    assert asked["16"] == (yes, no)
    assert asked["18"] == (no, either)
    assert [code for code, (suspect, _) in asked.items() if suspect is no] == ["14", "18"]


def test_later_outcomes_did_not_exist_before_their_day() -> None:
    outcomes = load_outcomes()
    later = {code: one.effective_from for code, one in outcomes.items() if one.effective_from}
    assert later == {
        "20": date(2015, 4, 1),
        "21": date(2016, 1, 1),
        "22": date(2019, 4, 1),
        "23": date(2026, 2, 1),
    }
    assert not outcomes["23"].in_force(date(2026, 1, 31))
    assert outcomes["23"].in_force(date(2026, 2, 1))
    assert outcomes["1"].in_force(date(1990, 1, 1))


def test_each_row_says_how_well_it_is_sourced() -> None:
    outcomes = load_outcomes()
    assert all(one.source and one.status is Confidence.UNVERIFIED for one in outcomes.values())
    assert outcomes["3A"].name_status is Confidence.SECONDARY
    assert outcomes["4"].name_status is Confidence.UNVERIFIED
    assert outcomes["4"].group_status is Confidence.SECONDARY
    assert all(one.effective_status for one in outcomes.values() if one.effective_from)


def test_groups_agree_with_the_published_tables() -> None:
    table = SHARED / "home_office_outcome_types.csv"
    if not table.is_file():
        pytest.skip("the table of outcome types is not beside the project (../shared/data)")
    outcomes = load_outcomes()
    with table.open(encoding="utf-8-sig", newline="") as lines:
        stated = {
            row["outcome_type"]: row["outcome_group"]
            for row in csv.DictReader(lines)
            if row["group_basis"] == "stated in source" and row["outcome_type"] != "0"
        }
    assert len(stated) == 7
    assert {code: outcomes[code].group for code in stated} == stated


def test_a_force_replaces_one_and_a_slip_is_named(tmp_path: Path) -> None:
    own = tmp_path / "outcomes.toml"
    entry = """
        [[outcome]]
        id = "24"
        name = "Ours"
        group = "Local"
        suspect_required = "yes"
        victim_support = "either"
        source = "Force policy"
        name_status = "convention"
        group_status = "convention"
        status = "convention"
    """
    own.write_text(entry)
    outcomes = load_outcomes(tmp_path)
    assert (list(outcomes)[-1], outcomes["24"].name, outcomes["24"].selectable) == ("24", "Ours", True)

    own.write_text(entry.replace("suspect_required", "suspects_required"))
    with pytest.raises(PackEntryError, match=r"outcomes.toml: \[\[outcome\]\] 24, suspects_required") as slip:
        load_outcomes(tmp_path)
    assert "suspect_required" in slip.value.cure

    own.write_text(entry + 'variant_of = "99"')
    with pytest.raises(PackEntryError, match="there is no outcome “99”"):
        load_outcomes(tmp_path)

    own.write_text(entry + "effective_from = 2027-01-01")
    with pytest.raises(PackEntryError, match="effective_status: is missing"):
        load_outcomes(tmp_path)
