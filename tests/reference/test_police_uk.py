"""The words of data.police.uk."""

import csv
from pathlib import Path

import pytest

from casedesk.model.words import Confidence
from casedesk.reference.loading import PackEntryError
from casedesk.reference.outcomes import load_outcomes
from casedesk.reference.police_uk import load_police_uk

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "police_uk"


def test_texts_are_found_in_any_case_spacing_and_wording() -> None:
    words = load_police_uk()
    penalty = words.outcome("offender given a PENALTY  notice")
    assert penalty is not None
    assert penalty is words.outcome("Offender given penalty notice") is words.outcome("penalty-notice-issued")
    assert penalty.codes == ("6",)
    assert words.outcome("Offender given a medal") is None
    assert words.outcome("") is None


def test_only_two_outcomes_are_not_final() -> None:
    words = load_police_uk()
    assert len(words.outcomes) == 28
    assert [one.text for one in words.outcomes if not one.final] == [
        "Under investigation",
        "Status update unavailable",
    ]


def test_court_results_stand_for_a_charge() -> None:
    words = load_police_uk()
    court = [one for one in words.outcomes if one.court]
    assert len(court) == 14
    assert {one.codes for one in court} == {("1", "1A")}
    charged = words.outcome("Suspect charged")
    assert charged is not None
    assert not charged.court


def test_codes_exist_and_are_marked_unverified() -> None:
    words, outcomes = load_police_uk(), load_outcomes()
    assert all(code in outcomes for one in words.outcomes for code in one.codes)
    assert {one.codes_status for one in words.outcomes} == {Confidence.UNVERIFIED}
    without = set(outcomes) - {code for one in words.outcomes for code in one.codes}
    assert without == {"19", "23"}


def test_categories() -> None:
    words = load_police_uk()
    assert len(words.categories) == 14
    violence = words.category("Violence and Sexual Offences")
    assert violence is not None
    assert violence.slug == "violent-crime"
    assert [one.slug for one in words.categories if not one.crime] == ["anti-social-behaviour"]


def test_every_word_of_the_real_files_is_known() -> None:
    files = sorted(SHARED.rglob("*street.csv")) + sorted(SHARED.rglob("*outcomes.csv"))
    if not files:
        pytest.skip("the files of data.police.uk are not beside the project (../shared/data)")
    outcomes, categories = set(), set()
    for file in files:
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                outcomes.add(row.get("Last outcome category") or row.get("Outcome type", ""))
                categories.add(row.get("Crime type", ""))
    words = load_police_uk()
    assert len(outcomes) > 25
    assert [text for text in outcomes if text and words.outcome(text) is None] == []
    assert [text for text in categories if text and words.category(text) is None] == []


def test_a_force_confirms_its_codes_and_a_double_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "police-uk.toml"
    own.write_text(
        """
        [[outcome]]
        id = "local-resolution"
        text = "Local resolution"
        also = ["Community resolution"]
        codes = ["8"]
        court = false
        final = true
        codes_status = "confirmed"
        """
    )
    words = load_police_uk(tmp_path)
    resolution = words.outcome("community resolution")
    assert resolution is not None
    assert resolution.codes_status is Confidence.CONFIRMED
    own.write_text(own.read_text().replace("Community resolution", "Under investigation"))
    with pytest.raises(PackEntryError, match="also stands for"):
        load_police_uk(tmp_path)
