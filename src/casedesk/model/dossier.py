"""What is written about a case besides its facts: interviews, referrals, worksheets, decisions, documents.

Frozen facts like those of :mod:`casedesk.model.facts`, and stored like them; no rule of the queue reads them, so
they are read only when the case is opened. All of it is work done at the desk.
"""

from dataclasses import dataclass
from datetime import datetime

from casedesk.model.facts import desk
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Interview:
    """What a suspect said when interviewed under caution, by offence. An entry."""

    suspect: EntityId | None = desk("Suspect")
    at: datetime | None = desk("When")
    voluntary: bool | None = desk("Attended voluntarily")
    offence: str | None = desk("About which offence")
    account: str | None = desk("Account")
    """Word of :class:`casedesk.model.words.Account`."""
    legal_advice: str | None = desk("Legal advice")
    """``had``, ``declined`` or ``not-offered``."""
    appropriate_adult: str | None = desk("Appropriate adult", personal=True)
    text: str | None = desk("What was said", personal=True)
    about: EntityId | None = desk("Corrects")
    withdrawn: bool | None = desk("Withdraws")


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """A referral to a service or a panel that was made, or was considered and not made with the reason."""

    subject: EntityId | None = desk("Of whom")
    to: str | None = desk("Referral to")
    """Word of :class:`casedesk.model.words.Service`, or a service's name."""
    why: str | None = desk("Why", personal=True)
    made_on: Moment | None = desk("Made")
    not_made_why: str | None = desk("Why not made", personal=True)
    reference: str | None = desk("Reference")
    result: str | None = desk("Result", personal=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousDisposal:
    """An earlier disposal of a suspect, as the officer read it on the national computer."""

    suspect: EntityId | None = desk("Suspect")
    on: Moment | None = desk("Date")
    disposal: str | None = desk("Disposal")
    offence: str | None = desk("Offence")
    note: str | None = desk("Note", personal=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemandGround:
    """One ground for keeping a person in custody after charge: the evidence for it, the conditions considered."""

    custody: EntityId | None = desk("Custody record")
    ground: str | None = desk("Ground")
    """The id of a ground in the pack ``remand``."""
    relied_on: bool | None = desk("Relied on")
    evidence: str | None = desk("Evidence for it", personal=True)
    conditions: str | None = desk("Why conditions would not do", personal=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A point to prove, with the evidence for it and how far it goes."""

    offence: str | None = desk("Offence")
    what: str | None = desk("Point to prove")
    evidence: str | None = desk("Evidence", personal=True)
    state: str | None = desk("State")
    """``proved``, ``arguable``, ``outstanding`` or ``missing``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision that somebody took and must be able to explain. An entry."""

    kind: str | None = desk("Decision")
    """Word of :class:`casedesk.model.words.DecisionKind`."""
    test: str | None = desk("Test applied")
    """``full-code`` or ``threshold``, where it was a charging decision."""
    result: str | None = desk("Result")
    evidential: str | None = desk("Evidential stage", personal=True)
    public_interest: str | None = desk("Public-interest stage", personal=True)
    text: str | None = desk("Rationale", personal=True)
    by: str | None = desk("Decision maker", personal=True)
    rank: str | None = desk("Rank")
    at: datetime | None = desk("When")
    subject: EntityId | None = desk("Of whom")
    about: EntityId | None = desk("Corrects")
    withdrawn: bool | None = desk("Withdraws")
    answers: tuple[str, ...] | None = desk("Answers on who charges")
    """Each a question of the charging help and its answer: ``plea GAP``, ``suitable yes``, ``hate no``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What an officer was told about their work: for praise or for learning. An entry."""

    officer: str | None = desk("Officer", personal=True)
    theme: str | None = desk("Theme")
    praise: bool | None = desk("Praise")
    text: str | None = desk("Feedback", personal=True)
    at: datetime | None = desk("When")
    about: EntityId | None = desk("Corrects")
    withdrawn: bool | None = desk("Withdraws")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file kept in the store by the hash of its content."""

    name: str | None = desk("File", personal=True)
    title: str | None = desk("Document", personal=True)
    media_type: str | None = desk("Type")
    size: int | None = desk("Bytes")
    sha256: str | None = desk("SHA-256")
    added_at: datetime | None = desk("Attached")
    entry: EntityId | None = desk("Belongs to")
    """The timeline entry, person or exhibit it was attached to; none where it is the case's."""
    removed: bool | None = desk("Taken off")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """One item of evidence: its reference, and where the item is."""

    reference: str | None = desk("Exhibit reference")
    what: str | None = desk("Item", personal=True)
    where: str | None = desk("Where it is")
    found_by: str | None = desk("Produced by", personal=True)
    on: Moment | None = desk("Date")
    note: str | None = desk("Note", personal=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A case given, lent or taken back, with what the receiver must do first. An entry."""

    kind: str | None = desk("Handover")
    """``give``, ``lend`` or ``take-back``."""
    giver: str | None = desk("From")
    receiver: str | None = desk("To")
    first: str | None = desk("To do first", personal=True)
    text: str | None = desk("Note", personal=True)
    at: datetime | None = desk("When")
    until: datetime | None = desk("Lent until")
    about: EntityId | None = desk("Corrects")
    withdrawn: bool | None = desk("Withdraws")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything of this module that hangs on one case, each part in the order it was written."""

    interviews: tuple[tuple[EntityId, Interview], ...] = ()
    referrals: tuple[tuple[EntityId, Referral], ...] = ()
    previous: tuple[tuple[EntityId, PreviousDisposal], ...] = ()
    remand_grounds: tuple[tuple[EntityId, RemandGround], ...] = ()
    points: tuple[tuple[EntityId, Point], ...] = ()
    decisions: tuple[tuple[EntityId, Decision], ...] = ()
    feedback: tuple[tuple[EntityId, Feedback], ...] = ()
    documents: tuple[tuple[EntityId, Document], ...] = ()
    exhibits: tuple[tuple[EntityId, Exhibit], ...] = ()
    handovers: tuple[tuple[EntityId, Handover], ...] = ()
