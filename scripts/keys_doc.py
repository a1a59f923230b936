"""Write docs/keys.md: every command of every place with its keys, from the commands themselves."""

from collections.abc import Sequence
from pathlib import Path

from casedesk.app import CasedeskApp
from casedesk.screens.help import HelpScreen
from casedesk.widgets.command import Command, Commanded, cheatsheet, offers, offers_within
from casedesk.widgets.dialogs import Choose, Confirm, Message, Prompt
from casedesk.widgets.form import Form
from casedesk.widgets.progress import Progress

DOCUMENT = Path(__file__).parent.parent / "docs" / "keys.md"

SCREENS: dict[str, type[Commanded]] = {"Help": HelpScreen}
DIALOGS: dict[str, type[Commanded]] = {
    "A question": Confirm,
    "A message": Message,
    "A line to type": Prompt,
    "A choice": Choose,
    "A form": Form,
    "A long job": Progress,
}


def places() -> dict[str, Sequence[Command]]:
    """The commands that can be reached together: each screen's with the app's, each dialog's by themselves."""
    everywhere = offers(CasedeskApp)
    screens = {name: (*offers_within(screen), *everywhere) for name, screen in SCREENS.items()}
    return {**screens, **{name: offers_within(dialog) for name, dialog in DIALOGS.items()}}


def document() -> str:
    """The page."""
    shown: dict[str, Sequence[Command]] = {"Everywhere": offers(CasedeskApp)}
    for name, place in {**SCREENS, **DIALOGS}.items():
        shown[name] = offers_within(place)
    return cheatsheet(shown)


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
