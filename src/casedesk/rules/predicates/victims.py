"""Predicates about the victim: is action supported, what was recorded of it, who was told what."""

from casedesk.model.words import Support, VictimKind
from casedesk.rules.judged import Judged
from casedesk.rules.people import (
    age_span,
    declines,
    told_on,
    told_with_method,
    victims_in_person,
)
from casedesk.rules.predicates.registry import predicate


@predicate
def victim_supports(judged: Judged) -> bool | None:
    """The victim supports police action, and no other victim declines it (outcome 15)."""
    if not judged.file.victims:
        return None
    words = {victim.support for victim in victims_in_person(judged)}
    return Support.YES in words and Support.NO not in words


@predicate
def victim_declines(judged: Judged) -> bool | None:
    """There is a victim, and they do not support police action (outcomes 14 and 16)."""
    return any(declines(victim) for victim in victims_in_person(judged))


@predicate
def victim_not_declining(judged: Judged) -> bool | None:
    """No victim declines to support police action (the 14/15/16/18 grid, outcome 18)."""
    return not any(declines(victim) for victim in victims_in_person(judged))


@predicate
def victim_decision_recorded(judged: Judged) -> bool | None:
    """The victim's decision is on record: what kind of record, when it was made, and its reference."""
    victims = victims_in_person(judged)
    if not victims:
        return None
    asked = [victim for victim in victims if declines(victim)] or victims
    return any(
        victim.withdrawal_kind and victim.withdrawal_on and victim.withdrawal_reference for victim in asked
    )


@predicate
def victim_told(judged: Judged) -> bool | None:
    """It is on record that the victim was told of the outcome, on what day and how.

    Cleveland Police FOI 38-25, checklist item 4 for outcome 21: told, and on the contact log.
    """
    return told_with_method(judged) if judged.file.victims else None


@predicate
def victim_told_by_outcome(judged: Judged) -> bool | None:
    """The victim was told no later than the day of the outcome.

    Youth Endowment Fund toolkit on outcome 20: the victim is made aware of the other body's action.
    """
    if not judged.file.victims:
        return None
    told = told_on(judged)
    return told is not None and told <= judged.outcome_days[1]


@predicate
def child_told_through_parent(judged: Judged) -> bool | None:
    """Where the victim is a child, a parent, guardian or other representative was told."""
    day = judged.outcome_days[0]
    answer: bool | None = None
    for victim in victims_in_person(judged):
        if victim.dob is None or victim.informed_on is None or age_span(victim.dob, day, day)[1] >= 18:
            continue
        if victim.informed_who in (None, "victim"):
            return False
        answer = True
    return answer


@predicate
def victim_consulted_or_reason(judged: Judged) -> bool | None:
    """The victim was consulted, or what is known of their views, or why not, is recorded.

    NPCC guidance on community resolutions, through YJLC: consulted, views recorded, not binding.
    """
    if not judged.file.victims:
        return None
    return bool(judged.case.victim_consulted or judged.case.victim_views)


@predicate
def state_based_only(judged: Judged) -> bool | None:
    """No person or business is the victim."""
    return not victims_in_person(judged) if judged.file.victims else None


@predicate
def review_offered(judged: Judged) -> bool | None:
    """The victim was told of their right to ask for a review."""
    return None if not judged.file.victims else judged.case.vrr == "offered"


@predicate
def review_not_offered(judged: Judged) -> bool | None:
    """No review was offered, which this outcome gives no right to."""
    return judged.case.vrr != "offered"


@predicate
def told_of_cancellation(judged: Judged) -> bool | None:
    """The victim was told that the crime is to be cancelled or transferred (HMICFRS, as reported)."""
    return told_on(judged) is not None if judged.file.victims else None


@predicate
def victim_data_complete(judged: Judged) -> bool | None:
    """Every victim's kind is recorded, and of a person sex and date of birth."""
    if not judged.file.victims:
        return None
    return all(
        victim.kind and (victim.kind != VictimKind.PERSON or (victim.sex and victim.dob))
        for _, victim in judged.file.victims
    )


@predicate
def relationship_recorded(judged: Judged) -> bool | None:
    """How a victim in person is related to the suspect is recorded."""
    victims = victims_in_person(judged)
    return any(victim.relationship for victim in victims) if victims else None


@predicate
def told_by_somebody_named(judged: Judged) -> bool | None:
    """Where the record says that a victim was told of the outcome, it says by whom."""
    told = [victim for _, victim in judged.file.victims if victim.informed_on]
    return all(victim.informed_by for victim in told) if told else None
