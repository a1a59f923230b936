"""Taking in extracts: what a file would change, and making it so.

A preview reads the whole file and compares it with the store; taking in does the same and writes, in one
transaction. The same file a second time changes nothing. Facts from an extract never replace work done at the
desk, and an older extract never replaces a newer one's facts.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
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
    TakenRow,
    guess_profile,
    open_extract,
    rejects_path,
)
from casedesk.exchange.intake.rows import REPEATED
from casedesk.model.entities import CASE, ENTITIES, Column, Entity, Kind, Value
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId, derived_id
from casedesk.model.moments import Moment, earliest, moment, moment_of_instant, show_moment
from casedesk.model.text import clean
from casedesk.model.typed_moments import Lean, parse_typed
from casedesk.reference.packs import Packs
from casedesk.reference.rows import hint
from casedesk.store.access_log import AccessKind
from casedesk.store.connection import Connection
from casedesk.store.records import read_rows

if TYPE_CHECKING:
    from casedesk.reference.profiles import Profile
    from casedesk.store.journal import Unit

_CHUNK = 1000
_LEEWAY = timedelta(days=1)
"""How far ahead of the clock an extract may say that it was drawn: two computers' clocks differ."""
_MOST_EXAMPLES = 20
_UNKNOWN_AGE = datetime(1970, 1, 1, tzinfo=UTC)
KEPT_CHANGES = 100_000
"""The most changed facts a report lists unless told otherwise."""
Progress = Callable[[int, int, int], None]
"""Called with (bytes read, bytes in all, lines read) now and then; raising in it stops the act."""


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
    new_cases: int = 0
    """Cases that were not in the store, however they came."""
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
        report = TakeInReport(clean(path.name), profile.name, extract.columns)
        taking = _Taking(desk, connection, report, as_at, keep_changes)
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

    Raises BadInputError when the file is not what it claims to be, or the rejects file cannot be written, and
    StoreError when the store cannot be written; nothing is taken in then, and no rejects file is left.
    """
    with open_extract(path, profile) as extract:
        report = TakeInReport(clean(path.name), profile.name, extract.columns)
        writer = RejectsWriter(rejects or rejects_path(path), extract.header)
        try:
            # The rejects are on disk before the rest is saved: nothing is in the store and nowhere else.
            with desk.store.unit_of_work("import", f"{profile.name} {report.file}") as unit, writer:
                taking = _Taking(desk, desk.store.connection, report, as_at, keep_changes, unit)
                _read(extract, taking, report, progress, writer)
                unit.account(
                    AccessKind.COLLECTION,
                    profile=profile.name,
                    sha256=_sha256(path),
                    lines=report.lines,
                    new=report.new,
                    changed=report.changed,
                    rejected=report.rejected,
                )
        except BaseException:
            if writer.count:
                writer.path.unlink(missing_ok=True)
            raise
        report.rejects_file = writer.path if report.rejected else None
        report.written = True
    return report


def _sha256(path: Path) -> str:
    """The hash of the file as it is now, for the access log; empty when it has gone meanwhile."""
    with suppress(OSError), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
    return ""


class NoProfileError(BadInputError):
    """An extract is sound, but its headings fit no import profile: a person may name one."""


def profile_for(packs: Packs, path: Path, name: str = "") -> "Profile":
    """The profile of this name, or the one whose headings the file has.

    Raises BadInputError when there is no such profile or the file is damaged, NoProfileError when none fits.
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
        raise NoProfileError(
            f"{clean(path.name)}: the headings fit no import profile.",
            f"Name one with --profile ({', '.join(packs.profiles)}), or write one: docs/import-profiles.md.",
        )
    return guessed


def parse_as_at(text: str, now: datetime) -> Moment | None:
    """Read when an extract was made: an ISO day, or anything a form takes. None for nothing given.

    Raises BadInputError for what is no date, and for one in the future: every later extract would look old.
    """
    if not text:
        return None
    try:
        as_at = moment(text)
    except ValueError:
        as_at = moment_of_instant(parse_typed(text, now, lean=Lean.PAST))
    if earliest(as_at) > now:
        raise BadInputError(f"{show_moment(as_at)} lies in the future.", "Give the day the extract was made.")
    return as_at


def shown_change(change: Change) -> tuple[str, str, str, str, str]:
    """A changed fact as five texts: reference, what it is a fact of, its title, before, after."""
    field = ENTITIES[change.entity].by_name[change.field]
    before, after = ("" if value is None else shown(field, value) for value in (change.before, change.after))
    return change.reference, change.entity.replace("_", " "), field.title, before, after


def _read(
    extract: Extract,
    taking: "_Taking",
    report: TakeInReport,
    progress: Progress | None,
    writer: RejectsWriter | None,
) -> None:
    readings: Iterator[Reading] = extract.rows()
    while some := list(islice(readings, _CHUNK)):
        good: list[_Line] = []
        for reading in some:
            report.lines += 1
            if isinstance(reading, TakenRow):
                line = taking.line(reading)
                if isinstance(line, RejectedRow):
                    _reject(report, writer, line)
                else:
                    good.append(line)
            elif isinstance(reading, RejectedRow):
                _reject(report, writer, reading)
            elif reading.reason == REPEATED:
                report.repeated += 1
            else:
                report.skipped[reading.reason] += 1
        taking.take(good)
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
    """One entity as a line states it."""

    entity: Entity
    id: EntityId
    fields: dict[str, Value]
    partial: bool = False
    """Whether the fields only fill gaps."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One line that was understood, with the ids of what it speaks of."""

    reference: str
    case: _Said
    others: tuple[_Said, ...]
    as_at: Moment
    """When what it says was so."""

    @property
    def said(self) -> tuple[_Said, ...]:
        """The case and what hangs on it."""
        return (self.case, *self.others)

    @property
    def main(self) -> _Said:
        """What the line is there for: the case, or what it adds to one that another line or file tells of."""
        return self.others[-1] if self.case.partial else self.case


class _Taking:
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

    def line(self, row: TakenRow) -> _Line | RejectedRow:
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
        case = _Said(CASE, derived_id(*row.case.key), fields, row.case.partial)
        others = tuple(_Said(ENTITIES[one.entity], derived_id(*one.key), one.fields) for one in row.others)
        return _Line(row.reference, case, others, as_at)

    def _name_offence(self, fields: dict[str, Value]) -> None:
        """Give a case the title of its offence code where the extract has the code alone."""
        code = fields.get("offence_code")
        if isinstance(code, str) and not fields.get("offence_title"):
            known = self._offences.get(code)
            if known is not None:
                fields["offence_title"] = known.title

    def take(self, lines: Sequence[_Line]) -> None:
        """Take one chunk of lines in."""
        held = self._held(one for line in lines for one in line.said)
        for line in lines:
            self._take_line(line, held)
        if self._unit is not None:
            self._unit.settle()

    def _take_line(self, line: _Line, held: dict[EntityId, _Held]) -> None:
        dated = line.main if "as_at" in line.main.entity.by_name else line.case
        known = held.get(dated.id)
        known_as_at = known.columns["as_at"] if known else None
        if isinstance(known_as_at, str) and earliest(Moment(known_as_at)) > earliest(line.as_at):
            self._report.older += 1
            return
        is_new = line.main.id not in held
        changed = False
        for one in line.said:
            changed |= self._take_entity(line, one, held, adds=not is_new)
        if is_new:
            self._report.new += 1
        elif changed:
            self._report.changed += 1
        else:
            self._report.unchanged += 1

    def _take_entity(self, line: _Line, one: _Said, held: dict[EntityId, _Held], *, adds: bool) -> bool:
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
            held[one.id] = _Held(dict.fromkeys(one.entity.by_name), 0)
        else:
            fields = self._differing(one, known)
            if not fields:
                return False
            self._note(line, one, fields, known.columns)
        if "as_at" in one.entity.by_name and not one.partial:
            fields["as_at"] = line.as_at
        columns = held[one.id].columns
        for name, value in fields.items():
            columns[name] = None if value is None else one.entity.by_name[name].to_column(value)
        if self._unit is not None:
            self._unit.extract(one.entity, one.id, line.case.id, fields, _age(line, one, columns))
        return True

    def _differing(self, one: _Said, known: _Held) -> dict[str, Value]:
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
            fields[name] = value
        return fields

    def _note(
        self, line: _Line, one: _Said, fields: Mapping[str, Value], before: Mapping[str, Column]
    ) -> None:
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

    def _held(self, wanted: Iterable[_Said]) -> dict[EntityId, _Held]:
        """What the store has of these; what an undone extract left without facts is not there."""
        by_entity: dict[str, set[EntityId]] = {}
        for one in wanted:
            by_entity.setdefault(one.entity.name, set()).add(one.id)
        held: dict[EntityId, _Held] = {}
        for name, ids in by_entity.items():
            entity = ENTITIES[name]
            for entity_id, row in read_rows(self._db, entity, list(ids)).items():
                if any(value is not None for value in row.columns.values()):
                    held[entity_id] = _Held(row.columns, row.desk_mask)
            if self._unit is not None:
                self._unit.preload(entity, ids)
        return held


def _age(line: _Line, one: _Said, known: Mapping[str, Column]) -> datetime:
    """When what is said was so. What only fills gaps is no younger than what is there: it must replace nothing."""
    if not one.partial:
        return earliest(line.as_at)
    known_as_at = known["as_at"]
    return earliest(Moment(known_as_at)) if isinstance(known_as_at, str) else _UNKNOWN_AGE
