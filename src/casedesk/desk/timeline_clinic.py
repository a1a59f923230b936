"""What the clinic tells the timeline of a case: who was seen when, how far each step has come.

Numbers and states only. No answer of an assessment, no score of a pathway and no rationale stands in a timeline, which
may be printed and given out.
"""

from collections.abc import Callable, Iterator
from typing import Any

from casedesk.desk.evidential import INTERESTS, STAGE_RESULTS
from casedesk.desk.timeline import At, Event
from casedesk.desk.timeline_sources import Sources, and_rank
from casedesk.model.clinic import Resolution
from casedesk.model.entities import APPOINTMENT, ASSESSMENT, EVIDENCE_REVIEW, GRAVITY, RESOLUTION, Entity
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_instant
from casedesk.model.words import AppointmentState

_KIND = "clinic"
_STATES = {
    AppointmentState.ATTENDED: "attended",
    AppointmentState.MISSED: "missed",
    AppointmentState.MOVED: "moved",
    AppointmentState.CANCELLED: "cancelled",
}


def _event(of: Sources, entity: Entity, key: EntityId, field: str, one: Any, text: str) -> Iterator[Event]:
    """One line at the time that a field holds; none while it holds none."""
    at: At | None = getattr(one, field)
    if at is not None:
        yield Event(at, _KIND, text, of.who_set(entity, key, field), entity=entity.name, entry=key)


def _appointments(of: Sources) -> Iterator[Event]:
    for key, one in of.file.appointments:
        name = of.name(one.suspect, "the suspect")
        invited = f"Invited {name} to the clinic{f' by {one.invited_by}' if one.invited_by else ''}"
        yield from _event(of, APPOINTMENT, key, "invited_at", one, invited)
        state = _STATES.get(AppointmentState(one.state)) if one.state else None
        if one.at is not None and state is not None:
            text = f"Clinic appointment of {name} {state}"
            yield Event(
                one.at, _KIND, text, of.who_set(APPOINTMENT, key, "state"), entity=APPOINTMENT.name, entry=key
            )
        elif one.at is not None and (booked := of.set_at(APPOINTMENT, key, "at")):
            text = f"Clinic appointment of {name} booked for {show_instant(one.at)}"
            yield Event(
                booked, _KIND, text, of.who_set(APPOINTMENT, key, "at"), entity=APPOINTMENT.name, entry=key
            )


def _reviews(of: Sources) -> Iterator[Event]:
    for key, one in of.clinic.reviews:
        stages = (
            f"evidential stage {STAGE_RESULTS.get(one.evidential or '', 'not decided').lower()}",
            f"public interest: {INTERESTS[one.interest].lower()}" if one.interest in INTERESTS else "",
        )
        name, said = of.name(one.suspect, "the suspect"), ", ".join(filter(None, stages))
        text = f"Evidential review of {name} completed: {said}"
        yield from _event(of, EVIDENCE_REVIEW, key, "reviewed_at", one, text)


def _gravities(of: Sources) -> Iterator[Event]:
    for key, one in of.clinic.gravities:
        text = f"Gravity of the offence of {of.name(one.suspect, 'the suspect')} scored {one.final}"
        yield from _event(of, GRAVITY, key, "scored_at", one, text)


def _assessments(of: Sources) -> Iterator[Event]:
    for key, one in of.clinic.assessments:
        what = f"Needs assessment {one.number or ''}".strip() + f" of {of.name(one.suspect, 'the suspect')}"
        yield from _event(of, ASSESSMENT, key, "started_at", one, f"{what} begun")
        yield from _event(of, ASSESSMENT, key, "completed_at", one, f"{what} completed")
        given_up = of.set_at(ASSESSMENT, key, "given_up_why") if one.given_up_why else None
        if given_up is not None:
            who = of.who_set(ASSESSMENT, key, "given_up_why")
            yield Event(given_up, _KIND, f"{what} given up", who, entity=ASSESSMENT.name, entry=key)


def _resolutions(of: Sources) -> Iterator[Event]:
    for key, one in of.clinic.resolutions:
        what = _disposal(of, one)
        by = and_rank(one.authoriser, one.authoriser_rank)
        for field, text in (
            ("proposed_at", f"{what} proposed"),
            ("authorised_at", f"{what} authorised{f' by {by}' if by else ''}"),
            ("offered_at", f"{what} offered"),
            ("signed_at", f"{what} accepted and signed"),
            ("completed_on", f"{what} completed"),
        ):
            yield from _event(of, RESOLUTION, key, field, one, text)
        for field, word in (
            ("refused_why", "not authorised"), ("declined_why", "not accepted"), ("ended_why", "ended"),
        ):  # fmt: skip
            at = of.set_at(RESOLUTION, key, field) if getattr(one, field) else None
            if at is not None:
                who = of.who_set(RESOLUTION, key, field)
                yield Event(at, _KIND, f"{what} {word}", who, entity=RESOLUTION.name, entry=key)


def _disposal(of: Sources, one: Resolution) -> str:
    known = of.packs.eligibility.title(one.disposal or "") if of.packs and one.disposal else one.disposal
    return f"{known or 'Resolution'} for {of.name(one.suspect, 'the suspect')}"


PARTS: tuple[Callable[[Sources], Iterator[Event]], ...] = (
    _reviews, _gravities, _appointments, _assessments, _resolutions,
)  # fmt: skip
"""In the order in which things follow where they are of the same time."""
