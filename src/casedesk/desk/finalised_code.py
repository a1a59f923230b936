"""The code that a crime is finalised with: an outcome or a cancellation, one in the place of the other."""

from collections.abc import Mapping

from casedesk.model.facts import Case
from casedesk.reference.packs import Packs
from casedesk.reference.rulings import RulingKind

_CANCELLED = "C"


def code_of(case: Case) -> str | None:
    """The outcome that a record proposes, or its cancellation; None where it has neither."""
    return case.outcome or case.cancel_code


def has_both(case: Case) -> bool:
    """Whether a record has an outcome and a cancellation, of which only one can be meant."""
    return bool(case.outcome and case.cancel_code)


def is_cancellation(code: str | None) -> bool:
    """Whether a code is one of a cancellation or transfer: C1 to C5."""
    return (code or "").startswith(_CANCELLED)


def as_fields(code: str | None) -> dict[str, str | None]:
    """What the record says once a crime has this code: an outcome leaves no cancellation, nor the other way round."""
    cancelled = is_cancellation(code)
    return {"outcome": None if cancelled else code, "cancel_code": code if cancelled else None}


def known_codes(packs: Packs) -> Mapping[str, str]:
    """Every code that a force can finalise a crime with, and its name: the outcomes, then the cancellations."""
    outcomes = {code: one.name for code, one in packs.outcomes.items() if one.selectable}
    rulings = packs.rulings
    grounds = {
        code: one.title
        for code in rulings.codes(RulingKind.CANCELLATION)
        if (one := rulings.application(RulingKind.CANCELLATION, code)) is not None
    }
    return {**outcomes, **grounds}


def in_words(code: str | None) -> str:
    """A code in a sentence: ``outcome 16``, ``cancellation C2``, ``no outcome``."""
    if not code:
        return "no outcome"
    return f"cancellation {code}" if is_cancellation(code) else f"outcome {code}"
