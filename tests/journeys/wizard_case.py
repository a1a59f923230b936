"""A needs assessment of a demo case, begun and answered as far as a test wants it."""

from casedesk.desk import assessment
from casedesk.desk.assessment import Sitting
from casedesk.desk.desk import Desk
from casedesk.front import FrontApp
from casedesk.model.ids import EntityId
from casedesk.reference.form_parts import Question, QuestionKind
from casedesk.rules import forms
from casedesk.screens.clinic.wizard import WizardScreen, open_wizard
from tests.journeys.full_case import fullest

SUICIDE = "mental-health.suicide"
_PLAIN = {
    QuestionKind.YES_NO: "no",
    QuestionKind.DAY: "2026-11-20",
    QuestionKind.LINES: "Said so in the clinic.",
}


def somebody(desk: Desk) -> tuple[EntityId, EntityId]:
    """A case and its first suspect."""
    case_id = fullest(desk)
    return case_id, desk.case(case_id).file.suspects[0][0]


def begun(desk: Desk) -> Sitting:
    """A new assessment."""
    case_id, suspect = somebody(desk)
    return assessment.read(desk, case_id, assessment.start(desk, case_id, suspect))


def now_of(desk: Desk, sitting: Sitting) -> Sitting:
    """The assessment as it is stored."""
    return assessment.read(desk, sitting.case_id, sitting.id)


def answer_the_rest(desk: Desk, sitting: Sitting) -> Sitting:
    """Answer everything that is open, as plainly as can be, said in the clinic."""
    while (question := forms.next_open(sitting.form, sitting.answers)) is not None:
        sitting = assessment.answer(desk, sitting, question.id, plain_answer(question, sitting.form.told))
    return sitting


def plain_answer(question: Question, told: str) -> str:
    """An answer that raises as little as can be."""
    if question.id == told or question.id.endswith((".safe", ".alone", "suicide-now", ".doctor")):
        return "yes"
    if question.kind is QuestionKind.NUMBER:
        return str(question.least or 0)
    if question.id.endswith(".score"):
        return "0"
    if question.kind in (QuestionKind.CHOICE, QuestionKind.MANY):
        return question.alone[0] if question.alone else question.options[0].id
    return _PLAIN.get(question.kind, "Said so.")


def open_it(app: FrontApp, desk: Desk) -> WizardScreen:
    """Open the wizard on the assessment of :func:`somebody`."""
    case_id, suspect = somebody(desk)
    open_wizard(app, app.session, case_id, suspect)
    screen = app.screen
    assert isinstance(screen, WizardScreen)
    return screen
