"""The preparation of an appointment: what is ready, what is to be done, what a person ticked."""

from collections.abc import Sequence

from casedesk.desk.clinic_diary import Booked, appointment_of
from casedesk.desk.desk import Desk
from casedesk.model.entities import APPOINTMENT
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId
from casedesk.model.text import clean
from casedesk.reference.rows import hint
from casedesk.rules.clinic.preparation import Prepared, outstanding, preparation
from casedesk.store.clinics import read_clinic_file
from casedesk.store.records import read_dossier


def preparation_of(desk: Desk, case_id: EntityId, appointment_id: EntityId) -> tuple[Prepared, ...]:
    """The checks of an appointment, each with whether it is ready and what says so. Raises NotFoundError."""
    file = desk.case(case_id).file
    connection = desk.store.connection
    return preparation(
        desk.packs.clinic,
        file,
        appointment_of(file, appointment_id),
        read_clinic_file(connection, case_id),
        read_dossier(connection, case_id),
    )


def readiness(desk: Desk, one: Booked) -> tuple[int, int]:
    """How many of an appointment's checks are ready, and how many there are."""
    checks = preparation_of(desk, one.case_id, one.id)
    return len(checks) - len(outstanding(checks)), len(checks)


def prepare(desk: Desk, case_id: EntityId, appointment_id: EntityId, ticked: Sequence[str]) -> list[Prepared]:
    """Keep which checks are ticked; returns those that are still to be done.

    Raises BadInputError for a check that does not apply, NotFoundError for an
    appointment that is not there.
    """
    checks = preparation_of(desk, case_id, appointment_id)
    known = [one.check.id for one in checks]
    for name in ticked:
        if name not in known:
            raise BadInputError(
                f"{clean(name)!r} is no check of this appointment.", hint(name, known) or "See the list."
            )
    facts = appointment_of(desk.case(case_id).file, appointment_id)
    kept = tuple(name for name in known if name in ticked)
    held = facts.prepared or ()
    if kept != held:
        with desk.store.unit_of_work("clinic.prepare") as unit:
            unit.set(APPOINTMENT, appointment_id, case_id, {"prepared": kept or None})
    return list(outstanding(preparation_of(desk, case_id, appointment_id)))


def preparation_lines(checks: Sequence[Prepared]) -> list[str]:
    """The checklist in plain lines: ``[x] Invitation sent (Sent 12 Nov 2026 10:00 by letter)``."""
    return [
        f"[{'x' if one.ready else ' '}] {one.check.title}{f' ({one.seen})' if one.seen else ''}"
        f"{'' if one.ready else f': {one.check.needs}'}"
        for one in checks
    ]
