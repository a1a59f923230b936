"""What two people said at once: shown side by side, decided with a reason, contested."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.desk import bundle_in, conflict_desk, device_cards
from casedesk.desk.caseload import view_of
from casedesk.desk.conflict_desk import (
    Conflict,
    Side,
    conflicts,
    contest,
    decisions,
    take,
    take_both,
    take_new,
)
from casedesk.desk.desk import Desk
from casedesk.desk.word_diff import Change, as_marked, word_diff
from casedesk.model.entities import CASE, CONDITION, MEMBER, SUSPECT
from casedesk.model.errors import BadInputError, NotFoundError
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId, new_id
from casedesk.model.words import Stage
from casedesk.store.checks import digests, rebuild, verify
from casedesk.store.queue import QueueReader
from tests.desk.team_of_two import Two, a_shared_case, say


def share(two: Two) -> EntityId:
    """A case that both hold, and have said they hold."""
    case_id = a_shared_case(two.ann, summary="Window broken")
    two.send(two.ann)
    two.send(two.bob)
    return case_id


def meet(two: Two) -> None:
    """Each takes in what the other said."""
    two.send(two.ann)
    two.send(two.bob)


def side(one: Conflict, text: str) -> Side:
    """The value of this text."""
    return next(each for each in one.sides if each.text == text)


def only(desk: Desk, case_id: EntityId | None = None) -> Conflict:
    (one,) = conflicts(desk, case_id)
    return one


def test_both_values_are_shown_with_who_when_where_and_why(two: Two) -> None:
    case_id = share(two)
    with two.ann.store.unit_of_work("bulk.assign", "Rest days") as unit:
        unit.set(CASE, case_id, case_id, {"owner": "1003"})
    say(two.bob, case_id, owner="1004")
    meet(two)
    assert conflict_desk.count(two.ann) == conflict_desk.count(two.bob) == 1
    one = only(two.bob)
    assert (one.ref, one.title, one.what) == ("42/1/26", "Owner", "Case")
    first, second = side(one, "1003"), side(one, "1004")
    assert (first.text, first.who, first.desk, first.why) == ("1003", "1001", "Ann", "Rest days")
    assert first.act == "assigning cases"
    assert (second.text, second.who, second.desk) == ("1004", "1002", "this desk")
    assert (first.is_mine, second.is_mine) == (False, True)
    assert first.is_shown is not second.is_shown
    assert conflict_desk.in_words(first) == "1001, 20 Nov 2026 15:02, at Ann"
    assert conflict_desk.in_words(second).endswith(", here")
    seen = only(two.ann)
    assert [(each.dot, each.is_shown) for each in seen.sides] == [
        (each.dot, each.is_shown) for each in one.sides
    ]


def test_a_decision_goes_to_the_others_with_its_reason(two: Two) -> None:
    case_id = share(two)
    say(two.ann, case_id, owner="1003")
    say(two.bob, case_id, owner="1004")
    meet(two)
    one = only(two.ann, case_id)
    with pytest.raises(BadInputError, match="reason"):
        take(two.ann, one, one.sides[0], " ")
    take(two.ann, one, side(one, "1003"), "She has the suspect's other cases")
    assert conflict_desk.count(two.ann) == 0
    meet(two)
    assert conflict_desk.count(two.bob) == 0
    assert two.bob.case(case_id).file.case.owner == "1003"
    (seen,) = decisions(two.bob, case_id)
    assert (seen.value, seen.who, seen.desk, seen.why) == (
        "1003", "1001", "Ann", "She has the suspect's other cases",
    )  # fmt: skip
    assert sorted(seen.instead_of) == [("1003", "1001"), ("1004", "1002")]
    assert (seen.stands, seen.is_contested) == (True, False)
    assert decisions(two.ann) == decisions(two.ann, case_id)
    with pytest.raises(BadInputError, match="not in dispute"):
        take(two.ann, one, side(one, "1004"), "Again")


def test_a_contested_decision_is_in_dispute_again_for_everybody(two: Two) -> None:
    case_id = share(two)
    say(two.ann, case_id, owner="1003")
    say(two.bob, case_id, owner="1004")
    meet(two)
    one = only(two.ann)
    take(two.ann, one, side(one, "1003"), "She has the other cases")
    meet(two)
    (decided,) = decisions(two.bob)
    with pytest.raises(BadInputError, match="what was decided"):
        contest(two.bob, decided, "1003", "No")
    with pytest.raises(BadInputError, match="reason"):
        contest(two.bob, decided, "1004", "")
    contest(two.bob, decided, "1004", "He has met the victim")
    meet(two)
    again = only(two.ann)
    assert sorted((each.text, each.why) for each in again.sides) == [
        ("1003", "She has the other cases"), ("1004", "He has met the victim"),
    ]  # fmt: skip
    assert [(each.stands, each.is_contested) for each in decisions(two.ann)] == [(True, True)]
    take(two.ann, again, side(again, "1004"), "Agreed by phone")
    meet(two)
    assert conflict_desk.count(two.bob) == 0
    assert [each.stands for each in decisions(two.bob)] == [True, False]
    old = decisions(two.bob)[1]
    with pytest.raises(BadInputError, match="replaced since"):
        contest(two.bob, old, "1004", "Too late")
    for desk in (two.ann, two.bob):
        assert not verify(desk.store.connection).problems
        assert not rebuild(desk.store).differing
    assert digests(two.ann.store.connection) == digests(two.bob.store.connection)


def test_a_preview_names_only_the_disputes_that_a_bundle_raises(two: Two) -> None:
    case_id = share(two)
    say(two.ann, case_id, owner="1003")
    say(two.bob, case_id, owner="1004")
    meet(two)
    say(two.ann, case_id, location="High Street")
    say(two.bob, case_id, location="Low Road")
    assert bundle_in.preview(two.bob, two.out(two.ann).path).conflicts == ["42/1/26: Location"]


def test_two_texts_can_stand_as_one(two: Two) -> None:
    case_id = share(two)
    say(two.ann, case_id, location="High Street")
    say(two.bob, case_id, location="Low Road")
    meet(two)
    assert take_both(two.ann, only(two.ann), "Two scenes") in (
        "High Street; Low Road", "Low Road; High Street",
    )  # fmt: skip
    meet(two)
    say(two.ann, case_id, summary="Window broken.\nCCTV seized")
    say(two.bob, case_id, summary="Window broken.\nCCTV seized\nDoor damaged")
    meet(two)
    assert take_both(two.bob, only(two.bob), "The longer one holds the other") == (
        "Window broken.\nCCTV seized\nDoor damaged"
    )
    say(two.ann, case_id, stage=Stage.SUBMITTED.value)
    say(two.bob, case_id, stage=Stage.FINALISED.value)
    two.send(two.bob)
    stage = conflict_desk.conflict(two.ann, case_id, "Stage")
    with pytest.raises(BadInputError, match="room for one value"):
        take_both(two.ann, stage, "Both")


def test_a_new_value_is_one_of_the_field(two: Two) -> None:
    case_id = share(two)
    say(two.ann, case_id, stage=Stage.SUBMITTED.value, value_pence=100, offence_from="2026-03-01")
    say(two.bob, case_id, stage=Stage.RETURNED.value, value_pence=200, offence_from="2026-03-02")
    meet(two)
    stage = conflict_desk.conflict(two.ann, case_id, "stage")
    assert stage.is_safer
    assert next(each.text for each in stage.sides if each.is_shown) == "returned"
    with pytest.raises(BadInputError, match="is not a stage"):
        take_new(two.ann, stage, "somewhere", "Why not")
    assert take_new(two.ann, stage, "clinic", "Booked") == "clinic"
    value = conflict_desk.conflict(two.ann, case_id, "value_pence")
    with pytest.raises(BadInputError, match="whole number"):
        take_new(two.ann, value, "a lot", "Counted")
    assert take_new(two.ann, value, "15000", "Counted again") == "£150.00"
    when = conflict_desk.conflict(two.ann, case_id, "1")
    assert take_new(two.ann, when, "3/3/2026", "The victim's diary") == "3 Mar 2026"
    with pytest.raises(NotFoundError):
        conflict_desk.conflict(two.ann, case_id, "stage")


def test_a_dispute_about_a_person_names_them(two: Two) -> None:
    case_id = share(two)
    suspect = new_id()
    with two.ann.store.unit_of_work("test") as unit:
        unit.set(SUSPECT, suspect, case_id, {"name": "Kyle Jarrett"})
    two.send(two.ann)
    for desk, born in ((two.ann, "1999-01-02"), (two.bob, "1999-02-01")):
        with desk.store.unit_of_work("test") as unit:
            unit.set(SUSPECT, suspect, case_id, {"dob": born})
    meet(two)
    one = only(two.bob)
    assert one.title == "Suspect Kyle Jarrett: date of birth"
    assert conflict_desk.conflict(two.bob, case_id, "dob").entity_id == suspect


def test_what_points_at_a_person_is_shown_by_name(two: Two) -> None:
    case_id = share(two)
    suspects = [new_id(), new_id()]
    condition = new_id()
    with two.ann.store.unit_of_work("test") as unit:
        for own, name in zip(suspects, ("Kyle Jarrett", "Lee Marsh"), strict=True):
            unit.set(SUSPECT, own, case_id, {"name": name})
        unit.set(CONDITION, condition, case_id, {"what": "Write a letter"})
    two.send(two.ann)
    for desk, own in zip((two.ann, two.bob), suspects, strict=True):
        with desk.store.unit_of_work("test") as unit:
            unit.set(CONDITION, condition, case_id, {"suspect": own})
    meet(two)
    one = only(two.ann)
    assert one.title.startswith("Condition Write a letter: ")
    assert {each.text for each in one.sides} == {"Kyle Jarrett", "Lee Marsh"}
    with pytest.raises(BadInputError, match="takes no typed value"):
        take_new(two.ann, one, "Lee", "He did it")
    take(two.ann, one, side(one, "Lee Marsh"), "He did it")


def test_a_case_stands_in_both_queues_until_its_owner_is_settled(two: Two) -> None:
    case_id = share(two)
    other = a_shared_case(two.ann, "42/2/26", owner="1003")
    say(two.ann, case_id, owner="1001")
    say(two.bob, case_id, owner="1002")
    meet(two)

    def mine(desk: Desk) -> list[EntityId]:
        reader, view = QueueReader(desk.store.connection), view_of(desk, "mine")
        rows = reader.rows(reader.first(view))
        assert reader.count(view) == len(rows) == sum(reader.bands(view).values())
        assert list(reader.order(view)) == [row.n for row in rows]
        return [row.id for row in rows]

    assert mine(two.ann) == mine(two.bob) == [case_id]
    assert QueueReader(two.ann.store.connection).count(view_of(two.ann, "mine", words="42/1")) == 1
    one = only(two.bob)
    take(two.bob, one, side(one, "1001"), "She has it")
    meet(two)
    assert mine(two.ann) == [case_id]
    assert mine(two.bob) == []
    assert other not in mine(two.ann)


def test_a_dispute_about_a_member_takes_only_what_was_said(two: Two) -> None:
    eve = device_cards.own_card(two.ann)  # each desk says something else of the same installation
    for desk, why in ((two.ann, "Moved"), (two.bob, "Left the force")):
        with desk.store.unit_of_work("test") as unit:
            unit.set(MEMBER, EntityId(b"x" * 16), TEAM, {"why": why, "name": eve.name})
    meet(two)
    one = only(two.ann)
    assert (one.ref, one.title) == ("", "Member Ann: why")
    assert not one.can_type
    assert not one.can_join
    take(two.ann, one, one.sides[0], "Asked")


def test_words_that_differ_are_marked() -> None:
    pieces = word_diff("The suspect ran off\nat ten", "The suspect walked off at ten past")
    assert [(piece.change, piece.text.strip()) for piece in pieces] == [
        (Change.SAME, "The suspect"), (Change.GONE, "ran"), (Change.NEW, "walked"), (Change.SAME, "off\nat ten"),
        (Change.NEW, "past"),
    ]  # fmt: skip
    assert as_marked(pieces) == "The suspect [-ran-] {+walked+} off\nat ten {+past+}"


@given(st.text(alphabet="ab \n", max_size=40), st.text(alphabet="ab \n", max_size=40))
def test_a_comparison_holds_the_words_of_both_texts(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    said = {change: " ".join(one.text for one in pieces if one.change is not change) for change in Change}
    assert said[Change.NEW].split() == before.split()
    assert said[Change.GONE].split() == after.split()
    joined = "".join(one.text for one in pieces)
    assert len(joined.split()) == sum(len(one.text.split()) for one in pieces)


def test_very_long_texts_are_compared_at_once() -> None:
    pieces = word_diff("a " * 5000, "b " * 5000)
    assert [piece.change for piece in pieces] == [Change.GONE, Change.NEW]
