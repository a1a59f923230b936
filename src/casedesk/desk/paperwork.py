"""Paperwork of the clinic: which letters can be written now, what they say, and the document kept in the case.

A letter is filled in from what is recorded; what is not recorded stands in it as a named gap and is listed. Looking at
one is free. Writing one needs its time to have come, and whatever warns of contact with that person to have been read.
"""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from casedesk.desk import access
from casedesk.desk.bulk_export import write_new
from casedesk.desk.case_asks import name_of
from casedesk.desk.desk import Desk
from casedesk.desk.documents import Attached, case_documents
from casedesk.desk.letter_leaks import refuse_leaks
from casedesk.desk.letter_parts import Filling, Line, written
from casedesk.desk.letter_scene import OTHER_KIND, STANDING, Scene, givens, read_scene, warning_of, why_not
from casedesk.desk.typed import given, required_text
from casedesk.model.entities import DOCUMENT, LOG_ENTRY, SUSPECT, VICTIM
from casedesk.model.errors import BadInputError, CasedeskError, NotFoundError, StoreError
from casedesk.model.ids import EntityId, new_id
from casedesk.model.media import Media, clean_name
from casedesk.model.moments import local, london
from casedesk.model.text import clean, clip
from casedesk.reference.letter_text import holes
from casedesk.reference.letter_words import PLACEHOLDERS, Audience, Placeholder
from casedesk.reference.letters import Letter, Part, Style
from casedesk.reference.rows import hint
from casedesk.store import blobs

WORD = Media("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word document")
_SIGN = " ______________________________"
_WIDTH = 60


@dataclass(frozen=True, slots=True)
class Writable:
    """A letter that belongs to a case, and whether it can be written now."""

    letter: Letter
    why_not: str
    """Why it cannot be written now; empty when it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A letter with everything filled in."""

    filling: Filling
    heading: str
    to: str
    """Whom it goes to."""
    lines: tuple[Line, ...]
    missing: tuple[str, ...]
    """What stands in it as a gap: ``address``."""
    unchecked: tuple[str, ...]
    """Statements in it that are not confirmed, with their sources: somebody who knows should read them."""
    warning: str
    """What must be read before it is sent; empty where nothing is known against it."""
    why_not: str
    """Why it cannot be written now; empty when it can."""
    template: bytes | None
    """The force's own Word template it is written on; None for casedesk's."""

    @property
    def letter(self) -> Letter:
        """Which letter it is."""
        return self.filling.letter

    @property
    def scene(self) -> Scene:
        """What it is written from."""
        return self.filling.scene


@dataclass(frozen=True, slots=True)
class ToPrint:
    """What to print for one appointment of a clinic."""

    case_id: EntityId
    suspect: EntityId
    at: str
    name: str
    reference: str
    papers: tuple[tuple[Letter, str], ...]
    """Each paper, and why it cannot be written yet; empty when it can."""


# -- looking ----------------------------------------------------------------------------------------------------


def letter_of(desk: Desk, said: str) -> Letter:
    """The letter of this id or code, in capitals or not. Raises BadInputError for none."""
    known = desk.packs.letters.letters
    wanted = clean(said).lower()
    if wanted not in known:
        raise BadInputError(f"There is no letter {clean(said)!r}.", hint(wanted, known) or "List them first.")
    return known[wanted]


def documents_for(
    desk: Desk, case_id: EntityId, suspect: EntityId | None = None, victim: EntityId | None = None
) -> list[Writable]:
    """Every letter, in the order of the packs, with why it cannot be written now. Raises NotFoundError."""
    scene = read_scene(desk, case_id, suspect, victim=victim)
    return [Writable(letter, why_not(scene, letter)) for letter in desk.packs.letters.letters.values()]


def typed_for(desk: Desk, letter: Letter) -> tuple[Placeholder, ...]:
    """What a letter asks for that nothing recorded gives: a reason, a day to reply by."""
    found: dict[str, Placeholder] = {}
    for part in desk.packs.letters.blocks(letter):
        found |= {hole.what.id: hole.what for hole in holes(part.text) if hole.what.typed}
    return tuple(found.values())


def compose(
    desk: Desk,
    case_id: EntityId,
    suspect: EntityId | None,
    letter: str,
    *,
    easy: bool = False,
    victim: EntityId | None = None,
    condition: EntityId | None = None,
    typed: Mapping[str, str] | None = None,
) -> Composed:
    """Fill in a letter. ``typed`` holds what was typed for it, by placeholder (:func:`typed_for`).

    Raises BadInputError for a letter, person or condition that is not there, a force's template that cannot be used,
    and words that must never stand in this letter; NotFoundError for the case.
    """
    which = letter_of(desk, letter)
    if easy and not which.has_easy:
        raise BadInputError(f"{which.title} has no easy-read variant.", "Write it as it is.")
    scene = read_scene(
        desk, case_id, suspect, victim=victim, condition=condition, typed=_checked(typed or {})
    )
    filling = Filling(scene, which, easy)
    template, blocks = _template(desk, which, easy=easy)
    said = written(filling, blocks)
    refuse_leaks(filling, [which.heading, *(line.text for line in said.lines)], said.values)
    return Composed(
        filling=filling, heading=which.heading, to=_to(scene, which), lines=said.lines, missing=said.missing,
        unchecked=said.unchecked, warning=warning_of(scene, which.audience), why_not=why_not(scene, which),
        template=template,
    )  # fmt: skip


def preview_text(composed: Composed) -> str:
    """A letter as plain text for the terminal, under its marking."""
    marking = composed.scene.desk.settings.marking
    lines = [marking, "", composed.heading, ""]
    number = 0
    for line in composed.lines:
        number = number + 1 if line.style is Style.NUMBER else 0
        lines.append(_as_text(line, number))
    return "\n".join([*lines, "", marking]) + "\n"


def _as_text(line: Line, number: int) -> str:
    match line.style:
        case Style.HEADING:
            return f"\n{line.text}"
        case Style.BULLET:
            return f"  - {line.text}"
        case Style.NUMBER:
            return f"  {number}. {line.text}"
        case Style.SIGN:
            return f"{line.text}{_SIGN}"
        case _:
            return line.text


def notes(composed: Composed) -> list[str]:
    """What to know about a letter besides its text, in sentences: the warning first."""
    said = [f"BEFORE YOU SEND IT: {line}" for line in composed.warning.splitlines()]
    if composed.why_not:
        said.append(f"It cannot be written yet: {composed.why_not}")
    if composed.missing:
        said.append(f"Not filled in: {', '.join(composed.missing)}.")
    said += [f"To be checked against your force's policy: {one}" for one in composed.unchecked]
    if composed.template is not None:
        said.append("It is written on your force's own Word template.")
    return said


def print_list(desk: Desk, clinic_id: EntityId) -> list[ToPrint]:
    """What to print for a clinic, for everybody who is still to be seen, by the time. Raises NotFoundError."""
    from casedesk.desk.clinic_diary import clinic_of

    papers = [letter for letter in desk.packs.letters.letters.values() if letter.copies]
    found = []
    for one in sorted(clinic_of(desk, clinic_id).booked, key=lambda booked: booked.at):
        suspect = one.facts.suspect
        if one.state not in STANDING or suspect is None:
            continue
        scene = read_scene(desk, one.case_id, suspect)
        wanted = [(letter, why_not(scene, letter)) for letter in papers]
        fits = tuple(pair for pair in wanted if pair[1] != OTHER_KIND)
        found.append(ToPrint(one.case_id, suspect, f"{local(one.at):%H:%M}", one.name, one.ref, fits))
    return found


# -- writing ----------------------------------------------------------------------------------------------------


def write_docx(composed: Composed) -> bytes:
    """A letter as a Word document, on the force's template where there is one.

    It bears the day and no minute: the same letter of the same day is the same file.
    """
    from casedesk.desk.letter_files import docx_of
    from casedesk.desk.letter_templates import made

    desk, letter = composed.scene.desk, composed.letter
    blocks = desk.packs.letters.blocks(letter)
    template = composed.template or made(letter, blocks, easy=composed.filling.easy)
    return docx_of(
        template, composed.filling, givens(composed.scene), marking=desk.settings.marking, author=desk.store.actor,
        title=letter.title, at=london(local(desk.now).date()), numbered=composed.template is None,
    )  # fmt: skip


def save_into_case(desk: Desk, composed: Composed, *, warned: bool = False) -> Attached:
    """Keep a letter as a document of the case, under a line of the log that it belongs to.

    ``warned``: the warning was read. Raises BadInputError where it was not, or the letter cannot be written yet, or the
    same letter is there already.
    """
    _writable(composed, warned=warned)
    content = write_docx(composed)
    case_id = composed.scene.matter.case_id
    sha = hashlib.sha256(content).digest()
    if any(
        one.document.sha256 == sha.hex() and not one.document.removed for one in case_documents(desk, case_id)
    ):
        raise BadInputError("The very same letter is a document of this case already.", "Nothing to do.")
    document_id, entry_id, name, title = new_id(), new_id(), file_name(composed), _title(composed)
    with desk.store.unit_of_work("letter.write") as unit:
        blobs.write(desk.store.connection, sha, len(content), iter((content,)))
        unit.entry(
            LOG_ENTRY, entry_id, case_id, {"at": desk.now, "topic": "note", "text": f"Written: {title}."}
        )
        unit.set(
            DOCUMENT, document_id, case_id,
            given({
                "name": name, "title": title, "media_type": WORD.type, "size": len(content), "sha256": sha.hex(),
                "added_at": desk.now, "entry": entry_id,
            }),
        )  # fmt: skip
    number = next(one.number for one in case_documents(desk, case_id) if one.id == document_id)
    return Attached(document_id, number, name, title, WORD, len(content), tuple(notes(composed)))


def write_file(desk: Desk, composed: Composed, to: Path, *, warned: bool = False) -> Path:
    """Write a letter to a new file, or into a folder under its own name, once the access log has a line of it.

    ``warned``: the warning was read. Raises BadInputError where it was not, or the letter cannot be written yet, or the
    file is there; StoreError when it cannot be written.
    """
    _writable(composed, warned=warned)
    path = to / file_name(composed) if to.is_dir() else to
    if path.suffix.lower() != ".docx":
        raise BadInputError(f"{path.name}: a letter is a Word document.", "Name a file that ends in .docx.")
    content = write_docx(composed)
    write_new(desk, path, content, "letter", 1, composed.letter.code, case_id=composed.scene.matter.case_id)
    return path


def consulted(desk: Desk, composed: Composed) -> None:
    """Account for a letter being looked at."""
    access.consulted(desk, composed.scene.matter.case_id)


def write_templates(desk: Desk, folder: Path) -> list[str]:
    """Write casedesk's own templates into a folder that is there; returns their names. Nothing is overwritten.

    A force edits them in Word and puts them into the folder ``letters`` of its packs. Raises BadInputError when there
    is no such folder or one of the files is there, StoreError when one cannot be written.
    """
    from casedesk.desk.letter_templates import made, template_name

    if not folder.is_dir():
        raise BadInputError(f"There is no folder {folder}.", "Make it first, or choose another.")
    packs = desk.packs.letters
    wanted = [
        (template_name(letter, easy=easy), letter, easy)
        for letter in packs.letters.values()
        for easy in ((False, True) if letter.has_easy else (False,))
    ]
    there = [name for name, _, _ in wanted if (folder / name).exists() or (folder / name).is_symlink()]
    if there:
        raise BadInputError(
            f"{folder / there[0]} is there already.", "Choose an empty folder: nothing is overwritten."
        )
    for name, letter, easy in wanted:
        try:
            with (folder / name).open("xb") as file:
                file.write(made(letter, packs.blocks(letter), easy=easy))
        except OSError as error:
            raise StoreError(
                f"{folder / name} cannot be written ({os.strerror(error.errno or 0)}).", "Check the folder."
            ) from None
    return [name for name, _, _ in wanted]


def check_templates(desk: Desk) -> list[str]:
    """What is wrong with the force's own templates, in sentences; empty when all of them can be used."""
    from casedesk.desk.letter_templates import force_template, template_name
    from casedesk.reference.letters import FOLDER

    overlay, letters = desk.packs.overlay, desk.packs.letters.letters.values()
    folder = overlay / FOLDER if overlay is not None else None
    if folder is None or not folder.is_dir():
        return []
    wrong = []
    for letter in letters:
        for easy in (False, True):
            try:
                force_template(overlay, letter, easy=easy)
            except CasedeskError as error:
                wrong.append(f"{error.message} {error.cure}".strip())
    known = {template_name(letter, easy=easy) for letter in letters for easy in (False, True)}
    wrong += [
        f"{path.name} is the template of no letter: it is not used."
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in (".docx", ".docm", ".dotx", ".dotm", ".doc", ".odt", ".rtf")
        and path.name not in known
    ]
    return wrong


def set_address(desk: Desk, case_id: EntityId, person: EntityId, address: str) -> None:
    """Say where letters to a suspect or a victim go; nothing takes the address off. Raises BadInputError."""
    file = desk.case(case_id).file
    entity = SUSPECT if person in dict(file.suspects) else VICTIM if person in dict(file.victims) else None
    if entity is None:
        raise NotFoundError("That person is no suspect or victim of this case.", "Choose one that is listed.")
    said = required_text(address, "The address") if clean(address) else None
    with desk.store.unit_of_work("letter.address") as unit:
        unit.set(entity, person, case_id, {"address": said})


def file_name(composed: Composed) -> str:
    """The name of a letter's file: its code, the reference and the day, and no person's name."""
    reference = composed.scene.matter.file.case.ref or "case"
    kept = "-".join("".join(one if one.isalnum() else " " for one in reference).split())
    code = composed.letter.id + ("-easy" if composed.filling.easy else "")
    return clean_name(f"{code}-{kept}-{local(composed.scene.desk.now):%Y-%m-%d}.docx")


def _title(composed: Composed) -> str:
    letter = composed.letter
    code = f"{letter.code} " if letter.code.startswith("L") else ""
    easy = ", easy read" if composed.filling.easy else ""
    return clip(f"{code}{letter.title}{easy}, to {composed.to}", 200)


def _to(scene: Scene, letter: Letter) -> str:
    match letter.audience:
        case Audience.SUSPECT:
            return name_of(scene.matter.file, scene.matter.suspect)
        case Audience.VICTIM:
            return name_of(scene.matter.file, scene.victim_id) if scene.victim_id else "the victim"
        case Audience.PROVIDER:
            return (scene.condition.provider if scene.condition else "") or scene.typed.get(
                "typed.service", "the provider"
            )
        case Audience.OFFICER:
            return scene.matter.file.case.oic or "the OIC"
        case Audience.RECORDS:
            return "the administrators"
        case Audience.CPS:
            return "the CPS"
        case Audience.TEAM:
            return "the file"


def _template(desk: Desk, letter: Letter, *, easy: bool) -> tuple[bytes | None, tuple[Part, ...]]:
    """The force's own template with its paragraphs, or casedesk's paragraphs."""
    overlay = desk.packs.overlay
    if overlay is not None and (overlay / "letters").is_dir():
        from casedesk.desk.letter_templates import blocks_of, force_template

        raw = force_template(overlay, letter, easy=easy)
        if raw is not None:
            return raw, blocks_of(raw)
    return None, desk.packs.letters.blocks(letter)


def _checked(typed: Mapping[str, str]) -> dict[str, str]:
    for name in typed:
        if name not in PLACEHOLDERS or not PLACEHOLDERS[name].typed:
            raise BadInputError(
                f"{clean(name)!r} is nothing that is typed for a letter.",
                hint(name, [one.id for one in PLACEHOLDERS.values() if one.typed]),
            )
    return {
        name: required_text(text, PLACEHOLDERS[name].title.capitalize())
        for name, text in typed.items()
        if clean(text)
    }


def _writable(composed: Composed, *, warned: bool) -> None:
    if composed.why_not:
        raise BadInputError(
            f"This letter cannot be written yet: {composed.why_not}", "Look at it as a preview."
        )
    if composed.warning and not warned:
        raise BadInputError(
            f"Read this before anything goes to {clip(composed.to, _WIDTH)}: {' '.join(composed.warning.split())}",
            "Say that you have read it, and write the letter again.",
        )
