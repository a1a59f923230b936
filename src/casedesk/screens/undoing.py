"""Asking before something is taken back, the same on every screen."""

from collections.abc import Callable
from typing import Any

from textual.app import App

from casedesk.desk import undo
from casedesk.model.errors import CasedeskError
from casedesk.screens.session import Session
from casedesk.store.history import Act
from casedesk.widgets.dialogs import Confirm, error_message
from casedesk.widgets.progress import Finished, Job, Progress

_AT_ONCE = 50
"""Operations that are taken back before the next paint."""


def ask_undo(app: App[Any], session: Session, done: Callable[[], None]) -> None:
    """Ask, then take back what was done last; ``done`` is called when it was."""
    act = undo.next_undo(session.desk)
    if act is None:
        app.notify("There is nothing to undo.", markup=False)
        return

    def answered(yes: bool | None) -> None:
        if yes:
            _do(app, act, lambda: undo.undo(session.desk, act), "Undone", done)

    said = undo.described(session.desk, act)
    text = f"{said[:1].upper()}{said[1:]}.\nIt is taken back as one; redo does it again."
    app.push_screen(Confirm(f"Undo {undo.title_of(act)}?", text, yes="Undo", no="Leave it"), answered)


def do_redo(app: App[Any], session: Session, done: Callable[[], None]) -> None:
    """Do again what was undone last; ``done`` is called when it was."""
    undone = undo.next_redo(session.desk)
    if undone is None:
        app.notify("There is nothing to redo.", markup=False)
        return
    _do(app, undone, lambda: undo.redo(session.desk), "Done again", done)


def _do(app: App[Any], about: Act, take: Callable[[], Act], said: str, done: Callable[[], None]) -> None:
    """Take an act back, or do it again: a large one in a thread, so that the screen stays alive."""

    def ended(end: Finished[Act] | None) -> None:
        if end is None:
            return
        if end.error is not None:
            app.push_screen(error_message(end.error, kept="Nothing was changed."))
        elif end.value is not None:
            app.notify(f"{said}: {undo.title_of(end.value)}.", markup=False)
            done()

    if about.operations > _AT_ONCE:
        job: Job[Act] = lambda _report: take()  # noqa: E731 -- a job that cannot say how far it is
        stopping = "It is done whole or not at all, and cannot be stopped."
        app.push_screen(Progress(f"{said}: {undo.title_of(about)}", job, stopping=stopping), ended)
        return
    try:
        ended(Finished(take(), stopped=False))
    except CasedeskError as error:
        ended(Finished(None, stopped=False, error=error))
