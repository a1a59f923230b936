"""How the review looks, in a small terminal and a large one.

Each picture was looked at by a person before it was kept. After a wanted change: look again, then run
``pytest tests/journeys/test_review_looks.py --snapshot-update``.
"""

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from casedesk.desk.desk import Desk
from casedesk.front import FrontApp
from casedesk.screens.review import open_review_screen
from casedesk.screens.session import Session
from tests.journeys.conftest import NOW, settle
from tests.screens.harness import NARROW, WIDE

Compare = Callable[..., bool]

_BLOCKED = ("slash", *"verdict:block", "enter")
PLACES: dict[str, tuple[str, ...]] = {
    "list": ("n", "n"),
    "grouped": ("G", "2", "space", "space", "n"),
    "filtered": (*_BLOCKED, "n"),
    "decided": ("n", "n", "a", "y", "h", *"Waits", "ctrl+s", "up", "up"),
    "accept-clean": ("A",),
    "accept-warned": ("n", "n", "a"),
    "correct": ("c",),
    "return": (*_BLOCKED, "r"),
    "return-many": (*_BLOCKED, "space", "space", "space", "r", "1", "ctrl+s"),
    "refer": ("f",),
    "right": ("n", "n", "w"),
    "guidance": ("n", "n", "g"),
}
"""Each picture and the keys that lead to it from the review."""


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "160x48"])
@pytest.mark.parametrize("place", PLACES)
def test_the_screen(snap_compare: Compare, demo: Desk, place: str, size: tuple[int, int]) -> None:
    app = FrontApp(Session(demo.store.places, lambda: NOW, demo))
    assert snap_compare(app, run_before=_pressing(PLACES[place]), terminal_size=size)


def _pressing(keys: tuple[str, ...]) -> Callable[[Pilot[Any]], Any]:
    async def press(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        assert isinstance(pilot.app, FrontApp)
        open_review_screen(pilot.app, pilot.app.session)
        await settle(pilot)
        for key in keys:
            await pilot.press({":": "colon"}.get(key, key))
            await settle(pilot)
        pilot.app.clear_notifications()
        await settle(pilot)

    return press
