"""Several desks that know each other, and one of them whose program was changed: it signs whatever it likes."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casedesk.bundles.body import Signed
from casedesk.bundles.container import write_bundle
from casedesk.bundles.manifest import BundleKind
from casedesk.desk import bundle_in, bundles, team
from casedesk.desk.bundle_in import Imported
from casedesk.desk.desk import Desk
from casedesk.desk.team import Colleague
from casedesk.model.entities import Entity
from casedesk.model.ids import EntityId, new_id
from casedesk.store import hlc
from casedesk.store.checks import rebuild, verify
from casedesk.store.operations import (
    DOMAIN,
    GENESIS,
    Operation,
    header_bytes,
    parse_operation,
    payload_bytes,
)
from tests.conftest import FrozenClock
from tests.desk.team_of_two import introduce, make_desk

Roles = Callable[[str, str], Iterable[str]]
"""The roles that one desk gives another, by their names."""


class Many:
    """Desks by their names, each a member at the others'."""

    def __init__(self, root: Path, clock: FrozenClock, names: Iterable[str], roles: Roles) -> None:
        self.root, self.clock = root, clock
        self.desks: dict[str, Desk] = {}
        self.stick = root / "stick"
        self.stick.mkdir()
        for name in names:
            self.add(name)
        for at in self.desks:
            for other in self.desks:
                if at != other:
                    introduce(self[at], self[other], tuple(roles(at, other)))

    def __getitem__(self, name: str) -> Desk:
        return self.desks[name]

    def add(self, name: str) -> Desk:
        """One more desk, which nobody knows yet. Its person is 1001, 1002 … by the order they came in."""
        number = str(1001 + len(self.desks))
        self.desks[name] = make_desk(self.root / name, name.title(), number, self.clock)
        return self.desks[name]

    def id(self, name: str) -> bytes:
        return self[name].store.identity.device

    def member(self, at: str, other: str) -> Colleague:
        """What one desk knows another as."""
        return next(one for one in team.members(self[at]) if one.id == self.id(other))

    def send(
        self, sender: str, *to: str, kind: BundleKind = BundleKind.INCREMENTAL, **said: Any
    ) -> list[Imported]:
        """A bundle for these, taken in by each."""
        self.clock.advance(timedelta(minutes=1))
        people = [self.member(sender, one) for one in to]
        path = bundles.export(self[sender], people, self.stick, kind=kind, **said).path
        return [bundle_in.take_in(self[one], path) for one in to]

    def hand(self, sender: str, to: str, *operations: Operation) -> Imported:
        """Exactly these operations in a bundle that the sender made."""
        desk, reader = self[sender], self[to]
        manifest = bundles.manifest_of(desk, desk.store.connection, BundleKind.FULL, (self.id(to),), "", None)
        path = self.stick / f"{new_id().hex()}.casebundle"
        records = [Signed(op.header, op.sig, op.payload) for op in operations]
        with path.open("wb") as file:
            write_bundle(
                file, manifest, iter(records), desk.store.sign, [reader.store.bundle_identity().to_public()]
            )
        return bundle_in.take_in(reader, path)

    def written(self, at: str, author: str) -> list[Operation]:
        """What a desk holds of another's chain."""
        rows = self[at].store.connection.execute(
            "SELECT header, sig, payload FROM op JOIN device ON device.ix = op.device WHERE device.id = ? ORDER BY seq",
            (self.id(author),),
        )
        return [parse_operation(*row) for row in rows]

    def last(self, at: str, author: str, entity: Entity) -> Operation:
        """What an author said last of this kind, as it is held at a desk."""
        return [op for op in self.written(at, author) if op.entity == entity.name][-1]

    def close(self) -> None:
        """Whatever was done: the tables are what the journal says, and the chains hold."""
        for desk in self.desks.values():
            assert not verify(desk.store.connection).problems
            assert not rebuild(desk.store).differing
            desk.close()


@contextmanager
def many(
    root: Path, clock: FrozenClock, *names: str, roles: Roles = lambda _at, _other: ()
) -> Iterator[Many]:
    """These desks, each a member at the others', checked and closed in the end. They have no roles unless told."""
    made = Many(root, clock, names, roles)
    yield made
    made.close()


class Forger:
    """Goes on with a desk's chain by hand, or begins one under any name and key."""

    def __init__(self, desk: Desk, *, like: Desk | None = None, key: Ed25519PrivateKey | None = None) -> None:
        store, other = desk.store, (like or desk).store
        self._desk, self._key = desk, key or store.identity.signing_key
        self._device, self._space = other.identity.device, other.identity.space
        home = store.registry.spaces[store.identity.space]
        self.seq, self._prev = store.registry.have(home, store.device) if like is None else (0, GENESIS)
        self.actor = store.actor

    def writes(
        self,
        entity: Entity,
        entity_id: EntityId,
        case_id: EntityId,
        fields: dict[str, Any],
        over: Mapping[str, Iterable[Operation]] | None = None,
        kind: str = "set",
    ) -> Operation:
        """The next operation: whatever is wanted, and signed."""
        now = self._desk.now
        payload = payload_bytes(b"salt of 12 b", fields, None)
        self.seq += 1
        header = header_bytes(
            space=self._space, device=self._device, seq=self.seq, prev=self._prev,
            hlc=hlc.tick(0, now) + self.seq, wall_ms=int(now.timestamp() * 1000), actor=self.actor, act="test",
            unit=new_id(), kind=kind, entity=entity.name, entity_id=entity_id, case_id=case_id,
            over={name: tuple(op.dot for op in ops) for name, ops in (over or {}).items()}, as_at=0,
            payload_hash=hashlib.sha256(payload).digest(),
        )  # fmt: skip
        self._prev = hashlib.sha256(header).digest()
        return parse_operation(header, self._key.sign(DOMAIN + self._prev), payload)
