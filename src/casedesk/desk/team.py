"""The team: members and what they may do, those who left, laptops that were lost."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import orjson

from casedesk.bundles import phrase
from casedesk.bundles.cards import Card
from casedesk.desk.desk import Desk
from casedesk.desk.typed import required_text
from casedesk.model.entities import MEMBER, Value
from casedesk.model.errors import BadInputError, NotFoundError
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId, decode, encode
from casedesk.model.moments import from_micros, local, moment_of_day
from casedesk.model.team import Member
from casedesk.model.text import counted
from casedesk.model.words import MemberState, TeamRole
from casedesk.store.authors import KEYS, are_disputed
from casedesk.store.identity import drop_false_chains, tell_former_names
from casedesk.store.parked import WAITS
from casedesk.store.records import children, read_heads
from casedesk.store.registry import formers

ROLE_TITLES = {
    TeamRole.APPROVAL: "Finalise crimes",
    TeamRole.DISPOSAL: "Erase cases under retention",
    TeamRole.MEMBERSHIP: "Add and remove members",
}
"""What each role lets an installation's operations do here."""
STATE_TITLES = {MemberState.ACTIVE: "Member", MemberState.LEFT: "Left", MemberState.LOST: "Laptop lost"}
_ANEW = (
    "If it is back, back it up, restore that backup, and enrol the new card that it then has. For what waits of it, "
    "give “casedesk team lost” a higher --upto. If nobody else can have used it, “casedesk team enrol” takes --found."
)
_RATHER = (
    " Go on only if nobody else can have used it. Otherwise back it up, restore that backup, and enrol the new card "
    "that it then has."
)


@dataclass(frozen=True, slots=True)
class Colleague:
    """One installation that is, or was, a member."""

    id: bytes
    member: Member

    @property
    def name(self) -> str:
        """What it is called."""
        return self.member.name or encode(self.id)[:6]

    @property
    def is_active(self) -> bool:
        """Whether bundles are made for it and taken in from it."""
        return self.member.state == MemberState.ACTIVE and self.member.recipient is not None

    def may(self, role: TeamRole) -> bool:
        """Whether its operations may do this here."""
        return role.value in (self.member.roles or ())


def fingerprint(one: Colleague) -> str:
    """The eight words of a member's keys as they are held here: the same as on their own screen. Empty without keys."""
    said = one.member
    if not said.key:
        return ""
    try:
        held = Card(
            device=one.id, space=decode(said.space or ""), name="", actor="", sign_pub=decode(said.key or ""),
            recipient=said.recipient or "", made_at=from_micros(0),
        )  # fmt: skip
    except ValueError:
        return ""
    return held.fingerprint


def vouched_by(desk: Desk, one: Colleague) -> str:
    """Who compared a member's fingerprint: ``here``, or the desk that made it a member and whose word is taken."""
    ids = desk.store.registry.device_ids
    heads = dict(read_heads(desk.store.connection, MEMBER, [EntityId(one.id)])).get(EntityId(one.id), [])
    by = [ids[device] for device, _seq, mask, _as_at in heads if mask & MEMBER.bits["key"]]
    if desk.store.identity.device in by:
        return "here"
    return f"by {desk_name(desk, by[-1])}" if by else ""


def desk_name(desk: Desk, device: bytes) -> str:
    """What an installation is called here, be it this one, a member, one that was, or one whose work came."""
    if device == desk.store.identity.device:
        return "this desk"
    for table in ("member", "device"):
        row = desk.store.connection.execute(
            f"SELECT name FROM {table} WHERE id = ?",  # noqa: S608 - names of ours
            (device,),
        ).fetchone()
        if row and row[0]:
            return str(row[0])
    return "a desk that is no member"


def desk_names(desk: Desk, ids: Iterable[str]) -> str:
    """What installations are called here, by their ids as operations write them."""
    return ", ".join(_named(desk, one) for one in ids)


def _named(desk: Desk, said: str) -> str:
    try:
        return desk_name(desk, decode(said))
    except ValueError:  # a colleague wrote what is no id
        return "nobody"


def members(desk: Desk) -> list[Colleague]:
    """Everybody who is or was a member, this installation aside: active ones first, by name.

    A name that this store had before is no colleague, unless its card was taken in since: a copy goes on under it.
    While those who enrolled a member dispute its keys it has none: nothing is made for it nor taken in from it.
    """
    own = {desk.store.identity.device, *(one.device for one in formers(desk.store.connection))}
    own -= {device for device in own if _was_enrolled_here(desk, device)}
    disputed = _with_disputed_keys(desk)
    found = [
        Colleague(bytes(own_id), replace(member, **dict.fromkeys(KEYS)) if own_id in disputed else member)
        for own_id, member in children(desk.store.connection, MEMBER, TEAM)
        if own_id not in own and member.key
    ]
    return sorted(found, key=lambda one: (not one.is_active, one.name.casefold(), one.id))


def _with_disputed_keys(desk: Desk) -> set[bytes]:
    """The members to whom those who enrolled them gave different keys."""
    db = desk.store.connection
    rows = db.execute("SELECT id, heads FROM member WHERE heads LIKE '%],[%'").fetchall()
    return {bytes(own_id) for own_id, heads in rows if are_disputed(db, orjson.loads(heads))}


def _was_enrolled_here(desk: Desk, device: bytes) -> bool:
    """Whether it was enrolled by this installation, under the name that it has now."""
    return any(
        head[0] == desk.store.device
        for _, heads in read_heads(desk.store.connection, MEMBER, [EntityId(device)])
        for head in heads
    )


def member(desk: Desk, which: str) -> Colleague:
    """The member of this name, number or id, or its beginning. Raises NotFoundError, or BadInputError for several."""
    wanted = which.strip().casefold()
    everybody = members(desk)
    exact = [
        one for one in everybody if wanted in (one.name.casefold(), (one.member.person or "").casefold())
    ]
    found = exact or [
        one
        for one in everybody
        if wanted and (one.name.casefold().startswith(wanted) or encode(one.id).casefold().startswith(wanted))
    ]
    if not found:
        raise NotFoundError(f"No member is called “{which.strip()[:60]}”.", "See “casedesk team list”.")
    if len(found) > 1:
        raise BadInputError(f"“{which.strip()[:60]}” may be {len(found)} members.", "Give the whole name.")
    return found[0]


def enrol(
    desk: Desk,
    card: Card,
    said: str,
    roles: Iterable[str] = (TeamRole.APPROVAL.value,),
    *,
    in_person: bool = True,
    found: str = "",
) -> Colleague:
    """Make an installation a member: ``said`` is the fingerprint as its owner read it out.

    One that was reported lost is taken back only with ``found``: why whoever had the laptop cannot have used it; the
    row then says so. Raises BadInputError without it, when the words are others, it is this installation's own card, or
    the member's keys are not those it had.
    """
    if card.device == desk.store.identity.device:
        raise BadInputError(
            "That is this installation's own card.", "Give it to your colleague, and take in theirs."
        )
    check_return(desk, card, found)
    if not phrase.same(said, card.fingerprint):
        raise BadInputError(
            "The words are not those of this card: nobody was added.",
            "Ask your colleague to read out the words on their screen. If they differ, the card was swapped: tell your "
            "information security contact.",
        )
    held = next((one for one in members(desk) if one.id == card.device), None)
    keys = encode(card.sign_pub), card.recipient
    if held and held.member.key and (held.member.key, held.member.recipient) != keys:
        raise BadInputError(
            f"{held.name} is a member with other keys.",
            "Remove it first, with the reason, and ask what happened.",
        )
    fields: dict[str, Value] = {
        "name": card.name,
        "person": card.actor,
        "space": encode(card.space),
        "key": encode(card.sign_pub),
        "recipient": card.recipient,
        "roles": _roles(roles),
        "state": MemberState.ACTIVE.value,
        "upto": None,
        "vouched": "in-person" if in_person else "card",
        "since": moment_of_day(local(desk.now).date()),
    }
    if held and held.member.state == MemberState.LOST:
        fields["why"] = required_text(found, "The reason")
    with desk.store.unit_of_work("team.enrol") as unit:
        unit.set(MEMBER, EntityId(card.device), TEAM, fields)
    tell_former_names(desk.store)
    drop_false_chains(desk.store)
    return next(one for one in members(desk) if one.id == card.device)


def check_return(desk: Desk, card: Card, found: str) -> None:
    """Raise BadInputError for the card of a laptop that was reported lost, unless it is said how it was found."""
    known = reported_lost(desk, card)
    if known and not found.strip():
        raise BadInputError(
            f"The laptop of {known.name} was reported lost: enrolled again, whoever has it would be believed.",
            _ANEW,
        )


def reported_lost(desk: Desk, card: Card) -> Colleague | None:
    """The member whose laptop a card is of, where it was reported lost."""
    return next(
        (one for one in members(desk) if one.id == card.device and one.member.state == MemberState.LOST), None
    )


def warning_of(desk: Desk, card: Card) -> str:
    """What enrolling a card would let in besides, where its desk was a member before; empty where it was none."""
    known = next((one for one in members(desk) if one.id == card.device and not one.is_active), None)
    if known is None or known.member.state not in (MemberState.LEFT, MemberState.LOST):
        return ""
    waits = _waits_of(desk, known.id)[0]
    return (
        f"{known.name} was a member: {STATE_TITLES[MemberState(known.member.state)].lower()} "
        f"({known.member.why or 'no reason given'}). Enrolled again, all that it wrote since is believed: "
        f"{counted(waits, 'change')} of it {'waits' if waits == 1 else 'wait'} here."
    ) + (_RATHER if known.member.state == MemberState.LOST else "")


def set_roles(desk: Desk, colleague: Colleague, roles: Iterable[str]) -> None:
    """Say what a member's operations may do here. Raises BadInputError for a word that is no role."""
    with desk.store.unit_of_work("team.roles") as unit:
        unit.set(MEMBER, EntityId(colleague.id), TEAM, {"roles": _roles(roles)})


def remove(desk: Desk, colleague: Colleague, why: str, upto: int | None = None) -> int:
    """Make nothing more for a member, and take in nothing that they wrote after operation ``upto``.

    That is what is held here now, if not said. What came from them stays, and a lost laptop stays lost. Returns up to
    which operation they are believed. Raises BadInputError without a reason, or for a number that nobody has seen here.
    """
    reason = required_text(why, "The reason")
    limit = _limit(desk, colleague, upto)
    is_lost = colleague.member.state == MemberState.LOST
    state = MemberState.LOST if is_lost else MemberState.LEFT
    fields: dict[str, Value] = {"state": state.value, "upto": limit, "why": reason}
    with desk.store.unit_of_work("team.remove") as unit:
        unit.set(MEMBER, EntityId(colleague.id), TEAM, fields)
    return limit


def _limit(desk: Desk, colleague: Colleague, upto: int | None) -> int:
    """Up to where a member who left or was lost is believed. What nobody has seen here is not believed in advance."""
    if upto is None:
        return believed_now(desk, colleague)
    if upto < 0:
        raise BadInputError(
            "An operation's number is not below 0.", "Give the last one that is to be believed."
        )
    known = max(held_of(desk, colleague.id), _waits_of(desk, colleague.id)[1])
    if upto > known:
        raise BadInputError(
            f"Of {colleague.name} nothing after operation {known:,} is held or waits here.",
            f"Give a number up to {known:,}; take in the bundle of whoever holds more first.",
        )
    return upto


def _waits_of(desk: Desk, device: bytes) -> tuple[int, int]:
    """How much of an installation waits and may still be taken in, and the last number of it."""
    marks = ", ".join("?" * len(WAITS))
    number, last = desk.store.connection.execute(
        f"SELECT count(*), max(seq) FROM park WHERE device = ? AND why IN ({marks})",  # noqa: S608 - marks only
        (device, *WAITS),
    ).fetchone()
    return int(number), int(last or 0)


def believed_now(desk: Desk, colleague: Colleague) -> int:
    """The last operation of a member that is held here and believed."""
    held, limit = held_of(desk, colleague.id), colleague.member.upto
    return held if limit is None else min(held, limit)


def lost(desk: Desk, colleague: Colleague, upto: int | None, why: str) -> int:
    """A laptop was lost: nothing that it wrote after operation ``upto`` is believed (what is held here, if not said).

    Said again with a higher number, it lets in what waits up to there and nothing later. Returns up to where it is
    believed. Raises BadInputError without a reason, or for a number that nobody has seen here.
    """
    reason = required_text(why, "The reason")
    limit = _limit(desk, colleague, upto)
    fields: dict[str, Value] = {"state": MemberState.LOST.value, "upto": limit, "why": reason}
    with desk.store.unit_of_work("team.lost") as unit:
        unit.set(MEMBER, EntityId(colleague.id), TEAM, fields)
    return limit


def held_of(desk: Desk, device: bytes) -> int:
    """The last operation of an installation that is held here without a gap."""
    row = desk.store.connection.execute(
        "SELECT max(vv.seq) FROM vv JOIN device ON device.ix = vv.device WHERE device.id = ?", (device,)
    ).fetchone()
    return int(row[0] or 0)


def _roles(roles: Iterable[str]) -> tuple[str, ...]:
    wanted = {role.strip() for role in roles if role.strip()}
    known = [role.value for role in TeamRole]
    for role in wanted:
        if role not in known:
            raise BadInputError(f"There is no role “{role[:40]}”.", f"Roles: {', '.join(known)}.")
    return tuple(role for role in known if role in wanted)
