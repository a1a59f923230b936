"""What changed between two assessments of one person, pathway by pathway."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from casedesk.rules.forms import NeedScore


class Direction(StrEnum):
    """Which way a need went."""

    BETTER = "less need"
    SAME = "the same"
    WORSE = "more need"
    UNKNOWN = "not comparable"
    """One of the two has no score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One pathway in the first and in a later assessment."""

    pathway: str
    title: str
    first: NeedScore | None
    """None where the first form had no such pathway."""
    later: NeedScore | None
    by: int | None
    """The later score less the first: below 0 is less need. None where one is missing."""
    direction: Direction


def changes(first: Mapping[str, NeedScore], later: Mapping[str, NeedScore]) -> tuple[Change, ...]:
    """The change of every pathway that either has, in the later form's order."""
    names = dict.fromkeys((*later, *first))
    return tuple(_change(name, first.get(name), later.get(name)) for name in names)


def _change(name: str, first: NeedScore | None, later: NeedScore | None) -> Change:
    title = later.title if later else first.title if first else name
    before, after = (one.score if one else None for one in (first, later))
    if before is None or after is None:
        by, direction = None, Direction.UNKNOWN
    else:
        by = after - before
        direction = Direction.SAME if by == 0 else Direction.BETTER if by < 0 else Direction.WORSE
    return Change(pathway=name, title=title, first=first, later=later, by=by, direction=direction)
