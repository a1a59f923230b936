"""Taking in extracts: what a file would change, and making it so.

A preview reads the whole file and compares it with the store; taking in does the same and writes, in one
transaction. The same file a second time changes nothing. Facts from an extract never replace work done at the
desk, and an older extract never replaces a newer one's facts.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from casedesk.desk.casepage import shown
from casedesk.desk.desk import Desk
from casedesk.exchange.intake import (
    ColumnReport,
    Extract,
    Reading,
    RejectedRow,
    RejectsWriter,
    SkippedRow,
    TakenEntity,
    TakenRow,
    guess_profile,
    open_extract,
    rejects_path,
)
from casedesk.model.entities import CASE, ENTITIES, Column, Entity, Value
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId, derived_id
from casedesk.model.moments import Moment, earliest, moment, moment_of_instant
from casedesk.model.typed_moments import parse_typed
from casedesk.reference.packs import Packs
from casedesk.reference.rows import hint
from casedesk.store.connection import Connection
from casedesk.store.records import read_rows

if TYPE_CHECKING:
    from casedesk.reference.profiles import Profile
    from casedesk.store.journal import Unit

_CHUNK = 1000
_MOST_EXAMPLES = 20
KEPT_CHANGES = 100_000
"""The most changed facts a report lists unless told otherwise."""
Progress = Callable[[int, int, int], None]
"""Called with (bytes read, bytes in all, lines read) now and then; raising in it stops the act."""


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that an extract changes: of which case, from what to what."""

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
    """Lines that bring a case (or an outcome record) not in the store."""
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
    new_cases: int = 0
    written: bool = False


def preview(
    desk: Desk,
    path: Path,
    profile: "Profile",
    *,
    as_at: Moment | None = None,
    keep_changes: int = KEPT_CHANGES,
    progress: Progress | None = None,
) -> TakeInReport:
    """Read an extract and say what taking it in would do. Nothing is written.

    ``keep_changes`` limits how many changed facts are listed; they are all counted.
    Raises BadInputError when the file is not what it claims to be.
    """
    with desk.reading() as connection, open_extract(path, profile) as extract:
        report = TakeInReport(path.name, profile.name, extract.columns)
        taking = _Taking(connection, report, _as_at(desk, as_at), None, keep_changes, desk.packs)
        _read(extract, taking, report, progress, None)
    return report


def take_in(
    desk: Desk,
    path: Path,
    profile: "Profile",
    *,
    as_at: Moment | None = None,
    rejects: Path | None = None,
    keep_changes: int = KEPT_CHANGES,
    progress: Progress | None = None,
) -> TakeInReport:
    """Take an extract in: good lines go in together, bad ones into a rejects file that can be corrected.

    Raises BadInputError when the file is not what it claims to be; nothing is taken in then. Raises StoreError
    when the store cannot be written; nothing is taken in then either.
    """
    with open_extract(path, profile) as extract:
        report = TakeInReport(path.name, profile.name, extract.columns)
        with (
            RejectsWriter(rejects or rejects_path(path), extract.header) as writer,
            desk.store.unit_of_work("import", f"{profile.name} {path.name}") as unit,
        ):
            taking = _Taking(desk.store.connection, report, _as_at(desk, as_at), unit, keep_changes, desk.packs)
            _read(extract, taking, report, progress, writer)
        report.rejects_file = writer.path if report.rejected else None
        report.written = True
    return report


def profile_for(packs: Packs, path: Path, name: str = "") -> "Profile":
    """The profile of this name, or the one whose headings the file has.

    Raises BadInputError when there is no such profile, or none fits.
    """
    if name:
        if name not in packs.profiles:
            raise BadInputError(
                f"There is no import profile {name!r}.",
                hint(name, packs.profiles) or f"One of: {', '.join(packs.profiles)}.",
            )
        return packs.profiles[name]
    guessed = guess_profile(path, packs.profiles.values())
    if guessed is None:
        raise BadInputError(
            f"{path.name}: the headings fit no import profile.",
            f"Name one with --profile ({', '.join(packs.profiles)}), or write one: docs/import-profiles.md.",
        )
    return guessed


def parse_as_at(text: str, now: datetime) -> Moment | None:
    """Read when an extract was made: an ISO day, or anything a form takes. None for nothing given."""
    if not text:
        return None
    try:
        return moment(text)
    except ValueError:
        return moment_of_instant(parse_typed(text, now))


def shown_change(change: Change) -> tuple[str, str, str, str, str]:
    """A changed fact as five texts: reference, what it is a fact of, its title, before, after."""
    field = ENTITIES[change.entity].by_name[change.field]
    before, after = ("" if value is None else shown(field, value) for value in (change.before, change.after))
    return change.reference, change.entity.replace("_", " "), field.title, before, after


def _as_at(desk: Desk, as_at: Moment | None) -> Moment:
    return as_at or moment_of_instant(desk.now)


def _read(
    extract: Extract, taking: "_Taking", report: TakeInReport, progress: Progress | None, writer: RejectsWriter | None
) -> None:
    readings: Iterator[Reading] = extract.rows()
    while some := list(islice(readings, _CHUNK)):
        good: list[TakenRow] = []
        for reading in some:
            report.lines += 1
            if isinstance(reading, TakenRow):
                taking.name_offence(reading)
                good.append(reading)
            elif isinstance(reading, SkippedRow):
                report.skipped[reading.reason] += 1
            else:
                _reject(report, writer, reading)
        for contradiction in taking.take(good):
            _reject(report, writer, contradiction)
        if progress:
            progress(extract.bytes_read, extract.size, report.lines)


def _reject(report: TakeInReport, writer: RejectsWriter | None, row: RejectedRow) -> None:
    report.rejected += 1
    if len(report.rejects) < _MOST_EXAMPLES:
        report.rejects.append(row)
    if writer is not None:
        writer.write(row)


@dataclass(slots=True)
class _Held:
    """What the store has of one entity: its columns by field, and which fields were decided at the desk."""

    columns: dict[str, Column]
    desk_mask: int


@dataclass(frozen=True, slots=True)
class _Said:
    """One entity as a line states it, with its ids worked out."""

    entity: Entity
    id: EntityId
    case_id: EntityId
    taken: TakenEntity


class _Taking:
    """Compares readings with the store, and writes them when there is a unit to write in."""

    def __init__(
        self,
        connection: Connection,
        report: TakeInReport,
        as_at: Moment,
        unit: "Unit | None",
        keep_changes: int,
        packs: Packs,
    ) -> None:
        self._packs = packs
        self._db = connection
        self._report = report
        self._as_at = as_at
        self._instant = earliest(as_at)
        self._unit = unit
        self._keep = keep_changes
        self._seen = _SeenLines(connection)

    def take(self, rows: Sequence[TakenRow]) -> list[RejectedRow]:
        """Take one chunk of lines in; returns those that contradict an earlier line of the same file."""
        said = [_ids_of(row) for row in rows]
        held = self._held(one for line in said for one in line)
        refused = []
        self._seen.look_up([line[0].id for line in said])
        for row, line in zip(rows, said, strict=True):
            verdict = self._seen.compare(row, line)
            if isinstance(verdict, RejectedRow):
                refused.append(verdict)
            elif verdict:
                self._report.repeated += 1
            else:
                self._take_line(row, line, held)
        self._seen.remember()
        if self._unit is not None:
            self._unit.settle()
        return refused

    def name_offence(self, row: TakenRow) -> None:
        """Give a case the title of its offence code where the extract has the code alone."""
        fields = row.case.fields
        code = fields.get("offence_code")
        if isinstance(code, str) and not fields.get("offence_title"):
            known = self._packs.offences.get(code)
            if known is not None:
                fields["offence_title"] = known.title

    def _take_line(self, row: TakenRow, line: list[_Said], held: dict[EntityId, _Held]) -> None:
        case = held.get(line[0].id)
        known_as_at = case.columns["as_at"] if case and not row.case.partial else None
        if isinstance(known_as_at, str) and earliest(Moment(known_as_at)) > self._instant:
            self._report.older += 1
            return
        main = line[0] if not row.case.partial else line[-1]
        is_new = main.id not in held
        changed = False
        for one in line:
            if one.id not in held and one.entity is CASE:
                self._report.new_cases += 1
            changed |= self._take_entity(row, one, held)
        if is_new:
            self._report.new += 1
        elif changed:
            self._report.changed += 1
        else:
            self._report.unchanged += 1

    def _take_entity(self, row: TakenRow, one: _Said, held: dict[EntityId, _Held]) -> bool:
        """Write what one entity says that the store does not; whether there was anything."""
        known = held.get(one.id)
        if known is None:
            fields = {name: value for name, value in one.taken.fields.items() if value is not None}
            held[one.id] = _Held(dict.fromkeys(one.entity.by_name), 0)
        else:
            fields = self._differing(row, one, known)
        if not fields and known is not None:
            return False
        if "as_at" in one.entity.by_name and not one.taken.partial:
            fields["as_at"] = self._as_at
        columns = held[one.id].columns
        for name, value in fields.items():
            columns[name] = None if value is None else one.entity.by_name[name].to_column(value)
        if self._unit is not None:
            self._unit.extract(one.entity, one.id, one.case_id, fields, self._instant)
        return True

    def _differing(self, row: TakenRow, one: _Said, known: _Held) -> dict[str, Value]:
        fields: dict[str, Value] = {}
        for name, value in one.taken.fields.items():
            of = one.entity.by_name[name]
            before = known.columns[name]
            if (None if value is None else of.to_column(value)) == before:
                continue
            if one.taken.partial and before is not None:
                continue
            if known.desk_mask >> of.bit & 1:
                self._report.kept_desk_values += 1
                continue
            fields[name] = value
            self._report.changed_fields[f"{one.entity.name}.{name}"] += 1
            if len(self._report.changes) < self._keep:
                was = None if before is None else of.from_column(before)
                self._report.changes.append(Change(row.reference, one.entity.name, name, was, value))
        return fields

    def _held(self, wanted: Iterable[_Said]) -> dict[EntityId, _Held]:
        by_entity: dict[str, set[EntityId]] = {}
        for one in wanted:
            by_entity.setdefault(one.entity.name, set()).add(one.id)
        held: dict[EntityId, _Held] = {}
        for name, ids in by_entity.items():
            entity = ENTITIES[name]
            for entity_id, row in read_rows(self._db, entity, list(ids)).items():
                held[entity_id] = _Held(row.columns, row.desk_mask)
            if self._unit is not None:
                self._unit.preload(entity, ids)
        return held


def _ids_of(row: TakenRow) -> list[_Said]:
    case_id = derived_id(*row.case.key)
    return [
        _Said(CASE, case_id, case_id, row.case),
        *(_Said(ENTITIES[other.entity], derived_id(*other.key), case_id, other) for other in row.others),
    ]


class _SeenLines:
    """Which cases earlier lines of the file spoke of, and what they said, in a scratch table held in memory.

    A case is known by the first 8 bytes of its id: of a million cases two share them once in 37 million files.
    """

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._known: dict[int, tuple[int, int, int]] = {}
        self._fresh: list[tuple[int, int, int, int]] = []
        connection.execute("DROP TABLE IF EXISTS temp.seen_line")
        connection.execute("CREATE TEMP TABLE seen_line (id INTEGER PRIMARY KEY, line INT, facts INT, whole INT)")

    def look_up(self, ids: Sequence[EntityId]) -> None:
        """Read what earlier chunks said of these cases."""
        short = [_short(one) for one in ids]
        marks = ",".join("?" * len(short))
        self._known = {
            seen: (line, facts, whole)
            for seen, line, facts, whole in self._db.execute(
                f"SELECT id, line, facts, whole FROM temp.seen_line WHERE id IN ({marks})",  # noqa: S608
                short,
            )
        }

    def compare(self, row: TakenRow, line: Sequence[_Said]) -> RejectedRow | bool:
        """Whether the line repeats an earlier one; a rejection when it contradicts one about the case itself."""
        if row.case.partial:
            return False
        seen = _short(line[0].id)
        facts = hash(tuple(row.case.fields.items()))
        whole = hash((facts, tuple((one.id, tuple(one.taken.fields.items())) for one in line[1:])))
        before = self._known.get(seen)
        if before is None:
            self._known[seen] = (row.line, facts, whole)
            self._fresh.append((seen, row.line, facts, whole))
            return False
        if facts != before[1]:
            return RejectedRow(
                row.line, "", row.reference,
                f"line {before[0]} has the same reference and says something else of the case",
                "Keep the line that is right and remove the other.", row.cells,
            )  # fmt: skip
        return whole == before[2]

    def remember(self) -> None:
        """Keep what this chunk said for the chunks to come."""
        self._db.executemany("INSERT INTO temp.seen_line VALUES (?, ?, ?, ?)", self._fresh)
        self._fresh.clear()


def _short(entity_id: EntityId) -> int:
    return int.from_bytes(entity_id[:8], "big", signed=True)
