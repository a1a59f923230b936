"""An operation of the journal: its bytes, its hash, its signature.

Header and payload are JSON, stored and hashed exactly as they were written or received; nothing is ever
re-encoded. The header holds ids, order and causality and no personal data; the payload holds everything else
and may be erased by disposal without breaking the chain, because the header carries only the payload's hash.
"""

import hashlib
from binascii import a2b_base64
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from casedesk.model.entities import RESTRICTION
from casedesk.model.ids import EntityId, decode, encode
from casedesk.model.text import MAX_TEXT, harmless
from casedesk.store.upcast import to_present

SCHEMA = 1
"""Version of the operation format this program writes."""
DOMAIN = b"casedesk op v1\0"
"""Domain tag that every operation signature begins with."""
GENESIS = bytes(32)
"""The previous hash of a chain's first operation."""

Dot = tuple[bytes, int]
"""Names one operation: (device id, sequence number)."""
Over = Mapping[str, tuple[Dot, ...]]
"""For each field, the operations whose value the author saw and replaces."""


class OpKind(StrEnum):
    """What an operation does. A kind this program does not know is kept, forwarded and counted, not applied."""

    SET = "set"
    """Gives fields of one entity new values."""
    EXTRACT = "extract"
    """The same, from the force's records system: yields to desk work and to a later extract."""
    ENTRY = "entry"
    """Writes an immutable entry."""
    DISPOSE = "dispose"
    """Erases the payloads of a case's operations that its author had seen, and leaves their headers."""


ERASABLE = f"(op.kind <> '{OpKind.DISPOSE.value}' AND op.entity <> '{RESTRICTION.name}')"
"""What a disposal erases of a case, as a condition on ``op``: see :func:`is_erasable`."""


def is_erasable(kind: str, entity: str) -> bool:
    """Whether a disposal erases such operations, and those who may not read the case get them without content.

    Disposals themselves stay, and who may read a case: it holds nothing of the case, and what somebody who may wrote
    meanwhile must not come to the others because the case was disposed of.
    """
    return kind != OpKind.DISPOSE and entity != RESTRICTION.name


class Operation(NamedTuple):
    """One operation, with its bytes as stored. ``hlc`` orders for display only; causality is in ``over``.

    A tuple, because a rebuild makes one for each operation there is: a frozen class takes four times as long.
    """

    space: bytes
    device: bytes
    seq: int
    prev: bytes
    hlc: int
    wall_ms: int
    actor: str
    act: str
    unit: bytes
    schema: int
    kind: str
    entity: str
    entity_id: EntityId
    case_id: EntityId
    over: Over
    as_at: int
    payload_hash: bytes
    header: bytes
    sig: bytes
    hash: bytes
    payload: bytes | None
    about: bytes = b""
    """The unit that this operation's unit undoes; empty for an act of its own."""
    log: tuple[int, bytes] | None = None
    """The last line of the access log when the unit began: its number and hash. Only a unit's first names it."""

    @property
    def dot(self) -> Dot:
        """The operation's name."""
        return self.device, self.seq

    def body(self) -> dict[str, Any]:
        """The payload's content; empty when it was disposed of. Raises ValueError when it is not a payload."""
        if self.payload is None:
            return {}
        content = content_of(self.payload)
        if self.schema < SCHEMA:
            content["fields"] = to_present(self.schema, SCHEMA, self.entity, content.get("fields", {}))
        return content


def content_of(payload: bytes) -> dict[str, Any]:
    """What a payload says, its texts safe to show whoever wrote them. Raises ValueError when it is not a payload."""
    content = orjson.loads(payload)
    if not isinstance(content, dict) or not isinstance(content.get("fields", {}), dict):
        raise ValueError("not an operation payload")  # noqa: TRY004 - one error for whatever cannot be read
    # Nothing that a terminal would obey is written in JSON without one of these.
    if b"\\" in payload or b"\x7f" in payload or not payload.isascii():
        content = {harmless(name): _made_harmless(value) for name, value in content.items()}
    if len(payload) > MAX_TEXT and not _is_short(content):
        raise ValueError("a text longer than any verb takes")
    return content


def _is_short(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= MAX_TEXT
    if isinstance(value, dict):
        return all(len(name) <= MAX_TEXT and _is_short(one) for name, one in value.items())
    return not isinstance(value, list) or all(map(_is_short, value))


def _made_harmless(value: Any) -> Any:
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, list):
        return [_made_harmless(one) for one in value]
    if isinstance(value, dict):
        return {harmless(name): _made_harmless(one) for name, one in value.items()}
    return value


def payload_bytes(salt: bytes, fields: Mapping[str, Any], reason: str | None) -> bytes:
    """Write a payload. The salt keeps a guesser from confirming short values against the hash in the header."""
    content: dict[str, Any] = {"salt": encode(salt), "fields": fields}
    if reason:
        content["reason"] = reason
    return orjson.dumps(content)


def header_bytes(
    *,
    space: bytes,
    device: bytes,
    seq: int,
    prev: bytes,
    hlc: int,
    wall_ms: int,
    actor: str,
    act: str,
    unit: bytes,
    kind: str,
    entity: str,
    entity_id: bytes,
    case_id: bytes,
    over: Over,
    as_at: int,
    payload_hash: bytes,
    about: bytes = b"",
    log: tuple[int, bytes] | None = None,
) -> bytes:
    """Write a header. ``log`` names the last line of the access log: its number and hash."""
    header: dict[str, Any] = {
        "space": encode(space),
        "device": encode(device),
        "seq": seq,
        "prev": encode(prev),
        "hlc": hlc,
        "at": wall_ms,
        "actor": actor,
        "act": act,
        "unit": encode(unit),
        "schema": SCHEMA,
        "kind": kind,
        "entity": entity,
        "id": encode(entity_id),
        "case": encode(case_id),
        "payload": encode(payload_hash),
    }
    if over:
        header["over"] = {name: [[encode(d), s] for d, s in dots] for name, dots in over.items()}
    if as_at:
        header["as_at"] = as_at
    if about:
        header["about"] = encode(about)
    if log:
        header["log"] = [log[0], encode(log[1])]
    return orjson.dumps(header)


def parse_operation(
    header: bytes, sig: bytes, payload: bytes | None, said: Mapping[str, Any] | None = None
) -> Operation:
    """Read an operation from its stored bytes. Raises ValueError when the header is not one.

    ``said`` is what the header says, where the caller has read it already.
    """
    try:
        raw = orjson.loads(header) if said is None else said
        entity_id = _sized(raw["id"], 16)
        return Operation(
            space=_shared_id(raw["space"]),
            device=_shared_id(raw["device"]),
            seq=_whole(raw["seq"]),
            prev=_sized(raw["prev"], 32),
            hlc=_whole(raw["hlc"]),
            wall_ms=_whole(raw["at"]),
            actor=_word(raw["actor"]),
            act=_word(raw["act"]),
            unit=_shared_id(raw["unit"]),
            schema=_whole(raw["schema"]),
            kind=_word(raw["kind"]),
            entity=_word(raw["entity"]),
            entity_id=EntityId(entity_id),
            case_id=EntityId(entity_id if raw["case"] == raw["id"] else _sized(raw["case"], 16)),
            over={
                name: tuple((_shared_id(device), _whole(seq)) for device, seq in dots)
                for name, dots in raw["over"].items()
            }
            if "over" in raw
            else {},
            as_at=_whole(raw.get("as_at", 0)),
            payload_hash=_sized(raw["payload"], 32),
            header=header,
            sig=sig,
            hash=hashlib.sha256(header).digest(),
            payload=payload,
            about=decode(raw["about"]) if "about" in raw else b"",
            log=_anchor(raw["log"]) if "log" in raw else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"not an operation header ({type(error).__name__})") from None


def _whole(raw: Any) -> int:
    if type(raw) is not int or not -(2**63) <= raw < 2**63:
        raise TypeError("a whole number expected")
    return raw


def _anchor(raw: Any) -> tuple[int, bytes]:
    seq, digest = raw
    return _whole(seq), _sized(digest, 32)


def _word(raw: Any) -> str:
    if not isinstance(raw, str):
        raise TypeError("text expected")
    return raw


@lru_cache(maxsize=1024)
def _shared_id(raw: Any) -> bytes:
    """Read an id that many operations in a row have in common."""
    return _sized(raw, 16)


_PADDING = {16: ("==", "AQgw"), 32: ("=", "AEIMQUYcgkosw048")}
"""What base64 of so many bytes is padded with, and its last letters that leave no bit over."""


def _sized(raw: Any, size: int) -> bytes:
    """Read so many bytes. Strict as :func:`casedesk.model.ids.decode`: there is one way to write them."""
    padding, last = _PADDING[size]
    found = a2b_base64(_word(raw) + padding, strict_mode=True)
    if len(found) != size or raw[-1] not in last:
        raise ValueError("not an id or hash of this length, or not the one way to write it")
    return found
