"""What the tests of duties share: a case with people in it, and what starts and meets each clock."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from casedesk.model.facts import Case, CaseEvent, CaseFile, Contact, Custody, Excuse, Suspect, Victim, Witness
from casedesk.model.ids import EntityId, derived_id
from casedesk.model.moments import Moment, moment_of_instant
from casedesk.model.words import EventKind
from casedesk.reference.packs import Packs
from casedesk.rules.duties import Duty, duties
from tests.rules.clock_facts import at

PACKS = Packs()
CASE, VICTIM, OTHER, SUSPECT, WITNESS, CUSTODY = (
    derived_id("test", word) for word in ("case", "victim", "other", "suspect", "witness", "custody")
)
FRIDAY = at("2026-12-18T16:40")
"""The Friday before Christmas of the worked examples V1 and V2."""

Change = Callable[[CaseFile], CaseFile]


def case_file(*changes: Change, **fields: object) -> CaseFile:
    """An open case with one victim, one named suspect and one witness, owned, and without a date of report."""
    file = CaseFile(
        id=CASE,
        case=replace(Case(owner="7042"), **fields),  # type: ignore[arg-type]
        victims=((VICTIM, Victim(name="Zoë", kind="person")),),
        suspects=((SUSPECT, Suspect(name="Sam", status="named")),),
        witnesses=((WITNESS, Witness(name="Wyn")),),
    )
    for change in changes:
        file = change(file)
    return file


def case(**fields: object) -> Change:
    """Change facts of the case."""
    return lambda file: replace(file, case=replace(file.case, **fields))  # type: ignore[arg-type]


def victim(**fields: object) -> Change:
    """Change facts of the victim."""
    return lambda file: replace(
        file,
        victims=tuple((key, replace(one, **fields)) for key, one in file.victims),  # type: ignore[arg-type]
    )


def suspect(**fields: object) -> Change:
    """Change facts of the suspect."""
    return lambda file: replace(
        file,
        suspects=tuple((key, replace(one, **fields)) for key, one in file.suspects),  # type: ignore[arg-type]
    )


def custody(state: str, number: int = 0, **fields: object) -> Change:
    """Add a record of custody."""
    made = Custody(state=state, suspect=SUSPECT, **fields)  # type: ignore[arg-type]
    key = derived_id("test", "custody", str(number)) if number else CUSTODY
    return lambda file: replace(file, custody=(*file.custody, (key, made)))


def event(kind: EventKind, when: datetime | None, **fields: object) -> Change:
    """Add an event."""
    made = CaseEvent(kind=kind.value, at=when, **fields)  # type: ignore[arg-type]
    return lambda file: replace(file, events=(*file.events, (_next(file.events, "event"), made)))


def contact(when: datetime, *purposes: str, made: bool = True, **fields: object) -> Change:
    """Add a contact, with the only victim unless another is named."""
    said = Contact(at=when, made=made, purposes=purposes, **fields)  # type: ignore[arg-type]
    return lambda file: replace(file, contacts=(*file.contacts, (_next(file.contacts, "contact"), said)))


def excuse(key: str, why: str, when: datetime = FRIDAY) -> Change:
    """Add an excuse."""
    made = Excuse(duty=key, why=why, at=when)
    return lambda file: replace(file, excuses=(*file.excuses, (_next(file.excuses, "excuse"), made)))


def one(file: CaseFile, clock: str, now: datetime, packs: Packs = PACKS) -> Duty:
    """The only duty of a clock."""
    found = [duty for duty in duties(file, now, packs) if duty.clock == clock]
    assert len(found) == 1, f"{clock}: {[duty.key for duty in found]}"
    return found[0]


def moment(when: datetime) -> Moment:
    """An instant as a moment."""
    return moment_of_instant(when)


def hours(count: float) -> timedelta:
    """So many hours."""
    return timedelta(hours=count)


def _next(entries: tuple[tuple[EntityId, object], ...], word: str) -> EntityId:
    return derived_id("test", word, str(len(entries)))
