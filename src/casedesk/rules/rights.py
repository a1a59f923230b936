"""Who has enhanced rights under the Victims' Code: as recorded, or else as the case itself shows.

What the case shows is only a presumption: the needs assessment decides. The categories are those reported of the
Code; that they are read off flags and the offence's words is this project's doing, so the answer says so.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from casedesk.model.facts import CaseFile, Victim
from casedesk.model.words import Confidence, Flag, VictimKind
from casedesk.rules.judged import first_day, last_day
from casedesk.rules.people import age_span


@dataclass(frozen=True, slots=True)
class Rights:
    """Whether a victim has enhanced rights, why, and how well that is established."""

    enhanced: bool
    why: str
    status: Confidence
    recorded: bool = False
    """Whether somebody recorded it, rather than the case showing it."""


_FLAGS = {
    Flag.DOMESTIC_ABUSE.value: ("domestic abuse", Confidence.SECONDARY),
    Flag.HATE.value: ("hate crime", Confidence.SECONDARY),
    Flag.SEXUAL.value: ("sexual offence", Confidence.SECONDARY),
    Flag.CHILD_ABUSE.value: ("child abuse: presumably under 18 at the offence", Confidence.SECONDARY),
    Flag.EXPLOITATION.value: ("exploitation, as trafficking or modern slavery", Confidence.SECONDARY),
}
_WORDS = re.compile(
    r"\b(?:terroris|human traffick|modern slavery|attempt(?:ed)? murder|kidnap|false imprisonment"
    r"|endanger(?:ing)? life|wound(?:ing)? with intent|(?:with )?intent to (?:do|cause) grievous|rape\b"
    r"|sexual assault|stalking|harassment(?!,? alarm))"
)
"""How the offences of the categories "most serious crime" and "persistently targeted" are worded."""
_STANDARD = Rights(False, "standard: nothing recorded points to enhanced rights", Confidence.SECONDARY)
_BUSINESS = Rights(
    False, "standard: a business has its rights through its named contact", Confidence.SECONDARY
)
_SAID_NO = Rights(False, "standard, as recorded", Confidence.CONFIRMED, recorded=True)


def rights(file: CaseFile, victim: Victim) -> Rights:
    """The rights of one victim of the case. What is recorded, either way, goes before what the case shows."""
    if victim.enhanced is not None:
        if not victim.enhanced:
            return _SAID_NO
        why = f": {victim.enhanced_why}" if victim.enhanced_why else ""
        return Rights(True, f"enhanced, as recorded{why}", Confidence.CONFIRMED, recorded=True)
    if victim.kind in (VictimKind.BUSINESS, VictimKind.STATE):
        return _BUSINESS
    for flag in file.case.flags or ():
        if flag in _FLAGS:
            why, status = _FLAGS[flag]
            return Rights(True, f"enhanced: {why}", status)
    young = _young(file, victim) if victim.dob else None
    if young:
        return Rights(True, f"enhanced: {young}", Confidence.SECONDARY)
    if file.case.offence_title and _is_grave(file.case.offence_title):
        return Rights(True, "enhanced: the offence, by its words", Confidence.UNVERIFIED)
    return _STANDARD


def _young(file: CaseFile, victim: Victim) -> str | None:
    case = file.case
    since = case.offence_from or case.offence_to or case.reported_at or case.recorded_at
    until = case.offence_to or since
    if victim.dob is None or since is None or until is None:
        return None
    least, most = age_span(victim.dob, first_day(since), last_day(until))
    if most < 0 or least >= 18:
        return None
    return "under 18 at the offence" if most < 18 else "may have been under 18 at the offence"


@lru_cache(maxsize=4096)
def _is_grave(offence: str) -> bool:
    return _WORDS.search(offence.casefold()) is not None
