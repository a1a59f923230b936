"""Looking after an installation: the doctor and the settings."""

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from casedesk.cli.opening import PASSPHRASE_FILE, door_of, open_desk
from casedesk.cli.output import say

if TYPE_CHECKING:
    from casedesk.desk.desk import Desk


def mount(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("doctor")(doctor)
    app.command("settings")(settings)


def doctor(
    context: typer.Context,
    deep: Annotated[
        bool,
        typer.Option("--deep", help="Compare every table with the journal as well; the app must be closed."),
    ] = False,
) -> None:
    """Look at everything the store rests on and say what to do. Exit status 1 says that something is bad."""
    from casedesk.desk.doctor import Word, examine
    from casedesk.desk.keyring_store import is_remembered
    from casedesk.model.moments import system_clock

    door = door_of(context)

    def unlock() -> "Desk":
        return open_desk(door, read_only=not deep)

    can_ask = sys.stdin.isatty() or PASSPHRASE_FILE in os.environ or is_remembered(door.places)
    worst = Word.OK
    for line in examine(door.places, system_clock, unlock if can_ask else None, deep=deep):
        say(f"{line.word:<4}  {line.what}: {line.said}", *([f"      {line.cure}"] if line.cure else []))
        if line.word is Word.BAD:
            worst = Word.BAD
    if worst is Word.BAD:
        raise typer.Exit(1)


def settings(context: typer.Context) -> None:
    """Say where the settings file is, check it, and show what it comes to."""
    from casedesk.desk.settings import backup_folder, load_settings, packs_folder
    from casedesk.desk.setup import packs_for

    places = door_of(context).places
    said = load_settings(places.settings)
    packs_for(places, said)
    missing = "" if places.settings.exists() else " (not there yet: everything is as casedesk sets it)"
    backup = said.backup
    say(
        f"{places.settings}{missing}",
        f"  person: {said.person.name or '-'}, {said.person.number or '-'}, {said.person.role.value}",
        f"  packs: {packs_folder(places, said)}",
        f"  locks itself after {said.idle_minutes} minutes",
        f"  backups: {backup_folder(places, said)}, "
        + (f"every {backup.every_hours} hours" if backup.every_hours else "none by schedule")
        + f", {backup.keep_daily} daily and {backup.keep_weekly} weekly ones kept",
        "It holds together.",
    )
