"""Crimes for the tests of finalising: one that the check finds nothing wrong with, and others made from it."""

from collections.abc import Mapping, Sequence
from typing import Any

from casedesk.desk.desk import Desk
from casedesk.model.entities import CASE, SUSPECT, VICTIM, Value
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment

CLEAN: dict[str, Value] = {
    "offence_code": "TH68010",
    "offence_title": "Theft from a shop",
    "ho_class": "046/00",
    "recorded_at": Moment("2026-11-02"),
    "offence_from": Moment("2026-11-01"),
    "location": "12 High Street",
    "oic": "PC Lane",
    "oic_number": "7050",
    "oic_contact": "lane@example.police.uk",
    "supervisor": "Sgt Roe",
    "outcome": "18",
    "outcome_date": Moment("2026-11-18"),
    "rationale": "No witnesses, no CCTV, no forensic opportunity.",
    "decided_by": "Sgt Roe",
    "decided_rank": "sgt",
}
VICTIM_TOLD: dict[str, Value] = {
    "name": "Ann Doe",
    "kind": "person",
    "dob": Moment("1980-01-01"),
    "support": "yes",
    "informed_on": Moment("2026-11-18"),
    "informed_how": "phone",
    "informed_who": "victim",
    "informed_by": "PC Lane",
    "sex": "f",
}


def add(
    desk: Desk,
    ref: str,
    *,
    victim: Mapping[str, Value] | None = None,
    suspects: Sequence[Mapping[str, Value]] = (),
    stage: str = "submitted",
    **fields: Any,
) -> EntityId:
    """Add a crime: clean but for what is given."""
    case_id = new_id()
    with desk.store.unit_of_work("test") as unit:
        unit.extract(CASE, case_id, case_id, {"ref": ref, **CLEAN, **fields}, desk.now)
        unit.set(CASE, case_id, case_id, {"stage": stage})
        unit.extract(VICTIM, new_id(), case_id, {**VICTIM_TOLD, **(victim or {})}, desk.now)
        for suspect in suspects:
            unit.extract(SUSPECT, new_id(), case_id, suspect, desk.now)
    return case_id


def submit(desk: Desk, case_id: EntityId) -> None:
    """Put the crime to the check again, as its officer does after rework."""
    with desk.store.unit_of_work("bulk.stage") as unit:
        unit.set(CASE, case_id, case_id, {"stage": "submitted"})


def set_fact(desk: Desk, case_id: EntityId, **fields: Any) -> None:
    """Give facts of the crime another value, as a later extract would."""
    with desk.store.unit_of_work("import") as unit:
        unit.extract(CASE, case_id, case_id, fields, desk.now)
