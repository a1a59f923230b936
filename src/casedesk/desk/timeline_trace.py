"""What the journal says of one case: who recorded what and when, and which extracts and undo acts touched it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

import orjson

from casedesk.desk.acting import Acting
from casedesk.model.entities import Entity
from casedesk.model.ids import EntityId
from casedesk.store.connection import Connection
from casedesk.store.history import REDO, UNDO, Act, find_act
from casedesk.store.operations import OpKind
from casedesk.store.schema import table_name


@dataclass(frozen=True, slots=True)
class Writing:
    """Who wrote something, and when."""

    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Touch:
    """An act that touched the case: an extract taken in, or an act undone or done again."""

    act: Act
    changes: int
    """How many operations it wrote in this case."""
    about: Act | None
    """The act that it takes back; None for an extract."""


class Trace:
    """The journal of one case, read when it is asked."""

    def __init__(self, connection: Connection, case_id: EntityId, acting: Acting) -> None:
        self._db = connection
        self._case_id = case_id
        self._acting = acting

    def who(self, entity_id: EntityId) -> str:
        """Who first wrote an entity, and for whom; empty for an extract's."""
        return self._named(self.first.get(entity_id))

    def who_set(self, entity: Entity, entity_id: EntityId, field: str) -> str:
        """Who set a field to what it is, and for whom; empty where an extract did."""
        return self._named(self.wrote(entity, entity_id, field))

    def wrote(self, entity: Entity, entity_id: EntityId, field: str) -> Writing | None:
        """Who set a field to what it is, and when; None where an extract did, or nobody."""
        heads = self._heads(entity).get(entity_id, b"[]")
        bit = entity.bits[field]
        dots = [(device, seq) for device, seq, mask, _ in orjson.loads(heads) if mask & bit]
        found = [self._by_dot[dot] for dot in dots if dot in self._by_dot]
        return max(found, key=lambda writing: writing.at, default=None)

    @cached_property
    def first(self) -> Mapping[EntityId, Writing]:
        """Who first wrote each entity at a desk, and when."""
        found: dict[EntityId, Writing] = {}
        for entity_id, _, _, writing in self._writings:
            found.setdefault(entity_id, writing)
        return found

    @cached_property
    def touches(self) -> tuple[Touch, ...]:
        """The extracts and undo acts that touched the case, the earliest first."""
        rows = self._db.execute(
            "SELECT unit.id, unit.act, unit.actor, unit.device, unit.at_ms, unit.first_seq, unit.last_seq, "
            "unit.about, count(*) FROM op JOIN unit ON unit.id = op.unit "
            "WHERE op.case_id = ? AND (op.kind = ? OR unit.act IN (?, ?)) GROUP BY unit.id ORDER BY unit.hlc",
            (self._case_id, OpKind.EXTRACT.value, UNDO, REDO),
        ).fetchall()
        acts = (
            (Act(bytes(unit), name, actor, device, _instant(at_ms), first, last, bytes(about)), changes)
            for unit, name, actor, device, at_ms, first, last, about, changes in rows
        )
        return tuple(
            Touch(act, changes, find_act(self._db, act.about) if act.about else None) for act, changes in acts
        )

    def _named(self, writing: Writing | None) -> str:
        if writing is None:
            return ""
        whom = self._acting.for_whom(writing.actor, writing.at)
        return f"{writing.actor} for {whom}" if whom else writing.actor

    @cached_property
    def _writings(self) -> list[tuple[EntityId, int, int, Writing]]:
        """Every operation on the case that was written at a desk: entity, device, number, who and when."""
        return [
            (EntityId(entity_id), device, seq, Writing(actor, _instant(at_ms)))
            for entity_id, device, seq, actor, at_ms in self._db.execute(
                "SELECT op.entity_id, op.device, op.seq, unit.actor, unit.at_ms FROM op "
                "JOIN unit ON unit.id = op.unit WHERE op.case_id = ? AND op.kind <> ? ORDER BY op.hlc",
                (self._case_id, OpKind.EXTRACT.value),
            )
        ]

    @cached_property
    def _by_dot(self) -> dict[tuple[int, int], Writing]:
        return {(device, seq): writing for _, device, seq, writing in self._writings}

    def _heads(self, entity: Entity) -> dict[EntityId, bytes]:
        held = self._all_heads.get(entity.name)
        if held is None:
            held = self._all_heads[entity.name] = {
                EntityId(entity_id): heads
                for entity_id, heads in self._db.execute(
                    f"SELECT id, heads FROM {table_name(entity)} WHERE case_id = ?",  # noqa: S608 - a table of ours
                    (self._case_id,),
                )
            }
        return held

    @cached_property
    def _all_heads(self) -> dict[str, dict[EntityId, bytes]]:
        return {}


def _instant(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
