"""Letters, agreements, records and notices of the clinic on the command line."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casedesk.cli.disclosing import disclose
from casedesk.cli.opening import door_of, open_desk
from casedesk.cli.output import Column, Format, say, write_rows
from casedesk.model.errors import BadInputError

if TYPE_CHECKING:
    from casedesk.desk.desk import Desk
    from casedesk.desk.paperwork import Composed
    from casedesk.model.facts import CaseFile
    from casedesk.model.ids import EntityId

Reference = Annotated[str, typer.Argument(metavar="CASE", help="The occurrence number, or its beginning.")]
Which = Annotated[str, typer.Argument(metavar="LETTER", help="As “casedesk letter list” names it: L01.")]
OfWhom = Annotated[
    str, typer.Option("--suspect", metavar="NAME", help="Which suspect, if there are several.")
]
ToWhom = Annotated[str, typer.Option("--victim", metavar="NAME", help="Which victim, if there are several.")]
About = Annotated[
    int | None, typer.Option("--condition", min=1, help="Which condition it is about, counted from 1.")
]
Easy = Annotated[bool, typer.Option("--easy-read", help="The easy-read variant.")]
Typed = Annotated[
    list[str] | None,
    typer.Option("--say", metavar="NAME=TEXT", help="What nothing recorded gives: reason=… Repeatable."),
]
How = Annotated[Format, typer.Option("--format", help="How to write it.")]
_COLUMNS = (
    Column("Letter"), Column("Title", fold=True), Column("For", most=9), Column("Why not", fold=True),
    Column("To type", fold=True),
)  # fmt: skip
_PRINT = (
    Column("Time"), Column("Name", fold=True), Column("Occurrence"), Column("Paper", fold=True), Column("Copies"),
    Column("Why not yet", fold=True),
)  # fmt: skip

letter = typer.Typer(no_args_is_help=True, help="Letters, agreements, records and notices of the clinic.")


def mount(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(letter, name="letter")


@letter.command("list")
def list_letters(
    context: typer.Context,
    reference: Reference,
    suspect: OfWhom = "",
    victim: ToWhom = "",
    how: How = Format.TABLE,
) -> None:
    """List every letter, with why it cannot be written now."""
    from casedesk.desk import access
    from casedesk.desk.paperwork import documents_for, typed_for

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        access.consulted(desk, case_id)
        file = desk.case(case_id).file
        found = documents_for(desk, case_id, _suspect(file, suspect), _victim(file, victim))
        rows = [
            (
                one.letter.id, one.letter.title, one.letter.audience.value, one.why_not,
                " ".join(what.id.removeprefix("typed.") for what in typed_for(desk, one.letter)),
            )
            for one in found
        ]  # fmt: skip
        disclose(desk, how, "letters", 1, case_id)
    write_rows(_COLUMNS, rows, how, "Letters")


@letter.command("preview")
def preview(
    context: typer.Context,
    reference: Reference,
    which: Which,
    suspect: OfWhom = "",
    victim: ToWhom = "",
    condition: About = None,
    easy: Easy = False,
    typed: Typed = None,
) -> None:
    """Show a letter here as it would be written, and what to know about it."""
    from casedesk.desk.paperwork import consulted, notes, preview_text

    with open_desk(door_of(context)) as desk:
        composed = _composed(desk, reference, which, (suspect, victim), condition, easy, typed or ())
        consulted(desk, composed)
        said = notes(composed)
        text = preview_text(composed)
    say(text.rstrip("\n"), *(["", *said] if said else []))


@letter.command("write")
def write(
    context: typer.Context,
    reference: Reference,
    which: Which,
    suspect: OfWhom = "",
    victim: ToWhom = "",
    condition: About = None,
    easy: Easy = False,
    typed: Typed = None,
    to: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="A new .docx file, or a folder. Otherwise it is kept in the case."),
    ] = None,
    warned: Annotated[
        bool, typer.Option("--warning-read", help="I have read what warns of contact with this person.")
    ] = False,
) -> None:
    """Write a letter: into the case as a document, or to a file, which the access log has a line of."""
    from casedesk.desk.paperwork import notes, save_into_case, write_file

    with open_desk(door_of(context)) as desk:
        composed = _composed(desk, reference, which, (suspect, victim), condition, easy, typed or ())
        if to is not None:
            path = write_file(desk, composed, to, warned=warned)
            say(f"Saved as {path}, for you alone.", *notes(composed))
            return
        made = save_into_case(desk, composed, warned=warned)
    say(f"Document {made.number}: {made.title}.", *made.notes)


@letter.command("address")
def set_address(
    context: typer.Context,
    reference: Reference,
    person: Annotated[str, typer.Argument(metavar="NAME", help="The suspect or victim, by name.")],
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="Lines with commas between; “” takes it off.")
    ],
) -> None:
    """Say where letters to a suspect or a victim go."""
    from casedesk.desk import paperwork
    from casedesk.desk.case_asks import find_person

    with open_desk(door_of(context)) as desk:
        case_id = desk.find(reference)
        own = find_person(desk.case(case_id).file, person, "suspects", "victims")
        if own is None:
            raise BadInputError("This case has no suspect and no victim.", "Add the person first.")
        lines = "\n".join(part.strip() for part in address.split(",") if part.strip())
        paperwork.set_address(desk, case_id, own, lines)
    say("Letters go there now." if address.strip() else "The address is taken off.")


@letter.command("templates")
def templates(
    context: typer.Context,
    to: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="An empty folder to write them to.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Check your force's own templates instead.")] = False,
) -> None:
    """Write every letter as a Word template to edit, or check the templates of your force."""
    from casedesk.desk.paperwork import check_templates, write_templates

    if (to is None) is not check:
        raise BadInputError("Say either --to FOLDER or --check.", "")
    with open_desk(door_of(context)) as desk:
        if to is not None:
            made = write_templates(desk, to)
            overlay = desk.packs.overlay
            say(
                f"{len(made)} templates are in {to}. Edit them in Word; leave what stands in double braces.",
                f"Put those that you change into {overlay / 'letters' if overlay else 'the packs folder'}.",
            )
            return
        wrong = check_templates(desk)
    if wrong:
        say(*wrong)
        raise typer.Exit(1)
    say("The templates of your force can be used.")


@letter.command("print-list")
def print_list(
    context: typer.Context,
    clinic: Annotated[str, typer.Argument(metavar="CLINIC", help="As “casedesk clinic” lists it.")],
    how: How = Format.TABLE,
) -> None:
    """List what to print for a clinic day."""
    from casedesk.desk import access
    from casedesk.desk.clinic_diary import find_clinic
    from casedesk.desk.paperwork import print_list as listed

    with open_desk(door_of(context)) as desk:
        found = listed(desk, find_clinic(desk, clinic).id)
        for one in found:
            access.consulted(desk, one.case_id)
        rows = [
            (one.at, one.name, one.reference, paper.title, str(paper.copies), why)
            for one in found
            for paper, why in one.papers
        ]
        disclose(desk, how, "print list", len(found))
    if how is Format.TABLE and not rows:
        say("Nobody is still to be seen in this clinic.")
    else:
        write_rows(_PRINT, rows, how, "To print")


def _composed(
    desk: "Desk",
    reference: str,
    which: str,
    names: tuple[str, str],
    condition: int | None,
    easy: bool,
    typed: Sequence[str],
) -> "Composed":
    from casedesk.desk.matter import read_matter
    from casedesk.desk.paperwork import compose

    case_id = desk.find(reference)
    file = desk.case(case_id).file
    suspect, victim = _suspect(file, names[0]), _victim(file, names[1])
    about = None
    if condition is not None:
        held = read_matter(desk, case_id, suspect).conditions
        if condition > len(held):
            raise BadInputError(
                f"There is no condition {condition}: there are {len(held)}.", "Give another number."
            )
        about = held[condition - 1][0]
    return compose(
        desk,
        case_id,
        suspect,
        which,
        easy=easy,
        victim=victim,
        condition=about,
        typed=dict(map(_pair, typed)),
    )


def _pair(said: str) -> tuple[str, str]:
    name, equals, text = said.partition("=")
    if not equals:
        raise BadInputError(f"{said[:40]!r} is not a name and its text.", "Write --say reason='…'.")
    name = name.strip()
    return name if name.startswith("typed.") else f"typed.{name}", text


def _suspect(file: "CaseFile", said: str) -> "EntityId | None":
    from casedesk.desk.case_asks import find_person

    return find_person(file, said, "suspects") if said or len(file.suspects) > 1 else None


def _victim(file: "CaseFile", said: str) -> "EntityId | None":
    from casedesk.desk.case_asks import find_person

    return find_person(file, said, "victims") if said else None
