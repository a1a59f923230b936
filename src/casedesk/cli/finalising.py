"""Finalising on the command line: finalise, return, hold, reopen, and rulings."""

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casedesk.cli.disclosing import disclose
from casedesk.cli.opening import door_of, open_desk
from casedesk.cli.output import Column, Format, say, write_rows
from casedesk.desk.paths import is_folder, is_name, is_there
from casedesk.model.errors import BadInputError

if TYPE_CHECKING:
    from casedesk.desk.desk import Desk
    from casedesk.desk.rulings import RulingRow
    from casedesk.model.ids import EntityId
    from casedesk.model.moments import Moment

ruling = typer.Typer(help="Questions for the decision maker or the registrar.", no_args_is_help=True)

_Case = Annotated[str, typer.Argument(help="The occurrence number, or its beginning.")]
_HowToWrite = Annotated[Format, typer.Option("--format", help="How to write it.")]
_RULINGS = (
    Column("No.", least=3), Column("Reference", most=16), Column("Asked"), Column("For"), Column("Due"),
    Column("By"), Column("Answer"),
)  # fmt: skip

_OUT = (
    Column("Reference", most=16), Column("To", most=20), Column("Round"), Column("State"), Column("Due"),
    Column("Supervisor", most=20),
)  # fmt: skip


def mount(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("finalise")(finalise_case)
    app.command("reopen")(reopen_case)
    app.command("return")(return_cases)
    app.command("hold")(hold_case)
    app.add_typer(ruling, name="ruling")


def finalise_case(
    context: typer.Context,
    reference: _Case,
    outcome: Annotated[str | None, typer.Option(help="Another outcome than the one recorded.")] = None,
    date: Annotated[str, typer.Option(help="Another outcome date: “18/11/2026”, “yesterday”.")] = "",
    ho_class: Annotated[
        str | None, typer.Option("--class", help="Another Home Office class: 008/06.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="The decision maker, where it is not on record.")] = None,
    rank: Annotated[str | None, typer.Option(help="pc, sgt, insp, ci, supt, staff, ddm, fcr or cps.")] = None,
    why: Annotated[str | None, typer.Option(help="The rationale, where it is not on record.")] = None,
    accept: Annotated[
        list[str] | None, typer.Option(help="Warnings to accept, by their rules: V05,V19b. May be repeated.")
    ] = None,
) -> None:
    """Finalise a crime on its facts. Exit status 1 says that something blocks, or warns and was not accepted."""
    from casedesk.desk import finalise

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        finalise.finalise(
            desk, case_id, outcome=outcome, outcome_date=_day(date, desk.now, past=True), ho_class=ho_class,
            decided_by=by, decided_rank=rank, rationale=why, accept_warnings=_each(accept),
        )  # fmt: skip
        said = _approved(desk, case_id)
    say(said)


def reopen_case(
    context: typer.Context, reference: _Case, why: Annotated[str, typer.Option(help="Why.")]
) -> None:
    """Open a finalised crime again; its approval stays in sight."""
    from casedesk.desk.finalise import reopen

    with open_desk(door_of(context)) as desk:
        reopen(desk, desk.find(reference), why)
    say("Reopened.")


def hold_case(
    context: typer.Context,
    reference: _Case,
    why: Annotated[str, typer.Option(help="Why it waits.")] = "",
    until: Annotated[str, typer.Option(help="Until when.")] = "",
    off: Annotated[bool, typer.Option("--off", help="Let it go on.")] = False,
) -> None:
    """Hold a crime in the review, or let it go on."""
    from casedesk.desk import returns

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        if off:
            returns.release_hold(desk, case_id)
        else:
            returns.hold(desk, case_id, why, _day(until, desk.now))
    say("Released." if off else "Held.")


def return_cases(
    context: typer.Context,
    references: Annotated[list[str] | None, typer.Argument(help="Occurrence numbers.")] = None,
    reason: Annotated[
        list[str] | None,
        typer.Option(
            help="A reason, or a rule. May be repeated. Not given: what each one's findings propose."
        ),
    ] = None,
    text: Annotated[str, typer.Option(help="A message of your own, added to each.")] = "",
    due: Annotated[str, typer.Option(help="Wanted back by: “fri”, “+5d”.")] = "",
    to: Annotated[str | None, typer.Option(help="To whom. Not given: each officer in charge.")] = None,
    escalate: Annotated[
        bool, typer.Option("--escalate/--no-escalate", help="A second return goes to the supervisor too.")
    ] = True,
    message: Annotated[
        Path | None, typer.Option(help="Write the message: a .txt or .docx, or a folder for several.")
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Say what would happen, and do nothing.")
    ] = False,
    reasons: Annotated[bool, typer.Option("--reasons", help="List the reasons.")] = False,
    out: Annotated[
        bool, typer.Option("--out", help="List what is out for rework, or has come back.")
    ] = False,
    how: _HowToWrite = Format.TABLE,
) -> None:
    """Return crimes for rework, as one act. casedesk sends nothing: --message writes what you can send."""
    from casedesk.desk.bulk import carry_out
    from casedesk.desk.returns import plan_returns
    from casedesk.model.text import counted

    with open_desk(door_of(context)) as desk:
        if reasons:
            _list_reasons(desk)
            return
        if out:
            _list_out(desk, how)
            return
        ids = _cases(desk, references or ())
        if message is not None:
            _refuse_if_no_place(desk, ids, message, to)
        wanted = {one: reason or _proposed(desk, one) for one in ids}
        plan = plan_returns(
            desk, wanted, text=text, due_on=_day(due, desk.now), to=to, escalate=escalate
        )  # fmt: skip
        if preview:
            say(*plan.as_lines())
            return
        count = carry_out(desk, plan)
        say(
            f"Returned: {counted(count, 'crime')}.",
            *(f"{one.ref}: not returned, {one.why}" for one in plan.unchanged),
        )
        if message is not None:
            _write_messages(desk, [change.case_id for change in plan.changes], message)


@ruling.command("ask")
def ask_for_a_ruling(
    context: typer.Context,
    reference: _Case,
    kind: Annotated[str, typer.Argument(help="cancellation, reclassification, n100 or outcome.")],
    code: Annotated[str | None, typer.Option(help="C1 to C5, an outcome, or the N100 reason.")] = None,
    to_class: Annotated[str | None, typer.Option(help="The Home Office class wanted.")] = None,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    information: Annotated[str, typer.Option(help="Additional verifiable information.")] = "",
    evidence: Annotated[str | None, typer.Option(help="The kind of evidence: cctv, medical …")] = None,
    principal: Annotated[
        bool, typer.Option("--principal-checked", help="The principal crime was looked for.")
    ] = False,
    authority: Annotated[str | None, typer.Option(help="Who decides, where not the usual one.")] = None,
    due: Annotated[str, typer.Option(help="When a decision is due.")] = "",
    send_back: Annotated[
        bool, typer.Option("--send-back", help="Record an application below standard as sent back.")
    ] = False,
) -> None:
    """Put a question to whoever decides it; says what the application lacks."""
    from casedesk.desk import rulings

    asked = rulings.Asked(
        kind=kind, code=code, to_class=to_class, reason=reason or None, information=information or None,
        evidence_kind=evidence, principal_checked=principal or None,
    )  # fmt: skip
    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        advice = [one.what for one in rulings.lacking(desk, case_id, asked) if not one.needed]
        made = rulings.ask(
            desk, case_id, asked, authority=authority, due_on=_day(due, desk.now), send_back=send_back
        )
        (row,) = (one for one in rulings.open_rulings(desk, answered=True) if one.id == made)
        who = rulings.authority_title(desk, row.authority)
    say(f"Recorded as sent back: {kind}." if row.answer else f"Asked: {kind}, for the {who}.")
    say(*(f"Look at: {one}" for one in advice))


@ruling.command("decide")
def decide_a_ruling(
    context: typer.Context,
    reference: _Case,
    answer: Annotated[str, typer.Argument(help="approved, refused or sent-back.")],
    by: Annotated[str, typer.Option(help="Who decided; never the officer in charge.")],
    why: Annotated[str, typer.Option(help="Why.")],
    rank: Annotated[str, typer.Option(help="pc, sgt, insp, ci, supt, staff, ddm, fcr or cps.")] = "",
    number: Annotated[
        int, typer.Option(min=0, help="Which, where several wait: its number in the list.")
    ] = 0,
) -> None:
    """Record the answer. What was approved goes on the record of the crime; one undo takes both back."""
    from casedesk.desk import rulings

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        chosen = _chosen(rulings.open_rulings(desk, case_ids=[case_id]), number)
        rulings.decide(desk, case_id, chosen.id, answer, decider=by, rank=rank, why=why)
    say(f"Recorded: {chosen.kind} {answer}.")


@ruling.command("list")
def list_rulings(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(help="Only of this case.")] = "",
    kind: Annotated[str | None, typer.Option(help="Only of this kind.")] = None,
    authority: Annotated[str | None, typer.Option(help="Only for: ddm, fcr, crime-management.")] = None,
    answered: Annotated[bool, typer.Option("--all", help="The answered ones too.")] = False,
    how: _HowToWrite = Format.TABLE,
) -> None:
    """List the questions that wait for an answer, those due first at the top."""
    from casedesk.desk import rulings
    from casedesk.model.moments import show_instant, show_moment
    from casedesk.model.text import counted

    with open_desk(door_of(context)) as desk:
        ids = [desk.find(reference)] if reference else None
        found = rulings.open_rulings(desk, kind=kind, authority=authority, case_ids=ids, answered=answered)
        disclose(desk, how, "rulings", len(found))
    rows = [
        (
            str(number), one.reference, " ".join(part for part in (one.kind, one.code, one.to_class) if part),
            one.authority, f"{show_moment(one.due_on)}{' late' if one.overdue else ''}" if one.due_on else "",
            f"{one.asked_by} {show_instant(one.asked_at) if one.asked_at else ''}", one.answer,
        )
        for number, one in enumerate(found, start=1)
    ]  # fmt: skip
    write_rows(_RULINGS, rows, how, counted(len(rows), "ruling"))


def _approved(desk: "Desk", case_id: "EntityId") -> str:
    from casedesk.desk.finalise import summary
    from casedesk.desk.review_state import standing_approval
    from casedesk.store.finalised import read_finalising

    found = standing_approval(read_finalising(desk.store.connection, case_id))
    ref = desk.case(case_id).file.case.ref or "(no reference)"
    return f"Finalised: {ref}, {summary(found[1]) if found else ''}."


def _cases(desk: "Desk", references: "list[str] | tuple[()]") -> "list[EntityId]":
    if not references:
        raise BadInputError("Which crimes?", "Give their occurrence numbers.")
    return [desk.find(reference) for reference in references]


def _proposed(desk: "Desk", case_id: "EntityId") -> tuple[str, ...]:
    from casedesk.desk.finalise import judge
    from casedesk.desk.returns import proposed_reasons

    file = desk.case(case_id).file
    found = proposed_reasons(desk, judge(desk, file))
    if not found:
        raise BadInputError(
            f"The check finds nothing wrong with {file.case.ref}.", "Say why it goes back: --reason."
        )
    return found


def _refuse_if_no_place(desk: "Desk", ids: "list[EntityId]", path: Path, to: str | None) -> None:
    """Before anything is returned: the messages must have a place to go."""
    if is_folder(path):
        return
    if is_there(path):
        raise BadInputError(f"{path} is there already.", "Give another name: nothing is overwritten.")
    if path.suffix.casefold() not in (".txt", ".docx"):
        raise BadInputError(
            f"{path.name}: a message is written as .txt or .docx.", "Name a file that ends so."
        )
    if not is_name(path):
        raise BadInputError("That name is too long for a file.", "Give a shorter one: nothing was returned.")
    if not is_folder(path.parent):
        raise BadInputError(
            f"There is no folder {path.parent}.", "Make it first, or name another: nothing was returned."
        )
    officers = {to or desk.case(one).file.case.oic for one in ids}
    if len(officers) > 1:
        raise BadInputError(f"{len(officers)} officers have a message each.", "Name a folder that is there.")


def _write_messages(desk: "Desk", ids: "list[EntityId]", path: Path) -> None:
    from casedesk.desk.return_messages import export_messages, messages

    say(*(f"Written: {one}" for one in export_messages(desk, messages(desk, ids), path)))


def _list_reasons(desk: "Desk") -> None:
    say(*(f"{one.id}: {one.title}" for one in desk.packs.returns.reasons.values()))


def _list_out(desk: "Desk", how: Format) -> None:
    from casedesk.desk.returns import outstanding
    from casedesk.model.moments import show_moment
    from casedesk.model.text import counted

    found = outstanding(desk)
    disclose(desk, how, "returns", len(found))
    rows = [
        (
            one.reference, one.to, str(one.number), f"{one.state}{', late' if one.overdue else ''}",
            show_moment(one.due_on) if one.due_on else "", one.escalated_to,
        )
        for one in found
    ]  # fmt: skip
    write_rows(_OUT, rows, how, f"{counted(len(rows), 'crime')} returned")


def _chosen(rows: "list[RulingRow]", number: int) -> "RulingRow":
    if not rows:
        raise BadInputError("No ruling is awaited in that case.", "“casedesk ruling ask” puts a question.")
    if len(rows) > 1 and not number:
        raise BadInputError(
            f"{len(rows)} rulings are awaited in that case.",
            "Say which: --number, from “casedesk ruling list CASE”.",
        )
    if number > len(rows):
        raise BadInputError(f"There is no number {number}.", "See “casedesk ruling list CASE”.")
    return rows[max(number, 1) - 1]


def _each(words: list[str] | None) -> list[str]:
    """What an option was given, once for each or with commas between."""
    return [one for word in words or () for one in re.split(r"[,;\s]+", word) if one]


def _day(text: str, now: datetime, *, past: bool = False) -> "Moment | None":
    from casedesk.model.moments import moment_of_day
    from casedesk.model.typed_moments import Lean, parse_typed_day

    if not text:
        return None
    lean = Lean.PAST if past else Lean.FUTURE
    return moment_of_day(parse_typed_day(text, now, lean=lean))
