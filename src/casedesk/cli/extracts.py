"""Taking in extracts on the command line."""

import csv
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casedesk.cli.opening import door_of, open_desk
from casedesk.cli.output import harmless, say
from casedesk.model.errors import BadInputError
from casedesk.model.text import clean, counted

if TYPE_CHECKING:
    from casedesk.desk.desk import Desk
    from casedesk.desk.take_in import Progress, TakeInReport
    from casedesk.exchange.intake.taken import RejectedRow

REJECTS_FOUND = 4
"""The exit status when some lines were rejected: the good ones are in, the bad ones in the rejects file."""


def mount(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("import")(take_in)


def take_in(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="CSV or XLSX extracts.", exists=True, dir_okay=False)],
    profile: Annotated[
        str, typer.Option(help="The import profile. Guessed from the headings if not given.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    as_at: Annotated[
        str,
        typer.Option(help="When the extract was made: 2026-03-14, “14 Mar 2026 06:00”. Now if not given."),
    ] = "",
    changes: Annotated[
        Path | None, typer.Option(help="Write every changed fact into this CSV file.", dir_okay=False)
    ] = None,
    rejects_to: Annotated[
        Path | None,
        typer.Option(
            help="The folder for rejects files. Beside each extract if not given.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
) -> None:
    """Take extracts in. Good lines go in, bad ones into a rejects file beside the extract.

    The same file twice changes nothing; a later one shows what changed. Exit status 4 says that lines were rejected.
    """
    from casedesk.desk import take_in as taking
    from casedesk.exchange.intake import rejects_path

    rejected = 0
    with open_desk(door_of(context)) as desk, _changes_file(desk, changes) as keep:
        drawn = taking.parse_as_at(as_at, desk.now)
        for path in files:
            chosen = taking.profile_for(desk.packs, path, profile)
            if dry_run:
                report = taking.preview(desk, path, chosen, as_at=drawn, progress=_progress(path))
            else:
                rejects = rejects_path(rejects_to / path.name) if rejects_to else None
                report = taking.take_in(
                    desk, path, chosen, as_at=drawn, rejects=rejects, progress=_progress(path)
                )
            _end_progress()
            say(*report_lines(report))
            keep(report)
            rejected += report.rejected
    if rejected:
        raise typer.Exit(REJECTS_FOUND)


def report_lines(report: "TakeInReport") -> list[str]:
    """A take-in report as plain lines."""
    from casedesk.desk.take_in import twin_lines

    would = "" if report.written else " (preview: nothing was written)"
    lines = [
        f"{report.file}, as {report.profile}{would}",
        (
            f"  {counted(report.lines, 'line')}: {report.new:,} new, {report.changed:,} changed, "
            f"{report.unchanged:,} unchanged, {report.rejected:,} rejected"
        ),
    ]
    if report.new_cases != report.new:
        lines.append(f"  {report.new_cases:,} cases that the store did not have")
    if report.repeated:
        lines.append(f"  {report.repeated:,} lines repeat an earlier line of the file")
    if report.older:
        lines.append(f"  {report.older:,} lines are older than what the store holds: left as it is")
    lines += [f"  {count:,} lines not taken: {reason}" for reason, count in report.skipped.most_common()]
    lines += [f"  {count:,} × {_fact(name)} changed" for name, count in report.changed_fields.most_common()]
    if report.kept_desk_values:
        lines.append(f"  {report.kept_desk_values:,} facts decided at the desk were kept")
    lines += [f"  {line}" for line in twin_lines(report)]
    if report.columns.unmapped:
        lines.append(f"  columns not known to the profile: {', '.join(report.columns.unmapped)}")
    lines += [f"  {rejected_line(row)}" for row in report.rejects]
    more = report.rejected - len(report.rejects)
    if more:
        lines.append(f"  and {more:,} more rejected lines")
    if report.rejects_file:
        rejects = clean(str(report.rejects_file))
        lines.append(f"  rejected lines are in {rejects}: correct them there and import that file")
    return lines


def rejected_line(row: "RejectedRow") -> str:
    """A rejected line in one line: which, where, what it says, what is wrong, what to do."""
    where = f"{row.column} “{row.value}”" if row.column else "the line"
    return f"line {row.line}, {where}: {row.reason}. {row.cure}"


def _fact(name: str) -> str:
    """A field as the screen calls it: ``suspect: Suspect status``."""
    from casedesk.model.entities import ENTITIES

    entity, _, field = name.partition(".")
    title = ENTITIES[entity].by_name[field].title
    return title if entity == "case" else f"{entity.replace('_', ' ')}: {title}"


@contextmanager
def _changes_file(desk: "Desk", path: Path | None) -> Iterator[Callable[["TakeInReport"], None]]:
    """Open the file for changed facts, before anything is taken in; gives what writes a report's into it.

    What was known before leaves the store by it, which is accounted for first.
    Raises BadInputError when it is there already or cannot be written.
    """
    if path is None:
        yield lambda _: None
        return
    from casedesk.desk import access
    from casedesk.desk.take_in import shown_change

    try:
        file = open(path, "x", encoding="utf-8-sig", newline="", opener=_private)  # noqa: SIM115 - closed below
    except FileExistsError:
        raise BadInputError(f"{path} is there already.", "Give the changes another name.") from None
    except OSError as error:
        raise BadInputError(f"{path} cannot be written: {error.strerror}.", "Give another name.") from None
    written = False
    with file:
        writer = csv.writer(file)
        writer.writerow(["Reference", "What", "Fact", "Before", "After"])

        def write(report: "TakeInReport") -> None:
            nonlocal written
            if report.changes:
                cases = len({change.reference for change in report.changes})
                access.disclosed(desk, "changes", cases, facts=len(report.changes), form="csv")
            written = True
            writer.writerows([harmless(cell) for cell in shown_change(change)] for change in report.changes)
            left_out = report.changed_fields.total() - len(report.changes)
            if left_out:
                say(
                    f"  {left_out:,} more changed facts are not listed in {clean(path.name)}: the list was full"
                )

        try:
            yield write
        finally:
            if not written:
                path.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    """Open a file that only its owner may read."""
    return os.open(path, flags, 0o600)


def _progress(path: Path) -> "Progress | None":
    if not sys.stderr.isatty():
        return None
    last = 0.0

    def show(done: int, total: int, lines: int) -> None:
        nonlocal last
        if time.monotonic() - last > 0.5:
            last = time.monotonic()
            percent = min(100 * done // max(total, 1), 100)
            sys.stderr.write(f"\r{clean(path.name)}: {percent} %, {lines:,} lines ")
            sys.stderr.flush()

    return show


def _end_progress() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
