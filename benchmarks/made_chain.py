"""A colleague who needs no store: a made-up installation with a chain of operations as a worked caseload has them.

Each case is ten operations in nine acts: the case and its suspect, six lines of the log, two later changes. Everything
follows from the seed.
"""

import hashlib
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyrage import x25519

from casedesk.bundles.body import Signed
from casedesk.bundles.cards import Card
from casedesk.bundles.container import write_bundle
from casedesk.bundles.manifest import BundleKind, Manifest
from casedesk.model.entities import CASE, LOG_ENTRY, SUSPECT
from casedesk.store.operations import DOMAIN, GENESIS, OpKind, Over, header_bytes, payload_bytes

PER_CASE = 10
BEGUN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_TEXTS = (
    "Called the shop: the footage is kept for 28 days and will be burnt to disc by Friday.",
    "Statement taken from the manager, signed and scanned.",
    "No reply on either number; letter sent, will try again on Monday after ten.",
    "OIC chased for the medical report: promised for the end of the week.",
    "Victim updated by phone, content with what is being done, asks to be told of any charge.",
    "House to house done, three addresses with nobody at home, nothing seen at the others.",
)


class Chain:
    """Writes one operation after the other, each signed; keeps where the chain stands."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._key = Ed25519PrivateKey.from_private_bytes(self._dice.randbytes(32))
        self.device, self.space = self._dice.randbytes(16), self._dice.randbytes(16)
        self.recipient = x25519.Identity.generate().to_public()
        self.seq = 0
        self._prev = GENESIS
        self._at = int(BEGUN.timestamp() * 1000)
        self._case: list[bytes] = []

    @property
    def card(self) -> Card:
        """The installation's card."""
        return Card(
            device=self.device, space=self.space, name="Colleague", actor="2001",
            sign_pub=self._key.public_key().public_bytes_raw(), recipient=str(self.recipient), made_at=BEGUN,
        )  # fmt: skip

    def worked(self, operations: int) -> Iterator[Signed]:
        """Whole cases until there are so many operations."""
        for number in range(operations // PER_CASE):
            yield from self._one_case(number)

    def entries(self, operations: int, cases: int, among: int) -> Iterator[Signed]:
        """Lines of the log, each an act of its own, in so many cases ``among`` those that were made last."""
        some = self._dice.choices(self._case[-among:], k=cases)
        for number in range(operations):
            yield self._entry(some[number % cases])

    def sign(self, message: bytes) -> bytes:
        """Sign as this installation."""
        return self._key.sign(message)

    def _new_id(self) -> bytes:
        """As the program makes ids: the time, then what is random."""
        return self._at.to_bytes(6, "big") + self._dice.randbytes(10)

    def _one_case(self, number: int) -> Iterator[Signed]:
        dice = self._dice
        case_id, unit = self._new_id(), self._new_id()
        self._case.append(case_id)
        yield self._operation(
            OpKind.SET, CASE.name, case_id, case_id, unit,
            {
                "ref": f"42/{number}/26", "offence_code": "TH68010", "offence_title": "Theft from a shop",
                "owner": "2001", "team": "Crime Management", "area": f"Ward {dice.randrange(40)}",
                "location": f"{dice.randrange(300)} Station Road", "oic": "PC Lee", "oic_number": "3101",
                "summary": "Took spirits from the shelf and left without paying; seen by staff and on camera.",
            },
        )  # fmt: skip
        first = self.device, self.seq
        yield self._operation(
            OpKind.SET, SUSPECT.name, self._new_id(), case_id, unit,
            {"name": f"Jordan Example{number % 977}", "dob": "1990-02-03", "sex": "male"},
        )  # fmt: skip
        for _ in range(6):
            yield self._entry(case_id)
        yield self._operation(
            OpKind.SET,
            CASE.name,
            case_id,
            case_id,
            self._new_id(),
            {"owner": "2002"},
            {"owner": (first,)},
        )
        yield self._operation(
            OpKind.SET,
            CASE.name,
            case_id,
            case_id,
            self._new_id(),
            {"area": "Centre"},
            {"area": (first,)},
        )

    def _entry(self, case_id: bytes) -> Signed:
        at = datetime.fromtimestamp(self._at / 1000, UTC).isoformat()
        said = {"at": at, "text": self._dice.choice(_TEXTS), "topic": "note"}
        return self._operation(OpKind.ENTRY, LOG_ENTRY.name, self._new_id(), case_id, self._new_id(), said)

    def _operation(
        self, kind: OpKind, entity: str, entity_id: bytes, case_id: bytes, unit: bytes,
        fields: dict[str, Any], over: Over | None = None,
    ) -> Signed:  # fmt: skip
        self.seq += 1
        self._at += 45
        payload = payload_bytes(self._dice.randbytes(12), fields, None)
        header = header_bytes(
            space=self.space, device=self.device, seq=self.seq, prev=self._prev, hlc=self._at << 16,
            wall_ms=self._at, actor="2001", act="test", unit=unit, kind=kind.value, entity=entity,
            entity_id=entity_id, case_id=case_id, over=over or {}, as_at=0,
            payload_hash=hashlib.sha256(payload).digest(),
        )  # fmt: skip
        self._prev = hashlib.sha256(header).digest()
        return Signed(header, self._key.sign(DOMAIN + self._prev), payload)

    def bundle(
        self, path: Path, number: int, to: Card, records: Iterator[Signed], made_at: datetime
    ) -> Manifest:
        """Write these operations as a bundle for one addressee."""
        manifest = Manifest(
            kind=BundleKind.FULL, sender=self.device, space=self.space, number=number,
            made_at=made_at - timedelta(minutes=1), program="0", to=(to.device,), have={}, operations=0,
            attachments=0, raw_bytes=0, body_sha256=b"", marking="OFFICIAL-SENSITIVE", reason="",
        )  # fmt: skip
        recipients: Sequence[x25519.Recipient] = [x25519.Recipient.from_str(to.recipient)]
        with path.open("wb") as file:
            return write_bundle(file, manifest, records, self.sign, list(recipients)).manifest
