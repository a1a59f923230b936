"""What can be done on the tabs of documents and of evidence."""

from collections.abc import Sequence
from pathlib import Path

from casedesk.desk import documents, exhibits
from casedesk.desk.asking import Ask, At, Kind, Values, Verb
from casedesk.desk.documents import Listed
from casedesk.desk.incoming_file import shown_size
from casedesk.model.dossier import Exhibit
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId

_PATH = Ask("path", "File", required=True, hint="its path; a file dropped on the terminal writes it")
_TITLE = Ask("title", "Title", hint="the file's name if nothing is given")


def attached_in_words(at: At, made: documents.Attached) -> str:
    """What is said when a file was attached: what it was taken for, what to know of it, how large the store is."""
    said = f"Document {made.number}: {made.title} ({made.media.title}, {shown_size(made.size)})."
    return " ".join((said, *made.notes, documents.store_size(at.desk)))


def chosen_document(at: At) -> Listed | None:
    """The document of the row under the cursor; the only one where there is no other."""
    standing = [one for one in _listed(at) if not one.document.removed]
    if at.subject is None and len(standing) == 1:
        return standing[0]
    return next((one for one in standing if one.id == at.subject), None)


def _listed(at: At) -> list[Listed]:
    return documents.listed(at.desk, at.file, at.dossier)


def _document(at: At) -> Listed:
    found = chosen_document(at)
    if found is None:
        raise BadInputError("No document is chosen.", "Put the cursor on one.")
    return found


def _exhibit(at: At) -> tuple[EntityId, Exhibit]:
    found = _chosen_exhibit(at)
    if found is None:
        raise BadInputError("No exhibit is chosen.", "Put the cursor on one.")
    return found


def _chosen_exhibit(at: At) -> tuple[EntityId, Exhibit] | None:
    known = at.dossier.exhibits
    if at.subject is None and len(known) == 1:
        return known[0]
    return next((one for one in known if one[0] == at.subject), None)


def _needs_document(at: At) -> str | None:
    return None if chosen_document(at) else "There is no document under the cursor."


def _needs_exhibit(at: At) -> str | None:
    return None if _chosen_exhibit(at) else "There is no exhibit under the cursor."


def _link(values: Values) -> EntityId | None:
    chosen = values.get("belongs")
    return EntityId(bytes.fromhex(chosen)) if chosen else None


def _belongs(at: At, initial: EntityId | None) -> Ask:
    choices = documents.link_choices(at.file, at.dossier)
    shown = initial.hex() if initial is not None else ""
    if shown not in dict(choices):
        shown = ""
    return Ask("belongs", "Belongs to", Kind.CHOICE, choices=choices, initial=shown)


# -- documents --------------------------------------------------------------------------------------------------


def _attach(at: At, values: Values) -> str:
    made = documents.attach(
        at.desk, at.case_id, values["path"] or "", title=values.get("title") or "", belongs=_link(values)
    )
    return attached_in_words(at, made)


def _save(at: At, values: Values) -> str:
    path = documents.save_as(
        at.desk, at.case_id, _document(at).id, values["to"] or "", reason=values.get("reason") or ""
    )
    return f"Saved as {path}, for you alone. It is in the access log as given out."


def _save_asks(at: At) -> Sequence[Ask]:
    name = documents.proposed_name(_document(at).document)
    return (
        Ask("to", "Save as", required=True, initial=str(Path("~") / name), hint="never overwrites a file"),
        Ask("reason", "What for", hint="kept in the access log"),
    )


def _rename(at: At, values: Values) -> str:
    documents.rename(at.desk, at.case_id, _document(at).id, values["title"] or "")
    return "The title is changed."


def _relink(at: At, values: Values) -> str:
    documents.link(at.desk, at.case_id, _document(at).id, _link(values))
    return "It belongs there now."


def _take_off(at: At, values: Values) -> str:
    one = _document(at)
    documents.take_off(at.desk, at.case_id, one.id, values["reason"] or "")
    return (
        f"Document {one.number} was taken off. Its content stays in the store until the case is disposed of."
    )


def _taking_off(at: At) -> str:
    one = chosen_document(at)
    return f"Document {one.number}: {one.document.title or one.document.name}" if one else ""


DOCUMENTS: tuple[Verb, ...] = (
    Verb(
        "documents.attach",
        "Attach a file",
        "Takes a file into the encrypted store, under this case or somebody or something of it.",
        _attach,
        lambda at: (_PATH, _TITLE, _belongs(at, None)),
        key="a",
    ),
    Verb(
        "documents.save",
        "Save a copy",
        "Writes a copy of the document to a place you name. That is a disclosure, and is noted as one.",
        _save,
        _save_asks,
        _needs_document,
        key="s",
    ),
    Verb(
        "documents.link",
        "Belongs to",
        "Says what the document belongs to: the case, an exhibit, a person, or an entry of the timeline.",
        _relink,
        lambda at: (_belongs(at, _document(at).document.entry),),
        _needs_document,
        key="b",
    ),
    Verb(
        "documents.title",
        "Title",
        "Gives the document another title.",
        _rename,
        lambda at: (Ask("title", "Title", required=True, initial=_document(at).document.title or ""),),
        _needs_document,
        key="t",
    ),
    Verb(
        "documents.take-off",
        "Take off",
        "Takes the document off the case. Undo brings it back; its content goes when the case is disposed of.",
        _take_off,
        lambda _at: (Ask("reason", "Why", required=True),),
        _needs_document,
        warns=_taking_off,
        key="x",
    ),
)
"""The verbs of the tab of documents."""


# -- evidence ---------------------------------------------------------------------------------------------------


def _exhibit_asks(held: Exhibit | None) -> Sequence[Ask]:
    said = held or Exhibit()
    return (
        Ask("reference", "Reference", required=True, initial=said.reference or "", hint="as on the label: JD/1"),
        Ask("what", "Item", required=True, initial=said.what or ""),
        Ask("where", "Where it is", initial=said.where or "", hint="property store, laboratory, evidence system"),
        Ask("found_by", "Produced by", initial=said.found_by or ""),
        Ask("on", "Date", Kind.DAY, initial=said.on or ""),
        Ask("note", "Note", Kind.LINES, rows=3, initial=said.note or ""),
    )  # fmt: skip


def _add_exhibit(at: At, values: Values) -> str:
    exhibits.add(
        at.desk, at.case_id, values["reference"] or "", values["what"] or "", where=values.get("where") or "",
        found_by=values.get("found_by") or "", on=values.get("on"), note=values.get("note") or "",
    )  # fmt: skip
    return f"Exhibit {values['reference']} is on the list."


def _change_exhibit(at: At, values: Values) -> str:
    own, held = _exhibit(at)
    exhibits.change(at.desk, at.case_id, own, dict(values))
    return f"Exhibit {held.reference} is changed; what it said before is in the history."


def _attach_to_exhibit(at: At, values: Values) -> str:
    own, _ = _exhibit(at)
    made = documents.attach(
        at.desk, at.case_id, values["path"] or "", title=values.get("title") or "", belongs=own
    )
    return attached_in_words(at, made)


EVIDENCE: tuple[Verb, ...] = (
    Verb(
        "evidence.add",
        "Add an exhibit",
        "Puts an item on the evidence list: its reference, what it is, and where it is.",
        _add_exhibit,
        lambda _at: _exhibit_asks(None),
        key="a",
    ),
    Verb(
        "evidence.where",
        "Where it is",
        "Says where the item is now. Where it was before stays in the history.",
        _change_exhibit,
        lambda at: (Ask("where", "Where it is", required=True, initial=_exhibit(at)[1].where or ""),),
        _needs_exhibit,
        key="w",
    ),
    Verb(
        "evidence.change",
        "Change",
        "Changes what the list says of the item.",
        _change_exhibit,
        lambda at: _exhibit_asks(_exhibit(at)[1]),
        _needs_exhibit,
        key="r",
    ),
    Verb(
        "evidence.attach",
        "Attach a file",
        "Takes a file into the encrypted store as a document of this exhibit: a picture, a continuity record.",
        _attach_to_exhibit,
        lambda _at: (_PATH, _TITLE),
        _needs_exhibit,
        key="d",
    ),
)
"""The verbs of the evidence list."""
