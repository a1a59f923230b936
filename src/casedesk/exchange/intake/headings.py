"""Finds the heading of an extract and says which of its columns is which."""

from collections.abc import Sequence
from dataclasses import dataclass

from casedesk.exchange.intake.cells import show
from casedesk.exchange.intake.taken import ColumnReport, Record
from casedesk.model.text import clean
from casedesk.reference.profiles import Column, Profile, squash

TOP = 20
"""The heading must stand among so many first rows: a title may stand above it."""
OWN_COLUMNS = ("casedesk line", "casedesk column", "casedesk reason")
"""The columns that a rejects file has before those of the extract."""

_OWN = frozenset(squash(name) for name in OWN_COLUMNS)


@dataclass(frozen=True, slots=True)
class Slot:
    """One column of the profile (for one person, where it is numbered) and where its cells stand."""

    column: Column
    number: int
    at: int
    heading: str


@dataclass(frozen=True, slots=True)
class Headings:
    """The heading of an extract, understood."""

    line: int
    names: tuple[str, ...]
    """As they stand in the extract, cleaned."""
    slots: tuple[Slot, ...]
    report: ColumnReport
    lacking: tuple[str, ...]
    """Required columns that are not there."""
    twice: tuple[str, ...]
    """Headings that stand in the extract more than once and would be taken in."""
    own: frozenset[int]
    """Where casedesk's own columns stand, in a rejects file that is taken in again."""

    @property
    def found(self) -> int:
        """How many columns of the extract the profile knows."""
        return len({slot.at for slot in self.slots}) + len(self.report.ignored)

    @property
    def rank(self) -> tuple[bool, int]:
        """How well this row serves as the heading."""
        return not self.lacking, self.found


class Matcher:
    """Matches rows against the headings of one profile. Case, spaces and punctuation do not matter."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._columns = {column.id: column for column in profile.columns}
        self._meant: dict[str, tuple[Column, int, int]] = {}
        for column in profile.columns:
            for heading, rank, number in column.headings(profile.people_up_to):
                self._meant.setdefault(heading, (column, rank, number))
        self._ignored = {squash(name): one.why for one in profile.ignored for name in one.names}

    def best(self, rows: Sequence[Record]) -> Headings | None:
        """The row that looks most like the heading; None when no row has any known column."""
        best = None
        for row in rows:
            found = self.match(row)
            if found.found and (best is None or found.rank > best.rank):
                best = found
        return best

    def match(self, row: Record) -> Headings:
        """Read one row as a heading."""
        names = tuple(clean(cell) for cell in row.cells)
        squashed = [squash(name) for name in names]
        own = frozenset(at for at, key in enumerate(squashed) if key in _OWN)
        chosen, twice = self._choose(squashed)
        slots = [Slot(column, number, at, names[at]) for (column, number, _, at) in chosen]
        used = {slot.at for slot in slots}
        slots += self._second_readings(slots)
        filled = {slot.column.id for slot in slots}
        return Headings(
            line=row.line,
            names=names,
            slots=tuple(slots),
            report=ColumnReport(
                mapped=tuple((show(names[slot.at]), _title(slot)) for slot in slots),
                ignored=tuple(
                    (show(name), self._ignored[key])
                    for name, key in zip(names, squashed, strict=True)
                    if key in self._ignored
                ),
                unmapped=tuple(
                    show(name)
                    for at, (name, key) in enumerate(zip(names, squashed, strict=True))
                    if name and at not in own | used and key not in self._ignored
                ),
                missing=tuple(
                    c.title for c in self._profile.columns if not c.required and c.id not in filled
                ),
            ),
            lacking=tuple(c.title for c in self._profile.columns if c.required and c.id not in filled),
            twice=tuple(show(names[at]) for at in twice),
            own=own,
        )

    def _choose(self, squashed: list[str]) -> tuple[list[tuple[Column, int, int, int]], list[int]]:
        """For each column of the profile the heading it likes best; and the places of exact repeats."""
        chosen: dict[tuple[str, int], tuple[Column, int, int, int]] = {}
        twice: list[int] = []
        for at, key in enumerate(squashed):
            if key not in self._meant:
                continue
            column, rank, number = self._meant[key]
            before = chosen.get((column.id, number))
            if before is not None and squashed[before[3]] == key:
                twice.append(at)
            if before is None or rank < before[2]:
                chosen[column.id, number] = (column, number, rank, at)
        return sorted(chosen.values(), key=lambda one: one[3]), twice

    def _second_readings(self, slots: list[Slot]) -> list[Slot]:
        """Columns that have no heading here but read the cell of another."""
        filled = {slot.column.id for slot in slots}
        return [
            Slot(column, slot.number, slot.at, slot.heading)
            for column in self._profile.columns
            if column.reads and column.id not in filled
            for slot in slots
            if slot.column.id == column.reads
        ]


def _title(slot: Slot) -> str:
    numbered = slot.column.names and "#" in slot.column.names[0]
    name = slot.column.names[0].replace("#", str(slot.number)) if numbered else slot.column.title
    return " ".join(name.split())
