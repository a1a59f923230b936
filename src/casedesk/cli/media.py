"""Commands of the media register: the sticks and folders that bundles travel on."""

from typing import Annotated

import typer

from casedesk.cli.opening import door_of, open_desk
from casedesk.cli.output import Column, Format, say, write_rows

app = typer.Typer(
    no_args_is_help=True,
    help="The register of sticks and folders that bundles travel on, and what became of each.",
)
_Label = Annotated[str, typer.Argument(metavar="LABEL", help="What is written on it, or its beginning.")]
_COLUMNS = (
    Column("Label", least=10), Column("Kind"), Column("Held by"), Column("State"), Column("Bundles"),
    Column("Last", least=16), Column("Not acknowledged"), Column("Note", fold=True),
)  # fmt: skip


@app.command("list")
def list_media(
    context: typer.Context,
    past: Annotated[bool, typer.Option("--past", help="Those returned, destroyed or lost too.")] = False,
    how: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TABLE,
) -> None:
    """Show the media in use: who holds each, what this desk put on it, and whether that has arrived."""
    from casedesk.desk.media_register import STATE_TITLES, media
    from casedesk.model.moments import show_instant

    with open_desk(door_of(context), read_only=True) as desk:
        rows = [
            (
                one.label, one.medium.kind or "", one.medium.holder or "", STATE_TITLES.get(one.state, one.state),
                str(len(one.bundles) or ""), show_instant(one.bundles[0].at) if one.bundles else "",
                ", ".join(str(on.number) for on in one.bundles if not on.acknowledged), one.medium.why or "",
            )
            for one in media(desk, past=past)
        ]  # fmt: skip
    if how is Format.TABLE and not rows:
        say("No medium is registered. “casedesk media add” does it.")
        return
    write_rows(_COLUMNS, rows, how)


@app.command("add")
def add(
    context: typer.Context,
    label: Annotated[str, typer.Argument(metavar="LABEL", help="What is written on it: “CID stick 4”.")],
    kind: Annotated[str, typer.Option(help="stick, share or other.")] = "stick",
    holder: Annotated[str, typer.Option(help="Who holds it. You if not given.")] = "",
) -> None:
    """Register a stick or a folder."""
    from casedesk.desk import media_register

    with open_desk(door_of(context)) as desk:
        media_register.add(desk, label, kind, holder)
    say("Registered. “casedesk bundle export --medium” says what goes on it.")


@app.command("hand")
def hand(
    context: typer.Context,
    label: _Label,
    to: Annotated[str, typer.Option(help="Who holds it now.")],
) -> None:
    """Say who holds a medium now."""
    from casedesk.desk import media_register

    with open_desk(door_of(context)) as desk:
        one = media_register.medium(desk, label)
        media_register.hand(desk, one, to)
    say(f"{one.label} is with {to}.")


@app.command("end")
def end(
    context: typer.Context,
    label: _Label,
    state: Annotated[str, typer.Argument(metavar="returned|destroyed|lost", help="What became of it.")],
    note: Annotated[str, typer.Option(help="Who took it back, how it was destroyed, who was told.")],
) -> None:
    """Say that a medium was returned, destroyed or lost."""
    from casedesk.desk import media_register

    with open_desk(door_of(context)) as desk:
        one = media_register.medium(desk, label)
        media_register.end(desk, one, state, note)
    say(f"{one.label} was {state}.")
    if state == "lost" and one.bundles:
        say(
            f"{len(one.bundles)} bundles of this desk were put on it. They are encrypted to those they are for; report "
            "the loss all the same."
        )
