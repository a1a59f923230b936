"""Who acted for whom: under cover, or in a case that was lent."""

from datetime import date, timedelta

import pytest

from casedesk.desk import cover, record
from casedesk.desk.acting import acted_for, lendings
from casedesk.desk.casepage import read_page
from casedesk.desk.desk import Desk
from casedesk.model.dossier import Handover
from casedesk.model.entities import CASE, HANDOVER
from casedesk.model.ids import EntityId, new_id
from tests.conftest import NOW, FrozenClock

FRI, SUN = date(2026, 11, 20), date(2026, 11, 22)


def a_case(desk: Desk, ref: str, owner: str) -> EntityId:
    case_id = new_id()
    with desk.store.unit_of_work("case.add") as unit:
        unit.set(CASE, case_id, case_id, {"ref": ref, "owner": owner})
    return case_id


def who_logged(desk: Desk, case_id: EntityId) -> dict[str, str]:
    return {event.text: event.who for event in read_page(desk, case_id).events if event.kind == "log"}


def test_an_act_under_cover_says_for_whom_and_only_while_it_lasts(desk: Desk, clock: FrozenClock) -> None:
    theirs, own = a_case(desk, "theirs", "7050"), a_case(desk, "own", "7042")
    record.add_log_entry(desk, theirs, "Before")
    clock.advance(timedelta(minutes=1))
    absence = cover.cover(desk, "7050", "7042", FRI, SUN)
    # The absence is of the whole day, the entry before it too: cover is by days.
    record.add_log_entry(desk, theirs, "During")
    record.add_log_entry(desk, own, "Mine")
    clock.advance(timedelta(hours=1))
    cover.hand_back(desk, absence)
    clock.advance(timedelta(minutes=1))
    record.add_log_entry(desk, theirs, "After")
    assert who_logged(desk, theirs) == {
        "Before": "7042 for 7050", "During": "7042 for 7050", "After": "7042",
    }  # fmt: skip
    assert who_logged(desk, own) == {"Mine": "7042"}


def test_what_counts_is_who_owned_the_case_then(desk: Desk, clock: FrozenClock) -> None:
    case_id = a_case(desk, "A1", "7050")
    cover.cover(desk, "7050", "7042", FRI, SUN)
    record.add_log_entry(desk, case_id, "Theirs then")
    clock.advance(timedelta(minutes=1))
    with desk.store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"owner": "7042"})
    clock.advance(timedelta(minutes=1))
    record.add_log_entry(desk, case_id, "Mine now")
    assert who_logged(desk, case_id) == {"Theirs then": "7042 for 7050", "Mine now": "7042"}


def test_cover_passes_on(desk: Desk) -> None:
    case_id = a_case(desk, "A1", "7060")
    cover.cover(desk, "7060", "7050", FRI, SUN)
    cover.cover(desk, "7050", "7042", FRI, SUN)
    record.add_log_entry(desk, case_id, "Rang")
    assert who_logged(desk, case_id) == {"Rang": "7042 for 7060"}


def test_in_a_case_that_was_lent_the_borrower_acts_for_the_lender(desk: Desk, clock: FrozenClock) -> None:
    case_id = a_case(desk, "A1", "7050")
    with desk.store.unit_of_work("handover.lend") as unit:
        unit.entry(
            HANDOVER,
            new_id(),
            case_id,
            {
                "kind": "lend",
                "giver": "7050",
                "receiver": "7042",
                "at": unit.now,
                "until": unit.now + timedelta(days=2),
            },
        )
        unit.set(CASE, case_id, case_id, {"owner": "7042"})  # fmt: skip
    clock.advance(timedelta(hours=1))
    record.add_log_entry(desk, case_id, "Lent")
    clock.advance(timedelta(days=3))
    record.add_log_entry(desk, case_id, "Run out")
    assert who_logged(desk, case_id) == {"Lent": "7042 for 7050", "Run out": "7042"}


def test_a_lending_ends_with_the_next_handover() -> None:
    later = NOW + timedelta(days=1)
    moves = (
        (
            EntityId(b"1" * 16),
            Handover(kind="lend", giver="1", receiver="2", at=NOW, until=NOW + timedelta(days=9)),
        ),
        (EntityId(b"2" * 16), Handover(kind="take-back", giver="2", receiver="1", at=later)),
        (EntityId(b"3" * 16), Handover(kind="lend", receiver="2", at=later)),  # by whom is not known
    )
    (lent,) = lendings(moves)
    assert (lent.away, lent.by, lent.since, lent.until) == ("1", "2", NOW, later)


def test_the_question_who_acted_for_whom_is_answered_over_all_cases(desk: Desk, clock: FrozenClock) -> None:
    one, two, own = a_case(desk, "A1", "7050"), a_case(desk, "A2", "7060"), a_case(desk, "A3", "7042")
    cover.cover(desk, "7050", "7042", FRI, SUN)
    cover.cover(desk, "7060", "7042", FRI, SUN)
    clock.advance(timedelta(hours=1))
    for case_id in (one, two, own):
        record.add_log_entry(desk, case_id, "Rang")
        clock.advance(timedelta(hours=1))
    found = [one for one in acted_for(desk) if one.act == "a log entry"]
    assert [(one.who, one.for_whom, one.reference) for one in found] == [
        ("7042", "7060", "A2"), ("7042", "7050", "A1"),
    ]  # fmt: skip
    assert {one.reference for one in acted_for(desk, for_whom="7050")} == {"A1"}
    assert acted_for(desk, by="7050") == []
    assert {one.reference for one in acted_for(desk, since=NOW + timedelta(minutes=90))} == {"A2"}
    assert [one.act for one in acted_for(desk, until=NOW)] == ["adding a case"] * 2


@pytest.mark.parametrize("whose", ["", "7099"])
def test_nobody_acts_for_somebody_whom_nobody_covers(desk: Desk, whose: str) -> None:
    case_id = a_case(desk, "A1", whose)
    record.add_log_entry(desk, case_id, "Rang")
    assert who_logged(desk, case_id) == {"Rang": "7042"}
    assert acted_for(desk) == []
