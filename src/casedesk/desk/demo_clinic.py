"""The made-up caution clinic: its days, and a matter at every step of the way."""

from datetime import date, datetime, time, timedelta

from casedesk.desk import demo_assessment, demo_resolution
from casedesk.desk.demo_case import Draft, Facts
from casedesk.desk.demo_maker import Backdrop, Maker
from casedesk.model.clinic import EvidenceReview
from casedesk.model.dossier import Dossier, Point
from casedesk.model.entities import APPOINTMENT, CLINIC, EVIDENCE_REVIEW, GRAVITY, POINT
from casedesk.model.facts import TEAM, Case, CaseFile
from casedesk.model.ids import EntityId, derived_id
from casedesk.model.moments import local, london, moment_of_day
from casedesk.model.text import folded
from casedesk.model.words import AppointmentState, Channel, EventKind, Role, Stage, SuspectStatus, VictimKind
from casedesk.reference.demo_clinic import ClinicMatter, Sitting
from casedesk.reference.demo_parts import Line, Scene, Span
from casedesk.rules.clinic.gravity import score
from casedesk.rules.clinic.rests import OFFENCE_FIELDS, rests_on
from casedesk.rules.reasons.appointments import STANDING
from casedesk.store.journal import Unit

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_ADULT = Span(20, 45)
_SATURDAY = 5
_NOTICE_DAYS = 9
"""How many days before an appointment its invitation goes out, where there is so much time."""


def open_clinics(unit: Unit, backdrop: Backdrop) -> None:
    """Write the clinic days: one that is past, the next one, one to come."""
    pack = backdrop.pack.clinic
    for sitting in pack.sittings.values():
        day = _day(backdrop, sitting)
        facts: Facts = {
            "place": sitting.place,
            "room": sitting.room,
            "opens_at": london(day, time(pack.day.opens)),
            "closes_at": london(day, time(pack.day.closes)),
            "slot_minutes": pack.day.minutes,
            "worker": backdrop.owners[Role.OOCR_CASE_WORKER].number,
            "travel": pack.day.travel,
        }
        unit.set(
            CLINIC,
            _clinic_id(backdrop, sitting.id),
            TEAM,
            facts | ({"note": sitting.note} if sitting.note else {}),
        )


def matter(maker: Maker, scene: Scene, nth: int) -> Draft:
    """A matter of the clinic at one step. Those beyond one of each are not booked: the days are full."""
    pack = maker.pack.clinic
    rounds, place = divmod(nth, len(pack.matters))
    told = pack.matters[place]
    kind = told.kinds[rounds % len(told.kinds)]
    seen = _slot(maker.backdrop, told.clinic, told.slot)
    met = min(seen, maker.now - 10 * _MINUTE)
    draft = maker.begin(kind, recorded=_recorded(maker, met))
    suspect = maker.suspect(draft, SuspectStatus.VOLUNTARY, _ADULT, "Resolution considered")
    interviewed = local(met).date() - timedelta(days=maker.dice.randint(12, 16))
    suspect.update(interviewed_on=moment_of_day(interviewed), admitted=True)
    victim = maker.victim(draft, kind)
    maker.describe(draft, kind)
    maker.own(draft, scene, nth)
    draft.case["stage"] = Stage.CLINIC.value
    own = draft.suspect_id(suspect)
    maker.work(draft, kind, until=london(interviewed, time(18)), least=1)
    _considered(maker, draft, victim, own, london(interviewed, time(16)))
    if rounds == 0:
        _appointments(maker, draft, own, told)
    _review(maker, draft, own, told, met - 2 * _DAY)
    if told.assessment:
        demo_assessment.assess(
            maker, draft, own, told, met - (_DAY if told.assessment == "prepared" else timedelta())
        )
    if told.state:
        demo_resolution.resolve(maker, draft, suspect, told, met)
    topic, _, text = told.log.partition(": ")
    maker.log(draft, [Line(topic, text)], max(met, maker.now - 2 * _DAY))
    return draft


def _recorded(maker: Maker, met: datetime) -> datetime:
    """When the crime was recorded: some weeks before the person was or would have been seen."""
    day = local(met).date() - timedelta(days=maker.dice.randint(25, 45))
    return maker.past(day, 7, 22)


def _considered(maker: Maker, draft: Draft, victim: Facts, suspect: EntityId, at: datetime) -> None:
    """A resolution was considered, and the victim asked for views."""
    owner = draft.case.get("owner")
    kind = EventKind.OUT_OF_COURT_CONSIDERED.value
    draft.events.append({"kind": kind, "at": at, "subject": suspect, "by": owner})
    if victim["kind"] == VictimKind.STATE:
        return
    asked = at + _DAY
    victim.update(views=maker.pack.clinic.words["views"], views_on=moment_of_day(local(asked).date()))
    maker.contact(draft, asked, "views")


def _appointments(maker: Maker, draft: Draft, suspect: EntityId, told: ClinicMatter) -> None:
    """The person's place in the clinic, and the next one where they are seen twice."""
    _book(maker, draft, suspect, told, told.clinic, told.slot, told.seen)
    if told.again:
        _book(maker, draft, suspect, told, told.again, told.again_slot, AppointmentState.CONFIRMED)


def _book(
    maker: Maker,
    draft: Draft,
    suspect: EntityId,
    told: ClinicMatter,
    clinic: str,
    slot: int,
    state: AppointmentState,
) -> None:
    at, minutes = _slot(maker.backdrop, clinic, slot), maker.pack.clinic.day.minutes
    if state in STANDING and at + minutes * _MINUTE <= maker.now:
        state = AppointmentState.ATTENDED
    facts: Facts = {
        "clinic": _clinic_id(maker.backdrop, clinic),
        "suspect": suspect,
        "at": at,
        "minutes": minutes,
        "state": state.value,
        "interpreter": told.interpreter or None,
    }
    if state is not AppointmentState.BOOKED:
        sent = min(at - _NOTICE_DAYS * _DAY, maker.now - _DAY)
        facts.update(
            invited_at=sent, invited_by=Channel.LETTER.value, prepared=("papers", "room", "interpreter")
        )
    if state is AppointmentState.MISSED:
        facts["why"] = maker.pack.clinic.words["missed"]
    draft.parts.append((APPOINTMENT, derived_id("demo", draft.ref, APPOINTMENT.name, clinic), facts))


def _review(maker: Maker, draft: Draft, suspect: EntityId, told: ClinicMatter, at: datetime) -> None:
    """The points to prove, the evidential review and the gravity score, as far as they have come."""
    packs, words, complete = maker.backdrop.packs, maker.pack.clinic.words, told.review == "complete"
    if not told.review:
        return
    code = str(draft.case["offence_code"])
    points = packs.points.for_offence(code, str(draft.case["ho_class"]), str(draft.case["offence_title"]))
    for at_point, point in enumerate(points.points if points else ()):
        proved = complete or at_point % 2 == 0
        facts: Facts = {"offence": code, "what": point.what, "state": "proved" if proved else "outstanding"}
        facts["evidence"] = words["point"] if proved else None
        own = derived_id("point", draft.id.hex(), folded(code), folded(point.what))
        draft.parts.append((POINT, own, facts))
    review: Facts = {
        "suspect": suspect,
        "admission": "full",
        "admitted_where": words["admitted_where"],
        "covers_all": True,
        "defences": (),
        "previous_checked": True,
        "similar_24_months": False,
        "footage": "viewed" if complete else "not-viewed",
    }
    if complete:
        review |= {name: words[name] for name in words if name in EVIDENCE_REVIEW.by_name}
        review |= {
            "controlling": False, "outstanding": "None", "evidential": "met", "interest": "out-of-court",
            "reviewed_at": at, "reviewer": draft.case.get("owner"),
        }  # fmt: skip
        review["rests_on"] = _rests_on(draft, EvidenceReview(**review), suspect)  # type: ignore[arg-type] # fields of it
    own = derived_id(EVIDENCE_REVIEW.name, draft.id.hex(), suspect.hex())
    draft.parts.append((EVIDENCE_REVIEW, own, review))
    if told.gravity:
        _score(maker, draft, suspect, told.gravity, at)


def _rests_on(draft: Draft, review: EvidenceReview, suspect: EntityId) -> tuple[str, ...]:
    """What a completed review of the draft rests on."""
    case = Case(**{name: draft.case.get(name) for name in OFFENCE_FIELDS})  # type: ignore[arg-type] # fields of it
    points = tuple((own, Point(**facts)) for of, own, facts in draft.parts if of is POINT)  # type: ignore[arg-type]
    return rests_on(CaseFile(id=draft.id, case=case), Dossier(points=points), review, suspect)


def _score(maker: Maker, draft: Draft, suspect: EntityId, base: int, at: datetime) -> None:
    made = score(maker.backdrop.packs, base)
    facts: Facts = {
        "suspect": suspect,
        "offence": draft.case["offence_code"],
        "base": made.base,
        "adjustment": made.adjustment,
        "final": made.final,
        "matrix": made.matrix,
        "why": maker.pack.clinic.words["gravity"],
        "scored_at": at,
    }
    draft.parts.append((GRAVITY, derived_id(GRAVITY.name, draft.id.hex(), suspect.hex()), facts))


def _clinic_id(backdrop: Backdrop, sitting: str) -> EntityId:
    return derived_id("demo", CLINIC.name, str(backdrop.seed), sitting)


def _slot(backdrop: Backdrop, clinic: str, slot: int) -> datetime:
    pack = backdrop.pack.clinic
    opens = london(_day(backdrop, pack.sittings[clinic]), time(pack.day.opens))
    return opens + slot * pack.day.minutes * _MINUTE


def _day(backdrop: Backdrop, sitting: Sitting) -> date:
    """The day of a clinic: so many working days from the next one, which is today while it is not over."""
    day = backdrop.today
    if backdrop.now >= london(day, time(backdrop.pack.clinic.day.closes)):
        day += _DAY
    while not _working(backdrop, day):
        day += _DAY
    step = _DAY if sitting.working_days > 0 else -_DAY
    left = abs(sitting.working_days)
    while left:
        day += step
        left -= _working(backdrop, day)
    return day


def _working(backdrop: Backdrop, day: date) -> bool:
    return day.weekday() < _SATURDAY and day not in backdrop.packs.bank_holidays.days
