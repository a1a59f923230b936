"""A night shift in custody and a morning of victim calls, by keys."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from casedesk.desk.custody import perform
from casedesk.desk.desk import Desk
from casedesk.desk.record import add_contact
from casedesk.model.entities import CASE, VICTIM, Value
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment
from casedesk.screens.briefing import BriefingScreen
from casedesk.screens.case import CaseScreen
from casedesk.screens.explain import ExplainScreen
from casedesk.screens.queue import QueueScreen
from casedesk.widgets.form import Form
from tests.conftest import FrozenClock
from tests.journeys.conftest import Officer, Sit
from tests.screens.harness import toasts

CUSTODY = """\
Custody number,Occurrence number,Detainee name,Arrested for,Arrived,Detention authorised,Reviews held,State
NB/1/26,43260000001,Kyle Jarrett,Theft from a shop,20/11/2026 04:40,20/11/2026 04:55,20/11/2026 10:30,In custody
NB/2/26,43260000002,Jo Bloggs,Robbery,20/11/2026 09:00,20/11/2026 09:15,,In custody
NB/3/26,43260000003,Sam Sample,Damage,19/11/2026 20:30,19/11/2026 20:40,,Released under investigation
"""
"""Two in custody and one who was let go; it is 15:00 on 20 November."""


async def _until(officer: Officer, text: str) -> None:
    for _ in range(100):
        if officer.sees(text):
            return
        await officer.pilot.pause(0.05)
    pytest.fail(f"{text!r} never came:\n{officer.screen()}")


def _queue(officer: Officer) -> QueueScreen:
    queue = officer.app.screen
    assert isinstance(queue, QueueScreen)
    return queue


def _lines(officer: Officer) -> list[str]:
    """The list as it is read, the head left out."""
    return officer.screen().splitlines()[3:6]


async def _tick(officer: Officer) -> None:
    """What the screen does of itself every few seconds."""
    _queue(officer).tick()
    await officer.press("f5")


async def test_a_night_shift_in_custody(desk: Desk, clock: FrozenClock, sit: Sit, tmp_path: Path) -> None:
    extract = tmp_path / "custody.csv"
    extract.write_text(CUSTODY)
    async with sit(desk, clock=clock, size=(130, 30)) as officer:
        assert officer.sees("n to add one by hand")
        await officer.press("i")
        await officer.type(str(extract))
        await officer.press("enter")
        await _until(officer, "Take in custody.csv?")
        await officer.press("y")
        await _until(officer, "taken in")
        await officer.press("enter")

        first, second, third = _lines(officer)
        assert "15 m ▾Liberty 2 " in first
        assert "43260000002" in first
        assert officer.sees("Review 1 of detention due by Fri 20 Nov 15:15")
        assert "43260000001" in second
        assert "Liberty" in second
        assert "43260000003" in third

        clock.advance(timedelta(minutes=10))
        await _tick(officer)
        assert "5 m ▾Liberty" in _lines(officer)[0]
        clock.advance(timedelta(minutes=8))
        await _tick(officer)
        assert "3 m late ▾Liberty" in _lines(officer)[0]
        assert officer.sees("overdue since Fri 20 Nov 15:15")

        perform(desk, desk.find("43260000002"), "review", {"at": clock()})
        await officer.press("f5")
        first, second, _ = _lines(officer)
        assert "4 h 12 m ▾Liberty 2 " in first
        assert "43260000001" in first, "the next review of the other comes first now"
        assert "43260000002" in second

        await officer.press("e")
        assert isinstance(officer.app.screen, ExplainScreen)
        await officer.press("escape", "5")
        assert officer.sees("In custody · 2 cases")


async def test_days_later_what_waited_is_placed_anew(desk: Desk, clock: FrozenClock, sit: Sit) -> None:
    case_id = _promised(desk, "43260000009", clock() + timedelta(days=2))
    async with sit(desk, clock=clock) as officer:
        assert "late" not in _lines(officer)[0]
        clock.advance(timedelta(days=3))
        await _tick(officer)
        assert "late ▾Victim" in _lines(officer)[0]
    assert desk.case(case_id).file.contacts


def _promised(desk: Desk, ref: str, at: datetime) -> EntityId:
    """A case whose victim was promised contact."""
    case_id, victim_id = new_id(), new_id()
    facts: dict[str, Value] = {
        "ref": ref,
        "offence_title": "Burglary dwelling",
        "recorded_at": Moment("2026-11-20"),
    }
    with desk.store.unit_of_work("import") as unit:
        unit.extract(CASE, case_id, case_id, facts, desk.now)
        unit.extract(VICTIM, victim_id, case_id, {"name": "Vic Specimen", "kind": "person"}, desk.now)
    add_contact(
        desk,
        case_id,
        victim=victim_id,
        channel="phone",
        made=True,
        text="Will ring again",
        purposes=[],
        next_at=at,
    )
    return case_id


async def test_a_morning_of_victim_calls(desk: Desk, clock: FrozenClock, sit: Sit) -> None:
    first_id = _promised(desk, "43260000009", clock() + timedelta(minutes=30))
    _promised(desk, "43260000010", clock() + timedelta(minutes=40))
    clock.advance(timedelta(minutes=45))
    desk.store.tick()
    async with sit(desk, clock=clock, size=(130, 40)) as officer:
        assert "15 m late ▾Victim 2 " in _lines(officer)[0]
        assert "43260000009" in _lines(officer)[0]
        await officer.press("m")
        assert isinstance(officer.app.screen, BriefingScreen)
        assert officer.sees("43260000009")
        await officer.press("enter")
        assert isinstance(officer.app.screen, CaseScreen)
        assert officer.app.screen.case_id == first_id
        await officer.press("c")
        form = officer.app.screen
        assert isinstance(form, Form)
        form._rows["made"].editor.set_text("yes")
        form._rows["text"].editor.set_text("Told her what happens next")
        await officer.press("ctrl+s")
        while not isinstance(officer.app.screen, QueueScreen):
            await officer.press("escape")
        first, second = _lines(officer)[:2]
        assert "5 m late ▾Victim" in first
        assert "43260000010" in first, "the promise was kept, so the case has fallen"
        assert "43260000009" in second
        assert "late" not in second


async def test_an_arrest_is_added_by_hand_with_its_clocks(desk: Desk, clock: FrozenClock, sit: Sit) -> None:
    async with sit(desk, clock=clock, size=(110, 40)) as officer:
        await officer.press("n", "1")
        await officer.press("tab")
        await officer.type("NB/00007/26")
        await officer.press("tab")
        await officer.type("14:00")
        await officer.press("tab")
        await officer.type("14:20")
        await officer.press("tab", "tab")
        await officer.type("14:30")
        await officer.press("ctrl+s")
        first = _lines(officer)[0]
        assert "Liberty" in first
        assert "NB/00007/26" in first
        assert officer.sees("Review 1 of detention due by Fri 20 Nov 20:30")
        assert any("Ctrl+Z takes it back" in said for said in toasts(officer.app))
        await officer.press("ctrl+z", "y")
        assert officer.sees("No cases yet.")


async def test_times_in_an_impossible_order_are_said_in_the_form(
    desk: Desk, clock: FrozenClock, sit: Sit
) -> None:
    async with sit(desk, clock=clock, size=(110, 40)) as officer:
        await officer.press("n", "1", "tab")
        await officer.type("NB/00007/26")
        await officer.press("tab")
        await officer.type("14:00")
        await officer.press("tab")
        await officer.type("13:20")
        await officer.press("ctrl+s")
        assert officer.sees("lies before")
        await officer.press("escape")
        assert desk.store.connection.execute("SELECT count(*) FROM cases").fetchone() == (0,)
