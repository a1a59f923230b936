"""The frame of every screen: the header above, the footer below, the screen's own widgets between."""

from typing import ClassVar, TypeVar

from textual.app import ComposeResult

from casedesk.widgets.command import Command, CommandScreen
from casedesk.widgets.footer import DeskFooter
from casedesk.widgets.header import DeskHeader

R = TypeVar("R")

BACK = Command("screen.back", "escape", "Back", "Go back to where you came from.", "back", show=70)
"""For screens that were opened from another."""


class DeskScreen(CommandScreen[R]):
    """A screen with header and footer. ``PLACE`` names it; ``ABOUT`` is what the help says of it."""

    ABOUT: ClassVar[str] = ""
    BESIDE_PERSON: ClassVar[bool] = False
    """Whether somebody from outside may read along: nothing of other cases is shown over it unasked."""

    def compose(self) -> ComposeResult:
        """Frame what :meth:`compose_body` gives."""
        self._fit_the_width()
        yield DeskHeader(self.PLACE)
        yield from self.compose_body()
        yield DeskFooter()

    def compose_body(self) -> ComposeResult:
        """The screen's own widgets."""
        yield from ()

    def _fit_the_width(self) -> None:
        """Take the class of the terminal's width before anything is laid out: later it would all be laid out again."""
        begun = [
            name for least, name in self.app.HORIZONTAL_BREAKPOINTS or () if least <= self.app.size.width
        ]
        self.set_class(bool(begun), *begun[-1:])

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)
