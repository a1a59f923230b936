"""Taking in extracts: what a file would change, and making it so.

A preview reads the whole file and compares it with the store; taking in does the same and writes, in one
transaction. The same file a second time changes nothing. Facts from an extract never replace work done at the
desk, and an older extract never replaces a newer one's facts.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from casedesk.desk.casepage import shown
from casedesk.desk.desk import Desk
from casedesk.desk.joining import Line
from casedesk.desk.taking import Change, TakeInReport, Taking
from casedesk.exchange.intake import (
    Extract,
    Reading,
    RejectedRow,
    RejectsWriter,
    TakenRow,
    guess_profile,
    open_extract,
    rejects_path,
)
from casedesk.exchange.intake.rows import REPEATED
from casedesk.model.entities import ENTITIES
from casedesk.model.errors import BadInputError
from casedesk.model.moments import Moment, earliest, moment, moment_of_instant, show_moment
from casedesk.model.text import clean
from casedesk.model.typed_moments import Lean, parse_typed
from casedesk.reference.packs import Packs
from casedesk.reference.rows import hint
from casedesk.store.access_log import AccessKind

if TYPE_CHECKING:
    from casedesk.reference.profiles import Profile

__all__ = [
    "Change", "NoProfileError", "Progress", "TakeInReport", "parse_as_at", "preview", "profile_for", "shown_change",
    "take_in", "twin_lines",
]  # fmt: skip

_CHUNK = 1000
_MOST_EXAMPLES = 20
KEPT_CHANGES = 100_000
"""The most changed facts a report lists unless told otherwise."""
Progress = Callable[[int, int, int], None]
"""Called with (bytes read, bytes in all, lines read) now and then; raising in it stops the act."""


def preview(
    desk: Desk,
    path: Path,
    profile: "Profile",
    *,
    as_at: Moment | None = None,
    keep_changes: int = KEPT_CHANGES,
    progress: Progress | None = None,
) -> TakeInReport:
    """Read an extract and say what taking it in would do. Nothing is written.

    ``keep_changes`` limits how many changed facts are listed; they are all counted.
    Raises BadInputError when the file is not what it claims to be.
    """
    with desk.reading() as connection, open_extract(path, profile) as extract:
        report = TakeInReport(clean(path.name), profile.name, extract.columns)
        taking = Taking(desk, connection, report, as_at, keep_changes)
        _read(extract, taking, report, progress, None)
    return report


def take_in(
    desk: Desk,
    path: Path,
    profile: "Profile",
    *,
    as_at: Moment | None = None,
    rejects: Path | None = None,
    keep_changes: int = KEPT_CHANGES,
    progress: Progress | None = None,
) -> TakeInReport:
    """Take an extract in: good lines go in together, bad ones into a rejects file that can be corrected.

    Raises BadInputError when the file is not what it claims to be, or the rejects file cannot be written, and
    StoreError when the store cannot be written; nothing is taken in then, and no rejects file is left.
    """
    with open_extract(path, profile) as extract:
        report = TakeInReport(clean(path.name), profile.name, extract.columns)
        writer = RejectsWriter(rejects or rejects_path(path), extract.header)
        try:
            # The rejects are on disk before the rest is saved: nothing is in the store and nowhere else.
            with desk.store.unit_of_work("import", f"{profile.name} {report.file}") as unit, writer:
                taking = Taking(desk, desk.store.connection, report, as_at, keep_changes, unit)
                _read(extract, taking, report, progress, writer)
                unit.account(
                    AccessKind.COLLECTION,
                    profile=profile.name,
                    sha256=_sha256(path),
                    lines=report.lines,
                    new=report.new,
                    changed=report.changed,
                    rejected=report.rejected,
                )
        except BaseException:
            if writer.count:
                writer.path.unlink(missing_ok=True)
            raise
        report.rejects_file = writer.path if report.rejected else None
        report.written = True
    return report


def _sha256(path: Path) -> str:
    """The hash of the file as it is now, for the access log; empty when it has gone meanwhile."""
    with suppress(OSError), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
    return ""


class NoProfileError(BadInputError):
    """An extract is sound, but its headings fit no import profile: a person may name one."""


def profile_for(packs: Packs, path: Path, name: str = "") -> "Profile":
    """The profile of this name, or the one whose headings the file has.

    Raises BadInputError when there is no such profile or the file is damaged, NoProfileError when none fits.
    """
    if name:
        if name not in packs.profiles:
            raise BadInputError(
                f"There is no import profile {name!r}.",
                hint(name, packs.profiles) or f"One of: {', '.join(packs.profiles)}.",
            )
        return packs.profiles[name]
    guessed = guess_profile(path, packs.profiles.values())
    if guessed is None:
        raise NoProfileError(
            f"{clean(path.name)}: the headings fit no import profile.",
            f"Name one with --profile ({', '.join(packs.profiles)}), or write one: docs/import-profiles.md.",
        )
    return guessed


def parse_as_at(text: str, now: datetime) -> Moment | None:
    """Read when an extract was made: an ISO day, or anything a form takes. None for nothing given.

    Raises BadInputError for what is no date, and for one in the future: every later extract would look old.
    """
    if not text:
        return None
    try:
        as_at = moment(text)
    except ValueError:
        as_at = moment_of_instant(parse_typed(text, now, lean=Lean.PAST))
    if earliest(as_at) > now:
        raise BadInputError(f"{show_moment(as_at)} lies in the future.", "Give the day the extract was made.")
    return as_at


def shown_change(change: Change) -> tuple[str, str, str, str, str]:
    """A changed fact as five texts: reference, what it is a fact of, its title, before, after."""
    field = ENTITIES[change.entity].by_name[change.field]
    before, after = ("" if value is None else shown(field, value) for value in (change.before, change.after))
    return change.reference, change.entity.replace("_", " "), field.title, before, after


def twin_lines(report: TakeInReport) -> list[str]:
    """What to do about cases that were made from a number alone and whose occurrence is now known."""
    return [
        f"{number} is now occurrence {reference}: go on there, and close the case made under {number}; "
        "nothing written in it is lost."
        for number, reference in report.twins
    ]


def _read(
    extract: Extract,
    taking: "Taking",
    report: TakeInReport,
    progress: Progress | None,
    writer: RejectsWriter | None,
) -> None:
    readings: Iterator[Reading] = extract.rows()
    while some := list(islice(readings, _CHUNK)):
        good: list[Line] = []
        for reading in some:
            report.lines += 1
            if isinstance(reading, TakenRow):
                line = taking.line(reading)
                if isinstance(line, RejectedRow):
                    _reject(report, writer, line)
                else:
                    good.append(line)
            elif isinstance(reading, RejectedRow):
                _reject(report, writer, reading)
            elif reading.reason == REPEATED:
                report.repeated += 1
            else:
                report.skipped[reading.reason] += 1
        taking.take(good)
        if progress:
            progress(extract.bytes_read, extract.size, report.lines)


def _reject(report: TakeInReport, writer: RejectsWriter | None, row: RejectedRow) -> None:
    report.rejected += 1
    if len(report.rejects) < _MOST_EXAMPLES:
        report.rejects.append(row)
    if writer is not None:
        writer.write(row)
