"""The worksheet of an out-of-court decision (pack ``resolutions``): public interest, quality checks, tasks."""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from casedesk.model.words import Confidence
from casedesk.reference.loading import Row, hint, read_pack

FIELDS = tuple(f"interest_{letter}" for letter in "abcdefg")
"""The fields of the evidential review that hold the answers of the public-interest stage."""
PLACES = frozenset({"name", "disposal", "outcome", "given", "provider", "decision"})
"""What may stand between braces in the words of a task."""


class When(StrEnum):
    """When a quality check is asked."""

    BEFORE = "before"
    """When the resolution is proposed."""
    AFTER = "after"
    """When it is completed."""


class Step(StrEnum):
    """The steps of a resolution at which something is to be done by somebody."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    COMPLETED = "completed"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class Only(StrEnum):
    """What a case must have for a task to arise."""

    PENALTY = "penalty"
    COMPENSATION = "compensation"
    PROVIDER = "provider"
    VICTIM = "victim"
    CPS = "cps"


class Owner(StrEnum):
    """Who does a task."""

    ADMINISTRATORS = "administrators"
    OIC = "oic"
    DESK = "desk"


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the public-interest stage."""

    id: str
    title: str
    field: str
    ask: str
    prompt: str
    required: bool
    status: Confidence
    source: str
    lead: str
    """What leads to its answer in a rationale: ``On how serious the offence is``."""


@dataclass(frozen=True, slots=True)
class Check:
    """One quality check."""

    id: str
    title: str
    ask: str
    asked: When
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Task:
    """Something to be done when a resolution comes to a step."""

    id: str
    on: Step
    disposals: tuple[str, ...]
    """Ids of the pack ``eligibility``; empty for every disposal."""
    only: Only | None
    title: str
    what: str
    owner: Owner
    days: int
    """Working days from the step."""
    recording: bool
    """Whether it is keyed into the records system or the national computer."""
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Resolutions:
    """The whole pack."""

    version: str
    questions: Mapping[str, Question]
    checks: Mapping[str, Check]
    tasks: Mapping[str, Task]
    breach_days: int
    """Working days within which somebody decides on a breach."""

    def checks_asked(self, when: When) -> tuple[Check, ...]:
        """The quality checks that are asked then."""
        return tuple(check for check in self.checks.values() if check.asked is when)


def load_resolutions(overlay: Path | None = None) -> Resolutions:
    """Load the pack. Raises PackError when an entry names a field, step or placeholder that there is not."""
    pack = read_pack("resolutions", overlay)
    pack.unknown({"question", "check", "task", "times"})
    times = pack.table("times")
    times.unknown({"breach_days", "status", "source"})
    days = times.integer("breach_days")
    if not 0 < days <= 60:
        raise times.error("breach_days", f"{days} working days", "Between 1 and 60.")
    return Resolutions(
        pack.version,
        pack.build("question", _question),
        pack.build("check", _check),
        pack.build("task", _task),
        days,
    )


def _question(row: Row) -> Question:
    row.unknown({"id", "title", "field", "ask", "prompt", "lead", "required", "status", "source", "severity"})
    field = row.text("field")
    if field not in FIELDS:
        raise row.error("field", f"“{field}” holds no answer of this stage", hint(field, FIELDS))
    return Question(
        row.id,
        row.text("title"),
        field,
        row.text("ask"),
        row.text("prompt", ""),
        row.flag("required"),
        row.choice("status", Confidence),
        row.text("source"),
        row.text("lead", row.text("title")),
    )


def _check(row: Row) -> Check:
    row.unknown({"id", "title", "ask", "asked", "status", "source", "severity"})
    if " " in row.id:
        raise row.error("id", "has a space in it", "Write it in one word.")
    return Check(
        row.id,
        row.text("title"),
        row.text("ask"),
        row.choice("asked", When),
        row.choice("status", Confidence),
        row.text("source"),
    )


def _task(row: Row) -> Task:
    row.unknown(
        {
            "id", "on", "disposals", "only", "title", "what", "owner", "days", "recording", "status", "source",
            "severity",
        }
    )  # fmt: skip
    days = row.integer("days")
    if not 0 <= days <= 60:
        raise row.error("days", f"{days} working days", "Between 0 and 60.")
    return Task(
        row.id,
        row.choice("on", Step),
        tuple(row.texts("disposals", ())),
        row.optional_choice("only", Only),
        row.text("title"),
        _words(row),
        row.choice("owner", Owner),
        days,
        row.flag("recording", False),
        row.choice("status", Confidence),
        row.text("source"),
    )


def _words(row: Row) -> str:
    """The words of a task, whose placeholders are all known."""
    text = row.text("what")
    try:
        named = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        raise row.error("what", "has a brace without its other", "Write {name} with both braces.") from None
    for name in sorted(named - PLACES):
        raise row.error("what", f"“{{{name}}}” is nothing that can be filled in", hint(name, PLACES))
    return text
