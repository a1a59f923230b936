"""The evidence list: exhibits by their references, and where each item is."""

from collections.abc import Mapping
from dataclasses import dataclass

from casedesk.desk.desk import Desk
from casedesk.desk.documents import Listed, listed
from casedesk.desk.typed import required_text
from casedesk.model.dossier import Dossier, Exhibit
from casedesk.model.entities import EXHIBIT, Value
from casedesk.model.errors import BadInputError, NotFoundError
from casedesk.model.facts import CaseFile
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment, earliest
from casedesk.model.text import clean, folded
from casedesk.store.records import read_dossier

EXHIBIT_ACTS = {"exhibit.add": "an exhibit", "exhibit.change": "changing an exhibit"}
"""The acts of this module, for undo and history."""
_LONGEST = {"reference": 40, "what": 500, "where": 300, "found_by": 200}
_TITLES = {name: field.title for name, field in EXHIBIT.by_name.items()}


@dataclass(frozen=True, slots=True)
class ListedExhibit:
    """One exhibit as the evidence list shows it."""

    id: EntityId
    exhibit: Exhibit
    documents: tuple[Listed, ...]
    """What is attached to it and was not taken off."""


def evidence(desk: Desk, file: CaseFile, dossier: Dossier) -> list[ListedExhibit]:
    """The evidence list of a case, by reference."""
    attached: dict[EntityId, list[Listed]] = {}
    for one in listed(desk, file, dossier):
        if one.document.entry is not None and not one.document.removed:
            attached.setdefault(one.document.entry, []).append(one)
    found = [ListedExhibit(own, exhibit, tuple(attached.get(own, ()))) for own, exhibit in dossier.exhibits]
    return sorted(found, key=lambda one: (folded(one.exhibit.reference or ""), one.id))


def case_evidence(desk: Desk, case_id: EntityId) -> list[ListedExhibit]:
    """The same, read anew. Raises NotFoundError when the case is not in this store."""
    return evidence(desk, desk.case(case_id).file, read_dossier(desk.store.connection, case_id))


def add(
    desk: Desk,
    case_id: EntityId,
    reference: str,
    what: str,
    *,
    where: str = "",
    found_by: str = "",
    on: Moment | None = None,
    note: str = "",
) -> EntityId:
    """Put an item on the evidence list.

    Raises BadInputError without a reference or what it is, when the reference is on the list already, a text is too
    long, or the day is to come.
    """
    fields = _checked(
        desk, {"reference": reference, "what": what, "where": where, "found_by": found_by, "on": on, "note": note}
    )  # fmt: skip
    for required in ("reference", "what"):
        if required not in fields:
            raise BadInputError(f"{_TITLES[required]} is missing.", "Give it as it is on the label.")
    _require_new(case_evidence(desk, case_id), str(fields["reference"]))
    exhibit_id = new_id()
    with desk.store.unit_of_work("exhibit.add") as unit:
        unit.set(EXHIBIT, exhibit_id, case_id, fields)
    return exhibit_id


def change(
    desk: Desk, case_id: EntityId, exhibit_id: EntityId, values: Mapping[str, str | Moment | None]
) -> None:
    """Change facts of an exhibit, as when the item went elsewhere. What it said before stays in the history.

    Raises BadInputError as :func:`add` does, and when nothing would change.
    """
    known = case_evidence(desk, case_id)
    held = next((one.exhibit for one in known if one.id == exhibit_id), None)
    if held is None:
        raise NotFoundError("That exhibit is not in this case.", "Choose one that is listed.")
    fields = _checked(desk, values)
    new = {name: value for name, value in fields.items() if getattr(held, name) != value}
    if not new:
        raise BadInputError("That is what the list says already.", "Nothing to do.")
    if "reference" in new:
        _require_new([one for one in known if one.id != exhibit_id], str(new["reference"]))
    with desk.store.unit_of_work("exhibit.change") as unit:
        unit.set(EXHIBIT, exhibit_id, case_id, new)


def find(desk: Desk, case_id: EntityId, reference: str) -> ListedExhibit:
    """The exhibit of this reference, whatever its case. Raises NotFoundError."""
    wanted = folded(clean(reference))
    known = case_evidence(desk, case_id)
    for one in known:
        if folded(one.exhibit.reference or "") == wanted:
            return one
    have = ", ".join(one.exhibit.reference or "?" for one in known[:8]) or "none"
    raise NotFoundError(
        f"There is no exhibit {clean(reference)!r} on the list.",
        f"On it: {have}. “exhibit add” puts one there.",
    )


def _checked(desk: Desk, values: Mapping[str, str | Moment | None]) -> dict[str, Value]:
    """The values that say something, cleaned."""
    fields: dict[str, Value] = {}
    for name, value in values.items():
        if value is None or not clean(value):
            continue
        if name == "on":
            fields[name] = value
            continue
        text = required_text(value, _TITLES[name])
        fields[name] = text if name == "note" else clean(text)
        if len(text) > _LONGEST.get(name, len(text)):
            raise BadInputError(
                f"{_TITLES[name]} has {len(text):,} characters; the most is {_LONGEST[name]}.",
                "Shorten it, and put the rest into the note.",
            )
    on = values.get("on")
    if on is not None and earliest(Moment(on)) > desk.now:
        raise BadInputError("The day of the exhibit is to come.", "Give the day it was produced.")
    return fields


def _require_new(known: list[ListedExhibit], reference: str) -> None:
    for one in known:
        if folded(one.exhibit.reference or "") == folded(reference):
            raise BadInputError(
                f"{reference} is on the list already: {one.exhibit.what or 'an exhibit'}.",
                "Give another reference, or change that one.",
            )
