"""The day sheet of a clinic, to print: who is seen when, who comes along, and what is still to be prepared.

It is left on desks and carried to custody suites: times, names, references and what whoever holds the clinic must
arrange. Offences, needs, health, contact details and notes of people are not on it.
"""

from pathlib import Path

from casedesk.desk.bulk_export import write_new
from casedesk.desk.clinic_diary import STATE_TITLES, Booked, ClinicDay, clinic_of, hours, long_day
from casedesk.desk.clinic_prep import preparation_of
from casedesk.desk.desk import Desk
from casedesk.desk.word_file import Paragraph, document
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId
from casedesk.model.moments import local, show_instant
from casedesk.model.text import counted
from casedesk.rules.clinic.preparation import outstanding

FORMS = {".txt": "text", ".docx": "docx"}
"""The ending of a file, and the form that it stands for."""


def day_sheet(desk: Desk, clinic_id: EntityId) -> list[Paragraph]:
    """The day sheet, paragraph by paragraph. Raises NotFoundError."""
    day = clinic_of(desk, clinic_id)
    lines = [Paragraph(text) for text in _head(day)]
    kept = [one for one in day.booked if one.occupies]
    for one in kept:
        lines.append(Paragraph(f"{local(one.at):%H:%M}–{local(one.until):%H:%M}  {one.name}", "heading"))
        lines += [Paragraph(text, "bullet") for text in _about(desk, one)]
    free = day.free()
    if free:
        lines.append(Paragraph("Free", "heading"))
        lines.append(Paragraph(", ".join(f"{local(at):%H:%M}" for at in free)))
    if not kept:
        lines.append(Paragraph("Nobody is booked."))
    lines.append(
        Paragraph(
            f"{counted(len(kept), 'appointment')}. Made {show_instant(desk.now)} by {desk.store.actor}."
        )
    )
    return lines


def as_text(desk: Desk, clinic_id: EntityId) -> str:
    """The same as plain text, with its title and the marking above and below."""
    marking = desk.settings.marking
    lines = [marking, "", title_of(clinic_of(desk, clinic_id)), ""]
    for one in day_sheet(desk, clinic_id):
        if one.style == "heading":
            lines += ["", one.text]
        else:
            lines.append(f"  - {one.text}" if one.style == "bullet" else one.text)
    return "\n".join([*lines, "", marking]).strip() + "\n"


def as_docx(desk: Desk, clinic_id: EntityId) -> bytes:
    """The same as a Word document."""
    title = title_of(clinic_of(desk, clinic_id))
    return document(desk.settings.marking, title, day_sheet(desk, clinic_id), desk.store.actor, desk.now)


def write_day_sheet(desk: Desk, clinic_id: EntityId, path: Path) -> int:
    """Write the day sheet to a new file, once the access log has a line of it; returns its appointments.

    Raises BadInputError for an ending other than .docx or .txt and for a file that is there, StoreError when it cannot
    be written.
    """
    form = FORMS.get(path.suffix.casefold())
    if form is None:
        raise BadInputError(
            f"{path.name}: a day sheet is a Word document or text.", "Name a file that ends in .docx or .txt."
        )
    kept = [one for one in clinic_of(desk, clinic_id).booked if one.occupies]
    content = as_docx(desk, clinic_id) if form == "docx" else as_text(desk, clinic_id).encode()
    write_new(desk, path, content, "clinic day sheet", len({one.case_id for one in kept}), form)
    return len(kept)


def suggested_name(day: ClinicDay) -> str:
    """A file's name for the sheet: ``clinic-2026-11-27-northgate.docx``."""
    place = "-".join("".join(c if c.isalnum() else " " for c in day.place.casefold()).split()) or "clinic"
    return f"clinic-{day.day.isoformat()}-{place}.docx"


def title_of(day: ClinicDay) -> str:
    """What the sheet is called."""
    return f"Clinic {long_day(day)}, {day.place}"


def _head(day: ClinicDay) -> list[str]:
    room = f", {day.room}" if day.room else ""
    said = [f"{day.place}{room}, {hours(day)}", f"Held by {day.held_by}"]
    if day.away_cover:
        said.append(f"{day.worker} is away that day: {day.away_cover} covers")
    if day.cancelled_why:
        said.append(f"NOT HELD: {day.cancelled_why}")
    if day.travel:
        said.append(f"Travel: {day.travel}")
    if day.note:
        said.append(f"Note: {day.note}")
    return said


def _about(desk: Desk, one: Booked) -> list[str]:
    facts = one.facts
    said = [f"{one.ref} · {STATE_TITLES[one.state]}"]
    if one.clash:
        said.append("TWO PEOPLE ARE BOOKED AT THIS TIME")
    for title, value in (
        ("Appropriate adult", facts.appropriate_adult),
        ("Interpreter", facts.interpreter),
        ("Solicitor", facts.solicitor),
        ("Comes by", facts.travel),
        ("Adjustments", facts.adjustments),
    ):
        if value:
            said.append(f"{title}: {value}")
    if one.stands:
        todo = outstanding(preparation_of(desk, one.case_id, one.id))
        if todo:
            said.append(f"To prepare: {'; '.join(check.check.title for check in todo)}")
    return said
