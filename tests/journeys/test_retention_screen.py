"""The review list in the app: what is due is kept for a reason, or erased once its reference was typed.

The pictures were looked at by a person before they were kept.
"""

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from casedesk.desk import access, retention
from casedesk.desk.desk import Desk
from casedesk.front import FrontApp
from casedesk.model.entities import CASE
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment
from casedesk.screens.retention import open_retention
from casedesk.screens.session import Session
from casedesk.store.access_log import Filters
from tests.journeys.conftest import NOW, Officer, Sit, settle
from tests.screens.harness import NARROW, WIDE, toasts

Compare = Callable[..., bool]
DUE = (
    ("99/1901/19", "2019-05-01", ()),
    ("99/1902/19", "2019-11-30", ("knife",)),
    ("99/1403/14", "2014-02-14", ("da",)),
)


@pytest.fixture
def reviewed(demo: Desk) -> Desk:
    """The demo caseload with three old cases, and a young one that is due for nothing."""
    with demo.store.unit_of_work("import") as unit:
        for ref, closed, flags in (*DUE, ("99/2504/25", "2025-01-02", ())):
            case_id = EntityId(bytes(ref, "ascii").ljust(16))
            unit.extract(
                CASE, case_id, case_id,
                {"ref": ref, "record_status": "filed", "outcome": "18", "outcome_date": Moment(closed),
                 "flags": flags, "offence_title": "Theft from shop"},
                demo.now,
            )  # fmt: skip
    return demo


async def reviews(officer: Officer) -> None:
    """Open the list."""
    open_retention(officer.app, officer.app.session)
    await settle(officer.pilot)


def due(desk: Desk) -> list[str]:
    return [one.reference for one in retention.reviews_due(desk)]


async def test_what_is_due_is_listed_longest_first_and_found_by_typing(reviewed: Desk, sit: Sit) -> None:
    async with sit(reviewed) as officer:
        await reviews(officer)
        lines = [line.split() for line in officer.screen().splitlines()]
        shown = [word for line in lines for word in line if word.startswith("99/")]
        assert shown == ["99/1403/14", "99/1901/19", "99/1902/19"]
        assert officer.sees("3 reviews due · periods not verified")
        await officer.press("slash")
        await officer.type("weapons")
        assert officer.sees("99/1902/19")
        assert not officer.sees("99/1403/14")


async def test_a_case_is_kept_for_a_reason_and_that_is_undone(reviewed: Desk, sit: Sit) -> None:
    async with sit(reviewed) as officer:
        await reviews(officer)
        await officer.press("r")
        await officer.type("31/1/2030")
        await officer.press("ctrl+s")
        assert officer.sees("Why it is kept is needed")
        await officer.type("Linked to a live enquiry")
        await officer.press("ctrl+s")
        assert due(reviewed) == ["99/1901/19", "99/1902/19"]
        assert officer.sees("2 reviews due")
        await officer.press("u")
        assert officer.sees("Undo")
        await officer.press("y")
        assert officer.sees("3 reviews due")


async def test_a_day_that_is_past_is_refused_and_nothing_typed_is_lost(reviewed: Desk, sit: Sit) -> None:
    async with sit(reviewed) as officer:
        await reviews(officer)
        await officer.press("r")
        await officer.type("1/1/2020")
        await officer.press("tab")
        await officer.type("Linked to a live enquiry")
        await officer.press("ctrl+s")
        assert officer.sees("is not to come")
        assert officer.sees("Linked to a live enquiry")
        assert len(due(reviewed)) == 3


async def test_a_case_is_erased_only_once_its_reference_was_typed(reviewed: Desk, sit: Sit) -> None:
    async with sit(reviewed) as officer:
        await reviews(officer)
        await officer.press("down", "D")
        assert officer.sees("It cannot be undone.")
        await officer.type("Insp Reed")
        await officer.press("tab")
        await officer.type("Its time has come")
        await officer.press("tab")
        await officer.type("99/1901/1")
        await officer.press("ctrl+s")
        assert officer.sees("Type 99/1901/19 to say that this case is meant.")
        assert len(due(reviewed)) == 3
        await officer.type("9")
        await officer.press("ctrl+s")
        await officer.pilot.app.workers.wait_for_complete()
        await settle(officer.pilot)
        assert "99/1901/19 was erased." in toasts(officer.app)
        assert officer.sees("2 reviews due")
        assert due(reviewed) == ["99/1902/19", "99/1403/14"]
        (line,) = access.page(reviewed, Filters(kinds=("erasure",))).entries
        assert line.who == reviewed.store.actor


async def test_a_case_is_opened_and_left_again(reviewed: Desk, sit: Sit) -> None:
    async with sit(reviewed) as officer:
        await reviews(officer)
        await officer.press("enter")
        assert officer.sees("Theft from shop")
        (line,) = access.page(reviewed, Filters(kinds=("consultation",))).entries
        assert line.reference == "99/1403/14"
        await officer.press("escape")
        assert officer.sees("3 reviews due")


async def test_an_open_case_whose_review_was_set_cannot_be_disposed_of(demo: Desk, sit: Sit) -> None:
    case_id = new_id()
    with demo.store.unit_of_work("import") as unit:
        fields = {"ref": "99/1/26", "record_status": "open", "review_on": Moment("2026-01-01")}
        unit.set(CASE, case_id, case_id, fields)
    async with sit(demo) as officer:
        await reviews(officer)
        await officer.press("D")
        assert any("only a closed case can be disposed of" in said for said in toasts(officer.app))
        assert len(due(demo)) == 1


async def test_without_anything_due_the_list_says_so(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        await reviews(officer)
        assert officer.sees("No review is due.")
        await officer.press("r")
        assert any("Choose a case first" in said for said in toasts(officer.app))


PLACES: dict[str, tuple[str, ...]] = {"list": (), "keep": ("r",), "dispose": ("D",)}


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "160x48"])
@pytest.mark.parametrize("place", PLACES)
def test_the_screen(snap_compare: Compare, reviewed: Desk, place: str, size: tuple[int, int]) -> None:
    app = FrontApp(Session(reviewed.store.places, lambda: NOW, reviewed))

    async def go(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        open_retention(app, app.session)
        await settle(pilot)
        for key in PLACES[place]:
            await pilot.press(key)
            await settle(pilot)

    assert snap_compare(app, run_before=go, terminal_size=size)
