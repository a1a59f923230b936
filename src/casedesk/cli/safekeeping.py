"""Keys and backups: the recovery key, the passphrase, backing up and restoring."""

from pathlib import Path
from typing import Annotated

import typer

from casedesk.cli.opening import (
    ask_new_passphrase,
    ask_passphrase,
    door_of,
    open_desk,
    require_store,
)
from casedesk.cli.output import say
from casedesk.desk.paths import is_there
from casedesk.model.errors import BadInputError
from casedesk.model.text import counted

recovery_app = typer.Typer(
    help="The force's recovery key: opens every store that knows its public half.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def mount(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("backup")(back_up)
    app.command("restore")(restore)
    app.command("passphrase")(passphrase)
    app.command("unlock")(unlock)
    app.add_typer(recovery_app, name="recovery-key")


@recovery_app.command("new")
def new_recovery_key(
    file: Annotated[
        Path, typer.Argument(help="Where the private half goes: a drive that goes into the safe.")
    ],
) -> None:
    """Make a recovery key for a force. The private half goes into FILE; the public half is printed."""
    from casedesk.model.moments import system_clock
    from casedesk.store import keys, recovery

    if is_there(file):
        raise BadInputError(f"{file} is there already: nothing was written.", "Give another name.")
    pair = recovery.new_pair(system_clock())
    keys.write_file(file, pair.private)
    say(pair.public)
    typer.echo(
        f"The private half is in {file}: keep it in the safe, with a copy elsewhere; whoever has it can open every "
        "store. The line above is the public half, for --recovery-key or a file recovery-key.txt.",
        err=True,
    )


@recovery_app.command("add")
def add_recovery_key(
    context: typer.Context, key: Annotated[list[str], typer.Argument(help="The public half: age1…")]
) -> None:
    """Let a recovery key open this store."""
    from casedesk.desk.safekeeping import back_up_hint, recovery_keys, set_recovery_keys
    from casedesk.store.recovery import checked

    added = checked(key)
    with open_desk(door_of(context)) as desk:
        set_recovery_keys(desk, tuple(dict.fromkeys((*recovery_keys(desk), *added))))
    say(*(f"{one} opens this store." for one in added), back_up_hint())


@recovery_app.command("remove")
def remove_recovery_key(
    context: typer.Context, key: Annotated[str, typer.Argument(help="The public half: age1…")]
) -> None:
    """Let a recovery key no longer open this store. Backups that are there still open with it."""
    from casedesk.desk.safekeeping import recovery_keys, recovery_warning, set_recovery_keys

    with open_desk(door_of(context)) as desk:
        known = recovery_keys(desk)
        if key not in known:
            raise BadInputError(
                "That recovery key does not open this store.",
                "“casedesk recovery-key list” shows those that do.",
            )
        set_recovery_keys(desk, tuple(one for one in known if one != key))
        say("It no longer opens this store; backups that are there still open with it.")
        say(*filter(None, [recovery_warning(desk)]))


@recovery_app.command("list")
def list_recovery_keys(context: typer.Context) -> None:
    """Show the public halves of the recovery keys that open this store."""
    from casedesk.desk.safekeeping import recovery_keys, recovery_warning

    with open_desk(door_of(context), read_only=True) as desk:
        say(*recovery_keys(desk), *filter(None, [recovery_warning(desk)]))


def passphrase(
    context: typer.Context,
    remember: Annotated[
        bool, typer.Option("--remember", help="Let this computer's keyring open the store for you.")
    ] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Ask for the passphrase each time again.")] = False,
) -> None:
    """Change the passphrase. The one of now is asked for first."""
    from casedesk.desk import keyring_store
    from casedesk.desk.safekeeping import back_up_hint, change_passphrase
    from casedesk.desk.setup import unlock as unlock_desk

    door = door_of(context)
    require_store(door)
    if remember and forget:
        raise BadInputError("--remember and --forget contradict each other.", "Give one of them.")
    if forget:
        found = keyring_store.forget(door.places)
        say("The passphrase is asked for from now on." if found else "The keyring was not in use.")
        return
    old = ask_passphrase("Passphrase of now: ")
    with unlock_desk(door.places, old) as desk:
        if remember:
            keyring_store.remember(desk)
            say("This computer's keyring opens the store for you from now on. “--forget” ends that.")
            return
        change_passphrase(desk, old, ask_new_passphrase(desk.settings.limits.passphrase_characters))
    say("The passphrase is changed. Older backups still open with the old one.", back_up_hint())


def unlock(
    context: typer.Context,
    recovery_identity: Annotated[
        Path,
        typer.Option(help="The file with the private half of the recovery key.", exists=True, dir_okay=False),
    ],
) -> None:
    """Open a store whose passphrase is lost, with the force's recovery key, and give it a new passphrase."""
    from casedesk.desk.safekeeping import recover
    from casedesk.desk.settings import load_settings
    from casedesk.model.moments import system_clock
    from casedesk.store.recovery import read_identity

    door = door_of(context)
    require_store(door)
    read_identity(recovery_identity)  # a wrong file is told before anything is asked
    least = load_settings(door.places.settings).limits.passphrase_characters
    recover(door.places, recovery_identity, ask_new_passphrase(least), system_clock)
    say("The store opens with the new passphrase. Take the recovery key back to the safe.")


def back_up(
    context: typer.Context,
    to: Annotated[
        Path | None, typer.Option(help="The folder. That of the settings if not given.", file_okay=False)
    ] = None,
) -> None:
    """Make an encrypted backup and read it back. The app may be open meanwhile."""
    from casedesk.desk.safekeeping import back_up as make
    from casedesk.store.store import is_open_elsewhere

    door = door_of(context)
    with open_desk(door, read_only=is_open_elsewhere(door.places)) as desk:
        made = make(desk, to)
    say(f"{made.backup.path} ({made.backup.bytes / 1_048_576:,.1f} MB) was written and read back.")
    if made.removed:
        say(f"{counted(len(made.removed), 'older one')} went, as the settings say.")


def restore(
    file: Annotated[
        Path, typer.Argument(help="A file that “casedesk backup” made.", exists=True, dir_okay=False)
    ],
    into: Annotated[Path, typer.Option(help="A new or empty folder for the store.", file_okay=False)],
    recovery_identity: Annotated[
        Path | None,
        typer.Option(
            help="The private half of the recovery key, in place of the passphrase.", dir_okay=False
        ),
    ] = None,
    allow_any_drive: Annotated[
        bool, typer.Option("--allow-any-drive", help="Also onto a network share or a removable drive.")
    ] = False,
) -> None:
    """Bring a backup back into a new folder. Everything is checked first; nothing is ever overwritten.

    The passphrase is the one of the time of the backup.
    """
    from casedesk.desk import safekeeping
    from casedesk.model.moments import show_instant, system_clock
    from casedesk.store.keys import MIN_PASSPHRASE
    from casedesk.store.places import Places

    places = Places(into.expanduser().absolute())
    safekeeping.check_restore(file, places, allow_any_drive=allow_any_drive)
    if recovery_identity is None:
        made = safekeeping.restore_with_passphrase(
            file,
            ask_passphrase("Passphrase of that time: "),
            places,
            system_clock,
            allow_any_drive=allow_any_drive,
        )
    else:
        made = safekeeping.restore_with_recovery_key(
            file, recovery_identity, ask_new_passphrase(MIN_PASSPHRASE), places, system_clock,
            allow_any_drive=allow_any_drive,
        )  # fmt: skip
    say(
        f"Restored into {made.home}, as it stood on {show_instant(made.made_at)}: "
        f"{made.chains.operations:,} operations, every chain holds.",
        f"Open it with: casedesk --home '{made.home}'",
        "It is an installation of its own from now on. Put your force's packs folder back beside it, if you had one.",
        *made.chains.missing,
    )
