"""Text from outside: nothing in it may steer a terminal, hide itself, or read differently from how it looks."""

import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casedesk.model.text import clean, clip, folded

ANY_TEXT = st.text(
    st.one_of(
        st.characters(exclude_categories=[]),
        st.sampled_from("\x1b\x9b\x9d\x07[]m0;\\\n\r\t\x85\u2028\u200b\u202e\u0301e \x00\ud800"),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;new title\x07plain", "plain"),
        ("\x1b]0;new title\x1b\\plain", "plain"),
        ("\x1b]52;c;aGVsbG8=\x07pasted", "pasted"),
        ("\x1b]8;;https://example.org\x07link\x1b]8;;\x07", "link"),
        ("\x1bPq#0;2;0;0;0#0~~@@vv\x1b\\picture", "picture"),
        ("\x9b31mred", "red"),
        ("\x1bcreset", "reset"),
        ("\x1b[2J\x1b[Hcleared", "cleared"),
        ("half an escape \x1b", "half an escape"),
        ("Harry\u202eneddiH\u202c Hidden", "HarryneddiH Hidden"),
        ("\u2066isolated\u2069", "isolated"),
        ("\u061carabic mark", "arabic mark"),
        ("NUL\x00here", "NULhere"),
        ("bell\x07 backspace\x08", "bell backspace"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("zero\u200bwidth\ufeff\u2060", "zerowidth"),
        ("soft\u00adhyphen", "softhyphen"),
        ("tag\U000e0041\U000e007f", "tag"),
        ("  two   spaces\u00a0\u2003here  ", "two spaces here"),
        ("tab\there", "tab here"),
        ("a\nb\r\nc\rd\u2028e\x85f", "a b c d e f"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("Zoe\u200b\u0308", "Zo\u00eb"),
        ("[bold]not markup[/bold]", "[bold]not markup[/bold]"),
        ("नमस्\u200dते", "नमस्\u200dते"),
        ("", ""),
        ("\x1b[31m", ""),
    ],
)
def test_what_can_harm_goes_and_the_rest_stays(raw: str, expected: str) -> None:
    assert clean(raw) == expected


def test_notes_keep_their_lines_but_no_heap_of_empty_ones() -> None:
    assert clean("one\r\ntwo \n\n \n\n  three\x85four", lines=True) == "one\ntwo\n\nthree\nfour"


@given(ANY_TEXT, st.booleans())
@example("e\u200b\u0301", False)
@example("a\n \n \nb", True)
@example("\x1b\x1b[31m[0m", False)
def test_clean_text_is_safe_composed_and_stays_as_it_is(raw: str, lines: bool) -> None:
    cleaned = clean(raw, lines=lines)
    assert clean(cleaned, lines=lines) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    cleaned.encode()
    for character in cleaned:
        allowed = {"\u200c", "\u200d", *("\n" if lines else "")}
        assert character in allowed or unicodedata.category(character)[0] != "C"
    assert "  " not in cleaned
    assert "\n\n\n" not in cleaned


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1))
def test_no_visible_character_is_lost(raw: str) -> None:
    composed = unicodedata.normalize("NFC", raw)
    assert clean(raw) == " ".join(composed.split())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zoë O’Hara", "zoe o'hara"),
        ("STRASSE", "straße"),
        ("İstanbul", "istanbul"),
        ("℡ 5", "tel 5"),
        ("ﬁrm", "FIRM"),
        ("jo\u200dhn", "john"),
        ("Ａｎｎ", "ann"),
    ],
)
def test_folded_text_meets_however_it_was_typed(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@given(ANY_TEXT.map(clean))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_every_character_can_be_cleaned_and_folded() -> None:
    for code in range(sys.maxunicode + 1):
        if code < 0x3000 or code % 97 == 0:
            folded(clean(f"a{chr(code)}b"))


def test_clipped_text_says_so() -> None:
    assert clip("abcdef", 4) == "abc…"
    assert clip("abcd", 4) == "abcd"
    assert clip("abcd", 0) == "…"
