"""Why operations that came wait in ``park``, and which of them may still be taken in."""

from enum import StrEnum


class Why(StrEnum):
    """Why an operation waits."""

    GAP = "gap"
    """Earlier ones of its author have not come."""
    UNKNOWN = "unknown-author"
    FORK = "fork"
    """Another of its number is held, or it does not follow the one before it: two copies of one store wrote."""
    OWN = "own"
    """It names this installation as its author, and was not written here: a restored or copied store."""
    REISSUED = "reissued"
    """This store wrote it before it met a copy of itself, and has written it anew under its new name."""
    LATE = "after-loss"
    """Its author's laptop was lost before it was written."""
    FORGED = "signature"
    """Its author did not sign it."""


WAITS = (Why.GAP.value, Why.UNKNOWN.value, Why.LATE.value)
"""What may still be taken in, once something else has come."""
