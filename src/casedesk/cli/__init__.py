"""The command line: every job as a plain command. Thin: the verbs are in ``desk``."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from casedesk.cli import errors
from casedesk.cli.opening import Door

app = typer.Typer(
    name="casedesk",
    help="A casework desk for the terminal. Without a command it opens the app.",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="First time? “casedesk demo” opens a made-up caseload; “casedesk init” sets up your own.",
)

_COMPLETE = "_CASEDESK_COMPLETE"
"""Set by a shell that asks for the words to complete."""


def _show_version(wanted: bool) -> None:
    if wanted:
        from casedesk import __version__

        typer.echo(f"casedesk {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def begin(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(help="The folder of the store. Also by CASEDESK_HOME.", metavar="FOLDER"),
    ] = None,
    debug: Annotated[
        bool, typer.Option("--debug", help="Say also where in the program an error arose.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Open the app when no command is given."""
    errors.debug(debug)
    door = Door.at(home)
    context.obj = door
    if context.invoked_subcommand is None:
        from casedesk.cli.opening import open_app

        raise typer.Exit(open_app(door))


def _mount(arguments: list[str]) -> None:
    """Add the commands, once. Each module costs some milliseconds: opening the app waits for none but its own."""
    if app.registered_groups or (not arguments and _COMPLETE not in os.environ):
        return
    app.registered_commands.clear()
    if arguments[:1] == ["demo"]:
        from casedesk.cli import storekeeping

        app.command("demo")(storekeeping.demo)
        return
    from casedesk.cli import (
        accesslog,
        actions,
        audit,
        bundle,
        caseload,
        casework,
        charging,
        checking,
        clinic,
        clinic_case,
        clock,
        conflict,
        custody,
        documents,
        extracts,
        finalising,
        guidance,
        letters,
        media,
        packs,
        recording,
        retention,
        safekeeping,
        searching,
        storekeeping,
        team,
        timeline,
        upkeep,
        worklist,
    )

    for module in (
        storekeeping,
        extracts,
        casework,
        actions,
        recording,
        timeline,
        custody,
        clinic,
        clinic_case,
        charging,
        documents,
        letters,
        caseload,
        searching,
        checking,
        finalising,
        audit,
        guidance,
        safekeeping,
        upkeep,
    ):
        module.mount(app)
    app.add_typer(clock.app, name="clock")
    app.add_typer(packs.app, name="packs")
    app.add_typer(worklist.app, name="worklist")
    app.add_typer(team.app, name="team")
    app.add_typer(bundle.app, name="bundle")
    app.add_typer(conflict.app, name="conflict")
    app.add_typer(media.app, name="media")
    app.add_typer(retention.app, name="retention")
    app.add_typer(accesslog.app, name="access-log")


def main() -> int:
    """Run the command that was typed; returns the exit status."""
    status = _run(sys.argv[1:])
    return status if errors.flush_output() else 1


def _run(arguments: list[str]) -> int:
    try:
        with errors.reporting():
            _mount(arguments)
            ended = typer.main.get_command(app).main(arguments, prog_name="casedesk", standalone_mode=False)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    except Exception as error:  # noqa: BLE001 -- what is not the framework's is raised again
        return errors.explain(error)
    return ended if isinstance(ended, int) else 0
