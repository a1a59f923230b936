"""Retention groups and their review periods, from the ``retention`` pack."""

from dataclasses import dataclass
from pathlib import Path

from casedesk.model.words import Confidence, Flag
from casedesk.reference.loading import read_pack


@dataclass(frozen=True)
class RetentionGroup:
    """One group of cases with the same review period."""

    id: str
    title: str
    flags: frozenset[str]
    """Words of :class:`casedesk.model.words.Flag`, any of which puts a case here; empty for the group of the rest."""
    review_after_years: int
    status: Confidence
    source: str


def load_retention(overlay: Path | None = None) -> tuple[RetentionGroup, ...]:
    """Load the groups in order. Raises PackError when a flag is unknown or no group takes the rest."""
    pack = read_pack("retention", overlay)
    groups = []
    for row in pack.rows("group"):
        flags = frozenset(row.texts("flags"))
        unknown = flags - set(Flag)
        if unknown:
            raise row.error("flags", f"{min(unknown)!r} is not a flag", f"One of: {', '.join(Flag)}.")
        years = row.integer("review_after_years")
        if not 1 <= years <= 150:
            raise row.error("review_after_years", f"{years} years", "Between 1 and 150.")
        groups.append(
            RetentionGroup(
                row.id, row.text("title"), flags, years, row.choice("status", Confidence), row.text("source")
            )
        )
    if not groups or groups[-1].flags:
        raise pack.error("[[group]]", "the last group has flags", "End with a group whose flags are [].")
    return tuple(groups)
