"""Facts for the tests of the clinic's rules: a sound case that no rule finds fault with, and a force of its own."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from casedesk.model.facts import Condition
from casedesk.model.ids import derived_id
from casedesk.model.moments import moment_of_day
from casedesk.reference.packs import Packs
from casedesk.rules.clinic.facts import ClinicFacts

TODAY = date(2026, 11, 22)
SUSPECT = derived_id("clinic-test", "suspect")
SHIPPED = Packs()
FORCE = """
[offered]
sc = true
pnd = true
[part-6]
in_force_from = 2026-06-01
[force]
intimate_override = true
"""


def condition(days: int | None = 30, **fields: Any) -> Condition:
    """A condition due so many days from today, complete in every other way unless told otherwise."""
    fields.setdefault("kind", "rehabilitative")
    fields.setdefault("what", "Attend a course")
    fields.setdefault("why", "It answers what led to the offence, and can be done.")
    if days is not None:
        fields.setdefault("due_on", moment_of_day(TODAY + timedelta(days=days)))
    return Condition(suspect=SUSPECT, **fields)


def sound(disposal: str = "cc", **changes: Any) -> ClinicFacts:
    """A case in which everything is recorded and nothing stands against the disposal at any step."""
    facts = ClinicFacts(
        suspect=SUSPECT, today=TODAY, disposal=disposal, age=(30, 30), offence="Theft from a shop",
        offence_code="TH68010", offence_day=date(2026, 11, 1), mode="either-way", limited=False, evidential="met",
        interest="out-of-court", admission="full", covers_all=True, defences=(), responsibility=True, intimate=False,
        controlling=False, similar=False, previous_checked=True, has_victim=True, victim_views="recorded",
        conditions=(condition(),), gravity=3, matrix_default=disposal, rationale="word " * 30, proposer="1234",
        authoriser="5678", authoriser_rank="sgt", legal_advice="had", vulnerable=False, explained=True,
        admission_repeated=True, consent=True, signed=True, completed_on=TODAY,
    )  # fmt: skip
    if disposal == "o23":
        facts = replace(facts, age=(16, 16), weapon=True)
    return replace(facts, **changes)


def summary(**changes: Any) -> dict[str, Any]:
    """Changes that make the offence summary-only, with its limit so many days away (``left``, 200 unless said)."""
    left = changes.pop("left", 200)
    return {
        "mode": "summary", "limited": True, "limit_day": TODAY + timedelta(days=left), "offence": "Common assault",
        "offence_code": "CJ88116", **changes,
    }  # fmt: skip


def force(folder: Path, text: str = FORCE) -> Packs:
    """The packs of a force that lays this over the shipped rules."""
    (folder / "eligibility.toml").write_text(text, encoding="utf-8")
    return Packs(folder)
