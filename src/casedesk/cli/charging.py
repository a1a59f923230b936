"""Charging on the command line: who decides, how urgent it is, what the referral still needs."""

from typing import Annotated

import typer

from casedesk.cli.opening import door_of, open_desk
from casedesk.cli.output import say
from casedesk.model.errors import BadInputError
from casedesk.reference.charging_words import Plea, Stage


def mount(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("charging")(show_charging)


def show_charging(
    context: typer.Context,
    reference: Annotated[
        str, typer.Argument(metavar="CASE", help="The occurrence number, or its beginning.")
    ],
    plea: Annotated[
        Plea | None, typer.Option(case_sensitive=False, help="The anticipated plea, where you know it.")
    ] = None,
    stage: Annotated[Stage | None, typer.Option(help="What the file is sent for.")] = None,
    suitable: Annotated[
        bool | None,
        typer.Option("--suitable/--not-suitable", help="Whether it suits a magistrates' sentence."),
    ] = None,
    yes: Annotated[
        list[str] | None, typer.Option(metavar="QUESTION", help="A question whose answer is yes. Repeatable.")
    ] = None,
    no: Annotated[
        list[str] | None, typer.Option(metavar="QUESTION", help="A question whose answer is no. Repeatable.")
    ] = None,
) -> None:
    """Show who decides on the charge and why, the urgency, the points to prove and the material still needed."""
    from casedesk.desk import access
    from casedesk.desk.charging_page import Asked, asked_of, charging_page, sections
    from casedesk.model.text import clean
    from casedesk.reference.rows import hint
    from casedesk.store.records import read_dossier

    with open_desk(door_of(context)) as desk:
        known = list(desk.packs.charging.exclusions)
        for one in (*(yes or ()), *(no or ())):
            if one not in known:
                raise BadInputError(f"{clean(one)!r} is no question of charging.", hint(one, known))
        both = set(yes or ()) & set(no or ())
        if both:
            raise BadInputError(f"{both.pop()} is answered yes and no.", "Give one answer.")
        case_id = desk.find(reference)
        access.consulted(desk, case_id)
        dossier = read_dossier(desk.store.connection, case_id)
        held = asked_of(dossier)
        said_now = {**dict.fromkeys(yes or (), True), **dict.fromkeys(no or (), False)}
        asked = Asked(
            plea or held.plea,
            held.suitable if suitable is None else suitable,
            stage or held.stage,
            tuple({**dict(held.answers), **said_now}.items()),
        )
        page = charging_page(desk, desk.case(case_id).file, dossier, asked)
        asks = [one.id for one in page.decider.asks if one.id in known]
    for section in sections(page):
        say(section.title)
        for said in section.said:
            standing = f" ({said.status}: {said.source})" if said.status else ""
            say(f"  {said.text}{standing}")
    if asks:
        say(f"Answer with --yes or --no: {', '.join(asks)}.")
