"""Lists saved under a name: a view, the words that narrow it and its order."""

from textual import on, work
from textual.app import ComposeResult

from casedesk.desk.caseload import VIEWS
from casedesk.desk.desk import Desk
from casedesk.desk.preferences import SavedFilter, drop_filter, load_preferences, save_filter
from casedesk.model.errors import CasedeskError
from casedesk.model.text import clean
from casedesk.screens.queue_about import ORDER_TITLES
from casedesk.widgets.columns import Column
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Confirm, Dialog, Prompt, error_message
from casedesk.widgets.rows import ListSource
from casedesk.widgets.table import VirtualTable

_NONE = "No list is saved yet.\nPress s to save the present one."


def _on_one(dialog: "SavedLists") -> str | None:
    return None if dialog.chosen else "No list is saved yet."


class SavedLists(Dialog[SavedFilter | None]):
    """The saved lists: choose one, save the present one, rename or drop one."""

    PLACE = "Saved lists"
    OFFERS = (
        Command("lists.save", "s", "Save present", "Save the list there is under a name.", "save", "Saved lists",
                show=85),
        Command("lists.rename", "r", "Rename", "Give this list another name.", "rename", "Saved lists", show=70,
                allowed=_on_one),
        Command("lists.drop", "d,delete", "Drop", "Forget this list; no case is touched.", "drop", "Saved lists",
                show=65, allowed=_on_one),
        Command("dialog.cancel", "escape", "Cancel", "Leave without an answer.", "cancel", "Dialogs", show=80),
    )  # fmt: skip
    PARTS = (VirtualTable,)
    DEFAULT_CSS = """
    SavedLists VirtualTable {
        height: auto; max-height: 50vh; min-height: 4; margin-bottom: 1; background: $surface;
    }
    """

    def __init__(self, desk: Desk, present: SavedFilter) -> None:
        super().__init__("Saved lists")
        self._desk, self._present = desk, present
        self._kept = load_preferences(desk).filters
        self.add_class("-wide")

    def compose_body(self) -> ComposeResult:
        """The lists."""
        columns = [
            Column[SavedFilter]("name", "Name", lambda one: (one.name, "strong"), 24, flex=1, keep=90),
            Column[SavedFilter]("what", "What", _what, 30, flex=2, keep=50),
        ]
        yield VirtualTable(columns, self._source(), empty=_NONE, markable=False, headed=False)

    def on_mount(self) -> None:
        """Start in the list."""
        self.query_one(VirtualTable).focus()

    @property
    def chosen(self) -> SavedFilter | None:
        """The list under the cursor."""
        row: SavedFilter | None = self.query_one(VirtualTable).cursor_row
        return row

    def _source(self) -> ListSource[SavedFilter]:
        return ListSource(self._kept, self._kept.index)

    def _show(self, kept: tuple[SavedFilter, ...], name: str = "") -> None:
        self._kept = kept
        table = self.query_one(VirtualTable)
        table.set_source(self._source())
        place = next((place for place, one in enumerate(kept) if one.name == name), None)
        if place is not None:
            table.go_to(place)
        self.refresh_bindings()

    @on(VirtualTable.RowOpened)
    def _use(self) -> None:
        """Show the list."""
        self.dismiss(self.chosen)

    @work
    async def action_save(self) -> None:
        """Ask for a name and save the present list under it."""
        await self._save("Save this list as", self._present, self._present.name)

    @work
    async def action_rename(self) -> None:
        """Ask for another name."""
        one = self.chosen
        if one is None:
            return
        name = await self._save("Rename it to", one, one.name)
        if name and name.casefold() != one.name.casefold():
            self._show(drop_filter(self._desk, one.name).filters, name)

    async def _save(self, title: str, wanted: SavedFilter, name: str) -> str:
        """Ask for a name and keep a list under it; returns the name, empty where nothing was saved."""
        typed = await self.app.push_screen_wait(Prompt(title, _what(wanted), value=name))
        if typed is None:
            return ""
        new = clean(typed)
        held = next((one.name for one in self._kept if one.name.casefold() == new.casefold()), None)
        if held is not None and held != name:
            question = Confirm(f"Replace “{held}”?", "There is a list of that name.", yes="Replace it")
            if not await self.app.push_screen_wait(question):
                return ""
        try:
            kept = save_filter(
                self._desk, SavedFilter(new, wanted.view, wanted.words, wanted.order, wanted.reverse)
            )
        except CasedeskError as error:
            await self.app.push_screen_wait(
                error_message(error, title="Not saved", kept="No list was changed.")
            )
            return ""
        self._show(kept.filters, new)
        self.app.notify(f"Saved as “{new}”.", timeout=3, markup=False)
        return new

    def action_drop(self) -> None:
        """Ask, then forget the list."""
        one = self.chosen
        if one is None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self._show(drop_filter(self._desk, one.name).filters)

        self.app.push_screen(
            Confirm(f"Drop the list “{one.name}”?", "No case is touched.", yes="Drop it"), answered
        )

    def action_cancel(self) -> None:
        """Leave the list as it is."""
        self.dismiss(None)


def _what(one: SavedFilter) -> str:
    """A list in words: ``In custody, with “theft”, by priority``."""
    words = f", with “{one.words}”" if one.words else ""
    turned = ", turned round" if one.reverse else ""
    return f"{VIEWS[one.view][1]}{words}, by {ORDER_TITLES[one.order]}{turned}"
