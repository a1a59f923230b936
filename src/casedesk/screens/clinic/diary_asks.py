"""The forms of the clinic's diary: what is asked before a clinic is opened, a person booked, an appointment moved."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from textual.app import App

from casedesk.desk import clinics
from casedesk.desk.case_asks import CHANNEL_TITLES, choices, people
from casedesk.desk.caseload import view_of
from casedesk.desk.clinic_diary import ClinicDay, appointment_of, day_words
from casedesk.desk.desk import Desk
from casedesk.model.entities import Value
from casedesk.model.errors import BadInputError, CasedeskError
from casedesk.model.facts import Appointment
from casedesk.model.ids import EntityId
from casedesk.model.moments import day_of, earliest, from_micros, local, london, to_micros
from casedesk.model.typed_moments import Lean
from casedesk.rules.clinic.preparation import adult_of
from casedesk.rules.reasons.factor import when
from casedesk.screens.session import Session
from casedesk.store.queue import QueueRow
from casedesk.widgets.dialogs import Choice, Choose, Prompt, error_message
from casedesk.widgets.fields import (
    ChoiceField,
    Field,
    LinesField,
    ManyField,
    MomentField,
    NumberField,
    TextField,
    Values,
)
from casedesk.widgets.form import Form
from casedesk.widgets.picker import PickField, search_choices

Done = Callable[[str], None]
"""Told what was done, once it was."""
_MOST_CASES = 500
_MOST_SLOTS = 200
_OTHER = "other"


def ask_new(app: App[Any], session: Session, done: Callable[[EntityId, str], None]) -> None:
    """Ask for a clinic's place and hours, and open it; ``done`` is told which it is."""
    desk = session.desk
    made: list[EntityId] = []
    doubts: list[str] = []

    def save(values: Values) -> None:
        opens, closes = _hours(values)
        doubts[:] = clinics.opening_doubts(desk, opens, values["worker"])
        made.append(
            clinics.open_clinic(
                desk, place=values["place"], room=values["room"] or "", opens_at=opens, closes_at=closes,
                slot_minutes=values["minutes"], worker=values["worker"], travel=values["travel"] or "",
                note=values["note"] or "",
            )
        )  # fmt: skip

    def saved(values: Values | None) -> None:
        if values is not None:
            done(made[-1], " ".join(["The clinic is open: b books people in.", *doubts]))

    last = [
        day for day in clinics.clinics(desk, past=True) if desk.store.actor in (day.worker, day.covered_by)
    ]
    initial = {"opens": "", "worker": desk.store.actor, "minutes": str(desk.packs.clinic.slot_minutes)}
    if last:
        initial |= {"place": last[-1].place, "room": last[-1].room, "minutes": str(last[-1].slot_minutes)}
    fields = [
        TextField("place", "Place", required=True, hint="where people are seen"),
        TextField("room", "Room"),
        MomentField("opens", "Opens", required=True, hint="fri 10:00, 27/11 09:30", lean=Lean.FUTURE),
        TextField("closes", "Closes", required=True, hint="16:00, the same day"),
        NumberField("minutes", "Minutes a slot", required=True, least=10, most=240),
        TextField("worker", "Held by", required=True, hint="a collar number"),
        TextField("travel", "Travel", hint="parking, way in, keys"),
        LinesField("note", "Note", rows=2),
    ]
    form = Form(
        "New clinic", fields, clock=session.clock, save=save, initial=initial, drafts=session.drafts,
        draft_key="clinic new",
    )  # fmt: skip
    app.push_screen(form, saved)


def ask_clinic(app: App[Any], session: Session, day: ClinicDay, done: Done) -> None:
    """Ask for the room, the travel and the note of a clinic, as they stand now."""

    def save(values: Values) -> None:
        said = {name: values[name] or "" for name in ("room", "travel", "note")}
        clinics.amend_clinic(session.desk, day.id, **said)

    def saved(values: Values | None) -> None:
        if values is not None:
            done("Noted.")

    fields = [TextField("room", "Room"), TextField("travel", "Travel"), LinesField("note", "Note", rows=2)]
    initial = {"room": day.room, "travel": day.travel, "note": day.note}
    app.push_screen(Form(day.title, fields, clock=session.clock, save=save, initial=initial), saved)


def ask_case(app: App[Any], session: Session, day: ClinicDay, chosen: Callable[[EntityId], None]) -> None:
    """Let choose a case: those meant for the clinic first, any other by its occurrence number."""
    rows = _clinic_cases(session)

    def taken(case_id: EntityId | None) -> None:
        if case_id is None:
            return
        if case_id != _ANOTHER:
            chosen(case_id)
            return
        app.push_screen(Prompt("Which case?", "Its occurrence number, or the beginning of it."), typed)

    def typed(said: str | None) -> None:
        if said is None:
            return
        try:
            found = session.desk.find(said)
        except CasedeskError as error:
            app.push_screen(error_message(error, kept="Nothing was booked."))
        else:
            chosen(found)

    listed = [
        _case_choice(session.desk, row) for row in sorted(rows, key=lambda row: row.clinic_at is not None)
    ]
    listed.append(Choice(_ANOTHER, "Another case", "by its occurrence number"))
    text = "Cases meant for the clinic. For any other case type “another”."
    app.push_screen(Choose(f"Who is to be seen? {day.title}", listed, text=text, typed=True), taken)


_ANOTHER = EntityId(b"another".ljust(16, b"\0"))


def ask_booking(
    app: App[Any],
    session: Session,
    day: ClinicDay,
    at: datetime | None,
    case_id: EntityId,
    done: Callable[[str, EntityId, EntityId], None],
) -> None:
    """Ask for the slot and what is arranged, what must be looked at twice above it, and book.

    ``done`` is told what was done, at which clinic and which appointment it is.
    """
    desk = session.desk
    try:
        file = desk.case(case_id).file
        suspects = people(file, "suspects")
        if not suspects:
            raise BadInputError("No suspect is recorded in this case.", "Open it and add the suspect first.")
        first = EntityId(bytes.fromhex(suspects[0][0]))
        doubts = clinics.booking_doubts(desk, case_id, first) if len(suspects) == 1 else []
    except CasedeskError as error:
        app.push_screen(error_message(error, kept="Nothing was booked."))
        return
    slots = _slots(desk, day)
    made: list[tuple[EntityId, EntityId]] = []

    def save(values: Values) -> None:
        clinic_id, at_time = _slot(values["slot"])
        suspect = EntityId(bytes.fromhex(values["person"]))
        own = clinics.book(desk, case_id, suspect, clinic_id, at_time, arrangements=_arranged(values))
        made.append((clinic_id, own))

    def saved(values: Values | None) -> None:
        if values is not None:
            done(
                f"{file.case.ref or 'The case'} is booked: i records the invitation. Ctrl+Z takes it back.",
                *made[-1],
            )

    here = [value for value, _ in slots if _slot(value) == (day.id, at)]
    form = Form(
        _titled(f"Book {file.case.ref or ''}", doubts),
        [
            _slot_field(slots),
            ChoiceField("person", "Who", required=True, choices=suspects),
            *_arrangement_fields(),
        ],
        clock=session.clock,
        save=save,
        initial={
            "slot": here[0] if here else "",
            "person": suspects[0][0] if len(suspects) == 1 else "",
            "appropriate_adult": adult_of(file, first) if len(suspects) == 1 else "",
        },
        drafts=session.drafts,
        draft_key=f"clinic book {case_id.hex()}",
    )
    app.push_screen(form, saved)


def ask_arrangements(
    app: App[Any],
    session: Session,
    case_id: EntityId,
    appointment_id: EntityId,
    facts: Appointment,
    done: Done,
) -> None:
    """Ask who comes along and what is arranged, as it stands now."""
    said: list[str] = []

    def save(values: Values) -> None:
        said[:] = clinics.arrange(session.desk, case_id, appointment_id, _arranged(values))

    def saved(values: Values | None) -> None:
        if values is not None:
            done(" ".join(["Noted.", *said]))

    held = {name: getattr(facts, name) for name in clinics.ARRANGEMENTS}
    initial = {
        name: ",".join(value) if isinstance(value, tuple) else value or "" for name, value in held.items()
    }
    form = Form("Arrangements", _arrangement_fields(), clock=session.clock, save=save, initial=initial)
    app.push_screen(form, saved)


def ask_invitation(
    app: App[Any], session: Session, case_id: EntityId, appointment_id: EntityId, done: Done
) -> None:
    """Ask how and when the invitation went out; what must be read before anybody is written to stands above."""
    desk = session.desk

    def save(values: Values) -> None:
        at = earliest(values["at"]) if values["at"] else None
        clinics.invite(desk, case_id, appointment_id, values["by"], at=at)

    def saved(values: Values | None) -> None:
        if values is not None:
            done("Invited. The invitation says when and where, brings up legal advice and names no offence.")

    facts = appointment_of(desk.case(case_id).file, appointment_id)
    unsafe = set(facts.avoid or ())
    ways = [(word, title) for word, title in choices(CHANNEL_TITLES) if word not in unsafe]
    form = Form(
        _titled("Invitation sent", clinics.invitation_doubts(desk, case_id, appointment_id)),
        [
            ChoiceField("by", "How", required=True, choices=ways),
            MomentField("at", "When", hint="now, if you leave this empty", lean=Lean.PAST, happened=True),
        ],
        clock=session.clock,
        save=save,
    )
    app.push_screen(form, saved)


def ask_missed(
    app: App[Any], session: Session, case_id: EntityId, appointment_id: EntityId, done: Done
) -> None:
    """Ask why somebody did not come, and which slot follows, if one does."""
    desk = session.desk
    reasons = [*desk.packs.clinic.missed.items(), (_OTHER, "Something else")]

    def save(values: Values) -> None:
        clinic_id, at_time = _slot(values["slot"]) if values["slot"] else (None, None)
        why = values["words"] or "" if values["why"] == _OTHER else values["why"]
        clinics.missed(desk, case_id, appointment_id, why, next_clinic=clinic_id, next_at=at_time)

    def saved(values: Values | None) -> None:
        if values is not None:
            after = "another follows" if values["slot"] else "nothing follows yet: v in its row books another"
            done(f"Missed; {after}.")

    form = Form(
        "Did not come",
        [
            ChoiceField("why", "Why", required=True, choices=reasons),
            TextField("words", "In words", hint="for something else"),
            _slot_field(_slots(desk, None), label="Next appointment", required=False),
        ],
        clock=session.clock,
        save=save,
    )
    app.push_screen(form, saved)


def ask_move(
    app: App[Any], session: Session, case_id: EntityId, appointment_id: EntityId, *, stands: bool, done: Done
) -> None:
    """Ask for another slot: an appointment that stands is moved, one that was missed or cancelled is followed."""
    desk = session.desk

    def save(values: Values) -> None:
        clinic_id, at_time = _slot(values["slot"])
        if stands:
            clinics.move(desk, case_id, appointment_id, clinic_id, at_time, values["why"] or "")
        else:
            clinics.follow(desk, case_id, appointment_id, clinic_id, at_time)

    def saved(values: Values | None) -> None:
        if values is not None:
            done("Booked anew: the invitation has to go out again.")

    file = desk.case(case_id).file
    doubt = clinics.missed_doubt(desk, file, appointment_of(file, appointment_id).suspect)
    title = "Move the appointment" if stands else "Another appointment"
    fields: list[Field] = [_slot_field(_slots(desk, None))]
    if stands:
        fields.append(TextField("why", "Why"))
    app.push_screen(
        Form(_titled(title, [doubt] if doubt else []), fields, clock=session.clock, save=save), saved
    )


def ask_why(app: App[Any], title: str, text: str, then: Callable[[str], None]) -> None:
    """Ask for a reason in words."""

    def wrong(said: str) -> str | None:
        return None if said.strip() else "Say why."

    def answered(said: str | None) -> None:
        if said is not None:
            then(said)

    app.push_screen(Prompt(title, text, check=wrong), answered)


# -- inside -----------------------------------------------------------------------------------------------------


def _titled(title: str, doubts: Sequence[str]) -> str:
    return "\n".join([title, *(f"▲ {doubt}" for doubt in doubts)])


def _hours(values: Values) -> tuple[datetime, datetime]:
    """When a clinic opens and closes: the time it closes is of the day it opens."""
    from casedesk.model.typed_moments import parse_typed

    opens = earliest(values["opens"])
    start = day_of(values["opens"])
    assert start is not None, "the field asks for a day and a time"
    return opens, parse_typed(values["closes"], london(start), lean=Lean.FUTURE)


def _arrangement_fields() -> list[Field]:
    return [
        TextField("appropriate_adult", "Appropriate adult", hint="who, and how to reach them"),
        TextField("interpreter", "Interpreter", hint="language, who was booked"),
        TextField("solicitor", "Solicitor"),
        TextField("travel", "How they come"),
        LinesField("adjustments", "Adjustments", rows=2, hint="what makes it possible for them to take part"),
        TextField("safe_contact", "Safe contact", hint="read before they are written to or rung"),
        ManyField("avoid", "Never reach by", choices=choices(CHANNEL_TITLES)),
        LinesField("note", "Note", rows=2),
    ]


def _arranged(values: Mapping[str, Any]) -> dict[str, Value]:
    return {name: values[name] for name in clinics.ARRANGEMENTS}


def _slot_field(slots: Sequence[tuple[str, str]], *, label: str = "Slot", required: bool = True) -> PickField:
    hint = "27 nov, 10:45, a place" if slots else "no slot is free: open a clinic first"
    return PickField("slot", label, required, hint, search=search_choices(slots))


def _slots(desk: Desk, day: ClinicDay | None) -> list[tuple[str, str]]:
    """The free slots to come, those of one clinic first: each by clinic and time, with its words."""
    held = clinics.clinics(desk)
    ordered = sorted(held, key=lambda one: day is not None and one.id != day.id)
    free = [
        (f"{one.id.hex()} {to_micros(at)}", f"{day_words(one)} {local(at):%H:%M} · {one.place}")
        for one in ordered
        for at in one.free()
        if at > desk.now
    ]
    return free[:_MOST_SLOTS]


def _slot(value: str) -> tuple[EntityId, datetime]:
    clinic, at = value.split()
    return EntityId(bytes.fromhex(clinic)), from_micros(int(at))


def _clinic_cases(session: Session) -> list[QueueRow]:
    """The open cases that are meant for the clinic, the most pressing first."""
    reader = session.queue
    return reader.rows(reader.first(view_of(session.desk, "clinic"), _MOST_CASES))


def _case_choice(desk: Desk, row: QueueRow) -> Choice[EntityId]:
    """A case to choose; one whose only suspect is booked says so."""
    suspects = desk.case(row.id).file.suspects
    names = ", ".join(one.name or "suspect" for _, one in suspects) or "no suspect"
    booked = f"booked {when(row.clinic_at)}" if row.clinic_at else ""
    hint = " · ".join(filter(None, (names, row.offence, booked)))
    return Choice(
        row.id, row.ref, hint, reason=f"{names}, {booked}" if booked and len(suspects) < 2 else None
    )
