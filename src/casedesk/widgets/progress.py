"""A long job with its progress: shown calmly, stopped with Esc, never on the app's own thread."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Event
from time import monotonic
from typing import ClassVar, Generic, TypeVar, cast

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from casedesk.model.errors import CasedeskError
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Dialog

T = TypeVar("T")

_UPDATE = 0.25
"""Seconds between two paints: often enough to be believed, seldom enough not to flicker over a slow link."""
_STEADY = 1.0
"""Seconds before a rate means anything."""
_BAR = 40


class Reporter:
    """What a job is handed: it tells how far it is, and asks whether it should stop. Safe from any thread."""

    def __init__(self) -> None:
        self._stop = Event()
        self.latest: tuple[int, int | None, str] = (0, None, "")
        """Done, of how many (None where that is not known), and a few words."""

    def __call__(self, done: int, total: int | None = None, note: str = "") -> None:
        """Tell how far the job is. Cheap: only the last word is ever shown."""
        self.latest = (done, total, note)

    @property
    def stopped(self) -> bool:
        """Whether the user wants the job to stop; it should then leave things whole and return."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask the job to stop."""
        self._stop.set()


Job = Callable[[Reporter], T]
"""A long job. It runs on a thread of its own and touches no widget."""


@dataclass(frozen=True)
class Finished(Generic[T]):
    """How a job ended."""

    value: T | None
    """What it returned; None where it failed."""
    stopped: bool
    """Whether the user had asked it to stop, however far it had got by then."""
    error: CasedeskError | None = None
    """Why it could not be done."""


class Progress(Dialog[Finished[T]], Generic[T]):
    """Run a job and show how far it is; comes back with how it ended. A fault in it is a fault of the app."""

    OFFERS: ClassVar[Sequence[Command]] = (
        Command("dialog.stop", "escape", "Stop", "Stop the job.", "stop", "Dialogs", show=90),
    )

    def __init__(
        self, title: str, job: Job[T], *, stopping: str = "", clock: Callable[[], float] = monotonic
    ) -> None:
        """``stopping`` says what Esc means for what is already done; ``clock`` gives seconds."""
        super().__init__(title)
        self._job, self._stopping, self._clock = job, stopping, clock
        self._reporter = Reporter()
        self._started = 0.0

    def compose_body(self) -> ComposeResult:
        """How far it is, and what stopping means."""
        yield Static(id="far", classes="dialog--text")
        if self._stopping:
            yield Static(Content(self._stopping), classes="dialog--text")

    def on_mount(self) -> None:
        """Start the job."""
        self._started = self._clock()
        self._show()
        self.set_interval(_UPDATE, self._show)
        self.run_worker(
            partial(self._job, self._reporter), thread=True, exit_on_error=False, group="job", name="job"
        )

    def on_unmount(self) -> None:
        """Let the job end when the app does."""
        self._reporter.stop()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Leave with how the job ended."""
        worker, stopped = event.worker, self._reporter.stopped
        if event.state is WorkerState.SUCCESS:
            self.dismiss(Finished(cast(T, worker.result), stopped))
        elif event.state is WorkerState.ERROR:
            if not isinstance(worker.error, CasedeskError):
                raise worker.error or RuntimeError("the job failed")
            self.dismiss(Finished(None, stopped, worker.error))

    def action_stop(self) -> None:
        """Ask the job to stop."""
        self._reporter.stop()
        self._show()

    def _show(self) -> None:
        done, total, note = self._reporter.latest
        lines = progress_lines(done, total, self._clock() - self._started)
        if self._reporter.stopped:
            lines.append("Stopping…")
        elif note:
            lines.append(note)
        self.query_one("#far", Static).update(Content("\n".join(lines)))


def progress_lines(done: int, total: int | None, seconds: float) -> list[str]:
    """Say how far a job is after so many seconds: a bar where the end is known, count, rate, time left."""
    rate = done / seconds if seconds >= _STEADY else 0.0
    pace = f" · {rate:,.0f} a second" if rate >= 1 else ""
    if not total:
        return [f"{done:,} so far{pace}"]
    share = min(done / total, 1.0)
    filled = int(share * _BAR)
    left = f" · about {_show_seconds((total - done) / rate)} left" if rate and done < total else ""
    return [
        f"{'█' * filled}{'░' * (_BAR - filled)} {int(share * 100)} %",
        f"{done:,} of {total:,}{pace}{left}",
    ]


def _show_seconds(seconds: float) -> str:
    whole = max(int(seconds + 0.5), 1)
    return f"{whole} s" if whole < 100 else f"{(whole + 30) // 60} min"
