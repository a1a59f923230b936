"""What a case file says of one detention: what the extract holds and what was recorded at the desk, as one.

What cannot be so (a review before the authorisation, a release before the arrest) raises nothing: it is left out
of the count and said in words, so that a contradiction is seen and no clock is lost by it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from casedesk.model.facts import CaseEvent, CaseFile, Custody, standing
from casedesk.model.ids import EntityId
from casedesk.model.moments import LONDON, local
from casedesk.model.words import CustodyState, EventKind
from casedesk.reference.clocks import Clocks
from casedesk.reference.offences import Offences
from casedesk.reference.packs import Packs
from casedesk.rules import relevant_time
from casedesk.rules.answers import Answer, number
from casedesk.rules.counting import Span
from casedesk.rules.custody_clock import Detained
from casedesk.rules.detention import detention
from casedesk.rules.due import due
from casedesk.rules.people import age_span

SAME_REVIEW = timedelta(minutes=30)
"""Two records of a review that lie no further apart are of the same one, told by extract and desk (convention)."""
IMPOSSIBLE_REVIEWS = "Reviews are recorded in an impossible order: check the times"

_ADULT = 18
_AT_THE_DESK = frozenset({None, "", "ordinary-arrest", "arrested-at-station", "answering-street-bail"})
"""The situations in which the relevant time cannot be after the authorisation."""


@dataclass(frozen=True, slots=True)
class Held:
    """One detention as the case tells it."""

    person: Detained | None
    """None while the relevant time is not known."""
    doubts: tuple[str, ...] = ()
    """What cannot be so, in sentences."""
    postponed: datetime | None = None
    """When the next review was postponed, if it was."""
    assumed: bool = False
    """Whether the relevant time was worked out although nobody said how detention began."""
    held_unknown: bool = False
    """Whether it is an arrest on bail and nobody said how long the person was held before, which counts: s.47(6)."""
    granted: tuple[datetime, ...] = ()
    """When extensions were granted, where that is known."""


def detained(file: CaseFile, custody_id: EntityId, custody: Custody) -> Detained | None:
    """What is known of a detention, for :func:`casedesk.rules.custody_clock.critical_moments`.

    None while the relevant time is neither recorded nor can be worked out.
    """
    return held(file, custody_id, custody).person


def held(file: CaseFile, custody_id: EntityId, custody: Custody, offences: Offences | None = None) -> Held:
    """What is known of a detention, with what in it cannot be so.

    Whether it is for a summary-only offence is known only with ``offences``.
    """
    found = _Gathered(file, custody_id, custody)
    doubts = list(found.order())
    reviews = found.reviews(doubts)
    hospital = found.spans(EventKind.HOSPITAL, "in hospital", doubts)
    questioned = found.spans(EventKind.QUESTIONED, "of questioning", doubts)
    extended, granted = found.authority(EventKind.EXTENSION, custody.extended_until, "An extension", doubts)
    warrant, _ = found.authority(EventKind.WARRANT, custody.warrant_until, "A warrant", doubts)
    if found.relevant is None:
        return Held(None, tuple(dict.fromkeys(doubts)))
    person = Detained(
        relevant=found.relevant,
        authorised=custody.authorised_at,
        reviews=reviews,
        hospital=hospital,
        questioned=questioned,
        already=timedelta(minutes=min(max(custody.held_minutes or 0, 0), _MOST_MINUTES)),
        bail_arrest=bool(custody.bail_arrest),
        extended_until=extended,
        warrant_until=warrant,
        charged=custody.charged_at,
        released=custody.released_at,
        summary_only=_summary_only(file, custody, offences) if offences else None,
    )
    postponed = max(
        (
            one.at
            for one in found.events(EventKind.POSTPONED)
            if one.at and (not reviews or one.at > reviews[-1])
        ),
        default=None,
    )
    assumed = custody.relevant_at is None and not custody.situation
    unknown = person.bail_arrest and custody.held_minutes is None
    return Held(person, tuple(dict.fromkeys(doubts)), postponed, assumed, unknown, granted)


def doubts_of_extension(clocks: Clocks, told: Held) -> Iterator[str]:
    """What cannot be so about a recorded superintendent's extension: PACE 1984 s.42(1), (2) and (4)."""
    person = told.person
    if person is None or person.extended_until is None:
        return
    standard, most = (_end(clocks, person, number(clocks[name])) for name in ("DET-24", "DET-36"))
    if most is not None and person.extended_until > most:
        yield f"An extension is recorded beyond {number(clocks['DET-36'])} hours: check the times"
    if standard is not None and person.extended_until <= standard:
        yield f"An extension is recorded that ends within {number(clocks['DET-24'])} hours: check the times"
    if person.summary_only:
        yield "An extension is recorded for a summary-only offence: check the offence"
    late = [at for at in told.granted if standard is not None and at > standard]
    if late:
        yield f"An extension is recorded after the {number(clocks['DET-24'])} hours had ended: check it"
    if person.authorised is not None and any(
        sum(review <= at for review in person.reviews) < _REVIEWS for at in told.granted if at not in late
    ):
        yield "An extension is recorded before the second review: check the times"


def relevant_at(custody: Custody) -> datetime | None:
    """The relevant time as recorded, or worked out from how detention began; None where neither can be done.

    Where nobody said how it began, the sooner of arrival and 24 hours after arrest is taken: of the
    situations of PACE 1984 s.41(2)–(5) whose times are known, none comes before it.
    """
    if custody.relevant_at is not None:
        return custody.relevant_at
    arrested, arrived = custody.arrested_at, custody.arrived_at
    if not custody.situation:
        if arrived is None or arrested is None:
            return arrived
        return relevant_time.sought_in_another_area(arrested, arrived)
    rule = _SITUATIONS.get(custody.situation)
    return rule(arrested, arrived) if rule else None


def own_events(file: CaseFile, custody_id: EntityId, custody: Custody, *kinds: EventKind) -> list[CaseEvent]:
    """The events of these kinds that stand and are about one custody record, in order of time.

    Those about its suspect count where it is that suspect's only arrest, those about nobody where it is the
    case's only one.
    """
    if not file.events:
        return []
    subjects: set[EntityId | None] = {custody_id}
    if len(file.custody) == 1:
        subjects.add(None)
    if custody.suspect and sum(one.suspect == custody.suspect for _, one in file.custody) == 1:
        subjects.add(custody.suspect)
    found = [
        event
        for _, event in standing(file.events)
        if event.kind in kinds and event.at is not None and event.subject in subjects
    ]
    return sorted(found, key=lambda event: event.at.timestamp() if event.at else 0)


def first_known(custody: Custody) -> datetime | None:
    """The first instant known of an arrest: since when something that is missing has been wanted."""
    known = (
        custody.arrested_at,
        custody.arrived_at,
        custody.relevant_at,
        custody.authorised_at,
        custody.charged_at,
    )
    return min((one for one in known if one is not None), default=None)


def appears_under_18(file: CaseFile, custody: Custody) -> bool:
    """Whether the person is to be treated as a juvenile: as recorded, else by the date of birth at arrest."""
    if custody.under_18 is not None:
        return custody.under_18
    at = first_known(custody)
    born = next((one.dob for suspect_id, one in file.suspects if suspect_id == custody.suspect), None)
    if at is None or born is None:
        return False
    day = local(at).date()
    return 0 <= age_span(born, day, day)[0] < _ADULT


def kept_after_charge(custody: Custody) -> bool:
    """Whether somebody who was charged is kept for the first court, as far as the record says.

    A charge alone does not say so: most of those charged are bailed or summonsed.
    """
    if (
        custody.charged_at is None
        or custody.released_at is not None
        or custody.first_appearance_on is not None
    ):
        return False
    if custody.state == CustodyState.DETAINED:
        return True
    was_held = custody.authorised_at is not None or relevant_at(custody) is not None
    return custody.state == CustodyState.CHARGED and was_held and custody.bail_return_at is None


def arrested_on_court_bail(custody: Custody) -> bool:
    """Whether somebody is held on an arrest for breach of bail that was given after charge."""
    return (
        custody.state == CustodyState.DETAINED
        and bool(custody.bail_arrest)
        and custody.charged_at is not None
        and custody.arrested_at is not None
        and custody.charged_at <= custody.arrested_at
    )


def before_a_justice(file: CaseFile, custody: Custody, arrested: datetime, packs: Packs) -> Answer:
    """By when somebody arrested for breach of bail after charge is before a court: Bail Act 1976 s.7(4), (7), (8).

    For a charge of murder, told by the code of the charge or else of the offence, more days are left out.
    """
    charged = (file.case.charge_code,) if file.case.charge_code else (custody.offence, file.case.offence_code)
    murder = any(_is_murder(code, packs.offences) for code in charged)
    clock = packs.clocks["B7-24-MURDER" if murder else "B7-24"]
    return due(packs.clocks, clock, arrested, packs.bank_holidays)


def _is_murder(code: str | None, offences: Offences) -> bool:
    """Whether a code is of murder itself: the Home Office class holds other crimes too."""
    offence = offences.get(code) if code else None
    return (
        offence is not None
        and (offence.ho_class or "").startswith(_MURDER)
        and offence.title.casefold().startswith("murder")
    )


class _Gathered:
    """The facts of one detention from both their sources."""

    def __init__(self, file: CaseFile, custody_id: EntityId, custody: Custody) -> None:
        self.custody = custody
        self.relevant = relevant_at(custody) or custody.charged_at
        self._events = own_events(file, custody_id, custody, *_KINDS)

    def events(self, kind: EventKind) -> Iterator[CaseEvent]:
        return (event for event in self._events if event.kind == kind)

    def order(self) -> Iterator[str]:
        """What cannot be so in the order of the custody record's own times."""
        one = self.custody
        ordinary = one.situation in _AT_THE_DESK and not one.bail_arrest
        pairs = [
            (one.arrested_at, one.released_at, "Release is recorded before arrest"),
            (one.authorised_at, one.released_at, "Release is recorded before detention was authorised"),
        ]
        if one.situation == "ordinary-arrest":
            pairs.append((one.arrested_at, one.arrived_at, "Arrival is recorded before arrest"))
        if ordinary:
            pairs += [
                (one.arrested_at, one.relevant_at, "The relevant time is recorded before arrest"),
                (
                    one.relevant_at,
                    one.authorised_at,
                    "Detention is recorded as authorised before the relevant time",
                ),
            ]
        if not one.bail_arrest:
            pairs.append((one.arrested_at, one.charged_at, "Charge is recorded before arrest"))
        for first, second, said in pairs:
            if first is not None and second is not None and second < first:
                yield f"{said}: check the times"
        if one.state == CustodyState.DETAINED and one.released_at is not None:
            yield "Recorded as detained and as released: check which"

    def reviews(self, doubts: list[str]) -> tuple[datetime, ...]:
        """The reviews held, in order; without those that lie before the authorisation."""
        told = [event.at for event in self.events(EventKind.REVIEW) if event.at]
        told += _read(self.custody.reviews or (), doubts)
        since = self.custody.authorised_at
        kept: list[datetime] = []
        for at in sorted(told):
            if since is not None and at < since:
                doubts.append(IMPOSSIBLE_REVIEWS)
            elif not kept or at - kept[-1] > SAME_REVIEW:
                kept.append(at)
        return tuple(kept)

    def spans(self, kind: EventKind, what: str, doubts: list[str]) -> tuple[Span, ...]:
        kept = []
        for event in self.events(kind):
            if event.at is None:
                continue
            if event.until is not None and event.until <= event.at:
                doubts.append(f"Time {what} is recorded as ending before it begins: check the times")
            else:
                kept.append(Span(event.at, event.until))
        return tuple(kept)

    def authority(
        self, kind: EventKind, said: datetime | None, what: str, doubts: list[str]
    ) -> tuple[datetime | None, tuple[datetime, ...]]:
        """To when an authority reaches, the latest of those recorded, and when each was given."""
        ends, granted = [said] if said else [], []
        for event in self.events(kind):
            if event.until is None:
                doubts.append(f"{what} is recorded without its end: record to when it was given")
            elif event.at is not None:
                ends.append(event.until)
                granted.append(event.at)
        if self.relevant is not None and any(end <= self.relevant for end in ends):
            doubts.append(f"{what} is recorded as ending before detention began: check the times")
            ends = [end for end in ends if end > self.relevant]
        return max(ends, default=None), tuple(granted)


def _read(texts: Iterable[str], doubts: list[str]) -> list[datetime]:
    """Instants as an extract lists them; one without a zone is on the clock in Europe/London."""
    found = []
    for text in texts:
        try:
            at = datetime.fromisoformat(text)
            found.append((at if at.tzinfo else at.replace(tzinfo=LONDON)).astimezone(UTC))
        except (ValueError, OverflowError):
            doubts.append("The time of a review cannot be read: record the reviews again")
    return found


def _summary_only(file: CaseFile, custody: Custody, offences: Offences) -> bool | None:
    """Whether what the person was arrested for is summary-only; None where no code says so."""
    for code in (custody.offence, file.case.offence_code):
        offence = offences.get(code) if code else None
        if offence is not None:
            return offence.mode.summary_only
    return None


def _end(clocks: Clocks, person: Detained, hours: int) -> datetime | None:
    return detention(
        clocks,
        person.relevant,
        hours,
        hospital=person.hospital,
        questioned=person.questioned,
        already=person.already,
        bail_arrest=person.bail_arrest,
    ).due


def _from_arrival(arrested: datetime | None, arrived: datetime | None) -> datetime | None:
    return arrived


def _from_arrest(arrested: datetime | None, arrived: datetime | None) -> datetime | None:
    return arrested


def _from_either(arrested: datetime | None, arrived: datetime | None) -> datetime | None:
    return relevant_time.sought_in_another_area(arrested, arrived) if arrested else None


_KINDS = (
    EventKind.REVIEW, EventKind.POSTPONED, EventKind.EXTENSION, EventKind.WARRANT, EventKind.HOSPITAL,
    EventKind.QUESTIONED,
)  # fmt: skip
_MURDER = "001/"
_MOST_MINUTES = 10_000_000
_REVIEWS = 2
"""The reviews that must have been held before a superintendent may extend: PACE 1984 s.42(4)."""
_SITUATIONS: dict[str, Callable[[datetime | None, datetime | None], datetime | None]] = {
    "ordinary-arrest": _from_arrival,
    "arrested-at-station": _from_arrest,
    "answering-street-bail": _from_arrival,
    "sought-in-another-area": _from_either,
}
"""How each situation gives the relevant time; for the others a time is needed that no custody record holds."""
