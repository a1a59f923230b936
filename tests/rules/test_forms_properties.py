"""What holds of every questionnaire and all answers: every way ends, nothing is asked twice, nothing is lost."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from casedesk.reference.form_parts import (
    Condition,
    Either,
    Every,
    Form,
    Holds,
    Option,
    Question,
    QuestionKind,
    Section,
    Whose,
)
from casedesk.reference.forms import load_form
from casedesk.rules.forms import (
    Given,
    SectionState,
    check,
    live,
    next_open,
    next_question,
    orphans,
    previous_question,
    progress,
    resume,
    said,
    scores,
    screens,
    triggers,
    visible,
    would_orphan,
)
from tests.rules.form_answers import any_answers, values_for


def with_audit(folder: Path) -> Form:
    (folder / "forms").mkdir()
    (folder / "forms" / "needs.toml").write_text("[modules]\naudit = true\n")
    return load_form("needs", folder)


@pytest.fixture(scope="module", params=["needs", "needs with AUDIT"])
def form(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Form:
    return load_form("needs") if request.param == "needs" else with_audit(tmp_path_factory.mktemp("packs"))


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """Any small form: questions of every kind, each resting on earlier ones in any way."""
    made: list[Question] = []
    for at in range(draw(st.integers(1, 9))):
        kind = draw(st.sampled_from(list(QuestionKind)))
        options = (Option("a", "A"), Option("b", "B"), Option("none", "None"))
        chooses = kind in (QuestionKind.CHOICE, QuestionKind.MANY)
        made.append(
            Question(
                id=f"s{at // 3}.q{at}",
                section=f"s{at // 3}",
                text=f"Question {at}?",
                kind=kind,
                options=options if chooses else (),
                alone=("none",) if kind is QuestionKind.MANY else (),
                least=0 if kind is QuestionKind.NUMBER else None,
                most=4 if kind is QuestionKind.NUMBER else None,
                when=draw(st.none() | conditions(made)) if made else None,
                whose=draw(st.sampled_from(list(Whose))),
                optional=draw(st.booleans()),
            )
        )
    names = dict.fromkeys(one.section for one in made)
    return Form(
        id="any", version="1", title="", about="", told=made[0].id, triggers={}, instruments={}, modules={},
        sections=tuple(
            Section(
                id=name, title=name, about="", pathway=False,
                questions=tuple(one for one in made if one.section == name),
            )
            for name in names
        ),
    )  # fmt: skip


def conditions(earlier: list[Question]) -> st.SearchStrategy[Condition]:
    one = st.sampled_from(earlier).flatmap(condition)
    return st.recursive(
        one,
        lambda parts: st.lists(parts, min_size=1, max_size=3).flatmap(
            lambda some: st.sampled_from([Every(tuple(some)), Either(tuple(some))])
        ),
        max_leaves=4,
    )


def condition(question: Question) -> st.SearchStrategy[Condition]:
    if question.kind is QuestionKind.NUMBER:
        return st.integers(0, 4).map(lambda least: Holds(question.id, (), least))
    words = ["yes", "no"] if question.kind is QuestionKind.YES_NO else [one.id for one in question.options]
    if not words:
        return st.just(Holds(question.id))
    return st.lists(st.sampled_from(words), unique=True).map(lambda some: Holds(question.id, tuple(some)))


def fill(form: Form, dice: Random, draw: st.DataObject) -> dict[str, Given]:
    """Answer whatever is open until nothing is; fails where that does not end."""
    answers: dict[str, Given] = {}
    for _ in range(len(form.questions) + 1):
        question = next_open(form, answers)
        if question is None:
            return answers
        if question.declinable and dice.random() < 0.2:
            answers[question.id] = Given(declined=True)
        else:
            answers[question.id] = Given(value=draw.draw(values_for(question)), confirmed=True)
    raise AssertionError("it goes on for ever")


@drawn(forms(), st.data(), st.randoms(use_true_random=False))
def test_every_way_through_a_form_ends_and_leaves_nothing_open(
    form: Form, draw: st.DataObject, dice: Random
) -> None:
    answers = fill(form, dice, draw)
    assert all(one.optional or one.id in answers for one in visible(form, answers))
    assert not any(one.missing for one in progress(form, answers))


@settings(max_examples=10)
@drawn(draw=st.data(), dice=st.randoms(use_true_random=False))
def test_every_way_through_the_shipped_form_ends(form: Form, draw: st.DataObject, dice: Random) -> None:
    answers = fill(form, dice, draw)
    assert not any(one.missing for one in progress(form, answers))
    assert not orphans(form, answers)


def walked(form: Form, answers: dict[str, Given]) -> list[str]:
    asked = []
    question = next_question(form, answers)
    while question is not None:
        asked.append(question.id)
        assert len(asked) <= len(form.questions)
        question = next_question(form, answers, question.id)
    return asked


@settings(max_examples=25)
@drawn(draw=st.data())
def test_going_on_visits_every_question_that_arises_once_and_going_back_the_same(
    form: Form, draw: st.DataObject
) -> None:
    answers = draw.draw(any_answers(form))
    arising = [one.id for one in visible(form, answers)]
    assert walked(form, answers) == arising
    back = [arising[-1]]
    while (before := previous_question(form, answers, back[-1])) is not None:
        back.append(before.id)
    assert back[::-1] == arising


@drawn(st.data())
def test_the_same_in_any_form(draw: st.DataObject) -> None:
    form = draw.draw(forms())
    answers = draw.draw(any_answers(form, share=1))
    assert walked(form, answers) == [one.id for one in visible(form, answers)]


@settings(max_examples=25)
@drawn(draw=st.data())
def test_it_can_be_resumed_at_every_step(form: Form, draw: st.DataObject) -> None:
    answers = draw.draw(any_answers(form))
    arising = {one.id for one in visible(form, answers)}
    for place in (*form.questions, None, "gone.question"):
        here = resume(form, answers, place)
        assert here is not None
        assert here.id in arising
        if place in arising:
            assert here.id == place


@settings(max_examples=25)
@drawn(draw=st.data())
def test_the_orphans_are_exactly_the_answers_whose_question_does_not_arise(
    form: Form, draw: st.DataObject
) -> None:
    answers = {**draw.draw(any_answers(form)), "gone.question": Given(value="yes")}
    arising = {one.id for one in visible(form, answers)}
    found = orphans(form, answers)
    assert {one.question for one in found} == {name for name in answers if name not in arising}
    assert [one.question for one in found if not one.in_form] == ["gone.question"]
    assert not {one.question for one in found} & live(form, answers).keys()


@settings(max_examples=25)
@drawn(draw=st.data())
def test_taking_orphans_out_changes_nothing_else_and_doing_it_twice_is_doing_it_once(
    form: Form, draw: st.DataObject
) -> None:
    answers = draw.draw(any_answers(form))
    before = (visible(form, answers), live(form, answers), scores(form, answers), screens(form, answers))
    gone = {one.question for one in orphans(form, answers)}
    left = {name: one for name, one in answers.items() if name not in gone}
    assert not orphans(form, left)
    assert (visible(form, left), live(form, left), scores(form, left), screens(form, left)) == before


@settings(max_examples=25)
@drawn(draw=st.data())
def test_what_a_change_would_orphan_is_said_beforehand_and_no_answer_is_dropped(
    form: Form, draw: st.DataObject
) -> None:
    answers = draw.draw(any_answers(form))
    question = draw.draw(st.sampled_from(visible(form, answers)))
    changed = Given(value=draw.draw(values_for(question)), confirmed=True)
    warned = {one.question for one in would_orphan(form, answers, question.id, changed)}
    already = {one.question for one in orphans(form, answers)}
    after = {**answers, question.id: changed}
    assert {one.question for one in orphans(form, after)} - already == warned
    assert live(form, after).keys() | {one.question for one in orphans(form, after)} == after.keys()


@settings(max_examples=25)
@drawn(draw=st.data())
def test_every_answer_is_kept_as_it_was_given_and_reads_back(form: Form, draw: st.DataObject) -> None:
    for name, one in draw.draw(any_answers(form)).items():
        if one.value is not None:
            question = form.questions[name]
            assert check(question, one.value) == one.value
            assert said(question, one.value)


@settings(max_examples=25)
@drawn(draw=st.data())
def test_a_trigger_says_which_answers_raised_it_and_none_comes_of_nothing(
    form: Form, draw: st.DataObject
) -> None:
    answers = draw.draw(any_answers(form))
    raised = triggers(form, answers)
    assert [one.same_day for one in raised] == sorted((one.same_day for one in raised), reverse=True)
    for one in raised:
        assert one.questions
        assert all(answers[name].value for name in one.questions)
        left = {name: held for name, held in answers.items() if name not in one.questions}
        assert one.id not in {again.id for again in triggers(form, left)}


@settings(max_examples=25)
@drawn(draw=st.data())
def test_a_section_is_complete_exactly_when_nothing_in_it_is_open(form: Form, draw: st.DataObject) -> None:
    answers = draw.draw(any_answers(form))
    for one in progress(form, answers, form.by_section):
        assert (one.state is SectionState.COMPLETE) == (not one.missing and not one.unconfirmed)
        assert one.answered <= one.asked
