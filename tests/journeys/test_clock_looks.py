"""How the calculator, the briefing and the explanation look, in a small terminal and a large one.

Each picture was looked at by a person before it was kept. After a wanted change: look again, then run
``pytest tests/journeys/test_clock_looks.py --snapshot-update``.
"""

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from casedesk.desk.desk import Desk
from casedesk.front import FrontApp
from casedesk.screens.briefing import open_briefing
from casedesk.screens.explain import open_explain
from casedesk.screens.queue import QueueScreen
from casedesk.screens.session import Session
from tests.journeys.conftest import NOW, settle
from tests.screens.harness import NARROW, WIDE

Compare = Callable[..., bool]
Opening = Callable[[FrontApp], None]


def _nothing(app: FrontApp) -> None:
    """The keys alone lead there."""


def _explain(app: FrontApp) -> None:
    queue = app.screen
    assert isinstance(queue, QueueScreen)
    row = queue.table.cursor_row
    assert row is not None
    open_explain(app, app.session, row.id)


def _brief(app: FrontApp) -> None:
    open_briefing(app, app.session)


PLACES: dict[str, tuple[Opening, tuple[str, ...]]] = {
    "calculator": (_nothing, ("equals_sign",)),
    "calculator-answer": (_nothing, ("equals_sign", "enter", *"20/11", "space", *"18:00")),
    "calculator-refusal": (_nothing, ("equals_sign", *["down"] * 5, "enter", *"2/11")),
    "calculator-unverified": (
        _nothing,
        (
            "equals_sign",
            "down",
            "down",
            "enter",
            *"15/11",
            "tab",
            "right",
            "tab",
            "tab",
            *"14/2",
            "space",
            "t",
            "o",
        ),
    ),
    "calculator-clocks": (_nothing, ("equals_sign", "f4", *"victim")),
    "explain": (_explain, ()),
    "briefing": (_brief, ()),
    "briefing-whose": (_brief, ("v",)),
}
"""Each picture: how to get there from the queue."""


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "160x48"])
@pytest.mark.parametrize("place", PLACES)
def test_the_screen(snap_compare: Compare, demo: Desk, place: str, size: tuple[int, int]) -> None:
    assert snap_compare(_app(demo), run_before=_going(*PLACES[place]), terminal_size=size)


@pytest.mark.parametrize("theme", ["casedesk-light", "casedesk-high-contrast", "casedesk-colour-blind-safe"])
@pytest.mark.parametrize("place", ["calculator-answer", "explain"])
def test_the_other_themes(snap_compare: Compare, demo: Desk, place: str, theme: str) -> None:
    app = _app(demo)
    app.session.keep_theme(theme)
    app.theme = theme
    assert snap_compare(app, run_before=_going(*PLACES[place]), terminal_size=NARROW)


def test_a_reminder(snap_compare: Compare, demo: Desk) -> None:
    async def remind(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        assert isinstance(pilot.app, FrontApp)
        pilot.app.remind()
        await settle(pilot)

    assert snap_compare(_app(demo), run_before=remind, terminal_size=NARROW)


def _app(desk: Desk) -> FrontApp:
    return FrontApp(Session(desk.store.places, lambda: NOW, desk))


def _going(opening: Opening, keys: tuple[str, ...]) -> Callable[[Pilot[Any]], Any]:
    async def go(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        assert isinstance(pilot.app, FrontApp)
        opening(pilot.app)
        await settle(pilot)
        for key in keys:
            await pilot.press({"/": "slash", ":": "colon"}.get(key, key))
            await settle(pilot)

    return go
