"""The facts a finding rests on: each with its name on screen, its value in words, and its place."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from casedesk.model.entities import (
    CASE,
    CONDITION,
    CONTACT,
    OUTCOME_RECORD,
    RESTING,
    SUSPECT,
    VICTIM,
    Entity,
    Field,
    Kind,
)
from casedesk.model.facts import CaseFile
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_instant, show_moment
from casedesk.model.text import clip
from casedesk.model.words import FLAG_TITLES
from casedesk.rules.breaches import undecided_breaches

NOT_RECORDED = "not recorded"
"""What is shown for a field that is empty."""
NONE = "none"
"""What is shown where nobody and nothing of the kind is on the record."""
LINE = "outcome_record"
"""Stands for a whole outcome line, month and words together."""
LONGEST = 80
"""The most characters of a text that a finding shows."""

_PEOPLE: dict[str, tuple[Entity, str, Callable[[CaseFile], Sequence[tuple[EntityId, Any]]]]] = {
    "suspect": (SUSPECT, "Suspect", lambda file: file.suspects),
    "victim": (VICTIM, "Victim", lambda file: file.victims),
    "outcome_record": (OUTCOME_RECORD, "Outcome line", lambda file: file.outcome_records),
    "contact": (CONTACT, "Contact", lambda file: file.contacts),
    "breach": (CONDITION, "Condition", undecided_breaches),
    "resolution": (RESTING, "Resolution", lambda file: file.resting),
}
_FLAGS = {flag.value: title for flag, title in FLAG_TITLES.items()}
RANK_TITLES = {
    "pc": "constable", "sgt": "sergeant", "insp": "inspector", "ci": "chief inspector",
    "supt": "superintendent", "staff": "police staff", "ddm": "designated decision maker",
    "fcr": "Force Crime Registrar", "cps": "CPS",
}  # fmt: skip
"""The words of a decision maker's rank, and how they are shown."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of the case, as a finding shows it."""

    title: str
    value: str
    field: str
    """The name of the field: ``outcome_date``, ``suspect.status``."""
    entity: EntityId
    """Whose field it is: the case, or the suspect, victim or line concerned."""


def is_field(name: str) -> bool:
    """Whether a rule may list this name as a fact."""
    owner, dot, own = name.rpartition(".")
    entity = _PEOPLE[owner][0] if owner in _PEOPLE else CASE if not dot else None
    return name == LINE or (entity is not None and own in entity.by_name)


def field_names() -> list[str]:
    """Every name that a rule may list as a fact."""
    people = (f"{owner}.{name}" for owner, (entity, *_) in _PEOPLE.items() for name in entity.by_name)
    return [*CASE.by_name, LINE, *people]


def facts_of(file: CaseFile, names: Sequence[str]) -> tuple[Fact, ...]:
    """The facts of these names, in this order; a suspect's, victim's or line's once for each of them."""
    return tuple(fact for name in names for fact in _facts(file, name))


def shown(file: CaseFile, name: str) -> str:
    """The values of one field in words, each different one once."""
    return (" · " if name == LINE else ", ").join(dict.fromkeys(fact.value for fact in _facts(file, name)))


def _facts(file: CaseFile, name: str) -> Iterator[Fact]:
    owner, dot, own = name.rpartition(".")
    if name == LINE:
        yield from _lines(file)
        return
    if not dot:
        yield Fact(CASE.by_name[own].title, _value(CASE.by_name[own], file.case), own, file.id)
        return
    entity, word, of = _PEOPLE[owner]
    field = entity.by_name[own]
    title = field.title if word.casefold() in field.title.casefold() else f"{word}: {field.title.lower()}"
    things = of(file)
    for key, thing in things:
        yield Fact(title, _value(field, thing), name, key)
    if not things:
        yield Fact(title, NONE, name, file.id)


def _lines(file: CaseFile) -> Iterator[Fact]:
    for key, record in file.outcome_records:
        when = show_moment(record.at) if record.at else "undated"
        text = clip(record.text or NOT_RECORDED, LONGEST)
        yield Fact("Outcome line", f"{when} {text}", f"{LINE}.at", key)
    if not file.outcome_records:
        yield Fact("Outcome line", NONE, f"{LINE}.at", file.id)


def _value(field: Field, thing: Any) -> str:
    value = getattr(thing, field.name)
    if value is None or value in ("", ()):
        return NOT_RECORDED
    if field.name == "value_pence":
        return f"£{value // 100:,}.{value % 100:02d}"
    if field.name == "decided_rank":
        return clip(RANK_TITLES.get(value, value), LONGEST)
    return clip(_SHOW[field.kind](value), LONGEST)


_SHOW: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: str,
    Kind.INT: str,
    Kind.FLAG: lambda value: "yes" if value else "no",
    Kind.MOMENT: show_moment,
    Kind.INSTANT: show_instant,
    Kind.LIST: lambda value: ", ".join(_FLAGS.get(word, word) for word in value),
    Kind.REFERENCE: lambda value: "linked",
}
