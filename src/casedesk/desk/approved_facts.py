"""The facts an approval is bound to: their digest, whether they changed since, and what it was that changed.

What the records system says back once it was keyed (that the record is filed, the outcome in its own words, the
outcome line of that very outcome), when an extract was drawn and how somebody is reached are no facts of the
decision: a change of them alone does not show.
"""

import hashlib
from datetime import UTC, datetime

import orjson

from casedesk.model.entities import (
    CASE,
    CASE_FLAG,
    CUSTODY,
    ENTITIES,
    OUTCOME_RECORD,
    SUSPECT,
    VICTIM,
    Entity,
)
from casedesk.model.facts import CaseFile, OutcomeRecord
from casedesk.model.finalising import Approval
from casedesk.model.ids import EntityId, encode
from casedesk.model.moments import show_instant
from casedesk.store.connection import Connection
from casedesk.store.operations import OpKind, parse_operation

_ECHOES = {
    CASE.name: {
        "source", "as_at", "record_status", "outcome_text", "oic_contact", "oic_unit", "supervisor",
    },
    VICTIM.name: {"phone", "safe_contact", "contact_preference", "language"},
    OUTCOME_RECORD.name: {"as_at"},
}  # fmt: skip
_PARTS = {"suspects": SUSPECT, "victims": VICTIM, "custody": CUSTODY, "outcome_records": OUTCOME_RECORD}
_JUDGED = {
    entity.name: tuple(
        field
        for field in entity.fields
        if field.extract_owned and field.name not in _ECHOES.get(entity.name, ())
    )
    for entity in (CASE, *_PARTS.values())
}
"""The fields of each entity that an approval is bound to."""


def digest(file: CaseFile) -> str:
    """The SHA-256 (hexadecimal) of the facts that the check judges, however they came and in whatever order.

    Fields that are empty do not count: a later casedesk with more fields gives the same digest of the same facts.
    """
    said: dict[str, object] = {"case": {**_values(CASE, file.case), "flags": sorted(file.case.flags or ())}}
    for part, entity in _PARTS.items():
        held = {
            encode(key): values
            for key, thing in getattr(file, part)
            if (values := _values(entity, thing)) and not _is_echo(file, thing)
        }
        if held:
            said[part] = held
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def is_changed(file: CaseFile, approval: Approval) -> bool:
    """Whether the facts are no longer those that were approved."""
    return approval.facts is not None and approval.facts != digest(file)


def changed_since(
    connection: Connection, file: CaseFile, approval_id: EntityId, approval: Approval
) -> tuple[str, ...]:
    """What changed since an approval, in words, the latest last; empty while its very facts stand.

    Read from the journal. Where another desk's earlier word came in later there may be nothing to name but that.
    """
    if not is_changed(file, approval):
        return ()
    (since,) = connection.execute("SELECT hlc FROM approval WHERE id = ?", (approval_id,)).fetchone()
    named: dict[tuple[EntityId, str], str] = {}
    for header, sig, payload in connection.execute(
        "SELECT header, sig, payload FROM op WHERE case_id = ? AND hlc > ? ORDER BY hlc, device, seq",
        (file.id, since),
    ):
        op = parse_operation(header, sig, payload)
        by = f"{op.actor}, {show_instant(datetime.fromtimestamp(op.wall_ms / 1000, UTC))}"
        if op.entity == CASE_FLAG.name:
            named[file.id, "flags"] = f"{CASE.by_name['flags'].title} ({by})"
        if op.kind == OpKind.ENTRY or op.entity not in _JUDGED:
            continue
        said = op.body().get("fields", {})
        for field in _JUDGED[op.entity]:
            if field.name in said:
                named.pop((op.entity_id, field.name), None)
                named[op.entity_id, field.name] = f"{_called(ENTITIES[op.entity], field.title)} ({by})"
    return tuple(named.values()) or ("Facts that another desk had recorded before",)


def _called(entity: Entity, title: str) -> str:
    return title if entity is CASE else f"{entity.name.replace('_', ' ').capitalize()}: {title.lower()}"


def _values(entity: Entity, thing: object) -> dict[str, object]:
    return {
        field.name: field.to_json(value)
        for field in _JUDGED[entity.name]
        if (value := getattr(thing, field.name)) not in (None, "", ())
    }


def _is_echo(file: CaseFile, thing: object) -> bool:
    """Whether this is the outcome line that says what the record says: it follows from the approval."""
    case = file.case
    return (
        isinstance(thing, OutcomeRecord)
        and not thing.ordinal
        and case.outcome in (thing.codes or ())
        and (thing.at or "")[:7] == (case.outcome_date or "")[:7]
    )
