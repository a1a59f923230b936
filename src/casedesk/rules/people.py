"""What can be read off a case about its suspects and victims, for the predicates to build on."""

from datetime import date

from casedesk.model.facts import Contact, Suspect, Victim, standing
from casedesk.model.moments import Moment
from casedesk.model.words import Purpose, Support, SuspectStatus, VictimKind
from casedesk.rules.judged import Judged, first_day, last_day, london_day

_OLDEST = 120
"""The most years that anybody is taken to be old: a date of birth before that is a mistake."""
_NOT_IDENTIFIED = frozenset({SuspectStatus.DESCRIBED.value, SuspectStatus.ELIMINATED.value})
_DECISION_TOLD = frozenset({Purpose.OUTCOME.value, Purpose.NO_FURTHER_ACTION.value, Purpose.CHARGE.value})


def identified(suspect: Suspect) -> bool | None:
    """Whether the person counts as a named suspect; None when neither a status nor a name is recorded.

    Described persons and eliminated ones do not count (rule V02; unverified).
    """
    if suspect.status in _NOT_IDENTIFIED:
        return False
    if suspect.status or suspect.name or suspect.nominal:
        return True
    return None


def named_suspects(judged: Judged) -> list[Suspect]:
    """The suspects who count as named."""
    return [suspect for _, suspect in judged.file.suspects if identified(suspect)]


def suspect_is_named(judged: Judged) -> bool | None:
    """Whether a named suspect is linked; None when somebody is of whom nothing more is known."""
    unsure = False
    for _, suspect in judged.file.suspects:
        known = identified(suspect)
        if known:
            return True
        unsure = unsure or known is None
    return None if unsure else False


def victims_in_person(judged: Judged) -> list[Victim]:
    """The victims other than the state."""
    return [victim for _, victim in judged.file.victims if victim.kind != VictimKind.STATE]


def declines(victim: Victim) -> bool:
    """Whether the victim does not support police action."""
    return victim.support == Support.NO


def told_on(judged: Judged) -> date | None:
    """The day the victim was first told of the decision, by the record or by a contact that reached them.

    The first possible day where only the month is known.
    """
    days = [first_day(victim.informed_on) for _, victim in judged.file.victims if victim.informed_on]
    days += [london_day(contact.at) for contact in _told(judged) if contact.at]
    return min(days, default=None)


def told_with_method(judged: Judged) -> bool:
    """Whether it is on record that the victim was told of the decision, when, and how."""
    if any(victim.informed_on and victim.informed_how for _, victim in judged.file.victims):
        return True
    return any(contact.at and contact.channel for contact in _told(judged))


def age_span(dob: Moment, since: date, until: date) -> tuple[int, int]:
    """The least and the most that somebody's age in whole years may be between two days.

    A person born on 29 February grows older on 1 March of a year without that day.
    """
    return _age(last_day(dob), since), _age(first_day(dob), until)


def can_be_born(dob: Moment, on: date) -> bool:
    """Whether somebody who is there on a day can have been born so: neither after it nor more than 120 years before."""
    least, most = age_span(dob, on, on)
    return most >= 0 and least <= _OLDEST


def offence_days(judged: Judged) -> tuple[date, date] | None:
    """The first and last day on which the offence may have been committed; None when neither is recorded."""
    since = judged.case.offence_from or judged.case.offence_to
    until = judged.case.offence_to or judged.case.offence_from
    return (first_day(since), last_day(until)) if since and until else None


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _told(judged: Judged) -> list[Contact]:
    return [
        contact
        for _, contact in standing(judged.file.contacts)
        if contact.made and not _DECISION_TOLD.isdisjoint(contact.purposes or ())
    ]
