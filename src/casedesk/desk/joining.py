"""Lines of an extract with the ids of what they speak of; and how an arrest or incident finds the case it belongs to.

A custody system names an occurrence late or not at all, and knows people by name where the records system knows
them by number. So that one arrest does not become two: a line without an occurrence goes where its custody number
is known already, and its suspect is taken for the one of the same name in the case.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from casedesk.exchange.intake.taken import Addition
from casedesk.model.entities import CASE, CUSTODY, SUSPECT, Entity, Value
from casedesk.model.ids import EntityId, derived_id
from casedesk.model.moments import Moment, from_micros
from casedesk.model.text import folded
from casedesk.model.words import Stage
from casedesk.store.connection import Connection

_SAME_ARREST = timedelta(days=1)
"""Custody numbers come round again: the times of arrest must lie no further apart to mean the same arrest."""
_BATCH = 500
_One = TypeVar("_One")


@dataclass(frozen=True, slots=True)
class Said:
    """One entity as a line states it."""

    entity: Entity
    id: EntityId
    fields: dict[str, Value]
    partial: bool = False
    """Whether the fields only fill gaps."""


@dataclass(frozen=True, slots=True)
class Twin:
    """A case that was made from the number of a line alone, before its occurrence was known."""

    case_id: EntityId
    custody: Said | None
    """The same arrest as that case has it: kept up to date, so that none of its clocks goes stale."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line that was understood, with the ids of what it speaks of."""

    reference: str
    case: Said
    others: tuple[Said, ...]
    as_at: Moment
    """When what it says was so."""
    addition: Addition | None = None
    twin: Twin | None = None

    @property
    def said(self) -> tuple[Said, ...]:
        """The case and what hangs on it."""
        return (self.case, *self.others)

    @property
    def main(self) -> Said:
        """What the line is there for: the case, or what it adds to one that another line or file tells of."""
        return self.others[-1] if self.case.partial and self.others else self.case


def join(connection: Connection, lines: Sequence[Line]) -> list[Line]:
    """Let the lines that add to cases meet what the store has of these; other lines stay as they are."""
    if not any(line.addition for line in lines):
        return list(lines)
    arrests = _Arrests(connection, lines)
    placed = [_to_known_arrest(line, arrests) for line in lines]
    suspects = _suspects(connection, [line.case.id for line in placed if line.addition])
    twins = _open_cases(connection, [derived_id(*one.number_key) for one in _naming_both(placed)])
    return [_with_twin(_with_suspect(line, arrests, suspects), twins) for line in placed]


@dataclass(frozen=True, slots=True)
class _Arrest:
    id: EntityId
    case_id: EntityId
    suspect: EntityId | None
    arrested_at: datetime | None


class _Arrests:
    """The arrests of the store that have one of these lines' custody numbers."""

    def __init__(self, connection: Connection, lines: Sequence[Line]) -> None:
        numbers = sorted({line.addition.number for line in lines if line.addition and line.addition.number})
        self._by_number: dict[str, list[_Arrest]] = {}
        for some in _batches(numbers):
            for number, own, case_id, suspect, arrested in connection.execute(
                "SELECT number, id, case_id, suspect, arrested_at FROM custody "  # noqa: S608 - marks only
                f"WHERE number IN ({_marks(some)}) ORDER BY n",
                some,
            ):
                at = None if arrested is None else from_micros(arrested)
                self._by_number.setdefault(number, []).append(
                    _Arrest(EntityId(own), EntityId(case_id), suspect and EntityId(suspect), at)
                )

    def elsewhere(self, line: Line) -> _Arrest | None:
        """The arrest of this line in another case than the one its number makes."""
        said = _custody(line)
        if said is None:
            return None
        return next(
            (one for one in self._of(line) if one.case_id != line.case.id and _same_time(one, said)), None
        )

    def suspect(self, line: Line) -> EntityId | None:
        """Whom the store has as the suspect of this arrest."""
        return next((one.suspect for one in self._of(line) if one.case_id == line.case.id), None)

    def _of(self, line: Line) -> list[_Arrest]:
        return self._by_number.get(line.addition.number, []) if line.addition else []


def _to_known_arrest(line: Line, arrests: _Arrests) -> Line:
    """Send a line without an occurrence where its custody number is known already."""
    if line.addition is None or not line.addition.own:
        return line
    known = arrests.elsewhere(line)
    if known is None:
        return line
    others = tuple(replace(one, id=known.id) if one.entity is CUSTODY else one for one in line.others)
    addition = replace(line.addition, own=False, number="")
    return replace(line, case=Said(CASE, known.case_id, {}, partial=True), others=others, addition=addition)


def _with_suspect(
    line: Line, arrests: _Arrests, suspects: dict[EntityId, list[tuple[EntityId, str, str]]]
) -> Line:
    """Take the suspect of a line for the one that the store knows of this arrest, or of this name."""
    stated = next((one for one in line.others if one.entity is SUSPECT), None)
    if line.addition is None or stated is None:
        return line
    known = suspects.get(line.case.id, [])
    if any(own == stated.id for own, _, _ in known):
        return line
    before = arrests.suspect(line)
    meant = before if before in {own for own, _, _ in known} else _namesake(stated, known)
    if meant is None:
        return line
    renamed = (replace(one, id=meant) if one is stated else one for one in line.others)
    return replace(
        line,
        others=tuple(
            replace(one, fields={**one.fields, "suspect": meant}) if one.entity is CUSTODY else one
            for one in renamed
        ),
    )


def _namesake(stated: Said, known: list[tuple[EntityId, str, str]]) -> EntityId | None:
    name, dob = folded(str(stated.fields.get("name") or "")), str(stated.fields.get("dob") or "")
    same = [
        own for own, theirs, born in known if name and theirs == name and (not dob or not born or dob == born)
    ]
    return same[0] if len(same) == 1 else None


def _with_twin(line: Line, twins: set[EntityId]) -> Line:
    if line.addition is None or line.addition.own or not line.addition.number:
        return line
    key = line.addition.number_key
    case_id = derived_id(*key)
    if case_id not in twins:
        return line
    own = _custody(line)
    custody = own and Said(
        CUSTODY,
        derived_id("custody", *key[1:], "number", line.addition.number),
        {name: value for name, value in own.fields.items() if name != "suspect"},
    )
    return replace(line, twin=Twin(case_id, custody))


def _naming_both(lines: Iterable[Line]) -> list[Addition]:
    return [one.addition for one in lines if one.addition and not one.addition.own and one.addition.number]


def _custody(line: Line) -> Said | None:
    return next((one for one in line.others if one.entity is CUSTODY), None)


def _same_time(known: _Arrest, said: Said) -> bool:
    at = said.fields.get("arrested_at")
    return (
        isinstance(at, datetime)
        and known.arrested_at is not None
        and abs(at - known.arrested_at) <= _SAME_ARREST
    )


def _suspects(
    connection: Connection, cases: Sequence[EntityId]
) -> dict[EntityId, list[tuple[EntityId, str, str]]]:
    """The suspects of these cases: id, folded name, date of birth."""
    found: dict[EntityId, list[tuple[EntityId, str, str]]] = {}
    for some in _batches(sorted(set(cases))):
        for case_id, own, name, dob in connection.execute(
            f"SELECT case_id, id, name, dob FROM suspect WHERE case_id IN ({_marks(some)}) ORDER BY n",  # noqa: S608
            some,
        ):
            found.setdefault(EntityId(case_id), []).append((EntityId(own), folded(name or ""), dob or ""))
    return found


def _open_cases(connection: Connection, ids: Sequence[EntityId]) -> set[EntityId]:
    """Those of these cases that the store has and nobody has finalised."""
    found: set[EntityId] = set()
    for some in _batches(sorted(set(ids))):
        found |= {
            EntityId(own)
            for (own,) in connection.execute(
                f"SELECT id FROM cases WHERE id IN ({_marks(some)}) AND ref IS NOT NULL "  # noqa: S608
                "AND coalesce(stage, '') <> ?",
                (*some, Stage.FINALISED.value),
            )
        }
    return found


def _batches(some: Sequence[_One]) -> Iterable[Sequence[_One]]:
    return (some[start : start + _BATCH] for start in range(0, len(some), _BATCH))


def _marks(some: Sequence[object]) -> str:
    return ",".join("?" * len(some))
