"""Reads the worked table of the finalisation rules (``finalisation_cases.toml``), and makes cases."""

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from casedesk.model.facts import Case, CaseFile, Condition, Contact, OutcomeRecord, Resting, Suspect, Victim
from casedesk.model.ids import EntityId, derived_id

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
STREET = "police-uk-street"
KINDS = ("pass", "fail", "boundary")
_TABLE = tomllib.loads((Path(__file__).parent / "finalisation_cases.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Example:
    """One case and whether the rule finds fault with it."""

    kind: str
    why: str
    file: CaseFile
    found: bool
    loaded: bool


def case_file(**facts: Any) -> CaseFile:
    """A case of plain facts; ``suspects``, ``victims``, ``lines``, ``contacts``, ``conditions``, ``resting`` too."""

    def people(cls: type[Any], key: str) -> tuple[tuple[EntityId, Any], ...]:
        them = [_person(key, one) for one in facts.pop(key, [])]
        return tuple((derived_id(key, str(number)), cls(**one)) for number, one in enumerate(them))

    return CaseFile(
        id=derived_id("case"),
        suspects=people(Suspect, "suspects"),
        victims=people(Victim, "victims"),
        outcome_records=people(OutcomeRecord, "lines"),
        contacts=people(Contact, "contacts"),
        conditions=people(Condition, "conditions"),
        resting=people(Resting, "resting"),
        case=Case(**{"ref": "43260000001", "source": "rms-occurrences", **_plain(facts)}),
    )


def _person(key: str, one: str | dict[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {"is": one} if isinstance(one, str) else dict(one)
    known = _TABLE[key][given.pop("is")] if "is" in given else {}
    if "about" in given:
        given["about"] = derived_id(key, str(given["about"]))
    if "of" in given:
        given["suspect"] = derived_id("suspects", str(given.pop("of")))
    return _plain({**known, **given})


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()}


def _example(entry: dict[str, Any]) -> Example:
    facts = dict(entry)
    (kind,) = (kind for kind in KINDS if kind in facts)
    why, loaded = facts.pop(kind), facts.pop("loaded", False)
    found = facts.pop("found") if kind == "boundary" else kind == "fail"
    return Example(kind, why, case_file(**facts), found, loaded)


EXAMPLES = {rule_id: [_example(entry) for entry in entries] for rule_id, entries in _TABLE["rules"].items()}
"""For each rule of the pack, its examples."""
