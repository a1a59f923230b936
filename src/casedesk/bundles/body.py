"""The body of a bundle: operations as they were signed, then attachments. Read as a stream, never whole.

::

    operation   = 1 or 3 ‖ u32 length ‖ header ‖ signature(64) ‖ i32 length or -1 ‖ payload
    attachment  = 2 ‖ sha256(32) ‖ u64 length ‖ bytes
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from casedesk.bundles.refused import damaged

MOST_OPERATION = 1024 * 1024
"""The most bytes of one header or payload."""
MOST_ATTACHMENT = 25 * 1024 * 1024
MOST_RAW = 512 * 1024 * 1024
MOST_OPERATIONS = 2_000_000
_OPERATION, _ATTACHMENT, _LOOSE = 1, 2, 3
_SIG, _SHA = 64, 32
_WITHHELD = -1


class Signed(NamedTuple):
    """One operation as it travels: its bytes and its author's signature."""

    header: bytes
    sig: bytes
    payload: bytes | None
    """None where it was erased by disposal, or is not the addressee's to read."""
    loose: bool = False
    """Whether it may stand beyond a gap of its chain, as those of a handover do (3 instead of 1)."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """The content of a document."""

    sha256: bytes
    content: bytes


def operation_bytes(op: Signed) -> bytes:
    """Write one operation."""
    payload = op.payload
    length = _WITHHELD if payload is None else len(payload)
    return b"".join(
        (
            b"\x03" if op.loose else b"\x01", len(op.header).to_bytes(4, "big"), op.header, op.sig,
            length.to_bytes(4, "big", signed=True), payload or b"",
        )
    )  # fmt: skip


def attachment_bytes(one: Attachment) -> bytes:
    """Write one attachment."""
    return b"".join((b"\x02", one.sha256, len(one.content).to_bytes(8, "big"), one.content))


class Records:
    """Takes the body's bytes in pieces and gives its records, as soon as each is whole."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._needed = 1
        self.operations = 0
        self.attachments = 0

    def feed(self, piece: bytes) -> Iterator[Signed | Attachment]:
        """Take a piece in. Raises RefusedError for a record that is none, or is larger than any may be."""
        self._held += piece
        if len(self._held) < self._needed:
            return
        held, at = bytes(self._held), 0
        while not isinstance(found := self._record(held, at), int):
            record, at = found
            yield record
        self._needed = found - at
        del self._held[:at]

    def finish(self) -> None:
        """Say that nothing follows. Raises RefusedError when a record was cut short."""
        if self._held:
            raise damaged("record", "its last record is cut short")

    def _record(self, held: bytes, at: int) -> "tuple[Signed | Attachment, int] | int":
        """The record that begins at ``at`` with where it ends; or up to where the bytes must reach to tell."""
        if at >= len(held):
            return at + 1
        if held[at] in (_OPERATION, _LOOSE):
            return self._operation(held, at + 1, loose=held[at] == _LOOSE)
        if held[at] == _ATTACHMENT:
            return self._attachment(held, at + 1)
        raise damaged("record", "it holds a record of a kind that there is not")

    def _operation(self, held: bytes, at: int, *, loose: bool) -> tuple[Signed, int] | int:
        start = at + 4
        if len(held) < start:
            return start
        length = int.from_bytes(held[at:start], "big")
        if not 0 < length <= MOST_OPERATION:
            raise damaged("record", "an operation's header is of a size that none has")
        sig = start + length
        size = sig + _SIG
        body = size + 4
        if len(held) < body:
            return body
        said = int.from_bytes(held[size:body], "big", signed=True)
        if not _WITHHELD <= said <= MOST_OPERATION:
            raise damaged("record", "an operation's content is of a size that none has")
        end = body + max(said, 0)
        if len(held) < end:
            return end
        self.operations += 1
        if self.operations > MOST_OPERATIONS:
            raise damaged("record", "it holds more operations than any bundle")
        payload = held[body:end] if said >= 0 else None
        return Signed(held[start:sig], held[sig:size], payload, loose), end

    def _attachment(self, held: bytes, at: int) -> tuple[Attachment, int] | int:
        size = at + _SHA
        start = size + 8
        if len(held) < start:
            return start
        length = int.from_bytes(held[size:start], "big")
        if not 0 < length <= MOST_ATTACHMENT:
            raise damaged("record", "an attachment is of a size that none has")
        end = start + length
        if len(held) < end:
            return end
        self.attachments += 1
        return Attachment(held[at:size], held[start:end]), end
