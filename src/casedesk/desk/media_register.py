"""The register of media: which sticks and folders bundles travel on, what went onto each, and what became of it.

It serves the rule that removable media are registered and accounted for until they are returned or destroyed. Like
members, media belong to no case, and every desk sees them.
"""

from dataclasses import dataclass
from datetime import datetime

import orjson

from casedesk.desk.bundles import told
from casedesk.desk.desk import Desk
from casedesk.desk.team import desk_name
from casedesk.desk.typed import one_of, required_text
from casedesk.model.entities import MEDIUM, Value
from casedesk.model.errors import BadInputError, NotFoundError
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId, decode, new_id
from casedesk.model.moments import from_micros, local, moment_of_day
from casedesk.model.team import Medium
from casedesk.model.text import clean, folded
from casedesk.store.records import children

KINDS = ("stick", "share", "other")
IN_USE = "in-use"
ENDS = ("returned", "destroyed", "lost")
STATE_TITLES = {
    IN_USE: "In use", "returned": "Returned", "destroyed": "Destroyed", "lost": "Lost or stolen",
}  # fmt: skip
_LONGEST_LABEL = 60


@dataclass(frozen=True, slots=True)
class OnIt:
    """One bundle that this desk put onto a medium."""

    number: int
    at: datetime
    kind: str
    names: tuple[str, ...]
    """Whom it is for."""
    operations: int
    acknowledged: bool
    """Whether everybody whom it is for has said since that they hold what this desk had written by then."""


@dataclass(frozen=True, slots=True)
class Registered:
    """One medium with what this desk put onto it, latest first."""

    id: EntityId
    medium: Medium
    bundles: tuple[OnIt, ...]

    @property
    def label(self) -> str:
        """What is written on it."""
        return self.medium.label or "(no label)"

    @property
    def state(self) -> str:
        """Where it stands: a key of :data:`STATE_TITLES`."""
        return self.medium.state or IN_USE

    @property
    def is_in_use(self) -> bool:
        """Whether bundles may go onto it."""
        return self.state == IN_USE


def media(desk: Desk, *, past: bool = False) -> list[Registered]:
    """The media in use by label, with ``past`` the others after them."""
    by_medium: dict[EntityId, list[OnIt]] = {}
    for number, made_at, kind, members, operations, upto, medium in desk.store.connection.execute(
        "SELECT number, made_at, kind, members, operations, upto, medium FROM outgoing WHERE medium IS NOT NULL "
        "ORDER BY number DESC"
    ):
        devices = [decode(one) for one in orjson.loads(members)]
        by_medium.setdefault(EntityId(medium), []).append(
            OnIt(
                number,
                from_micros(made_at),
                kind,
                tuple(desk_name(desk, one) for one in devices),
                operations,
                all(_acknowledged(desk, one) >= upto for one in devices),
            )
        )
    found = [
        Registered(own, one, tuple(by_medium.get(own, ())))
        for own, one in children(desk.store.connection, MEDIUM, TEAM)
    ]
    kept = [one for one in found if past or one.is_in_use]
    return sorted(kept, key=lambda one: (not one.is_in_use, folded(one.label), one.id))


def medium(desk: Desk, which: str, *, past: bool = False) -> Registered:
    """The medium of this label, or its beginning. Raises NotFoundError, or BadInputError for several."""
    wanted = folded(clean(which))
    known = media(desk, past=past)
    found = [one for one in known if folded(one.label) == wanted] or [
        one for one in known if wanted and folded(one.label).startswith(wanted)
    ]
    if not found:
        raise NotFoundError(
            f"No medium in use is called “{clean(which)[:60]}”.", "“casedesk media add” registers it."
        )
    if len(found) > 1:
        raise BadInputError(f"“{clean(which)[:60]}” may be {len(found)} media.", "Give the whole label.")
    return found[0]


def add(desk: Desk, label: str, kind: str = "stick", holder: str = "") -> EntityId:
    """Register a medium. Raises BadInputError without a label, or for one that is in use already."""
    said = clean(label)
    if not said or len(said) > _LONGEST_LABEL:
        raise BadInputError(
            f"A label has 1 to {_LONGEST_LABEL} characters.",
            "Give what is written on it, such as “CID stick 4”.",
        )
    if any(folded(one.label) == folded(said) for one in media(desk)):
        raise BadInputError(f"“{said}” is registered already.", "Give another label, or end the other one.")
    fields: dict[str, Value] = {
        "label": said, "kind": one_of(kind, KINDS, "kind of medium"), "holder": clean(holder) or desk.store.actor,
        "state": IN_USE,
    }  # fmt: skip
    own = new_id()
    with desk.store.unit_of_work("media.add") as unit:
        unit.set(MEDIUM, own, TEAM, fields)
    return own


def hand(desk: Desk, one: Registered, holder: str) -> None:
    """Say who holds a medium now. Raises BadInputError without a name, or when it is no longer in use."""
    said = clean(holder)
    if not said:
        raise BadInputError("Who holds it?", "Give a name or number.")
    _must_be_in_use(one)
    with desk.store.unit_of_work("media.hand") as unit:
        unit.set(MEDIUM, one.id, TEAM, {"holder": said})


def end(desk: Desk, one: Registered, state: str, note: str) -> None:
    """Say that a medium was returned, destroyed or lost. Raises BadInputError without a note, or when it is ended."""
    how = one_of(state, ENDS, "end of a medium")
    said = required_text(
        note, "The note", "Say where it went: who took it back, how it was destroyed, who was told."
    )
    _must_be_in_use(one)
    fields: dict[str, Value] = {"state": how, "ended_on": moment_of_day(local(desk.now).date()), "why": said}
    with desk.store.unit_of_work("media.end") as unit:
        unit.set(MEDIUM, one.id, TEAM, fields)


def _must_be_in_use(one: Registered) -> None:
    if not one.is_in_use:
        raise BadInputError(
            f"{one.label} is {STATE_TITLES.get(one.state, one.state).lower()} already.", "Nothing to do."
        )


def _acknowledged(desk: Desk, device: bytes) -> int:
    """How far of what this desk wrote a colleague has said that they hold."""
    return told(desk, device).get(desk.store.identity.device, 0)
