"""A store that is not alone under its name: restored, copied, or put back as it was. It takes a new one.

Two copies of a store that both write give the same numbers to different operations. Colleagues hold those that reached
them first and can never take in the others. So a store that meets an operation under its own name and key which it did
not write becomes an installation of its own at once: what was written in place of what others hold is written anew
under the new name, and what the other copy wrote is taken in like anybody's.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import orjson

from casedesk.model.entities import MEMBER
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId, encode
from casedesk.model.moments import to_micros
from casedesk.store.access_log import AccessKind
from casedesk.store.operation_log import OperationLog
from casedesk.store.operations import GENESIS, OpKind, parse_operation
from casedesk.store.parked import Why
from casedesk.store.registry import FORMER, Registry, formers

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from casedesk.store.store import Store


@dataclass(frozen=True, slots=True)
class Rotated:
    """What becoming another installation came to."""

    former: bytes
    """The name it had."""
    reissued: int
    """How many of its operations were written anew under the new name."""
    freed: int
    """How many operations of the other copy were taken in."""


@dataclass(frozen=True, slots=True)
class New:
    """The name that a store has just taken, by the numbers of its tables and by its key."""

    device: bytes
    space: bytes
    signing_key: "Ed25519PrivateKey"


def is_copied(store: "Store") -> bool:
    """Whether operations came under this installation's name and key that it did not write."""
    (found,) = store.connection.execute(
        "SELECT EXISTS (SELECT 1 FROM park WHERE device = ? AND why IN (?, ?))",
        (store.identity.device, Why.OWN.value, Why.FORK.value),
    ).fetchone()
    return bool(found)


def take_new_name(store: "Store", last: int | None = None) -> New:
    """Give the store a new device, space and keys for the same person, in the transaction that is open.

    ``last`` is the last operation that stays under the old name; its present end if not given. The store must be
    renewed, or closed and opened again, before anything else is written.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    db, registry, old = store.connection, store.registry, store.device
    key = Ed25519PrivateKey.generate()
    home = registry.spaces[store.identity.space]
    end = registry.have(home, old)[0] if last is None else last
    made = New(secrets.token_bytes(16), secrets.token_bytes(16), key)
    (name,) = db.execute("SELECT name FROM space WHERE ix = ?", (home,)).fetchone()
    device, space = registry.device(made.device), registry.space(made.space, name)
    db.execute(
        "UPDATE device SET sign_pub = ?, status = 'own', enrolled_at = ?, "
        "(name, actor) = (SELECT name, actor FROM device WHERE ix = ?) WHERE ix = ?",
        (key.public_key().public_bytes_raw(), to_micros(store.clock()), old, device),
    )
    db.execute("UPDATE device SET status = 'former' WHERE ix = ?", (old,))
    db.execute("UPDATE secret SET value = ? WHERE name = 'signing-key'", (key.private_bytes_raw(),))
    db.execute("DELETE FROM secret WHERE name = 'bundle-identity'")
    db.execute("UPDATE outgoing SET upto = 0")  # what went out was counted by the old name's numbers
    store.set_meta(f"{FORMER}{old}", f"{end} {home}")
    store.set_meta("device", device)
    store.set_meta("space", space)
    return made


def rotate(store: "Store") -> Rotated | None:
    """Become an installation of its own if another copy of the store wrote; None when there is no sign of one.

    What was written here in place of what others hold is written anew: the same acts, moments and contents. Raises
    StoreError, with nothing changed, when the store cannot be written.
    """
    from casedesk.store.checks import refold
    from casedesk.store.incoming import free_what_waits

    if not is_copied(store):
        return None
    former, reissued = store.identity.device, 0
    with store.transaction():
        fork = _fork(store)
        last = fork - 1 if fork else None
        store.access.write(AccessKind.RESTORE, store.clock(), detail={"act": "identity.new"})
        made = take_new_name(store, last)
        if fork:
            reissued = _reissue(store, former, fork, made)
            refold(store)
        store.connection.execute(
            "UPDATE park SET why = ? WHERE device = ? AND why IN (?, ?)",
            (Why.GAP.value, former, Why.OWN.value, Why.FORK.value),
        )
    store.renew()
    tell_former_names(store)
    return Rotated(former, reissued, free_what_waits(store))


def tell_former_names(store: "Store") -> None:
    """Say in the journal which names this store had, once there are colleagues, unless they know.

    Those who never met it under such a name could not take in what it wrote then. Raises StoreError when the store
    cannot be written.
    """
    db = store.connection
    untold = [one for one in formers(db) if not _is_known(store, one.device)]
    if not untold or not db.execute("SELECT 1 FROM member WHERE key IS NOT NULL LIMIT 1").fetchone():
        return
    (name,) = store.connection.execute("SELECT name FROM device WHERE ix = ?", (store.device,)).fetchone()
    with store.unit_of_work("identity.former") as unit:
        for one in untold:
            said = {"name": f"{name} (before)", "person": store.actor}
            keys = {"space": encode(one.space), "key": encode(one.public)}
            unit.set(MEMBER, EntityId(one.device), TEAM, {**said, **keys})


def _is_known(store: "Store", device: bytes) -> bool:
    (found,) = store.connection.execute(
        "SELECT EXISTS (SELECT 1 FROM member WHERE id = ? AND key IS NOT NULL)", (device,)
    ).fetchone()
    return bool(found)


def _fork(store: "Store") -> int:
    """The first operation of this store in whose place another came; 0 where there is none."""
    end = store.registry.have(store.registry.spaces[store.identity.space], store.device)[0]
    (first,) = store.connection.execute(
        "SELECT coalesce(min(seq), 0) FROM park WHERE device = ? AND why IN (?, ?) AND seq <= ?",
        (store.identity.device, Why.OWN.value, Why.FORK.value, end),
    ).fetchone()
    return int(first)


def _reissue(store: "Store", former: bytes, fork: int, made: New) -> int:
    """Write what this store wrote from the fork on anew; what was signed under the old name is laid aside."""
    db, registry = store.connection, store.registry
    old = registry.devices[former]
    rows = db.execute(
        "SELECT header, sig, payload FROM op WHERE device = ? AND seq >= ? ORDER BY seq", (old, fork)
    ).fetchall()
    _lay_aside(store, former, fork)
    log = OperationLog(db, registry, made.signing_key)
    renamed = _Renamed(former, fork, made)
    for header, _, payload in rows:
        log.add(renamed.operation(header, payload, registry))
    log.finish()
    return len(rows)


def _lay_aside(store: "Store", former: bytes, fork: int) -> None:
    """Take the operations from the fork on out of the journal. Their signed headers stay in the waiting room."""
    db, registry = store.connection, store.registry
    old = registry.devices[former]
    home = registry.home[old]
    db.execute(
        "INSERT OR IGNORE INTO park (hash, space, device, seq, why, sender, came_at, header, sig, payload) "
        "SELECT op.hash, space.id, ?, op.seq, ?, ?, ?, op.header, op.sig, NULL FROM op "
        "JOIN space ON space.ix = op.space WHERE op.device = ? AND op.seq >= ?",
        (former, Why.REISSUED.value, former, to_micros(store.clock()), old, fork),
    )
    db.execute("DELETE FROM op WHERE device = ? AND seq >= ?", (old, fork))
    before = db.execute("SELECT hash FROM op WHERE device = ? AND seq = ?", (old, fork - 1)).fetchone()
    if before is None:
        registry.vv.pop((home, old), None)
        db.execute("DELETE FROM vv WHERE space = ? AND device = ?", (home, old))
    else:
        registry.vv[home, old] = (fork - 1, before[0])


class _Renamed:
    """Turns operations of the old name into those of the new one: the same acts, in the same order."""

    def __init__(self, former: bytes, fork: int, made: New) -> None:
        self._former = encode(former)
        self._fork = fork
        self._made = made
        self._seq, self._prev = 0, GENESIS

    def operation(self, header: bytes, payload: bytes | None, registry: Registry) -> Any:
        raw = orjson.loads(header)
        if payload is not None and raw["kind"] == OpKind.DISPOSE.value:
            payload = self._covering(payload)
            raw["payload"] = encode(sha256(payload).digest())
        self._seq += 1
        raw |= {
            "space": encode(self._made.space),
            "device": encode(self._made.device),
            "seq": self._seq,
            "prev": encode(self._prev),
        }
        if "over" in raw:
            raw["over"] = {name: [self._dot(*dot) for dot in dots] for name, dots in raw["over"].items()}
        op = parse_operation(orjson.dumps(raw), b"", payload)
        self._prev = op.hash
        return op

    def _dot(self, device: str, seq: int) -> list[Any]:
        if device == self._former and seq >= self._fork:
            return [encode(self._made.device), seq - self._fork + 1]
        return [device, seq]

    def _covering(self, payload: bytes) -> bytes:
        """What a disposal erases: what of it was written anew, under the new name."""
        body = orjson.loads(payload)
        covers: Mapping[str, int] = body["fields"]["covers"]
        upto = covers.get(self._former, 0)
        if upto >= self._fork:
            new = {self._former: self._fork - 1, encode(self._made.device): upto - self._fork + 1}
            body["fields"]["covers"] = {**covers, **new}
        return orjson.dumps(body)
