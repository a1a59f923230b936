"""Review, retention and disposal on the command line."""

from datetime import date
from typing import Annotated

import typer

from casedesk.cli.disclosing import disclose, leaves
from casedesk.cli.opening import door_of, open_desk
from casedesk.cli.output import Column, Format, say, write_rows
from casedesk.model.errors import BadInputError

app = typer.Typer(
    help="Review, retention and disposal of closed cases.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

Reference = Annotated[str, typer.Argument(help="The occurrence number.")]
_COLUMNS = (Column("Reference", most=20), Column("Review due"), Column("Closed"), Column("Group", fold=True),
            Column("Status"))  # fmt: skip


@app.command("list")
def list_reviews(
    context: typer.Context,
    by: Annotated[str, typer.Option(help="Due by this day, as 2027-01-31. Today if not given.")] = "",
    how: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TABLE,
) -> None:
    """List the cases whose review is due."""
    from casedesk.desk.retention import reviews_due

    with open_desk(door_of(context), read_only=not leaves(how)) as desk:
        rows = [
            (
                one.reference, one.due.isoformat(), one.closed.isoformat() if one.closed else "",
                one.group.title, one.group.status.value,
            )
            for one in reviews_due(desk, _day(by) if by else None)
        ]  # fmt: skip
        disclose(desk, how, "reviews", len(rows))
    if how is Format.TABLE and not rows:
        say("No review is due.")
    else:
        write_rows(_COLUMNS, rows, how, f"{len(rows):,} reviews due")


@app.command("keep")
def keep(
    context: typer.Context,
    reference: Reference,
    until: Annotated[str, typer.Option(help="The day of the next review, as 2030-01-31.")],
    reason: Annotated[str, typer.Option(help="Why it is kept.")],
) -> None:
    """Keep a case beyond its review."""
    from casedesk.desk import retention

    with open_desk(door_of(context)) as desk:
        retention.keep(desk, desk.find(reference), _day(until), reason)
    say(f"Kept until {until}.")


@app.command("dispose")
def dispose(
    context: typer.Context,
    reference: Reference,
    authority: Annotated[str, typer.Option(help="Who authorised it.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
) -> None:
    """Erase a closed case from this store for good. It cannot be undone."""
    from casedesk.desk import retention

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        known = desk.case(case_id).file.case.ref
        if not yes and not typer.confirm(f"Erase {known} for good?"):
            say("Nothing was erased.")
            return
        retention.dispose(desk, case_id, authority, reason)
    say(f"{known} was erased. The journal keeps that it was, by whose authority and why.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInputError(f"{text!r} is not a day.", "Write it as 2027-01-31.") from None
