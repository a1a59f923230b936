"""Makes the bundles that stand for the released format: tests/fixtures/bundles/v<format>.

A released format's fixtures are never remade: they are what lies on sticks and shares in the field. Run this once, when
a new version of the format is about to be released; until then, whenever the format changes (“--again”). The keys lie
beside them: all of it is made up.
"""

import hashlib
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyrage import x25519

from casedesk.bundles.body import Attachment, Signed
from casedesk.bundles.cards import Card, signed_bytes, write_card
from casedesk.bundles.container import Record, write_bundle
from casedesk.bundles.manifest import FORMAT, BundleKind, Manifest
from casedesk.model.entities import CASE, DOCUMENT, LOG_ENTRY
from casedesk.model.ids import derived_id
from casedesk.store.operations import DOMAIN, GENESIS, OpKind, header_bytes, payload_bytes

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "fixtures" / "bundles"
MADE_AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
DEVICE, SPACE, READER = (derived_id("fixture", name) for name in ("device", "space", "reader"))
CONTENT = b"A made-up statement.\n"
_KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"a key that signs nothing else").digest())


def main() -> int:
    """Make the fixtures of the present format; with ``--again`` in place of those that are there."""
    home = FOLDER / f"v{FORMAT}"
    if home.exists():
        if sys.argv[1:] != ["--again"]:
            print(f"{home} is there already: “--again” remakes it, which only an unreleased format may.")
            return 1
        shutil.rmtree(home)
    home.mkdir(parents=True)
    make(home)
    print(f"{home}: {sum(file.stat().st_size for file in home.iterdir()):,} bytes")
    return 0


def make(home: Path) -> None:
    """Write the sender's card, the reader's key, and a bundle of each kind with what must come out of it."""
    identity = x25519.Identity.generate()
    (home / "reader.key").write_text(f"{identity}\n", encoding="utf-8")
    card = Card(
        device=DEVICE, space=SPACE, name="Fixture", actor="7042", sign_pub=_KEY.public_key().public_bytes_raw(),
        recipient=str(x25519.Identity.generate().to_public()), made_at=MADE_AT,
    )  # fmt: skip
    (home / "sender.casecard").write_bytes(write_card(card, _KEY.sign(signed_bytes(card))))
    operations = list(_operations())
    contents: dict[BundleKind, list[Record]] = {
        BundleKind.FULL: [*operations, Attachment(hashlib.sha256(CONTENT).digest(), CONTENT)],
        BundleKind.INCREMENTAL: [operations[0], operations[1]._replace(payload=None)],
        BundleKind.CASES: [one._replace(loose=True) for one in operations],
        BundleKind.ACK: [],
    }
    for number, (kind, some) in enumerate(contents.items(), 1):
        with (home / f"{kind.value}.casebundle").open("wb") as file:
            write_bundle(file, _manifest(kind, number), some, _KEY.sign, [identity.to_public()])
        said = [list(map(_said, one)) if isinstance(one, Signed) else one.content.decode() for one in some]
        (home / f"{kind.value}.json").write_bytes(orjson.dumps(said, option=orjson.OPT_INDENT_2))


def _said(part: bytes | bool | None) -> str | bool | None:
    """What stands for a part of an operation in the list of what must come out: text as it is, a signature in hex."""
    if not isinstance(part, bytes):
        return part
    return part.decode() if part.startswith(b"{") else part.hex()


def _manifest(kind: BundleKind, number: int) -> Manifest:
    return Manifest(
        kind=kind, sender=DEVICE, space=SPACE, number=number, made_at=MADE_AT, program="0", to=(READER,),
        have={DEVICE: 4, READER: 2}, operations=0, attachments=0, raw_bytes=0, body_sha256=b"",
        marking="OFFICIAL-SENSITIVE", reason="A fixture", expires=MADE_AT, log_head=bytes(32),
    )  # fmt: skip


def _operations() -> Iterator[Signed]:
    case_id = derived_id("fixture", "case")
    first = {"ref": "42/1/26", "offence_title": "Theft", "owner": "7042", "summary": "Zoë O’Hara’s bicycle"}
    document = {"name": "statement.txt", "sha256": hashlib.sha256(CONTENT).hexdigest(), "size": len(CONTENT)}
    said: tuple[tuple[OpKind, str, str, dict[str, Any], bool], ...] = (
        (OpKind.SET, CASE.name, "case", first, False),
        (OpKind.ENTRY, LOG_ENTRY.name, "entry", {"text": "Two lines:\nthis is the second."}, False),
        (OpKind.SET, DOCUMENT.name, "document", document, False),
        (OpKind.SET, CASE.name, "case", {"owner": "7043"}, True),
    )
    prev = GENESIS
    for seq, (kind, entity, name, fields, replaces) in enumerate(said, 1):
        payload = payload_bytes(bytes(12), fields, None)
        ms = int(MADE_AT.timestamp() * 1000) + seq
        header = header_bytes(
            space=SPACE, device=DEVICE, seq=seq, prev=prev, hlc=ms << 16, wall_ms=ms, actor="7042", act="fixture",
            unit=derived_id("fixture", f"unit {seq}"), kind=kind.value, entity=entity,
            entity_id=case_id if name == "case" else derived_id("fixture", name), case_id=case_id,
            over={"owner": ((DEVICE, 1),)} if replaces else {}, as_at=0,
            payload_hash=hashlib.sha256(payload).digest(),
        )  # fmt: skip
        prev = hashlib.sha256(header).digest()
        yield Signed(header, _KEY.sign(DOMAIN + prev), payload)


if __name__ == "__main__":
    sys.exit(main())
