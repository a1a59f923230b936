"""All that a charging decision needs on one page: who decides, how urgent it is, what is proved, what is missing."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from casedesk.desk.desk import Desk
from casedesk.model.dossier import Dossier, Point
from casedesk.model.facts import CaseFile, standing
from casedesk.model.moments import show_instant
from casedesk.model.words import Confidence, EventKind
from casedesk.reference.charging_words import STAGE_TITLES, Plea, Stage
from casedesk.rules.answers import Answer, instant_words
from casedesk.rules.charging import Decider, ToAsk, Who, who_decides
from casedesk.rules.material import Have, MaterialItem, material
from casedesk.rules.plea import PleaView, anticipated_plea
from casedesk.rules.urgency import Urgency, cps_due, urgency

WHO_TITLES = {
    Who.POLICE: "The police may charge",
    Who.CPS: "The CPS decides",
    Who.CHECK: "Check who decides",
}
PLEA_TITLES = {Plea.GUILTY: "Guilty plea anticipated", Plea.NOT_GUILTY: "Not guilty anticipated"}
HAVE_SIGNS = {Have.MISSING: "■", Have.UNKNOWN: "?", Have.HAVE: "✓", Have.NOT_NEEDED: "·"}
"""How an item stands, as a sign before its title."""
FLAGGED = ("domestic-abuse", "hate")
"""The exclusions that unrecorded flags leave open."""
_POINT_SIGNS = {"proved": "✓", "arguable": "▲", "missing": "■"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person said about a charge, as :func:`asked_of` finds it recorded."""

    plea: Plea | None = None
    suitable: bool | None = None
    """Whether the case suits a magistrates' sentence."""
    stage: Stage | None = None
    answers: tuple[tuple[str, bool], ...] = ()
    """To the questions of exclusions, by the exclusion's id."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that is said, with its standing where it is a rule."""

    text: str
    status: Confidence | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    title: str
    said: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class ChargingPage:
    """What is known for a charging decision now."""

    decider: Decider
    plea: PleaView
    urgency: Urgency
    submitted_at: datetime | None
    """When the CPS was last asked and has not decided since."""
    cps: Answer | None
    """By when the CPS should decide, where it was asked."""
    stage: Stage
    material: tuple[MaterialItem, ...]
    points: tuple[Point, ...]
    asked: Asked
    """What it rests on besides what is recorded."""

    @property
    def missing(self) -> int:
        """How many items of material are missing."""
        return sum(one.have is Have.MISSING for one in self.material)


_PLEA, _SUITABLE, _STAGE = "plea", "suitable", "stage"


def as_answers(asked: Asked) -> tuple[str, ...]:
    """What was said, as a decision keeps it: ``plea GAP``, ``suitable yes``, ``hate no``."""
    said = [
        (_PLEA, asked.plea),
        (_SUITABLE, None if asked.suitable is None else _yes(asked.suitable)),
        (_STAGE, asked.stage),
        *((question, _yes(answer)) for question, answer in asked.answers),
    ]
    return tuple(f"{name} {value}" for name, value in said if value is not None)


def asked_of(dossier: Dossier) -> Asked:
    """What was last said on who charges; words that this version does not know are left out."""
    kept = next((one.answers for _, one in reversed(standing(dossier.decisions)) if one.answers), ())
    said = {name: value for name, _, value in (one.partition(" ") for one in kept)}
    plea, suitable, stage = (said.pop(name, "") for name in (_PLEA, _SUITABLE, _STAGE))
    return Asked(
        Plea(plea) if plea in set(Plea) else None,
        suitable == "yes" if suitable else None,
        Stage(stage) if stage in set(Stage) else None,
        tuple((question, value == "yes") for question, value in said.items()),
    )


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"


def charging_page(desk: Desk, file: CaseFile, dossier: Dossier, asked: Asked | None = None) -> ChargingPage:
    """Work out who decides on the charge, how urgent that is, and what the referral still needs.

    It rests on what is ``asked``; on what was last recorded of it where that is not given.
    """
    said, packs = asked_of(dossier) if asked is None else asked, desk.packs
    answers = dict(said.answers)
    decider = who_decides(file, dossier, packs, said.plea, said.suitable, answers=answers)
    if answers.keys() >= set(FLAGGED):  # that no flags are recorded leaves nothing open then
        decider = replace(decider, asks=tuple(one for one in decider.asks if one.id != "flags"))
    view = anticipated_plea(file, dossier, packs)
    stage = said.stage or suggested_stage(file, said.plea or view.plea)
    cps = {Who.CPS: True, Who.POLICE: False}.get(decider.who)
    urgent = urgency(file, desk.now, packs)
    submitted = _submitted(file)
    due = cps_due(urgent.rule, submitted, packs) if submitted else None
    items = material(file, dossier, packs, stage, cps=cps)
    points = tuple(point for _, point in dossier.points)
    return ChargingPage(decider, view, urgent, submitted, due, stage, items, points, said)


def suggested_stage(file: CaseFile, plea: Plea | None) -> Stage:
    """What a file is sent for next: the first hearing once there is a charge; as not guilty while no plea is known."""
    charged = file.case.charged_on or any(custody.charged_at for _, custody in file.custody)
    if plea is Plea.GUILTY:
        return Stage.FIRST_HEARING_GUILTY if charged else Stage.PRE_CHARGE_GUILTY
    return Stage.FIRST_HEARING_NOT_GUILTY if charged else Stage.PRE_CHARGE_NOT_GUILTY


def _submitted(file: CaseFile) -> datetime | None:
    """When the case was last submitted to the CPS, unless it has decided since."""
    events = [one for _, one in standing(file.events) if one.at is not None]
    sent = max((one.at for one in events if one.kind == EventKind.CPS_SUBMITTED and one.at), default=None)
    decided = max((one.at for one in events if one.kind == EventKind.CPS_DECISION and one.at), default=None)
    return None if sent is None or (decided is not None and decided >= sent) else sent


# -- in words ---------------------------------------------------------------------------------------------------


def sections(page: ChargingPage) -> Iterator[Section]:
    """The whole page in words, what decides first."""
    decider = page.decider
    yield Section(
        f"Who decides: {WHO_TITLES[decider.who]}",
        (*(Statement(one.text, one.status, one.source) for one in decider.reasons), _plea(page)),
    )
    if decider.asks:
        yield Section("Still to be asked", tuple(_open(one) for one in decider.asks))
    if decider.notes:
        notes = tuple(Statement(one.text, one.status, one.source) for one in decider.notes)
        yield Section("Bear in mind", notes)
    yield Section(f"Urgency: {page.urgency.rule.title}", tuple(_urgency(page)))
    yield Section("Points to prove", tuple(_points(page)))
    why = "chosen" if page.asked.stage else "suggested"
    yield Section(f"Material: {STAGE_TITLES[page.stage]} ({why})", tuple(_material(page)))


def _open(one: ToAsk) -> Statement:
    if one.decides:
        return Statement(f"■ {one.question} Who decides is open until it is known.")
    return Statement(f"? {one.question} If so, the CPS decides.")


def _plea(page: ChargingPage) -> Statement:
    view, said = page.plea, page.asked.plea
    if said is not None:
        return Statement(f"{PLEA_TITLES[said]}: as you said.")
    if view.plea is not None:
        return Statement(f"{PLEA_TITLES[view.plea]}, {view.why.lower()}.", view.rule.status, view.rule.source)
    return Statement(f"No plea can be anticipated: {view.why.lower()}.")


def _urgency(page: ChargingPage) -> Iterator[Statement]:
    rule = page.urgency.rule
    yield Statement(f"{page.urgency.why}. {rule.meaning}", rule.status, rule.source)
    if page.submitted_at is None:
        yield Statement("No submission waits for the CPS: no CPS clock runs.")
    elif page.cps is not None and page.cps.due is not None:
        yield Statement(
            f"Submitted {show_instant(page.submitted_at)}: the CPS should decide by {instant_words(page.cps.due)}.",
            page.cps.status,
            page.cps.source,
        )
        yield from (Statement(f"▲ {warning}") for warning in page.cps.warnings)
    elif page.cps is not None:
        yield Statement(
            f"Submitted {show_instant(page.submitted_at)}: no fixed time.", page.cps.status, page.cps.source
        )


def _points(page: ChargingPage) -> Iterator[Statement]:
    for point in page.points:
        sign = _POINT_SIGNS.get(point.state or "", "○")
        proof = f": {' '.join(point.evidence.split())}" if point.evidence else ""
        yield Statement(f"{sign} {point.what} ({point.state or 'not looked at'}){proof}")
    if not page.points:
        yield Statement("None are laid out yet.")


def _material(page: ChargingPage) -> Iterator[Statement]:
    for item in page.material:
        code = f" [{item.code}]" if item.code and item.have is Have.MISSING else ""
        why = f": {item.why}" if item.why else ""
        yield Statement(
            f"{HAVE_SIGNS[item.have]} {item.have}: {item.title}{why}{code}", item.status, item.source
        )
