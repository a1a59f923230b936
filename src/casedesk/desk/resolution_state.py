"""What the steps of a resolution have in common: the state asked for, the gate of the evidence, the decision kept."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from casedesk.desk.desk import Desk
from casedesk.desk.evidential import gate
from casedesk.desk.matter import Matter, read_matter
from casedesk.desk.typed import given
from casedesk.model.entities import DECISION, Value
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId, new_id
from casedesk.model.words import DecisionKind, ResolutionState
from casedesk.rules.clinic.eligibility import RuleFinding
from casedesk.store.journal import Unit


def expect(
    desk: Desk, case_id: EntityId, suspect: EntityId | None, *states: ResolutionState
) -> tuple[Matter, EntityId]:
    """The matter and its resolution, in one of these states. Raises BadInputError where there is none such."""
    matter = read_matter(desk, case_id, suspect)
    if matter.current is None:
        raise BadInputError("No disposal is chosen yet.", "Choose one first.")
    own, held = matter.current
    if held.state not in states:
        raise BadInputError(
            f"The resolution is {held.state or 'not begun'}.",
            f"That can be done while it is {' or '.join(str(state) for state in states)}.",
        )
    return matter, own


def refuse_gate(desk: Desk, matter: Matter, disposal: str) -> None:
    """Raise BadInputError, with rule R02, where the evidential review does not let a disposal go on."""
    why = gate(desk.packs, matter, disposal)
    if why:
        raise BadInputError(
            f"R02: {why} (Full Code Test; Criminal Justice Act 2003 s.23 for a conditional caution)",
            "Complete or correct the evidential review.",
        )


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
