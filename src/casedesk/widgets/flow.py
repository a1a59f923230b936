"""Styled text that wraps with hanging indents: labels stand out at the left, what they say stays together."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

Part = tuple[str, str]
"""Text and the style it is drawn in: a content style with theme variables."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line before wrapping. Its continuation lines are indented by ``hang`` cells."""

    parts: tuple[Part, ...]
    hang: int = 0


def line(*parts: Part, hang: int = 0) -> Line:
    """Make a line of its parts."""
    return Line(parts, hang)


BLANK = Line(())
"""An empty line."""


def wrap(lines: Sequence[Line], width: int) -> list[Part]:
    """Lay lines out in ``width`` cells: broken between words, a word longer than the line within it."""
    laid: list[Part] = []
    for one in lines:
        laid += _wrap_line(one, max(width, 20))
        laid.append(("\n", ""))
    return laid[:-1]


def _wrap_line(one: Line, width: int) -> list[Part]:
    laid: list[Part] = []
    at = 0
    for text, style in one.parts:
        for number, paragraph in enumerate(text.split("\n")):
            if number:
                laid.append(("\n" + " " * one.hang, ""))
                at = one.hang
            for word in _words(paragraph):
                if at + cell_len(word.rstrip()) > width and at > one.hang:
                    laid.append(("\n" + " " * one.hang, ""))
                    at = one.hang
                    word = word.lstrip()
                while at + cell_len(word.rstrip()) > width:
                    cut = width - at
                    laid += [(word[:cut], style), ("\n" + " " * one.hang, "")]
                    word, at = word[cut:], one.hang
                laid.append((word, style))
                at += cell_len(word)
    return laid


def _words(text: str) -> list[str]:
    """Words with the blanks behind them; blanks at the start are a word of their own."""
    words: list[str] = []
    start = 0
    for place in range(1, len(text)):
        if text[place - 1] == " " and text[place] != " ":
            words.append(text[start:place])
            start = place
    if start < len(text):
        words.append(text[start:])
    return words


class Flow(Static):
    """Shows lines, wrapped anew whenever its width changes."""

    DEFAULT_CSS = """
    Flow { height: auto; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 -- the framework's own word
        super().__init__(id=id)
        self._lines: Sequence[Line] = ()
        self._laid_for = 0

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines."""
        self._lines = lines
        self._lay_out(self.content_size.width)

    def on_resize(self) -> None:
        """Wrap anew for the width there is, once the layout has settled on it."""
        self.call_after_refresh(self._follow_width)

    def _follow_width(self) -> None:
        if self.content_size.width != self._laid_for:
            self._lay_out(self.content_size.width)

    def _lay_out(self, width: int) -> None:
        self._laid_for = width
        if width:
            self.update(Content.assemble(*wrap(self._lines, width)))
