"""Coming on at seven: the briefing, and why a case stands where it stands."""

from pathlib import Path

import pytest
from textual.widgets import Input

from casedesk.desk import access
from casedesk.desk.desk import Desk
from casedesk.screens.briefing import BriefingScreen, open_briefing
from casedesk.screens.case import CaseScreen
from casedesk.screens.explain import ExplainScreen, open_explain
from casedesk.screens.queue import QueueScreen
from casedesk.store.access_log import AccessKind, Filters
from tests.journeys.conftest import Officer, Sit
from tests.screens.harness import WIDE, toasts


async def brief(officer: Officer) -> BriefingScreen:
    """Open the briefing."""
    open_briefing(officer.app, officer.app.session)
    await officer.press()
    assert isinstance(officer.app.screen, BriefingScreen)
    return officer.app.screen


async def explain(officer: Officer) -> ExplainScreen:
    """Explain the case on top of the queue."""
    queue = officer.app.screen
    assert isinstance(queue, QueueScreen)
    row = queue.table.cursor_row
    assert row is not None
    open_explain(officer.app, officer.app.session, row.id)
    await officer.press()
    assert isinstance(officer.app.screen, ExplainScreen)
    return officer.app.screen


# -- the briefing -------------------------------------------------------------------------------------------------


async def test_one_screen_says_what_the_night_left(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=(160, 80)) as officer:
        screen = await brief(officer)
        for part in screen.briefing.parts:
            heading = f"{part.title}: {part.total:,}" if part.total else f"{part.title}: nothing"
            assert officer.sees(heading)
        assert screen.line == screen.briefing.parts[0].lines[0]


async def test_it_tells_how_late_and_how_soon_in_the_words_of_the_queue(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=WIDE) as officer:
        queue = officer.app.screen
        assert isinstance(queue, QueueScreen)
        of_queue = {row.ref: queue._cells.left(row.due_at) for row in queue.source.window(0, 12) if row}
        screen = await brief(officer)
        told = 0
        for row in screen._rows:
            if row.part.id == "custody" and row.line is not None and row.line.ref in of_queue:
                shown = screen._left(row)
                assert isinstance(shown, tuple)
                cell = of_queue[row.line.ref]
                said = cell if isinstance(cell, str) else cell[0]
                assert shown[0] == (said if said == "now" or said.endswith("late") else f"in {said}")
                told += 1
        assert told > 3


async def test_enter_opens_the_case_and_n_goes_to_the_next_one(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        screen = await brief(officer)
        lines = screen.briefing.parts[0].lines
        await officer.press("enter")
        page = officer.app.screen
        assert isinstance(page, CaseScreen)
        assert page.case_id == lines[0].case_id
        await officer.press("n")
        following = next(line for line in lines if line.case_id != lines[0].case_id)
        assert page.case_id == following.case_id
        await officer.press("escape")
        assert screen.line == following


async def test_what_was_logged_in_a_case_is_in_the_briefing_at_once(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        screen = await brief(officer)
        before = screen.briefing
        await officer.press("enter", "l")
        await officer.type("Told")
        await officer.press("ctrl+s", "escape")
        assert screen.briefing is not before
        assert screen.line == before.parts[0].lines[0]


async def test_a_heading_is_no_case(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        await brief(officer)
        await officer.press("home", "enter", "e")
        assert isinstance(officer.app.screen, BriefingScreen)
        assert toasts(officer.app)[-1] == "This line is a heading."


async def test_it_narrows_to_ones_own_cases(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=WIDE) as officer:
        screen = await brief(officer)
        await officer.press("v", "1")
        assert screen.briefing.scope == "mine"
        assert officer.sees("Mine · Sat 21 Nov 07:00")
        me = demo.store.actor
        assert {line.owner for part in screen.briefing.parts for line in part.lines} <= {me, ""}


async def test_it_tells_since_a_time_that_is_typed(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=WIDE) as officer:
        screen = await brief(officer)
        everybody = screen.briefing.parts[1].total
        await officer.press("s")
        await officer.type("03:00")
        await officer.press("enter")
        assert officer.sees("Arrested since Sat 21 Nov 2026 03:00")
        assert screen.briefing.parts[1].total < everybody
        await officer.press("s")
        await officer.type("tomorrow 10:00")
        assert officer.sees("That is still to come.")


async def test_it_is_written_to_a_file_once_the_access_log_has_it(
    demo: Desk, sit: Sit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / "morning.txt"
    async with sit(demo) as officer:
        screen = await brief(officer)
        await officer.press("x")
        box = officer.app.screen.query_one(Input)
        assert box.value == str(tmp_path / "briefing-2026-11-21-0700.txt")
        box.value = str(path)
        await officer.press("enter")
        assert path.read_text(encoding="utf-8").splitlines() == screen.briefing.as_lines()
        line = access.page(demo, Filters(kinds=(AccessKind.DISCLOSURE,))).entries[0]
        assert "what briefing" in line.detail
        await officer.press("x")
        officer.app.screen.query_one(Input).value = str(path)
        await officer.press("enter")
        assert officer.sees("nothing is overwritten")


# -- why it is here -----------------------------------------------------------------------------------------------


async def test_the_first_factor_is_what_the_queue_shows(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=(160, 150)) as officer:
        assert isinstance(officer.app.screen, QueueScreen)
        row = officer.app.screen.table.cursor_row
        assert row is not None
        screen = await explain(officer)
        assert screen.explanation.factors[0].sentence == row.sentence
        assert officer.sees("Number 1 of ")
        for factor in screen.explanation.factors:
            assert officer.sees(f"{factor.band.label}: {factor.sentence}"[:60])
        assert officer.sees("What breaks a tie")
        assert officer.sees("Suggested, and not yet graded by a person")


async def test_a_limit_in_law_and_a_target_are_told_apart_in_words(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=(160, 150)) as officer:
        screen = await explain(officer)
        kinds = {factor.kind for factor in screen.explanation.factors}
        assert "legal limit" in kinds
        assert officer.sees("■ LEGAL LIMIT")
        assert officer.sees("○ target") == ("target" in kinds)


async def test_a_look_at_the_explanation_is_a_look_at_the_case(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        before = access.page(demo, Filters(kinds=(AccessKind.CONSULTATION,))).total
        await explain(officer)
        assert access.page(demo, Filters(kinds=(AccessKind.CONSULTATION,))).total == before + 1


async def test_the_whole_explanation_is_copied(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        screen = await explain(officer)
        await officer.press("y")
        assert officer.app.clipboard.splitlines() == screen.explanation.as_lines()
