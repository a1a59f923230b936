"""What the file knows already: answers drafted before the clinic, to be confirmed with the person.

A question of a form names what may fill it (``prefill``); a name that is not known here fills nothing. A draft never
replaces an answer, and counts as unconfirmed until somebody has asked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from casedesk.desk.assessment import Sitting, answer_many, latest, read
from casedesk.desk.desk import Desk
from casedesk.model.clinic import ClinicFile
from casedesk.model.errors import BadInputError
from casedesk.model.facts import Appointment, CaseFile
from casedesk.model.ids import EntityId
from casedesk.reference.form_parts import Question
from casedesk.rules import forms
from casedesk.store.clinics import read_clinic_file


@dataclass(frozen=True, slots=True)
class Drafted:
    """One answer that the file suggests."""

    question: str
    value: str
    source: str
    """Where it comes from, in words."""


@dataclass(frozen=True, slots=True)
class _File:
    """What is known of one suspect."""

    case: CaseFile
    clinic: ClinicFile
    suspect: EntityId | None


def drafted(desk: Desk, sitting: Sitting) -> tuple[Drafted, ...]:
    """What the file suggests for questions that arise and are not answered, in the form's order."""
    file = _File(
        desk.case(sitting.case_id).file,
        read_clinic_file(desk.store.connection, sitting.case_id),
        sitting.suspect,
    )
    earlier = _earlier(desk, sitting)
    found = []
    for question in forms.visible(sitting.form, sitting.answers):
        held = sitting.answers.get(question.id)
        if not question.prefill or (held is not None and held.stands):
            continue
        if question.prefill == EARLIER:
            said = earlier.get(question.id)
            known = (said.value, "the assessment before") if said and said.value else None
        else:
            known = SOURCES[question.prefill](file) if question.prefill in SOURCES else None
        if known is not None and _fits(question, known[0]):
            found.append(Drafted(question.id, *known))
    return tuple(found)


def prepare(desk: Desk, sitting: Sitting) -> Sitting:
    """Save what the file suggests as answers to be confirmed; the sitting as it is where it suggests nothing.

    Raises BadInputError for an assessment that is not open.
    """
    return answer_many(
        desk, sitting, {one.question: one.value for one in drafted(desk, sitting)}, confirmed=False
    )


def _fits(question: Question, value: str) -> bool:
    """Whether it answers the question as this version asks it."""
    try:
        forms.check(question, value)
    except BadInputError:
        return False
    return True


# -- what the file knows ----------------------------------------------------------------------------------------


def _appropriate_adult(file: _File) -> tuple[str, str] | None:
    for _, held in file.case.custody:
        if held.suspect == file.suspect and (held.vulnerable or held.under_18):
            return "yes", "the custody record"
    if any(one.appropriate_adult for one in _appointments(file)):
        return "yes", "the appointment"
    return None


def _language(file: _File) -> tuple[str, str] | None:
    return next(
        ((one.interpreter, "the appointment") for one in _appointments(file) if one.interpreter), None
    )


def _adjustments(file: _File) -> tuple[str, str] | None:
    return next(
        ((one.adjustments, "the appointment") for one in _appointments(file) if one.adjustments), None
    )


def _risk_grade(file: _File) -> tuple[str, str] | None:
    grades = [
        one.risk_grade for _, one in file.clinic.reviews if one.suspect == file.suspect and one.risk_grade
    ]
    return (grades[-1], "the review of the evidence") if grades else None


def _appointments(file: _File) -> list[Appointment]:
    """The suspect's appointments, the latest first."""
    return [one for _, one in reversed(file.case.appointments) if one.suspect == file.suspect]


EARLIER = "earlier"
"""Fills a question with the answer of the assessment completed before."""
SOURCES: Mapping[str, Callable[[_File], tuple[str, str] | None]] = {
    "appropriate-adult": _appropriate_adult,
    "language": _language,
    "adjustments": _adjustments,
    "risk-grade": _risk_grade,
}
"""What may fill a question, by the name that the form gives: the value with where it comes from."""


def _earlier(desk: Desk, sitting: Sitting) -> forms.Answers:
    """The answers that counted in the assessment of the same person completed last."""
    if sitting.suspect is None:
        return {}
    before = latest(desk, sitting.case_id, sitting.suspect, completed=True)
    if before is None or before == sitting.id:
        return {}
    held = read(desk, sitting.case_id, before)
    return forms.live(held.form, held.answers)
