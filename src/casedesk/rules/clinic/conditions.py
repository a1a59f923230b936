"""What conditions may be set: their last day, their caps, what speaks against those proposed, what fits a need."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from casedesk.model.clinic import Resolution
from casedesk.model.facts import Condition
from casedesk.model.moments import show_day
from casedesk.model.words import Confidence, Flag
from casedesk.reference.conditions import CatalogueService, ConditionKind, Use
from casedesk.reference.packs import Packs
from casedesk.rules.answers import plural
from casedesk.rules.clinic.dates import alert_reached, last_allowed
from casedesk.rules.clinic.eligibility import RuleFinding, Step, judge_step
from casedesk.rules.clinic.facts import with_conditions, with_resolution
from casedesk.rules.clinic.known import ClinicFacts
from casedesk.rules.clinic.shown import pounds
from casedesk.rules.counting import add_days

_USUAL = "cc"
"""The disposal whose conditions the weeks are about."""
_NEED_WORDS = {1: "some need", 2: "significant need"}


@dataclass(frozen=True, slots=True)
class Limits:
    """Within what conditions must stay."""

    latest_due: date | None
    """The last day that a condition may be due as things are; None where nothing limits it."""
    normal_due: date | None
    exceptional_due: date | None
    statutory: date | None
    """The last day to prosecute less the buffer; None where no limit on prosecution is known to run."""
    too_short: bool
    """Whether so little time is left that an offer makes no sense."""
    penalty_cap_pence: int | None
    hours_cap: int | None
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggested:
    """A service of the catalogue that answers a need, and why."""

    service: str
    title: str
    kind: str
    need: str
    """The pathway; empty where it answers no need but puts harm right."""
    score: int
    why: str
    signpost: bool
    """Whether it is usually offered beside the outcome, not made a condition of it."""
    status: Confidence
    source: str


def limits(packs: Packs, facts: ClinicFacts, given_on: date, *, disposal: str = _USUAL) -> Limits:
    """Within what the conditions of a disposal given on a day must stay.

    The weeks and the cap of penalties are those of conditional cautions; other disposals have none.
    """
    book = packs.eligibility
    numbers = book.limits
    weeks = disposal == _USUAL
    normal = add_days(given_on, numbers.normal_days) if weeks else None
    most = add_days(given_on, numbers.exceptional_days) if weeks else None
    statutory = last_allowed(book, facts)
    usual = most if facts.exceptional.strip() else normal
    latest = min((one for one in (usual, statutory) if one is not None), default=None)
    short = statutory is not None and statutory < add_days(given_on, numbers.least_days)
    cap = numbers.penalty_pence.get(facts.mode or "") if weeks else None
    hours = numbers.hours.get(disposal)
    found = Limits(latest, normal, most, statutory, short, cap, hours, ())
    return replace(found, why=tuple(_why(packs, facts, found)))


def check_conditions(
    packs: Packs,
    facts: ClinicFacts,
    resolution: Resolution,
    conditions: Sequence[Condition],
    given_on: date,
) -> tuple[RuleFinding, ...]:
    """Judge proposed conditions as if given on a day: only the rules of that step, the weightiest first.

    Raises BadInputError for a resolution whose disposal there is not.
    """
    own = with_conditions(with_resolution(facts, resolution), conditions)
    return judge_step(packs, replace(own, given_on=given_on), resolution.disposal or _USUAL, Step.CONDITIONS)


def suggest(packs: Packs, needs: Mapping[str, int], facts: ClinicFacts) -> tuple[Suggested, ...]:
    """Services of the catalogue that answer the needs: the greatest need first, then what puts harm right.

    ``needs`` is the score of each pathway: 0 none, 1 some, 2 significant. Each service is named once.
    """
    flags = _flags(facts)
    found: dict[str, Suggested] = {}
    required = _required(packs, facts)
    for need, points in sorted(needs.items(), key=lambda one: -one[1]):
        if points <= 0:
            continue
        for service in packs.conditions.for_need(need):
            if service.id not in found and service.id not in required and _fits(service, flags):
                found[service.id] = _suggested(service, need, points, _need_words(packs, need, points))
    for service in packs.conditions.services.values():
        if facts.has_victim and service.kind is ConditionKind.REPARATIVE and service.id not in found:
            agrees = " The victim must agree to it." if service.victim_agrees else ""
            found[service.id] = _suggested(service, "", 0, f"Puts right the harm to the victim.{agrees}")
    return (*required.values(), *found.values())


def _required(packs: Packs, facts: ClinicFacts) -> dict[str, Suggested]:
    """The services without one of which domestic abuse gets no conditional caution."""
    if not facts.domestic:
        return {}
    services = packs.conditions.services
    why = "Domestic abuse: a conditional caution needs an intervention on CARA principles."
    return {
        one: _suggested(services[one], next(iter(services[one].needs), ""), 2, why)
        for one in packs.conditions.cara
    }


def _flags(facts: ClinicFacts) -> frozenset[str]:
    said = {
        Flag.DOMESTIC_ABUSE: facts.domestic, Flag.INTIMATE_PARTNER: bool(facts.intimate), Flag.HATE: facts.hate,
        Flag.KNIFE: facts.weapon, Flag.SEXUAL: facts.sexual, Flag.CHILD_ABUSE: facts.child_victim,
        Flag.EXPLOITATION: facts.exploitation,
    }  # fmt: skip
    return frozenset(flag.value for flag, so in said.items() if so)


def _fits(service: CatalogueService, flags: frozenset[str]) -> bool:
    return not service.flags or not service.flags.isdisjoint(flags)


def _need_words(packs: Packs, need: str, points: int) -> str:
    known = packs.conditions.pathways.get(need)
    return f"{known.title if known else need}: {_NEED_WORDS.get(points, 'significant need')}."


def _suggested(service: CatalogueService, need: str, points: int, why: str) -> Suggested:
    return Suggested(
        service.id, service.title, service.kind.value, need, points, why, service.use is Use.SIGNPOST,
        service.status, service.source,
    )  # fmt: skip


def _why(packs: Packs, facts: ClinicFacts, found: Limits) -> Iterator[str]:
    numbers = packs.eligibility.limits
    if found.normal_due and found.exceptional_due:
        yield (
            f"Normally within {numbers.normal_days // 7} weeks, by {show_day(found.normal_due)}; with an exceptional "
            f"reason within {numbers.exceptional_days // 7}, by {show_day(found.exceptional_due)}."
        )
    if found.statutory is not None and facts.limit_day is not None:
        yield (
            f"The limit on prosecution ends {show_day(facts.limit_day)}; less {numbers.buffer_days} days for a "
            f"breach review and a charge file: {show_day(found.statutory)}."
        )
    elif facts.limited is False:
        yield "No limit on prosecution: the offence is not summary-only."
    else:
        yield "Whether a limit on prosecution runs is not recorded: record the offence, its day and its mode of trial."
    alert = alert_reached(packs.eligibility, facts)
    if alert is not None and facts.limit_day is not None:
        left = (facts.limit_day - facts.today).days
        yield (
            f"{plural(left, 'day')} left to prosecute."
            if left >= 0
            else "The limit on prosecution has passed."
        )
    if found.too_short:
        yield f"Fewer than {numbers.least_days} days would be left: an offer makes no sense."
    if found.penalty_cap_pence is not None:
        yield f"Financial penalty at most {pounds(found.penalty_cap_pence)} ({facts.mode})."
    if found.hours_cap is not None:
        yield f"Attendance other than for rehabilitation at most {found.hours_cap} hours in all."
