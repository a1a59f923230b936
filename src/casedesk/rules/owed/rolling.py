"""Duties that have no trigger of their own in the pack: updates at an interval, promises, conditions."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from casedesk.model.facts import CaseFile, Condition, Excuse
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment, earliest, local, moment_of_day, moment_of_instant
from casedesk.model.text import clip
from casedesk.rules.counting import end_of_day
from casedesk.rules.judged import first_day, last_day, london_day
from casedesk.rules.owed.duty import CONDITION, PROMISE, Duty, State
from casedesk.rules.owed.meeting import Said

_LONGEST = 60
"""The most characters of a condition that a list shows."""


class Link(NamedTuple):
    """One interval of a chain of updates: it ends with the contact that kept it, or is open."""

    since: Moment | None
    words: str
    met_at: datetime | None = None
    met_by: EntityId | None = None


def links(since: Moment | None, words: str, said: list[Said], purposes: frozenset[str]) -> Iterator[Link]:
    """The intervals between contacts that told the person something, from the opening of the case.

    Contacts on the day an interval began are part of its beginning.
    """
    for one in said:
        if not one.contact.made or not one.serves(purposes):
            continue
        if since is None:
            since, words = moment_of_instant(one.at), "last update"
            continue
        if one.at < earliest(since) or london_day(one.at) <= first_day(since):
            continue
        yield Link(since, words, one.at, one.id)
        since, words = moment_of_instant(one.at), "last update"
    yield Link(since, words)


def after_excuse(excuse: Excuse, due: datetime | None) -> Moment | None:
    """When the next interval begins after one that was excused: the day it was due or was excused, the later."""
    days = [london_day(at) for at in (excuse.at, due) if at is not None]
    return moment_of_day(max(days)) if days else None


class Promise(NamedTuple):
    """A contact that was promised for a time, and the contact that kept the promise."""

    made_at: datetime
    due: datetime
    met: Said | None = None


def promises(said: list[Said]) -> Iterator[Promise]:
    """Every promise of contact to one person; an attempt may put one off, any contact that is made keeps it."""
    standing: Promise | None = None
    for one in said:
        if standing and one.contact.made:
            yield standing._replace(met=one)
            standing = None
        if one.contact.next_at and (standing is None or one.contact.next_at > standing.due):
            standing = Promise(standing.made_at if standing else one.at, one.contact.next_at)
    if standing:
        yield standing


def promise_duty(promise: Promise, person: EntityId | None, name: str, whom: str, now: datetime) -> Duty:
    """The duty that a promise makes."""
    began = moment_of_instant(promise.made_at)
    met_at = promise.met.at if promise.met else None
    late = _late(met_at, promise.due)
    return Duty(
        key=f"{PROMISE}/{person.hex() if person else '-'}/{began}",
        clock=PROMISE,
        title=f"Contact promised to the {whom}",
        say=f"Contact {whom} as promised",
        owed_to=person,
        name=name,
        began="contact promised",
        since=began,
        due=promise.due,
        amount=None,
        state=_state(met_at, late, promise.due, now),
        met_at=met_at,
        met_by=promise.met.id if promise.met else None,
        late_by=late,
        band="victim" if whom == "victim" else "action",
    )


def condition_duty(
    condition_id: EntityId, condition: Condition, file: CaseFile, now: datetime
) -> Duty | None:
    """The duty that a condition with a day to complete it makes; None where it has none, or does not run.

    One of a resolution runs once that was accepted, and until it was taken out or ended with the resolution.
    """
    if condition.due_on is None or not is_running(condition):
        return None
    due = (
        earliest(condition.due_on) if len(condition.due_on) == 20 else end_of_day(last_day(condition.due_on))
    )
    done = earliest(condition.done_on) if condition.done_on else None
    late = _late(done, due)
    state = State.PASSED if condition.failed_on and done is None else _state(done, late, due, now)
    names: Mapping[EntityId, str | None] = {key: suspect.name for key, suspect in file.suspects}
    return Duty(
        key=f"{CONDITION}/{condition_id.hex()}/{first_day(condition.due_on).isoformat()}",
        clock=CONDITION,
        title="Condition of an out-of-court resolution",
        say=f"Condition to be completed: {clip(condition.what or 'not described', _LONGEST)}",
        owed_to=None,
        name=(names.get(condition.suspect) if condition.suspect else None) or "",
        began="condition set",
        since=condition.starts_on,
        due=due,
        amount=None,
        state=state,
        met_at=done,
        late_by=late,
        band="out-of-court",
    )


def is_running(condition: Condition) -> bool:
    """Whether a condition was agreed and not ended with its resolution, whether it was completed or not."""
    return not condition.withdrawn_why and bool(condition.starts_on or condition.resolution is None)


def start_of_day(instant: datetime) -> datetime:
    """The instant, in UTC, at which the day of another instant began in Europe/London."""
    here = local(instant)
    return here.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(instant.tzinfo)


def _late(met_at: datetime | None, due: datetime | None) -> timedelta | None:
    return met_at - due if met_at and due and met_at > due else None


def _state(met_at: datetime | None, late: timedelta | None, due: datetime, now: datetime) -> State:
    if met_at is not None:
        return State.MET_LATE if late else State.MET
    return State.OVERDUE if now > due else State.DUE
