"""The day of the offence of a case that was added by hand: limits on prosecution are counted from it."""

from datetime import UTC, datetime

from casedesk.desk.asking import Ask, At, Kind, Values, Verb
from casedesk.desk.desk import Desk
from casedesk.model.entities import CASE
from casedesk.model.errors import BadInputError
from casedesk.model.facts import Case
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment, earliest, show_moment

_ANY_EXTRACT_IS_LATER = datetime(1970, 1, 1, tzinfo=UTC)


def can_record(case: Case) -> bool:
    """Whether the day is to be recorded here: the case was added by hand, and no extract said it."""
    return bool(case.intake) and case.source is None and case.as_at is None


def record_offence_day(desk: Desk, case_id: EntityId, day: Moment) -> None:
    """Record the day of the offence; what an extract says of it goes before it.

    Raises BadInputError for a case that came from the records system, and for a day to come.
    """
    if not can_record(desk.case(case_id).file.case):
        raise BadInputError(
            "The record says when the offence was.", "Have it put right in the records system."
        )
    if earliest(day) > desk.now:
        raise BadInputError(f"{show_moment(day)} lies in the future.", "Give the day of the offence.")
    with desk.store.unit_of_work("case.offence-day") as unit:
        unit.extract(CASE, case_id, case_id, {"offence_from": day}, _ANY_EXTRACT_IS_LATER)


def _run(at: At, values: Values) -> str:
    day = values.get("on")
    if not day:
        raise BadInputError("No day is given.", "Give the day of the offence.")
    record_offence_day(at.desk, at.case_id, day)
    return f"Recorded: the offence was on {show_moment(day)}."


OFFENCE_DAY = Verb(
    "case.offence-day", "Day of the offence", "Record the day of the offence of a case that was added by hand.", _run,
    lambda _at: [Ask("on", "Offence on", Kind.DAY, required=True)],
    lambda at: None if can_record(at.file.case) else "The record says when the offence was.",
)  # fmt: skip
"""Records the day of the offence."""
