"""One reason for a case's place in the queue."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from casedesk.model.ids import EntityId
from casedesk.model.moments import local
from casedesk.rules.answers import Answer

STEP = timedelta(microseconds=1)
"""The least time: what holds at a limit no longer holds a step after it."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One reason for a case's place: its band, what is due, and the sentence that says so.

    ``sentence`` names times, never spans: it stays true as time passes until ``changes_at``, the moment when the
    mere passing of time will change this factor.
    """

    band: str
    """A band's id (:data:`casedesk.reference.priority.BAND_IDS`)."""
    sentence: str
    due: datetime | None = None
    changes_at: datetime | None = None
    clock: str = ""
    """The id of the clock in the pack behind it, where there is one."""
    who: str = ""
    """Who must act, in hyphenated words: ``inspector``; empty for the case's owner."""
    legal: bool = False
    """Whether ``due`` is a limit in law (however well sourced) and not a target or a promise."""
    how: Callable[[], Answer] | None = field(default=None, compare=False)
    """Tells how ``due`` was found, step by step, with its source; called only when somebody asks."""
    key: str = ""
    """The duty's key, where it is a duty that can be excused."""
    subject: EntityId | None = None
    """The custody record, suspect, victim, witness, action or condition it is about."""


@lru_cache(maxsize=4096)
def when(instant: datetime) -> str:
    """A due time that stays true as days pass: ``Sat 21 Nov 02:40``."""
    here = local(instant)
    return f"{here:%a} {here.day} {here:%b %H:%M}"


@lru_cache(maxsize=4096)
def dated(instant: datetime) -> str:
    """A due time with its year, for limits that may lie far ahead or long past: ``Fri 1 Jan 2027 23:59``."""
    here = local(instant)
    return f"{here:%a} {here.day} {here:%b %Y %H:%M}"
