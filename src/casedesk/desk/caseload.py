"""The caseload as a queue: its views, its top, its live order."""

from dataclasses import dataclass

from casedesk.desk.desk import Desk
from casedesk.model.errors import BadInputError
from casedesk.reference.rows import hint
from casedesk.rules.query_nodes import Context
from casedesk.store.queue import QueueReader, QueueRow, View

VIEWS = {
    "open": ("", "Open", "Everything that is not closed"),
    "mine": ("mine", "Mine", "Cases that you own"),
    "unassigned": ("unassigned", "Unassigned", "Open cases that nobody owns"),
    "custody": ("custody", "In custody", "Somebody is detained"),
    "submitted": ("submitted", "To finalise", "An outcome is proposed and waits for the check"),
    "returned": ("returned", "Returned", "Sent back for rework"),
    "all": ("all", "All", "Closed cases too"),
}
"""The queue's views: the store's name for each, the label and the meaning."""


@dataclass(frozen=True)
class Top:
    """The first rows of a view, how many it holds, and the bands' labels by number."""

    rows: list[QueueRow]
    total: int
    bands: dict[int, str]


def view_of(
    desk: Desk, name: str, *, words: str = "", order: str = "priority", reverse: bool = False
) -> View:
    """The store's view behind a name of :data:`VIEWS`. Raises BadInputError for an unknown one."""
    if name not in VIEWS:
        cure = hint(name, VIEWS) or f"One of: {', '.join(VIEWS)}."
        raise BadInputError(f"{name!r} is not a view of the queue.", cure)
    return View(VIEWS[name][0], desk.store.actor, order, reverse, words, context(desk))


def context(desk: Desk) -> Context:
    """What a query typed at this desk is read against: who asks, when, and the bands."""
    bands = {band.id: band.number for band in desk.packs.priority.bands.values()}
    return Context(desk.now, desk.store.actor, bands)


def band_labels(desk: Desk) -> dict[int, str]:
    """The bands' labels by their numbers."""
    return {band.number: band.label for band in desk.packs.priority.bands.values()}


def top(desk: Desk, name: str, words: str, limit: int) -> Top:
    """The most pressing cases of a view, up to date at this moment."""
    desk.store.tick()
    reader = QueueReader(desk.store.connection)
    view = view_of(desk, name, words=words)
    return Top(reader.rows(reader.first(view, limit)), reader.count(view), band_labels(desk))
