"""Commands of bundles: make one for colleagues, look into one, take one in; how things stand; what waits.

Exit codes: 0 all is well; 2 something typed, or a file or folder, is not as it should be; 3 the store or the drive
cannot be read or written; 4 a bundle was refused, with nothing changed by it.
"""

import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casedesk.cli import typed
from casedesk.cli.opening import at_a_terminal, door_of, open_desk
from casedesk.cli.output import Column, Format, say, write_json, write_rows
from casedesk.model.errors import BadInputError

if TYPE_CHECKING:
    from casedesk.desk.bundle_handover import HandedOver
    from casedesk.desk.bundle_pile import Looked, Result
    from casedesk.desk.desk import Desk
    from casedesk.desk.team import Colleague
    from casedesk.model.ids import EntityId

REFUSED = 4
app = typer.Typer(
    no_args_is_help=True,
    help="Bundles: casework for colleagues on a stick or in a shared folder, and theirs for you.",
    epilog="Exit codes: 0 done; 2 typed wrongly, or not there; 3 store or drive; 4 a bundle was refused.",
)
_Format = Annotated[Format, typer.Option("--format", help="How to write it.")]
_PILE = (Column("File", least=12), Column("Kind"), Column("What", fold=True, least=30))
_WAITING = (
    Column("No"), Column("Changes"), Column("Reason", fold=True, least=16), Column("Who", least=8),
    Column("Detail", fold=True), Column("Cases", fold=True), Column("What to do", fold=True, least=24),
)  # fmt: skip
_WAITING_TABLE = (
    *_WAITING[:4], Column("What to do", fold=True, least=30), Column("Cases", fold=True),
)  # fmt: skip
"""The same for people: what to do has room in the narrowest window, the detail stands below the reason."""


@app.command("export")
def export(
    context: typer.Context,
    who: Annotated[
        list[str] | None,
        typer.Argument(metavar="MEMBER…", help="For whom: names or numbers from “team list”."),
    ] = None,
    all_: Annotated[
        bool, typer.Option("--all", help="For every member: one bundle that each of them opens.")
    ] = False,
    to: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where to. The folder of the settings if not given.")
    ] = None,
    reason: Annotated[
        str, typer.Option(help="Why it is given out. The access log keeps it, and the bundle says it.")
    ] = "",
    full: Annotated[bool, typer.Option("--full", help="Everything from the beginning: always safe.")] = False,
    ack: Annotated[bool, typer.Option("--ack", help="No casework: only what you hold.")] = False,
    case: Annotated[
        list[str] | None, typer.Option(metavar="CASE", help="Only this case, for a handover. Repeatable.")
    ] = None,
    note: Annotated[str, typer.Option(help="With --case: hand the cases over, with this note.")] = "",
    first: Annotated[
        str, typer.Option(help="With --case: hand the cases over; what is to be done first.")
    ] = "",
    until: Annotated[str, typer.Option(help="With a handover: lend them until then, and not for good.")] = "",
    medium: Annotated[
        str, typer.Option(metavar="LABEL", help="The stick it goes on, from “media list”.")
    ] = "",
    expires: Annotated[str, typer.Option(help="From when on it is not to be taken in: “+7d”, “fri”.")] = "",
) -> None:
    """Write a bundle for colleagues: what they have not said they hold, unless told otherwise.

    It is read back before it gets its name. Read the four words out with it: they tell it from any other file.
    """
    from casedesk.bundles.manifest import BundleKind
    from casedesk.desk import bundles, media_register
    from casedesk.model.text import counted

    kinds = [
        kind
        for kind, given in ((BundleKind.FULL, full), (BundleKind.ACK, ack), (BundleKind.CASES, case))
        if given
    ]
    if len(kinds) > 1:
        raise BadInputError("A bundle is of one kind.", "Give only one of --full, --ack and --case.")
    kind = kinds[0] if kinds else BundleKind.INCREMENTAL
    hands_over = bool(note or first or until)
    if hands_over and kind is not BundleKind.CASES:
        raise BadInputError("A note belongs to a handover.", "Name the cases with --case.")
    if not (reason or note or first) and kind is not BundleKind.ACK:
        raise BadInputError("Why is it given out?", "Give --reason: the access log keeps it.")
    with open_desk(door_of(context)) as desk:
        members = _addressees(desk, who or [], all_)
        folder = _folder(desk, to)
        on = media_register.medium(desk, medium).id if medium else None
        ids = [desk.find(one) for one in case or ()]
        if hands_over:
            made = _handed(desk, members, ids, folder, note, first, until, on)
            say(f"Handed over to {', '.join(made.handed.receivers)}: {', '.join(made.handed.refs)}")
            done = made.exported
        else:
            done = bundles.export(
                desk, members, folder, kind=kind, cases=ids, reason=reason, medium=on,
                expires=typed.to_come(desk, expires),
            )  # fmt: skip
        left = desk.unbundled()
    say(
        f"Bundle {done.manifest.number} for {', '.join(done.names)}: {counted(done.manifest.operations, 'operation')}, "
        f"{done.bytes:,} bytes",
        f"Check phrase: {done.phrase}",
        str(done.path),
    )
    if done.withheld:
        say(f"{counted(done.withheld, 'restricted case')} went without content: not all of them may read it.")
    if done.to_come:
        say(
            f"{counted(done.to_come, 'operation')} did not fit: export again for the same members, the next bundle "
            "goes on from there. Give them all; they may be taken in in any order."
        )
    if done.left:
        say(done.documents_left)
    if left:
        say(f"{left:,} changes are in no bundle that carries everything.")


def _handed(
    desk: "Desk",
    members: "Sequence[Colleague]",
    ids: "Sequence[EntityId]",
    folder: Path,
    note: str,
    first: str,
    until: str,
    medium: "EntityId | None",
) -> "HandedOver":
    from casedesk.desk.bundle_handover import hand_to

    if len(members) != 1:
        raise BadInputError(
            "Cases are handed over to one member.", "Name one; the others see it with their next bundle."
        )
    return hand_to(
        desk, members[0], ids, folder, note=note, first=first, until=typed.to_come(desk, until), medium=medium
    )


def _addressees(desk: "Desk", who: Sequence[str], all_: bool) -> "list[Colleague]":
    from casedesk.desk.team import member, members

    if all_ == bool(who):
        raise BadInputError("For whom is the bundle?", "Name the members, or give --all.")
    return [one for one in members(desk) if one.is_active] if all_ else [member(desk, one) for one in who]


def _folder(desk: "Desk", given: Path | None) -> Path:
    from casedesk.desk.settings import bundle_folder

    folder = given or bundle_folder(desk.store.places, desk.settings)
    if folder is None:
        raise BadInputError(
            "Where is the bundle to go?", "Give --to, or a folder under [bundles] in the settings."
        )
    return folder.expanduser()


@app.command("inspect")
def inspect(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A bundle.", dir_okay=False)],
    how: _Format = Format.TABLE,
) -> None:
    """Show what is written on a bundle, and whether it can be taken in here; if not, why. Nothing is changed.

    The exit code is 4 where it cannot be.
    """
    from casedesk.desk import bundle_look

    with _looking(context) as desk:
        one = bundle_look.inspect(desk, file)
    if how is Format.JSON:
        write_json(bundle_look.as_json(one))
    else:
        rows = [
            *bundle_look.lines_of(one),
            *([("Not taken in here", str(one.refused))] if one.refused else []),
        ]
        write_rows((Column("What", least=12), Column("Says", fold=True, least=30)), rows, how)
    if one.refused is not None:
        raise typer.Exit(REFUSED)


def _looking(context: typer.Context) -> "Desk":
    """The desk, for looking only where the app has it open."""
    from casedesk.store.store import is_open_elsewhere

    door = door_of(context)
    return open_desk(door, read_only=is_open_elsewhere(door.places))


@app.command("verify")
def verify(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A bundle.", dir_okay=False)],
) -> None:
    """Check a bundle to its last record, as taking it in would, and take in nothing."""
    from casedesk.desk.bundle_look import check_whole
    from casedesk.desk.bundle_pile import described

    with _looking(context) as desk:
        bundle = check_whole(desk, file)
    say(f"All of it is sound: {described(bundle)}.", f"Check phrase: {bundle.phrase}")


@app.command("import")
def import_(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE…|FOLDER", help="Files and folders, any mix in any order."),
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Only say what it would change.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before taking them in.")] = False,
    how: _Format = Format.TABLE,
) -> None:
    """Take bundles in: each is checked, shown and then taken in whole, or not at all.

    Cards and files of others get a line and are left alone. The exit code is 4 where a bundle for this desk, or one
    that was named, was refused; the others are taken in all the same.
    """
    from casedesk.desk import bundle_pile

    if not (yes or preview or at_a_terminal()):
        raise BadInputError("There is no terminal to ask at.", "Give --yes, or --preview only to look.")
    with open_desk(door_of(context)) as desk:
        given = paths or [_folder(desk, None)]
        pile = bundle_pile.look(desk, given)
        ours = sum(one.can_take_in for one in pile)
        if preview or not yes:
            _show_previews(desk, pile, how)
        elif not ours:
            _show(pile, how)
        if preview or not ours:
            raise typer.Exit(_status(pile, given))
        if not yes and not typer.confirm(f"Take {'it' if ours == 1 else f'all {ours}'} in?"):
            say("Nothing was taken in.")
            return
        results = list(bundle_pile.take_in_all(desk, pile, _progress if sys.stderr.isatty() else None))
    _show_results(results if yes else [one for one in results if one.imported or one.refused], how)
    raise typer.Exit(max(_status([one.looked for one in results], given), _refused(results)))


def _show_previews(desk: "Desk", pile: "Sequence[Looked]", how: Format) -> None:
    """Each file, and of each bundle that can be taken in what it would do by itself."""
    from casedesk.cli.bundle_lines import preview_json, preview_lines
    from casedesk.desk import bundle_in

    seen = {one.path: bundle_in.preview(desk, one.path) for one in pile if one.can_take_in}
    if how is Format.JSON:
        write_json(
            [
                {"file": one.path.name, "kind": one.sort.value, "what": one.message}
                | ({"preview": preview_json(seen[one.path])} if one.path in seen else {})
                for one in pile
            ]
        )
        return
    _show(pile, how)
    if how is not Format.CSV:
        for path, one in seen.items():
            say("", *preview_lines(one, path.name))


def _progress(one: "Looked", done: int, total: int) -> None:
    """Say on the terminal how far a bundle has been taken in."""
    print(f"\r{one.path.name}: {done:,} of {total:,}", end="\r", file=sys.stderr, flush=True)


def _status(pile: "Sequence[Looked]", given: Sequence[Path]) -> int:
    """4 where something that was meant for here could not be taken in. In a shared folder others' bundles are usual."""
    from casedesk.desk.bundle_pile import Sort

    named = set(given)
    bad = (one for one in pile if one.sort is Sort.STRANGER)
    return REFUSED if any(one.path in named or not one.is_for_others for one in bad) else 0


def _refused(results: "Sequence[Result]") -> int:
    return max((one.refused.exit_code for one in results if one.refused), default=0)


def _show(pile: "Sequence[Looked]", how: Format) -> None:
    if how is Format.TABLE and not pile:
        say("There is no bundle and no card there.")
        return
    write_rows(_PILE, [(one.path.name, one.sort.value, one.message) for one in pile], how)


def _show_results(results: "Sequence[Result]", how: Format) -> None:
    rows = [
        (one.looked.path.name, "taken in" if one.imported else one.looked.sort.value, one.message)
        for one in results
    ]
    write_rows(_PILE, rows, how)


@app.command("watch")
def watch(
    context: typer.Context,
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="FOLDER", help="A stick or shared folder. That of the settings if not given."),
    ] = None,
    every: Annotated[
        int, typer.Option(min=0, max=86_400, help="Look again so many seconds later; 0: look once.")
    ] = 0,
    move_to: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Move here what was taken in and is for nobody else. Otherwise nothing is moved.",
        ),
    ] = None,
) -> None:
    """Take in what is new for this desk in a folder, without asking, once or every so many seconds.

    What is for others, cards, and what is still being written are left alone. It has the store to itself meanwhile:
    close the app. End it with Ctrl+C.
    """
    from casedesk.desk import bundle_watch

    worst = 0
    with open_desk(door_of(context)) as desk, suppress(KeyboardInterrupt):
        seen = bundle_watch.Seen()
        place = _folder(desk, folder)
        while True:
            results = bundle_watch.one_pass(desk, place, seen, move_to)
            for one in results:
                say(f"{one.looked.path.name}: {one.message}")
            worst = max(worst, _refused(results), _status([one.looked for one in results], ()))
            if not every:
                break
            time.sleep(every)
    raise typer.Exit(worst)


@app.command("waiting")
def waiting(
    context: typer.Context,
    retry: Annotated[bool, typer.Option("--retry", help="Try all of it again.")] = False,
    drop: Annotated[
        int | None, typer.Option(metavar="NO", help="Drop what has this number, for good.")
    ] = None,
    adopt: Annotated[
        int | None, typer.Option(metavar="NO", help="Write the entries of this number anew, as your own.")
    ] = None,
    why: Annotated[str, typer.Option(help="With --drop: why. The access log keeps it.")] = "",
    how: _Format = Format.TABLE,
) -> None:
    """Show what came and could not be taken in, or not wholly, and what to do about each."""
    from casedesk.desk import waiting_room

    if sum((retry, drop is not None, adopt is not None)) > 1:
        raise BadInputError("One thing at a time.", "Give only one of --retry, --drop and --adopt.")
    acts = retry or drop is not None or adopt is not None
    with open_desk(door_of(context), read_only=not acts) as desk:
        if retry:
            taken = waiting_room.retry(desk)
            say(f"{taken.freed + taken.filled:,} changes were taken in.")
        elif drop is not None:
            say(f"{waiting_room.drop(desk, waiting_room.numbered(desk, drop), why):,} changes were dropped.")
        elif adopt is not None:
            say(
                f"{waiting_room.adopt(desk, waiting_room.numbered(desk, adopt)):,} entries were written as your own."
            )
        found = waiting_room.waiting(desk)
    if how is Format.TABLE and not found:
        say("Nothing waits.")
        return
    rows = [
        (
            str(number), str(one.count), one.title, one.who, one.detail, ", ".join(one.cases), one.what_to_do,
        )
        for number, one in enumerate(found, 1)
    ]  # fmt: skip
    if how is Format.TABLE:
        shown = [
            (*row[:2], "\n".join(filter(None, (row[2], row[4]))), row[3], row[6], row[5]) for row in rows
        ]
        write_rows(_WAITING_TABLE, shown, how)
        return
    write_rows(_WAITING, rows, how)


@app.command("status")
def status(context: typer.Context, how: _Format = Format.TABLE) -> None:
    """Show how things stand with each colleague, and what to do next."""
    from casedesk.cli.bundle_lines import STATUS, peer_row
    from casedesk.desk.sync_state import sync_state

    with _looking(context) as desk:
        state, now = sync_state(desk), desk.now
    rows = [peer_row(one, now if how is Format.TABLE else None) for one in state.peers]
    if how is not Format.TABLE:
        write_rows(STATUS, rows, how)
        return
    say(state.next_step)
    if rows:
        write_rows(STATUS, rows, how)
    for number, what, command in (
        (state.not_in_a_bundle, "changes in no bundle yet", "bundle export"),
        (state.conflicts, "conflicts to decide", "conflict list"),
        (state.waiting, "changes that wait", "bundle waiting"),
    ):
        if number:
            say(f"{number:,} {what}: “casedesk {command}”")
