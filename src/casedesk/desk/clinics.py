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
from casedesk.desk.clinic_checks import check_hours, held_day, missed_doubt, open_day
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
from casedesk.desk.clinic_holders import Holders, refuse_busy, same_place
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
from casedesk.model.words import AppointmentState
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
_FAR = 183
"""Days from which on a clinic's year is looked at twice: a day that has just gone by is typed for next year's."""


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
    holders = Holders(desk)
    who = holders.typed(worker, "Who holds it")
    where = line(place, "The place")
    if not where:
        raise BadInputError("A clinic needs a place.", "Say where people are seen.")
    check_hours(desk, opens_at, closes_at, length)
    their_room = line(room, "The room")
    for day in clinics(desk):
        if day.cancelled_why or day.opens_at >= closes_at or opens_at >= day.closes_at:
            continue
        if holders.of(day) == who:
            raise BadInputError(
                f"{who} holds a clinic then: {day.title}.", "Choose other hours, or somebody else."
            )
        if same_place(day.place, where) and same_place(day.room, their_room or ""):
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
    """What to look at twice before a clinic is opened: a weekend or bank holiday, half a year, a stranger."""
    day = local(opens_at).date()
    said = []
    if day in desk.packs.bank_holidays.days:
        said.append(f"{show_day(day)} is a bank holiday.")
    elif day.weekday() > 4:
        said.append(f"{day:%A} {show_day(day)}: a weekend.")
    if (days := (day - local(desk.now).date()).days) > _FAR:
        said.append(f"{day:%A} {show_day(day)} is {days} days away: check the year.")
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
    holders = Holders(desk)
    who = holders.typed(by, "Who takes it over")
    if who == holders.of(day):
        raise BadInputError(f"{who} holds this clinic already.", "Nothing to do.")
    if who == holders.meant(day.worker):
        raise BadInputError(
            f"It is {who}'s own clinic: {day.covered_by} covers it.",
            "Hand it back instead of taking it over.",
        )
    refuse_busy(desk, holders, who, day, "Somebody else has to cover.")
    with desk.store.unit_of_work("clinic.take-over") as unit:
        unit.set(CLINIC, clinic_id, TEAM, {"covered_by": who})
    return day.worker


def hand_back(desk: Desk, clinic_id: EntityId) -> str:
    """Give a clinic day back to whoever holds it; returns who that is.

    Raises BadInputError when nobody covers it, or that person holds another clinic in these hours by now.
    """
    day = open_day(desk, clinic_id)
    if not day.covered_by:
        raise BadInputError("Nobody covers this clinic.", "Nothing to hand back.")
    holders = Holders(desk)
    refuse_busy(
        desk,
        holders,
        holders.meant(day.worker),
        day,
        "Keep it, or let somebody take the other one over first.",
    )
    with desk.store.unit_of_work("clinic.hand-back") as unit:
        unit.set(CLINIC, clinic_id, TEAM, {"covered_by": None})
    return day.worker


def cancel_clinic(desk: Desk, clinic_id: EntityId, why: str) -> None:
    """Cancel a clinic that nobody is booked into any more, or say of one that is over that it was not held.

    Raises BadInputError while somebody is booked, where somebody came, and for one that is cancelled.
    """
    day = held_day(desk, clinic_id)
    came = [one for one in day.booked if one.state is AppointmentState.ATTENDED]
    if came:
        raise BadInputError(
            f"{came[0].ref} was seen there {when(came[0].at)}: the clinic was held.", "Nothing to cancel."
        )
    reason = required_text(why, "The reason")
    waiting = [one for one in day.booked if one.stands]
    if waiting:
        names = ", ".join(f"{one.ref} {when(one.at)}" for one in waiting[:4])
        raise BadInputError(
            f"{len(waiting)} people are still to be seen there: {names}."
            if len(waiting) > 1
            else f"Somebody is still to be seen there: {names}.",
            "Move or cancel their appointments first; those of the past were missed.",
        )
    with desk.store.unit_of_work("clinic.close") as unit:
        unit.set(CLINIC, clinic_id, TEAM, {"cancelled_why": reason})
