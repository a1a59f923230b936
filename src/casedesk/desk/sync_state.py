"""How things stand with each colleague: what went to them and came from them, what they lack, what to do next.

The same for a team of eight with a shared folder, where one bundle is for all, and for one person with a stick.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

import orjson

from casedesk.desk import conflict_desk, waiting_room
from casedesk.desk.bundle_gone import handed_and_not_gone, own_handovers
from casedesk.desk.bundles import lacked, not_in_a_bundle, told
from casedesk.desk.desk import Desk
from casedesk.desk.restricted import hidden_from
from casedesk.desk.team import Colleague, members
from casedesk.model.ids import encode
from casedesk.model.moments import from_micros, show_short
from casedesk.model.text import counted
from casedesk.store import outgoing
from casedesk.store.operations import parse_operation

_MOST_COUNTED = 5000
"""With more operations than this to come, acts are not counted one by one."""


class Need(IntEnum):
    """How pressing the next step with a colleague is; higher is more."""

    NOTHING = 0
    SOON = 1
    """Something is to be given or got, and it is no older than the settings let it be."""
    NOW = 2
    """It is older than that, or they have never had anything."""


@dataclass(frozen=True, slots=True)
class Passed:
    """One bundle that went to a colleague, or came from one."""

    number: int
    at: datetime
    """When it was made, for one that went; when it was taken in, for one that came."""
    kind: str


@dataclass(frozen=True, slots=True)
class PeerState:
    """How things stand with one colleague."""

    colleague: Colleague
    last_to: Passed | None
    last_from: Passed | None
    said_at: datetime | None
    """When they last said what they hold: when their latest bundle was made."""
    operations: int
    """How many operations are held here that they have not said they hold."""
    changes: int | None
    """The same as acts; None where there are too many to count."""
    oldest: datetime | None
    """When the oldest of them was written, by its author's clock."""
    sent: int
    """How many bundles went to them since they last said what they hold."""
    missing: int
    """How many operations they hold that are not here."""
    need: Need
    next_step: str
    """What to do next, in words."""
    handed: tuple[str, ...] = ()
    """The cases that were given to them here and are in no bundle that brings it to them."""

    @property
    def name(self) -> str:
        """What the colleague's desk is called."""
        return self.colleague.name


@dataclass(frozen=True, slots=True)
class SyncState:
    """How things stand with everybody."""

    peers: tuple[PeerState, ...]
    """The most pressing first."""
    not_in_a_bundle: int
    """How many acts done here are in no bundle yet."""
    waiting: int
    conflicts: int
    next_step: str
    """The one thing to do next, in words."""


def sync_state(desk: Desk) -> SyncState:
    """How things stand with each active member, and what to do next."""
    have, handovers = outgoing.have(desk.store.connection), own_handovers(desk)
    peers = sorted(
        (_peer(desk, one, have, handovers) for one in members(desk) if one.is_active),
        key=lambda one: (-one.need, one.oldest or datetime.max.replace(tzinfo=UTC), one.name.casefold()),
    )
    alone, waits, disputed = not_in_a_bundle(desk), waiting_room.count(desk), conflict_desk.count(desk)
    return SyncState(tuple(peers), alone, waits, disputed, _next(peers, alone, disputed))


def _peer(
    desk: Desk, one: Colleague, have: dict[bytes, int], handovers: Sequence[tuple[int, int]]
) -> PeerState:
    theirs = told(desk, one.id)
    lacks = {device: theirs.get(device, 0) for device, seq in have.items() if seq > theirs.get(device, 0)}
    # What they wrote themselves they hold, whatever they said last.
    lacks.pop(one.id, None)
    operations = sum(have[device] - held for device, held in lacks.items())
    changes, oldest = _changes(desk, lacks, operations)
    missing = sum(
        max(seq - have.get(device, 0), 0)
        for device, seq in theirs.items()
        if device != desk.store.identity.device
    )
    last_to, sent = _last_to(desk, one.id)
    last_from, said_at = _last_from(desk, one.id)
    handed, asked = handed_and_not_gone(desk, one, theirs, handovers), _asked(desk, one)
    old = timedelta(days=desk.settings.bundles.stale_days)
    age = desk.now - oldest if oldest else timedelta()
    if handed or (operations and (not theirs or age >= old)):
        need = Need.NOW
    else:
        need = Need.SOON if operations or missing or asked else Need.NOTHING
    if handed:
        step = f"{_cases(handed)} given to {one.name}, in no bundle for {one.name} yet: export one."
    elif asked and not operations:
        step = f"{one.name} asks for {counted(asked, 'document')}: give {one.name} a bundle."
    else:
        step = _step(desk, one, operations, changes, age, last_to, said_at, missing, sent)
    return PeerState(
        one, last_to, last_from, said_at, operations, changes, oldest, sent, missing, need, step, handed
    )


def _asked(desk: Desk, one: Colleague) -> int:
    """How many documents a colleague asked for that are here, and that no bundle took along since."""
    db = desk.store.connection
    (since,) = db.execute("SELECT coalesce(max(came_at), 0) FROM peer WHERE device = ?", (one.id,)).fetchone()
    wanted = len(outgoing.asked_documents(db, lacked(desk, [one.id]), hidden_from(desk, [one.id])))
    (given,) = db.execute(
        "SELECT EXISTS (SELECT 1 FROM outgoing WHERE instr(members, ?) AND made_at >= ? "
        "AND kind IN ('incremental', 'full'))",
        (encode(one.id), since),
    ).fetchone()
    return 0 if given else wanted


def _cases(refs: Sequence[str]) -> str:
    return f"{refs[0]} was" if len(refs) == 1 else f"{len(refs)} cases were"


def _changes(desk: Desk, lacks: dict[bytes, int], operations: int) -> tuple[int | None, datetime | None]:
    """How many acts these operations are, and when the oldest was written."""
    db = desk.store.connection
    firsts = [
        row
        for device, held in lacks.items()
        for row in db.execute(
            "SELECT header FROM op WHERE device = ? AND seq > ? ORDER BY seq LIMIT 1",
            (desk.store.registry.devices[device], held),
        )
    ]
    times = [parse_operation(header, b"", None).wall_ms for (header,) in firsts]
    oldest = datetime.fromtimestamp(min(times) / 1000, UTC) if times else None
    if operations > _MOST_COUNTED:
        return None, oldest
    acts = 0
    for device, held in lacks.items():
        (number,) = db.execute(
            "SELECT count(DISTINCT unit) FROM op WHERE device = ? AND seq > ?",
            (desk.store.registry.devices[device], held),
        ).fetchone()
        acts += int(number)
    return acts, oldest


def _last_to(desk: Desk, device: bytes) -> tuple[Passed | None, int]:
    """The last bundle that went to a colleague, and how many went since they last said what they hold."""
    row = desk.store.connection.execute("SELECT made_at FROM peer WHERE device = ?", (device,)).fetchone()
    since = row[0] if row else 0
    last, sent = None, 0
    for number, made_at, kind, to in desk.store.connection.execute(
        "SELECT number, made_at, kind, members FROM outgoing WHERE instr(members, ?) ORDER BY number DESC LIMIT 1000",
        (encode(device),),
    ):
        if encode(device) in orjson.loads(to):
            last = last or Passed(number, from_micros(made_at), kind)
            sent += made_at > since
    return last, sent


def _last_from(desk: Desk, device: bytes) -> tuple[Passed | None, datetime | None]:
    row = desk.store.connection.execute(
        "SELECT number, came_at, kind FROM receipt WHERE sender = ? ORDER BY came_at DESC, number DESC LIMIT 1",
        (device,),
    ).fetchone()
    said = desk.store.connection.execute("SELECT made_at FROM peer WHERE device = ?", (device,)).fetchone()
    last = Passed(row[0], from_micros(row[1]), row[2]) if row else None
    return last, from_micros(said[0]) if said else None


def _step(
    desk: Desk,
    one: Colleague,
    operations: int,
    changes: int | None,
    age: timedelta,
    last_to: Passed | None,
    said_at: datetime | None,
    missing: int,
    sent: int,
) -> str:
    much = counted(changes, "change") if changes is not None else counted(operations, "operation")
    if operations and said_at is None and last_to is None:
        return f"Give {one.name} a first bundle: {much}."
    if operations and sent:
        return f"{counted(sent, 'bundle')} given to {one.name}, not acknowledged: {much}. Ask {one.name} for a bundle."
    if operations:
        return f"Give {one.name} a bundle: {much}, oldest {_age(age)}."
    if missing:
        return f"{one.name} holds {counted(missing, 'operation')} that are not here: ask for a bundle."
    if hidden_from(desk, [one.id]):
        return "Up to date, but for restricted cases."
    return "Up to date."


def _age(age: timedelta) -> str:
    return f"{show_short(age)} ago" if age >= timedelta(minutes=1) else "just now"


def _next(peers: Sequence[PeerState], alone: int, disputed: int) -> str:
    if not peers:
        return "Nobody is a member yet: give your card to a colleague, and take in theirs."
    if any(one.handed for one in peers):
        return next(one.next_step for one in peers if one.handed)
    if alone:
        who = _names(one.name for one in peers)
        much = f"{counted(alone, 'change')} exist{'s' if alone == 1 else ''}"
        return f"{much} on this machine alone: export a bundle for {who}."
    if disputed:
        return f"{counted(disputed, 'conflict')} to decide."
    pressing = next((one for one in peers if one.need), None)
    return pressing.next_step if pressing else "Everybody is up to date."


def _names(some: Iterable[str]) -> str:
    """Names in a sentence: ``Ann``, ``Ann and Bob``, ``all 8 members``."""
    names = list(some)
    if len(names) > 3:
        return f"all {len(names)} members"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
