"""The fields of a form: what each asks for, and how what was typed becomes a value or a reason why not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casedesk.model.errors import BadInputError
from casedesk.model.moments import Moment, day_of, earliest, show_moment
from casedesk.model.text import MAX_TEXT, clean
from casedesk.model.typed_moments import Lean, describe, parse_typed_moment, typed_form

Check = Callable[[Any], str | None]
"""Says what is wrong with a value, in a sentence with the cure; None where nothing is."""

Values = dict[str, Any]
"""A form's values by field name: str, Moment or bool; None where nothing was given."""


def no_check(_value: Any) -> None:
    """Any value will do."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a form asks for. What is typed is text; :meth:`read` makes the value of it."""

    name: str
    """Its name among the form's values and in its draft."""
    label: str
    required: bool = False
    hint: str = ""
    """What to type, shown while the field is empty."""
    check: Check = no_check
    """Asked about every value that was given."""

    def read(self, text: str, now: datetime) -> Any:
        """Turn what was typed into a value; None where nothing was. Raises BadInputError."""
        value = self.parse(text, now) if text.strip() else None
        if value is None:
            if self.required:
                raise BadInputError(f"{self.label} is needed.")
            return None
        wrong = self.check(value)
        if wrong:
            raise BadInputError(wrong)
        return value

    def parse(self, text: str, now: datetime) -> Any:
        """Turn text that is not blank into a value. Raises BadInputError."""
        raise NotImplementedError

    def echo(self, value: Any) -> str:
        """What was understood, where that is not plain from what was typed."""
        return ""

    def draft(self, text: str, now: datetime) -> str:
        """What a draft keeps of what was typed."""
        return text


@dataclass(frozen=True, slots=True)
class TextField(Field):
    """A line of text."""

    def parse(self, text: str, now: datetime) -> str:
        """Clean the text."""
        return _fitting(self.label, clean(text))


@dataclass(frozen=True, slots=True)
class LinesField(Field):
    """Text of several lines: a note, a rationale."""

    rows: int = 4
    """How many lines are shown at once."""

    def parse(self, text: str, now: datetime) -> str:
        """Clean the text, its lines kept."""
        return _fitting(self.label, clean(text, lines=True))


@dataclass(frozen=True, slots=True)
class ChoiceField(Field):
    """One of several words."""

    choices: Sequence[tuple[str, str]] = ()
    """Each value with its words on screen."""

    def parse(self, text: str, now: datetime) -> str:
        """Take the value chosen, if it is still among the choices."""
        if all(text != value for value, _words in self.choices):
            raise BadInputError(f"{self.label} is not one of the choices any more.", "Choose again.")
        return text


@dataclass(frozen=True, slots=True)
class YesNoField(ChoiceField):
    """Yes, no, or not answered yet: which is not the same as no."""

    choices: Sequence[tuple[str, str]] = (("yes", "Yes"), ("no", "No"))

    def parse(self, text: str, now: datetime) -> Any:
        """True for yes, False for no."""
        return ChoiceField.parse(self, text, now) == "yes"


@dataclass(frozen=True, slots=True)
class MomentField(Field):
    """A day and time as people type them; the value is a moment as precise as what was typed."""

    lean: Lean = Lean.NEAREST
    """Which side of now it must lie on where the text leaves it open."""
    timed: bool = True
    """Whether a day alone is not enough."""

    def parse(self, text: str, now: datetime) -> Moment:
        """Read the moment."""
        moment = parse_typed_moment(text, now, lean=self.lean)
        if self.timed and len(moment) == 10:
            raise BadInputError(f"{_with_weekday(moment)}: at what time?", "Add it, for example 14:30.")
        return moment

    def echo(self, value: Any) -> str:
        """The moment with its weekday and year."""
        return describe(earliest(value)) if len(value) == 20 else _with_weekday(value)

    def draft(self, text: str, now: datetime) -> str:
        """The moment that was meant: ``-2h`` means something else when the draft is opened again."""
        try:
            moment = parse_typed_moment(text, now, lean=self.lean)
        except BadInputError:
            return text
        if len(moment) == 20:
            return typed_form(earliest(moment))
        day = day_of(moment)
        return text if day is None else f"{day:%d/%m/%Y}"


def read_all(
    fields: Sequence[Field], texts: Mapping[str, str], moments: Mapping[str, datetime]
) -> tuple[Values, dict[str, str]]:
    """Read every field; give the values, and by field name what is wrong.

    ``moments`` says when each was typed: "now" means then, not when the form is saved.
    """
    values: Values = {}
    wrong: dict[str, str] = {}
    for field in fields:
        try:
            values[field.name] = field.read(texts[field.name], moments[field.name])
        except BadInputError as refused:
            wrong[field.name] = str(refused)
    return values, wrong


def _fitting(label: str, text: str) -> str:
    if len(text) > MAX_TEXT:
        raise BadInputError(
            f"{label} is too long: {len(text):,} characters.",
            f"Shorten it to {MAX_TEXT:,}, or attach a file.",
        )
    return text


def _with_weekday(moment: Moment) -> str:
    day = day_of(moment)
    return f"{day:%a} {show_moment(moment)}" if day else show_moment(moment)
