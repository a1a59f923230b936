"""Everything that happened in a case on the command line, and who acted for whom."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casedesk.cli.disclosing import disclose
from casedesk.cli.opening import door_of, open_desk, open_noted
from casedesk.cli.output import Column, Format, say, write_json, write_rows
from casedesk.model.errors import BadInputError

if TYPE_CHECKING:
    from casedesk.desk.desk import Desk
    from casedesk.desk.timeline_export import Told
    from casedesk.model.moments import Moment

_COLUMNS = (
    Column("When", fold=True, least=11), Column("Kind"), Column("What", fold=True, least=30),
    Column("Who", fold=True),
)  # fmt: skip
_ACTED = (
    Column("When", fold=True, least=11), Column("Who"), Column("For"), Column("Case"), Column("What", fold=True),
)  # fmt: skip


class Form(StrEnum):
    """How a timeline is written."""

    TABLE = "table"
    PLAIN = "plain"
    TEXT = "text"
    CSV = "csv"
    JSON = "json"


def mount(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("timeline")(show_timeline)
    app.command("acted-for")(show_acted_for)


def show_timeline(
    context: typer.Context,
    reference: Annotated[
        str, typer.Argument(metavar="CASE", help="The occurrence number, or its beginning.")
    ],
    kind: Annotated[
        list[str] | None, typer.Option(help="Only these: log, contact, action, custody … Repeatable.")
    ] = None,
    since: Annotated[str, typer.Option("--from", help="From this day or time on: 2026-03-14, -7d.")] = "",
    until: Annotated[str, typer.Option("--to", help="Up to this day or time, itself included.")] = "",
    words: Annotated[str, typer.Option(help="Only events with all these words.")] = "",
    who: Annotated[str, typer.Option(help="Only what this person recorded.")] = "",
    how: Annotated[
        Form, typer.Option("--format", help="How to write it; “text” is for printing.")
    ] = Form.TABLE,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write it into a new .txt, .csv or .json file instead."),
    ] = None,
) -> None:
    """Show everything that happened in a case, latest first; a correction with what it corrects."""
    from casedesk.desk import access
    from casedesk.desk.casepage import read_page
    from casedesk.desk.timeline_export import export, told
    from casedesk.model.moments import earliest, latest

    kinds = [_kind(name) for name in kind or ()]
    with open_noted(door_of(context)) as desk:
        first, last = _moment(desk, since), _moment(desk, until)
        case_id = desk.find(reference)
        access.consulted(desk, case_id)
        page = read_page(desk, case_id)
        events = page.events.filtered(
            kinds=kinds, words=words, who=who,
            since=earliest(first) if first else None, until=latest(last) if last else None,
        )  # fmt: skip
        only = _only(kinds, first, last, words, who)
        shown = told(desk, page.file, events, len(page.events), only)
        if out is not None:
            number = export(desk, page.file, shown, out)
            say(f"{number:,} events are in {out}.")
            return
        if how in (Form.TABLE, Form.PLAIN):
            _table(shown, Format(how.value))
            return
        if how is Form.TEXT:
            access.disclosed(desk, "timeline", 1, case_id=case_id, form="text")
        else:
            disclose(desk, Format(how.value), "timeline", 1, case_id)
        typer.echo(shown.written(how.value), nl=False)


def _table(shown: "Told", how: Format) -> None:
    if how is Format.TABLE and not shown.events:
        say(
            "Nothing is recorded yet." if not shown.total else f"None of {shown.total:,} events answers that."
        )
        return
    rows = [(row["shown"], row["kind"], _what(row), row["who"]) for row in shown.as_rows()]
    write_rows(_COLUMNS, rows, how, f"{len(rows):,} of {shown.total:,} events, latest first")


def _what(row: dict[str, str]) -> str:
    from casedesk.model.text import clip

    gone = f" ({row['why_not']})" if row["why_not"] else ""
    about = f" (corrects “{clip(' '.join(row['corrects'].split()), 60)}”)" if row["corrects"] else ""
    return f"{row['what']}{about}{gone}"


def show_acted_for(
    context: typer.Context,
    who: Annotated[str, typer.Option("--by", help="Only what this person did.")] = "",
    whom: Annotated[str, typer.Option("--for", help="Only what was done for this person.")] = "",
    since: Annotated[str, typer.Option("--from", help="From this day or time on.")] = "",
    until: Annotated[str, typer.Option("--to", help="Up to this day or time, itself included.")] = "",
    how: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TABLE,
) -> None:
    """Show who acted in whose cases: while they covered for somebody, or had a case lent."""
    from casedesk.desk.acting import acted_for
    from casedesk.model.moments import earliest, latest, local, show_instant

    with open_desk(door_of(context)) as desk:
        first, last = _moment(desk, since), _moment(desk, until)
        found = acted_for(
            desk, by=who, for_whom=whom,
            since=earliest(first) if first else None, until=latest(last) if last else None,
        )  # fmt: skip
        disclose(desk, how, "acts for others", len({one.case_id for one in found}))
    if how is Format.TABLE and not found:
        say("Nobody acted for anybody else.")
    elif how is Format.JSON:
        write_json(
            [
                {
                    "at": local(one.at).isoformat(timespec="seconds"), "who": one.who, "for": one.for_whom,
                    "reference": one.reference, "what": one.act,
                }
                for one in found
            ]
        )  # fmt: skip
    else:
        rows = [(show_instant(one.at), one.who, one.for_whom, one.reference, one.act) for one in found]
        write_rows(_ACTED, rows, how, f"{len(rows):,} acts for others, latest first")


def _kind(name: str) -> str:
    from casedesk.desk.timeline import KINDS
    from casedesk.model.text import clean
    from casedesk.reference.rows import hint

    if name not in KINDS:
        raise BadInputError(f"{clean(name)!r} is not a kind of event.", hint(name, list(KINDS)))
    return name


def _only(kinds: list[str], first: "Moment | None", last: "Moment | None", words: str, who: str) -> str:
    """What was asked for, in words."""
    from casedesk.desk.timeline import KINDS
    from casedesk.model.moments import show_moment
    from casedesk.model.text import clean

    parts = [", ".join(KINDS[kind].lower() for kind in kinds)]
    parts += [f"from {show_moment(first)}"] if first else []
    parts += [f"to {show_moment(last)}"] if last else []
    parts += [f"with “{clean(words)}”"] if words else []
    parts += [f"by {clean(who)}"] if who else []
    return "; ".join(filter(None, parts))


def _moment(desk: "Desk", text: str) -> "Moment | None":
    """A day, or a time, as typed."""
    from casedesk.model.typed_moments import Lean, parse_typed_moment

    now: datetime = desk.now
    return parse_typed_moment(text, now, lean=Lean.PAST) if text else None
