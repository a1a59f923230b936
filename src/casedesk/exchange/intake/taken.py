"""What reading an extract gives: for each line the facts it states, or why it was not taken."""

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from casedesk.model.entities import Value

MAX_SHOWN = 80
"""The most characters of a cell that a message repeats."""


@dataclass(frozen=True, slots=True)
class TakenEntity:
    """The facts that one line states of one entity."""

    entity: str
    """A name in :data:`casedesk.model.entities.ENTITIES`."""
    key: tuple[str, ...]
    """The parts from which :func:`casedesk.model.ids.derived_id` makes the entity's id."""
    fields: dict[str, Value]
    """Typed values of the mapped columns. An empty cell is an explicit None, so that a later release of the
    same extract can clear a value; a field that has no column here is absent."""
    partial: bool = False
    """Whether these facts only fill gaps: they never replace a value that is there, and hold no None."""


@dataclass(frozen=True, slots=True)
class TakenRow:
    """One line that was understood."""

    line: int
    """Where it stands: the physical line of a text file, the row of a sheet; both counted from 1."""
    reference: str
    case: TakenEntity
    others: tuple[TakenEntity, ...] = ()
    cells: tuple[str, ...] = field(default=(), repr=False)
    """The original cells, in order, for a caller who has to reject the line after all."""
    addition: "Addition | None" = None
    """What more there is to a line that adds to a case which another extract may tell of."""


@dataclass(frozen=True, slots=True)
class Addition:
    """What a line of arrests or incidents says beyond its facts."""

    own: bool
    """Whether the line names no occurrence: its case is known by the custody or incident number alone."""
    number: str
    """That number; empty where an occurrence is named and no number."""
    number_key: tuple[str, ...]
    """The key of the case that the number alone would have made."""
    intake: str = ""
    """How the case reached the team, where nobody has said yet."""
    flags: tuple[str, ...] = ()
    """Flags to be raised on an occurrence, whatever the records system says of it."""
    note: str = ""
    """What no fact holds, for the log."""


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One line that cannot be taken as it is. ``cells`` are the original cells, in order."""

    line: int
    column: str
    """The heading of the first cell at fault; empty when the line as a whole is at fault."""
    value: str
    """That cell, cleaned and shortened for showing."""
    reason: str
    cure: str
    cells: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """One line that is in order but brings nothing in."""

    line: int
    reason: str


Reading = TakenRow | RejectedRow | SkippedRow


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """What became of each column of an extract."""

    mapped: tuple[tuple[str, str], ...]
    """Heading in the extract, column of the profile."""
    ignored: tuple[tuple[str, str], ...]
    """Heading in the extract, why the profile leaves it out."""
    unmapped: tuple[str, ...]
    """Headings the profile does not know: their cells are not taken in."""
    missing: tuple[str, ...]
    """Optional columns of the profile that the extract does not have."""


class Where(Enum):
    """In which columns a trouble is one."""

    ANYWHERE = "anywhere"
    DATES = "columns of dates"
    NOT_DATES = "columns that are not for dates"


class Trouble(NamedTuple):
    """Why a cell of a workbook cannot be read as it stands."""

    reason: str
    cure: str
    where: Where = Where.ANYWHERE


class Record(NamedTuple):
    """One line of a source, split into cells."""

    line: int
    cells: list[str]
    troubles: dict[int, Trouble] | None = None


class Broken(NamedTuple):
    """One line of a source that cannot be split into cells with certainty."""

    line: int
    cells: list[str]
    reason: str
    cure: str


class CellError(ValueError):
    """A cell does not say what its column should: the reason, and what to do about it."""

    def __init__(self, reason: str, cure: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cure = cure
