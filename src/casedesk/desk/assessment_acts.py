"""How the acts of a needs assessment are called on screen."""

ASSESSMENT_ACTS = {
    "assessment.start": "beginning a needs assessment",
    "assessment.answer": "an answer of a needs assessment",
    "assessment.prepare": "preparing a needs assessment",
    "assessment.place": "moving on in a needs assessment",
    "assessment.confirm": "confirming part of a needs assessment",
    "assessment.take-out": "taking answers out",
    "assessment.renew": "a needs assessment put on another version",
    "assessment.complete": "completing a needs assessment",
    "assessment.reopen": "opening a needs assessment again",
    "assessment.give-up": "giving a needs assessment up",
    "assessment.trigger": "a safeguarding matter dealt with",
}
"""How the acts of an assessment are called."""
