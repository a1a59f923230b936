"""Acts on many cases by keys: a preview, one question, one undo; and cover for a colleague."""

from pathlib import Path

import pytest

from casedesk.desk import access
from casedesk.desk.bulk import assign, carry_out
from casedesk.desk.cover import absences
from casedesk.desk.desk import Desk
from casedesk.model.words import Stage
from casedesk.screens.queue import QueueScreen
from casedesk.screens.queue_cover import CoverScreen
from casedesk.store.access_log import AccessKind, Filters
from tests.journeys.conftest import Officer, Sit
from tests.screens.harness import toasts

ME, OTHER = "70401", "70402"


def _queue(officer: Officer) -> QueueScreen:
    queue = officer.app.screen
    assert isinstance(queue, QueueScreen)
    return queue


def _owners(desk: Desk) -> dict[bytes, str]:
    return dict(desk.store.connection.execute("SELECT cases.id, queue.owner FROM cases JOIN queue USING (n)"))


def _changed(desk: Desk, before: dict[bytes, str]) -> list[str]:
    return [owner for case_id, owner in _owners(desk).items() if before[case_id] != owner]


async def test_many_cases_are_assigned_after_a_preview_and_given_back_by_one_undo(
    demo: Desk, sit: Sit
) -> None:
    before = _owners(demo)
    async with sit(demo, size=(110, 40)) as officer:
        await officer.press("space", "space", "space", "space", "space")
        assert officer.sees("5 marked")
        assert officer.sees("b Bulk 5")
        await officer.press("b", "a")
        assert officer.sees("Assign to · 5 marked cases")
        await officer.type("7099")
        await officer.press("ctrl+s")
        assert officer.sees("Assign to 7099: 5 cases?")
        assert not _changed(demo, before), "a preview changes nothing"
        await officer.press("y")
        assert _changed(demo, before) == ["7099"] * 5
        assert any("5 cases. Ctrl+Z takes all of it back" in said for said in toasts(officer.app))
        assert not _queue(officer).table.marks
        await officer.press("ctrl+z")
        assert officer.sees("Undo assigning cases")
        assert officer.sees("│ Assigning cases")
        await officer.press("y")
        assert not _changed(demo, before)


async def test_the_preview_says_how_many_would_not_change_and_why(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=(110, 40)) as officer:
        owners = [row.owner for row in _queue(officer).source.window(0, 3) if row]
        already = owners.count(OTHER)
        assert already > 0
        await officer.press("space", "space", "space", "b", "a")
        await officer.type(OTHER)
        await officer.press("ctrl+s")
        said = f"{already} case{'' if already == 1 else 's'} would not change: owned by {OTHER} already"
        assert officer.sees(said)


def _in_clinic(demo: Desk) -> int:
    stages = demo.store.connection.execute("SELECT count(*) FROM queue WHERE stage = ?", (Stage.CLINIC,))
    return int(stages.fetchone()[0])


async def test_without_marks_the_case_under_the_cursor_is_meant(demo: Desk, sit: Sit) -> None:
    before = _owners(demo)
    async with sit(demo, size=(110, 40)) as officer:
        row = _queue(officer).table.cursor_row
        assert row is not None
        await officer.press("b")
        assert officer.sees(f"{row.ref}: what is to be done?")
        await officer.press("r")
        assert officer.sees("Take the owner off: 1 case?")
        assert officer.sees(f"Case {row.ref}, under the cursor: none is marked.")
        await officer.press("y")
        assert _changed(demo, before) == [""]


async def test_marks_that_the_list_does_not_show_are_pointed_out(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=(110, 40)) as officer:
        await officer.press("space", "space", "9", "b")
        assert officer.sees("2 marked cases, 2 of them not in this list")
        await officer.press("r")
        assert officer.sees("▲ 2 marked cases not in the list that you see.")
        await officer.press("n")
        assert len(_queue(officer).table.marks) == 2, "what was not done keeps its marks"


async def test_every_case_of_the_list_is_marked_and_done_at_once(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=(110, 40)) as officer:
        await officer.press("5", "ctrl+a", "b", "l", "ctrl+s")
        count = len(_queue_behind(officer).table.marks)
        assert count > 10
        assert officer.sees("Send to the clinic")
        before = _in_clinic(demo)
        await officer.press("y")
        assert _in_clinic(demo) == before + count
        await officer.press("8")
        assert officer.sees(f"Clinic · {before + count} cases")


def _queue_behind(officer: Officer) -> QueueScreen:
    return next(screen for screen in officer.app.screen_stack if isinstance(screen, QueueScreen))


async def test_an_action_and_a_flag_are_set_in_each(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=(110, 40)) as officer:
        rows = [row for row in _queue(officer).source.window(0, 2) if row]
        await officer.press("space", "space", "b", "s")
        await officer.type("Chase the CCTV")
        await officer.press("tab")
        await officer.type("yesterday 10:00")
        await officer.press("ctrl+s")
        assert officer.sees("Not saved")
        officer.app.screen.focused.clear()  # type: ignore[union-attr]  # the field that was refused
        await officer.type("tomorrow 10:00")
        await officer.press("ctrl+s", "y")
        for row in rows:
            assert "Chase the CCTV" in [action.what for _, action in demo.case(row.id).file.actions]
        await officer.press("home", "space", "space", "b", "f", "k", "tab")
        await officer.type("A blade was seen")
        await officer.press("ctrl+s", "y")
        for row in rows:
            assert "knife" in (demo.case(row.id).file.case.flags or ())


async def test_marked_cases_are_written_to_a_file_in_the_order_of_the_list(
    demo: Desk, sit: Sit, tmp_path: Path
) -> None:
    path = tmp_path / "cases.csv"
    async with sit(demo, size=(110, 40)) as officer:
        rows = [row for row in _queue(officer).source.window(0, 3) if row]
        await officer.press("down", "down", "space", "home", "space", "space", "b", "x", "ctrl+u")
        await officer.type(str(path))
        await officer.press("enter")
        lines = path.read_text(encoding="utf-8").splitlines()
        assert [line.split(",")[0] for line in lines] == ["reference", *(row.ref for row in rows)]
        entry = access.page(demo, Filters(kinds=(AccessKind.DISCLOSURE,))).entries[0]
        assert "3" in entry.detail
        assert len(_queue(officer).table.marks) == 3, "nothing was changed, so the marks stay"


async def test_cover_shows_a_colleagues_cases_as_mine_until_it_is_handed_back(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=(110, 40)) as officer:
        await officer.press("2")
        mine = len(_queue(officer).source)
        await officer.press("C")
        assert isinstance(officer.app.screen, CoverScreen)
        assert officer.sees("Nobody is away.")
        await officer.press("n")
        await officer.type(OTHER)
        await officer.press("tab", "tab", "tab")
        await officer.type("tomorrow")
        await officer.press("ctrl+s")
        assert officer.sees(f"You cover for {OTHER}.")
        await officer.press("escape")
        assert officer.sees(f"Mine and for {OTHER}")
        queue = _queue(officer)
        assert len(queue.source) > mine
        theirs = next(row for row in queue.source.window(0, 400) if row and row.owner == OTHER)
        assert queue.table.go_to(theirs.n)
        await officer.pilot.pause()
        assert officer.sees(f"{OTHER} is away, {ME} covers")
        await officer.press("C", "h")
        assert officer.sees(f"Hand back to {OTHER}?")
        await officer.press("y")
        assert officer.sees("You cover for nobody now.")
        assert not absences(demo)
        await officer.press("v")
        assert officer.sees("over")
        await officer.press("escape")
        assert len(_queue(officer).source) == mine
        assert officer.sees("Mine · ")


async def test_what_takes_long_is_done_in_a_thread_and_says_so_when_done(
    demo: Desk, sit: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casedesk.screens.bulk._PLAN_AT_ONCE", 3)
    monkeypatch.setattr("casedesk.screens.bulk._DO_AT_ONCE", 3)
    before = _owners(demo)
    async with sit(demo, size=(110, 40)) as officer:
        await officer.press("5", "ctrl+a")
        count = len(_queue(officer).table.marks)
        await officer.press("b", "a")
        await officer.type("7099")
        await officer.press("ctrl+s")
        await _until(officer, f"Assign to 7099: {count} cases?")
        await officer.press("y")
        await _until(officer, f"{count} cases. Ctrl+Z takes all of")
        assert _changed(demo, before) == ["7099"] * count


async def test_cases_that_changed_since_the_preview_are_left_alone(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=(110, 40)) as officer:
        rows = [row for row in _queue(officer).source.window(0, 2) if row]
        await officer.press("space", "space", "b", "a")
        await officer.type("7099")
        await officer.press("ctrl+s")
        assert officer.sees("Assign to 7099: 2 cases?")
        carry_out(demo, assign(demo, [rows[0].id], "7055"))
        await officer.press("y")
        assert officer.sees("changed since the preview")
        assert [demo.case(row.id).file.case.owner for row in rows] == ["7055", rows[1].owner]


async def _until(officer: Officer, text: str) -> None:
    for _ in range(200):
        if officer.sees(text):
            return
        await officer.pilot.pause(0.05)
    pytest.fail(f"{text!r} never came:\n{officer.screen()}")
