"""Words drawn large: every letter its own shape, no row wider than there is room for, every word in order."""

from itertools import product

import pytest

from casedesk.bundles import phrase
from casedesk.widgets.big_words import LETTERS, big_rows, big_word

WORDS = ["mofiv", "vojog", "balak", "jizoj", "zibak", "zolak", "motor", "vajib"]


def test_every_letter_that_a_phrase_can_have_is_drawn_and_looks_like_no_other() -> None:
    spelt = set("bdfghjklmnprstvzaiou")
    assert set("".join(phrase.words(bytes(pair), 1) for pair in product(range(256), repeat=2))) == spelt
    drawn = {letter: tuple(big_word(letter)) for letter in spelt}
    assert len(set(drawn.values())) == len(spelt)
    assert {letter.lower() for letter in LETTERS} == spelt


@pytest.mark.parametrize("width", [26, 72, 108, 200])
def test_rows_hold_every_word_in_order_and_are_no_wider_than_the_room(width: int) -> None:
    rows = big_rows(WORDS, width)
    assert [word.split()[1] for row in rows for word, _ in row] == WORDS
    for row in rows:
        for line in range(3):
            assert len("   ".join(large[line] for _, large in row)) <= width


def test_a_word_is_three_lines_of_one_width() -> None:
    lines = big_word("zupib")
    assert len(lines) == 3
    assert len({len(line) for line in lines}) == 1
