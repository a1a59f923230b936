"""A letter as paragraphs: its template with everything filled in, what is missing, and what must not be said in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from casedesk.desk.letter_scene import Scene, concerns_victim, givens
from casedesk.desk.letter_values import Filled, effect_of, filled, gap
from casedesk.model.errors import BadInputError
from casedesk.model.moments import show_moment
from casedesk.model.text import clean, folded
from casedesk.model.words import Confidence
from casedesk.reference.letter_text import Hole, holes
from casedesk.reference.letter_words import Audience, Group, Placeholder
from casedesk.reference.letters import Effect, Letter, Part, Style

_CHECKED = frozenset({Confidence.CONFIRMED, Confidence.CONVENTION})
_OUTSIDERS = frozenset({Audience.VICTIM, Audience.PROVIDER})
"""Those to whom the suspect's private life is never told."""
_LEAST = 12
"""Characters from which a text of the file is looked for in a letter: shorter ones are words of anybody's."""
_LEAST_ADDRESS = 6
_LEAST_NUMBER = 9
"""Digits of a telephone number, however it is written."""


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
class Written:
    """A letter's paragraphs, with what to know about them."""

    lines: tuple[Line, ...]
    missing: tuple[str, ...]
    """What could not be filled in, each once, as the gaps name it."""
    unchecked: tuple[str, ...]
    """Statements in it that are not confirmed by an official text, with their sources."""


def written(filling: Filling, blocks: Sequence[Part]) -> Written:
    """Fill in a template."""
    so = givens(filling.scene)
    lines: list[Line] = []
    missing: dict[str, None] = {}
    unchecked: dict[str, None] = {}
    for part in blocks:
        words = part.words(easy=filling.easy)
        if not words or (part.only is not None and not part.only.holds(so)):
            continue
        found = holes(words)
        missing |= dict.fromkeys(hole.what.title for hole in found if filling.misses(hole.what))
        said = [Line(text, part.style) for text in _texts(words, found, filling)]
        lines += said
        if part.status is not None and part.status not in _CHECKED:
            unchecked |= dict.fromkeys(f"{line.text} ({part.status}: {part.source})" for line in said)
        unchecked |= dict.fromkeys(_effects(filling, found))
    return Written(tuple(lines), tuple(missing), tuple(unchecked))


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


# -- what must not be said --------------------------------------------------------------------------------------


def refuse_leaks(filling: Filling, texts: Sequence[str]) -> None:
    """Raise BadInputError where a letter would say what must never stand in it, whoever typed it there.

    Looked for are the texts of the file itself, not their meaning: a person reads the letter all the same.
    """
    own = _own_address(filling)
    said = _flat(" ".join(text for text in texts if _flat(text) not in own))
    typed = _flat(" ".join(filling.scene.typed.values()))
    digits = _digits(said)
    for secret in _secrets(filling):
        wanted = _flat(secret.text)
        if len(wanted) < secret.least or wanted in own:
            continue
        number = _digits(wanted) if secret.number else ""
        if wanted in (typed if secret.typed else said) or (len(number) >= _LEAST_NUMBER and number in digits):
            raise BadInputError(
                f"This letter would say {secret.what}. That must never stand in a letter to the"
                f" {filling.letter.audience}.",
                "Change the words of the condition, the reason or the note that it came from.",
            )


@dataclass(frozen=True, slots=True)
class _Secret:
    """A text of the file that must not be said in a letter."""

    what: str
    """What it is, for the refusal: never the text itself."""
    text: str
    least: int = _LEAST
    """The fewest characters of it that count: shorter ones are words of anybody's."""
    number: bool = False
    """Whether its digits count, however they are written."""
    typed: bool = False
    """Whether it is looked for only in what was typed for this letter: elsewhere the same words may rightly stand."""


def _own_address(filling: Filling) -> frozenset[str]:
    """The lines of the addressee's own address: two people of a case may live in one home."""
    scene = filling.scene
    person = scene.victim if filling.letter.audience is Audience.VICTIM else scene.matter.person
    address = (person.address if person else None) or ""
    return frozenset(map(_flat, (*address.split("\n"), address)))


def _secrets(filling: Filling) -> Iterator[_Secret]:
    scene, never = filling.scene, filling.letter.never
    person = scene.matter.person
    if Group.SUSPECT_ADDRESS in never:
        yield from _address("the suspect's address", person.address)
    if Group.SUSPECT_BIRTH in never and person.dob:
        yield _Secret("the suspect's date of birth", show_moment(person.dob), _LEAST_ADDRESS)
    if Group.OFFENCE in never:
        yield _Secret("the offence", scene.matter.file.case.offence_title or "", 4)
    if Group.VICTIM_CONTACT in never and filling.letter.audience is not Audience.VICTIM:
        for _, victim in scene.matter.victims:
            yield _Secret("the victim's telephone", victim.phone or "", _LEAST_ADDRESS, number=True)
            yield from _address("the victim's address", victim.address)
    if filling.letter.audience in _OUTSIDERS:
        yield from _private(filling)


def _address(what: str, address: str | None) -> Iterator[_Secret]:
    """What tells where somebody lives: the whole, its first line, and lines with a number; a town alone does not."""
    lines = (address or "").split("\n")
    telling = [line for number, line in enumerate(lines) if number == 0 or _digits(line)]
    for text in dict.fromkeys(((address or ""), *telling)):
        yield _Secret(what, text, _LEAST_ADDRESS)


def _private(filling: Filling) -> Iterator[_Secret]:
    """What is known of the suspect's health, needs and private life, and what was weighed."""
    scene, told = filling.scene, None
    if filling.letter.audience is Audience.PROVIDER:
        told = scene.condition
    for text in (scene.resolution.rationale, scene.resolution.considered):
        for sentence in (text or "").replace("\n", ". ").split(". "):
            yield _Secret("what the rationale says", sentence.rstrip("."), 2 * _LEAST, typed=True)
    yield from _answers(scene)
    for appointment in scene.appointments:
        yield _Secret("what the suspect needs", appointment.adjustments or "")
        yield _Secret("a note of the appointment", appointment.note or "")
    for one in scene.conditions:
        yield _Secret("why a condition fits", one.why or "")
        if not concerns_victim(one) and one is not told:
            yield _Secret("a condition of rehabilitation", one.what or "")


def _answers(scene: Scene) -> Iterator[_Secret]:
    """The answers of the suspect's assessments; a longer text counts of those that were chosen from a list."""
    suspect = scene.matter.suspect
    sittings = {own: one for own, one in scene.matter.clinic.assessments if one.suspect == suspect}
    for sitting in sittings.values():
        yield _Secret("a note of the needs assessment", sitting.note or "")
    for _, answer in scene.matter.clinic.answers:
        if answer.assessment in sittings:
            chosen = answer.said not in (None, answer.value)
            text = answer.said or answer.value or ""
            yield _Secret("an answer of the needs assessment", text, 2 * _LEAST if chosen else _LEAST)
            yield _Secret("a note of the needs assessment", answer.note or "")


def _flat(text: str) -> str:
    return " ".join(folded(clean(text)).split())


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
