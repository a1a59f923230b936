"""A clinic day by keys at 80×24: opened, somebody booked, invited, prepared, moved, missed; the sheet; undone."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from casedesk.desk import access, clinics
from casedesk.desk.desk import Desk
from casedesk.model.facts import Appointment
from casedesk.model.ids import EntityId
from casedesk.screens.queue import QueueScreen
from casedesk.store.access_log import Filters
from tests.journeys.clinic_day import SLOT, TODAY, bare, clinic_case, make_clinics
from tests.journeys.conftest import NOW, Officer, Sit
from tests.screens.harness import toasts

__all__ = ["bare"]


def latest(desk: Desk, case: EntityId) -> Appointment:
    return desk.case(case).file.appointments[-1][1]


async def test_from_the_queue_a_clinic_is_opened_and_somebody_booked_invited_and_prepared(
    demo: Desk, sit: Sit
) -> None:
    case = clinic_case(demo, "42/7005/26", "Casey Ford", "Theft from shop")
    async with sit(demo) as officer:
        await officer.press("d")
        assert officer.sees("No clinic is to come.")
        await officer.press("b")
        assert any("n opens one" in said for said in toasts(officer.app))
        await officer.press("n")
        for text in ("Northgate", "Room 2", "mon 10:00", "13:00"):
            await officer.type(text)
            await officer.press("tab")
        await officer.press("ctrl+s")
        assert officer.sees("Mon 23 Nov")
        await officer.press("tab", "down", "b")
        await officer.type("another")
        await officer.press("enter")
        await officer.type("42/7005")
        await officer.press("enter")
        assert officer.sees("Book 42/7005/26")
        assert officer.sees("Mon 23 Nov 10:45 · Northgate")
        await officer.press("ctrl+s")
        assert latest(demo, case).at == TODAY + timedelta(days=2) + SLOT
        assert officer.sees("not invited")
        officer.app.clear_notifications()
        await officer.press("f5")
        assert officer.sees("1 not invited")
        await officer.press("i")
        await officer.type("l")
        await officer.press("ctrl+s")
        assert latest(demo, case).invited_by == "letter"
        await officer.press("c")
        assert officer.sees("confirmed")
        await officer.press("p")
        assert officer.sees("Preparation: Casey Ford")
        await officer.press("space", "down", "enter", "ctrl+s")
        assert latest(demo, case).prepared == ("evidence", "history")
        assert any("Still to do: Interpreter booked" in said for said in toasts(officer.app))
        await officer.press("e", "ctrl+s")
        assert officer.sees("Nothing of it is new")
        await officer.type("June Marsh")
        await officer.press("ctrl+s")
        assert latest(demo, case).appropriate_adult == "June Marsh"
        await officer.press("u", "y")
        assert latest(demo, case).appropriate_adult is None


async def test_what_a_new_clinic_starts_with_is_typed_over(demo: Desk, sit: Sit) -> None:
    make_clinics(demo)
    async with sit(demo) as officer:
        await officer.press("d", "n")
        assert officer.sees("Northgate")
        await officer.type("Kill place")
        await officer.press("tab")
        assert officer.sees("Kill place")
        assert not officer.sees("NorthgateKill")


@pytest.fixture
def cases(demo: Desk) -> list[EntityId]:
    return make_clinics(demo)


async def diary(officer: Officer) -> None:
    await officer.press("d", "tab")


async def test_who_did_not_come_gets_another_slot_in_the_same_act(
    demo: Desk, cases: list[EntityId], sit: Sit
) -> None:
    later = TODAY + timedelta(minutes=50)
    demo.clock = lambda: later
    demo.store.clock = lambda: later
    async with sit(demo, clock=lambda: later) as officer:
        await diary(officer)
        assert officer.sees("came or not?")
        await officer.press("m", "right", "tab", "tab")
        await officer.type("1 dec 10:45")
        await officer.press("ctrl+s")
        old, new = (one for _, one in demo.case(cases[0]).file.appointments)
        assert (old.state, old.why) == ("missed", "Did not come, no word")
        assert new.at == datetime(2026, 12, 1, 10, 45, tzinfo=TODAY.tzinfo)
        assert new.solicitor == "Field & Co"
        assert officer.sees("missed")
        await officer.press("m")
        assert any("It is missed already." in said for said in toasts(officer.app))


async def test_an_unsafe_way_is_not_even_offered_and_what_must_be_read_is_on_top(
    demo: Desk, cases: list[EntityId], sit: Sit
) -> None:
    async with sit(demo) as officer:
        await diary(officer)
        await officer.press("down")
        assert officer.sees("▲ Ring the mother only; never by letter")
        await officer.press("i")
        assert officer.sees("▲ Alex Trent: Ring the mother only")
        await officer.type("l")
        await officer.press("ctrl+s")
        assert officer.sees("How is needed")


async def test_moved_cancelled_taken_over_and_opened(demo: Desk, cases: list[EntityId], sit: Sit) -> None:
    async with sit(demo) as officer:
        await diary(officer)
        await officer.press("v")
        await officer.type("1 dec 10:00")
        await officer.press("ctrl+s")
        assert [one.state for _, one in demo.case(cases[0]).file.appointments] == ["moved", "booked"]
        await officer.press("end", "x")
        await officer.type("Charged instead")
        await officer.press("enter")
        assert latest(demo, cases[3]).state == "cancelled"
        await officer.press("escape", "r")
        await officer.press("end", "backspace")
        await officer.type("5")
        await officer.press("ctrl+s")
        assert clinics.clinics(demo)[0].room == "Room 5"
        await officer.press("down", "t", "y")
        assert officer.sees("70401 covers for 7050")
        await officer.press("tab", "down", "enter")
        assert officer.sees("42/7003/26")
        (line, *_) = access.page(demo, Filters(kinds=("consultation",))).entries
        assert line.reference == "42/7003/26"
        await officer.press("escape", "escape", "escape")
        assert isinstance(officer.app.screen, QueueScreen)


async def test_the_day_sheet_is_written_and_accounted_for(
    demo: Desk, cases: list[EntityId], sit: Sit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    async with sit(demo) as officer:
        await diary(officer)
        await officer.press("s", "enter")
        assert (tmp_path / "clinic-2026-11-21-northgate.docx").stat().st_size > 0
        (line,) = access.page(demo, Filters(kinds=("disclosure",))).entries
        assert "clinic day sheet" in line.detail


async def test_the_queue_of_the_clinic_shows_the_appointment(
    demo: Desk, cases: list[EntityId], sit: Sit
) -> None:
    async with sit(demo) as officer:
        await officer.press("8")
        assert officer.sees("Clinic")
        assert officer.sees("21 Nov 10:45")
        assert officer.sees("Clinic Sat 21 Nov 13:00: invitation no")
        assert NOW < TODAY
        assert len(clinics.clinics(demo)) == 3
