"""The clinic's diary on the command line: clinics, who is booked, what becomes of each appointment.

A clinic is named by its code in ``clinic list``, by its day or by words of its place; an appointment by its case.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casedesk.cli.disclosing import disclose
from casedesk.cli.opening import door_of, open_desk
from casedesk.cli.output import Column, Format, say, write_json, write_rows
from casedesk.model.errors import BadInputError

if TYPE_CHECKING:
    from datetime import datetime

    from casedesk.desk.clinic_diary import Booked, ClinicDay
    from casedesk.desk.desk import Desk
    from casedesk.model.facts import Appointment, CaseFile
    from casedesk.model.ids import EntityId

clinic = typer.Typer(
    no_args_is_help=True, help="The clinic's diary: clinics, bookings, invitations, what became of them."
)
_COLUMNS = (
    Column("Clinic", least=5), Column("Day", least=15), Column("Hours", least=11), Column("Place", most=24),
    Column("Held by", most=16), Column("Time", least=5), Column("State", least=9), Column("Who", most=24),
    Column("Reference", most=14), Column("Ready"),
)  # fmt: skip
_Clinic = Annotated[str, typer.Argument(metavar="CLINIC", help="Its code, its day, or words of its place.")]
_Case = Annotated[str, typer.Argument(metavar="CASE", help="The occurrence number, or its beginning.")]
_Name = Annotated[str, typer.Option("--name", help="Who, by name, where the case has several suspects.")]
_Why = Annotated[str, typer.Option("--why", help="Why.")]
_To = Annotated[str, typer.Option("--to", metavar="CLINIC", help="The clinic of the next appointment.")]
_At = Annotated[
    str, typer.Option("--at", metavar="TIME", help="The slot: “10:45”; the first free one if not given.")
]
_How = Annotated[Format, typer.Option("--format", help="How to write it.")]


def mount(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(clinic, name="clinic")


@clinic.command("list")
def list_clinics(
    context: typer.Context,
    past: Annotated[bool, typer.Option("--past", help="Those that are over as well.")] = False,
    how: _How = Format.TABLE,
) -> None:
    """Show the clinics to come with everybody who is booked."""
    from casedesk.desk import clinics

    with open_desk(door_of(context)) as desk:
        held = clinics.clinics(desk, past=past)
        rows = [row for day in held for row in _rows(desk, day)]
        disclose(desk, how, "clinics", len({one.case_id for day in held for one in day.booked}))
    if how is Format.TABLE and not rows:
        say("No clinic is to come. “casedesk clinic new” opens one.")
        return
    if how is Format.JSON:
        write_json([_json(day) for day in held])
        return
    write_rows(_COLUMNS, rows, how)


@clinic.command("new")
def open_new(
    context: typer.Context,
    place: Annotated[str, typer.Argument(help="Where people are seen.")],
    opens: Annotated[str, typer.Argument(metavar="OPENS", help="“27/11 10:00”, “fri 10:00”.")],
    closes: Annotated[str, typer.Argument(metavar="CLOSES", help="“16:00”, the same day.")],
    slot: Annotated[int, typer.Option("--slot", min=0, help="Minutes a slot.")] = 0,
    worker: Annotated[str, typer.Option("--worker", help="Who holds it; you, if not given.")] = "",
    room: Annotated[str, typer.Option("--room", help="The room.")] = "",
    travel: Annotated[str, typer.Option("--travel", help="How to get there and in.")] = "",
    note: Annotated[str, typer.Option("--note", help="A note.")] = "",
) -> None:
    """Open a clinic: a place and hours on one day."""
    from casedesk.desk import clinics
    from casedesk.model.moments import local, london
    from casedesk.model.typed_moments import Lean, parse_typed

    with open_desk(door_of(context)) as desk:
        start = parse_typed(opens, desk.now, lean=Lean.FUTURE, holidays=desk.packs.bank_holidays.days)
        end = parse_typed(closes, london(local(start).date()), lean=Lean.FUTURE)
        doubts = clinics.opening_doubts(desk, start, worker)
        made = clinics.open_clinic(
            desk, place=place, opens_at=start, closes_at=end, slot_minutes=slot or None, worker=worker, room=room,
            travel=travel, note=note,
        )  # fmt: skip
        day = clinics.clinic_of(desk, made)
    say(f"Open: {day.title}, {len(day.free())} slots. Its code is {day.code}.", *doubts)


@clinic.command("book")
def book_somebody(
    context: typer.Context,
    reference: _Case,
    where: _Clinic,
    at: _At = "",
    name: _Name = "",
    adult: Annotated[str, typer.Option("--adult", help="The appropriate adult.")] = "",
    interpreter: Annotated[str, typer.Option("--interpreter", help="Language, and who was booked.")] = "",
    solicitor: Annotated[str, typer.Option("--solicitor", help="The solicitor.")] = "",
    travel: Annotated[str, typer.Option("--travel", help="How they come.")] = "",
    adjustments: Annotated[str, typer.Option("--adjustments", help="What lets them take part.")] = "",
    safe_contact: Annotated[
        str, typer.Option("--safe-contact", help="Read before they are written to.")
    ] = "",
    avoid: Annotated[
        list[str] | None, typer.Option("--avoid", help="A way that is not safe: letter, text …")
    ] = None,
) -> None:
    """Book somebody into a free slot."""
    from casedesk.desk import clinics

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        suspect = _suspect(desk.case(case_id).file, name)
        day = clinics.find_clinic(desk, where)
        doubts = clinics.booking_doubts(desk, case_id, suspect)
        made = clinics.book(
            desk, case_id, suspect, day.id, _slot(desk, day, at),
            arrangements={
                "appropriate_adult": adult or None, "interpreter": interpreter or None, "solicitor": solicitor or None,
                "travel": travel or None, "adjustments": adjustments or None, "safe_contact": safe_contact or None,
                "avoid": tuple(avoid or ()) or None,
            },
        )  # fmt: skip
        said = _said(desk, case_id, made)
    say(said, *doubts)


@clinic.command("invite")
def record_invitation(
    context: typer.Context,
    reference: _Case,
    by: Annotated[str, typer.Option("--by", help="letter, email, text, phone, in-person, video, portal.")],
    at: Annotated[str, typer.Option("--at", metavar="TIME", help="When; now, if not given.")] = "",
    name: _Name = "",
) -> None:
    """Record that the invitation went out."""
    from casedesk.cli.typed import past
    from casedesk.desk import clinics

    with open_desk(door_of(context)) as desk:
        case_id, own, _ = _standing(desk, reference, name)
        doubts = clinics.invite(desk, case_id, own, by, at=past(desk, at))
        said = _said(desk, case_id, own)
    say(said, *doubts)


@clinic.command("confirm")
def record_confirmation(context: typer.Context, reference: _Case, name: _Name = "") -> None:
    """Record that the person said they will come."""
    from casedesk.desk import clinics

    with open_desk(door_of(context)) as desk:
        case_id, own, _ = _standing(desk, reference, name)
        clinics.confirm(desk, case_id, own)
        said = _said(desk, case_id, own)
    say(said)


@clinic.command("attended")
def record_attendance(context: typer.Context, reference: _Case, name: _Name = "") -> None:
    """Record that the person came."""
    from casedesk.desk import clinics

    with open_desk(door_of(context)) as desk:
        case_id, own, _ = _standing(desk, reference, name)
        doubts = clinics.attended(desk, case_id, own)
        said = _said(desk, case_id, own)
    say(said, *doubts)


@clinic.command("missed")
def record_missed(
    context: typer.Context, reference: _Case, why: _Why, to: _To = "", at: _At = "", name: _Name = ""
) -> None:
    """Record that the person did not come, and book the next appointment with --to."""
    from casedesk.desk import clinics

    with open_desk(door_of(context)) as desk:
        case_id, own, _ = _standing(desk, reference, name)
        day = clinics.find_clinic(desk, to) if to else None
        if day is None and at:
            raise BadInputError("--at needs --to.", "Say at which clinic.")
        after = clinics.missed(
            desk,
            case_id,
            own,
            why,
            next_clinic=day.id if day else None,
            next_at=_slot(desk, day, at) if day else None,
        )
        said = [_said(desk, case_id, one) for one in (own, after) if one is not None]
    say(*said, *([] if after else ["Nothing follows yet: “casedesk clinic book” books another."]))


@clinic.command("move")
def move_it(
    context: typer.Context, reference: _Case, where: _Clinic, at: _At = "", why: _Why = "", name: _Name = ""
) -> None:
    """Move an appointment to another slot. The invitation has to go out again."""
    from casedesk.desk import clinics

    with open_desk(door_of(context)) as desk:
        case_id, own, _ = _standing(desk, reference, name)
        day = clinics.find_clinic(desk, where)
        after = clinics.move(desk, case_id, own, day.id, _slot(desk, day, at), why)
        said = _said(desk, case_id, after)
    say(said)


@clinic.command("cancel")
def cancel_it(context: typer.Context, reference: _Case, why: _Why, name: _Name = "") -> None:
    """Cancel an appointment; its slot is free again."""
    from casedesk.desk import clinics

    with open_desk(door_of(context)) as desk:
        case_id, own, _ = _standing(desk, reference, name)
        clinics.cancel(desk, case_id, own, why)
        said = _said(desk, case_id, own)
    say(said)


@clinic.command("prepare")
def show_preparation(
    context: typer.Context,
    reference: _Case,
    tick: Annotated[
        list[str] | None, typer.Option("--tick", help="A check that is ready, by its id.")
    ] = None,
    untick: Annotated[list[str] | None, typer.Option("--untick", help="A check that is not.")] = None,
    name: _Name = "",
) -> None:
    """Show the checklist of an appointment, and tick what is ready."""
    from casedesk.desk import access, clinics
    from casedesk.desk.clinic_prep import preparation_lines

    with open_desk(door_of(context)) as desk:
        case_id, own, _ = _standing(desk, reference, name)
        access.consulted(desk, case_id)
        checks = clinics.preparation_of(desk, case_id, own)
        if tick or untick:
            kept = {one.check.id for one in checks if one.ticked} | set(tick or ())
            clinics.prepare(desk, case_id, own, sorted(kept - set(untick or ())))
            checks = clinics.preparation_of(desk, case_id, own)
        said = _said(desk, case_id, own)
    lines = preparation_lines(checks)
    say(said, *(f"{line[:4]}{one.check.id}: {line[4:]}" for one, line in zip(checks, lines, strict=True)))


@clinic.command("take")
def take_over(
    context: typer.Context,
    where: _Clinic,
    back: Annotated[bool, typer.Option("--back", help="Hand it back instead.")] = False,
    by: Annotated[str, typer.Option("--by", help="Who takes it over; you, if not given.")] = "",
) -> None:
    """Take a colleague's clinic over, or hand it back."""
    from casedesk.desk import clinics

    with open_desk(door_of(context)) as desk:
        day = clinics.find_clinic(desk, where)
        if back:
            clinics.hand_back(desk, day.id)
        else:
            clinics.take_over(desk, day.id, by)
        day = clinics.clinic_of(desk, day.id)
    say(f"{day.title}: held by {day.held_by}.")


@clinic.command("close")
def close_clinic(context: typer.Context, where: _Clinic, why: _Why) -> None:
    """Cancel a clinic that nobody is booked into."""
    from casedesk.desk import clinics

    with open_desk(door_of(context)) as desk:
        day = clinics.find_clinic(desk, where)
        clinics.cancel_clinic(desk, day.id, why)
    say(f"{day.title}: not held.")


@clinic.command("sheet")
def write_sheet(
    context: typer.Context,
    where: _Clinic,
    path: Annotated[Path | None, typer.Argument(metavar="FILE", help="A new .docx or .txt file.")] = None,
) -> None:
    """Write the day sheet of a clinic, or show it where no file is named."""
    from casedesk.desk import clinics
    from casedesk.desk.day_sheet import as_text, write_day_sheet

    with open_desk(door_of(context)) as desk:
        day = clinics.find_clinic(desk, where, past=True)
        if path is not None:
            many = write_day_sheet(desk, day.id, path)
            said = f"{path}: {many} appointment{'' if many == 1 else 's'}."
        else:
            said = as_text(desk, day.id).rstrip("\n")
    say(said)


# -- inside -----------------------------------------------------------------------------------------------------


def _suspect(file: "CaseFile", name: str) -> "EntityId | None":
    from casedesk.desk.case_asks import find_person

    return find_person(file, name, "suspects")


def _standing(desk: "Desk", reference: str, name: str) -> "tuple[EntityId, EntityId, Appointment]":
    """The appointment of a case that is still to be kept; of the suspect named, where several have one."""
    from casedesk.desk import clinics

    case_id = desk.find(reference)
    file = desk.case(case_id).file
    held = clinics.standing_of(file, _suspect(file, name) if name else None)
    if not held:
        raise BadInputError(f"{file.case.ref}: no appointment stands.", "“casedesk clinic book” makes one.")
    if len(held) > 1:
        raise BadInputError(f"{file.case.ref} has {len(held)} appointments.", "Say whose, with --name.")
    own, facts = held[0]
    return case_id, own, facts


def _slot(desk: "Desk", day: "ClinicDay", at: str) -> "datetime":
    """The time that was typed, on the clinic's day; the first free slot where none was."""
    from casedesk.model.moments import london
    from casedesk.model.typed_moments import Lean, parse_typed

    if at:
        return parse_typed(at, london(day.day), lean=Lean.FUTURE)
    free = [slot for slot in day.free() if slot > desk.now]
    if not free:
        raise BadInputError(f"{day.title}: no slot is free.", "Choose another clinic.")
    return free[0]


def _said(desk: "Desk", case_id: "EntityId", appointment_id: "EntityId") -> str:
    """An appointment as it stands now, in a line."""
    from casedesk.desk.case_asks import name_of
    from casedesk.desk.clinic_diary import STATE_TITLES, appointment_of
    from casedesk.model.words import AppointmentState
    from casedesk.rules.reasons.factor import when

    file = desk.case(case_id).file
    facts = appointment_of(file, appointment_id)
    state = STATE_TITLES[AppointmentState(facts.state or AppointmentState.BOOKED)].casefold()
    at = when(facts.at) if facts.at else ""
    why = f" ({facts.why})" if facts.why else ""
    return f"{file.case.ref}: {name_of(file, facts.suspect)}, {at}, {state}{why}."


def _rows(desk: "Desk", day: "ClinicDay") -> list[list[str]]:
    from casedesk.desk.clinic_diary import hours, long_day

    head = [
        day.code,
        long_day(day),
        hours(day),
        f"{day.place}{f', {day.room}' if day.room else ''}",
        day.held_by,
    ]
    rows = [[*head, *_cells(desk, one)] for one in day.booked]
    return rows or [[*head, "", "not held" if day.cancelled_why else "nobody", "", "", ""]]


def _cells(desk: "Desk", one: "Booked") -> list[str]:
    from casedesk.desk import clinics
    from casedesk.model.moments import local

    ready, every = clinics.readiness(desk, one) if one.stands else (0, 0)
    return [
        f"{local(one.at):%H:%M}", clinics.STATE_TITLES[one.state].casefold(), one.name, one.ref,
        f"{ready} of {every}" if every else "",
    ]  # fmt: skip


def _json(day: "ClinicDay") -> dict[str, Any]:
    from casedesk.model.moments import local

    def iso(at: "datetime") -> str:
        return local(at).isoformat(timespec="seconds")

    return {
        "code": day.code, "place": day.place, "room": day.room, "opens": iso(day.opens_at),
        "closes": iso(day.closes_at), "slot_minutes": day.slot_minutes, "worker": day.worker,
        "covered_by": day.covered_by or day.away_cover, "not_held": day.cancelled_why,
        "free": [iso(at) for at in day.free()],
        "booked": [
            {"at": iso(one.at), "until": iso(one.until), "state": one.state.value, "reference": one.ref,
             "name": one.name, "two_at_once": one.clash}
            for one in day.booked
        ],
    }  # fmt: skip
