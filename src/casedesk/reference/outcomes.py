"""The crime outcome types 0 to 23 with the alternate-offence variants 1A, 2A and 3A (pack ``outcomes``)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from casedesk.model.words import Confidence
from casedesk.reference.loading import Row, read_pack


class Requirement(StrEnum):
    """What an outcome asks of the record: something must be there, must not, may, or has no meaning."""

    YES = "yes"
    NO = "no"
    EITHER = "either"
    NOT_APPLICABLE = "n-a"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome type. ``status`` grades every field that has no grade of its own."""

    code: str
    name: str
    group: str
    """The Home Office publication group."""
    selectable: bool
    """Whether a force may finalise a crime with it."""
    variant_of: str | None
    """The code it is counted within: ``1`` for ``1A``."""
    suspect_required: Requirement
    """Whether a named suspect must be linked (yes) or must not (no)."""
    victim_support: Requirement
    """Whether the victim must support police action (yes) or must not (no)."""
    victim_note: str
    decision_maker: str
    evidence: str
    notification: str
    """What the victim is told; empty when nobody is."""
    notes: str
    effective_from: date | None
    """The first day on which it could be used; None when no source gives one."""
    effective_status: Confidence | None
    source: str
    name_status: Confidence
    group_status: Confidence
    status: Confidence

    def in_force(self, day: date) -> bool:
        """Whether it existed on that day, as far as is known."""
        return self.effective_from is None or self.effective_from <= day


_KEYS = {
    "id", "name", "group", "selectable", "variant_of", "suspect_required", "victim_support", "victim_note",
    "decision_maker", "evidence", "notification", "notes", "effective_from", "effective_status", "source",
    "name_status", "group_status", "status", "severity",
}  # fmt: skip


def load_outcomes(overlay: Path | None = None) -> dict[str, Outcome]:
    """Read the outcome types by code, in order. Raises :class:`casedesk.model.errors.PackError`."""
    pack = read_pack("outcomes", overlay)
    pack.unknown({"outcome"})
    outcomes = pack.build("outcome", _outcome)
    for row in pack.rows("outcome"):
        parent = outcomes[row.id].variant_of
        if parent is not None and parent not in outcomes:
            raise row.error("variant_of", f"there is no outcome “{parent}”")
    return outcomes


def _outcome(row: Row) -> Outcome:
    row.unknown(_KEYS)
    effective_from = row.optional_day("effective_from")
    return Outcome(
        code=row.id,
        name=row.text("name"),
        group=row.text("group"),
        selectable=row.flag("selectable", True),
        variant_of=row.optional_text("variant_of"),
        suspect_required=row.choice("suspect_required", Requirement),
        victim_support=row.choice("victim_support", Requirement),
        victim_note=row.text("victim_note", ""),
        decision_maker=row.text("decision_maker", ""),
        evidence=row.text("evidence", ""),
        notification=row.text("notification", ""),
        notes=row.text("notes", ""),
        effective_from=effective_from,
        effective_status=row.choice("effective_status", Confidence) if effective_from else None,
        source=row.text("source"),
        name_status=row.choice("name_status", Confidence),
        group_status=row.choice("group_status", Confidence),
        status=row.choice("status", Confidence),
    )
