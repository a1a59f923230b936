"""Answers for the tests of questionnaires: made by hand, or drawn at random for any question."""

from datetime import date

from hypothesis import strategies as st

from casedesk.reference.form_parts import Form, Question, QuestionKind
from casedesk.rules.forms import Given, said


def yes(question: Question | None = None) -> Given:
    return given("yes", question)


def given(value: str, question: Question | None = None, *, confirmed: bool = True) -> Given:
    """An answer that was confirmed."""
    words = said(question, value) if question else value
    return Given(value=value, said=words, asked=question.text if question else "", confirmed=confirmed)


def answers_of(form: Form, **values: str) -> dict[str, Given]:
    """Answers by question, written with two underscores for the point and one for the hyphen."""
    named = {name.replace("__", ".").replace("_", "-"): value for name, value in values.items()}
    return {name: given(value, form.questions[name]) for name, value in named.items()}


def values_for(question: Question) -> st.SearchStrategy[str]:
    """Anything that answers a question."""
    options = [option.id for option in question.options]
    if question.kind is QuestionKind.CHOICE:
        return st.sampled_from(options)
    if question.kind is QuestionKind.MANY:
        several = st.lists(st.sampled_from(options), min_size=1, unique=True)
        return several.filter(lambda chosen: len(chosen) == 1 or not set(chosen) & set(question.alone)).map(
            lambda chosen: " ".join(one for one in options if one in chosen)
        )
    if question.kind is QuestionKind.YES_NO:
        return st.sampled_from(["yes", "no"])
    if question.kind is QuestionKind.NUMBER:
        return st.integers(question.least or 0, question.most if question.most is not None else 99).map(str)
    if question.kind is QuestionKind.DAY:
        return st.dates(date(2000, 1, 1), date(2099, 1, 1)).map(str)
    return st.sampled_from(["words", "other words"])


@st.composite
def any_answers(draw: st.DrawFn, form: Form, *, share: int = 2) -> dict[str, Given]:
    """Answers to any of a form's questions, whether they arise or not; some declined, some only prepared."""
    chosen = draw(st.sets(st.sampled_from(sorted(form.questions)), max_size=len(form.questions) // share))
    made = {}
    for name in sorted(chosen):
        question = form.questions[name]
        if question.declinable and draw(st.integers(0, 9)) == 0:
            made[name] = Given(declined=True, asked=question.text, confirmed=True)
        else:
            value = draw(values_for(question))
            made[name] = given(value, question, confirmed=draw(st.booleans()))
    return made
