"""The app opened on a desk: which screen comes first, what stands ready behind it, and how it is locked."""

import threading
from time import monotonic
from typing import Any

from textual import events
from textual.screen import Screen

from casedesk.app import CasedeskApp, run
from casedesk.desk.desk import Desk
from casedesk.model.moments import Clock, system_clock
from casedesk.screens.queue import QueueScreen
from casedesk.screens.session import Session
from casedesk.store.places import Places
from casedesk.store.store import exists
from casedesk.widgets.command import Command, Commanded, offers_within
from casedesk.widgets.progress import Progress

_SIGNS_OF_LIFE = (events.Key, events.Paste, events.MouseDown, events.MouseScrollDown, events.MouseScrollUp)
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


class FrontApp(CasedeskApp):
    """casedesk on one installation: behind its lock, or on an open demo."""

    OFFERS = (
        Command("app.lock", "ctrl+l", "Lock", "Clear the screen and lock the store. Drafts are kept.", "lock",
                show=15, allowed=_can_lock, priority=True),
    )  # fmt: skip

    def __init__(self, session: Session) -> None:
        self.session = session
        self._touched_at = monotonic()
        super().__init__(session, self._first_screen, places=commands_by_place)

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
        self.push_screen(QueueScreen(self.session))
        self.refresh_status()

    def on_mount(self) -> None:
        """Watch for nobody being there. (The framework calls the shell's own ``on_mount`` as well.)"""
        self.set_interval(_LOOK, self._lock_when_idle)
        self.call_after_refresh(threading.Thread(target=_warm_up, daemon=True).start)

    async def on_event(self, event: events.Event) -> None:
        """Note that somebody is there."""
        if isinstance(event, _SIGNS_OF_LIFE):
            self._touched_at = monotonic()
        await super().on_event(event)

    async def _lock_when_idle(self) -> None:
        idle = monotonic() - self._touched_at
        if idle > self.session.settings.idle_minutes * 60 and _can_lock(self) is None:
            await self.action_lock()

    async def action_lock(self) -> None:
        """Keep the drafts, take every screen down to the way in, and let go of the key."""
        from casedesk.screens.unlock import SetUpScreen, UnlockScreen
        from casedesk.widgets.form import Form

        for screen in self.screen_stack:
            if isinstance(screen, Form):
                screen.keep_draft()
        self.workers.cancel_all()
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        self.session.close()
        door = self.screen
        if isinstance(door, UnlockScreen | SetUpScreen):
            door.locked()
        self.refresh_status()


def commands_by_place() -> dict[str, tuple[Command, ...]]:
    """The commands of every place of the app that offers some, by what the place is called."""
    from casedesk.screens.access import AccessScreen
    from casedesk.screens.case import CaseScreen
    from casedesk.screens.help import HelpScreen
    from casedesk.screens.history import HistoryScreen
    from casedesk.screens.search import SearchScreen
    from casedesk.screens.unlock import SetUpScreen, UnlockScreen

    places: tuple[type[Commanded], ...] = (
        FrontApp, QueueScreen, SearchScreen, CaseScreen, HistoryScreen, AccessScreen, HelpScreen,
        UnlockScreen, SetUpScreen,
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
    """Import what the first paint did without, for the keys to come."""
    import casedesk.rules.finalisation
    import casedesk.screens.case
    import casedesk.screens.help
    import casedesk.screens.take_in  # noqa: F401
