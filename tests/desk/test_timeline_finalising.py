"""What finalising tells the timeline: who approved, returned, ruled, reopened and keyed what; what undo brings back."""

from datetime import timedelta

import pytest

from casedesk.desk.casepage import as_json, as_lines, read_page
from casedesk.desk.desk import Desk
from casedesk.desk.finalise import finalise, reopen, settle_approvals
from casedesk.desk.returns import hold, release_hold, return_case
from casedesk.desk.rulings import Asked, ask, decide
from casedesk.desk.timeline import Event, timeline
from casedesk.desk.undo import redo, undo
from casedesk.desk.worklist import mark_keyed, worklist
from casedesk.model.dossier import Dossier, Interview
from casedesk.model.entities import APPROVAL, CASE
from casedesk.model.facts import Case, CaseFile, Suspect
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment
from tests.conftest import FrozenClock
from tests.desk.crimes import add, set_fact, submit


@pytest.fixture
def crime(desk: Desk) -> EntityId:
    return add(desk, "42/1/26")


def events(desk: Desk, case_id: EntityId, kind: str = "finalise") -> list[Event]:
    """The earliest first."""
    return [event for event in read_page(desk, case_id).events if event.kind == kind][::-1]


def told(desk: Desk, case_id: EntityId) -> list[str]:
    return [event.text for event in events(desk, case_id)]


def test_approval_keying_and_reopening_are_told_with_who_did_it(
    desk: Desk, crime: EntityId, clock: FrozenClock
) -> None:
    finalise(desk, crime, rationale="Nothing to go on.")
    clock.advance(timedelta(hours=1))
    mark_keyed(desk, worklist(desk).rows, "Friday")
    clock.advance(timedelta(hours=1))
    reopen(desk, crime, "A witness came forward.")
    approved = "Finalised: outcome 18; dated 18 Nov 2026; decided by Sgt Roe (sergeant); corrected: rationale"
    assert told(desk, crime) == [
        approved,
        "Keyed into the records system: outcome 18 (Friday)",
        f"Reopened: A witness came forward. (it was: {approved})",
    ]
    first, _, last = events(desk, crime)
    assert (first.who, last.who, last.gone) == ("7042", "7042", False)
    assert str(first.end) == "withdrawn 20 Nov 2026 17:00 by 7042: A witness came forward."


def test_each_round_of_returning_is_told_with_its_number(
    desk: Desk, crime: EntityId, clock: FrozenClock
) -> None:
    return_case(desk, [crime], ["rationale"], due_on=Moment("2026-11-25"), text="Two lines will do.")
    clock.advance(timedelta(hours=1))
    submit(desk, crime)
    return_case(desk, [crime], ["rationale"], due_on=Moment("2026-11-26"))
    why = "No rationale for the outcome"
    assert told(desk, crime) == [
        f"Returned to PC Lane, round 1, wanted back by 25 Nov 2026: {why}. Two lines will do.",
        f"Returned to PC Lane, round 2, wanted back by 26 Nov 2026, Sgt Roe told as well: {why}",
    ]


def test_a_ruling_is_told_when_it_was_asked_and_when_it_was_given(
    desk: Desk, crime: EntityId, clock: FrozenClock
) -> None:
    asked = ask(
        desk, crime,
        Asked(kind="cancellation", code="C4", reason="Typed twice", information="Both forms", evidence_kind="document"),
        due_on=Moment("2026-11-24"),
    )  # fmt: skip
    clock.advance(timedelta(hours=1))
    decide(desk, crime, asked, "approved", decider="J. Marsh", rank="ddm", why="Agreed.")
    assert told(desk, crime) == [
        "Ruling asked of the designated decision maker on cancellation C4, due 24 Nov 2026: Typed twice",
        "Ruling on cancellation C4: approved by J. Marsh (designated decision maker): Agreed.",
    ]
    (outcome,) = events(desk, crime, "outcome")
    assert outcome.text == "Cancellation C4 given by J. Marsh"


def test_holding_and_letting_go_are_told_and_undoing_is_not_letting_go(
    desk: Desk, crime: EntityId, clock: FrozenClock
) -> None:
    hold(desk, crime, "Waiting for the lab", Moment("2026-11-25"))
    clock.advance(timedelta(minutes=1))
    release_hold(desk, crime)
    said = "Held until 25 Nov 2026: Waiting for the lab"
    assert told(desk, crime) == [said, f"Held no longer (it was: {said})"]
    undo(desk)
    assert [event.gone for event in events(desk, crime)] == [False, True]
    undo(desk)
    assert [event.gone for event in events(desk, crime)] == [True, True]


def test_of_two_approvals_it_is_told_which_does_not_stand(
    desk: Desk, crime: EntityId, clock: FrozenClock
) -> None:
    kept = finalise(desk, crime)
    with desk.store.unit_of_work("finalise") as unit:  # as another desk would have it
        unit.entry(
            APPROVAL, new_id(), crime, {"outcome": "15", "outcome_date": Moment("2026-11-19"), "at": desk.now}
        )
    clock.advance(timedelta(minutes=1))
    settle_approvals(desk, crime, kept, "Nobody is named.")
    assert told(desk, crime)[-1] == (
        "Settled, this approval does not stand: Nobody is named. (it was: Finalised: outcome 15; dated 19 Nov 2026)"
    )


def test_an_undo_says_what_it_brought_back_and_a_redo_what_was_done_again(
    desk: Desk, crime: EntityId, clock: FrozenClock
) -> None:
    return_case(desk, [crime], ["rationale"])
    clock.advance(timedelta(minutes=1))
    undo(desk)
    clock.advance(timedelta(minutes=1))
    redo(desk)
    undone, redone = events(desk, crime, "undo")
    assert (
        undone.text == "Undone: returning crimes, 20 Nov 2026 15:00; again: Stage submitted, Stage note empty"
    )
    assert redone.text == (
        "Done again: returning crimes, 20 Nov 2026 15:00; again: Stage returned, "
        "Stage note No rationale for the outcome"
    )


def test_two_people_of_one_name_are_told_apart() -> None:
    one, other, third = (EntityId(bytes([number]) * 16) for number in (1, 2, 3))
    file = CaseFile(
        id=EntityId(b"c" * 16), case=Case(),
        suspects=(
            (one, Suspect(name="John Smith", dob=Moment("1990-02-02"))),
            (other, Suspect(name="john  smith")),
            (third, Suspect(name="Kyle Roe")),
        ),
    )  # fmt: skip
    at = FrozenClock().now
    dossier = Dossier(
        interviews=tuple(
            (EntityId(bytes([9, number]) * 8), Interview(suspect=who, at=at, account="denial"))
            for number, who in enumerate((one, other, third))
        )
    )
    assert {event.text for event in timeline(file, dossier)} == {
        "John Smith (suspect 1, born 2 Feb 1990) interviewed: Denial",
        "john  smith (suspect 2) interviewed: Denial",
        "Kyle Roe interviewed: Denial",
    }


# -- the page ------------------------------------------------------------------------------------------------------


def test_a_page_says_what_was_approved_and_what_changed_since(
    desk: Desk, crime: EntityId, clock: FrozenClock
) -> None:
    finalise(desk, crime)
    assert read_page(desk, crime).decided == ("Finalised as 18, 20 Nov 2026 15:00",)
    clock.advance(timedelta(hours=1))
    set_fact(desk, crime, outcome="14")
    page = read_page(desk, crime)
    changed = "Changed since finalised: Outcome (7042, 20 Nov 2026 16:00)"
    assert page.decided == ("Finalised as 18, 20 Nov 2026 15:00", changed)
    assert page.factors[0].sentence == "Finalised with outcome 18; changed since finalised"
    assert changed in list(as_lines(page))
    assert as_json(page)["decided"] == list(page.decided)


def test_a_cancelled_crime_is_finalised_with_its_cancellation(desk: Desk, crime: EntityId) -> None:
    with desk.store.unit_of_work("test") as unit:
        unit.set(CASE, crime, crime, {"outcome": None, "cancel_code": "C2"})
    assert read_page(desk, crime).factors[-1].sentence == "Cancellation C2 proposed: to be checked"
    with desk.store.unit_of_work("test") as unit:
        unit.set(CASE, crime, crime, {"stage": "finalised"})
    assert read_page(desk, crime).factors[0].sentence == "Finalised with cancellation C2"
