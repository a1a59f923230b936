"""Long jobs that a flow of dialogs waits for: run in a thread with progress, stopped with Esc, errors told."""

from typing import Any, TypeVar

from textual.app import App

from casedesk.model.errors import BadInputError
from casedesk.widgets.dialogs import error_message
from casedesk.widgets.progress import Finished, Job, Progress, Reporter

T = TypeVar("T")


class StoppedError(BadInputError):
    """The user stopped it."""


def go_on(report: Reporter, done: int, total: int | None = None, note: str = "") -> None:
    """Tell how far a job is. Raises StoppedError when it is to stop."""
    if report.stopped:
        raise StoppedError("It was stopped.", "Start it again when you are ready.")
    report(done, total, note)


async def run(app: App[Any], title: str, job: Job[T], *, stopping: str, kept: str) -> T | None:
    """Do something in a thread; None where it was stopped, or could not be done, which was said. Runs in a worker.

    ``stopping`` says what Esc means for what is already done, ``kept`` how things are after an error.
    """
    progress: Progress[T] = Progress(title, job, stopping=stopping)
    ended: Finished[T] | None = await app.push_screen_wait(progress)
    if ended is None:
        return None
    if ended.error is not None:
        if not isinstance(ended.error, StoppedError):
            await app.push_screen_wait(error_message(ended.error, kept=kept))
        return None
    return ended.value
