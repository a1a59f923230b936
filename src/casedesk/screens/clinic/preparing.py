"""The checklist of an appointment: what is ready, what casedesk sees itself, what a person ticks."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from casedesk.rules.clinic.preparation import Prepared
from casedesk.widgets.columns import Cell, Column
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Dialog
from casedesk.widgets.rows import ListSource
from casedesk.widgets.table import VirtualTable


class Checklist(Dialog[tuple[str, ...] | None]):
    """Tick what is ready; comes back with the ids of what is ticked, or None."""

    PLACE = "Preparation"
    OFFERS = (
        Command("checklist.tick", "space,enter", "Tick", "Tick the check, or take its tick off.", "tick",
                "Preparation", show=90),
        Command("checklist.save", "ctrl+s,f10", "Save", "Keep the ticks.", "save", "Preparation", show=88,
                priority=True),
        Command("checklist.leave", "escape", "Leave", "Leave everything as it was.", "cancel", "Preparation", show=80),
    )  # fmt: skip
    DEFAULT_CSS = """
    Checklist > #box { width: 96; max-width: 100%; }
    Checklist VirtualTable { height: auto; max-height: 14; min-height: 3; background: $surface; }
    Checklist VirtualTable > .vtable--cursor-blurred { background: $cd-cursor; color: $cd-cursor-text; }
    Checklist #needs { height: 2; color: $cd-muted; margin-bottom: 1; }
    """

    def __init__(self, title: str, checks: Sequence[Prepared]) -> None:
        super().__init__(title)
        self._checks = list(checks)
        self._ticked = {one.check.id for one in checks if one.ticked}

    def compose_body(self) -> ComposeResult:
        """The list, and what the check under the cursor needs."""
        columns = [
            Column[Prepared]("sign", "", self._sign, 3, keep=95),
            Column[Prepared]("title", "Check", self._title, 34, flex=2, keep=90),
            Column[Prepared]("seen", "How it is known", self._how, 20, flex=3, keep=60),
        ]
        yield VirtualTable(columns, self._source(), markable=False, id="checks")
        yield Static(id="needs")

    def on_mount(self) -> None:
        """Start in the list, on the first check that is not ready."""
        table = self.query_one(VirtualTable)
        table.focus()
        first = next((place for place, one in enumerate(self._checks) if not self._ready(one)), None)
        if first is not None:
            table.go_to(first)
        self._show()

    def _source(self) -> ListSource[Prepared]:
        return ListSource(self._checks, self._checks.index)

    def _ready(self, one: Prepared) -> bool:
        return bool(one.seen) or one.check.id in self._ticked

    def _sign(self, one: Prepared) -> Cell:
        return ("[x]", "ok") if self._ready(one) else ("[ ]", "warn")

    def _title(self, one: Prepared) -> Cell:
        return one.check.title if self._ready(one) else (one.check.title, "strong")

    def _how(self, one: Prepared) -> Cell:
        if one.seen:
            return (f"seen: {one.seen}", "muted")
        return ("ticked by hand", "muted") if one.check.id in self._ticked else ("to do", "warn")

    @on(VirtualTable.RowHighlighted)
    def _moved(self) -> None:
        self._show()

    def _show(self) -> None:
        one: Prepared | None = self.query_one(VirtualTable).cursor_row
        seen = f"Seen: {one.seen}. " if one and one.seen else ""
        self.query_one("#needs", Static).update(Content(f"{seen}{one.check.needs}" if one else ""))

    @on(VirtualTable.RowOpened)
    def _opened(self) -> None:
        self.action_tick()

    def action_tick(self) -> None:
        """Tick the check under the cursor, or take its tick off."""
        table = self.query_one(VirtualTable)
        one: Prepared | None = table.cursor_row
        if one is None:
            return
        if one.seen:
            self.app.notify(f"casedesk sees it in the case: {one.seen}.", timeout=4, markup=False)
            return
        self._ticked ^= {one.check.id}
        table.set_source(self._source())

    def action_save(self) -> None:
        """Answer with what is ticked."""
        self.dismiss(tuple(one.check.id for one in self._checks if one.check.id in self._ticked))

    def action_cancel(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)
