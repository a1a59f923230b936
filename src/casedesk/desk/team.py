"""The team: device cards given and taken in, members and what they may do, laptops that were lost, restricted cases."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from casedesk.bundles import cards, phrase
from casedesk.bundles.cards import Card
from casedesk.desk.desk import Desk
from casedesk.desk.typed import required_text
from casedesk.model.entities import MEMBER, RESTRICTION, Value
from casedesk.model.errors import BadInputError, CasedeskError, NotFoundError
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId, decode, derived_id, encode
from casedesk.model.moments import from_micros, local, moment_of_day
from casedesk.model.team import Member, Restriction
from casedesk.model.text import folded
from casedesk.model.words import MemberState, TeamRole
from casedesk.store.identity import tell_former_names
from casedesk.store.records import children, read_heads
from casedesk.store.registry import formers

CARD_SUFFIX = ".casecard"
ROLE_TITLES = {
    TeamRole.APPROVAL: "Finalise crimes",
    TeamRole.DISPOSAL: "Erase cases under retention",
    TeamRole.MEMBERSHIP: "Add and remove members",
}
"""What each role lets an installation's operations do here."""
STATE_TITLES = {MemberState.ACTIVE: "Member", MemberState.LEFT: "Left", MemberState.LOST: "Laptop lost"}


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
        return self.member.state == MemberState.ACTIVE

    def may(self, role: TeamRole) -> bool:
        """Whether its operations may do this here."""
        return role.value in (self.member.roles or ())


def own_card(desk: Desk) -> Card:
    """This installation's card, as it would be given to a colleague now."""
    me = desk.store.identity
    (name,) = desk.store.connection.execute("SELECT name FROM device WHERE id = ?", (me.device,)).fetchone()
    person = desk.settings.person
    return Card(
        device=me.device,
        space=me.space,
        name=(name or person.name or "desk")[:100],
        actor=me.actor[:100],
        sign_pub=me.signing_key.public_key().public_bytes_raw(),
        recipient=str(desk.store.bundle_identity().to_public()),
        made_at=desk.now,
    )


def write_own_card(desk: Desk) -> tuple[Card, bytes]:
    """The card and its file, signed."""
    card = own_card(desk)
    return card, cards.write_card(card, desk.store.sign(cards.signed_bytes(card)))


def write_own_card_to(desk: Desk, to: Path) -> tuple[Card, Path]:
    """Write this installation's card into a file, or into a folder under the desk's name.

    Raises BadInputError when a file is there that is no card, or it cannot be written.
    """
    card, raw = write_own_card(desk)
    path = to / f"{_file_name(card.name)}{CARD_SUFFIX}" if to.is_dir() else to
    if path.suffix != CARD_SUFFIX:
        path = path.with_name(path.name + CARD_SUFFIX)
    try:
        if path.exists() and not _is_card_of(path, card.device):
            raise BadInputError(f"{path} is there, and is not this desk's card.", "Name another file.")
        path.write_bytes(raw)
    except OSError as error:
        raise BadInputError(
            f"{path} cannot be written ({type(error).__name__}).", "Check the folder and its permissions."
        ) from None
    return card, path


def _is_card_of(path: Path, device: bytes) -> bool:
    try:
        return read_card_file(path).device == device
    except CasedeskError:
        return False


def _file_name(name: str) -> str:
    """A desk's name as a file may be called on every system."""
    return "".join(one if one.isalnum() else "-" for one in folded(name)).strip("-")[:40] or "desk"


def read_card_file(path: Path) -> Card:
    """Read a colleague's card. Raises RefusedError when it is none, BadInputError when it cannot be read."""
    try:
        with path.open("rb") as file:
            raw = file.read(cards.MOST_BYTES + 1)
    except OSError as error:
        raise BadInputError(f"{path} cannot be read ({type(error).__name__}).", "Check the path.") from None
    return cards.read_card(raw)


def fingerprint(one: Colleague) -> str:
    """The eight words of a member's keys as they are held here: the same as on their own screen."""
    said = one.member
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


def members(desk: Desk) -> list[Colleague]:
    """Everybody who is or was a member, this installation aside: active ones first, by name.

    A name that this store had before is no colleague, unless its card was taken in since: a copy goes on under it.
    """
    own = {desk.store.identity.device, *(one.device for one in formers(desk.store.connection))}
    own -= {device for device in own if _was_enrolled_here(desk, device)}
    found = [
        Colleague(bytes(own_id), member)
        for own_id, member in children(desk.store.connection, MEMBER, TEAM)
        if own_id not in own and member.key
    ]
    return sorted(found, key=lambda one: (not one.is_active, one.name.casefold(), one.id))


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
) -> Colleague:
    """Make an installation a member: ``said`` is the fingerprint as its owner read it out.

    Raises BadInputError when the words are others, it is this installation's own card, or the member's keys are not
    those it had.
    """
    if card.device == desk.store.identity.device:
        raise BadInputError(
            "That is this installation's own card.", "Give it to your colleague, and take in theirs."
        )
    if not phrase.same(said, card.fingerprint):
        raise BadInputError(
            "The words are not those of this card: nobody was added.",
            "Ask your colleague to read out the words on their screen. If they differ, the card was swapped: tell your "
            "information security contact.",
        )
    held = next((one for one in members(desk) if one.id == card.device), None)
    keys = encode(card.sign_pub), card.recipient
    if held and held.member.state and (held.member.key, held.member.recipient) != keys:
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
    with desk.store.unit_of_work("team.enrol") as unit:
        unit.set(MEMBER, EntityId(card.device), TEAM, fields)
    tell_former_names(desk.store)
    return next(one for one in members(desk) if one.id == card.device)


def set_roles(desk: Desk, colleague: Colleague, roles: Iterable[str]) -> None:
    """Say what a member's operations may do here. Raises BadInputError for a word that is no role."""
    with desk.store.unit_of_work("team.roles") as unit:
        unit.set(MEMBER, EntityId(colleague.id), TEAM, {"roles": _roles(roles)})


def remove(desk: Desk, colleague: Colleague, why: str) -> None:
    """Make nothing more for a member; what came from them stays. Raises BadInputError without a reason."""
    reason = required_text(why, "The reason")
    with desk.store.unit_of_work("team.remove") as unit:
        unit.set(MEMBER, EntityId(colleague.id), TEAM, {"state": MemberState.LEFT.value, "why": reason})


def lost(desk: Desk, colleague: Colleague, upto: int | None, why: str) -> int:
    """A laptop was lost: nothing that it wrote after operation ``upto`` is believed (what is held here, if not said).

    Returns up to where it is believed. Raises BadInputError without a reason.
    """
    reason = required_text(why, "The reason")
    if upto is not None and upto < 0:
        raise BadInputError(
            "An operation's number is not below 0.", "Give the last one that is to be believed."
        )
    limit = held_of(desk, colleague.id) if upto is None else upto
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


# -- restricted cases ----------------------------------------------------------------------------------------


def restrict(desk: Desk, case_id: EntityId, allowed: Collection[Colleague], why: str) -> list[str]:
    """Let only these members, and this installation, read a case from now on.

    What was sent before cannot be called back: returns the names of those who hold some of it and may not read it any
    more. Raises BadInputError without a reason.
    """
    reason = required_text(why, "The reason")
    ids = tuple(sorted({encode(desk.store.identity.device), *(encode(one.id) for one in allowed)}))
    fields: dict[str, Value] = {"members": ids, "lifted": False, "why": reason}
    with desk.store.unit_of_work("case.restrict") as unit:
        unit.set(RESTRICTION, _restriction_id(case_id), case_id, fields)
    kept = {one.id for one in allowed}
    return [one.name for one in members(desk) if one.id not in kept and _holds_some(desk, one, case_id)]


def _holds_some(desk: Desk, one: Colleague, case_id: EntityId) -> bool:
    """Whether a member wrote in a case, or had a bundle that took some of it along."""
    firsts = desk.store.connection.execute(
        "SELECT device.id, min(op.seq) FROM op JOIN device ON device.ix = op.device WHERE op.case_id = ? "
        "AND op.entity <> ? GROUP BY device.id",
        (case_id, RESTRICTION.name),
    ).fetchall()
    (given,) = desk.store.connection.execute(
        "SELECT coalesce(max(upto), 0) FROM outgoing WHERE kind <> 'ack' AND instr(members, ?)",
        (encode(one.id),),
    ).fetchone()
    own = desk.store.identity.device
    return any(device == one.id or (device == own and seq <= given) for device, seq in firsts)


def lift_restriction(desk: Desk, case_id: EntityId, why: str) -> None:
    """Let every member read a case again. Raises BadInputError without a reason, or where there is no restriction."""
    reason = required_text(why, "The reason")
    if restriction(desk, case_id) is None:
        raise BadInputError("This case is not restricted.", "Nothing to do.")
    with desk.store.unit_of_work("case.unrestrict") as unit:
        unit.set(RESTRICTION, _restriction_id(case_id), case_id, {"lifted": True, "why": reason})


def restriction(desk: Desk, case_id: EntityId) -> Restriction | None:
    """The restriction that a case is under; None where there is none."""
    for _, found in children(desk.store.connection, RESTRICTION, case_id):
        if not found.lifted and found.members:
            return Restriction(members=found.members, lifted=found.lifted, why=found.why)
    return None


def hidden_from(desk: Desk, devices: Collection[bytes]) -> frozenset[EntityId]:
    """The restricted cases that one or another of these installations may not read."""
    wanted = {encode(device) for device in devices}
    hidden = set()
    for case_id, said, lifted in desk.store.connection.execute(
        "SELECT case_id, members, lifted FROM restriction WHERE members IS NOT NULL"
    ):
        allowed = set(RESTRICTION.by_name["members"].from_column(said))
        if not lifted and not wanted <= allowed:
            hidden.add(EntityId(case_id))
    return frozenset(hidden)


def _restriction_id(case_id: EntityId) -> EntityId:
    return derived_id("restriction", encode(case_id))


def _roles(roles: Iterable[str]) -> tuple[str, ...]:
    wanted = {role.strip() for role in roles if role.strip()}
    known = [role.value for role in TeamRole]
    for role in wanted:
        if role not in known:
            raise BadInputError(f"There is no role “{role[:40]}”.", f"Roles: {', '.join(known)}.")
    return tuple(role for role in known if role in wanted)
