"""Points to prove: the common offences are there, each code leads to its own entry, none claims to be the law."""

from pathlib import Path

import pytest

from casedesk.model.words import Confidence
from casedesk.reference.loading import PackEntryError
from casedesk.reference.packs import Packs
from casedesk.reference.points import load_points

PACKS = Packs()
POINTS = PACKS.points


@pytest.mark.parametrize("entry", POINTS.offences.values(), ids=lambda one: one.id)
def test_every_entry_names_its_statute_and_stays_unverified(entry) -> None:  # type: ignore[no-untyped-def] # parametrised
    assert entry.status is Confidence.UNVERIFIED
    assert entry.statute
    assert len(entry.points) >= 3
    assert all(point.what and point.evidence for point in entry.points)


@pytest.mark.parametrize("entry", POINTS.offences.values(), ids=lambda one: one.id)
def test_every_code_is_an_offence_and_leads_to_its_own_entry(entry) -> None:  # type: ignore[no-untyped-def] # parametrised
    for code in entry.offences.codes:
        offence = PACKS.offences.get(code)
        assert offence is not None, code
        found = POINTS.for_offence(code, offence.ho_class, offence.title)
        assert found is not None
        assert found.id == entry.id


@pytest.mark.parametrize(
    ("code", "entry"),
    [
        ("CJ88001", "common-assault"), ("CJ88116", "common-assault"), ("OF61102", "abh"), ("OF61131", "s20"),
        ("TH68010", "shop-theft"), ("TH68020", "theft"), ("TH68036", "burglary-dwelling"),
        ("TH68037", "burglary-other"), ("CD71039", "criminal-damage"), ("MD71210", "possession-a"),
        ("MD71530", "possession-b"), ("MD71526", "pwits"), ("CJ88144", "blade"), ("PC53001", "weapon"),
        ("PU86004", "s4"), ("PU86116", "s4a"), ("PU86149", "s5"), ("PH97004", "harassment"),
        ("PH97011", "stalking"), ("MT88007", "communications"), ("TH68050", "twoc"), ("RT88333", "disqualified"),
        ("CJ67002", "drunk-disorderly"), ("CJ88159", "emergency-worker"), ("TH68023", "robbery"),
    ],
)  # fmt: skip
def test_the_common_offences_are_there(code: str, entry: str) -> None:
    found = POINTS.for_offence(code)
    assert found is not None
    assert found.id == entry


def test_a_class_or_a_title_will_do_and_an_offence_that_is_not_listed_has_none() -> None:
    by_class = POINTS.for_offence(None, "008/06")
    assert by_class is not None
    assert by_class.id == "abh"
    by_title = POINTS.for_offence(None, None, "Use a motor vehicle on a road without third party insurance")
    assert by_title is not None
    assert by_title.id == "no-insurance"
    assert POINTS.for_offence("COML025", "001/01", "Murder") is None
    assert POINTS.for_offence(None) is None


def test_an_attempt_has_its_own_point_first() -> None:
    full, attempt = POINTS.for_offence("TH68010"), POINTS.for_offence("TH68010A")
    assert full is not None
    assert attempt is not None
    assert attempt.points[0].what.startswith("An attempt")
    assert attempt.points[1:] == full.points


def test_a_force_lays_its_confirmed_points_over_ours(tmp_path: Path) -> None:
    entry = (
        '[[offence]]\nid = "abh"\ntitle = "ABH"\nstatute = "s.47"\ncodes = ["OF61102"]\nstatus = "confirmed"\n'
        'source = "Legal services, March 2027"\n[[offence.point]]\nwhat = "Ours"\nevidence = "Ours"\n'
    )
    (tmp_path / "points.toml").write_text(entry, encoding="utf-8")
    found = load_points(tmp_path).for_offence("OF61102")
    assert found is not None
    assert (found.points[0].what, found.status) == ("Ours", Confidence.CONFIRMED)
    (tmp_path / "points.toml").write_text(entry.replace('codes = ["OF61102"]\n', ""), encoding="utf-8")
    with pytest.raises(PackEntryError, match="names no offences"):
        load_points(tmp_path)
