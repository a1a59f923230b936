"""Guidance look-up: what is found by what words, and that everything says how well it is sourced."""

import pytest

from casedesk.desk.guidance import KINDS, about, entry, search
from casedesk.model.errors import NotFoundError
from casedesk.reference.packs import Packs

PACKS = Packs()


def ids(words: str) -> list[str]:
    return [one.id for one in search(PACKS, words)]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("16", "outcome:16"), ("1a", "outcome:1A"), ("v05", "rule:V05"), ("V5", "rule:V05"),
        ("c2", "ruling:C2"), ("vrr-req", "clock:VRR-REQ"), ("n100", "topic:n100"),
    ],
)  # fmt: skip
def test_an_id_that_is_typed_comes_first(words: str, first: str) -> None:
    assert ids(words)[0] == first


@pytest.mark.parametrize(
    ("words", "among"),
    [
        ("taken into consid", "topic:tic"), ("prison write off", "topic:tic"), ("sexting", "topic:twenty-one"),
        ("evidence led", "reason:evidence-led"), ("PND limits", "topic:penalty-notice"),
        ("withdrawal record", "rule:V05"), ("avi", "topic:cancelling"),
        ("victim review scheme right VRR", "topic:review-right"),
    ],
)  # fmt: skip
def test_what_people_call_it_finds_it(words: str, among: str) -> None:
    assert among in ids(words)[:10]


def test_a_title_comes_before_a_text() -> None:
    found = search(PACKS, "cannabis")
    assert "cannabis" in found[0].title.casefold()
    assert [one for one in found if "cannabis" not in one.title.casefold()]


def test_words_that_are_nowhere_find_nothing() -> None:
    assert ids("xylophone") == []


def test_every_outcome_has_its_own_entry_a_topic_and_its_rules() -> None:
    for code, known in PACKS.outcomes.items():
        found = about(PACKS, code)
        assert found[0].id == f"outcome:{code}"
        if known.selectable:
            kinds = {one.kind for one in found}
            assert kinds == {"outcome", "topic", "rule"}, code


def test_everything_says_something_and_how_well_it_is_sourced() -> None:
    found = search(PACKS, "", limit=10_000)
    assert {one.kind for one in found} == set(KINDS)
    assert len({one.id for one in found}) == len(found)
    for one in found:
        assert one.text, one.id
        assert one.source, one.id
        assert "{" not in one.text, one.id
        assert one.standing or one.status in ("confirmed", "secondary"), one.id


def test_an_entry_is_found_with_and_without_its_kind() -> None:
    assert entry(PACKS, "rule:v05") == entry(PACKS, "V05")
    with pytest.raises(NotFoundError, match="no guidance"):
        entry(PACKS, "V99")
