"""Audits on the command line: draw a sample, record what auditors think, the figures, and the pack of one crime."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casedesk.cli.disclosing import disclose
from casedesk.cli.opening import door_of, open_desk
from casedesk.cli.output import Column, Format, say, write_rows

if TYPE_CHECKING:
    from casedesk.desk.audit import Share

app = typer.Typer(
    help="Dip samples judged again, and what comes of it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
_PICKS = (Column("Reference"), Column("Outcome"), Column("Stands for", fold=True))
_SHARES = (
    Column("Group", fold=True),
    Column("Audited"),
    Column("Agreed"),
    Column("Share"),
    Column("95% interval"),
)
_PAIRS = (
    Column("First"), Column("Second"), Column("Crimes"), Column("Alike"), Column("Kappa"),
    Column("Meaning", fold=True),
)  # fmt: skip
_THEMES = (Column("Month"), Column("Finding", fold=True), Column("Times"))
_Sample = Annotated[str, typer.Option("--sample", help="Only this sample, by its name.")]
_How = Annotated[Format, typer.Option("--format", help="How to write it.")]


def mount(parent: typer.Typer) -> None:
    """Add the commands to the command line."""
    parent.command("sample")(sample)
    parent.add_typer(app, name="audit")


def sample(
    context: typer.Context,
    size: Annotated[int, typer.Option(help="How many crimes.")] = 40,
    seed: Annotated[int, typer.Option(help="Any whole number: the same one draws the same crimes.")] = 1,
    by: Annotated[
        str, typer.Option(help="Spread over outcome, team, oic or supervisor by their share.")
    ] = "",
    outcome: Annotated[str, typer.Option(help="Only this outcome.")] = "",
    until: Annotated[
        str, typer.Option(help="The last day of finalising, 2026-11-21; today if not given.")
    ] = "",
    how: _How = Format.TABLE,
) -> None:
    """Draw finalised crimes for a dip sample. The same seed, spread and day give the same sample again."""
    from casedesk.desk import audit

    with open_desk(door_of(context)) as desk:
        drawn = audit.sample(desk, size, seed, by=by, until=_day(until), outcome=outcome)
        disclose(desk, how, "sample", len(drawn.picks))
        rows = [(pick.reference, pick.outcome, pick.stratum) for pick in drawn.picks]
        title = f"Sample “{drawn.name}”: {len(rows):,} of {drawn.population:,} finalised crimes"
        write_rows(_PICKS, rows, how, title)


@app.command("record")
def record(
    context: typer.Context,
    case: Annotated[str, typer.Argument(metavar="CASE", help="Occurrence number, or its beginning.")],
    sample_name: Annotated[str, typer.Option("--sample", help="The sample's name.")],
    agree: Annotated[bool, typer.Option("--agree/--disagree", help="Whether the outcome is right.")],
    right: Annotated[str, typer.Option(help="The outcome that would be right.")] = "",
    theme: Annotated[
        list[str] | None, typer.Option(help="A finding: a reason for returns or a rule. May be repeated.")
    ] = None,
    remarks: Annotated[str, typer.Option(help="Anything else.")] = "",
) -> None:
    """Record what an auditor thinks of a crime's outcome."""
    from casedesk.desk import audit

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(case)
        earlier = audit.own_audit(desk, case_id, sample_name)
        audit.record_audit(
            desk, case_id, sample_name=sample_name, agrees=agree, right=right, themes=theme or (),
            text=remarks,
        )  # fmt: skip
    say("Recorded, in the place of what you thought before." if earlier else "Recorded.")


@app.command("figures")
def figures(
    context: typer.Context,
    sample_name: _Sample = "",
    by: Annotated[
        str, typer.Option(help="outcome, team, oic or supervisor; all together if not given.")
    ] = "",
    how: _How = Format.TABLE,
) -> None:
    """Show how often auditors agreed with the outcome, in all or by outcome, team, officer or supervisor."""
    from casedesk.desk import audit

    with open_desk(door_of(context)) as desk:
        shares = audit.accuracy(audit.audits(desk, sample_name), by)
        disclose(desk, how, "audit figures", sum(one.audited for one in shares))
        if not shares and how is Format.TABLE:
            say("Nothing has been audited.")
        else:
            write_rows(_SHARES, map(_share, shares), how)


@app.command("raters")
def raters(context: typer.Context, sample_name: _Sample = "", how: _How = Format.TABLE) -> None:
    """Show how alike auditors judged the crimes that two of them looked at: Cohen's kappa and what it means."""
    from casedesk.desk import audit

    with open_desk(door_of(context)) as desk:
        pairs = audit.between_auditors(audit.audits(desk, sample_name))
        rows = [
            (
                one.first, one.second, str(one.crimes), str(one.alike),
                "" if one.kappa is None else f"{one.kappa:.2f}", one.meaning,
            )
            for one in pairs
        ]  # fmt: skip
        disclose(desk, how, "audit figures", sum(one.crimes for one in pairs))
        if not rows and how is Format.TABLE:
            say("No crime has been audited by two people.")
        else:
            write_rows(_PAIRS, rows, how, "1 is always alike, 0 no more alike than by chance.")


@app.command("themes")
def themes(context: typer.Context, sample_name: _Sample = "", how: _How = Format.TABLE) -> None:
    """Show what auditors found, by month."""
    from casedesk.desk import audit

    with open_desk(door_of(context)) as desk:
        found = audit.audits(desk, sample_name)
        rows = [
            (month, audit.theme_title(desk, theme), str(times))
            for month, counted in audit.themes_over_time(found).items()
            for theme, times in counted.most_common()
        ]
        disclose(desk, how, "audit figures", len(found))
        if not rows and how is Format.TABLE:
            say("Auditors have found nothing.")
        else:
            write_rows(_THEMES, rows, how)


@app.command("pack")
def pack(
    context: typer.Context,
    case: Annotated[str, typer.Argument(metavar="CASE", help="Occurrence number, or its beginning.")],
    path: Annotated[Path, typer.Argument(help="The file to write: .txt, .json or .docx.")],
) -> None:
    """Write everything an auditor needs of one crime: facts, findings, paths, decisions, sources, history."""
    from casedesk.desk import audit_pack

    with open_desk(door_of(context)) as desk:
        audit_pack.export(desk, desk.find(case), path)
    say(f"Written to {path}.")


def _share(one: "Share") -> tuple[str, ...]:
    return (
        one.group,
        str(one.audited),
        str(one.agreed),
        f"{one.share:.0%}",
        f"{one.low:.0%} to {one.high:.0%}",
    )


def _day(text: str) -> date | None:
    from casedesk.model.errors import BadInputError

    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInputError(f"{text!r} is not a day.", "Write it as 2026-11-21.") from None
