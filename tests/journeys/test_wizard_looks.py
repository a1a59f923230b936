"""How the needs assessment looks, in a small terminal and a large one.

Each picture was looked at by a person before it was kept. After a wanted change: look again, then run
``pytest tests/journeys/test_wizard_looks.py --snapshot-update``.
"""

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from casedesk.desk import assessment
from casedesk.desk.desk import Desk
from casedesk.front import FrontApp
from casedesk.screens.session import Session
from tests.journeys.conftest import NOW, settle
from tests.journeys.wizard_case import answer_the_rest, begun, open_it
from tests.screens.harness import NARROW, WIDE

Compare = Callable[..., bool]


def _find(words: str) -> tuple[str, ...]:
    return ("f3", *words, "enter")


PLACES: dict[str, tuple[str, ...]] = {
    "first-question": (),
    "many-choices": (*_find("work hard"), "1", "3", "down"),
    "typed": _find("be called"),
    "whole-section": (*_find("seven"), "v"),
    "same-day": (*_find("ending"), "3"),
    "record": (*_find("ending"), "3", "r"),
    "referrals": (*_find("ending"), "3", "t"),
    "check": (*_find("any drug"), "n", "k", "home"),
    "profile": ("i",),
}
"""Each picture and the keys that lead to it from the open assessment."""


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "160x48"])
@pytest.mark.parametrize("place", PLACES)
def test_the_wizard(snap_compare: Compare, demo: Desk, place: str, size: tuple[int, int]) -> None:
    _prepare(demo, finished=place == "profile")
    assert snap_compare(_app(demo), run_before=_pressing(PLACES[place]), terminal_size=size)


@pytest.mark.parametrize("theme", ["casedesk-light", "casedesk-high-contrast", "casedesk-colour-blind-safe"])
def test_the_other_themes(snap_compare: Compare, demo: Desk, theme: str) -> None:
    _prepare(demo, finished=False)
    app = _app(demo)
    app.session.keep_theme(theme)
    app.theme = theme
    assert snap_compare(app, run_before=_pressing(PLACES["same-day"]), terminal_size=NARROW)


def _prepare(desk: Desk, *, finished: bool) -> None:
    """An assessment under way; or, for the profile, a second one after a first that was completed."""
    sitting = assessment.answer_many(
        desk,
        begun(desk),
        {
            "begin.told": "yes", "identity.veteran": "no", "drugs.used": "yes", "drugs.overdose": "yes",
            "accommodation.home": "street", "education-training-employment.status": "seeking",
            "accommodation.score": "2", "accommodation.linked": "yes", "accommodation.motivation": "4",
            "accommodation.strengths": "A sister who would put them up",
        },
        confirmed=False,
    )  # fmt: skip
    if not finished:
        return
    sitting = assessment.answer(desk, sitting, "drugs.score", "1")
    sitting = answer_the_rest(desk, sitting)
    for section in sitting.form.sections:
        if any(one.unconfirmed for one in sitting.progress() if one.section == section.id):
            sitting = assessment.confirm_section(desk, sitting, section.id)
    for trigger in sitting.open_triggers():
        sitting = assessment.record_trigger(desk, sitting, trigger.id, not_made_why="Looked into.")
    assessment.complete(desk, sitting)
    later = begun(desk)
    later = assessment.answer(desk, later, "accommodation.score", "1")
    later = assessment.answer(desk, later, "accommodation.motivation", "8")
    later = assessment.answer(desk, later, "drugs.score", "1")
    assessment.answer(desk, later, "alcohol.score", "1")


def _app(desk: Desk) -> FrontApp:
    return FrontApp(Session(desk.store.places, lambda: NOW, desk))


def _pressing(keys: tuple[str, ...]) -> Callable[[Pilot[Any]], Any]:
    async def press(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        assert isinstance(pilot.app, FrontApp)
        open_it(pilot.app, pilot.app.session.desk)
        await settle(pilot)
        for key in keys:
            await pilot.press({" ": "space"}.get(key, key))
            await settle(pilot)
        pilot.app.clear_notifications()
        await settle(pilot)

    return press
