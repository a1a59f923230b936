"""What the steps of a resolution have in common: the state asked for, what stands in the way, the decision kept."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from casedesk.desk.after_decision import outcome_is_ours, was_put_back
from casedesk.desk.desk import Desk
from casedesk.desk.evidential import CHANGED, gate
from casedesk.desk.matter import Matter, read_matter
from casedesk.desk.needs import open_matters
from casedesk.desk.resolution_apart import refuse_apart
from casedesk.desk.resting import refuse_disputed
from casedesk.desk.typed import given, not_future
from casedesk.model.entities import DECISION, Value
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import show_instant
from casedesk.model.words import DecisionKind, ResolutionState, Stage, SuspectStatus
from casedesk.rules.clinic.eligibility import RuleFinding
from casedesk.store.journal import Unit


def expect(
    desk: Desk, case_id: EntityId, suspect: EntityId | None, *states: ResolutionState
) -> tuple[Matter, EntityId]:
    """The matter and its resolution, in one of these states.

    Raises BadInputError where there is none such, or where desks disagree on it and nobody decided.
    """
    matter = read_matter(desk, case_id, suspect)
    if matter.current is None:
        raise BadInputError("No disposal is chosen yet.", "Choose one first.")
    own, held = matter.current
    refuse_disputed(matter, own)
    if held.state not in states:
        raise BadInputError(
            f"The resolution is {held.state or 'not begun'}.",
            f"That can be done while it is {' or '.join(str(one) for one in ResolutionState if one in states)}.",
        )
    return matter, own


def refuse_gate(desk: Desk, matter: Matter, disposal: str) -> None:
    """Raise BadInputError, with rule R02 or E22, where the evidential review does not let a disposal go on."""
    why = gate(desk.packs, matter, disposal)
    if why and why.startswith(CHANGED):
        raise BadInputError(
            f"E22: {why} (control of casedesk)",
            "Put the review right, or complete it again where its result holds.",
        )
    if why:
        raise BadInputError(
            f"R02: {why} (Full Code Test; Criminal Justice Act 2003 s.23 for a conditional caution)",
            "Complete or correct the evidential review.",
        )


def refuse_settled(desk: Desk, matter: Matter) -> None:
    """Raise BadInputError where the crime is finalised, or charge or outcome are on record that none here gave.

    And where the suspect has no name on record, or desks chose apart and nobody said which stands.
    """
    case = matter.file.case
    if not (matter.person.name or "").strip():
        raise BadInputError(
            "The suspect has no name on record.",
            "A resolution is given to somebody: have the name recorded first.",
        )
    refuse_apart(desk, matter)
    if case.stage == Stage.FINALISED:
        raise BadInputError("The crime is finalised.", "Reopen it first, with the reason.")
    if matter.person.status == SuspectStatus.CHARGED:
        raise BadInputError(
            f"{matter.name} is recorded as charged.",
            "Where that is wrong, have it put right in the record first.",
        )
    if case.outcome and not outcome_is_ours(matter) and not was_put_back(desk, matter):
        raise BadInputError(
            f"Outcome {case.outcome} is on record, and no resolution here gave it.",
            "Have the case returned for rework with the reason, or reopened where it was finalised; then decide anew.",
        )


def refuse_open_matters(desk: Desk, matter: Matter) -> None:
    """Raise BadInputError for what a needs assessment raised, holds a resolution, and nobody dealt with."""
    held = open_matters(desk, matter)
    if held:
        raise BadInputError(
            f"The needs assessment raised, and nothing is recorded of: {'; '.join(one.title for one in held)} "
            "(control of casedesk).",
            f"{held[0].action} Record it as made, or not made with the reason.",
        )


def not_before(desk: Desk, at: datetime | None, earlier: datetime | None, what: str) -> datetime:
    """When a step was taken: the time given, or now. Raises BadInputError before the step it follows, ``what``.

    Times are typed to the minute; without one it is never before that step, whichever desk's clock wrote that.
    """
    when = not_future(desk, at)
    if earlier is None:
        return when
    if at is None:
        return max(when, earlier)
    if when < earlier.replace(second=0, microsecond=0):
        raise BadInputError(
            f"{show_instant(when)} lies before it was {what} ({show_instant(earlier)}).", "Check both times."
        )
    return when


def without(findings: Iterable[RuleFinding], facts: Collection[str]) -> tuple[RuleFinding, ...]:
    """The findings but those that rest on what nobody can know yet."""
    return tuple(one for one in findings if not any(fact.name in facts for fact in one.facts))


def record(
    unit: Unit,
    matter: Matter,
    kind: DecisionKind,
    result: str,
    text: str,
    who: str,
    rank: str,
    when: datetime,
    **fields: Any,
) -> None:
    """Keep a decision about the suspect in the case, within a unit of work."""
    said: dict[str, Value] = {
        "kind": kind.value,
        "result": result,
        "text": text,
        "by": who,
        "rank": rank,
        "at": when,
        "subject": matter.suspect,
        **fields,
    }
    unit.entry(DECISION, new_id(), matter.case_id, given(said))
