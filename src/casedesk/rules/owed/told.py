"""The time to ask for a review of a decision: it runs from the day on which a victim was told of it."""

from collections.abc import Iterator, Sequence

from casedesk.model.facts import CaseFile, Victim
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment, earliest, moment_of_instant
from casedesk.model.words import EventKind, Purpose, Support
from casedesk.reference.duties import Duties, DutyRule, Trigger
from casedesk.rules.judged import first_day, london_day
from casedesk.rules.owed.meeting import Contacts
from casedesk.rules.owed.triggers import Begun, Events, begun, begun_by, reviewable
from casedesk.rules.rights import Rights

Person = tuple[EntityId | None, str, Rights | None]
"""Somebody a duty is owed to: the id, the name, a victim's rights."""

_OF_DECISION = frozenset({Purpose.NO_FURTHER_ACTION, Purpose.OUTCOME, Purpose.REVIEW_RIGHT})
_OF_CPS_DECISION = frozenset({Purpose.NO_FURTHER_ACTION, Purpose.OUTCOME, Purpose.RESULT})


def told(
    file: CaseFile, victims: Sequence[Person], contacts: Contacts, events: Events, pack: Duties
) -> Iterator[tuple[DutyRule, Person, Begun]]:
    """The windows that have opened: for a police decision only where the scheme allows a review of it."""
    people = dict(file.victims)
    if not contacts and not any(victim.informed_on for victim in people.values()):
        return
    for trigger, purposes in ((Trigger.TOLD, _OF_DECISION), (Trigger.TOLD_CPS, _OF_CPS_DECISION)):
        police = trigger is Trigger.TOLD
        if not pack.by_trigger[trigger] or (police and not reviewable(file)):
            continue
        starts = (
            begun(Trigger.NFA, file, events) if police else list(begun_by(EventKind.CPS_DECISION, events))
        )
        for person in victims if starts else ():
            victim = people[person[0]] if person[0] else Victim()
            at = _told_at(person[0], victim, starts, contacts, purposes)
            if at is not None and not (police and _withdrew(victim)):
                yield from (
                    (rule, person, Begun(at, "victim told of the decision"))
                    for rule in pack.by_trigger[trigger]
                )


def _told_at(
    person: EntityId | None, victim: Victim, starts: list[Begun], contacts: Contacts, purposes: frozenset[str]
) -> Moment | None:
    """When a victim was first told, by a contact that was made or as the record says."""
    since = min((earliest(start.since) for start in starts if start.since), default=None)
    if since is None:
        return None
    times: list[Moment] = [
        moment_of_instant(one.at)
        for one in contacts.get(person, ())
        if one.contact.made and one.at >= since and one.serves(purposes)
    ][:1]
    if victim.informed_on and first_day(victim.informed_on) >= london_day(since):
        times.append(victim.informed_on)
    return min(times, key=lambda one: (earliest(one), one), default=None)


def _withdrew(victim: Victim) -> bool:
    return victim.support == Support.NO or victim.withdrawal_on is not None
