"""What reading an extract remembers of the lines before."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from casedesk.exchange.intake.occurrences import Repeats, SeenTexts

few = st.lists(st.sampled_from("abcdefgh") | st.text(max_size=3), max_size=60)


@given(few)
def test_seen_texts_are_a_set(texts: list[str]) -> None:
    seen, known = SeenTexts(), set[str]()
    for text in texts:
        assert seen.add(text) is (text in known)
        known.add(text)


@given(few)
def test_repeats_are_counted(texts: list[str]) -> None:
    repeats, counts = Repeats(), Counter[str]()
    for text in texts:
        assert repeats.count(text) == counts[text]
        counts[text] += 1


def test_the_set_grows() -> None:
    seen = SeenTexts()
    assert not any(seen.add(f"crime {number}") for number in range(5000))
    assert all(seen.add(f"crime {number}") for number in range(5000))
    assert not seen.add("another")
