"""The history of a case's facts: who, when, from what to what, under which act."""

from dataclasses import dataclass
from datetime import UTC, datetime

from casedesk.desk.casepage import shown
from casedesk.desk.desk import Desk
from casedesk.desk.undo import ACT_TITLES
from casedesk.model.entities import ENTITIES
from casedesk.model.ids import EntityId
from casedesk.store.operations import Operation, OpKind, parse_operation


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


def case_history(desk: Desk, case_id: EntityId) -> list[Changed]:
    """Every change of every fact of a case, latest first. Values that were disposed of are said to be so."""
    changes: list[Changed] = []
    known: dict[tuple[EntityId, str], str] = {}
    for header, sig, payload in desk.store.connection.execute(
        "SELECT header, sig, payload FROM op WHERE case_id = ? ORDER BY hlc, device, seq", (case_id,)
    ):
        op = parse_operation(header, sig, payload)
        entity = ENTITIES.get(op.entity)
        if entity is None or op.kind == OpKind.ENTRY:
            continue
        for name, raw in op.body().get("fields", {}).items():
            field = entity.by_name.get(name)
            if field is None or field.kind == "reference":
                continue
            after = "" if raw is None else shown(field, field.from_json(raw))
            changes.append(
                Changed(
                    len(changes) + 1,
                    datetime.fromtimestamp(op.wall_ms / 1000, UTC),
                    op.actor,
                    act_title(op.act),
                    _called(entity.name),
                    field.title,
                    known.get((op.entity_id, name), ""),
                    after,
                )
            )
            known[op.entity_id, name] = after
        if op.payload is None:
            changes.append(_disposed(len(changes) + 1, op))
    return changes[::-1]


def act_title(act: str) -> str:
    """An act's name on screen."""
    return ACT_TITLES.get(act, act.replace(".", " "))


def _disposed(number: int, op: Operation) -> Changed:
    at = datetime.fromtimestamp(op.wall_ms / 1000, UTC)
    return Changed(number, at, op.actor, act_title(op.act), _called(op.entity), "(disposed of)", "", "")


def _called(entity: str) -> str:
    return entity.replace("_", " ").capitalize()
