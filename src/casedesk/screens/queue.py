"""The queue: every case in the order of its need, with the sentence that says why.

What the first paint does not need is imported where it is used (the app does it ahead, once the list is there).
"""

from functools import partialmethod

from textual import on, work
from textual.widgets import Input

from casedesk.desk.caseload import VIEWS
from casedesk.desk.preferences import SavedFilter
from casedesk.model.ids import EntityId
from casedesk.screens.queue_columns import SORTED
from casedesk.screens.queue_list import QueueList
from casedesk.store.queue import QueueRow
from casedesk.widgets.command import Command
from casedesk.widgets.table import VirtualTable

VIEW_KEYS = dict(zip(VIEWS, ("1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "minus"), strict=True))
"""The key that shows each view at once."""


def _on_a_case(screen: "QueueScreen") -> str | None:
    return None if screen.table.cursor_id is not None else "No case is under the cursor."


def _can_act(screen: "QueueScreen") -> str | None:
    return None if screen.table.marks else _on_a_case(screen)


def _is_read(screen: "QueueScreen") -> str | None:
    return "The list is still being read." if screen.is_ordering else _on_a_case(screen)


def _by_priority(screen: "QueueScreen") -> str | None:
    return (
        None if screen.shown.order == "priority" else "Only a list by priority has groups: press s, then 1."
    )


class QueueScreen(QueueList):
    """The prioritised caseload."""

    PLACE = "Queue"
    ABOUT = (
        "Every case in the order of its need: who is detained, what cannot be recovered, what protects somebody, "
        "what a victim is owed, then the rest. “Why it is here” says in words why a case stands where "
        "it stands; the two lines below the list show it in full, and e explains it factor by factor. "
        "Space marks cases, and b does something with all that are marked. View, order, columns and groups are "
        "remembered; l keeps a list that you want again under a name."
    )
    OFFERS = (
        Command("queue.filter", "slash", "Filter", "Narrow the list to cases with the words you type.", "filter",
                "Queue", show=70),
        Command("queue.view", "v", "View", "Choose which cases are shown.", "view", "Queue", show=65),
        Command("queue.explain", "e", "Explain", "Why this case stands where it stands.", "explain", "Queue",
                show=62, allowed=_on_a_case),
        Command("queue.bulk", "b", "Bulk", "Do something with every marked case: assign, action, flag, cover, export.",
                "bulk", "Queue", show=61, allowed=_can_act),
        Command("queue.briefing", "m", "Morning", "The morning briefing on one screen.", "briefing", "Queue", show=58),
        Command("queue.search", "f", "Search", "Search everything said in every case.", "search", "Queue", show=68),
        Command("queue.new", "n", "New", "Add a case by hand: an arrest, a voluntary interview or a referral.", "new",
                "Queue", show=44),
        Command("queue.finalise", "F", "Finalise", "Review what is submitted: accept, correct, return, refer.",
                "finalise", "Queue", show=57),
        Command("queue.lists", "l", "Lists", "Lists saved under a name: choose, save, rename or drop one.", "lists",
                "Queue", show=46),
        Command("queue.sort", "s", "Sort", "Choose the order; the same again turns it round.", "sort", "Queue",
                show=42),
        Command("queue.columns", "o", "Columns", "Choose the columns and their order.", "columns", "Queue", show=38),
        Command("queue.group", "ctrl+g", "Group", "Set the bands apart, with the number of cases in each, or not.",
                "group", "Queue", show=12, allowed=_by_priority),
        Command("queue.mark-all", "ctrl+a", "Mark all", "Mark every case of this list.", "mark_all", "Queue",
                show=14, allowed=_is_read),
        Command("queue.import", "i", "Import", "Take in an extract from the records system.", "import", "Queue",
                show=45),
        Command("queue.plain", "escape", "All", "Drop the filter; without one, the marks.", "plain", "Queue"),
        Command("queue.cover", "C", "Cover", "Who covers for whom, from when until when; hand back.", "cover", "Queue",
                show=20),
        Command("queue.diary", "d", "Diary", "The clinic's diary: who is seen when, invitations, preparation.", "diary",
                "Queue", show=43),
        Command("queue.clinic", "K", "Clinic page", "Open the clinic page of this case: evidence, decision, letters.",
                "clinic", "Queue", show=33, allowed=_on_a_case),
        Command("queue.sync", "S", "Sync", "Give bundles to colleagues and take theirs in.", "sync", "Queue", show=41),
        Command("queue.conflicts", "exclamation_mark", "Conflicts", "Decide what two desks said differently.",
                "conflicts", "Queue", show=18),
        Command("queue.reviews", "r", "Reviews", "Closed cases whose retention review is due.", "reviews", "Queue",
                show=16),
        Command("queue.access", "f9", "Access log", "See who looked at what, and when.", "access_log", "Queue"),
        Command("queue.undo", "ctrl+z,u", "Undo", "Take back what was done last.", "undo", "Queue", show=35),
        Command("queue.redo", "ctrl+y", "Redo", "Do again what was undone last.", "redo", "Queue"),
        Command("queue.refresh", "f5", "Refresh", "Read everything again.", "refresh_all", "Queue"),
        *(
            Command(f"queue.view-{name}", VIEW_KEYS[name], label, f"{meaning}.", f"view_{name}", "Views")
            for name, (_, label, meaning) in VIEWS.items()
        ),
    )  # fmt: skip

    def label_of(self, command: Command) -> str:
        """What is done with many cases says with how many."""
        marks = len(self.table.marks) if command.id == "queue.bulk" and self.is_mounted else 0
        return f"Bulk {marks:,}" if marks else super().label_of(command)

    # One case

    @on(VirtualTable.RowOpened, "#queue")
    def _open(self, event: VirtualTable.RowOpened) -> None:
        row = self.table.cursor_row
        if row is not None and row.n == event.row_id:
            from casedesk.screens.case import open_case

            open_case(self.app, self.session, row.id, self)

    def neighbour(self, step: int) -> QueueRow | None:
        """Move to the next case of the list, or the one before; None at its end."""
        before = self.table.cursor_index
        (self.table.action_down if step > 0 else self.table.action_up)()
        return self.table.cursor_row if self.table.cursor_index != before else None

    def action_explain(self) -> None:
        """Explain why the case stands where it stands."""
        from casedesk.screens.explain import open_explain

        row = self.table.cursor_row
        if row is not None:
            open_explain(self.app, self.session, row.id)

    def action_new(self) -> None:
        """Add a case by hand."""
        from casedesk.screens.queue_new import ask_new

        def added(case_id: EntityId) -> None:
            self._seek = case_id
            self.changed()

        ask_new(self.app, self.session, added)

    # Many cases

    def action_mark_all(self) -> None:
        """Mark every case of the list."""
        self.table.mark(self.source.known)

    @work
    async def action_bulk(self) -> None:
        """Do something with the marked cases, or with the one under the cursor."""
        from casedesk.screens.bulk import act_on, chosen

        if await act_on(self.app, self.session, chosen(self.table, self.source.known)):
            self.table.clear_marks()
            self.changed()

    def action_cover(self) -> None:
        """See who covers for whom."""
        from casedesk.screens.queue_cover import CoverScreen

        self.app.push_screen(CoverScreen(self.session))

    # Which cases, in which order, with which columns

    def action_filter(self) -> None:
        """Open the filter."""
        box = self.query_one("#filter", Input)
        box.add_class("-open")
        box.focus()

    @on(Input.Submitted, "#filter")
    def _filtered(self) -> None:
        self.table.focus()

    def action_plain(self) -> None:
        """Leave the filter; dropped, the list is whole again. Without one the marks go."""
        box = self.query_one("#filter", Input)
        self.table.focus()
        if box.has_class("-open"):
            box.remove_class("-open")
            box.value = ""
        else:
            self.table.clear_marks()

    def action_view(self) -> None:
        """Choose a view."""
        from casedesk.screens.queue_choices import ChooseView

        def chosen(name: str | None) -> None:
            if name is not None:
                self.show_view(name)

        self.app.push_screen(ChooseView(self.session, VIEW_KEYS, self._liked.view), chosen)

    action_view_open = partialmethod(QueueList.show_view, "open")
    action_view_mine = partialmethod(QueueList.show_view, "mine")
    action_view_team = partialmethod(QueueList.show_view, "team")
    action_view_unassigned = partialmethod(QueueList.show_view, "unassigned")
    action_view_custody = partialmethod(QueueList.show_view, "custody")
    action_view_today = partialmethod(QueueList.show_view, "today")
    action_view_waiting = partialmethod(QueueList.show_view, "waiting")
    action_view_clinic = partialmethod(QueueList.show_view, "clinic")
    action_view_submitted = partialmethod(QueueList.show_view, "submitted")
    action_view_returned = partialmethod(QueueList.show_view, "returned")
    action_view_all = partialmethod(QueueList.show_view, "all")

    def action_sort(self) -> None:
        """Choose an order."""
        from casedesk.screens.queue_choices import choose_order

        def chosen(order: str | None) -> None:
            if order is not None:
                self.show_order(order)

        self.app.push_screen(choose_order(self.shown), chosen)

    @on(VirtualTable.HeadClicked, "#queue")
    def _head_clicked(self, event: VirtualTable.HeadClicked) -> None:
        order = next((order for order, column in SORTED.items() if column == event.column), None)
        if order is not None:
            self.show_order(order)

    def action_lists(self) -> None:
        """Choose a saved list, or save this one."""
        from casedesk.screens.queue_lists import SavedLists

        def chosen(saved: SavedFilter | None) -> None:
            if saved is not None:
                self.show_saved(saved)

        self.app.push_screen(SavedLists(self.session.desk, self.shown), chosen)

    def action_columns(self) -> None:
        """Choose the columns."""
        from casedesk.screens.queue_choices import ChooseColumns

        def chosen(names: tuple[str, ...] | None) -> None:
            if names is not None:
                self._remember(columns=names)
                self.table.set_columns(self._columns())

        self.app.push_screen(ChooseColumns(self._liked.columns), chosen)

    def action_group(self) -> None:
        """Set the bands apart, or not."""
        self._remember(grouping="" if self._liked.grouping else "band")
        self.read_order()

    # Elsewhere

    def action_briefing(self) -> None:
        """Open the morning briefing."""
        from casedesk.screens.briefing import open_briefing

        open_briefing(self.app, self.session)

    def action_finalise(self) -> None:
        """Open the bulk review of what is submitted."""
        from casedesk.screens.review import open_review_screen

        open_review_screen(self.app, self.session)

    def action_diary(self) -> None:
        """Open the clinic's diary."""
        from casedesk.screens.clinic.diary import open_diary

        open_diary(self.app, self.session)

    def action_clinic(self) -> None:
        """Open the clinic page of the case under the cursor."""
        from casedesk.screens.clinic.casefile import open_casefile

        row = self.table.cursor_row
        if row is not None:
            open_casefile(self.app, self.session, row.id, done=self.changed)

    def action_sync(self) -> None:
        """Open the sync screen."""
        from casedesk.screens.sync import open_sync

        open_sync(self.app, self.session)

    def action_conflicts(self) -> None:
        """Open the conflicts."""
        from casedesk.screens.conflicts import open_conflicts

        open_conflicts(self.app, self.session)

    def action_reviews(self) -> None:
        """Open the list of retention reviews."""
        from casedesk.screens.retention import open_retention

        open_retention(self.app, self.session)

    @work
    async def action_import(self) -> None:
        """Take in an extract."""
        from casedesk.screens.take_in import take_in

        if await take_in(self.app, self.session):
            self.changed()

    def changed(self) -> None:
        """Something was written: bring list and header up to date."""
        self.refresh_now()
        refresh_status = getattr(self.app, "refresh_status", None)
        if refresh_status is not None:
            refresh_status()

    def action_search(self) -> None:
        """Search everything."""
        from casedesk.screens.search import SearchScreen

        self.app.push_screen(SearchScreen(self.session))

    def action_access_log(self) -> None:
        """See the access log."""
        from casedesk.screens.access import AccessScreen

        self.app.push_screen(AccessScreen(self.session))

    def action_undo(self) -> None:
        """Ask, then take back what was done last."""
        from casedesk.screens.undoing import ask_undo

        ask_undo(self.app, self.session, self.changed)

    def action_redo(self) -> None:
        """Do again what was undone last."""
        from casedesk.screens.undoing import do_redo

        do_redo(self.app, self.session, self.changed)

    def action_refresh_all(self) -> None:
        """Read everything again."""
        self.session.desk.store.tick()
        self.refresh_now()
