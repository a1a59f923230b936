"""How the clinic page of one suspect looks, step by step, in a small terminal and a large one.

Each picture was looked at by a person before it was kept. After a wanted change: look again, then run
``pytest tests/journeys/test_clinic_case_looks.py --snapshot-update``.
"""

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from casedesk.desk import assessment, evidential
from casedesk.desk.desk import Desk
from casedesk.front import FrontApp
from casedesk.model.entities import CASE, POINT
from casedesk.model.ids import EntityId
from casedesk.screens.clinic.casefile import open_casefile
from casedesk.screens.session import Session
from tests.desk.clinic_cases import (
    EVIDENCE,
    INTEREST,
    a_theft,
    accepted,
    first_suspect,
    matter,
    proposed,
    prove,
    reviewed,
)
from tests.journeys.clinic_day import make_clinics
from tests.journeys.conftest import NOW, settle
from tests.screens.harness import NARROW, WIDE

Compare = Callable[..., bool]


def booked(desk: Desk) -> EntityId:
    """Tomorrow's appointment of somebody who must be contacted safely."""
    return make_clinics(desk)[1]


def half_reviewed(desk: Desk) -> EntityId:
    """Points laid out, the admission recorded, nothing decided."""
    case_id = a_theft(desk)
    prove(desk, case_id, "arguable")
    some = ("admission", "admitted_where", "covers_all", "identification", "footage")
    said = {name: EVIDENCE[name] for name in some} | {"interest_a": INTEREST["interest_a"]}
    evidential.review(desk, case_id, first_suspect(desk, case_id), defences=("self-defence",), **said)
    return case_id


def judged(desk: Desk) -> EntityId:
    """Reviewed, and not scored."""
    case_id = a_theft(desk)
    reviewed(desk, case_id)
    return case_id


def changed_since(desk: Desk) -> EntityId:
    """Reviewed, and then a point and the offence are others, as a colleague's bundle may say."""
    case_id = judged(desk)
    own = matter(desk, case_id).points[1][0]
    with desk.store.unit_of_work("test") as unit:
        unit.set(POINT, own, case_id, {"state": "missing", "evidence": None})
        unit.set(CASE, case_id, case_id, {"offence_from": "2026-11-01"})
    return case_id


def assessed(desk: Desk) -> EntityId:
    """Two assessments, the second with a matter for today."""
    case_id = a_theft(desk)
    suspect = first_suspect(desk, case_id)
    values: dict[str, Any] = {
        "begin.told": "yes", "accommodation.score": "2", "accommodation.linked": "yes", "accommodation.motivation": "4",
        "accommodation.strengths": "A sister who would put them up", "drugs.score": "1",
    }  # fmt: skip
    first = assessment.read(desk, case_id, assessment.start(desk, case_id, suspect))
    assessment.answer_many(desk, first, values, confirmed=True)
    return case_id


def built(desk: Desk) -> EntityId:
    """Proposed, with a condition."""
    case_id = a_theft(desk)
    proposed(desk, case_id)
    return case_id


def given(desk: Desk) -> EntityId:
    """Accepted and signed."""
    case_id = a_theft(desk)
    accepted(desk, case_id)
    return case_id


PLACES: dict[str, tuple[Callable[[Desk], EntityId], tuple[str, ...]]] = {
    "prepare": (booked, ("1",)),
    "evidence": (half_reviewed, ("2",)),
    "changed": (changed_since, ("2",)),
    "withheld": (changed_since, ("3",)),
    "eligibility": (judged, ("3",)),
    "why": (judged, ("3", "e", "enter")),
    "needs": (assessed, ("4",)),
    "decision": (built, ("5",)),
    "menu": (built, ("5", "space")),
    "paperwork": (given, ("6",)),
    "preview": (given, ("6", "V", "enter")),
    "after": (given, ("7",)),
}
"""Each picture, the case it shows, and the keys that lead to it from the clinic page."""


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "160x48"])
@pytest.mark.parametrize("place", PLACES)
def test_the_clinic_page(snap_compare: Compare, demo: Desk, place: str, size: tuple[int, int]) -> None:
    make, keys = PLACES[place]
    assert snap_compare(_app(demo), run_before=_pressing(make(demo), keys), terminal_size=size)


@pytest.mark.parametrize("theme", ["casedesk-light", "casedesk-high-contrast", "casedesk-colour-blind-safe"])
def test_the_other_themes(snap_compare: Compare, demo: Desk, theme: str) -> None:
    app = _app(demo)
    app.session.keep_theme(theme)
    app.theme = theme
    assert snap_compare(app, run_before=_pressing(judged(demo), ("3",)), terminal_size=NARROW)


def _app(desk: Desk) -> FrontApp:
    return FrontApp(Session(desk.store.places, lambda: NOW, desk))


def _pressing(case_id: EntityId, keys: tuple[str, ...]) -> Callable[[Pilot[Any]], Any]:
    async def press(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        assert isinstance(pilot.app, FrontApp)
        open_casefile(pilot.app, pilot.app.session, case_id)
        await settle(pilot)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
        pilot.app.clear_notifications()
        await settle(pilot)

    return press
