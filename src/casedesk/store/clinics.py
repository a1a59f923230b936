"""Reads what the clinic left behind in a case, and the clinics of the team."""

from collections.abc import Sequence
from typing import Any

from casedesk.model.clinic import Clinic, ClinicFile
from casedesk.model.entities import (
    ANSWER,
    APPOINTMENT,
    ASSESSMENT,
    CLINIC,
    CONDITION,
    EVIDENCE_REVIEW,
    GRAVITY,
    RESOLUTION,
)
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId
from casedesk.store.connection import Connection
from casedesk.store.records import children

_PARTS = {
    "appointments": APPOINTMENT,
    "reviews": EVIDENCE_REVIEW,
    "gravities": GRAVITY,
    "assessments": ASSESSMENT,
    "answers": ANSWER,
    "resolutions": RESOLUTION,
    "conditions": CONDITION,
}


def read_clinic_file(connection: Connection, case_id: EntityId) -> ClinicFile:
    """Read everything of the clinic that hangs on one case."""
    parts: dict[str, Sequence[tuple[EntityId, Any]]] = {
        part: tuple(children(connection, entity, case_id)) for part, entity in _PARTS.items()
    }
    return ClinicFile(**parts)  # type: ignore[arg-type] # each part holds its own kind


def read_clinics(connection: Connection) -> list[tuple[EntityId, Clinic]]:
    """Read every clinic of the team, in the order they were written."""
    return list(children(connection, CLINIC, TEAM))
