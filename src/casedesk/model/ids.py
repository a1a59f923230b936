"""Identifiers: 16 random or derived bytes for things, short checked codes for people to read out."""

import hashlib
import secrets
from base64 import b64decode
from binascii import b2a_base64
from typing import NewType

EntityId = NewType("EntityId", bytes)
"""Sixteen bytes that name one entity, on every installation that knows it."""

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def new_id() -> EntityId:
    """Make a new random id."""
    return EntityId(secrets.token_bytes(16))


def derived_id(*parts: str) -> EntityId:
    """Make the id that every installation derives from the same parts, so that the same extract row meets itself.

    The parts are length-prefixed before hashing: ``("ab", "c")`` and ``("a", "bc")`` differ.
    """
    digest = hashlib.blake2b(digest_size=16, person=b"casedesk entity ")
    for part in parts:
        raw = part.encode()
        digest.update(len(raw).to_bytes(4, "big"))
        digest.update(raw)
    return EntityId(digest.digest())


def encode(raw: bytes) -> str:
    """Write bytes as base64 without padding, as the journal's headers do."""
    return b2a_base64(raw, newline=False).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Read what :func:`encode` wrote. Raises ValueError for anything else."""
    return b64decode(text + "=" * (-len(text) % 4), validate=True)


def short_code(number: int, width: int = 4) -> str:
    """Write a number in Crockford base32 with a check character, for a reference that is read out over the phone."""
    digits = ""
    rest = number
    while rest or len(digits) < width:
        rest, digit = divmod(rest, 32)
        digits = CROCKFORD[digit] + digits
    return digits + CROCKFORD[number % 31]


def read_short_code(text: str) -> int:
    """Read what :func:`short_code` wrote, forgiving case, hyphens and look-alike letters.

    Raises ValueError when the check character does not fit: one character was misheard or mistyped.
    """
    plain = text.upper().translate(_LOOKALIKES)
    if len(plain) < 2 or any(c not in CROCKFORD for c in plain):
        raise ValueError("not a reference code")
    number = 0
    for character in plain[:-1]:
        number = number * 32 + CROCKFORD.index(character)
    if CROCKFORD[number % 31] != plain[-1]:
        raise ValueError("the check character does not fit")
    return number
