"""Writes operations into the journal's table, signed, in batches."""

import secrets
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from casedesk.store.connection import Connection
from casedesk.store.operations import DOMAIN, Operation
from casedesk.store.registry import Registry

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_BATCH = 500


class Salts:
    """Random payload salts, drawn from the system in blocks because each call costs more than the hashing."""

    SIZE = 12

    def __init__(self) -> None:
        self._block = b""

    def take(self) -> bytes:
        """The next salt; none is ever given twice."""
        if not self._block:
            self._block = secrets.token_bytes(self.SIZE * (_BATCH if self._drawn else 1))
            self._drawn = True
        salt, self._block = self._block[: self.SIZE], self._block[self.SIZE :]
        return salt

    _drawn = False


class OperationLog:
    """Writes operation rows in batches, signed.

    A full batch is signed in a second thread (signing releases the interpreter lock) while the next is made.
    """

    def __init__(self, connection: Connection, registry: Registry, signing_key: "Ed25519PrivateKey") -> None:
        self._db = connection
        self._registry = registry
        self._sign = signing_key.sign
        self._rows: list[list[Any]] = []
        self._hashes: list[bytes] = []
        self._signer: ThreadPoolExecutor | None = None
        self._signing: tuple[list[list[Any]], Future[list[bytes]]] | None = None
        self._next = 0

    def add(self, op: Operation) -> None:
        """Take an operation in. It is signed and written by the next :meth:`flush`, in the same transaction."""
        if not self._next:
            (self._next,) = self._db.execute("SELECT coalesce(max(n), 0) + 1 FROM op").fetchone()
        space, device = self._registry.spaces[op.space], self._registry.device(op.device)
        # The driver binds bytearray directly; for bytes it first looks for adapters, ten times as slow.
        self._rows.append(
            [
                self._next, space, device, op.seq, bytearray(op.hash), op.hlc, op.kind, op.entity,
                bytearray(op.entity_id), bytearray(op.case_id), bytearray(op.unit), bytearray(op.header),
                None if op.payload is None else bytearray(op.payload),
            ]
        )  # fmt: skip
        self._hashes.append(op.hash)
        self._next += 1
        self._registry.vv[space, device] = (op.seq, op.hash)
        self._registry.home[device] = space
        if len(self._rows) >= _BATCH:
            self._sign_behind()

    def flush(self) -> None:
        """Write everything that is held back."""
        self._write_signed()
        if self._rows:
            self._write(self._rows, self._signatures(self._hashes))
            self._rows, self._hashes = [], []

    def finish(self) -> None:
        """Write what is held back and the version vector."""
        self.flush()
        self.close()
        self._db.executemany(
            "INSERT INTO vv VALUES (?, ?, ?, ?) "
            "ON CONFLICT (space, device) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
            [(space, device, seq, held) for (space, device), (seq, held) in self._registry.vv.items()],
        )

    def close(self) -> None:
        """Stop the signing thread."""
        if self._signer is not None:
            self._signer.shutdown()
            self._signer = None

    def _sign_behind(self) -> None:
        self._write_signed()
        if self._signer is None:
            self._signer = ThreadPoolExecutor(1, thread_name_prefix="casedesk-sign")
        self._signing = (self._rows, self._signer.submit(self._signatures, self._hashes))
        self._rows, self._hashes = [], []

    def _signatures(self, hashes: list[bytes]) -> list[bytes]:
        sign = self._sign
        return [sign(DOMAIN + digest) for digest in hashes]

    def _write_signed(self) -> None:
        if self._signing is not None:
            rows, signatures = self._signing
            self._signing = None
            self._write(rows, signatures.result())

    def _write(self, rows: list[list[Any]], signatures: list[bytes]) -> None:
        self._db.executemany(
            "INSERT INTO op (n, space, device, seq, hash, hlc, kind, entity, entity_id, case_id, unit, header, "
            "payload, sig) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            [(*row, bytearray(signature)) for row, signature in zip(rows, signatures, strict=True)],
        )
