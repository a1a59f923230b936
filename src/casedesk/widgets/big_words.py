"""Words to be read out across a desk, drawn large: a fingerprint, a check phrase.

Letters are three cells high, made of half blocks, with the word itself small below and numbered: what is not sure in
the one is plain in the other.
"""

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

LETTERS = {
    "A": ".#. #.# ### #.# #.#",
    "B": "##. #.# ##. #.# ##.",
    "D": "##. #.# #.# #.# ##.",
    "F": "### #.. ##. #.. #..",
    "G": "### #.. #.# #.# ###",
    "H": "#.# #.# ### #.# #.#",
    "I": "### .#. .#. .#. ###",
    "J": "..# ..# ..# #.# ###",
    "K": "#.# #.# ##. #.# #.#",
    "L": "#.. #.. #.. #.. ###",
    "M": "#...# ##.## #.#.# #...# #...#",
    "N": "#..# ##.# #.## #..# #..#",
    "O": "### #.# #.# #.# ###",
    "P": "### #.# ### #.. #..",
    "R": "##. #.# ##. #.# #.#",
    "S": "### #.. ### ..# ###",
    "T": "### .#. .#. .#. .#.",
    "U": "#.# #.# #.# #.# ###",
    "V": "#.# #.# #.# #.# .#.",
    "Z": "### ..# .#. #.. ###",
}
"""The letters that these words are spelt with, five dots high."""
_HALVES = {("#", "#"): "█", ("#", "."): "▀", (".", "#"): "▄", (".", "."): " "}
_BETWEEN_WORDS = 3
_WIDEST = 100
"""No row of words is wider, however wide the terminal: the eye has to find the next."""


def big_word(word: str) -> list[str]:
    """A word as three lines of half blocks, of one width. A letter that no such word has is left out."""
    glyphs = [LETTERS[letter].split() for letter in word.upper() if letter in LETTERS]
    dots = [" ".join(glyph[row] for glyph in glyphs).replace(" ", ".") for row in range(5)]
    dots.append("." * len(dots[0]))
    return [
        "".join(_HALVES[pair] for pair in zip(dots[row], dots[row + 1], strict=True))
        for row in range(0, 6, 2)
    ]


def big_rows(words: Sequence[str], width: int) -> list[list[tuple[str, list[str]]]]:
    """The words, numbered, each with its large form, in as few rows of at most ``width`` cells as hold them."""
    drawn = [(f"{number} {word}", big_word(word)) for number, word in enumerate(words, 1)]
    for many in range(len(drawn), 1, -1):
        even = -(-len(drawn) // -(-len(drawn) // many))  # as many in each row, but for the last
        rows = [drawn[start : start + even] for start in range(0, len(drawn), even)]
        if all(_width(row) <= width for row in rows):
            return rows
    return [[one] for one in drawn]


def _width(row: Sequence[tuple[str, list[str]]]) -> int:
    return sum(max(len(large[0]), len(word)) + _BETWEEN_WORDS for word, large in row) - _BETWEEN_WORDS


class BigWords(Widget):
    """Words drawn large, as many beside each other as there is room for."""

    DEFAULT_CSS = """
    BigWords { height: auto; margin-bottom: 1; }
    """

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words.split()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Four lines for each row of words."""
        return 4 * len(big_rows(self._words, min(width, _WIDEST)))

    def render(self) -> Content:
        """Draw the words."""
        parts: list[tuple[str, str]] = []
        for row in big_rows(self._words, min(self.size.width, _WIDEST)):
            for line in range(4):
                for word, large in row:
                    room = max(len(large[0]), len(word)) + _BETWEEN_WORDS
                    text, style = (large[line], "bold $cd-accent") if line < 3 else (word, "bold")
                    parts.append((text.ljust(room), style))
                parts.append(("\n", ""))
        return Content.assemble(*parts[:-1])
