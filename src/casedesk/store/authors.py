"""Who writes what comes: the members that are known, this installation itself, and the names that it had."""

from dataclasses import dataclass

import orjson

from casedesk.model.entities import MEMBER
from casedesk.model.ids import decode
from casedesk.model.words import MemberState, TeamRole
from casedesk.store.connection import Connection
from casedesk.store.operations import DOMAIN, Operation
from casedesk.store.registry import formers
from casedesk.store.store import Store


@dataclass(frozen=True, slots=True)
class Author:
    """What is known of an installation whose operations come."""

    id: bytes
    space: bytes
    public: bytes
    name: str
    actor: str
    roles: frozenset[str]
    upto: int | None
    """The last operation that is believed; none where there is no such limit."""


FORMER_NAME = {"name", "person", "space", "key"}
"""What a member says of a name that it had before: keys to check signatures by, no role, and no bundles."""
_MOST_NAMES = 5


def read_author(connection: Connection, device: bytes, *, _deep: int = 0) -> Author | None:
    """What is known of an installation; None when it is no member, or what is said of it cannot be read."""
    found = connection.execute(
        "SELECT space, key, name, person, roles, state, upto, heads FROM member WHERE id = ? AND key IS NOT NULL",
        (device,),
    ).fetchone()
    if found is None:
        return _former(connection, device)
    space, key, name, person, roles, state, upto, heads = found
    try:
        public, home = decode(key), decode(space)
    except (ValueError, TypeError):
        return None
    limit = upto if state == MemberState.LOST else None
    if state == MemberState.LOST and limit is None:
        limit = 0
    granted = frozenset(MEMBER.by_name["roles"].from_column(roles) if roles else ())
    if (
        state is None and not roles and _deep < _MOST_NAMES
    ):  # a name that a member says it had: it may what they may
        granted = _roles_of_writer(connection, heads, _deep)
    return Author(device, home, public, name or "", person or "", granted, limit)


def _roles_of_writer(connection: Connection, heads: str, deep: int) -> frozenset[str]:
    """The roles of whoever told a name first."""
    (told_by,) = connection.execute(
        "SELECT id FROM device WHERE ix = ?", (orjson.loads(heads)[0][0],)
    ).fetchone()
    teller = read_author(connection, told_by, _deep=deep + 1)
    return teller.roles if teller else frozenset()


def _former(connection: Connection, device: bytes) -> Author | None:
    """This installation under a name that it had: what it wrote then comes back by its colleagues."""
    for one in formers(connection):
        if one.device == device:
            return Author(device, one.space, one.public, "", "", frozenset(TeamRole), None)
    return None


def own_author(store: Store) -> Author:
    """This installation itself."""
    me = store.identity
    public = me.signing_key.public_key().public_bytes_raw()
    return Author(me.device, me.space, public, "", me.actor, frozenset(TeamRole), None)


def is_signed(author: Author, op: Operation) -> bool:
    """Whether its author signed an operation."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(author.public).verify(op.sig, DOMAIN + op.hash)
    except (InvalidSignature, ValueError):
        return False
    return True
