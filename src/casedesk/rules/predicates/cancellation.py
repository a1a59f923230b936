"""Predicates about cancelling a recorded crime (rules V22a to V22f)."""

import re

from casedesk.model.text import folded
from casedesk.rules.judged import Judged
from casedesk.rules.predicates.registry import predicate

_PHRASES = re.compile(r"[.;\n]+")


@predicate
def decider_is_not_oic(judged: Judged) -> bool | None:
    """The person who decides is not the officer in charge of the case; not judged where either is unknown."""
    decider, oic = judged.case.decided_by, judged.case.oic
    if not decider or not oic:
        return None
    names = {folded(oic), folded(judged.case.oic_number or oic)}
    return folded(decider) not in names


@predicate
def information_beyond_retraction(judged: Judged, *, words: tuple[str, ...]) -> bool | None:
    """The additional verifiable information says more than that the victim withdrew.

    A victim who withdraws is outcome 14 or 16; that never shows that no crime occurred. Fails when every
    phrase has one of ``words`` in it.
    """
    text = judged.case.verifiable_information
    if not text:
        return None
    phrases = [phrase for phrase in _PHRASES.split(folded(text)) if phrase.strip()]
    return not all(any(word in phrase for word in words) for phrase in phrases)
