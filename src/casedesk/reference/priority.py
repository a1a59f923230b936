"""The queue's bands and thresholds, from the ``priority`` pack."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from casedesk.reference.loading import Row, read_pack


@dataclass(frozen=True)
class Band:
    """One band of the queue: its place in the order and its words."""

    id: str
    number: int
    label: str
    meaning: str


@dataclass(frozen=True)
class Priority:
    """How the queue is ordered."""

    bands: dict[str, Band]
    urgent: timedelta
    """So long before its end a limit counts as urgent."""
    coming: timedelta
    """So long before its end a limit counts as coming."""
    bail_chase: tuple[timedelta, ...]
    """How long before the end of a bail period its extension is chased, the longest first."""

    def number(self, band: str) -> int:
        """The place of a band in the order, 1 first."""
        return self.bands[band].number

    def by_number(self, number: int) -> Band:
        """The band at a place in the order."""
        return next(band for band in self.bands.values() if band.number == number)


BAND_IDS = (
    "liberty", "limit", "protection", "safeguarding", "victim", "out-of-court", "action", "coming", "rest", "closed",
)  # fmt: skip
"""The bands that the ordering rules speak of; the pack gives their order and words."""


def load_priority(overlay: Path | None = None) -> Priority:
    """Load the pack. Raises PackError when a band is missing or two have the same number."""
    pack = read_pack("priority", overlay)
    limits = pack.table("limits")
    bands = {
        row.id: Band(row.id, row.integer("number"), row.text("label"), row.text("meaning"))
        for row in pack.rows("band")
    }
    missing = [band for band in BAND_IDS if band not in bands]
    if missing:
        raise pack.error(
            "[[band]]", f"no band {missing[0]!r}", "Every band of the shipped pack must be there."
        )
    numbers = [band.number for band in bands.values()]
    if len(set(numbers)) != len(numbers):
        raise pack.error("[[band]]", "two bands have the same number", "Give each band its own number.")
    if bands["closed"].number != max(numbers):
        raise pack.error("[[band]] closed", "is not the last band", "Give it the highest number.")
    return Priority(
        bands,
        timedelta(days=limits.integer("urgent_days")),
        timedelta(days=limits.integer("coming_days")),
        _chase(limits),
    )


def _chase(limits: Row) -> tuple[timedelta, ...]:
    days = limits.values.get("bail_chase_days")
    if not isinstance(days, list) or not all(type(one) is int and one > 0 for one in days):
        raise limits.error("bail_chase_days", "a list of days expected", "Write [28, 14, 7, 2].")
    return tuple(timedelta(days=one) for one in sorted(set(days), reverse=True))
