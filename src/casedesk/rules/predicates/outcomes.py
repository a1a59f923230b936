"""Predicates about the outcome itself: its code, its date, and whether there is one at all."""

from casedesk.model.facts import Resting
from casedesk.model.words import ResolutionState
from casedesk.rules.breaches import undecided_breaches
from casedesk.rules.judged import Judged, first_day, last_day
from casedesk.rules.predicates.registry import predicate

_COMPLETE = frozenset({ResolutionState.COMPLETED})
_IN_FORCE = frozenset({ResolutionState.ACTIVE, ResolutionState.COMPLETED})
_ACTIVITY = "22"
"""The outcome that waits until what was agreed is complete."""


@predicate
def outcome_is_selectable(judged: Judged) -> bool | None:
    """The outcome is a code that a force may finalise with.

    1 to 18 and 20 to 23 with 1A, 2A, 3A; 0 and 19 are never a force's to give.
    """
    known = judged.reference.outcomes.get(judged.outcome or "")
    return known is not None and known.selectable


@predicate
def outcome_existed(judged: Judged) -> bool | None:
    """The outcome code already existed on the outcome date, as far as the ``outcomes`` pack gives one."""
    known = judged.reference.outcomes.get(judged.outcome or "")
    return known.in_force(judged.outcome_days[1]) if known else None


@predicate
def filed_with_an_outcome(judged: Judged) -> bool | None:
    """A record that is filed carries an outcome.

    HMICFRS glossary, “Crime outcome type”: every recorded crime gets one, which says why it was closed.
    Published incidents that are no recorded crime (anti-social behaviour) never have one; nor has what was cancelled.
    """
    case = judged.case
    category = judged.reference.police_uk.category(case.category or "")
    if case.record_status != "filed" or (category is not None and not category.crime):
        return None
    return bool(judged.outcome or case.cancel_code or case.outcome_text or judged.file.outcome_records)


@predicate
def outcome_not_before_recorded(judged: Judged) -> bool | None:
    """The outcome is not dated before the day the crime was recorded."""
    at, recorded = judged.case.outcome_date, judged.case.recorded_at
    if at is None or recorded is None:
        return None
    return last_day(at) >= first_day(recorded)


@predicate
def outcome_not_in_future(judged: Judged) -> bool | None:
    """The outcome is not dated after today."""
    at = judged.case.outcome_date
    return None if at is None else first_day(at) <= judged.today


@predicate
def activity_completed_by_outcome(judged: Judged) -> bool | None:
    """The diversionary, educational or intervention activity was complete when the outcome was given.

    NPCC guidance on outcome 22, through YJLC: it is not recorded before the activity is complete.
    """
    done = judged.case.activity_completed_on
    return done is not None and first_day(done) <= judged.outcome_days[1]


@predicate
def breaches_decided(judged: Judged) -> bool | None:
    """Every condition that was not complied with was varied, or its resolution ended.

    CJA 2003 ss.24 and 24A, s.25(2)(j): what follows a breach is decided by somebody authorised.
    """
    return not undecided_breaches(judged.file)


@predicate
def resolution_in_force(judged: Judged) -> bool | None:
    """The resolution that the outcome rests on was accepted and stands; outcome 22: it is complete.

    None where none was made at the desk.
    """
    held = _resting(judged)
    wanted = _COMPLETE if judged.outcome == _ACTIVITY else _IN_FORCE
    return all(one.state in wanted for one in held) if held else None


@predicate
def resolution_undisputed(judged: Judged) -> bool | None:
    """Desks do not disagree on the resolution that the outcome rests on, nor on its conditions."""
    held = _resting(judged)
    return not any(one.disputed for one in held) if held else None


@predicate
def resolution_review_stands(judged: Judged) -> bool | None:
    """The evidential review that the resolution rests on is complete, and as it was completed."""
    held = _resting(judged)
    return not any(one.review for one in held) if held else None


def _resting(judged: Judged) -> list[Resting]:
    """The resolutions that the outcome rests on: not those of suspects who were dealt with otherwise."""
    code = (judged.outcome or "").removesuffix("A")
    otherwise = {
        key for key, one in judged.file.suspects if one.disposal and one.disposal.removesuffix("A") != code
    }
    return [one for _, one in judged.file.resting if one.suspect not in otherwise]


@predicate
def suspects_dealt_with_alike(judged: Judged) -> bool | None:
    """No two suspects have different disposals: one crime has one outcome."""
    disposals = {suspect.disposal for _, suspect in judged.file.suspects if suspect.disposal}
    return len(disposals) < 2 if disposals else None
