"""The file of a bundle: everything under age, signed by its sender, nothing in it named.

::

    file  = age( plain )       for the addressees, the sender itself, and the force's recovery key
    plain = magic ‖ { u32 length ‖ piece of the body, compressed }* ‖ u32 0 ‖ u32 length ‖ manifest ‖ signature(64)

The manifest stands at the end, so that a bundle is written in one go and memory does not grow with it. A reader goes
over the file twice: first whole, to the signature, with nothing of the body looked at; then again, taking the body
apart. The hash of the file must be the same both times. There are no file names, no archive, no serialised objects.
"""

import hashlib
import os
import stat
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from casedesk.bundles.body import (
    MOST_OPERATIONS,
    MOST_RAW,
    Attachment,
    Records,
    Signed,
    attachment_bytes,
    operation_bytes,
)
from casedesk.bundles.manifest import Manifest, read_manifest
from casedesk.bundles.refused import RefusedError, damaged

if TYPE_CHECKING:
    from pyrage.x25519 import Identity, Recipient

MAGIC = b"casedesk bundle 1\n"
_FAMILY = b"casedesk bundle "
_AGE = b"age-encryption.org/"
DOMAIN = b"casedesk bundle v1\0"
"""Domain tag that every bundle's signature begins with."""
MOST_BYTES = 256 * 1024 * 1024
"""The largest file that is looked at."""
_MOST_MANIFEST = 1024 * 1024
_MOST_PIECE = 1024 * 1024
_PIECE = 256 * 1024
_OUT = 256 * 1024
_SIG = 64
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)

Record = Signed | Attachment


@dataclass(frozen=True, slots=True)
class Written:
    """A bundle that was written."""

    manifest: Manifest
    sha256: bytes
    """Of the whole file: its check phrase is made of it."""
    bytes: int


@dataclass(frozen=True, slots=True)
class Sealed:
    """What the first reading of a file gave: to be believed only once the signature was checked."""

    manifest: Manifest
    signed: bytes
    """The bytes that the sender signed."""
    sig: bytes
    sha256: bytes
    """Of the whole file."""
    bytes: int


def write_bundle(
    file: BinaryIO,
    manifest: Manifest,
    records: Iterable[Record],
    sign: Callable[[bytes], bytes],
    recipients: "list[Recipient]",
) -> Written:
    """Write a bundle into an open file. The manifest's counts, sizes and hash are filled in from the records.

    Raises RefusedError when it would be larger than a bundle may be, OSError when the file cannot be written.
    """
    import pyrage

    out = _Out(file)
    plain = _Plain(manifest, records, sign)
    try:
        pyrage.encrypt_io(plain, out, recipients)
    except (pyrage.EncryptError, OSError, RefusedError) as error:
        raise plain.error or out.error or OSError(type(error).__name__) from None
    failed = plain.error or out.error  # what fails at the very end the encryptor passes over
    if failed is not None:
        raise failed
    return Written(plain.manifest, out.hash.digest(), out.bytes)


def open_bundle(path: Path, identity: "Identity") -> Sealed:
    """Read a bundle to its end without looking at the body. Raises RefusedError when it is none, or not for this key.

    Nothing in it is to be believed before :func:`signed_by` says so.
    """
    reader = _Reader()
    sha, size = _decrypted(path, identity, reader)
    manifest_raw, sig, body_sha, signed = reader.finish()
    manifest = read_manifest(manifest_raw)
    if manifest.body_sha256 != body_sha:
        raise damaged("body", "its body is not the one that was signed")
    if manifest.operations > MOST_OPERATIONS or manifest.raw_bytes > MOST_RAW:
        raise damaged("size", "it says that it holds more than any bundle may")
    return Sealed(manifest, signed, sig, sha, size)


def signed_by(sealed: Sealed, public: bytes) -> None:
    """Check the sender's signature. Raises RefusedError when it is not by this key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(sealed.sig, sealed.signed)
    except (InvalidSignature, ValueError):
        raise RefusedError(
            "signature",
            "The bundle is not signed by the installation that it names as its sender.",
            "Ask the sender in person whether they made it; tell your information security contact if not.",
        ) from None


def each_record(path: Path, identity: "Identity", sealed: Sealed, take: Callable[[Record], None]) -> None:
    """Read the body of a bundle whose signature was checked, record by record.

    Raises RefusedError when a record is none, the file changed since it was checked, or holds more than it says;
    whatever ``take`` raises comes through.
    """
    taker = _Taker(sealed.manifest.raw_bytes, take)
    reader = _Reader(taker.write)
    sha, _ = _decrypted(path, identity, reader)
    reader.finish()
    taker.finish()
    said = sealed.manifest
    if sha != sealed.sha256:
        raise damaged("body", "the file changed while it was read")
    if (taker.records.operations, taker.records.attachments) != (said.operations, said.attachments):
        raise damaged("body", "it holds another number of records than it says")


def _decrypted(path: Path, identity: "Identity", reader: "_Reader") -> tuple[bytes, int]:
    """Decrypt a file into a reader; the file's hash and size."""
    import pyrage

    came = None
    try:
        with _open(path) as file:
            size = os.fstat(file.fileno()).st_size
            came = _In(file)
            if not file.read(len(_AGE)) == _AGE:
                raise _no_bundle(path)
            file.seek(0)
            pyrage.decrypt_io(came, reader, [identity])
    except pyrage.DecryptError as error:
        if reader.error is not None:
            raise reader.error from None
        if "No matching keys" in str(error):
            raise RefusedError(
                "key", "The bundle is not for this installation.", "Ask the sender to make it for this one."
            ) from None
        raise damaged("key", "it cannot be opened whole") from None
    except (OSError, ValueError) as error:
        if reader.error is not None:
            raise reader.error from None
        if came is None or came.error:
            raise RefusedError(
                "file", f"{path} cannot be read ({type(error).__name__}).", "Check the path and the drive."
            ) from None
        raise damaged("key", "it cannot be opened whole") from None
    if reader.error is not None:
        raise reader.error
    return came.hash.digest(), size


def _open(path: Path) -> BinaryIO:
    """Open what is a file and not too large. A pipe is not waited for, whenever it was put there."""
    if path.exists() and not path.is_file():
        raise _no_file(path)
    file = os.fdopen(os.open(path, _READ), "rb")
    found = os.fstat(file.fileno())
    if stat.S_ISREG(found.st_mode) and found.st_size <= MOST_BYTES:
        return file
    file.close()
    if not stat.S_ISREG(found.st_mode):
        raise _no_file(path)
    raise RefusedError(
        "size",
        f"{path.name} is larger than any bundle ({found.st_size:,} bytes).",
        "Give the file of a bundle.",
    )


def _no_file(path: Path) -> RefusedError:
    return RefusedError("magic", f"{path.name} is not a file.", "Give the file of a bundle.")


def _no_bundle(path: Path) -> RefusedError:
    return RefusedError(
        "magic", f"{path.name} is not a casedesk bundle.", "Give the file that a colleague exported."
    )


def _too_much() -> RefusedError:
    return RefusedError(
        "size",
        "This is more than one bundle may hold.",
        "Give the cases in several bundles: “casedesk bundle export MEMBER --case CASE …”.",
    )


class _Plain:
    """What is to be encrypted, made as it is asked for."""

    def __init__(self, manifest: Manifest, records: Iterable[Record], sign: Callable[[bytes], bytes]) -> None:
        self.manifest = manifest
        self.error: Exception | None = None
        self._sign = sign
        self._pieces = self._all(records)
        self._held = b""

    def read(self, size: int = -1) -> bytes:
        try:
            while not self._held:
                self._held = next(self._pieces)
        except StopIteration:
            return b""
        except Exception as error:  # the encryptor would hide what it was
            self.error = error
            raise
        some = self._held if size < 0 else self._held[:size]
        self._held = self._held[len(some) :]
        return some

    def _all(self, records: Iterable[Record]) -> Iterator[bytes]:
        body = hashlib.sha256()
        signed = hashlib.sha256(MAGIC)
        operations = attachments = raw = 0
        squeeze = zlib.compressobj(1)
        yield MAGIC
        held = bytearray()
        for record in records:
            if isinstance(record, Signed):
                data = operation_bytes(record)
                operations += 1
            else:
                data = attachment_bytes(record)
                attachments += 1
            raw += len(data)
            if raw > MOST_RAW or operations > MOST_OPERATIONS:
                raise _too_much()
            held += squeeze.compress(data)
            while len(held) >= _PIECE:
                piece = bytes(held[:_PIECE])
                del held[:_PIECE]
                body.update(piece)
                yield len(piece).to_bytes(4, "big") + piece
        held += squeeze.flush()
        if held:
            body.update(held)
            yield len(held).to_bytes(4, "big") + bytes(held)
        self.manifest = replace(
            self.manifest,
            operations=operations,
            attachments=attachments,
            raw_bytes=raw,
            body_sha256=body.digest(),
        )
        said = self.manifest.dump()
        signed.update(said)
        yield bytes(4) + len(said).to_bytes(4, "big") + said + self._sign(DOMAIN + signed.digest())


class _Reader:
    """Takes what age gives and parts it: the body's pieces go on, the manifest and the signature are kept."""

    def __init__(self, body: Callable[[bytes], None] | None = None) -> None:
        self.error: Exception | None = None
        self._body = body
        self._hash = hashlib.sha256()
        self._held = bytearray()
        self._begun = False
        self._ended = False

    def write(self, data: bytes) -> int:
        try:
            self._write(data)
        except Exception as error:  # the decryptor would hide what it was
            self.error = error
            raise
        return len(data)

    def flush(self) -> None:
        """Nothing waits to be written."""

    def finish(self) -> tuple[bytes, bytes, bytes, bytes]:
        """The manifest's bytes, the signature, the body's hash, and what was signed. Raises RefusedError."""
        length = int.from_bytes(self._held[:4], "big")
        if not self._ended or len(self._held) != 4 + length + _SIG:
            raise damaged("body", "it is cut short")
        manifest = bytes(self._held[4 : 4 + length])
        signed = DOMAIN + hashlib.sha256(MAGIC + manifest).digest()
        return manifest, bytes(self._held[4 + length :]), self._hash.digest(), signed

    def _write(self, data: bytes) -> None:
        self._held += data
        if not self._begun and not self._begin():
            return
        while not self._ended and len(self._held) >= 4:
            length = int.from_bytes(self._held[:4], "big")
            if length > _MOST_PIECE:
                raise damaged("body", "a piece of it is larger than any")
            if length and len(self._held) < 4 + length:
                return
            piece = bytes(self._held[4 : 4 + length])
            del self._held[: 4 + length]
            if not length:
                self._ended = True
                break
            self._hash.update(piece)
            if self._body is not None:
                self._body(piece)
        if self._ended and len(self._held) > 4 + _MOST_MANIFEST + _SIG:
            raise damaged("manifest", "what follows its body is larger than any manifest")

    def _begin(self) -> bool:
        start = bytes(self._held[: len(MAGIC)])
        if start != MAGIC[: len(start)]:
            if start.startswith(_FAMILY):
                raise RefusedError(
                    "format",
                    "A newer casedesk made this bundle.",
                    "Update casedesk, then import it again.",
                )
            raise RefusedError(
                "magic", "This file is encrypted for here, and is no bundle.", "Give a bundle."
            )
        if len(start) < len(MAGIC):
            return False
        del self._held[: len(MAGIC)]
        self._begun = True
        return True


class _Taker:
    """Decompresses the body, never further than the manifest says it goes, and passes its records on."""

    def __init__(self, most: int, take: Callable[[Record], None]) -> None:
        self.records = Records()
        self._take = take
        self._left = most
        self._unsqueeze = zlib.decompressobj()

    def write(self, piece: bytes) -> None:
        while piece:
            if self._unsqueeze.eof:
                raise damaged("body", "something follows its end")
            try:
                raw = self._unsqueeze.decompress(piece, _OUT)
            except zlib.error:
                raise damaged("body", "it cannot be decompressed") from None
            piece = self._unsqueeze.unconsumed_tail or self._unsqueeze.unused_data
            self._left -= len(raw)
            if self._left < 0:
                raise damaged("body", "it holds more than it says")
            for record in self.records.feed(raw):
                self._take(record)

    def finish(self) -> None:
        if not self._unsqueeze.eof or self._left:
            raise damaged("body", "it is cut short")
        self.records.finish()


class _Out:
    """Writes, counts and hashes; keeps the system's error, which age's own hides."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.hash = hashlib.sha256()
        self.bytes = 0
        self.error: OSError | RefusedError | None = None

    def write(self, data: bytes) -> int:
        if self.bytes + len(data) > MOST_BYTES:
            self.error = _too_much()
            raise self.error
        try:
            self._file.write(data)
        except OSError as error:
            self.error = error
            raise
        self.hash.update(data)
        self.bytes += len(data)
        return len(data)

    def flush(self) -> None:
        self._file.flush()


class _In:
    """Reads and hashes; remembers that reading itself failed."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.hash = hashlib.sha256()
        self.error = False

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._file.read(size)
        except OSError:
            self.error = True
            raise
        self.hash.update(data)
        return data
