"""The registry of what the store keeps: every kind of entity, its fields, their types and owners.

Derived from :mod:`casedesk.model.facts`, so that a field is written once. The journal carries values in the
form of :meth:`Field.to_json`, the tables in the form of :meth:`Field.to_column`.
"""

import json
import typing
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from types import NoneType
from typing import Any

from casedesk.model import clinic, dossier, facts, finalising, team
from casedesk.model.ids import EntityId, decode, encode
from casedesk.model.moments import Moment, from_micros, moment, to_micros
from casedesk.model.text import harmless

Value = str | int | bool | datetime | bytes | tuple[str, ...] | None
Json = str | int | bool | list[str] | None
Column = str | int | bytes | None


class Kind(StrEnum):
    """How a field's value is typed."""

    TEXT = "text"
    INT = "int"
    FLAG = "flag"
    INSTANT = "instant"
    MOMENT = "moment"
    LIST = "list"
    REFERENCE = "reference"


_KINDS: dict[object, Kind] = {
    str: Kind.TEXT,
    int: Kind.INT,
    bool: Kind.FLAG,
    datetime: Kind.INSTANT,
    Moment: Kind.MOMENT,
    EntityId: Kind.REFERENCE,
    tuple[str, ...]: Kind.LIST,
}


_FIRST, _LAST = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC)
"""Between them an instant can be written in every zone, and read again."""


def _same(value: Any) -> Any:
    return value


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise TypeError("text expected")
    return raw


def _int(raw: Any) -> int:
    if type(raw) is not int:
        raise TypeError("a whole number expected")
    if not -(2**63) <= raw < 2**63:
        raise ValueError("a number larger than any table keeps")
    return raw


def _flag(raw: Any) -> bool:
    if type(raw) is not bool:
        raise TypeError("true or false expected")
    return raw


def _safe_text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("text expected")
    return harmless(value)


def _instant(raw: Any) -> datetime:
    instant = datetime.fromisoformat(_text(raw))
    if instant.tzinfo is None:
        raise ValueError("an instant must know its time zone")
    if not _FIRST <= instant <= _LAST:
        raise ValueError("an instant that no clock shows everywhere")
    return instant


def _list(raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list):
        raise TypeError("a list expected")
    return tuple(_text(word) for word in raw)


def _instant_text(value: datetime) -> str:
    """Write an instant in UTC, so that one instant has one text whatever zone it was given in."""
    if value.tzinfo is None:
        raise ValueError("an instant must know its time zone")
    return value.astimezone(UTC).isoformat()


_FROM_JSON: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: _text,
    Kind.INT: _int,
    Kind.FLAG: _flag,
    Kind.INSTANT: _instant,
    Kind.MOMENT: lambda raw: moment(_text(raw)),
    Kind.LIST: _list,
    Kind.REFERENCE: lambda raw: EntityId(decode(_text(raw))),
}
_TO_JSON: dict[Kind, Callable[[Any], Json]] = {
    Kind.TEXT: _safe_text,
    Kind.INT: _same,
    Kind.FLAG: _same,
    Kind.INSTANT: _instant_text,
    Kind.MOMENT: _same,
    Kind.LIST: lambda value: [_safe_text(word) for word in value],
    Kind.REFERENCE: encode,
}
_TO_COLUMN: dict[Kind, Callable[[Any], Column]] = {
    Kind.TEXT: _same,
    Kind.INT: _same,
    Kind.FLAG: int,
    Kind.INSTANT: to_micros,
    Kind.MOMENT: _same,
    Kind.LIST: lambda value: json.dumps(list(value), ensure_ascii=False),
    Kind.REFERENCE: _same,
}
_FROM_COLUMN: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: _same,
    Kind.INT: _same,
    Kind.FLAG: bool,
    Kind.INSTANT: from_micros,
    Kind.MOMENT: _same,
    Kind.LIST: lambda raw: tuple(json.loads(raw)),
    Kind.REFERENCE: EntityId,
}
SQL_TYPES = {
    Kind.TEXT: "TEXT",
    Kind.INT: "INTEGER",
    Kind.FLAG: "INTEGER",
    Kind.INSTANT: "BIGINT",
    Kind.MOMENT: "TEXT",
    Kind.LIST: "TEXT",
    Kind.REFERENCE: "BLOB",
}
"""The column type of each kind of field."""


@dataclass(frozen=True)
class Field:
    """One field of an entity. ``bit`` is its place in the stored field masks and never changes."""

    name: str
    kind: Kind
    bit: int
    title: str
    extract_owned: bool
    personal: bool

    @cached_property
    def to_json(self) -> Callable[[Any], Json]:
        """Writes a value (not None) as the journal carries it."""
        return _TO_JSON[self.kind]

    @cached_property
    def from_json(self) -> Callable[[Any], Any]:
        """Reads a journal value (not None). Raises TypeError or ValueError when it is not of this kind."""
        return _FROM_JSON[self.kind]

    @cached_property
    def to_column(self) -> Callable[[Any], Column]:
        """Writes a value (not None) as the table keeps it."""
        return _TO_COLUMN[self.kind]

    @cached_property
    def from_column(self) -> Callable[[Any], Any]:
        """Reads a table's value (not None)."""
        return _FROM_COLUMN[self.kind]


@dataclass(frozen=True)
class Entity:
    """One kind of entity: the table that keeps it, the fact class that shows it, and how it merges.

    An ``entry`` is immutable: written once, and corrected only by another. Other entities merge field by field.
    """

    name: str
    facts: type[Any]
    entry: bool
    fields: tuple[Field, ...]

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """The fields by their names."""
        return {field.name: field for field in self.fields}

    @cached_property
    def bits(self) -> dict[str, int]:
        """Each field's bit as a mask (``1 << bit``)."""
        return {field.name: 1 << field.bit for field in self.fields}

    def names_in(self, mask: int) -> list[str]:
        """The names of the fields whose bits are set in ``mask``."""
        return [field.name for field in self.fields if mask >> field.bit & 1]

    def from_columns(self, values: typing.Sequence[Any]) -> Any:
        """Build the fact from the values of its columns, in field order."""
        return self.facts(
            **{
                field.name: field.from_column(raw)
                for field, raw in zip(self.fields, values, strict=True)
                if raw is not None
            }
        )


def _entity(name: str, cls: type[Any], *, entry: bool = False) -> Entity:
    hints = typing.get_type_hints(cls)
    made = []
    for bit, declared in enumerate(fields(cls)):
        (of,) = (part for part in typing.get_args(hints[declared.name]) if part is not NoneType)
        meta = declared.metadata
        made.append(
            Field(declared.name, _KINDS[of], bit, meta["title"], meta["owner"] == "extract", meta["personal"])
        )
    return Entity(name, cls, entry, tuple(made))


CASE = _entity("case", facts.Case)
SUSPECT = _entity("suspect", facts.Suspect)
VICTIM = _entity("victim", facts.Victim)
CUSTODY = _entity("custody", facts.Custody)
OUTCOME_RECORD = _entity("outcome_record", facts.OutcomeRecord)
ACTION = _entity("action", facts.Action)
CONTACT = _entity("contact", facts.Contact, entry=True)
LOG_ENTRY = _entity("log_entry", facts.LogEntry, entry=True)
CASE_FLAG = _entity("case_flag", facts.CaseFlag)
CASE_EVENT = _entity("case_event", facts.CaseEvent, entry=True)
GRADING = _entity("grading", facts.Grading, entry=True)
EXCUSE = _entity("excuse", facts.Excuse, entry=True)
WITNESS = _entity("witness", facts.Witness)
CONDITION = _entity("condition", facts.Condition)
ABSENCE = _entity("absence", facts.Absence)
INTERVIEW = _entity("interview", dossier.Interview, entry=True)
REFERRAL = _entity("referral", dossier.Referral)
PREVIOUS_DISPOSAL = _entity("previous_disposal", dossier.PreviousDisposal)
REMAND_GROUND = _entity("remand_ground", dossier.RemandGround)
POINT = _entity("point", dossier.Point)
DECISION = _entity("decision", dossier.Decision, entry=True)
FEEDBACK = _entity("feedback", dossier.Feedback, entry=True)
DOCUMENT = _entity("document", dossier.Document)
EXHIBIT = _entity("exhibit", dossier.Exhibit)
HANDOVER = _entity("handover", dossier.Handover, entry=True)
APPROVAL = _entity("approval", finalising.Approval, entry=True)
RETURN = _entity("return", finalising.Return, entry=True)
HOLD = _entity("hold", finalising.Hold, entry=True)
RULING = _entity("ruling", finalising.Ruling)
KEYED = _entity("keyed", finalising.Keyed, entry=True)
AUDIT = _entity("audit", finalising.Audit, entry=True)
CLINIC = _entity("clinic", clinic.Clinic)
APPOINTMENT = _entity("appointment", facts.Appointment)
EVIDENCE_REVIEW = _entity("evidence_review", clinic.EvidenceReview)
GRAVITY = _entity("gravity", clinic.Gravity)
ASSESSMENT = _entity("assessment", clinic.Assessment)
ANSWER = _entity("answer", clinic.Answer)
RESOLUTION = _entity("resolution", clinic.Resolution)
MEMBER = _entity("member", team.Member)
RESTRICTION = _entity("restriction", team.Restriction)
MEDIUM = _entity("medium", team.Medium)
FORMER_NAME = _entity("former_name", team.FormerName, entry=True)

RESTING = _entity("resting", facts.Resting)
"""Told from other facts and never stored: not among :data:`ENTITIES`."""

ENTITIES = {
    entity.name: entity
    for entity in (
        CASE,
        SUSPECT,
        VICTIM,
        CUSTODY,
        OUTCOME_RECORD,
        ACTION,
        CONTACT,
        LOG_ENTRY,
        CASE_FLAG,
        CASE_EVENT,
        GRADING,
        EXCUSE,
        WITNESS,
        CONDITION,
        ABSENCE,
        INTERVIEW,
        REFERRAL,
        PREVIOUS_DISPOSAL,
        REMAND_GROUND,
        POINT,
        DECISION,
        FEEDBACK,
        DOCUMENT,
        EXHIBIT,
        HANDOVER,
        APPROVAL,
        RETURN,
        HOLD,
        RULING,
        KEYED,
        AUDIT,
        CLINIC,
        APPOINTMENT,
        EVIDENCE_REVIEW,
        GRAVITY,
        ASSESSMENT,
        ANSWER,
        RESOLUTION,
        MEMBER,
        RESTRICTION,
        MEDIUM,
        FORMER_NAME,
    )
}
"""Every kind of entity this program knows, by name."""
