"""The gravity matrix for adults: the scale, what is weighed, base scores where the force gives them (pack ``gravity``).

The shipped scale is a placeholder: no public source gives the adult mapping. A force lays its own table over it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from casedesk.model.words import Confidence
from casedesk.reference.loading import Row, read_pack
from casedesk.reference.offence_groups import KINDS, OffenceGroup, Recorded, offence_group


class Weight(StrEnum):
    """Which way a factor speaks."""

    AGGRAVATING = "aggravating"
    MITIGATING = "mitigating"


@dataclass(frozen=True, slots=True)
class GravityFactor:
    """One thing that is weighed."""

    id: str
    weight: Weight
    title: str
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Level:
    """One score of the scale, and where it points."""

    score: int
    default: str
    """Id of a disposal of the pack ``eligibility`` or of another ending there."""
    alternatives: tuple[str, ...]
    exceptional: tuple[str, ...]
    """Those of the alternatives that need an exceptional reason and higher authority on record."""
    note: str
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class BaseScore:
    """The base score that the force's matrix gives an offence."""

    id: str
    title: str
    offences: OffenceGroup
    score: int
    status: Confidence
    source: str


@dataclass(frozen=True)
class Matrix:
    """The whole pack."""

    version: str
    title: str
    levels: Mapping[int, Level]
    most_up: int
    most_down: int
    status: Confidence
    """How well the adjustment is sourced."""
    source: str
    factors: Mapping[str, GravityFactor]
    bases: Mapping[str, BaseScore]

    @property
    def name(self) -> str:
        """The name and version that a score records."""
        return f"{self.title}, {self.version}"

    def factors_of(self, weight: Weight) -> tuple[GravityFactor, ...]:
        """The factors that speak one way, in pack order."""
        return tuple(one for one in self.factors.values() if one.weight is weight)

    def base_for(self, offence: Recorded) -> BaseScore | None:
        """The base score that fits an offence most exactly; None where the matrix gives none."""
        best = max(self.bases.values(), key=lambda one: one.offences.match(offence), default=None)
        return best if best is not None and best.offences.has(offence) else None


_HIGHEST = 9


def load_gravity(overlay: Path | None = None) -> Matrix:
    """Load the matrix. Raises PackError for a level without an ending, or an entry that does not hold together."""
    pack = read_pack("gravity", overlay)
    pack.unknown({"level", "factor", "offence", "adjustment"})
    endings = _endings(overlay)
    adjustment = pack.table("adjustment")
    adjustment.unknown({"most_up", "most_down", "status", "source"})
    levels = {one.score: one for one in pack.build("level", lambda row: _level(row, endings)).values()}
    if not levels or sorted(levels) != list(range(min(levels), max(levels) + 1)):
        raise pack.error(
            "[[level]]", "the scale has a gap or no level", "Give every score its entry, 1 upwards."
        )
    return Matrix(
        pack.version,
        pack.table("pack").text("title"),
        dict(sorted(levels.items())),
        _score(adjustment, "most_up", 0),
        _score(adjustment, "most_down", 0),
        adjustment.choice("status", Confidence),
        adjustment.text("source"),
        pack.build("factor", _factor),
        pack.build("offence", lambda row: _base(row, levels)),
    )


def _endings(overlay: Path | None) -> set[str]:
    pack = read_pack("eligibility", overlay)
    return {row.id for table in ("disposal", "ending") for row in pack.rows(table)}


def _level(row: Row, endings: set[str]) -> Level:
    row.unknown({"id", "default", "alternatives", "exceptional", "note", "status", "source", "severity"})
    if not row.id.isdecimal() or not 1 <= int(row.id) <= _HIGHEST:
        raise row.error("id", f"“{row.id}” is not a score", f"Write a number from 1 to {_HIGHEST} in quotes.")
    alternatives, exceptional = tuple(row.texts("alternatives", ())), tuple(row.texts("exceptional", ()))
    default = row.text("default")
    for one in (default, *alternatives):
        if one not in endings:
            raise row.error("default", f"there is no ending “{one}”", "See the pack eligibility.")
    if not set(exceptional) <= set(alternatives):
        raise row.error("exceptional", "names what is not among the alternatives", "Add it there too.")
    return Level(
        int(row.id), default, alternatives, exceptional, row.text("note", ""), row.choice("status", Confidence),
        row.text("source"),
    )  # fmt: skip


def _factor(row: Row) -> GravityFactor:
    row.unknown({"id", "weight", "title", "status", "source", "severity"})
    return GravityFactor(
        row.id,
        row.choice("weight", Weight),
        row.text("title"),
        row.choice("status", Confidence),
        row.text("source"),
    )


def _base(row: Row, levels: Mapping[int, Level]) -> BaseScore:
    row.unknown({"id", "title", "score", "status", "source", "severity", *KINDS})
    offences = offence_group(row)
    if offences is None:
        raise row.error("codes", "names no offences", "Name codes, classes or titles.")
    score = row.integer("score")
    if score not in levels:
        raise row.error("score", f"{score} is not on the scale", f"From {min(levels)} to {max(levels)}.")
    return BaseScore(
        row.id, row.text("title"), offences, score, row.choice("status", Confidence), row.text("source")
    )


def _score(row: Row, key: str, least: int) -> int:
    value = row.integer(key)
    if not least <= value <= _HIGHEST:
        raise row.error(key, f"{value} is out of range", f"Write a number from {least} to {_HIGHEST}.")
    return value
