"""The clocks: every time limit with its trigger, its counting rule and its source (pack ``clocks``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from casedesk.model.words import Confidence
from casedesk.reference.loading import Pack, Row, hint, read_pack


class Group(StrEnum):
    """What a clock is about."""

    VICTIM = "victim"
    WITNESS = "witness"
    SUSPECT = "suspect"
    DETENTION = "detention"
    COURT = "court"
    BAIL = "bail"
    PROSECUTION = "prosecution"
    CUSTODY_TIME_LIMIT = "custody-time-limit"
    NOTICE = "notice"
    FILE = "file"


class Unit(StrEnum):
    """What a clock's amount is a number of."""

    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working-days"
    MONTHS = "months"


class Count(StrEnum):
    """The counting rules, by the names of their functions in :mod:`casedesk.rules.counting`."""

    WORKING_DAYS = "working_days"
    DAYS_FROM = "days_from"
    DAYS_AFTER_MONTH_END = "days_after_month_end"
    MONTHS_FROM = "months_from"
    MONTHS_BEGINNING = "months_beginning"
    ELAPSED_HOURS = "elapsed_hours"
    HOURS_SKIPPING_DAYS = "hours_skipping_days"
    CUSTODY_DAYS = "custody_days"
    NEXT_COURT_DAY = "next_court_day"


class DayOff(StrEnum):
    """A kind of day that a count leaves out."""

    SATURDAY = "saturday"
    SUNDAY = "sunday"
    CHRISTMAS_DAY = "christmas-day"
    GOOD_FRIDAY = "good-friday"
    BANK_HOLIDAY = "bank-holiday"


class Whom(StrEnum):
    """To whom a prompt of a person's time in custody applies."""

    EVERYONE = "everyone"
    UNDER_18 = "under-18"
    VULNERABLE = "vulnerable"
    VOLUNTARY = "voluntary"


UNITS = {
    Count.WORKING_DAYS: Unit.WORKING_DAYS,
    Count.DAYS_FROM: Unit.DAYS,
    Count.DAYS_AFTER_MONTH_END: Unit.DAYS,
    Count.MONTHS_FROM: Unit.MONTHS,
    Count.MONTHS_BEGINNING: Unit.MONTHS,
    Count.ELAPSED_HOURS: Unit.HOURS,
    Count.HOURS_SKIPPING_DAYS: Unit.HOURS,
    Count.CUSTODY_DAYS: Unit.DAYS,
    Count.NEXT_COURT_DAY: Unit.DAYS,
}
"""The unit that each counting rule counts."""


@dataclass(frozen=True, slots=True)
class Counting:
    """How one counting rule is sourced; its code is the function of the same name."""

    rule: Count
    label: str
    title: str
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Clock:
    """One time limit."""

    id: str
    group: Group
    title: str
    trigger: str
    """The event that starts it, in hyphenated words: ``suspect-arrested``."""
    amount: int | None
    """The standard limit; None where there is no fixed number."""
    enhanced: int | None
    """The limit for a victim with enhanced rights, where it differs."""
    further: tuple[int, ...]
    """Other amounts the same provision allows, shortest first."""
    unit: Unit | None
    rule: Count | None
    next_day: bool
    """Whether the count starts on the day after the trigger, as a bail period does after arrest."""
    off: tuple[DayOff, ...]
    """The kinds of days that the count leaves out or rolls back over."""
    cap: int | None
    """The most months from the offence, whatever the trigger."""
    by: str
    """Who must act or may decide, in hyphenated words: ``inspector``."""
    ruleset: str
    """The edition of the Victims' Code it comes from; empty for other clocks."""
    offences: tuple[str, ...]
    """CJS offence codes it applies to; empty where the class is told otherwise."""
    effective_from: date | None
    effective_to: date | None
    status: Confidence
    enhanced_status: Confidence
    """How well the enhanced limit is sourced, where worse than the rest."""
    source: str
    notes: str

    def in_force(self, day: date) -> bool:
        """Whether it applied on that day, as far as is known."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )

    @property
    def starts(self) -> str:
        """The trigger as words: ``suspect arrested``."""
        return self.trigger.replace("-", " ")


@dataclass(frozen=True, slots=True)
class Prompt:
    """Something the caseworker must see about a person in custody or interviewed voluntarily."""

    id: str
    whom: Whom
    text: str
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Ruleset:
    """One edition of the Victims' Code; without ``effective_from`` it is an empty place for one to come."""

    id: str
    title: str
    effective_from: date | None
    source: str
    status: Confidence


@dataclass(frozen=True, slots=True)
class Clocks:
    """The whole pack."""

    version: str
    countings: Mapping[Count, Counting]
    by_id: Mapping[str, Clock]
    prompts: Mapping[str, Prompt]
    rulesets: Mapping[str, Ruleset]
    by_offence: Mapping[str, Clock]
    """The special limit on prosecution of each offence code that has one."""

    def __getitem__(self, clock_id: str) -> Clock:
        return self.by_id[clock_id]

    def group(self, group: Group) -> list[Clock]:
        """The clocks of one group, in pack order."""
        return [clock for clock in self.by_id.values() if clock.group is group]

    def may_be_called_law(self, clock_id: str) -> bool:
        """Whether the limit of a clock has a source to rely on; one that is unverified is never called law."""
        clock = self.by_id.get(clock_id)
        return clock is None or clock.status in (Confidence.CONFIRMED, Confidence.SECONDARY)

    def ruleset_on(self, day: date) -> Ruleset | None:
        """The edition of the Victims' Code in force on a day."""
        started = [
            (ruleset.effective_from, ruleset)
            for ruleset in self.rulesets.values()
            if ruleset.effective_from is not None and ruleset.effective_from <= day
        ]
        return max(started, key=lambda pair: pair[0])[1] if started else None


NEEDED = (
    "DET-24", "DET-36", "DET-WFD", "DET-96", "BR-3H", "BR-RET", "REV-1", "REV-2", "REV-n", "REV-CHG",
    "DT-6", "CRT-1", "B7-24", "ABP-0", "ABP-M1", "ABP-M2", "ABP-CPS", "ABP-HOSP", "STL-127", "STL-39A", "STL-NONE",
    "STL-IMG2", "STL-BAIL6", "STL-LOW-THEFT", "STL-LOW-DAMAGE", "CTL-56S", "CTL-70", "CTL-182", "VRR-DEC",
)  # fmt: skip
"""The clocks that a calculator asks for by id: an overlay may change them, never retire them."""

_KEYS = {
    "id", "group", "title", "trigger", "amount", "enhanced", "further", "unit", "rule", "next_day", "off",
    "cap", "by", "ruleset", "offences", "effective_from", "effective_to", "status", "enhanced_status",
    "source", "notes", "severity",
}  # fmt: skip


def load_clocks(overlay: Path | None = None) -> Clocks:
    """Read the clocks, with the force's overlay over them.

    Raises :class:`casedesk.model.errors.PackError` when an entry does not hold together or one that a
    calculator needs is missing.
    """
    pack = read_pack("clocks", overlay)
    pack.unknown({"counting", "clock", "prompt", "ruleset"})
    rulesets = pack.build("ruleset", _ruleset)
    clocks = pack.build("clock", _clock)
    countings = {counting.rule: counting for counting in pack.build("counting", _counting).values()}
    _check_whole(pack, clocks, countings, rulesets)
    return Clocks(
        version=pack.version,
        countings=countings,
        by_id=clocks,
        prompts=pack.build("prompt", _prompt),
        rulesets=rulesets,
        by_offence={code: clock for clock in clocks.values() for code in clock.offences},
    )


def _check_whole(
    pack: Pack,
    clocks: Mapping[str, Clock],
    countings: Mapping[Count, Counting],
    rulesets: Mapping[str, Ruleset],
) -> None:
    cure = "An overlay may change it but not take it out."
    for rule in Count:
        if rule not in countings:
            raise pack.error("[[counting]]", f"there is no counting rule “{rule}”", cure)
    for clock_id in NEEDED:
        if clock_id not in clocks:
            raise pack.error("[[clock]]", f"there is no clock “{clock_id}”", cure)
    seen: dict[str, str] = {}
    for clock in clocks.values():
        place = f"[[clock]] {clock.id}"
        if clock.ruleset and clock.ruleset not in rulesets:
            raise pack.error(
                f"{place}, ruleset", f"there is no ruleset “{clock.ruleset}”", hint(clock.ruleset, rulesets)
            )
        for code in clock.offences:
            if code in seen:
                raise pack.error(
                    f"{place}, offences", f"{code} stands in {seen[code]} too", "Leave it in one of them."
                )
            seen[code] = clock.id


def _clock(row: Row) -> Clock:
    row.unknown(_KEYS)
    rule, unit, amount = (
        row.optional_choice("rule", Count),
        row.optional_choice("unit", Unit),
        row.optional_integer("amount"),
    )
    _check_amount(row, amount, unit, rule)
    status = row.choice("status", Confidence)
    return Clock(
        id=row.id,
        group=row.choice("group", Group),
        title=row.text("title"),
        trigger=row.text("trigger"),
        amount=amount,
        enhanced=row.optional_integer("enhanced"),
        further=_further(row),
        unit=unit,
        rule=rule,
        next_day=row.flag("next_day", False),
        off=tuple(row.choices("off", DayOff, ())),
        cap=row.optional_integer("cap"),
        by=row.text("by", ""),
        ruleset=row.text("ruleset", ""),
        offences=tuple(row.texts("offences", ())),
        effective_from=row.optional_day("effective_from"),
        effective_to=row.optional_day("effective_to"),
        status=status,
        enhanced_status=row.choice("enhanced_status", Confidence, status),
        source=row.text("source"),
        notes=row.text("notes", ""),
    )


def _check_amount(row: Row, amount: int | None, unit: Unit | None, rule: Count | None) -> None:
    if amount is not None and amount < 1:
        raise row.error("amount", "a number from 1 up expected", "Leave it out where there is no number.")
    if amount is not None and rule is None:
        raise row.error("rule", "is missing", "Name the counting rule that the amount is counted by.")
    if rule is not None and unit is not UNITS[rule]:
        raise row.error("unit", f"{rule} counts {UNITS[rule]}", f'Write unit = "{UNITS[rule]}".')


def _further(row: Row) -> tuple[int, ...]:
    raw = row.values.get("further", [])
    if not isinstance(raw, list) or not all(type(one) is int and one > 0 for one in raw):
        raise row.error("further", "a list of whole numbers expected", "Write it as [18, 24].")
    return tuple(sorted(raw))


def _counting(row: Row) -> Counting:
    row.unknown({"id", "label", "title", "status", "source", "severity"})
    return Counting(
        rule=row.choice("id", Count),
        label=row.text("label"),
        title=row.text("title"),
        status=row.choice("status", Confidence),
        source=row.text("source"),
    )


def _prompt(row: Row) -> Prompt:
    row.unknown({"id", "whom", "text", "status", "source", "severity"})
    return Prompt(
        row.id,
        row.choice("whom", Whom),
        row.text("text"),
        row.choice("status", Confidence),
        row.text("source"),
    )


def _ruleset(row: Row) -> Ruleset:
    row.unknown({"id", "title", "effective_from", "status", "source", "severity"})
    return Ruleset(
        row.id,
        row.text("title"),
        row.optional_day("effective_from"),
        row.text("source"),
        row.choice("status", Confidence),
    )
