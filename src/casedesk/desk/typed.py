"""What was typed in at the desk, checked before it is recorded."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from casedesk.desk.desk import Desk
from casedesk.model.entities import Value
from casedesk.model.errors import BadInputError
from casedesk.model.facts import Case
from casedesk.model.ids import EntityId
from casedesk.model.moments import Moment, day_of, earliest, local, moment, show_instant, show_moment
from casedesk.model.text import MAX_TEXT, clean
from casedesk.rules.people import can_be_born

_LEEWAY = timedelta(minutes=5)
"""How far this computer's clock may be behind the one a time was read off."""


def given(fields: Mapping[str, Value]) -> dict[str, Value]:
    """The fields that were given a value."""
    return {name: value for name, value in fields.items() if value not in (None, ())}


def required_text(text: str, what: str, cure: str = "Write it in a few words at least.") -> str:
    """A text, cleaned. Raises BadInputError when nothing is left of it or it is too long; ``what`` names it."""
    said = clean(text, lines=True)
    if not said:
        raise BadInputError(f"{what} is empty.", cure)
    if len(said) > MAX_TEXT:
        raise BadInputError(
            f"{what} has {len(said):,} characters; the most is {MAX_TEXT:,}.",
            "Attach long text as a document.",
        )
    return said


def one_of(word: str, known: Sequence[str], what: str) -> str:
    """A word of a closed vocabulary. Raises BadInputError for any other; ``what`` names the vocabulary."""
    if word not in known:
        raise BadInputError(f"{clean(word)!r} is not a {what}.", f"One of: {', '.join(known)}.")
    return str(word)


def existing(entity_id: EntityId | None, known: Sequence[EntityId], what: str) -> EntityId | None:
    """The id, if it is one of the case's. Raises BadInputError otherwise; ``what`` names the kind of thing."""
    if entity_id is not None and entity_id not in known:
        raise BadInputError(f"That {what} is not in this case.", "Choose one that is listed.")
    return entity_id


def not_future(desk: Desk, at: datetime | None) -> datetime:
    """The time given, or now. Raises BadInputError for a time to come."""
    now = desk.now
    if at is not None and at > now + _LEEWAY:
        raise BadInputError(f"{show_instant(at)} lies in the future.", "Give the time it happened.")
    return at or now


def whole_day(day: Moment) -> Moment:
    """A day as the store keeps it. Raises BadInputError for a year, a month, and anything else."""
    try:
        known = day_of(moment(day)) is not None
    except ValueError:
        known = False
    if not known:
        raise BadInputError(f"{clean(day)[:40]!r} is no day.", "Give the whole day.")
    return day


def birth(desk: Desk, dob: Moment | None) -> Moment | None:
    """A date of birth, if one is given. Raises BadInputError for one that nobody living has."""
    if dob is not None and earliest(dob) > desk.now:
        raise BadInputError(f"A birth on {show_moment(dob)} is to come.", "Check the year.")
    if dob is not None and not can_be_born(dob, local(desk.now).date()):
        raise BadInputError(f"Nobody was born on {show_moment(dob)} who is there now.", "Check the year.")
    return dob


def after_offence(case: Case, at: datetime, what: str) -> datetime:
    """The time given, of ``what``. Raises BadInputError where it lies before the offence can have begun."""
    if case.offence_from and at < earliest(case.offence_from):
        raise BadInputError(
            f"{what} ({show_instant(at)}) lies before the offence ({show_moment(case.offence_from)}).",
            "Correct the time; where the date of the offence is wrong, have it put right in the records system first.",
        )
    return at
