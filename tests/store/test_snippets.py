"""Snippets: the part of a case that answered, cut round what was found, with the found words marked."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.model.text import folded
from casedesk.rules.query import leaves, parse
from casedesk.rules.query_nodes import Sounds, Words
from casedesk.store.snippets import best_snippet, cut, find_terms
from casedesk.store.store import Store
from tests.conftest import FrozenClock
from tests.store.making import add_case, add_full_case, add_note


@pytest.mark.parametrize(
    ("typed", "title", "marked"),
    [
        ("footage requested", "Log", ["Footage", "requested"]),
        ("voicemail", "Victim contact", ["voicemail"]),
        ("zoe", "Suspect", ["Zoë"]),
        ("o'hara", "Suspect", ["O’Hara"]),
        ("creme", "Location", ["Crème"]),
        ("luton", "Custody", ["Luton"]),
        ("sounds:smyth", "Victim", ["Smith"]),
        ("smithjones", "Victim", ["Smith-Jones"]),
        ("sounds:ohara", "Suspect", ["O’Hara"]),
        ("burgl*", "Offence", ["Burglary"]),
        ("chase", "Action", ["Chase"]),
        ("lines", "Rationale", ["Lines"]),
        ("1001", "Occurrence", ["1001"]),
        ("in:log the", "Log", ["the"]),
        ("window forced pigeon", "Circumstances", ["window", "forced"]),
    ],
)
def test_the_part_that_answered_is_shown_with_the_words_that_were_found(
    store: Store, typed: str, title: str, marked: list[str]
) -> None:
    terms = [leaf for leaf in leaves(parse(typed).node) if isinstance(leaf, Words | Sounds)]
    made = best_snippet(store.connection, add_full_case(store), terms)
    assert made is not None
    assert made.title == title
    assert [made.text[start:end] for start, end in made.spans] == marked


def test_where_nothing_was_found_nothing_is_shown(store: Store) -> None:
    case_id = add_full_case(store)
    assert best_snippet(store.connection, case_id, [Words(("pigeon",))]) is None
    assert best_snippet(store.connection, case_id, [Words(("forced", "window"))]) is None


def test_the_part_with_most_of_the_words_is_shown_and_of_entries_the_latest(
    store: Store, clock: FrozenClock
) -> None:
    case_id = add_case(store, summary="The window was forced.")
    add_note(store, case_id, "The window was repaired.")
    clock.advance(timedelta(hours=1))
    latest = add_note(store, case_id, "The window was repaired again.")
    made = best_snippet(store.connection, case_id, [Words(("window",)), Words(("repaired",))])
    assert made is not None
    assert (made.entry, made.who, made.at) == (latest, "7042", clock())
    assert made.text == "The window was repaired again."


def test_a_long_text_is_cut_at_words_round_where_most_was_found() -> None:
    text = "one " * 100 + "needle and\nanother needle here " + "two " * 100
    _, spans = find_terms(text, [Words(("needle",)), Words(("another",))])
    line, kept = cut(text, spans, 60)
    assert line == "…one one one needle and another needle here two two two two…"
    assert [line[start:end] for start, end in kept] == ["needle", "another", "needle"]


WORDS = ["word", "zoë", "O’Hara,", "x", "\n", "ﬁne", "½", "🙂", "longer-than-most", "Ωmega"]


@given(
    st.lists(st.sampled_from(WORDS), max_size=120),
    st.sampled_from(["zoe", "word", "o", "fine", "most", "never"]),
    st.integers(20, 200),
)
def test_whatever_the_text_the_found_words_are_marked_and_the_line_is_short(
    parts: list[str], term: str, width: int
) -> None:
    text = " ".join(parts)
    stands = any(
        term in folded(part).replace("-", " ").replace("'", " ").strip(",").split() for part in parts
    )
    count, spans = find_terms(text, [Words((term,))])
    assert bool(count) == bool(spans) == stands
    line, kept = cut(text, spans, width)
    assert len(line) <= width + 2
    assert "\n" not in line
    assert bool(kept) == stands
    assert {folded(line[start:end]) for start, end in kept} <= {term}
