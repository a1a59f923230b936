"""How the queue and what it asks look, in a small terminal and a large one.

Each picture was looked at by a person before it was kept. After a wanted change: look again, then run
``pytest tests/journeys/test_queue_looks.py --snapshot-update``.
"""

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from casedesk.desk.desk import Desk
from casedesk.front import FrontApp
from casedesk.screens.session import Session
from tests.journeys.conftest import NOW, settle
from tests.screens.harness import NARROW, WIDE

Compare = Callable[..., bool]

_MARKED = ("space", "space", "space", "b")
PLACES: dict[str, tuple[str, ...]] = {
    "marked": ("down", "space", "space"),
    "ungrouped": ("ctrl+g",),
    "other-groups": ("end", *["up"] * 12),
    "custody": ("5",),
    "columns": ("o",),
    "lists": ("l", "s", *"Cells", "enter"),
    "bulk": _MARKED,
    "bulk-form": (*_MARKED, "s"),
    "bulk-preview": (*_MARKED, "a", *"70401", "ctrl+s"),
    "new": ("n",),
    "new-arrest": ("n", "1", "tab", "tab", *"14:00", "ctrl+s"),
    "cover": ("C", "n", *"70402", "tab", "tab", "tab", *"24/11", "ctrl+s"),
    "cover-form": ("C", "n"),
}
"""Each picture and the keys that lead to it from the queue."""


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "160x48"])
@pytest.mark.parametrize("place", PLACES)
def test_the_screen(snap_compare: Compare, demo: Desk, place: str, size: tuple[int, int]) -> None:
    app = FrontApp(Session(demo.store.places, lambda: NOW, demo))
    assert snap_compare(app, run_before=_pressing(PLACES[place]), terminal_size=size)


def _pressing(keys: tuple[str, ...]) -> Callable[[Pilot[Any]], Any]:
    async def press(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        for key in keys:
            await pilot.press({"/": "slash", ":": "colon"}.get(key, key))
            await settle(pilot)

    return press
