"""What is ready before somebody is seen at a clinic, and what is still to be done."""

from collections.abc import Iterator
from dataclasses import dataclass

from casedesk.model.clinic import ClinicFile, EvidenceReview
from casedesk.model.dossier import Dossier
from casedesk.model.facts import Appointment, CaseFile, Suspect
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_instant, show_moment
from casedesk.model.text import clip
from casedesk.model.words import Flag, VictimKind
from casedesk.reference.clinic import Applies, Check, ClinicPack, Sees
from casedesk.rules.clinic.rests import changed

_LONGEST = 60
"""The most characters of earlier disposals that are shown."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """One check of one appointment: whether it is ready, and what says so."""

    check: Check
    ticked: bool
    """Whether a person ticked it."""
    seen: str
    """Why casedesk counts it as ready itself; empty where it sees nothing."""

    @property
    def ready(self) -> bool:
        """Whether a person ticked it or the case itself shows it."""
        return self.ticked or bool(self.seen)


@dataclass(frozen=True, slots=True)
class _Scene:
    file: CaseFile
    suspect: EntityId | None
    appointment: Appointment
    clinic: ClinicFile
    dossier: Dossier


def preparation(
    pack: ClinicPack,
    file: CaseFile,
    appointment: Appointment,
    clinic: ClinicFile | None = None,
    dossier: Dossier | None = None,
) -> tuple[Prepared, ...]:
    """The checks that apply to an appointment, in the pack's order.

    Without ``clinic`` and ``dossier`` what the case's own file has of them is judged: the queue says the same so.
    """
    known = clinic or ClinicFile(reviews=file.reviews, assessments=file.assessments)
    told = dossier or Dossier(points=file.points, previous=file.previous, interviews=file.interviews)
    scene = _Scene(file, _whose(file, appointment), appointment, known, told)
    ticks = set(appointment.prepared or ())
    return tuple(
        Prepared(check, check.id in ticks, _SEES[Sees(check.sees)](scene) if check.sees else "")
        for check in pack.checks.values()
        if not check.when or any(_APPLIES[Applies(word)](scene) for word in check.when)
    )


def outstanding(checks: tuple[Prepared, ...]) -> tuple[Prepared, ...]:
    """The checks that are not ready."""
    return tuple(one for one in checks if not one.ready)


def is_vulnerable(file: CaseFile, suspect: EntityId | None) -> bool:
    """Whether a person is recorded as vulnerable in any arrest or attendance of theirs in the case."""
    return any(one.vulnerable for _, one in file.custody if one.suspect in (None, suspect))


def adult_of(file: CaseFile, suspect: EntityId | None) -> str:
    """Who came as appropriate adult in custody or to the interview, the latest; empty where nobody did."""
    named = [
        one.appropriate_adult
        for _, one in file.custody
        if one.suspect in (None, suspect) and one.appropriate_adult
    ]
    return named[-1] if named else ""


def _whose(file: CaseFile, appointment: Appointment) -> EntityId | None:
    """Who is seen: as booked, or the only suspect there is."""
    if appointment.suspect is not None or len(file.suspects) != 1:
        return appointment.suspect
    return file.suspects[0][0]


def suspect_of(file: CaseFile, suspect: EntityId | None) -> Suspect | None:
    """The facts of a suspect of the case."""
    return dict(file.suspects).get(suspect) if suspect is not None else None


def _has_victim(scene: _Scene) -> bool:
    return any(victim.kind != VictimKind.STATE for _, victim in scene.file.victims)


def _vulnerable(scene: _Scene) -> bool:
    return is_vulnerable(scene.file, scene.suspect)


def _domestic(scene: _Scene) -> bool:
    return Flag.DOMESTIC_ABUSE in (scene.file.case.flags or ())


def _evidence(scene: _Scene) -> str:
    for _, review in scene.clinic.reviews:
        if review.suspect in (None, scene.suspect) and review.evidential and review.interest:
            if _changed_since(scene, review):
                return ""
            on = f" {show_instant(review.reviewed_at)}" if review.reviewed_at else ""
            return f"Reviewed{on}: evidential stage {review.evidential.replace('-', ' ')}"
    return ""


def _changed_since(scene: _Scene, review: EvidenceReview) -> bool:
    """Whether a completed review rests on what is another now."""
    if review.reviewed_at is None or scene.suspect is None:
        return False
    return bool(changed(scene.file, scene.dossier, review, scene.suspect))


def _history(scene: _Scene) -> str:
    for _, review in scene.clinic.reviews:
        if review.suspect in (None, scene.suspect) and review.previous_checked:
            return "Marked as checked in the evidential review"
    held = [one for _, one in scene.dossier.previous if one.suspect == scene.suspect]
    return clip(", ".join(one.disposal or "a disposal" for one in held), _LONGEST)


def _views(scene: _Scene) -> str:
    asked = [victim for _, victim in scene.file.victims if victim.kind != VictimKind.STATE]
    days = [victim.views_on for victim in asked if victim.views_on]
    if asked and len(days) == len(asked):
        return f"Asked {show_moment(max(days))}"
    return ""


def _adult(scene: _Scene) -> str:
    named = scene.appointment.appropriate_adult
    return f"{named} is to come" if named else ""


def _interpreter(scene: _Scene) -> str:
    return scene.appointment.interpreter or ""


def _contact(scene: _Scene) -> str:
    one = scene.appointment
    if one.safe_contact:
        return one.safe_contact
    return f"Not by {' or '.join(one.avoid)}" if one.avoid else ""


def _invited(scene: _Scene) -> str:
    one = scene.appointment
    if one.invited_at is None:
        return ""
    return f"Sent {show_instant(one.invited_at)}{f' by {one.invited_by}' if one.invited_by else ''}"


def _needs(scene: _Scene) -> str:
    started: Iterator[str] = (
        f"Begun {show_instant(one.started_at)}"
        for _, one in scene.clinic.assessments
        if one.suspect == scene.suspect and one.started_at and not one.given_up_why
    )
    return next(started, "")


_APPLIES = {Applies.VICTIM: _has_victim, Applies.VULNERABLE: _vulnerable, Applies.DOMESTIC_ABUSE: _domestic}
_SEES = {
    Sees.EVIDENCE_REVIEWED: _evidence,
    Sees.HISTORY_CHECKED: _history,
    Sees.VIEWS_ASKED: _views,
    Sees.ADULT_ARRANGED: _adult,
    Sees.INTERPRETER_BOOKED: _interpreter,
    Sees.CONTACT_KNOWN: _contact,
    Sees.INVITED: _invited,
    Sees.NEEDS_PREPARED: _needs,
}
