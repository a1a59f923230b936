"""Commands about the data packs."""

from typing import Annotated

import typer

from casedesk.cli.opening import door_of
from casedesk.cli.output import Column, Format, say, write_rows

app = typer.Typer(
    help="The data packs: rules, limits, codes.", no_args_is_help=True, pretty_exceptions_enable=False
)
_RuleId = Annotated[str, typer.Argument(metavar="RULE", help="The rule's id, such as V05 or R24.")]
_By = Annotated[str, typer.Option("--by", help="Who decided it, by name and office.")]
_Note = Annotated[str, typer.Option("--note", help="On what ground.")]


@app.command("check")
def check(context: typer.Context) -> None:
    """Check that every pack, with the force's overlay, holds together. Exit status 1 says that one does not."""
    from casedesk.desk.check import make_checker
    from casedesk.desk.setup import packs_for
    from casedesk.reference.check import check_packs
    from casedesk.reference.packs import Packs
    from casedesk.rules.clinic.eligibility import check_rules
    from casedesk.rules.paths import compile_paths

    overlay = packs_for(door_of(context).places).overlay
    found = check_packs(
        overlay,
        also={
            "finalisation": lambda over: make_checker(Packs(over)),
            "eligibility": lambda over: check_rules(Packs(over).eligibility),
            "paths": lambda over: compile_paths(Packs(over).paths, make_checker(Packs(over))),
        },
    )
    for problem in found:
        say(str(problem))
        if problem.cure:
            say(f"  {problem.cure}")
    if found:
        raise typer.Exit(1)
    say("All packs hold together.")


@app.command("confirm")
def confirm(context: typer.Context, rule: _RuleId, by: _By, note: _Note = "") -> None:
    """Confirm an unverified rule for the force: it then counts as confirmed, and may block.

    Written into the force's own file of that pack (finalisation.toml or eligibility.toml), with who and when.
    """
    from casedesk.desk import confirming
    from casedesk.desk.settings import load_settings
    from casedesk.model.moments import system_clock

    places = door_of(context).places
    made = confirming.confirm(
        places, load_settings(places.settings), rule, by=by, note=note, now=system_clock()
    )
    say(f"{made.id}, {made.title}: {made.standing}", f"From now on it counts as {made.severity.value}.")


@app.command("unconfirm")
def unconfirm(context: typer.Context, rule: _RuleId, by: _By, note: _Note = "") -> None:
    """Take a confirmation back. What it said stays in the force's file as a comment."""
    from casedesk.desk import confirming
    from casedesk.desk.settings import load_settings
    from casedesk.model.moments import system_clock

    places = door_of(context).places
    made = confirming.unconfirm(
        places, load_settings(places.settings), rule, by=by, note=note, now=system_clock()
    )
    say(f"{made.id}, {made.title}: {made.standing}", f"From now on it counts as {made.severity.value}.")


@app.command("confirmed")
def confirmed(
    context: typer.Context,
    how: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TABLE,
) -> None:
    """List the rules that the force has confirmed: by whom, when, on what ground."""
    from casedesk.desk import confirming
    from casedesk.desk.setup import packs_for

    found = confirming.confirmed(packs_for(door_of(context).places).overlay)
    if not found and how is Format.TABLE:
        say("No rule has been confirmed for this force.")
        return
    columns = (
        Column("Rule"),
        Column("Title", fold=True),
        Column("By"),
        Column("On"),
        Column("Note", fold=True),
    )
    rows = [(one.rule.id, one.rule.title, one.by, one.on.isoformat(), one.note) for one in found]
    write_rows(columns, rows, how)
