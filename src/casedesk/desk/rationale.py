"""The rationale of a decision, assembled from what is recorded into prose that the officer edits.

Nothing is invented: a part that the record does not hold is left out of the prose and named as missing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from casedesk.desk.after_decision import disposal_of
from casedesk.desk.case_asks import RANK_TITLES
from casedesk.desk.clinic_judging import options_of
from casedesk.desk.condition_builder import KINDS, worded
from casedesk.desk.desk import Desk
from casedesk.desk.evidential import STAGE_RESULTS
from casedesk.desk.matter import Matter, read_matter
from casedesk.desk.needs import needs_of
from casedesk.desk.suspects import NO_DISPOSALS
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_moment
from casedesk.model.words import FLAG_TITLES, Flag
from casedesk.rules.clinic.shown import begun_small, condition_words

_ADMITS = {
    "full": "admitted the offence in full",
    "part": "admitted the offence in part",
    "none": "made no admission",
    "denial": "denied the offence",
}
_ASKS_FOR = {
    "out-of-court": "an out-of-court resolution",
    "prosecute": "a prosecution",
    "no-further-action": "no further action",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a rationale."""

    title: str
    text: str
    """Its sentences; empty where the record holds nothing for it."""
    missing: tuple[str, ...]
    """What the record does not say, in words."""


@dataclass(frozen=True, slots=True)
class Rationale:
    """A rationale as the record gives it."""

    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The prose, a paragraph to each part that has something to say."""
        return "\n\n".join(f"{part.title}. {part.text}" for part in self.parts if part.text)

    @property
    def missing(self) -> tuple[str, ...]:
        """Everything that the record does not say, in order."""
        return tuple(one for part in self.parts for one in part.missing)


def build(desk: Desk, case_id: EntityId, suspect: EntityId | None = None) -> Rationale:
    """Assemble the rationale of a suspect's resolution from what is recorded."""
    return assemble(desk, read_matter(desk, case_id, suspect))


def assemble(desk: Desk, matter: Matter) -> Rationale:
    """The same from what was read."""
    return Rationale(tuple(_part(title, make(desk, matter)) for title, make in _PARTS))


class Missing(str):
    """A line that says what is not recorded."""

    __slots__ = ()


Lines = Iterator[str]


def _part(title: str, lines: Lines) -> Part:
    said = list(lines)
    prose = " ".join(_sentence(one) for one in said if not isinstance(one, Missing))
    return Part(title, prose, tuple(str(one) for one in said if isinstance(one, Missing)))


def _sentence(text: str) -> str:
    plain = " ".join(text.split())
    return plain if plain.endswith((".", "!", "?", "”")) else f"{plain}."


def _small(matter: Matter, text: str) -> str:
    """A text within a sentence: begun with a small letter, unless with a name of the case or an abbreviation."""
    first = text.split(maxsplit=1)[0].strip(".,;:!?").casefold() if text.strip() else ""
    people = (matter.person.name, *(victim.name for _, victim in matter.victims))
    names = {word for name in people for word in (name or "").casefold().split()}
    return text if first in names or first == "i" else begun_small(text)


def _offence(desk: Desk, matter: Matter) -> Lines:
    case = matter.file.case
    if case.offence_title or case.offence_code:
        on = f" on {show_moment(case.offence_from)}" if case.offence_from else ""
        yield f"{case.offence_title or case.offence_code}{on}"
    else:
        yield Missing("the offence")
    if case.summary:
        yield case.summary
    else:
        yield Missing("the circumstances of the offence")
    flags = [FLAG_TITLES[Flag(one)].lower() for one in case.flags or () if one in set(Flag)]
    if flags:
        yield f"The case is flagged: {', '.join(flags)}"


def _evidence(desk: Desk, matter: Matter) -> Lines:
    review = matter.review
    by_proof: dict[str, list[str]] = {}
    for _, one in matter.points:
        if one.what and one.evidence:
            by_proof.setdefault(one.evidence.rstrip("."), []).append(begun_small(one.what.rstrip(".")))
        elif one.what:
            yield Missing(f"the evidence for “{one.what}”")
    for proof, points in by_proof.items():
        yield f"What must be proved is evidenced by {begun_small(proof)}: {'; '.join(points)}"
    if not matter.points:
        yield Missing("the points to prove")
    if review.evidential:
        yield f"The evidential stage is {STAGE_RESULTS[review.evidential].lower()}"
    if review.evidential_why:
        yield review.evidential_why
    if not (review.evidential and review.evidential_why):
        yield Missing("the evidential stage")


def _admission(desk: Desk, matter: Matter) -> Lines:
    review = matter.review
    if review.admission is None:
        yield Missing("what the suspect admits")
        return
    where = f" ({review.admitted_where})" if review.admitted_where else ""
    covers = {True: ", covering every point", False: ", not covering every point", None: ""}[
        review.covers_all
    ]
    who = f"{matter.name[:1].upper()}{matter.name[1:]}"
    yield f"{who} {_ADMITS[review.admission]}{where}{covers if review.admission in ('full', 'part') else ''}"
    if review.responsibility is not None:
        yield f"{who} {'accepts' if review.responsibility else 'does not accept'} responsibility"
    known = desk.packs.eligibility.defences
    if review.defences is None:
        yield Missing("whether a defence was raised")
    elif not review.defences:
        yield "No defence was raised"
    else:
        raised = ", ".join(known[one].title.lower() if one in known else one for one in review.defences)
        yield f"This was raised in defence: {raised}"
        yield review.defence_note or Missing("how the defence is answered")


def _history(desk: Desk, matter: Matter) -> Lines:
    held = [one for _, one in matter.dossier.previous if one.suspect == matter.suspect]
    real = [one for one in held if one.disposal and one.disposal != NO_DISPOSALS]
    for one in real:
        on = f", {show_moment(one.on)}" if one.on else ""
        yield f"The history shows: {one.disposal}{f' for {one.offence}' if one.offence else ''}{on}"
    if held and not real:
        yield "The national computer shows no earlier disposal"
    if not held and not matter.review.previous_checked:
        yield Missing("the suspect's history")
    elif not held:
        yield "The history was checked"
    if matter.review.similar_24_months is not None:
        said = "There was" if matter.review.similar_24_months else "There was no"
        yield f"{said} similar offence in the last 24 months"


def _gravity(desk: Desk, matter: Matter) -> Lines:
    held = matter.gravity
    if held is None:
        yield Missing("the gravity score")
        return
    factors = desk.packs.gravity.factors

    def titles(ids: tuple[str, ...] | None) -> str:
        return ", ".join(factors[one].title.lower() if one in factors else one for one in ids or ())

    yield f"By the matrix the offence has a base score of {held.base} and a final score of {held.final} ({held.matrix})"
    if held.aggravating:
        yield f"What aggravates it: {titles(held.aggravating)}"
    if held.mitigating:
        yield f"What mitigates it: {titles(held.mitigating)}"
    if not (held.aggravating or held.mitigating):
        yield "No factor was weighed either way"
    if held.why:
        yield held.why


def _interest(desk: Desk, matter: Matter) -> Lines:
    review = matter.review
    for one in desk.packs.resolutions.questions.values():
        answer = getattr(review, one.field)
        if answer:
            yield f"{one.lead}: {_small(matter, answer)}"
    if review.interest:
        yield f"The public interest asks for {_ASKS_FOR[review.interest]}"
    if review.interest_why:
        yield review.interest_why
    if not (review.interest and review.interest_why):
        yield Missing("the public-interest stage")


def _victim(desk: Desk, matter: Matter) -> Lines:
    if not matter.victims:
        yield Missing("the victim, or that there is none")
    for _, one in matter.victims:
        who = one.name or "The victim"
        if one.views:
            yield f"{who} was asked, and said: {one.views}"
        else:
            yield Missing(f"the views of {one.name or 'the victim'}")
        if one.remedy:
            yield f"The Community Remedy chosen is: {one.remedy}"
        if one.compensation:
            yield f"On compensation: {one.compensation}"
    held = matter.resolution
    if held is not None and held.remedy_why:
        yield f"The remedy chosen is not attached: {held.remedy_why}"


def _needs(desk: Desk, matter: Matter) -> Lines:
    judged = needs_of(desk, matter)
    if not judged:
        yield Missing("the needs assessment")
        return
    found = [one for one in judged if one.score]
    linked = [one for one in found if one.linked]
    if linked:
        said = ", ".join(f"{one.title.lower()} ({one.meaning.lower()})" for one in linked)
        yield f"The assessment found needs linked to the offending: {said}"
    others = [one for one in found if not one.linked]
    if others:
        yield f"It found other needs: {', '.join(one.title.lower() for one in others)}"
    if not found:
        yield "The assessment found no need"
    strengths = [f"{one.title.lower()}: {one.strengths}" for one in judged if one.strengths]
    if strengths:
        yield f"There are strengths to build on: {'; '.join(strengths)}"


def _alternatives(desk: Desk, matter: Matter) -> Lines:
    held = matter.resolution
    if held is not None and held.considered:
        yield held.considered
    else:
        yield Missing("the alternatives considered, and why they were rejected")
    own = held.disposal if held else None
    for one in options_of(desk, matter):
        known = one.disposal
        if (
            known.offered
            and not known.part_6
            and known.ages != "child"
            and not one.lawful
            and known.id != own
        ):
            yield f"{known.title} is not open: {one.why_not[0].removeprefix(f'{known.title}: ')}"
    if held is not None and held.deviation:
        yield f"It is another than the matrix points to, because: {held.deviation}"
    if held is not None and held.exceptional:
        yield f"The exceptional reason is: {held.exceptional}"


def _conditions(desk: Desk, matter: Matter) -> Lines:
    held = matter.resolution
    if held is None or not held.disposal:
        yield Missing("the disposal")
        return
    yield f"The decision is: {begun_small(disposal_of(desk, matter).title)}"
    if not matter.conditions and disposal_of(desk, matter).conditions:
        yield Missing("the conditions")
    for _, one in matter.conditions:
        kind = f"{KINDS[one.kind].lower()} " if one.kind in KINDS else ""
        yield f"A {kind}condition: {worded(one, matter.victims)}"
        yield one.why or Missing(f"why “{condition_words(one)}” is appropriate, proportionate and achievable")


def _authority(desk: Desk, matter: Matter) -> Lines:
    held = matter.resolution
    if held is not None and held.authoriser and held.authorised_at:
        rank = RANK_TITLES.get(held.authoriser_rank or "", held.authoriser_rank or "rank not recorded")
        yield f"It was authorised by {held.authoriser} ({rank})"
        return
    own = held.disposal if held else None
    needed = next((one.authority for one in options_of(desk, matter) if one.disposal.id == own), None)
    if needed is not None:
        yield f"It is to be authorised by {needed.words} {needed.because}"


_PARTS: tuple[tuple[str, Callable[[Desk, Matter], Lines]], ...] = (
    ("Offence", _offence),
    ("Evidence", _evidence),
    ("Admission", _admission),
    ("History", _history),
    ("Gravity", _gravity),
    ("Public interest", _interest),
    ("Victim", _victim),
    ("Needs", _needs),
    ("Alternatives", _alternatives),
    ("Decision", _conditions),
    ("Authority", _authority),
)
"""The parts of a rationale, in the order they are read."""
