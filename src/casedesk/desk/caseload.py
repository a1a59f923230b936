"""The caseload as a queue: its views, its top, what is due in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from casedesk.desk.cover import covering
from casedesk.desk.desk import Desk
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId
from casedesk.model.moments import local, london
from casedesk.reference.rows import hint
from casedesk.rules.query_nodes import Context
from casedesk.store.due_items import DueItem
from casedesk.store.queue import PAGE, QueueReader, QueueRow, View

VIEWS = {
    "open": ("", "Open", "Everything that is not closed"),
    "mine": ("mine", "Mine", "Cases that you own, or cover"),
    "team": ("team", "Team", "Your team's open cases"),
    "unassigned": ("unassigned", "Unassigned", "Open cases that nobody owns"),
    "custody": ("custody", "In custody", "Somebody is detained"),
    "today": ("today", "Due today", "Something is due by the end of today, or was due before"),
    "waiting": ("waiting", "Waiting", "Somebody else has to move first, the longest wait on top"),
    "clinic": ("clinic", "Clinic", "Meant for an out-of-court resolution"),
    "submitted": ("submitted", "To finalise", "An outcome is proposed and waits for the check"),
    "returned": ("returned", "Returned", "Sent back for rework"),
    "all": ("all", "All", "Closed cases too"),
}
"""The queue's views: the store's name for each, the label and the meaning."""
SCOPES = {"mine": "mine", "team": "team", "all": "open"}
"""Whose cases a list of what is due looks at, and the view behind each."""
COLUMNS = {
    "due": "Due in",
    "soon": "Soonest",
    "band": "Band",
    "ref": "Occurrence",
    "why": "Why it is here",
    "offence": "Offence",
    "flags": "Flags",
    "outcome": "Out",
    "oic": "OIC",
    "owner": "Owner",
    "team": "Team",
    "stage": "Stage",
    "waiting": "Waiting for",
    "waited": "Waited",
    "age": "Age",
    "since": "Offence date",
    "recorded": "Recorded",
    "location": "Location",
    "clinic": "Clinic",
}
"""The columns that the queue can show: a name for the settings, and the heading."""
_NATURAL = {"waiting": "waiting"}
_MOST_LATE = 50
_HELPING = 2_000
"""How many cases are placed anew in one transaction."""


@dataclass(frozen=True)
class Top:
    """The first rows of a view, how many it holds, and the bands' labels by number."""

    rows: list[QueueRow]
    total: int
    bands: dict[int, str]


@dataclass(frozen=True)
class Due:
    """What is due within a time, and what is late."""

    items: list[DueItem]
    """What is to come, the earliest first."""
    total: int
    late: list[DueItem]
    """What was due and still stands, the latest first: at most some dozens."""
    late_total: int
    bands: dict[int, str]


def view_of(
    desk: Desk, name: str, *, words: str = "", order: str = "priority", reverse: bool = False
) -> View:
    """The store's view behind a name of :data:`VIEWS`. Raises BadInputError for an unknown one.

    An empty ``order`` is the view's own (:func:`natural_order`).
    """
    if name not in VIEWS:
        cure = hint(name, VIEWS) or f"One of: {', '.join(VIEWS)}."
        raise BadInputError(f"{name!r} is not a view of the queue.", cure)
    me = desk.store.actor
    view = View(
        VIEWS[name][0],
        me,
        order or natural_order(name),
        reverse,
        words,
        context(desk),
        team=desk.settings.person.team,
        custody_band=desk.packs.priority.number("liberty"),
    )
    if name == "mine":
        return replace(view, owners=(me, *covering(desk, desk.now)))
    return replace(view, until=end_of_day(desk.now)) if name == "today" else view


def natural_order(name: str) -> str:
    """The order that a view is shown in at first."""
    return _NATURAL.get(name, "priority")


def end_of_day(now: datetime) -> datetime:
    """The midnight that ends the present day in London."""
    return london(local(now).date() + timedelta(days=1), time())


def context(desk: Desk) -> Context:
    """What a query typed at this desk is read against: who asks, when, and the bands."""
    bands = {band.id: band.number for band in desk.packs.priority.bands.values()}
    return Context(desk.now, desk.store.actor, bands)


def band_labels(desk: Desk) -> dict[int, str]:
    """The bands' labels by their numbers."""
    return {band.number: band.label for band in desk.packs.priority.bands.values()}


def bring_up_to_date(desk: Desk) -> int:
    """Place every case anew whose moment has come, however many; returns how many.

    After some days away these may be thousands: a screen had better tick in small helpings.
    """
    moved = 0
    while done := desk.store.tick(_HELPING):
        moved += done
        if done < _HELPING:
            break
    return moved


def top(desk: Desk, name: str, words: str, limit: int) -> Top:
    """The most pressing cases of a view, up to date at this moment."""
    bring_up_to_date(desk)
    reader = QueueReader(desk.store.connection)
    view = view_of(desk, name, words=words, order="")
    return Top(reader.rows(reader.first(view, limit)), reader.count(view), band_labels(desk))


def scope_view(desk: Desk, scope: str) -> View:
    """The open cases of a scope of :data:`SCOPES`. Raises BadInputError for an unknown one."""
    if scope not in SCOPES:
        raise BadInputError(f"{scope!r} is not a part of the caseload.", f"One of: {', '.join(SCOPES)}.")
    return view_of(desk, SCOPES[scope])


def due_within(desk: Desk, span: timedelta, *, scope: str = "all", limit: int = PAGE) -> Due:
    """What is due from now until a span from now, and what is late, in the open cases of a scope.

    Raises BadInputError for an unknown scope, or a span that is none.
    """
    if span <= timedelta():
        raise BadInputError("That is no time to look ahead.", "Give hours or days: 24h, 3d.")
    now = desk.now
    until = _later(now, span)
    bring_up_to_date(desk)
    reader, view = QueueReader(desk.store.connection), scope_view(desk, scope)
    return Due(
        reader.due(now, until, view, limit=limit),
        reader.due_count(now, until, view),
        reader.due(None, now, view, limit=min(limit, _MOST_LATE), latest_first=True),
        reader.due_count(None, now, view),
        band_labels(desk),
    )


def ids_of(desk: Desk, numbers: Sequence[int]) -> list[EntityId]:
    """The ids of the cases with these numbers, as the marks of a list give them; one that is gone is left out."""
    found: dict[int, EntityId] = {}
    for start in range(0, len(numbers), 500):
        some = numbers[start : start + 500]
        marks = ", ".join("?" * len(some))
        found.update(
            desk.store.connection.execute(f"SELECT n, id FROM cases WHERE n IN ({marks})", tuple(some))  # noqa: S608
        )
    return [found[n] for n in numbers if n in found]


def _later(now: datetime, span: timedelta) -> datetime:
    try:
        return now + span
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
