"""Guidance on the command line: outcomes, rules, time limits and reasons looked up by words."""

from typing import TYPE_CHECKING, Annotated

import typer

from casedesk.cli.opening import door_of, open_desk
from casedesk.cli.output import Column, Format, say, write_json, write_rows

if TYPE_CHECKING:
    from casedesk.desk.guidance import Entry
    from casedesk.rules.paths import Leaf, Line

_COLUMNS = (Column("Id"), Column("Title", fold=True), Column("Status"), Column("Source", fold=True))


def mount(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("guidance")(guidance)
    app.command("path")(path)


def guidance(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(help="Words to look for, or an id such as 16 or V05.")],
    how: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TABLE,
) -> None:
    """Look up outcomes, rules, time limits and reasons for returns. No store is needed.

    What has the words as its id, or is found alone, is shown whole.
    """
    from casedesk.desk import guidance as looked_up
    from casedesk.desk.setup import packs_for

    packs = packs_for(door_of(context).places)
    typed = " ".join(words)
    found = looked_up.search(packs, typed)
    if how is Format.JSON:
        write_json([_as_json(one) for one in found])
    elif not found:
        say(f"Nothing is said about “{typed}”. Try fewer words, or a part of one.")
        raise typer.Exit(1)
    elif how is Format.TABLE and (len(found) == 1 or found[0].short.casefold() == typed.casefold()):
        _whole(found[0])
        if len(found) > 1:
            say("", f"Also: {', '.join(one.short for one in found[1:])}")
    else:
        write_rows(_COLUMNS, ((one.short, one.title, one.status, one.source) for one in found), how)


def path(
    context: typer.Context,
    case: Annotated[str, typer.Argument(metavar="CASE", help="Occurrence number, or its beginning.")],
) -> None:
    """Show the decision paths with this crime's way through them: what decided, and what would turn it."""
    from casedesk.desk import access

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(case)
        access.consulted(desk, case_id)
        for one in desk.paths.path(desk.case(case_id).file, desk.now):
            say(f"{one.title}  ({one.standing}: {one.source})", *map(_line, one.lines), "")


def _line(line: "Line") -> str:
    mark = "→" if line.taken else " "
    lead = f"{mark} {'   ' * line.depth}{f'{line.branch}: ' if line.branch else ''}"
    ends = "; ".join(map(_leaf, line.leaves))
    said = " ".join(part for part in (line.text, f"[{ends}]" if ends else "") if part)
    if not line.taken or line.answer is None:
        return lead + said
    facts = "; ".join(dict.fromkeys(f"{fact.title}: {fact.value}" for fact in line.facts))
    turn = f"\n{' ' * (len(mark) + 1 + 3 * line.depth)}  to turn it: {line.turn}" if line.turn else ""
    return f"{lead}{said} {line.answer.upper()}{f' ({facts})' if facts else ''}{turn}"


def _leaf(leaf: "Leaf") -> str:
    if leaf.fits:
        return f"{leaf.code} fits"
    return f"{leaf.code} needs {', '.join(leaf.needs)}" if leaf.needs else leaf.code


def _whole(entry: "Entry") -> None:
    say(entry.title, "")
    say(*(f"{heading}: {said}" if heading else said for heading, said in entry.lines))
    say("", f"{entry.status.capitalize()}. {entry.source}.")
    if entry.standing:
        say(entry.standing)


def _as_json(entry: "Entry") -> dict[str, object]:
    return {
        "id": entry.id,
        "title": entry.title,
        "text": entry.text,
        "status": entry.status,
        "standing": entry.standing,
        "source": entry.source,
        "outcomes": list(entry.outcomes),
    }
