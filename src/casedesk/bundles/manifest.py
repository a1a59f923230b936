"""What a bundle says of itself: who made it, for whom, what it holds, what its sender has. Signed by the sender."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Never

import orjson

from casedesk.bundles.refused import RefusedError
from casedesk.bundles.strict import read_object
from casedesk.model.ids import decode, encode
from casedesk.model.moments import from_micros, to_micros
from casedesk.model.text import clean

FORMAT = 1
"""Version of the bundle format this program writes. A reader opens every version up to its own, for ever."""
_ID, _HASH = 16, 32
_MOST_DEVICES = 1000
_MOST_SEQ = 2**40
"""No installation writes as many operations."""
_MOST_NUMBER = 2**31
"""No installation makes as many bundles."""
END = 8
"""So many bytes of the hash of a chain's end tell it from every other."""
_LONGEST_TEXT = 2000


class BundleKind(StrEnum):
    """What a bundle is for."""

    INCREMENTAL = "incremental"
    """Everything above what its addressees were last known to hold."""
    FULL = "full"
    """Everything from the beginning: always safe to take in."""
    CASES = "case"
    """Chosen cases, handed to another desk."""
    ACK = "ack"
    """No casework: only what the sender holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The manifest. Numbers count from 1; ids and hashes are bytes."""

    kind: BundleKind
    sender: bytes
    """The installation that made it."""
    space: bytes
    """The sender's own space."""
    number: int
    """How many bundles the sender had made, this one included."""
    made_at: datetime
    program: str
    to: tuple[bytes, ...]
    """The installations it is for: bound here, so that it cannot be sent on to others unseen."""
    have: Mapping[bytes, int]
    """For each installation the sender knows, the last operation it holds without a gap: a receipt."""
    operations: int
    attachments: int
    raw_bytes: int
    """Bytes of the body before it was compressed."""
    body_sha256: bytes
    """Of the body as it stands in the file."""
    marking: str
    reason: str
    ends: Mapping[bytes, bytes] = field(default_factory=dict)
    """The first bytes of each of those operations' hash: another at the same number shows two copies of a store."""
    lacks: tuple[bytes, ...] = ()
    """What the sender asks for, if it may read it: cases of which it holds operations without their content, and
    documents whose content it does not hold; by their ids."""
    expires: datetime | None = None
    """From when on it must not be taken in; none where it does not end."""
    log_head: bytes = b""
    """Hash of the sender's last line of the access log."""
    min_reader: int = FORMAT
    format: int = FORMAT

    def dump(self) -> bytes:
        """Write the manifest as it is signed."""
        return orjson.dumps(
            {
                "format": self.format,
                "min_reader": self.min_reader,
                "kind": self.kind.value,
                "from": encode(self.sender),
                "space": encode(self.space),
                "number": self.number,
                "made_at": to_micros(self.made_at),
                "program": self.program,
                "to": [encode(one) for one in self.to],
                "have": {encode(device): seq for device, seq in self.have.items()},
                "ends": {encode(device): encode(end) for device, end in self.ends.items()},
                "lacks": [encode(case_id) for case_id in self.lacks],
                "operations": self.operations,
                "attachments": self.attachments,
                "raw_bytes": self.raw_bytes,
                "body": encode(self.body_sha256),
                "marking": self.marking,
                "reason": self.reason,
                "expires": to_micros(self.expires) if self.expires else None,
                "log": encode(self.log_head),
            }
        )


def read_manifest(raw: bytes) -> Manifest:
    """Read a manifest. Raises RefusedError when it is not one, or a newer casedesk is needed to read it."""
    said = read_object(raw, "The bundle's manifest")
    if _number(said, "min_reader") > FORMAT:
        raise RefusedError(
            "format",
            f"A newer casedesk made this bundle (format {_number(said, 'min_reader')}; this one reads up to {FORMAT}).",
            "Update casedesk, then import it again.",
        )
    try:
        return Manifest(
            kind=BundleKind(said["kind"]),
            sender=_bytes(said["from"], _ID),
            space=_bytes(said["space"], _ID),
            number=_whole(said["number"], _MOST_NUMBER),
            made_at=from_micros(_number(said, "made_at")),
            program=_text(said["program"]),
            to=tuple(_bytes(one, _ID) for one in _few(said["to"])),
            have={_bytes(device, _ID): _whole(seq, _MOST_SEQ) for device, seq in _few(said["have"]).items()},
            ends={
                _bytes(device, _ID): _bytes(_few(said["ends"])[device], END)
                for device in said["have"]
                if device in said["ends"]
            },
            lacks=tuple(_bytes(case_id, _ID) for case_id in _few(said.get("lacks", ()))),
            operations=_number(said, "operations"),
            attachments=_number(said, "attachments"),
            raw_bytes=_number(said, "raw_bytes"),
            body_sha256=_bytes(said["body"], _HASH),
            marking=_text(said["marking"]),
            reason=_text(said["reason"]),
            expires=from_micros(_number(said, "expires")) if said["expires"] is not None else None,
            log_head=decode(said["log"]),
            min_reader=_number(said, "min_reader"),
            format=_number(said, "format"),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        _refuse()


def _number(said: Mapping[str, Any], name: str) -> int:
    try:
        return _whole(said[name])
    except (KeyError, TypeError, ValueError):
        _refuse()


def _whole(raw: Any, most: int = 2**62) -> int:
    if type(raw) is not int or not 0 <= raw < most:
        raise ValueError("a whole number expected")
    return raw


def _text(raw: Any) -> str:
    if not isinstance(raw, str) or len(raw) > _LONGEST_TEXT:
        raise ValueError("a short text expected")
    return clean(raw)


def _bytes(raw: Any, size: int) -> bytes:
    found = decode(raw)
    if len(found) != size:
        raise ValueError("an id or hash of another length")
    return found


def _few(raw: Any) -> Any:
    if len(raw) > _MOST_DEVICES:
        raise ValueError("too many")
    return raw


def _refuse() -> Never:
    raise RefusedError(
        "manifest", "The bundle's manifest does not say what it should.", "Ask the sender to export again."
    ) from None
