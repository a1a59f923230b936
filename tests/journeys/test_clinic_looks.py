"""How the clinic's diary looks, in a small terminal and a large one.

Each picture was looked at by a person before it was kept. After a wanted change: look again, then run
``pytest tests/journeys/test_clinic_looks.py --snapshot-update``.
"""

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from casedesk.desk.desk import Desk
from casedesk.front import FrontApp
from casedesk.screens.clinic.diary import open_diary
from casedesk.screens.session import Session
from tests.journeys.clinic_day import bare, make_clinics
from tests.journeys.conftest import NOW, settle
from tests.screens.harness import NARROW, WIDE

__all__ = ["bare"]

Compare = Callable[..., bool]
PLACES: dict[str, tuple[str, ...]] = {
    "clinics": (),
    "slots": ("tab", "down"),
    "new": ("n",),
    "choose-case": ("tab", "down", "down", "b"),
    "book": ("tab", "down", "down", "b", *"another", "enter", *"42/7005", "enter"),
    "invite": ("tab", "down", "i"),
    "missed": ("tab", "m"),
    "prepare": ("tab", "p"),
    "take-over": ("down", "t"),
    "sheet": ("s",),
}
"""Each picture and the keys that lead to it from the diary."""


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "160x48"])
@pytest.mark.parametrize("place", PLACES)
def test_the_diary(
    snap_compare: Compare, demo: Desk, place: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/officer")
    make_clinics(demo)
    app = FrontApp(Session(demo.store.places, lambda: NOW, demo))
    assert snap_compare(app, run_before=_pressing(PLACES[place]), terminal_size=size)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "160x48"])
def test_the_queue_of_the_clinic(snap_compare: Compare, demo: Desk, size: tuple[int, int]) -> None:
    make_clinics(demo)
    app = FrontApp(Session(demo.store.places, lambda: NOW, demo))

    async def press(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await pilot.press("8")
        await settle(pilot)

    assert snap_compare(app, run_before=press, terminal_size=size)


def _pressing(keys: tuple[str, ...]) -> Callable[[Pilot[Any]], Any]:
    async def press(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        assert isinstance(pilot.app, FrontApp)
        open_diary(pilot.app, pilot.app.session)
        await settle(pilot)
        for key in keys:
            await pilot.press({"/": "slash"}.get(key, key))
            await settle(pilot)
        pilot.app.clear_notifications()
        await settle(pilot)

    return press
