"""Who else a case waits for, and since when: other people's actions, or the Crown Prosecution Service."""

from collections.abc import Iterator
from datetime import datetime

from casedesk.model.facts import CaseFile, standing
from casedesk.model.ids import EntityId
from casedesk.model.words import EventKind

CPS = "CPS"
"""How the Crown Prosecution Service is named among those a case waits for."""
_TO_CPS = frozenset({EventKind.CPS_BAIL.value, EventKind.CPS_SUBMITTED.value})
_FROM_CPS = frozenset({EventKind.CPS_DECISION.value, EventKind.CPS_REQUEST.value})
_NAMED = 2
"""Where more than one beyond these is waited for, only the number of the others is told."""


def waiting_on(file: CaseFile) -> tuple[str, datetime | None]:
    """Who a case waits for and since when; an empty name where it waits for nobody else.

    It waits for others while every open action is somebody else's, and for the CPS from a submission or a release
    on bail for its decision until it decides or asks for more. Since when: the earliest of these.
    """
    if not file.actions and not file.events:
        return "", None
    found = [*_with_cps(file), *_with_others(file)]
    names = list(dict.fromkeys(name for name, _ in found))
    shown = names if len(names) <= _NAMED + 1 else [*names[:_NAMED], f"{len(names) - _NAMED} more"]
    since = [moment for _, moment in found if moment is not None]
    return ", ".join(shown), min(since, default=None)


def _with_cps(file: CaseFile) -> Iterator[tuple[str, datetime | None]]:
    """One entry for each submission that has no answer yet; an event without a subject speaks for the whole case."""
    if not file.events or file.case.charged_on:
        return
    sent: dict[EntityId | None, datetime] = {}
    moves = [
        (event.at, event)
        for _, event in standing(file.events)
        if event.at and event.kind in (_TO_CPS | _FROM_CPS)
    ]
    for at, event in sorted(moves, key=lambda move: move[0]):
        if event.kind in _TO_CPS:
            sent.setdefault(event.subject, at)
        elif event.subject is None:
            sent.clear()
        else:
            sent.pop(event.subject, None)
            sent.pop(None, None)
    for subject, at in sent.items():
        if not _charged(file, subject):
            yield CPS, at


def _charged(file: CaseFile, subject: EntityId | None) -> bool:
    """Whether the arrest that was submitted ended in a charge: the decision was then made, recorded or not."""
    charged = [known for known, custody in file.custody if custody.charged_at]
    return subject in charged if subject is not None else len(charged) == len(file.custody) > 0


def _with_others(file: CaseFile) -> Iterator[tuple[str, datetime | None]]:
    """The open actions with their owners, if each of them is somebody else's than the case's owner."""
    owner = _same(file.case.owner)
    open_ = [
        action
        for _, action in file.actions
        if not (action.done_at or action.cancelled_at) and (action.what or action.owner)
    ]
    if open_ and all(action.owner and _same(action.owner) != owner for action in open_):
        for action in open_:
            yield (action.owner or "").strip(), action.set_at


def _same(name: str | None) -> str:
    return (name or "").strip().casefold()
