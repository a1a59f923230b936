"""Out-of-court disposals: which there are, what must hold for each, and who may authorise it (pack ``eligibility``).

A rule names the predicates that judge it (:mod:`casedesk.rules.clinic.predicates`), the disposals it speaks of and the
step from which it counts. Its weight and its status may differ by disposal. A force confirms a rule with a
``[[confirm]]`` entry in its own file, replaces it with a ``[[rule]]`` of the same id, or retires it with
``severity = "off"``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from casedesk.model.text import folded
from casedesk.model.words import Confidence, Severity
from casedesk.reference.finalisation import Confirmation
from casedesk.reference.loading import Pack, Row, hint, read_pack
from casedesk.reference.offence_groups import KINDS, OffenceGroup, offence_group

EVERY = "*"
"""Stands for every disposal."""
REFUSE, NOT_APPLICABLE = "refuse", "n-a"
"""Cells of the authority table that name no rank."""
RANKS = ("pc", "sgt", "insp", "ci", "supt", "cps")
"""Who may authorise, the lowest first."""
CIRCUMSTANCES = ("normal", "domestic", "hate", "weapon", "repeat", "indictable")
"""The columns of the authority table."""
ANSWERED = ("self_harm", "exploitation", "vulnerable")
"""The facts that answers of the needs assessment may give."""
ACTED_ON = ("risk", "exploitation")
"""What referrals may be an action on: the risk of self-harm, exploitation."""
_UNESTABLISHED = (Confidence.UNVERIFIED, Confidence.CONVENTION)
_WEIGHT = (Severity.BLOCK, Severity.WARN, Severity.INFO)
_CERTAIN = (Confidence.CONFIRMED, Confidence.SECONDARY, Confidence.CONVENTION, Confidence.UNVERIFIED)
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_MOST = 1_000_000

W = TypeVar("W", bound=StrEnum)


class Step(StrEnum):
    """From when a rule counts. Each step takes in those before it."""

    CHOOSE = "choose"
    """Before a disposal is chosen."""
    CONDITIONS = "conditions"
    """While its conditions, their dates and their amounts are set."""
    AUTHORISE = "authorise"
    """When it is proposed and authorised."""
    GIVE = "give"
    """When it is administered and signed."""
    AFTER = "after"
    """Once it was given: breach, completion, the outcome code."""

    @property
    def place(self) -> int:
        """Its place in the order of the steps, from 0."""
        return list(Step).index(self)


class Ages(StrEnum):
    """Whom a disposal is for."""

    ADULT = "adult"
    CHILD = "child"
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposal:
    """One way to end a case out of court, offered by the force or not."""

    id: str
    title: str
    short: str
    outcome: str
    """The outcome code it gives."""
    ages: Ages
    evidential: bool
    """Whether the evidential stage must have been met."""
    conditions: bool
    """Whether conditions (or agreed actions) belong to it."""
    enforceable: bool
    """Whether a breach may lead to prosecution for the offence."""
    caution: bool
    offered: bool
    why_not: str
    """Why it is not offered; empty where it is."""
    part_6: bool
    """Whether it waits for the commencement of PCSC Act 2022 Part 6."""
    meaning: str
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Ending:
    """Another end of a case that a matrix or a recommendation may point to: a charge, no further action."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Defence:
    """A defence that a suspect may raise."""

    id: str
    title: str
    ask: str
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Note:
    """What must be borne in mind about some disposals, and no recorded fact can tell."""

    id: str
    on: frozenset[str]
    step: Step
    text: str
    local: str
    """The force whose own practice it is; empty where it is national."""
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """Who authorises one disposal, by circumstance."""

    disposal: str
    ranks: Mapping[str, str]
    """For each of :data:`CIRCUMSTANCES` a rank of :data:`RANKS`, :data:`REFUSE` or :data:`NOT_APPLICABLE`."""
    notes: Mapping[str, str]
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicRule:
    """One condition of a disposal, as the pack states it."""

    id: str
    title: str
    on: frozenset[str]
    step: Step
    require: tuple[str, ...]
    """Names of predicates that must all hold."""
    when: tuple[str, ...] = ()
    """Names of predicates that must all hold for the rule to be judged."""
    unless: tuple[str, ...] = ()
    """Names of predicates any of which excuses the case."""
    targets: Mapping[str, Severity] = field(default_factory=dict)
    """How much it matters once it is established, by disposal; ``*`` for those not named."""
    statuses: Mapping[str, Confidence] = field(default_factory=dict)
    """How well it is sourced, by disposal; ``*`` for those not named."""
    control: bool = False
    """Whether it is a control of casedesk that blocks although it is a convention."""
    source: str
    message: str
    fix: str
    facts: tuple[str, ...]
    confirmation: Confirmation | None = None

    def applies_to(self, disposal: str) -> bool:
        """Whether it speaks of this disposal."""
        return EVERY in self.on or disposal in self.on

    def status_for(self, disposal: str) -> Confidence:
        """How well it is sourced for this disposal."""
        return self.statuses.get(disposal) or self.statuses.get(EVERY, Confidence.UNVERIFIED)

    def target_for(self, disposal: str) -> Severity:
        """How much it matters for this disposal once it is established."""
        return self.targets.get(disposal) or self.targets.get(EVERY, Severity.WARN)

    def severity_for(self, disposal: str) -> Severity:
        """What a failure counts as: a rule that is not established warns where it is meant to block."""
        target, status = self.target_for(disposal), self.status_for(disposal)
        if target is not Severity.BLOCK or status not in _UNESTABLISHED:
            return target
        return Severity.BLOCK if self.control and status is Confidence.CONVENTION else Severity.WARN

    @property
    def severity(self) -> Severity:
        """The most that a failure counts as, whatever the disposal."""
        return min((self.severity_for(one) for one in self._named), key=_WEIGHT.index)

    @property
    def status(self) -> Confidence:
        """The least that any of its disposals is sourced as."""
        return max((self.status_for(one) for one in self._named), key=_CERTAIN.index)

    @property
    def standing(self) -> str:
        """How far the rule can be relied on, in a sentence; empty where there is nothing to add."""
        return self.standing_for(max(self._named, key=lambda one: _CERTAIN.index(self.status_for(one))))

    def standing_for(self, disposal: str) -> str:
        """How far it can be relied on for this disposal, in a sentence; empty where there is nothing to add."""
        if self.confirmation:
            by = f"Confirmed for this force by {self.confirmation.by} on {self.confirmation.on.isoformat()}"
            return f"{by}: {self.confirmation.note}" if self.confirmation.note else f"{by}."
        status = self.status_for(disposal)
        if status is Confidence.UNVERIFIED:
            return "Unverified: confirm with your out-of-court lead."
        if status is Confidence.CONVENTION:
            holds = (
                " It blocks as a control of casedesk."
                if self.severity_for(disposal) is Severity.BLOCK
                else ""
            )
            return f"A convention of casedesk, not law or national practice.{holds}"
        return ""

    @property
    def placeholders(self) -> frozenset[str]:
        """The names in braces in its message and cure."""
        return frozenset(_PLACEHOLDER.findall(self.message + self.fix))

    @property
    def _named(self) -> list[str]:
        named = sorted({*self.on, *self.targets, *self.statuses} - {EVERY})
        return named if EVERY not in self.on else [*named, EVERY]


@dataclass(frozen=True, slots=True)
class ClinicLimits:
    """The numbers that the rules of conditions and dates work with."""

    normal_days: int
    exceptional_days: int
    buffer_days: int
    """Days kept free before the limit on prosecution, for a breach review and a charge file."""
    least_days: int
    """The fewest days that conditions must have; below it the offer makes no sense."""
    alert_days: tuple[int, ...]
    """How many days before the limit on prosecution to say so, the first first."""
    penalty_pence: Mapping[str, int]
    """The most that a financial penalty may be, by mode of trial."""
    hours: Mapping[str, int]
    """The most hours of attendance other than for rehabilitation, by disposal."""
    repeat_months: int
    rationale_words: int
    spent_months: int
    low_value_pence: int
    status: Confidence
    source: str


@dataclass(frozen=True)
class Eligibility:
    """The whole pack."""

    version: str
    disposals: Mapping[str, Disposal]
    endings: Mapping[str, Ending]
    rules: Mapping[str, ClinicRule]
    defences: Mapping[str, Defence]
    notes: Mapping[str, Note]
    authority: Mapping[str, AuthorityRow]
    limits: ClinicLimits
    in_force_from: date | None
    """The first day of PCSC Act 2022 Part 6; None while it is not in force."""
    intimate_override: bool
    """Whether the force lets an inspector allow a community resolution for intimate-partner domestic abuse."""
    answers: Mapping[str, Mapping[str, tuple[str, ...]]]
    """Answers of the needs assessment that count as a fact (:data:`ANSWERED`): its questions with the answers."""
    referrals: Mapping[str, frozenset[str]]
    """Referrals, folded, that count as action on a fact (:data:`ACTED_ON`)."""
    specified: OffenceGroup | None
    """Either-way offences known to be specified for simple cautions (SI 2015/790); not the whole list."""
    shop_theft: OffenceGroup | None
    damage: OffenceGroup | None

    def title(self, ending: str) -> str:
        """The name of a disposal or other ending; the id itself where there is none."""
        known = self.disposals.get(ending) or self.endings.get(ending)
        return known.title if known else ending

    def notes_for(self, disposal: str) -> tuple[Note, ...]:
        """What must be borne in mind about a disposal, in pack order."""
        return tuple(note for note in self.notes.values() if disposal in note.on or EVERY in note.on)


_RULE_KEYS = {
    "id", "title", "on", "step", "require", "when", "unless", "severity", "status", "control", "source", "message",
    "fix", "facts",
}  # fmt: skip
_TABLES = {
    "disposal", "ending", "rule", "confirm", "defence", "note", "authority", "limits", "caps", "force", "offered",
    "part-6", "answers", "referrals", "group",
}  # fmt: skip
_MODES = ("summary", "either-way", "indictable")
_GROUPS = ("specified", "shop-theft", "damage")
_NUMBERS = (
    "normal_days", "exceptional_days", "buffer_days", "least_days", "repeat_months", "rationale_words",
    "spent_months", "low_value_pence",
)  # fmt: skip


def load_eligibility(overlay: Path | None = None) -> Eligibility:
    """Load the pack, with the force's own file laid over it.

    Raises PackError for an entry that does not hold together. Whether the predicates exist is checked where they are
    known: :func:`casedesk.rules.clinic.compiled.check_rules`.
    """
    pack = read_pack("eligibility", overlay)
    pack.unknown(_TABLES)
    offered, part_6, force = (pack.table(one) for one in ("offered", "part-6", "force"))
    answers, referrals = pack.table("answers"), pack.table("referrals")
    part_6.unknown({"in_force_from"})
    force.unknown({"intimate_override"})
    answers.unknown(ANSWERED)
    referrals.unknown(ACTED_ON)
    disposals = pack.build("disposal", lambda row: _disposal(row, offered))
    offered.unknown(disposals)
    groups = pack.build("group", _group)
    if strange := groups.keys() - set(_GROUPS):
        raise pack.error(f"[[group]] {min(strange)}", "no rule asks for it", hint(min(strange), _GROUPS))
    return Eligibility(
        version=pack.version,
        disposals=disposals,
        endings=pack.build("ending", _ending),
        rules=_confirmed(pack, pack.build("rule", lambda row: _rule(row, disposals))),
        defences=pack.build("defence", _defence),
        notes=pack.build("note", lambda row: _note(row, disposals)),
        authority=pack.build("authority", lambda row: _authority(row, disposals)),
        limits=_limits(pack, disposals),
        in_force_from=part_6.optional_day("in_force_from"),
        intimate_override=force.flag("intimate_override", False),
        answers={fact: _answers(answers.table(fact)) for fact in ANSWERED},
        referrals={fact: frozenset(map(folded, referrals.texts(fact, ()))) for fact in ACTED_ON},
        specified=groups.get("specified"),
        shop_theft=groups.get("shop-theft"),
        damage=groups.get("damage"),
    )


def _disposal(row: Row, offered: Row) -> Disposal:
    row.unknown(
        {
            "id", "title", "short", "outcome", "ages", "evidential", "conditions", "enforceable", "caution",
            "why_not", "part_6", "meaning", "status", "source", "severity",
        }
    )  # fmt: skip
    return Disposal(
        id=row.id,
        title=row.text("title"),
        short=row.text("short"),
        outcome=row.text("outcome"),
        ages=row.choice("ages", Ages),
        evidential=row.flag("evidential"),
        conditions=row.flag("conditions"),
        enforceable=row.flag("enforceable"),
        caution=row.flag("caution"),
        offered=offered.flag(row.id, True),
        why_not=row.text("why_not", ""),
        part_6=row.flag("part_6", False),
        meaning=row.text("meaning"),
        status=row.choice("status", Confidence),
        source=row.text("source"),
    )


def _ending(row: Row) -> Ending:
    row.unknown({"id", "title"})
    return Ending(row.id, row.text("title"))


def _defence(row: Row) -> Defence:
    row.unknown({"id", "title", "ask", "status", "source", "severity"})
    return Defence(
        row.id, row.text("title"), row.text("ask"), row.choice("status", Confidence), row.text("source")
    )


def _note(row: Row, disposals: Mapping[str, Disposal]) -> Note:
    row.unknown({"id", "on", "step", "text", "local", "status", "source", "severity"})
    return Note(
        row.id,
        _on(row, disposals),
        row.choice("step", Step),
        row.text("text"),
        row.text("local", ""),
        row.choice("status", Confidence),
        row.text("source"),
    )


def _authority(row: Row, disposals: Mapping[str, Disposal]) -> AuthorityRow:
    row.unknown({"id", "notes", "status", "source", "severity", *CIRCUMSTANCES})
    if row.id not in disposals:
        raise row.error("id", f"there is no disposal “{row.id}”", hint(row.id, disposals))
    words = (*RANKS, REFUSE, NOT_APPLICABLE)
    ranks = {column: row.text(column) for column in CIRCUMSTANCES}
    for column, rank in ranks.items():
        if rank not in words:
            raise row.error(column, f"“{rank}” is not one of its words", hint(rank, words))
    notes = row.table("notes")
    notes.unknown(CIRCUMSTANCES)
    said = {column: notes.text(column) for column in notes.keys}
    return AuthorityRow(row.id, ranks, said, row.choice("status", Confidence), row.text("source"))


def _rule(row: Row, disposals: Mapping[str, Disposal]) -> ClinicRule:
    row.unknown(_RULE_KEYS)
    on = _on(row, disposals)
    return ClinicRule(
        id=row.id,
        title=row.text("title"),
        on=on,
        step=row.choice("step", Step),
        require=_names(row, "require"),
        when=_names(row, "when") if "when" in row else (),
        unless=_names(row, "unless") if "unless" in row else (),
        targets=_by_disposal(row, "severity", Severity, on),
        statuses=_by_disposal(row, "status", Confidence, on),
        control=row.flag("control", False),
        source=row.text("source"),
        message=row.text("message"),
        fix=row.text("fix"),
        facts=tuple(row.texts("facts")),
    )


def _on(row: Row, disposals: Mapping[str, Disposal]) -> frozenset[str]:
    on = row.texts("on")
    for one in on:
        if one != EVERY and one not in disposals:
            raise row.error("on", f"there is no disposal “{one}”", hint(one, disposals))
    if not on:
        raise row.error("on", "is empty", f'Write ["{EVERY}"] for every disposal.')
    return frozenset(on)


def _by_disposal(row: Row, key: str, words: type[W], on: frozenset[str]) -> dict[str, W]:
    """One word for every disposal, or a table of words by disposal that leaves none of them out."""
    if not isinstance(row.values.get(key), dict):
        return {EVERY: row.choice(key, words)}
    table = row.table(key)
    table.unknown({*on, EVERY})
    found = {one: table.choice(one, words) for one in table.keys}
    if EVERY not in found and (missing := on - found.keys()):
        raise row.error(key, f"says nothing of “{min(missing)}”", f'Add it, or "{EVERY}" for the others.')
    return found


def _names(row: Row, key: str) -> tuple[str, ...]:
    names = (row.text(key),) if isinstance(row.values.get(key), str) else tuple(row.texts(key))
    if not names or not all(names):
        raise row.error(
            key, "names no predicate", "Write the name of a predicate in quotes, or a list of them."
        )
    return names


def _answers(table: Row) -> dict[str, tuple[str, ...]]:
    return {question: tuple(table.texts(question)) for question in table.keys}


def _group(row: Row) -> OffenceGroup | None:
    row.unknown({"id", "title", "source", "status", *KINDS})
    return offence_group(row)


def _limits(pack: Pack, disposals: Mapping[str, Disposal]) -> ClinicLimits:
    row, caps = pack.table("limits"), pack.table("caps")
    row.unknown({*_NUMBERS, "alert_days", "status", "source"})
    caps.unknown({"penalty_pence", "hours"})
    numbers = {key: _at_least(row, key, 1) for key in _NUMBERS}
    if numbers["exceptional_days"] < numbers["normal_days"]:
        raise row.error("exceptional_days", "is less than normal_days", "Correct one of the two.")
    penalty, hours = caps.table("penalty_pence"), caps.table("hours")
    penalty.unknown(_MODES)
    hours.unknown(disposals)
    alerts = row.values.get("alert_days", [])
    if not isinstance(alerts, list) or not all(type(one) is int and one > 0 for one in alerts):
        raise row.error("alert_days", "a list of numbers of days expected", "Write [56, 28, 14, 7].")
    return ClinicLimits(
        **numbers,
        alert_days=tuple(sorted(alerts, reverse=True)),
        penalty_pence={mode: _at_least(penalty, mode, 0) for mode in _MODES},
        hours={one: _at_least(hours, one, 0) for one in hours.keys},
        status=row.choice("status", Confidence),
        source=row.text("source"),
    )


def _at_least(row: Row, key: str, least: int) -> int:
    value = row.integer(key)
    if not least <= value <= _MOST:
        raise row.error(key, f"{value} is out of range", f"Write a number from {least} to {_MOST:,}.")
    return value


def _confirmed(pack: Pack, rules: dict[str, ClinicRule]) -> dict[str, ClinicRule]:
    """Apply the force's ``[[confirm]]`` entries: the rule counts as confirmed for every disposal, and says by whom."""
    for row in pack.rows("confirm"):
        row.unknown({"id", "by", "on", "note"})
        if row.id not in rules:
            raise row.error("id", f"there is no rule “{row.id}” to confirm", hint(row.id, list(rules)))
        given = Confirmation(by=row.text("by"), on=row.day("on"), note=row.text("note", ""))
        rules[row.id] = replace(rules[row.id], statuses={EVERY: Confidence.CONFIRMED}, confirmation=given)
    return rules
