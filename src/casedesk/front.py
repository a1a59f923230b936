"""The app opened on a desk: which screen comes first, what stands ready behind it, and how it is locked."""

import gc
import threading
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual import events, on, work
from textual.message import Message
from textual.screen import Screen
from textual.worker import Worker, WorkerState
from textual.worker_manager import WorkerManager

from casedesk import faults
from casedesk.app import CasedeskApp, run
from casedesk.desk.desk import Desk
from casedesk.model.errors import CasedeskError, StoreError
from casedesk.model.moments import Clock, local, show_instant, system_clock
from casedesk.screens.queue import QueueScreen
from casedesk.screens.session import Session
from casedesk.store.places import Places
from casedesk.store.reading import unreadable
from casedesk.store.store import clock_doubt, exists
from casedesk.widgets.command import Command, Commanded, offers_within
from casedesk.widgets.progress import Progress

if TYPE_CHECKING:
    from casedesk.desk.reminders import LockedReminders, Reminder, Reminders

_SIGNS_OF_LIFE = (events.Key, events.Paste, events.MouseDown, events.MouseScrollDown, events.MouseScrollUp)
_SAFEKEEPING = "safekeeping"
_READING = ("order", _SAFEKEEPING)
"""The threads that only read and post what they found: nobody else hears of their errors."""
_PAGES_READ = "pages-read"
"""The day on which every page of the file was last read and found whole."""
_KEEP_SAFE = 600.0
"""Seconds between two looks at whether a backup is due."""
_REMIND = 15.0
"""Seconds between two looks at what falls due."""
_STAYS = 30.0
"""Seconds that a reminder stays on screen at most: a key takes it away once it could be read."""
_READ = 12.0
"""Seconds that is shown what waits from before."""
_LOOK = 5.0
"""Seconds between two looks at how long no key was pressed."""


def _can_lock(app: "FrontApp") -> str | None:
    if app.session.is_demo:
        return "The demo has no passphrase to lock it with."
    if not app.session.is_open:
        return "It is locked."
    if any(isinstance(screen, Progress) for screen in app.screen_stack):
        return "A job is running: stop it with Esc, or let it finish."
    return None


class _Workers(WorkerManager):
    """The app's workers. Of a reading thread that failed the app is told; the framework would drop its error."""

    def _remove_worker(self, worker: Worker[Any]) -> None:
        super()._remove_worker(worker)
        app = self._app
        if worker.state is WorkerState.ERROR and worker.group in _READING and isinstance(app, FrontApp):
            app.call_later(app.reading_failed, worker.error)


def _can_calculate(app: "FrontApp") -> str | None:
    if not app.session.is_open:
        return "It is locked. In a terminal “casedesk clock” answers without the store."
    return "It is open." if app.screen.name == "calculator" else None


class FrontApp(CasedeskApp):
    """casedesk on one installation: behind its lock, or on an open demo."""

    class Kept(Message):
        """What was done for the safety of the store, in a thread."""

        def __init__(
            self, said: str = "", *, problem: str = "", pages_read: str = "", damaged: bool = False
        ) -> None:
            super().__init__()
            self.said, self.problem, self.pages_read, self.damaged = said, problem, pages_read, damaged

    OFFERS = (
        Command("app.calculator", "equals_sign", "Calculator", "Ask when a time limit ends, without a case.",
                "calculator", show=8, allowed=_can_calculate),
        Command("app.lock", "ctrl+l", "Lock", "Clear the screen and lock the store. Drafts are kept.", "ask_lock",
                show=15, allowed=_can_lock, priority=True),
    )  # fmt: skip

    def __init__(self, session: Session) -> None:
        self.session = session
        self._touched_at = monotonic()
        self._ending = False
        self._reminders: Reminders | None = None
        self._locked_reminders: LockedReminders | None = None
        super().__init__(session, self._first_screen, places=commands_by_place)
        self._workers = _Workers(self)

    def _first_screen(self) -> Screen[Any]:
        """The queue of an open desk; otherwise the way in."""
        if self.session.is_open:
            return QueueScreen(self.session)
        from casedesk.screens.unlock import SetUpScreen, UnlockScreen

        way_in = UnlockScreen if exists(self.session.places) else SetUpScreen
        return way_in(self.session, self._opened)

    def _opened(self, desk: Desk) -> None:
        self.session.open(desk)
        self._touched_at = monotonic()
        self._locked_reminders = None
        self.clear_notifications()
        self.push_screen(QueueScreen(self.session))
        self._tell_drafts()
        self.refresh_status()
        self._question_clock(desk)
        self.keep_safe()

    def _tell_drafts(self) -> None:
        """Say what was typed and not saved before: after a crash nobody would know."""
        from casedesk.desk.drafts import drafts_waiting

        waits = drafts_waiting(self.session.desk)
        if waits:
            self.notify(
                f"{waits}. What was typed is there when the form is opened.", timeout=_READ, markup=False
            )

    def _question_clock(self, desk: Desk) -> None:
        """Ask when the computer's clock lies behind the last record: then it is wrong now, or was then."""
        behind = clock_doubt(desk.store, desk.now)
        if behind is None:
            return

        async def answered(right: bool | None) -> None:
            if not right:
                await self.action_lock()

        from casedesk.widgets.dialogs import Confirm

        now = desk.now
        text = (
            f"It says {show_instant(now)}, but the last record here was made at {show_instant(now + behind)}. "
            "What you record would bear the wrong time, and what is due would be wrong."
        )
        self.push_screen(
            Confirm(
                "Is this computer's clock right?",
                text,
                yes="It is right",
                no="Lock; I will set it",
                dangerous=True,
            ),
            answered,
        )

    def keep_safe(self) -> None:
        """See to the safety of the open store in a thread: a backup when one is due, its pages once a day."""
        if self.session.is_open and not self.session.is_demo and not self.session.desk.store.read_only:
            self._keep_safe(self.session.desk)

    @work(thread=True, exclusive=True, group=_SAFEKEEPING, exit_on_error=False)
    def _keep_safe(self, desk: Desk) -> None:
        from casedesk.desk.safekeeping import back_up
        from casedesk.store.checks import damaged_pages

        try:
            today = local(desk.now).date().isoformat()
            if desk.store.meta(_PAGES_READ) != today:
                with desk.reading() as connection:
                    damaged = damaged_pages(connection)
                self.post_message(self.Kept(pages_read=today, damaged=bool(damaged)))
            if desk.backup_due(desk.now):
                back_up(desk)
                self.post_message(self.Kept("The store was backed up."))
        except CasedeskError as error:
            self.post_message(self.Kept(problem=f"The store was not backed up: {error}"))

    @on(Kept)
    def _was_kept(self, event: Kept) -> None:
        if event.said:
            self.notify(event.said, timeout=4, markup=False)
        if event.problem:
            self.notify(event.problem, title="Backup", severity="warning", timeout=15, markup=False)
        if event.pages_read and self.session.is_open:
            self.session.desk.store.set_meta(_PAGES_READ, event.pages_read)
        if event.damaged:
            from casedesk.widgets.dialogs import Message as Telling

            self.push_screen(
                Telling(
                    "The store's file is damaged",
                    "Some of its pages cannot be trusted: what stands on them may be missing or wrong on screen.",
                    "Stop working in it. Run “casedesk doctor”, and restore the latest backup.",
                    problem=True,
                )
            )

    def told_of(self, error: BaseException) -> CasedeskError | None:
        """A store that cannot be read any more is no fault of casedesk."""
        return error if isinstance(error, StoreError) else unreadable(self.session.places.store, error)

    def reading_failed(self, error: BaseException) -> None:
        """A thread could not read for a screen: say why and end, for what stays on the screen is not all there is.

        A fault of casedesk is logged; the screen goes on with what it has.
        """
        if not self.session.is_open:
            return  # it was locked meanwhile: nobody waits for what was to be read
        told = self.told_of(error)
        if told is None:
            faults.record(error, self.services.log_path)
        elif not self._ending and self.session.is_open:
            self._ending = True
            from casedesk.widgets.dialogs import error_message

            kept = "casedesk ends now. What was saved before is not changed by that."
            self.push_screen(
                error_message(told, title="The store cannot be read", kept=kept),
                lambda _: self.end_with(told),
            )

    def on_mount(self) -> None:
        """Watch for nobody being there. (The framework calls the shell's own ``on_mount`` as well.)"""
        if self.session.is_open:
            self._tell_drafts()
        self.set_interval(_LOOK, self._lock_when_idle)
        self.set_interval(_KEEP_SAFE, self.keep_safe)
        self.set_interval(_REMIND, self.remind)
        self.call_after_refresh(threading.Thread(target=_warm_up, daemon=True).start)

    def remind(self) -> None:
        """Speak up where something is about to fall due; behind the lock say only of how many clocks."""
        said = self._locked_reminders.due(self.session.clock()) if self._locked_reminders else ""
        if said:
            self.notify(said, severity="warning", timeout=_STAYS, markup=False)
        elif self.session.is_open:
            beside = any(getattr(screen, "BESIDE_PERSON", False) for screen in self.screen_stack)
            for reminder in self._due_reminders(self.session.desk, hold=beside):
                said = reminder.text
                self.notify(said, title=reminder.title, severity="warning", timeout=_STAYS, markup=False)
        if said and self.session.settings.reminders.bell:
            self.bell()

    def _due_reminders(self, desk: Desk, *, hold: bool) -> "list[Reminder]":
        """What to say now; with ``hold``, where somebody reads along, nothing: it is said once they do not."""
        from casedesk.desk import reminders

        if self._reminders is None or self._reminders.settings != desk.settings.reminders:
            self._reminders = reminders.Reminders(desk.settings.reminders)
        items = reminders.ahead(desk, self.session.queue, self._reminders.horizon)
        if hold:
            self._reminders.hold(items, desk.now)
            return []
        return self._reminders.due(items, desk.now)

    def _remind_locked(self) -> None:
        """Take down when clocks fall due while nobody is there, and nothing else of them."""
        from casedesk.desk import reminders

        if self.session.is_open and self.session.settings.reminders.minutes:
            settings = self.session.settings.reminders
            items = reminders.ahead(self.session.desk, self.session.queue, reminders.LOCKED_FOR)
            self._locked_reminders = reminders.LockedReminders(settings, [item.at for item in items])

    async def on_event(self, event: events.Event) -> None:
        """Note that somebody is there."""
        if isinstance(event, _SIGNS_OF_LIFE):
            self._touched_at = monotonic()
        await super().on_event(event)

    async def _lock_when_idle(self) -> None:
        idle = monotonic() - self._touched_at
        if idle > self.session.settings.idle_minutes * 60 and _can_lock(self) is None:
            await self.action_lock()

    def action_calculator(self) -> None:
        """Open the calculator over what is on screen."""
        from casedesk.screens.calculator import open_calculator

        open_calculator(self, self.session)

    async def action_ask_lock(self) -> None:
        """Lock; first offer a bundle, once, where changes exist on this machine alone."""
        if not self._offer_bundle("Lock", self.action_lock):
            await self.action_lock()

    async def action_quit(self) -> None:
        """Leave; first offer a bundle, once, where changes exist on this machine alone."""
        if not self._offer_bundle("Quit", super().action_quit):
            await super().action_quit()

    def _offer_bundle(self, then: str, go_on: Callable[[], Awaitable[None]]) -> bool:
        """Ask whether to make a bundle before going on; False where there is nothing to ask, or it was asked."""
        from casedesk.screens.offer_bundle import OfferBundle, is_offered

        busy = any(isinstance(screen, OfferBundle | Progress) for screen in self.screen_stack)
        if busy or not self.session.is_open or not is_offered(self.session.desk, demo=self.session.is_demo):
            return False

        def answered(export: bool | None) -> None:
            if export:
                self._export_then(go_on)

        self.push_screen(OfferBundle(self.session.desk, then, go_on), answered)
        return True

    @work
    async def _export_then(self, go_on: Callable[[], Awaitable[None]]) -> None:
        from casedesk.screens.sync_export import export_bundle

        if await export_bundle(self, self.session):
            self.call_later(go_on)

    async def action_lock(self) -> None:
        """Keep the drafts, take every screen down to the way in, and let go of the key."""
        from casedesk.screens.unlock import SetUpScreen, UnlockScreen
        from casedesk.widgets.form import Form

        for screen in self.screen_stack:
            if isinstance(screen, Form):
                screen.keep_draft()
        keeping = [
            worker for worker in self.workers if worker.group == _SAFEKEEPING and not worker.is_finished
        ]
        await self.workers.wait_for_complete(keeping)
        self.workers.cancel_all()
        self._remind_locked()
        self.clear_notifications()
        while len(self.screen_stack) > 1 and not isinstance(self.screen, UnlockScreen):
            await self.pop_screen()
        self.session.close()
        door = self.screen
        if isinstance(door, SetUpScreen) and exists(self.session.places):
            await self.push_screen(UnlockScreen(self.session, self._opened, try_keyring=False))
        elif isinstance(door, UnlockScreen | SetUpScreen):
            door.locked()
        self.refresh_status()


def commands_by_place() -> dict[str, tuple[Command, ...]]:
    """The commands of every place of the app that offers some, by what the place is called."""
    from casedesk.screens.access import AccessScreen
    from casedesk.screens.briefing import BriefingScreen
    from casedesk.screens.bundle_preview import BundlePreview
    from casedesk.screens.calculator import CalculatorScreen
    from casedesk.screens.case import TABS, CaseScreen
    from casedesk.screens.clinic.casefile import CasefileScreen
    from casedesk.screens.clinic.diary import DiaryScreen
    from casedesk.screens.clinic.preparing import Checklist
    from casedesk.screens.clinic.wizard import WizardScreen
    from casedesk.screens.clinic.wizard_check import CheckScreen
    from casedesk.screens.clinic.wizard_triggers import TriggersScreen
    from casedesk.screens.conflict import ConflictScreen
    from casedesk.screens.conflicts import ConflictsScreen, DecidedScreen
    from casedesk.screens.earlier_approvals import EarlierScreen
    from casedesk.screens.explain import ExplainScreen
    from casedesk.screens.help import HelpScreen
    from casedesk.screens.media_register import MediaScreen
    from casedesk.screens.offer_bundle import OfferBundle
    from casedesk.screens.queue_choices import ChooseColumns
    from casedesk.screens.queue_cover import CoverScreen
    from casedesk.screens.queue_lists import SavedLists
    from casedesk.screens.retention import RetentionScreen
    from casedesk.screens.review import ReviewScreen
    from casedesk.screens.review_guidance import GuidanceScreen
    from casedesk.screens.search import SearchScreen
    from casedesk.screens.sync import SyncScreen
    from casedesk.screens.sync_import import PileScreen
    from casedesk.screens.sync_people import CardDialog
    from casedesk.screens.unlock import SetUpScreen, UnlockScreen
    from casedesk.screens.waiting_room import WaitingScreen

    places: tuple[type[Commanded], ...] = (
        FrontApp, QueueScreen, SearchScreen, CaseScreen, *(tab for _, tab in TABS if tab.OFFERS), AccessScreen,
        BriefingScreen, ExplainScreen, CalculatorScreen, CoverScreen, RetentionScreen, ReviewScreen, GuidanceScreen,
        SavedLists, ChooseColumns, DiaryScreen, Checklist, CasefileScreen, WizardScreen, CheckScreen, TriggersScreen,
        SyncScreen, PileScreen, BundlePreview, ConflictsScreen, ConflictScreen, DecidedScreen, EarlierScreen,
        WaitingScreen, MediaScreen, CardDialog, OfferBundle, HelpScreen, UnlockScreen, SetUpScreen,
    )  # fmt: skip
    return {place.PLACE or "Everywhere": offers_within(place) for place in places}


def open_front(places: Places, desk: Desk | None = None, clock: Clock = system_clock) -> int:
    """Open the app on this terminal; returns the exit status. The desk is closed when it ends."""
    session = Session(places, clock, desk)
    try:
        return run(FrontApp(session))
    finally:
        session.close()


def _warm_up() -> None:
    """Import what the first paint did without, for the keys to come.

    All that is there then stays, so garbage collections need not visit it: they would stall a key by 0.1 s.
    """
    import casedesk.desk.reminders
    import casedesk.rules.finalisation
    import casedesk.screens.briefing
    import casedesk.screens.bulk
    import casedesk.screens.calculator
    import casedesk.screens.case
    import casedesk.screens.explain
    import casedesk.screens.help
    import casedesk.screens.queue_choices
    import casedesk.screens.queue_lists
    import casedesk.screens.review
    import casedesk.screens.sync
    import casedesk.screens.take_in
    import casedesk.store.words  # noqa: F401

    gc.freeze()
    gc.enable()
