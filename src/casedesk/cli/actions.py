"""Commands of the action plan: add, chase, done, and what goes with them."""

from typing import TYPE_CHECKING, Annotated

import typer

from casedesk.cli import typed
from casedesk.cli.disclosing import disclose
from casedesk.cli.opening import door_of, open_desk
from casedesk.cli.output import Column, Format, say, write_rows

if TYPE_CHECKING:
    from casedesk.desk.action_plan import Planned
    from casedesk.desk.desk import Desk
    from casedesk.model.ids import EntityId

_COLUMNS = (
    Column("No"), Column("State"), Column("Due", least=16), Column("What", fold=True, least=28),
    Column("Owner", most=16), Column("Waiting since", most=16), Column("Chased"), Column("After"),
    Column("Reference", most=14), Column("Result", fold=True),
)  # fmt: skip
_Case = Annotated[str, typer.Argument(metavar="CASE", help="The occurrence number, or its beginning.")]
_Which = Annotated[str, typer.Argument(metavar="ACTION", help="Its number in “action list”, or words of it.")]
_Due = Annotated[str, typer.Option(help="When: “+5wd”, “fri”, “27/11 12:00”.")]

action = typer.Typer(no_args_is_help=True, help="The action plan of a case.")


def mount(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(action, name="action")


@action.command("add")
def add(
    context: typer.Context,
    reference: _Case,
    what: Annotated[str, typer.Argument(help="What is to be done.")],
    due: _Due = "",
    owner: Annotated[str, typer.Option(help="oic, desk, or a name. Whose the case is if not given.")] = "",
    why: Annotated[str, typer.Option(help="Why it matters.")] = "",
    after: Annotated[str, typer.Option(help="The action that must be done first: its number or words.")] = "",
    evidence: Annotated[str, typer.Option(help="The evidence it will produce.")] = "",
    category: Annotated[str, typer.Option(help="footage, statements, forensic, medical …")] = "",
    request: Annotated[
        str, typer.Option(metavar="TEAM", help="Ask this team: cctv, digital-forensics, pnc …")
    ] = "",
    their_reference: Annotated[str, typer.Option("--reference", help="The team's reference.")] = "",
) -> None:
    """Set an action, or a request to an enabling team."""
    from casedesk.desk import actions
    from casedesk.desk.action_plan import find

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        first = find(desk.case(case_id).file, after) if after else None
        own = actions.add(
            desk, case_id, what, why=why, owner=owner, due=typed.to_come(desk, due), after=first,
            evidence=evidence, category=category, request=request, reference=their_reference,
        )  # fmt: skip
        lines = [_said(desk, case_id, own, "Set")]
        if request:
            file = desk.case(case_id).file
            lines += actions.request_lines(desk, file, dict(file.actions)[own])
    say(*lines)


@action.command("plan")
def plan_from_template(
    context: typer.Context,
    reference: _Case,
    template: Annotated[str, typer.Option(help="Set the actions of this template.")] = "",
    only: Annotated[
        list[str] | None, typer.Option(help="Only this action of the template. Repeatable.")
    ] = None,
) -> None:
    """Show the templates for a case, the best first, or set the actions of one."""
    from casedesk.desk import access, actions

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        if not template:
            access.consulted(desk, case_id)
            for one in actions.templates_for(desk, desk.case(case_id).file):
                say(f"{one.id}: {one.title}", *(f"  {item.id}: {item.what}" for item in one.items))
            return
        fresh = actions.from_template(desk, case_id, template, only)
        lines = [_said(desk, case_id, own, "Set") for own in fresh]
    say(*lines)


@action.command("done")
def done(
    context: typer.Context,
    reference: _Case,
    which: _Which,
    result: Annotated[str, typer.Argument(help="With what result.")],
    evidence: Annotated[str, typer.Option(help="What evidence it produced.")] = "",
    at: Annotated[str, typer.Option(help="When. Now if not given.")] = "",
    by: Annotated[str, typer.Option(help="Who did it. You if not given.")] = "",
) -> None:
    """Complete an action."""
    from casedesk.desk import actions

    with open_desk(door_of(context)) as desk:
        case_id, own = _find(desk, reference, which)
        freed = actions.done(desk, case_id, own, result, evidence=evidence, at=typed.past(desk, at), by=by)
        what = dict(desk.case(case_id).file.actions)[own].what
    say(f"Done: {what}", *(f"Now possible: {one.number} {one.action.what}" for one in freed))


@action.command("chase")
def chase(
    context: typer.Context,
    reference: _Case,
    which: _Which,
    text: Annotated[str, typer.Argument(help="What was said.")] = "",
    next_due: Annotated[str, typer.Option("--next", help="When to chase next, if not as usual.")] = "",
) -> None:
    """Chase an action: the log says so, and the next chase is set."""
    from casedesk.desk import actions
    from casedesk.rules.reasons.factor import when

    with open_desk(door_of(context)) as desk:
        case_id, own = _find(desk, reference, which)
        chased = actions.chase(desk, case_id, own, text=text, next_due=typed.to_come(desk, next_due))
        what = dict(desk.case(case_id).file.actions)[own].what
    say(f"Chased ({chased.times} so far): {what}. Next: {when(chased.due)}.", *filter(None, [chased.tell]))


@action.command("list")
def list_actions(
    context: typer.Context,
    reference: _Case,
    all_: Annotated[bool, typer.Option("--all", help="Those done and cancelled too.")] = False,
    how: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TABLE,
) -> None:
    """Show the actions of a case: overdue, to be done, waiting for another."""
    from casedesk.desk import access
    from casedesk.desk.action_plan import plan

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        access.consulted(desk, case_id)
        planned = plan(desk.case(case_id).file, desk.now, closed=all_)
        disclose(desk, how, "actions", 1, case_id)
    if how is Format.TABLE and not planned:
        say("No action is open. “casedesk action add” sets one, “action plan” a whole plan.")
        return
    numbers = {one.id: one.number for one in planned}
    write_rows(
        _COLUMNS, [_row(one, numbers) for one in planned], how,
        f"{sum(one.is_open for one in planned)} open",
    )  # fmt: skip


@action.command("late")
def late(
    context: typer.Context,
    reference: _Case,
    which: _Which,
    why: Annotated[str, typer.Argument(help="rest-days, workload, waiting-team … or in your own words.")],
) -> None:
    """Say why an action is late."""
    from casedesk.desk import actions

    with open_desk(door_of(context)) as desk:
        case_id, own = _find(desk, reference, which)
        actions.late(desk, case_id, own, why)
    say("Recorded why it is late.")


@action.command("cancel")
def cancel(
    context: typer.Context,
    reference: _Case,
    which: _Which,
    why: Annotated[str, typer.Argument(help="Why.")],
) -> None:
    """Cancel an action; it stays in sight with the reason."""
    from casedesk.desk import actions

    with open_desk(door_of(context)) as desk:
        case_id, own = _find(desk, reference, which)
        actions.cancel(desk, case_id, own, why)
    say("Cancelled.")


@action.command("reopen")
def reopen(
    context: typer.Context,
    reference: _Case,
    which: _Which,
    why: Annotated[str, typer.Argument(help="Why.")],
    due: _Due = "",
) -> None:
    """Open an action again that was done or cancelled."""
    from casedesk.desk import actions

    with open_desk(door_of(context)) as desk:
        case_id, own = _find(desk, reference, which)
        actions.reopen(desk, case_id, own, why, due=typed.to_come(desk, due))
        line = _said(desk, case_id, own, "Open again")
    say(line)


def _find(desk: "Desk", reference: str, which: str) -> "tuple[EntityId, EntityId]":
    from casedesk.desk.action_plan import find

    case_id = desk.find(reference)
    return case_id, find(desk.case(case_id).file, which)


def _said(desk: "Desk", case_id: "EntityId", own: "EntityId", done_: str) -> str:
    from casedesk.desk.action_plan import plan
    from casedesk.rules.reasons.factor import when

    one = next(one for one in plan(desk.case(case_id).file, desk.now) if one.id == own)
    due = f", due {when(one.action.due_at)}" if one.action.due_at else ""
    return f"{done_}: {one.number} {one.action.what} ({one.action.owner}{due})"


def _row(one: "Planned", numbers: "dict[EntityId, int]") -> tuple[str, ...]:
    from casedesk.rules.reasons.factor import when

    action_ = one.action
    return (
        str(one.number), one.state.value, when(action_.due_at) if action_.due_at else "", action_.what or "",
        action_.owner or "", when(one.waiting_since) if one.waiting_since else "", str(action_.chases or ""),
        str(numbers.get(one.blocked_by, "")) if one.blocked_by else "", action_.reference or "",
        action_.result or action_.cancelled_why or action_.late_why or "",
    )  # fmt: skip
