from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from casedesk.reference.word_index import WordIndex, best_of

WORDS = st.text("ab", min_size=1, max_size=3)


@given(places=st.lists(st.lists(WORDS, max_size=4), max_size=8), starts=st.lists(WORDS, max_size=3))
def test_a_place_is_found_where_each_beginning_begins_one_of_its_words(
    places: list[list[str]], starts: list[str]
) -> None:
    expected = {
        place
        for place, words in enumerate(places)
        if starts and all(any(word.startswith(start) for word in words) for start in starts)
    }
    assert WordIndex(places).with_all(starts) == expected


@given(
    found=st.frozensets(st.integers(0, 20)),
    better=st.lists(st.frozensets(st.integers(0, 20)), max_size=3),
    limit=st.integers(1, 30),
)
def test_the_best_come_first_and_equals_in_their_order(
    found: frozenset[int], better: Sequence[frozenset[int]], limit: int
) -> None:
    expected = sorted(found, key=lambda place: ([place not in chosen for chosen in better], place))
    assert best_of(found, better, limit) == expected[:limit]
