"""A questionnaire filled in: what is asked, what comes next, what an answer is worth and what it makes necessary.

Pure. Everything follows from the form and the answers given so far. A question may depend on earlier ones only, so
that the questions that arise are found in one pass and every way through a form ends. An answer whose question no
longer arises is an *orphan*: it counts for nothing but the triggers, which stay until it is taken out in sight.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from casedesk.model.text import counted
from casedesk.reference.form_parts import Form, Question, Section
from casedesk.rules.form_findings import (
    NeedScore,
    ScreenScore,
    Trigger,
    needs,
    raising_words,
    scores,
    screens,
    triggers,
)
from casedesk.rules.form_values import DECLINED, LINE, NO, YES, Typed, check, said, said_one
from casedesk.rules.form_walk import (
    Answers,
    Given,
    Orphan,
    arises,
    form_of_answers,
    live,
    next_open,
    next_question,
    orphans,
    previous_question,
    resume,
    visible,
    would_orphan,
)

__all__ = [
    "DECLINED",
    "LINE",
    "NO",
    "YES",
    "Answers",
    "Given",
    "NeedScore",
    "Orphan",
    "ScreenScore",
    "SectionProgress",
    "SectionState",
    "Trigger",
    "Typed",
    "arises",
    "check",
    "form_of_answers",
    "live",
    "missing_words",
    "needs",
    "next_open",
    "next_question",
    "orphans",
    "previous_question",
    "progress",
    "raising_words",
    "resume",
    "said",
    "said_one",
    "scores",
    "screens",
    "triggers",
    "visible",
    "would_orphan",
]


class SectionState(StrEnum):
    """How far a section has come."""

    NOT_STARTED = "not started"
    LOOKED_AT = "looked at"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionProgress:
    """How far one section has come."""

    section: str
    title: str
    state: SectionState
    asked: int
    """How many questions arise in it."""
    answered: int
    """How many of them are answered or declined."""
    missing: tuple[str, ...]
    """Ids of the questions that arise, may not be left empty, and are not answered."""
    unconfirmed: tuple[str, ...]
    """Ids of those that are answered from the file only."""
    flags: int
    """How many triggers its answers raise."""


def progress(form: Form, answers: Answers, seen: Iterable[str] = ()) -> tuple[SectionProgress, ...]:
    """How far every section has come. ``seen`` names the sections that were looked at.

    A section is complete once it was looked at or begun, nothing is missing, and nothing is left unconfirmed.
    """
    arising, counting = visible(form, answers), live(form, answers)
    looked = set(seen)
    raised = triggers(form, answers)
    return tuple(
        _progress(
            section,
            [question for question in arising if question.section == section.id],
            counting,
            section.id in looked,
            sum(any(_section_of(form, name) == section.id for name in one.questions) for one in raised),
        )
        for section in form.sections
    )


def _progress(
    section: Section, asked: list[Question], answers: Answers, seen: bool, flags: int
) -> SectionProgress:
    answered = [question for question in asked if question.id in answers]
    missing = tuple(one.id for one in asked if one.id not in answers and not one.optional)
    unconfirmed = tuple(one.id for one in answered if not answers[one.id].confirmed)
    begun = seen or any(answers[one.id].confirmed for one in answered)
    if not begun:
        state = SectionState.NOT_STARTED
    else:
        state = SectionState.LOOKED_AT if missing or unconfirmed else SectionState.COMPLETE
    return SectionProgress(
        section=section.id,
        title=section.title,
        state=state,
        asked=len(asked),
        answered=len(answered),
        missing=missing,
        unconfirmed=unconfirmed,
        flags=flags,
    )


def missing_words(progress_of: Sequence[SectionProgress]) -> str:
    """What is missing, in one line: ``3 questions in 2 sections``; empty where nothing is."""
    open_ones = [len(one.missing) for one in progress_of if one.missing]
    if not open_ones:
        return ""
    return f"{counted(sum(open_ones), 'question')} in {counted(len(open_ones), 'section')}"


def _section_of(form: Form, name: str) -> str:
    question = form.questions.get(name)
    return question.section if question else ""
