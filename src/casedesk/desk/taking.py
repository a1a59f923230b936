"""Comparing the lines of an extract with the store, and writing what they say that it does not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from casedesk.desk.desk import Desk
from casedesk.desk.joining import Line, Said, join
from casedesk.exchange.intake import ColumnReport, RejectedRow, TakenRow
from casedesk.exchange.intake.taken import Addition
from casedesk.model.entities import CASE, CASE_FLAG, ENTITIES, LOG_ENTRY, Column, Kind, Value
from casedesk.model.ids import EntityId, derived_id
from casedesk.model.moments import Moment, earliest, moment_of_instant, show_moment, to_micros
from casedesk.store.connection import Connection
from casedesk.store.records import read_heads, read_rows

if TYPE_CHECKING:
    from casedesk.store.journal import Unit

_LEEWAY = timedelta(days=1)
"""How far ahead of the clock an extract may say that it was drawn: two computers' clocks differ."""
_UNKNOWN_AGE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that an extract changes: of which case, from what to what. A person or arrest that it adds to a
    known case is so many facts that were not known before."""

    reference: str
    entity: str
    field: str
    before: Value
    after: Value


@dataclass
class TakeInReport:
    """What an extract holds against the store, line by line in sums, and what of it was taken in."""

    file: str
    profile: str
    columns: ColumnReport
    lines: int = 0
    new: int = 0
    """Lines that bring a case not in the store; of outcomes, an outcome; further lines of a case, a person."""
    changed: int = 0
    unchanged: int = 0
    older: int = 0
    """Lines whose case is known from a later extract: nothing taken."""
    repeated: int = 0
    """Lines that say again what an earlier line of the file said."""
    rejected: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    changed_fields: Counter[str] = field(default_factory=Counter)
    kept_desk_values: int = 0
    """Facts that differ from the extract because they were decided at the desk: kept."""
    changes: list[Change] = field(default_factory=list)
    """The changed facts, in file order; at most ``keep_changes`` of them."""
    rejects: list[RejectedRow] = field(default_factory=list)
    """The first few rejected lines."""
    rejects_file: Path | None = None
    twins: list[tuple[str, str]] = field(default_factory=list)
    """Cases taken in before under a custody or incident number alone, with the occurrence now known."""
    new_cases: int = 0
    """Cases that were not in the store, however they came."""
    written: bool = False


@dataclass(slots=True)
class Held:
    """What the store has of one entity: its columns by field, and which fields were decided at the desk."""

    columns: dict[str, Column]
    desk_mask: int
    ages: Sequence[tuple[int, int]] = ()
    """The masks of fields that extracts said, with when they were drawn (ms): read for additions alone."""

    def said_later(self, bit: int, at: datetime) -> bool:
        """Whether an extract drawn later than ``at`` said this field."""
        drawn = to_micros(at) // 1000
        return any(age > drawn for mask, age in self.ages if mask >> bit & 1)


class Taking:
    """Compares lines with the store, and writes them when there is a unit to write in."""

    def __init__(
        self,
        desk: Desk,
        connection: Connection,
        report: TakeInReport,
        as_at: Moment | None,
        keep_changes: int,
        unit: "Unit | None" = None,
    ) -> None:
        self._offences = desk.packs.offences
        self._db = connection
        self._report = report
        self._as_at = as_at or moment_of_instant(desk.now)
        self._limit = desk.now + _LEEWAY
        self._keep = keep_changes
        self._unit = unit
        self._noted: set[EntityId] = set()
        self._marked: set[EntityId] = set()
        self._passed_over = False

    def line(self, row: TakenRow) -> Line | RejectedRow:
        """Work out whom and what a line speaks of, and when; a rejection when it says that is yet to come."""
        fields = dict(row.case.fields)
        stated = fields.pop("as_at", None)
        as_at = Moment(stated) if isinstance(stated, str) else self._as_at
        if stated is not None and earliest(as_at) > self._limit:
            return RejectedRow(
                row.line, "", row.reference, f"it says that it was drawn on {show_moment(as_at)}, in the future",
                "Correct the date of the extract.", row.cells,
            )  # fmt: skip
        self._name_offence(fields)
        case = Said(CASE, derived_id(*row.case.key), fields, row.case.partial)
        others = tuple(Said(ENTITIES[one.entity], derived_id(*one.key), one.fields) for one in row.others)
        return Line(row.reference, case, others, as_at, row.addition)

    def _name_offence(self, fields: dict[str, Value]) -> None:
        """Give a case the title of its offence code where the extract has the code alone."""
        code = fields.get("offence_code")
        if isinstance(code, str) and not fields.get("offence_title"):
            known = self._offences.get(code)
            if known is not None:
                fields["offence_title"] = known.title

    def take(self, lines: Sequence[Line]) -> None:
        """Take one chunk of lines in."""
        lines = join(self._db, lines)
        held = self._held(lines)
        for line in lines:
            self._take_line(line, held)
        if self._unit is not None:
            self._unit.settle()

    def _take_line(self, line: Line, held: dict[EntityId, Held]) -> None:
        if self._is_older(line, held):
            self._report.older += 1
            return
        is_new = line.main.id not in held
        changed = False
        self._passed_over = False
        for one in line.said:
            changed |= self._take_entity(line, one, held, line.case.id, adds=not is_new)
        if line.addition:
            changed |= self._take_addition(line, line.addition, held)
        if is_new:
            self._report.new += 1
        elif changed:
            self._report.changed += 1
        elif self._passed_over:
            self._report.older += 1
        else:
            self._report.unchanged += 1

    def _is_older(self, line: Line, held: Mapping[EntityId, Held]) -> bool:
        """Whether the store has the line's subject from a later extract.

        What adds to a case is compared fact by fact instead: the records system's extract has its own time.
        """
        if line.addition and line.case.partial:
            return False
        dated = line.main if "as_at" in line.main.entity.by_name else line.case
        known = held.get(dated.id)
        known_as_at = known.columns["as_at"] if known else None
        return isinstance(known_as_at, str) and earliest(Moment(known_as_at)) > earliest(line.as_at)

    def _take_addition(self, line: Line, addition: Addition, held: dict[EntityId, Held]) -> bool:
        """Take what a line of arrests or incidents brings beyond its facts; whether there was anything."""
        changed = False
        if line.twin:
            twin = (addition.number, line.reference)
            if twin not in self._report.twins:
                self._report.twins.append(twin)
            if line.twin.custody and line.twin.custody.id in held:
                changed |= self._take_entity(line, line.twin.custody, held, line.twin.case_id, adds=True)
        case = held[line.case.id]
        if addition.intake and case.columns["intake"] is None:
            case.columns["intake"] = addition.intake
            if self._unit is not None:
                self._unit.set(CASE, line.case.id, line.case.id, {"intake": addition.intake})
        for word in addition.flags:
            changed |= self._raise_flag(line, addition, word, case)
        if addition.note:
            changed |= self._write_note(line, addition)
        return changed

    def _raise_flag(self, line: Line, addition: Addition, word: str, case: Held) -> bool:
        """Raise a flag that neither the records system nor anybody here has spoken of; whether it was raised."""
        flags = CASE.by_name["flags"]
        stored = case.columns["flags"]
        if stored is not None and word in flags.from_column(stored):
            return False
        mark_id = derived_id("case_flag", line.case.id.hex(), word)
        if mark_id in self._marked or mark_id in read_rows(self._db, CASE_FLAG, [mark_id]):
            return False
        self._marked.add(mark_id)
        if self._unit is not None:
            why = f"Said by the {self._report.profile} extract, {addition.number or line.reference}."
            self._unit.set(CASE_FLAG, mark_id, line.case.id, {"word": word, "raised": True, "why": why})
        return True

    def _write_note(self, line: Line, addition: Addition) -> bool:
        """Put what no fact holds into the log, once; whether it was not there."""
        note_id = derived_id("log_entry", line.case.id.hex(), addition.number, addition.note)
        known = self._db.execute("SELECT 1 FROM log_entry WHERE id = ?", (note_id,)).fetchone()
        if known or note_id in self._noted:
            return False
        self._noted.add(note_id)
        if self._unit is not None:
            text = "\n".join([f"{addition.number}:" if addition.number else "", addition.note]).strip()
            at = min(earliest(line.as_at), self._unit.now)
            self._unit.entry(LOG_ENTRY, note_id, line.case.id, {"at": at, "text": text, "topic": "import"})
        return True

    def _take_entity(
        self, line: Line, one: Said, held: dict[EntityId, Held], case_id: EntityId, *, adds: bool
    ) -> bool:
        """Write what one entity says that the store does not; whether there was anything.

        ``adds`` says that a new entity is a change of something known.
        """
        fields: dict[str, Value]
        known = held.get(one.id)
        if known is None:
            fields = {name: value for name, value in one.fields.items() if value is not None}
            self._report.new_cases += one.entity is CASE
            if adds:
                self._note(line, one, fields, {})
            held[one.id] = Held(dict.fromkeys(one.entity.by_name), 0)
        else:
            fields = self._differing(line, one, known)
            if not fields:
                return False
            self._note(line, one, fields, known.columns)
        if "as_at" in one.entity.by_name and not one.partial:
            fields["as_at"] = line.as_at
        columns = held[one.id].columns
        for name, value in fields.items():
            columns[name] = None if value is None else one.entity.by_name[name].to_column(value)
        if self._unit is not None:
            self._unit.extract(one.entity, one.id, case_id, fields, _age(line, one, columns))
        return True

    def _differing(self, line: Line, one: Said, known: Held) -> dict[str, Value]:
        """What an entity says otherwise than the store, without what was decided at the desk."""
        fields: dict[str, Value] = {}
        for name, value in one.fields.items():
            of = one.entity.by_name[name]
            before = known.columns[name]
            if (None if value is None else of.to_column(value)) == before:
                continue
            if one.partial and before is not None:
                continue
            if known.desk_mask >> of.bit & 1:
                self._report.kept_desk_values += 1
                continue
            if known.said_later(of.bit, earliest(line.as_at)):
                self._passed_over = True
                continue
            fields[name] = value
        return fields

    def _note(self, line: Line, one: Said, fields: Mapping[str, Value], before: Mapping[str, Column]) -> None:
        """Put changed facts into the report."""
        for name, value in fields.items():
            of = one.entity.by_name[name]
            if of.kind is Kind.REFERENCE:
                continue
            self._report.changed_fields[f"{one.entity.name}.{name}"] += 1
            if len(self._report.changes) < self._keep:
                column = before.get(name)
                was = None if column is None else of.from_column(column)
                self._report.changes.append(Change(line.reference, one.entity.name, name, was, value))

    def _held(self, lines: Sequence[Line]) -> dict[EntityId, Held]:
        """What the store has of these; what an undone extract left without facts is not there."""
        by_entity: dict[str, set[EntityId]] = {}
        for line in lines:
            twin = (line.twin.custody,) if line.twin and line.twin.custody else ()
            for one in (*line.said, *twin):
                by_entity.setdefault(one.entity.name, set()).add(one.id)
        dated = any(line.addition for line in lines)
        held: dict[EntityId, Held] = {}
        for name, ids in by_entity.items():
            entity = ENTITIES[name]
            for entity_id, row in read_rows(self._db, entity, list(ids)).items():
                if any(value is not None for value in row.columns.values()):
                    held[entity_id] = Held(row.columns, row.desk_mask)
            for entity_id, heads in read_heads(self._db, entity, list(ids)) if dated else ():
                if entity_id in held:
                    held[entity_id].ages = [(mask, as_at) for _, _, mask, as_at in heads if as_at]
            if self._unit is not None:
                self._unit.preload(entity, ids)
        return held


def _age(line: Line, one: Said, known: Mapping[str, Column]) -> datetime:
    """When what is said was so. What only fills gaps is no younger than what is there: it must replace nothing."""
    if not one.partial:
        return earliest(line.as_at)
    known_as_at = known["as_at"]
    return earliest(Moment(known_as_at)) if isinstance(known_as_at, str) else _UNKNOWN_AGE
