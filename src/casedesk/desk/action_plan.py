"""The action plan of a case as it stands: which actions are overdue, which can be done, which wait for another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from casedesk.model.errors import BadInputError, NotFoundError
from casedesk.model.facts import Action, CaseFile
from casedesk.model.ids import EntityId
from casedesk.model.text import clean, clip, folded

_FAR = datetime.max.replace(tzinfo=UTC)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class State(StrEnum):
    """Where an action stands."""

    OVERDUE = "overdue"
    OPEN = "open"
    BLOCKED = "blocked"
    """The action it depends on is not done."""
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Planned:
    """One action in the order of the plan."""

    id: EntityId
    number: int
    """Its number in the case, from 1 in the order in which actions were set: it keeps it."""
    action: Action
    state: State
    blocked_by: EntityId | None
    """The action that must be done first, while it is not."""
    waiting_since: datetime | None
    """Since when the case waits for somebody else to do it; None for the owner's own, and once it is done."""

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.state in (State.OVERDUE, State.OPEN, State.BLOCKED)


def is_open(action: Action) -> bool:
    """Whether an action is still to be done: neither done nor cancelled."""
    return action.done_at is None and action.cancelled_at is None


def plan(file: CaseFile, now: datetime, *, closed: bool = False) -> list[Planned]:
    """The actions in order: overdue, then what can be done, by when it is due, then what waits for another.

    With ``closed`` those done and cancelled follow, the latest first.
    """
    held = dict(file.actions)
    numbers = {own: number for number, own in enumerate(_in_order_set(file), 1)}
    owner = folded(file.case.owner or "")
    found = [_planned(own, numbers[own], one, held, owner, now) for own, one in file.actions]
    open_ = sorted((one for one in found if one.is_open), key=_order)
    if not closed:
        return open_
    ended = (one for one in found if not one.is_open)
    return [
        *open_,
        *sorted(
            ended, key=lambda one: one.action.done_at or one.action.cancelled_at or _LONG_AGO, reverse=True
        ),
    ]


def find(file: CaseFile, said: str) -> EntityId:
    """The action that a number of the plan or words of it name.

    Raises NotFoundError when there is none, BadInputError when the words fit several open ones.
    """
    planned = {one.number: one for one in plan(file, _LONG_AGO, closed=True)}
    plain = said.strip().removeprefix("#")
    if plain.isascii() and plain.isdigit():
        if int(plain) in planned:
            return planned[int(plain)].id
    elif plain:
        words = folded(plain)
        fits = [one for one in planned.values() if words in folded(one.action.what or "")]
        open_ = [one for one in fits if one.is_open] or fits
        if len(open_) == 1:
            return open_[0].id
        if open_:
            raise BadInputError(
                f"{clip(clean(said), 40)!r} fits {len(open_)} actions.",
                f"Give its number: {', '.join(str(one.number) for one in open_[:10])}.",
            )
    raise NotFoundError(
        f"This case has no action {clip(clean(said), 40)!r}.", "“casedesk action list CASE” numbers them."
    )


def _in_order_set(file: CaseFile) -> Iterable[EntityId]:
    """The actions in the order in which they were set; nothing that changes later moves one."""
    in_order = sorted(
        file.actions, key=lambda pair: (pair[1].set_at or _LONG_AGO, pair[1].template or "", pair[0])
    )
    return [own for own, _ in in_order]


def _planned(
    own: EntityId,
    number: int,
    action: Action,
    held: Mapping[EntityId, Action],
    owner: str,
    now: datetime,
) -> Planned:
    first = held.get(action.after) if action.after else None
    blocked = action.after if first is not None and is_open(first) else None
    if action.cancelled_at:
        state = State.CANCELLED
    elif action.done_at:
        state = State.DONE
    elif action.due_at is not None and action.due_at < now:
        state = State.OVERDUE
    else:
        state = State.BLOCKED if blocked else State.OPEN
    elsewhere = is_open(action) and bool(action.owner) and folded(action.owner or "") != owner
    return Planned(own, number, action, state, blocked, action.set_at if elsewhere else None)


def _order(one: Planned) -> tuple[int, datetime, int]:
    rank = {State.OVERDUE: 0, State.OPEN: 1}.get(one.state, 2)
    return rank, one.action.due_at or _FAR, one.number
