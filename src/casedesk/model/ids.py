"""Identifiers: 16 made or derived bytes for things, short checked codes for people to read out."""

import hashlib
import secrets
import time
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable
from typing import NewType

EntityId = NewType("EntityId", bytes)
"""Sixteen bytes that name one entity, on every installation that knows it."""

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def new_id() -> EntityId:
    """Make a new id: the millisecond of its making by this machine's clock, then ten random bytes.

    What is made together so lies together in every index (as in a UUID of version 7, RFC 9562 section 5.7); nothing
    reads the time out of it, and a wrong clock costs no more than the neighbourhood.
    """
    return EntityId((time.time_ns() // 1_000_000).to_bytes(6, "big") + secrets.token_bytes(10))


def derived_id(*parts: str) -> EntityId:
    """Make the id that every installation derives from the same parts: the same extract row meets itself.

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
    """Read what :func:`encode` wrote. Raises ValueError for anything else, another spelling of the same bytes too."""
    raw = a2b_base64(text + "=" * (-len(text) % 4), strict_mode=True)
    if encode(raw) != text:
        raise ValueError("not the one way to write these bytes")
    return raw


def short_code(number: int, width: int = 4) -> str:
    """Write a number (0 or more) in Crockford base32 with a check character, to be read out over the phone.

    The check finds every single wrong character and every two that changed places.
    """
    digits: list[int] = []
    rest = number
    while rest or len(digits) < width:
        rest, digit = divmod(rest, 32)
        digits.insert(0, digit)
    return "".join(CROCKFORD[digit] for digit in (*digits, _check(digits)))


def _check(digits: Iterable[int]) -> int:
    """The check digit: each digit times a power of its place in the field of 32 elements (x⁵ + x² + 1)."""
    check = 0
    for digit in digits:
        check = (check ^ digit) << 1
        if check & 32:
            check ^= 0b100101
    return check


def read_short_code(text: str) -> int:
    """Read what :func:`short_code` wrote, forgiving case, hyphens and look-alike letters.

    Raises ValueError when the check character does not fit: one character was misheard or mistyped.
    """
    plain = text.upper().translate(_LOOKALIKES)
    if len(plain) < 2 or any(c not in CROCKFORD for c in plain):
        raise ValueError("not a reference code")
    *digits, check = (CROCKFORD.index(character) for character in plain)
    if _check(digits) != check:
        raise ValueError("the check character does not fit")
    number = 0
    for digit in digits:
        number = number * 32 + digit
    return number
