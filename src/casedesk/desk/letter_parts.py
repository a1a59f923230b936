"""A letter as paragraphs: its template with everything filled in, and what is missing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from casedesk.desk.letter_scene import Scene, givens
from casedesk.desk.letter_values import Filled, effect_of, filled, gap
from casedesk.model.words import Confidence
from casedesk.reference.letter_text import Hole, holes
from casedesk.reference.letter_words import Placeholder
from casedesk.reference.letters import Effect, Letter, Part, Style

_CHECKED = frozenset({Confidence.CONFIRMED, Confidence.CONVENTION})


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of a finished letter."""

    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class Filling:
    """The words for every placeholder of one letter."""

    scene: Scene
    letter: Letter
    easy: bool

    def of(self, what: Placeholder) -> Filled:
        """What stands for a placeholder: its value, or the gap that names it."""
        return filled(self.scene, self.letter, what, easy=self.easy) or gap(what)

    def misses(self, what: Placeholder) -> bool:
        """Whether nothing is recorded for it."""
        return not filled(self.scene, self.letter, what, easy=self.easy)


@dataclass(frozen=True, slots=True)
class Value:
    """What was filled in for one placeholder."""

    what: Placeholder
    text: str


@dataclass(frozen=True, slots=True)
class Written:
    """A letter's paragraphs, with what to know about them."""

    lines: tuple[Line, ...]
    missing: tuple[str, ...]
    """What could not be filled in, each once, as the gaps name it."""
    unchecked: tuple[str, ...]
    """Statements in it that are not confirmed by an official text, with their sources."""
    values: tuple[Value, ...]
    """What was filled in."""


def written(filling: Filling, blocks: Sequence[Part]) -> Written:
    """Fill in a template."""
    so = givens(filling.scene)
    lines: list[Line] = []
    missing: dict[str, None] = {}
    unchecked: dict[str, None] = {}
    values: dict[Value, None] = {}
    for part in blocks:
        words = part.words(easy=filling.easy)
        if not words or (part.only is not None and not part.only.holds(so)):
            continue
        found = holes(words)
        missing |= dict.fromkeys(hole.what.title for hole in found if filling.misses(hole.what))
        values |= dict.fromkeys(Value(hole.what, one_text(filling.of(hole.what))) for hole in found)
        said = [Line(text, part.style) for text in _texts(words, found, filling)]
        lines += said
        if part.status is not None and part.status not in _CHECKED:
            unchecked |= dict.fromkeys(f"{line.text} ({part.status}: {part.source})" for line in said)
        unchecked |= dict.fromkeys(_effects(filling, found))
    return Written(tuple(lines), tuple(missing), tuple(unchecked), tuple(values))


def _texts(words: str, found: Sequence[Hole], filling: Filling) -> Iterator[str]:
    if len(found) == 1 and found[0].what.many:
        value = filling.of(found[0].what)
        yield from (value,) if isinstance(value, str) else value or ()
        return
    pieces, at = [], 0
    for hole in found:
        pieces += [words[at : hole.start], one_text(filling.of(hole.what))]
        at = hole.end
    yield "".join([*pieces, words[at:]])


def one_text(value: Filled) -> str:
    """A value as one text."""
    return value if isinstance(value, str) else "\n".join(value or ())


def _effects(filling: Filling, found: Sequence[Hole]) -> Iterator[str]:
    effect: Effect | None = effect_of(filling.scene)
    for hole in found:
        group, _, cell = hole.what.id.partition(".")
        if effect is not None and group == "effect":
            said = getattr(effect, cell)
            if said.status not in _CHECKED:
                yield f"{said.easy if filling.easy else said.text} ({said.status}: {said.source})"
