"""One suspect's matter in the caution clinic: everything that a decision on it rests on, read at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from casedesk.desk.answers_apart import with_apart
from casedesk.desk.desk import Desk
from casedesk.desk.suspects import the_suspect
from casedesk.model.clinic import Assessment, ClinicFile, EvidenceReview, Gravity, Resolution
from casedesk.model.dossier import Dossier, Point
from casedesk.model.entities import ANSWER
from casedesk.model.facts import CaseFile, Condition, Suspect, Victim
from casedesk.model.ids import EntityId, derived_id
from casedesk.model.moments import earliest_day
from casedesk.model.text import folded
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
_FURTHEST: dict[str, int] = {
    ResolutionState.PROPOSED: 1, ResolutionState.AUTHORISED: 2, ResolutionState.OFFERED: 3, ResolutionState.ACTIVE: 4,
}  # fmt: skip
"""How far a state is; a draft is none of them."""


@dataclass(frozen=True, slots=True)
class Matter:
    """A case as the clinic sees it, for one suspect."""

    file: CaseFile
    dossier: Dossier
    clinic: ClinicFile
    suspect: EntityId
    disputed: frozenset[tuple[str, EntityId, str]] = frozenset()
    """What desks said differently at once and nobody has decided: kind of fact, its id, the field."""

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
        """The resolution that is being worked on, the furthest of several, else the last one; None where none is."""
        going = sorted(self._going, key=lambda pair: _FURTHEST.get(pair[1].state or "", 0))
        return (going or list(self.resolutions) or [None])[-1]  # type: ignore[list-item] # the last of nothing is None

    @property
    def apart(self) -> tuple[tuple[EntityId, Resolution], ...]:
        """The others that are going somewhere beside :attr:`current`: desks chose apart."""
        own = self.current[0] if self.current else None
        return tuple(pair for pair in self._going if pair[0] != own)

    @property
    def _going(self) -> tuple[tuple[EntityId, Resolution], ...]:
        return tuple(pair for pair in self.resolutions if pair[1].state in OPEN_STATES)

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
        """Every condition of the current resolution, those taken out too, in the order of :func:`in_order`."""
        if self.current is None:
            return ()
        own = self.current[0]
        return in_order(pair for pair in self.file.conditions if pair[1].resolution == own)

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
        return max(held, key=begun_first) if held else None


def begun_first(pair: tuple[EntityId, Assessment]) -> tuple[int, str, EntityId]:
    """The order in which assessments were begun: the same at every desk, also of two that were begun apart."""
    own, one = pair
    return one.number or 0, one.started_at.isoformat() if one.started_at else "", own


def in_order(conditions: Iterable[tuple[EntityId, Condition]]) -> tuple[tuple[EntityId, Condition], ...]:
    """Conditions by their last day, then their words: one order on every desk, whichever was written to last."""
    return tuple(
        sorted(conditions, key=lambda pair: (_last_day(pair[1]), folded(pair[1].what or ""), pair[0]))
    )


def _last_day(condition: Condition) -> date:
    return earliest_day(condition.due_on) if condition.due_on else date.max


def read_matter(desk: Desk, case_id: EntityId, suspect: EntityId | None = None) -> Matter:
    """Read the matter of a suspect; the only one of the case need not be named. Raises BadInputError for another."""
    file = desk.case(case_id).file
    own = the_suspect(file, suspect)
    connection = desk.store.connection
    disputed = connection.execute(
        "SELECT entity, entity_id, field FROM conflict WHERE case_id = ?", (case_id,)
    ).fetchall()
    clinic = read_clinic_file(connection, case_id)
    if any(entity == ANSWER.name for entity, _, _ in disputed):
        clinic = replace(clinic, answers=with_apart(desk, case_id, clinic.answers))
    return Matter(
        file,
        read_dossier(connection, case_id),
        clinic,
        own,
        frozenset((entity, EntityId(entity_id), field) for entity, entity_id, field in disputed),
    )


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
