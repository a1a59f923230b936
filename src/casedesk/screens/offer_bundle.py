"""One question before locking or leaving: whether what exists on this machine alone should go into a bundle."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from casedesk.desk.desk import Desk
from casedesk.desk.team import members
from casedesk.model.text import counted
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Dialog


def is_offered(desk: Desk, *, demo: bool = False) -> bool:
    """Whether there is something to offer: changes in no bundle, a colleague to give them to, no setting against."""
    if demo or desk.store.read_only or not desk.settings.bundles.offer:
        return False
    return desk.unbundled() > 0 and any(one.is_active for one in members(desk))


class OfferBundle(Dialog[bool]):
    """Asks once. Enter goes on with what was asked for; so does the same key again. Nothing is readable behind it.

    It comes back with whether a bundle is to be made first. It does not come back where it goes on.
    """

    OFFERS: ClassVar[Sequence[Command]] = (
        Command("offer.later", "enter", "Later", "Go on; the changes stay here, and are offered again.", "later",
                "Leaving", show=95),
        Command("offer.export", "x", "Make a bundle", "Make the bundle first.", "export", "Leaving", show=90),
        Command("offer.stay", "escape", "Stay", "Neither: go back to work.", "stay", "Leaving", show=80),
    )  # fmt: skip
    PLACE = "Leaving"
    DEFAULT_CSS = """
    OfferBundle { background: $background; }
    """

    def __init__(self, desk: Desk, then: str, go_on: Callable[[], Awaitable[None]]) -> None:
        """``then`` says what Enter does (``Lock``, ``Quit``), and ``go_on`` does it."""
        self._many, self._then, self._go_on = desk.unbundled(), then, go_on
        super().__init__(f"{counted(self._many, 'change')} on this machine alone")

    def compose_body(self) -> ComposeResult:
        """What that means."""
        saved, lost = ("It is", "is it") if self._many == 1 else ("They are", "are they")
        said = f"{saved} saved here, and in no bundle yet. If this laptop is lost, so {lost}."
        yield Static(Content(said), classes="dialog--text")

    def label_of(self, command: Command) -> str:
        """What Enter does."""
        return f"Later: {self._then.lower()}" if command.id == "offer.later" else super().label_of(command)

    def action_later(self) -> None:
        """Go on."""
        self.app.call_later(self._go_on)

    def action_export(self) -> None:
        """Make a bundle first."""
        self.dismiss(True)

    def action_stay(self) -> None:
        """Go back to work."""
        self.dismiss(False)
