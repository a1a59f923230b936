"""The team: device cards given and taken in, members and what they may do, laptops that were lost, restricted cases."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from casedesk.bundles import cards, phrase
from casedesk.bundles.cards import Card
from casedesk.desk.desk import Desk
from casedesk.desk.typed import required_text
from casedesk.model.entities import MEMBER, RESTRICTION, Value
from casedesk.model.errors import BadInputError, NotFoundError
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId, derived_id, encode
from casedesk.model.moments import local, moment_of_day
from casedesk.model.team import Member, Restriction
from casedesk.model.words import MemberState, TeamRole
from casedesk.store.records import children

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


def read_card_file(path: Path) -> Card:
    """Read a colleague's card. Raises RefusedError when it is none, BadInputError when it cannot be read."""
    try:
        with path.open("rb") as file:
            raw = file.read(cards.MOST_BYTES + 1)
    except OSError as error:
        raise BadInputError(f"{path} cannot be read ({type(error).__name__}).", "Check the path.") from None
    return cards.read_card(raw)


def members(desk: Desk) -> list[Colleague]:
    """Everybody who is or was a member, this installation aside: active ones first, by name."""
    own = desk.store.identity.device
    found = [
        Colleague(bytes(own_id), member)
        for own_id, member in children(desk.store.connection, MEMBER, TEAM)
        if own_id != own and member.key
    ]
    return sorted(found, key=lambda one: (not one.is_active, one.name.casefold(), one.id))


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
    if held and (held.member.key, held.member.recipient) != (encode(card.sign_pub), card.recipient):
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


def restrict(desk: Desk, case_id: EntityId, allowed: Collection[Colleague], why: str) -> None:
    """Let only these members, and this installation, read a case from now on.

    What was sent before cannot be called back. Raises BadInputError without a reason.
    """
    reason = required_text(why, "The reason")
    ids = tuple(sorted({encode(desk.store.identity.device), *(encode(one.id) for one in allowed)}))
    fields: dict[str, Value] = {"members": ids, "lifted": False, "why": reason}
    with desk.store.unit_of_work("case.restrict") as unit:
        unit.set(RESTRICTION, _restriction_id(case_id), case_id, fields)


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
