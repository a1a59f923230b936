"""The remand application summary: what the worksheet and the case say of one person, put in order, and what is missing.

It draws nothing up that nobody recorded: an empty place is named as missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from casedesk.model.dossier import Decision, Dossier, RemandGround
from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile, Custody, Suspect, standing
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_instant, show_moment
from casedesk.model.words import DecisionKind, EventKind, Flag, VictimKind
from casedesk.reference.packs import Packs
from casedesk.reference.remand import By, Ground, OnlyFor
from casedesk.rules.custody_facts import appears_under_18, own_events
from casedesk.rules.judged import london_day
from casedesk.rules.shown import NOT_RECORDED

_STATES = ("proved", "arguable", "outstanding", "missing")


@dataclass(frozen=True, slots=True)
class GroundRecorded:
    """A ground of the worksheet with what was written of it."""

    ground: Ground
    evidence: str
    conditions: str
    """Why conditions would not do."""


@dataclass(frozen=True, slots=True)
class RemandCase:
    """What is known for the application on one person."""

    custody: Custody
    suspect: Suspect | None
    child: bool
    relied_on: tuple[GroundRecorded, ...]
    considered: tuple[GroundRecorded, ...]
    """Considered and not relied on."""
    missing: tuple[str, ...]
    """What the application still lacks, each a sentence that says what to do."""


def remand(file: CaseFile, dossier: Dossier, packs: Packs, custody_id: EntityId) -> RemandCase:
    """Gather what is known for the remand of one person. Raises BadInputError for an unknown custody record."""
    custody = next((one for key, one in file.custody if key == custody_id), None)
    if custody is None:
        raise BadInputError("This case has no such custody record.", "Choose one of the case's arrests.")
    suspect_id = _suspect_id(file, custody)
    suspect = next((one for key, one in file.suspects if key == suspect_id), None)
    own = [one for _, one in dossier.remand_grounds if _is_about(one, custody_id, file)]
    recorded = [
        (one, GroundRecorded(ground, (one.evidence or "").strip(), (one.conditions or "").strip()))
        for ground in packs.remand.grounds.values()
        for one in own
        if one.ground == ground.id
    ]
    found = RemandCase(
        custody,
        suspect,
        appears_under_18(file, custody),
        tuple(said for one, said in recorded if one.relied_on),
        tuple(said for one, said in recorded if one.relied_on is False),
        (),
    )
    lost = [one.ground for one in own if one.ground and one.ground not in packs.remand.grounds]
    missing = tuple(_missing(file, dossier, packs, found, suspect_id, lost))
    return RemandCase(custody, suspect, found.child, found.relied_on, found.considered, missing)


def remand_summary(file: CaseFile, dossier: Dossier, packs: Packs, custody_id: EntityId) -> str:
    """The application summary as text, for the MG7: each ground with its evidence, conditions, and what is missing.

    Raises BadInputError for a custody record that the case does not have.
    """
    found = remand(file, dossier, packs, custody_id)
    parts = [
        ["REMAND APPLICATION: SUMMARY FOR THE MG7 (draft)", *_person(file, packs, found)],
        ["GROUNDS RELIED ON", *_grounds(found.relied_on)],
        *([["CONSIDERED, NOT RELIED ON", *_considered(found)]] if found.considered else []),
        ["FOR THE DECISION", *_weighed(file, dossier, packs, custody_id, found)],
        ["CONDITIONS CONSIDERED FIRST", *_conditions(packs, found)],
        ["BEAR IN MIND", *_notes(packs, found)],
        ["STILL MISSING", *([f"- {one}" for one in found.missing] or ["Nothing."])],
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


# -- what is missing ---------------------------------------------------------------------------------------------------


def _missing(
    file: CaseFile,
    dossier: Dossier,
    packs: Packs,
    found: RemandCase,
    suspect_id: EntityId | None,
    lost: list[str],
) -> Iterator[str]:
    if found.suspect is None:
        yield "Whose custody record it is: link the suspect."
    elif not found.suspect.dob:
        yield "The date of birth: grounds differ for a child."
    if found.custody.charged_at is None:
        yield "The charge: record when the person was charged."
    yield from (f"“{one}” is no ground of the pack: choose another." for one in lost)
    if not found.relied_on:
        yield "A ground: none is relied on yet."
    elif not any(one.ground.by is By.COURT for one in found.relied_on):
        yield "A ground for the court: those relied on are for the custody officer alone."
    for one in found.relied_on:
        if not one.evidence:
            yield f"Evidence for “{one.ground.title}”: {_small(one.ground.ask)}."
        if not one.conditions:
            yield f"Why conditions would not do, for “{one.ground.title}”."
        if not one.ground.fits(child=found.child):
            whose = "an adult" if found.child else "a child"
            yield f"“{one.ground.title}” is for {whose}: take it out or correct the age."
        yield from _imprisonable(file, packs, found.custody, one.ground)
    if not any(one.suspect == suspect_id for _, one in dossier.previous):
        yield "Earlier disposals and bail record: read the PNC print and record them, also that there are none."
    if _wants_views(file) and not any(victim.views for _, victim in file.victims):
        yield "The victim's views on bail."


def _imprisonable(file: CaseFile, packs: Packs, custody: Custody, ground: Ground) -> Iterator[str]:
    """A ground may be open only for offences with, or without, imprisonment; a blank maximum says neither."""
    if ground.only is None:
        return
    known = (packs.offences.get(code) for code in _codes(file, custody))
    offence = next((one for one in known if one is not None), None)
    if offence is None or offence.maximum is None:
        want = "is" if ground.only is OnlyFor.IMPRISONABLE else "is not"
        yield f"Whether the offence {want} imprisonable: “{ground.title}” rests on it."
    elif ground.only is OnlyFor.NOT_IMPRISONABLE:
        yield f"“{ground.title}” is not open: {offence.title} is imprisonable."


def _wants_views(file: CaseFile) -> bool:
    return any(victim.kind in (None, VictimKind.PERSON) for _, victim in file.victims)


# -- the text ----------------------------------------------------------------------------------------------------------


def _person(file: CaseFile, packs: Packs, found: RemandCase) -> Iterator[str]:
    custody, suspect = found.custody, found.suspect
    name = (suspect.name if suspect else None) or NOT_RECORDED
    born = show_moment(suspect.dob) if suspect and suspect.dob else NOT_RECORDED
    yield f"Occurrence: {file.case.ref or NOT_RECORDED}"
    yield f"Person: {name}, born {born}" + (" (under 18)" if found.child else "")
    yield f"Offence: {_offence(file, packs, custody)}"
    yield f"Custody: {custody.suite or NOT_RECORDED}, number {custody.number or NOT_RECORDED}"
    for title, at in (
        ("Arrested", custody.arrested_at),
        ("Detention authorised", custody.authorised_at),
        ("Charged", custody.charged_at),
    ):
        yield f"{title}: {show_instant(at) if at else NOT_RECORDED}"
    if custody.first_appearance_on:
        yield f"First court: {show_moment(custody.first_appearance_on)}"
    if found.custody.appropriate_adult:
        yield f"Appropriate adult: {found.custody.appropriate_adult}"


def _offence(file: CaseFile, packs: Packs, custody: Custody) -> str:
    """What the person is charged with; what they were arrested for, or the record says, where no charge is recorded."""
    code = file.case.charge_code
    listed = packs.offences.get(code) if code else None
    if code and listed is not None:
        return f"{listed.title} ({code})"
    return file.case.offence_title or custody.offence or NOT_RECORDED


def _grounds(relied_on: tuple[GroundRecorded, ...]) -> Iterator[str]:
    if not relied_on:
        yield "None yet."
    for number, one in enumerate(relied_on, 1):
        yield f"{number}. {one.ground.title} ({one.ground.source}; {one.ground.status})"
        yield f"   Evidence: {one.evidence or 'MISSING'}"
        yield f"   Why conditions would not do: {one.conditions or 'MISSING'}"


def _considered(found: RemandCase) -> Iterator[str]:
    for one in found.considered:
        yield f"- {one.ground.title}" + (f": {one.evidence}" if one.evidence else "")


def _weighed(
    file: CaseFile, dossier: Dossier, packs: Packs, custody_id: EntityId, found: RemandCase
) -> Iterator[str]:
    said = {
        "seriousness": list(_seriousness(file)),
        "character": list(_character(file, dossier, found.custody)),
        "record": list(_bail_record(file, custody_id, found.custody)),
        "evidence": list(_strength(dossier)),
    }
    for factor in packs.remand.factors.values():
        yield f"{factor.title}: {'; '.join(said.get(factor.id, ())) or NOT_RECORDED}"
    views = [victim.views for _, victim in file.victims if victim.views]
    if views:
        yield f"Victim's views: {'; '.join(views)}"
    for decision in _decisions(dossier, _suspect_id(file, found.custody)):
        who = " ".join(part for part in (decision.rank, decision.by) if part)
        at = f" {show_instant(decision.at)}" if decision.at else ""
        yield f"Decided{at}{f' by {who}' if who else ''}: {decision.text or decision.result or NOT_RECORDED}"


def _seriousness(file: CaseFile) -> Iterator[str]:
    case = file.case
    if case.offence_title:
        yield case.offence_title
    if case.summary:
        yield case.summary
    for flag, words in ((Flag.DOMESTIC_ABUSE, "domestic abuse"), (Flag.HATE, "hate crime")):
        if flag in (case.flags or ()):
            yield words


def _character(file: CaseFile, dossier: Dossier, custody: Custody) -> Iterator[str]:
    suspect_id = _suspect_id(file, custody)
    for _, one in dossier.previous:
        if one.suspect == suspect_id:
            on = show_moment(one.on) if one.on else ""
            what = ", ".join(part for part in (one.offence, one.disposal, one.note) if part)
            yield f"{on} {what}".strip()


def _bail_record(file: CaseFile, custody_id: EntityId, custody: Custody) -> Iterator[str]:
    for event in own_events(file, custody_id, custody, EventKind.BREACH):
        at = show_instant(event.at) if event.at else ""
        yield f"breach of conditions {at}" + (f" ({event.text})" if event.text else "")
    if custody.bail_arrest:
        yield "arrested this time for breach of bail or failing to answer it"


def _strength(dossier: Dossier) -> Iterator[str]:
    states = [point.state for _, point in dossier.points]
    for state in _STATES:
        if count := states.count(state):
            yield f"{count} {'point' if count == 1 else 'points'} {state}"


def _conditions(packs: Packs, found: RemandCase) -> Iterator[str]:
    ids = {one.ground.id for one in found.relied_on}
    usual = packs.remand.conditions_against(ids)
    if not usual:
        yield "None of the usual ones meets these grounds." if ids else "No ground is relied on yet."
    for one in usual:
        yield f"- {one.title}" + (" (court only)" if one.court_only else "")
    if found.custody.conditions:
        yield f"Imposed before: {found.custody.conditions}"


def _notes(packs: Packs, found: RemandCase) -> Iterator[str]:
    at = found.custody.charged_at or found.custody.arrested_at
    on = london_day(at) if at else None
    for note in packs.remand.notes.values():
        if note.applies(child=found.child, on=on):
            yield f"- {note.text} ({note.source}; {note.status})"


def _decisions(dossier: Dossier, suspect_id: EntityId | None) -> Iterator[Decision]:
    for _, one in standing(dossier.decisions):
        if one.kind == DecisionKind.REMAND and one.subject in (None, suspect_id):
            yield one


def _is_about(one: RemandGround, custody_id: EntityId, file: CaseFile) -> bool:
    return one.custody == custody_id or (one.custody is None and len(file.custody) == 1)


def _suspect_id(file: CaseFile, custody: Custody) -> EntityId | None:
    if custody.suspect is not None:
        return custody.suspect
    return file.suspects[0][0] if len(file.suspects) == 1 else None


def _codes(file: CaseFile, custody: Custody) -> Iterator[str]:
    yield from (code for code in (file.case.charge_code, custody.offence, file.case.offence_code) if code)


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
