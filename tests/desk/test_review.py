"""The bulk review: what is in the list, what narrows and groups it, what comes next, what is kept."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.desk import accepting, bulk
from casedesk.desk.caseload import ids_of
from casedesk.desk.check import check_case, covered_months
from casedesk.desk.desk import Desk
from casedesk.desk.finalise import finalise, reopen, settle_approvals
from casedesk.desk.returns import hold, return_case
from casedesk.desk.review import GROUPS, Review, check_all, open_review
from casedesk.desk.review_crime import read_crime
from casedesk.desk.review_filter import FIELDS, Wanted, parse_filter
from casedesk.desk.review_place import Pace, Place, load_place, save_place
from casedesk.desk.review_state import ReviewState
from casedesk.desk.rulings import Asked, ask
from casedesk.desk.undo import redo, undo
from casedesk.model.entities import APPROVAL, CASE
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId, new_id
from casedesk.store.finalised import read_finalising
from tests.conftest import NOW, FrozenClock
from tests.desk.crimes import add, set_fact

NO_RATIONALE: dict[str, Any] = {"rationale": None}
BLOCKED: dict[str, Any] = {"outcome": "20"}  # no body is named that acts


@pytest.fixture
def crimes(desk: Desk) -> dict[str, EntityId]:
    """Two clean crimes, one that warns, one that is blocked, one without an outcome, one not submitted."""
    return {
        "clean-1": add(desk, "clean-1"),
        "clean-2": add(desk, "clean-2", oic="PC Moss", supervisor="Sgt Poe"),
        "warn": add(desk, "warn", **NO_RATIONALE),
        "blocked": add(desk, "blocked", **BLOCKED),
        "none": add(desk, "none", outcome=None, outcome_date=None, oic=None),
        "open": add(desk, "open", stage="open"),
    }


def reviewed(desk: Desk, which: str = "submitted") -> Review:
    review = open_review(desk, which)
    check_all(review)
    return review


def refs(review: Review, numbers: Any) -> list[str]:
    rows = review.rows(review.desk.store.connection, list(numbers))
    return [row.ref for row in rows if row]


def found(review: Review, typed: str) -> set[str]:
    return set(refs(review, review.order(parse_filter(typed)).numbers))


def test_what_is_submitted_is_listed_at_once_and_judged_as_the_check_judges_it(
    desk: Desk, crimes: dict[str, EntityId]
) -> None:
    review = open_review(desk)
    assert set(refs(review, review.numbers)) == crimes.keys() - {"open"}
    assert review.checked == 0
    check_all(review)
    assert review.checked == len(review) == 5
    for row in review.rows(desk.store.connection, list(review.numbers)):
        assert row is not None
        verdict = check_case(desk, row.id)
        assert (row.verdict if row.outcome else "clean", row.rules) == (
            verdict.verdict,
            tuple(one.rule for one in verdict.findings),
        )
    assert review.counts() == {"": 0, "clean": 2, "warn": 1, "block": 1, "none": 1}


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("outcome:18 verdict:clean", {"clean-1", "clean-2"}),
        ("rule:none outcome:18", {"clean-1", "clean-2"}),
        ("verdict:warn,block", {"warn", "blocked"}),
        ("verdict:none", {"none"}),
        ("-verdict:clean outcome:18", {"warn"}),
        ("outcome:none", {"none"}),
        ("oic:moss", {"clean-2"}),
        ('oic:"pc lane" verdict:clean', {"clean-1"}),
        ("oic:nobody", {"none"}),
        ("supervisor:poe", {"clean-2"}),
        ("state:todo verdict:cl", {"clean-1", "clean-2"}),
        ("state:accepted", set()),
        ("moss", {"clean-2"}),
        ("ref:clean verdict:clean oic:lane", {"clean-1"}),
        ("", {"clean-1", "clean-2", "warn", "blocked", "none"}),
    ],
)
def test_a_filter_lets_through_what_it_asks_for(
    desk: Desk, crimes: dict[str, EntityId], typed: str, wanted: set[str]
) -> None:
    assert found(reviewed(desk), typed) == wanted


def test_a_rule_and_the_marked_are_found(desk: Desk, crimes: dict[str, EntityId]) -> None:
    review = reviewed(desk)
    rule = check_case(desk, crimes["warn"]).findings[0].rule
    assert found(review, f"rule:{rule.lower()}") >= {"warn"}
    marked = [number for number in review.numbers if refs(review, [number]) == ["none"]]
    assert refs(review, review.order(parse_filter("is:marked"), marks=marked).numbers) == ["none"]
    assert len(review.order(parse_filter("-is:marked"), marks=marked).numbers) == 4


def test_a_field_that_there_is_not_is_refused_once_the_filter_is_finished() -> None:
    with pytest.raises(BadInputError, match="moon"):
        parse_filter("moon:full")
    assert parse_filter("moon:full", unfinished=True).words == "moon:full"


def test_an_unknown_field_is_answered_with_those_of_the_review_too() -> None:
    with pytest.raises(BadInputError) as refused:
        parse_filter("wibble:12")
    assert all(f"{name}:" in str(refused.value) for name in FIELDS)
    assert "lane" not in str(refused.value)


def test_a_rule_that_there_is_not_is_refused_with_the_nearest(desk: Desk) -> None:
    rules = [rule.id for rule in desk.checker.rules]
    with pytest.raises(BadInputError, match="There is no rule 'V99'"):
        parse_filter("rule:V99", rules=rules)
    assert parse_filter("rule:V99", rules=rules, unfinished=True) == Wanted()
    assert parse_filter("rule:v05,none", rules=rules).clauses[0].values == ("v05", "none")


@pytest.mark.parametrize(("typed", "wanted"), [("7/2", 1), ("/26", 5), ("zz9", 0), ("42/", 5)])
def test_any_part_of_a_reference_finds_the_crime(
    desk: Desk, crimes: dict[str, EntityId], typed: str, wanted: int
) -> None:
    add(desk, "42/9997/26", stage="open")
    with desk.store.unit_of_work("test") as unit:
        for number, case_id in enumerate(crimes.values(), 3):
            unit.set(CASE, case_id, case_id, {"ref": f"42/00{number}/26"})
    assert len(found(reviewed(desk), typed)) == wanted


def test_a_value_that_is_none_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadInputError, match="verdict") as refused:
        parse_filter("verdict:dirty")
    assert all(word in str(refused.value) for word in ("clean", "warn", "block"))
    assert parse_filter("verdict:dirty", unfinished=True) == Wanted()


@given(st.text(max_size=60), st.sampled_from(sorted(FIELDS)))
def test_any_typing_is_a_filter_while_it_is_unfinished(typed: str, field: str) -> None:
    assert isinstance(parse_filter(f"{field}:{typed} {typed}", unfinished=True), Wanted)


def test_each_grouping_holds_every_crime_once_with_the_groups_one_after_the_other(
    desk: Desk, crimes: dict[str, EntityId]
) -> None:
    review = reviewed(desk)
    for group in GROUPS:
        order = review.order(Wanted(), group)
        assert sorted(order.numbers) == sorted(review.numbers)
        if group:
            assert order.groups[0].start == 0
            assert all(one.start + one.count == after.start for one, after in pairwise(order.groups))
            assert sum(one.count for one in order.groups) == len(review)
    titles = {one.title: one.count for one in review.order(Wanted(), "supervisor").groups}
    assert titles == {"Sgt Roe": 4, "Sgt Poe": 1}
    assert review.order(Wanted(), "finding").groups[-1].title == "no findings"
    assert [one.title for one in review.order(Wanted(), "outcome").groups] == ["18", "20", "no outcome"]


def test_every_decision_shows_and_the_next_to_do_is_what_is_left(
    desk: Desk, crimes: dict[str, EntityId], clock: FrozenClock
) -> None:
    finalise(desk, crimes["clean-1"])
    hold(desk, crimes["warn"], "Waits for the clip")
    return_case(desk, [crimes["blocked"]], ["suspect-link"])
    ask(
        desk,
        crimes["none"],
        Asked(kind="outcome", code="18", reason="Agreed", information="Log"),
        send_back=False,
    )
    review = reviewed(desk)
    states = {row.ref: row.state for row in review.rows(desk.store.connection, list(review.numbers)) if row}
    assert states == {
        "clean-1": ReviewState.ACCEPTED,
        "clean-2": ReviewState.TO_DO,
        "warn": ReviewState.HELD,
        "blocked": ReviewState.RETURNED,
        "none": ReviewState.REFERRED,
    }
    assert review.remaining == 1
    order = review.order(Wanted())
    following = review.next_to_do(order, 0)
    assert following is not None
    assert refs(review, [following]) == ["clean-2"]
    finalise(desk, crimes["clean-2"])
    places = review.catch_up()
    review.take(review.look(desk.store.connection, places, frozenset()))
    assert review.next_to_do(order, 0) is None
    clock.advance(timedelta(days=1))
    assert "clean-1" not in refs(open_review(desk), open_review(desk).numbers), "yesterday's work is done"


def test_what_was_skipped_comes_last(desk: Desk, crimes: dict[str, EntityId]) -> None:
    review = reviewed(desk)
    order = review.order(Wanted())
    first, second = order.numbers[0], order.numbers[1]
    assert review.next_to_do(order, 0) == second
    assert review.next_to_do(order, 0, {second}) == order.numbers[2]
    assert review.next_to_do(order, 0, set(order.numbers) - {first}) == first
    assert review.next_to_do(order, 0, set(order.numbers)) == second


def test_a_change_is_caught_up_with_and_what_is_newly_submitted_joins(
    desk: Desk, crimes: dict[str, EntityId]
) -> None:
    review = reviewed(desk)
    assert review.catch_up() == []
    set_fact(desk, crimes["warn"], rationale="All lines done.")
    later = add(desk, "later")
    places = review.catch_up()
    review.take(review.look(desk.store.connection, places, covered_months(desk.store.connection)))
    assert found(review, "verdict:clean") == {"clean-1", "clean-2", "warn", "later"}
    assert len(review) == 6
    assert refs(review, [review.numbers[-1]]) == ["later"]
    assert ids_of(desk, [review.numbers[-1]]) == [later]


def test_the_clean_in_view_are_accepted_as_one_and_given_back_by_one_undo(
    desk: Desk, crimes: dict[str, EntityId]
) -> None:
    review = reviewed(desk)
    numbers = review.clean_to_do(review.order(Wanted()).numbers)
    assert set(refs(review, numbers)) == {"clean-1", "clean-2"}
    assert bulk.carry_out(desk, accepting.accept_clean(desk, ids_of(desk, numbers))) == 2
    review.take(review.look(desk.store.connection, review.catch_up(), frozenset()))
    assert review.count(ReviewState.ACCEPTED) == 2
    assert review.clean_to_do(review.numbers) == []
    undo(desk)
    review.take(review.look(desk.store.connection, review.catch_up(), frozenset()))
    assert review.count(ReviewState.TO_DO) == 5


def test_the_finalised_list_shows_what_changed_since_and_the_crime_says_what(
    desk: Desk, crimes: dict[str, EntityId], clock: FrozenClock
) -> None:
    finalise(desk, crimes["clean-1"])
    finalise(desk, crimes["clean-2"])
    clock.advance(timedelta(days=2))
    set_fact(desk, crimes["clean-2"], rationale="Nobody was seen.")
    review = reviewed(desk, "finalised")
    assert found(review, "state:changed") == {"clean-2"}
    assert found(review, "state:accepted") == {"clean-1"}
    crime = read_crime(desk, crimes["clean-2"], frozenset())
    assert crime.state is ReviewState.CHANGED
    assert any("Changed since" in said and "ationale" in said for said in crime.standing)
    reopen(desk, crimes["clean-2"], "The rationale changed")
    assert read_crime(desk, crimes["clean-2"], frozenset()).state is ReviewState.TO_DO


def test_what_was_reopened_or_undone_is_not_among_the_finalised(
    desk: Desk, crimes: dict[str, EntityId], clock: FrozenClock
) -> None:
    finalise(desk, crimes["clean-1"])
    finalise(desk, crimes["clean-2"])
    undo(desk)
    assert found(reviewed(desk, "finalised"), "") == {"clean-1"}
    redo(desk)
    assert found(reviewed(desk, "finalised"), "") == {"clean-1", "clean-2"}
    reopen(desk, crimes["clean-1"], "A witness came forward")
    assert found(reviewed(desk, "finalised"), "") == {"clean-2"}
    assert found(reviewed(desk), "state:accepted") == {"clean-2"}
    assert "clean-1" in found(reviewed(desk), "state:todo"), "its outcome is to be checked again"


def test_two_approvals_made_apart_are_shown_until_they_are_settled(
    desk: Desk, crimes: dict[str, EntityId], clock: FrozenClock
) -> None:
    case_id = crimes["clean-1"]
    finalise(desk, case_id)
    (own,) = read_finalising(desk.store.connection, case_id).approvals
    with desk.store.unit_of_work("test") as unit:  # what another desk's bundle brings
        other: dict[str, Any] = {
            "outcome": "16",
            "outcome_date": "2026-11-18",
            "facts": own[1].facts,
            "at": desk.now,
        }
        unit.entry(APPROVAL, new_id(), case_id, other)
    clock.advance(timedelta(days=3))
    review = reviewed(desk)
    assert found(review, "state:two") == {"clean-1"}, "it waits for somebody, however long ago it was"
    assert review.remaining == 5
    said = " ".join(read_crime(desk, case_id, frozenset()).standing)
    assert "not alike" in said
    assert "16" in said
    settle_approvals(desk, case_id, own[0], "The victim never withdrew")
    assert read_crime(desk, case_id, frozenset()).state is ReviewState.ACCEPTED
    clock.advance(timedelta(days=1))
    assert found(reviewed(desk), "ref:clean-1 oic:lane state:accepted") == set(), (
        "settled, it is there no longer"
    )


def test_each_fact_of_the_findings_has_one_digit(desk: Desk, crimes: dict[str, EntityId]) -> None:
    crime = read_crime(desk, crimes["blocked"], frozenset())
    facts = [fact for finding in crime.verdict.findings for fact in finding.facts]
    assert facts
    assert crime.key_of(facts[0]) == "1"
    assert len({crime.key_of(fact) for fact in crime.keyed}) == len(crime.keyed)


def test_an_unknown_list_is_refused(desk: Desk) -> None:
    with pytest.raises(BadInputError, match="submited"):
        open_review(desk, "submited")


def test_the_place_is_kept_and_what_is_not_understood_left_out(desk: Desk) -> None:
    assert load_place(desk) == Place()
    kept = Place("returned", "oic:lane", "finding", 17, (3, 17), (4,))
    save_place(desk, kept)
    assert load_place(desk) == kept
    desk.store.save_preference(
        "review", {"which": "gone", "words": 3, "group": "moon", "at": "x", "marks": ["y", 4]}
    )
    assert load_place(desk) == Place(marks=(4,))


def test_the_pace_is_told_when_it_means_something() -> None:
    pace = Pace()
    assert pace.an_hour(NOW) is None
    for minute in range(5):
        pace.decided(NOW + timedelta(minutes=minute))
    assert pace.an_hour(NOW + timedelta(minutes=4)) == 60
    assert pace.an_hour(NOW + timedelta(hours=3)) is None, "a pause ends a pace"
