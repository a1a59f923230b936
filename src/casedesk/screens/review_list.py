"""The list of the review screen: its rows, its columns, the line above it."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from textual.content import Content

from casedesk.desk.review import LISTS, Group, Order, Review, ReviewRow
from casedesk.desk.review_state import ReviewState
from casedesk.store.connection import Connection
from casedesk.widgets.columns import Cell, Column
from casedesk.widgets.command import Command
from casedesk.widgets.table import VirtualTable

VERDICT_CELLS: dict[str, Cell] = {
    "": ("…", "muted"),
    "clean": ("✓", "ok"),
    "warn": ("▲", "warn"),
    "block": ("■", "block"),
    "none": ("–", "muted"),
}
"""What the check says, as a sign."""
STATE_CELLS: dict[ReviewState, Cell] = {
    ReviewState.TO_DO: "",
    ReviewState.ACCEPTED: ("accepted", "ok"),
    ReviewState.CHANGED: ("≠ changed", "block"),
    ReviewState.TWO_APPROVALS: ("≠ two", "block"),
    ReviewState.RETURNED: ("returned", "muted"),
    ReviewState.RESUBMITTED: ("resubmitted", "accent"),
    ReviewState.HELD: ("held", "warn"),
    ReviewState.REFERRED: ("referred", "info"),
}
"""Where a crime stands, in a word."""
_OWN = {
    "table.down": ("review.next", "down,j,n", "Next", 40),
    "table.up": ("review.previous", "up,k,p", "Previous", 12),
    "table.bottom": ("review.last", "end", "Bottom", 0),
    "table.open": ("review.open", "enter,o", "Open", 60),
}
"""What the list offers under keys of its own, in the place of what every list does."""


def _own(command: Command) -> Command:
    if command.id not in _OWN:
        return command
    name, keys, label, show = _OWN[command.id]
    return replace(command, id=name, keys=keys, label=label, show=show)


class ReviewTable(VirtualTable[ReviewRow], inherit_bindings=False):
    """The list. Its keys leave g and G to the screen, and n and p go on and back."""

    WITHOUT = (*_OWN, "table.top-chord")
    OFFERS = tuple(_own(command) for command in VirtualTable.OFFERS if command.id != "table.top-chord")

    def __init__(self, source: "ReviewSource", follow: Callable[[], None], *, empty: str) -> None:
        """``follow`` is called when the cursor is on another crime: at once, so that both are painted as one."""
        super().__init__(columns(source), source, empty=empty, id="review")
        self._follow = follow

    def _tell_cursor(self) -> None:
        self._follow()


class ReviewSource:
    """The crimes of one order, read by page."""

    def __init__(self, review: Review, connection: Connection, order: Order) -> None:
        self._review, self._connection, self.order = review, connection, order
        self._firsts = {order.numbers[group.start]: group for group in order.groups if group.count}

    def __len__(self) -> int:
        return len(self.order.numbers)

    def id_at(self, index: int) -> int | None:
        """The number of the crime at a place."""
        return self.order.numbers[index]

    def find(self, row_id: int) -> int | None:
        """The place of a crime."""
        try:
            return self.order.numbers.index(row_id)
        except ValueError:
            return None

    def window(self, start: int, count: int) -> Sequence[ReviewRow | None]:
        """Read a stretch."""
        return self._review.rows(self._connection, self.order.numbers[start : start + count])

    def group_at(self, index: int) -> Group | None:
        """The group that a place lies in; None in a list without groups."""
        at = bisect_right(self.order.groups, index, key=lambda group: group.start)
        return self.order.groups[at - 1] if at else None

    def begins(self, number: int) -> Group | None:
        """The group that begins with this crime."""
        return self._firsts.get(number)


def columns(source: ReviewSource) -> list[Column[ReviewRow]]:
    """What the list shows; grouped, each group has its name and number on its first row."""

    def group(row: ReviewRow) -> Cell:
        begun = source.begins(row.n)
        return (f"{begun.count:,} {begun.title}", "accent") if begun else ""

    grouped = [Column("group", "Group", group, 12, 2, keep=92)] if source.order.groups else []
    return [
        Column("verdict", "", lambda row: VERDICT_CELLS[row.verdict], 1, keep=99),
        *grouped,
        Column("ref", "Occurrence", lambda row: (row.ref, "strong"), 12, keep=95),
        Column("outcome", "Out", lambda row: row.outcome, 3, keep=90),
        Column("state", "State", lambda row: STATE_CELLS[row.state], 11, keep=85),
        Column("rules", "Findings", lambda row: " ".join(row.rules), 11, 1, keep=80),
        Column("offence", "Offence", lambda row: row.offence, 16, 4, keep=70),
        Column("oic", "OIC", lambda row: row.oic, 16, 1, keep=60),
        Column("supervisor", "Supervisor", lambda row: (row.supervisor, "muted"), 18, 1, keep=20),
    ]


@dataclass(frozen=True, slots=True)
class About:
    """What stands above the list: the place, what is left, how fast it goes."""

    which: str
    place: int
    shown: int
    remaining: int
    pace: int | None
    marks: int = 0
    words: str = ""
    is_wrong: bool = False
    """Whether the words are a filter that cannot be understood."""
    group: str = ""
    """The group that the cursor is in, and where in it."""
    checked: int = 0
    total: int = 0

    def line(self, room: int) -> Content:
        """The line. Place, what is left and pace always stay; the rest goes where room is short."""
        pace = f"{self.pace:,}/h" if self.pace else "–/h"
        parts: list[tuple[str, str, int]] = [
            (LISTS[self.which][0], "bold", 5),
            (f"{self.place:,} of {self.shown:,}", "bold $cd-accent", 99),
            (f"{self.remaining:,} to do", "bold $cd-warn" if self.remaining else "bold $cd-ok", 98),
            (pace, "", 97),
            (self._left(), "", 3),
            (f"{self.marks:,} marked" if self.marks else "", "bold $cd-warn", 90),
            (f"with “{self.words}”" if self.words and not self.is_wrong else "", "$cd-accent", 60),
            (f"“{self.words}” is not understood" if self.is_wrong else "", "bold $cd-warn", 96),
            (self.group, "$cd-accent", 40),
            (
                f"checked {self.checked:,} of {self.total:,}" if self.checked < self.total else "",
                "$cd-info",
                50,
            ),
        ]
        kept = [part for part in parts if part[0]]
        while len(kept) > 3 and sum(cell_len(text) + 3 for text, *_ in kept) - 3 > room:
            kept.remove(min(kept, key=lambda part: part[2]))
        said: list[tuple[str, str]] = []
        for text, style, _ in kept:
            said += [(" · ", ""), (text, style)] if said else [(text, style)]
        return Content.assemble(*said)

    def _left(self) -> str:
        if not self.pace or not self.remaining:
            return ""
        minutes = round(self.remaining * 60 / self.pace)
        return f"about {minutes} min" if minutes < 100 else f"about {round(minutes / 60)} h"
