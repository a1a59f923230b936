"""The finalisation check: a case against the rules of the ``finalisation`` pack.

:func:`compile_rules` binds each rule to its predicates once; :meth:`Checker.check` then judges cases. A
finding says what is wrong, the facts it rests on, how to put it right, and the source. The check also says
which outcomes the same facts would allow, and what the others would need.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from casedesk.model.entities import CASE, Kind
from casedesk.model.facts import CaseFile
from casedesk.model.ids import encode
from casedesk.model.text import clip
from casedesk.model.words import Confidence, Severity
from casedesk.reference.finalisation import ANY, CANCELLED, EVERY, NONE, Rule, Scope
from casedesk.reference.rows import PackEntryError, PackProblem, hint
from casedesk.rules.judged import Judged, Reference, is_published
from casedesk.rules.predicates import PREDICATES, Predicate
from casedesk.rules.shown import LONGEST, NOT_RECORDED, Fact, facts_of, field_names, is_field, shown

CLEAN = "clean"
"""The verdict on a case without findings that warn or block."""

_PLACEHOLDER = re.compile(r"\{([a-z_.]+)\}")
_FIELD_VALUES = ("field", "fields")
_DATES = "dates"
_MOMENTS = [field.name for field in CASE.fields if field.kind is Kind.MOMENT]
_OTHER = "?"
"""Stands for an outcome that no pack knows."""
_MOST_PLANS = 4096
"""The most kinds of record that are remembered: a cancellation code may be any text."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the check found: what is wrong, the facts, how to put it right, and on what authority.

    Its words are made when they are asked for: most findings of a large check are only counted.
    """

    found: Rule
    """The rule that does not hold."""
    judged: Judged = field(repr=False)

    @property
    def rule(self) -> str:
        """The id of the rule."""
        return self.found.id

    @property
    def severity(self) -> Severity:
        """How much it matters."""
        return self.found.severity

    @property
    def status(self) -> Confidence:
        """How well the rule is sourced."""
        return self.found.status

    @property
    def standing(self) -> str:
        """How far the rule can be relied on, in a sentence; empty where there is nothing to add."""
        return self.found.standing

    @property
    def title(self) -> str:
        """What should hold, in a few words."""
        return self.found.title

    @property
    def message(self) -> str:
        """What is wrong, with the facts of this case."""
        return _filled(self.found.message, self.judged)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts it rests on."""
        return facts_of(self.judged.file, self.found.facts)

    @property
    def fix(self) -> str:
        """How to put it right."""
        return _filled(self.found.fix, self.judged)

    @property
    def source(self) -> str:
        """Where the rule comes from."""
        return self.found.source

    @property
    def pack(self) -> str:
        """The version of the pack that the rule came from."""
        return self.found.pack


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check says of one case."""

    reference: str
    outcome: str | None
    verdict: str
    """``clean``, ``warn`` or ``block``: the most serious finding decides; ``info`` alone leaves it clean."""
    findings: tuple[Finding, ...]
    """The most serious first, otherwise in pack order."""
    possible: tuple[str, ...]
    """The outcome codes these facts allow; empty when it was not asked for."""


@dataclass(frozen=True, slots=True)
class Possible:
    """An outcome that could be given: at once, or when what it needs is there."""

    code: str
    name: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Bound:
    """A rule with its predicates in place."""

    rule: Rule
    require: tuple[Predicate, ...]
    when: tuple[Predicate, ...]
    unless: tuple[Predicate, ...]
    since: date | None
    until: date | None

    def fails(self, judged: Judged) -> bool:
        """Whether the rule was in force on the outcome date, applies, does not hold and is not excused."""
        for holds in self.require:
            if holds(judged) is False:
                return self._applies(judged)
        return False

    def _applies(self, judged: Judged) -> bool:
        if self.since is not None and judged.outcome_days[1] < self.since:
            return False
        if self.until is not None and judged.outcome_days[0] > self.until:
            return False
        for condition in self.when:
            if not condition(judged):
                return False
        return not any(excused(judged) for excused in self.unless)


@dataclass(frozen=True, slots=True)
class _Plan:
    """The rules that speak of one kind of record, and those of them that rule an outcome out."""

    rules: tuple[_Bound, ...]
    ruling_out: tuple[_Bound, ...]


_Key = tuple[str | None, str | None, bool]
_ORDER = {Severity.BLOCK: 0, Severity.WARN: 1, Severity.INFO: 2}


@dataclass(slots=True)
class Checker:
    """The rules, ready to judge cases. Made by :func:`compile_rules`; holds no case and can be shared."""

    reference: Reference
    rules: tuple[Rule, ...]
    _bound: tuple[_Bound, ...]
    _plans: dict[_Key, _Plan] = field(default_factory=dict)

    def check(
        self, file: CaseFile, now: datetime, *, possible: bool = True, outcome_extract_loaded: bool = False
    ) -> Verdict:
        """Judge a case for the outcome it carries.

        ``possible`` also tries every other outcome on, which costs some twenty times as much. With
        ``outcome_extract_loaded`` a missing outcome line counts as missing.
        """
        judged = Judged(file, file.case, file.case.outcome, now, self.reference, outcome_extract_loaded)
        failed = self._failed(judged)
        failed.sort(key=lambda rule: _ORDER[rule.severity])
        return Verdict(
            file.case.ref or encode(file.id),
            file.case.outcome,
            CLEAN if not failed or failed[0].severity is Severity.INFO else failed[0].severity.value,
            tuple(Finding(rule, judged) for rule in failed),
            self._possible(judged) if possible else (),
        )

    def what_would_be_right(
        self, file: CaseFile, now: datetime, *, outcome_extract_loaded: bool = False
    ) -> tuple[Possible, ...]:
        """The outcomes these facts allow, and those that would be allowed if something more were recorded.

        Those that need least come first. An outcome that the facts speak against (a suspect's age, a named
        suspect where there must be none) is left out. Published extracts carry too little: nothing is said.
        """
        if is_published(file.case):
            return ()
        judged = Judged(file, file.case, file.case.outcome, now, self.reference, outcome_extract_loaded)
        found = []
        for code, known in self.reference.outcomes.items():
            if not known.selectable:
                continue
            tried = self._as_if(judged, code)
            failed = self._failed(tried)
            if all(rule.need for rule in failed if _rules_out(rule)):
                needs = dict.fromkeys(
                    rule.need for rule in failed if rule.need and (_rules_out(rule) or code in rule.outcomes)
                )
                found.append(Possible(code, known.name, tuple(needs)))
        return tuple(sorted(found, key=lambda one: len(one.needs)))

    def rule(self, rule_id: str) -> Rule | None:
        """The rule of this id."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def _possible(self, judged: Judged) -> tuple[str, ...]:
        codes: Iterable[str] = self.reference.outcomes
        if is_published(judged.case):
            named = self.reference.police_uk.outcome(judged.case.outcome_text or "")
            codes = named.codes if named else ()
        return tuple(code for code in codes if self._allows(judged, code))

    def _allows(self, judged: Judged, code: str) -> bool:
        known = self.reference.outcomes.get(code)
        if known is None or not known.selectable:
            return False
        tried = self._as_if(judged, code)
        return not any(bound.fails(tried) for bound in self._plan(tried).ruling_out)

    def _failed(self, judged: Judged) -> list[Rule]:
        return [bound.rule for bound in self._plan(judged).rules if bound.fails(judged)]

    def _as_if(self, judged: Judged, code: str) -> Judged:
        return Judged(
            judged.file, judged.case, code, judged.now, self.reference, judged.outcome_extract_loaded
        )

    def _plan(self, judged: Judged) -> _Plan:
        """The rules that speak of this outcome; worked out once for each kind of record."""
        outcome = judged.outcome
        known = outcome if outcome is None or outcome in self.reference.outcomes else _OTHER
        key = (known, judged.case.cancel_code, is_published(judged.case))
        plan = self._plans.get(key)
        if plan is None:
            rules = tuple(bound for bound in self._bound if _speaks(bound.rule, *key))
            plan = _Plan(rules, tuple(bound for bound in rules if _rules_out(bound.rule)))
            if len(self._plans) < _MOST_PLANS:
                self._plans[key] = plan
        return plan


def _filled(template: str, judged: Judged) -> str:
    """Put facts in place of the names in braces. The facts' own text is never read as a template."""

    def value(found: re.Match[str]) -> str:
        words = _IN_WORDS.get(found[1])
        return words(judged) if words else shown(judged.file, found[1])

    return _PLACEHOLDER.sub(value, template)


def _outcome_in_words(judged: Judged) -> str:
    known = judged.reference.outcomes.get(judged.outcome or "")
    return known.name if known else "unknown"


def _offence_in_words(judged: Judged) -> str:
    case = judged.case
    return _offence(judged, case.offence_code, case.offence_title, case.ho_class)


def _charge_in_words(judged: Judged) -> str:
    return _offence(judged, judged.case.charge_code, None, judged.case.charge_ho_class)


def _offence(judged: Judged, code: str | None, title: str | None, ho_class: str | None) -> str:
    """An offence by what is known of it: title, then code or class."""
    listed = judged.reference.offences.get(code) if code else None
    title = title or (listed.title if listed else None)
    mark = code or (f"class {ho_class}" if ho_class else None)
    known = f"{title} ({mark})" if title and mark else title or mark
    return clip(known, LONGEST) if known else NOT_RECORDED


_IN_WORDS: dict[str, Callable[[Judged], str]] = {
    "outcome_name": _outcome_in_words,
    "offence": _offence_in_words,
    "charge": _charge_in_words,
}
"""What a message may name besides the fields of the case."""


def compile_rules(rules: Sequence[Rule], reference: Reference) -> Checker:
    """Bind the rules to their predicates. Nothing of ``reference`` is read before a rule asks for it.

    Raises PackEntryError, a PackError, with every predicate, value and field that does not exist.
    """
    wrong = problems(rules)
    if wrong:
        raise PackEntryError(wrong)
    return Checker(reference, tuple(rules), tuple(_bind(rule) for rule in rules))


def problems(rules: Sequence[Rule]) -> list[PackProblem]:
    """What does not hold together in the rules: for the check of the packs."""
    return [
        PackProblem(rule.file, f"{rule.place}, {key}", message, cure)
        for rule in rules
        for key, message, cure in _problems(rule)
    ]


def _problems(rule: Rule) -> Iterator[tuple[str, str, str]]:
    """The key at fault, what is wrong with it, and a cure."""
    if not rule.require:
        yield "require", "names no predicate", "Write the name of a predicate in quotes."
    taken: set[str] = set()
    for key, names in (("require", rule.require), ("when", rule.when), ("unless", rule.unless)):
        for name in names:
            named = PREDICATES.get(name)
            if named is None:
                yield key, f"there is no predicate “{name}”", hint(name, PREDICATES)
                continue
            taken |= named.takes.keys()
            try:
                named.bind(rule.values)
            except KeyError as missing:
                yield "values", f"{name} needs {missing.args[0]}", f"Add {missing.args[0]} = … to the values."
            except TypeError as wrong:
                yield "values", f"{wrong.args[0]} is of the wrong kind for {name}", "See the other rules."
    known = bool(rule.require) and PREDICATES.keys() >= {*rule.require, *rule.when, *rule.unless}
    for name in sorted(rule.values.keys() - taken) if known else ():
        yield "values", f"no predicate of this rule takes {name}", hint(name, taken)
    dates = rule.values.get(_DATES, ())
    for name in dates if isinstance(dates, tuple) else ():
        if name not in _MOMENTS:
            yield "values", f"the case has no date “{name}”", hint(name, _MOMENTS)
    for name in _fields_named(rule):
        if name not in CASE.by_name:
            yield "values", f"the case has no field “{name}”", hint(name, CASE.by_name)
    for key, fields in (("facts", rule.facts), ("message", sorted(rule.placeholders - _IN_WORDS.keys()))):
        for name in fields:
            if not is_field(name):
                yield key, f"there is no field “{name}”", hint(name, field_names())


def _fields_named(rule: Rule) -> Iterator[str]:
    for key in _FIELD_VALUES:
        given = rule.values.get(key, ())
        yield from (given,) if isinstance(given, str) else given if isinstance(given, tuple) else ()


def _bind(rule: Rule) -> _Bound:
    def bound(names: tuple[str, ...]) -> tuple[Predicate, ...]:
        return tuple(PREDICATES[name].bind(rule.values) for name in names)

    return _Bound(
        rule,
        bound(rule.require),
        bound(rule.when),
        bound(rule.unless),
        rule.effective_from,
        rule.effective_to,
    )


def _rules_out(rule: Rule) -> bool:
    """Whether a case that fails the rule cannot be given the outcome."""
    return rule.decides or rule.severity is Severity.BLOCK


def _speaks(rule: Rule, outcome: str | None, cancel_code: str | None, published: bool) -> bool:
    """Whether a rule speaks of records with this outcome and cancellation code, of this kind of source."""
    if published and rule.scope is not Scope.ALL:
        return False
    words = {EVERY, NONE if outcome is None else ANY}
    if outcome is not None:
        words.add(outcome)
    if cancel_code:
        words |= {CANCELLED, cancel_code}
    return not words.isdisjoint(rule.outcomes)
