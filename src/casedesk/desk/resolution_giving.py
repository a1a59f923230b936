"""A resolution from the offer on: offered, accepted or not, completed, ended, withdrawn.

What follows from each step is written in the same unit of work (:mod:`casedesk.desk.after_decision`).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from casedesk.desk import after_decision
from casedesk.desk.after_decision import LATER
from casedesk.desk.case_asks import line
from casedesk.desk.check_doubts import attendance_doubts
from casedesk.desk.clinic_judging import facts_of, findings_of, refuse_blocked, today
from casedesk.desk.desk import Desk
from casedesk.desk.letter_scene import Scene
from casedesk.desk.letter_values import terms_to_sign
from casedesk.desk.matter import Matter, as_if
from casedesk.desk.ranks import named, refuse_rank
from casedesk.desk.resolution_state import (
    expect,
    not_before,
    record,
    refuse_gate,
    refuse_open_matters,
    refuse_settled,
    without,
)
from casedesk.desk.suspects import LEGAL_ADVICE
from casedesk.desk.typed import given, one_of, required_text, whole_day
from casedesk.model.entities import APPOINTMENT, CUSTODY, EVIDENCE_REVIEW, RESOLUTION, Entity, Value
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId
from casedesk.model.moments import (
    Moment,
    earliest,
    earliest_day,
    latest,
    local,
    moment_of_day,
    show_day,
    show_moment,
)
from casedesk.model.words import AppointmentState, DecisionKind, ResolutionState
from casedesk.rules.clinic.eligibility import Step
from casedesk.rules.clinic.shown import condition_words

_SIGNING = frozenset({"consent", "signed", "given_on"})
"""Facts that nobody can know before the document is signed."""


_BEFORE_SIGNING = frozenset(
    {
        ResolutionState.DRAFT, ResolutionState.PROPOSED, ResolutionState.AUTHORISED, ResolutionState.REFUSED,
        ResolutionState.OFFERED,
    }
)  # fmt: skip


_NOT_COMING = frozenset({AppointmentState.MOVED, AppointmentState.CANCELLED, AppointmentState.MISSED})


_DECIDED: Mapping[str, DecisionKind] = {
    "prosecute": DecisionKind.OTHER,
    "cps": DecisionKind.REFER_TO_CPS,
    "no-further-action": DecisionKind.OTHER,
}
"""How a decision on a breach is kept: never as the charge itself, which has its own test and both its stages."""


def offer(
    desk: Desk,
    case_id: EntityId,
    suspect: EntityId | None = None,
    *,
    legal_advice: str,
    explained: bool,
    admission_repeated: bool | None = None,
    responsibility: bool | None = None,
    appropriate_adult: str = "",
    at: datetime | None = None,
) -> tuple[str, ...]:
    """Record that it was offered: legal advice, effect explained, admission repeated or responsibility accepted.

    The appropriate adult who was there is recorded with the appointment, or the arrest where there is none.

    Gives what warns. Somebody who denies the offence, or raises a defence, is not offered it: :func:`decline` with
    ``denied``. Raises BadInputError where it is not authorised, nothing was explained, or what the needs assessment
    raised and holds a resolution was not dealt with; NotLawfulError where a rule stands against giving it.
    """
    matter, own = expect(desk, case_id, suspect, ResolutionState.AUTHORISED)
    held = matter.resolution
    disposal = (held.disposal if held else None) or ""
    refuse_settled(desk, matter)
    refuse_gate(desk, matter, disposal)
    refuse_open_matters(desk, matter)
    if not explained:
        raise BadInputError(
            "The effect must be explained before anybody can agree to it.",
            "Explain record, disclosure and what follows if it is not kept; then record it.",
        )
    changed: dict[str, Value] = {
        "state": ResolutionState.OFFERED.value,
        "legal_advice": one_of(legal_advice, list(LEGAL_ADVICE), "word for legal advice"),
        "explained": True,
        "admission_repeated": admission_repeated,
        "offered_at": not_before(desk, at, held.authorised_at if held else None, "authorised"),
    }
    after = as_if(matter, own, changed)
    if responsibility is not None:
        after = _with_responsibility(after, responsibility)
    adult = line(appropriate_adult, "The appropriate adult")
    place = _place_of_adult(matter) if adult else None
    if place is not None:
        after = _with_adult(after, place, adult)
    warnings = refuse_blocked(without(findings_of(desk, after, disposal, Step.GIVE), _SIGNING))
    with desk.store.unit_of_work("clinic.offer") as unit:
        unit.set(RESOLUTION, own, case_id, given(changed))
        if responsibility is not None and responsibility != matter.review.responsibility:
            told: dict[str, Value] = {"suspect": matter.suspect, "responsibility": responsibility}
            unit.set(EVIDENCE_REVIEW, matter.review_id, case_id, told)
        if place is not None:
            unit.set(place[0], place[1], case_id, {"appropriate_adult": adult})
    return warnings


def accept(
    desk: Desk,
    case_id: EntityId,
    suspect: EntityId | None = None,
    *,
    consent: bool,
    signed_at: datetime | None = None,
    given_on: Moment | None = None,
) -> tuple[str, ...]:
    """Record that the person agreed and signed: conditions, dates and duties start, the administrators are told.

    Gives what warns. Raises BadInputError without consent, before it was offered, or for what the needs assessment
    raised since and nobody dealt with; NotLawfulError where a rule stands against giving it, or a condition no longer
    fits the dates.
    """
    matter, own = expect(desk, case_id, suspect, ResolutionState.OFFERED)
    held = matter.resolution
    disposal = (held.disposal if held else None) or ""
    refuse_settled(desk, matter)
    refuse_gate(desk, matter, disposal)
    refuse_open_matters(desk, matter)
    if not consent:
        raise BadInputError(
            "Without consent it is not given (Criminal Justice Act 2003 s.23 for a conditional caution).",
            "Record that it was declined.",
        )
    offered_at = held.offered_at if held else None
    when = not_before(desk, signed_at, offered_at, "offered")
    day = given_on or moment_of_day(local(when).date())
    _refuse_day(desk, matter, day, offered_at)
    changed: dict[str, Value] = {
        "state": ResolutionState.ACTIVE.value,
        "consent": True,
        "signed_at": when,
        "given_on": day,
        "signed_terms": terms_to_sign(Scene(desk, matter)) or None,
        "signed_until": max(
            (one.due_on for _, one in matter.conditions if one.due_on), key=earliest, default=None
        ),
    }
    after = as_if(matter, own, changed)
    warnings = refuse_blocked(findings_of(desk, after, disposal, Step.GIVE))
    with desk.store.unit_of_work("clinic.accept") as unit:
        unit.set(RESOLUTION, own, case_id, changed)
        after_decision.accepted(desk, unit, after, when, day)
    return (*warnings, *attendance_doubts(matter, day))


def decline(
    desk: Desk, case_id: EntityId, suspect: EntityId | None = None, *, why: str, denied: bool = False
) -> None:
    """Record that it was not accepted, or with ``denied`` that the offence was denied: back to the decision maker.

    Raises BadInputError where it is neither authorised nor offered, or the reason is missing.
    """
    states = (ResolutionState.AUTHORISED, ResolutionState.OFFERED)
    matter, own = expect(desk, case_id, suspect, *states)
    fields: dict[str, Value] = {
        "state": ResolutionState.DECLINED.value,
        "consent": False,
        "declined_why": required_text(why, "What was said"),
    }
    with desk.store.unit_of_work("clinic.decline") as unit:
        unit.set(RESOLUTION, own, case_id, fields)
        after_decision.declined(desk, unit, matter, denied=denied)


def complete(
    desk: Desk, case_id: EntityId, suspect: EntityId | None = None, *, on: Moment | None = None
) -> None:
    """Record that everything was completed: letters, the record, and the outcome of an activity (22) only now.

    Raises BadInputError while a condition is open, or for a day before the last of them or to come.
    """
    matter, own = expect(desk, case_id, suspect, ResolutionState.ACTIVE)
    breached = [condition_words(one) for _, one in matter.conditions if one.failed_on]
    if breached:
        raise BadInputError(
            f"R28: not complied with, and nobody has decided on it: {'; '.join(breached)}.",
            "A sergeant or above varies the condition, or the resolution is ended.",
        )
    open_ones = [condition_words(one) for _, one in matter.conditions if one.done_on is None]
    if open_ones:
        raise BadInputError(
            f"Conditions are not complete: {'; '.join(open_ones)}.",
            "Record each as completed on its evidence, vary it, or have somebody decide on the breach.",
        )
    disposal = after_decision.disposal_of(desk, matter)
    if disposal.id in LATER and not matter.conditions:
        raise BadInputError(
            f"Outcome {disposal.outcome} rests on an activity, and none was agreed.",
            "Withdraw it, and decide otherwise.",
        )
    last = after_decision.latest_done(matter)
    day = on or last or moment_of_day(today(desk))
    if earliest(day) > desk.now:
        raise BadInputError(f"{show_moment(day)} lies in the future.", "Give the day it was completed.")
    if last is not None and earliest(day) < earliest(last):
        raise BadInputError(
            f"{show_moment(day)} lies before the last condition was completed ({show_moment(last)}).",
            "Give that day or a later one.",
        )
    changed: dict[str, Value] = {"state": ResolutionState.COMPLETED.value, "completed_on": day}
    with desk.store.unit_of_work("clinic.complete") as unit:
        unit.set(RESOLUTION, own, case_id, changed)
        after_decision.completed(desk, unit, as_if(matter, own, changed), day)


def fail(
    desk: Desk,
    case_id: EntityId,
    suspect: EntityId | None = None,
    *,
    decision: str,
    by: str,
    rank: str,
    why: str,
) -> str:
    """End a resolution whose conditions were not kept without a reasonable excuse; says what limit runs.

    The limit on prosecution is looked at first. Raises BadInputError where no condition is recorded as not complied
    with, where whoever decides may not (R28), where a prosecution is chosen after its limit, or without a reason.
    """
    matter, own = expect(desk, case_id, suspect, ResolutionState.ACTIVE)
    if not any(one.failed_on for _, one in matter.conditions):
        raise BadInputError(
            "No condition is recorded as not complied with.",
            "Record first which one was not, and what happened.",
        )
    word = one_of(decision, list(after_decision.FAILURES), "decision")
    who = named(by, "Who decides")
    reason = required_text(why, "The reason")
    refuse_rank(desk, matter, rank, who, "decide on a breach")
    facts = facts_of(desk, matter)
    said = "No limit on prosecution is known to run."
    if facts.limited and facts.limit_day is not None:
        if today(desk) > facts.limit_day and word != "no-further-action":
            raise BadInputError(
                f"R21: proceedings had to start by {show_day(facts.limit_day)} (Magistrates' Courts Act 1980 s.127).",
                "It can no longer be prosecuted: put it to a supervisor; if nothing else follows, outcome 17.",
            )
        over = today(desk) > facts.limit_day
        said = (
            f"The limit on prosecution ended {show_day(facts.limit_day)}: nothing can be prosecuted."
            if over
            else f"Proceedings must start by {show_day(facts.limit_day)}."
        )
    changed: dict[str, Value] = {"state": ResolutionState.FAILED.value, "ended_why": reason}
    after = as_if(matter, own, changed)
    with desk.store.unit_of_work("clinic.fail") as unit:
        unit.set(RESOLUTION, own, case_id, changed)
        after_decision.failed(desk, unit, matter, after, word)
        record(unit, matter, _DECIDED[word], after_decision.FAILURES[word], reason, who, rank, desk.now)
    return said


def withdraw(desk: Desk, case_id: EntityId, suspect: EntityId | None = None, *, why: str) -> None:
    """Withdraw a resolution that nobody has accepted yet; it stays in sight with the reason.

    Raises BadInputError once it was accepted, or without a reason. An outcome 22 to which no activity is left can be
    withdrawn then too: it can never be completed.
    """
    matter, own = expect(desk, case_id, suspect, *_BEFORE_SIGNING, ResolutionState.ACTIVE)
    held = matter.resolution
    runs = held is not None and held.state == ResolutionState.ACTIVE
    if held is not None and runs and (held.disposal not in LATER or matter.conditions):
        raise BadInputError(
            "The resolution is active.", "Let it take its course; a breach is recorded and decided on."
        )
    reason = required_text(why, "The reason")
    with desk.store.unit_of_work("clinic.withdraw") as unit:
        unit.set(RESOLUTION, own, case_id, {"state": ResolutionState.WITHDRAWN.value, "ended_why": reason})
        after_decision.withdrawn(desk, unit, matter, reason)


def _refuse_day(desk: Desk, matter: Matter, day: Moment, offered_at: datetime | None) -> None:
    """Raise BadInputError for a day on which it cannot have been given."""
    whole_day(day)
    if earliest(day) > desk.now:
        raise BadInputError(f"{show_moment(day)} lies in the future.", "Give the day it was signed.")
    if offered_at is not None and earliest_day(day) < local(offered_at).date():
        raise BadInputError(
            f"{show_moment(day)} lies before it was offered ({show_day(local(offered_at).date())}).",
            "Check both days.",
        )
    committed = matter.file.case.offence_from or matter.file.case.offence_to
    if committed is not None and latest(day) < earliest(committed):
        raise BadInputError(
            f"{show_moment(day)} lies before the offence ({show_moment(committed)}).", "Check both days."
        )


def _with_responsibility(matter: Matter, accepted: bool) -> Matter:
    told = {**dict(matter.clinic.reviews), matter.review_id: replace(matter.review, responsibility=accepted)}
    return replace(matter, clinic=replace(matter.clinic, reviews=tuple(told.items())))


def _place_of_adult(matter: Matter) -> tuple[Entity, EntityId]:
    """Where an appropriate adult is recorded. Raises BadInputError where the suspect has no appointment nor arrest."""
    coming = [
        own
        for own, one in matter.clinic.appointments
        if one.suspect == matter.suspect and one.state not in _NOT_COMING
    ]
    if coming:
        return APPOINTMENT, coming[-1]
    held = [own for own, one in matter.file.custody if one.suspect in (None, matter.suspect)]
    if not held:
        raise BadInputError(
            "There is no appointment to record the appropriate adult with.", "Book the appointment first."
        )
    return CUSTODY, held[-1]


def _with_adult(matter: Matter, place: tuple[Entity, EntityId], adult: str | None) -> Matter:
    """The matter with an appropriate adult recorded in that place."""
    entity, own = place
    if entity is APPOINTMENT:
        coming = dict(matter.clinic.appointments)
        coming[own] = replace(coming[own], appropriate_adult=adult)
        return replace(matter, clinic=replace(matter.clinic, appointments=tuple(coming.items())))
    held = dict(matter.file.custody)
    held[own] = replace(held[own], appropriate_adult=adult)
    return replace(matter, file=replace(matter.file, custody=tuple(held.items())))
