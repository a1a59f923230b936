"""Ids and the short codes that people read out over the phone."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.model.ids import CROCKFORD, decode, derived_id, encode, new_id, read_short_code, short_code

NUMBERS = st.integers(0, 32**5 - 1)


@given(NUMBERS)
def test_a_code_reads_back_however_it_is_spelt(number: int) -> None:
    code = short_code(number)
    assert read_short_code(code) == number
    assert read_short_code(f" {code[:2]}-{code[2:]} ".lower()) == number
    assert read_short_code(code.replace("0", "O").replace("1", "l")) == number


@given(NUMBERS, st.data())
def test_any_single_wrong_character_is_found(number: int, data: st.DataObject) -> None:
    code = short_code(number)
    at = data.draw(st.integers(0, len(code) - 1))
    for wrong in set(CROCKFORD) - {code[at]}:
        with pytest.raises(ValueError, match="check character"):
            read_short_code(code[:at] + wrong + code[at + 1 :])


@given(NUMBERS)
def test_any_two_characters_that_changed_places_are_found(number: int) -> None:
    code = short_code(number)
    for one, other in itertools.combinations(range(len(code)), 2):
        if code[one] != code[other]:
            swapped = list(code)
            swapped[one], swapped[other] = code[other], code[one]
            with pytest.raises(ValueError, match="check character"):
                read_short_code("".join(swapped))


@pytest.mark.parametrize("text", ["", "7", "U123", "12é4", "----", "12*4"])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a reference code"):
        read_short_code(text)


@given(st.binary(max_size=40))
def test_bytes_have_one_spelling(raw: bytes) -> None:
    assert decode(encode(raw)) == raw


@pytest.mark.parametrize("text", ["QR", "QQ==", "Q", "QQ\n", "Q Q", "QQ-_", "ÄQ", "===="])
def test_any_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        decode(text)


def test_derived_ids_keep_their_parts_apart() -> None:
    ids = {derived_id("ab", "c"), derived_id("a", "bc"), derived_id("abc"), derived_id("abc", "")}
    assert len(ids) == 4
    assert derived_id("ab", "c") == derived_id("ab", "c")
    assert {len(one) for one in ids} == {16} == {len(new_id())}


def test_ids_made_one_after_the_other_lie_together_and_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of their making, so that the pages of an index fill one after the other."""
    at = 1_790_000_000_000
    made = []
    for ms in range(50):
        monkeypatch.setattr("time.time_ns", lambda ms=ms: (at + ms) * 1_000_000)
        made += [new_id(), new_id()]
    assert len(set(made)) == 100
    assert [one[:6] for one in made] == sorted(one[:6] for one in made)
    assert made[0] < made[2] < made[99]
