"""Text that leaves the store by the clipboard: the access log has a line of it first."""

from typing import Any

from textual.app import App

from casedesk.desk.access import disclosed
from casedesk.desk.desk import Desk
from casedesk.model.errors import CasedeskError
from casedesk.model.ids import EntityId
from casedesk.widgets.dialogs import error_message


def copy_out(app: App[Any], desk: Desk, case_id: EntityId, what: str, text: str, said: str) -> None:
    """Copy a text of a case through the terminal and say so, once it is accounted for; otherwise say why not."""
    try:
        disclosed(desk, what, 1, case_id=case_id, form="clipboard")
    except CasedeskError as error:
        app.push_screen(error_message(error, title="Not copied", kept="Nothing left the store."))
    else:
        app.copy_to_clipboard(text)
        app.notify(said, timeout=4, markup=False)
