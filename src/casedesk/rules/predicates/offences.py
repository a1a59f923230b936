"""Predicates about the offence recorded and the offence charged: their classes, their kinds, their values."""

import re
from functools import lru_cache

from casedesk.reference.offences import Mode, Offence
from casedesk.rules.judged import Judged, OffenceList
from casedesk.rules.predicates.registry import predicate

_CLASS = re.compile(r"0*(\d+)\s*/\s*0*(\d+)")


@lru_cache(maxsize=4096)
def class_key(text: str) -> tuple[int, int] | None:
    """A Home Office class as numbers, so that ``8/6`` meets ``008/06``; None when it is not so written."""
    found = _CLASS.fullmatch(text.strip())
    return (int(found[1]), int(found[2])) if found else None


@lru_cache(maxsize=256)
def class_keys(texts: tuple[str, ...]) -> frozenset[tuple[int, int] | None]:
    """These classes as numbers."""
    return frozenset(class_key(text) for text in texts)


@lru_cache(maxsize=4096)
def listed(offences: OffenceList, code: str) -> Offence | None:
    """The offence of this code; a check asks for the same few over and over."""
    return offences.get(code)


def class_of(judged: Judged, code: str | None, given: str | None) -> tuple[int, int] | None:
    """The class as recorded, or the one the offence list gives for the code."""
    known = listed(judged.reference.offences, code) if code and not given else None
    text = given or (known.ho_class if known else None)
    return class_key(text) if text else None


def recorded_class(judged: Judged) -> tuple[int, int] | None:
    """The Home Office class of the recorded offence."""
    return class_of(judged, judged.case.offence_code, judged.case.ho_class)


@predicate
def charged_class_differs(judged: Judged) -> bool | None:
    """The offence charged or cautioned for is of another class than the recorded one (outcomes 1A, 2A, 3A).

    Home Office Table 1.1: the outcome relates to an offence other than the one recorded.
    """
    same = charged_class_same(judged)
    return None if same is None else not same


@predicate
def charged_class_same(judged: Judged) -> bool | None:
    """The offence charged or cautioned for is of the same class as the recorded one (outcomes 1, 2, 3)."""
    case = judged.case
    if case.charge_code and case.charge_code == case.offence_code:
        return True
    charged, recorded = class_of(judged, case.charge_code, case.charge_ho_class), recorded_class(judged)
    return None if charged is None or recorded is None else charged == recorded


@predicate
def offence_code_listed(judged: Judged) -> bool | None:
    """The offence code is in the list of offences.

    The list carries no dates, so a code that has expired but is still listed cannot be told.
    """
    code = judged.case.offence_code
    return listed(judged.reference.offences, code) is not None if code else None


@predicate
def offence_among(judged: Judged, *, ho_classes: tuple[str, ...]) -> bool | None:
    """The recorded offence is of one of these Home Office classes; not judged where its class is unknown."""
    found = recorded_class(judged)
    return None if found is None else found in class_keys(ho_classes)


@predicate
def offence_class_known(judged: Judged) -> bool | None:
    """The class of the recorded offence is known, from the record or from the offence list."""
    return recorded_class(judged) is not None


@predicate
def charged_offence_known(judged: Judged) -> bool | None:
    """The offence charged or cautioned for is recorded, by code or by class."""
    return bool(judged.case.charge_code or judged.case.charge_ho_class)


@predicate
def value_below(judged: Judged, *, limit_pence: int) -> bool | None:
    """The value of the goods or damage lies below the limit, in pence; not judged where none is recorded."""
    value = judged.case.value_pence
    return None if value is None else value < limit_pence


@predicate
def offence_indictable_only(judged: Judged) -> bool | None:
    """The recorded offence can be tried by the Crown Court alone; not judged where its code is not listed."""
    code = judged.case.offence_code
    known = listed(judged.reference.offences, code) if code else None
    return known.mode is Mode.INDICTABLE if known else None


@predicate
def class_agrees_with_code(judged: Judged) -> bool | None:
    """The Home Office class recorded is the one that the offence list gives for the code recorded."""
    code, given = judged.case.offence_code, judged.case.ho_class
    known = listed(judged.reference.offences, code) if code and given else None
    if known is None or not known.ho_class or not given:
        return None
    mine, theirs = class_key(given), class_key(known.ho_class)
    return None if mine is None or theirs is None else mine == theirs


@predicate
def offence_not_indictable_only(judged: Judged) -> bool | None:
    """The recorded offence is not one that the Crown Court alone can try; not judged where its code is not listed."""
    only = offence_indictable_only(judged)
    return None if only is None else not only
