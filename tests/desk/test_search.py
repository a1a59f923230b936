"""Searching from the desk: what is found, how it is told, and what is said when nothing can be found."""

import pytest

from casedesk.desk import access, record
from casedesk.desk.desk import Desk
from casedesk.desk.search import PAGE, WHY, as_typed, more_hits, search
from casedesk.model.entities import SUSPECT
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId, new_id
from casedesk.store.access_log import Filters
from casedesk.store.search import Order
from tests.store.making import add_case, add_cases, add_full_case


@pytest.fixture
def full(desk: Desk) -> Desk:
    add_full_case(desk.store)
    add_cases(desk.store, 3)
    return desk


def searches(desk: Desk) -> int:
    return access.page(desk, Filters(kinds=("search",))).total


def test_a_search_gives_cases_with_what_answered(full: Desk) -> None:
    found = search(full, "footage")
    (hit,) = found.hits
    assert (found.count, found.count_shown, found.by_sound) == (1, "1", False)
    assert (hit.row.ref, hit.row.offence) == ("42/1001/26", "Burglary dwelling")
    assert (hit.snippet.title, hit.snippet.who, hit.snippet.at) == ("Log", "7042", full.now)
    assert [hit.snippet.text[start:end] for start, end in hit.snippet.spans] == ["Footage"]


def test_an_entry_is_found_as_soon_as_it_is_written(full: Desk) -> None:
    assert not search(full, "pigeon").hits
    record.add_log_entry(full, full.find("42/1001/26"), "A pigeon was seen.")
    assert search(full, "pigeon zoe").hits[0].snippet.title in ("Log", "Suspect")


def test_a_case_found_by_no_word_shows_why_it_is_in_the_queue(full: Desk) -> None:
    (hit,) = search(full, "outcome:16").hits
    assert (hit.snippet.source, hit.snippet.title, hit.snippet.text) == (None, WHY, hit.row.sentence)


def test_a_name_that_nobody_has_is_taken_by_its_sound(full: Desk) -> None:
    found = search(full, "suspect:oharra flag:da")
    assert found.by_sound
    assert [found.hits[0].snippet.text[start:end] for start, end in found.hits[0].snippet.spans] == ["O’Hara"]
    with full.store.unit_of_work("test") as unit:
        case_id = full.find("42/0/26")
        unit.extract(SUSPECT, new_id(), case_id, {"name": "Oharra Ash"}, unit.now)
    found = search(full, "suspect:oharra")
    assert not found.by_sound
    assert [hit.row.ref for hit in found.hits] == ["42/0/26"]
    assert not search(full, "suspect:patel").by_sound


def test_only_what_is_sent_off_is_told_to_the_access_log(full: Desk) -> None:
    connection = full.store.connection
    found = as_typed(full, connection, "foota")
    assert found.count == 1
    assert searches(full) == 0
    access.searched(full, found.query, found.count)
    search(full, "footage")
    assert searches(full) == 2


@pytest.mark.parametrize(
    ("typed", "count", "only_words"),
    [
        ("", 0, False), ("b", 0, False), ("bu", 1, False), ("burglary footage", 1, False), ("burg footage", 0, False),
        ("burglary (", 1, False), ("stage:s", 1, False), ("foo:bar", 0, True), ("burglary)", 1, True),
        ("theft -42", 0, False), ("due:<", 0, False),
    ],
)  # fmt: skip
def test_while_typing_nothing_is_an_error(full: Desk, typed: str, count: int, only_words: bool) -> None:
    found = as_typed(full, full.store.connection, typed)
    assert (found.count, found.only_words) == (count, only_words)


def test_a_query_sent_off_must_be_one_and_ask_for_something(full: Desk) -> None:
    with pytest.raises(BadInputError, match="no field foo:"):
        search(full, "foo:bar")
    with pytest.raises(BadInputError, match="nothing to look for"):
        search(full, " ( ) ")
    assert searches(full) == 0


def test_results_come_by_the_page(desk: Desk) -> None:
    ids = add_cases(desk.store, PAGE + 5)
    found = search(desk, "theft", order=Order.NEWEST)
    assert (found.count, len(found.hits)) == (PAGE + 5, PAGE)
    rest = more_hits(desk.store.connection, found, PAGE)
    shown: list[EntityId] = [hit.row.id for hit in [*found.hits, *rest]]
    assert shown == ids[::-1]
    assert not more_hits(desk.store.connection, found, PAGE + 5)


def test_me_is_the_person_of_the_store(desk: Desk) -> None:
    case_id = add_case(desk.store, owner="7042")
    add_case(desk.store, owner="7043")
    assert [hit.row.id for hit in search(desk, "owner:me").hits] == [case_id]
    assert [hit.row.id for hit in search(desk, "owner:me band:rest").hits] == [case_id]
