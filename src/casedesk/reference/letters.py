"""Letters, agreements, records and notices of out-of-court work (packs ``letters`` and ``letters/…``)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from casedesk.model.words import Confidence
from casedesk.reference.letter_text import Only, TemplateError, holes, only_of
from casedesk.reference.letter_words import NEVER, Audience, Group, When
from casedesk.reference.loading import Pack, Row, pack_names, read_pack

FOLDER = "letters"
"""The folder of the packs, and of a force's own Word templates in its overlay."""


class Style(StrEnum):
    """How a paragraph stands."""

    TEXT = "text"
    HEADING = "heading"
    BULLET = "bullet"
    NUMBER = "number"
    FIELD = "field"
    """A label, a colon, and what is filled in."""
    SIGN = "sign"
    """A line to sign on."""
    SMALL = "small"


class Frame(StrEnum):
    """What stands above and below a letter."""

    LETTER = "letter"
    INTERNAL = "internal"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class Part:
    """One paragraph of a letter."""

    id: str
    style: Style
    text: str
    easy: str | None
    """The easy-read words: None for the same; empty where it is left out there."""
    only: Only | None = None
    status: Confidence | None = None
    """How well it is sourced, where it says something about the law or about practice."""
    source: str = ""

    def words(self, *, easy: bool) -> str:
        """The words of either variant."""
        return self.easy if easy and self.easy is not None else self.text


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, form or notice."""

    id: str
    code: str
    """Its code in lists: ``L01``; the forms have words."""
    title: str
    heading: str
    """What stands above it."""
    audience: Audience
    about: str
    """What it is for, in a sentence."""
    when: tuple[When, ...]
    frame: Frame
    never: frozenset[Group]
    """What must never stand in it: of its audience and of its own."""
    parts: tuple[Part, ...]
    copies: int
    """How many are printed for a clinic day; 0 for none."""
    has_easy: bool
    status: Confidence
    source: str
    version: str


@dataclass(frozen=True, slots=True)
class Said:
    """A statement about a disposal, with how well it is sourced."""

    text: str
    easy: str
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What a disposal means for the person, in plain words."""

    id: str
    title: str
    plain: str
    means: Said
    record: Said
    breach: Said
    declined: Said


@dataclass(frozen=True, slots=True)
class Letters:
    """Everything that letters are made of."""

    version: str
    office: Mapping[str, str]
    """What the force says of itself, by the last word of a placeholder ``office.…``, ``force`` or ``team``."""
    effects: Mapping[str, Effect]
    """By the id of the disposal."""
    frames: Mapping[Frame, tuple[tuple[Part, ...], tuple[Part, ...]]]
    """What stands above and below."""
    letters: Mapping[str, Letter] = field(default_factory=dict)

    def blocks(self, letter: Letter) -> tuple[Part, ...]:
        """A letter with what stands above and below it."""
        above, below = self.frames[letter.frame]
        return (*above, *letter.parts, *below)


_OFFICE = ("force", "team", "address", "phone", "email", "hours", "complaints", "support", "advice")
_PART = {"id", "style", "text", "easy", "only", "status", "source", "severity"}
_CELLS = ("means", "record", "breach", "declined")


def load_letters(overlay: Path | None = None) -> Letters:
    """Load the common parts and every letter. Raises PackError."""
    pack = read_pack("letters", overlay)
    pack.unknown({"office", "effect", "frame"})
    office = pack.table("office")
    office.unknown(_OFFICE)
    frames: dict[Frame, tuple[list[Part], list[Part]]] = {frame: ([], []) for frame in Frame}
    for row in pack.rows("frame"):
        row.unknown(_PART | {"of", "at"})
        at = row.text("at")
        if at not in ("above", "below"):
            raise row.error("at", f"“{at}” is not one of its words", "above or below.")
        frames[row.choice("of", Frame)][at == "below"].append(_part(row, frozenset()))
    made = Letters(
        pack.version,
        {key: office.text(key, "") for key in _OFFICE},
        pack.build("effect", _effect),
        {frame: (tuple(above), tuple(below)) for frame, (above, below) in frames.items()},
    )
    names = [name.partition("/")[2] for name in pack_names(FOLDER, overlay)]
    letters = {name: load_letter(name, overlay) for name in names}
    for letter in letters.values():
        for part in made.blocks(letter):
            _allowed(pack, letter, part)
    return replace(made, letters=letters)


def _allowed(pack: Pack, letter: Letter, part: Part) -> None:
    """Refuse what a frame would put into a letter in which it must never stand."""
    try:
        for easy in (False, True):
            holes(part.words(easy=easy), letter.never)
    except TemplateError as error:
        raise pack.error(f"[[frame]] {part.id}, in {letter.id}", error.message, error.cure) from None


def load_letter(name: str, overlay: Path | None = None) -> Letter:
    """Load one letter. Raises PackError for a placeholder that is not known or must never stand in it."""
    pack = read_pack(f"{FOLDER}/{name}", overlay)
    pack.unknown({"letter", "part"})
    row = pack.table("letter")
    row.unknown(
        {
            "code",
            "title",
            "heading",
            "audience",
            "about",
            "when",
            "frame",
            "never",
            "copies",
            "status",
            "source",
        }
    )
    audience = row.choice("audience", Audience)
    never = NEVER[audience] | frozenset(row.choices("never", Group, ()))
    parts = tuple(pack.build("part", lambda one: _letter_part(one, never)).values())
    if not parts:
        raise row.error("", "has no paragraphs", "Add [[part]] entries.")
    heading = row.text("heading")
    _holes(row, "heading", heading, never)
    return Letter(
        name, row.text("code"), row.text("title"), heading, audience, row.text("about"),
        tuple(row.choices("when", When, ())), row.choice("frame", Frame), never, parts,
        row.integer("copies", 0), any(part.easy is not None for part in parts),
        row.choice("status", Confidence), row.text("source"), pack.version,
    )  # fmt: skip


def _letter_part(row: Row, never: frozenset[Group]) -> Part:
    row.unknown(_PART)
    return _part(row, never)


def _part(row: Row, never: frozenset[Group]) -> Part:
    text = row.text("text")
    easy = row.text("easy", "") if "easy" in row else None
    for key, words in (("text", text), ("easy", easy or "")):
        _holes(row, key, words, never)
    only = None
    if "only" in row:
        try:
            only = only_of(row.text("only"))
        except TemplateError as error:
            raise row.error("only", error.message, error.cure) from None
    status = row.optional_choice("status", Confidence)
    return Part(
        row.id,
        row.choice("style", Style, Style.TEXT),
        text,
        easy,
        only,
        status,
        row.text("source") if status else "",
    )


def _holes(row: Row, key: str, words: str, never: frozenset[Group]) -> None:
    try:
        holes(words, never)
    except TemplateError as error:
        raise row.error(key, error.message, error.cure) from None


def _effect(row: Row) -> Effect:
    row.unknown(
        {"id", "title", "plain", "severity"}
        | {f"{cell}{more}" for cell in _CELLS for more in ("", "_easy", "_status", "_source")}
    )
    return Effect(row.id, row.text("title"), row.text("plain"), *(_said(row, cell) for cell in _CELLS))


def _said(row: Row, cell: str) -> Said:
    text = row.text(cell)
    for words in (text, row.text(f"{cell}_easy", "")):
        if "{{" in words or "}}" in words:
            raise row.error(cell, "placeholders cannot stand here", "Write the words themselves.")
    return Said(
        text,
        row.text(f"{cell}_easy", text),
        row.choice(f"{cell}_status", Confidence),
        row.text(f"{cell}_source"),
    )
