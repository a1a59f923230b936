"""Documents: files taken into the encrypted store, listed, read as text, and given out as a copy by name.

Nothing is ever opened by casedesk or handed to another program. A file is read twice, first to see what it is, then to
keep it; both in pieces.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from casedesk.desk import access
from casedesk.desk.desk import Desk
from casedesk.desk.incoming_file import (
    checked_size,
    hashed,
    ordinary_file,
    pieces,
    recognised,
    shown_size,
    typed_path,
)
from casedesk.desk.paths import is_folder, is_there
from casedesk.desk.typed import given, required_text
from casedesk.model.dossier import Document, Dossier
from casedesk.model.entities import DOCUMENT
from casedesk.model.errors import BadInputError, NotFoundError, StoreError
from casedesk.model.facts import CaseFile, standing
from casedesk.model.ids import EntityId, new_id
from casedesk.model.media import (
    HEAD,
    LONGEST_NAME,
    UNKNOWN,
    Media,
    clean_name,
    text_encoding,
    title_of,
)
from casedesk.model.moments import show_instant
from casedesk.model.text import MAX_TEXT, clean, clip
from casedesk.store import blobs
from casedesk.store.records import read_dossier

DOCUMENT_ACTS = {
    "document.attach": "attaching a document",
    "document.title": "naming a document",
    "document.link": "saying what a document belongs to",
    "document.remove": "taking a document off",
}
"""The acts of this module, for undo and history."""
GHOST = "Only its title is left: one desk erased it, or undid its attaching, while another named it"
"""What is said of a document that was changed at one desk while another took away what it was."""
_MB = 1024 * 1024
_LONGEST_TITLE = 200
_ENTRIES_OFFERED = 30


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that was taken in."""

    id: EntityId
    number: int
    name: str
    """As it was cleaned."""
    title: str
    media: Media
    size: int
    notes: tuple[str, ...]
    """What the person should know, in sentences."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One document of a case as a list shows it."""

    number: int
    """Its place in the order of attaching, 1 first: it stays when others are taken off."""
    id: EntityId
    document: Document
    belongs: str
    """What it was attached to, in words; empty for the case."""
    here: bool
    """Whether its content is in this store."""

    @property
    def doubt(self) -> str:
        """What is to be said of its content, in words; empty where it is here."""
        if self.document.sha256 is None:
            return GHOST
        return "" if self.here else "Its content is not in this store"

    @property
    def kind(self) -> str:
        """What kind of file it is, in words."""
        return title_of(self.document.media_type or UNKNOWN.type)


@dataclass(frozen=True, slots=True)
class Text:
    """A text document for reading at the terminal."""

    title: str
    text: str
    """Clean, lines kept."""
    cut: bool
    """Whether there is more than is shown."""


# -- taking in --------------------------------------------------------------------------------------------------


def attach(
    desk: Desk, case_id: EntityId, path: str | Path, *, title: str = "", belongs: EntityId | None = None
) -> Attached:
    """Take a file into the store as a document of a case, or of a person, exhibit or entry of it.

    Raises BadInputError for what is no ordinary file, is empty, too large, a program or a script, cannot be read, or is
    attached there already; StoreError when the store cannot be written. Nothing is kept then. Where the document is
    listed already and its content is not here, the content is filled in.
    """
    file, dossier = desk.case(case_id).file, read_dossier(desk.store.connection, case_id)
    existing_link(file, dossier, belongs)
    source = typed_path(path)
    name = clean_name(source.name)
    with ordinary_file(source, name) as opened:
        size = checked_size(opened, name, desk.settings.limits.document_mb * _MB)
        found = recognised(opened, name)
        sha = hashed(opened, name)
        twin = _twin(listed(desk, file, dossier), sha, belongs)
        if twin is not None:
            return _filled(desk, twin, opened, sha, size, found.media)
        document = Document(
            name=name, title=_title(title or name), media_type=found.media.type, size=size, sha256=sha.hex(),
            added_at=desk.now, entry=belongs,
        )  # fmt: skip
        document_id = new_id()
        with desk.store.unit_of_work("document.attach") as unit:
            opened.seek(0)
            new = blobs.write(desk.store.connection, sha, size, pieces(opened, name))
            unit.set(DOCUMENT, document_id, case_id, given(_fields(document)))
    number = next(one.number for one in case_documents(desk, case_id) if one.id == document_id)
    notes = [*_name_notes(source.name, name), *found.notes]
    if not new:
        notes.append("The same content was in the store already: it takes no more room.")
    return Attached(document_id, number, name, document.title or name, found.media, size, tuple(notes))


def store_size(desk: Desk) -> str:
    """How much room all documents of the store take, in words."""
    held = blobs.held(desk.store.connection)
    return f"The documents of this store take {shown_size(held.bytes)} now."


def _fields(document: Document) -> dict[str, str | int | EntityId | None]:
    return {of.name: getattr(document, of.name) for of in DOCUMENT.fields}


def _title(text: str) -> str:
    said = clean(required_text(text, "The title"))
    if len(said) > _LONGEST_TITLE:
        raise BadInputError(
            f"The title has {len(said):,} characters; the most is {_LONGEST_TITLE}.", "Shorten it."
        )
    return said


def _name_notes(was: str, name: str) -> list[str]:
    return [] if was == name else [f"It is kept under the name {name}."]


def _twin(known: list[Listed], sha: bytes, belongs: EntityId | None) -> Listed | None:
    """The document that this very file is there already, to be filled in. Raises BadInputError when it is whole."""
    twins = [
        one
        for one in known
        if one.document.sha256 == sha.hex() and one.document.entry == belongs and not one.document.removed
    ]
    if twins and twins[0].here:
        raise BadInputError(
            f"That file is document {twins[0].number} of this case already.",
            "Nothing to do; or say what else it belongs to.",
        )
    return twins[0] if twins else None


def _filled(desk: Desk, twin: Listed, opened: BinaryIO, sha: bytes, size: int, media: Media) -> Attached:
    """Keep the content of a document that is listed and whose content did not come."""
    with desk.store.transaction():
        opened.seek(0)
        blobs.write(desk.store.connection, sha, size, pieces(opened, twin.document.name or ""))
    said = (
        f"It is document {twin.number} of this case already: its content, which was not here, was filled in."
    )
    name = twin.document.name or ""
    return Attached(twin.id, twin.number, name, twin.document.title or name, media, size, (said,))


# -- what is there ----------------------------------------------------------------------------------------------


def listed(desk: Desk, file: CaseFile, dossier: Dossier) -> list[Listed]:
    """The documents of a case by their numbers, those taken off included."""
    words = _in_words(file, dossier, {own for _, one in dossier.documents if (own := one.entry)})
    ordered = sorted(dossier.documents, key=lambda one: one[1].added_at or desk.now)
    connection = desk.store.connection
    return [
        Listed(
            number, own, document, words.get(document.entry, "") if document.entry else "",
            blobs.have(connection, _sha(document)),
        )
        for number, (own, document) in enumerate(ordered, 1)
    ]  # fmt: skip


def case_documents(desk: Desk, case_id: EntityId) -> list[Listed]:
    """The same, read anew. Raises NotFoundError when the case is not in this store."""
    return listed(desk, desk.case(case_id).file, read_dossier(desk.store.connection, case_id))


def numbered(desk: Desk, case_id: EntityId, number: int) -> Listed:
    """The document of this number. Raises NotFoundError when there is none, or it was taken off."""
    known = case_documents(desk, case_id)
    found = next((one for one in known if one.number == number), None)
    if found is None:
        have = f"there are {len(known)}" if known else "there are none"
        raise NotFoundError(f"This case has no document {number}: {have}.", "List them first.")
    return _standing(found)


def link_choices(file: CaseFile, dossier: Dossier) -> list[tuple[str, str]]:
    """What a document of this case can belong to, for a form: the case, exhibits, people, the latest entries."""
    parts = _exhibits_and_people(file, dossier)
    latest = sorted(_entries(file), key=lambda one: one.at, reverse=True)[:_ENTRIES_OFFERED]
    found = [*parts.items(), *((entry.id, entry.words) for entry in latest)]
    return [("", "The case"), *((own.hex(), words) for own, words in found)]


def existing_link(file: CaseFile, dossier: Dossier, belongs: EntityId | None) -> None:
    """Raise BadInputError when a document is to belong to what is not in this case."""
    if belongs is not None and not _in_words(file, dossier, {belongs}):
        raise BadInputError(
            "What the document is to belong to is not in this case.", "Choose something that is listed."
        )


def _in_words(file: CaseFile, dossier: Dossier, wanted: set[EntityId]) -> dict[EntityId, str]:
    """Those of these ids that are in the case, each as it is called there."""
    if not wanted:
        return {}
    found = _exhibits_and_people(file, dossier)
    if wanted - found.keys():
        found |= {entry.id: entry.words for entry in _entries(file) if entry.id in wanted}
    return {own: words for own, words in found.items() if own in wanted}


def _exhibits_and_people(file: CaseFile, dossier: Dossier) -> dict[EntityId, str]:
    found = {own: f"Exhibit {exhibit.reference or ''}".strip() for own, exhibit in dossier.exhibits}
    for what, people in (("Victim", file.victims), ("Suspect", file.suspects), ("Witness", file.witnesses)):
        found |= {own: f"{what} {person.name or '(no name)'}" for own, person in people}
    return found


class _Entry(NamedTuple):
    """An entry of the timeline that stands."""

    id: EntityId
    what: str
    at: datetime
    text: str

    @property
    def words(self) -> str:
        """How it is called in a list."""
        return f"{self.what} {show_instant(self.at)}: {clip(clean(self.text), 30)}"


def _entries(file: CaseFile) -> Iterator[_Entry]:
    for what, some in (("Log", file.log), ("Contact", file.contacts)):
        for own, entry in standing(some):
            if entry.at is not None:
                yield _Entry(own, what, entry.at, entry.text or "")


def _sha(document: Document) -> bytes:
    with suppress(ValueError):
        return bytes.fromhex(document.sha256 or "")
    return b""


def _standing(one: Listed) -> Listed:
    if one.document.removed:
        raise NotFoundError(
            f"Document {one.number} was taken off this case.", "Undo that if it is needed after all."
        )
    return one


def _chosen(desk: Desk, case_id: EntityId, document_id: EntityId) -> Listed:
    found = next((one for one in case_documents(desk, case_id) if one.id == document_id), None)
    if found is None:
        raise NotFoundError("That document is not in this case.", "Choose one that is listed.")
    return _standing(found)


def _with_content(desk: Desk, case_id: EntityId, document_id: EntityId) -> Listed:
    """A document that names a content. Raises NotFoundError for one of which only the title is left."""
    found = _chosen(desk, case_id, document_id)
    if found.document.sha256 is None:
        raise NotFoundError(
            f"{GHOST}.", "Take it off the case; or attach the file, if it is needed after all."
        )
    return found


# -- changing ---------------------------------------------------------------------------------------------------


def rename(desk: Desk, case_id: EntityId, document_id: EntityId, title: str) -> None:
    """Give a document another title. Raises BadInputError for an empty or too long one."""
    _chosen(desk, case_id, document_id)
    with desk.store.unit_of_work("document.title") as unit:
        unit.set(DOCUMENT, document_id, case_id, {"title": _title(title)})


def link(desk: Desk, case_id: EntityId, document_id: EntityId, belongs: EntityId | None) -> None:
    """Say what a document belongs to; None for the case. Raises BadInputError for what is not in the case."""
    _chosen(desk, case_id, document_id)
    existing_link(desk.case(case_id).file, read_dossier(desk.store.connection, case_id), belongs)
    with desk.store.unit_of_work("document.link") as unit:
        unit.set(DOCUMENT, document_id, case_id, {"entry": belongs})


def take_off(desk: Desk, case_id: EntityId, document_id: EntityId, reason: str) -> None:
    """Take a document off a case. Its content stays in the store until the case is disposed of.

    Raises BadInputError without a reason.
    """
    _chosen(desk, case_id, document_id)
    with desk.store.unit_of_work("document.remove", required_text(reason, "The reason")) as unit:
        unit.set(DOCUMENT, document_id, case_id, {"removed": True})


# -- giving out and reading -------------------------------------------------------------------------------------


def proposed_name(document: Document) -> str:
    """The name that a copy is proposed to have: clean on every system."""
    return clean_name(document.name or document.title or "")


def save_as(
    desk: Desk, case_id: EntityId, document_id: EntityId, to: str | Path, *, reason: str = ""
) -> Path:
    """Write a copy of a document, for its owner alone, under a name that is free; returns where it is.

    A folder takes it under its proposed name. It is a disclosure, noted before the first byte is out. Raises
    BadInputError when the place will not do or is taken, NotFoundError or StoreError when the content is not here or
    not whole, or the copy cannot be written: then none stays behind.
    """
    chosen = _with_content(desk, case_id, document_id)
    path = typed_path(to)
    if is_folder(path):
        path /= proposed_name(chosen.document)
    _require_free(path)
    sha = _sha(chosen.document)
    pieces = blobs.read(desk.store.connection, sha)
    first = next(pieces, b"")
    access.disclosed(
        desk, "document", 1, case_id=case_id, reason=reason, bytes=chosen.document.size or 0, sha256=sha.hex()
    )
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(first)
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
    except BaseException as error:
        with suppress(OSError):
            path.unlink()
        if isinstance(error, OSError):
            raise _unwritable(path, error) from None
        raise
    return path


def read_text(desk: Desk, case_id: EntityId, document_id: EntityId, most: int = MAX_TEXT) -> Text:
    """A text document for the terminal: clean, at most so many characters of it. It is a consultation of the case.

    Raises BadInputError for a document that is no text.
    """
    chosen = _with_content(desk, case_id, document_id)
    document = chosen.document
    if not Media(document.media_type or "", "").is_text:
        raise BadInputError(
            f"Document {chosen.number} is no text: it cannot be shown here.", "Save a copy to look at it."
        )
    access.consulted(desk, case_id)
    pieces = blobs.read(desk.store.connection, _sha(document))
    raw = b""
    for piece in pieces:
        raw += piece
        if len(raw) > 4 * most:
            break
    pieces.close()
    text = raw.decode(text_encoding(raw[:HEAD]), errors="replace")
    cut = len(raw) < (document.size or 0) or len(text) > most
    return Text(document.title or document.name or "", clean(text[:most], lines=True), cut)


def _require_free(path: Path) -> None:
    """Raise BadInputError when a copy cannot go there."""
    if is_there(path):
        raise _taken(path)
    if not is_folder(path.parent):
        raise BadInputError(f"There is no folder {path.parent}.", "Name a folder that is there.")
    if len(path.name) > LONGEST_NAME * 2 or not path.name:
        raise BadInputError("That is no name for a file.", "Give a shorter name.")


def _taken(path: Path) -> BadInputError:
    return BadInputError(f"{path} is there already.", "Give another name: nothing is overwritten.")


def _unwritable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{path} cannot be written ({error.strerror or type(error).__name__}).",
        "Check the folder, the drive and the free space.",
    )
