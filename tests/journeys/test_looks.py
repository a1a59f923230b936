"""How each screen looks on the demo caseload, in a small terminal and a large one.

Each picture was looked at by a person before it was kept. After a wanted change: look again, then run
``pytest tests/journeys/test_looks.py --snapshot-update``.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from casedesk.desk.desk import Desk
from casedesk.front import FrontApp
from casedesk.screens.session import Session
from casedesk.store.places import Places
from tests.journeys.conftest import NOW, settle
from tests.screens.harness import NARROW, WIDE

Compare = Callable[..., bool]

PLACES: dict[str, tuple[str, ...]] = {
    "queue": (),
    "filter": ("slash", *"shop"),
    "views": ("v",),
    "case": ("enter",),
    "to-finalise": ("v", "9", "enter"),
    "log": ("enter", "l"),
    "contact": ("enter", "c"),
    "history": ("enter", "9"),
    "help": ("question_mark",),
    "search": ("f", *"custody"),
    "access-log": ("enter", "escape", "f9"),
    "palette": ("ctrl+p",),
}
"""Each picture and the keys that lead to it from the queue."""


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "160x48"])
@pytest.mark.parametrize("place", PLACES)
def test_the_screen(snap_compare: Compare, demo: Desk, place: str, size: tuple[int, int]) -> None:
    assert snap_compare(_app(demo), run_before=_pressing(PLACES[place]), terminal_size=size)


@pytest.mark.parametrize("theme", ["casedesk-light", "casedesk-high-contrast", "casedesk-colour-blind-safe"])
@pytest.mark.parametrize("place", ["queue", "to-finalise"])
def test_the_other_themes(snap_compare: Compare, demo: Desk, place: str, theme: str) -> None:
    app = _app(demo)
    app.session.keep_theme(theme)
    app.theme = theme
    assert snap_compare(app, run_before=_pressing(PLACES[place]), terminal_size=NARROW)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "160x48"])
def test_the_way_in(snap_compare: Compare, demo_home: Path, size: tuple[int, int]) -> None:
    assert snap_compare(FrontApp(Session(Places(demo_home), lambda: NOW)), terminal_size=size)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "160x48"])
def test_the_first_run(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(FrontApp(Session(Places(Path("nowhere")), lambda: NOW)), terminal_size=size)


def _app(desk: Desk) -> FrontApp:
    return FrontApp(Session(desk.store.places, lambda: NOW, desk))


def _pressing(keys: tuple[str, ...]) -> Callable[[Pilot[Any]], Any]:
    async def press(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)

    return press
