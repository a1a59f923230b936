"""The clinic's rules asked of a matter: what is lawful, what speaks against it, and how that is refused at the desk."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from casedesk.desk.desk import Desk
from casedesk.desk.evidential import disputed
from casedesk.desk.matter import Matter, as_if
from casedesk.model.errors import BadInputError
from casedesk.model.facts import Condition
from casedesk.model.ids import EntityId
from casedesk.model.moments import earliest_day, local
from casedesk.model.words import Severity
from casedesk.rules.clinic.conditions import Limits, check_conditions, limits
from casedesk.rules.clinic.eligibility import Option, RuleFinding, Step, judge, options
from casedesk.rules.clinic.facts import ClinicFacts, clinic_facts


class NotLawfulError(BadInputError):
    """A step of the clinic is refused because a rule stands against it."""

    exit_code = 1

    def __init__(self, findings: Sequence[RuleFinding]) -> None:
        super().__init__(
            " ".join(f"{one.rule}: {one.message} ({one.source})" for one in findings),
            " ".join(dict.fromkeys(one.cure for one in findings if one.cure)),
        )
        self.findings = tuple(findings)
        """What blocks, the weightiest first."""


def today(desk: Desk) -> date:
    """The day it is."""
    return local(desk.now).date()


def facts_of(desk: Desk, matter: Matter) -> ClinicFacts:
    """What the rules read about a matter, with the resolution that is being worked on."""
    seen = as_if(matter, matter.current[0], {}) if matter.current else matter
    facts = clinic_facts(seen.file, seen.dossier, seen.clinic, seen.suspect, today(desk), desk.packs)
    return replace(facts, look_again=(*facts.look_again, *disputed(seen)))


def options_of(desk: Desk, matter: Matter) -> tuple[Option, ...]:
    """Every disposal, with what stands against it."""
    return options(desk.packs, facts_of(desk, matter))


def findings_of(desk: Desk, matter: Matter, disposal: str, at: Step) -> tuple[RuleFinding, ...]:
    """What stands against a disposal up to a step, the conditions judged too from the step where they are set."""
    facts = facts_of(desk, matter)
    found = judge(desk.packs, facts, disposal, at=at)
    if at.place < Step.CONDITIONS.place or matter.resolution is None:
        return found
    of_conditions = condition_findings(desk, matter, matter.conditions)
    known = {(one.rule, one.message) for one in found}
    return (*found, *(one for one in of_conditions if (one.rule, one.message) not in known))


def condition_findings(
    desk: Desk, matter: Matter, conditions: Iterable[tuple[EntityId, Condition]]
) -> tuple[RuleFinding, ...]:
    """What stands against these conditions of the current resolution."""
    held = matter.resolution
    if held is None:
        return ()
    given = earliest_day(held.given_on) if held.given_on else today(desk)
    facts = facts_of(desk, matter)
    return check_conditions(desk.packs, facts, held, [one for _, one in conditions], given)


def limits_of(desk: Desk, matter: Matter) -> Limits:
    """Within what the conditions of the current resolution must stay, counted from the day it is given, or today."""
    held = matter.resolution
    given = earliest_day(held.given_on) if held and held.given_on else today(desk)
    disposal = (held.disposal if held else None) or "cc"
    return limits(desk.packs, facts_of(desk, matter), given, disposal=disposal)


def blocking(findings: Iterable[RuleFinding]) -> list[RuleFinding]:
    """Those of the findings that block."""
    return [one for one in findings if one.severity is Severity.BLOCK]


def refuse_blocked(findings: Iterable[RuleFinding]) -> tuple[str, ...]:
    """Raise NotLawfulError where a finding blocks; gives the warnings in words."""
    known = tuple(findings)
    stopping = blocking(known)
    if stopping:
        raise NotLawfulError(stopping)
    return tuple(f"{one.rule}: {one.message}" for one in known if one.severity is Severity.WARN)
