"""THOR: how grave and how pressing a case is, graded by a person or suggested by the pack, with reasons.

Nothing here depends on the present time: what is suggested changes only when the case does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from casedesk.model.facts import CaseFile, Grading, standing
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment
from casedesk.model.words import CustodyState, EventKind, SuspectStatus, VictimKind
from casedesk.reference.offence_groups import Recorded
from casedesk.reference.packs import Packs
from casedesk.reference.thor import GRADES, MOST, CaseFact
from casedesk.rules.judged import first_day, last_day
from casedesk.rules.people import age_span, identified
from casedesk.rules.rights import rights

_ADULT = 18


@dataclass(frozen=True, slots=True)
class Suggested:
    """A suggested level of one grade, 0 to 3, and why: at least one reason."""

    level: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The four grades that the pack suggests."""

    threat: Suggested
    harm: Suggested
    opportunity: Suggested
    risk: Suggested
    total: int
    """What ties are broken by."""

    @property
    def levels(self) -> tuple[int, int, int, int]:
        """The four levels in the order of :data:`casedesk.reference.thor.GRADES`."""
        return self.threat.level, self.harm.level, self.opportunity.level, self.risk.level


class People(NamedTuple):
    """What the victims and suspects of a case mean for its order."""

    enhanced: bool
    """A victim has enhanced rights (:func:`casedesk.rules.rights.rights`)."""
    young_victim: bool
    """A victim was, or may have been, under 18 at the offence."""
    young_suspect: bool
    """A suspect was, or may have been, or appeared so in custody."""


_NOBODY = People(False, False, False)


def people(file: CaseFile) -> People:
    """Read off a case what its people mean for its order."""
    if not (file.victims or file.suspects or file.custody):
        return _NOBODY
    return People(
        any(rights(file, victim).enhanced for _, victim in file.victims),
        any(under_18(victim.dob, file) for _, victim in file.victims),
        any(under_18(suspect.dob, file) for _, suspect in file.suspects)
        or any(custody.under_18 for _, custody in file.custody),
    )


def suggested(file: CaseFile, packs: Packs, who: People | None = None) -> Suggestion:
    """What the pack suggests for a case by its offence, flags and people (worked out here if not given)."""
    case = file.case
    return _suggestion(
        packs,
        case.offence_code,
        case.ho_class,
        None if case.ho_class else case.offence_title,
        case.category,
        case.flags or (),
        frozenset(_facts(file, who or people(file))),
    )


def graded(file: CaseFile) -> Grading | None:
    """The latest grading by a person that stands; None when there is none, or only ones that make no sense."""
    found = latest_grading(file)
    return found[1] if found else None


def latest_grading(file: CaseFile) -> tuple[EntityId, Grading] | None:
    """The same with the entry's id."""
    if not file.gradings:
        return None
    sound = [entry for entry in standing(file.gradings) if _is_sound(entry[1])]
    return max(sound, key=lambda entry: (entry[1].at is not None, entry[1].at), default=None)


def levels(grading: Grading) -> tuple[int, int, int, int]:
    """The four levels of a grading; 0 for one that is missing."""
    return grading.threat or 0, grading.harm or 0, grading.opportunity or 0, grading.risk or 0


def harm(file: CaseFile, packs: Packs, who: People | None = None) -> int:
    """The case's THOR total, higher first among cases that are otherwise level.

    The grades of a person count; those suggested only where nobody has graded the case.
    """
    grading = graded(file)
    return packs.thor.total(*levels(grading)) if grading else suggested(file, packs, who).total


def under_18(dob: Moment | None, file: CaseFile) -> bool:
    """Whether somebody was, or may have been, under 18 when the offence was committed.

    Where the day of the offence is not recorded, the day it was reported or recorded counts; without any, nobody
    is taken to be under 18.
    """
    if not dob:
        return False
    case = file.case
    since = case.offence_from or case.offence_to or case.reported_at or case.recorded_at
    if not since or int(since[:4]) - int(dob[:4]) > _ADULT:
        return False
    least, most = age_span(dob, first_day(since), last_day(case.offence_to or since))
    return most >= 0 and least < _ADULT


@lru_cache(maxsize=8192)
def _suggestion(
    packs: Packs,
    code: str | None,
    ho_class: str | None,
    title: str | None,
    category: str | None,
    flags: tuple[str, ...],
    facts: frozenset[str],
) -> Suggestion:
    """Most cases share their offence, flags and facts with others: each combination is worked out once."""
    thor = packs.thor
    offence = _looked_up(packs, Recorded(code, ho_class, title, category))
    band, flag_set = thor.weigh(offence), frozenset(flags)
    level = thor.harm_level(band.weight)
    best = dict.fromkeys(GRADES, 0) | {"harm": level}
    why: dict[str, list[str]] = {name: [] for name in GRADES}
    if level:
        why["harm"].append(f"Offence weight {band.weight}: {band.label}")
    for rule in thor.rules:
        if rule.level >= max(best[rule.grade], 1) and rule.holds(offence, band.weight, flag_set, facts):
            if rule.level > best[rule.grade]:
                best[rule.grade], why[rule.grade] = rule.level, []
            why[rule.grade].append(rule.why)
    found = [Suggested(best[name], tuple(why[name] or [thor.grades[name].unless])) for name in GRADES]
    threat, harm, opportunity, risk = found
    return Suggestion(threat, harm, opportunity, risk, thor.total(*best.values()))


def _looked_up(packs: Packs, offence: Recorded) -> Recorded:
    """The offence with its class from the list, where the record gives only the code; its title where that has none."""
    listed = packs.offences.get(offence.code) if offence.code and not offence.ho_class else None
    if listed is None:
        return offence
    return offence._replace(ho_class=listed.ho_class, title=None if listed.ho_class else listed.title)


def _facts(file: CaseFile, who: People) -> Iterator[str]:
    if who.enhanced:
        yield CaseFact.VICTIM_ENHANCED
    if who.young_victim:
        yield CaseFact.VICTIM_UNDER_18
    if who.young_suspect:
        yield CaseFact.SUSPECT_UNDER_18
    for _, victim in file.victims:
        if victim.kind == VictimKind.PERSON:
            yield CaseFact.VICTIM_PERSON
    for _, suspect in file.suspects:
        if identified(suspect):
            yield CaseFact.SUSPECT_NAMED
        if suspect.admitted:
            yield CaseFact.SUSPECT_ADMITTED
        if suspect.status in _STATUS_FACTS:
            yield _STATUS_FACTS[suspect.status]
    for _, custody in file.custody:
        if custody.state == CustodyState.DETAINED:
            yield CaseFact.SUSPECT_IN_CUSTODY
    if file.events and _breached(file):
        yield CaseFact.CONDITIONS_BREACHED


def _breached(file: CaseFile) -> bool:
    """Whether a breach of conditions was reported after the last one that was dealt with."""
    at = [
        (event.at, event.kind == EventKind.BREACH)
        for _, event in standing(file.events)
        if event.at and event.kind in (EventKind.BREACH, EventKind.BREACH_DEALT_WITH)
    ]
    return bool(at) and max(at, key=lambda one: (one[0], not one[1]))[1]


def _is_sound(grading: Grading) -> bool:
    return all(type(level) is int and 0 <= level <= MOST for level in (getattr(grading, n) for n in GRADES))


_STATUS_FACTS: dict[str | None, str] = {
    SuspectStatus.WANTED: CaseFact.SUSPECT_WANTED,
    SuspectStatus.IN_CUSTODY: CaseFact.SUSPECT_IN_CUSTODY,
    SuspectStatus.DESCRIBED: CaseFact.SUSPECT_DESCRIBED,
}
