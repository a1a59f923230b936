"""Finalising a crime: what blocks is refused, warnings are accepted by name, the approval is bound to the facts.

Also reopening, settling two approvals, and which outcome a crime has where its suspects were dealt with differently.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from casedesk.desk.approved_facts import digest, is_changed
from casedesk.desk.check import Covered, is_covered, outcomes_loaded
from casedesk.desk.desk import Desk
from casedesk.desk.finalised_code import as_fields, code_of, has_both, known_codes
from casedesk.desk.resting import with_resting
from casedesk.desk.review_state import (
    differing_approvals,
    is_resubmitted,
    last_return,
    open_rulings_of,
    standing_approvals,
    standing_holds,
)
from casedesk.desk.typed import given, required_text
from casedesk.model.entities import APPROVAL, CASE, HOLD, Entity, Value
from casedesk.model.errors import BadInputError
from casedesk.model.facts import Case, CaseFile
from casedesk.model.finalising import Approval, Finalising
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment, moment, show_instant
from casedesk.model.text import clean
from casedesk.model.words import Severity, Stage
from casedesk.reference.packs import Packs
from casedesk.reference.rows import hint
from casedesk.rules.finalisation import Finding, Verdict
from casedesk.rules.shown import RANK_TITLES
from casedesk.store.finalised import read_finalising

RANKS = tuple(RANK_TITLES)
"""The words for a decision maker's rank."""
RULING = "RULING"
"""The warning of the desk's own that a ruling is still open, or that a cancellation was never approved."""
HELD = "HELD"
"""The warning of the desk's own that the crime is held."""

RETURNED = "RETURNED"
"""The warning of the desk's own that the crime was returned and nothing was done since."""
_OWN = {RULING: "a ruling is awaited or missing", HELD: "held", RETURNED: "out for rework"}

Writes = tuple[Entity, EntityId, dict[str, Value]]
"""Something to be written: which kind of entity, which one, and its fields."""

_CLASS = re.compile(r"\d{3}/\d{2}")


class CannotFinaliseError(BadInputError):
    """A crime cannot be finalised as it stands: a rule blocks, or warnings were not accepted."""

    exit_code = 1

    def __init__(self, message: str, cure: str, short: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message, cure)
        self.short = short
        """Why, in a few words, for a list of many."""
        self.findings = tuple(findings)
        """What blocks, or what warns and was not accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What is decided otherwise than recorded, or was not recorded; None where the record stands."""

    outcome: str | None = None
    """The outcome's code, or a cancellation's, which takes the outcome's place."""
    outcome_date: Moment | None = None
    ho_class: str | None = None
    decided_by: str | None = None
    decided_rank: str | None = None
    rationale: str | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """A crime that may be finalised: the facts as corrected, what the check says of them, what will be written."""

    file: CaseFile
    """The facts as corrected."""
    verdict: Verdict
    warnings: Mapping[str, str]
    """The warnings that were accepted: the id of each with its words."""
    writes: tuple[Writes, ...]

    @property
    def approval_id(self) -> EntityId:
        """The approval that will be written."""
        return self.writes[-1][1]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which outcome a crime has where its suspects were dealt with differently."""

    outcome: str
    rule: str
    """The finalisation rule that asks for the choice."""
    why: str


# -- the verbs --------------------------------------------------------------------------------------------------


def finalise(
    desk: Desk,
    case_id: EntityId,
    *,
    outcome: str | None = None,
    outcome_date: Moment | None = None,
    ho_class: str | None = None,
    decided_by: str | None = None,
    decided_rank: str | None = None,
    rationale: str | None = None,
    accept_warnings: Collection[str] = (),
) -> EntityId:
    """Finalise a crime on its facts, corrected where something is given; returns the approval.

    ``outcome`` is an outcome's code or a cancellation's: the one takes the place of the other.

    Raises CannotFinaliseError where a rule blocks, or warns and is not among ``accept_warnings``; BadInputError for
    a correction that makes no sense, a warning that there is not, or where the crime is finalised already.
    """
    correction = Correction(
        outcome=outcome,
        outcome_date=outcome_date,
        ho_class=ho_class,
        decided_by=decided_by,
        decided_rank=decided_rank,
        rationale=rationale,
    )
    _refuse_unknown_warnings(desk, accept_warnings)
    file = desk.case(case_id).file
    left = read_finalising(desk.store.connection, case_id)
    ready = prepare(desk, file, left, correction, accept_warnings)
    with desk.store.unit_of_work("finalise") as unit:
        for entity, entity_id, said in ready.writes:
            write = unit.entry if entity.entry else unit.set
            write(entity, entity_id, case_id, said)
    return ready.approval_id


def prepare(
    desk: Desk,
    file: CaseFile,
    left: Finalising,
    correction: Correction,
    accept_warnings: Collection[str] = (),
    covered: Covered | None = None,
) -> Ready:
    """Check that a crime may be finalised, and say what that would write. Raises as :func:`finalise` does.

    Where many are checked ``covered`` is read once: :func:`casedesk.desk.check.covered_months`.
    """
    _refuse_if_finalised(file, left)
    changed = _changes(desk.packs, file, correction)
    corrected = replace(file, case=replace(file.case, **changed))
    case = corrected.case
    ref = case.ref or "The crime"
    if not (case.outcome or case.cancel_code):
        raise CannotFinaliseError(
            f"{ref} has no outcome.",
            "Give the outcome that the facts support; “check” says which those are.",
            "no outcome",
        )
    if has_both(case):
        raise CannotFinaliseError(
            f"{ref} has both outcome {case.outcome} and cancellation {case.cancel_code}.",
            f"Say which it is: give {case.outcome} or {case.cancel_code} as the outcome.",
            "outcome and cancellation",
        )
    verdict = judge(desk, corrected, covered)
    blocking = [one for one in verdict.findings if one.severity is Severity.BLOCK]
    if blocking:
        raise _blocked(ref, blocking)
    warnings = open_warnings(left, file, verdict, case)
    refused = {rule: why for rule, why in warnings.items() if rule not in accept_warnings}
    if refused:
        raise CannotFinaliseError(
            f"{ref} has warnings. {' '.join(f'{rule}: {why}' for rule, why in refused.items())}",
            f"Put them right, or accept them by name: {', '.join(refused)}.",
            _OWN.get(next(iter(refused)), "warnings to look at")
            if len(refused) == 1
            else "warnings to look at",
            [one for one in verdict.findings if one.rule in refused],
        )
    return Ready(
        corrected, verdict, warnings, tuple(_writes(desk, corrected, left, changed, verdict, warnings))
    )


def reopen(desk: Desk, case_id: EntityId, why: str) -> None:
    """Open a finalised crime again, with the reason; its approvals are withdrawn and stay in sight.

    It is then to be finalised anew where an outcome is proposed, and otherwise open.

    Raises BadInputError without a reason, or where the crime is not finalised.
    """
    said = required_text(why, "The reason")
    file = desk.case(case_id).file
    approvals = standing_approvals(read_finalising(desk.store.connection, case_id))
    if not approvals and file.case.stage != Stage.FINALISED:
        raise BadInputError(
            f"{file.case.ref or 'The crime'} is not finalised.", "There is nothing to reopen."
        )
    with desk.store.unit_of_work("reopen") as unit:
        for approval_id, _ in approvals:
            unit.entry(APPROVAL, new_id(), case_id, _withdrawal(desk, approval_id, said))
        stage = Stage.SUBMITTED if code_of(file.case) else Stage.OPEN
        unit.set(CASE, case_id, case_id, {"stage": stage.value, "stage_note": said})


def settle_approvals(desk: Desk, case_id: EntityId, keep: EntityId, why: str) -> None:
    """Decide which of several approvals stands, with the reason: the others are withdrawn, the record follows it.

    Raises BadInputError without a reason, where no two differ, or where ``keep`` is none of them.
    """
    said = required_text(why, "The reason")
    approvals = dict(differing_approvals(read_finalising(desk.store.connection, case_id)))
    if not approvals:
        raise BadInputError("There are no two approvals that differ.", "Nothing to settle.")
    if keep not in approvals:
        raise BadInputError("That approval does not stand.", "Choose one of those shown.")
    kept = approvals[keep]
    case = desk.case(case_id).file.case
    said_by_it: dict[str, Value] = {"stage": Stage.FINALISED.value, "ho_class": kept.ho_class}
    if kept.outcome != code_of(case) or has_both(case):
        said_by_it |= as_fields(kept.outcome)
    if kept.outcome_date != case.outcome_date:
        said_by_it["outcome_date"] = kept.outcome_date
    with desk.store.unit_of_work("finalise.settle") as unit:
        unit.set(CASE, case_id, case_id, said_by_it)
        for approval_id in approvals.keys() - {keep}:
            unit.entry(APPROVAL, new_id(), case_id, _withdrawal(desk, approval_id, said))


# -- what it rests on -------------------------------------------------------------------------------------------


def judge(desk: Desk, file: CaseFile, covered: Covered | None = None) -> Verdict:
    """What the check says of these facts. For one crime the store is asked about its month alone."""
    loaded = (
        outcomes_loaded(desk.store.connection, file) if covered is None else is_covered(file.case, covered)
    )
    file = with_resting(desk.packs, desk.store.connection, file)
    return desk.checker.check(file, desk.now, possible=False, outcome_extract_loaded=loaded)


def chosen_outcome(file: CaseFile, packs: Packs) -> Chosen | None:
    """The outcome that the force's list gives a crime whose suspects were dealt with differently.

    None where they were dealt with alike, or the list names none of their disposals: then a person decides.
    """
    disposals = {one.disposal for _, one in file.suspects if one.disposal}
    code = packs.rulings.chosen(disposals) if len(disposals) > 1 else None
    if code is None:
        return None
    held = ", ".join(sorted(disposals))
    return Chosen(code, packs.rulings.several_rule, f"{packs.rulings.several_text}: {code} of {held}")


def _refuse_if_finalised(file: CaseFile, left: Finalising) -> None:
    approvals = standing_approvals(left)
    if file.case.stage != Stage.FINALISED or not approvals:
        return
    ref = file.case.ref or "The crime"
    if differing_approvals(left):
        raise BadInputError(f"{ref} was finalised twice, and not alike.", "Settle which approval stands.")
    last = next((one for _, one in reversed(approvals) if not is_changed(file, one)), None)
    if last is not None:
        when = f", {show_instant(last.at)}" if last.at else ""
        raise BadInputError(f"{ref} is finalised already{when}.", "Reopen it first, with the reason.")


def _refuse_unknown_warnings(desk: Desk, accepted: Collection[str]) -> None:
    """A slip in a rule's name must not look as if something was accepted."""
    for rule in accepted:
        if rule not in _OWN and desk.checker.rule(rule) is None:
            known = [*(one.id for one in desk.checker.rules), *_OWN]
            raise BadInputError(
                f"There is no warning {clean(rule)!r} to accept.",
                hint(rule, known) or "Name a rule that warns: “check” shows them.",
            )


def _changes(packs: Packs, file: CaseFile, correction: Correction) -> dict[str, Any]:
    """The fields that a correction gives another value. Raises BadInputError for a value that makes no sense."""
    made: dict[str, Any] = {}
    for field in fields(correction):
        value = getattr(correction, field.name)
        if value is None:
            continue
        said = required_text(value, CASE.by_name[field.name].title)
        _CHECKS.get(field.name, lambda _packs, _said: None)(packs, said)
        wanted: dict[str, Any] = as_fields(said) if field.name == "outcome" else {field.name: said}
        made |= {name: one for name, one in wanted.items() if one != (getattr(file.case, name) or None)}
    return made


def _check_outcome(packs: Packs, said: str) -> None:
    codes = known_codes(packs)
    if said not in codes:
        raise BadInputError(
            f"{clean(said)!r} is not an outcome that a force can give.",
            hint(said, list(codes)) or f"One of: {', '.join(codes)}.",
        )


def _check_date(_packs: Packs, said: str) -> None:
    try:
        moment(said)
    except ValueError:
        raise BadInputError(f"{clean(said)!r} is not a date.", "Write it as 2026-11-21.") from None


def _check_class(_packs: Packs, said: str) -> None:
    if not _CLASS.fullmatch(said):
        raise BadInputError(f"{clean(said)!r} is not a Home Office class.", "Write it as 008/06.")


def _check_rank(_packs: Packs, said: str) -> None:
    if said not in RANKS:
        raise BadInputError(f"{clean(said)!r} is not a rank.", f"One of: {', '.join(RANKS)}.")


_CHECKS = {
    "outcome": _check_outcome,
    "outcome_date": _check_date,
    "ho_class": _check_class,
    "decided_rank": _check_rank,
}


def _blocked(ref: str, blocking: Sequence[Finding]) -> CannotFinaliseError:
    cures = dict.fromkeys(one.fix for one in blocking)
    return CannotFinaliseError(
        f"{ref} cannot be finalised: {' '.join(f'{one.rule}: {one.message}' for one in blocking)}",
        " ".join(cures),
        "something blocks",
        blocking,
    )


def open_warnings(
    left: Finalising, file: CaseFile, verdict: Verdict, corrected: Case | None = None
) -> dict[str, str]:
    """What must be accepted by name, each with its words: the rules that warn, and what the desk itself knows.

    ``corrected`` is the record as it will be, where that is not as it stands.
    """
    cancelled = (corrected or file.case).cancel_code
    found = {one.rule: one.message for one in verdict.findings if one.severity is Severity.WARN}
    if open_rulings_of(left):
        found[RULING] = "A ruling is still awaited."
    elif cancelled and not _is_approved(left, cancelled):
        found[RULING] = f"No ruling approves cancellation {cancelled}."
    if standing_holds(left):
        found[HELD] = "The crime is held."
    if file.case.stage == Stage.RETURNED and last_return(left) and not is_resubmitted(file, left):
        found[RETURNED] = "The crime is out for rework and has not come back."
    return found


def _is_approved(left: Finalising, code: str) -> bool:
    return any(
        one.kind == "cancellation" and one.code == code and one.answer == "approved"
        for _, one in left.rulings
    )


def _writes(
    desk: Desk,
    file: CaseFile,
    left: Finalising,
    changed: dict[str, Value],
    verdict: Verdict,
    warnings: Collection[str],
) -> Iterator[Writes]:
    case = file.case
    stage: dict[str, Value] = {"stage": Stage.FINALISED.value}
    if case.stage_note:
        stage["stage_note"] = None
    yield CASE, file.id, {**changed, **stage}
    for hold_id, _ in standing_holds(left):
        yield HOLD, new_id(), {"at": desk.now, "about": hold_id, "withdrawn": True}
    earlier = standing_approvals(left)
    for approval_id, _ in earlier[:-1]:
        yield APPROVAL, new_id(), _withdrawal(desk, approval_id, "Finalised anew")
    approval: dict[str, Value] = {
        "outcome": code_of(case),
        "outcome_date": case.outcome_date,
        "ho_class": case.ho_class,
        "corrected": tuple(changed),
        "decided_by": case.decided_by,
        "decided_rank": case.decided_rank,
        "rationale": case.rationale,
        "verdict": Severity.WARN.value if warnings else verdict.verdict,
        "rules": tuple(warnings),
        "facts": digest(file),
        "at": desk.now,
        "about": earlier[-1][0] if earlier else None,
    }
    yield APPROVAL, new_id(), given(approval)


def _withdrawal(desk: Desk, approval_id: EntityId, why: str) -> dict[str, Value]:
    return {"at": desk.now, "about": approval_id, "withdrawn": True, "text": why}


def summary(approval: Approval) -> str:
    """An approval in a line: ``16, accepted with V05``."""
    parts = [approval.outcome or "no outcome"]
    if approval.corrected:
        parts.append(
            f"corrected: {', '.join(CASE.by_name[name].title.lower() for name in approval.corrected)}"
        )
    if approval.rules:
        parts.append(f"accepted with {', '.join(approval.rules)}")
    return ", ".join(parts)
