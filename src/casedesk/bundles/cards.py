"""Device cards: how one installation makes itself known to another.

A card is a small text file, signed by the installation it is of. Anybody may read it: it holds two public keys, the
installation's and the person's names, and nothing of casework. What makes it safe to believe is the fingerprint, read
out by its owner and compared by whoever takes it in.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from casedesk.bundles.phrase import FINGERPRINT_WORDS, phrase_of
from casedesk.bundles.refused import RefusedError
from casedesk.bundles.strict import read_object
from casedesk.model.ids import decode, encode
from casedesk.model.moments import from_micros, to_micros
from casedesk.model.text import clean

DOMAIN = b"casedesk card v1\0"
"""Domain tag that every card's signature begins with."""
VERSION = 1
MOST_BYTES = 16 * 1024
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What an installation says of itself."""

    device: bytes
    space: bytes
    """The space it writes in: its own."""
    name: str
    """The desk's name, as its owner gave it."""
    actor: str
    """The person's collar or staff number."""
    sign_pub: bytes
    """Ed25519 public key: checks what it signs."""
    recipient: str
    """Public age key: what is meant for it is encrypted to this."""
    made_at: datetime

    @property
    def fingerprint(self) -> str:
        """Eight words of everything that a bundle's safety rests on: the keys, the installation and its space."""
        return phrase_of(
            DOMAIN, self.device, self.space, self.sign_pub, self.recipient.encode(), count=FINGERPRINT_WORDS
        )

    def said(self) -> bytes:
        """The bytes that are signed."""
        return orjson.dumps(
            {
                "card": VERSION,
                "device": encode(self.device),
                "space": encode(self.space),
                "name": self.name,
                "actor": self.actor,
                "key": encode(self.sign_pub),
                "recipient": self.recipient,
                "made_at": to_micros(self.made_at),
            }
        )


def signed_bytes(card: Card) -> bytes:
    """What the owner's key signs."""
    return DOMAIN + hashlib.sha256(card.said()).digest()


def write_card(card: Card, sig: bytes) -> bytes:
    """The card's file."""
    return orjson.dumps({"said": card.said().decode(), "signature": encode(sig)}) + b"\n"


def read_card(raw: bytes) -> Card:
    """Read a card's file and check that its owner signed it.

    Raises RefusedError when it is no card, or was changed. Who its owner is only the fingerprint tells.
    """
    if len(raw) > MOST_BYTES:
        raise _no_card()
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        file = read_object(raw.strip(), "The card")
        said = file["said"].encode()
        card = _card(read_object(said, "The card"))
        digest = DOMAIN + hashlib.sha256(said).digest()
        Ed25519PublicKey.from_public_bytes(card.sign_pub).verify(decode(file["signature"]), digest)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, InvalidSignature):
        raise _no_card() from None
    except RefusedError as error:
        raise error if error.why == "format" else _no_card() from None
    return card


def _card(said: dict[str, Any]) -> Card:
    if said["card"] != VERSION:
        raise RefusedError(
            "format",
            "A newer casedesk made this card.",
            "Update casedesk, or ask for the card of an older one.",
        )
    return Card(
        device=_sized(said["device"], 16),
        space=_sized(said["space"], 16),
        name=_name(said["name"]),
        actor=_name(said["actor"]),
        sign_pub=_sized(said["key"], 32),
        recipient=_recipient(said["recipient"]),
        made_at=from_micros(said["made_at"]),
    )


def _sized(raw: Any, size: int) -> bytes:
    found = decode(raw)
    if len(found) != size:
        raise ValueError("a key or id of another length")
    return found


def _name(raw: Any) -> str:
    if not isinstance(raw, str) or not 0 < len(raw) <= _LONGEST_NAME or clean(raw) != raw:
        raise ValueError("not a name")
    return raw


def _recipient(raw: Any) -> str:
    from pyrage import RecipientError, x25519

    try:
        return str(x25519.Recipient.from_str(raw))
    except RecipientError:
        raise ValueError("not an age key") from None


def _no_card() -> RefusedError:
    return RefusedError("card", "This is not a device card, or it was changed.", "Ask for the card again.")
