"""What was typed into forms and not saved: a crash, a lock or the end of a shift leaves it waiting."""

import re
from collections.abc import Mapping

from casedesk.desk.desk import Desk
from casedesk.model.ids import EntityId
from casedesk.model.text import counted

_ID = re.compile(r"[0-9a-f]{32}")
_OTHERS = {
    "correct": "Correct",
    "return": "Return",
    "clinic new": "New clinic",
    "clinic book": "Book an appointment",
    "keep": "Keep",
    "new": "New case",
}
"""What forms are called that belong to no verb of the case page, by the first words of their drafts."""
_MOST = 4


def drafts_of(desk: Desk, case_id: EntityId, titles: Mapping[str, str]) -> str:
    """What is said of the drafts that wait on a case: ``A draft waits: Log``; empty where none does.

    ``titles`` are what forms are called, by the first word of their drafts.
    """
    return _said([_title(key, titles) for key in desk.store.drafts() if case_id.hex() in key.split()])


def drafts_waiting(desk: Desk) -> str:
    """What is said of all drafts as a desk opens: ``2 drafts wait: 42/1016/26, New case``; empty where none does."""
    return _said([_where(desk, key) for key in desk.store.drafts()])


def _said(waiting: list[str]) -> str:
    named = list(dict.fromkeys(waiting))
    if not named:
        return ""
    more = f" and {len(named) - _MOST} more" if len(named) > _MOST else ""
    drafts = "A draft waits" if len(waiting) == 1 else f"{counted(len(waiting), 'draft')} wait"
    return f"{drafts}: {', '.join(named[:_MOST])}{more}"


def _title(key: str, titles: Mapping[str, str]) -> str:
    form = _ID.split(key)[0].strip()
    first = form.partition(" ")[0]
    return titles.get(first) or _OTHERS.get(form) or _OTHERS.get(first) or first.capitalize()


def _where(desk: Desk, key: str) -> str:
    """The occurrence that a draft is about; where it is about none, what its form is called."""
    for found in _ID.findall(key):
        row = desk.store.connection.execute(
            "SELECT ref FROM cases WHERE id = ?", (bytes.fromhex(found),)
        ).fetchone()
        if row is not None:
            return str(row[0] or "(no reference)")
    return _title(key, _OTHERS)
