"""What an author's operations may do here: some need a role, some nobody may, and some those whom others named.

Each operation is judged by itself and by the contents of those that it names in ``over``: in whatever order they come,
the answer is the same once all have come. One whose named operations are not here yet is set aside until they are.
"""

from collections.abc import Iterator
from typing import Any

from casedesk.model.entities import APPROVAL, CASE, MEMBER, RESTRICTION
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId, derived_id, encode
from casedesk.model.words import Stage, TeamRole
from casedesk.store.authors import KEYS, Author, Keys, keys_in
from casedesk.store.connection import Connection
from casedesk.store.operations import Dot, Operation, OpKind, content_of

_NEEDS: dict[str, TeamRole] = {APPROVAL.name: TeamRole.APPROVAL}
"""The role that writing an entity needs, besides that of a colleague."""


def restriction_id(case_id: EntityId) -> EntityId:
    """The id of the restriction of a case: there is one."""
    return derived_id("restriction", encode(case_id))


def exceeds(connection: Connection, author: Author, op: Operation) -> bool:
    """Whether an operation does what its author may not: for want of a role, or because nobody may.

    What came so far must be in the journal's table where the operation is about a member or a restriction.
    """
    roles = author.roles if author.upto is None or op.seq <= author.upto else frozenset()
    if op.kind == OpKind.DISPOSE:
        return TeamRole.DISPOSAL not in roles
    if op.entity == MEMBER.name:
        return TeamRole.MEMBERSHIP not in roles or _is_no_word_of_a_member(connection, op)
    if op.entity == RESTRICTION.name:
        return _exceeds_of_restriction(connection, op, roles)
    if op.entity == CASE.name:
        return TeamRole.APPROVAL not in roles and _finalises(op)
    needed = _NEEDS.get(op.entity)
    return needed is not None and needed not in roles


def _finalises(op: Operation) -> bool:
    """Whether an operation says that a case is finalised, however it is written."""
    raw = op.payload
    if raw is None:
        return False
    # Nearly none does, and reading each would cost a tenth of an import: only these bytes can come to mean the word.
    if b"finalised" not in raw and b"\\" not in raw and b"\x7f" not in raw and raw.isascii():
        return False
    said = _fields(op)
    return said is not None and said.get("stage") == Stage.FINALISED


# -- members -------------------------------------------------------------------------------------------------


def _is_no_word_of_a_member(connection: Connection, op: Operation) -> bool:
    """Whether it says of a member what nobody may: of oneself, or keys that are others than were compared."""
    said = _fields(op)
    if said is None or op.entity_id == op.device or op.kind == OpKind.EXTRACT:
        return True
    replaced = {dot for name in KEYS for dot in op.over.get(name, ())}
    if not said.keys() & set(KEYS):
        return bool(replaced)  # keys would be taken away, and none given
    keys = keys_in(said)
    if keys is None:  # keys that nobody enrolls
        return True
    before = [_keys_at(connection, op, dot) for dot in replaced]
    return any(other != keys for other in (*before, *_compared_here(connection, op.entity_id)))


def _keys_at(connection: Connection, op: Operation, dot: Dot) -> Keys | None:
    """The keys that an operation named in ``over`` gave; None where it is not here, or gave none to this member."""
    said = _said_at(connection, op, dot)
    return keys_in(said) if said is not None else None


def _compared_here(connection: Connection, member: EntityId) -> Iterator[Keys]:
    """The keys with which this installation enrolled a member itself."""
    for (payload,) in connection.execute(
        "SELECT op.payload FROM op JOIN device ON device.ix = op.device WHERE op.case_id = ? AND op.entity = ? "
        "AND op.entity_id = ? AND op.payload IS NOT NULL AND device.status IN ('own', 'former')",
        (TEAM, MEMBER.name, member),
    ):
        keys = keys_in(content_of(payload)["fields"])
        if keys is not None:
            yield keys


# -- restricted cases ----------------------------------------------------------------------------------------


def _exceeds_of_restriction(connection: Connection, op: Operation, roles: frozenset[str]) -> bool:
    """Whether somebody changes who may read a case who may not read it.

    Whoever replaces a restriction must be among those whom it lets read the case, or have the role of membership. One
    that replaces none is a first one: it stands beside those that are there and can only narrow them.
    """
    if op.kind != OpKind.SET:
        return op.kind == OpKind.EXTRACT  # others no program shows
    said = _fields(op)
    if said is None or op.entity_id != restriction_id(op.case_id) or _readers(said) is None:
        return True
    if TeamRole.MEMBERSHIP in roles:
        return False
    named = {dot for dots in op.over.values() for dot in dots}
    return not all(_lets(connection, op, dot) for dot in named)


def _lets(connection: Connection, op: Operation, dot: Dot) -> bool:
    """Whether a restriction that an operation replaces lets its author read the case."""
    said = _said_at(connection, op, dot)
    return said is not None and encode(op.device) in (_readers(said) or ())


def _readers(said: dict[str, Any]) -> list[str] | None:
    """Whom a restriction lets read the case; None where it is none: it must say so, and whether it is lifted."""
    members = said.get("members")
    whole = isinstance(members, list) and all(isinstance(one, str) for one in members)
    return members if whole and isinstance(said.get("lifted"), bool) else None


# -- what operations say -------------------------------------------------------------------------------------


def _said_at(connection: Connection, op: Operation, dot: Dot) -> dict[str, Any] | None:
    """What the operation of this name says of the same entity; None where it is not here, or cannot be read."""
    found = connection.execute(
        "SELECT op.payload FROM op JOIN device ON device.ix = op.device "
        "WHERE device.id = ? AND op.seq = ? AND op.entity = ? AND op.entity_id = ?",
        (*dot, op.entity, op.entity_id),
    ).fetchone()
    if found is None or found[0] is None:
        return None
    try:
        said: dict[str, Any] = content_of(found[0]).get("fields") or {}
    except ValueError:
        return None
    return said


def _fields(op: Operation) -> dict[str, Any] | None:
    """What an operation says; None where it cannot be read."""
    try:
        return op.body().get("fields") or {}
    except ValueError:
        return None
