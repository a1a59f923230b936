"""Reads whole cases: the case with its people, custody, contacts and log, as the frozen facts the rules judge."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import orjson

from casedesk.model.dossier import Dossier
from casedesk.model.entities import (
    ACTION,
    APPOINTMENT,
    ASSESSMENT,
    CASE,
    CASE_EVENT,
    CASE_FLAG,
    CONDITION,
    CONTACT,
    CUSTODY,
    DECISION,
    DOCUMENT,
    EVIDENCE_REVIEW,
    EXCUSE,
    EXHIBIT,
    FEEDBACK,
    GRADING,
    HANDOVER,
    INTERVIEW,
    LOG_ENTRY,
    OUTCOME_RECORD,
    POINT,
    PREVIOUS_DISPOSAL,
    REFERRAL,
    REMAND_GROUND,
    SUSPECT,
    VICTIM,
    WITNESS,
    Column,
    Entity,
)
from casedesk.model.facts import Case, CaseFile, CaseFlag, flags_standing
from casedesk.model.ids import EntityId
from casedesk.store.connection import Connection
from casedesk.store.schema import table_name


@dataclass(frozen=True, slots=True)
class CaseBundle:
    """A case with its number in this store."""

    n: int
    file: CaseFile


_CHILDREN = {
    "suspects": SUSPECT,
    "victims": VICTIM,
    "custody": CUSTODY,
    "outcome_records": OUTCOME_RECORD,
    "actions": ACTION,
    "contacts": CONTACT,
    "log": LOG_ENTRY,
    "flag_marks": CASE_FLAG,
    "events": CASE_EVENT,
    "gradings": GRADING,
    "excuses": EXCUSE,
    "witnesses": WITNESS,
    "conditions": CONDITION,
    "appointments": APPOINTMENT,
    "reviews": EVIDENCE_REVIEW,
    "assessments": ASSESSMENT,
    "points": POINT,
    "previous": PREVIOUS_DISPOSAL,
    "interviews": INTERVIEW,
}
_BATCH = 500


@cache
def _columns(entity: Entity) -> str:
    return ", ".join(f'"{field.name}"' for field in entity.fields)


@cache
def _builder(entity: Entity) -> Callable[[Sequence[Any]], Any]:
    """Make a quick reader of this entity's columns: only what needs turning is touched.

    Fields are put into their slots: the constructor of a frozen class of sixty fields takes three times as long.
    """
    turned = [
        (at, field.from_column)
        for at, field in enumerate(entity.fields)
        if field.kind not in ("text", "int", "moment", "reference")
    ]
    facts = entity.facts
    put = [getattr(facts, field.name).__set__ for field in entity.fields]

    def build(values: Sequence[Any]) -> Any:
        made = object.__new__(facts)
        for into, value in zip(put, values, strict=True):
            into(made, value)
        for at, turn in turned:
            if values[at] is not None:
                put[at](made, turn(values[at]))
        return made

    return build


_BUILD = {entity.name: _builder(entity) for entity in (CASE, *_CHILDREN.values())}


def read_cases(
    connection: Connection, ids: Sequence[EntityId], parts: Sequence[str] = tuple(_CHILDREN)
) -> list[CaseBundle]:
    """Read these cases (at most 500) with the named parts; those not in the store are left out.

    They come in the order of their numbers: the searchable words are written ten times as fast so.
    """
    keys = [bytearray(case_id) for case_id in ids]  # the driver binds it ten times as fast as bytes
    if len(keys) == 1:
        return _read(connection, "id = ?1", "case_id = ?1", keys, parts, "case_id = ?1")
    some = f"IN ({','.join('?' * len(ids))})"
    return _read(connection, f"id {some}", f"case_id {some}", keys, parts)


def _read(
    connection: Connection,
    chosen: str,
    theirs: str,
    values: Sequence[Any],
    parts: Sequence[str],
    held: str = "",
) -> list[CaseBundle]:
    return built(_stored(connection, chosen, theirs, values, parts, held))


StoredCases = tuple[list[tuple[Any, ...]], dict[str, list[tuple[Any, ...]]]]
"""Cases as they lie in the tables: a row for each with its number, id and columns; and the rows of each kind of part,
with the case's id, their own and their columns."""


def _stored(
    connection: Connection,
    chosen: str,
    theirs: str,
    values: Sequence[Any],
    parts: Sequence[str],
    held: str = "",
) -> StoredCases:
    """Read the cases that meet one condition, with the parts that meet the other; both take the same values.

    Parts of which there is nothing are not looked for: nothing that meets the condition ``held``, which takes these
    values too, or nothing in the whole store. Many stores hold nothing of some kinds.
    """
    there = (
        connection.execute(_any_of(tuple(parts), held), values if held else ()).fetchone() if parts else ()
    )
    children = {
        part: connection.execute(
            f"SELECT case_id, id, {_columns(_CHILDREN[part])} FROM {table_name(_CHILDREN[part])} "  # noqa: S608
            f"WHERE {theirs} ORDER BY hlc, n",
            values,
        ).fetchall()
        for part, is_there in zip(parts, there, strict=True)
        if is_there
    }
    cases = connection.execute(
        f"SELECT n, id, {_columns(CASE)} FROM cases WHERE {chosen} ORDER BY n",  # noqa: S608
        values,
    ).fetchall()
    return cases, children


def built(stored: StoredCases) -> list[CaseBundle]:
    """Make the facts of cases from their rows."""
    cases, rows = stored
    children: dict[str, dict[bytes, list[tuple[EntityId, Any]]]] = {}
    for part, of_part in rows.items():
        build = _BUILD[_CHILDREN[part].name]
        grouped: dict[bytes, list[tuple[EntityId, Any]]] = {}
        for case_id, entity_id, *columns in of_part:
            if columns.count(None) < len(columns):  # an undone extract leaves a row without facts
                grouped.setdefault(case_id, []).append((entity_id, build(columns)))
        children[part] = grouped
    build_case = _BUILD[CASE.name]
    marked = children.get("flag_marks", {})
    return [
        CaseBundle(
            n,
            CaseFile(
                id=EntityId(case_id),
                case=_flagged(build_case(columns), marked.get(case_id)),
                **{part: tuple(grouped.get(case_id, ())) for part, grouped in children.items()},
            ),
        )
        for n, case_id, *columns in cases
    ]


@cache
def _any_of(parts: tuple[str, ...], held: str) -> str:
    """Ask in one statement of which parts there is anything."""
    where = f" WHERE {held}" if held else ""
    tables = [table_name(_CHILDREN[part]) for part in parts]
    asked = ", ".join(f"EXISTS (SELECT 1 FROM {table}{where})" for table in tables)  # noqa: S608 - ours only
    return f"SELECT {asked}"


def _flagged(case: Case, marks: list[tuple[EntityId, CaseFlag]] | None) -> Case:
    """The case with its flags as they stand, the desk's word included."""
    return replace(case, flags=flags_standing(case.flags, tuple(marks))) if marks else case


@dataclass(frozen=True, slots=True)
class StoredRow:
    """One entity's row as stored: its columns by field, and the mask of fields that were decided at the desk."""

    columns: dict[str, Column]
    desk_mask: int


def read_rows(connection: Connection, entity: Entity, ids: Sequence[EntityId]) -> dict[EntityId, StoredRow]:
    """Read these entities as stored, whatever their number."""
    names = [field.name for field in entity.fields]
    held = {}
    for start in range(0, len(ids), _BATCH):
        some = ids[start : start + _BATCH]
        marks = ",".join("?" * len(some))
        for entity_id, heads, *values in connection.execute(
            f"SELECT id, heads, {_columns(entity)} FROM {table_name(entity)} WHERE id IN ({marks})",  # noqa: S608
            some,
        ):
            desk_mask = 0
            for _, _, mask, as_at in orjson.loads(heads):
                desk_mask |= 0 if as_at else mask
            held[EntityId(entity_id)] = StoredRow(dict(zip(names, values, strict=True)), desk_mask)
    return held


def read_heads(
    connection: Connection, entity: Entity, ids: Sequence[EntityId]
) -> Iterator[tuple[EntityId, list[list[int]]]]:
    """The heads of these entities: [device index, sequence number, field mask, extract as-at] each."""
    for start in range(0, len(ids), _BATCH):
        some = ids[start : start + _BATCH]
        marks = ",".join("?" * len(some))
        for entity_id, heads in connection.execute(
            f"SELECT id, heads FROM {table_name(entity)} WHERE id IN ({marks})",  # noqa: S608
            some,
        ):
            yield EntityId(entity_id), orjson.loads(heads)


def read_case(connection: Connection, case_id: EntityId) -> CaseBundle | None:
    """Read one case with everything that hangs on it; None when it is not in this store."""
    found = read_cases(connection, [case_id])
    return found[0] if found else None


def each_case(connection: Connection, where: str = "1", values: Sequence[Any] = ()) -> Iterator[CaseBundle]:
    """Read all cases that meet a condition on ``cases`` in batches, in the order they came; memory stays flat.

    ``where`` is SQL of ours, never text from outside.
    """
    for some in each_stored(connection, where, values):
        yield from built(some)


def each_stored(
    connection: Connection, where: str = "1", values: Sequence[Any] = ()
) -> Iterator[StoredCases]:
    """The same, as they lie in the tables: a batch at a time."""
    after = 0
    while numbers := connection.execute(
        f"SELECT n FROM cases WHERE n > ? AND ({where}) ORDER BY n LIMIT {_BATCH}",  # noqa: S608
        (after, *values),
    ).fetchall():
        (last,) = numbers[-1]
        chosen = f"n > ? AND n <= ? AND ({where})"
        theirs = f"case_id IN (SELECT id FROM cases WHERE {chosen})"  # noqa: S608
        yield _stored(connection, chosen, theirs, (after, last, *values), tuple(_CHILDREN))
        after = last


_DOSSIER = {
    "interviews": INTERVIEW,
    "referrals": REFERRAL,
    "previous": PREVIOUS_DISPOSAL,
    "remand_grounds": REMAND_GROUND,
    "points": POINT,
    "decisions": DECISION,
    "feedback": FEEDBACK,
    "documents": DOCUMENT,
    "exhibits": EXHIBIT,
    "handovers": HANDOVER,
}


def read_dossier(connection: Connection, case_id: EntityId) -> Dossier:
    """Read what is written about one case besides its facts, each part in the order it was written."""
    return Dossier(
        **{part: tuple(children(connection, entity, case_id)) for part, entity in _DOSSIER.items()}
    )


def children(connection: Connection, entity: Entity, case_id: EntityId) -> Iterator[tuple[EntityId, Any]]:
    """Everything of one kind that hangs on a case, in the order it was written."""
    build = _builder(entity)
    for entity_id, *columns in connection.execute(
        f"SELECT id, {_columns(entity)} FROM {table_name(entity)} WHERE case_id = ? ORDER BY hlc, n",  # noqa: S608
        (case_id,),
    ):
        if columns.count(None) < len(columns):
            yield EntityId(entity_id), build(columns)


def children_of(
    connection: Connection, entity: Entity, ids: Sequence[EntityId]
) -> dict[EntityId, list[tuple[EntityId, Any]]]:
    """The same for many cases, by case; those that have nothing of the kind are left out."""
    found: dict[EntityId, list[tuple[EntityId, Any]]] = {}
    if not connection.execute(f"SELECT EXISTS (SELECT 1 FROM {table_name(entity)})").fetchone()[0]:  # noqa: S608
        return found
    build = _builder(entity)
    for start in range(0, len(ids), _BATCH):
        some = [bytearray(case_id) for case_id in ids[start : start + _BATCH]]
        for case_id, entity_id, *columns in connection.execute(
            f"SELECT case_id, id, {_columns(entity)} FROM {table_name(entity)} "  # noqa: S608
            f"WHERE case_id IN ({','.join('?' * len(some))}) ORDER BY hlc, n",
            some,
        ):
            if columns.count(None) < len(columns):
                found.setdefault(EntityId(case_id), []).append((EntityId(entity_id), build(columns)))
    return found


def find_reference(connection: Connection, reference: str) -> list[EntityId]:
    """The cases whose occurrence number is this, or begins with it when none is exactly so (at most ten)."""
    exact = connection.execute(
        "SELECT id FROM cases WHERE ref = ? COLLATE NOCASE LIMIT 10", (reference,)
    ).fetchall()
    found = (
        exact
        or connection.execute(
            "SELECT id FROM cases WHERE ref >= ? COLLATE NOCASE AND ref < ? COLLATE NOCASE "
            "ORDER BY ref COLLATE NOCASE LIMIT 10",
            (reference, reference + "\U0010ffff"),
        ).fetchall()
    )
    return [EntityId(case_id) for (case_id,) in found]
