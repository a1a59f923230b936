"""Commands of everyday casework: the queue, a case, a log entry, a contact."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from casedesk.cli import typed
from casedesk.cli.disclosing import disclose
from casedesk.cli.opening import at_a_terminal, door_of, open_desk, open_noted
from casedesk.cli.output import Column, Format, say, write_json, write_rows
from casedesk.model.errors import BadInputError

if TYPE_CHECKING:
    from casedesk.desk.desk import Desk

QUEUE_COLUMNS = (
    Column("Band"), Column("Reference", most=13), Column("Why it is here", fold=True, least=30),
    Column("Offence", most=20), Column("Flags", most=9), Column("OIC", most=12),
)  # fmt: skip
_DUE = Column("Due")


def mount(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("queue")(show_queue)
    app.command("show")(show_case)
    app.command("log")(add_log)
    app.command("contact")(add_contact)
    app.command("flag")(set_flag)
    app.command("undo")(undo_last)
    app.command("redo")(redo_last)
    app.command("history")(show_history)


def show_queue(
    context: typer.Context,
    words: Annotated[list[str] | None, typer.Argument(help="Only cases with these words.")] = None,
    view: Annotated[
        str, typer.Option(help="open, all, custody, submitted, returned, mine or unassigned.")
    ] = "open",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many cases.")] = 20,
    how: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TABLE,
    plain: Annotated[
        bool, typer.Option("--plain", help="Plain lines, for screen readers and scripts.")
    ] = False,
) -> None:
    """Show the top of the queue, most pressing first."""
    form = Format.PLAIN if plain else how
    with open_noted(door_of(context)) as desk:
        print_queue(desk, view, " ".join(words or ()), limit, form)


def print_queue(desk: "Desk", view: str, words: str, limit: int, how: Format) -> None:
    """Write the top of the queue."""
    from casedesk.desk import caseload
    from casedesk.model.moments import local, show_instant

    found = caseload.top(desk, view, words, limit)
    disclose(desk, how, "queue", len(found.rows))
    if how is Format.TABLE and not found.total:
        say(
            "No cases here."
            + (" Try fewer words, or --view all." if words else " “casedesk import” brings some in.")
        )
        return
    if how is Format.JSON:
        write_json(
            [
                {
                    "band": found.bands[row.band], "reference": row.ref, "why": row.sentence,
                    "due": local(row.due_at).isoformat() if row.due_at else None, "offence": row.offence,
                    "flags": list(row.flags), "oic": row.oic, "owner": row.owner, "stage": row.stage,
                    "outcome": row.outcome,
                }
                for row in found.rows
            ]
        )  # fmt: skip
        return
    rows = [
        (found.bands[row.band], row.ref, row.sentence, row.offence, " ".join(row.flags), row.oic)
        for row in found.rows
    ]
    if how is Format.TABLE:  # the sentence says when it is due
        write_rows(QUEUE_COLUMNS, rows, how, f"{len(rows)} of {found.total:,} cases ({view})")
        return
    due = [show_instant(row.due_at) if row.due_at else "" for row in found.rows]
    write_rows((*QUEUE_COLUMNS, _DUE), [(*row, at) for row, at in zip(rows, due, strict=True)], how)


def show_case(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(help="The occurrence number, or its beginning.")],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show one case: why it is where it is, its facts, people and timeline."""
    from casedesk.desk import access, casepage

    with open_noted(door_of(context)) as desk:
        case_id = desk.find(reference)
        access.consulted(desk, case_id)
        page = casepage.read_page(desk, case_id)
        if as_json:
            disclose(desk, Format.JSON, "case", 1, case_id)
            write_json(casepage.as_json(page))
        else:
            say(*casepage.as_lines(page))


def add_log(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(help="The occurrence number, or its beginning.")],
    text: Annotated[str, typer.Argument(help="What was done; “-” reads it from standard input.")],
    topic: Annotated[str, typer.Option(help="note, chase, decision, handover or support.")] = "note",
    at: Annotated[str, typer.Option(help="When: “14:30”, “-2h”, “fri 10:00”. Now if not given.")] = "",
) -> None:
    """Add an entry to a case's log."""
    from casedesk.desk import record

    said = typed.said(text)
    with open_desk(door_of(context)) as desk:
        record.add_log_entry(desk, desk.find(reference), said, topic=topic, at=_past(at, desk.now))
    say("Logged.")


def add_contact(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(help="The occurrence number, or its beginning.")],
    text: Annotated[str, typer.Argument(help="What was said; “-” reads it from standard input.")],
    channel: Annotated[
        str, typer.Option(help="phone, in-person, email, text, letter, video or portal.")
    ] = "phone",
    reached: Annotated[
        bool | None, typer.Option("--reached/--attempted", help="Whether they were reached. Say which.")
    ] = None,
    purpose: Annotated[
        list[str] | None, typer.Option(help="arrest, bail, charge, outcome, nfa, update … Repeatable.")
    ] = None,
    victim: Annotated[str, typer.Option(help="Words of the victim's name, where there are several.")] = "",
    witness: Annotated[
        str, typer.Option(help="Words of the witness's name: it was a witness who was contacted.")
    ] = "",
    at: Annotated[str, typer.Option(help="When. Now if not given.")] = "",
    next_at: Annotated[
        str, typer.Option("--next", help="By when the next contact was promised: a day alone by its end.")
    ] = "",
) -> None:
    """Record a contact with a victim or witness; says which duties it met."""
    from casedesk.desk import people
    from casedesk.desk.case_asks import find_person
    from casedesk.desk.people_verbs import contact_said

    if reached is None:
        raise BadInputError("Was the victim reached?", "Add --reached or --attempted.")
    if victim and witness:
        raise BadInputError("--victim and --witness do not go together.", "Record two contacts.")

    content = typed.said(text)
    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        file = desk.case(case_id).file
        person = find_person(file, witness or victim, "witnesses" if witness else "victims")
        told = people.contact(
            desk, case_id, person=person, channel=channel, made=reached, text=content, purposes=purpose or (),
            at=_past(at, desk.now), next_at=typed.by(desk, next_at),
        )  # fmt: skip
    say(contact_said(told, made=reached))


def set_flag(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(help="The occurrence number, or its beginning.")],
    word: Annotated[str, typer.Argument(help="da, hate, knife, child, sexual, exploitation …")],
    why: Annotated[str, typer.Option(help="Why.")],
    off: Annotated[bool, typer.Option("--off", help="Take the flag off.")] = False,
) -> None:
    """Put a flag on a case, or take it off."""
    from casedesk.desk import record

    with open_desk(door_of(context)) as desk:
        record.raise_flag(desk, desk.find(reference), word, raised=not off, why=why)
    say("Taken off." if off else "Flagged.")


def undo_last(
    context: typer.Context,
    list_acts: Annotated[
        bool, typer.Option("--list", help="List the latest acts and whether each can be undone.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take back what was done last, as one. At a terminal it asks first."""
    from casedesk.desk import undo

    with open_desk(door_of(context)) as desk:
        if list_acts:
            say(*(f"{undo.described(desk, act)}: {why or 'can be undone'}" for act, why in undo.latest(desk)))
            return
        act = undo.next_undo(desk)
        said = undo.described(desk, act) if act is not None else ""
        if act is not None and not yes and at_a_terminal() and not typer.confirm(f"Undo {said}?"):
            say("Nothing was undone.")
            return
        undo.undo(desk, act)
        say(f"Undone: {said}.")


def redo_last(context: typer.Context) -> None:
    """Do again what was undone last."""
    from casedesk.desk import undo

    with open_desk(door_of(context)) as desk:
        say(f"Done again: {undo.described(desk, undo.redo(desk))}.")


def show_history(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(help="The occurrence number, or its beginning.")],
    fact: Annotated[str, typer.Option(help="Only facts with these words in their name.")] = "",
    how: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TABLE,
) -> None:
    """Show who set each fact of a case, when, from what to what."""
    from casedesk.desk import access
    from casedesk.desk.history import case_history
    from casedesk.model.moments import show_instant
    from casedesk.model.text import folded

    with open_noted(door_of(context)) as desk:
        case_id = desk.find(reference)
        access.consulted(desk, case_id)
        rows = [
            (show_instant(one.at), one.who, f"{one.what}: {one.field}", one.before, one.after, one.act)
            for one in case_history(desk, case_id)
            if folded(fact) in folded(one.field)
        ]
        disclose(desk, how, "history", 1, case_id)
    columns = (Column("When", fold=True), Column("Who", fold=True), Column("Fact", fold=True),
               Column("Before", fold=True), Column("After", fold=True), Column("By", fold=True))  # fmt: skip
    write_rows(columns, rows, how, f"{len(rows)} changes, latest first")


def _past(text: str, now: datetime) -> datetime | None:
    """A moment typed for what has happened."""
    from casedesk.model.typed_moments import Lean, parse_typed

    return parse_typed(text, now, lean=Lean.PAST) if text else None
