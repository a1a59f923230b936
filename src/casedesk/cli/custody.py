"""Arrests on the command line: their clocks, what happens to them, and cases added by hand.

The commands of ``casedesk custody`` are made from the verbs of :mod:`casedesk.desk.custody_verbs`.
"""

import inspect
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from casedesk.cli.opening import door_of, open_desk
from casedesk.cli.output import say, write_json
from casedesk.model.errors import BadInputError

if TYPE_CHECKING:
    from casedesk.desk.custody import Recorded
    from casedesk.desk.custody_asks import Ask, Verb
    from casedesk.model.moments import Moment

_CASE = "The occurrence or custody number, or its beginning."
_NUMBER = "The custody number, where the case has several arrests."


class _CaseFirst(TyperGroup):
    """A group whose first word may be a case instead of a command: it is shown then.

    The commands of the verbs are made when the group is used: reading the verbs takes longer than ``--version`` may.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Make the commands, and put ``show`` before what is no command."""
        from casedesk.desk.custody_verbs import VERBS
        from casedesk.model.text import clean, clip
        from casedesk.reference.rows import hint

        made = typer.Typer()
        for verb in VERBS.values():
            made.command(verb.id, help=f"{verb.title}.")(_command(verb))
        self.commands.update(typer.main.get_group(made).commands)
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            if len(args) > 1 and not args[1].startswith("-"):
                raise BadInputError(
                    f"“{clip(clean(args[0]), 40)}” is nothing that can be recorded of an arrest.",
                    hint(args[0], self.commands) or "“casedesk custody --help” lists what can be.",
                )
            args = ["show", *args]
        return super().parse_args(ctx, args)


custody = typer.Typer(
    cls=_CaseFirst,
    no_args_is_help=True,
    help="Arrests: “casedesk custody CASE” shows the clocks; the commands record what happened.",
)
add = typer.Typer(
    no_args_is_help=True, help="Add a case by hand: an arrest, a voluntary interview, a referral."
)


def mount(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(custody, name="custody")
    app.add_typer(add, name="add")


@custody.command("show")
def show(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(metavar="CASE", help=_CASE)],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show the arrests of a case with their clocks, and what can be recorded."""
    from casedesk.desk import access
    from casedesk.desk.custody import arrest_lines, clock_lines, offered, scene_of

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        access.consulted(desk, case_id)
        file = desk.case(case_id).file
        scenes = [scene_of(desk, case_id, own) for own, _ in file.custody]
    if as_json:
        write_json(
            [
                {
                    "number": one.custody.number, "state": one.custody.state, "clocks": clock_lines(one),
                    "verbs": [verb.id for verb in offered(one)],
                }
                for one in scenes
            ]
        )  # fmt: skip
        return
    if not scenes:
        say(f"{file.case.ref}: no arrest is recorded. “casedesk add arrest --to-case” adds one.")
    for one in scenes:
        say(*arrest_lines(one), f"  To record: {', '.join(verb.id for verb in offered(one))}")


def _command(verb: "Verb") -> Callable[..., None]:
    """One verb as a command: its asks are the options."""

    def run(**values: Any) -> None:
        from casedesk.desk.custody import choose, perform

        context, reference, number = values.pop("context"), values.pop("reference"), values.pop("number")
        with open_desk(door_of(context)) as desk:
            case_id = desk.find(reference)
            custody_id = choose(desk.case(case_id).file, number=number)
            asks = {ask.name: ask for ask in verb.asks}
            given = {name: _read(asks[name], value, desk.now) for name, value in values.items()}
            said = perform(
                desk, case_id, verb.id, {name: value for name, value in given.items() if value is not None},
                custody_id=custody_id,
            )  # fmt: skip
        say(*_said(said))

    parameters = [
        _parameter("context", typer.Context),
        _parameter("reference", Annotated[str, typer.Argument(metavar="CASE", help=_CASE)]),
        *(_option(ask) for ask in verb.asks),
        _parameter("number", Annotated[str, typer.Option("--number", help=_NUMBER)], ""),
    ]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # read by the framework
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def _said(said: "Recorded") -> list[str]:
    return [
        f"Recorded: {said.title[0].lower()}{said.title[1:]}.",
        *(f"Warning: {warning}" for warning in said.warnings),
        *said.clocks,
    ]


def _parameter(name: str, of: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=of)


def _option(ask: "Ask") -> inspect.Parameter:
    from casedesk.desk.custody_asks import AskKind

    flag = f"--{ask.name.removesuffix('_at').removesuffix('_on').replace('_', '-')}"
    words = ", ".join(word for word, _ in ask.choices)
    about = "; ".join(part for part in (ask.label, words, ask.hint, "needed" if ask.required else "") if part)
    if ask.kind is AskKind.YES_NO:
        option = typer.Option(f"{flag}/--not-{flag[2:]}", help=about)
        return _parameter(ask.name, Annotated[bool | None, option], None)
    if ask.kind is AskKind.NUMBER:
        return _parameter(
            ask.name, Annotated[int | None, typer.Option(flag, min=1, max=600, help=about)], None
        )
    return _parameter(ask.name, Annotated[str, typer.Option(flag, help=about)], "")


def _read(ask: "Ask", value: Any, now: datetime) -> Any:
    """What was typed, as the verb takes it; None for nothing."""
    from casedesk.desk.custody_asks import AskKind

    if value in (None, "") or not isinstance(value, str):
        return value if value != "" else None
    if ask.kind is AskKind.DAY:
        return _day(value, now)
    if ask.kind in (AskKind.PAST, AskKind.FUTURE):
        return _instant(value, now, ahead=ask.kind is AskKind.FUTURE)
    return value


def _minutes(typed: str) -> int | None:
    from casedesk.cli.times import read_length

    return read_length(typed, "--held-before") // timedelta(minutes=1) if typed else None


def _instant(text: str, now: datetime, *, ahead: bool = False) -> datetime | None:
    from casedesk.model.typed_moments import Lean, parse_typed

    return parse_typed(text, now, lean=Lean.FUTURE if ahead else Lean.PAST) if text else None


def _day(text: str, now: datetime) -> "Moment":
    from casedesk.model.moments import moment_of_day
    from casedesk.model.typed_moments import parse_typed_day

    return moment_of_day(parse_typed_day(text, now))


_Ref = Annotated[str, typer.Option("--ref", help="The occurrence number, if there is one.")]
_CustodyNumber = Annotated[str, typer.Option("--number", help="The custody number.")]


def _given(context: typer.Context, option: typer.CallbackParam, value: str) -> str:
    """Refuse a name that is given and empty."""
    if not value.strip() and str(context.get_parameter_source(option.name or "")).endswith("COMMANDLINE"):
        raise BadInputError("The name is empty.", "Give it, or leave the option out while it is not known.")
    return value


_Name = Annotated[str, typer.Option("--name", help="The suspect's name.", callback=_given)]
_Born = Annotated[str, typer.Option("--dob", help="Date of birth: 1/2/1961; 1/2/61 is in the past.")]
_Committed = Annotated[
    str,
    typer.Option(
        "--offence-on", metavar="DAY", help="The day of the offence: limits on prosecution run from it."
    ),
]
_Code = Annotated[str, typer.Option("--offence-code", help="The CJS offence code.")]
_Offence = Annotated[str, typer.Option("--offence", help="The offence in words.")]
_Suite = Annotated[str, typer.Option("--suite", help="The custody suite or station.")]
_Flags = Annotated[list[str] | None, typer.Option("--flag", help="da, hate, knife, child … May be repeated.")]
_Victim = Annotated[str, typer.Option("--victim", help="The victim's name.")]
_Summary = Annotated[str, typer.Option("--summary", help="The circumstances.")]
_Mine = Annotated[bool, typer.Option("--mine", help="Take it on yourself.")]
_ToCase = Annotated[
    str, typer.Option("--to-case", metavar="CASE", help="Add it to this case, which is here already.")
]


@add.command("arrest")
def add_an_arrest(
    context: typer.Context,
    arrested: Annotated[str, typer.Option(help="When: “today 04:10”, “-3h”.")],
    ref: _Ref = "",
    number: _CustodyNumber = "",
    name: _Name = "",
    dob: _Born = "",
    offence: _Offence = "",
    offence_code: _Code = "",
    offence_on: _Committed = "",
    suite: _Suite = "",
    arrived: Annotated[str, typer.Option(help="Arrival at the station.")] = "",
    relevant: Annotated[str, typer.Option(help="The relevant time, where it is not the arrival.")] = "",
    authorised: Annotated[str, typer.Option(help="When detention was authorised.")] = "",
    under_18: Annotated[
        bool | None, typer.Option("--under-18/--adult", help="As the person appears.")
    ] = None,
    vulnerable: Annotated[
        bool | None, typer.Option("--vulnerable/--not-vulnerable", help="Under Code C.")
    ] = None,
    appropriate_adult: Annotated[str, typer.Option(help="Who it is.")] = "",
    on_bail: Annotated[
        bool | None, typer.Option("--on-bail", help="For not answering bail or for a breach of it.")
    ] = None,
    charged_before: Annotated[
        str,
        typer.Option(
            metavar="TIME",
            help="With --on-bail, where that bail was given after charge: when the charge was.",
        ),
    ] = "",
    held_before: Annotated[
        str, typer.Option(metavar="H:MM", help="How long they were held before that bail: it counts.")
    ] = "",
    flags: _Flags = None,
    victim: _Victim = "",
    summary: _Summary = "",
    mine: _Mine = False,
    to_case: _ToCase = "",
) -> None:
    """Add an arrest: a case of its own, or one more in a case that is here."""
    from casedesk.desk.intake import Arrest
    from casedesk.model.words import Intake

    with open_desk(door_of(context)) as desk:
        now = desk.now
        arrest = Arrest(
            number=number, suite=suite, offence=offence, arrested_at=_instant(arrested, now),
            arrived_at=_instant(arrived, now), relevant_at=_instant(relevant, now),
            authorised_at=_instant(authorised, now), under_18=under_18, vulnerable=vulnerable,
            appropriate_adult=appropriate_adult, bail_arrest=on_bail,
            held_minutes=_minutes(held_before), charged_at=_instant(charged_before, now),
        )  # fmt: skip
        _add(
            desk, to_case, Intake.ARREST, arrest, ref=ref, name=name, dob=dob, offence=offence, mine=mine,
            offence_code=offence_code, offence_on=offence_on, flags=flags, victim=victim, summary=summary,
        )  # fmt: skip


@add.command("voluntary")
def add_a_voluntary_interview(
    context: typer.Context,
    at: Annotated[str, typer.Option(help="When the interview is held, or was: “tomorrow 10:00”.")] = "",
    ref: _Ref = "",
    number: _CustodyNumber = "",
    name: _Name = "",
    dob: _Born = "",
    offence: _Offence = "",
    offence_code: _Code = "",
    offence_on: _Committed = "",
    suite: _Suite = "",
    appropriate_adult: Annotated[str, typer.Option(help="Who it is.")] = "",
    under_18: Annotated[
        bool | None, typer.Option("--under-18/--adult", help="As the person appears.")
    ] = None,
    flags: _Flags = None,
    victim: _Victim = "",
    summary: _Summary = "",
    mine: _Mine = False,
    to_case: _ToCase = "",
) -> None:
    """Add a voluntary interview, held or arranged. No clock of detention runs."""
    from casedesk.desk.intake import Arrest
    from casedesk.model.typed_moments import parse_typed
    from casedesk.model.words import Intake

    with open_desk(door_of(context)) as desk:
        arrest = Arrest(
            number=number, suite=suite, offence=offence, arrived_at=parse_typed(at, desk.now) if at else None,
            under_18=under_18, appropriate_adult=appropriate_adult,
        )  # fmt: skip
        _add(
            desk, to_case, Intake.VOLUNTARY, arrest, ref=ref, name=name, dob=dob, offence=offence, mine=mine,
            offence_code=offence_code, offence_on=offence_on, flags=flags, victim=victim, summary=summary,
        )  # fmt: skip


@add.command("referral")
def add_a_referral(
    context: typer.Context,
    ref: _Ref = "",
    incident: Annotated[str, typer.Option(help="The incident or log number.")] = "",
    name: _Name = "",
    dob: _Born = "",
    offence: _Offence = "",
    offence_code: _Code = "",
    offence_on: _Committed = "",
    flags: _Flags = None,
    victim: _Victim = "",
    summary: _Summary = "",
    mine: _Mine = False,
) -> None:
    """Add a case that was referred to the team."""
    from casedesk.model.words import Intake

    with open_desk(door_of(context)) as desk:
        _add(
            desk, "", Intake.REFERRAL, None, ref=ref, number=incident, name=name, dob=dob, offence=offence, mine=mine,
            offence_code=offence_code, offence_on=offence_on, flags=flags, victim=victim, summary=summary,
        )  # fmt: skip


def _add(
    desk: Any,
    to_case: str,
    way: str,
    arrest: Any,
    *,
    ref: str,
    name: str,
    dob: str,
    offence: str,
    offence_code: str,
    offence_on: str,
    flags: list[str] | None,
    victim: str,
    summary: str,
    mine: bool,
    number: str = "",
) -> None:
    """Write what was typed, and show the clocks that run now."""
    from casedesk.cli.typed import day
    from casedesk.desk.custody import clock_lines, scene_of
    from casedesk.desk.intake import Person, add_arrest, add_case
    from casedesk.model.typed_moments import parse_birthday

    born = parse_birthday(dob, desk.now) if dob else None
    person = Person(name=name, dob=born) if name or born else None
    if to_case:
        extra = [
            flag
            for flag, value in (
                ("--ref", ref),
                ("--victim", victim),
                ("--summary", summary),
                ("--offence-on", offence_on),
            )
            if value
        ]
        if extra or flags or offence_code or mine:
            raise BadInputError(
                "With --to-case only the arrest and the person are added.",
                f"Leave out {extra or 'the rest'}.",
            )
        case_id = desk.find(to_case)
        custody_id = add_arrest(desk, case_id, arrest, person)
    else:
        case_id, custody_id = (
            add_case(
                desk, intake=way, ref=ref, number=number, offence_code=offence_code, offence_title=offence,
                summary=summary, flags=tuple(flags or ()), victim=victim, person=person, arrest=arrest, mine=mine,
                offence_on=day(desk, offence_on),
            ),
            None,
        )  # fmt: skip
    case = desk.case(case_id).file
    clocks = clock_lines(scene_of(desk, case_id, custody_id)) if case.custody else []
    say(f"Added: {case.case.ref}.", *clocks)
