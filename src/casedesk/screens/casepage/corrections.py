"""How interviews, decisions and feedback are corrected: by a new entry; the one that was wrong stays in sight."""

from collections.abc import Sequence
from dataclasses import replace

from casedesk.desk import suspects
from casedesk.desk.action_verbs import ACTIONS
from casedesk.desk.asking import Ask, At, Values, Verb
from casedesk.desk.case_asks import id_of, text_of, yes_no
from casedesk.desk.decision_verbs import DECISIONS, decide_as_answered
from casedesk.desk.feedback import give_feedback
from casedesk.desk.suspect_verbs import SUSPECTS
from casedesk.model.dossier import Decision, Feedback, Interview
from casedesk.model.errors import BadInputError
from casedesk.model.typed_moments import typed_form

_BOTH = "Corrected; both entries stay in sight."
_DECIDE = next(verb for verb in DECISIONS if verb.id == "decision.add")
_INTERVIEW = next(verb for verb in SUSPECTS if verb.id == "suspect.interview")
_FEEDBACK = next(verb for verb in ACTIONS if verb.id == "action.feedback")


def _filled(asks: Sequence[Ask], said: dict[str, str]) -> list[Ask]:
    """The questions answered as they were."""
    return [replace(ask, initial=said.get(ask.name, "")) for ask in asks]


def _decision(at: At) -> Decision:
    found = dict(at.dossier.decisions).get(at.subject) if at.subject else None
    if found is None:
        raise BadInputError("That is no decision of this case.", "Put the cursor on one.")
    return found


def _decision_asks(at: At) -> list[Ask]:
    held = _decision(at)
    return _filled(
        _DECIDE.asks(at),
        {
            "kind": held.kind or "",
            "result": held.result or "",
            "rationale": held.text or "",
            "test": held.test or "",
            "evidential": held.evidential or "",
            "public_interest": held.public_interest or "",
            "by": held.by or "",
            "rank": held.rank or "",
            "subject": held.subject.hex() if held.subject else "",
            "at": typed_form(held.at) if held.at else "",
        },
    )


def _correct_decision(at: At, values: Values) -> str:
    held = _decision(at)
    decide_as_answered(at, values, when=held.at, about=at.subject)
    return _BOTH


def _interview(at: At) -> Interview:
    found = dict(at.dossier.interviews).get(at.subject) if at.subject else None
    if found is None:
        raise BadInputError("That is no interview of this case.", "Put the cursor on one.")
    return found


def _interview_asks(at: At) -> list[Ask]:
    """The questions of an interview, answered as they were; an offence in words that no list has stays as it is."""
    held = _interview(at)
    listed = at.desk.packs.offences.get(held.offence) if held.offence else None
    asks = _filled(
        _INTERVIEW.asks(replace(at, subject=held.suspect)),
        {
            "person": held.suspect.hex() if held.suspect else "",
            "account": held.account or "",
            "text": held.text or "",
            "offence": (held.offence or "") if listed else "",
            "at": typed_form(held.at) if held.at else "",
            "voluntary": yes_no(held.voluntary),
            "legal_advice": held.legal_advice or "",
            "appropriate_adult": held.appropriate_adult or "",
        },
    )
    kept = f"{held.offence} if nothing is given" if held.offence else ""
    return [replace(ask, hint=kept) if ask.name == "offence" and not listed else ask for ask in asks]


def _correct_interview(at: At, values: Values) -> str:
    held = _interview(at)
    told = suspects.interview(
        at.desk,
        at.case_id,
        id_of(values, "person") or held.suspect,
        account=text_of(values, "account"),
        at=values.get("at") or held.at,
        offence=text_of(values, "offence") or held.offence or "",
        voluntary=values.get("voluntary"),
        legal_advice=text_of(values, "legal_advice"),
        appropriate_adult=text_of(values, "appropriate_adult"),
        text=text_of(values, "text"),
        about=at.subject,
    )
    return " ".join([_BOTH, *told.warnings])


def _feedback(at: At) -> Feedback:
    found = dict(at.dossier.feedback).get(at.subject) if at.subject else None
    if found is None:
        raise BadInputError("That is no feedback of this case.", "Put the cursor on some.")
    return found


def _feedback_asks(at: At) -> list[Ask]:
    held = _feedback(at)
    return _filled(
        _FEEDBACK.asks(at),
        {
            "officer": held.officer or "",
            "theme": held.theme or "",
            "praise": "praise" if held.praise else "learning",
            "text": held.text or "",
        },
    )


def _correct_feedback(at: At, values: Values) -> str:
    give_feedback(
        at.desk,
        at.case_id,
        theme=text_of(values, "theme"),
        praise=text_of(values, "praise") == "praise",
        text=text_of(values, "text"),
        officer=text_of(values, "officer"),
        at=_feedback(at).at,
        about=at.subject,
    )
    return _BOTH


RECORD_CORRECTIONS = (
    Verb("correct.decision", "Correct a decision", "Correct a decision by a new one; both stay.", _correct_decision,
         _decision_asks),
    Verb("correct.interview", "Correct an interview", "Correct an interview by a new one; both stay.",
         _correct_interview, _interview_asks),
    Verb("correct.feedback", "Correct feedback", "Correct feedback by a new entry; both stay.", _correct_feedback,
         _feedback_asks),
)  # fmt: skip
"""How an entry of the dossier is corrected, by the name of its entity."""
