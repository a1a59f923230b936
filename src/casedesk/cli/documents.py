"""Documents and exhibits on the command line."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casedesk.cli.disclosing import disclose
from casedesk.cli.opening import door_of, open_desk
from casedesk.cli.output import Column, Format, say, write_rows
from casedesk.model.errors import BadInputError

if TYPE_CHECKING:
    from datetime import datetime

    from casedesk.desk.documents import Listed
    from casedesk.model.moments import Moment

Reference = Annotated[str, typer.Argument(metavar="CASE", help="The occurrence number, or its beginning.")]
Number = Annotated[int, typer.Argument(min=1, metavar="NUMBER", help="As “casedesk documents” lists it.")]
How = Annotated[Format, typer.Option("--format", help="How to write it.")]
_COLUMNS = (
    Column("No"), Column("Title", fold=True), Column("Type", most=24), Column("Size"),
    Column("Belongs to", fold=True), Column("Attached"), Column("Note", fold=True),
)  # fmt: skip
_EXHIBITS = (
    Column("Reference"), Column("Item", fold=True), Column("Where it is", fold=True), Column("Produced by", fold=True),
    Column("Date"), Column("Documents"), Column("Note", fold=True),
)  # fmt: skip

exhibit = typer.Typer(no_args_is_help=True, help="The evidence list: exhibits, and where each item is.")


def mount(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("attach")(attach)
    app.command("documents")(list_documents)
    app.command("view-document")(view_document)
    app.command("save-document")(save_document)
    app.command("remove-document")(remove_document)
    app.add_typer(exhibit, name="exhibit")


def attach(
    context: typer.Context,
    reference: Reference,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file. It stays where it is.")],
    title: Annotated[str, typer.Option(help="What it is. The file's name if not given.")] = "",
    of: Annotated[str, typer.Option("--exhibit", help="The exhibit that it belongs to.")] = "",
) -> None:
    """Take a file into the encrypted store, as a document of a case."""
    from casedesk.desk import documents, exhibits
    from casedesk.desk.incoming_file import shown_size

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        belongs = exhibits.find(desk, case_id, of).id if of else None
        made = documents.attach(desk, case_id, file, title=title, belongs=belongs)
        size = documents.store_size(desk)
    say(
        f"Document {made.number}: {made.title} ({made.media.title}, {shown_size(made.size)}).",
        *made.notes,
        size,
    )


def list_documents(
    context: typer.Context,
    reference: Reference,
    everything: Annotated[bool, typer.Option("--all", help="Those taken off, too.")] = False,
    how: How = Format.TABLE,
) -> None:
    """List the documents of a case."""
    from casedesk.desk import access
    from casedesk.desk.documents import case_documents

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        access.consulted(desk, case_id)
        rows = [_row(one) for one in case_documents(desk, case_id) if everything or not one.document.removed]
        disclose(desk, how, "documents", 1, case_id)
    if how is Format.TABLE and not rows:
        say("This case has no documents. “casedesk attach” takes one in.")
    else:
        write_rows(_COLUMNS, rows, how, "Documents")


def _row(one: "Listed") -> tuple[str, ...]:
    from casedesk.desk.incoming_file import shown_size
    from casedesk.model.moments import show_instant

    document = one.document
    notes = ("taken off" if document.removed else "", one.doubt[:1].lower() + one.doubt[1:])
    return (
        str(one.number), document.title or document.name or "", one.kind, shown_size(document.size or 0),
        one.belongs, show_instant(document.added_at) if document.added_at else "",
        ", ".join(note for note in notes if note),
    )  # fmt: skip


def view_document(context: typer.Context, reference: Reference, number: Number) -> None:
    """Show a text document here. Any other kind: save a copy."""
    from casedesk.desk.documents import numbered, read_text

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        shown = read_text(desk, case_id, numbered(desk, case_id, number).id)
    say(shown.text)
    if shown.cut:
        say("", "There is more of it: save a copy to read it all.")


def save_document(
    context: typer.Context,
    reference: Reference,
    number: Number,
    to: Annotated[
        Path, typer.Option(metavar="PATH", help="A new file, or a folder: it gets its own name there.")
    ],
    reason: Annotated[str, typer.Option(help="What for: kept in the access log.")] = "",
) -> None:
    """Save a copy of a document. It leaves the store, and the access log says so."""
    from casedesk.desk.documents import numbered, save_as

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        path = save_as(desk, case_id, numbered(desk, case_id, number).id, to, reason=reason)
    say(f"Saved as {path}, for you alone.")


def remove_document(
    context: typer.Context,
    reference: Reference,
    number: Number,
    why: Annotated[str, typer.Option(help="Why.")],
) -> None:
    """Take a document off a case. Its content stays in the store until the case is disposed of."""
    from casedesk.desk.documents import numbered, take_off

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        take_off(desk, case_id, numbered(desk, case_id, number).id, why)
    say("Taken off. “casedesk undo” brings it back.")


@exhibit.command("add")
def add_exhibit(
    context: typer.Context,
    reference: Reference,
    label: Annotated[str, typer.Argument(metavar="EXHIBIT", help="Its reference, as on the label: JD/1.")],
    what: Annotated[str, typer.Argument(metavar="ITEM", help="What it is.")],
    where: Annotated[str, typer.Option(help="Where the item is.")] = "",
    by: Annotated[str, typer.Option(help="Who produced it.")] = "",
    on: Annotated[str, typer.Option(help="The day: 2026-11-21, “fri”, “-2d”.")] = "",
    note: Annotated[str, typer.Option(help="Anything else.")] = "",
) -> None:
    """Put an item on the evidence list."""
    from casedesk.desk import exhibits

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        exhibits.add(desk, case_id, label, what, where=where, found_by=by, on=_day(on, desk.now), note=note)
    say(f"Exhibit {label} is on the list.")


@exhibit.command("move")
def move_exhibit(
    context: typer.Context,
    reference: Reference,
    label: Annotated[str, typer.Argument(metavar="EXHIBIT", help="Its reference.")],
    where: Annotated[str, typer.Argument(metavar="WHERE", help="Where the item is now.")],
) -> None:
    """Say where an item is now. Where it was stays in the history."""
    from casedesk.desk import exhibits

    if not where.strip():
        raise BadInputError("It is not said where the item is.", "Name the place.")
    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        exhibits.change(desk, case_id, exhibits.find(desk, case_id, label).id, {"where": where})
    say("Changed.")


@exhibit.command("list")
def list_exhibits(context: typer.Context, reference: Reference, how: How = Format.TABLE) -> None:
    """List the exhibits of a case."""
    from casedesk.desk import access
    from casedesk.desk.exhibits import case_evidence
    from casedesk.model.moments import show_moment

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        access.consulted(desk, case_id)
        rows = [
            (
                one.exhibit.reference or "", one.exhibit.what or "", one.exhibit.where or "",
                one.exhibit.found_by or "", show_moment(one.exhibit.on) if one.exhibit.on else "",
                " ".join(str(document.number) for document in one.documents), one.exhibit.note or "",
            )
            for one in case_evidence(desk, case_id)
        ]  # fmt: skip
        disclose(desk, how, "exhibits", 1, case_id)
    if how is Format.TABLE and not rows:
        say("This case has no exhibits. “casedesk exhibit add” puts one on the list.")
    else:
        write_rows(_EXHIBITS, rows, how, "Exhibits")


def _day(text: str, now: "datetime") -> "Moment | None":
    """A day typed for what has happened."""
    from casedesk.model.moments import moment_of_day
    from casedesk.model.typed_moments import Lean, parse_typed_day

    return moment_of_day(parse_typed_day(text, now, lean=Lean.PAST)) if text else None
