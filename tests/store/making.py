"""Ways the store's tests write: cases, entries, and what a damaged file looks like."""

from collections.abc import Callable
from datetime import timedelta

from casedesk.model.entities import ACTION, CASE, CONTACT, CUSTODY, LOG_ENTRY, SUSPECT, VICTIM, Entity, Value
from casedesk.model.ids import EntityId, new_id
from casedesk.store.store import Store

_PARTS: tuple[tuple[Entity, dict[str, Value]], ...] = (
    (SUSPECT, {"name": "Zoë O’Hara", "nominal": "N/55/1"}),
    (VICTIM, {"name": "John Smith-Jones", "phone": "07700 900123"}),
    (CUSTODY, {"number": "CU/77/26", "suite": "Luton"}),
)
_FACTS: dict[str, Value] = {
    "ref": "42/1001/26", "offence_title": "Burglary dwelling", "location": "9 Crème Street", "oic": "PC Rhys Okafor",
    "oic_number": "4412", "flags": ("da", "mental-health"), "outcome": "16", "rationale": "Lines are complete.",
    "summary": "Rear window forced.", "owner": "KX1",
}  # fmt: skip


def add_case(store: Store, **fields: Value) -> EntityId:
    """Write one case in a unit of its own."""
    case_id = new_id()
    with store.unit_of_work("test.case") as unit:
        unit.extract(CASE, case_id, case_id, {"ref": "42/1/26", **fields}, unit.now)
    return case_id


def add_cases(store: Store, number: int) -> list[EntityId]:
    """Write many cases in one unit, each with a suspect."""
    ids = [new_id() for _ in range(number)]
    with store.unit_of_work("test.cases") as unit:
        for count, case_id in enumerate(ids):
            fields = {"ref": f"42/{count}/26", "offence_title": "Theft", "location": f"{count} High Street"}
            unit.extract(CASE, case_id, case_id, fields, unit.now)
            unit.extract(SUSPECT, new_id(), case_id, {"name": f"Person {count}"}, unit.now)
    return ids


def add_full_case(store: Store) -> EntityId:
    """A case with a word in every source."""
    case_id = new_id()
    with store.unit_of_work("test") as unit:
        unit.extract(CASE, case_id, case_id, _FACTS, unit.now)
        for entity, fields in _PARTS:
            unit.extract(entity, new_id(), case_id, fields, unit.now)
        unit.entry(LOG_ENTRY, new_id(), case_id, {"text": "Footage requested from the shop.", "at": unit.now})
        unit.entry(CONTACT, new_id(), case_id, {"text": "Left a voicemail.", "made": False, "at": unit.now})
        unit.set(ACTION, new_id(), case_id, {"what": "Chase the laboratory"})
    return case_id


def add_note(store: Store, case_id: EntityId, text: str) -> EntityId:
    """Write one log entry."""
    entry_id = new_id()
    with store.unit_of_work("log.add") as unit:
        unit.entry(LOG_ENTRY, entry_id, case_id, {"text": text, "topic": "note", "at": unit.now})
    return entry_id


def add_detention(store: Store, hours_ago: float, **fields: Value) -> EntityId:
    """Write a case with somebody detained whose relevant time lies some hours back."""
    case_id = new_id()
    with store.unit_of_work("test.custody") as unit:
        since = unit.now - timedelta(hours=hours_ago)
        unit.extract(CASE, case_id, case_id, {"ref": f"42/{hours_ago}/26", **fields}, unit.now)
        unit.extract(CUSTODY, new_id(), case_id, {"state": "detained", "relevant_at": since}, unit.now)
    return case_id


def shown(store: Store, case_id: EntityId, field: str) -> object:
    """The column of a case as the table shows it."""
    row = store.connection.execute(f'SELECT "{field}" FROM cases WHERE id = ?', (case_id,)).fetchone()  # noqa: S608
    return row[0] if row else None


def edited(raw: bytes, change: Callable[[bytearray], None]) -> bytes:
    """A changed copy of some bytes."""
    copy = bytearray(raw)
    change(copy)
    return bytes(copy)
