"""Remand after charge: the grounds, what is weighed, the conditions considered first (pack ``remand``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from casedesk.model.words import Confidence
from casedesk.reference.loading import Row, hint, read_pack


class By(StrEnum):
    """Who decides on bail after charge."""

    CUSTODY_OFFICER = "custody-officer"
    COURT = "court"


class Whose(StrEnum):
    """Whose remand something is about. A child is anybody who appears under 18."""

    EVERYONE = "everyone"
    ADULT = "adult"
    CHILD = "child"


class OnlyFor(StrEnum):
    """What the offence must be for a ground to be open."""

    IMPRISONABLE = "imprisonable"
    NOT_IMPRISONABLE = "not-imprisonable"


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground for keeping somebody in custody."""

    id: str
    by: By
    who: Whose
    only: OnlyFor | None
    title: str
    ask: str
    """What the evidence should show."""
    status: Confidence
    source: str

    def fits(self, *, child: bool) -> bool:
        """Whether it is open for a child, or for an adult."""
        return self.who in (Whose.EVERYONE, Whose.CHILD if child else Whose.ADULT)


@dataclass(frozen=True, slots=True)
class Weighed:
    """One thing that is weighed in deciding."""

    id: str
    title: str
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class BailCondition:
    """A bail condition that is usually considered before custody is asked for."""

    id: str
    title: str
    against: tuple[str, ...]
    """The ids of the grounds that it is meant to meet."""
    court_only: bool
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class RemandNote:
    """What must be borne in mind."""

    id: str
    who: Whose
    text: str
    starts: date | None
    """The first day it applies; None where it always did, as far as is known."""
    status: Confidence
    source: str

    def applies(self, *, child: bool, on: date | None) -> bool:
        """Whether it is to be said of a child or an adult who is dealt with on that day."""
        if self.who not in (Whose.EVERYONE, Whose.CHILD if child else Whose.ADULT):
            return False
        return self.starts is None or on is None or self.starts <= on


@dataclass(frozen=True, slots=True)
class Remand:
    """The whole pack."""

    version: str
    grounds: Mapping[str, Ground]
    factors: Mapping[str, Weighed]
    conditions: Mapping[str, BailCondition]
    notes: Mapping[str, RemandNote]

    def grounds_for(self, *, child: bool) -> tuple[Ground, ...]:
        """The grounds of the worksheet for a child or an adult, in pack order."""
        return tuple(ground for ground in self.grounds.values() if ground.fits(child=child))

    def conditions_against(self, ground_ids: set[str]) -> tuple[BailCondition, ...]:
        """The conditions that are usually meant to meet any of these grounds, in pack order."""
        return tuple(one for one in self.conditions.values() if not ground_ids.isdisjoint(one.against))


def load_remand(overlay: Path | None = None) -> Remand:
    """Load the pack. Raises PackError when a condition names a ground that is not there."""
    pack = read_pack("remand", overlay)
    pack.unknown({"ground", "factor", "condition", "note"})
    grounds = pack.build("ground", _ground)
    return Remand(
        pack.version,
        grounds,
        pack.build("factor", _factor),
        pack.build("condition", lambda row: _condition(row, grounds)),
        pack.build("note", _note),
    )


def _ground(row: Row) -> Ground:
    row.unknown({"id", "by", "who", "only", "title", "ask", "status", "source", "severity"})
    return Ground(
        row.id,
        row.choice("by", By),
        row.choice("who", Whose),
        row.optional_choice("only", OnlyFor),
        row.text("title"),
        row.text("ask"),
        row.choice("status", Confidence),
        row.text("source"),
    )


def _factor(row: Row) -> Weighed:
    row.unknown({"id", "title", "status", "source", "severity"})
    return Weighed(row.id, row.text("title"), row.choice("status", Confidence), row.text("source"))


def _condition(row: Row, grounds: Mapping[str, Ground]) -> BailCondition:
    row.unknown({"id", "title", "against", "by", "status", "source", "severity"})
    against = tuple(row.texts("against"))
    for one in against:
        if one not in grounds:
            raise row.error("against", f"there is no ground “{one}”", hint(one, grounds))
    by = row.text("by")
    if by not in ("everyone", By.COURT):
        raise row.error("by", f"“{by}” is not one of its words", "everyone or court.")
    return BailCondition(
        row.id,
        row.text("title"),
        against,
        by == By.COURT,
        row.choice("status", Confidence),
        row.text("source"),
    )


def _note(row: Row) -> RemandNote:
    row.unknown({"id", "who", "text", "from", "status", "source", "severity"})
    return RemandNote(
        row.id,
        row.choice("who", Whose),
        row.text("text"),
        row.optional_day("from"),
        row.choice("status", Confidence),
        row.text("source"),
    )
