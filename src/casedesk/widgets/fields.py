"""The fields of a form: what each asks for, and how what was typed becomes a value or a reason why not."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from casedesk.model.errors import BadInputError
from casedesk.model.moments import Moment, day_of, earliest, earliest_day, moment_of_day, show_moment
from casedesk.model.text import MAX_TEXT, clean
from casedesk.model.typed_moments import (
    Lean,
    describe,
    parse_birthday,
    parse_typed_day,
    parse_typed_moment,
    typed_form,
    working_day_note,
)

Check = Callable[[Any], str | None]
"""Says what is wrong with a value, in a sentence with the cure; None where nothing is."""

Values = dict[str, Any]
"""A form's values by field name: str, Moment, bool, int or a tuple of str; None where nothing was given."""


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
    question: str = field(default="", kw_only=True)
    """What is asked in full, where the label is too short for it; it stays in sight above the field."""

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

    def remark(self, text: str, now: datetime) -> str:
        """What must be known of how the text was read, where it could be read."""
        return ""

    def draft(self, text: str, now: datetime) -> str:
        """What a draft keeps of what was typed."""
        return text


@dataclass(frozen=True, slots=True)
class TextField(Field):
    """A line of text."""

    def parse(self, text: str, now: datetime) -> str:
        """Clean the text."""
        return fitting(self.label, clean(text))


@dataclass(frozen=True, slots=True)
class LinesField(Field):
    """Text of several lines: a note, a rationale."""

    rows: int = 4
    """How many lines are shown at once."""

    def parse(self, text: str, now: datetime) -> str:
        """Clean the text, its lines kept."""
        return fitting(self.label, clean(text, lines=True))


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
class ManyField(ChoiceField):
    """Any of several words. The value is a tuple of them in the order of the choices; as text, with commas."""

    suggested: Sequence[str] = ()
    """The values that one key chooses."""

    def parse(self, text: str, now: datetime) -> Any:
        """Take the values chosen, if each is still among the choices."""
        chosen = split_many(text)
        gone = chosen - {value for value, _words in self.choices}
        if gone:
            raise BadInputError(
                f"{self.label}: {len(gone)} of what was chosen is not offered any more.", "Choose again."
            )
        return tuple(value for value, _words in self.choices if value in chosen) or None


def split_many(text: str) -> set[str]:
    """The values in the text of a :class:`ManyField`."""
    return {one.strip() for one in text.split(",") if one.strip()}


_WHOLE = re.compile(r"[+-]?(?:\d{1,9}|\d{1,3}(?:,\d{3}){1,2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class NumberField(Field):
    """A whole number."""

    least: int = 0
    most: int = 999_999

    def parse(self, text: str, now: datetime) -> int:
        """Read the number; ``1,200`` has its commas where people put them."""
        plain = text.strip()
        if not _WHOLE.fullmatch(plain):
            raise BadInputError(f"{self.label} is a whole number.", f"Type one {self._span}.")
        number = int(plain.replace(",", ""))
        if not self.least <= number <= self.most:
            raise BadInputError(f"{self.label} cannot be {number:,}.", f"Type a whole number {self._span}.")
        return number

    @property
    def _span(self) -> str:
        return f"from {self.least:,} to {self.most:,}"


_LEEWAY = timedelta(minutes=5)
"""How far this computer's clock may be behind the one a time was read off."""


@dataclass(frozen=True, slots=True)
class MomentField(Field):
    """A day and time as people type them; the value is a moment as precise as what was typed."""

    lean: Lean = Lean.NEAREST
    """Which side of now it must lie on where the text leaves it open."""
    timed: bool = True
    """Whether a day alone is not enough."""
    happened: bool = False
    """Whether a time to come is refused: what is recorded has happened."""
    holidays: Collection[date] = frozenset()
    """The bank holidays that ``+5wd`` leaves out; without them Monday to Friday are counted, and it says so."""

    def parse(self, text: str, now: datetime) -> Moment:
        """Read the moment."""
        moment = self._read(text, now)
        if self.happened and earliest(moment) > now + _LEEWAY:
            raise BadInputError(f"{self.echo(moment)} lies in the future.", "Give the time it happened.")
        if self.timed and len(moment) == 10:
            raise BadInputError(f"{_with_weekday(moment)}: at what time?", "Add it, for example 14:30.")
        return moment

    def _read(self, text: str, now: datetime) -> Moment:
        return parse_typed_moment(text, now, lean=self.lean, holidays=self.holidays, timed=self.timed)

    def echo(self, value: Any) -> str:
        """The moment with its weekday and year."""
        return describe(earliest(value)) if len(value) == 20 else _with_weekday(value)

    def remark(self, text: str, now: datetime) -> str:
        """That bank holidays are not known, where working days were counted without them."""
        return working_day_note(text, now, self.holidays)

    def draft(self, text: str, now: datetime) -> str:
        """The moment that was meant: ``-2h`` means something else when the draft is opened again."""
        try:
            moment = self._read(text, now)
        except BadInputError:
            return text
        if len(moment) == 20:
            return typed_form(earliest(moment))
        day = day_of(moment)
        return text if day is None else f"{day:%d/%m/%Y}"


@dataclass(frozen=True, slots=True)
class DayField(MomentField):
    """A day as people type it; the value is a moment of day precision, whatever time was typed with it."""

    timed: bool = False

    def parse(self, text: str, now: datetime) -> Moment:
        """Read the day."""
        return moment_of_day(earliest_day(MomentField.parse(self, text, now)))

    def _read(self, text: str, now: datetime) -> Moment:
        return moment_of_day(parse_typed_day(text, now, lean=self.lean, holidays=self.holidays))

    def draft(self, text: str, now: datetime) -> str:
        """The day that was meant."""
        try:
            return f"{earliest_day(self.parse(text, now)):%d/%m/%Y}"
        except BadInputError:
            return text


@dataclass(frozen=True, slots=True)
class BirthdayField(DayField):
    """A date of birth: never to come, and its year is always typed; of two figures it is the last such year."""

    def parse(self, text: str, now: datetime) -> Moment:
        """Read the day."""
        return parse_birthday(text, now)


def read_all(
    fields: Sequence[Field], texts: Mapping[str, str], moments: Mapping[str, datetime]
) -> tuple[Values, dict[str, str]]:
    """Read every field; give the values, and by field name what is wrong.

    ``moments`` says when each was typed: "now" means then, not when the form is saved.
    """
    values: Values = {}
    wrong: dict[str, str] = {}
    for one in fields:
        try:
            values[one.name] = one.read(texts[one.name], moments[one.name])
        except BadInputError as refused:
            wrong[one.name] = str(refused)
    return values, wrong


def fitting(label: str, text: str) -> str:
    """The text, if it is not too long to be kept. Raises BadInputError."""
    if len(text) > MAX_TEXT:
        raise BadInputError(
            f"{label} is too long: {len(text):,} characters.",
            f"Shorten it to {MAX_TEXT:,}, or attach a file.",
        )
    return text


def _with_weekday(moment: Moment) -> str:
    day = day_of(moment)
    return f"{day:%a} {show_moment(moment)}" if day else show_moment(moment)
