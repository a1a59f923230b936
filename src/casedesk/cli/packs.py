"""Commands about the data packs."""

import typer

from casedesk.cli.opening import door_of
from casedesk.cli.output import say

app = typer.Typer(
    help="The data packs: rules, limits, codes.", no_args_is_help=True, pretty_exceptions_enable=False
)


@app.command("check")
def check(context: typer.Context) -> None:
    """Check that every pack, with the force's overlay, holds together. Exit status 1 says that one does not."""
    from casedesk.desk.check import make_checker
    from casedesk.desk.setup import packs_for
    from casedesk.reference.check import check_packs
    from casedesk.reference.packs import Packs

    overlay = packs_for(door_of(context).places).overlay
    found = check_packs(overlay, also={"finalisation": lambda over: make_checker(Packs(over))})
    for problem in found:
        say(str(problem))
        if problem.cure:
            say(f"  {problem.cure}")
    if found:
        raise typer.Exit(1)
    say("All packs hold together.")
