"""The finalisation rules, from the ``finalisation`` pack: what must hold before a crime is finalised.

A rule names the predicates that judge it (:mod:`casedesk.rules.predicates`), the outcomes it speaks of, its
source and how well that is established. A force confirms a rule with a short ``[[confirm]]`` entry in its own
file, replaces it with a ``[[rule]]`` of the same id, or retires it with ``severity = "off"``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from casedesk.model.words import Confidence, Severity
from casedesk.reference.loading import Pack, Row, hint, read_pack

Value = str | int | tuple[str, ...]
"""A number or word that a rule hands to its predicates."""

EVERY = "*"
"""Stands for every record, whatever its outcome and with none."""
ANY = "any"
"""Stands for every record that carries an outcome."""
NONE = "none"
"""Stands for records that carry no outcome."""
CANCELLED = "C*"
"""Stands for records proposed for cancellation, whatever the code."""

_UNESTABLISHED = (Confidence.UNVERIFIED, Confidence.CONVENTION)
_CODE = re.compile(r"\d{1,2}A?|C[1-9]")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Scope(StrEnum):
    """Which records a rule can judge."""

    RECORD = "record"
    """Records-system records only: in a published extract, which has no people, nothing can be missing."""
    ALL = "all"
    """Published extracts as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """Who in the force confirmed a rule, when, and what they noted."""

    by: str
    on: date
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One condition of finalisation, as the pack states it."""

    id: str
    title: str
    outcomes: frozenset[str]
    """Outcome and cancellation codes, or ``*``, ``any``, ``none``, ``C*``; groups are written out."""
    require: tuple[str, ...]
    """Names of predicates that must all hold."""
    when: tuple[str, ...] = ()
    """Names of predicates that must all hold for the rule to be judged."""
    unless: tuple[str, ...] = ()
    """Names of predicates any of which excuses the case."""
    values: Mapping[str, Value] = field(default_factory=dict)
    """What the predicates are given by name: limits, ranks, classes."""
    target: Severity
    """How much the rule matters once it is established."""
    status: Confidence
    source: str
    message: str
    fix: str
    facts: tuple[str, ...]
    """Names of fields of the case, or ``suspect.…``, ``victim.…``, ``outcome_record.…``, ``contact.…``."""
    need: str = ""
    """What is still missing when the rule fails, as a noun phrase; empty where nothing could be added."""
    decides: bool = False
    """Whether a case that fails cannot have this outcome at all, however little the rule may block."""
    scope: Scope = Scope.RECORD
    effective_from: date | None = None
    effective_to: date | None = None
    confirmation: Confirmation | None = None
    pack: str = ""
    """The version of the pack that the rule was read from."""
    file: str = ""
    place: str = ""
    """The entry in its file, for messages about the pack."""

    @property
    def severity(self) -> Severity:
        """What a failure counts as: a rule that is not established warns where it is meant to block."""
        if self.target is Severity.BLOCK and self.status in _UNESTABLISHED:
            return Severity.WARN
        return self.target

    @property
    def standing(self) -> str:
        """How far the rule can be relied on, in a sentence; empty where there is nothing to add."""
        if self.confirmation:
            by = f"Confirmed for this force by {self.confirmation.by} on {self.confirmation.on.isoformat()}"
            return f"{by}: {self.confirmation.note}" if self.confirmation.note else f"{by}."
        if self.status is Confidence.UNVERIFIED:
            return "Unverified: confirm with your Force Crime Registrar."
        if self.status is Confidence.CONVENTION:
            return "A convention of casedesk, not a Home Office rule."
        return ""

    @property
    def placeholders(self) -> frozenset[str]:
        """The names in braces in its message and cure."""
        return frozenset(_PLACEHOLDER.findall(self.message + self.fix))


_KEYS = {
    "id", "title", "outcomes", "require", "when", "unless", "values", "severity", "status", "source",
    "message", "fix", "facts", "need", "decides", "scope", "effective_from", "effective_to",
    "confirmed_by", "confirmed_on", "note",
}  # fmt: skip


def load_finalisation(overlay: Path | None = None) -> tuple[Rule, ...]:
    """Load the rules in pack order, with the force's own file laid over them.

    Raises PackError for an entry that does not hold together. Whether the predicates exist is checked where
    they are known: :func:`casedesk.rules.finalisation.compile_rules`.
    """
    pack = read_pack("finalisation", overlay)
    pack.unknown({"rule", "group", "confirm"})
    groups = pack.build("group", _group)
    rules = pack.build("rule", lambda row: _rule(row, groups, pack.version))
    return tuple(_confirmed(pack, rules).values())


def _group(row: Row) -> frozenset[str]:
    row.unknown({"id", "title", "outcomes"})
    return frozenset(_codes(row, row.texts("outcomes"), {}))


def _rule(row: Row, groups: Mapping[str, frozenset[str]], version: str) -> Rule:
    row.unknown(_KEYS)
    day_from, day_to = row.optional_day("effective_from"), row.optional_day("effective_to")
    if day_from and day_to and day_to < day_from:
        raise row.error("effective_to", f"lies before effective_from ({day_from})", "Correct one of the two.")
    return Rule(
        id=row.id,
        title=row.text("title"),
        outcomes=frozenset(_codes(row, row.texts("outcomes"), groups)),
        require=_names(row, "require"),
        when=_names(row, "when") if "when" in row else (),
        unless=_names(row, "unless") if "unless" in row else (),
        values=_values(row),
        target=row.choice("severity", Severity),
        status=row.choice("status", Confidence),
        source=row.text("source"),
        message=row.text("message"),
        fix=row.text("fix"),
        facts=tuple(row.texts("facts")),
        need=row.text("need", ""),
        decides=row.flag("decides", False),
        scope=row.choice("scope", Scope, Scope.RECORD),
        effective_from=day_from,
        effective_to=day_to,
        confirmation=_confirmation(row),
        pack=version,
        file=row.files[""],
        place=row.place,
    )


def _names(row: Row, key: str) -> tuple[str, ...]:
    names = (row.text(key),) if isinstance(row.values.get(key), str) else tuple(row.texts(key))
    if not names or not all(names):
        raise row.error(
            key, "names no predicate", "Write the name of a predicate in quotes, or a list of them."
        )
    return names


def _codes(row: Row, words: list[str], groups: Mapping[str, frozenset[str]]) -> list[str]:
    if not words:
        raise row.error("outcomes", "is empty", f'Write ["{EVERY}"] for every record.')
    codes: list[str] = []
    for word in words:
        if word in groups:
            codes += groups[word]
        elif word in (EVERY, ANY, NONE, CANCELLED) or _CODE.fullmatch(word):
            codes.append(word)
        else:
            raise row.error("outcomes", f"“{word}” is neither a code nor a group", hint(word, list(groups)))
    return codes


def _values(row: Row) -> dict[str, Value]:
    table = row.table("values")
    return {
        key: tuple(table.texts(key)) if isinstance(raw, list) else table.text(key) if isinstance(raw, str)
        else table.integer(key)
        for key, raw in table.values.items()
    }  # fmt: skip


def _confirmation(row: Row) -> Confirmation | None:
    if "confirmed_by" not in row and "confirmed_on" not in row:
        return None
    return Confirmation(by=row.text("confirmed_by"), on=row.day("confirmed_on"), note=row.text("note", ""))


def _confirmed(pack: Pack, rules: dict[str, Rule]) -> dict[str, Rule]:
    """Apply the force's ``[[confirm]]`` entries: the rule counts as confirmed, and says by whom."""
    for row in pack.rows("confirm"):
        row.unknown({"id", "by", "on", "note"})
        if row.id not in rules:
            raise row.error("id", f"there is no rule “{row.id}” to confirm", hint(row.id, list(rules)))
        given = Confirmation(by=row.text("by"), on=row.day("on"), note=row.text("note", ""))
        rules[row.id] = replace(rules[row.id], status=Confidence.CONFIRMED, confirmation=given)
    return rules
