"""Opening the door: where the store is, who may come in, and the app behind it."""

import gc
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
NEW_PASSPHRASE_FILE = "CASEDESK_NEW_PASSPHRASE_FILE"  # noqa: S105 - the same
"""The same for a new passphrase, where one is set or changed."""


@dataclass(frozen=True)
class Door:
    """What the options before the command say."""

    places: Places

    @classmethod
    def at(cls, home: Path | None) -> "Door":
        """The door to the store in this folder, or in the usual place."""
        places = Places((home or default_home()).expanduser())
        faults.install(lambda: places.log)
        return cls(places)


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
    require_store(door)
    desk = _opened(door, read_only)
    if desk.store.newer and not read_only:
        print("A newer casedesk made this store: it can be read here, not written.", file=sys.stderr)
    return desk


def open_noted(door: Door) -> "Desk":
    """Unlock the store only to read in it. That is noted in its access log all the same.

    Raises as :func:`open_desk` does, and says why it cannot be while another casedesk has the store open.
    """
    from casedesk.store.store import is_open_elsewhere

    if is_open_elsewhere(door.places):
        raise StoreError(
            "This store is open in another casedesk. That it is read has to be noted in the access log, which has "
            "one writer at a time.",
            "Look it up there, or close it first.",
        )
    return open_desk(door)


def _opened(door: Door, read_only: bool) -> "Desk":
    from casedesk.desk.keyring_store import unlock_remembered
    from casedesk.desk.setup import unlock
    from casedesk.model.moments import system_clock
    from casedesk.store import attempts

    if PASSPHRASE_FILE not in os.environ:
        desk = unlock_remembered(door.places, read_only=read_only)
        if desk is not None:
            return desk
    attempts.check(door.places.attempts, system_clock())
    return unlock(door.places, ask_passphrase(), read_only=read_only)


def require_store(door: Door) -> None:
    """Raise StoreError when no store has been set up here."""
    from casedesk.store.store import exists

    if not exists(door.places):
        raise StoreError(
            f"There is no store in {door.places.home}.",
            "Run “casedesk init” to make one, or “casedesk demo” to look around first.",
        )


def ask_passphrase(prompt: str = "Passphrase: ", variable: str = PASSPHRASE_FILE) -> str:
    """The passphrase: from the file that the environment names, else typed without echo."""
    named = os.environ.get(variable)
    if named:
        return _from_file(Path(named), variable)
    if not sys.stdin.isatty():
        raise BadInputError(
            "The passphrase cannot be asked for: there is no terminal.",
            f"Run this in a terminal, or name a file in {variable}.",
        )
    import getpass

    return getpass.getpass(prompt)


def ask_new_passphrase(least: int, *, first: bool = False) -> str:
    """A new passphrase, typed twice, or from the file that CASEDESK_NEW_PASSPHRASE_FILE names.

    For the ``first`` one of a store the file that later opens it will do as well.
    """
    from casedesk.store.keys import check_passphrase

    variable = PASSPHRASE_FILE if first and NEW_PASSPHRASE_FILE not in os.environ else NEW_PASSPHRASE_FILE
    for tries_left in (2, 1, 0):
        try:
            passphrase = ask_passphrase(f"New passphrase ({least} characters or more): ", variable)
            check_passphrase(passphrase, least)
            if variable not in os.environ:
                _require_same(passphrase, ask_passphrase("The same again: ", variable))
        except BadInputError as error:
            if not tries_left or variable in os.environ or not sys.stdin.isatty():
                raise
            print(f"{error}", file=sys.stderr)
        else:
            return passphrase
    raise AssertionError("the last try returns or raises")


def _require_same(passphrase: str, again: str) -> None:
    if again != passphrase:
        raise BadInputError("The two passphrases differ: nothing was done.", "Type the same twice.")


def _from_file(path: Path, variable: str) -> str:
    try:
        with path.open(encoding="utf-8-sig") as file:
            passphrase = file.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(
            f"The passphrase file named in {variable} cannot be read ({type(error).__name__}).",
            "Check the path and its permissions.",
        ) from None
    if not passphrase:
        raise BadInputError(
            f"The passphrase file named in {variable} is empty.", "Its first line must be the passphrase."
        )
    return passphrase


def open_app(door: Door, desk: "Desk | None" = None) -> int:
    """Open the app; returns its exit status. The framework is imported only now."""
    if not at_a_terminal():
        raise BadInputError(
            "The app needs a terminal.", "Use “casedesk queue”, “casedesk show” or “casedesk check” instead."
        )
    gc.disable()  # nothing that is imported is rubbish; the app switches it on again after its first paint
    try:
        from casedesk.front import open_front

        return open_front(door.places, desk)
    finally:
        gc.enable()
