"""Two desks and whoever sits down at one of them, for journeys of bundles."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.events import Paste

from casedesk.desk.desk import Desk
from casedesk.front import FrontApp
from casedesk.screens.session import Session
from tests.conftest import FrozenClock
from tests.desk.team_of_two import Two, make_two
from tests.journeys.conftest import Officer, settle
from tests.screens.harness import NARROW

NOW = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)


@pytest.fixture
def team_clock() -> FrozenClock:
    """The clock of both desks."""
    return FrozenClock(NOW)


@pytest.fixture
def two(tmp_path: Path, team_clock: FrozenClock) -> Iterator[Two]:
    """Ann and Bob, each a member at the other's desk, with a stick between them."""
    made = make_two(tmp_path, team_clock)
    yield made
    made.ann.close()
    made.bob.close()


def app_on(desk: Desk, clock: FrozenClock) -> FrontApp:
    """The app on a desk that was unlocked as by its owner."""
    session = Session(desk.store.places, clock)
    session.open(desk)
    return FrontApp(session)


@asynccontextmanager
async def sit_behind_lock(desk: Desk, clock: FrozenClock) -> AsyncIterator[Officer]:
    """Sit down at a desk that was unlocked in the app, and can be locked there."""
    app = FrontApp(Session(desk.store.places, clock))
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await settle(pilot)
        app.keep_safe = lambda: None  # type: ignore[method-assign] # no backup while keys are pressed
        app._opened(desk)
        await settle(pilot)
        yield Officer(app, pilot)


@asynccontextmanager
async def sit_at(
    desk: Desk, clock: FrozenClock, size: tuple[int, int] = NARROW, keys: tuple[str, ...] = ()
) -> AsyncIterator[Officer]:
    """Sit down at a desk, and press these keys in the queue."""
    async with app_on(desk, clock).run_test(size=size, notifications=True) as pilot:
        await settle(pilot)
        officer = Officer(pilot.app, pilot)  # type: ignore[arg-type] # it is the app that was made above
        for key in keys:
            await officer.press(key)
        yield officer


async def press(officer: Officer, *keys: str) -> None:
    """Press keys, each after what the one before set off has ended: jobs and reading, not dialogs."""
    for key in keys:
        await officer.pilot.press(key)
        await jobs(officer)


async def jobs(officer: Officer) -> None:
    """Wait until no job is at work and what it said is on screen."""
    pilot: Any = officer.pilot
    while working := [
        one for one in pilot.app.workers if one.group in ("job", "order") and not one.is_finished
    ]:
        await pilot.app.workers.wait_for_complete(working)
        await pilot.pause()


async def fill(officer: Officer, text: str) -> None:
    """Put a text in place of what an input holds."""
    await officer.press("end", "ctrl+u")
    officer.pilot.app.focused.insert_text_at_cursor(text)  # type: ignore[union-attr] # an input has the focus
    await settle(officer.pilot)


async def put(officer: Officer, text: str) -> None:
    """Type a text at once."""
    await officer.pilot.app.on_event(Paste(text))
    await settle(officer.pilot)
