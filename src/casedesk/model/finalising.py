"""What finalising a crime leaves behind: approvals, returns, rulings, what was keyed, audits.

Frozen facts like those of :mod:`casedesk.model.facts`, all of it work done at the desk. Two people who review one
crime offline both leave their entry: neither takes the other's place.
"""

from dataclasses import dataclass
from datetime import datetime

from casedesk.model.facts import desk
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A crime finalised: the outcome approved and the very facts it was approved on. An entry."""

    outcome: str | None = desk("Outcome")
    outcome_date: Moment | None = desk("Outcome date")
    ho_class: str | None = desk("HO class")
    corrected: tuple[str, ...] | None = desk("Corrected")
    """The facts that were corrected on the way: ``outcome``, ``outcome_date``, ``ho_class``."""
    decided_by: str | None = desk("Decision maker", personal=True)
    decided_rank: str | None = desk("Decision maker's rank")
    rationale: str | None = desk("Rationale", personal=True)
    verdict: str | None = desk("What the check said")
    """``clean`` or ``warn``; nothing that blocks is approved."""
    rules: tuple[str, ...] | None = desk("Warnings accepted")
    """The ids of the rules whose warning was looked at and accepted."""
    facts: str | None = desk("Facts approved")
    """Digest of the facts that the check judges: a later change shows."""
    at: datetime | None = desk("When")
    about: EntityId | None = desk("Corrects")
    withdrawn: bool | None = desk("Withdraws")
    """With ``about``: the crime is open again."""
    text: str | None = desk("Why reopened", personal=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A crime sent back for rework: why, to whom, by when. An entry; each round is one."""

    reasons: tuple[str, ...] | None = desk("Reasons")
    """Ids of reasons of the pack ``returns``, or of rules."""
    text: str | None = desk("Message", personal=True)
    to: str | None = desk("Returned to", personal=True)
    due_on: Moment | None = desk("Wanted back by")
    number: int | None = desk("Round")
    """1 for the first return."""
    escalated_to: str | None = desk("Escalated to", personal=True)
    outcome: str | None = desk("Outcome as submitted")
    facts: str | None = desk("Facts as submitted")
    """Digest of the facts that were judged: when they differ the work was done again."""
    at: datetime | None = desk("When")
    about: EntityId | None = desk("Corrects")
    withdrawn: bool | None = desk("Withdraws")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A crime that waits in the review, with the reason. An entry; withdrawn, it waits no more."""

    why: str | None = desk("Held because", personal=True)
    until: Moment | None = desk("Held until")
    at: datetime | None = desk("When")
    about: EntityId | None = desk("Corrects")
    withdrawn: bool | None = desk("Withdraws")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A question for the designated decision maker or the Force Crime Registrar, and the answer."""

    kind: str | None = desk("Ruling on")
    """``cancellation``, ``reclassification``, ``n100`` or ``outcome``."""
    code: str | None = desk("Code")
    """The cancellation code, the outcome or the N100 reason asked for."""
    from_class: str | None = desk("From HO class")
    to_class: str | None = desk("To HO class")
    reason: str | None = desk("Reason", personal=True)
    information: str | None = desk("Additional verifiable information", personal=True)
    evidence_kind: str | None = desk("Kind of evidence")
    principal_checked: bool | None = desk("Principal crime checked")
    asked_by: str | None = desk("Asked by")
    asked_at: datetime | None = desk("Asked")
    authority: str | None = desk("Who may decide")
    """``ddm``, ``fcr`` or a rank."""
    due_on: Moment | None = desk("Decision due")
    answer: str | None = desk("Answer")
    """``approved``, ``refused`` or ``sent-back``."""
    decider: str | None = desk("Decided by", personal=True)
    decider_rank: str | None = desk("Decider's rank")
    decided_at: datetime | None = desk("Decided")
    why: str | None = desk("Why", personal=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """That an approval was keyed into the records system. An entry."""

    approval: EntityId | None = desk("Approval")
    outcome: str | None = desk("Keyed outcome")
    batch: str | None = desk("Worklist")
    at: datetime | None = desk("When")
    about: EntityId | None = desk("Corrects")
    withdrawn: bool | None = desk("Withdraws")


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """One crime of a dip sample, judged again by an auditor. An entry."""

    sample: str | None = desk("Sample")
    """The sample's name: its seed and criteria make it repeatable."""
    agrees: bool | None = desk("Agrees with the outcome")
    right: str | None = desk("Outcome that would be right")
    themes: tuple[str, ...] | None = desk("Findings")
    text: str | None = desk("Remarks", personal=True)
    at: datetime | None = desk("When")
    about: EntityId | None = desk("Corrects")
    withdrawn: bool | None = desk("Withdraws")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finalising:
    """Everything of this module that hangs on one case, each part in the order it was written."""

    approvals: tuple[tuple[EntityId, Approval], ...] = ()
    returns: tuple[tuple[EntityId, Return], ...] = ()
    holds: tuple[tuple[EntityId, Hold], ...] = ()
    rulings: tuple[tuple[EntityId, Ruling], ...] = ()
    keyed: tuple[tuple[EntityId, Keyed], ...] = ()
    audits: tuple[tuple[EntityId, Audit], ...] = ()
