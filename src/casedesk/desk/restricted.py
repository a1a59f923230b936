"""Restricted cases: who may read one from now on, why, and from whom it is hidden."""

from collections.abc import Collection, Iterator, Mapping

from casedesk.desk.desk import Desk
from casedesk.desk.team import Colleague, members
from casedesk.desk.typed import required_text
from casedesk.model.entities import LOG_ENTRY, MEMBER, RESTRICTION, Value
from casedesk.model.errors import BadInputError
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId, encode, new_id
from casedesk.model.team import Restriction
from casedesk.model.words import TeamRole
from casedesk.store.allowed import restriction_id
from casedesk.store.history import operation, value_in
from casedesk.store.operations import parse_operation
from casedesk.store.records import children, read_heads
from casedesk.store.registry import formers

_RESTRICTED = {False: "Restricted", True: "Restriction lifted"}
"""How an entry of the log begins that says why; by whether the restriction is lifted."""


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
