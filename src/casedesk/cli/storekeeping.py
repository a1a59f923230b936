"""Setting up, the demo, and proofs about the store."""

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from casedesk.cli.opening import Door, ask_new_passphrase, at_a_terminal, door_of, open_app, open_desk
from casedesk.cli.output import Format, say
from casedesk.model.errors import BadInputError
from casedesk.model.text import counted

if TYPE_CHECKING:
    from casedesk.desk.settings import Person, Settings

store_app = typer.Typer(help="Proofs about the store.", no_args_is_help=True, pretty_exceptions_enable=False)


def mount(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("init")(init)
    app.command("demo")(demo)
    app.add_typer(store_app, name="store")


def init(
    context: typer.Context,
    name: Annotated[str, typer.Option(help="Your name, as colleagues know it.")] = "",
    number: Annotated[str, typer.Option(help="Your collar or staff number: signs what you record.")] = "",
    role: Annotated[str, typer.Option(help="early-outcome, finalisations, case-progression …")] = "",
    rank: Annotated[str, typer.Option(help="Your rank or grade.")] = "",
    team: Annotated[str, typer.Option(help="Your team.")] = "",
    force: Annotated[str, typer.Option(help="Your force.")] = "",
    recovery_key: Annotated[
        list[str] | None, typer.Option(help="Your force's public recovery key: age1…", metavar="KEY")
    ] = None,
    no_recovery_key: Annotated[
        bool, typer.Option("--no-recovery-key", help="Do without for now; every screen will warn of it.")
    ] = False,
    allow_any_drive: Annotated[
        bool, typer.Option("--allow-any-drive", help="Also on a network share or a removable drive.")
    ] = False,
) -> None:
    """Set up an encrypted store of your own. Asks for what is not given."""
    from casedesk.desk.settings import Person, load_settings
    from casedesk.desk.setup import check_drive, set_up
    from casedesk.model.text import clean

    door = door_of(context)
    given = load_settings(door.places.settings)  # a roll-out may have put a file there
    settings = replace(
        given,
        person=_person(
            given.person,
            Person(clean(name), clean(number), rank=clean(rank), team=clean(team), force=clean(force)),
            role,
        ),
        paths=replace(given.paths, allow_any_drive=allow_any_drive or given.paths.allow_any_drive),
    )
    check_drive(door.places.home, settings)
    recovery = _recovery_keys(door, settings, recovery_key or [], no_recovery_key)
    passphrase = ask_new_passphrase(settings.limits.passphrase_characters, first=True)
    with set_up(door.places, passphrase, settings, recovery=recovery):
        say(
            f"The store is ready in {door.places.home}.",
            "There is no way in without the passphrase: keep it where you keep others."
            if not recovery
            else f"Without the passphrase only your force's recovery key opens it: {', '.join(recovery)}",
            "“casedesk” opens the app; “casedesk import FILE” takes an extract in.",
        )
    if not recovery:
        typer.echo(
            "NO RECOVERY KEY: whoever forgets the passphrase loses the store. Add one with "
            "“casedesk recovery-key add age1…”.",
            err=True,
        )


def _person(before: "Person", given: "Person", role: str) -> "Person":
    """Who this is: what was given, else what the settings say, else what is asked for at a terminal."""
    from casedesk.model.text import clean
    from casedesk.model.words import Role

    asks = sys.stdin.isatty()
    name, number = given.name or before.name, given.number or before.number
    if asks and not name:
        name = clean(typer.prompt("Your name"))
    if asks and not number:
        number = clean(typer.prompt("Your collar or staff number"))
    if asks and not role:
        role = typer.prompt(f"Your role ({', '.join(Role)})", default=before.role.value)
    role = role or before.role.value
    if role not in set(Role):
        raise BadInputError(f"{clean(role)!r} is not a role.", f"One of: {', '.join(Role)}.")
    if not (name or number):
        raise BadInputError("A store needs to know whose it is.", "Give --name or --number.")
    return replace(
        before, name=name, number=number, role=Role(role), rank=given.rank or before.rank,
        team=given.team or before.team, force=given.force or before.force,
    )  # fmt: skip


def _recovery_keys(door: Door, settings: "Settings", given: list[str], waived: bool) -> tuple[str, ...]:
    from casedesk.desk.setup import known_recovery_keys
    from casedesk.model.text import clean
    from casedesk.store.recovery import checked

    found = checked(given) or known_recovery_keys(door.places, settings)
    if not found and not waived and sys.stdin.isatty():
        typed = typer.prompt(
            "Your force's recovery key (age1…), which opens the store when the passphrase is lost; “none” for now"
        )
        if clean(typed).casefold() == "none":
            return ()
        found = checked(typed.split())
    if not found and not waived:
        raise BadInputError(
            "A store needs your force's recovery key: it opens the store when the passphrase is lost.",
            "Give --recovery-key age1…; without one for now: --no-recovery-key.",
        )
    return found


def demo(
    context: typer.Context,
    seed: Annotated[int, typer.Option(help="Another seed, other cases.")] = 1,
    size: Annotated[int, typer.Option(min=1, max=2_000_000, help="How many cases.")] = 460,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Make it anew, dropping what you did in it.")
    ] = False,
    plain: Annotated[
        bool, typer.Option("--plain", help="Print the top of the queue as plain lines.")
    ] = False,
) -> None:
    """Open a made-up caseload. Nothing in it is real, and it is kept apart from your own store."""
    from casedesk.cli.casework import print_queue
    from casedesk.desk.demo_store import open_demo

    door = door_of(context)
    desk = open_demo(seed=seed, size=size, fresh=fresh, say=lambda line: typer.echo(line, err=True))
    if at_a_terminal() and not plain:
        raise typer.Exit(open_app(door, desk))
    with desk:
        print_queue(desk, "open", "", 20, Format.PLAIN if plain else Format.TABLE)
    say("This is the top of the demo queue. Run “casedesk demo” in a terminal to open the app.")


@store_app.command("verify")
def verify(
    context: typer.Context,
    every_signature: Annotated[
        bool, typer.Option("--every-signature", help="Check each signature, not only the last of each chain.")
    ] = False,
) -> None:
    """Check that no operation was changed, removed or added. Exit status 1 says that one was."""
    from casedesk.store.checks import verify as verify_chains

    with open_desk(door_of(context), read_only=True) as desk:
        report = verify_chains(desk.store.connection, every_signature=every_signature)
    say(
        f"{counted(report.operations, 'operation')} in {counted(report.chains, 'chain')} read, "
        f"{counted(report.signatures, 'signature')} checked, {report.disposed:,} disposed of; "
        f"{counted(report.access_lines, 'line')} of the access log; "
        f"{counted(report.documents.count, 'document content')} of {report.documents.bytes / 1_048_576:,.1f} MB."
    )
    say(*report.problems)
    if report.problems:
        say("The store was changed outside casedesk. Keep the file as it is and restore a backup elsewhere.")
        raise typer.Exit(1)
    say("Every chain holds.")
    if report.missing:
        say(*report.missing, "Attach those files again, or restore a backup that has them.")
        raise typer.Exit(1)


@store_app.command("rebuild")
def rebuild(context: typer.Context) -> None:
    """Make every table again from the journal. Exit status 1 says that one had differed (it is right now)."""
    from casedesk.store.checks import rebuild as rebuild_tables

    with open_desk(door_of(context)) as desk:
        report = rebuild_tables(desk.store)
    say(f"{report.operations:,} operations folded again.")
    for why, count in report.not_shown.items():
        say(f"{count:,} operations are kept but not shown ({why}): a newer casedesk will show them.")
    if report.quarantined:
        say(
            f"{report.quarantined:,} operations are whole, but what they say cannot be read: they are kept in "
            "quarantine and not shown. Ask whoever wrote them which casedesk they use."
        )
    if report.differing:
        say(f"These tables differed from the journal and were mended: {', '.join(report.differing)}.")
        raise typer.Exit(1)
    say("The tables are exactly what the journal says.")
