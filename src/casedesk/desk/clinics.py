"""The clinics: opened for a place and a day, taken over, given back, cancelled; and all that the diary offers.

Appointments are in :mod:`casedesk.desk.appointments`, the reading in :mod:`casedesk.desk.clinic_diary`; both are
offered here as well.
"""

from datetime import datetime

from casedesk.desk.appointments import (
    ARRANGEMENTS,
    arrange,
    attended,
    book,
    booking_doubts,
    cancel,
    confirm,
    follow,
    invitation_doubts,
    invite,
    missed,
    move,
)  # fmt: skip
from casedesk.desk.case_asks import line, optional_text
from casedesk.desk.clinic_checks import check_hours, missed_doubt, open_day
from casedesk.desk.clinic_diary import (
    STATE_TITLES,
    Booked,
    ClinicDay,
    Slot,
    clinic_of,
    clinics,
    find_clinic,
    standing_of,
)  # fmt: skip
from casedesk.desk.clinic_prep import preparation_of, prepare, readiness
from casedesk.desk.colleagues import stranger
from casedesk.desk.day_sheet import day_sheet
from casedesk.desk.desk import Desk
from casedesk.desk.typed import given, required_text
from casedesk.model.entities import CLINIC, Value
from casedesk.model.errors import BadInputError
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import local, show_day
from casedesk.rules.reasons.factor import when

__all__ = [
    "ARRANGEMENTS",
    "STATE_TITLES",
    "Booked",
    "ClinicDay",
    "Slot",
    "amend_clinic",
    "arrange",
    "attended",
    "book",
    "booking_doubts",
    "cancel",
    "cancel_clinic",
    "clinic_of",
    "clinics",
    "confirm",
    "day_sheet",
    "find_clinic",
    "follow",
    "hand_back",
    "invitation_doubts",
    "invite",
    "missed",
    "missed_doubt",
    "move",
    "open_clinic",
    "opening_doubts",
    "preparation_of",
    "prepare",
    "readiness",
    "standing_of",
    "take_over",
]  # fmt: skip

_TEXT = 300


def open_clinic(
    desk: Desk,
    *,
    place: str,
    opens_at: datetime,
    closes_at: datetime,
    slot_minutes: int | None = None,
    worker: str = "",
    room: str = "",
    travel: str = "",
    note: str = "",
) -> EntityId:
    """Open a clinic: a place and hours on one day; returns its id. Without a worker it is held by whoever opens it.

    Raises BadInputError for hours that are over, out of order or longer than a working day, a slot that does not fit,
    and where the worker or the room has another clinic in these hours.
    """
    length = slot_minutes or desk.packs.clinic.slot_minutes
    who = line(worker, "Who holds it") or desk.store.actor
    where = line(place, "The place")
    if not where:
        raise BadInputError("A clinic needs a place.", "Say where people are seen.")
    check_hours(desk, opens_at, closes_at, length)
    their_room = line(room, "The room")
    for day in clinics(desk):
        if day.cancelled_why or day.opens_at >= closes_at or opens_at >= day.closes_at:
            continue
        if who in (day.worker, day.covered_by):
            raise BadInputError(
                f"{who} holds a clinic then: {day.title}.", "Choose other hours, or somebody else."
            )
        if (day.place, day.room) == (where, their_room or ""):
            raise BadInputError(
                f"There is a clinic there then: {day.title}, held by {day.held_by}.",
                "Name another room, or hours.",
            )
    clinic_id = new_id()
    fields: dict[str, Value] = {
        "place": where,
        "room": their_room,
        "opens_at": opens_at,
        "closes_at": closes_at,
        "slot_minutes": length,
        "worker": who,
        "travel": line(travel, "Travel", _TEXT),
        "note": optional_text(note, "The note"),
    }
    with desk.store.unit_of_work("clinic.open") as unit:
        unit.set(CLINIC, clinic_id, TEAM, given(fields))
    return clinic_id


def opening_doubts(desk: Desk, opens_at: datetime, worker: str = "") -> list[str]:
    """What to look at twice before a clinic is opened: a weekend or bank holiday, a number nobody knows."""
    day = local(opens_at).date()
    said = []
    if day in desk.packs.bank_holidays.days:
        said.append(f"{show_day(day)} is a bank holiday.")
    elif day.weekday() > 4:
        said.append(f"{day:%A} {show_day(day)}: a weekend.")
    if unknown := stranger(desk, worker):
        said.append(unknown)
    return said


def amend_clinic(
    desk: Desk, clinic_id: EntityId, *, room: str = "", travel: str = "", note: str = ""
) -> None:
    """Change the room, how to get there, or the note of a clinic; empty takes it away. Raises BadInputError."""
    clinic_of(desk, clinic_id)
    fields: dict[str, Value] = {
        "room": line(room, "The room"),
        "travel": line(travel, "Travel", _TEXT),
        "note": optional_text(note, "The note"),
    }
    with desk.store.unit_of_work("clinic.amend") as unit:
        unit.set(CLINIC, clinic_id, TEAM, fields)


def take_over(desk: Desk, clinic_id: EntityId, by: str = "") -> str:
    """Take a colleague's clinic day over, for oneself or for whoever is named; returns for whom it is held.

    The clinic stays the colleague's, and says who covers. Raises BadInputError when it is over or not held, when it is
    that person's own, or they hold another clinic in these hours.
    """
    day = open_day(desk, clinic_id)
    who = line(by, "Who takes it over") or desk.store.actor
    if who in (day.worker, day.covered_by):
        raise BadInputError(f"{who} holds this clinic already.", "Nothing to do.")
    for other in clinics(desk):
        if other.id == clinic_id or other.cancelled_why or who != (other.covered_by or other.worker):
            continue
        if other.opens_at < day.closes_at and day.opens_at < other.closes_at:
            raise BadInputError(f"{who} holds a clinic then: {other.title}.", "Somebody else has to cover.")
    with desk.store.unit_of_work("clinic.take-over") as unit:
        unit.set(CLINIC, clinic_id, TEAM, {"covered_by": who})
    return day.worker


def hand_back(desk: Desk, clinic_id: EntityId) -> str:
    """Give a clinic day back to whoever holds it; returns who that is. Raises BadInputError when nobody covers it."""
    day = open_day(desk, clinic_id)
    if not day.covered_by:
        raise BadInputError("Nobody covers this clinic.", "Nothing to hand back.")
    with desk.store.unit_of_work("clinic.hand-back") as unit:
        unit.set(CLINIC, clinic_id, TEAM, {"covered_by": None})
    return day.worker


def cancel_clinic(desk: Desk, clinic_id: EntityId, why: str) -> None:
    """Cancel a clinic that nobody is booked into any more. Raises BadInputError while somebody is."""
    day = open_day(desk, clinic_id)
    reason = required_text(why, "The reason")
    waiting = [one for one in day.booked if one.stands]
    if waiting:
        names = ", ".join(f"{one.ref} {when(one.at)}" for one in waiting[:4])
        raise BadInputError(
            f"{len(waiting)} people are still to be seen there: {names}."
            if len(waiting) > 1
            else f"Somebody is still to be seen there: {names}.",
            "Move or cancel their appointments first.",
        )
    with desk.store.unit_of_work("clinic.close") as unit:
        unit.set(CLINIC, clinic_id, TEAM, {"cancelled_why": reason})
