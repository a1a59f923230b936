"""Reads what the clinic left behind in a case, and the clinics of the team."""

from collections.abc import Sequence
from typing import Any

from casedesk.model.clinic import Clinic, ClinicFile
from casedesk.model.entities import (
    ACTION,
    ANSWER,
    APPOINTMENT,
    ASSESSMENT,
    CASE,
    CLINIC,
    CONDITION,
    EVIDENCE_REVIEW,
    GRAVITY,
    RESOLUTION,
)
from casedesk.model.facts import TEAM, Action
from casedesk.model.ids import EntityId
from casedesk.store.connection import Connection
from casedesk.store.records import children, children_of
from casedesk.store.schema import table_name

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


def booked_cases(connection: Connection, clinics: Sequence[EntityId]) -> list[EntityId]:
    """The cases that have an appointment, of whatever state, at any of these clinics."""
    marks = ", ".join("?" * len(clinics))
    return [
        EntityId(case_id)
        for (case_id,) in connection.execute(
            f"SELECT DISTINCT case_id FROM appointment WHERE clinic IN ({marks})",  # noqa: S608 - marks only
            [bytearray(own) for own in clinics],
        )
    ]


def standing_appointments(connection: Connection, states: Sequence[str]) -> list[tuple[EntityId, EntityId]]:
    """Case and suspect of every appointment in one of these states."""
    marks = ", ".join("?" * len(states))
    return [
        (EntityId(case_id), EntityId(suspect or b""))
        for case_id, suspect in connection.execute(
            f"SELECT case_id, suspect FROM appointment WHERE state IN ({marks})",  # noqa: S608 - marks only
            list(states),
        )
    ]


def read_actions_made_by(connection: Connection, prefix: str) -> list[tuple[EntityId, str, EntityId, Action]]:
    """Read the open actions of any case whose template begins so: case, occurrence number, action."""
    held = {
        EntityId(case_id): str(reference or "")
        for case_id, reference in connection.execute(
            f"SELECT id, ref FROM {table_name(CASE)} WHERE id IN (SELECT case_id FROM {table_name(ACTION)} "  # noqa: S608 - tables of ours
            "WHERE template >= ?1 AND template < ?2 AND done_at IS NULL AND cancelled_at IS NULL)",
            (prefix, f"{prefix}\U0010ffff"),
        )
    }
    return [
        (case_id, held[case_id], own, one)
        for case_id, actions in children_of(connection, ACTION, list(held)).items()
        for own, one in actions
        if one.is_open and (one.template or "").startswith(prefix)
    ]
