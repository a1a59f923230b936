"""The clinic's diary: who is booked where and when, what is refused, what becomes of an appointment."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from docx import Document

from casedesk.desk import access, clinics, cover
from casedesk.desk.clinic_prep import preparation_lines
from casedesk.desk.day_sheet import as_text, suggested_name, write_day_sheet
from casedesk.desk.desk import Desk
from casedesk.desk.explain import explain
from casedesk.desk.undo import undo
from casedesk.model.entities import APPOINTMENT, CASE, SUSPECT, VICTIM
from casedesk.model.errors import BadInputError, NotFoundError
from casedesk.model.facts import Appointment
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment
from casedesk.model.words import AppointmentState, Stage
from casedesk.store.access_log import Filters
from casedesk.store.checks import rebuild
from tests.conftest import FrozenClock
from tests.desk.cases import a_case

TEN = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
"""A Friday, a week after the clock of the tests."""
HOUR, SLOT = timedelta(hours=1), timedelta(minutes=45)


@pytest.fixture
def clinic(desk: Desk) -> EntityId:
    """Friday at Northgate, 10:00 to 16:00, held by whoever sits at the desk."""
    return clinics.open_clinic(desk, place="Northgate", room="Room 2", opens_at=TEN, closes_at=TEN + 6 * HOUR)


@pytest.fixture
def case(desk: Desk) -> EntityId:
    return a_case(desk)


def booked(desk: Desk, case: EntityId, own: EntityId) -> Appointment:
    return dict(desk.case(case).file.appointments)[own]


def named(desk: Desk, ref: str, name: str, **facts: object) -> EntityId:
    """A case with one suspect."""
    case_id = new_id()
    with desk.store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"ref": ref})
        unit.set(SUSPECT, new_id(), case_id, {"name": name, **facts})  # type: ignore[dict-item] # facts of a suspect
    return case_id


# -- clinics ----------------------------------------------------------------------------------------------------


def test_a_clinic_is_listed_with_its_slots(desk: Desk, clinic: EntityId) -> None:
    (day,) = clinics.clinics(desk)
    assert (day.id, day.title, day.worker) == (clinic, "Northgate, Fri 27 Nov 10:00–16:00", "7042")
    assert len(day.free()) == 8
    assert day.free()[-1] == TEN + 7 * SLOT


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"place": " "}, "needs a place"),
        ({"closes_at": TEN - HOUR}, "closes before it opens"),
        ({"closes_at": TEN + timedelta(days=1)}, "within one day"),
        ({"opens_at": TEN - timedelta(days=14), "closes_at": TEN - timedelta(days=14) + HOUR}, "has passed"),
        ({"slot_minutes": 5}, "slot of 5 minutes"),
        ({"slot_minutes": 120, "closes_at": TEN + HOUR}, "Not one slot"),
    ],
)
def test_a_clinic_that_cannot_be_is_refused(desk: Desk, changed: dict[str, object], said: str) -> None:
    wanted = {"place": "Northgate", "opens_at": TEN, "closes_at": TEN + HOUR, **changed}
    with pytest.raises(BadInputError, match=said):
        clinics.open_clinic(desk, **wanted)  # type: ignore[arg-type] # as the case says
    assert clinics.clinics(desk) == []


def test_neither_a_worker_nor_a_room_has_two_clinics_at_once(desk: Desk, clinic: EntityId) -> None:
    with pytest.raises(BadInputError, match="7042 holds a clinic then"):
        clinics.open_clinic(desk, place="Southgate", opens_at=TEN + HOUR, closes_at=TEN + 2 * HOUR)
    with pytest.raises(BadInputError, match="There is a clinic there then"):
        clinics.open_clinic(
            desk,
            place="Northgate",
            room="Room 2",
            worker="7050",
            opens_at=TEN + HOUR,
            closes_at=TEN + 2 * HOUR,
        )
    clinics.open_clinic(
        desk, place="Northgate", room="Room 2", opens_at=TEN + 6 * HOUR, closes_at=TEN + 7 * HOUR
    )
    assert len(clinics.clinics(desk)) == 2


def test_a_weekend_a_holiday_and_a_stranger_are_pointed_out(desk: Desk) -> None:
    assert clinics.opening_doubts(desk, TEN) == []
    assert "weekend" in clinics.opening_doubts(desk, TEN + timedelta(days=1))[0]
    assert "bank holiday" in clinics.opening_doubts(desk, datetime(2026, 12, 25, 10, tzinfo=UTC))[0]
    assert "Nobody here is known as 9999" in clinics.opening_doubts(desk, TEN, "9999")[0]


def test_a_clinic_is_found_by_its_day_its_place_or_its_code(desk: Desk, clinic: EntityId) -> None:
    other = clinics.open_clinic(desk, place="Southgate", opens_at=TEN, closes_at=TEN + HOUR, worker="7050")
    for said in ("northgate", "27/11 north", "27 nov northgate", clinics.clinic_of(desk, clinic).code):
        assert clinics.find_clinic(desk, said).id == clinic
    with pytest.raises(BadInputError, match="fits 2 clinics"):
        clinics.find_clinic(desk, "27/11")
    with pytest.raises(BadInputError, match="fits no clinic"):
        clinics.find_clinic(desk, "28/11 southgate")
    assert clinics.find_clinic(desk, "south").id == other


def test_a_day_is_taken_over_shown_and_handed_back(desk: Desk) -> None:
    theirs = clinics.open_clinic(desk, place="Southgate", opens_at=TEN, closes_at=TEN + HOUR, worker="7050")
    assert clinics.take_over(desk, theirs) == "7050"
    assert clinics.clinic_of(desk, theirs).held_by == "7042 for 7050"
    with pytest.raises(BadInputError, match="holds this clinic already"):
        clinics.take_over(desk, theirs)
    with pytest.raises(BadInputError, match="7042 holds a clinic then"):
        clinics.open_clinic(desk, place="Northgate", opens_at=TEN, closes_at=TEN + HOUR)
    assert clinics.hand_back(desk, theirs) == "7050"
    assert clinics.clinic_of(desk, theirs).held_by == "7050"
    with pytest.raises(BadInputError, match="Nobody covers"):
        clinics.hand_back(desk, theirs)


def test_nobody_takes_over_what_they_cannot_be_at(desk: Desk, clinic: EntityId) -> None:
    theirs = clinics.open_clinic(desk, place="Southgate", opens_at=TEN, closes_at=TEN + HOUR, worker="7050")
    with pytest.raises(BadInputError, match="Somebody else has to cover"):
        clinics.take_over(desk, theirs)


def test_who_covers_an_absence_is_shown_at_the_clinic(desk: Desk) -> None:
    theirs = clinics.open_clinic(desk, place="Southgate", opens_at=TEN, closes_at=TEN + HOUR, worker="7050")
    cover.cover(desk, "7050", "7042", TEN.date(), TEN.date())
    assert clinics.clinic_of(desk, theirs).away_cover == "7042"
    assert any("7050 is away that day: 7042 covers" in one.text for one in clinics.day_sheet(desk, theirs))


def test_a_clinic_is_cancelled_once_nobody_is_booked(desk: Desk, clinic: EntityId, case: EntityId) -> None:
    own = clinics.book(desk, case, None, clinic, TEN)
    with pytest.raises(BadInputError, match="still to be seen there: 42/1/26"):
        clinics.cancel_clinic(desk, clinic, "Flood")
    clinics.cancel(desk, case, own, "Flood")
    clinics.cancel_clinic(desk, clinic, "Flood")
    with pytest.raises(BadInputError, match="not held"):
        clinics.book(desk, case, None, clinic, TEN)
    assert clinics.clinic_of(desk, clinic).free() == ()


def test_clinics_that_are_over_are_listed_only_if_asked_for(
    desk: Desk, clinic: EntityId, clock: FrozenClock
) -> None:
    clock.now = TEN + timedelta(hours=13, minutes=59)
    assert [day.id for day in clinics.clinics(desk)] == [clinic]  # until the end of its day
    clock.advance(timedelta(minutes=1))
    assert clinics.clinics(desk) == []
    assert [day.id for day in clinics.clinics(desk, past=True)] == [clinic]
    with pytest.raises(BadInputError, match="is over"):
        clinics.take_over(desk, clinic, "7050")


# -- booking ----------------------------------------------------------------------------------------------------


def test_booking_takes_the_slot_and_sends_the_case_to_the_clinic(
    desk: Desk, clinic: EntityId, case: EntityId
) -> None:
    own = clinics.book(desk, case, None, clinic, TEN + SLOT, arrangements={"solicitor": "Field & Co"})
    facts = booked(desk, case, own)
    assert (facts.state, facts.minutes, facts.solicitor) == ("booked", 45, "Field & Co")
    assert desk.case(case).file.case.stage == Stage.CLINIC
    day = clinics.clinic_of(desk, clinic)
    assert TEN + SLOT not in day.free()
    assert [(slot.at, slot.booked.name) for slot in day.slots() if slot.booked] == [
        (TEN + SLOT, "Kyle Jarrett")
    ]
    undo(desk)
    assert desk.case(case).file.case.stage is None
    assert len(clinics.clinic_of(desk, clinic).free()) == 8


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (TEN - timedelta(minutes=1), "outside the clinic's hours"),
        (TEN + 6 * HOUR - SLOT + timedelta(minutes=1), "outside the clinic's hours"),
        (TEN - timedelta(days=8), "has passed"),
    ],
)
def test_a_time_that_is_no_slot_is_refused(
    desk: Desk, clinic: EntityId, case: EntityId, at: datetime, said: str
) -> None:
    with pytest.raises(BadInputError, match=said):
        clinics.book(desk, case, None, clinic, at)
    assert desk.case(case).file.appointments == ()


def test_a_slot_is_not_booked_twice_not_even_in_part(desk: Desk, clinic: EntityId, case: EntityId) -> None:
    clinics.book(desk, case, None, clinic, TEN + SLOT)
    other = named(desk, "42/2/26", "Ada Bell")
    for at in (TEN + SLOT, TEN + timedelta(minutes=1), TEN + 2 * SLOT - timedelta(minutes=1)):
        with pytest.raises(BadInputError, match="42/1/26 is booked there, 10:45 to 11:30") as refused:
            clinics.book(desk, other, None, clinic, at)
        assert "Free: 10:00, 11:30" in refused.value.cure
    clinics.book(desk, other, None, clinic, TEN)
    assert len(clinics.clinic_of(desk, clinic).booked) == 2


def test_nobody_is_booked_twice(desk: Desk, clinic: EntityId, case: EntityId) -> None:
    clinics.book(desk, case, None, clinic, TEN)
    with pytest.raises(BadInputError, match="Kyle Jarrett has an appointment Fri 27 Nov 10:00 already"):
        clinics.book(desk, case, None, clinic, TEN + 2 * HOUR)


def test_the_same_person_in_another_case_is_pointed_out(desk: Desk, clinic: EntityId, case: EntityId) -> None:
    clinics.book(desk, case, None, clinic, TEN)
    other = named(desk, "42/9/26", "Kyle Jarrett", dob=Moment("1994-11-02"))
    assert "Booked in 42/1/26 too, Fri 27 Nov 10:00: can one visit do?" in clinics.booking_doubts(desk, other)
    stranger = named(desk, "42/8/26", "Kyle Jarrett", dob=Moment("1990-01-01"))
    assert clinics.booking_doubts(desk, stranger) == []


def test_somebody_under_18_on_the_day_is_refused(desk: Desk, clinic: EntityId) -> None:
    born_that_day = named(desk, "42/3/26", "Old Enough", dob=Moment("2008-11-27"))
    clinics.book(desk, born_that_day, None, clinic, TEN)
    child = named(desk, "42/4/26", "Too Young", dob=Moment("2008-11-28"))
    with pytest.raises(BadInputError, match="under 18 on 27 Nov 2026") as refused:
        clinics.book(desk, child, None, clinic, TEN + HOUR)
    assert "youth justice service" in refused.value.cure
    unknown = named(desk, "42/5/26", "Nobody Knows")
    assert any("date of birth" in said for said in clinics.booking_doubts(desk, unknown))
    clinics.book(desk, unknown, None, clinic, TEN + HOUR)


def test_a_closed_case_and_a_case_without_a_suspect_are_refused(
    desk: Desk, clinic: EntityId, case: EntityId
) -> None:
    with desk.store.unit_of_work("test") as unit:
        unit.set(CASE, case, case, {"stage": Stage.FINALISED.value})
    with pytest.raises(BadInputError, match="closed"):
        clinics.book(desk, case, None, clinic, TEN)
    empty = new_id()
    with desk.store.unit_of_work("test") as unit:
        unit.set(CASE, empty, empty, {"ref": "42/7/26"})
    with pytest.raises(BadInputError, match="No suspect is recorded"):
        clinics.book(desk, empty, None, clinic, TEN)
    with pytest.raises(NotFoundError):
        clinics.clinic_of(desk, new_id())


def test_two_desks_that_booked_one_slot_apart_are_told(desk: Desk, clinic: EntityId, case: EntityId) -> None:
    clinics.book(desk, case, None, clinic, TEN)
    other = named(desk, "42/2/26", "Ada Bell")
    (suspect,) = (own for own, _ in desk.case(other).file.suspects)
    with desk.store.unit_of_work("clinic.book") as unit:  # as it arrives from another desk
        unit.set(
            APPOINTMENT, new_id(), other, {"clinic": clinic, "suspect": suspect, "at": TEN, "state": "booked"}
        )
    assert [one.clash for one in clinics.clinic_of(desk, clinic).booked] == [True, True]
    assert any("TWO PEOPLE" in one.text for one in clinics.day_sheet(desk, clinic))


# -- what becomes of it -----------------------------------------------------------------------------------------


@pytest.fixture
def own(desk: Desk, clinic: EntityId, case: EntityId) -> EntityId:
    return clinics.book(desk, case, None, clinic, TEN, arrangements={"appropriate_adult": "June Marsh"})


def test_invited_confirmed_attended(desk: Desk, case: EntityId, own: EntityId, clock: FrozenClock) -> None:
    clinics.invite(desk, case, own, "letter")
    facts = booked(desk, case, own)
    assert (facts.state, facts.invited_at, facts.invited_by) == ("invited", desk.now, "letter")
    clinics.confirm(desk, case, own)
    clinics.invite(desk, case, own, "text")  # a reminder does not take the confirmation back
    assert booked(desk, case, own).state == "confirmed"
    with pytest.raises(BadInputError, match="nobody has come yet"):
        clinics.attended(desk, case, own)
    clock.now = TEN - timedelta(minutes=10)
    assert clinics.attended(desk, case, own) == []
    assert booked(desk, case, own).state == "attended"
    with pytest.raises(BadInputError, match="attended already"):
        clinics.cancel(desk, case, own, "No")


def test_a_way_that_is_not_safe_is_refused_and_what_must_be_read_is_said(
    desk: Desk, case: EntityId, own: EntityId
) -> None:
    (victim,) = (key for key, _ in desk.case(case).file.victims)
    with desk.store.unit_of_work("test") as unit:
        unit.set(VICTIM, victim, case, {"safe_contact": "Ring the sister only"})
    clinics.arrange(desk, case, own, {"avoid": ("letter", "text"), "safe_contact": "Ring at work before 3"})
    with pytest.raises(BadInputError, match="not safe to reach Kyle Jarrett by letter") as refused:
        clinics.invite(desk, case, own, "letter")
    assert refused.value.cure == "Ring at work before 3"
    assert booked(desk, case, own).invited_at is None
    said = clinics.invite(desk, case, own, "phone")
    assert said[:2] == ["Kyle Jarrett: Ring at work before 3", "Not by letter, text."]
    assert any("plain envelope, no voicemail" in one for one in said)
    assert any("Zoë Larkin: Ring the sister only" in one for one in said)


def test_missed_says_why_and_another_follows_in_one_act(
    desk: Desk, clinic: EntityId, case: EntityId, own: EntityId, clock: FrozenClock
) -> None:
    with pytest.raises(BadInputError, match="cannot have been missed yet"):
        clinics.missed(desk, case, own, "no-word")
    clinics.invite(desk, case, own, "letter")
    clinics.prepare(desk, case, own, ["papers", "invitation"])
    clock.now = TEN + HOUR
    with pytest.raises(BadInputError, match="reason"):
        clinics.missed(desk, case, own, " ")
    with pytest.raises(BadInputError, match="has passed"):
        clinics.missed(desk, case, own, "ill", next_clinic=clinic, next_at=TEN)
    assert booked(desk, case, own).state == "invited"  # nothing was half done
    after = clinics.missed(desk, case, own, "ill", next_clinic=clinic, next_at=TEN + 3 * HOUR)
    assert after is not None
    old, new = booked(desk, case, own), booked(desk, case, after)
    assert (old.state, old.why) == ("missed", "Ill")
    assert (new.state, new.follows, new.appropriate_adult) == ("booked", own, "June Marsh")
    assert new.invited_at is None
    assert new.prepared == ("papers",)
    undo(desk)
    assert booked(desk, case, own).state == "invited"
    assert [key for key, _ in clinics.standing_of(desk.case(case).file)] == [own]


def test_after_the_second_missed_the_decision_maker_is_told(
    desk: Desk, clinic: EntityId, case: EntityId, own: EntityId, clock: FrozenClock
) -> None:
    clock.now = TEN + HOUR
    second = clinics.missed(desk, case, own, "no-word", next_clinic=clinic, next_at=TEN + 2 * HOUR)
    assert second is not None
    assert clinics.booking_doubts(desk, case) == []
    clock.now = TEN + 3 * HOUR
    clinics.missed(desk, case, second, "no-word")
    assert clinics.booking_doubts(desk, case) == [
        "Missed 2 times: tell the decision maker before another is offered."
    ]
    follows = clinics.follow(desk, case, second, clinic, TEN + 5 * HOUR)
    assert booked(desk, case, follows).follows == second
    with pytest.raises(BadInputError, match="neither missed nor cancelled"):
        clinics.follow(desk, case, follows, clinic, TEN + 5 * HOUR)


def test_moving_frees_the_slot_and_may_overlap_it(
    desk: Desk, clinic: EntityId, case: EntityId, own: EntityId
) -> None:
    after = clinics.move(desk, case, own, clinic, TEN + timedelta(minutes=15), "Bus times")
    assert booked(desk, case, own).state == "moved"
    assert booked(desk, case, own).why == "Bus times"
    assert booked(desk, case, after).at == TEN + timedelta(minutes=15)
    assert [slot.booked.state for slot in clinics.clinic_of(desk, clinic).slots() if slot.booked] == [
        AppointmentState.MOVED, AppointmentState.BOOKED,
    ]  # fmt: skip


def test_arrangements_are_checked_and_what_is_missing_is_said(
    desk: Desk, case: EntityId, own: EntityId
) -> None:
    with pytest.raises(BadInputError, match="is not a fact of an appointment"):
        clinics.arrange(desk, case, own, {"state": "attended"})
    with pytest.raises(BadInputError, match="Nothing of it is new"):
        clinics.arrange(desk, case, own, {"appropriate_adult": "June Marsh"})
    (held,) = (key for key, _ in desk.case(case).file.custody)
    from casedesk.desk.suspects import set_vulnerability

    set_vulnerability(desk, case, held, vulnerable=True)
    assert "appropriate adult" in clinics.arrange(desk, case, own, {"appropriate_adult": None})[0]
    assert booked(desk, case, own).appropriate_adult is None


# -- preparation ------------------------------------------------------------------------------------------------


def test_the_checklist_ticks_what_the_case_shows(desk: Desk, case: EntityId, own: EntityId) -> None:
    checks = {one.check.id: one for one in clinics.preparation_of(desk, case, own)}
    assert "adult" not in checks  # nobody is recorded as vulnerable
    assert {"views", "safe-contact"} <= set(checks)  # a victim, domestic abuse
    assert not checks["views"].ready
    (victim,) = (key for key, _ in desk.case(case).file.victims)
    with desk.store.unit_of_work("test") as unit:
        unit.set(VICTIM, victim, case, {"views_on": Moment("2026-11-19")})
    clinics.invite(desk, case, own, "letter")
    left = clinics.prepare(desk, case, own, ["room"])
    assert {one.check.id for one in left}.isdisjoint({"views", "invitation", "room"})
    lines = preparation_lines(clinics.preparation_of(desk, case, own))
    assert "[x] Victim's views asked (Asked 19 Nov 2026)" in lines
    assert "[x] Room and safety checked" in lines
    assert any(line.startswith("[ ] Papers ready: ") for line in lines)
    with pytest.raises(BadInputError, match="no check of this appointment"):
        clinics.prepare(desk, case, own, ["adult"])


def sentences(desk: Desk, case: EntityId) -> list[str]:
    return [one.sentence for one in explain(desk, case).factors]


def test_the_queue_tells_the_appointment_its_invitation_and_its_preparation(
    desk: Desk, case: EntityId, own: EntityId, clock: FrozenClock
) -> None:
    assert "Clinic Fri 27 Nov 10:00: invitation not sent" in sentences(desk, case)
    clinics.invite(desk, case, own, "letter")
    assert not any("invit" in said for said in sentences(desk, case))
    clock.now = TEN - timedelta(hours=20)
    assert "Clinic tomorrow 10:00" in sentences(desk, case)
    assert any(
        said.startswith("Clinic Fri 27 Nov 10:00: to prepare: Evidential review done")
        for said in sentences(desk, case)
    )
    every = [one.check.id for one in clinics.preparation_of(desk, case, own)]
    clinics.prepare(desk, case, own, every)
    assert not any("to prepare" in said for said in sentences(desk, case))
    clock.now = TEN + HOUR
    assert "Clinic Fri 27 Nov 10:00: whether they came is not recorded" in sentences(desk, case)
    clinics.missed(desk, case, own, "no-word")
    assert "Missed the clinic Fri 27 Nov 10:00: nothing follows" in sentences(desk, case)
    assert not rebuild(desk.store).differing


# -- the day sheet ----------------------------------------------------------------------------------------------


def test_the_sheet_says_who_and_when_and_nothing_of_the_offence(
    desk: Desk, clinic: EntityId, case: EntityId, own: EntityId
) -> None:
    told = {"interpreter": "Polish, Language Line", "note": "Drinks heavily", "safe_contact": "Not at home"}
    clinics.arrange(desk, case, own, told)
    text = as_text(desk, clinic)
    for word in (
        "Northgate, Room 2, 10:00–16:00",
        "Held by 7042",
        "10:00–10:45  Kyle Jarrett",
        "42/1/26 · Booked",
        "Appropriate adult: June Marsh",
        "Interpreter: Polish",
        "To prepare: Evidential review done",
        "Free\n10:45",
    ):
        assert word in text
    for word in ("assault", "Drinks heavily", "Not at home", "1994", "Zoë"):
        assert word not in text
    assert text.startswith(desk.settings.marking)


def test_the_sheet_is_written_and_accounted_for(
    desk: Desk, clinic: EntityId, own: EntityId, tmp_path: Path
) -> None:
    day = clinics.clinic_of(desk, clinic)
    path = tmp_path / suggested_name(day)
    assert path.name == "clinic-2026-11-27-northgate.docx"
    assert write_day_sheet(desk, clinic, path) == 1
    said = [one.text for one in Document(str(path)).paragraphs]
    assert said[0] == "Clinic Fri 27 Nov 2026, Northgate"
    assert "10:00–10:45  Kyle Jarrett" in said
    (line,) = access.page(desk, Filters(kinds=("disclosure",))).entries
    assert "clinic day sheet" in line.detail
    with pytest.raises(BadInputError, match="there already"):
        write_day_sheet(desk, clinic, path)
    with pytest.raises(BadInputError, match="Word document or text"):
        write_day_sheet(desk, clinic, tmp_path / "sheet.pdf")


# -- one person, one place, however they are written ------------------------------------------------------------


@pytest.mark.parametrize("said", ["PC 7042", "0007042", "Alex Doe", "doe alex", "7042 Alex Doe", "A. Doe"])
def test_a_holder_is_one_person_however_they_are_written(desk: Desk, clinic: EntityId, said: str) -> None:
    with pytest.raises(BadInputError, match="7042 holds a clinic then"):
        clinics.open_clinic(desk, place="Southgate", opens_at=TEN, closes_at=TEN + HOUR, worker=said)


@pytest.mark.parametrize("room", ["room-2", "2", "Rm 2", "room2", "Room no. 2"])
def test_a_room_is_one_room_however_it_is_written(desk: Desk, clinic: EntityId, room: str) -> None:
    with pytest.raises(BadInputError, match="There is a clinic there then"):
        clinics.open_clinic(
            desk, place="NORTH gate", room=room, opens_at=TEN, closes_at=TEN + HOUR, worker="7050"
        )


@pytest.mark.parametrize("room", ["3", "Room 12", "Store room"])
def test_another_room_is_another(desk: Desk, clinic: EntityId, room: str) -> None:
    clinics.open_clinic(desk, place="Northgate", room=room, opens_at=TEN, closes_at=TEN + HOUR, worker="7050")


def test_a_clinic_is_not_handed_back_to_somebody_who_holds_another_by_now(
    desk: Desk, clinic: EntityId
) -> None:
    clinics.take_over(desk, clinic, "7050")
    other = clinics.open_clinic(desk, place="Southgate", opens_at=TEN, closes_at=TEN + HOUR)
    assert clinics.clinic_of(desk, other).worker == "7042", "somebody whose clinic is covered is free"
    with pytest.raises(BadInputError, match=r"7042 holds a clinic then: Southgate.*take the other one over"):
        clinics.hand_back(desk, clinic)
    clinics.take_over(desk, other, "7060")
    assert clinics.hand_back(desk, clinic) == "7042"


def test_the_owner_of_a_covered_clinic_is_told_to_hand_it_back(desk: Desk, clinic: EntityId) -> None:
    clinics.take_over(desk, clinic, "7050")
    with pytest.raises(BadInputError, match="7042's own clinic: 7050 covers it"):
        clinics.take_over(desk, clinic)
    with pytest.raises(BadInputError, match="7050 holds this clinic already"):
        clinics.take_over(desk, clinic, "PC 7050")


def test_a_clinic_that_is_over_can_still_be_marked_as_not_held_unless_somebody_came(
    desk: Desk, clinic: EntityId, case: EntityId, clock: FrozenClock
) -> None:
    own = clinics.book(desk, case, None, clinic, TEN)
    clock.now = TEN + 7 * HOUR
    with pytest.raises(BadInputError, match=r"still to be seen there.*those of the past were missed"):
        clinics.cancel_clinic(desk, clinic, "Flood")
    clinics.missed(desk, case, own, "no-word")
    clinics.cancel_clinic(desk, clinic, "Flood")
    assert clinics.clinic_of(desk, clinic).cancelled_why == "Flood"
    undo(desk)
    undo(desk)
    clinics.attended(desk, case, own)
    with pytest.raises(BadInputError, match="was seen there"):
        clinics.cancel_clinic(desk, clinic, "Flood")


def test_an_invitation_of_long_ago_is_a_slip_of_the_pen(desk: Desk, clinic: EntityId, case: EntityId) -> None:
    own = clinics.book(desk, case, None, clinic, TEN)
    with pytest.raises(BadInputError, match="Check the day and the year"):
        clinics.invite(desk, case, own, "letter", at=datetime(1950, 1, 1, tzinfo=UTC))
    assert booked(desk, case, own).invited_at is None
    clinics.invite(desk, case, own, "letter", at=desk.now - timedelta(days=60))


def test_a_clinic_of_another_year_says_so(desk: Desk) -> None:
    far = TEN - timedelta(days=8) + timedelta(days=365)
    (doubt,) = (one for one in clinics.opening_doubts(desk, far) if "away" in one)
    assert doubt == "Friday 19 Nov 2027 is 364 days away: check the year."
    own = clinics.open_clinic(desk, place="Northgate", opens_at=far, closes_at=far + HOUR)
    assert clinics.clinic_of(desk, own).title == "Northgate, Fri 19 Nov 2027 10:00–11:00"
    assert not any("away" in one for one in clinics.opening_doubts(desk, TEN))


def test_two_suspects_of_one_name_and_day_of_birth_can_be_told_apart(desk: Desk) -> None:
    from casedesk.desk.case_asks import find_person, people

    case_id = named(desk, "42/9/26", "Alex Doe", dob="1990-01-02")
    with desk.store.unit_of_work("test") as unit:
        unit.set(SUSPECT, new_id(), case_id, {"name": "alex doe", "dob": "1990-01-02"})
        unit.set(SUSPECT, new_id(), case_id, {"name": "Alex Doerr", "dob": "1990-01-02"})
        unit.set(SUSPECT, new_id(), case_id, {"name": "Jo Lee"})
        unit.set(SUSPECT, new_id(), case_id, {"name": "Jo Leeson"})
    file = desk.case(case_id).file
    first, second = (find_person(file, f"suspect {number}, born 2 Jan 1990", "suspects") for number in (1, 2))
    assert None not in (first, second)
    assert first != second
    with pytest.raises(BadInputError, match="fits 3") as refused:
        find_person(file, "alex", "suspects")
    assert "(suspect 1, born 2 Jan 1990)" in refused.value.cure
    assert len({title for _, title in people(file, "suspects")}) == 5
    lee = find_person(file, "jo lee", "suspects")
    assert lee is not None
    assert dict(file.suspects)[lee].name == "Jo Lee", "a whole name counts before a part of one"
