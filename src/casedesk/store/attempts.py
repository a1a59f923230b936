"""Wrong passphrases: each one makes the next wait longer, and is noted for the access log.

The note stands beside the store, where it can be written while the store is locked. It holds times and
nothing else. Whoever can write the folder can remove it: the wait slows a colleague at the keyboard, the cost
of each guess (:mod:`casedesk.store.keys`) slows everybody.
"""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from casedesk.model.errors import StoreError, TooSoonError, WrongPassphraseError
from casedesk.model.moments import Clock, from_micros, to_micros
from casedesk.store.keys import write_file

LONGEST_WAIT = 60
"""Seconds: the wait doubles from one second up to this."""
_MOST_NOTED = 1000


@dataclass(frozen=True)
class Noted:
    """What the file beside the store says."""

    in_a_row: int = 0
    """Wrong passphrases since the last right one."""
    last: int = 0
    """When the last wrong one was given, in microseconds since 1970."""
    failed: tuple[int, ...] = ()
    """When each wrong one was given that the access log has not taken in yet."""


def wait(path: Path, now: datetime) -> timedelta:
    """How long until the next passphrase may be tried; nothing when it may be tried now."""
    noted = _read(path)
    if not noted.in_a_row:
        return timedelta()
    pause = timedelta(seconds=min(2 ** min(noted.in_a_row - 1, 30), LONGEST_WAIT))
    last = from_micros(noted.last)
    if last > now:  # the clock was put back: wait from now, not for years
        _write(path, replace(noted, last=to_micros(now)))
        return pause
    return max(last + pause - now, timedelta())


def check(path: Path, now: datetime) -> None:
    """Raise TooSoonError while the wait after a wrong passphrase lasts."""
    left = wait(path, now)
    if left:
        raise TooSoonError(math.ceil(left.total_seconds()))


@contextmanager
def counted(path: Path, clock: Clock) -> Iterator[None]:
    """Try a passphrase in the block: refused while the wait lasts, noted when wrong, forgiven when right.

    Raises TooSoonError; lets the WrongPassphraseError of the block through.
    """
    check(path, clock())
    try:
        yield
    except WrongPassphraseError:
        noted, now = _read(path), to_micros(clock())
        _write(path, Noted(noted.in_a_row + 1, now, (*noted.failed, now)[-_MOST_NOTED:]))
        raise
    forgive(path)


def forgive(path: Path) -> None:
    """End the wait: the store was opened. What the access log has not taken in yet stays noted."""
    noted = _read(path)
    if noted.in_a_row:
        _write(path, replace(noted, in_a_row=0))


def waiting(path: Path) -> int:
    """How many wrong passphrases the access log has not taken in yet."""
    return len(_read(path).failed)


@contextmanager
def take(path: Path) -> Iterator[tuple[datetime, ...]]:
    """Give the instants of the wrong passphrases to the access log; they are forgotten if the block succeeds.

    A crash between the two leaves them for the next time: none is lost, one may be told twice.
    """
    noted = _read(path)
    yield tuple(from_micros(at) for at in noted.failed)
    if noted.failed:
        _write(path, replace(_read(path), failed=()))


def _read(path: Path) -> Noted:
    """Read the note; a missing or damaged one counts as none."""
    try:
        if path.stat().st_size > 1_000_000:
            return Noted()
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Noted(_whole(raw["in_a_row"]), _whole(raw["last"]), tuple(_whole(at) for at in raw["failed"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return Noted()


def _whole(raw: Any) -> int:
    if type(raw) is not int or not 0 <= raw < 2**56:
        raise ValueError("not a time or a count")
    return raw


def _write(path: Path, noted: Noted) -> None:
    """Keep the note. A folder that cannot be written does not keep anyone out of a store they may read."""
    with suppress(StoreError):
        said = {"in_a_row": noted.in_a_row, "last": noted.last, "failed": noted.failed}
        write_file(path, json.dumps(said) + "\n")
