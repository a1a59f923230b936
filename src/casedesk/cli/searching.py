"""Searching the store on the command line."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from casedesk.cli.disclosing import disclose
from casedesk.cli.opening import door_of, open_noted
from casedesk.cli.output import Column, Format, say, write_json, write_rows

if TYPE_CHECKING:
    from casedesk.desk.search import Found, Hit

_COLUMNS = (
    Column("Reference", most=20), Column("Offence", most=30), Column("Where", fold=True, most=24),
    Column("What it says", fold=True),
)  # fmt: skip


def mount(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("search")(search)


def search(
    context: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(help="Words, and fields such as oic:okafor, outcome:16, suspect:smyth, in:log."),
    ],
    limit: Annotated[int, typer.Option(min=1, max=5000, help="How many cases.")] = 20,
    newest: Annotated[
        bool, typer.Option("--newest", help="The newest case first, not the best match.")
    ] = False,
    how: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TABLE,
) -> None:
    """Search everything said in every case: facts, people, log, contacts, actions, rationales.

    The search is written in the access log, its words only as hashes. As CSV or JSON it is noted as given out.
    """
    from casedesk.desk import search as searching
    from casedesk.store.search import Order

    order = Order.NEWEST if newest else Order.BEST
    with open_noted(door_of(context)) as desk:
        found = searching.search(desk, " ".join(words), order=order, limit=limit)
        disclose(desk, how, "search", len(found.hits))
    if how is Format.JSON:
        write_json([_as_json(hit) for hit in found.hits])
        return
    if not found.count and how is Format.TABLE:
        say(
            "No case answers that. Try fewer words, a word only begun (vic*), or a name by its sound (sounds:smyth)."
        )
        return
    write_rows(_COLUMNS, [_row(hit) for hit in found.hits], how, _title(found))


def _title(found: "Found") -> str:
    shown = len(found.hits)
    many = (
        found.count_shown
        if shown == found.count and not found.matches.more
        else f"{shown:,} of {found.count_shown}"
    )
    cases = "case" if found.count == 1 else "cases"
    order = "best first" if found.matches.ranked else "newest first"
    sounding = "; nobody is called so, these sound alike" if found.by_sound else ""
    return f"{many} {cases}, {order}{sounding}"


def _row(hit: "Hit") -> tuple[str, str, str, str]:
    from casedesk.model.moments import show_instant

    snippet = hit.snippet
    parts = (snippet.title, show_instant(snippet.at) if snippet.at else "", snippet.who)
    return hit.row.ref, hit.row.offence, ", ".join(part for part in parts if part), snippet.text


def _as_json(hit: "Hit") -> dict[str, Any]:
    snippet = hit.snippet
    return {
        "reference": hit.row.ref,
        "offence": hit.row.offence,
        "where": snippet.title,
        "at": snippet.at.isoformat() if snippet.at else None,
        "who": snippet.who or None,
        "text": snippet.text,
        "spans": [list(span) for span in snippet.spans],
    }
