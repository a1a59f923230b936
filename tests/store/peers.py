"""Installations for the laws of merging: each has its own journal and tables, and takes in what others wrote."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import sqlcipher3
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casedesk.model.entities import CASE
from casedesk.model.ids import EntityId
from casedesk.store.connection import Connection
from casedesk.store.fold import Fold
from casedesk.store.journal import Unit
from casedesk.store.operations import Dot, Operation, parse_operation
from casedesk.store.registry import Identity, Registry
from casedesk.store.schema import JOURNAL_TABLES, derived_schema, derived_tables

SPACE = b"the same space.."
START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Peer:
    """One installation, with its tables in memory. Its clock may be wrong."""

    def __init__(self, name: int, space: bytes = SPACE) -> None:
        self.id = bytes([name]) * 16
        self.now = START
        self.db: Connection = sqlcipher3.connect(":memory:", isolation_level=None, check_same_thread=False)
        for statement in (JOURNAL_TABLES + derived_schema()).split(";\n"):
            if statement.strip():
                self.db.execute(statement)
        signing_key = Ed25519PrivateKey.from_private_bytes(self.id * 2)
        public = signing_key.public_key().public_bytes_raw()
        self.db.execute("INSERT INTO space VALUES (1, ?, 'desk')", (space,))
        self.db.execute("INSERT INTO device VALUES (1, ?, '', '', ?, 'own', 0)", (self.id, public))
        self.registry = Registry(self.db)
        self._identity = Identity(self.id, space, signing_key, f"officer {name}")
        self._hlc = 0

    def write(self, act: Callable[[Unit], object]) -> list[Operation]:
        """Do one act through the journal; returns the operations it wrote."""
        before = self.have(self.id)
        unit = Unit(
            self.db, self.registry, self._identity, self.now, "test", None, self._hlc,
            refresh=lambda *_: None, checkpoint=lambda _: None,
        )  # fmt: skip
        act(unit)
        unit.finish()
        unit.close()
        self._hlc = unit.hlc
        rows = self.db.execute(
            "SELECT header, sig, payload FROM op WHERE device = 1 AND seq > ? ORDER BY seq", (before,)
        ).fetchall()
        return [parse_operation(*row) for row in rows]

    def have(self, device: bytes) -> int:
        """The highest operation held of a device's chain."""
        return self.registry.have(1, self.registry.device(device))[0]

    def is_held(self, op: Operation) -> bool:
        """Whether the operation was taken in already."""
        return self.registry.is_held(op.space, op.device, op.seq)

    def held(self) -> set[Dot]:
        """The names of all operations held."""
        return {
            (device, seq)
            for device, index in self.registry.devices.items()
            for seq in range(1, self.registry.have(1, index)[0] + 1)
        }

    def receive(self, op: Operation) -> bool:
        """Take in the next operation of another's chain; False when it is held already."""
        if self.is_held(op):
            return False
        assert op.seq == self.have(op.device) + 1
        device = self.registry.device(op.device)
        self.db.execute(
            "INSERT INTO op (space, device, seq, hash, hlc, kind, entity, entity_id, case_id, unit, header, sig, "
            "payload) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                device, op.seq, op.hash, op.hlc, op.kind, op.entity, op.entity_id, op.case_id, op.unit,
                op.header, op.sig, op.payload,
            ),
        )  # fmt: skip
        fold = self._fold()
        self.registry.vv[1, device] = (op.seq, op.hash)
        try:
            fold.apply(op)
        finally:
            fold.flush()
        self._hlc = max(self._hlc, op.hlc)  # as whoever takes it in: what is written next reads later
        return True

    def fold_again(self) -> None:
        """Make the derived tables anew from the journal, in the order it came."""
        for name in set(derived_tables()) - {"unit"}:
            self.db.execute(f"DELETE FROM {name}")  # noqa: S608
        seen: dict[bytes, int] = {}
        fold = Fold(
            self.db,
            device_index=self.registry.device,
            is_held=lambda _, device, seq: seen.get(device, 0) >= seq,
            flush_journal=lambda: None,
        )
        for row in self.db.execute("SELECT header, sig, payload FROM op ORDER BY n").fetchall():
            op = parse_operation(*row)
            with suppress(ValueError):  # it was quarantined when it came
                fold.apply(op)
            seen[op.device] = op.seq
        fold.flush()

    def _fold(self) -> Fold:
        return Fold(
            self.db,
            device_index=self.registry.device,
            is_held=self.registry.is_held,
            flush_journal=lambda: None,
        )

    def heads(self, case_id: EntityId, bit: int) -> set[Dot]:
        """The operations that a field of a case rests on."""
        row = self._fold().row(CASE, case_id, case_id)
        return {(self.registry.device_ids[device], seq) for device, seq in row.dots(bit)} if row else set()

    def shown(self, case_id: EntityId, field: str) -> object:
        """A field of a case as its table shows it."""
        row = self.db.execute(f'SELECT "{field}" FROM cases WHERE id = ?', (case_id,)).fetchone()  # noqa: S608
        return row[0] if row else None

    def conflicts(self) -> set[tuple[EntityId, str]]:
        """The fields that wait for a decision."""
        return set(self.db.execute("SELECT entity_id, field FROM conflict").fetchall())
