"""The evidential review: the Full Code Test worksheet of one suspect, saved part by part, then completed.

Evidence comes first: a case that fails the evidential stage goes no further, however serious; then the public
interest. A review that says “met” although a point is missing or a defence unanswered must say why. A completed review
keeps what it rests on: when any of it is another, or desks disagree on it, nothing goes on until it is confirmed again.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace

from casedesk.desk.case_asks import optional_text
from casedesk.desk.desk import Desk
from casedesk.desk.matter import Matter, read_matter
from casedesk.desk.typed import one_of, required_text
from casedesk.model.clinic import EvidenceReview
from casedesk.model.dossier import Point
from casedesk.model.entities import CASE, EVIDENCE_REVIEW, POINT, PREVIOUS_DISPOSAL, Value
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId
from casedesk.model.text import clip
from casedesk.reference.packs import Packs
from casedesk.reference.resolutions import Question
from casedesk.rules.clinic.rests import OFFENCE_FIELDS, OWN, changed, field_words, point_words, rests_on

ADMISSIONS = {
    "full": "Full admission",
    "part": "Admission in part",
    "none": "No admission",
    "denial": "Denial",
}
"""How far the suspect admits the offence."""
FOOTAGE = {"viewed": "Viewed", "not-viewed": "Not viewed yet", "awaited": "Awaited", "none": "There is none"}
"""What became of CCTV and body-worn video."""
STAGE_RESULTS = {"met": "Met", "not-met": "Not met"}
"""The result of the evidential stage."""
INTERESTS = {
    "out-of-court": "Out-of-court resolution",
    "prosecute": "Prosecute",
    "no-further-action": "No further action",
}
"""The result of the public-interest stage."""
MODES = {"summary": "Summary only", "either-way": "Either way", "indictable": "Indictable only"}
"""Where the offence can be tried, where the offence pack does not say."""
GRADES = {"standard": "Standard", "medium": "Medium", "high": "High"}
"""The grade of a domestic abuse risk assessment."""
CHANGED = "The evidential review has changed since completed: look again at"
"""How the gate begins what it says of a review that must be confirmed."""
NO_DEFENCE = "none"
"""Stands, alone, for the answer that no defence was raised."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "admission": ADMISSIONS,
    "footage": FOOTAGE,
    "evidential": STAGE_RESULTS,
    "interest": INTERESTS,
    "mode": MODES,
    "risk_grade": GRADES,
}
_TEXTS: Mapping[str, str] = {
    "admitted_where": "Where it was admitted",
    "defence_note": "About the defences",
    "identification": "Identification",
    "footage_note": "What the footage shows",
    "witnesses": "Witnesses",
    "forensic": "Forensic, medical, value",
    "disclosure": "Disclosure",
    "outstanding": "Lines outstanding",
    "evidential_why": "Why (evidential)",
    "interest_why": "Why (public interest)",
    "cps_decision": "CPS decision",
    **{f"interest_{letter}": f"Public interest, question {letter}" for letter in "abcdefg"},
}
_YES_NO = frozenset({"covers_all", "controlling", "similar_24_months", "previous_checked", "responsibility"})
_OPEN_POINTS = frozenset({"outstanding", "missing"})
_TITLES: Mapping[str, str] = {
    "identification": "how the suspect was identified",
    "footage": "whether CCTV and body-worn video were viewed",
    "witnesses": "the witnesses",
    "disclosure": "disclosure",
    "outstanding": "which lines are outstanding",
}
"""What a complete review says, in words; “none” is an answer."""
_SHORT = 60


@dataclass(frozen=True, slots=True)
class Worksheet:
    """The review as somebody works through it: what there is, and what is still wanted."""

    review: EvidenceReview
    points: tuple[tuple[EntityId, Point], ...]
    open_points: tuple[Point, ...]
    """Points whose evidence is outstanding or missing."""
    unanswered: tuple[str, ...]
    """Defences that were raised and that nothing is said of, by title."""
    usual_defences: tuple[str, ...]
    """What is usually said against this offence, by the pack ``points``."""
    questions: tuple[tuple[Question, str], ...]
    """The questions of the public-interest stage with their answers."""
    missing: tuple[str, ...]
    """What must be filled in before the review can be completed, in words."""
    changed: tuple[str, ...]
    """What it was completed on and is not as it was, in words."""
    disputed: tuple[str, ...]
    """What it was completed on and desks disagree on, in words."""

    @property
    def complete(self) -> bool:
        """Whether it was completed, and nobody opened it again."""
        return self.review.reviewed_at is not None

    @property
    def stands(self) -> bool:
        """Whether it was completed, and what it rests on is as it was."""
        return self.complete and not (self.changed or self.disputed)


def worksheet(desk: Desk, case_id: EntityId, suspect: EntityId | None = None) -> Worksheet:
    """The evidential review of a suspect as it stands."""
    return lay_out(desk.packs, read_matter(desk, case_id, suspect))


def lay_out(packs: Packs, matter: Matter) -> Worksheet:
    """The same from what was read."""
    review, case = matter.review, matter.file.case
    usual = packs.points.for_offence(case.charge_code or case.offence_code, case.ho_class, case.offence_title)
    return Worksheet(
        review,
        matter.points,
        _open_points(matter),
        _unanswered(packs, review),
        usual.defences if usual else (),
        tuple((one, getattr(review, one.field) or "") for one in packs.resolutions.questions.values()),
        tuple(_missing(packs, matter)),
        changed(matter.file, matter.dossier, review, matter.suspect),
        disputed(matter),
    )


def review(
    desk: Desk,
    case_id: EntityId,
    suspect: EntityId | None = None,
    **fields: Value,
) -> EntityId:
    """Save parts of the evidential review; what is not named stays, an empty text takes an answer out.

    A review that was completed is open again when anything in it changes. Raises BadInputError for a field that there
    is not, an unknown word, or when nothing would change.
    """
    matter = read_matter(desk, case_id, suspect)
    said = _changes(desk.packs, matter.review, fields)
    if not said:
        raise BadInputError("That is what the review says already.", "Change something, or leave it.")
    if matter.review.reviewed_at is not None:
        said |= {"reviewed_at": None, "reviewer": None}
    with desk.store.unit_of_work("clinic.evidence") as unit:
        unit.set(EVIDENCE_REVIEW, matter.review_id, case_id, {"suspect": matter.suspect, **said})
    return matter.review_id


def complete_review(
    desk: Desk, case_id: EntityId, suspect: EntityId | None = None, *, explained: str = "", **fields: Value
) -> EntityId:
    """Complete the evidential review, with the last of its fields; ``explained`` says why it is met all the same.

    One that was completed is confirmed by it on what it rests on now. Raises BadInputError while something is missing,
    when desks disagree on what it rests on, when a disposal in or out of court is chosen although the
    evidential stage fails, or when it is met with a point or a defence left open and nobody says why.
    """
    matter = read_matter(desk, case_id, suspect)
    said = _changes(desk.packs, matter.review, fields)
    why = optional_text(explained, "The explanation")
    after = _with(matter, said)
    missing = list(_missing(desk.packs, after))
    if missing:
        raise BadInputError(
            f"The review is not complete: {'; '.join(missing)}.", "Fill that in, then complete it."
        )
    _refuse_contradictions(desk.packs, after, why)
    contested = _in_dispute(matter, said)
    if contested:
        raise BadInputError(
            f"Desks say different things: {'; '.join(contested)}.",
            "Decide which holds (“casedesk conflict list”), then complete it.",
        )
    if why:
        said["evidential_why"] = required_text(f"{after.review.evidential_why}\n{why}", "Why (evidential)")
        after = _with(matter, said)
    with desk.store.unit_of_work("clinic.evidence.complete") as unit:
        unit.set(
            EVIDENCE_REVIEW,
            matter.review_id,
            case_id,
            {
                "suspect": matter.suspect,
                **said,
                "reviewed_at": desk.now,
                "reviewer": desk.store.actor,
                "rests_on": rests_on(after.file, after.dossier, after.review, after.suspect),
            },
        )
    return matter.review_id


def gate(packs: Packs, matter: Matter, disposal: str = "") -> str | None:
    """Why the review does not let a disposal go on; None when it does. Without a disposal: any that needs evidence."""
    held = matter.review
    if held.reviewed_at is None:
        return "The evidential review is not complete."
    again = look_again(matter)
    if again:
        return f"{CHANGED} {'; '.join(again)}."
    known = packs.eligibility.disposals.get(disposal)
    if held.evidential != "met" and (known is None or known.evidential):
        return "The evidential stage is not met: a case that fails it goes no further, however serious."
    if held.interest == "prosecute":
        return "The review says that the public interest asks for a prosecution."
    if held.interest == "no-further-action":
        return "The review says that no further action is in the public interest."
    return None


def look_again(matter: Matter) -> tuple[str, ...]:
    """What a completed review rests on and is another now, or in dispute between desks, in words; else nothing."""
    found = changed(matter.file, matter.dossier, matter.review, matter.suspect)
    return (*found, *disputed(matter))


def disputed(matter: Matter) -> tuple[str, ...]:
    """What a completed review rests on and desks disagree on, in words; nothing while it is not completed."""
    return () if matter.review.reviewed_at is None else _in_dispute(matter, ())


# -- inside -----------------------------------------------------------------------------------------------------


def _in_dispute(matter: Matter, but: Container[str]) -> tuple[str, ...]:
    """What a review rests on and desks disagree on, in words; ``but`` names fields of it that are said anew."""
    points, previous = dict(matter.points), dict(matter.dossier.previous)
    found = set()
    for entity, own, name in matter.disputed:
        if entity == EVIDENCE_REVIEW.name and own == matter.review_id and name not in OWN and name not in but:
            found.add(f"{field_words(name)}, in dispute between desks")
        elif entity == POINT.name and own in points:
            found.add(f"{point_words(points[own])}, in dispute between desks")
        elif entity == CASE.name and name in OFFENCE_FIELDS:
            found.add("the offence, in dispute between desks")
        elif entity == PREVIOUS_DISPOSAL.name and own in previous and previous[own].suspect == matter.suspect:
            found.add("an earlier disposal, in dispute between desks")
    return tuple(sorted(found))


def _changes(packs: Packs, held: EvidenceReview, fields: Mapping[str, Value]) -> dict[str, Value]:
    """What of these fields is not what is held already, checked."""
    checked = {name: _checked(packs, name, value) for name, value in fields.items()}
    return {name: value for name, value in checked.items() if value != getattr(held, name)}


def _checked(packs: Packs, name: str, value: Value) -> Value:
    """One field as it is kept. Raises BadInputError for a field or word that there is not."""
    if name in _WORDS:
        return one_of(str(value), list(_WORDS[name]), name.replace("_", " ")) if value else None
    if name in _TEXTS:
        return optional_text(str(value or ""), _TEXTS[name])
    if name in _YES_NO:
        return None if value is None else bool(value)
    if name == "defences" and (value is None or isinstance(value, tuple)):
        return _defences(packs, value)
    raise BadInputError(f"The review has no field {name!r}.", "Choose one that is listed.")


def _defences(packs: Packs, said: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """The defences raised as they are kept: none of them is an answer, other than nothing said."""
    if said is None or said in ((), (NO_DEFENCE,)):
        return None if said is None else ()
    return tuple(one_of(one, list(packs.eligibility.defences), "defence") for one in said)


def _with(matter: Matter, said: Mapping[str, Value]) -> Matter:
    """The matter with these fields of the review."""
    held = {**dict(matter.clinic.reviews), matter.review_id: replace(matter.review, **said)}  # type: ignore[arg-type] # checked by _changes
    return replace(matter, clinic=replace(matter.clinic, reviews=tuple(held.items())))


def _missing(packs: Packs, matter: Matter) -> Iterator[str]:
    """What must be filled in, in the order of the worksheet."""
    held = matter.review
    if not matter.points:
        yield "no points to prove are laid out"
    if held.admission is None:
        yield "what the suspect admits"
    if held.admission in ("full", "part") and held.covers_all is None:
        yield "whether the admission covers every point"
    if held.defences is None:
        yield "whether a defence was raised"
    yield from (words for name, words in _TITLES.items() if not getattr(held, name))
    if held.previous_checked is None:
        yield "whether the history was checked"
    if held.evidential is None:
        yield "the result of the evidential stage"
    if not held.evidential_why:
        yield "why the evidential stage is met or not"
    if held.evidential == "met":
        yield from _missing_of_interest(packs, matter)


def _missing_of_interest(packs: Packs, matter: Matter) -> Iterator[str]:
    held = matter.review
    for one in packs.resolutions.questions.values():
        if one.required and not getattr(held, one.field):
            yield f"public interest ({one.id}), {one.title.lower()}"
    if held.interest is None:
        yield "the result of the public-interest stage"
    if not held.interest_why:
        yield "why the public interest asks for it"


def _refuse_contradictions(packs: Packs, matter: Matter, explained: str | None) -> None:
    """Raise BadInputError where the result does not follow from the worksheet and nobody says why."""
    held = matter.review
    if held.evidential != "met":
        if held.interest == "prosecute":
            raise BadInputError(
                "A case that fails the evidential stage is not prosecuted.",
                "Take the public-interest result out, or correct the evidential one.",
            )
        return
    if explained:
        return
    open_points = _open_points(matter)
    if open_points:
        named = "; ".join(f"“{clip(one.what or '', _SHORT)}” ({one.state})" for one in open_points)
        raise BadInputError(
            f"The evidential stage cannot be met: {named}.",
            "Name the evidence for each point, or explain why the stage is met without it.",
        )
    unanswered = _unanswered(packs, held)
    if unanswered:
        raise BadInputError(
            f"A defence was raised and is not answered: {', '.join(unanswered)}.",
            "Say how the evidence meets it, or explain why the stage is met all the same.",
        )
    if held.admission == "full" and held.covers_all is False:
        raise BadInputError(
            "An admission that does not cover every point is not full.",
            "Call it an admission in part, or explain.",
        )


def _open_points(matter: Matter) -> tuple[Point, ...]:
    return tuple(one for _, one in matter.points if one.state is None or one.state in _OPEN_POINTS)


def _unanswered(packs: Packs, held: EvidenceReview) -> tuple[str, ...]:
    """The defences raised, where nothing is said of them."""
    if not held.defences or held.defence_note:
        return ()
    known = packs.eligibility.defences
    return tuple(known[one].title if one in known else one for one in held.defences)
