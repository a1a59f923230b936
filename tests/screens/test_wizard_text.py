"""What the wizard says: every word of every question fits, marks have words, and no sign rests on colour alone."""

import pytest

from casedesk.reference.form_parts import Form, QuestionKind
from casedesk.reference.packs import Packs
from casedesk.rules.forms import Given, SectionProgress, SectionState
from casedesk.screens.clinic.wizard_pane import rows_of
from casedesk.screens.clinic.wizard_text import (
    MARKS,
    Asked,
    answer_lines,
    key_of_option,
    options_of,
    question_lines,
    section_rows,
    section_words,
)
from casedesk.widgets.flow import Line


@pytest.fixture(scope="module")
def form() -> Form:
    return Packs().forms["needs"]


def text_of(lines: list[Line], width: int) -> str:
    rows = ["".join(text for text, _ in row) for row in rows_of(lines, width)]
    assert max(map(len, rows)) <= width
    return " ".join(" ".join(rows).split())


def progress(title: str, state: SectionState, answered: int = 0, **more: object) -> SectionProgress:
    known = {"asked": 8, "missing": (), "unconfirmed": (), "flags": 0} | more
    return SectionProgress(section=title, title=title, state=state, answered=answered, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize("width", [30, 50, 110])
def test_every_word_of_every_question_is_on_screen(form: Form, width: int) -> None:
    for question in form.questions.values():
        said = text_of(question_lines(Asked(question=question, given=None)), width)
        for words in (
            question.text,
            question.hint,
            question.must,
            *(words for _, words in options_of(question)),
        ):
            assert " ".join(words.split()) in said, question.id


@pytest.mark.parametrize("width", [27, 45])
def test_every_section_keeps_its_title_and_its_state_in_words(form: Form, width: int) -> None:
    parts = [progress(one.title, SectionState.LOOKED_AT, 3, flags=1) for one in form.sections]
    rows = section_rows(parts, form.sections[3].title, width)
    for one in form.sections:
        own = ["".join(text for text, _ in row) for section, row in rows if section == one.title]
        said = " ".join(" ".join(own).replace("►", " ").split())
        assert max(map(len, own)) <= width
        for word in one.title.split():
            assert word in said
        assert "3 of 8" in said
        assert "▲" in said


def test_states_differ_by_mark_and_by_word() -> None:
    parts = [
        progress("a", SectionState.NOT_STARTED),
        progress("a", SectionState.LOOKED_AT, 3),
        progress("a", SectionState.COMPLETE, 8),
    ]
    assert [section_words(one) for one in parts] == ["to do", "3 of 8", "done"]
    assert len(set(MARKS.values())) == 3


def test_options_have_the_keys_that_choose_them(form: Form) -> None:
    many = next(
        one for one in form.questions.values() if one.kind is QuestionKind.MANY and len(one.options) > 9
    )
    assert [key_of_option(many, place) for place in (0, 8, 9, 10)] == ["1", "9", "0", ""]
    yes_no = next(one for one in form.questions.values() if one.kind is QuestionKind.YES_NO)
    assert [key_of_option(yes_no, place) for place in (0, 1)] == ["y", "n"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "○ Not answered yet"),
        (Given(value="yes", said="Yes", confirmed=True), "✓ Saved · said in the clinic"),
        (Given(value="yes", said="Yes"), "▲ Saved, from the file only: c once it is said in the clinic"),
        (Given(declined=True, confirmed=True), "● Prefers not to say"),
        (Given(value="yes", said="Yes", note="asked twice"), "Note: asked twice"),
        (Given(value="yes", said="Yes", removed=True), "○ Not answered yet"),
    ],
)
def test_where_an_answer_stands_is_said_in_words(form: Form, given: Given | None, said: str) -> None:
    question = form.questions["identity.veteran"]
    assert said in text_of(answer_lines(Asked(question=question, given=given)), 80)


def test_chosen_options_are_marked_without_colour(form: Form) -> None:
    question = form.questions["identity.veteran"]
    said = text_of(question_lines(Asked(question=question, given=Given(value="no", said="No"))), 60)
    assert "○ Yes" in said
    assert "● No" in said
    many = form.questions["identity.role"]
    chosen = many.options[0]
    said = text_of(question_lines(Asked(question=many, given=Given(value=chosen.id, said=chosen.text))), 60)
    assert f"[x] {chosen.text}" in said
    assert f"[ ] {many.options[1].text}" in said
