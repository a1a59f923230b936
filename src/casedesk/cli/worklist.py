"""The worklist on the command line: what to key into the records system, what was keyed, what the extract says."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casedesk.cli.disclosing import disclose
from casedesk.cli.opening import door_of, open_desk
from casedesk.cli.output import Column, Format, say, write_rows
from casedesk.model.moments import show_instant

if TYPE_CHECKING:
    from casedesk.desk.after_decision import AdminRow

app = typer.Typer(
    help="What is to be keyed into the records system.", no_args_is_help=True, pretty_exceptions_enable=False
)
DIFFERS = 1
"""The exit status when something was keyed otherwise than it was decided."""
_COLUMNS = (
    Column("Reference"), Column("Outcome"), Column("Date"), Column("HO class"), Column("Decided by"),
    Column("Rationale", fold=True),
)  # fmt: skip
_RECONCILED = (Column("Reference"), Column("Outcome"), Column("State"), Column("Differences", fold=True))
_Outcome = Annotated[str, typer.Option(help="Only this outcome.")]
_Oic = Annotated[str, typer.Option(help="Only this officer in charge.")]
_How = Annotated[Format, typer.Option("--format", help="How to write it.")]


@app.command("list")
def listed(context: typer.Context, outcome: _Outcome = "", oic: _Oic = "", how: _How = Format.TABLE) -> None:
    """List what was finalised and is not keyed yet, and what follows from resolutions and is to be recorded."""
    from casedesk.desk.after_decision import admin_work
    from casedesk.desk.worklist import worklist

    with open_desk(door_of(context)) as desk:
        found = worklist(desk, outcome=outcome, oic=oic)
        besides = [] if outcome or oic else [row for row in admin_work(desk) if row.recording]
        rows = [
            (
                row.reference, row.approval.outcome or "", row.approval.outcome_date or "",
                row.approval.ho_class or "", row.approval.decided_by or "", row.approval.rationale or "",
            )
            for row in found.rows
        ]  # fmt: skip
        disclose(desk, how, "worklist", len(rows))
        if not rows and how is Format.TABLE:
            say("Nothing that was finalised is left to key." if besides else "Nothing is left to key.")
        else:
            write_rows(_COLUMNS, rows, how, f"{len(rows):,} to key")
        if besides and how is Format.TABLE:
            say("", "To be recorded after resolutions of the clinic, as actions of the case:")
            say(*(_to_record(row) for row in besides))
    for one in found.left_out:
        typer.echo(f"casedesk: left out: {one.reference}: {one.why}", err=True)


def _to_record(row: "AdminRow") -> str:
    """One action that follows from a resolution, in a line."""
    due = f", due {show_instant(row.due_at)}" if row.due_at else ""
    return f"{row.reference}: {row.what}{due} ({row.owner})"


@app.command("export")
def export(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="The CSV file to write.")],
    outcome: _Outcome = "",
    oic: _Oic = "",
    profile: Annotated[str, typer.Option(help="The profile whose headings it has.")] = "rms-occurrences",
    keyed: Annotated[bool, typer.Option("--keyed", help="Mark them as keyed as well.")] = False,
) -> None:
    """Write what is to be keyed to a CSV file."""
    from casedesk.desk import worklist

    with open_desk(door_of(context)) as desk:
        found = worklist.worklist(desk, outcome=outcome, oic=oic)
        count = worklist.export(desk, found.rows, path, profile)
        if keyed:
            worklist.mark_keyed(desk, found.rows, path.stem)
    say(f"{count:,} written to {path}{' and marked as keyed' if keyed else ''}.")
    for one in found.left_out:
        typer.echo(f"casedesk: left out: {one.reference}: {one.why}", err=True)


@app.command("keyed")
def keyed(
    context: typer.Context,
    references: Annotated[
        list[str] | None, typer.Argument(help="The crimes; all that are left if none.")
    ] = None,
    outcome: _Outcome = "",
    oic: _Oic = "",
    batch: Annotated[str, typer.Option(help="A name for the lot.")] = "",
) -> None:
    """Mark crimes as keyed, in one act: “casedesk undo” takes it back as one."""
    from casedesk.desk import worklist
    from casedesk.model.errors import BadInputError

    with open_desk(door_of(context)) as desk:
        rows = worklist.worklist(desk, outcome=outcome, oic=oic).rows
        if references:
            by_case = {row.case_id: row for row in rows}
            wanted = {reference: desk.find(reference) for reference in references}
            strange = [reference for reference, case_id in wanted.items() if case_id not in by_case]
            if strange:
                raise BadInputError(
                    f"Not to be keyed: {', '.join(strange)}.", "See “casedesk worklist list”."
                )
            rows = tuple(by_case[case_id] for case_id in dict.fromkeys(wanted.values()))
        count = worklist.mark_keyed(desk, rows, batch)
    say(f"{count:,} marked as keyed.")


@app.command("reconcile")
def reconcile(
    context: typer.Context,
    extract: Annotated[
        Path | None, typer.Argument(help="An extract to compare with; the store's latest if none.")
    ] = None,
    profile: Annotated[str, typer.Option(help="Its import profile. Guessed if not given.")] = "",
    how: _How = Format.TABLE,
) -> None:
    """Compare what was keyed with the next extract. Exit status 1 says that something differs."""
    from casedesk.desk.take_in import profile_for
    from casedesk.desk.worklist import reconcile as compare

    with open_desk(door_of(context)) as desk:
        chosen = profile_for(desk.packs, extract, profile) if extract else None
        found = compare(desk, extract, chosen)
        rows = [
            (
                one.reference, one.outcome, one.state.value,
                "; ".join(f"{d.title}: approved {d.approved}, extract {d.extract}" for d in one.differences),
            )
            for one in found
        ]  # fmt: skip
        disclose(desk, how, "worklist", len(rows))
        if not rows and how is Format.TABLE:
            say("Nothing was keyed.")
        else:
            differ = sum(bool(one.differences) for one in found)
            write_rows(_RECONCILED, rows, how, f"{len(rows):,} keyed, {differ:,} differ")
    if any(one.differences for one in found):
        raise typer.Exit(DIFFERS)
