"""One made-up case while it is being made, and how it is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from casedesk.model.entities import (
    ACTION,
    CASE,
    CASE_EVENT,
    CONTACT,
    CUSTODY,
    ENTITIES,
    LOG_ENTRY,
    OUTCOME_RECORD,
    SUSPECT,
    VICTIM,
    Entity,
    Value,
)
from casedesk.model.ids import EntityId, derived_id
from casedesk.model.text import folded
from casedesk.store.journal import Unit

Facts = dict[str, Value]
"""The fields of one entity; a None is as good as absent."""

RECORDS_SYSTEM = "rms"
"""The namespace of the records-system profile: an extract of these occurrences meets the made-up cases."""


@dataclass(slots=True)
class Draft:
    """A case being made. Fields of the records system and of the desk stand together until it is written."""

    case: Facts
    suspects: list[Facts] = field(default_factory=list)
    victims: list[Facts] = field(default_factory=list)
    custody: list[Facts] = field(default_factory=list)
    records: list[Facts] = field(default_factory=list)
    actions: list[Facts] = field(default_factory=list)
    contacts: list[Facts] = field(default_factory=list)
    log: list[Facts] = field(default_factory=list)
    events: list[Facts] = field(default_factory=list)
    parts: list[tuple[Entity, EntityId, Facts]] = field(default_factory=list)
    """What else was written at the desk, each with the id that the desk would give it."""
    namespace: str = RECORDS_SYSTEM

    @property
    def ref(self) -> str:
        """The occurrence number."""
        return str(self.case["ref"])

    @property
    def id(self) -> EntityId:
        """The id that an import of the same occurrence would derive."""
        return derived_id("case", self.namespace, self.ref)

    def suspect_id(self, suspect: Facts) -> EntityId:
        """The id of one of its suspects."""
        return self._person_id("suspect", "nominal", str(suspect["nominal"]))

    def victim_id(self, victim: Facts) -> EntityId:
        """The id of one of its victims."""
        return self._person_id("victim", "name", folded(str(victim["name"])), str(victim.get("dob") or ""))

    def custody_id(self, custody: Facts) -> EntityId:
        """The id of one of its arrests."""
        return self._person_id("custody", "number", str(custody["number"]))

    def _person_id(self, entity: str, *own: str) -> EntityId:
        return derived_id(entity, self.namespace, self.ref, *own)


def write_cases(unit: Unit, drafts: Sequence[Draft], as_at: datetime) -> None:
    """Write these cases, and bring the queue up to date.

    New rows are collected and written together; what changes a row that is there already comes last, since it
    forces them out.
    """
    parts = [(draft.id, *part) for draft in drafts for part in _entities(draft)]
    for entity in ENTITIES.values():
        unit.preload(entity, [own for _, kind, own, _ in parts if kind is entity])
    for case_id, entity, own, facts in parts:
        _write_new(unit, case_id, entity, own, facts, as_at)
    for case_id, entity, own, facts in parts:
        done_here = {name: value for name, value in facts.items() if not entity.by_name[name].extract_owned}
        if done_here and entity in (CASE, VICTIM):
            unit.set(entity, own, case_id, done_here)
    unit.settle()


def _write_new(
    unit: Unit, case_id: EntityId, entity: Entity, entity_id: EntityId, facts: Facts, as_at: datetime
) -> None:
    if entity.entry:
        unit.entry(entity, entity_id, case_id, facts)
    elif not any(one.extract_owned for one in entity.fields):
        unit.set(entity, entity_id, case_id, facts)
    else:
        given = {name: value for name, value in facts.items() if entity.by_name[name].extract_owned}
        unit.extract(entity, entity_id, case_id, given, as_at)


def _entities(draft: Draft) -> list[tuple[Entity, EntityId, Facts]]:
    """The case and everything that hangs on it, each with its id and what is said of it."""
    ref = draft.ref
    parts = [
        (CASE, draft.id, draft.case),
        *((SUSPECT, draft.suspect_id(one), one) for one in draft.suspects),
        *((VICTIM, draft.victim_id(one), one) for one in draft.victims),
        *((CUSTODY, draft.custody_id(one), one) for one in draft.custody),
        *((OUTCOME_RECORD, _outcome_id(draft, one), one) for one in draft.records),
        *_numbered(ACTION, ref, draft.actions),
        *_numbered(CONTACT, ref, draft.contacts),
        *_numbered(LOG_ENTRY, ref, draft.log),
        *_numbered(CASE_EVENT, ref, draft.events),
        *draft.parts,
    ]
    return [(entity, own, _said(facts)) for entity, own, facts in parts]


def _said(facts: Facts) -> Facts:
    return {name: value for name, value in facts.items() if value is not None}


def _outcome_id(draft: Draft, record: Facts) -> EntityId:
    own = (str(record["at"]), str(record["text"]), str(record["ordinal"]))
    return derived_id("outcome", draft.namespace, draft.ref, *own)


def _numbered(entity: Entity, ref: str, facts: list[Facts]) -> list[tuple[Entity, EntityId, Facts]]:
    return [
        (entity, derived_id("demo", ref, entity.name, str(number)), one) for number, one in enumerate(facts)
    ]
