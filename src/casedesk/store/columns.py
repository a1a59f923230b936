"""Turns what operations say of fields into what the tables keep."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from casedesk.model.entities import ENTITIES, Column, Entity, Field, Kind


def _to_column(of: Field) -> Callable[[Any], Column]:
    """Make what turns a field's journal value (not None) into the table's.

    It raises TypeError or ValueError when the value is not of the field's kind.
    """
    read, write = of.from_json, of.to_column
    if of.kind in (Kind.TEXT, Kind.INT):
        return read  # the table keeps these, and moments, as the journal carries them
    if of.kind is Kind.MOMENT:
        return lru_cache(8192)(read)  # many cases share a day
    if of.kind is Kind.INSTANT:
        return lru_cache(8192)(lambda raw: write(read(raw)))
    return lambda raw: write(read(raw))


TO_COLUMN = {(entity.name, of.name): _to_column(of) for entity in ENTITIES.values() for of in entity.fields}


_USUAL: dict[Kind, type] = {
    Kind.TEXT: str, Kind.INT: int, Kind.FLAG: bool, Kind.INSTANT: str, Kind.MOMENT: str, Kind.LIST: list,
    Kind.REFERENCE: str,
}  # fmt: skip
"""The type that the journal's values of each kind have."""
_KEPT = (Kind.TEXT,)
"""The kinds that the tables keep as the journal carries them, whatever it carries."""


class _Unknown:
    """The type of nothing: stands for a field that this program does not know."""


@lru_cache(4096)
def _plan(
    entity: str, *names: str
) -> tuple[list[type], list[tuple[str, Callable[[Any], Column]]], tuple[Callable[[Any], Column] | None, ...]]:
    """How these fields become columns; operations that say the same fields abound.

    The types the values have when all is as usual, what turns those that are not kept as they are, and what turns
    each whatever it is: None for a field that is not known.
    """
    by_name = ENTITIES[entity].by_name
    to_columns = tuple(TO_COLUMN.get((entity, name)) for name in names)
    known = [(name, by_name[name].kind, to) for name, to in zip(names, to_columns, strict=True) if to]
    usual: list[type] = [_USUAL[kind] for _, kind, _ in known] if len(known) == len(names) else [_Unknown]
    return usual, [(name, to) for name, kind, to in known if kind not in _KEPT], to_columns


@lru_cache(4096)
def mask_of(entity: str, *names: str) -> int:
    """The bits of these fields."""
    return sum(ENTITIES[entity].bits[name] for name in names)


def columns_of(entity: Entity, fields: dict[str, Any]) -> dict[str, Column]:
    """What the tables keep of these fields, those left out that this program does not know.

    Raises ValueError when a value is not of its field's kind.
    """
    expected, turned, to_columns = _plan(entity.name, *fields)
    try:
        if [
            *map(type, fields.values())
        ] == expected:  # nothing is wrong, empty or not known, as nearly always
            columns = dict(fields)
            for name, turn in turned:
                columns[name] = turn(fields[name])
            return columns
        return {
            name: None if raw is None else to_column(raw)
            for (name, raw), to_column in zip(fields.items(), to_columns, strict=True)
            if to_column
        }
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"a field of {entity.name} is not of its kind") from None
