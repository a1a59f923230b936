"""The verb that grades a case by THOR, for the decisions tab of the case page."""

from casedesk.desk.asking import Ask, At, Kind, Values, Verb
from casedesk.desk.grading import grade, grades_of
from casedesk.reference.thor import GRADES, MOST


def _asks(at: At) -> list[Ask]:
    grades = grades_of(at.desk, at.file)
    return [
        *(
            Ask(
                name,
                grades.thor.grades[name].label,
                Kind.CHOICE,
                required=True,
                choices=tuple((str(number), str(number)) for number in range(MOST + 1)),
                hint=f"suggested {suggested}",
                initial=str(level),
            )
            for name, level, suggested in zip(GRADES, grades.levels, grades.suggestion.levels, strict=True)
        ),
        Ask("why", "Why", Kind.LINES, hint="wanted where it departs from what is suggested"),
    ]


def _run(at: At, values: Values) -> str:
    threat, harm, opportunity, risk = (int(values[name]) for name in GRADES)
    grade(
        at.desk, at.case_id, threat=threat, harm=harm, opportunity=opportunity, risk=risk, why=values.get("why") or "",
    )  # fmt: skip
    return (
        f"Graded: {at.desk.packs.thor.total(threat, harm, opportunity, risk)} of {at.desk.packs.thor.most}."
    )


GRADE = Verb(
    "decision.grade", "Grade by THOR", "Grade threat, harm, opportunity and risk; an earlier grading stays in sight.",
    _run, _asks, key="t",
)  # fmt: skip
"""Grades the case."""
