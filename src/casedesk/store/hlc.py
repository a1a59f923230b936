"""Hybrid logical clock: orders operations for display, and never goes back.

48 bits of milliseconds since 1970 above a 16-bit counter, in one 63-bit integer (Kulkarni et al. 2014). A wrong
clock can misplace a line on screen; it can never win an argument, because causality is carried by ``over``.
"""

from datetime import UTC, datetime

COUNTER_BITS = 16
MAX_AHEAD_MS = 60 * 60 * 1000
"""How far another installation's clock may pull this one forward: an hour."""


def tick(last: int, now: datetime) -> int:
    """The next local reading: after ``last`` and not before ``now``."""
    physical = int(now.timestamp() * 1000) << COUNTER_BITS
    return physical if physical > last else last + 1


def absorb(last: int, remote: int, now: datetime) -> int:
    """The local reading after meeting a remote one, which counts only as far as an hour ahead of ``now``."""
    cap = (int(now.timestamp() * 1000) + MAX_AHEAD_MS) << COUNTER_BITS
    return max(last, min(remote, cap))


def instant(reading: int) -> datetime:
    """The wall-clock part of a reading, as an aware UTC instant."""
    return datetime.fromtimestamp((reading >> COUNTER_BITS) / 1000, UTC)
