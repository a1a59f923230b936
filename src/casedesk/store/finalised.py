"""Reads what finalising left behind: for one case, or for every case of a review."""

from collections.abc import Sequence
from typing import Any

from casedesk.model.entities import APPROVAL, AUDIT, HOLD, KEYED, RETURN, RULING
from casedesk.model.finalising import Finalising
from casedesk.model.ids import EntityId
from casedesk.store.connection import Connection
from casedesk.store.records import children, children_of

_PARTS = {
    "approvals": APPROVAL,
    "returns": RETURN,
    "holds": HOLD,
    "rulings": RULING,
    "keyed": KEYED,
    "audits": AUDIT,
}


def read_finalising(connection: Connection, case_id: EntityId) -> Finalising:
    """Read what finalising left behind in one case."""
    parts: dict[str, Sequence[tuple[EntityId, Any]]] = {
        part: tuple(children(connection, entity, case_id)) for part, entity in _PARTS.items()
    }
    return Finalising(**parts)  # type: ignore[arg-type] # each part holds its own kind


def read_finalisings(connection: Connection, ids: Sequence[EntityId]) -> dict[EntityId, Finalising]:
    """Read what finalising left behind in each of these cases, in one look for each kind."""
    found = {part: children_of(connection, entity, ids) for part, entity in _PARTS.items()}
    return {
        case_id: Finalising(**{part: tuple(held.get(case_id, ())) for part, held in found.items()})
        for case_id in ids
    }
