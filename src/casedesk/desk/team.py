"""The team: device cards given and taken in, members and what they may do, laptops that were lost, restricted cases."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path

import orjson

from casedesk.bundles import cards, phrase
from casedesk.bundles.cards import Card
from casedesk.desk.desk import Desk
from casedesk.desk.typed import required_text
from casedesk.model.entities import LOG_ENTRY, MEMBER, RESTRICTION, Value
from casedesk.model.errors import BadInputError, CasedeskError, NotFoundError, StoreError
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId, decode, encode, new_id
from casedesk.model.moments import from_micros, local, moment_of_day
from casedesk.model.team import Member, Restriction
from casedesk.model.text import clean, counted, folded
from casedesk.model.words import MemberState, TeamRole
from casedesk.store.allowed import restriction_id
from casedesk.store.authors import KEYS, are_disputed
from casedesk.store.history import operation, value_in
from casedesk.store.identity import drop_false_chains, tell_former_names
from casedesk.store.operations import parse_operation
from casedesk.store.parked import WAITS
from casedesk.store.records import children, read_heads
from casedesk.store.registry import formers

CARD_SUFFIX = ".casecard"
ROLE_TITLES = {
    TeamRole.APPROVAL: "Finalise crimes",
    TeamRole.DISPOSAL: "Erase cases under retention",
    TeamRole.MEMBERSHIP: "Add and remove members",
}
"""What each role lets an installation's operations do here."""
_RESTRICTED = {False: "Restricted", True: "Restriction lifted"}
"""How an entry of the log begins that says why; by whether the restriction is lifted."""
STATE_TITLES = {MemberState.ACTIVE: "Member", MemberState.LEFT: "Left", MemberState.LOST: "Laptop lost"}
_ANEW = (
    "If it is back, back it up, restore that backup, and enrol the new card that it then has. For what waits of it, "
    "give “casedesk team lost” a higher --upto. If nobody else can have used it, “casedesk team enrol” takes --found."
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


def own_card(desk: Desk) -> Card:
    """This installation's card, as it would be given to a colleague now."""
    me = desk.store.identity
    (name,) = desk.store.connection.execute("SELECT name FROM device WHERE id = ?", (me.device,)).fetchone()
    person = desk.settings.person
    return Card(
        device=me.device,
        space=me.space,
        name=_line(name) or _line(person.name) or "desk",
        actor=_line(me.actor) or "?",
        sign_pub=me.signing_key.public_key().public_bytes_raw(),
        recipient=str(desk.store.bundle_identity().to_public()),
        made_at=desk.now,
    )


def _line(said: str | None) -> str:
    """A name as a card may carry it: cleaned, not too long; empty where nothing of it can be seen."""
    found = clean(clean(said or "")[:100])
    return found if folded(found).strip() else ""


def write_own_card(desk: Desk) -> tuple[Card, bytes]:
    """The card and its file, signed."""
    card = own_card(desk)
    return card, cards.write_card(card, desk.store.sign(cards.signed_bytes(card)))


def write_own_card_to(desk: Desk, to: Path) -> tuple[Card, Path]:
    """Write this installation's card into a file, or into a folder under the desk's name, with a number if need be.

    Raises BadInputError when a file is named that is there and not this desk's card, or whose folder is not there;
    StoreError when it cannot be written.
    """
    card, raw = write_own_card(desk)
    try:
        path = _free_name(to, card) if to.is_dir() else to
        if path.suffix != CARD_SUFFIX:
            path = path.with_name(path.name + CARD_SUFFIX)
        if path.exists() and not _is_card_of(path, card.device):
            raise BadInputError(f"{path} is there, and is not this desk's card.", "Name another file.")
        if not path.parent.is_dir():
            raise BadInputError(
                f"{path} cannot be written: there is no such folder.",
                "Plug the stick in, or name another folder.",
            )
        _write_whole(path, raw)
    except OSError as error:
        raise StoreError(
            f"No card could be written in {path.parent} ({error.strerror or type(error).__name__}).",
            "Check that the folder can be written and has room.",
        ) from None
    return card, path


def _free_name(folder: Path, card: Card) -> Path:
    """Where a card goes in a folder: in place of an older one of the same desk, never of anything else."""
    name = _file_name(card.name)
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    places = (folder / f"{one}{CARD_SUFFIX}" for one in names)
    return next(path for path in places if not path.exists() or _is_card_of(path, card.device))


def _write_whole(path: Path, raw: bytes) -> None:
    """Write beside the final name, then give it the name: a full stick leaves the older card as it was."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(raw)
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


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
    known = next((one for one in members(desk) if one.id == card.device), None)
    if known and known.member.state == MemberState.LOST and not found.strip():
        raise BadInputError(
            f"The laptop of {known.name} was reported lost: enrolled again, whoever has it would be believed.",
            _ANEW,
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
    )


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
        return _believed_now(desk, colleague)
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


def _believed_now(desk: Desk, colleague: Colleague) -> int:
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


# -- restricted cases ----------------------------------------------------------------------------------------


def restrict(desk: Desk, case_id: EntityId, allowed: Collection[Colleague], why: str) -> list[str]:
    """Let only these members, and this installation, read a case from now on. Why is kept in the case's log.

    What was sent before cannot be called back: returns the names of those who hold some of it and may not read it any
    more. Raises BadInputError without a reason, or where others restricted the case and left this desk out.
    """
    ids = tuple(sorted({encode(desk.store.identity.device), *(encode(one.id) for one in allowed)}))
    _set_restriction(desk, case_id, "case.restrict", {"members": ids, "lifted": False}, why)
    kept = {one.id for one in allowed}
    return [one.name for one in members(desk) if one.id not in kept and _holds_some(desk, one, case_id)]


def _set_restriction(
    desk: Desk, case_id: EntityId, act: str, said: Mapping[str, Value], why: str, *, beside: bool = False
) -> None:
    """Say who may read a case. The restriction goes to everybody; why it was changed is casework, and does not."""
    reason = required_text(why, "The reason")
    check_may_restrict(desk, case_id)
    entry: dict[str, Value] = {
        "at": desk.now, "topic": "decision", "text": f"{_RESTRICTED[bool(said['lifted'])]}: {reason}",
    }  # fmt: skip
    with desk.store.unit_of_work(act) as unit:  # its reason would go to everybody with the restriction
        unit.entry(LOG_ENTRY, new_id(), case_id, entry)
        write = unit.set_beside if beside else unit.set
        write(RESTRICTION, restriction_id(case_id), case_id, said)


def check_may_restrict(desk: Desk, case_id: EntityId) -> None:
    """Raise BadInputError where others restricted a case and left this desk out: its word would not be taken."""
    own = {encode(one) for one in (desk.store.identity.device, *_former_ids(desk))}
    if not all(own & set(held) for held in _restrictions(desk, case_id)) and not _may_enrol_elsewhere(desk):
        raise BadInputError(
            "The case is restricted, and this desk is not among those that may read it.",
            "Ask one of them, or a desk with the role membership, to change that.",
        )


def _restrictions(desk: Desk, case_id: EntityId) -> Iterator[tuple[str, ...]]:
    """Whom each of the restrictions that stand lets read a case: several while they are in dispute."""
    ids = desk.store.registry.device_ids
    for _, heads in read_heads(desk.store.connection, RESTRICTION, [restriction_id(case_id)]):
        for device, seq, mask, _ in heads:
            op = operation(desk.store.connection, (ids[device], seq))
            if op is not None and mask & RESTRICTION.bits["members"]:
                yield value_in(op, RESTRICTION, "members") or ()


def _former_ids(desk: Desk) -> list[bytes]:
    return [one.device for one in formers(desk.store.connection)]


def _may_enrol_elsewhere(desk: Desk) -> bool:
    """Whether a colleague gave this desk the role of membership, as far as was heard here."""
    rows = desk.store.connection.execute(
        "SELECT header, sig, payload FROM op WHERE case_id = ? AND entity = ? AND entity_id = ? "
        "AND payload IS NOT NULL",
        (TEAM, MEMBER.name, desk.store.identity.device),
    )
    said = (parse_operation(*row).body().get("fields", {}).get("roles") for row in rows)
    return any(isinstance(roles, list) and TeamRole.MEMBERSHIP in roles for roles in said)


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
    """Let every member read a case again. Raises BadInputError without a reason, where there is no restriction, or
    where others restricted the case and left this desk out.
    """
    required_text(why, "The reason")
    found = restriction(desk, case_id)
    if found is None:
        raise BadInputError("This case is not restricted.", "Nothing to do.")
    _set_restriction(desk, case_id, "case.unrestrict", {"members": found.members, "lifted": True}, why)


def settle_restriction(
    desk: Desk, case_id: EntityId, act: str, name: str, value: Value, why: str, *, beside: bool = False
) -> None:
    """Give one field of a case's restriction a value, in place of all that stand or beside them.

    A restriction always says both who may read the case and whether it is lifted. Raises BadInputError as
    :func:`restrict` does.
    """
    ((_, held),) = children(desk.store.connection, RESTRICTION, case_id)
    said: dict[str, Value] = {"members": held.members or (), "lifted": bool(held.lifted), name: value}
    _set_restriction(desk, case_id, act, said, why, beside=beside)


def restriction(desk: Desk, case_id: EntityId) -> Restriction | None:
    """The restriction that a case is under; None where there is none.

    While it is in dispute only those may read the case whom everybody lets, and it is lifted once nobody holds on to
    it: so says its row.
    """
    for _, found in children(desk.store.connection, RESTRICTION, case_id):
        if not found.lifted and found.members is not None:
            return Restriction(members=found.members, lifted=found.lifted)
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


def _roles(roles: Iterable[str]) -> tuple[str, ...]:
    wanted = {role.strip() for role in roles if role.strip()}
    known = [role.value for role in TeamRole]
    for role in wanted:
        if role not in known:
            raise BadInputError(f"There is no role “{role[:40]}”.", f"Roles: {', '.join(known)}.")
    return tuple(role for role in known if role in wanted)
