"""What is typed as options of a command, read as the forms read it: moments, texts."""

import sys
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from casedesk.model.errors import BadInputError

if TYPE_CHECKING:
    from casedesk.desk.desk import Desk
    from casedesk.model.moments import Moment

_MOST_READ = 1_000_000
"""Bytes of standard input that are read for one text, far above what a text may have."""
_END_OF_WORK = time(17)
"""The time meant where something is due on a day and no time is typed."""


def said(text: str) -> str:
    """What was typed as a text; a hyphen alone stands for what comes on standard input. Raises BadInputError."""
    if text != "-":
        return text
    if sys.stdin.isatty():
        print("Type the text, then Ctrl+D on a line of its own.", file=sys.stderr)
    piped = sys.stdin.buffer.read(_MOST_READ + 1)
    if len(piped) > _MOST_READ:
        raise BadInputError("Standard input holds more than a text may.", "Attach it as a document.")
    try:
        return piped.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInputError(
            "Standard input is no UTF-8 text.", "Convert it, or attach it as a document."
        ) from None


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


def by(desk: "Desk", text: str) -> datetime | None:
    """Until when something is promised: a day by its end, as the forms take it; None where nothing was typed."""
    from casedesk.model.moments import latest
    from casedesk.model.typed_moments import Lean, parse_typed_moment

    if not text:
        return None
    return latest(parse_typed_moment(text, desk.now, lean=Lean.FUTURE, holidays=_holidays(desk)))


def day(desk: "Desk", text: str) -> "Moment | None":
    """A day; None where nothing was typed. Raises BadInputError."""
    from casedesk.model.moments import moment_of_day
    from casedesk.model.typed_moments import parse_typed_day

    if not text:
        return None
    return moment_of_day(parse_typed_day(text, desk.now, holidays=_holidays(desk)))


def _holidays(desk: "Desk") -> frozenset[date]:
    return desk.packs.bank_holidays.days
