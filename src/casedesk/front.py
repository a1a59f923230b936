"""The app opened on a desk: which screen comes first, and what stands ready behind it."""

import threading
from typing import Any

from textual.screen import Screen

from casedesk.app import CasedeskApp, run_shell
from casedesk.desk.desk import Desk
from casedesk.model.moments import Clock, system_clock
from casedesk.screens.case import CaseScreen
from casedesk.screens.help import HelpScreen
from casedesk.screens.history import HistoryScreen
from casedesk.screens.queue import QueueScreen
from casedesk.screens.session import Session
from casedesk.screens.unlock import SetUpScreen, UnlockScreen
from casedesk.store.places import Places
from casedesk.store.store import exists
from casedesk.widgets.command import Command, Commanded, offers_within

PLACES: tuple[type[Commanded], ...] = (
    CasedeskApp, QueueScreen, CaseScreen, HistoryScreen, HelpScreen, UnlockScreen, SetUpScreen,
)  # fmt: skip
"""Every place of the app that offers commands, for the keymap and the page of keys."""


def commands_by_place() -> dict[str, tuple[Command, ...]]:
    """The commands of every place, by what the place is called."""
    return {place.PLACE or "Everywhere": offers_within(place) for place in PLACES}


def first_screen(session: Session) -> Screen[Any]:
    """The queue of an open desk; otherwise the way in."""
    if session.is_open:
        return QueueScreen(session)

    def opened(desk: Desk) -> None:
        session.open(desk)
        door.app.push_screen(QueueScreen(session))
        refresh_status = getattr(door.app, "refresh_status", None)
        if refresh_status is not None:
            refresh_status()

    door: Screen[Any] = (UnlockScreen if exists(session.places) else SetUpScreen)(session, opened)
    return door


def open_front(places: Places, desk: Desk | None = None, clock: Clock = system_clock) -> int:
    """Open the app on this terminal; returns the exit status. The desk is closed when it ends."""
    session = Session(places, clock, desk)
    try:
        threading.Thread(target=_warm_up, daemon=True).start()
        return run_shell(session, lambda: first_screen(session), places=commands_by_place)
    finally:
        session.close()


def _warm_up() -> None:
    """Import what the first paint does not need but the first key will."""
    import casedesk.desk.check
    import casedesk.rules.finalisation
