"""What is due and who was arrested, as the views over the whole caseload show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casedesk.model.ids import EntityId
from casedesk.model.moments import from_micros
from casedesk.store.schema import FAR


@dataclass(frozen=True, slots=True)
class DueItem:
    """One limit, duty or action of an open case, and when it is or was due. ``n`` is the case's number here."""

    n: int
    ordinal: int
    """Its place among the reasons of its case."""
    case_id: EntityId
    ref: str
    offence: str
    owner: str
    at: datetime
    band: int
    sentence: str
    clock: str
    """The id of the clock in the pack, where there is one."""
    who: str
    """Who must act, in hyphenated words; empty for the case's owner."""
    legal: bool
    """Whether it is a limit in law."""
    key: str
    """The duty's key, where it is a duty that can be excused."""
    subject: EntityId | None
    """The custody record, person, action or condition it is about."""


@dataclass(frozen=True, slots=True)
class Arrest:
    """One custody record with its case."""

    id: EntityId
    n: int
    case_id: EntityId
    ref: str
    offence: str
    owner: str
    name: str
    number: str
    suite: str
    arrested_at: datetime | None
    state: str
    arrested_for: str
    band: int
    due_at: datetime | None
    """When the case's most pressing reason is due."""
    sentence: str
    """The case's most pressing reason."""


def due_item(row: Sequence[Any]) -> DueItem:
    """A due item from its columns."""
    n, ordinal, case_id, ref, offence, owner, at, band, sentence, clock, who, legal, key, subject = row
    return DueItem(
        n, ordinal, EntityId(case_id), ref or "(no reference)", offence, owner, from_micros(at), band, sentence,
        clock, who, bool(legal), key, None if subject is None else EntityId(subject),
    )  # fmt: skip


def arrest(row: Sequence[Any]) -> Arrest:
    """A custody record from its columns."""
    own, n, case_id, ref, offence, owner, *custody = row
    name, number, suite, arrested, state, arrested_for, band, due, sentence = custody
    return Arrest(
        EntityId(own), n, EntityId(case_id), ref or "(no reference)", offence, owner, name or "", number or "",
        suite or "", None if arrested is None else from_micros(arrested), state or "", arrested_for or "", band,
        None if due == FAR else from_micros(due), sentence,
    )  # fmt: skip
