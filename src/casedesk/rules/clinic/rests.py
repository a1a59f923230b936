"""What a completed evidential review rests on, fact by fact, and which of it has changed since.

A review keeps a digest of each fact it was completed on. What stands now is held against that: a point set “missing”
at another desk is found whichever of the two arrived first, and whether or not anybody opened the review again.
Whether responsibility is accepted is not among the facts: it is asked again when a resolution is offered, and judged
as it stands.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from hashlib import sha256
from typing import Any

from casedesk.model.clinic import EvidenceReview
from casedesk.model.dossier import Dossier, Point
from casedesk.model.facts import Case, CaseFile, standing
from casedesk.model.ids import EntityId
from casedesk.model.text import clip

OFFENCE_FIELDS = ("charge_code", "offence_code", "offence_title", "offence_from", "offence_to")
"""What of the record says for which offence the evidence was reviewed."""
OWN = frozenset({"suspect", "reviewed_at", "reviewer", "responsibility", "rests_on"})
"""What of a review is not one of the facts that it rests on."""
NOT_KEPT = "it does not say what it rests on"
_TITLES = {one.name: str(one.metadata["title"]) for one in fields(EvidenceReview)}
_DIGITS = 12
_SHORT = 60
_POINT, _REVIEW, _OFFENCE, _PREVIOUS, _INTERVIEW = "point", "review", "offence", "previous", "interview"


def rests_on(file: CaseFile, dossier: Dossier, review: EvidenceReview, suspect: EntityId) -> tuple[str, ...]:
    """What a review of a suspect rests on as things stand: the name of each fact with its digest, in order."""
    return tuple(sorted(f"{name} {_digest(said)}" for name, said in _facts(file, dossier, review, suspect)))


def changed(file: CaseFile, dossier: Dossier, review: EvidenceReview, suspect: EntityId) -> tuple[str, ...]:
    """What a completed review rests on and is not as it was, in words; nothing while it is not completed."""
    if review.reviewed_at is None:
        return ()
    if review.rests_on is None:
        return (NOT_KEPT,)
    before, now = set(review.rests_on), set(rests_on(file, dossier, review, suspect))
    was, is_ = {_name(one) for one in before}, {_name(one) for one in now}
    names = sorted({_name(one) for one in before ^ now})
    return tuple(
        dict.fromkeys(_words(name, dossier, new=name not in was, gone=name not in is_) for name in names)
    )


def point_words(point: Point) -> str:
    """A point to prove within a sentence."""
    return f"the point “{clip(point.what or 'not described', _SHORT)}”"


def field_words(name: str) -> str:
    """A field of the review within a sentence."""
    title = _TITLES.get(name, name)
    return title if title[:2].isupper() else f"{title[:1].lower()}{title[1:]}"


def _facts(
    file: CaseFile, dossier: Dossier, review: EvidenceReview, suspect: EntityId
) -> Iterator[tuple[str, Sequence[Any]]]:
    """Each fact by its name, with what it says."""
    yield _OFFENCE, _of_case(file.case)
    for name in _TITLES:
        if name not in OWN:
            yield f"{_REVIEW}:{name}", (getattr(review, name),)
    for own, point in dossier.points:
        yield f"{_POINT}:{own.hex()}", (point.offence, point.what, point.evidence, point.state)
    for own, before in dossier.previous:
        if before.suspect == suspect:
            yield f"{_PREVIOUS}:{own.hex()}", (before.on, before.disposal, before.offence)
    for own, said in standing(dossier.interviews):
        if said.suspect == suspect:
            yield f"{_INTERVIEW}:{own.hex()}", [getattr(said, one.name) for one in fields(said)]


def _of_case(case: Case) -> Sequence[Any]:
    return [getattr(case, name) for name in OFFENCE_FIELDS]


def _digest(said: Sequence[Any]) -> str:
    """A few digits that stand for what is said; nothing said and an empty text are the same."""
    text = "\x1f".join("" if one is None else str(one) for one in said)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def _name(entry: str) -> str:
    return entry.rpartition(" ")[0]


def _words(name: str, dossier: Dossier, *, new: bool, gone: bool) -> str:
    """A fact that is not as it was, in words."""
    kind, _, which = name.partition(":")
    if kind == _POINT:
        point = next((one for own, one in dossier.points if own.hex() == which), None)
        said = point_words(point) if point is not None else "a point to prove"
    elif kind == _REVIEW:
        said = field_words(which)
    else:
        said = {_OFFENCE: "the offence", _PREVIOUS: "an earlier disposal", _INTERVIEW: "an interview"}.get(
            kind, "something else"
        )
    return f"{said}, added" if new else f"{said}, gone" if gone else said
