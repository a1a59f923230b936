"""What stands above and below the list: what is listed, and the case under the cursor in full."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from casedesk.model.moments import show_instant
from casedesk.model.text import clip
from casedesk.model.words import flag_tag
from casedesk.store.queue import QueueRow

ORDER_TITLES = {
    "priority": "priority",
    "due": "what is due first",
    "reference": "reference",
    "date": "date of the offence",
    "oic": "OIC",
    "offence": "offence",
    "waiting": "how long it has waited",
}


@dataclass(frozen=True, slots=True)
class About:
    """What the list is, for the line above it."""

    title: str
    total: int
    order: str
    reverse: bool = False
    words: str = ""
    saved: str = ""
    """The name under which this list was saved."""
    marks: int = 0
    at_least: bool = False
    """Whether there are more than were counted."""
    ordering: bool = False
    place: str = ""
    """Where in its group the cursor is."""

    def line(self, room: int) -> Content:
        """The line; what is least wanted goes first where room is short, the marks and words never."""
        more = "+" if self.at_least else ""
        cases = f"{self.total:,}{more} case{'' if self.total == 1 else 's'}"
        turned = ", turned round" if self.reverse else ""
        parts = [
            (self.saved or self.title, "bold", 9),
            (self.title if self.saved else "", "", 3),
            (cases, "", 8),
            (f"{self.marks:,} marked" if self.marks else "", "bold $cd-warn", 9),
            (f"with “{self.words}”" if self.words else "", "$cd-accent", 9),
            (self.place, "", 4),
            (
                f"by {ORDER_TITLES[self.order]}{turned}",
                "",
                5 if self.reverse or self.order != "priority" else 2,
            ),
            ("ordering…" if self.ordering else "", "", 6),
        ]
        kept = [part for part in parts if part[0]]
        while len(kept) > 1 and sum(cell_len(text) + 3 for text, *_ in kept) - 3 > room:
            least = min(kept, key=lambda part: part[2])
            if least[2] >= 8:
                break
            kept.remove(least)
        shown: list[tuple[str, str]] = []
        for text, style, _ in kept:
            shown += [(" · ", ""), (text, style)] if shown else [(text, style)]
        return Content.assemble(*shown)


class RowLine(Widget):
    """The case under the cursor in full: what a narrow list had to cut."""

    DEFAULT_CSS = """
    RowLine { height: 2; padding: 0 1; background: $surface; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 -- the framework's own word
        super().__init__(id=id)
        self._row: QueueRow | None = None
        self._covers: Mapping[str, str] = {}

    def show(self, row: QueueRow | None, covers: Mapping[str, str]) -> None:
        """Show this case. ``covers``: who covers for whom today."""
        self._row, self._covers = row, covers
        self.refresh()

    def render(self) -> Content:
        """Its sentence first, then whom it waits for and what it is."""
        row = self._row
        if row is None:
            return Content("")
        cover = self._covers.get(row.owner)
        rest = [
            row.ref if len(row.ref) <= 20 else "",
            f"{row.owner} is away, {cover} covers" if cover else "",
            f"waits for {row.waiting}{_since(row.waiting_since)}" if row.waiting else "",
            row.offence,
            " ".join(map(flag_tag, row.flags)),
            row.location,
        ]
        room = self.content_size.width
        below = clip(" · ".join(part for part in rest if part), room)
        return Content.assemble((clip(row.sentence, room), "bold"), ("\n", ""), (below, "$cd-muted"))


def _since(at: datetime | None) -> str:
    return f" since {show_instant(at)}" if at else ""
