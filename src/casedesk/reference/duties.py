"""The duties: what starts each clock of the ``clocks`` pack, to whom it is owed, and what meets it (pack ``duties``).

The clocks say how long there is and on whose authority; this pack says how casedesk knows, from what is recorded,
that a clock runs and that it was met. Every such reading is a convention that a force may replace.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from casedesk.model.words import EventKind, Purpose
from casedesk.reference.clocks import Clock, Clocks, load_clocks
from casedesk.reference.loading import Row, hint, read_pack


class Trigger(StrEnum):
    """What in a case starts a duty, besides an event recorded at the desk: :mod:`casedesk.rules.owed.triggers`."""

    REPORT = "report"
    """The crime was reported; or recorded, where the report has no date."""
    UPDATE = "update"
    """The report, and from then on each contact that told the person something."""
    ARREST = "arrest"
    INTERVIEW = "interview"
    """Interviewed under caution, in custody or voluntarily."""
    RELEASE = "release"
    """Released without charge, neither bailed nor under investigation."""
    BAIL = "bail"
    """Released on bail or under investigation; conditions changed or ended."""
    CHARGE = "charge"
    KEPT = "kept"
    """Charged and kept in custody."""
    NFA = "nfa"
    """Closed without charge against a named suspect, or a police decision not to prosecute."""
    CONSIDERED = "considered"
    """An out-of-court resolution is considered, or the case is meant for a clinic."""
    OUT_OF_COURT = "out-of-court"
    """An out-of-court resolution was given, or the case closed with one."""
    TOLD = "told"
    """The person was told of a police decision not to prosecute that may be reviewed."""
    TOLD_CPS = "told-cps"
    """The person was told of a decision of the CPS."""


class Owed(StrEnum):
    """To whom a duty is owed."""

    VICTIM = "victim"
    """Each victim: a person, or a business through its contact; not the state."""
    WITNESS = "witness"
    SUSPECT = "suspect"
    """Each named suspect who was arrested."""
    NOBODY = "nobody"
    """A date of the case."""


class Only(StrEnum):
    """What must hold besides the trigger: :mod:`casedesk.rules.owed.triggers`."""

    ADMITTED = "admitted"
    """A suspect admitted the offence: a guilty plea is anticipated."""
    NOT_ADMITTED = "not-admitted"
    HELD = "held"
    """Remanded, or charged and kept in custody."""
    NOT_HELD = "not-held"
    RED = "red"
    """Somebody was detained when the file went to the CPS."""
    GREEN_PRIORITY = "green-priority"
    """The number on the submission is this clock's number of days."""
    GREEN = "green"
    """Neither of the two."""


class MetFact(StrEnum):
    """A fact of the records system that shows a duty to be met."""

    INFORMED = "informed"
    """The victim was informed (``informed_on``)."""
    CONSULTED = "consulted"
    """The victim was consulted, or their views are on record; no day is kept."""
    ASSESSED = "assessed"
    """It is recorded whether the victim has enhanced rights; no day is kept."""


BANDS = ("victim", "out-of-court", "action", "coming", "rest")
"""The bands of the queue that a duty may take a case to."""


@dataclass(frozen=True, slots=True)
class DutyRule:
    """How one clock is followed."""

    clock: Clock
    say: str
    """What is to be done, shortest: ``Tell victim of arrest``."""
    owed_to: Owed
    triggers: tuple[Trigger, ...]
    started_by: tuple[EventKind, ...]
    """Events that start it; one that names a person starts it for that person alone."""
    only: Only | None
    purposes: frozenset[str]
    """A contact that was made with one of these purposes meets it."""
    purpose: str
    """The first of them: what a contact for this duty is for; empty where no contact meets it."""
    met_by: tuple[EventKind, ...]
    facts: tuple[MetFact, ...]
    before: Trigger | None
    """Where there is no number: it is to be done before this happens."""
    agreed: bool
    """Whether the ``until`` of the event that starts it is its due time."""
    window: bool
    """Whether it is a time in which somebody else may or will act: once over it is passed, never overdue."""
    legal: bool
    """Whether the limit is one of law or of the Victims' Code, and not a target."""
    after_closing: bool
    """Whether it is owed although the case is closed."""
    at_report: bool
    """Whether it is done by whoever takes the report, before a case reaches a desk: overdue, it presses only where
    something was recorded here before it fell due."""
    band: str
    """Where in the queue it stands when due today or overdue."""
    ahead: str
    """Where it stands before its last day."""
    who: str
    """Who must act, in hyphenated words; empty for the case's owner."""
    timed: bool
    """Whether it may have a due time, or comes before a decision: the rest have no number."""


@dataclass(frozen=True, slots=True)
class Duties:
    """The whole pack, with the clocks that it speaks of."""

    rules: tuple[DutyRule, ...]
    untracked: Mapping[str, str]
    """The clocks that are not followed, each with the reason."""
    stale: timedelta
    """How long overdue a duty is that a case nobody works on here no longer presses for."""
    by_trigger: Mapping[Trigger, tuple[DutyRule, ...]]
    timed: Mapping[Trigger, tuple[DutyRule, ...]]
    """Of those by trigger, the ones that may have a due time; triggers without any are left out."""
    by_event: Mapping[EventKind, tuple[DutyRule, ...]]
    by_clock: Mapping[str, DutyRule]

    def rule(self, clock_id: str) -> DutyRule | None:
        """How a clock is followed; None for one that is not."""
        return self.by_clock.get(clock_id)


_KEYS = {
    "id", "say", "owed_to", "triggers", "started_by", "only", "purposes", "met_by", "facts", "before", "agreed",
    "window", "legal", "after_closing", "at_report", "band", "ahead", "who", "severity",
}  # fmt: skip


def load_duties(overlay: Path | None = None, clocks: Clocks | None = None) -> Duties:
    """Read the duties, with the force's overlay over them; the clocks are read too unless they are given.

    Raises :class:`casedesk.model.errors.PackError` when an entry does not hold together or names a clock that
    is not there.
    """
    known = clocks or load_clocks(overlay)
    pack = read_pack("duties", overlay)
    pack.unknown({"usual", "duty", "untracked"})
    usual = pack.table("usual")
    usual.unknown({"stale_days"})
    days = usual.integer("stale_days")
    if not 1 <= days <= 3660:
        raise usual.error("stale_days", f"{days} days", "Between 1 and 3660.")
    rules = tuple(pack.build("duty", lambda row: _rule(row, known)).values())
    return Duties(
        rules,
        pack.build("untracked", lambda row: _untracked(row, known)),
        timedelta(days=days),
        {trigger: tuple(rule for rule in rules if trigger in rule.triggers) for trigger in Trigger},
        {
            trigger: timed
            for trigger in Trigger
            if (timed := tuple(rule for rule in rules if trigger in rule.triggers and rule.timed))
        },
        {kind: tuple(rule for rule in rules if kind in rule.started_by) for kind in EventKind},
        {rule.clock.id: rule for rule in rules},
    )


def _rule(row: Row, clocks: Clocks) -> DutyRule:
    row.unknown(_KEYS)
    clock = _clock(row, clocks)
    owed_to = row.choice("owed_to", Owed)
    purposes = row.choices("purposes", Purpose, ())
    agreed, before = row.flag("agreed", False), row.optional_choice("before", Trigger)
    rule = DutyRule(
        clock=clock,
        say=row.text("say"),
        owed_to=owed_to,
        triggers=tuple(row.choices("triggers", Trigger, ())),
        started_by=tuple(row.choices("started_by", EventKind, ())),
        only=row.optional_choice("only", Only),
        purposes=frozenset(purposes),
        purpose=purposes[0] if purposes else "",
        met_by=tuple(row.choices("met_by", EventKind, ())),
        facts=tuple(row.choices("facts", MetFact, ())),
        before=before,
        agreed=agreed,
        window=row.flag("window", False),
        legal=row.flag("legal", False),
        after_closing=row.flag("after_closing", False),
        at_report=row.flag("at_report", False),
        band=_band(row, "band", "victim" if owed_to is Owed.VICTIM else "action"),
        ahead=_band(row, "ahead", "rest"),
        who=row.text("who", "" if clock.by in ("police", "police-or-cps", "service-provider") else clock.by),
        timed=clock.amount is not None or clock.enhanced is not None or agreed or before is not None,
    )
    _check(row, rule)
    return rule


def _check(row: Row, rule: DutyRule) -> None:
    if not rule.triggers and not rule.started_by:
        raise row.error("triggers", "nothing starts it", "Name a trigger, or an event under started_by.")
    if not (rule.purposes or rule.met_by or rule.facts or rule.window):
        raise row.error(
            "purposes", "nothing meets it", "Name purposes, events under met_by, or window = true."
        )
    if Trigger.UPDATE in rule.triggers and (len(rule.triggers) > 1 or rule.started_by):
        raise row.error("triggers", "an update interval has no other trigger", 'Write triggers = ["update"].')
    if rule.owed_to in (Owed.SUSPECT, Owed.NOBODY) and (rule.purposes or rule.facts):
        raise row.error("owed_to", "only victims and witnesses are contacted", "Use met_by.")


def _band(row: Row, key: str, usual: str) -> str:
    band = row.text(key, usual)
    if band not in BANDS:
        raise row.error(key, f"“{band}” is not a band that a duty may take", hint(band, BANDS))
    return band


def _clock(row: Row, clocks: Clocks) -> Clock:
    if row.id not in clocks.by_id:
        cure = hint(row.id, clocks.by_id) or "Switch this entry off too."
        raise row.error("id", f"there is no clock “{row.id}”", cure)
    return clocks[row.id]


def _untracked(row: Row, clocks: Clocks) -> str:
    row.unknown({"id", "why", "severity"})
    _clock(row, clocks)
    return row.text("why")
