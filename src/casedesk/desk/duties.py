"""The duties of a case: what is owed, why one was not met, and what a contact would meet."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from casedesk.desk.desk import Desk
from casedesk.desk.record import the_victim
from casedesk.desk.typed import existing, one_of, required_text
from casedesk.model.entities import EXCUSE
from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile, Contact
from casedesk.model.ids import EntityId, new_id
from casedesk.model.words import Purpose
from casedesk.rules.duties import Duty, State, duties

_HYPOTHETICAL = EntityId(b"casedesk:would".ljust(16, b"\0"))


def duties_of(desk: Desk, case_id: EntityId) -> tuple[Duty, ...]:
    """Every duty of a case, the open ones first, the most pressing on top. Raises NotFoundError."""
    return duties(desk.case(case_id).file, desk.now, desk.packs)


def excuse(desk: Desk, case_id: EntityId, key: str, why: str) -> EntityId:
    """Record why a duty was not met in time, or does not apply.

    Raises BadInputError for a key that is no duty of the case, a duty that was met in time, or an empty reason.
    """
    duty = next((one for one in duties_of(desk, case_id) if one.key == key), None)
    if duty is None:
        raise BadInputError("That duty is not in this case.", "Choose one that is listed.")
    if duty.state is State.MET:
        raise BadInputError("That duty was met in time.", "Nothing to excuse.")
    entry_id = new_id()
    with desk.store.unit_of_work("duty.excuse") as unit:
        unit.entry(
            EXCUSE, entry_id, case_id, {"duty": key, "why": required_text(why, "The reason"), "at": desk.now}
        )
    return entry_id


def would_meet(
    desk: Desk,
    case_id: EntityId,
    victim: EntityId | None,
    purposes: Sequence[str],
    at: datetime | None = None,
    *,
    witness: EntityId | None = None,
) -> tuple[Duty, ...]:
    """The duties that a contact made now, or at ``at``, with that person would meet, as they would then stand.

    The only victim of a case need not be named. Raises BadInputError for an unknown purpose or person.
    """
    file = desk.case(case_id).file
    contact = Contact(
        at=at or desk.now,
        made=True,
        victim=None if witness else the_victim(file, victim),
        witness=existing(witness, [known for known, _ in file.witnesses], "witness"),
        purposes=tuple(one_of(purpose, list(Purpose), "purpose") for purpose in purposes),
    )
    then = replace(file, contacts=(*file.contacts, (_HYPOTHETICAL, contact)))
    return tuple(duty for duty in duties(then, desk.now, desk.packs) if duty.met_by == _HYPOTHETICAL)


def suggested_purposes(
    desk: Desk,
    case_id: EntityId,
    victim: EntityId | None = None,
    *,
    witness: EntityId | None = None,
) -> tuple[str, ...]:
    """The purposes for which a person is owed contact, the most pressing first, each once. Raises BadInputError."""
    file = desk.case(case_id).file
    person = _person(file, victim, witness)
    owed = (
        duty.purpose
        for duty in duties(file, desk.now, desk.packs)
        if duty.is_open and duty.purpose and duty.owed_to == person
    )
    return tuple(dict.fromkeys(owed))


def _person(file: CaseFile, victim: EntityId | None, witness: EntityId | None) -> EntityId | None:
    if witness is not None:
        return existing(witness, [known for known, _ in file.witnesses], "witness")
    return the_victim(file, victim)
