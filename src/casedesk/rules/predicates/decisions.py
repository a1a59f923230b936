"""Predicates about the decision: what was written down, by whom, at what rank, and on what flags."""

from casedesk.rules.judged import Judged
from casedesk.rules.predicates.registry import predicate

Words = tuple[str, ...]


@predicate
def recorded(judged: Judged, *, fields: Words) -> bool | None:
    """Every one of these fields of the case is filled in."""
    case = judged.case
    return all(getattr(case, name) not in (None, "") for name in fields)


@predicate
def not_recorded(judged: Judged, *, fields: Words) -> bool | None:
    """None of these fields of the case is filled in."""
    case = judged.case
    return all(getattr(case, name) in (None, "") for name in fields)


@predicate
def affirmed(judged: Judged, *, fields: Words) -> bool | None:
    """Every one of these yes-or-no fields of the case reads yes."""
    case = judged.case
    return all(getattr(case, name) is True for name in fields)


@predicate
def reads(judged: Judged, *, field: str, words: Words) -> bool | None:
    """A field of the case has one of these words; not judged where it is empty."""
    value = getattr(judged.case, field)
    return None if value is None else value in words


@predicate
def decided_at_rank(judged: Judged, *, ranks: Words) -> bool | None:
    """The decision was made at one of these ranks.

    Police staff may hold a supervisor's or designated decision maker's post, which their grade does not show:
    a decision by staff is not judged.
    """
    rank = judged.case.decided_rank
    return None if rank == "staff" and "staff" not in ranks else rank in ranks


@predicate
def decided_by_cps(judged: Judged) -> bool | None:
    """The decision was the prosecutor's, not the police's."""
    return judged.case.decided_rank == "cps"


@predicate
def prosecutor_consulted(judged: Judged) -> bool | None:
    """The prosecutor decided, or a CPS reference is recorded."""
    return judged.case.decided_rank == "cps" or bool(judged.case.cps_reference)


@predicate
def flagged(judged: Judged, *, flags: Words) -> bool | None:
    """The case carries at least one of these flags."""
    carried = judged.case.flags
    return any(flag in flags for flag in carried) if carried else False


@predicate
def not_flagged(judged: Judged, *, flags: Words) -> bool | None:
    """The case carries none of these flags."""
    return not any(flag in flags for flag in judged.case.flags or ())


@predicate
def flags_agree(judged: Judged, *, flag: str, beside: str) -> bool | None:
    """A case that carries the one flag carries the other beside it."""
    flags = judged.case.flags or ()
    return flag not in flags or beside in flags
