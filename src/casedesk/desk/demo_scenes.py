"""Made-up cases about promises: victims waiting, actions due, resolutions in preparation, open work."""

from datetime import datetime, time, timedelta

from casedesk.desk.demo_case import Draft
from casedesk.desk.demo_changes import change
from casedesk.desk.demo_maker import Maker
from casedesk.model.errors import PackError
from casedesk.model.ids import derived_id
from casedesk.model.moments import Moment, earliest, local, london, moment_of_instant
from casedesk.model.words import EventKind, Flag, Support, SuspectStatus
from casedesk.reference.demo_clinic import CPS, Request
from casedesk.reference.demo_parts import Line, Scene, Span
from casedesk.reference.rows import hint

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_ADULT = Span(19, 62)
_PUBLISHED_MONTHS_AGO = 5
_MAY_LACK_SUSPECT = ("person", "business")


def victim_today(maker: Maker, scene: Scene, nth: int) -> Draft:
    """A victim was promised contact today."""
    draft = _investigated(maker, scene, nth)
    _promise(maker, draft, _later_today(maker, nth))
    return draft


def victim_overdue(maker: Maker, scene: Scene, nth: int) -> Draft:
    """A victim was promised contact and did not get it; some were tried."""
    draft = _investigated(maker, scene, nth)
    promised = maker.earlier(nth)
    _promise(maker, draft, promised)
    if nth % 2:
        maker.contact(draft, maker.between(promised, maker.now - 5 * _MINUTE), "update", made=False)
    return draft


def victim_later(maker: Maker, scene: Scene, nth: int) -> Draft:
    """A victim was promised contact on a later day."""
    draft = _investigated(maker, scene, nth)
    _promise(maker, draft, maker.later(2 + nth % 11))
    draft.victims[0]["update_days"] = (7, 14, 28)[nth % 3]
    return draft


def action_due(maker: Maker, scene: Scene, nth: int) -> Draft:
    """Something is to be done within a day."""
    draft = _investigated(maker, scene, nth)
    soon = maker.next_times()
    maker.todo(draft, soon[nth % len(soon)])
    if nth % 2:
        _done(maker, draft)
    return draft


def action_overdue(maker: Maker, scene: Scene, nth: int) -> Draft:
    """Something should have been done."""
    draft = _investigated(maker, scene, nth)
    maker.todo(draft, maker.earlier(nth))
    maker.todo(draft, maker.later(3 + nth % 9))
    return draft


def waiting(maker: Maker, scene: Scene, nth: int) -> Draft:
    """An enabling team or the prosecutor has to move first. Raises PackError for a team that there is not."""
    request = maker.pack.requests[nth % len(maker.pack.requests)]
    kind_id = request.kinds[nth // len(maker.pack.requests) % len(request.kinds)]
    draft = maker.begin(kind_id, recorded=maker.recorded(scene.days))
    _interviewed(maker, draft)
    maker.victim(draft, kind_id)
    maker.describe(draft, kind_id)
    maker.own(draft, scene, nth)
    maker.work(draft, kind_id, until=maker.earlier(request.asked))
    asked = london(maker.backdrop.day(-request.asked), time(10, maker.dice.randrange(60)))
    if request.team == CPS:
        _to_prosecutor(draft, request, asked)
    else:
        _ask_team(maker, draft, request, asked)
    return draft


def under_investigation(maker: Maker, scene: Scene, nth: int) -> Draft:
    """Ordinary work."""
    draft = _investigated(maker, scene, nth)
    if nth % 3 == 0:
        maker.todo(draft, maker.later(3 + nth % 10))
    if nth % 4 == 1:
        _done(maker, draft)
    if nth % 5 == 2 and draft.victims[0]["kind"] == "person":
        maker.contact(draft, maker.between(_recorded(draft), maker.now - _HOUR), "needs")
    return draft


def resolution(maker: Maker, scene: Scene, nth: int) -> Draft:
    """A resolution out of court in preparation: agreed or not yet, activities completed and not."""
    candidate = maker.pack.candidates[nth % len(maker.pack.candidates)]
    kind = maker.dice.choice(candidate.kinds)
    draft = maker.begin(kind, recorded=maker.recorded(Span(25, 100)))
    suspect = maker.suspect(draft, SuspectStatus.VOLUNTARY, candidate.years, "Resolution considered")
    victim = maker.victim(draft, kind)
    interviewed = local(maker.between(_recorded(draft) + _DAY, maker.now - 15 * _DAY)).date()
    suspect["interviewed_on"] = interviewed.isoformat()
    maker.describe(draft, kind)
    maker.own(draft, scene, nth)
    change(maker, draft, candidate.change)
    maker.log(draft, maker.pack.log["resolution"], _recorded(draft) + _DAY, maker.now - 14 * _DAY)
    maker.work(draft, kind, least=1)
    maker.log(draft, [candidate.log], maker.now - 3 * _DAY)
    if candidate.what:
        maker.action(draft, candidate.what, maker.later(candidate.due))
    if draft.case.get("victim_consulted") and victim["kind"] != "state":
        maker.contact(draft, maker.between(maker.now - 12 * _DAY, maker.now - 4 * _DAY), "views")
    return draft


def published(maker: Maker, scene: Scene, nth: int) -> Draft:
    """A crime as the published extracts of another force show it: a month, a street, lines of outcomes."""
    shown = maker.pack.published[nth % len(maker.pack.published)]
    month = _month(maker, _PUBLISHED_MONTHS_AGO)
    ref = derived_id("published", str(maker.backdrop.seed), str(maker.slot)).hex() * 2
    street = maker.dice.choice(maker.pack.words["streets"])
    draft = Draft(
        {
            "ref": ref,
            "source": "police-uk-street",
            "force": maker.pack.force.published,
            "category": shown.category,
            "offence_from": month,
            "offence_to": month,
            "location": f"On or near {street}",
            "area": f"{maker.dice.choice(maker.pack.words['towns'])} 001A",
            "outcome_text": shown.text,
            "record_status": "filed" if shown.filed else "open",
            "as_at": moment_of_instant(maker.now),
        },
        namespace="police.uk",
    )
    maker.own(draft, scene, nth)
    seen: dict[tuple[Moment, str], int] = {}
    for later, text in shown.lines:
        at = _month(maker, _PUBLISHED_MONTHS_AGO - later)
        ordinal = seen[at, text] = seen.get((at, text), -1) + 1
        draft.records.append({"at": at, "text": text, "ordinal": ordinal, "as_at": draft.case["as_at"]})
    return draft


def _interviewed(maker: Maker, draft: Draft) -> None:
    """Somebody who was interviewed voluntarily before anything was asked of others."""
    suspect = maker.suspect(draft, SuspectStatus.VOLUNTARY, _ADULT)
    at = maker.between(_recorded(draft), max(_recorded(draft), maker.now - 11 * _DAY))
    suspect.update(interviewed_on=local(at).date().isoformat(), admitted=False)


def _to_prosecutor(draft: Draft, request: Request, asked: datetime) -> None:
    """The papers are with the prosecutor."""
    draft.events.append(
        {
            "kind": EventKind.CPS_SUBMITTED.value,
            "at": asked,
            "by": draft.case.get("owner"),
            "text": f"{request.what}. {request.why}.",
        }
    )


def _ask_team(maker: Maker, draft: Draft, request: Request, asked: datetime) -> None:
    """Something was asked of an enabling team, and perhaps chased."""
    team = maker.backdrop.packs.actions.teams.get(request.team)
    if team is None:
        cure = hint(request.team, maker.backdrop.packs.actions.teams)
        raise PackError(f"demo: [[request]]: there is no team “{request.team}”.", cure)
    maker.action(draft, request.what, london(maker.backdrop.day(request.due), time(17)), why=request.why)
    draft.actions[-1].update(
        owner=team.title,
        request=request.team,
        set_at=asked,
        reference=f"{request.team.upper()}/{maker.dice.randint(10_000, 99_999)}",
    )
    if request.chases:
        chased = maker.past(maker.backdrop.day(-1), 9, 16)
        draft.actions[-1].update(chases=request.chases, chased_at=chased)
        said = f"Chased {team.title}: {request.what}. They will look at it this week."
        maker.log(draft, [Line("chase", said)], chased, chased)


def _investigated(maker: Maker, scene: Scene, nth: int) -> Draft:
    """A case under investigation, with or without a suspect."""
    if scene.kinds:
        kind_id = scene.kinds[nth % len(scene.kinds)]
    else:
        (kind_id,) = maker.dice.choices(*maker.backdrop.common_kinds)
    kind = maker.pack.kinds[kind_id]
    draft = maker.begin(kind_id, recorded=maker.recorded(scene.days))
    if kind.relationship or kind.victim not in _MAY_LACK_SUSPECT or maker.dice.random() < 0.5:
        _someone(maker, draft)
    maker.victim(draft, kind_id, support=Support.YES if maker.dice.random() < 0.8 else Support.UNKNOWN)
    maker.describe(draft, kind_id)
    maker.own(draft, scene, nth)
    if maker.dice.random() < 0.06:
        draft.case["flags"] = (*kind.flags, Flag.MENTAL_HEALTH.value)
    maker.work(draft, kind_id)
    return draft


def _someone(maker: Maker, draft: Draft) -> None:
    status = maker.dice.choice((SuspectStatus.NAMED, SuspectStatus.VOLUNTARY, SuspectStatus.VOLUNTARY))
    suspect = maker.suspect(draft, status, _ADULT)
    if status is SuspectStatus.VOLUNTARY and maker.dice.random() < 0.5:
        at = maker.between(_recorded(draft), maker.now - _HOUR)
        suspect.update(interviewed_on=local(at).date().isoformat(), admitted=maker.dice.random() < 0.4)


def _promise(maker: Maker, draft: Draft, next_at: datetime) -> None:
    """A contact that was made, at which another was promised."""
    latest = min(next_at, maker.now) - 2 * _HOUR
    at = maker.between(max(_recorded(draft) + _HOUR, latest - 8 * _DAY), latest)
    maker.contact(draft, at, "update", next_at=next_at)


def _later_today(maker: Maker, nth: int) -> datetime:
    """A time later today, however late it is: in the afternoon or half an hour to come, by 23:59."""
    today = maker.backdrop.today
    wanted = max(london(today, time(15 + nth % 4)), maker.now + 30 * _MINUTE)
    return min(wanted, london(today, time(23, 59)))


def _done(maker: Maker, draft: Draft) -> None:
    at = maker.between(_recorded(draft) + _HOUR, maker.now - _HOUR)
    maker.todo(draft, at + _DAY, done=at)


def _recorded(draft: Draft) -> datetime:
    return earliest(Moment(str(draft.case["recorded_at"])))


def _month(maker: Maker, ago: int) -> Moment:
    today = maker.backdrop.today
    years, month = divmod(today.year * 12 + today.month - 1 - ago, 12)
    return Moment(f"{years}-{month + 1:02}")
