"""What the journal says of one case: who recorded what and when, and which extracts and undo acts touched it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import orjson

from casedesk.desk.acting import Acting
from casedesk.model.entities import CASE, Entity
from casedesk.model.ids import EntityId
from casedesk.store.connection import Connection
from casedesk.store.history import REDO, UNDO, Act, actor_of, find_act
from casedesk.store.operations import OpKind, parse_operation
from casedesk.store.schema import table_name


@dataclass(frozen=True, slots=True)
class Writing:
    """Who wrote something, and when."""

    actor: str
    at: datetime
    device: int
    """The installation that it was written at, by its number here."""
    act: str = ""
    """The act that it was part of."""


@dataclass(frozen=True, slots=True)
class Touch:
    """An act that touched the case: an extract taken in, or an act undone or done again."""

    act: Act
    changes: int
    """How many operations it wrote in this case."""
    about: Act | None
    """The act that it takes back, or does again; None for an extract."""


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
        return tuple(Touch(act, changes, self._meant(act) if act.about else None) for act, changes in acts)

    def _meant(self, act: Act) -> Act | None:
        """The act that an undo takes back; of what is done again the act that stands again, not its undoing."""
        found = find_act(self._db, act.about)
        return find_act(self._db, found.about) or found if found and act.name == REDO else found

    def put_back(self, act: Act) -> Mapping[str, Any]:
        """What an undo, or what does something again, made of the case's own facts: each fact by its name."""
        said: dict[str, Any] = {}
        for header, sig, payload in self._db.execute(
            "SELECT header, sig, payload FROM op WHERE case_id = ? AND entity_id = ? AND unit = ? ORDER BY seq",
            (self._case_id, self._case_id, act.id),
        ):
            op = parse_operation(header, sig, payload)
            if op.entity == CASE.name and op.payload is not None:
                said |= op.body().get("fields", {})
        known = {name: raw for name, raw in said.items() if name in CASE.by_name}
        return {
            name: None if raw is None else CASE.by_name[name].from_json(raw) for name, raw in known.items()
        }

    def _named(self, writing: Writing | None) -> str:
        if writing is None:
            return ""
        shown = self._shown(writing.device, writing.actor)
        if shown != writing.actor:  # who it was nobody can say, nor for whom
            return shown
        whom = self._acting.for_whom(writing.actor, writing.at)
        return f"{writing.actor} for {whom}" if whom else writing.actor

    def _shown(self, device: int, actor: str) -> str:
        """Who wrote at an installation, as it may be shown."""
        if (device, actor) not in self._actors:
            self._actors[device, actor] = actor_of(self._db, device, actor)
        return self._actors[device, actor]

    @cached_property
    def _actors(self) -> dict[tuple[int, str], str]:
        return {}

    @cached_property
    def _writings(self) -> list[tuple[EntityId, int, int, Writing]]:
        """Every operation on the case that was written at a desk: entity, device, number, who and when."""
        return [
            (EntityId(entity_id), device, seq, Writing(actor, _instant(at_ms), device, act))
            for entity_id, device, seq, actor, at_ms, act in self._db.execute(
                "SELECT op.entity_id, op.device, op.seq, unit.actor, unit.at_ms, unit.act FROM op "
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
