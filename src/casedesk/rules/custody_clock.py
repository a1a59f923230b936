"""A person in custody: the moments that matter, the next first, and who must act at each."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from casedesk.reference.calendar import BankHolidays
from casedesk.reference.clocks import Clocks, Prompt, Whom
from casedesk.rules.answers import Answer, instant_words, number
from casedesk.rules.counting import Span
from casedesk.rules.detention import detention, reviews
from casedesk.rules.due import due


class MomentKind(StrEnum):
    """What a critical moment is about."""

    AUTHORISATION = "authorisation"
    REVIEW = "review"
    END = "end"
    COURT = "court"


_REVIEWS_BEFORE_EXTENSION = 2
"""PACE 1984 s.42(4): a superintendent cannot extend before the second review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detained:
    """What is known of one detention. All instants are aware."""

    relevant: datetime
    authorised: datetime | None = None
    """When the custody officer first authorised detention."""
    reviews: tuple[datetime, ...] = ()
    """The reviews held so far, in order."""
    hospital: tuple[Span, ...] = ()
    questioned: tuple[Span, ...] = ()
    """Questioning for evidence while in hospital, which counts."""
    already: timedelta = timedelta()
    """Detention before a release on bail."""
    bail_arrest: bool = False
    """Arrested for not answering pre-charge bail or for a suspected breach of it."""
    extended_hours: int | None = None
    """Hours from the relevant time to which a superintendent has extended detention."""
    extended_until: datetime | None = None
    """The same as an instant, where that is how it was recorded; never later than 36 hours allow."""
    warrant_until: datetime | None = None
    """When the latest warrant of further detention ends."""
    charged: datetime | None = None
    released: datetime | None = None
    summary_only: bool | None = None
    """Whether the offence can be tried by magistrates only, so that nothing extends detention; None: not known."""


@dataclass(frozen=True, slots=True)
class CriticalMoment:
    """Something that must have happened by an instant; ``at`` is None while the clock stands still."""

    at: datetime | None
    what: str
    by: str
    """Who must act, in hyphenated words."""
    answer: Answer | None = None
    """How the instant was found."""
    kind: MomentKind = MomentKind.END


def critical_moments(clocks: Clocks, person: Detained, holidays: BankHolidays) -> tuple[CriticalMoment, ...]:
    """Everything still to happen to a detained person, the next first; nothing once released.

    A detention that nobody has recorded as authorised comes first: it is due now. Clocks that stand still
    come last.
    """
    if person.released is not None:
        return ()
    moments = [_review(clocks, person)]
    if person.charged is None:
        moments.append(_end(clocks, person))
    else:
        court = clocks["CRT-1"]
        answer = due(clocks, court, person.charged, holidays)
        moments.append(CriticalMoment(answer.due, court.title, court.by, answer, MomentKind.COURT))
    return tuple(
        sorted(moments, key=lambda moment: (moment.at is None, moment.at.timestamp() if moment.at else 0))
    )


def next_moment(clocks: Clocks, person: Detained, holidays: BankHolidays) -> CriticalMoment | None:
    """The next thing that must happen to a detained person; None once released."""
    moments = critical_moments(clocks, person, holidays)
    return moments[0] if moments else None


def prompts(
    clocks: Clocks, *, under_18: bool = False, vulnerable: bool = False, voluntary: bool = False
) -> tuple[Prompt, ...]:
    """What the caseworker must see to for such a person, in pack order."""
    wanted = {Whom.VOLUNTARY} if voluntary else {Whom.EVERYONE}
    wanted |= {Whom.UNDER_18} if under_18 else set()
    wanted |= {Whom.VULNERABLE} if vulnerable else set()
    return tuple(prompt for prompt in clocks.prompts.values() if prompt.whom in wanted)


def _review(clocks: Clocks, person: Detained) -> CriticalMoment:
    if person.authorised is None:
        return CriticalMoment(
            person.relevant.astimezone(UTC),
            "Detention not recorded as authorised: its reviews cannot be counted",
            "custody-officer",
            kind=MomentKind.AUTHORISATION,
        )
    charged = person.charged is not None
    answer = reviews(clocks, person.authorised, person.reviews, charged=charged)
    by = "custody-officer" if charged else "inspector"
    what = f"Review {len(person.reviews) + 1} of detention"
    return CriticalMoment(answer.due, what, by, answer, MomentKind.REVIEW)


def _end(clocks: Clocks, person: Detained) -> CriticalMoment:
    """The end of detention without charge as it now stands, with what could still be done."""
    if person.warrant_until is not None:
        return _warrant(clocks, person, person.warrant_until)
    standard, most = number(clocks["DET-24"]), number(clocks["DET-36"])
    hours = person.extended_hours or standard
    answer = _detention(clocks, person, hours)
    if person.extended_until is not None and (answer.due is None or person.extended_until > answer.due):
        hours = most
        answer = _ends_sooner(
            person, _detention(clocks, person, most), person.extended_until, "The extension"
        )
    if hours > standard:
        what = "Extended detention ends; only a warrant of further detention can continue it"
        return CriticalMoment(answer.due, what, "magistrates", answer)
    if person.summary_only:
        what = "Detention ends; a summary-only offence: nothing extends it, charge or release"
        return CriticalMoment(answer.due, what, "custody-officer", answer)
    return CriticalMoment(answer.due, f"Detention ends; {_extension(person, most)}", "superintendent", answer)


def _extension(person: Detained, hours: int) -> str:
    """Who can still extend detention, and when: s.42(1) and (4)."""
    held = len(person.reviews) >= _REVIEWS_BEFORE_EXTENSION
    after = "before then" if held else "after the second review"
    unsure = "" if person.summary_only is False else " if the offence is indictable"
    return f"a superintendent can extend to {hours} h {after}{unsure}"


def _warrant(clocks: Clocks, person: Detained, until: datetime) -> CriticalMoment:
    answer = _detention(clocks, person, number(clocks["DET-96"]))
    if answer.due is not None and answer.due <= until.astimezone(UTC):
        return CriticalMoment(answer.due, "Detention ends: nothing continues it", "custody-officer", answer)
    ends = _ends_sooner(person, answer, until, "The warrant")
    return CriticalMoment(
        ends.due,
        "Warrant of further detention ends; a court can extend it, never past 96 h",
        "magistrates",
        ends,
    )


def _ends_sooner(person: Detained, answer: Answer, until: datetime, what: str) -> Answer:
    """The answer, where an authority was given only to an earlier instant than the most there can be.

    The clock stands still for it too while the person is in hospital, PACE 1984 s.41(6), unless it had ended before.
    """
    said = f"{what} was given only to {instant_words(until)}."
    if answer.due is None and any(stay.end is None and stay.start < until for stay in person.hospital):
        return replace(answer, steps=(*answer.steps, said))
    if answer.due is not None and answer.due <= until.astimezone(UTC):
        return answer
    return replace(answer, due=until.astimezone(UTC), steps=(*answer.steps, said))


def _detention(clocks: Clocks, person: Detained, hours: int) -> Answer:
    return detention(
        clocks,
        person.relevant,
        hours,
        hospital=person.hospital,
        questioned=person.questioned,
        already=person.already,
        bail_arrest=person.bail_arrest,
    )
