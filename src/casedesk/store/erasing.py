"""What a disposal must take with it besides what the fold erases: what is set aside, and what waits to be taken in."""

from collections.abc import Mapping

from casedesk.model.ids import EntityId, encode
from casedesk.store.connection import Connection
from casedesk.store.fold import Fold
from casedesk.store.operations import ERASABLE, is_erasable, parse_operation
from casedesk.store.parked import WAITS
from casedesk.store.registry import Registry


def erase_beside(
    connection: Connection,
    registry: Registry,
    fold: Fold,
    case_id: EntityId,
    covers: Mapping[bytes, int] | None = None,
    reading: int = 0,
) -> None:
    """Erase what of a case waits, and forget that anything of it was set aside, once a disposal was folded.

    ``covers`` are the disposal's own: the last operation of each installation that it erases, of those before its clock
    ``reading``. None erases all that waits: this installation disposes of the case, and keeps nothing of it. What comes
    again comes as any news does.
    """
    fold.flush()
    _erase_waiting(connection, case_id, covers, reading)
    _forget_aside(connection, registry, fold, case_id)


def _erase_waiting(
    connection: Connection, case_id: EntityId, covers: Mapping[bytes, int] | None, reading: int
) -> None:
    """Take the content of what waits away; headers stay, as in the journal."""
    said = f'"case":"{encode(case_id)}"'.encode()
    for digest, device, seq, why, header in connection.execute(
        "SELECT hash, device, seq, why, header FROM park WHERE payload IS NOT NULL AND instr(header, ?)",
        (said,),
    ).fetchall():
        op = parse_operation(header, b"", None)
        seen = covers is None or (seq <= covers.get(device, 0) and op.hlc < reading and why in WAITS)
        if op.case_id == case_id and seen and is_erasable(op.kind, op.entity):
            connection.execute("UPDATE park SET payload = NULL WHERE hash = ?", (digest,))


def _forget_aside(connection: Connection, registry: Registry, fold: Fold, case_id: EntityId) -> None:
    """What was set aside and is erased now waits for nothing, nor is it waited for."""
    for device, seq, header, sig in connection.execute(
        "SELECT op.device, op.seq, op.header, op.sig FROM aside JOIN op ON op.device = aside.device "  # noqa: S608
        "AND op.seq = aside.seq JOIN disposed ON disposed.case_id = op.case_id AND disposed.device = op.device "
        f"AND disposed.seq >= op.seq AND disposed.hlc > op.hlc WHERE op.case_id = ? AND {ERASABLE}",
        (case_id,),
    ).fetchall():
        registry.aside.discard((device, seq))
        connection.execute("DELETE FROM aside WHERE device = ? AND seq = ?", (device, seq))
        fold.apply(parse_operation(header, sig, None))
