"""What the tables show of a field that several operations speak of, until somebody decides."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from casedesk.model.entities import Column, Entity, Field
from casedesk.model.words import MemberState, Stage

_SAFER: dict[tuple[str, str], Sequence[Column]] = {
    ("case", "stage"): (
        Stage.RETURNED.value,
        None,
        *(stage.value for stage in Stage if stage != Stage.RETURNED),
    ),
    ("case_flag", "raised"): (1, 0),
    ("member", "state"): tuple(state.value for state in MemberState),
    ("restriction", "lifted"): (0, None, 1),
}
"""Fields whose conflict shows the safer value, not the later: earlier is safer. A case without a stage is open,
a flag stays up, a lost laptop is lost, and a restriction holds."""


_UNDISPUTED = frozenset({("member", "since"), ("member", "vouched")})
"""Fields that desks may say differently and nobody need decide: each enrolled a colleague on a day of its own."""


@dataclass(frozen=True, slots=True, order=True)
class Said:
    """What one operation said of a field, ordered by the clock reading, then the device, then its number."""

    reading: int
    device: bytes
    seq: int
    value: Column = field(compare=False)


def _in_all(values: Sequence[Column]) -> Column:
    """What every list has."""
    lists = [json.loads(str(value)) if value is not None else [] for value in values]
    return json.dumps([one for one in lists[-1] if all(one in other for other in lists)], ensure_ascii=False)


def _least(values: Sequence[Column]) -> Column:
    """The lowest number that anybody gave."""
    return min((value for value in values if isinstance(value, int)), default=None)


_AGREED: dict[tuple[str, str], Callable[[Sequence[Column]], Column]] = {
    ("restriction", "members"): _in_all,
    ("member", "roles"): _in_all,
    ("member", "upto"): _least,
}
"""Fields that give somebody something: while it is disputed how much, what everybody gives them holds."""


def is_safer_shown(entity: str, name: str) -> bool:
    """Whether a dispute about this field shows the safer value until it is decided, and not the later one."""
    return (entity, name) in _SAFER or (entity, name) in _AGREED


def shown(entity: Entity, of: Field, said: Sequence[Said]) -> Column:
    """The value that holds: the later one, save where the safer one does, or what all agree on."""
    if not said:
        return None
    agreed = _AGREED.get((entity.name, of.name))
    if agreed and len(said) > 1:
        return agreed([one.value for one in sorted(said)])
    order = _SAFER.get((entity.name, of.name))
    if order:
        known = [one.value for one in said if one.value in order]
        if known:
            return min(known, key=order.index)
    return max(said).value


def disagree(entity: Entity, of: Field, said: Sequence[Said]) -> bool:
    """Whether these say different things, and somebody must decide."""
    return len({one.value for one in said}) > 1 and (entity.name, of.name) not in _UNDISPUTED
