"""What a verb of custody is: what it asks for, what it looks at, and what it would write."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from casedesk.model.entities import Value
from casedesk.model.facts import CaseEvent, CaseFile, Custody
from casedesk.model.ids import EntityId
from casedesk.model.words import CustodyState, EventKind
from casedesk.reference.packs import Packs
from casedesk.rules.custody_facts import own_events

Given = Mapping[str, Any]
"""What a verb was given, by the names of its asks; what was left out is absent."""


class AskKind(StrEnum):
    """What kind of thing is asked for, and how it is given."""

    PAST = "past"
    """When it happened: an instant, now where it is left out and not required."""
    FUTURE = "future"
    """An instant to come, or that was to come."""
    DAY = "day"
    """A :data:`casedesk.model.moments.Moment` of a day."""
    LINE = "line"
    LINES = "lines"
    CHOICE = "choice"
    YES_NO = "yes-no"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that a verb asks for."""

    name: str
    label: str
    kind: AskKind
    required: bool = False
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    """Each value with its words."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a verb looks at: one arrest of a case, the packs and the hour."""

    file: CaseFile
    id: EntityId
    custody: Custody
    packs: Packs
    now: datetime

    def events(self, *kinds: EventKind) -> list[CaseEvent]:
        """The events of these kinds that stand and are about this arrest."""
        return own_events(self.file, self.id, self.custody, *kinds)


@dataclass(slots=True)
class Writing:
    """What a verb would write, and what must be said about it."""

    facts: dict[str, Value] = field(default_factory=dict)
    """Fields of the custody record."""
    events: list[dict[str, Value]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    reason: str | None = None
    """Kept with the act, where a fact is corrected."""


@dataclass(frozen=True, slots=True)
class Verb:
    """Something that can be recorded about an arrest."""

    id: str
    title: str
    asks: tuple[Ask, ...]
    states: frozenset[CustodyState]
    """The states in which it is offered; asked for by name it is taken in any that it can be true in."""
    plan: Callable[[Scene, Given], Writing]
    fits: Callable[[Scene], bool] = lambda _: True
    """What besides the state must be so for it to be offered."""

    @property
    def act(self) -> str:
        """The name of the act in the record."""
        return f"custody.{self.id}"
