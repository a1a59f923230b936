"""What a questionnaire is made of: its sections, questions, conditions, instruments and triggers.

A form is data. What is asked next, what is left out and what an answer raises is worked out by
:mod:`casedesk.rules.forms` from these parts alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from casedesk.model.words import Confidence


class QuestionKind(StrEnum):
    """How a question is answered, and how its answer is kept (always as text)."""

    CHOICE = "choice"
    """One option: its id."""
    MANY = "many"
    """Any options: their ids in the form's order, with spaces between."""
    YES_NO = "yes-no"
    """``yes`` or ``no``."""
    NUMBER = "number"
    """A whole number within the question's range."""
    DAY = "day"
    """A day: ``2026-11-22``."""
    TEXT = "text"
    """One line."""
    LINES = "lines"
    """Several lines."""


class Whose(StrEnum):
    """Who answers a question."""

    PERSON = "person"
    """The person who is assessed; they may prefer not to say."""
    WORKER = "worker"
    """The case worker: a judgement, or what was done. There is nothing to decline."""


@dataclass(frozen=True, slots=True)
class Holds:
    """A condition on one question: what its answer must be. A question that is not asked never meets it."""

    question: str
    values: tuple[str, ...] = ()
    """Any of these, chosen alone or among several. Empty: any answer at all that was not declined."""
    at_least: int | None = None
    """The least number, for a question that is answered with one."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A condition on an instrument: that its score is known and at least so much."""

    instrument: str
    at_least: int


@dataclass(frozen=True, slots=True)
class Every:
    """Met when every part is."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Met when at least one part is."""

    parts: tuple["Condition", ...]


Condition = Holds | Scored | Every | Either


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose."""

    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of a form."""

    id: str
    """``accommodation.home``: the section and the question."""
    section: str
    text: str
    kind: QuestionKind
    hint: str = ""
    options: tuple[Option, ...] = ()
    alone: tuple[str, ...] = ()
    """Options that exclude every other: “none of these”."""
    least: int | None = None
    most: int | None = None
    when: Condition | None = None
    """When it arises; always where there is none."""
    whose: Whose = Whose.PERSON
    optional: bool = False
    """It may be left empty."""
    must: str = ""
    """Why it cannot be declined, where something other than the person's will requires an answer; else empty."""
    prefill: str = ""
    """What the file may know of it: a name of :mod:`casedesk.desk.assessment_draft`; empty where nothing."""
    sensitive: bool = False
    """Health, ethnicity, sexual life and the like: ask alone, show with care."""
    raises: bool = False
    """Whether an answer may raise a safeguarding trigger."""

    @property
    def declinable(self) -> bool:
        """Whether “prefer not to say” is an answer to it."""
        return self.whose is Whose.PERSON and not self.must

    def option(self, option_id: str) -> Option | None:
        """The option of this id; None where it has no such one."""
        return next((one for one in self.options if one.id == option_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of a form; a pathway where needs are scored."""

    id: str
    title: str
    about: str
    """What to bear in mind before it is asked; empty where there is nothing."""
    pathway: bool
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerRule:
    """What an answer makes necessary, and who is told."""

    id: str
    title: str
    when: Condition
    action: str
    services: tuple[str, ...]
    """Words of :class:`casedesk.model.words.Service` or services' names, the first one foremost."""
    same_day: bool
    """To be acted on before the person leaves."""
    holds: bool
    """No resolution is offered until it was dealt with."""
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Band:
    """A range of an instrument's scores, and what it means."""

    least: int
    most: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A screening tool: how its score comes about and what it means. It screens, it does not diagnose."""

    id: str
    title: str
    items: tuple[str, ...]
    """The questions whose answers (an option that is a number, or a number) are added up: all are needed."""
    bands: tuple[Band, ...]
    positive: int | None
    """The least score that calls for the next step; None where bands alone matter."""
    next_step: str
    attribution: str
    status: Confidence
    source: str

    @property
    def most(self) -> int:
        """The highest score there is."""
        return self.bands[-1].most

    def band(self, score: int) -> Band:
        """The band that a score of the instrument's range falls in."""
        return next(band for band in self.bands if band.least <= score <= band.most)


@dataclass(frozen=True, slots=True)
class Module:
    """Questions that are switched on only where the force may use them."""

    id: str
    title: str
    on: bool
    attribution: str
    status: Confidence


@dataclass(frozen=True, kw_only=True)
class Form:
    """A questionnaire in one version."""

    id: str
    version: str
    title: str
    about: str
    told: str
    """The question that says that the person was told how answers may be used."""
    sections: tuple[Section, ...]
    triggers: Mapping[str, TriggerRule]
    instruments: Mapping[str, Instrument]
    modules: Mapping[str, Module]

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """Every question by its id, in the order of the form."""
        return {question.id: question for section in self.sections for question in section.questions}

    @cached_property
    def by_section(self) -> Mapping[str, Section]:
        """The sections by their ids."""
        return {section.id: section for section in self.sections}

    @property
    def pathways(self) -> tuple[Section, ...]:
        """The sections whose needs are scored."""
        return tuple(section for section in self.sections if section.pathway)
