"""Opening the door: where the store is, who may come in, and the app behind it."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from casedesk import faults
from casedesk.model.errors import BadInputError, StoreError
from casedesk.store.places import Places, default_home

if TYPE_CHECKING:
    from casedesk.desk.desk import Desk

PASSPHRASE_FILE = "CASEDESK_PASSPHRASE_FILE"  # noqa: S105 - the name of a variable, not a passphrase
"""Names a file whose first line is the passphrase, for unattended use; the file should be yours alone."""


@dataclass(frozen=True)
class Door:
    """What the options before the command say."""

    places: Places
    debug: bool

    @classmethod
    def at(cls, home: Path | None, *, debug: bool = False) -> "Door":
        """The door to the store in this folder, or in the usual place."""
        places = Places((home or default_home()).expanduser())
        faults.install(lambda: places.log)
        return cls(places, debug)


def door_of(context: typer.Context) -> Door:
    """The door of the running command."""
    door = context.obj
    if not isinstance(door, Door):
        raise TypeError("the command was run without its door")
    return door


def at_a_terminal() -> bool:
    """Whether a person sits at both ends."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def open_desk(door: Door, *, read_only: bool = False) -> "Desk":
    """Unlock the store. Raises StoreError or WrongPassphraseError."""
    from casedesk.desk.setup import unlock
    from casedesk.store.store import exists

    if not exists(door.places):
        raise StoreError(
            f"There is no store in {door.places.home}.",
            "Run “casedesk init” to make one, or “casedesk demo” to look around first.",
        )
    return unlock(door.places, ask_passphrase(), read_only=read_only)


def ask_passphrase(prompt: str = "Passphrase: ") -> str:
    """The passphrase: from the file that CASEDESK_PASSPHRASE_FILE names, else typed without echo."""
    named = os.environ.get(PASSPHRASE_FILE)
    if named:
        return _from_file(Path(named))
    if not sys.stdin.isatty():
        raise BadInputError(
            "The passphrase cannot be asked for: there is no terminal.",
            f"Run this in a terminal, or name a file in {PASSPHRASE_FILE}.",
        )
    import getpass

    return getpass.getpass(prompt)


def _from_file(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return file.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(
            f"The passphrase file named in {PASSPHRASE_FILE} cannot be read ({type(error).__name__}).",
            "Check the path and its permissions.",
        ) from None


def open_app(door: Door, desk: "Desk | None" = None) -> int:
    """Open the app; returns its exit status. The framework is imported only now."""
    if not at_a_terminal():
        raise BadInputError(
            "The app needs a terminal.", "Use “casedesk queue”, “casedesk show” or “casedesk check” instead."
        )
    from casedesk.front import open_front

    return open_front(door.places, desk)
