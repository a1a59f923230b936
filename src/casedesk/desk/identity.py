"""What is to be done after this store took another name, and with what another's copied store wrote."""

from dataclasses import dataclass
from datetime import datetime

from casedesk.desk.desk import Desk
from casedesk.desk.team import members
from casedesk.model.entities import ENTITIES
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId, encode
from casedesk.model.moments import from_micros
from casedesk.store.journal import Unit
from casedesk.store.operations import Operation, OpKind, parse_operation
from casedesk.store.parked import Why
from casedesk.store.registry import formers


@dataclass(frozen=True, slots=True)
class Renamed:
    """That this store has another name than it had."""

    since: datetime
    to_tell: tuple[str, ...]
    """The members who have sent nothing to the new name yet: they need the new card."""


def renamed(desk: Desk) -> Renamed | None:
    """Whether this store has taken another name, and who must still be given its new card; None where it has not."""
    db = desk.store.connection
    old = {one.device for one in formers(db)}
    if not old:
        return None
    (at,) = db.execute("SELECT enrolled_at FROM device WHERE ix = ?", (desk.store.device,)).fetchone()
    told = {bytes(device) for (device,) in db.execute("SELECT device FROM peer WHERE came_at > ?", (at,))}
    to_tell = tuple(one.name for one in members(desk) if one.is_active and one.id not in told | old)
    return Renamed(from_micros(at), to_tell)


def card_warning(desk: Desk) -> str:
    """What the header warns of while a colleague has not taken in the new card; empty when all is well."""
    found = renamed(desk)
    if found is None or not found.to_tell:
        return ""
    return f"NEW CARD: give it to {found.to_tell[0] if len(found.to_tell) == 1 else f'{len(found.to_tell)} colleagues'}"


def adopt(desk: Desk, device: bytes) -> int:
    """Write what waits of a copied store anew as one's own: entries as they are, facts beside those that stand.

    What differs from what is shown is then asked about, like anything that two people said. Returns how many
    operations were adopted. Raises BadInputError when nothing of that installation waits so.
    """
    waiting = [
        parse_operation(header, sig, payload)
        for header, sig, payload in desk.store.connection.execute(
            "SELECT header, sig, payload FROM park WHERE device = ? AND why = ? ORDER BY seq",
            (device, Why.FORK.value),
        ).fetchall()
    ]
    if not waiting:
        raise BadInputError(
            f"Nothing of a copy of {encode(device)[:6]} waits here.", "See “casedesk bundle waiting”."
        )
    with desk.store.unit_of_work("identity.adopt", "Written by a copy of a colleague's store") as unit:
        adopted = sum(_adopted(desk, unit, op) for op in waiting)
        desk.store.connection.execute(
            "DELETE FROM park WHERE device = ? AND why = ?", (device, Why.FORK.value)
        )
    return adopted


def _adopted(desk: Desk, unit: Unit, op: Operation) -> bool:
    """Write one operation anew; False for one that cannot be, as a disposal or what only a newer program reads."""
    entity = ENTITIES.get(op.entity)
    raw = op.body().get("fields", {})
    if entity is None or op.kind not in (OpKind.SET, OpKind.EXTRACT, OpKind.ENTRY):
        return False
    if not raw or not raw.keys() <= entity.by_name.keys():
        return False
    fields = {
        name: None if said is None else entity.by_name[name].from_json(said) for name, said in raw.items()
    }
    if op.kind != OpKind.ENTRY:
        unit.set_beside(entity, op.entity_id, op.case_id, fields)
    elif not _is_written(desk, op.entity, op.entity_id):
        unit.entry(entity, op.entity_id, op.case_id, fields)
    return True


def _is_written(desk: Desk, table: str, entry_id: EntityId) -> bool:
    (found,) = desk.store.connection.execute(
        f"SELECT EXISTS (SELECT 1 FROM {table} WHERE id = ?)",  # noqa: S608 - a table of ours
        (entry_id,),
    ).fetchone()
    return bool(found)
