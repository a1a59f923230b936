"""What follows from a resolution: events, dates and duties, the outcome for the finalisation queue, and who does what.

Everything is written in the unit of work of the step it follows from, so that one undo takes it all back. The outcome
is put on the record as a proposal, with what the finalisation check asks; an outcome of an activity (22) only once
the activity is complete.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from casedesk.desk.actions import due_after, owner_named
from casedesk.desk.condition_builder import is_penalty
from casedesk.desk.desk import Desk
from casedesk.desk.matter import Matter
from casedesk.desk.review_state import standing_approvals
from casedesk.desk.typed import given
from casedesk.model.entities import ACTION, CASE, CASE_EVENT, CONDITION, EVIDENCE_REVIEW, SUSPECT, Value
from casedesk.model.facts import Case, CaseFile, Contact, Victim, standing
from casedesk.model.ids import EntityId, derived_id, new_id
from casedesk.model.moments import Moment, earliest, show_instant, show_moment
from casedesk.model.words import EventKind, Purpose, ResolutionState, Stage, SuspectStatus, VictimKind
from casedesk.reference.actions import DESK, OIC
from casedesk.reference.clocks import Unit as Length
from casedesk.reference.eligibility import Disposal
from casedesk.reference.resolutions import Only, Owner, Step, Task
from casedesk.rules.clinic.shown import condition_words
from casedesk.rules.people import identified
from casedesk.store.clinics import read_actions_made_by
from casedesk.store.finalised import read_finalising
from casedesk.store.history import field_history
from casedesk.store.journal import Unit

ADMINISTRATORS = "OOCR administrators"
"""Who keys, writes and sends what follows from a resolution."""
PREFIX = "resolution/"
"""Actions that follow from a resolution name their task after it, where other actions name their template."""
LATER = frozenset({"o22", "o23"})
"""Disposals whose outcome is given only once what was agreed is complete. NPCC guidance on outcome 22, through YJLC."""
FAILURES = {
    "prosecute": "Prosecute for the original offence",
    "cps": "Back to the prosecutor who decided",
    "no-further-action": "No further action, exceptionally",
}
"""What may be decided when conditions were not kept and there was no reasonable excuse."""
_CLEARED = (
    "outcome", "outcome_date", "rationale", "decided_by", "decided_rank", "public_interest", "offender_agreed",
    "activity", "activity_completed_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AdminRow:
    """One line of the administrators' work list."""

    case_id: EntityId
    action_id: EntityId
    reference: str
    title: str
    what: str
    owner: str
    due_at: datetime | None
    recording: bool
    """Whether it is keyed into the records system or the national computer."""


def disposal_of(desk: Desk, matter: Matter) -> Disposal:
    """The disposal of the current resolution, as the pack has it."""
    held = matter.resolution
    return desk.packs.eligibility.disposals[(held.disposal if held else None) or ""]


def outcome_is_ours(matter: Matter) -> bool:
    """Whether the outcome on record is that of a resolution of this case which was given and stands."""
    given_here = any(
        one.state == ResolutionState.COMPLETED
        or (one.state == ResolutionState.ACTIVE and one.disposal not in LATER)
        for _, one in matter.clinic.resolutions
    )
    return given_here and matter.file.case.outcome in {one.disposal for _, one in matter.file.suspects}


def was_put_back(desk: Desk, matter: Matter) -> bool:
    """Whether the case was returned for rework, or reopened after it was finalised: its outcome stands no more."""
    stage = matter.file.case.stage
    left = read_finalising(desk.store.connection, matter.case_id)
    reopened = bool(left.approvals) and not standing_approvals(left)
    return stage == Stage.RETURNED or (stage == Stage.OPEN and reopened)


def consider(desk: Desk, unit: Unit, matter: Matter) -> None:
    """Write that a resolution is considered, unless that stands: the victim's views are owed from then on.

    An outcome that was returned for rework or reopened comes off the record.
    """
    case_id, case = matter.case_id, matter.file.case
    cleared = _without_outcome(case) if was_put_back(desk, matter) else {}
    if case.stage in (None, Stage.OPEN, Stage.RETURNED):
        unit.set(CASE, case_id, case_id, {"stage": Stage.CLINIC.value, **cleared})
    if cleared and matter.person.disposal is not None:
        unit.set(SUSPECT, matter.suspect, case_id, _not_dealt_with(desk, matter))
    kinds = {
        event.kind for _, event in standing(matter.file.events) if event.subject in (None, matter.suspect)
    }
    if EventKind.OUT_OF_COURT_CONSIDERED in kinds:
        return
    said: dict[str, Value] = {
        "kind": EventKind.OUT_OF_COURT_CONSIDERED.value, "at": desk.now, "subject": matter.suspect,
        "by": desk.store.actor,
    }  # fmt: skip
    unit.entry(CASE_EVENT, new_id(), case_id, said)


def accepted(desk: Desk, unit: Unit, matter: Matter, at: datetime, given_on: Moment) -> None:
    """Write what acceptance starts; ``matter`` is as it stands with it."""
    held, disposal = matter.resolution, disposal_of(desk, matter)
    if held is None:
        return
    for condition_id, _ in matter.conditions:
        unit.set(CONDITION, condition_id, matter.case_id, {"starts_on": given_on})
    event: dict[str, Value] = {
        "kind": EventKind.OUT_OF_COURT_GIVEN.value, "at": at, "subject": matter.suspect, "by": held.authoriser,
        "rank": held.authoriser_rank, "text": disposal.title,
    }  # fmt: skip
    unit.entry(CASE_EVENT, new_id(), matter.case_id, given(event))
    if disposal.id not in LATER:
        _propose_outcome(desk, unit, matter, given_on)
    _set_tasks(desk, unit, matter, Step.ACCEPTED)


def declined(desk: Desk, unit: Unit, matter: Matter, *, denied: bool) -> None:
    """Write what follows when it is not accepted, or denied: the case goes back to the decision maker."""
    if matter.file.case.stage == Stage.CLINIC:
        unit.set(CASE, matter.case_id, matter.case_id, {"stage": Stage.OPEN.value})
    for condition_id, _ in matter.conditions:
        unit.set(
            CONDITION, condition_id, matter.case_id, {"withdrawn_why": "The resolution was not accepted."}
        )
    if denied:
        unit.set(
            EVIDENCE_REVIEW,
            matter.review_id,
            matter.case_id,
            {
                "suspect": matter.suspect,
                "admission": "denial",
                "responsibility": None,
                "reviewed_at": None,
                "reviewer": None,
            },
        )
    _set_tasks(desk, unit, matter, Step.DECLINED)


def completed(desk: Desk, unit: Unit, matter: Matter, on: Moment) -> None:
    """Write what completion brings: the outcome of an activity now, letters, the record."""
    if disposal_of(desk, matter).id in LATER:
        _propose_outcome(desk, unit, matter, on)
    _set_tasks(desk, unit, matter, Step.COMPLETED)


def failed(desk: Desk, unit: Unit, before: Matter, matter: Matter, decision: str) -> None:
    """Write what follows when it is ended because conditions were not kept: they end, and the outcome falls.

    The outcome of a crime with several suspects falls too, whoever's it was: it waits for this one again.
    """
    was_ours = outcome_is_ours(before)
    for condition_id, one in matter.conditions:
        if one.done_on is None:
            said: dict[str, Value] = {
                "withdrawn_why": f"The resolution was ended: {FAILURES[decision].lower()}."
            }
            unit.set(CONDITION, condition_id, matter.case_id, said)
    _set_tasks(desk, unit, matter, Step.FAILED, decision=FAILURES[decision].lower())
    case, own = matter.file.case, matter.person
    if own.disposal is not None:
        unit.set(SUSPECT, matter.suspect, matter.case_id, _not_dealt_with(desk, matter))
    if case.stage == Stage.FINALISED:
        return
    cleared = _without_outcome(case) if was_ours else {}
    unit.set(CASE, matter.case_id, matter.case_id, {"stage": Stage.OPEN.value, **cleared})


def withdrawn(desk: Desk, unit: Unit, matter: Matter, why: str) -> None:
    """Write what follows when it is withdrawn before anybody accepted it."""
    for condition_id, _ in matter.conditions:
        unit.set(CONDITION, condition_id, matter.case_id, {"withdrawn_why": why})
    if matter.resolution is not None and matter.resolution.proposed_at is not None:
        _set_tasks(desk, unit, matter, Step.WITHDRAWN)


def views_in_words(file: CaseFile) -> str | None:
    """The views of every victim as recorded, or when they were asked for in vain; None where neither is recorded."""
    told = [said for own, one in file.victims if (said := _views_of(file, own, one))]
    return "; ".join(told) or file.case.victim_views


def _views_of(file: CaseFile, own: EntityId, victim: Victim) -> str:
    name = victim.name or "Victim"
    if victim.views:
        return f"{name}: {victim.views}"
    asked = [show_instant(one.at) for one in _asked_for_views(file, own) if one.at]
    return f"{name}: views asked for and not given ({', '.join(asked)})" if asked else ""


def _asked_for_views(file: CaseFile, victim: EntityId) -> list[Contact]:
    """The contacts by which a victim's views were asked for, made or attempted."""
    return [
        contact
        for _, contact in standing(file.contacts)
        if contact.victim == victim and Purpose.VIEWS in (contact.purposes or ())
    ]


def were_consulted(file: CaseFile) -> bool | None:
    """Whether every victim, other than the state, was asked for their views; None where nothing says so."""
    victims = [(own, one) for own, one in file.victims if one.kind != VictimKind.STATE]
    reached = all(
        one.views or one.views_on or any(contact.made for contact in _asked_for_views(file, own))
        for own, one in victims
    )
    return True if victims and reached else file.case.victim_consulted


def admin_work(desk: Desk) -> list[AdminRow]:
    """What follows from resolutions and is still to be done, by whoever does it; what is due first, first."""
    tasks, rows = desk.packs.resolutions.tasks, []
    for case_id, reference, own, one in read_actions_made_by(desk.store.connection, PREFIX):
        task = tasks.get((one.template or "").removeprefix(PREFIX))
        rows.append(
            AdminRow(
                case_id,
                own,
                reference,
                task.title if task else "Resolution",
                one.what or "",
                one.owner or "",
                one.due_at,
                task.recording if task else False,
            )
        )
    return sorted(rows, key=lambda row: (row.due_at is None, row.due_at, row.reference, row.title))


# -- inside -----------------------------------------------------------------------------------------------------


def _propose_outcome(desk: Desk, unit: Unit, matter: Matter, on: Moment) -> None:
    """Put the outcome on the record, with everything the finalisation check asks, and the case in its queue.

    Where other suspects are still to be dealt with, only this suspect's disposal is recorded: one crime has one
    outcome, and it waits for them.
    """
    held, disposal = matter.resolution, disposal_of(desk, matter)
    if held is None:
        return
    facts: dict[str, Value] = {
        "disposal": disposal.outcome,
        "status": SuspectStatus.DEALT_WITH.value,
        "sub_status": disposal.title,
    }
    if held.admission_repeated or matter.review.admission == "full":
        facts["admitted"] = True
    unit.set(SUSPECT, matter.suspect, matter.case_id, facts)
    outcome = _outcome_of_crime(desk, matter, disposal.outcome)
    if outcome is None or matter.file.case.stage == Stage.FINALISED:
        return
    said: dict[str, Value] = {
        "outcome": outcome,
        "outcome_text": None,
        "outcome_date": on,
        "decided_by": held.authoriser,
        "decided_rank": held.authoriser_rank,
        "rationale": held.rationale,
        "public_interest": matter.review.interest_why,
        "victim_consulted": were_consulted(matter.file),
        "victim_views": views_in_words(matter.file),
        "offender_agreed": held.consent,
        "responsibility_accepted": True
        if facts.get("admitted") or matter.review.responsibility
        else matter.file.case.responsibility_accepted,
    }
    if disposal.id in LATER:
        said |= {"activity": _activity(matter), "activity_completed_on": on}
    unit.set(CASE, matter.case_id, matter.case_id, {**_changed(matter, said), "stage": Stage.SUBMITTED.value})


def _not_dealt_with(desk: Desk, matter: Matter) -> dict[str, Value]:
    """What takes the disposal off a suspect: they stand again as they did before they were dealt with."""
    said = field_history(desk.store.connection, matter.case_id, matter.suspect, "status")
    known = {one.value for one in SuspectStatus if one is not SuspectStatus.DEALT_WITH}
    before = next((one.value for one in reversed(said) if one.value in known), SuspectStatus.NAMED.value)
    return {"disposal": None, "status": before, "sub_status": None}


def _without_outcome(case: Case) -> dict[str, Value]:
    """What takes the outcome off the record, with everything that was written with it."""
    return {name: None for name in _CLEARED if getattr(case, name) is not None}


def _changed(matter: Matter, said: Mapping[str, Value]) -> dict[str, Value]:
    """What the record does not say so already, so that the force's own word is not repeated as the desk's."""
    return {name: value for name, value in said.items() if value != getattr(matter.file.case, name)}


def _outcome_of_crime(desk: Desk, matter: Matter, own: str) -> str | None:
    """The outcome of the crime once this suspect is dealt with; None while another is not."""
    others = [
        one for key, one in matter.file.suspects if key != matter.suspect and identified(one) is not False
    ]
    if any(one.disposal is None for one in others):
        return None
    return desk.packs.rulings.chosen([own, *(one.disposal for one in others if one.disposal)]) or own


def _activity(matter: Matter) -> str | None:
    """What was undertaken: the conditions that were completed, with who provided them."""
    done = [
        f"{condition_words(one)} ({one.provider})" if one.provider else condition_words(one)
        for _, one in matter.conditions
        if one.done_on and one.what
    ]
    return "; ".join(done) or None


def _set_tasks(desk: Desk, unit: Unit, matter: Matter, step: Step, *, decision: str = "") -> None:
    """Set what is to be done at a step as actions of the case: the same ones on every desk."""
    if matter.current is None:
        return
    resolution_id, disposal = matter.current[0], disposal_of(desk, matter)
    words = _words(desk, matter, decision)
    for task in desk.packs.resolutions.tasks.values():
        if task.on is not step or (task.disposals and disposal.id not in task.disposals):
            continue
        if task.only is not None and not _has(desk, matter, task.only):
            continue
        action_id = derived_id("resolution task", resolution_id.hex(), task.id)
        fields: dict[str, Value] = {
            "what": task.what.format(**words),
            "owner": _owner(desk, matter, task),
            "due_at": due_after(desk, task.days, Length.WORKING_DAYS),
            "set_at": desk.now,
            "template": f"{PREFIX}{task.id}",
        }
        unit.set(ACTION, action_id, matter.case_id, fields)


def _words(desk: Desk, matter: Matter, decision: str) -> dict[str, str]:
    held, disposal = matter.resolution, disposal_of(desk, matter)
    on = held.given_on if held else None
    return {
        "name": matter.name,
        "disposal": disposal.title[:1].lower() + disposal.title[1:],
        "outcome": disposal.outcome,
        "given": show_moment(on) if on else "not yet",
        "provider": ", ".join(_providers(desk, matter)) or "the provider",
        "decision": decision or "not recorded",
    }


def _providers(desk: Desk, matter: Matter) -> Iterator[str]:
    services = desk.packs.conditions.services
    seen = set()
    for _, one in matter.conditions:
        service = services.get(one.service or "")
        name = one.provider or (service.title if service and service.provided else "")
        if name and name not in seen:
            seen.add(name)
            yield name


def _has(desk: Desk, matter: Matter, only: Only) -> bool:
    """Whether the case has what a task is only for."""
    held = [one for _, one in matter.conditions]
    if only is Only.PENALTY:
        return any(is_penalty(desk, one) for one in held)
    if only is Only.COMPENSATION:
        return any(one.amount_pence and not is_penalty(desk, one) for one in held)
    if only is Only.PROVIDER:
        return any(True for _ in _providers(desk, matter))
    if only is Only.VICTIM:
        return bool(matter.file.victims)
    return bool(matter.review.cps_decision)


def _owner(desk: Desk, matter: Matter, task: Task) -> str:
    if task.owner is Owner.ADMINISTRATORS:
        return ADMINISTRATORS
    return owner_named(desk, matter.file, OIC if task.owner is Owner.OIC else DESK)


def latest_done(matter: Matter) -> Moment | None:
    """The day on which the last of the conditions was completed; None where none was."""
    return max((one.done_on for _, one in matter.conditions if one.done_on), key=earliest, default=None)
