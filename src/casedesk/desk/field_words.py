"""Facts in words wherever they may come from: a field with the entity it is of, a value, what a reference points at."""

from datetime import UTC, datetime
from typing import Any

from casedesk.desk.casepage import shown
from casedesk.desk.desk import Desk
from casedesk.desk.team import desk_names
from casedesk.model.entities import CASE, ENTITIES, RESTRICTION, Entity, Field, Kind
from casedesk.model.ids import EntityId
from casedesk.store.operations import Operation
from casedesk.store.schema import table_name


def text_of(desk: Desk, field: Field, value: Any) -> str:
    """A value for reading; of a reference, what it points at."""
    if value is None:
        return ""
    if field.kind is Kind.REFERENCE:
        return _pointed_at(desk, value)
    if field is RESTRICTION.by_name["members"]:
        return desk_names(desk, value)
    return shown(field, value)


def said_at(op: Operation) -> datetime:
    """When something was said, by the clock of whoever said it."""
    return datetime.fromtimestamp(op.wall_ms / 1000, UTC)


def titled(entity: Entity, what: str, field: Field) -> str:
    """A field of an entity that :func:`called` names, in words."""
    return field.title if entity is CASE else f"{what}: {field.title.lower()}"


def called(desk: Desk, entity: Entity, entity_id: EntityId) -> str:
    """An entity's kind with its name, where it has one."""
    title = entity.name.replace("_", " ").capitalize()
    name = _name_of(desk, entity, entity_id) if entity is not CASE else ""
    return f"{title} {name}" if name else title


def _name_of(desk: Desk, entity: Entity, entity_id: EntityId) -> str:
    named = next(
        (name for name in ("name", "label", "what", "title", "number", "word") if name in entity.by_name), ""
    )
    if not named:
        return ""
    row = desk.store.connection.execute(
        f'SELECT "{named}" FROM {table_name(entity)} WHERE id = ?',  # noqa: S608 - names of ours
        (entity_id,),
    ).fetchone()
    return str(row[0]) if row and row[0] else ""


def _pointed_at(desk: Desk, target: EntityId) -> str:
    for name in ("suspect", "victim", "witness", "action", "case"):
        entity = ENTITIES[name]
        row = desk.store.connection.execute(
            f"SELECT 1 FROM {table_name(entity)} WHERE id = ?",  # noqa: S608 - names of ours
            (target,),
        ).fetchone()
        if row:
            return _name_of(desk, entity, target) or name
    return "not arrived yet"
