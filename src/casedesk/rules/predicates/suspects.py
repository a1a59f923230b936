"""Predicates about the people linked as suspects: named or not, where they stand, how old they were."""

from datetime import date

from casedesk.model.words import SuspectStatus
from casedesk.rules.judged import Judged
from casedesk.rules.people import age_span, named_suspects, offence_days, suspect_is_named
from casedesk.rules.predicates.registry import predicate


@predicate
def suspect_named(judged: Judged) -> bool | None:
    """At least one named suspect is linked; described and eliminated persons do not count."""
    return suspect_is_named(judged)


@predicate
def no_suspect_named(judged: Judged) -> bool | None:
    """No named suspect is linked; described and eliminated persons do not count."""
    named = suspect_is_named(judged)
    return None if named is None else not named


@predicate
def nobody_described(judged: Judged) -> bool | None:
    """No linked person is merely described, who might still be identified."""
    return not any(suspect.status == SuspectStatus.DESCRIBED for _, suspect in judged.file.suspects)


@predicate
def suspect_data_complete(judged: Judged) -> bool | None:
    """Every named suspect's sex and date of birth are recorded."""
    named = named_suspects(judged)
    return all(suspect.sex and suspect.dob for suspect in named) if named else None


@predicate
def suspect_status_set(judged: Judged) -> bool | None:
    """Every linked suspect has a status and, unless eliminated, a sub-status.

    Cleveland Police FOI 38-25, checklist item 1 for outcome 21.
    """
    suspects = judged.file.suspects
    if not suspects:
        return None
    return all(
        suspect.status == SuspectStatus.ELIMINATED or (suspect.status and suspect.sub_status)
        for _, suspect in suspects
    )


@predicate
def suspect_birth_date_known(judged: Judged) -> bool | None:
    """At least one named suspect's date of birth is recorded, so that age can be judged."""
    named = named_suspects(judged)
    return any(suspect.dob for suspect in named) if named else None


@predicate
def suspect_aged_at_offence(judged: Judged, *, from_age: int, to_age: int) -> bool | None:
    """A named suspect's age when the offence was committed lies within the two ages, both included.

    CYPA 1933 s.50 for outcome 11. Fails only when every named suspect is surely outside.
    """
    days = offence_days(judged)
    return _aged(judged, days, from_age, to_age) if days else None


@predicate
def suspect_aged(judged: Judged, *, from_age: int, to_age: int) -> bool | None:
    """A named suspect's age lies within the two ages, both included, at the outcome or at the offence.

    On which day the age is measured is not established, so this fails only when every named suspect is
    outside on either reading.
    """
    since, until = judged.outcome_days
    offence = offence_days(judged)
    return _aged(judged, (min(since, offence[0]) if offence else since, until), from_age, to_age)


@predicate
def responsibility_taken(judged: Judged) -> bool | None:
    """A named suspect admitted the offence, or responsibility was accepted.

    Justice Committee HC 306 para 27: a caution needs responsibility to be accepted.
    """
    if judged.case.responsibility_accepted:
        return True
    return any(suspect.admitted for suspect in named_suspects(judged))


@predicate
def suspect_interviewed(judged: Judged) -> bool | None:
    """A suspect was interviewed under caution, which the right to a review depends on."""
    return any(suspect.interviewed_on for _, suspect in judged.file.suspects)


@predicate
def suspect_charged(judged: Judged) -> bool | None:
    """A suspect was charged: no review where some were charged and others not."""
    return any(suspect.status == SuspectStatus.CHARGED for _, suspect in judged.file.suspects)


def _aged(judged: Judged, days: tuple[date, date], from_age: int, to_age: int) -> bool | None:
    """True: one surely is. None: one may be. False: none can be."""
    unsure = False
    named = named_suspects(judged)
    for suspect in named:
        if suspect.dob is None:
            unsure = True
            continue
        least, most = age_span(suspect.dob, *days)
        if from_age <= least and most <= to_age:
            return True
        unsure = unsure or (least <= to_age and from_age <= most)
    return None if unsure or not named else False
