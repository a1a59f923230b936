"""Commands over the whole caseload: what is due, the morning briefing, and why a case stands where it stands."""

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from casedesk.cli.disclosing import disclose
from casedesk.cli.opening import door_of, open_noted
from casedesk.cli.output import Column, Format, say, write_json, write_rows
from casedesk.model.errors import BadInputError

if TYPE_CHECKING:
    from casedesk.desk.explain import Explanation
    from casedesk.reference.clocks import Clocks
    from casedesk.store.due_items import DueItem

_SPAN = re.compile(r"(\d{1,5}) ?(m|min|h|d|w)", re.ASCII)
_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DUE_COLUMNS = (
    Column("Due", least=16), Column("Left", least=9), Column("Reference", most=13),
    Column("What", fold=True, least=24), Column("Limit in law"), Column("Band"), Column("To act", most=14),
    Column("Offence", most=20), Column("Owner", most=8),
)  # fmt: skip
_FACTOR_COLUMNS = (
    Column("Band"), Column("Why", fold=True, least=24), Column("Due", least=16), Column("Kind"), Column("To act"),
    Column("Clock"), Column("Steps", fold=True), Column("Source", fold=True), Column("Status"),
    Column("Changes"),
)  # fmt: skip
How = Annotated[Format, typer.Option("--format", help="How to write it.")]
Mine = Annotated[bool, typer.Option("--mine", help="Your cases, and those you cover.")]
Team = Annotated[bool, typer.Option("--team", help="Your team's cases.")]
All = Annotated[bool, typer.Option("--all", help="Every open case; so it is without --mine or --team.")]


def mount(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("due")(show_due)
    app.command("briefing")(show_briefing)
    app.command("explain")(show_explanation)


def show_due(
    context: typer.Context,
    within: Annotated[str, typer.Option(metavar="SPAN", help="How far ahead: 90m, 24h, 3d, 2w.")] = "24h",
    mine: Mine = False,
    team: Team = False,
    all_: All = False,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many lines.")] = 200,
    how: How = Format.TABLE,
) -> None:
    """Show what is due within a time, the earliest first, and what is late."""
    from casedesk.desk import caseload

    span, scope = read_span(within), _scope(mine, team, all_)
    with open_noted(door_of(context)) as desk:
        now = desk.now
        clocks, found = desk.packs.clocks, caseload.due_within(desk, span, scope=scope, limit=limit)
        items = [*reversed(found.late), *found.items]
        disclose(desk, how, "due", len({item.case_id for item in items}))
    if how is Format.TABLE and not items:
        say(f"Nothing is late, and nothing is due within {within} ({scope}).")
        return
    title = f"{found.late_total:,} late, {found.total:,} due within {within} ({scope})"
    if len(items) < found.late_total + found.total:
        title += f"; {len(items):,} shown, of the late ones the latest"
    if how is not Format.TABLE and len(items) < found.late_total + found.total:
        typer.echo(title, err=True)
    if how is Format.JSON:
        write_json([_due_json(item, found.bands, clocks) for item in items])
        return
    rows = [_due_row(item, found.bands, clocks, now, exact=how is not Format.TABLE) for item in items]
    write_rows(_DUE_COLUMNS, rows, how, title)


def show_briefing(
    context: typer.Context,
    mine: Mine = False,
    team: Team = False,
    all_: All = False,
    since: Annotated[
        str,
        typer.Option(
            metavar="TIME", help="Tell from then on: “22:00”, “-12h”. Yesterday 18:00 if not given."
        ),
    ] = "",
    how: How = Format.TABLE,
) -> None:
    """Show the morning briefing: in custody, overnight arrivals, due today, what ran out, what waits."""
    from casedesk.desk import briefing as briefings
    from casedesk.model.typed_moments import Lean, parse_typed

    scope = _scope(mine, team, all_)
    with open_noted(door_of(context)) as desk:
        start = parse_typed(since, desk.now, lean=Lean.PAST) if since else None
        made = briefings.briefing(desk, start, scope=scope)
        disclose(desk, how, "briefing", len(made.as_rows()))
    if how is Format.JSON:
        write_json(made.as_json())
    elif how is Format.CSV:
        write_rows([Column(title) for title in briefings.COLUMNS], made.as_rows(), how)
    else:
        say(*made.as_lines())


def show_explanation(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(help="The occurrence number, or its beginning.")],
    how: How = Format.TABLE,
) -> None:
    """Explain why a case stands where it stands in the queue, factor by factor."""
    from casedesk.desk import access
    from casedesk.desk.explain import explain

    with open_noted(door_of(context)) as desk:
        case_id = desk.find(reference)
        access.consulted(desk, case_id)
        shown = explain(desk, case_id)
        disclose(desk, how, "explanation", 1, case_id)
    if how is Format.JSON:
        write_json(shown.as_json())
    elif how is Format.CSV:
        write_rows(_FACTOR_COLUMNS, _factor_rows(shown), how)
    else:
        say(*shown.as_lines())


def read_span(text: str) -> timedelta:
    """Read how far ahead to look: ``90m``, ``24h``, ``3d``, ``2w``. Raises BadInputError for anything else."""
    from casedesk.model.text import clean, clip

    found = _SPAN.fullmatch(text.strip().casefold())
    if found is None or not int(found[1]):
        raise BadInputError(
            f"--within: “{clip(clean(text), 20)}” is not a length of time.", "Write 90m, 24h, 3d or 2w."
        )
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _scope(mine: bool, team: bool, all_: bool) -> str:
    """Whose cases. Raises BadInputError when more than one is said."""
    said = [name for name, given in (("mine", mine), ("team", team), ("all", all_)) if given]
    if len(said) > 1:
        raise BadInputError(f"--{said[0]} and --{said[1]} do not go together.", "Give one of them.")
    return said[0] if said else "all"


def _due_row(
    item: "DueItem", bands: dict[int, str], clocks: "Clocks", now: datetime, *, exact: bool
) -> tuple[str, ...]:
    from casedesk.model.moments import local, show_span
    from casedesk.rules.reasons.factor import when

    left = item.at - now
    late = left < timedelta()
    return (
        local(item.at).isoformat(timespec="seconds") if exact else when(item.at),
        f"late {show_span(left)}" if late else show_span(left),
        item.ref,
        item.sentence,
        "" if not item.legal else "yes" if clocks.may_be_called_law(item.clock) else "unverified",
        bands[item.band],
        item.who.replace("-", " "),
        item.offence,
        item.owner,
    )


def _due_json(item: "DueItem", bands: dict[int, str], clocks: "Clocks") -> dict[str, str | bool | None]:
    from casedesk.model.moments import local

    known = clocks.by_id.get(item.clock)
    return {
        "due": local(item.at).isoformat(timespec="seconds"), "reference": item.ref, "what": item.sentence,
        "band": bands[item.band], "limit_in_law": item.legal and clocks.may_be_called_law(item.clock),
        "clock": item.clock or None, "status": known.status.value if known else None,
        "who": item.who or None, "offence": item.offence, "owner": item.owner,
    }  # fmt: skip


def _factor_rows(shown: "Explanation") -> list[tuple[str, ...]]:
    from casedesk.model.moments import local

    def iso(at: datetime | None) -> str:
        return "" if at is None else local(at).isoformat(timespec="seconds")

    return [
        (
            factor.band.label, factor.sentence, iso(factor.due), factor.kind, factor.who, factor.clock,
            " ".join(factor.steps), factor.source, factor.status, iso(factor.changes_at),
        )
        for factor in shown.factors
    ]  # fmt: skip
