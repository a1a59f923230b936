"""What must never stand in a letter, whoever typed it there and however it is spelt.

Looked for are names, addresses, numbers, days and texts of the file itself, not their meaning: a person reads the
letter all the same.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from casedesk.desk.letter_parts import Filling, Value
from casedesk.desk.letter_scene import Scene, concerns_victim
from casedesk.desk.letter_spelling import (
    Finder,
    address_pieces,
    anywhere,
    birth,
    flat,
    name_words,
    named,
    spaced,
    street,
    telephone,
    telling,
)
from casedesk.model.errors import BadInputError
from casedesk.reference.letter_words import Audience, Group

_OUTSIDERS = frozenset({Audience.VICTIM, Audience.PROVIDER})
"""Those to whom the suspect's private life is never told."""
_LEAST = 12
"""Characters from which a text of the file is looked for in a letter: shorter ones are words of anybody's."""


@dataclass(frozen=True, slots=True)
class _Secret:
    """Something of the file that must not be said in a letter."""

    what: str
    """What it is, for the refusal: never the text itself."""
    finds: Finder
    keep: Callable[[Value], bool] | None = None
    """In which values it is looked for, where the same words may rightly stand elsewhere; None: in everything."""


def refuse_leaks(filling: Filling, texts: Sequence[str], values: Sequence[Value]) -> None:
    """Raise BadInputError where a letter would say what must never stand in it.

    ``texts`` is all of it, paragraph by paragraph, ``values`` what was filled in, with what each is.
    """
    own = frozenset(map(flat, _own_lines(filling)))
    all_of_it = "\n".join(text for text in texts if flat(text) not in own)
    for secret in _secrets(filling):
        kept = [value for value in values if secret.keep is None or secret.keep(value)]
        said = all_of_it if secret.keep is None else "\n".join(value.text for value in kept)
        if secret.finds(said):
            where = dict.fromkeys(value.what.title for value in kept if secret.finds(value.text))
            raise BadInputError(
                f"This letter would say {secret.what}. That must never stand in a letter to the"
                f" {filling.letter.audience}.",
                f"It stands in: {', '.join(where)}. Change the words there."
                if where
                else "Change the words of the condition, the reason or the note that it came from.",
            )


def _typed(value: Value) -> bool:
    return value.what.typed


def _free(value: Value) -> bool:
    """Whether its words are somebody's own, not the force's, the law's or a day."""
    return value.what.typed or (value.what.group is not Group.PLAIN and not value.what.id.endswith(".day"))


def _own_lines(filling: Filling) -> tuple[str, ...]:
    """The lines of the address that may stand in the letter: two people of a case may live in one home."""
    scene, audience = filling.scene, filling.letter.audience
    if audience is Audience.PROVIDER:
        return ()
    person = scene.victim if audience is Audience.VICTIM else scene.matter.person
    address = (person.address if person else None) or ""
    return (*address.split("\n"), address)


def _secrets(filling: Filling) -> Iterator[_Secret]:
    scene, never = filling.scene, filling.letter.never
    suspects = [one for _, one in scene.matter.file.suspects]
    if Group.SUSPECT_NAME in never:
        spared = name_words(scene.victim.name if scene.victim else None)
        for one in suspects:
            yield _Secret("the suspect's name", named(one.name, spared), _free)
    if Group.SUSPECT_ADDRESS in never:
        for one in suspects:
            yield from _address(filling, "the suspect's address", one.address)
    if Group.SUSPECT_BIRTH in never:
        for one in suspects:
            if one.dob:
                yield _Secret("the suspect's date of birth", birth(one.dob))
    if Group.OFFENCE in never:
        yield _Secret("the offence", anywhere(scene.matter.file.case.offence_title, 4))
    if Group.VICTIM_CONTACT in never:
        yield from _victims(filling)
    if filling.letter.audience in _OUTSIDERS:
        yield from _private(filling)


def _victims(filling: Filling) -> Iterator[_Secret]:
    """How to reach the victims; in a letter to one of them, how to reach the others."""
    scene = filling.scene
    own = scene.victim if filling.letter.audience is Audience.VICTIM else None
    owner = "another victim" if own else "the victim"
    for _, one in scene.matter.victims:
        if one is own:
            continue
        if one.phone and not (own and own.phone and telephone(one.phone)(own.phone)):
            yield _Secret(f"{owner}'s telephone", telephone(one.phone))
        yield from _address(filling, f"{owner}'s address", one.address)


def _address(filling: Filling, what: str, address: str | None) -> Iterator[_Secret]:
    """What tells where somebody lives; the street alone too, unless the reader's home or the offence is there."""
    own = "\n".join(_own_lines(filling))
    pieces = address_pieces(address)
    for piece in telling(pieces):
        finds = spaced(piece)
        if not finds(own):
            yield _Secret(what, finds)
    known = "\n".join((own, filling.scene.matter.file.case.location or ""))
    for piece in pieces:
        road = street(piece)
        if road and not spaced(road)(known):
            yield _Secret(what, spaced(road), _free)


def _private(filling: Filling) -> Iterator[_Secret]:
    """What is known of the suspect's health, needs and private life, and what was weighed."""
    scene, told = filling.scene, None
    if filling.letter.audience is Audience.PROVIDER:
        told = scene.condition
    for text in (scene.resolution.rationale, scene.resolution.considered):
        for sentence in (text or "").replace("\n", ". ").split(". "):
            yield _Secret("what the rationale says", anywhere(sentence.rstrip("."), 2 * _LEAST), _typed)
    yield from _answers(scene)
    for appointment in scene.appointments:
        yield _Secret("what the suspect needs", anywhere(appointment.adjustments, _LEAST))
        yield _Secret("a note of the appointment", anywhere(appointment.note, _LEAST))
    for one in scene.conditions:
        yield _Secret("why a condition fits", anywhere(one.why, _LEAST))
        if not concerns_victim(one) and one is not told:
            yield _Secret("a condition of rehabilitation", anywhere(one.what, _LEAST))


def _answers(scene: Scene) -> Iterator[_Secret]:
    """The answers of the suspect's assessments; a longer text counts of those that were chosen from a list."""
    suspect = scene.matter.suspect
    sittings = {own: one for own, one in scene.matter.clinic.assessments if one.suspect == suspect}
    note = "a note of the needs assessment"
    for sitting in sittings.values():
        yield _Secret(note, anywhere(sitting.note, _LEAST))
    for _, answer in scene.matter.clinic.answers:
        if answer.assessment in sittings:
            chosen = answer.said not in (None, answer.value)
            text = answer.said or answer.value
            yield _Secret(
                "an answer of the needs assessment", anywhere(text, 2 * _LEAST if chosen else _LEAST)
            )
            yield _Secret(note, anywhere(answer.note, _LEAST))
