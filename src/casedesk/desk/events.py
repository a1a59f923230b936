"""Recording what happened: the events that clocks and duties run from."""

from datetime import datetime
from typing import cast

from casedesk.desk.desk import Desk
from casedesk.desk.typed import existing, given, not_future, one_of, required_text
from casedesk.model.entities import CASE_EVENT, Value
from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import show_instant
from casedesk.model.words import EventKind

PLANNED = frozenset({EventKind.FIRST_HEARING, EventKind.PTPH})
"""Events that may be recorded before they happen: hearings that are listed."""
_STRETCHES = frozenset({EventKind.HOSPITAL, EventKind.QUESTIONED, EventKind.IN_PATIENT})
"""Events whose ``until`` is when they ended, and so is never in the future."""
_LIMITS = frozenset({EventKind.EXTENSION, EventKind.WARRANT})
"""Events that say nothing without ``until``."""
_MOST = 10_000


def add_event(
    desk: Desk,
    case_id: EntityId,
    kind: str,
    *,
    at: datetime | None = None,
    until: datetime | None = None,
    subject: EntityId | None = None,
    number: int | None = None,
    by: str = "",
    rank: str = "",
    text: str = "",
    about: EntityId | None = None,
) -> EntityId:
    """Record an event; with ``about`` it corrects that earlier one, which stays.

    ``kind`` is a word of :class:`casedesk.model.words.EventKind`, ``subject`` the custody record or person it is
    about. Raises BadInputError when the kind is unknown, it lies in the future and is no hearing, ``until`` is not
    after it, what the kind needs is not given, or the subject is not in the case.
    """
    case = desk.case(case_id).file
    known = EventKind(one_of(kind, list(EventKind), "kind of event"))
    when = at or desk.now if known in PLANNED else not_future(desk, at)
    _check_until(desk, known, when, until)
    _check_number(known, number, until)
    entry_id = new_id()
    fields: dict[str, Value] = {
        "kind": known.value,
        "at": when,
        "until": until,
        "subject": existing(subject, _subjects(case), "custody record or person"),
        "number": number,
        "by": required_text(by, "By whom") if by else None,
        "rank": required_text(rank, "The rank") if rank else None,
        "text": required_text(text, "The note") if text else None,
        "about": existing(about, [event_id for event_id, _ in case.events], "event"),
    }
    with desk.store.unit_of_work("event.add") as unit:
        unit.entry(CASE_EVENT, entry_id, case_id, given(fields))
    return entry_id


def withdraw_event(desk: Desk, case_id: EntityId, event_id: EntityId, why: str) -> EntityId:
    """Take an event back; it stays in sight with the reason. Raises BadInputError for one that is not in the case."""
    case = desk.case(case_id).file
    about = cast(EntityId, existing(event_id, [known for known, _ in case.events], "event"))
    entry_id = new_id()
    with desk.store.unit_of_work("event.withdraw") as unit:
        unit.entry(
            CASE_EVENT,
            entry_id,
            case_id,
            {"at": desk.now, "about": about, "withdrawn": True, "text": required_text(why, "The reason")},
        )
    return entry_id


def _subjects(case: CaseFile) -> list[EntityId]:
    return [key for key, _ in (*case.custody, *case.suspects, *case.victims, *case.witnesses)]


def _check_until(desk: Desk, kind: EventKind, at: datetime, until: datetime | None) -> None:
    if until is None:
        if kind in _LIMITS:
            raise BadInputError("Until when is missing.", "Give the time it runs to.")
        return
    if until <= at:
        raise BadInputError(
            f"It cannot end ({show_instant(until)}) before it began ({show_instant(at)}).",
            "Give a later end.",
        )
    if kind in _STRETCHES:
        not_future(desk, until)


def _check_number(kind: EventKind, number: int | None, until: datetime | None) -> None:
    if number is not None and not 0 < number <= _MOST:
        raise BadInputError(f"{number} is out of range.", f"Give a whole number from 1 to {_MOST}.")
    if kind is EventKind.BAIL_EXTENSION and number is None and until is None:
        raise BadInputError(
            "How long bail is extended is missing.",
            "Give the months in all, or the day to which a court extended it.",
        )
