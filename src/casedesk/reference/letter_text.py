"""Text with placeholders: ``{{name}}`` for what is filled in, ``{{if word}}`` before a paragraph that may be left out.

There is nothing else to it: no expressions, no loops, no attributes, so that a template can compute nothing. What is
filled in is never looked at for placeholders again.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from casedesk.reference.letter_words import PLACEHOLDERS, Given, Group, Placeholder
from casedesk.reference.rows import hint

_HOLE = re.compile(r"\{\{\s*([a-z][a-z0-9.-]*)\s*\}\}")
_IF = re.compile(r"\s*\{\{\s*if\s+(not\s+)?([a-z0-9-]+)\s*\}\}[ \t]*")
_SHOWN = 40


class TemplateError(ValueError):
    """A text of a template cannot be used; ``cure`` says how to put it right."""

    def __init__(self, message: str, cure: str = "") -> None:
        super().__init__(message)
        self.message, self.cure = message, cure


@dataclass(frozen=True, slots=True)
class Hole:
    """A placeholder where it stands in a text."""

    start: int
    end: int
    what: Placeholder


@dataclass(frozen=True, slots=True)
class Only:
    """When a paragraph is there."""

    word: Given
    unless: bool = False
    """Whether it is there where this is *not* so."""

    def holds(self, given: Collection[Given]) -> bool:
        """Whether the paragraph is there, where these are so."""
        return (self.word in given) is not self.unless


def holes(text: str, never: Collection[Group] = ()) -> tuple[Hole, ...]:
    """The placeholders of a text, in order.

    Raises TemplateError for one that is not known, not closed, of a group that must ``never`` stand there, or a list
    that has other text beside it.
    """
    found = []
    for match in _HOLE.finditer(text):
        what = PLACEHOLDERS.get(match[1])
        if what is None:
            raise TemplateError(
                f"there is no placeholder “{match[1][:_SHOWN]}”", hint(match[1], PLACEHOLDERS)
            )
        if what.group in never:
            raise TemplateError(
                f"“{what.id}” ({what.title}) must never stand in this letter", "Take it out of the template."
            )
        if what.many and text.strip() != match[0]:
            raise TemplateError(
                f"“{what.id}” is a list and must stand alone in its paragraph", "Give it a line of its own."
            )
        found.append(Hole(match.start(), match.end(), what))
    rest = _HOLE.sub("", text)
    for mark in ("{{", "}}"):
        at = rest.find(mark)
        if at >= 0:
            raise TemplateError(
                f"“{rest[max(0, at - 10) : at + _SHOWN].strip()}” is no placeholder",
                "A placeholder is a known name in double braces, {{reference}}; {{if word}} begins a paragraph.",
            )
    return tuple(found)


def split_only(text: str) -> tuple[Only | None, int]:
    """When the paragraph is there (None: always), and where its text begins. Raises TemplateError for another word."""
    match = _IF.match(text)
    if match is None:
        return None, 0
    return only_of(("not " if match[1] else "") + match[2]), match.end()


def only_of(said: str) -> Only:
    """Reads ``adult`` or ``not adult``. Raises TemplateError for a word not known."""
    unless, word = said.startswith("not "), said.removeprefix("not ").strip()
    if word not in set(Given):
        raise TemplateError(f"there is no “if {word[:_SHOWN]}”", hint(word, [str(one) for one in Given]))
    return Only(Given(word), unless)


def if_text(only: Only | None) -> str:
    """The same as a template writes it before the paragraph; empty for None."""
    return "" if only is None else f"{{{{if {'not ' if only.unless else ''}{only.word}}}}} "
