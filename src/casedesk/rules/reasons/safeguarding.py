"""Somebody who needs protection while the suspect is not found or has broken the conditions of bail."""

from collections.abc import Iterator
from datetime import datetime

from casedesk.model.facts import CaseFile, Victim, standing
from casedesk.model.moments import earliest_day
from casedesk.model.words import EventKind, Flag, SuspectStatus, VictimKind
from casedesk.reference.packs import Packs
from casedesk.rules.people import age_span
from casedesk.rules.reasons.factor import Factor, when
from casedesk.rules.reasons.state import closed

_ADULT = 18
_WORDS = {
    Flag.DOMESTIC_ABUSE: "Domestic abuse",
    Flag.CHILD_ABUSE: "Child abuse",
    Flag.EXPLOITATION: "Exploitation",
}
"""The flags that ask for a check while the suspect is wanted, the most usual first."""


def safeguarding(file: CaseFile, now: datetime, packs: Packs) -> Iterator[Factor]:
    """A vulnerable victim with the suspect wanted, and breaches of bail not dealt with."""
    if closed(file):
        return
    if any(suspect.status == SuspectStatus.WANTED for _, suspect in file.suspects):
        why = _why(file)
        if why:
            yield Factor("safeguarding", f"{why} and the suspect is wanted: check safeguarding")
    if file.events:
        yield from _breaches(file)


def _why(file: CaseFile) -> str | None:
    """Why a victim needs protection from somebody who is not found."""
    flags = file.case.flags or ()
    for flag, words in _WORDS.items():
        if flag in flags:
            return words
    for _, victim in file.victims:
        if victim.kind in (None, VictimKind.PERSON):
            if _child(file, victim):
                return "Victim under 18"
            if victim.enhanced:
                return "Victim with enhanced rights"
    return None


def _child(file: CaseFile, victim: Victim) -> bool:
    """Whether the victim may have been under 18 when it happened."""
    since = file.case.offence_from or file.case.recorded_at
    if victim.dob is None or since is None:
        return False
    day = earliest_day(since)
    return 0 <= age_span(victim.dob, day, day)[0] < _ADULT


def _breaches(file: CaseFile) -> Iterator[Factor]:
    """Breaches of bail that were reported and not dealt with since, each subject once."""
    events = [event for _, event in standing(file.events) if event.at is not None]
    dealt = [event for event in events if event.kind == EventKind.BREACH_DEALT_WITH]
    breaches = sorted(
        (event for event in events if event.kind == EventKind.BREACH),
        key=lambda event: event.at.timestamp() if event.at else 0,
    )
    for breach in breaches:
        if breach.at and not any(
            done.at
            and done.at >= breach.at
            and (done.subject in (None, breach.subject) or breach.subject is None)
            for done in dealt
        ):
            said = f"Breach of bail reported {when(breach.at)} and not dealt with"
            yield Factor("safeguarding", said, breach.at, subject=breach.subject)
