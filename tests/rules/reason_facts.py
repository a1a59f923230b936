"""What the tests of the reasons share: made-up cases, and the walk that no change of a factor may escape."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from casedesk.model.facts import Case, CaseEvent, CaseFile, Custody, Suspect, Victim
from casedesk.model.ids import EntityId
from casedesk.model.words import EventKind
from casedesk.reference.packs import Packs
from casedesk.rules.reasons.factor import STEP, Factor
from tests.rules.clock_facts import at

PACKS = Packs()
CUSTODY = EntityId(b"custody".ljust(16, b"\0"))
SUSPECT = EntityId(b"suspect".ljust(16, b"\0"))
VICTIM = EntityId(b"victim".ljust(16, b"\0"))

Rule = Callable[[CaseFile, datetime, Packs], Iterator[Factor]]

_ids = count(1)


def made(
    custody: Custody | None = None,
    *events: CaseEvent,
    case: Case | None = None,
    suspect: Suspect | None = None,
    victim: Victim | None = None,
) -> CaseFile:
    """A case with at most one of each."""
    return CaseFile(
        id=EntityId(b"case".ljust(16, b"\0")),
        case=case or Case(ref="1"),
        custody=((CUSTODY, custody),) if custody else (),
        suspects=((SUSPECT, suspect),) if suspect else (),
        victims=((VICTIM, victim),) if victim else (),
        events=tuple((_next_id(), event) for event in events),
    )


def event(
    kind: EventKind,
    when: str,
    until: str | None = None,
    *,
    number: int | None = None,
    subject: EntityId | None = CUSTODY,
) -> CaseEvent:
    """Something that happened, at wall-clock times."""
    return CaseEvent(
        kind=kind.value, at=at(when), until=at(until) if until else None, number=number, subject=subject
    )


def add(file: CaseFile, *events: CaseEvent) -> CaseFile:
    """The case with more events."""
    return replace(file, events=(*file.events, *((_next_id(), one) for one in events)))


def seen(rule: Rule, file: CaseFile, now: datetime) -> list[tuple[str, str]]:
    """The bands and sentences that a rule gives, in the order given."""
    return [(factor.band, factor.sentence) for factor in rule(file, now, PACKS)]


def first(rule: Rule, file: CaseFile, now: str) -> Factor:
    """The most pressing factor, as the queue sorts them."""
    found = list(rule(file, at(now), PACKS))
    never = at("9000-01-01")
    return min(found, key=lambda one: (PACKS.priority.number(one.band), one.due or never))


def bands(rule: Rule, file: CaseFile, now: datetime) -> set[str]:
    """The bands that a rule puts a case in."""
    return {factor.band for factor in rule(file, now, PACKS)}


def next_change(rule: Rule, file: CaseFile, now: datetime) -> datetime | None:
    """When the queue will look at the case again."""
    turns = [one.changes_at for one in rule(file, now, PACKS) if one.changes_at and one.changes_at > now]
    return min(turns, default=None)


def assert_changes_are_exact(
    rule: Rule, file: CaseFile, since: datetime, until: datetime, step: timedelta
) -> int:
    """Walk through time: nothing changes between two turns, and each turn does change what is seen.

    Gives the number of turns.
    """
    turns = [since]
    while (turn := next_change(rule, file, turns[-1])) is not None and turn <= until:
        assert seen(rule, file, turn - STEP) == seen(rule, file, turns[-1]), turn
        turns.append(turn)
    now, nth = since, 0
    while now <= until:
        while nth + 1 < len(turns) and turns[nth + 1] <= now:
            nth += 1
        assert seen(rule, file, now) == seen(rule, file, turns[nth]), now
        now += step
    return len(turns) - 1


def _next_id() -> EntityId:
    return EntityId(next(_ids).to_bytes(16, "big"))
