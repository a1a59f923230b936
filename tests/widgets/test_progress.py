from threading import Event
from typing import Any

import pytest

from casedesk.model.errors import BadInputError
from casedesk.widgets.progress import Finished, Progress, Reporter, progress_lines
from casedesk.widgets.screen import DeskScreen
from tests.screens.harness import desk_app, seen, settle


async def finish(job: Any, *keys: str) -> Finished[Any]:
    app = desk_app(DeskScreen)
    ends: list[Finished[Any] | None] = []
    async with app.run_test() as pilot:
        app.push_screen(Progress("Importing", job), ends.append)
        await pilot.press(*keys)
        await settle(pilot)
    (end,) = ends
    assert end is not None
    return end


async def test_a_job_comes_back_with_what_it_returned() -> None:
    assert await finish(lambda report: "done") == Finished("done", stopped=False)


async def test_a_job_that_cannot_be_done_comes_back_with_the_reason() -> None:
    def job(report: Reporter) -> None:
        raise BadInputError("The file is empty.")

    end = await finish(job)
    assert end.error is not None
    assert end.error.message == "The file is empty."


async def test_esc_asks_the_job_to_stop_and_it_says_how_far_it_got() -> None:
    def job(report: Reporter) -> int:
        while not report.stopped:
            report(5, 10)
        return 5

    assert await finish(job, "escape") == Finished(5, stopped=True)


async def test_a_fault_in_a_job_is_a_fault_of_the_app() -> None:
    def job(report: Reporter) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await finish(job)


async def test_progress_is_shown_while_the_job_runs() -> None:
    told, go_on = Event(), Event()

    def job(report: Reporter) -> None:
        report(1200, 4800, "occurrences.csv")
        told.set()
        go_on.wait(10)

    app = desk_app(DeskScreen)
    async with app.run_test() as pilot:
        dialog = Progress("Importing", job, stopping="Esc stops; nothing is kept.")
        app.push_screen(dialog)
        await pilot.pause()
        assert told.wait(10)
        dialog._show()
        await pilot.pause()
        for text in ("Importing", "1,200 of 4,800", "25 %", "occurrences.csv", "nothing is kept", "Esc Stop"):
            assert seen(app, text), text
        go_on.set()
        await settle(pilot)
        assert not isinstance(app.screen, Progress)


@pytest.mark.parametrize(
    ("done", "total", "seconds", "says"),
    [
        (0, None, 0.0, ["0 so far"]),
        (5200, None, 2.0, ["5,200 so far · 2,600 a second"]),
        (500, 1000, 0.5, ["500 of 1,000"]),
        (500, 1000, 5.0, ["500 of 1,000 · 100 a second · about 5 s left"]),
        (1000, 100_000, 10.0, ["1,000 of 100,000 · 100 a second · about 17 min left"]),
        (1000, 1000, 5.0, ["1,000 of 1,000 · 200 a second"]),
        (1, 1000, 100.0, ["1 of 1,000"]),
    ],
)
def test_the_line_says_count_rate_and_time_left_once_they_mean_something(
    done: int, total: int | None, seconds: float, says: list[str]
) -> None:
    assert progress_lines(done, total, seconds)[-1].startswith(says[0])


@pytest.mark.parametrize(("done", "total", "filled"), [(0, 10, 0), (5, 10, 20), (10, 10, 40), (12, 10, 40)])
def test_the_bar_is_as_full_as_the_job_is_done(done: int, total: int, filled: int) -> None:
    assert progress_lines(done, total, 0)[0].count("█") == filled
