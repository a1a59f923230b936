"""Conditions of out-of-court resolutions that were not complied with, and on which nobody has decided."""

from casedesk.model.facts import CaseFile, Condition
from casedesk.model.ids import EntityId


def undecided_breaches(file: CaseFile) -> tuple[tuple[EntityId, Condition], ...]:
    """The conditions recorded as not complied with that were neither varied since nor ended with their resolution."""
    return tuple(
        (own, one)
        for own, one in file.conditions
        if one.failed_on and not one.done_on and not one.withdrawn_why
    )
