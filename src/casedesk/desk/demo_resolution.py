"""Made-up resolutions: chosen, proposed, authorised, given, kept or not, completed, with what follows from each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from casedesk.desk.after_decision import ADMINISTRATORS, LATER, PREFIX
from casedesk.desk.demo_case import Draft, Facts
from casedesk.desk.demo_maker import Maker
from casedesk.model.entities import ACTION, CONDITION, DECISION, RESOLUTION, Value
from casedesk.model.ids import EntityId, derived_id
from casedesk.model.moments import local, london, moment_of_day, show_moment
from casedesk.model.words import (
    DecisionKind,
    EventKind,
    Purpose,
    ResolutionState,
    Stage,
    SuspectStatus,
    VictimKind,
)
from casedesk.reference.demo_clinic import ClinicMatter, Term
from casedesk.reference.eligibility import Disposal
from casedesk.reference.resolutions import Only, Owner, Step, When
from casedesk.rules.counting import end_of_day, working_days

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_WEEKS = timedelta(days=21)
_RANK = "sgt"
_AUTHORISED = frozenset({ResolutionState.AUTHORISED, ResolutionState.ACTIVE, ResolutionState.COMPLETED})
_GIVEN = frozenset({ResolutionState.ACTIVE, ResolutionState.COMPLETED})


@dataclass(frozen=True, slots=True)
class _Scene:
    """A resolution while it is being made."""

    maker: Maker
    draft: Draft
    suspect: Facts
    told: ClinicMatter
    met: datetime
    """When the person was seen."""
    disposal: Disposal
    own: EntityId

    @property
    def words(self) -> dict[str, str]:
        """What is written, by what it says."""
        return dict(self.maker.pack.clinic.words)

    @property
    def who(self) -> EntityId:
        """The suspect's id."""
        return self.draft.suspect_id(self.suspect)


def resolve(maker: Maker, draft: Draft, suspect: Facts, told: ClinicMatter, met: datetime) -> None:
    """Write the resolution of a suspect in the state that the matter tells, with all that follows from it."""
    disposal = maker.backdrop.packs.eligibility.disposals[told.disposal]
    scene = _Scene(maker, draft, suspect, told, met, disposal, derived_id("demo", draft.ref, RESOLUTION.name))
    state = ResolutionState(told.state)
    facts = _chosen(scene, state)
    if state is not ResolutionState.DRAFT:
        facts |= _proposed(scene, state)
    if state in _AUTHORISED:
        facts |= _authorised(scene)
    if state in _GIVEN:
        facts |= _given(scene)
    if state is ResolutionState.COMPLETED:
        facts["completed_on"] = moment_of_day(_last(scene))
        _complete(scene)
    draft.parts.append((RESOLUTION, scene.own, facts))
    for term in told.terms:
        _condition(scene, term, started=state in _GIVEN)


def _chosen(scene: _Scene, state: ResolutionState) -> Facts:
    packs = scene.maker.backdrop.packs
    points_to = packs.gravity.levels[scene.told.gravity].default
    facts: Facts = {
        "suspect": scene.who,
        "disposal": scene.disposal.id,
        "state": state.value,
        "recommended": packs.eligibility.title(points_to),
        "considered": scene.words["considered"],
    }
    if points_to != scene.disposal.id:
        facts["deviation"] = scene.words["deviation"]
    return facts


def _proposed(scene: _Scene, state: ResolutionState) -> Facts:
    asked = list(scene.maker.backdrop.packs.resolutions.checks_asked(When.BEFORE))
    if state is ResolutionState.COMPLETED:
        asked = list(scene.maker.backdrop.packs.resolutions.checks_asked(When.AFTER))
    owner = scene.draft.case.get("owner")
    return {
        "rationale": scene.words["rationale"],
        "remedy_attached": False,
        "checks": tuple(sorted(f"{one.id} yes" for one in asked)),
        "checked_by": owner,
        "checked_at": scene.met,
        "proposed_at": scene.met,
        "proposed_by": owner,
    }


def _authorised(scene: _Scene) -> Facts:
    sergeant, when = scene.draft.case["supervisor"], scene.met + _HOUR / 4
    decision: Facts = {
        "kind": DecisionKind.OUT_OF_COURT.value,
        "result": f"{scene.disposal.title} authorised",
        "text": scene.words["rationale"],
        "by": sergeant,
        "rank": _RANK,
        "at": when,
        "subject": scene.who,
        "test": "full-code" if scene.disposal.evidential else None,
        "evidential": scene.words["evidential_why"],
        "public_interest": scene.words["interest_why"],
    }
    scene.draft.parts.append((DECISION, derived_id("demo", scene.draft.ref, DECISION.name), decision))
    return {"authoriser": sergeant, "authoriser_rank": _RANK, "authorised_at": when}


def _given(scene: _Scene) -> Facts:
    """Offered and signed while the person was there: the outcome is proposed, the administrators have their list."""
    signed = scene.met + _HOUR / 2
    day = moment_of_day(local(signed).date())
    scene.draft.events.append(
        {
            "kind": EventKind.OUT_OF_COURT_GIVEN.value,
            "at": signed,
            "subject": scene.who,
            "by": scene.draft.case["supervisor"],
            "rank": _RANK,
            "text": scene.disposal.title,
        }
    )
    if scene.disposal.id not in LATER:
        _outcome(scene, day)
    _tell(scene, signed + _HOUR, Purpose.OUT_OF_COURT, Purpose.OUTCOME)
    _tasks(scene, Step.ACCEPTED, signed, done=True)
    return {
        "legal_advice": "declined", "explained": True, "admission_repeated": True, "offered_at": scene.met + _HOUR / 3,
        "consent": True, "signed_at": signed, "given_on": day,
    }  # fmt: skip


def _complete(scene: _Scene) -> None:
    last = _last(scene)
    if scene.disposal.id in LATER:
        _outcome(scene, moment_of_day(last))
        done = [scene.maker.pack.clinic.undertakings[term.undertaking] for term in scene.told.terms]
        scene.draft.case.update(
            activity="; ".join(f"{one.what} ({one.provider})" for one in done),
            activity_completed_on=moment_of_day(last),
        )
    at = min(end_of_day(last), scene.maker.now - _HOUR)
    _tell(scene, at, Purpose.OUTCOME)
    _tasks(scene, Step.COMPLETED, at, done=False)


def _last(scene: _Scene) -> date:
    """The day on which the last condition was completed."""
    return scene.maker.backdrop.day(max(term.days for term in scene.told.terms))


def _outcome(scene: _Scene, on: str) -> None:
    """The outcome on the record, with what the finalisation check asks."""
    case, disposal = scene.draft.case, scene.disposal
    scene.suspect.update(
        disposal=disposal.outcome, status=SuspectStatus.DEALT_WITH.value, sub_status=disposal.title
    )
    consulted = any(victim.get("views") for victim in scene.draft.victims)
    case.update(
        outcome=disposal.outcome,
        outcome_date=on,
        decided_by=case["supervisor"],
        decided_rank=_RANK,
        rationale=scene.words["rationale"],
        public_interest=scene.words["interest_why"],
        victim_consulted=consulted or None,
        victim_views=scene.words["views"] if consulted else None,
        offender_agreed=True,
        responsibility_accepted=True,
        stage=Stage.SUBMITTED.value,
    )


def _tell(scene: _Scene, at: datetime, *purposes: Purpose) -> None:
    if scene.draft.victims[0]["kind"] == VictimKind.STATE:
        return
    scene.maker.contact(scene.draft, at, "outcome")
    told = scene.draft.contacts[-1]
    told.update(purposes=tuple(one.value for one in purposes), text=scene.words["told"])


def _condition(scene: _Scene, term: Term, *, started: bool) -> None:
    one, day = scene.maker.pack.clinic.undertakings[term.undertaking], scene.maker.backdrop.day(term.days)
    facts: Facts = {
        "suspect": scene.who,
        "resolution": scene.own,
        "service": one.service,
        "kind": one.kind,
        "what": one.what,
        "need": one.need or None,
        "why": one.why,
        "evidence": one.evidence,
        "provider": one.provider or None,
        "due_on": moment_of_day(day if term.state == "due" else day + _WEEKS),
    }
    known = scene.maker.backdrop.packs.conditions.services.get(one.service or "")
    harmed = [victim for victim in scene.draft.victims if victim["kind"] != VictimKind.STATE]
    if known is not None and known.names_victim and harmed:
        facts["victim"] = scene.draft.victim_id(harmed[0])
    if one.provider:
        facts["first_at"] = london(day - 2 * _DAY, time(18))
    if started:
        facts["starts_on"] = moment_of_day(local(scene.met).date())
    if term.state == "done":
        facts.update(done_on=moment_of_day(day), note=one.evidence)
    if term.state == "failed":
        facts.update(failed_on=moment_of_day(day), note=scene.words["breach"])
    own = derived_id("demo", scene.draft.ref, CONDITION.name, term.undertaking)
    scene.draft.parts.append((CONDITION, own, facts))


def _tasks(scene: _Scene, step: Step, at: datetime, *, done: bool) -> None:
    """What follows from a step, done or to be done, by the ids that the desk would give."""
    packs = scene.maker.backdrop.packs
    due_from, holidays = local(at).date(), packs.bank_holidays.days
    words = {
        "name": str(scene.suspect["name"]),
        "disposal": scene.disposal.title[:1].lower() + scene.disposal.title[1:],
        "outcome": scene.disposal.outcome,
        "given": show_moment(moment_of_day(local(scene.met).date())),
        "provider": ", ".join(dict.fromkeys(_providers(scene))) or "the provider",
        "decision": "",
    }
    for task in packs.resolutions.tasks.values():
        if task.on is not step or (task.disposals and scene.disposal.id not in task.disposals):
            continue
        if task.only is not None and not _has(scene, task.only):
            continue
        owners: dict[Owner, Value] = {
            Owner.ADMINISTRATORS: ADMINISTRATORS,
            Owner.OIC: scene.draft.case["oic"],
            Owner.DESK: scene.draft.case.get("owner"),
        }
        facts: Facts = {
            "what": task.what.format(**words),
            "owner": owners[task.owner],
            "due_at": end_of_day(working_days(due_from, task.days, holidays)),
            "set_at": at,
            "template": f"{PREFIX}{task.id}",
        }
        if done:
            facts.update(done_at=min(at + _DAY, scene.maker.now - _HOUR), result="Done.")
        own = derived_id("resolution task", scene.own.hex(), task.id)
        scene.draft.parts.append((ACTION, own, facts))


def _providers(scene: _Scene) -> Iterator[str]:
    for term in scene.told.terms:
        if provider := scene.maker.pack.clinic.undertakings[term.undertaking].provider:
            yield provider


def _has(scene: _Scene, only: Only) -> bool:
    """Whether the matter has what a task is only for; nothing is paid and no prosecutor decides in these."""
    if only is Only.PROVIDER:
        return any(True for _ in _providers(scene))
    return only is Only.VICTIM
