"""THOR: the grades and what they mean, the harm weights of offences and the suggestion rules (pack ``thor``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from casedesk.model.words import Confidence, Flag
from casedesk.reference.loading import Pack, Row, read_pack
from casedesk.reference.offence_groups import KINDS, OffenceGroup, Recorded, offence_group

GRADES = ("threat", "harm", "opportunity", "risk")
"""The four grades, as they are spoken of."""
MOST = 3
"""The highest level of a grade; 0 is the lowest."""
_HEAVIEST = 100


class CaseFact(StrEnum):
    """What a suggestion rule may ask of a case beside its offence and flags."""

    VICTIM_PERSON = "victim-person"
    VICTIM_UNDER_18 = "victim-under-18"
    """May have been under 18 when the offence was committed."""
    VICTIM_ENHANCED = "victim-enhanced"
    SUSPECT_UNDER_18 = "suspect-under-18"
    SUSPECT_NAMED = "suspect-named"
    SUSPECT_DESCRIBED = "suspect-described"
    """Described or known by nickname only."""
    SUSPECT_WANTED = "suspect-wanted"
    SUSPECT_IN_CUSTODY = "suspect-in-custody"
    SUSPECT_ADMITTED = "suspect-admitted"
    CONDITIONS_BREACHED = "conditions-breached"
    """A breach of bail conditions was reported and not dealt with since."""


@dataclass(frozen=True, slots=True)
class Grade:
    """One of the four grades: its question and what each level means."""

    id: str
    label: str
    question: str
    levels: tuple[str, ...]
    """What 0, 1, 2 and 3 mean."""
    unless: str
    """The reason of a suggested 0, where no rule suggests more."""


@dataclass(frozen=True, slots=True)
class HarmBand:
    """Offences of about the same harm. ``weight`` is 0 to 100."""

    id: str
    weight: int
    label: str
    offences: OffenceGroup


@dataclass(frozen=True, slots=True)
class GradeRule:
    """One rule that suggests a level of a grade: every kind of condition it has must be met."""

    id: str
    grade: str
    level: int
    why: str
    offences: OffenceGroup | None
    weight_from: int
    """The least weight of the offence."""
    flags: frozenset[str]
    """Any of these; empty where flags do not matter."""
    facts: frozenset[str]
    """All of these words of :class:`CaseFact`."""

    def holds(self, offence: Recorded, weight: int, flags: frozenset[str], facts: frozenset[str]) -> bool:
        """Whether the rule applies."""
        return (
            weight >= self.weight_from
            and (not self.flags or not self.flags.isdisjoint(flags))
            and self.facts <= facts
            and (self.offences is None or self.offences.has(offence))
        )


@dataclass(frozen=True)
class Thor:
    """How cases are graded, and what is suggested until somebody has."""

    grades: Mapping[str, Grade]
    """By their ids, in the order of :data:`GRADES`."""
    order: Mapping[str, int]
    """What a level of each grade counts for in breaking ties."""
    thresholds: tuple[int, ...]
    """From which weight on the suggested harm is 1, 2 and 3."""
    bands: tuple[HarmBand, ...]
    other: HarmBand
    """For offences that no band lists."""
    rules: tuple[GradeRule, ...]
    version: str
    source: str
    status: Confidence
    licence: str
    model_source: str
    model_status: Confidence

    def weigh(self, offence: Recorded) -> HarmBand:
        """The band of the most exact match; of several the heaviest."""
        matched = [(band.offences.match(offence), band.weight, at) for at, band in enumerate(self.bands)]
        best = max(matched, default=((0, 0), 0, 0), key=lambda one: (one[0], one[1], -one[2]))
        return self.bands[best[2]] if best[0] != (0, 0) else self.other

    def harm_level(self, weight: int) -> int:
        """The level of harm that an offence's weight suggests."""
        return sum(weight >= least for least in self.thresholds)

    def total(self, threat: int, harm: int, opportunity: int, risk: int) -> int:
        """The four levels as one number, each counted as the pack says: what ties are broken by."""
        levels = (threat, harm, opportunity, risk)
        return sum(self.order[name] * level for name, level in zip(GRADES, levels, strict=True))

    @property
    def most(self) -> int:
        """The highest total there is."""
        return self.total(MOST, MOST, MOST, MOST)


def load_thor(overlay: Path | None = None) -> Thor:
    """Load the pack. Raises PackError when a grade is missing, a level is not 0 to 3 or a word is not known."""
    pack = read_pack("thor", overlay)
    pack.unknown({"model", "order", "weights", "grade", "harm", "rule"})
    meta, model, weights = pack.table("pack"), pack.table("model"), pack.table("weights")
    weights.unknown({"grade_1", "grade_2", "grade_3", "other", "other_label"})
    other = HarmBand(
        "other", _between(weights, "other", _HEAVIEST), weights.text("other_label"), OffenceGroup()
    )
    return Thor(
        _grades(pack),
        {name: _between(pack.table("order"), name, 100) for name in GRADES},
        _thresholds(weights),
        tuple(pack.build("harm", _harm).values()),
        other,
        tuple(pack.build("rule", _rule).values()),
        pack.version,
        meta.text("source"),
        meta.choice("status", Confidence),
        meta.text("licence"),
        model.text("source"),
        model.choice("status", Confidence),
    )


def _grades(pack: Pack) -> dict[str, Grade]:
    found = pack.build("grade", _grade)
    for name in GRADES:
        if name not in found:
            raise pack.error("[[grade]]", f"no grade {name!r}", f"There must be: {', '.join(GRADES)}.")
    strange = [name for name in found if name not in GRADES]
    if strange:
        raise pack.error(f"[[grade]] {strange[0]}", "is no grade", f"There are: {', '.join(GRADES)}.")
    return {name: found[name] for name in GRADES}


def _grade(row: Row) -> Grade:
    row.unknown({"id", "label", "question", "levels", "unless"})
    levels = tuple(row.texts("levels"))
    if len(levels) != MOST + 1 or not all(levels):
        raise row.error("levels", "four texts expected", "Say what 0, 1, 2 and 3 mean.")
    return Grade(row.id, row.text("label"), row.text("question"), levels, row.text("unless"))


def _thresholds(row: Row) -> tuple[int, ...]:
    found = tuple(_between(row, f"grade_{level}", _HEAVIEST + 1) for level in range(1, MOST + 1))
    if list(found) != sorted(found):
        raise row.error("grade_1", "the weights do not rise", "grade_1 is the least and grade_3 the most.")
    return found


def _harm(row: Row) -> HarmBand:
    row.unknown({"id", "weight", "label", *KINDS})
    offences = offence_group(row)
    if offences is None:
        raise row.error("", "names no offences", f"Give it any of: {', '.join(KINDS)}.")
    return HarmBand(row.id, _between(row, "weight", _HEAVIEST), row.text("label"), offences)


def _rule(row: Row) -> GradeRule:
    row.unknown({"id", "grade", "level", "why", "weight_from", "flags", "facts", *KINDS})
    grade = row.text("grade")
    if grade not in GRADES:
        raise row.error("grade", f"“{grade}” is no grade", f"One of: {', '.join(GRADES)}.")
    flags, facts = row.choices("flags", Flag, ()), row.choices("facts", CaseFact, ())
    offences = offence_group(row)
    least = _between(row, "weight_from", _HEAVIEST) if "weight_from" in row else 0
    if not (flags or facts or offences or least):
        raise row.error("", "has no condition", "It would hold for every case.")
    return GradeRule(
        row.id, grade, _between(row, "level", MOST), row.text("why"), offences, least,
        frozenset(flag.value for flag in flags), frozenset(fact.value for fact in facts),
    )  # fmt: skip


def _between(row: Row, key: str, most: int) -> int:
    value = row.integer(key)
    if not 0 <= value <= most:
        raise row.error(key, f"{value} does not fit", f"Between 0 and {most}.")
    return value
