"""Commands of conflicts: what desks said differently at once, and deciding it."""

from typing import TYPE_CHECKING, Annotated

import typer

from casedesk.cli.disclosing import disclose, leaves
from casedesk.cli.opening import door_of, open_desk
from casedesk.cli.output import Column, Format, say, write_json, write_rows
from casedesk.model.errors import BadInputError

if TYPE_CHECKING:
    from casedesk.desk.conflict_desk import Conflict, Decided
    from casedesk.desk.desk import Desk

app = typer.Typer(
    no_args_is_help=True,
    help="What desks said differently at once: every value is kept until somebody decides, with a reason.",
)
_Case = Annotated[str, typer.Argument(metavar="CASE", help="The occurrence number, or its beginning.")]
_Which = Annotated[
    str,
    typer.Argument(
        metavar="FIELD",
        help="Its number in “conflict list CASE”, or the field's name. The only one if not given.",
    ),
]
_Format = Annotated[Format, typer.Option("--format", help="How to write it.")]
_COLUMNS = (
    Column("Reference", most=20), Column("No"), Column("What", fold=True, least=14),
    Column("Values", fold=True, least=24), Column("Shown", fold=True), Column("Owner"),
)  # fmt: skip
_DECIDED = (
    Column("Reference", most=20), Column("No"), Column("What", fold=True), Column("Decided", fold=True, least=14),
    Column("Instead of", fold=True), Column("Why", fold=True, least=14), Column("Who"), Column("When", least=16),
    Column("Stands"),
)  # fmt: skip


@app.command("list")
def list_conflicts(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(metavar="CASE", help="Only of this case.")] = "",
    how: _Format = Format.TABLE,
) -> None:
    """Show what is in dispute, your own cases first, and the approvals that were of an earlier version."""
    from casedesk.desk import conflict_desk
    from casedesk.desk.earlier_approvals import earlier_approvals

    with open_desk(door_of(context), read_only=not leaves(how)) as desk:
        case_id = desk.find(reference) if reference else None
        found = conflict_desk.conflicts(desk, case_id)
        earlier = earlier_approvals(desk, case_id) if how is Format.TABLE else []
        rows = [_row(number, one) for number, one in _numbered(found)]
        disclose(desk, how, "conflicts", len({one.case_id for one in found}))
    if how is not Format.TABLE or rows:
        write_rows(_COLUMNS, rows, how)
    elif not earlier:
        say("Nothing is in dispute.")
    for one in earlier:
        what = f"; since then: {', '.join(one.changed)}" if one.changed else ""
        say(f"{one.ref}: {one.state.value}: {one.approvals}{what}")


@app.command("show")
def show(context: typer.Context, reference: _Case, which: _Which = "1", how: _Format = Format.TABLE) -> None:
    """Show one dispute: each value with who said it, when, at which desk and why; long texts word by word."""
    from casedesk.desk import access, conflict_desk
    from casedesk.desk.word_diff import as_marked, word_diff

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        access.consulted(desk, case_id)
        one = conflict_desk.conflict(desk, case_id, which)
        disclose(desk, how, "conflicts", 1, case_id)
    if how is Format.JSON:
        write_json(_as_json(one))
        return
    say(f"{one.ref}  {one.title}")
    for number, side in enumerate(one.sides, 1):
        marks = (
            " (shown: the safer one)"
            if side.is_shown and one.is_safer
            else " (shown)"
            if side.is_shown
            else ""
        )
        say(f"{number}  {conflict_desk.in_words(side)}, {side.act}{marks}", f"   {side.text or '(empty)'}")
        if side.why:
            say(f"   because: {side.why}")
    if len(one.sides) == 2 and any(len(side.text) > 60 for side in one.sides):
        say("", as_marked(word_diff(one.sides[0].text, one.sides[1].text)))
    if one.words:
        say(f"May be: {', '.join(one.words)}")


@app.command("decide")
def decide(
    context: typer.Context,
    reference: _Case,
    which: _Which = "1",
    take: Annotated[
        int | None, typer.Option(metavar="NO", help="Take the value of this number in “conflict show”.")
    ] = None,
    both: Annotated[bool, typer.Option("--both", help="Let all stand, as one text or list.")] = False,
    new: Annotated[str, typer.Option(metavar="VALUE", help="Give another value.")] = "",
    why: Annotated[str, typer.Option(help="Why: everybody sees it.")] = "",
) -> None:
    """Decide a dispute: take one value, let both stand, or give a new one, with a reason."""
    from casedesk.desk import conflict_desk

    if sum((take is not None, both, bool(new))) != 1:
        raise BadInputError("How is it decided?", "Give one of --take, --both and --new.")
    with open_desk(door_of(context)) as desk:
        one = conflict_desk.conflict(desk, desk.find(reference), which)
        if take is not None:
            if not 0 < take <= len(one.sides):
                raise BadInputError(
                    f"There is no value {take}.", f"1 to {len(one.sides)}: see “conflict show”."
                )
            side = one.sides[take - 1]
            conflict_desk.take(desk, one, side, why)
            said = side.text
        elif both:
            said = conflict_desk.take_both(desk, one, why)
        else:
            said = conflict_desk.take_new(desk, one, new, why)
    say(f"{one.title}: {said or '(empty)'}. The others see it with your next bundle, and may contest it.")


@app.command("decisions")
def decisions(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(metavar="CASE", help="Only of this case.")] = "",
    how: _Format = Format.TABLE,
) -> None:
    """Show what was decided, by whom and why, the latest first."""
    from casedesk.desk import conflict_desk

    with open_desk(door_of(context), read_only=not leaves(how)) as desk:
        case_id = desk.find(reference) if reference else None
        found = conflict_desk.decisions(desk, case_id)
        disclose(desk, how, "conflicts", len({one.case_id for one in found}))
    if how is Format.TABLE and not found:
        say("Nothing was decided yet.")
        return
    write_rows(_DECIDED, [_decided(number, one) for number, one in enumerate(found, 1)], how)


@app.command("contest")
def contest(
    context: typer.Context,
    reference: _Case,
    number: Annotated[int, typer.Argument(metavar="NO", help="Its number in “conflict decisions CASE”.")],
    value: Annotated[
        str, typer.Option(help="What you hold to be right: one of the values before, or a new one.")
    ],
    why: Annotated[str, typer.Option(help="Why: everybody sees it.")],
) -> None:
    """Contest a decision: your value stands beside it, and the field is in dispute again."""
    from casedesk.desk import conflict_desk

    with open_desk(door_of(context)) as desk:
        one = _the_decision(desk, reference, number)
        conflict_desk.contest(desk, one, value, why)
    say(f"{one.title}: in dispute again. {one.who} sees it with your next bundle.")


def _the_decision(desk: "Desk", reference: str, number: int) -> "Decided":
    from casedesk.desk.conflict_desk import decisions

    found = decisions(desk, desk.find(reference))
    if not 0 < number <= len(found):
        raise BadInputError(f"There is no decision {number} here.", "See “casedesk conflict decisions CASE”.")
    return found[number - 1]


def _numbered(found: "list[Conflict]") -> "list[tuple[int, Conflict]]":
    """Each with its number within its case: what “conflict show” takes."""
    counts: dict[bytes, int] = {}
    made = []
    for one in found:
        counts[one.case_id] = counts.get(one.case_id, 0) + 1
        made.append((counts[one.case_id], one))
    return made


def _row(number: int, one: "Conflict") -> tuple[str, ...]:
    shown = next((side.text for side in one.sides if side.is_shown), "")
    values = "; ".join(
        f"{side.text or '(empty)'} ({side.who}, {'here' if side.is_mine else side.desk})"
        for side in one.sides
    )
    return (one.ref or "(team)", str(number), one.title, values, shown, one.owner)


def _decided(number: int, one: "Decided") -> tuple[str, ...]:
    from casedesk.model.moments import show_instant

    instead = "; ".join(f"{value or '(empty)'} ({who})" for value, who in one.instead_of)
    stands = "contested" if one.is_contested else "yes" if one.stands else "replaced"
    return (
        one.ref or "(team)", str(number), one.title, one.value, instead, one.why,
        one.who, show_instant(one.at), stands,
    )  # fmt: skip


def _as_json(one: "Conflict") -> dict[str, object]:
    return {
        "reference": one.ref, "entity": one.entity.name, "field": one.field.name, "what": one.title,
        "safer_shown": one.is_safer, "may_be": list(one.words),
        "values": [
            {
                "value": side.text, "who": side.who, "desk": side.desk, "at": side.at.isoformat(), "act": side.act,
                "why": side.why, "mine": side.is_mine, "shown": side.is_shown,
            }
            for side in one.sides
        ],
    }  # fmt: skip
