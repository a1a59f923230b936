"""Cover: who sees whose cases as their own while a colleague is away, from when until when, and hand-back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from casedesk.model.entities import ABSENCE, Value
from casedesk.model.errors import BadInputError, NotFoundError
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import earliest, from_micros, latest, local, moment_of_day, show_day
from casedesk.model.text import clean

if TYPE_CHECKING:
    from casedesk.desk.desk import Desk
    from casedesk.store.connection import Connection

_LONGEST_NOTE = 2_000
COMING, NOW, OVER = "coming", "now", "over"


@dataclass(frozen=True, slots=True)
class Away:
    """One absence, as recorded: who is away, who covers, on which days, and where it stands today."""

    id: EntityId
    away: str
    cover: str
    from_on: date
    until_on: date
    """The last day, itself included."""
    ended_at: datetime | None
    note: str
    state: str
    """:data:`COMING`, :data:`NOW` or :data:`OVER`."""


def cover(desk: "Desk", away: str, by: str, from_on: date, until_on: date, note: str = "") -> EntityId:
    """Record that somebody is away and who covers, from a day until a day, both included.

    Raises BadInputError when a name is missing, both are one person, the days are in the wrong order or over, or
    the absence is covered already.
    """
    fields = checked(desk, away, by, from_on, until_on, note)
    absence_id = new_id()
    with desk.store.unit_of_work("cover.add") as unit:
        unit.set(ABSENCE, absence_id, TEAM, fields)
    return absence_id


def checked(desk: "Desk", away: str, by: str, from_on: date, until_on: date, note: str) -> dict[str, Value]:
    """The facts of an absence, as they are to be written. Raises as :func:`cover` does."""
    who, other = clean(away), clean(by)
    if not who or not other:
        raise BadInputError("Cover needs two people.", "Say who is away and who covers, by their numbers.")
    if who == other:
        raise BadInputError(f"{who} cannot cover for {who}.", "Name a colleague.")
    if until_on < from_on:
        raise BadInputError(
            f"{show_day(until_on)} lies before {show_day(from_on)}.", "Give the first day, then the last."
        )
    if until_on < local(desk.now).date():
        raise BadInputError(f"{show_day(until_on)} is over.", "Give days that are to come.")
    for held in absences(desk):
        if held.away == who and held.from_on <= until_on and from_on <= held.until_on:
            raise BadInputError(
                f"{who} is covered by {held.cover} already, {show_day(held.from_on)} to {show_day(held.until_on)}.",
                "Hand that back first, or choose other days.",
            )
    fields: dict[str, Value] = {
        "away": who,
        "cover": other,
        "from_on": moment_of_day(from_on),
        "until_on": moment_of_day(until_on),
    }
    if said := clean(note)[:_LONGEST_NOTE]:
        fields["note"] = said
    return fields


def hand_back(desk: "Desk", absence_id: EntityId) -> Away:
    """End an absence now, or call one off that is to come; returns it as it was.

    Raises NotFoundError when there is none, BadInputError when it is over.
    """
    held = next((one for one in absences(desk, past=True) if one.id == absence_id), None)
    if held is None:
        raise NotFoundError("That absence is not in this store.", "Choose one that is listed.")
    if held.state == OVER:
        raise BadInputError("That absence is over.", "Nothing to do.")
    with desk.store.unit_of_work("cover.end") as unit:
        unit.set(ABSENCE, absence_id, TEAM, {"ended_at": unit.now})
    return held


def absences(desk: "Desk", *, past: bool = False) -> list[Away]:
    """Who is away now or will be, the earliest first; with ``past`` those that are over as well."""
    return [one for one in _read(desk.store.connection, desk.now) if past or one.state != OVER]


def covering(desk: "Desk", now: datetime, person: str = "") -> tuple[str, ...]:
    """Whose cases somebody (who is at this desk, if not said) sees as their own, besides their own.

    Cover passes on: when the colleague who is covered was covering somebody too, that one's cases come along.
    """
    me = person or desk.store.actor
    by: dict[str, list[str]] = {}
    for one in _read(desk.store.connection, now):
        if one.state == NOW:
            by.setdefault(one.cover, []).append(one.away)
    return tuple(_passed_on(me, by)) if by else ()


def _passed_on(me: str, by: dict[str, list[str]]) -> Iterator[str]:
    seen, ahead = {me}, [me]
    while ahead:
        for away in by.get(ahead.pop(0), ()):
            if away not in seen:
                seen.add(away)
                ahead.append(away)
                yield away


def _read(connection: "Connection", now: datetime) -> list[Away]:
    """Every absence that says who, by whom and when: one that was undone says nothing."""
    return [
        _away(row, now)
        for row in connection.execute(
            "SELECT id, away, cover, from_on, until_on, ended_at, note FROM absence WHERE away IS NOT NULL "
            "AND cover IS NOT NULL AND from_on IS NOT NULL AND until_on IS NOT NULL ORDER BY from_on, until_on, id"
        )
    ]


def _away(row: Sequence[Any], now: datetime) -> Away:
    absence_id, away, by, from_on, until_on, ended, note = row
    first, last = local(earliest(from_on)).date(), local(latest(until_on)).date()
    ended_at = None if ended is None else from_micros(ended)
    today = local(now).date()
    over = today > last or (ended_at is not None and ended_at <= now)
    state = OVER if over else COMING if today < first else NOW
    return Away(EntityId(absence_id), away, by, first, last, ended_at, note or "", state)
