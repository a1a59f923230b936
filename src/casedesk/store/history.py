"""What the journal remembers: the acts done here, and everything that was ever said of a field."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from casedesk.model.entities import ENTITIES, Entity
from casedesk.model.ids import EntityId
from casedesk.store.connection import Connection
from casedesk.store.operations import Dot, Operation, OpKind, parse_operation

AS_WRITTEN = "(as written at "
"""Stands behind a person's number where the installation is not theirs, before its name."""
UNDO, REDO = "undo", "redo"
"""The acts that take another act back, and take that back."""


@dataclass(frozen=True, slots=True)
class Act:
    """One unit of work as it was done: by whom, when, how much, and which act it takes back, if any."""

    id: bytes
    name: str
    actor: str
    device: int
    at: datetime
    first_seq: int
    last_seq: int
    about: bytes

    @property
    def operations(self) -> int:
        """How many operations it wrote."""
        return self.last_seq - self.first_seq + 1


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said of a field: who, when, under which act, and the value (None where it was cleared)."""

    at: datetime
    actor: str
    act: str
    unit: bytes
    value: Any
    from_extract: bool
    disposed: bool


_ACT = "SELECT id, act, actor, device, at_ms, first_seq, last_seq, about FROM unit"


def _act(row: Any) -> Act:
    unit_id, name, actor, device, at_ms, first, last, about = row
    return Act(unit_id, name, actor, device, datetime.fromtimestamp(at_ms / 1000, UTC), first, last, about)


def recent_acts(connection: Connection, limit: int = 200, device: int | None = None) -> list[Act]:
    """The latest acts, latest first; only those of one device when it is given."""
    if device is None:
        rows = connection.execute(f"{_ACT} ORDER BY hlc DESC LIMIT ?", (limit,))
    else:
        rows = connection.execute(f"{_ACT} WHERE device = ? ORDER BY hlc DESC LIMIT ?", (device, limit))
    return [_act(row) for row in rows]


def find_act(connection: Connection, unit_id: bytes) -> Act | None:
    """The act of this unit id."""
    row = connection.execute(f"{_ACT} WHERE id = ?", (unit_id,)).fetchone()
    return _act(row) if row else None


def acts_about(connection: Connection, unit_id: bytes) -> list[Act]:
    """The acts that take this one back, earliest first."""
    return [_act(row) for row in connection.execute(f"{_ACT} WHERE about = ? ORDER BY hlc", (unit_id,))]


def operations_of(connection: Connection, act: Act) -> Iterator[Operation]:
    """The operations of an act in the order they were written."""
    last = act.first_seq - 1
    while last < act.last_seq:
        some = connection.execute(
            "SELECT seq, header, sig, payload FROM op WHERE unit = ? AND device = ? AND seq > ? AND seq <= ? "
            "ORDER BY seq LIMIT 1000",
            (act.id, act.device, last, act.last_seq),
        ).fetchall()
        if not some:
            return
        for _, header, sig, payload in some:
            yield parse_operation(header, sig, payload)
        last = some[-1][0]


def desk_of(connection: Connection, device: int) -> str:
    """What the installation of this number is called; empty for this one, whatever it was called when."""
    row = connection.execute("SELECT name, status FROM device WHERE ix = ?", (device,)).fetchone()
    return "" if row is None or row[1] in ("own", "former") else str(row[0])


def actor_of(connection: Connection, device: int, actor: str) -> str:
    """Who did something, as it may be shown: under a colleague's name only where it is that colleague's installation.

    An operation is signed by its installation; who sat there it says itself. Where that is not the person of the
    member's record it reads ``1001 (as written at Mal)``.
    """
    name = desk_of(connection, device)
    found = connection.execute(
        "SELECT coalesce(member.person, device.actor), device.status FROM device "
        "LEFT JOIN member ON member.id = device.id WHERE device.ix = ?",
        (device,),
    ).fetchone()
    if found is None or found[1] in ("own", "former") or found[0] == actor:
        return actor
    return f"{actor} {AS_WRITTEN}{name or 'a desk that is no member'})"


def operation(connection: Connection, dot: Dot) -> Operation | None:
    """The operation that a dot names, if it is held."""
    row = connection.execute(
        "SELECT header, sig, payload FROM op WHERE device = (SELECT ix FROM device WHERE id = ?) AND seq = ?",
        dot,
    ).fetchone()
    return parse_operation(*row) if row else None


def field_history(connection: Connection, case_id: EntityId, entity_id: EntityId, field: str) -> list[Said]:
    """Everything ever said of one field of an entity, earliest first."""
    said = []
    for header, sig, payload in connection.execute(
        "SELECT header, sig, payload FROM op WHERE case_id = ? AND entity_id = ? ORDER BY hlc, device, seq",
        (case_id, entity_id),
    ):
        op = parse_operation(header, sig, payload)
        entity = ENTITIES.get(op.entity)
        if entity is None or (op.payload is not None and field not in op.body().get("fields", {})):
            continue
        said.append(
            Said(
                datetime.fromtimestamp(op.wall_ms / 1000, UTC),
                op.actor,
                op.act,
                op.unit,
                value_in(op, entity, field),
                op.kind == OpKind.EXTRACT,
                op.payload is None,
            )
        )
    return said


def value_in(op: Operation, entity: Entity, field: str) -> Any:
    """What an operation said of a field, as a fact; None where it said nothing, or was disposed of."""
    raw = op.body().get("fields", {}).get(field)
    return None if raw is None else entity.by_name[field].from_json(raw)
