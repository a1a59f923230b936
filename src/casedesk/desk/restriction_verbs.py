"""The verbs that let only some members read a case, and let everybody read it again."""

from collections.abc import Mapping
from typing import Any

from casedesk.desk import restricted, team
from casedesk.desk.asking import Ask, At, Kind, Verb
from casedesk.desk.case_asks import text_of
from casedesk.desk.desk import Desk
from casedesk.desk.team import desk_name
from casedesk.model.ids import EntityId, decode, encode


def readers(desk: Desk, case_id: EntityId) -> tuple[str, ...] | None:
    """Who may read a restricted case, by the names of their desks, this one last; None where everybody may."""
    found = restricted.restriction(desk, case_id)
    if found is None:
        return None
    own = desk.store.identity.device
    ids = [decode(one) for one in found.members or ()]
    return tuple(desk_name(desk, one) for one in sorted(ids, key=lambda one: one == own))


def _asks(at: At) -> list[Ask]:
    active = [one for one in team.members(at.desk) if one.is_active]
    found = restricted.restriction(at.desk, at.case_id)
    allowed = set(found.members or ()) if found else set()
    asks = [Ask("why", "Why", Kind.LINES, required=True, rows=2)]
    if active:
        people = tuple((encode(one.id), one.name) for one in active)
        held = ",".join(value for value, _ in people if value in allowed)
        hint = "nobody but this desk, if you leave it empty"
        asks.append(Ask("members", "May read it", Kind.MANY, choices=people, hint=hint, initial=held))
    return asks


def _restrict(at: At, values: Mapping[str, Any]) -> str:
    chosen = set(values.get("members") or ())
    allowed = [one for one in team.members(at.desk) if encode(one.id) in chosen]
    already = restricted.restrict(at.desk, at.case_id, allowed, text_of(values, "why"))
    said = f"Restricted: {', '.join((*(one.name for one in allowed), 'this desk'))} may read it."
    return f"{said} It went to {', '.join(already)} before: that cannot be called back." if already else said


def _lift(at: At, values: Mapping[str, Any]) -> str:
    restricted.lift_restriction(at.desk, at.case_id, text_of(values, "why"))
    return "Every member may read it again: it goes with the next bundle."


def _is_restricted(at: At) -> str | None:
    return None if restricted.restriction(at.desk, at.case_id) else "This case is not restricted."


RESTRICTING: tuple[Verb, ...] = (
    Verb(
        "case.restrict", "Restrict", "Let only some members read the case: bundles carry nothing of it to others.",
        _restrict, _asks, key="V",
    ),
    Verb(
        "case.unrestrict", "Lift restriction", "Let every member read the case again.",
        _lift, lambda _at: [Ask("why", "Why", Kind.LINES, required=True, rows=2)], _is_restricted,
    ),
)  # fmt: skip
"""The verbs of restricting."""
