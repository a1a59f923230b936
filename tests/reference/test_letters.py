"""The packs of letters: what may stand in which, in how plain words."""

import re
from pathlib import Path

import pytest

from casedesk.model.errors import PackError
from casedesk.model.words import Confidence
from casedesk.reference.check import check_packs
from casedesk.reference.letter_text import TemplateError, holes, only_of, split_only
from casedesk.reference.letter_words import NEVER, PLACEHOLDERS, Audience, Given, Group
from casedesk.reference.letters import Letter, Style, load_letters

LETTERS = load_letters()
CATALOGUE = [f"l{number:02}" for number in range(1, 17)]
_READERS = (Audience.SUSPECT, Audience.VICTIM)


def test_every_letter_of_the_catalogue_is_there_with_the_forms() -> None:
    assert set(CATALOGUE) <= set(LETTERS.letters)
    assert set(LETTERS.letters) - set(CATALOGUE) == {
        "agreement", "resolution-agreement", "caution-record", "referral", "decision-notice", "oic-notice",
        "needs-profile",
    }  # fmt: skip
    assert set(LETTERS.effects) == {"cc", "sc", "cr", "o22"}


def test_every_placeholder_is_used_or_has_a_value_to_give() -> None:
    from casedesk.desk.letter_values import _VALUES

    given = {one.id for one in PLACEHOLDERS.values() if not one.typed}
    assert given == {*_VALUES, "name", "address", *(one for one in PLACEHOLDERS if one.startswith("effect."))}
    asked = {
        hole.what.id
        for letter in LETTERS.letters.values()
        for part in letter.parts
        for hole in holes(part.text)
    }
    assert {one.id for one in PLACEHOLDERS.values() if one.typed} <= asked


def test_everybody_who_is_written_to_can_have_it_in_easy_read() -> None:
    for letter in LETTERS.letters.values():
        if letter.audience in _READERS:
            assert letter.has_easy, letter.id


def test_nothing_of_the_suspect_can_be_asked_for_in_a_letter_to_a_victim() -> None:
    assert {Group.SUSPECT_ADDRESS, Group.NEEDS, Group.CONDITIONS, Group.REASONS, Group.ATTENDANCE} <= NEVER[
        Audience.VICTIM
    ]
    for letter in LETTERS.letters.values():
        assert NEVER[letter.audience] <= letter.never


def _sentences(letter: Letter, *, easy: bool) -> list[str]:
    """What somebody reads in a letter, with a plain word for each placeholder."""
    said = [
        re.sub(r"\{\{[^}]*\}\}", "this", part.words(easy=easy))
        for part in LETTERS.blocks(letter)
        if part.style in (Style.TEXT, Style.BULLET, Style.NUMBER) and part.words(easy=easy)
    ]
    effects = [
        one
        for effect in LETTERS.effects.values()
        for one in (effect.means, effect.record, effect.breach, effect.declined)
    ]
    said += [one.easy if easy else one.text for one in effects]
    return [one for text in said for one in re.split(r"(?<=[.?!:])\s+", text) if len(one.split()) > 1]


def _grade(sentences: list[str]) -> float:
    """The Flesch-Kincaid grade: about the years of school it takes to read something."""
    words = [word for one in sentences for word in re.findall(r"[A-Za-z']+", one)]
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", word.lower().removesuffix("e")))) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


@pytest.mark.parametrize(
    "letter", [one for one in LETTERS.letters.values() if one.audience in _READERS], ids=lambda one: one.id
)
def test_what_people_read_is_in_short_plain_sentences(letter: Letter) -> None:
    plain, easy = _sentences(letter, easy=False), _sentences(letter, easy=True)
    assert max(len(one.split()) for one in plain) <= 27, max(plain, key=len)
    assert _grade(plain) < 7
    assert max(len(one.split()) for one in easy) <= 18, max(easy, key=lambda one: len(one.split()))
    assert _grade(easy) < 5


def test_what_is_said_of_the_law_says_how_well_it_is_sourced() -> None:
    for effect in LETTERS.effects.values():
        for said in (effect.means, effect.record, effect.breach, effect.declined):
            assert said.source
    advice = [
        part
        for letter in LETTERS.letters.values()
        for part in letter.parts
        if "solicitor" in part.text.lower()
    ]
    assert advice
    assert all(part.status is Confidence.UNVERIFIED for part in advice)


def test_a_paragraph_can_wait_for_what_is_so_or_not_so() -> None:
    only, start = split_only("{{if not adult}} Tell us")
    assert only is not None
    assert (only.word, only.unless, "{{if not adult}} Tell us"[start:]) == (Given.ADULT, True, "Tell us")
    assert only.holds(()) and not only.holds((Given.ADULT,))  # noqa: PT018 - the two sides of one thing
    assert only_of("adult").holds((Given.ADULT,))
    assert split_only("Tell us {{if adult}}") == (None, 0)
    with pytest.raises(TemplateError, match="no placeholder"):
        holes("Tell us {{if adult}}")


def _overlay(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return tmp_path


def test_a_force_fills_in_its_office_and_rewords_a_paragraph(tmp_path: Path) -> None:
    overlay = _overlay(tmp_path, "letters", '[office]\nphone = "0115 496 0000"\n')
    _overlay(tmp_path, "letters/l02", '[[part]]\nid = "what"\ntext = "Please come."\n')
    made = load_letters(overlay)
    assert made.office["phone"] == "0115 496 0000"
    assert [part.text for part in made.letters["l02"].parts if part.id == "what"] == ["Please come."]
    assert [one for one in check_packs(overlay) if "letters" in one.file] == []
    _overlay(tmp_path, "letters/l02", '[[part]]\nid = "what"\ntext = "{{offence}}"\n')
    assert [one.entry for one in check_packs(overlay) if "letters" in one.file] == ["[[part]] what, text"]


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        (
            "letters/l10",
            '[[part]]\nid = "x"\ntext = "{{suspect.address}}"\n',
            "must never stand in this letter",
        ),
        (
            "letters/l01",
            '[[part]]\nid = "x"\neasy = "{{offence}}"\ntext = "a"\n',
            "must never stand in this letter",
        ),
        ("letters/l10", '[[part]]\nid = "x"\ntext = "{{nmae}}"\n', "there is no placeholder “nmae”"),
        ("letters/l10", '[[part]]\nid = "x"\ntext = "a"\nonly = "sunny"\n', "there is no “if sunny”"),
        ("letters/l10", '[letter]\naudience = "press"\n', "“press” is not one of its words"),
        (
            "letters",
            '[[frame]]\nid = "x"\nof = "letter"\nat = "above"\ntext = "{{suspect.address}}"\n',
            "must never stand",
        ),
        ("letters", '[office]\nfax = "1"\n', "unknown key"),
    ],
)
def test_a_pack_that_would_say_too_much_is_refused_where_it_says_it(
    tmp_path: Path, name: str, text: str, why: str
) -> None:
    overlay = _overlay(tmp_path, name, text)
    with pytest.raises(PackError, match=why):
        load_letters(overlay)
