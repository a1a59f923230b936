"""What a questionnaire asks, given the answers so far: the questions that arise, in which order, and the orphans."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from casedesk.reference.form_parts import (
    Condition,
    Every,
    Form,
    Holds,
    Instrument,
    Question,
    QuestionKind,
    Scored,
    Section,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One answer as it stands."""

    value: str | None = None
    """As kept: see :class:`casedesk.reference.form_parts.QuestionKind`. None where it was declined."""
    said: str = ""
    """In words, as it was shown."""
    asked: str = ""
    """The question as it was asked."""
    note: str = ""
    declined: bool = False
    confirmed: bool = False
    """False while it was only prepared from the file."""
    removed: bool = False
    """Taken out: it counts for nothing."""

    @property
    def stands(self) -> bool:
        """Whether it answers its question, declined or not."""
        return not self.removed and (self.declined or self.value is not None)


Answers = Mapping[str, Given]
"""The answers by the ids of their questions."""


@dataclass(frozen=True, slots=True)
class Orphan:
    """An answer whose question no longer arises."""

    question: str
    given: Given
    in_form: bool
    """False where the form has no such question any more."""


def visible(form: Form, answers: Answers) -> tuple[Question, ...]:
    """The questions that arise, in order."""
    return tuple(walk(form, answers)[0])


def arises(form: Form, answers: Answers, question_id: str) -> bool:
    """Whether a question is asked, given the answers so far."""
    return any(question.id == question_id for question, _ in _pass(form, answers))


def live(form: Form, answers: Answers) -> dict[str, Given]:
    """The answers that count: those that stand and whose questions arise, in the form's order."""
    return walk(form, answers)[1]


def orphans(form: Form, answers: Answers) -> tuple[Orphan, ...]:
    """The answers that stand although their question does not arise, in the form's order, unknown ones last."""
    counted_ones = live(form, answers)
    places = {name: at for at, name in enumerate(form.questions)}
    left = [name for name, given in answers.items() if given.stands and name not in counted_ones]
    return tuple(
        Orphan(name, answers[name], name in places)
        for name in sorted(left, key=lambda name: (places.get(name, len(places)), name))
    )


def would_orphan(form: Form, answers: Answers, question_id: str, given: Given) -> tuple[Orphan, ...]:
    """The answers that a changed answer would leave without their question, beyond those that are so already."""
    before = {one.question for one in orphans(form, answers)}
    after = orphans(form, {**answers, question_id: given})
    return tuple(one for one in after if one.question not in before)


def next_question(form: Form, answers: Answers, after: str | None = None) -> Question | None:
    """The next question that arises; the first one where none is given; None at the end.

    ``after`` may be a question that no longer arises. One that the form does not know starts at the beginning.
    """
    return next(_onward(form, answers, after), None)


def previous_question(form: Form, answers: Answers, before: str) -> Question | None:
    """The question that arises before another one; None at the beginning."""
    arising = {question.id for question in visible(form, answers)}
    found = None
    for question in form.questions.values():
        if question.id == before:
            return found
        if question.id in arising:
            found = question
    return None


def next_open(form: Form, answers: Answers, after: str | None = None) -> Question | None:
    """The next question that arises, is not answered and may not be left empty; None when there is none after it."""
    onward = _onward(form, answers, after)
    return next((one for one in onward if not one.optional and not _stands(answers, one.id)), None)


def resume(form: Form, answers: Answers, place: str | None) -> Question | None:
    """The question to go on at: the one at ``place`` if it still arises, else the next, else the last."""
    arising = visible(form, answers)
    if not arising:
        return None
    here = next((question for question in arising if question.id == place), None)
    return here or next_question(form, answers, place) or arising[-1]


def form_of_answers(form_id: str, version: str, answers: Answers) -> Form:
    """A form made up from answers alone, for reading an assessment whose version is not kept: no question is hidden."""
    by_section: dict[str, list[Question]] = {}
    for name, given in answers.items():
        section = name.partition(".")[0]
        question = Question(
            id=name, section=section, text=given.asked or name, kind=QuestionKind.LINES, optional=True
        )
        by_section.setdefault(section, []).append(question)
    sections = tuple(
        Section(
            id=section,
            title=section.replace("-", " ").capitalize(),
            about="",
            pathway=any(question.id == f"{section}.score" for question in questions),
            questions=tuple(questions),
        )
        for section, questions in by_section.items()
    )
    return Form(
        id=form_id, version=version, title="Assessment", about="", told="", sections=sections, triggers={},
        instruments={}, modules={},
    )  # fmt: skip


# -- conditions -------------------------------------------------------------------------------------------------


def score_of(tool: Instrument, answers: Answers) -> int | None:
    """The sum of the items; None while one is missing or declined."""
    values = [given.value if (given := answers.get(item)) else None for item in tool.items]
    return sum(int(value) for value in values if value) if all(values) else None


def walk(form: Form, answers: Answers) -> tuple[list[Question], dict[str, Given]]:
    """The questions that arise, and the answers that count."""
    arising: list[Question] = []
    counting: dict[str, Given] = {}
    for question, given in _pass(form, answers):
        arising.append(question)
        if given is not None:
            counting[question.id] = given
    return arising, counting


def _pass(form: Form, answers: Answers) -> Iterator[tuple[Question, Given | None]]:
    """One pass: each question that arises, with its answer if it stands. Only answers that count open a follow-up."""
    counting: dict[str, Given] = {}
    for question in form.questions.values():
        if question.when is not None and not met(form, question.when, counting):
            continue
        given = answers.get(question.id)
        if given is not None and given.stands:
            counting[question.id] = given
            yield question, given
        else:
            yield question, None


def _onward(form: Form, answers: Answers, after: str | None) -> Iterator[Question]:
    """The questions that arise after one, in order; all of them where none is given, or the form does not know it."""
    places = {name: at for at, name in enumerate(form.questions)}
    since = places.get(after, -1) if after is not None else -1
    return (question for question in visible(form, answers) if places[question.id] > since)


def met(form: Form, condition: Condition, answers: Answers) -> bool:
    """Whether a condition is met by these answers."""
    if isinstance(condition, Holds):
        return _holds(condition, answers.get(condition.question))
    if isinstance(condition, Scored):
        tool = form.instruments.get(condition.instrument)
        score = score_of(tool, answers) if tool else None
        return score is not None and score >= condition.at_least
    parts = (met(form, part, answers) for part in condition.parts)
    return all(parts) if isinstance(condition, Every) else any(parts)


def _holds(condition: Holds, given: Given | None) -> bool:
    if given is None or given.value is None or given.declined or given.removed:
        return False
    if condition.at_least is not None:
        return given.value.isdigit() and int(given.value) >= condition.at_least
    return (
        not condition.values
        or given.value in condition.values
        or bool(set(condition.values) & set(given.value.split()))
    )


def _stands(answers: Answers, name: str) -> bool:
    given = answers.get(name)
    return given is not None and given.stands
