"""``casedesk clock``: when does it end? Calculators for limits, before there is a case.

Times are local to England and Wales unless they carry an offset. Every answer shows its steps, its source
and how well it is sourced; ``--json`` gives the same for a program. Nothing is read but the packs.
"""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from casedesk.cli.errors import reporting

if TYPE_CHECKING:
    from casedesk.reference.clocks import Clock
    from casedesk.reference.packs import Packs
    from casedesk.rules.answers import Answer

app = typer.Typer(
    name="clock",
    help="When does it end? Working days, bail, detention, time limits, custody time limits, court, reviews.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
_WHEN = "TIME"


@app.command("working-days")
@reporting()
def working_days(
    ctx: typer.Context,
    from_: Annotated[str, typer.Option("--from", metavar=_WHEN, help="The event: a day or a time.")],
    count: Annotated[str, typer.Option("--count", metavar="N", help="How many working days.")],
    as_json: Json = False,
) -> None:
    """The last day of so many working days after an event."""
    from casedesk.cli.times import read_number, read_when
    from casedesk.desk import calculator

    given = read_when(from_, "--from")
    answer = calculator.working_days(_packs(ctx), given.when, read_number(count, "--count"))
    _show(answer, as_json, given.notes)


@app.command()
@reporting()
def bail(
    ctx: typer.Context,
    arrest: Annotated[str | None, typer.Option(metavar=_WHEN, help="The arrest: a day or a time.")] = None,
    months: Annotated[str | None, typer.Option(metavar="N", help="3, 6, 9, 12, 18 or 24 months.")] = None,
    stage: Annotated[
        str | None, typer.Option(metavar="ID", help="The stage: ABP-0 to ABP-3, ABP-M1, ABP-X.")
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            "--authority",
            metavar="WHO",
            help="Who decides: custody-officer, inspector, superintendent …, magistrates.",
        ),
    ] = None,
    cps: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DAY/DAY", help="On bail for a CPS decision: released, and more asked for. Repeatable."
        ),
    ] = None,
    hospital: Annotated[
        list[str] | None, typer.Option(metavar="DAY/DAY", help="In-patient: first and last day. Repeatable.")
    ] = None,
    current_end: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="The end of the current period, for a court's later extension."),
    ] = None,
    as_json: Json = False,
) -> None:
    """The end of the applicable bail period before charge."""
    from casedesk.cli.times import read_day, read_days, read_number, read_when
    from casedesk.desk import calculator
    from casedesk.model.errors import BadInputError
    from casedesk.rules.bail import CpsPause, Stay

    packs = _packs(ctx)
    length = None if months is None else read_number(months, "--months")
    if current_end is not None:
        if arrest or stage or by or cps or hospital:
            raise BadInputError(
                "A court's later extension is counted from the end of the current period alone.",
                "Give --current-end with --months, or the arrest without --current-end.",
            )
        _show(calculator.bail_extended(packs, read_day(current_end, "--current-end"), length), as_json)
        return
    if arrest is None:
        raise BadInputError("The arrest is not given.", "Add --arrest 2026-11-30.")
    given = read_when(arrest, "--arrest")
    answer = calculator.bail(
        packs,
        given.when,
        months=length,
        stage=stage,
        by=by,
        cps=[CpsPause(*read_days(one, "--cps")) for one in cps or ()],
        hospital=[Stay(*read_days(one, "--hospital")) for one in hospital or ()],
    )
    _show(answer, as_json, given.notes)


@app.command()
@reporting()
def detention(
    ctx: typer.Context,
    relevant_time: Annotated[str, typer.Option(metavar=_WHEN, help="The relevant time.")],
    hours: Annotated[str, typer.Option(metavar="N", help="24, 36, 72 or 96, or what was authorised.")] = "24",
    hospital: Annotated[
        list[str] | None, typer.Option(metavar="TIME/TIME", help="In hospital or on the way. Repeatable.")
    ] = None,
    questioned: Annotated[
        list[str] | None,
        typer.Option(metavar="TIME/TIME", help="Questioned meanwhile, which counts. Repeatable."),
    ] = None,
    already: Annotated[
        str | None, typer.Option(metavar="H:MM", help="Detention before release on bail, which counts.")
    ] = None,
    bail_arrest: Annotated[
        bool,
        typer.Option(
            "--bail-arrest", help="Arrested for not answering bail or for breach: 3 hours do not count."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """The end of detention without charge."""
    from datetime import timedelta

    from casedesk.cli.times import read_instant, read_length, read_number, read_span
    from casedesk.desk import calculator

    relevant, notes = read_instant(relevant_time, "--relevant-time")
    answer = calculator.detention(
        _packs(ctx),
        relevant,
        read_number(hours, "--hours"),
        hospital=[read_span(one, "--hospital") for one in hospital or ()],
        questioned=[read_span(one, "--questioned") for one in questioned or ()],
        already=read_length(already, "--already") if already else timedelta(),
        bail_arrest=bail_arrest,
    )
    _show(answer, as_json, notes)


@app.command()
@reporting()
def stl(
    ctx: typer.Context,
    date_: Annotated[
        str, typer.Option("--date", metavar=_WHEN, help="When it was committed; the first day of a range.")
    ],
    offence: Annotated[str | None, typer.Option(metavar="CODE", help="CJS offence code, as CJ88116.")] = None,
    mode: Annotated[
        str | None,
        typer.Option(metavar="MODE", help="summary, either-way or indictable, for a code not in the list."),
    ] = None,
    domestic_abuse: Annotated[bool, typer.Option("--domestic-abuse", help="It is domestic abuse.")] = False,
    statement: Annotated[
        str | None, typer.Option(metavar=_WHEN, help="First qualifying statement or recorded interview.")
    ] = None,
    evidence: Annotated[
        str | None, typer.Option(metavar=_WHEN, help="When sufficient evidence was known.")
    ] = None,
    as_json: Json = False,
) -> None:
    """The statutory time limit for starting a prosecution."""
    from casedesk.cli.times import read_when
    from casedesk.desk import calculator
    from casedesk.model.errors import BadInputError
    from casedesk.reference.offences import Mode

    given = read_when(date_, "--date")
    if offence is None and mode is None:
        raise BadInputError("No offence is given.", "Add --offence CJ88116, or --mode summary.")
    answer, title = calculator.prosecution(
        _packs(ctx),
        given.when,
        code=offence,
        mode=None if mode is None else Mode(_word(mode, [str(one) for one in Mode], "--mode")),
        domestic_abuse=domestic_abuse,
        statement=read_when(statement, "--statement").when if statement else None,
        evidence=read_when(evidence, "--evidence").when if evidence else None,
    )
    _show(answer, as_json, (*title, *given.notes))


@app.command()
@reporting()
def ctl(
    ctx: typer.Context,
    from_: Annotated[
        str,
        typer.Option("--from", metavar=_WHEN, help="The first day of custody: first appearance or sending."),
    ],
    days: Annotated[str | None, typer.Option(metavar="N", help="56, 70 or 182.")] = None,
    stage: Annotated[
        str | None, typer.Option(metavar="STAGE", help="Instead of --days: summary, either-way or crown.")
    ] = None,
    decided: Annotated[
        str | None, typer.Option(metavar="DAY", help="Either way: when summary trial was decided.")
    ] = None,
    less: Annotated[
        str, typer.Option(metavar="N", help="Days already in custody of the magistrates' court.")
    ] = "0",
    as_json: Json = False,
) -> None:
    """The custody time limit after charge."""
    from casedesk.cli.times import read_day, read_number, read_when
    from casedesk.desk import calculator
    from casedesk.model.errors import BadInputError
    from casedesk.rules.custody_time_limits import Stage

    packs, given = _packs(ctx), read_when(from_, "--from")
    taken = read_number(less, "--less", least=0)
    if decided is not None and stage != Stage.EITHER_WAY:
        raise BadInputError(
            "When summary trial was decided matters to either-way offences alone.",
            "Add --stage either-way, or leave --decided out.",
        )
    if (days is None) == (stage is None):
        raise BadInputError("Give either the days or the stage.", "Add --days 56, or --stage summary.")
    if days is not None:
        answer = calculator.custody_days(packs, given.when, read_number(days, "--days"), less=taken)
    else:
        answer = calculator.custody_stage(
            packs,
            given.when,
            _word(stage or "", [str(one) for one in Stage], "--stage"),
            decided=read_day(decided, "--decided") if decided else None,
            less=taken,
        )
    _show(answer, as_json, given.notes)


@app.command("first-court")
@reporting()
def first_court(
    ctx: typer.Context,
    charged: Annotated[str, typer.Option(metavar=_WHEN, help="The charge: a day or a time.")],
    as_json: Json = False,
) -> None:
    """The latest day of the first court for a person kept in custody after charge."""
    from casedesk.desk.calculator import FIRST_COURT

    _limit(ctx, FIRST_COURT, charged, "--charged", as_json)


@app.command()
@reporting()
def reviews(
    ctx: typer.Context,
    authorised: Annotated[str, typer.Option(metavar=_WHEN, help="When detention was first authorised.")],
    held: Annotated[
        list[str] | None, typer.Option(metavar=_WHEN, help="A review held, in order. Repeatable.")
    ] = None,
    after_charge: Annotated[
        bool, typer.Option("--after-charge", help="The person has been charged.")
    ] = False,
    as_json: Json = False,
) -> None:
    """The latest time of the next review of detention."""
    from casedesk.cli.times import read_instant
    from casedesk.desk import calculator

    at, notes = read_instant(authorised, "--authorised")
    done = [read_instant(one, "--held") for one in held or ()]
    answer = calculator.reviews(_packs(ctx), at, [one for one, _ in done], charged=after_charge)
    _show(answer, as_json, (*notes, *(note for _, said in done for note in said)))


@app.command()
@reporting()
def limit(
    ctx: typer.Context,
    clock: Annotated[
        str, typer.Argument(metavar="ID", help="A clock of the pack, as VC-R6-ARREST; see list.")
    ],
    from_: Annotated[str, typer.Option("--from", metavar=_WHEN, help="The event that starts it.")],
    enhanced: Annotated[bool, typer.Option("--enhanced", help="The victim has enhanced rights.")] = False,
    amount: Annotated[
        str | None, typer.Option(metavar="N", help="The number agreed, or another that is allowed.")
    ] = None,
    as_json: Json = False,
) -> None:
    """When any clock of the pack falls due: victims' duties, notices, file dates and the rest."""
    _limit(ctx, clock, from_, "--from", as_json, enhanced=enhanced, amount=amount)


@app.command("list")
@reporting()
def list_clocks(
    ctx: typer.Context,
    group: Annotated[
        str | None, typer.Option(metavar="GROUP", help="victim, detention, bail, prosecution …")
    ] = None,
    as_json: Json = False,
) -> None:
    """The clocks of the pack: id, limit, who acts, how well sourced."""
    from casedesk.reference.clocks import Group

    clocks = list(_packs(ctx).clocks.by_id.values())
    if group is not None:
        wanted = Group(_word(group, [str(one) for one in Group], "--group"))
        clocks = [clock for clock in clocks if clock.group is wanted]
    if as_json:
        typer.echo(json.dumps([_row(clock) for clock in clocks], indent=2))
        return
    for clock in clocks:
        row = _row(clock)
        typer.echo(f"{clock.id:<16} {row['limit']:<24} {clock.status:<11} {clock.title}")


def _limit(
    ctx: typer.Context,
    clock_id: str,
    event: str,
    option: str,
    as_json: bool,
    *,
    enhanced: bool = False,
    amount: str | None = None,
) -> None:
    from casedesk.cli.times import read_number, read_when
    from casedesk.desk import calculator

    packs, given = _packs(ctx), read_when(event, option)
    names = {name.casefold(): name for name in packs.clocks.by_id}
    found = names[_word(clock_id, list(names), "ID")]
    number = None if amount is None else read_number(amount, "--amount")
    answer = calculator.limit(packs, found, given.when, enhanced=enhanced, amount=number)
    _show(answer, as_json, given.notes)


def _show(answer: "Answer", as_json: bool, notes: tuple[str, ...] = ()) -> None:
    """Print an answer, what was decided in reading the question standing first among its steps."""
    from casedesk.desk.calculator import answer_json, answer_lines

    typer.echo(answer_json(answer, notes) if as_json else "\n".join(answer_lines(answer, notes)))


def _packs(ctx: typer.Context) -> "Packs":
    """The packs of this run, as the door above has laid them over; the shipped ones when it has not."""
    from casedesk.reference.packs import Packs

    return ctx.find_object(Packs) or Packs()


def _word(text: str, words: list[str], option: str) -> str:
    from casedesk.model.errors import BadInputError
    from casedesk.model.text import clean, clip
    from casedesk.reference.loading import hint

    plain = clean(text).casefold()
    if plain in words:
        return plain
    cure = hint(plain, words) or "See casedesk clock list."
    raise BadInputError(f"{option}: “{clip(plain, 40)}” is not known.", cure)


def _row(clock: "Clock") -> dict[str, str]:
    from casedesk.desk.calculator import limit_words

    return {
        "id": clock.id,
        "group": str(clock.group),
        "title": clock.title,
        "trigger": clock.trigger,
        "limit": limit_words(clock),
        "rule": str(clock.rule or ""),
        "by": clock.by,
        "status": str(clock.status),
        "source": clock.source,
        "notes": clock.notes,
    }
