"""The history of a case's facts: who, when, from what to what, under which act."""

from dataclasses import dataclass
from datetime import UTC, datetime

from casedesk.desk.desk import Desk
from casedesk.desk.field_words import text_of
from casedesk.desk.undo import ACT_TITLES
from casedesk.model.entities import ANSWER, ENTITIES
from casedesk.model.ids import EntityId
from casedesk.store.history import AS_WRITTEN, actor_of, desk_of
from casedesk.store.incoming import NO_CONTENT, NO_ROLE
from casedesk.store.operations import Operation, OpKind, parse_operation

KEPT = "(in the needs assessment)"
"""Stands in a history for what somebody answered: histories are copied and given out, answers are not."""
_OF_ANSWERS = frozenset({"said", "note", "declined", "removed"})
"""What of an answer a history tells: that it was given, taken back or taken out."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One fact as one act changed it."""

    number: int
    """Its place in the history, 1 first."""
    at: datetime
    actor: str
    act: str
    what: str
    """``Case``, ``Suspect`` …"""
    field: str
    before: str
    after: str
    desk: str = ""
    """At which colleague's desk; empty where it was this one."""

    @property
    def who(self) -> str:
        """Who it was, and at whose desk if it was not this one."""
        return f"{self.actor} at {self.desk}" if self.desk and AS_WRITTEN not in self.actor else self.actor


def case_history(desk: Desk, case_id: EntityId) -> list[Changed]:
    """Every change of every fact of a case, latest first. Values that are not here are said to be so, and why.

    What a colleague said without being allowed to is none: it was not applied.
    """
    names: dict[int, str] = {}
    actors: dict[tuple[int, str], str] = {}
    changes: list[Changed] = []
    known: dict[tuple[EntityId, str], str] = {}
    for header, sig, payload, device, why in desk.store.connection.execute(
        "SELECT header, sig, payload, op.device, aside.why FROM op LEFT JOIN aside ON aside.device = op.device "
        "AND aside.seq = op.seq WHERE case_id = ? ORDER BY hlc, op.device, op.seq",
        (case_id,),
    ).fetchall():
        op = parse_operation(header, sig, payload)
        entity = ENTITIES.get(op.entity)
        if entity is None or op.kind == OpKind.ENTRY or why == NO_ROLE:
            continue
        if device not in names:
            names[device] = desk_of(desk.store.connection, device)
        if (device, op.actor) not in actors:
            actors[device, op.actor] = actor_of(desk.store.connection, device, op.actor)
        who = actors[device, op.actor]
        for name, raw in op.body().get("fields", {}).items():
            field = entity.by_name.get(name)
            if field is None or field.kind == "reference":
                continue
            if entity is ANSWER and name not in _OF_ANSWERS:
                continue
            after = "" if raw is None else text_of(desk, field, field.from_json(raw))
            if entity is ANSWER and field.personal and after:
                after = KEPT
            changes.append(
                Changed(
                    len(changes) + 1,
                    datetime.fromtimestamp(op.wall_ms / 1000, UTC),
                    who,
                    act_title(op.act),
                    _called(entity.name),
                    field.title,
                    known.get((op.entity_id, name), ""),
                    after,
                    names[device],
                )
            )
            known[op.entity_id, name] = after
        if op.payload is None:
            changes.append(_not_here(len(changes) + 1, op, who, names[device], why or ""))
    return changes[::-1]


def act_title(act: str) -> str:
    """An act's name on screen."""
    return ACT_TITLES.get(act, act.replace(".", " "))


def said_by(desk: Desk, op: Operation) -> str:
    """Who wrote an operation, as it may be shown: see :func:`casedesk.store.history.actor_of`."""
    return actor_of(desk.store.connection, desk.store.registry.device(op.device), op.actor)


def _not_here(number: int, op: Operation, who: str, desk: str, why: str) -> Changed:
    said = "(not yours to read)" if why == NO_CONTENT else "(disposed of)"
    at = datetime.fromtimestamp(op.wall_ms / 1000, UTC)
    return Changed(number, at, who, act_title(op.act), _called(op.entity), said, "", "", desk)


def _called(entity: str) -> str:
    return entity.replace("_", " ").capitalize()
