"""What an author's operations may do here: some need a role, some nobody may."""

from typing import Any

from casedesk.model.entities import APPROVAL, MEMBER
from casedesk.model.words import TeamRole
from casedesk.store.authors import FORMER_NAME, Author
from casedesk.store.connection import Connection
from casedesk.store.operations import Operation, OpKind

_NEEDS: dict[str, TeamRole] = {APPROVAL.name: TeamRole.APPROVAL}
"""The role that writing an entity needs, besides that of a colleague."""


def exceeds(connection: Connection, author: Author, op: Operation) -> bool:
    """Whether an operation does what its author may not: for want of a role, or because nobody may.

    What was folded so far must be in the tables where the operation is about a member.
    """
    if op.entity == MEMBER.name:
        return _exceeds_of_member(connection, author, op)
    needed = TeamRole.DISPOSAL if op.kind == OpKind.DISPOSE else _NEEDS.get(op.entity)
    return needed is not None and needed not in author.roles


def _exceeds_of_member(connection: Connection, author: Author, op: Operation) -> bool:
    """The same of what is said of a member: who may not enrol may still say which names they had before."""
    held = connection.execute(
        "SELECT space, key, recipient, state FROM member WHERE id = ? AND key IS NOT NULL",
        (op.entity_id,),
    ).fetchone()
    try:
        said = op.body().get("fields") or {}
    except ValueError:
        return True
    # Nobody says of themselves what they may, or that they are not lost.
    if op.entity_id == op.device or (held and _has_other_keys(held, said)):
        return True
    tells_a_name = held is None and {"space", "key"} <= said.keys() <= FORMER_NAME
    return TeamRole.MEMBERSHIP not in author.roles and not tells_a_name


def _has_other_keys(held: tuple[str | None, ...], said: dict[str, Any]) -> bool:
    """Whether other keys are said of a member than were compared. Of a name that was only told none were."""
    *keys, state = held
    return state is not None and any(
        name in said and said[name] != was
        for name, was in zip(("space", "key", "recipient"), keys, strict=True)
    )
