"""The resolutions that an outcome rests on, read for the finalisation check: state, dispute between desks, review."""

from collections.abc import Iterator
from dataclasses import replace

from casedesk.desk.evidential import look_again
from casedesk.desk.matter import Matter
from casedesk.model.clinic import Resolution
from casedesk.model.entities import CONDITION, RESOLUTION
from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile, Resting
from casedesk.model.ids import EntityId
from casedesk.model.words import ResolutionState
from casedesk.reference.packs import Packs
from casedesk.store.clinics import read_clinic_file
from casedesk.store.connection import Connection
from casedesk.store.records import read_dossier

_STANDS = frozenset({ResolutionState.ACTIVE, ResolutionState.COMPLETED})
_OF_RESOLUTION = {
    "disposal": "the disposal", "state": "its state", "consent": "the consent", "given_on": "the day it was given",
    "completed_on": "the day it was completed",
}  # fmt: skip
_OF_CONDITION = {
    "what": "what it is", "due_on": "its last day", "done_on": "whether it was completed",
    "failed_on": "whether it was not complied with", "withdrawn_why": "whether it stands",
    "amount_pence": "its amount", "hours": "its hours",
}  # fmt: skip
"""What of a resolution and its conditions, in dispute between desks, keeps it from being gone on with, in words."""


def resolved_cases(connection: Connection) -> frozenset[EntityId]:
    """The cases in which a resolution was begun at a desk."""
    return frozenset(
        EntityId(case_id) for (case_id,) in connection.execute("SELECT DISTINCT case_id FROM resolution")
    )


def with_resting(packs: Packs, connection: Connection, file: CaseFile) -> CaseFile:
    """The case with the resolutions that its outcome may rest on: one of each suspect who has any."""
    there = connection.execute("SELECT EXISTS (SELECT 1 FROM resolution WHERE case_id = ?)", (file.id,))
    if not there.fetchone()[0]:
        return file
    clinic, dossier = read_clinic_file(connection, file.id), read_dossier(connection, file.id)
    rows = connection.execute("SELECT entity, entity_id, field FROM conflict WHERE case_id = ?", (file.id,))
    disputed = frozenset((entity, EntityId(own), field) for entity, own, field in rows.fetchall())
    found = []
    for suspect, _ in file.suspects:
        matter = Matter(file, dossier, clinic, suspect, disputed)
        held = _held(matter)
        if held is not None:
            found.append((held[0], _resting(packs, matter, *held)))
    return replace(file, resting=tuple(found))


def in_dispute(matter: Matter, resolution_id: EntityId) -> tuple[str, ...]:
    """What desks said differently of a resolution and its conditions, in words: in dispute, or at odds since."""
    said = (*_in_dispute(matter, resolution_id), *_at_odds(matter, resolution_id))
    return tuple(dict.fromkeys(said))


def refuse_disputed(matter: Matter, resolution_id: EntityId) -> None:
    """Raise BadInputError where desks disagree on a resolution or its conditions: nothing is gone on with before."""
    said = tuple(dict.fromkeys(_in_dispute(matter, resolution_id)))
    if said:
        raise BadInputError(
            f"In dispute between desks: {'; '.join(said)} (control of casedesk).",
            "Decide it first: casedesk conflict, or the screen of the team’s bundles.",
        )


def _in_dispute(matter: Matter, resolution_id: EntityId) -> Iterator[str]:
    said = matter.disputed
    for name, words in _OF_RESOLUTION.items():
        if (RESOLUTION.name, resolution_id, name) in said:
            yield words
    for own, one in matter.file.conditions:
        if one.resolution != resolution_id:
            continue
        for name, words in _OF_CONDITION.items():
            if (CONDITION.name, own, name) in said:
                yield f"a condition, {words}"


def _at_odds(matter: Matter, resolution_id: EntityId) -> Iterator[str]:
    """What two desks wrote apart that does not fit, though no field of it is in dispute."""
    conditions = [one for _, one in matter.file.conditions if one.resolution == resolution_id]
    if any(one.done_on and one.failed_on for one in conditions):
        yield "a condition, both completed and not complied with"
    held = dict(matter.clinic.resolutions).get(resolution_id)
    runs = held is not None and held.state in _STANDS and held.signed_terms
    if runs and all(one.withdrawn_why for one in conditions):
        yield "its conditions, signed and all taken out: undo that where it was done"


def _held(matter: Matter) -> tuple[EntityId, Resolution] | None:
    """The resolution that an outcome would rest on: the last that was accepted, or else the current one."""
    stands = [pair for pair in matter.resolutions if pair[1].state in _STANDS]
    return stands[-1] if stands else matter.current


def _resting(packs: Packs, matter: Matter, own: EntityId, held: Resolution) -> Resting:
    disposal = packs.eligibility.disposals.get(held.disposal or "")
    return Resting(
        suspect=matter.suspect,
        disposal=disposal.title if disposal else held.disposal,
        state=held.state,
        disputed=in_dispute(matter, own) or None,
        review=_review(matter) if disposal is not None and disposal.evidential else None,
    )


def _review(matter: Matter) -> str | None:
    if matter.review.reviewed_at is None:
        return "it is not complete"
    changed = look_again(matter)
    return f"changed since it was completed: {'; '.join(changed)}" if changed else None
