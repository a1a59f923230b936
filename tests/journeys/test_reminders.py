"""What an open desk says before a critical moment, and what it never shows."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from casedesk.desk import caseload
from casedesk.desk.desk import Desk
from casedesk.desk.settings import save_settings
from casedesk.desk.setup import unlock
from casedesk.screens.unlock import UnlockScreen
from casedesk.store.due_items import DueItem
from casedesk.store.queue import QueueReader
from tests.conftest import FrozenClock
from tests.journeys.conftest import NOW, PASSPHRASE, Officer, Sit, settle
from tests.journeys.wizard_case import open_it
from tests.screens.harness import toasts


@pytest.fixture
def clock(demo: Desk) -> FrozenClock:
    """The demo's clock, to be moved."""
    clock = FrozenClock(NOW)
    demo.clock = clock
    return clock


def next_in_custody(desk: Desk) -> DueItem:
    """The next moment of somebody detained, more than an hour ahead."""
    reader = QueueReader(desk.store.connection)
    view = caseload.view_of(desk, "open")
    return reader.due(NOW + timedelta(hours=1, minutes=1), None, view, bands=[1], limit=1)[0]


async def remind(officer: Officer, clock: FrozenClock, at: datetime) -> list[str]:
    """Let the timer strike at this moment; what is said."""
    clock.now = at
    before = len(toasts(officer.app))
    officer.app.remind()
    await officer.press()
    return toasts(officer.app)[before:]


async def test_a_reminder_comes_before_the_moment_at_each_interval_once(
    demo: Desk, clock: FrozenClock, sit: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = next_in_custody(demo)
    async with sit(demo, clock=clock) as officer:
        rung: list[bool] = []
        monkeypatch.setattr(officer.app, "bell", lambda: rung.append(True))
        await remind(officer, clock, item.at - timedelta(minutes=60, seconds=1))
        assert item.sentence in await remind(officer, clock, item.at - timedelta(minutes=60))
        assert item.sentence not in await remind(officer, clock, item.at - timedelta(minutes=59))
        assert item.sentence in await remind(officer, clock, item.at - timedelta(minutes=30))
        titles = [notification.title for notification in officer.app._notifications]
        assert f"{item.ref}: in 30 m" in titles
        assert not rung


async def test_the_bell_sounds_where_it_is_asked_for(
    demo: Desk, clock: FrozenClock, sit: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = next_in_custody(demo)
    demo.settings = replace(
        demo.settings, reminders=replace(demo.settings.reminders, minutes=(10,), bell=True)
    )
    async with sit(demo, clock=clock) as officer:
        rung: list[bool] = []
        monkeypatch.setattr(officer.app, "bell", lambda: rung.append(True))
        assert await remind(officer, clock, item.at - timedelta(minutes=11)) == []
        assert not rung
        assert item.sentence in await remind(officer, clock, item.at - timedelta(minutes=10))
        assert rung == [True]


async def test_nobody_is_named_in_a_reminder(demo: Desk, clock: FrozenClock, sit: Sit) -> None:
    settings = replace(demo.settings.reminders, minutes=(1440,), bands=tuple(demo.packs.priority.bands))
    demo.settings = replace(demo.settings, reminders=settings)
    names = [
        name.casefold()
        for table in ("suspect", "victim")
        for (name,) in demo.store.connection.execute(f"SELECT name FROM {table} WHERE name <> ''")  # noqa: S608
    ]
    assert len(names) > 100
    async with sit(demo, clock=clock) as officer:
        from casedesk.desk.reminders import Reminders, ahead

        reminders = Reminders(settings)
        items = ahead(demo, officer.app.session.queue, reminders.horizon)
        assert len(items) > 10
        said = " ".join(reminder.text for item in items for reminder in reminders.due([item], NOW)).casefold()
        assert said
        assert [name for name in names if name in said] == []


async def test_the_locked_screen_says_how_many_and_nothing_else(
    demo: Desk, clock: FrozenClock, sit: Sit
) -> None:
    item, places = next_in_custody(demo), demo.store.places
    demo.close()
    async with sit(places=places, clock=clock) as officer:
        officer.app._opened(unlock(places, PASSPHRASE, clock))
        assert item.sentence in await remind(officer, clock, item.at - timedelta(minutes=60))
        await officer.press("ctrl+l")
        assert isinstance(officer.app.screen, UnlockScreen)
        assert toasts(officer.app) == []
        (said,) = await remind(officer, clock, item.at - timedelta(minutes=59))
        assert said.endswith(("need attention", "needs attention"))
        assert not any(notification.title for notification in officer.app._notifications)
        assert item.ref not in officer.screen()


async def test_none_where_the_settings_say_none(demo: Desk, clock: FrozenClock, sit: Sit) -> None:
    item, places = next_in_custody(demo), demo.store.places
    none = replace(demo.settings, reminders=replace(demo.settings.reminders, minutes=()))
    save_settings(places.settings, none)
    demo.close()
    async with sit(places=places, clock=clock) as officer:
        officer.app._opened(unlock(places, PASSPHRASE, clock))
        assert await remind(officer, clock, item.at - timedelta(minutes=1)) == []
        await officer.press("ctrl+l")
        assert isinstance(officer.app.screen, UnlockScreen)
        assert await remind(officer, clock, item.at - timedelta(minutes=1)) == []


async def test_nothing_is_said_while_somebody_reads_along_and_it_comes_afterwards(
    demo: Desk, clock: FrozenClock, sit: Sit
) -> None:
    item = next_in_custody(demo)
    async with sit(demo, clock=clock) as officer:
        screen = open_it(officer.app, demo)
        await settle(officer.pilot)
        assert screen is officer.app.screen
        assert await remind(officer, clock, item.at - timedelta(minutes=60)) == []
        await officer.press("k")
        assert await remind(officer, clock, item.at - timedelta(minutes=59)) == []
        assert item.ref not in officer.screen()
        await officer.press("escape", "escape", "escape")
        assert not getattr(officer.app.screen, "BESIDE_PERSON", False)
        assert item.sentence in await remind(officer, clock, item.at - timedelta(minutes=58))
