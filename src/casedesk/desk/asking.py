"""Verbs as data: what each asks for and what it does, so that a form, a command and a test mean the same.

A verb belongs to a tab of the case page. A screen builds a form from :attr:`Verb.asks`, reads it, and calls
:attr:`Verb.run` with the values; a refusal is a :class:`casedesk.model.errors.CasedeskError` and leaves everything
as it was.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from casedesk.desk.desk import Desk
from casedesk.model.dossier import Dossier
from casedesk.model.facts import CaseFile
from casedesk.model.ids import EntityId

Values = Mapping[str, Any]
"""What was answered, by the name of each question; None where nothing was."""


class Kind(StrEnum):
    """What an answer is, and the type of its value."""

    TEXT = "text"
    """A line: str."""
    LINES = "lines"
    """Several lines: str."""
    CHOICE = "choice"
    """One of the choices: str."""
    MANY = "many"
    """Any of the choices: a tuple of str, in the order of the choices."""
    YES_NO = "yes-no"
    """bool."""
    PAST = "past"
    """When something happened: an aware datetime."""
    FUTURE = "future"
    """When something is to happen: an aware datetime."""
    DAY = "day"
    """A day, past or to come: a Moment of day precision."""
    BIRTHDAY = "birthday"
    """A date of birth, never to come: a Moment of day precision."""
    NUMBER = "number"
    """A whole number: int."""
    PERSON = "person"
    """Somebody of the case, by the hexadecimal of their id among the choices: str."""
    COLLEAGUE = "colleague"
    """Somebody's number: one of the choices, or any other: str."""
    OFFENCE = "offence"
    """An offence of the pack, found by typing words of it: its CJS code as str."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of a form."""

    name: str
    label: str
    """Words on screen, at most 20 characters."""
    kind: Kind = Kind.TEXT
    required: bool = False
    choices: Sequence[tuple[str, str]] = ()
    """Each value with its words on screen, for the kinds that choose."""
    hint: str = ""
    rows: int = 4
    """Lines shown at once, for LINES."""
    initial: str = ""
    """What the form starts with, as it would be typed or chosen."""
    question: str = ""
    """What is asked in full, where the label is too short for it; it stays in sight while it is answered."""


@dataclass(frozen=True, slots=True)
class At:
    """Where a verb is asked: the case, what hangs on it, and the row under the cursor if any."""

    desk: Desk
    file: CaseFile
    dossier: Dossier
    subject: EntityId | None = None
    """The entity of the row under the cursor: an action, a victim, a custody record."""

    @property
    def case_id(self) -> EntityId:
        """The case."""
        return self.file.id


def _always(_at: At) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Verb:
    """Something a person can do on a tab of the case page."""

    id: str
    """``custody.review``: the tab and the verb; a form's draft is kept under it."""
    title: str
    """Words of a menu and a footer, short: “Review held”."""
    about: str
    """What it records, in a sentence, for the help."""
    run: Callable[[At, Values], str]
    """Does it, as one unit of work; gives what is said then (“Review recorded: the next is due Sat 02:25”). Raises
    CasedeskError."""
    asks: Callable[[At], Sequence[Ask]]
    offered: Callable[[At], str | None] = field(default=_always)
    """Why the verb cannot be used now; None when it can."""
    warns: Callable[[At], str] = field(default=lambda _at: "")
    """What must be read before the form is filled in: a safe-contact warning. Empty when nothing."""
    key: str = ""
    """The key on its tab, where it has one of its own."""
    doubts: Callable[[At, Values], str] = field(default=lambda _at, _values: "")
    """What is asked before it is done with these values, where a slip is likely; empty where nothing is."""
