"""The case page: read in ten seconds, recorded in twenty."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from textual import on
from textual.app import App, ComposeResult

from casedesk.desk import access, casepage
from casedesk.desk.asking import Verb
from casedesk.desk.drafts import drafts_of
from casedesk.model.errors import CasedeskError
from casedesk.model.ids import EntityId
from casedesk.screens import verbs
from casedesk.screens.casepage.actions import ActionsTab
from casedesk.screens.casepage.corrections import RECORD_CORRECTIONS
from casedesk.screens.casepage.custody import CustodyTab
from casedesk.screens.casepage.decisions import DecisionsTab
from casedesk.screens.casepage.documents import DocumentsTab
from casedesk.screens.casepage.entries import CONTACT, CORRECTIONS, LOG
from casedesk.screens.casepage.evidence import EvidenceTab
from casedesk.screens.casepage.head import head_lines
from casedesk.screens.casepage.history import HistoryTab
from casedesk.screens.casepage.overview import OverviewTab
from casedesk.screens.casepage.people import PeopleTab
from casedesk.screens.casepage.strip import TabName, TabStrip
from casedesk.screens.casepage.tab import AnyTab
from casedesk.screens.casepage.timeline import TimelineTab
from casedesk.screens.casepage.view import CaseView
from casedesk.screens.session import Session
from casedesk.screens.undoing import ask_undo, do_redo
from casedesk.store.queue import QueueRow
from casedesk.widgets.command import Command, show_key
from casedesk.widgets.dialogs import Choice, Choose, error_message
from casedesk.widgets.flow import Flow
from casedesk.widgets.screen import BACK, DeskScreen
from casedesk.widgets.table import VirtualTable

_TICK = 20.0
"""Seconds between two looks at the clock: countdowns show minutes."""

TABS: tuple[tuple[TabName, type[AnyTab]], ...] = (
    (TabName("overview", "Overview", "Overview"), OverviewTab),
    (TabName("timeline", "Timeline", "Timeline"), TimelineTab),
    (TabName("actions", "Actions", "Actions"), ActionsTab),
    (TabName("people", "Victims & witnesses", "Victims"), PeopleTab),
    (TabName("custody", "Suspects & custody", "Custody"), CustodyTab),
    (TabName("evidence", "Evidence & file", "File"), EvidenceTab),
    (TabName("decisions", "Decisions", "Decisions"), DecisionsTab),
    (TabName("documents", "Documents", "Docs"), DocumentsTab),
    (TabName("history", "History", "History"), HistoryTab),
)
"""The tabs in the order of their digits."""
_ORDER = [name.id for name, _ in TABS]
_CLASSES = {name.id: made for name, made in TABS}
_TITLES = {name.id: name.title for name, _ in TABS}
_CORRECTIONS = (*CORRECTIONS, *RECORD_CORRECTIONS)
"""They are started on the entry that was wrong, not from a menu."""
ALL_VERBS: dict[str, Verb] = {
    verb.id: verb for verb in (LOG, CONTACT, *_CORRECTIONS, *(one for _, tab in TABS for one in tab.VERBS))
}
"""Every verb of the page, by id."""


class Neighbours(Protocol):
    """The list that a case was opened from."""

    def neighbour(self, step: int) -> QueueRow | None:
        """Move on in the list; None at its end."""

    def changed(self) -> None:
        """Something was written."""


def open_case(app: App[Any], session: Session, case_id: EntityId, neighbours: Neighbours) -> None:
    """Open a case; one that cannot be accounted for, or is gone, is not shown and the reason is."""
    try:
        screen = CaseScreen(session, case_id, neighbours)
    except CasedeskError as error:
        app.push_screen(error_message(error, title="The case was not opened", kept="Nothing was changed."))
    else:
        app.push_screen(screen)


def _consulted_page(session: Session, case_id: EntityId) -> casepage.Page:
    """Read a case for showing, and account for its being looked at."""
    access.consulted(session.desk, case_id)
    return casepage.read_page(session.desk, case_id)


def _can_contact(page: "CaseScreen") -> str | None:
    return CONTACT.offered(page.view.at())


def _no_suspect(page: "CaseScreen") -> str | None:
    return None if page.page.file.suspects else "No suspect is recorded in this case."


def _tab_commands() -> tuple[Command, ...]:
    return tuple(
        Command(
            f"case.tab-{name.id}", str(number), name.title, f"Open {name.title}.", f"tab_{name.id}", "Tabs"
        )
        for number, (name, _) in enumerate(TABS, 1)
    )


class CaseScreen(DeskScreen[None]):
    """Everything about one case."""

    PLACE = "Case"
    ABOUT = (
        "One case on one page. What it is, who has it, why it is here and what runs out next stay in sight; below are "
        "its tabs, by their digits: each a list with the row under the cursor in full beside or below it. m shows "
        "what can be done on a tab, M everything that can be done in the case. Nothing is edited in place: what you "
        "add is added to the record under your name."
    )
    OFFERS = (
        BACK,
        Command("case.log", "l", "Log", "Add an entry to the case log.", "log", "Case", show=90),
        Command("case.contact", "c", "Contact", "Record a contact with a victim or witness, made or attempted.",
                "contact", "Case", show=88, allowed=_can_contact),
        Command("case.menu", "m", "Menu", "Show what can be done on this tab.", "menu", "Case", show=80),
        Command("case.anything", "M", "Anything", "Find anything that can be done in this case by typing part of it.",
                "anything", "Case", show=22),
        Command("case.next", "n", "Next case", "Go to the next case of the list.", "next", "Case", show=20),
        Command("case.previous", "p", "Previous", "Go to the case before in the list.", "previous", "Case", show=15),
        Command("case.find", "slash", "Find", "Narrow the list to rows with the words you type.", "find", "Case",
                show=45),
        Command("case.explain", "e", "Explain", "Say why the case stands where it stands.", "explain", "Case",
                show=18),
        Command("case.clinic", "K", "Clinic", "Open the clinic page of a suspect: evidence, needs, decision, letters.",
                "clinic", "Case", show=21, allowed=_no_suspect),
        Command("case.conflicts", "exclamation_mark", "Disputes", "Decide what two desks said differently here.",
                "conflicts", "Case", show=85),
        Command("case.copy", "y", "Copy", "Copy the occurrence number.", "copy", "Case", show=10),
        Command("case.undo", "ctrl+z,u", "Undo", "Take back what was done last.", "undo", "Case", show=19),
        Command("case.redo", "ctrl+y", "Redo", "Do again what was undone last.", "redo", "Case"),
        Command("case.tab-next", "right_square_bracket,right", "Next tab", "Go to the next tab.", "tab_next", "Tabs"),
        Command("case.tab-before", "left_square_bracket,left", "Tab before", "Go to the tab before.", "tab_before",
                "Tabs"),
        *_tab_commands(),
    )  # fmt: skip
    PARTS = (VirtualTable,)
    DEFAULT_CSS = """
    CaseScreen #summary { height: auto; max-height: 6; padding: 0 1; background: $surface; }
    CaseScreen.-wide CaseTab { layout: horizontal; }
    CaseScreen.-wide CaseTab VirtualTable { width: 3fr; }
    CaseScreen.-wide CaseTab .tab--detail { width: 2fr; height: 1fr; padding: 0 1 0 2; }
    CaseScreen.-wide CaseTab.-reading .tab--detail { width: 1fr; }
    """

    def __init__(self, session: Session, case_id: EntityId, neighbours: Neighbours) -> None:
        super().__init__()
        self.session = session
        self.case_id = case_id
        self._neighbours = neighbours
        self._open_tab = _ORDER[0]
        self._stale: set[str] = set()
        """The tabs that were built and show the case as it was."""
        self._shown_for = 0
        self.page = _consulted_page(session, case_id)
        self.view = CaseView(session.desk, self.page, session.clock())

    def compose_body(self) -> ComposeResult:
        """What always stays in sight, the line of tabs, and the first tab; the others are built when asked for."""
        yield Flow(id="summary")
        yield TabStrip([name for name, _ in TABS])
        yield _CLASSES[self._open_tab](self.view)

    def on_mount(self) -> None:
        """Show the case, and keep the countdowns true."""
        self._show_head()
        self._tell_drafts()
        self.set_interval(_TICK, self.tick)

    def _tell_drafts(self) -> None:
        """Say what was typed here and not saved."""
        waits = drafts_of(
            self.session.desk, self.case_id, {key: verb.title for key, verb in ALL_VERBS.items()}
        )
        if waits:
            self.app.notify(f"{waits}. What was typed is there when the form is opened.", markup=False)

    def on_resize(self) -> None:
        """Fit the head into the width there is."""
        if self.size.width != self._shown_for:
            self._show_head()

    @property
    def tab(self) -> AnyTab:
        """The tab that is open."""
        return self.query_one(f"#tab-{self._open_tab}", _CLASSES[self._open_tab])

    def _show_head(self) -> None:
        self._shown_for = self.app.size.width
        lines = head_lines(self.page, self.view.now, self._shown_for - 2, self.view.readers)
        self.query_one("#summary", Flow).show(lines)
        self.query_one(TabStrip).show(self._open_tab, self._counts())

    def _counts(self) -> dict[str, int]:
        """How much some tabs hold, as far as that is known without reading them."""
        file = self.page.file
        open_ = [action for _, action in file.actions if not (action.done_at or action.cancelled_at)]
        return {
            "actions": len(open_),
            "people": len(file.victims) + len(file.witnesses),
            "custody": len(file.suspects),
        }

    def tick(self) -> None:
        """Move the countdowns on; where a moment has come that changes the case's place, judge it anew."""
        now = self.session.clock()
        changes = [one.changes_at for one in self.page.factors if one.changes_at]
        if changes and min(changes) <= now:
            self.page = casepage.read_page(self.session.desk, self.case_id)
        self._show(now)

    def _show(self, now: datetime) -> None:
        """Show the page as it was read, at this hour; what is being read in full stays."""
        self.view = CaseView(self.session.desk, self.page, now)
        self._stale = {name for name in _ORDER if name != self._open_tab}
        self._show_head()
        if not self.tab.has_class("-reading"):
            self.tab.show_view(self.view)

    # Tabs

    def show_tab(self, tab: str) -> None:
        """Open a tab, built when it is opened first."""
        if tab == self._open_tab:
            self.tab.take_focus()
            return
        self.tab.display = False
        self._open_tab = tab
        found = self.query(f"#tab-{tab}").results(_CLASSES[tab])
        shown = next(iter(found), None)
        if shown is None:
            shown = _CLASSES[tab](self.view)
            self.mount(shown, after="#tabs")
        else:
            shown.display = True
            if tab in self._stale:
                shown.show_view(self.view)
            shown.take_focus()
        self._stale.discard(tab)
        self.query_one(TabStrip).show(tab, self._counts())

    @on(TabStrip.Chosen)
    def _tab_chosen(self, event: TabStrip.Chosen) -> None:
        self.show_tab(event.tab)

    def _step_tab(self, step: int) -> None:
        self.show_tab(_ORDER[(_ORDER.index(self._open_tab) + step) % len(_ORDER)])

    def action_tab_next(self) -> None:
        """Go to the next tab."""
        self._step_tab(1)

    def action_tab_before(self) -> None:
        """Go to the tab before."""
        self._step_tab(-1)

    def action_tab_overview(self) -> None:
        """Open the overview."""
        self.show_tab("overview")

    def action_tab_timeline(self) -> None:
        """Open the timeline."""
        self.show_tab("timeline")

    def action_tab_actions(self) -> None:
        """Open the actions."""
        self.show_tab("actions")

    def action_tab_people(self) -> None:
        """Open victims and witnesses."""
        self.show_tab("people")

    def action_tab_custody(self) -> None:
        """Open suspects and custody."""
        self.show_tab("custody")

    def action_tab_evidence(self) -> None:
        """Open evidence and file."""
        self.show_tab("evidence")

    def action_tab_decisions(self) -> None:
        """Open the decisions."""
        self.show_tab("decisions")

    def action_tab_documents(self) -> None:
        """Open the documents."""
        self.show_tab("documents")

    def action_tab_history(self) -> None:
        """Open the history."""
        self.show_tab("history")

    def action_back(self) -> None:
        """Leave what is read in full or narrowed, then the page."""
        if not self.tab.step_back():
            self.dismiss(None)

    def offered(self, command: Command) -> bool:
        """Disputes are offered where there are some."""
        return command.id != "case.conflicts" or bool(self.page.conflicts)

    # Cases

    def _open(self, case_id: EntityId) -> None:
        self.case_id = case_id
        self.reread()
        self.tab.table.action_top()
        self._tell_drafts()

    def reread(self) -> None:
        """Show the case as it is now."""
        self.page = _consulted_page(self.session, self.case_id)
        self.tab.remove_class("-reading")
        self._show(self.session.clock())
        self.refresh_bindings()

    def action_next(self) -> None:
        """Go to the next case of the list."""
        self._go(1)

    def action_previous(self) -> None:
        """Go to the case before in the list."""
        self._go(-1)

    def _go(self, step: int) -> None:
        row = self._neighbours.neighbour(step)
        if row is None:
            end = "That was the last case of the list." if step > 0 else "This is the first case of the list."
            self.app.notify(end, markup=False)
        else:
            self._open(row.id)

    # Doing

    def start(self, verb: Verb, subject: EntityId | None) -> None:
        """Let a verb ask what it asks, and do it."""
        opens = verbs.choose_template if verb.id == "action.template" else verbs.start
        opens(self.app, self.session, verb, self.view.at(subject), self._done)

    def lead(self, where: str, subject: EntityId | None = None) -> None:
        """Go to a tab, or start a verb, by its id."""
        if where in _CLASSES:
            self.show_tab(where)
        elif where in ALL_VERBS:
            self.start(ALL_VERBS[where], subject)

    def _done(self) -> None:
        self._neighbours.changed()
        self.reread()

    def action_log(self) -> None:
        """Add a log entry."""
        self.start(LOG, None)

    def action_contact(self) -> None:
        """Record a contact; a safe-contact warning comes first."""
        file, subject = self.view.file, self.tab.subject
        if subject not in dict(file.victims) and subject not in dict(file.witnesses):
            subject = file.victims[0][0] if len(file.victims) == 1 else None
        self.start(CONTACT, subject)

    def action_menu(self) -> None:
        """Show what can be done on this tab."""
        self._choose_verb(
            f"What can be done here? {_TITLES[self._open_tab]}", [*self.tab.VERBS, LOG, CONTACT]
        )

    def action_anything(self) -> None:
        """Find anything that can be done."""
        self._choose_verb("What is to be done?", list(ALL_VERBS.values()), typed=True)

    def _choose_verb(self, title: str, offered: Sequence[Verb], *, typed: bool | None = None) -> None:
        """Let choose a verb: those that can be used now first."""
        subject = self.tab.subject

        def chosen(verb: Verb | None) -> None:
            if verb is not None:
                self.start(verb, subject)

        at, keys = self.view.at(subject), {verb.id: self.tab.key_of_verb(verb) for verb in self.tab.VERBS}
        choices = [
            Choice(
                verb,
                verb.title,
                verb.about,
                tail=show_key(key) if (key := keys.get(verb.id, verb.key)) else "",
                reason=verb.offered(at),
            )
            for verb in offered
            if verb not in _CORRECTIONS
        ]
        choices.sort(key=lambda choice: choice.reason is not None)
        self.app.push_screen(Choose(title, choices, typed=typed), chosen)

    async def action_find(self) -> None:
        """Narrow the tab's list to what has the words typed."""
        await self.tab.find()

    def action_explain(self) -> None:
        """Say why the case stands where it stands."""
        from casedesk.screens.explain import open_explain

        open_explain(self.app, self.session, self.case_id)

    def action_clinic(self) -> None:
        """Open the clinic page of the suspect under the cursor, or let choose one."""
        from casedesk.screens.clinic.casefile import CasefileScreen, open_casefile

        below = self.app.screen_stack[-2]
        if isinstance(below, CasefileScreen) and below.case_id == self.case_id:
            self.dismiss(None)
            return
        subject = self.tab.subject
        own = subject if subject in dict(self.page.file.suspects) else None
        open_casefile(self.app, self.session, self.case_id, own, done=self._done)

    def action_conflicts(self) -> None:
        """Decide what two desks said differently of this case."""
        from casedesk.screens.conflicts import open_conflicts

        open_conflicts(self.app, self.session, self.case_id, self._done)

    def action_copy(self) -> None:
        """Copy the occurrence number through the terminal."""
        reference = self.page.file.case.ref or ""
        self.app.copy_to_clipboard(reference)
        self.app.notify(f"Copied {reference}.", timeout=3, markup=False)

    def action_undo(self) -> None:
        """Take back what was done last."""
        ask_undo(self.app, self.session, self._done)

    def action_redo(self) -> None:
        """Do again what was undone last."""
        do_redo(self.app, self.session, self._done)
