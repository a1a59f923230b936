"""The clinic's diary as it is read: each clinic day with its slots, and who is seen in them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from casedesk.desk.case_asks import name_of
from casedesk.desk.cover import absences
from casedesk.desk.desk import Desk
from casedesk.model.clinic import Clinic
from casedesk.model.errors import BadInputError, NotFoundError
from casedesk.model.facts import Appointment, CaseFile
from casedesk.model.ids import EntityId
from casedesk.model.moments import local, london, show_day
from casedesk.model.text import clean, clip, folded
from casedesk.model.words import AppointmentState
from casedesk.rules.reasons.appointments import STANDING, ends
from casedesk.store.clinics import booked_cases, read_clinics
from casedesk.store.records import CaseBundle, read_cases

STATE_TITLES = {
    AppointmentState.BOOKED: "Booked",
    AppointmentState.INVITED: "Invited",
    AppointmentState.CONFIRMED: "Confirmed",
    AppointmentState.ATTENDED: "Attended",
    AppointmentState.MISSED: "Missed",
    AppointmentState.MOVED: "Moved",
    AppointmentState.CANCELLED: "Cancelled",
}
"""How the states of an appointment are called on screen."""
_GONE = frozenset({AppointmentState.MOVED, AppointmentState.CANCELLED})
_CODE = 5
_BATCH = 500
_NAME = 40


@dataclass(frozen=True, slots=True)
class Booked:
    """One appointment with what the diary shows of its case."""

    id: EntityId
    clinic_id: EntityId
    case: CaseFile
    facts: Appointment
    at: datetime
    name: str
    """Who is seen."""
    clash: bool = False
    """Whether it overlaps another that stands at the same clinic: two desks booked the slot apart."""

    @property
    def case_id(self) -> EntityId:
        """The case."""
        return self.case.id

    @property
    def ref(self) -> str:
        """The occurrence number."""
        return self.case.case.ref or "(no reference)"

    @property
    def state(self) -> AppointmentState:
        """Where it stands; one that does not say is booked."""
        return AppointmentState(self.facts.state or AppointmentState.BOOKED)

    @property
    def stands(self) -> bool:
        """Whether it is still to be kept."""
        return self.state in STANDING

    @property
    def occupies(self) -> bool:
        """Whether it takes its slot: neither moved nor cancelled."""
        return self.state not in _GONE

    @property
    def until(self) -> datetime:
        """When it is over."""
        return ends(self.facts) or self.at


@dataclass(frozen=True, slots=True)
class Slot:
    """One line of a clinic day: a time, free or with whoever is seen then."""

    at: datetime
    booked: Booked | None = None


@dataclass(frozen=True, slots=True)
class ClinicDay:
    """One clinic: where, when, by whom, and its appointments in the order of the day."""

    id: EntityId
    place: str
    room: str
    opens_at: datetime
    closes_at: datetime
    slot_minutes: int
    worker: str
    covered_by: str
    """Who took it over; empty while nobody did."""
    away_cover: str
    """Who covers for the worker that day by the record of absences, where nobody took it over; otherwise empty."""
    travel: str
    note: str
    cancelled_why: str
    booked: tuple[Booked, ...] = ()
    other_year: bool = False
    """Whether it is not of the year that the clock shows: its year is said then."""

    @property
    def day(self) -> date:
        """The day in Europe/London."""
        return local(self.opens_at).date()

    @property
    def code(self) -> str:
        """A few characters that name it on the command line."""
        return self.id.hex()[-_CODE:]

    @property
    def held_by(self) -> str:
        """Who sees people that day: ``7042``, or ``7042 for 7050`` where somebody took it over."""
        return f"{self.covered_by} for {self.worker}" if self.covered_by else self.worker

    @property
    def title(self) -> str:
        """Place, day and hours: ``Northgate, Fri 27 Nov 10:00–16:00``."""
        return f"{self.place}, {day_words(self)} {hours(self)}"

    def slots(self) -> tuple[Slot, ...]:
        """Every line of the day: the times of the slots that are free, and every appointment."""
        return tuple(sorted((*self._free(), *(Slot(one.at, one) for one in self.booked)), key=_order))

    def free(self) -> tuple[datetime, ...]:
        """The times of the slots that nobody has."""
        return tuple(slot.at for slot in self._free())

    def over(self, at: datetime, minutes: int) -> tuple[Booked, ...]:
        """The appointments that an appointment at this time would overlap."""
        until = at + timedelta(minutes=minutes)
        return tuple(one for one in self.booked if one.occupies and one.at < until and at < one.until)

    def _free(self) -> Iterator[Slot]:
        if self.cancelled_why:
            return
        at, step = self.opens_at, timedelta(minutes=self.slot_minutes)
        while at + step <= self.closes_at:
            if not self.over(at, self.slot_minutes):
                yield Slot(at)
            at += step


def clinics(desk: Desk, *, past: bool = False) -> list[ClinicDay]:
    """The clinics of today and the days to come, the earliest first; with ``past`` those that are over as well."""
    today = london(local(desk.now).date())
    held = [day for day in _days(desk) if past or day.closes_at >= today]
    found = _with_booked(desk, held)
    return [day for day in found if not day.cancelled_why or past or day.booked]


def clinic_of(desk: Desk, clinic_id: EntityId) -> ClinicDay:
    """One clinic. Raises NotFoundError when it is not in this store."""
    held = [day for day in _days(desk) if day.id == clinic_id]
    if not held:
        raise NotFoundError("That clinic is not in this store.", "Choose one that is listed.")
    return _with_booked(desk, held)[0]


def find_clinic(desk: Desk, said: str, *, past: bool = False) -> ClinicDay:
    """The clinic that words mean: its code, a day (``27/11``, ``fri``), words of its place, or both.

    Raises BadInputError when none fits, or several do.
    """
    wanted = clean(said)
    held = clinics(desk, past=past)
    fits = [day for day in held if day.code == wanted.casefold()] or _named(desk, held, wanted)
    if len(fits) == 1:
        return fits[0]
    listed = "; ".join(f"{day.code} {day.title}" for day in (fits or held)[:6]) or "none to come"
    raise BadInputError(
        f"{clip(wanted, _NAME)!r} fits {'no clinic' if not fits else f'{len(fits)} clinics'}.",
        f"There are: {listed}.",
    )


def appointment_of(file: CaseFile, appointment_id: EntityId) -> Appointment:
    """An appointment of a case. Raises NotFoundError when it is not there."""
    found = dict(file.appointments).get(appointment_id)
    if found is None or found.at is None:
        raise NotFoundError("That appointment is not in this case.", "Choose one that is listed.")
    return found


def standing_of(file: CaseFile, suspect: EntityId | None = None) -> list[tuple[EntityId, Appointment]]:
    """The appointments of a case that are still to be kept or recorded, the earliest first; of one suspect if named."""
    held = [
        (one.at, own, one)
        for own, one in file.appointments
        if one.at and one.state in STANDING and suspect in (None, one.suspect)
    ]
    return [(own, one) for _, own, one in sorted(held, key=lambda found: found[:2])]


def _order(slot: Slot) -> tuple[datetime, bool, EntityId]:
    one = slot.booked
    return slot.at, one is not None and not one.occupies, one.id if one else EntityId(b"")


def _named(desk: Desk, held: Sequence[ClinicDay], wanted: str) -> list[ClinicDay]:
    """The clinics whose day or place the words are; the first words may be the day, the rest the place."""
    words = wanted.split()
    for many in range(len(words), -1, -1):
        day = _day(desk, " ".join(words[:many])) if many else None
        if many and day is None:
            continue
        rest = folded(" ".join(words[many:]))
        fits = [
            one
            for one in held
            if (day is None or one.day == day) and rest in folded(f"{one.place} {one.room}")
        ]
        if fits and (many or rest):
            return fits
    return []


def _day(desk: Desk, text: str) -> date | None:
    from casedesk.model.typed_moments import Lean, parse_typed_day

    try:
        return parse_typed_day(text, desk.now, lean=Lean.FUTURE)
    except BadInputError:
        return None


def _days(desk: Desk) -> list[ClinicDay]:
    """Every clinic that says where and when, without its appointments: one that was undone says nothing."""
    away = absences(desk, past=True)
    usual = desk.packs.clinic.slot_minutes
    made = []
    for own, one in read_clinics(desk.store.connection):
        if one.place and one.opens_at and one.closes_at:
            made.append(_day_of(own, one, one.place, one.opens_at, one.closes_at, usual))
    covers = [(out.away, out.cover, out.from_on, out.until_on) for out in away]
    year = local(desk.now).year
    days = [replace(day, away_cover=_cover_on(day, covers), other_year=day.day.year != year) for day in made]
    return sorted(days, key=lambda day: (day.opens_at, day.place, day.id))


def _day_of(
    own: EntityId, one: Clinic, place: str, opens: datetime, closes: datetime, usual: int
) -> ClinicDay:
    return ClinicDay(
        own, place, one.room or "", opens, closes, one.slot_minutes or usual, one.worker or "", one.covered_by or "",
        "", one.travel or "", one.note or "", one.cancelled_why or "",
    )  # fmt: skip


def _cover_on(day: ClinicDay, away: Iterable[tuple[str, str, date, date]]) -> str:
    if day.covered_by:
        return ""
    return next((by for who, by, since, until in away if who == day.worker and since <= day.day <= until), "")


def _with_booked(desk: Desk, days: Sequence[ClinicDay]) -> list[ClinicDay]:
    if not days:
        return []
    by_clinic: dict[EntityId, list[Booked]] = {day.id: [] for day in days}
    for bundle in _bundles(desk, booked_cases(desk.store.connection, list(by_clinic))):
        for own, one in bundle.file.appointments:
            if one.clinic in by_clinic and one.at:
                name = name_of(bundle.file, one.suspect)
                by_clinic[one.clinic].append(Booked(own, one.clinic, bundle.file, one, one.at, name))
    return [replace(day, booked=_marked(by_clinic[day.id])) for day in days]


def _bundles(desk: Desk, cases: Sequence[EntityId]) -> Iterator[CaseBundle]:
    for start in range(0, len(cases), _BATCH):
        yield from read_cases(desk.store.connection, cases[start : start + _BATCH])


def _marked(held: Sequence[Booked]) -> tuple[Booked, ...]:
    """The appointments of a clinic in order, those that overlap marked."""
    ordered = sorted(held, key=lambda one: (one.at, one.id))
    return tuple(
        replace(one, clash=one.stands and any(_overlap(one, other) for other in ordered if other is not one))
        for one in ordered
    )


def _overlap(one: Booked, other: Booked) -> bool:
    return other.occupies and one.at < other.until and other.at < one.until


def day_words(day: ClinicDay) -> str:
    """A clinic's day for a list: ``Fri 27 Nov``, with its year where that is another: ``Fri 8 Jan 2027``."""
    here = local(day.opens_at)
    year = f" {here.year}" if day.other_year else ""
    return f"{here:%a} {here.day} {here:%b}{year}"


def hours(day: ClinicDay) -> str:
    """A clinic's hours: ``10:00–16:00``."""
    return f"{local(day.opens_at):%H:%M}–{local(day.closes_at):%H:%M}"


def long_day(day: ClinicDay) -> str:
    """A clinic's day with its year: ``Fri 27 Nov 2026``."""
    return f"{day.day:%a} {show_day(day.day)}"
