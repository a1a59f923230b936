"""Where somebody is in a review, kept through a crash; and how fast it goes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from casedesk.desk.desk import Desk
from casedesk.desk.review import GROUPS, LISTS
from casedesk.model.text import clean

_KEY = "review"
_LONGEST = 500
_MEASURED = timedelta(hours=1)
_ENOUGH = 3
"""Decisions from which on a pace means anything."""
_LEAST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Place:
    """Which list is under review, how it is narrowed and grouped, and how far it has got."""

    which: str = "submitted"
    words: str = ""
    group: str = ""
    at: int = 0
    """The number of the crime under the cursor; 0 for none."""
    marks: tuple[int, ...] = ()
    """The numbers of the marked crimes."""
    skipped: tuple[int, ...] = ()


def load_place(desk: Desk) -> Place:
    """Where the review was left; what is not understood is left out."""
    raw = desk.store.load_preference(_KEY)
    if not isinstance(raw, Mapping):
        return Place()
    which, words, group, at = (raw.get(name) for name in ("which", "words", "group", "at"))
    return Place(
        which if which in LISTS else "submitted",
        clean(words)[:_LONGEST] if isinstance(words, str) else "",
        group if group in GROUPS else "",
        at if isinstance(at, int) else 0,
        _numbers(raw.get("marks")),
        _numbers(raw.get("skipped")),
    )


def save_place(desk: Desk, place: Place) -> None:
    """Keep where the review is. A store open for reading only keeps nothing."""
    desk.store.save_preference(_KEY, asdict(place))


def _numbers(raw: Any) -> tuple[int, ...]:
    return tuple(one for one in raw if isinstance(one, int)) if isinstance(raw, list) else ()


@dataclass
class Pace:
    """How many crimes are decided one by one in an hour; acts on many at once do not count."""

    _decided: list[datetime] = field(default_factory=list)

    def decided(self, at: datetime) -> None:
        """Note a decision."""
        self._decided.append(at)

    def an_hour(self, now: datetime) -> int | None:
        """Crimes an hour, over the last hour at most; None while there are too few to tell."""
        recent = [at for at in self._decided if now - _MEASURED <= at <= now]
        took = now - recent[0] if recent else timedelta()
        if len(recent) < _ENOUGH or took < _LEAST:
            return None
        return round((len(recent) - 1) / (took / timedelta(hours=1)))
