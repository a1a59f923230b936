"""The waiting room: what came in bundles and could not be taken in, or not wholly, with what to do about each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import orjson

from casedesk.desk import identity, team
from casedesk.desk.desk import Desk
from casedesk.desk.typed import required_text
from casedesk.model.entities import MEMBER
from casedesk.model.errors import BadInputError
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId, decode, encode
from casedesk.model.moments import show_instant
from casedesk.model.text import clean, clip, counted
from casedesk.model.words import MemberState, TeamRole
from casedesk.store import hlc
from casedesk.store.access_log import AccessKind
from casedesk.store.fold import ELSEWHERE, LATER, UNREADABLE
from casedesk.store.incoming import NO_CONTENT, NO_ROLE, Taken, taking_in
from casedesk.store.operations import parse_operation
from casedesk.store.parked import Why


class Reason(StrEnum):
    """Why something waits, or is held and not shown."""

    GAP = "gap"
    UNKNOWN = "unknown-author"
    FORK = "fork"
    OWN = "own"
    LATE = "after-loss"
    AHEAD = "ahead"
    FORGED = "signature"
    NO_ROLE = "role"
    KEYS = "keys"
    VOUCHED = "vouched"
    NO_CONTENT = "content"
    NEWER = "newer"
    UNREADABLE = "unreadable"
    IMPOSSIBLE = "impossible"
    ELSEWHERE = "elsewhere"


TITLES = {
    Reason.GAP: "Earlier changes are missing",
    Reason.UNKNOWN: "Written by somebody who is no member",
    Reason.FORK: "Two copies of one store wrote",
    Reason.OWN: "Written under this installation's own name",
    Reason.LATE: "Written after its author left, or was lost",
    Reason.AHEAD: "Written by a clock that was far ahead",
    Reason.FORGED: "Not signed by its author",
    Reason.NO_ROLE: "Its author may not do this",
    Reason.KEYS: "Would give a member other keys",
    Reason.VOUCHED: "Made a member by a colleague",
    Reason.NO_CONTENT: "Restricted: without its content",
    Reason.NEWER: "Needs a newer casedesk",
    Reason.UNREADABLE: "Its content cannot be read",
    Reason.IMPOSSIBLE: "Claims to have seen later work",
    Reason.ELSEWHERE: "Stands in a case where it cannot be",
}
RETRY, DROP, ADOPT = "retry", "drop", "adopt"
"""What can be done here: try again, drop for good with a reason, write the entries anew as one's own."""
_CAN: dict[Reason, tuple[str, ...]] = {
    Reason.GAP: (RETRY,),
    Reason.UNKNOWN: (RETRY, DROP),
    Reason.FORK: (ADOPT, DROP),
    Reason.LATE: (RETRY, DROP),
    Reason.AHEAD: (RETRY,),
    Reason.FORGED: (DROP,),
    Reason.NO_ROLE: (RETRY,),
}
_QUARANTINED = {UNREADABLE: Reason.UNREADABLE, LATER: Reason.IMPOSSIBLE, ELSEWHERE: Reason.ELSEWHERE}
_MOST_CASES = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one reason, of one author."""

    reason: Reason
    device: bytes | None
    """The installation that wrote it; none where that does not matter."""
    who: str
    count: int
    """How many changes (operations)."""
    detail: str
    """``needs 41–57 from Desk 3``; empty where the title says all."""
    cases: tuple[str, ...]
    """The occurrences concerned that are known here, at most twenty."""
    what_to_do: str
    can: tuple[str, ...]
    """What can be done here: :data:`RETRY`, :data:`DROP`, :data:`ADOPT`."""
    from_whom: tuple[str, ...] = ()
    """Whose bundles brought it."""

    @property
    def title(self) -> str:
        """Why it waits, in a few words."""
        return TITLES[self.reason]

    @property
    def is_urgent(self) -> bool:
        """Whether somebody has to look at it: it may be an attack, or work may be lost."""
        return self.reason in (
            Reason.FORGED, Reason.FORK, Reason.OWN, Reason.LATE, Reason.KEYS, Reason.UNREADABLE, Reason.IMPOSSIBLE,
            Reason.ELSEWHERE,
        )  # fmt: skip


def count(desk: Desk) -> int:
    """How many changes wait, or are held and not shown.

    Those restricted to others, and whom a colleague made a member at their desk, are not counted: all is well.
    """
    (number,) = desk.store.connection.execute(
        "SELECT (SELECT count(*) FROM park) + (SELECT count(*) FROM quarantine) "
        "+ (SELECT coalesce(sum(operations), 0) FROM not_shown)"
    ).fetchone()
    return int(number) + sum(one.count for one in _aside(desk, NO_ROLE) if one.reason is not Reason.VOUCHED)


def waiting(desk: Desk) -> list[Waiting]:
    """Everything that waits, what needs a person first."""
    found = [*_parked(desk), *_aside(desk), *_unreadable(desk), *_newer(desk)]
    order = list(Reason)
    return sorted(found, key=lambda one: (not one.is_urgent, order.index(one.reason), one.who.casefold()))


def retry(desk: Desk) -> Taken:
    """Try everything that waits again, as after a member was added. Raises StoreError when nothing can be written."""

    def detail(taken: Taken) -> dict[str, object]:
        return {"act": "bundle.retry", "operations": taken.freed, "cases": len(taken.cases)}

    with taking_in(desk.store, desk.store.identity.device, detail) as incoming:
        return incoming.finish()


def drop(desk: Desk, one: Waiting, why: str) -> int:
    """Drop what waits for good; how many changes. The access log keeps that it was, and why.

    What is dropped and was good comes again with the next full bundle of whoever holds it. Raises BadInputError
    without a reason, or for what may not be dropped.
    """
    reason = required_text(why, "The reason")
    if DROP not in one.can or one.device is None:
        raise BadInputError("This is not to be dropped.", one.what_to_do)
    store = desk.store
    with store.transaction():
        gone = store.connection.execute(
            "DELETE FROM park WHERE device = ? AND why = ?", (one.device, one.reason.value)
        ).rowcount
        said = {
            "act": "bundle.drop", "of": one.reason.value, "from": encode(one.device)[:6], "operations": gone,
            "reason": clip(reason, 200),
        }  # fmt: skip
        store.access.write(AccessKind.ERASURE, store.clock(), detail=said)
    return int(gone)


def adopt(desk: Desk, one: Waiting) -> int:
    """Write what the copy of a colleague's store said anew as one's own; how many changes. Raises BadInputError."""
    if ADOPT not in one.can or one.device is None:
        raise BadInputError("This is not to be adopted.", one.what_to_do)
    return identity.adopt(desk, one.device)


def numbered(desk: Desk, number: int) -> Waiting:
    """What has this number in :func:`waiting`, 1 first. Raises BadInputError when there is none."""
    found = waiting(desk)
    if not 0 < number <= len(found):
        raise BadInputError(f"Nothing that waits has the number {number}.", "See “casedesk bundle waiting”.")
    return found[number - 1]


def _parked(desk: Desk) -> Iterator[Waiting]:
    for device, why, number, first, last in desk.store.connection.execute(
        "SELECT device, why, count(*), min(seq), max(seq) FROM park GROUP BY device, why"
    ).fetchall():
        reason, who = Reason(why), team.desk_name(desk, device)
        todo = _late_todo(desk, device, who, last) if reason is Reason.LATE else ""
        missing = missing_before(desk, device, first) if reason is Reason.GAP else ""
        detail = f"needs {missing} from {who}" if missing else f"changes {first}–{last}"
        if reason is Reason.AHEAD:
            detail += f", until {show_instant(_in_time(desk, device))}"
        from_whom = tuple(
            team.desk_name(desk, sender)
            for (sender,) in desk.store.connection.execute(
                "SELECT DISTINCT sender FROM park WHERE device = ? AND why = ?", (device, why)
            ).fetchall()
        )
        yield Waiting(
            reason, bytes(device), who, number, detail, _cases_of(desk, device, why),
            todo or _todo(reason, who, from_whom), _CAN.get(reason, ()), from_whom,
        )  # fmt: skip


def _in_time(desk: Desk, device: bytes) -> datetime:
    """When the first of what waits for the clock may be taken in."""
    (header,) = desk.store.connection.execute(
        "SELECT header FROM park WHERE why = ? AND device = ? ORDER BY seq LIMIT 1", (Why.AHEAD.value, device)
    ).fetchone()
    op = parse_operation(header, b"", None)
    return hlc.in_time(op.hlc, op.wall_ms)


def missing_before(desk: Desk, device: bytes, first: int) -> str:
    """The numbers that are missing before an operation of an installation can be taken in: ``41–57``."""
    row = desk.store.connection.execute(
        "SELECT max(vv.seq) FROM device JOIN vv ON vv.device = device.ix WHERE device.id = ?", (device,)
    ).fetchone()
    held = int(row[0] or 0)
    if first <= held + 1:
        return ""
    return f"{held + 1}" if first == held + 2 else f"{held + 1}–{first - 1}"


def _todo(reason: Reason, who: str, from_whom: Iterable[str]) -> str:
    senders = " or ".join(dict.fromkeys(from_whom)) or "the sender"
    match reason:
        case Reason.GAP:
            ask = who if who in from_whom else senders
            return f"Nothing is lost. Ask {ask} for a full bundle, or import the bundle that is missing."
        case Reason.UNKNOWN:
            return f"Enrol their card (“casedesk team enrol”), then try again. {senders} passed it on and knows them."
        case Reason.FORK:
            return (
                f"{who}'s store was copied or restored, and both copies wrote. Ask {who}; adopt the entries to keep "
                "what they say."
            )
        case Reason.OWN:
            return "This store was copied. Lock it and open it again: it then takes a name of its own."
        case Reason.LATE:
            return (
                f"{who} gave this name up before. If a copy of that store is still at work, enrol its card and try "
                "again; else tell your information security contact, and drop it."
            )
        case Reason.AHEAD:
            return (
                f"Nothing is lost. {who}'s clock was more than a day ahead of this one: ask {who}, and set the one "
                "that is wrong. It is taken in when that moment has come."
            )
        case Reason.FORGED:
            return f"Ask {who} in person whether they wrote it; tell your information security contact. Then drop it."
        case Reason.NO_ROLE:
            return f"If {who} may do it, give them the role (“casedesk team roles”); it is then applied."
        case Reason.KEYS:
            return f"Not applied. Ask {who} in person what happened; tell your information security contact."
        case Reason.VOUCHED:
            return (
                f"Nothing: who is a member here, this desk says. To take {who}'s word, give them the role membership; "
                "or enrol the card."
            )
        case Reason.NO_CONTENT:
            return "All is well. Whoever restricted the case can let this desk read it."
        case Reason.NEWER:
            return "Update casedesk; it is then shown. Until then it is kept and passed on as it is."
        case Reason.UNREADABLE:
            return f"Ask {who} to write it again; tell whoever looks after casedesk."
        case Reason.IMPOSSIBLE | Reason.ELSEWHERE:
            return f"Not applied: casedesk writes no such thing. Ask {who}; tell your information security contact."


def _late_todo(desk: Desk, device: bytes, who: str, last: int) -> str:
    """What to do about work that is later than what is believed of a member; empty for who never was one.

    Never to enrol the card of a lost laptop: that would let in whoever has it.
    """
    known = next((one for one in team.members(desk) if one.id == device), None)
    cure = f"takes in what waits up to N ({last} is the last that waits) and nothing later"
    end = "Tell your information security contact, and drop what nobody answers for."
    match known and known.member.state:
        case MemberState.LOST:
            return (
                f"{who}'s laptop was reported lost. Ask {who} in person what of it is theirs: “casedesk team lost "
                f'"{who}" --upto N --why …” {cure}. Do not enrol the same card: whoever has the laptop would be '
                f"believed. {end}"
            )
        case MemberState.LEFT:
            return (
                f'{who} left. “casedesk team remove "{who}" --upto N --why …” {cure}. If they are back, enrol their '
                f"card and try again: all of it is then believed. {end}"
            )
        case MemberState.ACTIVE:
            return f"{who} is a member again: try again."
        case _:
            return ""


def _aside(desk: Desk, also: str = NO_CONTENT) -> Iterator[Waiting]:
    """What is held and not applied for want of a role, and for this reason too, by author and by why."""
    own = desk.store.identity.device
    members = {one.id: one for one in team.members(desk)}
    found: dict[tuple[bytes, Reason], list[tuple[str, EntityId, EntityId]]] = {}
    for device, why, entity, entity_id, case_id in desk.store.connection.execute(
        "SELECT device.id, aside.why, op.entity, op.entity_id, op.case_id FROM aside "
        "JOIN device ON device.ix = aside.device "
        "JOIN op ON op.device = aside.device AND op.seq = aside.seq "
        "WHERE aside.why IN (?, ?) ORDER BY op.n",
        (NO_ROLE, also),
    ):
        reason = Reason.NO_ROLE if why == NO_ROLE else Reason.NO_CONTENT
        if reason is Reason.NO_ROLE and entity == MEMBER.name:
            author = members.get(device)
            if author is not None and author.may(TeamRole.MEMBERSHIP):
                reason = Reason.KEYS
            elif entity_id == own or entity_id in members:
                continue  # whom this desk knows, it knows by itself
            else:
                reason = Reason.VOUCHED
        found.setdefault((device, reason), []).append((entity, entity_id, EntityId(case_id)))
    for (device, reason), ops in found.items():
        who = team.desk_name(desk, device)
        cases = list(dict.fromkeys(case_id for _, _, case_id in ops))[:_MOST_CASES]
        yield Waiting(
            reason, bytes(device), who, len(ops), _about(desk, reason, ops), _references(desk, cases),
            _todo(reason, who, ()), _CAN.get(reason, ()),
        )  # fmt: skip


def _about(desk: Desk, reason: Reason, ops: list[tuple[str, EntityId, EntityId]]) -> str:
    """What operations that are not applied are about, in words."""
    if reason in (Reason.VOUCHED, Reason.KEYS):
        ids = dict.fromkeys(entity_id for _, entity_id, _ in ops)
        return ", ".join(dict.fromkeys(_member_name(desk, one) for one in ids))
    return ", ".join(sorted({entity.replace("_", " ") for entity, _, _ in ops}))


def _member_name(desk: Desk, device: EntityId) -> str:
    """What the operations that were not applied call an installation."""
    for (payload,) in desk.store.connection.execute(
        "SELECT payload FROM op WHERE case_id = ? AND entity_id = ? AND payload IS NOT NULL ORDER BY hlc DESC",
        (TEAM, device),
    ):
        name = orjson.loads(payload).get("fields", {}).get("name")
        if isinstance(name, str):
            return clean(name)
    return encode(device)[:6]


def _unreadable(desk: Desk) -> Iterator[Waiting]:
    for device, why, held in desk.store.connection.execute(
        "SELECT device.id, why, count(*) FROM quarantine JOIN device ON device.ix = quarantine.device "
        "GROUP BY device.id, why"
    ).fetchall():
        reason, who = _QUARANTINED.get(why, Reason.UNREADABLE), team.desk_name(desk, device)
        yield Waiting(reason, bytes(device), who, held, "", (), _todo(reason, who, ()), ())


def _newer(desk: Desk) -> Iterator[Waiting]:
    rows = desk.store.connection.execute("SELECT why, operations FROM not_shown ORDER BY why").fetchall()
    if rows:
        held = sum(number for _, number in rows)
        detail = "; ".join(f"{why}: {counted(number, 'change')}" for why, number in rows[:10])
        yield Waiting(Reason.NEWER, None, "", held, detail, (), _todo(Reason.NEWER, "", ()), ())


def _cases_of(desk: Desk, device: bytes, why: str) -> tuple[str, ...]:
    """The occurrences, known here, that parked operations are about."""
    found: dict[EntityId, None] = {}
    for (header,) in desk.store.connection.execute(
        "SELECT header FROM park WHERE device = ? AND why = ? ORDER BY seq LIMIT 2000", (device, why)
    ):
        found[EntityId(decode(orjson.loads(header)["case"]))] = None
        if len(found) >= _MOST_CASES:
            break
    return _references(desk, list(found))


def _references(desk: Desk, ids: list[EntityId]) -> tuple[str, ...]:
    marks = ",".join("?" * len(ids))
    rows = desk.store.connection.execute(
        f"SELECT ref FROM cases WHERE id IN ({marks}) AND ref IS NOT NULL ORDER BY ref",  # noqa: S608 - marks only
        ids,
    ).fetchall()
    return tuple(ref for (ref,) in rows)
