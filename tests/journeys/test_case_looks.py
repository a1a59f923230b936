"""How the case page looks, tab by tab, in a small terminal and a large one.

Each picture was looked at by a person before it was kept. After a wanted change: look again, then run
``pytest tests/journeys/test_case_looks.py --snapshot-update``.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from casedesk.desk.desk import Desk
from casedesk.front import FrontApp
from casedesk.model.ids import EntityId
from casedesk.screens.case import open_case
from casedesk.screens.queue import QueueScreen
from casedesk.screens.session import Session
from tests.journeys.conftest import NOW, settle
from tests.journeys.full_case import fill, fullest
from tests.screens.harness import NARROW, WIDE

Compare = Callable[..., bool]

PLACES: dict[str, tuple[str, ...]] = {
    "overview": (),
    "timeline": ("2",),
    "timeline-narrowed": ("2", "slash", *"victim", "enter", "down"),
    "actions": ("3",),
    "people": ("4",),
    "custody": ("5", "down"),
    "evidence": ("6",),
    "decisions": ("7",),
    "documents": ("8",),
    "history": ("9",),
    "reading": ("4", "enter"),
    "menu": ("5", "m"),
    "contact": ("c",),
    "template": ("3", "T", "enter"),
    "note": ("N",),
    "charging": ("7", "enter"),
    "charging-asks": ("7", "q"),
    "full-code": ("7", "d"),
    "threshold": ("7", "D"),
    "remand-summary": ("5", "A"),
    "document": ("8", "r"),
}
"""Each picture and the keys that lead to it from the open case."""


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "160x48"])
@pytest.mark.parametrize("place", PLACES)
def test_the_page(
    snap_compare: Compare, demo: Desk, tmp_path: Path, place: str, size: tuple[int, int]
) -> None:
    assert snap_compare(_app(demo), run_before=_at(_full(demo, tmp_path), PLACES[place]), terminal_size=size)


@pytest.mark.parametrize("theme", ["casedesk-light", "casedesk-high-contrast", "casedesk-colour-blind-safe"])
@pytest.mark.parametrize("place", ["overview", "people"])
def test_the_other_themes(snap_compare: Compare, demo: Desk, tmp_path: Path, place: str, theme: str) -> None:
    app = _app(demo)
    app.session.keep_theme(theme)
    app.theme = theme
    assert snap_compare(app, run_before=_at(_full(demo, tmp_path), PLACES[place]), terminal_size=NARROW)


def _full(desk: Desk, folder: Path) -> EntityId:
    case_id = fullest(desk)
    fill(desk, case_id, folder)
    return case_id


def _app(desk: Desk) -> FrontApp:
    return FrontApp(Session(desk.store.places, lambda: NOW, desk))


def _at(case_id: EntityId, keys: tuple[str, ...]) -> Callable[[Pilot[Any]], Any]:
    async def go(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        app = pilot.app
        assert isinstance(app, FrontApp)
        queue = app.screen
        assert isinstance(queue, QueueScreen)
        open_case(app, app.session, case_id, queue)
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)

    return go
