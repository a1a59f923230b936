"""What the tests of the clocks share: the shipped packs, and times as people write them."""

from datetime import UTC, datetime

from casedesk.model.moments import LONDON, local
from casedesk.reference.calendar import load_bank_holidays
from casedesk.reference.clocks import load_clocks
from casedesk.rules.answers import Answer

CLOCKS = load_clocks()
HOLIDAYS = load_bank_holidays()


def at(text: str) -> datetime:
    """A wall-clock time in Europe/London, or an instant with its offset, as a UTC instant."""
    read = datetime.fromisoformat(text)
    return (read if read.tzinfo else read.replace(tzinfo=LONDON)).astimezone(UTC)


def shown(answer: Answer) -> str | None:
    """When an answer is due, on the wall clock with its offset."""
    return None if answer.due is None else local(answer.due).isoformat()


def last_day(answer: Answer) -> str:
    """The last day of an answer that is due at the end of a day."""
    due = shown(answer)
    assert due is not None
    assert due[11:19] == "23:59:59"
    return due[:10]
