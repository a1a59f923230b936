"""Who writes what comes: the members that are known, this installation itself, and the names that they had."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from casedesk.model.entities import MEMBER
from casedesk.model.ids import decode, encode
from casedesk.model.words import MemberState, TeamRole
from casedesk.store.connection import Connection
from casedesk.store.operations import DOMAIN, Operation, content_of
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


class Keys(NamedTuple):
    """What enrolling compares: the space that an installation writes in, and its keys, as operations carry them."""

    space: str
    key: str
    recipient: str


KEYS = Keys._fields


def keys_in(said: Mapping[str, Any]) -> Keys | None:
    """The keys that an enrolment gives; None where what is said is no enrolment, whatever else it is."""
    given = [str(one) for name in (*KEYS, "state") if (one := said.get(name)) and isinstance(one, str)]
    return Keys(*given[: len(KEYS)]) if len(given) > len(KEYS) else None


def are_disputed(connection: Connection, heads: Iterable[list[int]]) -> bool:
    """Whether those who enrolled a member gave it different keys. ``heads`` are those of its row."""
    enrolments = [(device, seq) for device, seq, mask, _ in heads if mask & _KEY_BITS]
    if len(enrolments) < 2:
        return False
    given = set()
    for dot in enrolments:
        found = connection.execute("SELECT payload FROM op WHERE device = ? AND seq = ?", dot).fetchone()
        given.add(keys_in(content_of(found[0])["fields"]) if found and found[0] else None)
    return len(given) > 1


_KEY_BITS = sum(MEMBER.bits[name] for name in KEYS)


def read_author(connection: Connection, device: bytes) -> Author | None:
    """What is known of an installation; None when it is no member, or what is said of it cannot be read.

    Keys come from those who enrolled it, if anybody did: where they gave different ones nobody is believed. What it was
    told to be, by a member whose former name it is, counts only where nobody did.
    """
    return _Reading(connection).author(device)


class _Reading:
    """One look at an author, and at those who told of it."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._known: dict[bytes, Author | None] = {}

    def author(self, device: bytes) -> Author | None:
        if device not in self._known:
            self._known[device] = None  # whoever is told of by nobody but itself, through others, is nobody
            self._known[device] = self._read(device)
        return self._known[device]

    def _read(self, device: bytes) -> Author | None:
        found = self._db.execute(
            "SELECT space, key, name, person, roles, state, upto, heads FROM member WHERE id = ? "
            "AND key IS NOT NULL",
            (device,),
        ).fetchone()
        if found is None:
            return _former(self._db, device) or self._told(device)
        space, key, name, person, roles, state, upto, heads = found
        keys = _decoded(space, key)
        if keys is None or are_disputed(self._db, orjson.loads(heads)):
            return None
        granted = frozenset(MEMBER.by_name["roles"].from_column(roles) if roles else ())
        limit = None if state == MemberState.ACTIVE else upto or 0
        return Author(device, *keys, name or "", person or "", granted, limit)

    def _told(self, device: bytes) -> Author | None:
        """A name that members say they had: they must agree on its keys, and it may what each of them may."""
        claims = [claim for claim in self._claims(device) if claim.tellers]
        keys = {claim.keys for claim in claims}
        if len(keys) != 1:
            return None
        found = _decoded(*keys.pop())
        if found is None:
            return None
        tellers = [teller for claim in claims for teller in claim.tellers]
        roles = frozenset[str].intersection(*(teller.roles for teller in tellers))
        last = claims[-1]
        return Author(device, *found, last.name, last.person, roles, min(claim.upto for claim in claims))

    def _claims(self, device: bytes) -> Iterator["_Claim"]:
        for space, key, name, person, upto, heads in self._db.execute(
            "SELECT space, key, name, person, upto, heads FROM former_name WHERE device = ? ORDER BY hlc, id",
            (encode(device),),
        ).fetchall():
            tellers = tuple(
                teller for head in orjson.loads(heads) if (teller := self._teller(device, head)) is not None
            )
            yield _Claim((space, key), name or "", person or "", max(upto or 0, 0), tellers)

    def _teller(self, device: bytes, head: list[int]) -> Author | None:
        """Who told of an installation, if they are believed, and were when they did."""
        (told_by,) = self._db.execute("SELECT id FROM device WHERE ix = ?", (head[0],)).fetchone()
        teller = self.author(bytes(told_by)) if told_by != device else None
        believed = teller is not None and (teller.upto is None or head[1] <= teller.upto)
        return teller if believed else None


@dataclass(frozen=True, slots=True)
class _Claim:
    """That somebody had a name: with which keys, up to where, and who says so and is believed."""

    keys: tuple[str | None, str | None]
    name: str
    person: str
    upto: int
    tellers: tuple[Author, ...]


def _decoded(space: str | None, key: str | None) -> tuple[bytes, bytes] | None:
    """A space and a key as bytes; None where they are none."""
    try:
        return decode(space or ""), decode(key or "")
    except (ValueError, TypeError):
        return None


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
