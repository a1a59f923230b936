"""Answers as they are typed, kept and shown."""

from collections.abc import Sequence
from datetime import date, datetime

from casedesk.model.errors import BadInputError
from casedesk.model.moments import Moment, day_of, moment, moment_of_day, show_moment
from casedesk.model.text import MAX_TEXT, clean
from casedesk.model.typed_moments import parse_typed_moment
from casedesk.reference.form_parts import Question, QuestionKind

Typed = str | int | bool | date | Sequence[str] | None
"""What a question may be answered with: words as typed, or the value of a field of a form."""
LINE = 500
"""The most characters of an answer of one line."""
YES, NO = "yes", "no"
DECLINED = "Prefers not to say"
"""How a declined question is shown."""


def check(question: Question, typed: Typed, *, now: datetime | None = None) -> str:
    """An answer as it is kept. With ``now`` a day may be typed in any of the usual ways, else as 2026-11-22.

    Raises BadInputError, with what would do, for anything that does not answer the question.
    """
    if typed is None or typed == "" or typed == ():
        raise BadInputError(
            "Nothing is answered.", "Answer, or choose “prefer not to say” where it is offered."
        )
    return _CHECKS[question.kind](question, typed, now)


def said(question: Question, value: str) -> str:
    """An answer as kept, in words."""
    if question.kind is QuestionKind.CHOICE:
        option = question.option(value)
        return option.text if option else value
    if question.kind is QuestionKind.MANY:
        return "; ".join(said_one(question, one) for one in value.split())
    if question.kind is QuestionKind.YES_NO:
        return value.capitalize()
    return show_moment(Moment(value)) if question.kind is QuestionKind.DAY else value


def said_one(question: Question, option_id: str) -> str:
    """One option in words; its id where the question has no such one."""
    option = question.option(option_id)
    return option.text if option else option_id


def _choice(question: Question, typed: Typed, _now: datetime | None) -> str:
    word = str(typed)
    if question.option(word) is None:
        raise BadInputError(
            f"“{clean(word)}” is not one of the answers.",
            f"One of: {', '.join(o.id for o in question.options)}.",
        )
    return word


def _many(question: Question, typed: Typed, now: datetime | None) -> str:
    words = typed.split() if isinstance(typed, str) else [str(one) for one in _sequence(typed)]
    chosen = {_choice(question, word, now) for word in words}
    only = [word for word in question.alone if word in chosen]
    if only and len(chosen) > 1:
        raise BadInputError(
            f"“{said_one(question, only[0])}” does not go with another answer.",
            "Choose it alone, or not at all.",
        )
    return " ".join(option.id for option in question.options if option.id in chosen)


def _sequence(typed: Typed) -> Sequence[str]:
    if isinstance(typed, Sequence):
        return typed
    raise BadInputError("Several answers are expected.", "Choose any of those listed.")


def _yes_no(_question: Question, typed: Typed, _now: datetime | None) -> str:
    if isinstance(typed, bool):
        return YES if typed else NO
    word = str(typed).strip().casefold()
    if word in (YES, "y"):
        return YES
    if word in (NO, "n"):
        return NO
    raise BadInputError(f"“{clean(str(typed))}” is neither yes nor no.", "Answer yes or no.")


def _number(question: Question, typed: Typed, _now: datetime | None) -> str:
    text = str(typed).strip()
    if isinstance(typed, bool) or not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise BadInputError(f"“{clean(text)}” is not a whole number.", _range_words(question))
    number = int(text)
    if (question.least is not None and number < question.least) or (
        question.most is not None and number > question.most
    ):
        raise BadInputError(f"{number:,} does not fit.", _range_words(question))
    return str(number)


def _range_words(question: Question) -> str:
    if question.least is not None and question.most is not None:
        return f"Give a number from {question.least} to {question.most}."
    return "Give a whole number in figures."


_DAYS = "Give a day: 23/11, 23 Nov 2026, monday or +5d."


def _day(_question: Question, typed: Typed, now: datetime | None) -> str:
    if isinstance(typed, date):
        return moment_of_day(typed)
    text = clean(str(typed))
    try:
        given = moment(text)
    except ValueError:
        if now is None:
            raise BadInputError(f"“{text}” is not a day.", "Write it as 2026-11-22.") from None
        try:
            given = parse_typed_moment(text, now)
        except BadInputError as refused:  # what it offers instead may be a time of day
            raise BadInputError(refused.message, _DAYS) from None
    on = day_of(given)
    if on is None:
        raise BadInputError(f"“{text}” names no day.", "Give the day as well.")
    return moment_of_day(on)


def _text(_question: Question, typed: Typed, _now: datetime | None) -> str:
    return _bounded(clean(str(typed)), LINE)


def _lines(_question: Question, typed: Typed, _now: datetime | None) -> str:
    return _bounded(clean(str(typed), lines=True), MAX_TEXT)


def _bounded(text: str, most: int) -> str:
    if not text:
        raise BadInputError("Nothing is answered.", "Write what was said.")
    if len(text) > most:
        raise BadInputError(f"The answer has {len(text):,} characters.", f"The most is {most:,}.")
    return text


_CHECKS = {
    QuestionKind.CHOICE: _choice,
    QuestionKind.MANY: _many,
    QuestionKind.YES_NO: _yes_no,
    QuestionKind.NUMBER: _number,
    QuestionKind.DAY: _day,
    QuestionKind.TEXT: _text,
    QuestionKind.LINES: _lines,
}
