"""Commands of the team: device cards, members and what they may do, lost laptops, restricted cases."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casedesk.cli.opening import at_a_terminal, door_of, open_desk
from casedesk.cli.output import Column, Format, say, write_rows
from casedesk.model.errors import BadInputError
from casedesk.model.text import counted

if TYPE_CHECKING:
    from casedesk.desk.desk import Desk
    from casedesk.desk.team import Colleague

app = typer.Typer(
    no_args_is_help=True, help="The team that bundles go to and come from: cards, members, restricted cases."
)
_Member = Annotated[str, typer.Argument(metavar="MEMBER", help="A name or number from “team list”.")]
_Case = Annotated[str, typer.Argument(metavar="CASE", help="The occurrence number, or its beginning.")]
_Why = Annotated[str, typer.Option(help="Why.")]
_COLUMNS = (
    Column("Name", least=10), Column("Person"), Column("State"), Column("May", fold=True), Column("Compared"),
    Column("Since"), Column("Fingerprint", fold=True, least=20), Column("Why", fold=True),
)  # fmt: skip


@app.command("card")
def card(
    context: typer.Context,
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The file, or a folder. Only shown if not given.")
    ] = None,
) -> None:
    """Write this desk's card for a colleague, and show the eight words to read out to them.

    The card is no secret. The words are what makes it safe: the colleague compares them with those on their screen.
    """
    from casedesk.desk.device_cards import own_card, write_own_card_to
    from casedesk.store.store import is_open_elsewhere

    door = door_of(context)
    with open_desk(door, read_only=is_open_elsewhere(door.places)) as desk:
        if to is None:
            own = own_card(desk)
        else:
            own, path = write_own_card_to(desk, to)
            say(f"The card of {own.name} is in {path}. Give it to your colleagues.")
    say(
        "Read these eight words out to whoever enrols it, in person or by phone:",
        "",
        f"    {own.fingerprint}",
    )


@app.command("list")
def list_members(
    context: typer.Context,
    past: Annotated[bool, typer.Option("--past", help="Those who left or were lost too.")] = False,
    how: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TABLE,
) -> None:
    """Show the members: who they are, what they may do, who compared their fingerprint."""
    from casedesk.desk.team import members

    with open_desk(door_of(context), read_only=True) as desk:
        rows = [_row(desk, one) for one in members(desk) if past or one.is_active]
    if how is Format.TABLE and not rows:
        say("Nobody is a member yet. Give your card (“casedesk team card”), take in theirs (“team enrol”).")
        return
    write_rows(_COLUMNS, rows, how)


@app.command("enrol")
def enrol(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="CARD", help="A colleague's card.", dir_okay=False)],
    words: Annotated[
        str,
        typer.Option(
            metavar="“…”", help="The eight words as the colleague reads them out. Asked for if not given."
        ),
    ] = "",
    may: Annotated[
        str,
        typer.Option(
            help="What their work may do here: approval, disposal, membership; with commas. “none” for none."
        ),
    ] = "approval",
    found: Annotated[
        str,
        typer.Option(
            help="The laptop was reported lost: why nobody else can have used it. All that it wrote is then believed."
        ),
    ] = "",
) -> None:
    """Make a colleague's desk a member: bundles go to it and come from it from then on."""
    from casedesk.desk import device_cards, team, waiting_room

    given = device_cards.read_card_file(file)
    with open_desk(door_of(context)) as desk:
        team.check_return(desk, given, found)
        if warning := team.warning_of(desk, given):
            say(warning)
        said = words or _asked(given.name, given.actor)
        granted = () if may.strip() == "none" else may.split(",")
        added = team.enrol(desk, given, said, granted, found=found)
        say(f"{added.name} is a member. They enrol your card in the same way; then bundles go both ways.")
        if waiting_room.count(desk):
            freed = waiting_room.retry(desk)
            _say_freed(freed.freed + freed.filled)


def _asked(name: str, actor: str) -> str:
    """The words, typed in: they are never shown, or they would be compared with themselves."""
    if not at_a_terminal():
        raise BadInputError(
            "The eight words cannot be asked for: there is no terminal.", "Give them with --words."
        )
    say(
        f"The card says: {name} ({actor}).",
        "Ask them, in person or on a number that you know, to read out the eight words on their screen",
        "(“casedesk team card”). Type what you hear.",
    )
    return str(typer.prompt("The eight words"))


@app.command("roles")
def roles(
    context: typer.Context,
    who: _Member,
    may: Annotated[str, typer.Option(help="approval, disposal, membership; with commas. “none” for none.")],
) -> None:
    """Say what a member's work may do here. What waited for a role is applied at once."""
    from casedesk.desk import team, waiting_room

    with open_desk(door_of(context)) as desk:
        one = team.member(desk, who)
        team.set_roles(desk, one, () if may.strip() == "none" else may.split(","))
        freed = waiting_room.retry(desk)
        now = _may(team.member(desk, one.name))
    say(f"{one.name} may: {now or 'nothing but ordinary casework'}.")
    if freed.filled:
        say(f"{freed.filled:,} operations that had waited for it were applied.")


@app.command("remove")
def remove(
    context: typer.Context,
    who: _Member,
    why: _Why,
    upto: Annotated[
        int | None,
        typer.Option(help="The last of their operations that is believed. What is held here if not given."),
    ] = None,
) -> None:
    """Make no bundles for a member any more. What came from them stays."""
    from casedesk.desk import team, waiting_room

    with open_desk(door_of(context)) as desk:
        one = team.member(desk, who)
        team.remove(desk, one, why, upto)
        freed = waiting_room.retry(desk).freed if upto is not None else 0
    say(f"{one.name} is no member any more. Tell the others with your next bundle.")
    _say_freed(freed)


def _say_freed(freed: int) -> None:
    if freed:
        say(f"{counted(freed, 'change')} that had waited {'was' if freed == 1 else 'were'} taken in.")


@app.command("lost")
def lost(
    context: typer.Context,
    who: _Member,
    why: _Why,
    upto: Annotated[
        int | None,
        typer.Option(help="The last of its operations that is believed. What is held here if not given."),
    ] = None,
) -> None:
    """Report a member's laptop lost or stolen: what it wrote after that is not taken in.

    Again with a higher --upto it takes in what waits of it up to there, and nothing later.
    """
    from casedesk.desk import team, waiting_room

    with open_desk(door_of(context)) as desk:
        one = team.member(desk, who)
        limit = team.lost(desk, one, upto, why)
        freed = waiting_room.retry(desk).freed if upto is not None else 0
    _say_freed(freed)
    say(
        f"{one.name}: what it wrote up to operation {limit:,} stays; nothing later is taken in.",
        "Give every member a bundle now, so that they know. A new laptop is a new member: enrol its card.",
    )


@app.command("restrict")
def restrict(
    context: typer.Context,
    reference: _Case,
    why: _Why,
    to: Annotated[
        list[str] | None,
        typer.Option(metavar="MEMBER", help="Who may read it besides this desk. Repeatable."),
    ] = None,
) -> None:
    """Let only some members read a case from now on. What was sent before cannot be called back."""
    from casedesk.desk import restricted, team

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        allowed = [team.member(desk, who) for who in to or ()]
        already = restricted.restrict(desk, case_id, allowed, why)
    names = ", ".join(one.name for one in allowed)
    say(f"Only this desk{f' and {names}' if names else ''} may read {reference} from now on.")
    if already:
        say(f"It went to {', '.join(already)} before: that cannot be called back.")


@app.command("unrestrict")
def unrestrict(context: typer.Context, reference: _Case, why: _Why) -> None:
    """Let every member read a case again."""
    from casedesk.desk import restricted

    with open_desk(door_of(context)) as desk:
        restricted.lift_restriction(desk, desk.find(reference), why)
    say(f"Every member may read {reference}; it goes out with the next bundle.")


def _row(desk: "Desk", one: "Colleague") -> tuple[str, ...]:
    from casedesk.desk.team import STATE_TITLES, fingerprint, vouched_by
    from casedesk.model.moments import show_moment
    from casedesk.model.words import MemberState

    state = one.member.state or ""
    return (
        one.name, one.member.person or "", STATE_TITLES[MemberState(state)] if state else "", _may(one),
        vouched_by(desk, one), show_moment(one.member.since) if one.member.since else "", fingerprint(one),
        one.member.why or "",
    )  # fmt: skip


def _may(one: "Colleague") -> str:
    return ", ".join(one.member.roles or ())
