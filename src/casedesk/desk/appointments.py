"""Appointments of a clinic: who is booked, invited, came, did not; what is arranged for them.

An appointment is never overwritten: missed or moved, it stays and another follows it. Each verb is one act and can be
taken back.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from casedesk.desk.case_asks import line, name_of, optional_text
from casedesk.desk.clinic_checks import (
    channel_words,
    check_age,
    check_bookable,
    check_day_has_come,
    check_slot,
    doubts_of_adult,
    doubts_of_booking,
    doubts_of_contact,
    open_day,
)  # fmt: skip
from casedesk.desk.clinic_diary import STATE_TITLES, ClinicDay, appointment_of
from casedesk.desk.desk import Desk
from casedesk.desk.suspects import the_suspect
from casedesk.desk.typed import given, not_future, one_of, required_text
from casedesk.model.entities import APPOINTMENT, CASE, Value
from casedesk.model.errors import BadInputError
from casedesk.model.facts import Appointment, CaseFile
from casedesk.model.ids import EntityId, new_id
from casedesk.model.words import AppointmentState, Channel, Stage
from casedesk.rules.clinic.preparation import is_vulnerable
from casedesk.rules.reasons.appointments import STANDING
from casedesk.rules.reasons.factor import when

ARRANGEMENTS = (
    "appropriate_adult", "interpreter", "solicitor", "travel", "adjustments", "safe_contact", "avoid", "note",
)  # fmt: skip
"""What is arranged for an appointment: the names of the facts, in the order they are asked for."""
_LONGEST_NOTICE = timedelta(days=366)
"""How long before an appointment somebody can have been invited: anything earlier is a slip of the pen."""


def book(
    desk: Desk,
    case_id: EntityId,
    suspect: EntityId | None,
    clinic_id: EntityId,
    at: datetime,
    *,
    minutes: int | None = None,
    arrangements: Mapping[str, Value] | None = None,
) -> EntityId:
    """Book somebody into a clinic; returns the appointment. The only suspect of a case need not be named.

    A case that was open goes to the clinic in the same act. ``arrangements`` are facts of :data:`ARRANGEMENTS`. Raises
    BadInputError for a case that is closed, a person who is under 18 on that day or booked already, a clinic that is
    over or not held, a time outside its hours, and a slot that somebody has.
    """
    file = desk.case(case_id).file
    own = the_suspect(file, suspect)
    check_bookable(file, own)
    day = open_day(desk, clinic_id)
    check_age(file, own, day)
    length = check_slot(desk, day, at, minutes)
    fields = _booking(own, day, at, length, arrangements or {})
    appointment_id = new_id()
    with desk.store.unit_of_work("clinic.book") as unit:
        unit.set(APPOINTMENT, appointment_id, case_id, fields)
        if file.case.stage in (None, Stage.OPEN):
            unit.set(CASE, case_id, case_id, {"stage": Stage.CLINIC.value})
    return appointment_id


def booking_doubts(desk: Desk, case_id: EntityId, suspect: EntityId | None = None) -> list[str]:
    """What to look at twice before somebody is booked: nothing of it refuses the booking."""
    file = desk.case(case_id).file
    own = the_suspect(file, suspect)
    return list(doubts_of_booking(desk, file, own))


def invite(
    desk: Desk,
    case_id: EntityId,
    appointment_id: EntityId,
    by: str,
    *,
    at: datetime | None = None,
) -> list[str]:
    """Record that the invitation went out, by a word of ``Channel``; returns what to see to.

    Raises BadInputError for a way that is recorded as not safe for that person, an appointment that does not stand or
    is over, a time to come, and one more than a year before the appointment.
    """
    file, facts = _standing(desk, case_id, appointment_id)
    channel = Channel(one_of(by, list(Channel), "way of contact"))
    if channel in (facts.avoid or ()):
        raise BadInputError(
            f"It is not safe to reach {name_of(file, facts.suspect)} by {channel_words(channel)}.",
            facts.safe_contact or "Choose another way.",
        )
    sent = not_future(desk, at)
    if facts.at and sent < facts.at - _LONGEST_NOTICE:
        raise BadInputError(
            f"{when(sent)} is long before the appointment, {when(facts.at)}.", "Check the day and the year."
        )
    if facts.at and sent >= facts.at:
        raise BadInputError(f"The appointment was {when(facts.at)}.", "Move it first, then invite.")
    state = facts.state if facts.state == AppointmentState.CONFIRMED else AppointmentState.INVITED.value
    fields: dict[str, Value] = {"state": state, "invited_at": sent, "invited_by": channel.value}
    with desk.store.unit_of_work("clinic.invite") as unit:
        unit.set(APPOINTMENT, appointment_id, case_id, fields)
    return invitation_doubts(desk, case_id, appointment_id)


def invitation_doubts(desk: Desk, case_id: EntityId, appointment_id: EntityId) -> list[str]:
    """What must be read before somebody is written to or rung about an appointment."""
    file = desk.case(case_id).file
    facts = appointment_of(file, appointment_id)
    return list(doubts_of_contact(file, facts))


def confirm(desk: Desk, case_id: EntityId, appointment_id: EntityId) -> None:
    """Record that the person said they will come. Raises BadInputError when the appointment does not stand."""
    _, facts = _standing(desk, case_id, appointment_id)
    if facts.state == AppointmentState.CONFIRMED:
        raise BadInputError("It is confirmed already.", "Nothing to do.")
    _say(desk, "clinic.confirm", case_id, appointment_id, {"state": AppointmentState.CONFIRMED.value})


def attended(desk: Desk, case_id: EntityId, appointment_id: EntityId) -> list[str]:
    """Record that the person came; returns what is still to be seen to.

    Raises BadInputError before the day of the appointment, or when it does not stand.
    """
    file, facts = _standing(desk, case_id, appointment_id)
    check_day_has_come(desk, facts)
    _say(desk, "clinic.attended", case_id, appointment_id, {"state": AppointmentState.ATTENDED.value})
    if is_vulnerable(file, facts.suspect) and not facts.appropriate_adult:
        return [
            "The person is recorded as vulnerable and no appropriate adult is named: do not go on without one."
        ]
    return []


def missed(
    desk: Desk,
    case_id: EntityId,
    appointment_id: EntityId,
    why: str,
    *,
    next_clinic: EntityId | None = None,
    next_at: datetime | None = None,
) -> EntityId | None:
    """Record that somebody did not come, and why: a reason of the pack by its id, or in words.

    With ``next_clinic`` and ``next_at`` another appointment follows in the same act; returns it. Raises BadInputError
    before the appointment's time, without a reason, and as :func:`book` does.
    """
    file, facts = _standing(desk, case_id, appointment_id)
    if facts.at and facts.at > desk.now:
        raise BadInputError(
            f"The appointment is {when(facts.at)}: it cannot have been missed yet.",
            "Cancel or move it instead.",
        )
    reason = required_text(desk.packs.clinic.missed.get(why, why), "The reason")
    ended: dict[str, Value] = {"state": AppointmentState.MISSED.value, "why": reason}
    if next_clinic is None or next_at is None:
        _say(desk, "clinic.missed", case_id, appointment_id, ended)
        return None
    return _replace(desk, "clinic.missed", file, appointment_id, facts, ended, next_clinic, next_at)


def move(
    desk: Desk, case_id: EntityId, appointment_id: EntityId, clinic_id: EntityId, at: datetime, why: str = ""
) -> EntityId:
    """Move an appointment; returns the one that follows. What was arranged goes along; the invitation does not.

    Raises BadInputError when it does not stand, and as :func:`book` does.
    """
    file, facts = _standing(desk, case_id, appointment_id)
    ended: dict[str, Value] = {"state": AppointmentState.MOVED.value, "why": optional_text(why, "The reason")}
    return _replace(desk, "clinic.move", file, appointment_id, facts, given(ended), clinic_id, at)


def follow(
    desk: Desk, case_id: EntityId, appointment_id: EntityId, clinic_id: EntityId, at: datetime
) -> EntityId:
    """Book another appointment after one that was missed or cancelled, with what was arranged; returns it.

    Raises BadInputError when that one still stands or was attended, and as :func:`book` does.
    """
    file = desk.case(case_id).file
    facts = appointment_of(file, appointment_id)
    if facts.state not in (AppointmentState.MISSED, AppointmentState.CANCELLED):
        raise BadInputError("That appointment was neither missed nor cancelled.", "Move it instead.")
    return _replace(desk, "clinic.book", file, appointment_id, facts, {}, clinic_id, at)


def cancel(desk: Desk, case_id: EntityId, appointment_id: EntityId, why: str) -> None:
    """Cancel an appointment with a reason; its slot is free again. Raises BadInputError when it does not stand."""
    _standing(desk, case_id, appointment_id)
    reason = required_text(why, "The reason")
    ended: dict[str, Value] = {"state": AppointmentState.CANCELLED.value, "why": reason}
    _say(desk, "clinic.cancel", case_id, appointment_id, ended)


def arrange(desk: Desk, case_id: EntityId, appointment_id: EntityId, facts: Mapping[str, Value]) -> list[str]:
    """Say who comes along and what is arranged: facts of :data:`ARRANGEMENTS`; None takes one away.

    Returns what is still to be seen to. Raises BadInputError for another fact, or when nothing would change.
    """
    file = desk.case(case_id).file
    held = appointment_of(file, appointment_id)
    said = _arrangements(facts)
    changed = {name: value for name, value in said.items() if value != getattr(held, name)}
    if not changed:
        raise BadInputError("Nothing of it is new.", "Change something, or leave the form.")
    _say(desk, "clinic.arrange", case_id, appointment_id, changed)
    return list(doubts_of_adult(file, held.suspect, str(said.get("appropriate_adult") or "")))


# -- inside -----------------------------------------------------------------------------------------------------


def _say(
    desk: Desk, act: str, case_id: EntityId, appointment_id: EntityId, fields: Mapping[str, Value]
) -> None:
    with desk.store.unit_of_work(act) as unit:
        unit.set(APPOINTMENT, appointment_id, case_id, dict(fields))


def _replace(
    desk: Desk,
    act: str,
    file: CaseFile,
    appointment_id: EntityId,
    facts: Appointment,
    ended: Mapping[str, Value],
    clinic_id: EntityId,
    at: datetime,
) -> EntityId:
    """End an appointment and book the one that follows, as one act."""
    own = the_suspect(file, facts.suspect)
    check_bookable(file, own, besides=appointment_id)
    day = open_day(desk, clinic_id)
    check_age(file, own, day)
    length = check_slot(desk, day, at, facts.minutes, besides=appointment_id)
    kept: dict[str, Value] = {name: getattr(facts, name) for name in ARRANGEMENTS}
    fields = _booking(own, day, at, length, kept)
    fields["follows"] = appointment_id
    checks = desk.packs.clinic.checks
    ticks = tuple(
        name for name in facts.prepared or () if name not in checks or checks[name].sees != "invited"
    )
    if ticks:
        fields["prepared"] = ticks
    next_id = new_id()
    with desk.store.unit_of_work(act) as unit:
        if ended:
            unit.set(APPOINTMENT, appointment_id, file.id, dict(ended))
        unit.set(APPOINTMENT, next_id, file.id, fields)
    return next_id


def _booking(
    own: EntityId, day: ClinicDay, at: datetime, length: int, arrangements: Mapping[str, Value]
) -> dict[str, Value]:
    fields: dict[str, Value] = {
        "clinic": day.id,
        "suspect": own,
        "at": at,
        "minutes": length,
        "state": AppointmentState.BOOKED.value,
    }
    return {**fields, **given(_arrangements(arrangements))}


def _arrangements(facts: Mapping[str, Value]) -> dict[str, Value]:
    """The arrangements as they are to be written. Raises BadInputError for one that is unknown or too long."""
    said: dict[str, Value] = {}
    for name, value in facts.items():
        one_of(name, ARRANGEMENTS, "fact of an appointment")
        title = f"“{APPOINTMENT.by_name[name].title}”"
        if name == "avoid":
            ways: Collection[str] = value if isinstance(value, tuple | list) else ()
            said[name] = tuple(one_of(way, list(Channel), "way of contact") for way in ways) or None
        elif name in ("note", "adjustments", "safe_contact"):
            said[name] = optional_text(str(value or ""), title)
        else:
            said[name] = line(str(value or ""), title)
    return said


def _standing(desk: Desk, case_id: EntityId, appointment_id: EntityId) -> tuple[CaseFile, Appointment]:
    """A case and an appointment of it that is still to be kept."""
    file = desk.case(case_id).file
    facts = appointment_of(file, appointment_id)
    if facts.state not in STANDING:
        title = STATE_TITLES[AppointmentState(facts.state)].casefold() if facts.state else "not booked"
        raise BadInputError(
            f"That appointment is {title} already.", "Choose one that stands, or take it back."
        )
    return file, facts
