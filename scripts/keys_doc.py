"""Write docs/keys.md: every command of every place with its keys, from the commands themselves."""

from collections.abc import Sequence
from pathlib import Path

from casedesk.front import commands_by_place
from casedesk.widgets.command import Command, Commanded, cheatsheet, offers_within
from casedesk.widgets.dialogs import Choose, Confirm, Message, Prompt
from casedesk.widgets.form import Form
from casedesk.widgets.progress import Progress

DOCUMENT = Path(__file__).parent.parent / "docs" / "keys.md"

EVERYWHERE = "Everywhere"
DIALOGS: dict[str, type[Commanded]] = {
    "A question": Confirm,
    "A message": Message,
    "A line to type": Prompt,
    "A choice": Choose,
    "A form": Form,
    "A long job": Progress,
}


def places() -> dict[str, Sequence[Command]]:
    """The commands that can be reached together: a screen's with the app's, a dialog's by themselves."""
    screens = commands_by_place()
    everywhere = screens.pop(EVERYWHERE)
    screens = {name: (*commands, *everywhere) for name, commands in screens.items()}
    return {**screens, **{name: offers_within(dialog) for name, dialog in DIALOGS.items()}}


def document() -> str:
    """The page."""
    dialogs = {name: offers_within(dialog) for name, dialog in DIALOGS.items()}
    return cheatsheet({**commands_by_place(), **dialogs})


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
