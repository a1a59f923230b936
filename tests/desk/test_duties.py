"""Duties at the desk: a contact meets them as it is logged, an excuse is kept, events are recorded as they were."""

from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.desk import record
from casedesk.desk.desk import Desk
from casedesk.desk.duties import duties_of, excuse, suggested_purposes, would_meet
from casedesk.desk.events import add_event, withdraw_event
from casedesk.model.entities import WITNESS
from casedesk.model.errors import BadInputError, NotFoundError
from casedesk.model.facts import standing
from casedesk.model.ids import EntityId, new_id
from casedesk.model.words import EventKind
from casedesk.rules.duties import Duty, State
from casedesk.store.checks import rebuild
from tests.conftest import FrozenClock
from tests.desk.extracts import extract, taken

HEADING = ("Occurrence No", "Offence", "Recorded", "Suspect name", "Victim 1 name", "Victim 2 name")


@pytest.fixture
def case_id(desk: Desk, tmp_path: Path) -> EntityId:
    row = ("A1", "Theft", "19/11/2026 10:00", "Sam", "Zoë")
    taken(desk, extract(tmp_path, row, ("A2", "Theft", "", "", "Ann", "Bob"), heading=HEADING))
    return desk.find("A1")


@pytest.fixture
def witness(desk: Desk, case_id: EntityId) -> EntityId:
    key = new_id()
    with desk.store.unit_of_work("test.witness") as unit:
        unit.extract(WITNESS, key, case_id, {"name": "Wyn"}, unit.now)
    return key


def duty(desk: Desk, case_id: EntityId, clock: str) -> Duty:
    (found,) = [one for one in duties_of(desk, case_id) if one.clock == clock]
    return found


def test_logging_a_contact_meets_the_duty_and_says_by_which_entry(
    desk: Desk, case_id: EntityId, clock: FrozenClock
) -> None:
    add_event(desk, case_id, "police-decision-not-to-prosecute", at=clock.now - timedelta(hours=2))
    assert duty(desk, case_id, "VC-R6-NFA").state is State.DUE
    entry = record.add_contact(desk, case_id, channel="phone", made=True, text="Told her", purposes=["nfa"])
    met = duty(desk, case_id, "VC-R6-NFA")
    assert (met.state, met.met_at, met.met_by, met.name) == (State.MET, clock.now, entry, "Zoë")


def test_what_a_contact_would_meet_is_known_before_it_is_logged(
    desk: Desk, case_id: EntityId, clock: FrozenClock
) -> None:
    add_event(desk, case_id, "conditions", at=clock.now - timedelta(days=20))
    before = duties_of(desk, case_id)
    found = would_meet(desk, case_id, None, ["bail", "referral"])
    assert {one.clock: one.state for one in found} == {
        "VC-R6-BAIL": State.MET_LATE,
        "VC-R4-REF": State.MET,
        "VC-UPD-USUAL": State.MET,
    }
    assert would_meet(desk, case_id, None, ["bail"], clock.now - timedelta(days=21)) == ()
    assert would_meet(desk, case_id, None, ["safeguarding"]) == ()
    assert duties_of(desk, case_id) == before, "nothing was recorded"
    with pytest.raises(BadInputError, match="not a purpose"):
        would_meet(desk, case_id, None, ["gossip"])
    with pytest.raises(BadInputError, match="more than one victim"):
        would_meet(desk, desk.find("A2"), None, ["bail"])


def test_purposes_are_suggested_in_the_order_they_press(
    desk: Desk, case_id: EntityId, clock: FrozenClock
) -> None:
    add_event(desk, case_id, "police-decision-not-to-prosecute", at=clock.now - timedelta(days=20))
    assert suggested_purposes(desk, case_id)[:3] == ("nfa", "referral", "update")
    record.add_contact(desk, case_id, channel="phone", made=True, text="Told her", purposes=["nfa", "update"])
    assert "nfa" not in suggested_purposes(desk, case_id)


def test_an_excuse_is_kept_with_its_reason(desk: Desk, case_id: EntityId) -> None:
    key = duty(desk, case_id, "VC-R4-REF").key
    excuse(desk, case_id, key, " Already with a service. ")
    excused = duty(desk, case_id, "VC-R4-REF")
    assert (excused.state, excused.excuse) == (State.EXCUSED, "Already with a service.")
    assert rebuild(desk.store).differing == ()


def test_an_excuse_needs_a_duty_and_a_reason(desk: Desk, case_id: EntityId) -> None:
    key = duty(desk, case_id, "VC-R4-REF").key
    with pytest.raises(BadInputError, match="not in this case"):
        excuse(desk, case_id, "VC-R4-REF/-/2020-01-01", "Because")
    with pytest.raises(BadInputError, match="empty"):
        excuse(desk, case_id, key, "  ")
    record.add_contact(desk, case_id, channel="phone", made=True, text="Referred", purposes=["referral"])
    with pytest.raises(BadInputError, match="met in time"):
        excuse(desk, case_id, key, "Because")


def test_a_witness_is_contacted_as_such(desk: Desk, case_id: EntityId, witness: EntityId) -> None:
    add_event(desk, case_id, "statement-taken", subject=witness)
    assert suggested_purposes(desk, case_id, witness=witness) == ("needs",)
    assert [one.clock for one in would_meet(desk, case_id, None, ["needs"], witness=witness)] == ["WC-NEEDS"]
    record.add_contact(
        desk, case_id, channel="phone", made=True, text="Rang", witness=witness, purposes=["needs"]
    )
    ((_, contact),) = desk.case(case_id).file.contacts
    assert (contact.witness, contact.victim) == (witness, None)
    assert duty(desk, case_id, "WC-NEEDS").state is State.MET
    assert duty(desk, case_id, "VC-R4-NA").is_open


def test_a_contact_is_with_a_victim_or_a_witness_of_the_case(
    desk: Desk, case_id: EntityId, witness: EntityId
) -> None:
    victim, _ = desk.case(case_id).file.victims[0]
    with pytest.raises(BadInputError, match="victim or with a witness"):
        record.add_contact(
            desk, case_id, channel="phone", made=True, text="Rang", victim=victim, witness=witness
        )
    with pytest.raises(BadInputError, match="witness is not in this case"):
        record.add_contact(desk, case_id, channel="phone", made=True, text="Rang", witness=new_id())


# ---------------------------------------------------------------- events


def test_an_event_is_kept_as_it_was_recorded(desk: Desk, case_id: EntityId, clock: FrozenClock) -> None:
    suspect, _ = desk.case(case_id).file.suspects[0]
    at = clock.now - timedelta(hours=1)
    entry = add_event(
        desk,
        case_id,
        "bail-extension",
        at=at,
        number=6,
        subject=suspect,
        by="Insp Doe",
        rank="inspector",
        text="Ok",
    )
    ((known, event),) = desk.case(case_id).file.events
    assert known == entry
    assert (event.kind, event.at, event.number, event.subject) == ("bail-extension", at, 6, suspect)
    assert (event.by, event.rank, event.text, event.until) == ("Insp Doe", "inspector", "Ok", None)
    assert rebuild(desk.store).differing == ()


def test_an_event_may_be_corrected_and_taken_back(desk: Desk, case_id: EntityId) -> None:
    wrong = add_event(desk, case_id, "breach")
    right = add_event(desk, case_id, "conditions", about=wrong)
    assert [key for key, _ in standing(desk.case(case_id).file.events)] == [right]
    withdraw_event(desk, case_id, right, "It was a breach after all")
    assert [key for key, _ in standing(desk.case(case_id).file.events)] == [wrong]
    withdraw_event(desk, case_id, wrong, "Another case")
    assert standing(desk.case(case_id).file.events) == ()
    with pytest.raises(BadInputError, match="not in this case"):
        withdraw_event(desk, case_id, new_id(), "Another case")


def test_only_hearings_may_lie_in_the_future(desk: Desk, case_id: EntityId, clock: FrozenClock) -> None:
    then = clock.now + timedelta(days=9)
    with pytest.raises(BadInputError, match="in the future"):
        add_event(desk, case_id, "breach", at=then)
    add_event(desk, case_id, "first-hearing", at=then)
    with pytest.raises(BadInputError, match="in the future"):
        add_event(desk, case_id, "hospital", at=clock.now, until=then)
    add_event(desk, case_id, "warrant", at=clock.now, until=then)


@pytest.mark.parametrize("kind", [EventKind.EXTENSION, EventKind.WARRANT])
def test_an_extension_says_until_when(desk: Desk, case_id: EntityId, kind: EventKind) -> None:
    with pytest.raises(BadInputError, match="Until when"):
        add_event(desk, case_id, kind)


def test_what_makes_no_sense_is_refused(desk: Desk, case_id: EntityId, clock: FrozenClock) -> None:
    with pytest.raises(BadInputError, match="not a kind of event"):
        add_event(desk, case_id, "party")
    with pytest.raises(BadInputError, match="before it began"):
        add_event(desk, case_id, "hospital", at=clock.now, until=clock.now)
    with pytest.raises(BadInputError, match="out of range"):
        add_event(desk, case_id, "bail-extension", number=0)
    with pytest.raises(BadInputError, match="How long"):
        add_event(desk, case_id, "bail-extension")
    with pytest.raises(BadInputError, match="custody record or person"):
        add_event(desk, case_id, "breach", subject=new_id())
    with pytest.raises(NotFoundError):
        add_event(desk, EntityId(b"n" * 16), "breach")
    assert desk.case(case_id).file.events == ()
