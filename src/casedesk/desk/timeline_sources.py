"""What a timeline is made from, and what its events have in common: who wrote an entry, why it no longer stands."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from casedesk.desk.case_asks import (
    RANK_TITLES,
)
from casedesk.desk.timeline import End, Event
from casedesk.desk.timeline_trace import Trace
from casedesk.model.clinic import ClinicFile
from casedesk.model.dossier import Dossier
from casedesk.model.entities import (
    Entity,
)
from casedesk.model.facts import CaseFile
from casedesk.model.finalising import Finalising
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_moment
from casedesk.model.text import folded
from casedesk.reference.packs import Packs


@dataclass(frozen=True)
class Sources:
    """What a timeline is made from."""

    file: CaseFile
    dossier: Dossier
    trace: Trace | None
    packs: Packs | None
    clinic: ClinicFile
    left: Finalising
    """What finalising left behind."""

    @cached_property
    def names(self) -> Mapping[EntityId, str]:
        """What everybody of the case is called; those of one name are told apart."""
        parts: tuple[tuple[str, Sequence[tuple[EntityId, Any]]], ...] = (
            ("victim", self.file.victims),
            ("suspect", self.file.suspects),
            ("witness", self.file.witnesses),
        )
        alike = Counter(_alike(one.name) for _, held in parts for _, one in held)
        found = {
            key: _apart(one, f"{word} {number}" if len(held) > 1 else word)
            if one.name and alike[_alike(one.name)] > 1
            else one.name or f"the {word}"
            for word, held in parts
            for number, (key, one) in enumerate(held, 1)
        }
        for key, custody in self.file.custody:
            found[key] = found.get(custody.suspect, "") if custody.suspect else ""
        return found

    def name(self, key: EntityId | None, otherwise: str = "") -> str:
        """What somebody is called."""
        return self.names.get(key, otherwise) if key is not None else otherwise

    def who(self, key: EntityId) -> str | Callable[[], str]:
        """Who wrote an entry."""
        return partial(self.trace.who, key) if self.trace else ""

    def who_set(self, entity: Entity, key: EntityId, field: str) -> str | Callable[[], str]:
        """Who set a fact."""
        return partial(self.trace.who_set, entity, key, field) if self.trace else ""

    def set_at(self, entity: Entity, key: EntityId, field: str) -> datetime | None:
        """When a fact was set at a desk."""
        found = self.trace.wrote(entity, key, field) if self.trace else None
        return found.at if found else None


def _alike(name: str | None) -> str:
    return " ".join(folded(name or "").split())


def _apart(one: Any, role: str) -> str:
    """Somebody whose name another person of the case has too: ``John Smith (suspect 2, born 2 Feb 1990)``."""
    dob = getattr(one, "dob", None)
    return f"{one.name} ({role}{f', born {show_moment(dob)}' if dob else ''})"


def entry_event(
    of: Sources,
    entity: Entity,
    key: EntityId,
    one: Any,
    kind: str,
    text: str | Callable[[], str],
    end: End | None,
    also: str = "",
) -> Event:
    """An entry that has a time as an event, with who wrote it and what it corrects."""
    return Event(
        one.at, kind, text, of.who(key),
        entity=entity.name, entry=key, corrects=one.about, end=end, also=also,
    )  # fmt: skip


def entries(
    of: Sources, entries: tuple[tuple[EntityId, Any], ...]
) -> Iterator[tuple[EntityId, Any, End | None]]:
    """The entries that have a time and say something, each with why it no longer stands."""
    ends = ends_of(of, entries)
    for key, one in entries:
        if one.at and not one.withdrawn:
            yield key, one, ends.get(key)


def ends_of(of: Sources, entries: tuple[tuple[EntityId, Any], ...]) -> dict[EntityId, End]:
    """Why entries no longer stand. What was itself withdrawn ends nothing."""
    pointing = [(key, one) for key, one in entries if one.about is not None]
    by_target: dict[EntityId, list[EntityId]] = {}
    for key, one in pointing:
        by_target.setdefault(one.about, []).append(key)
    known: dict[EntityId, bool] = {}

    def stands(key: EntityId) -> bool:
        if key not in known:
            known[key] = True  # a ring of entries about each other, which no desk writes, must end
            known[key] = not any(stands(later) for later in by_target.get(key, ()))
        return known[key]

    return {
        one.about: End(
            "withdrawn" if one.withdrawn else "corrected",
            key,
            one.at,
            getattr(one, "text", None) or getattr(one, "why", None) or "" if one.withdrawn else "",
            of.who(key),
        )
        for key, one in pointing
        if stands(key)
    }


def plain(word: str) -> str:
    """A word of ours for a person: ``first-hearing`` as ``First hearing``."""
    return word.replace("-", " ").capitalize()


def colon(text: str | None) -> str:
    """A text after a colon, where there is one."""
    return f": {text}" if text else ""


def and_rank(by: str | None, rank: str | None) -> str:
    """A person with their rank, as far as either is known."""
    title = RANK_TITLES.get(rank or "", rank or "")
    return f"{by} ({title.lower()})" if by and title else by or title
