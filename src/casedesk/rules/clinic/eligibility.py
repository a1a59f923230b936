"""Which disposals are lawful for a suspect, which are not and why, and who may authorise them.

A rule that needs what is not recorded is never passed in silence: it gives a finding that says what to record, and that
weighs as much as the rule itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from casedesk.model.errors import BadInputError, PackError
from casedesk.model.words import Confidence, Severity
from casedesk.reference.eligibility import ClinicRule, Disposal, Eligibility, Note, Step
from casedesk.reference.packs import Packs
from casedesk.reference.rows import hint
from casedesk.rules.clinic.authority import Authority, authority_of
from casedesk.rules.clinic.known import TITLES, ClinicFacts
from casedesk.rules.clinic.predicates import PREDICATES, Asked
from casedesk.rules.clinic.shown import FactShown, begun_small, facts_shown, filled, missing, names_known

__all__ = [
    "Authority", "FactShown", "Option", "RuleFinding", "Step", "check_rules", "judge", "judge_step", "options",
]  # fmt: skip

_ORDER = {Severity.BLOCK: 0, Severity.WARN: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """One rule that does not hold, or of which the facts cannot tell."""

    rule: str
    title: str
    disposal: str
    step: Step
    severity: Severity
    """What it counts as: a rule that is not established warns."""
    message: str
    facts: tuple[FactShown, ...]
    cure: str
    source: str
    status: Confidence
    standing: str
    """How far the rule can be relied on, in a sentence; empty where there is nothing to add."""
    unknown: bool
    """Whether it is only that something is not recorded."""


@dataclass(frozen=True, slots=True)
class Option:
    """One disposal, judged for one suspect."""

    disposal: Disposal
    blocks: tuple[RuleFinding, ...]
    """What stands against it at this step; what is not recorded among them."""
    warnings: tuple[RuleFinding, ...]
    infos: tuple[RuleFinding, ...]
    later: tuple[RuleFinding, ...]
    """What would still stand against it at a later step, as things are now."""
    notes: tuple[Note, ...]
    authority: Authority | None
    default: bool
    """Whether the gravity matrix points to it."""

    @property
    def lawful(self) -> bool:
        """Whether nothing blocks it at this step."""
        return not self.blocks

    @property
    def why_not(self) -> tuple[str, ...]:
        """Why it cannot be had, one sentence each; empty where it can."""
        return tuple(dict.fromkeys(one.message for one in self.blocks))


def judge(
    packs: Packs, facts: ClinicFacts, disposal: str, *, at: Step = Step.CHOOSE
) -> tuple[RuleFinding, ...]:
    """Judge one disposal against every rule that counts up to a step: the weightiest first, then in pack order.

    Raises BadInputError for a disposal that there is not.
    """
    asked = _asked(packs, facts, disposal)
    rules = [one for one in packs.eligibility.rules.values() if one.step.place <= at.place]
    return _found(rules, asked)


def judge_step(packs: Packs, facts: ClinicFacts, disposal: str, step: Step) -> tuple[RuleFinding, ...]:
    """Judge one disposal against the rules of one step alone. Raises BadInputError as :func:`judge` does."""
    asked = _asked(packs, facts, disposal)
    return _found([one for one in packs.eligibility.rules.values() if one.step is step], asked)


def options(packs: Packs, facts: ClinicFacts, *, at: Step = Step.CHOOSE) -> tuple[Option, ...]:
    """Every disposal of the pack, in pack order, with what stands against it."""
    return tuple(_option(packs, facts, one, at) for one in packs.eligibility.disposals.values())


def check_rules(book: Eligibility) -> None:
    """Check that every rule names predicates, facts and words that there are. Raises PackError for the first other."""
    for rule in book.rules.values():
        for name in (*rule.require, *rule.when, *rule.unless):
            if name not in PREDICATES:
                raise PackError(
                    f"eligibility: [[rule]] {rule.id}: there is no predicate “{name}”.",
                    hint(name, PREDICATES),
                )
        for name in rule.facts:
            if name not in TITLES:
                raise PackError(
                    f"eligibility: [[rule]] {rule.id}: there is no fact “{name}”.", hint(name, TITLES)
                )
        for name in names_known(rule):
            raise PackError(
                f"eligibility: [[rule]] {rule.id}: its words name {{{name}}}, which is no fact.",
                hint(name, TITLES),
            )


def _asked(packs: Packs, facts: ClinicFacts, disposal: str) -> Asked:
    known = packs.eligibility.disposals
    if disposal not in known:
        raise BadInputError(f"There is no disposal {disposal!r}.", hint(disposal, known))
    return Asked(facts, known[disposal], packs)


def _option(packs: Packs, facts: ClinicFacts, disposal: Disposal, at: Step) -> Option:
    everything = judge(packs, facts, disposal.id, at=Step.AFTER)
    now = [one for one in everything if one.step.place <= at.place]
    return Option(
        disposal=disposal,
        blocks=_of(now, Severity.BLOCK),
        warnings=_of(now, Severity.WARN),
        infos=_of(now, Severity.INFO),
        later=_of((one for one in everything if one.step.place > at.place), Severity.BLOCK),
        notes=packs.eligibility.notes_for(disposal.id),
        authority=authority_of(packs.eligibility, facts, disposal.id),
        default=facts.matrix_default == disposal.id,
    )


def _of(findings: Iterable[RuleFinding], severity: Severity) -> tuple[RuleFinding, ...]:
    return tuple(one for one in findings if one.severity is severity)


def _found(rules: Iterable[ClinicRule], asked: Asked) -> tuple[RuleFinding, ...]:
    found = [
        finding
        for rule in rules
        if rule.applies_to(asked.disposal.id) and (finding := _finding(rule, asked)) is not None
    ]
    return tuple(sorted(found, key=lambda one: _ORDER[one.severity]))


def _finding(rule: ClinicRule, asked: Asked) -> RuleFinding | None:
    violated = _violated(rule, asked)
    severity = rule.severity_for(asked.disposal.id)
    if violated is False or (violated is None and severity is Severity.INFO):
        return None
    message, cure = filled(rule.message, asked), filled(rule.fix, asked)
    if violated is None:
        absent = missing(asked.facts, rule.facts, asked.packs)
        what = ", ".join(begun_small(title) for title, _ in absent) or "what the rule needs"
        message = f"{asked.disposal.title}: “{rule.title}” cannot be told. Not recorded: {what}."
        cure = f"Record {'; '.join(dict.fromkeys(how for _, how in absent))}." if absent else cure
    return RuleFinding(
        rule=rule.id,
        title=rule.title,
        disposal=asked.disposal.id,
        step=rule.step,
        severity=severity,
        message=message,
        facts=facts_shown(asked, rule.facts),
        cure=cure,
        source=rule.source,
        status=rule.status_for(asked.disposal.id),
        standing=rule.standing_for(asked.disposal.id),
        unknown=violated is None,
    )


def _violated(rule: ClinicRule, asked: Asked) -> bool | None:
    """Whether a rule applies and does not hold; None where that rests on what is not recorded."""
    applies = _all([PREDICATES[one](asked) for one in rule.when])
    if applies is False:
        return False
    excused = _any([PREDICATES[one](asked) for one in rule.unless])
    holds = _all([PREDICATES[one](asked) for one in rule.require])
    if excused is True or holds is True:
        return False
    return True if applies is True and excused is False and holds is False else None


def _all(answers: list[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def _any(answers: list[bool | None]) -> bool | None:
    if True in answers:
        return True
    return None if None in answers else False
