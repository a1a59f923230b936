"""The journal: the only way anything is written.

A *unit of work* is one act of one person: its operations, their fold into the tables and the queue's rows are
one transaction. Either all of it is saved or none.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from casedesk.model.entities import CASE, Entity, Value
from casedesk.model.errors import StoreError
from casedesk.model.ids import EntityId, encode, new_id
from casedesk.model.moments import to_micros
from casedesk.store import blobs, hlc
from casedesk.store.access_log import AccessKind, Anchor
from casedesk.store.connection import Connection
from casedesk.store.erasing import erase_beside
from casedesk.store.fold import Fold
from casedesk.store.operation_log import OperationLog, Salts
from casedesk.store.operations import (
    SCHEMA,
    Dot,
    Operation,
    OpKind,
    header_bytes,
    payload_bytes,
)
from casedesk.store.registry import Identity, Registry

if TYPE_CHECKING:
    pass

_BATCH = 500
MAX_OPERATION = 1024 * 1024
"""The most bytes one operation's payload may have: what a bundle will carry."""


class Unit:
    """One unit of work, open. Made by :meth:`casedesk.store.store.Store.unit_of_work`."""

    def __init__(
        self,
        connection: Connection,
        registry: Registry,
        identity: Identity,
        now: datetime,
        act: str,
        reason: str | None,
        last_hlc: int,
        refresh: Callable[[Connection, set[EntityId], datetime], None],
        checkpoint: Callable[[str], None],
        about: bytes = b"",
        anchor: Anchor | None = None,
    ) -> None:
        self._db = connection
        self._registry = registry
        self._identity = identity
        self._log = OperationLog(connection, registry, identity.signing_key)
        self._fold = Fold(
            connection, device_index=registry.device, is_held=registry.is_held, flush_journal=self._log.flush
        )
        self._refresh = refresh
        self._checkpoint = checkpoint
        self._last_hlc = last_hlc
        self._space = registry.spaces[identity.space]
        self._device = registry.device(identity.device)
        self._salts = Salts()
        self._open = True
        self._whole = True
        self.now = now
        self.act = act
        self.reason = reason
        self.id = new_id()
        self._about = about
        self.operations = 0
        """How many operations this unit has written."""
        self._anchor = anchor
        self._cases: tuple[EntityId, ...] = ()
        self.access_kind = AccessKind.ALTERATION
        self.access_detail: dict[str, Any] = {}

    @property
    def only_case(self) -> EntityId | None:
        """The case that all of it was written in; None where it is more than one, or none."""
        return self._cases[0] if len(self._cases) == 1 else None

    def account(self, kind: AccessKind, **detail: str | int) -> None:
        """Say in the access log what this unit does with personal data; an alteration unless told otherwise.

        The detail holds counts and hashes, never what was read or typed. A unit that wrote nothing has a line
        only if this was called.
        """
        self.access_kind = kind
        self.access_detail = dict(detail)

    @property
    def hlc(self) -> int:
        """The latest clock reading given out."""
        return self._last_hlc

    def set(
        self, entity: Entity, entity_id: EntityId, case_id: EntityId, fields: Mapping[str, Value]
    ) -> None:
        """Give fields of an entity new values, replacing what this installation now shows."""
        self._write(OpKind.SET, entity, entity_id, case_id, fields, 0)

    def set_beside(
        self, entity: Entity, entity_id: EntityId, case_id: EntityId, fields: Mapping[str, Value]
    ) -> None:
        """Give fields other values and leave those that stand: they are in dispute until somebody decides."""
        self._write(OpKind.SET, entity, entity_id, case_id, fields, 0, beside=True)

    def extract(
        self,
        entity: Entity,
        entity_id: EntityId,
        case_id: EntityId,
        fields: Mapping[str, Value],
        as_at: datetime,
    ) -> None:
        """The same for facts that come from the force's records system, as they stood at ``as_at``.

        Values decided at the desk, and those of a later extract, go on being shown.
        """
        self._write(OpKind.EXTRACT, entity, entity_id, case_id, fields, _millis(as_at))

    def put_back(
        self,
        entity: Entity,
        entity_id: EntityId,
        case_id: EntityId,
        fields: Mapping[str, Value],
        as_at: datetime,
    ) -> None:
        """Show again what an earlier extract said, in place of all that is seen: for taking an act back.

        ``as_at`` is the moment of that earlier extract, so that later ones meet it as they would have.
        """
        self._write(OpKind.EXTRACT, entity, entity_id, case_id, fields, _millis(as_at), over_all=True)

    def entry(
        self, entity: Entity, entity_id: EntityId, case_id: EntityId, fields: Mapping[str, Value]
    ) -> None:
        """Write an immutable entry. Raises StoreError when it is written already."""
        if self._fold.row(entity, entity_id, case_id) is not None:
            raise StoreError(
                "That entry is written already, and entries are never changed.",
                "Add a correction that points at it.",
            )
        self._write(OpKind.ENTRY, entity, entity_id, case_id, fields, 0)

    def dispose(self, case_id: EntityId, authority: str) -> None:
        """Erase everything said of a case up to now: payloads go, headers stay, the chain still holds.

        It covers what this installation holds, what is set aside too; what others said meanwhile survives and comes
        back for a decision. Of what came by a handover, beyond a gap, nothing else is covered: a handover brings all
        that was said of the case up to then.
        The unit's reason is kept with it. What the case's documents hold goes too, unless another document needs it.
        """
        self._must_be_open()
        self._log.flush()
        contents = blobs.named_in(self._db, case_id)
        covers = {
            encode(self._registry.device_ids[device]): seq
            for device, seq in self._db.execute(
                "SELECT device, max(seq) FROM op WHERE case_id = ? AND kind <> ? GROUP BY device",
                (case_id, OpKind.DISPOSE.value),
            )
        }
        said: dict[str, Any] = {"authority": authority, "covers": covers}
        payload = payload_bytes(self._salts.take(), said, self.reason)
        self._apply(self._made(OpKind.DISPOSE, CASE, case_id, case_id, {}, 0, payload), said)
        self._fold.flush()
        blobs.drop_unneeded(self._db, contents)
        erase_beside(self._db, self._registry, self._fold, case_id)

    def preload(self, entity: Entity, ids: Iterable[EntityId]) -> None:
        """Read many entities' rows at once before a bulk act writes to them."""
        self._fold.preload(entity, ids)

    def settle(self) -> None:
        """Write what is pending and bring the queue up to date. A bulk act calls it now and then to stay small."""
        self._must_be_open()
        self._log.flush()
        self._fold.forget_rows()
        self._checkpoint("folded")
        if self._fold.touched:
            self._refresh(self._db, self._fold.touched, self.now)
            self._fold.touched.clear()
        self._checkpoint("queued")

    def close(self) -> None:
        """End the unit, also when it failed: nothing can be written in it any more."""
        self._open = False
        self._log.close()

    def finish(self) -> None:
        """Write everything that is left. The caller commits.

        Raises RuntimeError when an operation failed half-way and the block went on as if it had not.
        """
        if not self._whole:
            raise RuntimeError("an operation of this unit failed: the unit cannot be saved")
        self.settle()
        self._log.finish()
        if self.operations:
            last, _ = self._registry.have(self._space, self._device)
            self._db.execute(
                "INSERT INTO unit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    self.id,
                    self.act,
                    self._identity.actor,
                    self._device,
                    self._last_hlc,
                    int(self.now.timestamp() * 1000),
                    last - self.operations + 1,
                    last,
                    self._about,
                ),
            )
        self._db.execute("INSERT OR REPLACE INTO meta VALUES ('hlc', ?)", (self._last_hlc,))
        self._checkpoint("finished")

    def _must_be_open(self) -> None:
        if not self._open:
            raise RuntimeError("this unit of work has ended")

    def _over(
        self, entity: Entity, entity_id: EntityId, case_id: EntityId, fields: Mapping[str, Value], as_at: int
    ) -> dict[str, tuple[Dot, ...]]:
        """What these values replace: all that is seen; an extract only earlier extracts, never desk work."""
        row = self._fold.row(entity, entity_id, case_id)
        if row is None:
            return {}
        over = {}
        for name in fields:
            dots = row.dots(entity.bits[name], as_at)
            if dots:
                over[name] = tuple((self._registry.device_ids[device], seq) for device, seq in dots)
        return over

    def _write(
        self,
        kind: OpKind,
        entity: Entity,
        entity_id: EntityId,
        case_id: EntityId,
        fields: Mapping[str, Value],
        as_at: int,
        *,
        over_all: bool = False,
        beside: bool = False,
    ) -> None:
        self._must_be_open()
        if entity.entry is not (kind is OpKind.ENTRY):
            raise ValueError(f"{entity.name} does not take a {kind.value}")
        by_name, self._whole = entity.by_name, False
        said = {
            name: None if value is None else by_name[name].to_json(value) for name, value in fields.items()
        }
        over = {}
        if kind is not OpKind.ENTRY and not beside:
            over = self._over(entity, entity_id, case_id, fields, 0 if over_all else as_at)
        payload = payload_bytes(self._salts.take(), said, self.reason)
        if len(payload) > MAX_OPERATION:
            raise StoreError(
                f"This {entity.name.replace('_', ' ')} holds {len(payload):,} bytes; the most is {MAX_OPERATION:,}.",
                "Shorten the text, or attach it as a document.",
            )
        op = self._made(kind, entity, entity_id, case_id, over, as_at, payload)
        self._apply(op, said)

    def _apply(self, op: Operation, said: dict[str, Any]) -> None:
        self._whole = False
        self._log.add(op)
        self._fold.apply(op, said)
        self._whole = True
        self.operations += 1

    def _made(
        self,
        kind: OpKind,
        entity: Entity,
        entity_id: EntityId,
        case_id: EntityId,
        over: dict[str, tuple[Dot, ...]],
        as_at: int,
        payload: bytes,
    ) -> Operation:
        me = self._identity
        if case_id not in self._cases and len(self._cases) < 2:
            self._cases = (*self._cases, case_id)
        anchor = None if self.operations else self._anchor
        seq, prev = self._registry.have(self._space, self._device)
        self._last_hlc = hlc.tick(self._last_hlc, self.now)
        wall_ms = int(self.now.timestamp() * 1000)
        payload_hash = hashlib.sha256(payload).digest()
        header = header_bytes(
            space=me.space,
            device=me.device,
            seq=seq + 1,
            prev=prev,
            hlc=self._last_hlc,
            wall_ms=wall_ms,
            actor=me.actor,
            act=self.act,
            unit=self.id,
            kind=kind.value,
            entity=entity.name,
            entity_id=entity_id,
            case_id=case_id,
            over=over,
            as_at=as_at,
            payload_hash=payload_hash,
            about=self._about,
            log=anchor,
        )
        digest = hashlib.sha256(header).digest()
        return Operation(
            me.space, me.device, seq + 1, prev, self._last_hlc, wall_ms, me.actor, self.act, self.id, SCHEMA,
            kind.value, entity.name, entity_id, case_id, over, as_at, payload_hash, header,
            b"", digest, payload, self._about, anchor,
        )  # fmt: skip


def _millis(as_at: datetime) -> int:
    """When an extract was drawn, as operations carry it: never 0, which stands for desk work."""
    return to_micros(as_at) // 1000 or 1
