"""One suspect's matter in the caution clinic: everything that a decision on it rests on, read at once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from casedesk.desk.desk import Desk
from casedesk.desk.suspects import the_suspect
from casedesk.model.clinic import Assessment, ClinicFile, EvidenceReview, Gravity, Resolution
from casedesk.model.dossier import Dossier, Point
from casedesk.model.facts import CaseFile, Condition, Suspect, Victim
from casedesk.model.ids import EntityId, derived_id
from casedesk.model.words import ResolutionState
from casedesk.store.clinics import read_clinic_file
from casedesk.store.records import read_dossier

OPEN_STATES = frozenset(
    {
        ResolutionState.DRAFT, ResolutionState.PROPOSED, ResolutionState.AUTHORISED, ResolutionState.REFUSED,
        ResolutionState.OFFERED, ResolutionState.ACTIVE,
    }
)  # fmt: skip
"""The states in which a resolution is still going somewhere."""


@dataclass(frozen=True, slots=True)
class Matter:
    """A case as the clinic sees it, for one suspect."""

    file: CaseFile
    dossier: Dossier
    clinic: ClinicFile
    suspect: EntityId

    @property
    def case_id(self) -> EntityId:
        """The case."""
        return self.file.id

    @property
    def person(self) -> Suspect:
        """The suspect."""
        return dict(self.file.suspects)[self.suspect]

    @property
    def name(self) -> str:
        """The suspect's name, or what they are."""
        return self.person.name or "the suspect"

    @property
    def review_id(self) -> EntityId:
        """The id of the suspect's evidential review: the same on every desk."""
        return derived_id("evidence_review", self.case_id.hex(), self.suspect.hex())

    @property
    def review(self) -> EvidenceReview:
        """The evidential review as it stands; an empty one where nobody began it."""
        return dict(self.clinic.reviews).get(self.review_id) or EvidenceReview()

    @property
    def gravity_id(self) -> EntityId:
        """The id of the suspect's gravity score: the same on every desk."""
        return derived_id("gravity", self.case_id.hex(), self.suspect.hex())

    @property
    def gravity(self) -> Gravity | None:
        """The gravity score; None where there is none."""
        found = dict(self.clinic.gravities).get(self.gravity_id)
        return found if found is not None and found.final is not None else None

    @property
    def points(self) -> tuple[tuple[EntityId, Point], ...]:
        """The points to prove of the case."""
        return self.dossier.points

    @property
    def resolutions(self) -> tuple[tuple[EntityId, Resolution], ...]:
        """The suspect's resolutions, in the order they were written."""
        return tuple((own, one) for own, one in self.clinic.resolutions if one.suspect == self.suspect)

    @property
    def current(self) -> tuple[EntityId, Resolution] | None:
        """The resolution that is being worked on, else the last one; None where there is none."""
        held = self.resolutions
        going = [pair for pair in held if pair[1].state in OPEN_STATES]
        return (going or list(held) or [None])[-1]  # type: ignore[list-item] # the last of nothing is None

    @property
    def resolution(self) -> Resolution | None:
        """What :attr:`current` says."""
        return self.current[1] if self.current else None

    @property
    def conditions(self) -> tuple[tuple[EntityId, Condition], ...]:
        """The conditions of the current resolution that were not taken out."""
        return tuple(pair for pair in self.all_conditions if not pair[1].withdrawn_why)

    @property
    def all_conditions(self) -> tuple[tuple[EntityId, Condition], ...]:
        """Every condition of the current resolution, those taken out too."""
        if self.current is None:
            return ()
        own = self.current[0]
        return tuple(pair for pair in self.file.conditions if pair[1].resolution == own)

    @property
    def victims(self) -> tuple[tuple[EntityId, Victim], ...]:
        """The victims of the case."""
        return self.file.victims

    @property
    def assessment(self) -> tuple[EntityId, Assessment] | None:
        """The suspect's latest needs assessment that was not given up; None where there is none."""
        held = [
            pair
            for pair in self.clinic.assessments
            if pair[1].suspect == self.suspect and not pair[1].given_up_why
        ]
        return max(held, key=lambda pair: pair[1].number or 0) if held else None


def read_matter(desk: Desk, case_id: EntityId, suspect: EntityId | None = None) -> Matter:
    """Read the matter of a suspect; the only one of the case need not be named. Raises BadInputError for another."""
    file = desk.case(case_id).file
    own = the_suspect(file, suspect)
    connection = desk.store.connection
    return Matter(file, read_dossier(connection, case_id), read_clinic_file(connection, case_id), own)


def as_if(
    matter: Matter,
    resolution_id: EntityId,
    fields: Mapping[str, Any],
    conditions: tuple[tuple[EntityId, Condition], ...] | None = None,
) -> Matter:
    """The matter as it would be with other fields of a resolution, or with other conditions of it.

    The resolution stands last: it is the one that is judged.
    """
    known = dict(matter.clinic.resolutions)
    before = known.pop(resolution_id, None) or Resolution(suspect=matter.suspect)
    known[resolution_id] = replace(before, **fields)
    clinic = replace(matter.clinic, resolutions=tuple(known.items()))
    file = matter.file
    if conditions is not None:
        others = tuple(pair for pair in file.conditions if pair[1].resolution != resolution_id)
        file = replace(file, conditions=(*others, *conditions))
        clinic = replace(clinic, conditions=file.conditions)
    return replace(matter, file=file, clinic=clinic)
