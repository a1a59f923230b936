"""How two texts differ, word by word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORDS = re.compile(r"\S+\s*|\s+")
_MOST_WORDS = 4000
"""Longer texts are shown side by side: comparing takes the square of their length."""


class Change(StrEnum):
    """What a piece of text is in a comparison."""

    SAME = "same"
    GONE = "gone"
    """Only in the first text."""
    NEW = "new"
    """Only in the second."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, with the spaces after them."""

    change: Change
    text: str


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces of two texts in reading order: those that are not new hold the words of the first text."""
    first, second = _WORDS.findall(before), _WORDS.findall(after)
    if len(first) + len(second) > _MOST_WORDS:
        return _pieces((Change.GONE, first), (Change.NEW, second))
    # Compared by the words alone: a space that became a line break is no other word.
    matcher = SequenceMatcher(
        None, [one.rstrip() for one in first], [one.rstrip() for one in second], autojunk=False
    )
    made: list[tuple[Change, Sequence[str]]] = []
    for tag, start, end, from_, to in matcher.get_opcodes():
        if tag == "equal":
            made.append((Change.SAME, first[start:end]))
        else:
            made += [(Change.GONE, first[start:end]), (Change.NEW, second[from_:to])]
    return _pieces(*made)


def as_marked(pieces: Sequence[Piece]) -> str:
    """The comparison as plain text: ``[-gone-]`` and ``{+new+}``."""
    marks = {Change.SAME: ("", ""), Change.GONE: ("[-", "-]"), Change.NEW: ("{+", "+}")}
    said = []
    for piece in pieces:
        begin, end = marks[piece.change]
        words = piece.text.rstrip()
        said.append(f"{begin}{words}{end}{piece.text[len(words) :]}" if words else piece.text)
    return "".join(said)


def _pieces(*made: tuple[Change, Sequence[str]]) -> tuple[Piece, ...]:
    """Pieces of these words; the last word of each stands apart from the next piece."""
    some = [(change, "".join(words)) for change, words in made if words]
    return tuple(
        Piece(change, text if at == len(some) or text[-1].isspace() else f"{text} ")
        for at, (change, text) in enumerate(some, 1)
    )
