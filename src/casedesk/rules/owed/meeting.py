"""What meets a duty: contacts that were made, events, facts of the record."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from casedesk.model.facts import CaseFile, Contact, Victim, standing
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment, earliest, latest
from casedesk.reference.duties import DutyRule, MetFact
from casedesk.rules.owed.triggers import Events


class Said(NamedTuple):
    """One contact with one person, in the order of time."""

    at: datetime
    id: EntityId
    contact: Contact

    def serves(self, purposes: frozenset[str]) -> bool:
        """Whether it was for one of these purposes."""
        return not purposes.isdisjoint(self.contact.purposes or ())


class Meeting(NamedTuple):
    """What was done to meet a duty: when (None where no day is kept), and the entry that says so."""

    at: datetime | None
    by: EntityId | None


Contacts = dict[EntityId | None, list[Said]]


def contacts_by_person(file: CaseFile) -> Contacts:
    """The contacts that stand, by the person contacted, in order; one that names nobody is with the only victim."""
    only = file.victims[0][0] if len(file.victims) == 1 else None
    found: Contacts = defaultdict(list)
    for entry_id, contact in standing(file.contacts):
        if contact.at is not None:
            found[contact.witness or contact.victim or only].append(Said(contact.at, entry_id, contact))
    for said in found.values():
        said.sort(key=lambda one: (one.at, one.id))
    return found


def first_meeting(
    rule: DutyRule,
    person: EntityId | None,
    since: Moment | None,
    said: Iterable[Said],
    events: Events,
    file: CaseFile,
    due: datetime | None,
) -> Meeting | None:
    """What met a duty first; None when nothing did. A fact without a day goes before what came too late."""
    start = None if since is None or rule.before else earliest(since)
    dated = min(_dated(rule, person, start, said, events, file), default=None)
    in_time = dated is not None and (due is None or dated[0] <= due)
    if rule.facts and not in_time and any(_undated(fact, person, file) for fact in rule.facts):
        return Meeting(None, None)
    return Meeting(dated[0], dated[1] or None) if dated else None


def _dated(
    rule: DutyRule,
    person: EntityId | None,
    start: datetime | None,
    said: Iterable[Said],
    events: Events,
    file: CaseFile,
) -> Iterator[tuple[datetime, EntityId]]:
    for one in said:
        if one.contact.made and (start is None or one.at >= start) and one.serves(rule.purposes):
            yield one.at, one.id
            break
    if rule.met_by and events:
        others = _others(person, file)
        for event_id, event in events:
            if event.kind not in rule.met_by or event.at is None or event.subject in others:
                continue
            if start is None or event.at >= start:
                yield event.at, event_id
    if MetFact.CONSULTED in rule.facts:
        victim = _victim(person, file)
        if victim and victim.views_on and (start is None or latest(victim.views_on) >= start):
            yield earliest(victim.views_on), EntityId(b"")
    if MetFact.INFORMED in rule.facts:
        victim = _victim(person, file)
        if victim and victim.informed_on and (start is None or latest(victim.informed_on) >= start):
            at = earliest(victim.informed_on)
            yield at if start is None else max(at, start), EntityId(b"")


def _undated(fact: MetFact, person: EntityId | None, file: CaseFile) -> bool:
    if fact is MetFact.CONSULTED:
        asked = _victim(person, file)
        on_record = file.case.victim_consulted or file.case.victim_views
        return bool(on_record or (asked is not None and asked.views))
    victim = _victim(person, file)
    return fact is MetFact.ASSESSED and victim is not None and victim.enhanced is not None


def _victim(person: EntityId | None, file: CaseFile) -> Victim | None:
    return next((victim for victim_id, victim in file.victims if victim_id == person), None)


def _others(person: EntityId | None, file: CaseFile) -> set[EntityId]:
    """Everybody else: what an event says of them meets nothing that is owed to this person."""
    if person is None:
        return set()
    everybody = (*file.victims, *file.witnesses, *file.suspects)
    return {one for one, _ in everybody if one != person}
