"""The facts of the clinic in words: values, what is not recorded and how to record it, the words of messages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from casedesk.model.facts import Condition
from casedesk.model.moments import show_day
from casedesk.reference.eligibility import ClinicRule, Disposal
from casedesk.reference.packs import Packs
from casedesk.rules.clinic.authority import authority_of
from casedesk.rules.clinic.dates import last_allowed, latest_due
from casedesk.rules.clinic.known import RECORD, TITLES, ClinicFacts
from casedesk.rules.clinic.predicates import Asked, hours, penalties
from casedesk.rules.shown import NOT_RECORDED, RANK_TITLES

_BY, _UNTIL = "by the day given", "until the day given"
"""How conditions of the catalogue end."""
NONE = "none"
"""What is shown where there is nothing of the kind."""
WORDS = {
    "met": "met", "not-met": "not met", "out-of-court": "out of court", "no-further-action": "no further action",
    "part": "in part", "none": "none", "sought": "sought, not given", "recorded": "recorded",
    "either-way": "either-way", "not-offered": "not offered",
}  # fmt: skip
"""The words kept that are shown otherwise."""
MADE = frozenset(
    {
        "disposal", "why_not", "latest_due", "latest_allowed", "penalty", "penalty_cap", "hours", "hours_cap",
        "authority", "circumstances", "words",
    }
)  # fmt: skip
"""What a message may name besides the facts."""
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class FactShown:
    """One fact that a finding rests on, as it is shown."""

    name: str
    title: str
    value: str
    """In words; “not recorded” where it is not known."""
    source: str
    """Where it comes from; empty where nowhere."""


def facts_shown(asked: Asked, names: tuple[str, ...]) -> tuple[FactShown, ...]:
    """The facts of these names, in this order."""
    sources = asked.facts.sources
    return tuple(FactShown(one, TITLES[one], value_shown(asked, one), sources.get(one, "")) for one in names)


def value_shown(asked: Asked, name: str) -> str:
    """One fact in words."""
    value: Any = getattr(asked.facts, name)
    if name in ("matrix_default", "disposal") and value is not None:
        return asked.book.title(value)
    if name in ("authoriser_rank", "breach_rank") and value is not None:
        return RANK_TITLES.get(str(value), str(value))
    if name == "defences" and value:
        known = asked.book.defences
        return ", ".join(known[one].title if one in known else one for one in value)
    if name == "rationale":
        return f"{len(value.split())} words"
    return _value(value)


def missing(facts: ClinicFacts, names: tuple[str, ...], packs: Packs) -> tuple[tuple[str, str], ...]:
    """What of these facts is not recorded: its name on screen, and what to record."""
    found = [(TITLES[one], RECORD[one]) for one in names if one in RECORD and getattr(facts, one) is None]
    if "age" in names and facts.age is not None and facts.age[0] != facts.age[1]:
        found.append(("exact age", "the suspect's exact date of birth"))
    if "conditions" in names:
        found += _missing_of(facts.conditions, packs)
    return tuple(dict.fromkeys(found))


def filled(template: str, asked: Asked) -> str:
    """A message of the pack with the facts of the case in the places of their names."""
    made = _made(asked.disposal, asked)

    def one(found: re.Match[str]) -> str:
        name = found[1]
        return made[name] if name in made else value_shown(asked, name)

    return _PLACEHOLDER.sub(one, template).strip()


def names_known(rule: ClinicRule) -> list[str]:
    """The names in braces that a rule's words use and that there are not."""
    return sorted(rule.placeholders - MADE - TITLES.keys())


def condition_words(condition: Condition) -> str:
    """What a condition asks for, to be gone on from: without stop, nor “the day given” where the day follows."""
    said = _plain_words(condition)
    return said.removesuffix(_BY).removesuffix(_UNTIL).rstrip(" ,") if condition.due_on else said


def day_word(condition: Condition) -> str:
    """What leads to the last day of a condition: ``until`` where it lasts so long, else ``by``."""
    return "until" if _plain_words(condition).endswith(_UNTIL) else "by"


def _plain_words(condition: Condition) -> str:
    return (condition.what or condition.service or condition.kind or "not described").strip().rstrip(".")


def begun_small(title: str) -> str:
    """A title within a sentence: it begins with a small letter, unless with an abbreviation (``CPS decision``)."""
    return title if title[:2].isupper() and title[1:2].strip() else f"{title[:1].lower()}{title[1:]}"


def pounds(pence: int) -> str:
    """An amount of money: ``£50``, ``£12.50``."""
    whole, rest = divmod(pence, 100)
    return f"£{whole:,}.{rest:02d}" if rest else f"£{whole:,}"


def _missing_of(conditions: tuple[Condition, ...], packs: Packs) -> list[tuple[str, str]]:
    services = packs.conditions.services
    found: list[tuple[str, str]] = []
    if any(not one.due_on for one in conditions):
        found.append(("Day a condition is due", "the day that each condition is due"))
    for one in conditions:
        known = services.get(one.service) if one.service else None
        if known is not None and known.penalty and one.amount_pence is None:
            found.append(("Amount of the penalty", "the amount of the financial penalty"))
        if known is not None and known.hours is not None and one.hours is None:
            found.append(("Hours of attendance", "the hours of attendance"))
    return found


def _made(disposal: Disposal, asked: Asked) -> Mapping[str, str]:
    facts, limits = asked.facts, asked.book.limits
    due, allowed = latest_due(facts.conditions), last_allowed(asked.book, facts)
    cap = limits.penalty_pence.get(facts.mode or "")
    hours_cap = limits.hours.get(disposal.id)
    authority = authority_of(asked.book, facts, disposal.id)
    return {
        "disposal": disposal.title,
        "why_not": disposal.why_not,
        "latest_due": show_day(due) if due else NOT_RECORDED,
        "latest_allowed": show_day(allowed) if allowed and allowed > date.min else NOT_RECORDED,
        "penalty": pounds(sum(one or 0 for one in penalties(asked))),
        "penalty_cap": pounds(cap) if cap is not None else NOT_RECORDED,
        "hours": str(sum(one or 0 for one in hours(asked))),
        "hours_cap": str(hours_cap) if hours_cap is not None else NONE,
        "authority": authority.words if authority else NONE,
        "circumstances": authority.because if authority else "",
        "words": str(limits.rationale_words),
    }


def _value(value: Any) -> str:
    if value is None or value == "":
        return NOT_RECORDED
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return show_day(value)
    if isinstance(value, tuple):
        return _several(value)
    return WORDS.get(value, value) if isinstance(value, str) else str(value)


def _several(value: tuple[Any, ...]) -> str:
    if not value:
        return NONE
    if all(type(one) is int for one in value):
        least, most = value[0], value[-1]
        return str(least) if least == most else f"{least} to {most}"
    if all(isinstance(one, Condition) for one in value):
        return "; ".join(condition_words(one) for one in value)
    return ", ".join(str(one) for one in value)
