"""Asking before something is taken back, the same on every screen."""

from collections.abc import Callable
from typing import Any

from textual.app import App

from casedesk.desk import undo
from casedesk.model.errors import CasedeskError
from casedesk.screens.session import Session
from casedesk.store.history import Act
from casedesk.widgets.dialogs import Confirm, error_message


def ask_undo(app: App[Any], session: Session, done: Callable[[], None]) -> None:
    """Ask, then take back what was done last; ``done`` is called when it was."""
    act = undo.next_undo(session.desk)
    if act is None:
        app.notify("There is nothing to undo.", markup=False)
        return

    def answered(yes: bool | None) -> None:
        if yes:
            _do(app, lambda: undo.undo(session.desk, act), "Undone", done)

    text = f"{undo.described(session.desk, act)}.\nIt is taken back as one; redo does it again."
    app.push_screen(Confirm(f"Undo {undo.title_of(act)}?", text, yes="Undo", no="Leave it"), answered)


def do_redo(app: App[Any], session: Session, done: Callable[[], None]) -> None:
    """Do again what was undone last; ``done`` is called when it was."""
    _do(app, lambda: undo.redo(session.desk), "Done again", done)


def _do(app: App[Any], act: Callable[[], Act], said: str, done: Callable[[], None]) -> None:
    try:
        taken = act()
    except CasedeskError as error:
        app.push_screen(error_message(error, kept="Nothing was changed."))
        return
    app.notify(f"{said}: {undo.title_of(taken)}.", markup=False)
    done()
