"""What a clinic and an appointment are checked for: what is refused, and what is to be looked at twice."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from casedesk.desk.case_asks import name_of
from casedesk.desk.clinic_diary import ClinicDay, clinic_of, standing_of
from casedesk.desk.desk import Desk
from casedesk.desk.people import safe_contact_warning
from casedesk.model.errors import BadInputError
from casedesk.model.facts import Appointment, CaseFile, Suspect
from casedesk.model.ids import EntityId
from casedesk.model.moments import local, show_day
from casedesk.model.words import AppointmentState, Channel, Flag, Stage
from casedesk.rules.clinic.preparation import adult_of, is_vulnerable
from casedesk.rules.people import age_span, can_be_born
from casedesk.rules.reasons.appointments import STANDING
from casedesk.rules.reasons.factor import when
from casedesk.rules.reasons.state import closed
from casedesk.store.clinics import standing_appointments
from casedesk.store.records import read_cases

_ADULT = 18
_SHORTEST, _LONGEST = 10, 240
_DAY = timedelta(hours=14)


def check_hours(desk: Desk, opens_at: datetime, closes_at: datetime, length: int) -> None:
    """Refuse hours that are over, out of order, of more than a day, or too short for a slot. Raises BadInputError."""
    if closes_at <= opens_at:
        raise BadInputError("The clinic closes before it opens.", "Give the hours of one day.")
    if local(opens_at).date() != local(closes_at).date() or closes_at - opens_at > _DAY:
        raise BadInputError("A clinic is held within one day.", "Open one for each day.")
    if closes_at <= desk.now:
        raise BadInputError(f"{when(closes_at)} has passed.", "A clinic is opened for a time to come.")
    if not _SHORTEST <= length <= _LONGEST:
        raise BadInputError(f"A slot of {length} minutes.", f"Give {_SHORTEST} to {_LONGEST}.")
    if opens_at + timedelta(minutes=length) > closes_at:
        raise BadInputError(
            f"Not one slot of {length} minutes fits these hours.", "Give shorter slots or more time."
        )


def check_slot(
    desk: Desk, day: ClinicDay, at: datetime, minutes: int | None, besides: EntityId | None = None
) -> int:
    """How long an appointment at this time is. Raises BadInputError where it cannot be."""
    length = minutes or day.slot_minutes
    if not _SHORTEST <= length <= _LONGEST:
        raise BadInputError(f"An appointment of {length} minutes.", f"Give {_SHORTEST} to {_LONGEST}.")
    if at.tzinfo is None:
        raise BadInputError("The time names no zone.", "Give an instant.")
    if at <= desk.now:
        raise BadInputError(f"{when(at)} has passed.", "Choose a slot that is to come.")
    if at < day.opens_at or at + timedelta(minutes=length) > day.closes_at:
        raise BadInputError(
            f"{when(at)} for {length} minutes is outside the clinic's hours ({day.title}).",
            "Choose a slot within them.",
        )
    for one in day.over(at, length):
        if one.id != besides:
            free = ", ".join(f"{local(slot):%H:%M}" for slot in day.free() if slot > desk.now)
            raise BadInputError(
                f"{one.ref} is booked there, {local(one.at):%H:%M} to {local(one.until):%H:%M}.",
                f"Free: {free}." if free else "No slot is free that day.",
            )
    return length


def check_bookable(file: CaseFile, own: EntityId, besides: EntityId | None = None) -> None:
    """Refuse a closed case and a person booked already, ``besides`` left out. Raises BadInputError."""
    if closed(file):
        raise BadInputError("The case is closed: nobody is seen about it.", "Reopen it first.")
    held = [(other, one) for other, one in standing_of(file, own) if other != besides]
    if held and held[0][1].at:
        raise BadInputError(
            f"{name_of(file, own)} has an appointment {when(held[0][1].at)} already.",
            "Move that one instead.",
        )


def check_age(file: CaseFile, own: EntityId, day: ClinicDay) -> None:
    """Refuse somebody who is surely under 18: CJA 2003 s.22 gives conditional cautions from 18 on."""
    born = dict(file.suspects)[own].dob
    on = day.day
    if born is not None and age_span(born, on, on)[1] < _ADULT:
        raise BadInputError(
            f"{name_of(file, own)} is under 18 on {show_day(on)}: the clinic is for adults.",
            "Refer the case to the youth justice service.",
        )
    if born is None and any(one.under_18 and one.suspect in (None, own) for _, one in file.custody):
        raise BadInputError(
            f"{name_of(file, own)} is recorded as appearing under 18: the clinic is for adults.",
            "Find out the date of birth first.",
        )


def check_day_has_come(desk: Desk, facts: Appointment) -> None:
    """Refuse what cannot be known before the day of an appointment. Raises BadInputError."""
    if facts.at and local(facts.at).date() > local(desk.now).date():
        raise BadInputError(
            f"The appointment is {when(facts.at)}: nobody has come yet.", "Record it on the day, or move it."
        )


def held_day(desk: Desk, clinic_id: EntityId) -> ClinicDay:
    """A clinic that is held, or was. Raises BadInputError for one that was cancelled."""
    day = clinic_of(desk, clinic_id)
    if day.cancelled_why:
        raise BadInputError(f"{day.title}: this clinic is not held ({day.cancelled_why}).", "Choose another.")
    return day


def open_day(desk: Desk, clinic_id: EntityId) -> ClinicDay:
    """A clinic that is held and not over. Raises BadInputError for another."""
    day = held_day(desk, clinic_id)
    if day.closes_at <= desk.now:
        raise BadInputError(f"{day.title}: this clinic is over.", "Choose one that is to come.")
    return day


def missed_doubt(desk: Desk, file: CaseFile, suspect: EntityId | None) -> str:
    """What follows of the number of appointments a person missed; empty while nothing does."""
    times = sum(
        one.state == AppointmentState.MISSED and one.suspect == suspect for _, one in file.appointments
    )
    if times < desk.packs.clinic.missed_most:
        return ""
    return f"Missed {times} times: tell the decision maker before another is offered."


def doubts_of_booking(desk: Desk, file: CaseFile, own: EntityId) -> Iterator[str]:
    """What to look at twice before a suspect is booked."""
    facts = dict(file.suspects)[own]
    if facts.dob is None or not can_be_born(facts.dob, local(desk.now).date()):
        yield "No date of birth is recorded: make sure that the person is 18."
    elif age_span(facts.dob, (today := local(desk.now).date()), today)[0] < _ADULT:
        yield "The person may be under 18: make sure of the date of birth."
    yield from doubts_of_adult(file, own, adult_of(file, own))
    if file.case.stage not in (None, Stage.OPEN, Stage.CLINIC):
        yield f"The case is {file.case.stage}, and not with the clinic."
    if doubt := missed_doubt(desk, file, own):
        yield doubt
    yield from _elsewhere(desk, file, facts)


def doubts_of_adult(file: CaseFile, own: EntityId | None, adult: str) -> Iterator[str]:
    """That an appropriate adult is needed and none is named."""
    if is_vulnerable(file, own) and not adult:
        yield "The person is recorded as vulnerable: an appropriate adult is needed."


def _elsewhere(desk: Desk, file: CaseFile, facts: Suspect) -> Iterator[str]:
    """The same person with a standing appointment in another case: by nominal, or by name and date of birth."""
    if not facts.nominal and not (facts.name and facts.dob):
        return
    cases = {case_id for case_id, _ in standing_appointments(desk.store.connection, sorted(STANDING))} - {
        file.id
    }
    ids = sorted(cases)
    for start in range(0, len(ids), 500):
        for bundle in read_cases(
            desk.store.connection, ids[start : start + 500], ("suspects", "appointments")
        ):
            other = bundle.file
            for _, one in standing_of(other):
                them = dict(other.suspects).get(one.suspect) if one.suspect else None
                if them is not None and one.at and _same_person(facts, them):
                    yield f"Booked in {other.case.ref or 'another case'} too, {when(one.at)}: can one visit do?"


def _same_person(one: Suspect, other: Suspect) -> bool:
    if one.nominal and other.nominal:
        return one.nominal == other.nominal
    return bool(one.name and one.dob) and (one.name, one.dob) == (other.name, other.dob)


def doubts_of_contact(file: CaseFile, facts: Appointment) -> Iterator[str]:
    """What must be read before the person of an appointment is written to or rung."""
    if facts.safe_contact:
        yield f"{name_of(file, facts.suspect)}: {facts.safe_contact}"
    if facts.avoid:
        ways = ", ".join(channel_words(Channel(way)) for way in facts.avoid)
        yield f"Not by {ways}."
    if Flag.DOMESTIC_ABUSE in (file.case.flags or ()):
        yield "Domestic abuse: plain envelope, no voicemail, nothing that names the offence or the victim."
    for warning in safe_contact_warning(file).splitlines():
        yield f"They may live together or meet. {warning}"


def channel_words(channel: Channel) -> str:
    """A way of contact within a sentence: ``in person``."""
    return channel.value.replace("-", " ")
