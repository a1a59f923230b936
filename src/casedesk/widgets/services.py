"""What the app is handed when it opens: all that its widgets need and must not fetch for themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from textual.app import App

from casedesk.model.moments import Clock

DEFAULT_MARKING = "OFFICIAL-SENSITIVE"
"""The protective marking that a screen bears unless the force's settings say otherwise."""


@dataclass(frozen=True, slots=True)
class DeskStatus:
    """What every screen says of the desk in its header."""

    desk: str = ""
    """Whose store is open, as its owner is called there."""
    marking: str = DEFAULT_MARKING
    unbundled: int = 0
    """How many changes are in no bundle yet: they exist on this machine alone."""
    conflicts: int = 0
    """On how many fields desks disagree, until somebody decides."""
    warnings: tuple[str, ...] = ()
    """What must not be overlooked, in capitals by custom: ``NO RECOVERY KEY``."""


class Drafts(Protocol):
    """Keeps what was typed and not yet saved, so that it survives a crash or a flat battery.

    A draft is named by its key (form and case) and holds the text of each field. Every method is called on
    the app's own thread and must answer within a few milliseconds.
    """

    def load(self, key: str) -> dict[str, str] | None:
        """Give the draft back, or None where there is none."""

    def save(self, key: str, draft: dict[str, str]) -> None:
        """Keep the draft, in place of an earlier one."""

    def drop(self, key: str) -> None:
        """Forget the draft: what it held was saved, or thrown away by the person. No draft is no error."""


class AppServices(Protocol):
    """What opens with the app."""

    @property
    def theme(self) -> str:
        """The name of the theme to start with; an unknown one means the default."""

    @property
    def keymap(self) -> Mapping[str, str]:
        """The user's own keys: command id to keys, comma-separated. Checked by the app, not before."""

    @property
    def clock(self) -> Clock:
        """Gives the present instant."""

    @property
    def log_path(self) -> Path:
        """Where a fault is logged."""

    @property
    def drafts(self) -> Drafts:
        """Where drafts are kept."""

    def status(self) -> DeskStatus:
        """Say what the header shows; asked again after every change."""

    def keep_theme(self, name: str) -> None:
        """Remember the theme that the user chose."""


def services_of(app: App[Any]) -> AppServices:
    """The services of the app a widget lives in."""
    return cast(AppServices, cast(Any, app).services)
