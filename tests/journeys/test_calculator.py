"""“When does it end?”, asked before there is a case."""

from datetime import timedelta

from casedesk.desk.desk import Desk
from casedesk.screens.calculator import CalculatorScreen
from casedesk.screens.case import CaseScreen
from casedesk.screens.queue import QueueScreen
from casedesk.screens.unlock import UnlockScreen
from casedesk.store.places import Places
from tests.conftest import FrozenClock
from tests.journeys.conftest import NOW, Sit
from tests.screens.harness import WIDE, toasts


async def test_the_answer_is_there_while_the_time_is_typed(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        await officer.press("equals_sign")
        assert isinstance(officer.app.screen, CalculatorScreen)
        assert officer.sees("Wanted: Relevant time.")
        await officer.press("enter")
        await officer.type("20/11 18:0")
        assert officer.app.screen.reply is None
        await officer.type("0")
        assert officer.sees("Sat 21 Nov 2026 18:00 GMT")
        assert officer.sees("in 11 h 00 m")
        assert officer.sees("✓ confirmed")
        assert officer.sees("24 h elapsed from there.")
        assert officer.sees("PACE 1984 s.41")
        await officer.press("tab", "right")
        assert officer.sees("Sun 22 Nov 2026 06:00 GMT")
        await officer.press("escape", "escape")
        assert isinstance(officer.app.screen, QueueScreen)


async def test_what_was_typed_for_one_question_is_there_again(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        await officer.press("equals_sign", "enter")
        await officer.type("20/11 18:00")
        await officer.press("escape", "down")
        assert officer.sees("Wanted: Authorised.")
        await officer.press("up")
        assert officer.sees("Sat 21 Nov 2026 18:00 GMT")
        await officer.press("enter", "f8")
        assert officer.sees("Wanted: Relevant time.")


async def test_any_clock_is_found_by_its_name(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=WIDE) as officer:
        await officer.press("equals_sign", "f4")
        await officer.type("suspect has been arrested")
        await officer.press("enter")
        await officer.type("18/12 16:40")
        assert officer.sees("end of Tue 29 Dec 2026")
        assert officer.sees("▲ a convention, not a legal limit")
        await officer.press("tab", "y")
        assert officer.sees("end of Mon 21 Dec 2026")


async def test_one_key_copies_the_answer_with_its_steps(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        await officer.press("equals_sign", "f7")
        assert toasts(officer.app)[-1] == "There is no answer yet."
        await officer.press("enter")
        await officer.type("20/11 18:00")
        await officer.press("f7")
        lines = officer.app.clipboard.splitlines()
        assert lines[0] == "Due: Sat 21 Nov 2026 18:00 GMT"
        assert any(line.startswith("Source: PACE 1984 s.41") for line in lines)
        assert "Status: confirmed" in lines


async def test_long_steps_are_scrolled_without_leaving_the_field(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        await officer.press("equals_sign", "down", "enter")
        await officer.type("24/10 20:00")
        await officer.press("tab")
        await officer.type("25/10 01:30")
        assert not officer.sees("Rule")
        await officer.press("f6")
        assert officer.sees("Rule")
        assert officer.sees("Sun 25 Oct 2026 09:30 GMT")
        await officer.press("f6")
        assert officer.sees("► Reviews held")


async def test_what_is_wrong_is_said_where_it_is_typed(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=WIDE) as officer:
        await officer.press("equals_sign", "enter")
        await officer.type("20/11")
        assert officer.sees("at what time?")
        await officer.type(" 18:00")
        assert not officer.sees("at what time?")
        await officer.press("escape", *["down"] * 5, "enter")
        await officer.type("2/11")
        assert officer.sees("Give either what it runs to, or the days.")


async def test_what_is_left_follows_the_clock(demo: Desk, sit: Sit) -> None:
    clock = FrozenClock(NOW)
    async with sit(demo, clock=clock) as officer:
        await officer.press("equals_sign", "enter")
        await officer.type("20/11 18:00")
        clock.advance(timedelta(hours=12))
        assert isinstance(officer.app.screen, CalculatorScreen)
        officer.app.screen._show()
        await officer.press()
        assert officer.sees("1 h 00 m ago")


async def test_it_opens_from_a_case_and_once_only(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        await officer.press("enter", "equals_sign")
        assert isinstance(officer.app.screen, CalculatorScreen)
        await officer.press("equals_sign")
        assert toasts(officer.app)[-1] == "It is open."
        await officer.press("escape")
        assert isinstance(officer.app.screen, CaseScreen)


async def test_behind_the_lock_the_key_is_part_of_the_passphrase(demo: Desk, sit: Sit) -> None:
    demo.close()
    async with sit(places=Places(demo.store.places.home)) as officer:
        await officer.press("equals_sign")
        assert isinstance(officer.app.screen, UnlockScreen)
