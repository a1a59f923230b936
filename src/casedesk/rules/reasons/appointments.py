"""Who is to be seen at a clinic, and what must be done before and after."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from casedesk.model.facts import Appointment, CaseFile
from casedesk.model.ids import EntityId
from casedesk.model.moments import local, london
from casedesk.model.text import clip
from casedesk.model.words import AppointmentState, Stage
from casedesk.reference.packs import Packs
from casedesk.rules.clinic.preparation import outstanding, preparation
from casedesk.rules.counting import end_of_day, working_days
from casedesk.rules.reasons.factor import Factor, when
from casedesk.rules.reasons.state import closed

STANDING = frozenset({AppointmentState.BOOKED, AppointmentState.INVITED, AppointmentState.CONFIRMED})
"""The states of an appointment that is still to be kept."""
_BAND = "out-of-court"
_LENGTH = timedelta(minutes=45)
"""How long an appointment is taken to last where it does not say."""
_NAME = 30


def appointments(file: CaseFile, now: datetime, packs: Packs) -> Iterator[Factor]:
    """The appointment that comes, its invitation and preparation, what it came to, and a missed one left standing."""
    if not file.appointments or closed(file):
        return
    for own, one in file.appointments:
        if one.at is None:
            continue
        if one.state in STANDING:
            yield from _to_come(file, own, one, one.at, now, packs)
        elif (
            one.state == AppointmentState.MISSED
            and file.case.stage == Stage.CLINIC
            and not _followed(file, own, one)
        ):
            yield _missed(file, own, one, one.at, packs)


def ends(one: Appointment) -> datetime | None:
    """When an appointment is over."""
    if one.at is None:
        return None
    return one.at + (timedelta(minutes=one.minutes) if one.minutes else _LENGTH)


def _to_come(
    file: CaseFile, own: EntityId, one: Appointment, at: datetime, now: datetime, packs: Packs
) -> Iterator[Factor]:
    end = ends(one) or at
    if now >= end:
        said = f"Clinic {when(at)}{_who(file, one)}: whether they came is not recorded"
        yield Factor(_BAND, said, end, subject=own)
        return
    yield _appointment(file, own, one, at, now, end)
    if now < at:
        if one.invited_at is None and one.state == AppointmentState.BOOKED:
            yield _invitation(file, own, one, at, now, packs)
        yield from _preparation(file, own, one, at, now, packs)


def _appointment(
    file: CaseFile, own: EntityId, one: Appointment, at: datetime, now: datetime, end: datetime
) -> Factor:
    """The appointment itself: today, tomorrow, or on its day."""
    day = local(at).date()
    today, eve = london(day), london(day - timedelta(days=1))
    state = ", confirmed" if one.state == AppointmentState.CONFIRMED else ""
    clock = f"{local(at):%H:%M}"
    who = _who(file, one)
    if now >= today:
        return Factor(_BAND, f"Clinic today {clock}{who}{state}", at, end, subject=own)
    if now >= eve:
        return Factor(_BAND, f"Clinic tomorrow {clock}{who}{state}", at, today, subject=own)
    return Factor("rest", f"Clinic {when(at)}{who}{state}", at, eve, subject=own)


def _invitation(
    file: CaseFile, own: EntityId, one: Appointment, at: datetime, now: datetime, packs: Packs
) -> Factor:
    """An invitation that is not out: pressing from the last day on which it should be."""
    last = local(at).date() - timedelta(days=packs.clinic.invite_days)
    due, pressing = end_of_day(last), london(last)
    who = _who(file, one)
    if now < pressing:
        return Factor("rest", f"Invite to the clinic of {when(at)}{who}", due, pressing, subject=own)
    return Factor(_BAND, f"Clinic {when(at)}{who}: invitation not sent", due, at, subject=own)


def _preparation(
    file: CaseFile, own: EntityId, one: Appointment, at: datetime, now: datetime, packs: Packs
) -> Iterator[Factor]:
    """Checks of the preparation that are not ready: pressing on the last days before."""
    day = local(at).date()
    todo = outstanding(preparation(packs.clinic, file, one))
    if not todo:
        return
    due, pressing = (
        end_of_day(day - timedelta(days=1)),
        london(day - timedelta(days=packs.clinic.prepare_days)),
    )
    who = _who(file, one)
    if now < pressing:
        yield Factor("rest", f"Prepare the clinic of {when(at)}{who}", due, pressing, subject=own)
        return
    first = clip(todo[0].check.title, _NAME)
    more = f" and {len(todo) - 1} more" if len(todo) > 1 else ""
    yield Factor(_BAND, f"Clinic {when(at)}{who}: to prepare: {first}{more}", due, at, subject=own)


def _missed(file: CaseFile, own: EntityId, one: Appointment, at: datetime, packs: Packs) -> Factor:
    """An appointment that was missed with nothing after it."""
    pack = packs.clinic
    due = end_of_day(working_days(local(at).date(), pack.missed_working_days, packs.bank_holidays.days))
    times = sum(
        other.state == AppointmentState.MISSED and other.suspect == one.suspect
        for _, other in file.appointments
    )
    said = f"Missed the clinic {when(at)}{_who(file, one)}: nothing follows"
    if times >= pack.missed_most:
        said = f"Missed the clinic {times} times, last {when(at)}{_who(file, one)}: tell the decision maker"
    return Factor(_BAND, said, due, subject=own)


def _followed(file: CaseFile, own: EntityId, one: Appointment) -> bool:
    """Whether another appointment of the person follows it: standing, kept, or itself missed later."""
    gone = (AppointmentState.CANCELLED, AppointmentState.MOVED)
    return any(
        other.state not in gone
        and other_id != own
        and (
            other.follows == own
            or (other.suspect == one.suspect and other.at and one.at and other.at > one.at)
        )
        for other_id, other in file.appointments
    )


def _who(file: CaseFile, one: Appointment) -> str:
    """The person's name, where the case has several suspects."""
    if len(file.suspects) < 2:
        return ""
    name = next((held.name for own, held in file.suspects if own == one.suspect and held.name), None)
    return f" ({clip(name, _NAME)})" if name else ""
