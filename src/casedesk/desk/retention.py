"""Review, retention and disposal of cases in this store."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from casedesk.desk.desk import Desk
from casedesk.model.entities import CASE
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId
from casedesk.model.moments import local, moment_of_day, show_day
from casedesk.model.text import clean
from casedesk.reference.retention import RetentionGroup
from casedesk.rules.retention import closed_on, group_of, review_day
from casedesk.store.access_log import AccessKind
from casedesk.store.records import each_case
from casedesk.store.words import purge


@dataclass(frozen=True, slots=True)
class Review:
    """One case whose review is due, and why."""

    id: EntityId
    reference: str
    group: RetentionGroup
    closed: date | None
    due: date


def reviews_due(desk: Desk, by: date | None = None) -> Iterator[Review]:
    """The cases whose review is due by a day (today if not given), in the order they came; memory stays flat."""
    until = by or local(desk.now).date()
    groups = desk.packs.retention
    with desk.reading() as connection:
        for bundle in each_case(
            connection, "record_status = 'filed' OR stage = 'finalised' OR review_on IS NOT NULL"
        ):
            case = bundle.file.case
            due = review_day(case, groups)
            if due is not None and due <= until:
                yield Review(bundle.file.id, case.ref or "", group_of(case, groups), closed_on(case), due)


def keep(desk: Desk, case_id: EntityId, until: date, reason: str) -> None:
    """Keep a case beyond its review, to be reviewed again on a day.

    Raises BadInputError without a reason, or when the day is not to come.
    """
    desk.case(case_id)
    said = _reason(reason)
    if until <= local(desk.now).date():
        raise BadInputError(f"{show_day(until)} is not to come.", "Give the day of the next review.")
    with desk.store.unit_of_work("retention.keep", said) as unit:
        unit.set(CASE, case_id, case_id, {"review_on": moment_of_day(until), "review_reason": said})


def dispose(desk: Desk, case_id: EntityId, authority: str, reason: str) -> str:
    """Erase a case from this store for good: its facts, people, log and words; returns its reference.

    Headers stay, so that the chain still holds and the disposal can be accounted for. It cannot be undone.
    Raises BadInputError without an authority and a reason, or while the case is open.
    """
    file = desk.case(case_id).file
    by = clean(authority)
    if not by:
        raise BadInputError("A disposal needs an authority.", "Say who authorised it.")
    said = _reason(reason)
    if closed_on(file.case) is None and file.case.ref is not None:
        raise BadInputError(f"{file.case.ref} is open.", "Only a closed case can be disposed of.")
    with desk.store.unit_of_work("dispose", said) as unit:
        unit.dispose(case_id, by)
        unit.account(AccessKind.ERASURE)
        purge(desk.store.connection)
        desk.store.drop_drafts_of(case_id)
    desk.store.truncate_log()
    return file.case.ref or ""


def _reason(reason: str) -> str:
    said = clean(reason)
    if len(said) < 3:
        raise BadInputError("A reason is needed.", "Say why, in a few words.")
    return said
