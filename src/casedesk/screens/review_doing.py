"""How an act of the review goes: where it is asked for, its form, its preview, its one unit of work."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from textual.app import App

from casedesk.desk import bulk
from casedesk.desk.bulk import Plan
from casedesk.desk.check import Covered
from casedesk.desk.desk import Desk
from casedesk.model.errors import CasedeskError
from casedesk.model.ids import EntityId
from casedesk.model.text import counted
from casedesk.screens.session import Session
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Confirm, Message, error_message
from casedesk.widgets.form import Form
from casedesk.widgets.progress import Finished, Job, Progress

T = TypeVar("T")
Decided = Sequence[EntityId] | None
"""The crimes that an act decided; None where nothing was done."""

AT_ONCE = 200
"""Up to how many crimes are planned and done without a sign of progress; more in a thread."""
KEPT = "Nothing was changed."
_SHOWN = 6.0


@dataclass(frozen=True, slots=True)
class At:
    """Where an act is asked for."""

    app: App[Any]
    session: Session
    covered: Covered

    @property
    def desk(self) -> Desk:
        """The open desk."""
        return self.session.desk

    def say(self, text: str) -> None:
        """Say what was done."""
        self.app.notify(text, timeout=_SHOWN, markup=False)


class SaidForm(Form):
    """A form whose key says what it does."""

    def __init__(self, *args: Any, does: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._does = does

    def label_of(self, command: Command) -> str:
        """What saving does."""
        return self._does if command.id == "form.save" else super().label_of(command)


async def carry_out(at: At, make: Callable[[], Plan], count: int, note: str = "") -> Decided:
    """Say what a plan would change, ask, and do it."""
    many = count > AT_ONCE
    planned = await run(at, make, "Looking at the crimes" if many else "")
    if planned is None:
        return None
    lines = [line.strip() for line in planned.as_lines()[1:]]
    if not planned.changes:
        await at.app.push_screen_wait(Message(f"{planned.title}: nothing would change", *lines, note))
        return None
    number = counted(len(planned.changes), planned.thing)
    text = "\n".join(filter(None, (*lines, note, "One undo takes all of it back.")))
    question = Confirm(f"{planned.title}: {number}?", text, yes=f"Do it for {number}", no="Leave it")
    if not await at.app.push_screen_wait(question):
        return None
    title = f"{planned.title}: {number}" if many else ""
    done = await run(at, lambda: bulk.carry_out(at.desk, planned), title)
    if done is None:
        return None
    at.say(
        f"{planned.title}: {counted(done, planned.thing)}. Ctrl+Z takes {'it' if done == 1 else 'all of it'} back."
    )
    return [change.case_id for change in planned.changes]


async def run(at: At, act: Callable[[], T], title: str) -> T | None:
    """Do something, in a thread with its progress where it has a title; None where it could not be done."""
    try:
        if not title:
            return act()
        job: Job[T] = lambda _report: act()  # noqa: E731 -- a job that cannot say how far it is
        ended: Finished[T] | None = await at.app.push_screen_wait(
            Progress(title, job, stopping="It is done whole or not at all, and cannot be stopped.")
        )
        if ended is None:
            return None
        if ended.error is None:
            return ended.value
        raise ended.error
    except CasedeskError as error:
        await at.app.push_screen_wait(error_message(error, kept=KEPT))
        return None
