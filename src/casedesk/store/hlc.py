"""Hybrid logical clock: orders operations for display, and never goes back.

48 bits of milliseconds since 1970 above a 16-bit counter, in one 63-bit integer (Kulkarni et al. 2014). A wrong
clock can misplace a line on screen; it can never win an argument, because causality is carried by ``over``.
"""

from datetime import UTC, datetime

COUNTER_BITS = 16
MAX_AHEAD_MS = 24 * 60 * 60 * 1000
"""How far ahead of this machine's clock an operation may have been written and be taken in: a day.

So far another installation may pull this one's readings forward. What is further ahead waits, hence whatever was taken
in was absorbed wholly, and what is written here always reads later than what it replaces.
"""


_LAST_MS = 253_402_214_400_000
"""The last day that moments can name: 31 December 9999."""


def tick(last: int, now: datetime) -> int:
    """The next local reading: after ``last`` and not before ``now``."""
    physical = int(now.timestamp() * 1000) << COUNTER_BITS
    return physical if physical > last else last + 1


def absorb(last: int, remote: int, now: datetime) -> int:
    """The local reading after meeting a remote one, which counts only as far as a day ahead of ``now``."""
    cap = (int(now.timestamp() * 1000) + MAX_AHEAD_MS) << COUNTER_BITS
    return max(last, min(remote, cap))


def is_ahead(remote: int, wall_ms: int, now: datetime) -> bool:
    """Whether an operation of this reading and wall clock was written further ahead than is taken in."""
    limit = int(now.timestamp() * 1000) + MAX_AHEAD_MS
    return remote >> COUNTER_BITS >= limit or wall_ms >= limit


def in_time(remote: int, wall_ms: int) -> datetime:
    """When an operation that is too far ahead is so no longer. No later than any calendar goes."""
    ms = max(remote >> COUNTER_BITS, wall_ms) - MAX_AHEAD_MS + 1
    return datetime.fromtimestamp(min(ms, _LAST_MS) / 1000, UTC)


def instant(reading: int) -> datetime:
    """The wall-clock part of a reading, as an aware UTC instant."""
    return datetime.fromtimestamp((reading >> COUNTER_BITS) / 1000, UTC)
