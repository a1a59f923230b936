"""Moments typed as options of a command, read as the forms read them."""

from datetime import date, datetime, time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casedesk.desk.desk import Desk
    from casedesk.model.moments import Moment

_END_OF_WORK = time(17)
"""The time meant where something is due on a day and no time is typed."""


def past(desk: "Desk", text: str) -> datetime | None:
    """When something happened; None where nothing was typed. Raises BadInputError."""
    from casedesk.model.typed_moments import Lean, parse_typed

    return parse_typed(text, desk.now, lean=Lean.PAST, holidays=_holidays(desk)) if text else None


def to_come(desk: "Desk", text: str) -> datetime | None:
    """When something is due: at the end of the working day where only a day was typed; None where nothing was."""
    from casedesk.model.typed_moments import Lean, parse_typed

    if not text:
        return None
    return parse_typed(text, desk.now, lean=Lean.FUTURE, at=_END_OF_WORK, holidays=_holidays(desk))


def day(desk: "Desk", text: str) -> "Moment | None":
    """A day; None where nothing was typed. Raises BadInputError."""
    from casedesk.model.moments import local, moment_of_day
    from casedesk.model.typed_moments import parse_typed

    if not text:
        return None
    return moment_of_day(local(parse_typed(text, desk.now, holidays=_holidays(desk))).date())


def _holidays(desk: "Desk") -> frozenset[date]:
    return desk.packs.bank_holidays.days
