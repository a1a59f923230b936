"""What the queue's columns say of a case."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from casedesk.desk.caseload import COLUMNS
from casedesk.model.moments import earliest, local, show_moment, show_short, show_span
from casedesk.model.text import clip
from casedesk.model.words import flag_tag
from casedesk.screens.queue_source import QueueSource
from casedesk.store.queue import QueueRow
from casedesk.widgets.columns import Cell, Column

URGENT = {1: "block", 2: "block", 3: "warn", 4: "warn", 5: "accent"}
"""The style of each band's label; the label itself is the sign."""
SORTED = {
    "priority": "band", "due": "due", "reference": "ref", "date": "since", "oic": "oic", "offence": "offence",
    "waiting": "waited",
}  # fmt: skip
"""The column that each order follows."""
_CLOSE = timedelta(hours=2)
"""Up to here what is left, and what it is late by, is told in minutes alone."""
_GROUPED, _UNGROUPED = 13, 9
"""The width of the column of bands."""


@dataclass
class Cells:
    """Says what each column shows, at the present instant. Its state is moved on by the screen."""

    bands: Mapping[int, str]
    """The bands' labels by number; the last is that of closed cases."""
    now: datetime
    source: QueueSource
    """The rows that are shown: they know where a group begins."""
    covers: Mapping[str, str] = field(default_factory=dict)
    """Who covers for whom today."""

    def columns(self, names: Sequence[str], *, grouped: bool) -> list[Column[QueueRow]]:
        """The columns of these names, in this order."""
        made = self._all(grouped)
        return [made[name] for name in names if name in made]

    def _all(self, grouped: bool) -> dict[str, Column[QueueRow]]:
        def column(
            name: str,
            cell: Callable[[QueueRow], Cell],
            width: int,
            keep: int,
            flex: int = 0,
            *,
            right: bool = False,
        ) -> Column[QueueRow]:
            title = COLUMNS[name]
            return Column(name, title, cell, width, flex, "right" if right else "left", keep)

        # Where room is short, what was asked for beyond the usual outlives the least of the usual.
        band = self._group if grouped else self._band
        made = (
            column("due", lambda row: self.left(row.due_at), 10, 92, right=True),
            column("soon", lambda row: self.left(row.soon_at), 10, 60, right=True),
            column("band", band, _GROUPED if grouped else _UNGROUPED, 80),
            column("ref", lambda row: (row.ref, "strong"), 12, 90),
            column("why", lambda row: row.sentence, 38, 95, 6),
            column("offence", lambda row: row.offence, 13, 70, 2),
            column("flags", lambda row: (" ".join(map(flag_tag, row.flags)), "warn"), 9, 40, 1),
            column("outcome", lambda row: row.outcome, 3, 45),
            column("oic", lambda row: row.oic, 14, 30),
            column("owner", self._owner, 10, 25),
            column("team", lambda row: row.team, 12, 48),
            column("stage", lambda row: row.stage, 9, 47),
            column("waiting", lambda row: row.waiting, 14, 55, 1),
            column("waited", lambda row: self._days(row.waiting_since), 6, 54, right=True),
            column(
                "age",
                lambda row: self._days(earliest(row.recorded) if row.recorded else None),
                6,
                24,
                right=True,
            ),
            column("since", lambda row: show_moment(row.since) if row.since else "", 12, 20),
            column("recorded", lambda row: show_moment(row.recorded) if row.recorded else "", 12, 44),
            column("location", lambda row: row.location, 14, 43, 1),
            column("clinic", self._clinic, 12, 93),
        )
        return {one.key: one for one in made}

    def left(self, due: datetime | None) -> Cell:
        """How long it is until an instant."""
        return "" if due is None else time_left(due - self.now)

    def _days(self, since: datetime | None) -> Cell:
        return "" if since is None or since > self.now else f"{(self.now - since).days:,} d"

    def _clinic(self, row: QueueRow) -> Cell:
        at = row.clinic_at
        if at is None:
            return ""
        here = local(at)
        return (f"{here.day} {here:%b %H:%M}", "warn" if at < self.now else "accent")

    def _owner(self, row: QueueRow) -> Cell:
        cover = self.covers.get(row.owner)
        return (f"{row.owner}→{cover}", "accent") if cover else row.owner or "–"

    def band_label(self, band: int) -> str:
        """What a band is called."""
        return self.bands.get(band, "")

    def _style(self, band: int) -> str:
        return URGENT.get(band, "muted" if band == max(self.bands) else "")

    def _band(self, row: QueueRow) -> Cell:
        label = self.band_label(row.band)
        return (f"≠ {label}", "block") if row.conflicts else (label, self._style(row.band))

    def _group(self, row: QueueRow) -> Cell:
        """The band with the number of its cases on the group's first row; below that it steps back."""
        group = self.source.group_from(row.n)
        label = self.band_label(row.band)
        if row.conflicts:
            label = f"≠ {label}"
        if group is None:
            return (f" {label}", "block" if row.conflicts else "muted")
        count = "" if group.count is None else f" {_counted(group.count)}"
        shown = f"▾{clip(label, _GROUPED - 1 - len(count))}{count}"
        return (shown, self._style(row.band) or "strong")


def time_left(left: timedelta) -> Cell:
    """How long it is until something; late is said in a word, and in minutes up to two hours."""
    if abs(left) < timedelta(minutes=1):
        return ("now", "block")
    if left < timedelta():
        late = f"{-left // timedelta(minutes=1)} m" if -left < _CLOSE else show_short(left)
        return (f"{late} late", "block")
    if left < _CLOSE:
        return (f"{left // timedelta(minutes=1)} m", "warn")
    return show_span(left)


def _counted(count: int) -> str:
    """A number in at most four cells up to a million."""
    return str(count) if count < 10_000 else f"{count // 1000}k"
