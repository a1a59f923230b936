"""Taking in extracts on the command line."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casedesk.cli.opening import door_of, open_desk
from casedesk.cli.output import say

if TYPE_CHECKING:
    from casedesk.desk.take_in import Change, Progress, TakeInReport

REJECTS_FOUND = 4
"""The exit status when some lines were rejected: the good ones are in, the bad ones in the rejects file."""


def mount(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("import")(take_in)


def take_in(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="CSV or XLSX extracts.", exists=True, dir_okay=False)],
    profile: Annotated[str, typer.Option(help="The import profile. Guessed from the headings if not given.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    as_at: Annotated[
        str, typer.Option(help="When the extract was made: 2026-03-14, “14 Mar 2026 06:00”. Now if not given.")
    ] = "",
    changes: Annotated[
        Path | None, typer.Option(help="Write every changed fact into this CSV file.", dir_okay=False)
    ] = None,
) -> None:
    """Take extracts in. Good lines go in, bad ones into a rejects file beside the extract.

    The same file twice changes nothing; a later one shows what changed. Exit status 4 says that lines were rejected.
    """
    from casedesk.desk import take_in as taking

    rejected = 0
    with open_desk(door_of(context)) as desk:
        for path in files:
            chosen = taking.profile_for(desk.packs, path, profile)
            act = taking.preview if dry_run else taking.take_in
            report = act(desk, path, chosen, as_at=taking.parse_as_at(as_at, desk.now), progress=_progress(path))
            _end_progress()
            say(*report_lines(report))
            if changes is not None:
                _write_changes(changes, report.changes)
            rejected += report.rejected
    if rejected:
        raise typer.Exit(REJECTS_FOUND)


def report_lines(report: "TakeInReport") -> list[str]:
    """A take-in report as plain lines."""
    would = "" if report.written else " (preview: nothing was written)"
    lines = [
        f"{report.file}, as {report.profile}{would}",
        f"  {report.lines:,} lines: {report.new:,} new, {report.changed:,} changed, {report.unchanged:,} unchanged, "
        f"{report.rejected:,} rejected",
    ]
    if report.repeated:
        lines.append(f"  {report.repeated:,} lines repeat an earlier line of the file")
    if report.older:
        lines.append(f"  {report.older:,} lines are older than what the store holds: left as it is")
    lines += [f"  {count:,} lines not taken: {reason}" for reason, count in report.skipped.most_common()]
    lines += [f"  {count:,} × {name.replace('_', ' ')} changed" for name, count in report.changed_fields.most_common()]
    if report.kept_desk_values:
        lines.append(f"  {report.kept_desk_values:,} facts decided at the desk were kept")
    if report.columns.unmapped:
        lines.append(f"  columns not known to the profile: {', '.join(report.columns.unmapped)}")
    lines += [
        f"  line {row.line}, {row.column or 'the line'}: {row.reason} {row.cure}".rstrip() for row in report.rejects
    ]
    if report.rejects_file:
        lines.append(f"  rejected lines are in {report.rejects_file}: correct them there and import that file")
    return lines


def _write_changes(path: Path, changes: "list[Change]") -> None:
    import csv

    from casedesk.desk.take_in import shown_change

    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        if file.tell() == 0:
            writer.writerow(["Reference", "What", "Fact", "Before", "After"])
        writer.writerows(shown_change(change) for change in changes)


def _progress(path: Path) -> "Progress | None":
    if not sys.stderr.isatty():
        return None
    last = 0.0

    def show(done: int, total: int, lines: int) -> None:
        nonlocal last
        if time.monotonic() - last > 0.5:
            last = time.monotonic()
            percent = min(100 * done // max(total, 1), 100)
            sys.stderr.write(f"\r{path.name}: {percent} %, {lines:,} lines ")
            sys.stderr.flush()

    return show


def _end_progress() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
