"""The verbs of the clinic's paperwork: a letter written into the case, and where letters go."""

from collections.abc import Sequence

from casedesk.desk import paperwork
from casedesk.desk.asking import Ask, At, Kind, Values, Verb
from casedesk.desk.case_asks import id_of, people, person_meant, subject_or_only, text_of
from casedesk.desk.letter_scene import Scene, read_scene, warning_of
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId
from casedesk.model.text import clip
from casedesk.reference.letter_words import Audience, Placeholder
from casedesk.reference.letters import Letter

_LABEL = 20
_SUSPECTS, _VICTIMS = "suspects", "victims"


def letter_verb(letter: Letter) -> Verb:
    """The verb that writes one letter: it asks for what nothing recorded gives, and nothing else."""
    return Verb(
        f"clinic.letter.{letter.id}",
        clip(letter.title, 40),
        letter.about,
        lambda at, values: _write(at, values, letter.id),
        lambda at: _asks(at, (letter,)),
        lambda at: _why_not(at, letter) or None,
        lambda at: warning_of(_scene(at), letter.audience),
    )


def _scene(at: At) -> Scene:
    return read_scene(at.desk, at.case_id, _suspect(at))


def _suspect(at: At) -> EntityId | None:
    """The suspect under the cursor or alone; the first where it is not said which, until the form says it."""
    found = subject_or_only(at, _SUSPECTS) or next((own for own, _ in people(at.file, _SUSPECTS)), "")
    return EntityId(bytes.fromhex(found)) if found else None


def _why_not(at: At, letter: Letter) -> str:
    if not at.file.suspects:
        return "This case has no suspect."
    if len(at.file.suspects) > 1 and not subject_or_only(at, _SUSPECTS):
        return ""  # the form asks which; the letter itself says then whether it can be written
    found = paperwork.documents_for(at.desk, at.case_id, _suspect(at))
    said = next(one.why_not for one in found if one.letter.id == letter.id)
    return "" if said.endswith("choose one.") else said


def _writable(at: At) -> list[Letter]:
    return [letter for letter in at.desk.packs.letters.letters.values() if not _why_not(at, letter)]


def _asks(at: At, letters: Sequence[Letter]) -> list[Ask]:
    """What is asked for any of these letters."""
    asks: list[Ask] = []
    if len(letters) != 1:
        titles = [(one.id, f"{one.code} {one.title}") for one in letters]
        asks.append(Ask("letter", "Letter", Kind.CHOICE, required=True, choices=titles))
    if len(at.file.suspects) > 1:
        asks.append(_person(at, "suspect", "Of whom", _SUSPECTS))
    if len(at.file.victims) > 1 and any(one.audience is Audience.VICTIM for one in letters):
        asks.append(_person(at, "victim", "To which victim", _VICTIMS))
    providers = [(own, one) for own, one in _scene(at).matter.conditions if one.provider]
    if len(providers) > 1 and any(one.audience is Audience.PROVIDER for one in letters):
        choices = [(own.hex(), clip(f"{one.provider}: {one.what}", 60)) for own, one in providers]
        asks.append(Ask("condition", "About", Kind.CHOICE, choices=choices))
    asks += [_typed(at, what, letters) for what in _all_typed(at, letters)]
    if any(one.has_easy for one in letters):
        asks.append(Ask("easy", "Easy read", Kind.YES_NO, initial="no"))
    if any(warning_of(_scene(at), one.audience) for one in letters):
        asks.append(Ask("warned", "Warning read", Kind.YES_NO, required=True))
    return asks


def _person(at: At, name: str, label: str, kind: str) -> Ask:
    return Ask(
        name,
        label,
        Kind.PERSON,
        required=True,
        choices=people(at.file, kind),
        initial=subject_or_only(at, kind),
    )


def _all_typed(at: At, letters: Sequence[Letter]) -> list[Placeholder]:
    found = {what.id: what for letter in letters for what in paperwork.typed_for(at.desk, letter)}
    return list(found.values())


def _typed(at: At, what: Placeholder, letters: Sequence[Letter]) -> Ask:
    where = [one.code for one in letters if what in paperwork.typed_for(at.desk, one)]
    hint = "in plain words" if len(letters) == 1 else f"for {', '.join(where)}"
    return Ask(what.id, clip(what.title.capitalize(), _LABEL), Kind.LINES, hint=hint, rows=2)


def _write(at: At, values: Values, letter: str) -> str:
    if not letter:
        raise BadInputError("No letter is chosen.", "Choose one.")
    composed = paperwork.compose(
        at.desk,
        at.case_id,
        id_of(values, "suspect") or _suspect(at),
        letter,
        easy=bool(values.get("easy")),
        victim=id_of(values, "victim"),
        condition=id_of(values, "condition"),
        typed={name: str(value) for name, value in values.items() if name.startswith("typed.") and value},
    )
    made = paperwork.save_into_case(at.desk, composed, warned=bool(values.get("warned")))
    gaps = f" Not filled in: {', '.join(composed.missing)}." if composed.missing else ""
    return f"Document {made.number}: {made.title}.{gaps}"


def _address_asks(at: At) -> Sequence[Ask]:
    known = {own: one.address for own, one in at.file.suspects}
    known |= {own: one.address for own, one in at.file.victims}
    held = known.get(at.subject) if at.subject else None
    return (
        Ask("person", "Of whom", Kind.PERSON, required=True, choices=people(at.file, _SUSPECTS, _VICTIMS),
            initial=subject_or_only(at, _SUSPECTS, _VICTIMS)),
        Ask("address", "Address", Kind.LINES, rows=4, initial=held or "",
            hint="as on the envelope; empty takes it off"),
    )  # fmt: skip


def _address(at: At, values: Values) -> str:
    person = person_meant(at, values, _SUSPECTS, _VICTIMS)
    if person is None:
        raise BadInputError("Whose address is it?", "Choose the person.")
    said = text_of(values, "address")
    paperwork.set_address(at.desk, at.case_id, person, said)
    return "Letters go there now." if said.strip() else "The address is taken off."


PAPERWORK: tuple[Verb, ...] = (
    Verb(
        "clinic.letter",
        "Write a letter",
        "Fills in a letter, an agreement, a record or a notice and keeps it as a document of the case.",
        lambda at, values: _write(at, values, text_of(values, "letter")),
        lambda at: _asks(at, _writable(at)),
        lambda at: None if at.file.suspects and _writable(at) else "No letter can be written now.",
        lambda at: "\n".join(
            dict.fromkeys(
                filter(None, (warning_of(_scene(at), who) for who in (Audience.SUSPECT, Audience.VICTIM)))
            )
        ),
        key="l",
    ),
    Verb(
        "clinic.address",
        "Address for letters",
        "Says where letters to a suspect or a victim go.",
        _address,
        _address_asks,
        lambda at: None if at.file.suspects or at.file.victims else "This case has no suspect and no victim.",
    ),
)
"""The verbs of the clinic's paperwork."""
