"""Hashes as words that can be read out: proquints, five letters for every sixteen bits.

Consonant, vowel, consonant, vowel, consonant: each is one syllable pair that sounds unlike its neighbours, needs no
word list and is the same in every installation (D. S. Wilkerson, “A Proposal for Proquints”, 2009).
"""

import hashlib

_CONSONANTS, _VOWELS = "bdfghjklmnprstvz", "aiou"
FINGERPRINT_WORDS = 8
"""Words of a card's fingerprint: 128 bits, so that nobody makes a second card of the same words."""
CHECK_WORDS = 4
"""Words of a bundle's check phrase: 64 bits, to tell one file from another."""


def words(digest: bytes, count: int) -> str:
    """The first ``count`` words of a hash, with spaces between."""
    return " ".join(_word(int.from_bytes(digest[at : at + 2], "big")) for at in range(0, 2 * count, 2))


def phrase_of(*parts: bytes, count: int) -> str:
    """The words of the hash of these parts, each with its length before it."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(4, "big"))
        digest.update(part)
    return words(digest.digest(), count)


def same(typed: str, shown: str) -> bool:
    """Whether what was typed is the phrase, whatever its case, spaces and hyphens."""
    plain = typed.casefold().replace("-", " ").split()
    return plain == shown.split()


def _word(number: int) -> str:
    return (
        _CONSONANTS[number >> 12]
        + _VOWELS[number >> 10 & 3]
        + _CONSONANTS[number >> 6 & 15]
        + _VOWELS[number >> 4 & 3]
        + _CONSONANTS[number & 15]
    )
