"""Bundles as somebody makes them who means harm: taken apart, changed, signed and sealed again."""

import hashlib
import io
import json
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pyrage

from casedesk.bundles.body import Signed, operation_bytes
from casedesk.bundles.container import DOMAIN, MAGIC
from casedesk.bundles.manifest import BundleKind
from casedesk.desk.desk import Desk
from casedesk.model.ids import encode, new_id
from casedesk.store import hlc, operations
from casedesk.store.operations import OpKind, header_bytes
from casedesk.store.store import Store
from tests.desk.team_of_two import Two, a_shared_case

SECRET = "Zebedee Quickfoot of Elm Row"
"""What stands in every bundle here and must stand in no message."""


@dataclass(frozen=True)
class Plain:
    """What is inside the encryption, in its parts."""

    body: bytes
    manifest: bytes
    sig: bytes

    def bytes(self, piece: int = 256 * 1024) -> bytes:
        """Put together again."""
        pieces = [self.body[at : at + piece] for at in range(0, len(self.body), piece)]
        return b"".join(
            (
                MAGIC, *(len(one).to_bytes(4, "big") + one for one in pieces), bytes(4),
                len(self.manifest).to_bytes(4, "big"), self.manifest, self.sig,
            )
        )  # fmt: skip


def parted(plain: bytes) -> Plain:
    """Take apart what is inside the encryption."""
    at, body = len(MAGIC), b""
    while length := int.from_bytes(plain[at : at + 4], "big"):
        body += plain[at + 4 : at + 4 + length]
        at += 4 + length
    length = int.from_bytes(plain[at + 4 : at + 8], "big")
    end = at + 8 + length
    return Plain(body, plain[at + 8 : end], plain[end:])


def opened(path: Path, desk: Desk) -> bytes:
    """What is inside the encryption, for one who may read it."""
    plain: bytes = pyrage.decrypt(path.read_bytes(), [desk.store.bundle_identity()])
    return plain


def sealed(plain: bytes, *to: Desk) -> bytes:
    """Encrypt anything to these desks: their keys are no secret."""
    made: bytes = pyrage.encrypt(plain, [one.store.bundle_identity().to_public() for one in to])
    return made


@dataclass
class Prey:
    """Ann and Bob, and a bundle from her to him that is as it should be; he is who must stay unharmed."""

    two: Two
    good: Path
    plain: Plain

    def said(self) -> dict[str, Any]:
        """What the good bundle's manifest says."""
        found: dict[str, Any] = orjson.loads(self.plain.manifest)
        return found

    def manifest_of(self, **other: Any) -> bytes:
        """A manifest that says something else here or there; None takes a key out."""
        said = {**self.said(), **{name.rstrip("_"): value for name, value in other.items()}}
        kept = {name: value for name, value in said.items() if value is not Ellipsis}
        return json.dumps(kept, separators=(",", ":")).encode()

    def signed(self, body: bytes, manifest: bytes, by: Store | None = None) -> Plain:
        """Sign a body and a manifest as Ann, or as somebody else, would."""
        store = by or self.two.ann.store
        return Plain(body, manifest, store.sign(DOMAIN + hashlib.sha256(MAGIC + manifest).digest()))

    def with_body(self, body: bytes, **other: Any) -> Plain:
        """Ann herself sends this body, with a manifest that fits but for what is said otherwise."""
        return self.signed(body, self.manifest_of(**{"body": encode(hashlib.sha256(body).digest()), **other}))

    def with_records(self, raw: bytes, operations: int, attachments: int = 0, **other: Any) -> Plain:
        """Ann herself sends these records."""
        said = {"raw_bytes": len(raw), "operations": operations, "attachments": attachments, **other}
        return self.with_body(zlib.compress(raw, 1), **said)

    def with_operation(self, header: bytes, payload: bytes | None, sig: bytes | None = None) -> Plain:
        """Ann herself sends one operation, signed as it should be unless told otherwise."""
        own = self.two.ann.store.sign(operations.DOMAIN + hashlib.sha256(header).digest())
        return self.with_records(operation_bytes(Signed(header, sig or own, payload)), 1)

    def header_of(self, payload: bytes, **other: Any) -> bytes:
        """The header of Ann's next operation, but for what is said otherwise."""
        ann = self.two.ann.store
        seq, prev = ann.registry.have(ann.registry.spaces[ann.identity.space], ann.device)
        entity_id = new_id()
        late = hlc.tick(0, ann.clock() + timedelta(hours=12))
        usual = orjson.loads(
            header_bytes(
                space=ann.identity.space, device=ann.identity.device, seq=seq + 1, prev=prev, hlc=late, wall_ms=1,
                actor="1001", act="test", unit=new_id(), kind=OpKind.SET.value, entity="case", entity_id=entity_id,
                case_id=entity_id, over={}, as_at=0, payload_hash=hashlib.sha256(payload).digest(),
            )
        )  # fmt: skip
        return orjson.dumps({**usual, **other})

    def file(self, content: bytes) -> Path:
        """A file on the stick."""
        path = self.two.stick / f"{hashlib.sha256(content).hexdigest()[:16]}.casebundle"
        path.write_bytes(content)
        return path

    def for_bob(self, plain: Plain | bytes) -> Path:
        """A file on the stick that Bob's key opens."""
        return self.file(sealed(plain if isinstance(plain, bytes) else plain.bytes(), self.two.bob))


def make_prey(two: Two) -> Prey:
    """Ann's first bundle for Bob, not yet taken in."""
    a_shared_case(two.ann, summary=SECRET, location=SECRET)
    good = two.out(two.ann, BundleKind.FULL, reason=SECRET).path
    return Prey(two, good, parted(opened(good, two.bob)))


def everything(desk: Desk) -> dict[str, str]:
    """A hash of every row of every table as it is saved, and of the database's file."""
    with closing(desk.store.reader(lean=True)) as saved:
        names = [
            name
            for (name,) in saved.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            if not name.startswith("words")  # its pages say the same, and cannot be read as rows
        ]
        found = {}
        for name in names:
            rows = saved.execute(f'SELECT * FROM "{name}"').fetchall()  # noqa: S608 - a name of ours
            found[name] = hashlib.sha256(repr(rows).encode()).hexdigest()
    found["file"] = hashlib.sha256(desk.store.places.store.read_bytes()).hexdigest()
    return found


def squeezed(pieces: Sequence[bytes] | Iterator[bytes], level: int = 9) -> bytes:
    """Compress pieces into one stream without holding them."""
    squeeze = zlib.compressobj(level)
    out = io.BytesIO()
    for piece in pieces:
        out.write(squeeze.compress(piece))
    out.write(squeeze.flush())
    return out.getvalue()
