"""Who decides on a charge, the tests applied, and the material that each kind of referral needs (pack ``charging``).

Each limb carries its own status: those that are not sourced as official text warn and never settle the question.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from casedesk.model.words import Confidence, Flag
from casedesk.reference.charging_words import Applies, ChargeTest, Fact, Need, Stage
from casedesk.reference.clocks import Clock, Clocks, load_clocks
from casedesk.reference.loading import Pack, Row, hint, read_pack
from casedesk.reference.offence_groups import KINDS, OffenceGroup, offence_group
from casedesk.reference.offences import Mode

_MOST_MONTHS = 1200
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PoliceLimb:
    """One kind of case in which the police may charge."""

    id: str
    title: str
    offences: OffenceGroup | None
    modes: frozenset[Mode]
    """Where it can be tried; empty where the offences alone say."""
    guilty_plea: bool
    """Whether a guilty plea must be anticipated."""
    magistrates: bool
    """Whether the case must suit a magistrates' sentence."""
    most_pence: int | None
    """The most that the goods or damage may be worth."""
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One kind of case that the police may not charge although a limb would allow it."""

    id: str
    title: str
    offences: OffenceGroup | None
    flags: frozenset[str]
    """Any of these, whatever the offence."""
    young: bool
    """Whether a suspect or victim must be under 18 as well."""
    ask: str
    """What a person must answer, where nothing recorded can; empty where the record tells."""
    pilot: bool
    """Whether a force's pilot may lift it."""
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Said:
    """One statement with its standing: a note, an urgency, a limb of a test."""

    id: str
    text: str
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a test's worksheet."""

    id: str
    test: ChargeTest
    stage: str
    """``evidential``, ``public-interest`` or ``condition``."""
    text: str
    help: str
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a referral must contain."""

    id: str
    title: str
    group: str
    """``material`` (papers, exhibits) or ``information`` (what the request says)."""
    stages: Mapping[Stage, Need]
    applies: Applies | None
    forms: tuple[str, ...]
    """MG forms that are it: ``MG6C``."""
    words: tuple[str, ...]
    """Words of a document's or exhibit's title, any of which says that it is it."""
    facts: tuple[Fact, ...]
    """Facts any of which shows that it is there."""
    code: str
    """The code of the CPS triage reason that its absence gives; empty where there is none."""
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class UrgencyRule:
    """One urgency of a referral, and the CPS clock that goes with it."""

    id: str
    title: str
    meaning: str
    clock: Clock
    status: Confidence
    """How well it is sourced that the police label goes with this clock."""
    source: str


@dataclass(frozen=True)
class Charging:
    """The whole pack."""

    version: str
    edition: str
    magistrates_months: int
    """The longest sentence, in months, for which a case suits the magistrates' court."""
    magistrates: Said
    limit_days: int
    """A referral is green priority when the time limit on prosecution ends within so many days."""
    bail_days: int
    """So it is when the bail period does."""
    pilot_codes: tuple[str, ...]
    """How the codes begin that the force's pilot lets the police charge; empty while there is none."""
    limbs: Mapping[str, PoliceLimb]
    exclusions: Mapping[str, Exclusion]
    plea_rules: Mapping[str, Said]
    questions: Mapping[str, Question]
    items: Mapping[str, Item]
    urgencies: Mapping[str, UrgencyRule]
    notes: Mapping[str, Said]

    def worksheet(self, test: ChargeTest) -> tuple[Question, ...]:
        """The questions of one test in the order they are asked."""
        return tuple(question for question in self.questions.values() if question.test is test)

    def items_for(self, stage: Stage) -> tuple[Item, ...]:
        """What a stage needs, or needs where it applies, in pack order."""
        return tuple(item for item in self.items.values() if stage in item.stages)

    def suits_magistrates(self, likely_months: int | None) -> bool | None:
        """Whether a likely sentence of so many months suits the magistrates' court; None where nobody said."""
        return None if likely_months is None else likely_months <= self.magistrates_months


PLEA_RULES = ("admitted", "not-denied", "denied", "silent")
"""The rules about the anticipated plea that :mod:`casedesk.rules.charging` asks for."""
NOTES = ("emergency", "whole-case", "breach", "otherwise")
"""The notes that it asks for."""
URGENCIES = ("red", "green-priority", "green")
"""The urgencies that it asks for."""
_QUESTION_STAGES = ("evidential", "public-interest", "condition")
_GROUPS = ("material", "information")


def load_charging(overlay: Path | None = None, clocks: Clocks | None = None) -> Charging:
    """Load the pack; the clocks are read too unless they are given.

    Raises PackError when an entry does not hold together, or one that the rules ask for is not there.
    """
    known = clocks or load_clocks(overlay)
    pack = read_pack("charging", overlay)
    pack.unknown(
        {
            "magistrates",
            "pilot",
            "urgent",
            "police",
            "exclusion",
            "plea",
            "question",
            "item",
            "urgency",
            "note",
        }
    )
    magistrates, urgent, pilot = pack.table("magistrates"), pack.table("urgent"), pack.table("pilot")
    magistrates.unknown({"months", "text", "status", "source"})
    urgent.unknown({"limit_days", "bail_days"})
    pilot.unknown({"codes"})
    return Charging(
        pack.version,
        pack.table("pack").text("edition"),
        _between(magistrates, "months", _MOST_MONTHS),
        Said(
            "magistrates",
            magistrates.text("text"),
            magistrates.choice("status", Confidence),
            magistrates.text("source"),
        ),
        _between(urgent, "limit_days", _MOST_MONTHS),
        _between(urgent, "bail_days", _MOST_MONTHS),
        _codes(pilot),
        pack.build("police", _limb),
        pack.build("exclusion", _exclusion),
        _complete(pack, "plea", PLEA_RULES, pack.build("plea", _said)),
        pack.build("question", _question),
        pack.build("item", _item),
        _complete(pack, "urgency", URGENCIES, pack.build("urgency", lambda row: _urgency(row, known))),
        _complete(pack, "note", NOTES, pack.build("note", _said)),
    )


def _complete(pack: Pack, table: str, wanted: tuple[str, ...], found: dict[str, T]) -> dict[str, T]:
    for one in wanted:
        if one not in found:
            raise pack.error(f"[[{table}]]", f"no entry “{one}”", f"There must be: {', '.join(wanted)}.")
    return found


def _codes(row: Row) -> tuple[str, ...]:
    codes = tuple(one.strip().upper() for one in row.texts("codes", ()))
    if not all(codes):
        raise row.error("codes", "an empty code would match every offence", "Take it out.")
    return codes


def _limb(row: Row) -> PoliceLimb:
    row.unknown(
        {
            "id",
            "title",
            "modes",
            "guilty_plea",
            "magistrates",
            "most_pence",
            "status",
            "source",
            "severity",
            *KINDS,
        }
    )
    offences, modes = offence_group(row), frozenset(row.choices("modes", Mode, ()))
    if offences is None and not modes:
        raise row.error("modes", "fits every offence", "Name modes of trial or offences.")
    return PoliceLimb(
        row.id,
        row.text("title"),
        offences,
        modes,
        row.flag("guilty_plea", False),
        row.flag("magistrates", False),
        row.optional_integer("most_pence"),
        row.choice("status", Confidence),
        row.text("source"),
    )


def _exclusion(row: Row) -> Exclusion:
    row.unknown({"id", "title", "flags", "young", "ask", "pilot", "status", "source", "severity", *KINDS})
    found = Exclusion(
        row.id,
        row.text("title"),
        offence_group(row),
        frozenset(flag.value for flag in row.choices("flags", Flag, ())),
        row.flag("young", False),
        row.text("ask", ""),
        row.flag("pilot", False),
        row.choice("status", Confidence),
        row.text("source"),
    )
    if found.offences is None and not found.flags and not found.ask:
        raise row.error("", "nothing shows it", "Name offences or flags, or write what is asked (ask).")
    return found


def _said(row: Row) -> Said:
    row.unknown({"id", "text", "status", "source", "severity"})
    return Said(row.id, row.text("text"), row.choice("status", Confidence), row.text("source"))


def _question(row: Row) -> Question:
    row.unknown({"id", "test", "stage", "text", "help", "status", "source", "severity"})
    stage = _one_of(row, "stage", _QUESTION_STAGES)
    return Question(
        row.id,
        row.choice("test", ChargeTest),
        stage,
        row.text("text"),
        row.text("help", ""),
        row.choice("status", Confidence),
        row.text("source"),
    )


def _item(row: Row) -> Item:
    row.unknown(
        {
            "id", "title", "group", "must", "if_any", "applies", "not_needed", "forms", "words", "facts", "code",
            "status", "source", "severity",
        }
    )  # fmt: skip
    stages: dict[Stage, Need] = {}
    for key, need in (("must", Need.MUST), ("if_any", Need.IF_ANY), ("not_needed", Need.NOT)):
        for stage in row.choices(key, Stage, ()):
            if stage in stages:
                raise row.error(key, f"“{stage}” stands under two keys", "Take one of them out.")
            stages[stage] = need
    if not stages:
        raise row.error("must", "no stage needs it", "Name stages under must or if_any.")
    return Item(
        row.id,
        row.text("title"),
        _one_of(row, "group", _GROUPS, "material"),
        stages,
        row.optional_choice("applies", Applies),
        tuple(one.upper().replace(" ", "") for one in row.texts("forms", ())),
        tuple(one for one in row.texts("words", ()) if one),
        tuple(row.choices("facts", Fact, ())),
        row.text("code", ""),
        row.choice("status", Confidence),
        row.text("source"),
    )


def _urgency(row: Row, clocks: Clocks) -> UrgencyRule:
    row.unknown({"id", "title", "meaning", "clock", "status", "source", "severity"})
    clock = row.text("clock")
    if clock not in clocks.by_id:
        raise row.error("clock", f"there is no clock “{clock}”", hint(clock, clocks.by_id))
    return UrgencyRule(
        row.id,
        row.text("title"),
        row.text("meaning"),
        clocks[clock],
        row.choice("status", Confidence),
        row.text("source"),
    )


def _one_of(row: Row, key: str, words: tuple[str, ...], usual: str = "") -> str:
    word = row.text(key, usual) if usual else row.text(key)
    if word not in words:
        raise row.error(key, f"“{word}” is not one of its words", hint(word, words))
    return word


def _between(row: Row, key: str, most: int) -> int:
    value = row.integer(key)
    if not 1 <= value <= most:
        raise row.error(key, f"{value} does not fit", f"Between 1 and {most}.")
    return value
