"""Looking through the access log on the command line."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casedesk.cli.disclosing import leaves
from casedesk.cli.opening import door_of, open_desk
from casedesk.cli.output import Column, Format, say, write_rows

if TYPE_CHECKING:
    from casedesk.desk.desk import Desk
    from casedesk.store.access_log import Filters

app = typer.Typer(
    help="Who consulted, searched, took in, altered, gave out or erased what, and when.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

Since = Annotated[str, typer.Option(help="From this moment on: 2026-03-14, “mon 09:00”, -7d.")]
Until = Annotated[str, typer.Option(help="Before this moment.")]
Kinds = Annotated[
    list[str] | None, typer.Option("--kind", help="consultation, search, alteration … Repeatable.")
]
Case = Annotated[str, typer.Option(help="The occurrence number of a case, or its beginning.")]
Actor = Annotated[str, typer.Option(help="The person, as the log names them.")]
Searched = Annotated[str, typer.Option(help="Only searches for this word or phrase.")]
_COLUMNS = (
    Column("Line"), Column("When", fold=True), Column("Who"), Column("What", fold=True), Column("Case"),
    Column("Detail", fold=True),
)  # fmt: skip


@app.command("list")
def list_lines(
    context: typer.Context,
    since: Since = "",
    until: Until = "",
    kind: Kinds = None,
    case: Case = "",
    actor: Actor = "",
    searched: Searched = "",
    offset: Annotated[int, typer.Option(min=0, help="How many of the latest lines to leave out.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many lines.")] = 50,
    how: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TABLE,
) -> None:
    """List the log, latest line first."""
    from casedesk.desk import access
    from casedesk.model.moments import show_instant

    with open_desk(door_of(context), read_only=not leaves(how)) as desk:
        page = access.page(desk, _filters(desk, since, until, kind, case, actor, searched), offset, limit)
        if leaves(how) and page.entries:
            access.disclosed(desk, "access log", lines=len(page.entries), form=how.value)
    if how is Format.TABLE and not page.entries:
        say(
            "No line of the access log answers that."
            if page.total == 0
            else f"There are only {page.total:,} lines."
        )
        return
    rows = (
        (str(one.seq), show_instant(one.at), one.who or "(not known)", one.title, one.reference, one.detail)
        for one in page.entries
    )
    write_rows(_COLUMNS, rows, how, f"{len(page.entries):,} of {page.total:,} lines, latest first")


@app.command("export")
def export_lines(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="A new file that ends in .csv or .json.", metavar="FILE")],
    since: Since = "",
    until: Until = "",
    kind: Kinds = None,
    case: Case = "",
    actor: Actor = "",
    searched: Searched = "",
) -> None:
    """Write the log into a file, earliest line first. The export is itself written in the log."""
    from casedesk.desk.access_export import export

    with open_desk(door_of(context)) as desk:
        number = export(desk, path, _filters(desk, since, until, kind, case, actor, searched))
    say(f"{number:,} lines are in {path}.")


@app.command("verify")
def verify(context: typer.Context) -> None:
    """Check that no line was changed, removed, moved or cut off. Exit status 1 says that one was."""
    from casedesk.store import access_log

    with open_desk(door_of(context), read_only=True) as desk:
        lines = access_log.count(desk.store.connection, access_log.Filters())
        problems = access_log.verify(desk.store.connection)
    say(f"{lines:,} lines read.", *problems)
    if problems:
        say(
            "The log was changed outside casedesk. Keep the file as it is and tell your data protection officer."
        )
        raise typer.Exit(1)
    say("Every line is as it was written, and none is missing.")


def _filters(
    desk: "Desk", since: str, until: str, kinds: list[str] | None, case: str, actor: str, searched: str
) -> "Filters":
    from casedesk.desk import access
    from casedesk.store.access_log import Filters

    return Filters(
        since=_moment(since, desk.now),
        until=_moment(until, desk.now),
        kinds=tuple(access.kind_named(kind) for kind in kinds or ()),
        case_id=desk.find(case) if case else None,
        actor=actor,
        term=access.term_filter(desk, searched) if searched else "",
    )


def _moment(text: str, now: datetime) -> datetime | None:
    from casedesk.model.typed_moments import Lean, parse_typed

    return parse_typed(text, now, lean=Lean.PAST) if text else None
