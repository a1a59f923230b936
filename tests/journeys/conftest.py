"""Journeys run the whole app on a demo caseload whose clock stands at the start of an early turn."""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from casedesk.desk.demo import build_demo, demo_settings
from casedesk.desk.desk import Desk
from casedesk.desk.setup import set_up, unlock
from casedesk.front import FrontApp
from casedesk.model.moments import Clock
from casedesk.screens.session import Session
from casedesk.store import keys
from casedesk.store.places import Places
from tests.screens.harness import NARROW, _steady_cursor, seen, shown

__all__ = ["_steady_cursor"]

NOW = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
PASSPHRASE = "correct horse battery staple"


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo caseload, made once; each journey works in a copy."""
    places = Places(tmp_path_factory.mktemp("demo") / "store")
    with set_up(
        places, PASSPHRASE, demo_settings(), lambda: NOW, cost=keys.GENERATED_COST, recovery=None
    ) as desk:
        build_demo(desk, seed=1, size=460)
        desk.store.truncate_log()
    return places.home


@pytest.fixture
def demo(demo_home: Path, tmp_path: Path) -> Iterator[Desk]:
    """The demo caseload, open, for one journey."""
    home = tmp_path / "store"
    shutil.copytree(demo_home, home)
    with unlock(Places(home), PASSPHRASE, lambda: NOW) as desk:
        yield desk


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until nothing is being read in a thread. A dialog that is waited for does not count."""
    await pilot.pause()
    while reading := [
        worker for worker in pilot.app.workers if worker.group == "order" and not worker.is_finished
    ]:
        await pilot.app.workers.wait_for_complete(reading)
        await pilot.pause()


@dataclass
class Officer:
    """Somebody at the keyboard."""

    app: FrontApp
    pilot: Pilot[Any]

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until what they set off is on screen."""
        await self.pilot.press(*keys)
        await settle(self.pilot)

    async def type(self, text: str) -> None:
        """Type text."""
        await self.pilot.press(*("space" if character == " " else character for character in text))
        await settle(self.pilot)

    def sees(self, text: str) -> bool:
        """Whether a text can be read on one line of the screen."""
        return seen(self.app, text)

    def screen(self) -> str:
        """What is on screen."""
        return "\n".join(line.rstrip() for line in shown(self.app))


Sit = Callable[..., AbstractAsyncContextManager[Officer]]


@pytest.fixture
def sit() -> Sit:
    """Sit down at the app: on an open desk, or before the way in of a place."""

    @asynccontextmanager
    async def sit_down(
        desk: Desk | None = None,
        *,
        places: Places | None = None,
        size: tuple[int, int] = NARROW,
        clock: Clock = lambda: NOW,
    ) -> AsyncIterator[Officer]:
        where = desk.store.places if desk else places
        assert where is not None
        app = FrontApp(Session(where, clock, desk))
        async with app.run_test(size=size, notifications=True) as pilot:
            await settle(pilot)
            yield Officer(app, pilot)

    return sit_down
