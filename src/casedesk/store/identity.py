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

from casedesk.model.entities import FORMER_NAME, Value
from casedesk.model.facts import TEAM
from casedesk.model.ids import encode, new_id
from casedesk.model.moments import to_micros
from casedesk.store.access_log import AccessKind
from casedesk.store.authors import is_signed, read_author
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
    freed = free_what_waits(store)
    tell_former_names(store)  # with what the other copy wrote under the old name and is held here by now
    return Rotated(former, reissued, freed)


def tell_former_names(store: "Store") -> None:
    """Say in the journal which names this store had, once there are colleagues, unless it has said so.

    Those who never met it under such a name could not take in what it wrote then. Each is told with the last operation
    of it that is held here: what comes after that is believed of nobody but an installation that somebody enrols.
    Raises StoreError when the store cannot be written.
    """
    db = store.connection
    untold = [one for one in formers(db) if not _has_told(store, one.device)]
    if not untold or not db.execute("SELECT 1 FROM member WHERE key IS NOT NULL LIMIT 1").fetchone():
        return
    (name,) = store.connection.execute("SELECT name FROM device WHERE ix = ?", (store.device,)).fetchone()
    with store.unit_of_work("identity.former") as unit:
        for one in untold:
            held, _ = store.registry.have(store.registry.spaces[one.space], one.ix)
            said: dict[str, Value] = {
                "device": encode(one.device),
                "name": f"{name} (before)",
                "person": store.actor,
            }
            keys: dict[str, Value] = {"space": encode(one.space), "key": encode(one.public)}
            unit.entry(FORMER_NAME, new_id(), TEAM, {**said, **keys, "upto": max(one.last, held)})


def _has_told(store: "Store", device: bytes) -> bool:
    """Whether this installation, by whatever name, has told of a name that it had."""
    own = {store.device, *(one.ix for one in formers(store.connection))}
    return any(
        head[0] in own
        for (heads,) in store.connection.execute(
            "SELECT heads FROM former_name WHERE device = ?", (encode(device),)
        )
        for head in orjson.loads(heads)
    )


def drop_false_chains(store: "Store") -> int:
    """Let go of what was taken in under a name that a member was told to have had, and that somebody enrolled since.

    Where its keys are not those that were compared, none of it was written by the one whom they belong to: its headers
    go into the waiting room as forgeries, and what its true owner wrote is taken in. So it does not matter which came
    first. Returns how many operations went. Raises StoreError, with nothing changed, when the store cannot be written.
    """
    from casedesk.store.checks import refold
    from casedesk.store.incoming import free_what_waits

    false = [
        bytes(device)
        for (device,) in store.connection.execute(
            "SELECT member.id FROM member JOIN device ON device.id = member.id WHERE member.key IS NOT NULL "
            "AND EXISTS (SELECT 1 FROM former_name) AND EXISTS (SELECT 1 FROM op WHERE op.device = device.ix)"
        ).fetchall()
        if _is_told(store, device) and _is_false(store, device)
    ]
    if not false:
        return 0
    with store.transaction():
        gone = sum(_lay_aside(store, device, 1, Why.FORGED) for device in false)
        refold(store)
    store.renew()
    free_what_waits(store)
    return gone


def _is_told(store: "Store", device: bytes) -> bool:
    row = store.connection.execute("SELECT 1 FROM former_name WHERE device = ?", (encode(device),)).fetchone()
    return row is not None


def _is_false(store: "Store", device: bytes) -> bool:
    """Whether what is held of an installation was not signed with the keys that it is enrolled with."""
    author = read_author(store.connection, device)
    header, sig = store.connection.execute(
        "SELECT header, sig FROM op WHERE device = ? ORDER BY seq DESC LIMIT 1",
        (store.registry.devices[device],),
    ).fetchone()
    return author is not None and not is_signed(author, parse_operation(header, sig, None))


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
    _lay_aside(store, former, fork, Why.REISSUED)
    log = OperationLog(db, registry, made.signing_key)
    renamed = _Renamed(former, fork, made)
    for header, _, payload in rows:
        log.add(renamed.operation(header, payload, registry))
    log.finish()
    return len(rows)


def _lay_aside(store: "Store", device: bytes, first: int, why: Why) -> int:
    """Take an installation's operations from one on out of the journal; how many there were.

    Their signed headers stay in the waiting room. What waited there because they were held may be taken in now.
    """
    db, registry = store.connection, store.registry
    number = registry.devices[device]
    home = registry.home.get(number)
    if why is Why.FORGED:  # what contradicted it may be true
        db.execute(
            "UPDATE park SET why = ? WHERE device = ? AND why IN (?, ?)",
            (Why.GAP.value, device, Why.FORK.value, Why.FORGED.value),
        )
    db.execute(
        "INSERT OR IGNORE INTO park (hash, space, device, seq, why, sender, came_at, header, sig, payload) "
        "SELECT op.hash, space.id, ?, op.seq, ?, ?, ?, op.header, op.sig, NULL FROM op "
        "JOIN space ON space.ix = op.space WHERE op.device = ? AND op.seq >= ?",
        (device, why.value, device, to_micros(store.clock()), number, first),
    )
    gone = db.execute("DELETE FROM op WHERE device = ? AND seq >= ?", (number, first)).rowcount
    if why is Why.FORGED:
        db.execute("DELETE FROM loose WHERE device = ? AND seq >= ?", (number, first))
        db.execute("DELETE FROM aside WHERE device = ? AND seq >= ?", (number, first))
    if home is None:
        return int(gone)
    before = db.execute("SELECT hash FROM op WHERE device = ? AND seq = ?", (number, first - 1)).fetchone()
    if before is None:
        registry.vv.pop((home, number), None)
        db.execute("DELETE FROM vv WHERE space = ? AND device = ?", (home, number))
    else:
        registry.vv[home, number] = (first - 1, before[0])
    return int(gone)


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
