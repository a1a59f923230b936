"""Write docs/keys.md: every command of every place with its keys, from the commands themselves."""

from collections.abc import Sequence
from pathlib import Path

from casedesk.app import CasedeskApp
from casedesk.front import commands_by_place
from casedesk.widgets.command import Command, Commanded, cheatsheet, offers, offers_within
from casedesk.widgets.dialogs import Choose, Confirm, Message, Prompt
from casedesk.widgets.form import Form
from casedesk.widgets.progress import Progress

DOCUMENT = Path(__file__).parent.parent / "docs" / "keys.md"

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
    everywhere = offers(CasedeskApp)
    screens = {name: (*commands, *everywhere) for name, commands in _screens().items()}
    return {**screens, **{name: offers_within(dialog) for name, dialog in DIALOGS.items()}}


def document() -> str:
    """The page."""
    dialogs = {name: offers_within(dialog) for name, dialog in DIALOGS.items()}
    return cheatsheet({"Everywhere": offers(CasedeskApp), **_screens(), **dialogs})


def _screens() -> dict[str, tuple[Command, ...]]:
    return {
        name: commands for name, commands in commands_by_place().items() if commands != offers(CasedeskApp)
    }


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
