"""The form of a backup: what can be read without a key, then everything else under age.

::

    magic · u32 length · preface (JSON) · SHA-256 of the preface
    age( u32 length · manifest (JSON) · the database, itself encrypted )

The preface holds the key file and, sealed under the store key, the age identity made for this one backup: so
the passphrase opens it, and so does the recovery key, to which age encrypts as well. The manifest names the
hashes of the preface and of the database. All is written and read in pieces: memory does not grow with the
store.
"""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from casedesk.model.errors import StoreError
from casedesk.model.moments import from_micros, to_micros
from casedesk.store.keys import KeyFile, Sealed, parse_key_file

if TYPE_CHECKING:
    from pyrage.x25519 import Identity, Recipient

MAGIC = b"casedesk backup 1\n"
_FAMILY = b"casedesk backup "
_LARGEST_HEAD = 1024 * 1024
_HASH = 32


@dataclass(frozen=True)
class Preface:
    """What a backup says of itself before it is opened."""

    store_id: str
    made_at: datetime
    key_file: KeyFile
    identity: Sealed
    """The age identity of this backup, under a key made from the store key."""

    def dump(self) -> bytes:
        """Write the preface's bytes."""
        said = {
            "store": self.store_id,
            "made_at": to_micros(self.made_at),
            "key": self.key_file.dump(),
            "nonce": b64encode(self.identity.nonce).decode(),
            "identity": b64encode(self.identity.sealed).decode(),
        }
        return json.dumps(said).encode()


@dataclass(frozen=True)
class Manifest:
    """What a backup holds, as its sealed part says."""

    preface_sha256: str
    database_bytes: int
    database_sha256: str
    schema: int
    program: str
    settings: str
    """The text of the settings file."""


class Sink(Protocol):
    """Where the database goes as it comes out of the backup."""

    def write(self, data: bytes, /) -> object: ...  # noqa: D102


def damaged(path: Path) -> StoreError:
    """What to say of a backup that is not as it was written."""
    return StoreError(
        f"The backup {path.name} is damaged: it is not as it was written. Nothing was changed.",
        "Use another backup.",
    )


def read_preface(path: Path) -> tuple[Preface, int]:
    """Read what stands before the sealed part, and where that begins.

    Raises StoreError when the file cannot be read, is no backup, is damaged, or is of a newer casedesk.
    """
    try:
        with path.open("rb") as file:
            return _read_preface(file, path)
    except OSError as error:
        raise StoreError(
            f"The backup {path} cannot be read ({type(error).__name__}).", "Check the path and the drive."
        ) from None


def _read_preface(file: BinaryIO, path: Path) -> tuple[Preface, int]:
    start = file.read(len(MAGIC))
    if start != MAGIC:
        if start.startswith(_FAMILY):
            raise StoreError(
                f"The backup {path.name} is damaged, or a newer casedesk made it.",
                "Restore it with the newer casedesk, or use another backup.",
            )
        raise StoreError(f"{path.name} is not a casedesk backup.", "Give a file that “casedesk backup” made.")
    length = int.from_bytes(file.read(4), "big")
    if length > _LARGEST_HEAD:
        raise damaged(path)
    raw = file.read(length)
    if file.read(_HASH) != hashlib.sha256(raw).digest():
        raise damaged(path)
    try:
        said = json.loads(raw)
        preface = Preface(
            str(said["store"]),
            from_micros(int(said["made_at"])),
            parse_key_file(said["key"]),
            Sealed(b64decode(said["nonce"], validate=True), b64decode(said["identity"], validate=True)),
        )
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise damaged(path) from None
    return preface, file.tell()


def write_backup(
    file: BinaryIO, preface: Preface, manifest: Manifest, database: Path, recipients: "Sequence[Recipient]"
) -> str:
    """Write a backup into an open file; returns the SHA-256 of what was written. Raises OSError."""
    import pyrage

    out = _Out(file)
    head = preface.dump()
    out.write(MAGIC + len(head).to_bytes(4, "big") + head + hashlib.sha256(head).digest())
    said = json.dumps(vars(manifest)).encode()
    with database.open("rb") as pages:
        try:
            pyrage.encrypt_io(_Joined(len(said).to_bytes(4, "big") + said, pages), out, list(recipients))
        except (pyrage.EncryptError, OSError) as error:
            raise out.error or OSError(str(type(error))) from None
    return out.hash.hexdigest()


def read_backup(path: Path, identity: "Identity", sink: Sink) -> tuple[Manifest, str]:
    """Open a backup whole into a sink; returns its manifest and the SHA-256 of the file.

    What the sink was given is to be trusted only when this returns. Raises StoreError when the backup is
    damaged or the identity is not its own; OSError when the sink fails.
    """
    import pyrage

    _, start = read_preface(path)
    with path.open("rb") as file:
        came = _In(file)
        head = came.read(start)
        body = _Body(sink)
        try:
            pyrage.decrypt_io(came, body, [identity])
        except (pyrage.DecryptError, OSError, ValueError):
            raise body.error or damaged(path) from None
    manifest = body.finish()
    preface = hashlib.sha256(head[len(MAGIC) + 4 : -_HASH]).hexdigest()
    if manifest is None or manifest.preface_sha256 != preface:
        raise damaged(path)
    return manifest, came.hash.hexdigest()


class _Out:
    """Writes and hashes; keeps the system's error, which age's own hides."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.hash = hashlib.sha256()
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            self._file.write(data)
        except OSError as error:
            self.error = error
            raise
        self.hash.update(data)
        return len(data)

    def flush(self) -> None:
        self._file.flush()


class _In:
    """Reads and hashes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.hash.update(data)
        return data


class _Joined:
    """Some bytes, then a file."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        self._first = first
        self._rest = rest

    def read(self, size: int = -1) -> bytes:
        if self._first:
            some = self._first[:size] if size >= 0 else self._first
            self._first = self._first[len(some) :]
            return some
        return self._rest.read(size)


class _Body:
    """Takes what age gives: the manifest is kept, the database goes on to the sink."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._head = b""
        self._manifest: Manifest | None = None
        self._hash = hashlib.sha256()
        self._bytes = 0
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        if self._manifest is None:
            self._head += data
            self._read_manifest()
        else:
            self._pass_on(data)
        return len(data)

    def flush(self) -> None:
        pass

    def finish(self) -> Manifest | None:
        """The manifest, when the database that came is the one it names."""
        said = self._manifest
        if said is None or (said.database_bytes, said.database_sha256) != (
            self._bytes,
            self._hash.hexdigest(),
        ):
            return None
        return said

    def _read_manifest(self) -> None:
        if len(self._head) < 4:
            return
        length = int.from_bytes(self._head[:4], "big")
        if length > _LARGEST_HEAD:
            raise ValueError("not a manifest")
        if len(self._head) >= 4 + length:
            self._manifest = _manifest(self._head[4 : 4 + length])
            self._pass_on(self._head[4 + length :])

    def _pass_on(self, data: bytes) -> None:
        self._bytes += len(data)
        self._hash.update(data)
        try:
            self._sink.write(data)
        except OSError as error:
            self.error = error
            raise


def _manifest(raw: bytes) -> Manifest:
    said: dict[str, Any] = json.loads(raw)
    try:
        return Manifest(
            str(said["preface_sha256"]),
            int(said["database_bytes"]),
            str(said["database_sha256"]),
            int(said["schema"]),
            str(said["program"]),
            str(said["settings"]),
        )
    except (KeyError, TypeError):
        raise ValueError("not a manifest") from None
