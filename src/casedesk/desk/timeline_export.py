"""The timeline of a case for printing and for other programs, with the marking it must bear."""

import csv
import io
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from casedesk.desk.bulk_export import write_new
from casedesk.desk.casepage import headline
from casedesk.desk.desk import Desk
from casedesk.desk.timeline import KINDS, Event, Timeline
from casedesk.exchange.intake.rejects import quoted
from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile
from casedesk.model.moments import local, show_instant
from casedesk.model.text import clip, counted

FORMS = {"txt": "text", "csv": "csv", "json": "json"}
"""The ending of a file, and the form that it stands for."""
COLUMNS = ("at", "shown", "kind", "what", "who", "stands", "why_not", "corrects", "marking")
"""The columns of the CSV form."""
_WIDTH = 100
_HANG = 4
_QUOTED = 60


@dataclass(frozen=True, slots=True)
class Told:
    """A timeline, or what a filter left of it, with what must be said above it."""

    headline: str
    """Reference and offence."""
    events: Timeline
    total: int
    """How many events the case has in all."""
    only: str
    """What the filter asked for, in words; empty where it is everything."""
    at: datetime
    by: str
    marking: str

    def as_lines(self) -> Iterator[str]:
        """The timeline for reading and printing, latest first, with its marking above and below."""
        if self.marking:
            yield self.marking
        yield f"Timeline of {self.headline}"
        yield f"Made {show_instant(self.at)} by {self.by}, latest first"
        if self.only:
            yield f"Only {self.only}: {len(self.events):,} of {counted(self.total, 'event')}"
        yield ""
        for event in self.events:
            yield from _event_lines(self.events, event)
        yield ""
        yield counted(len(self.events), "event")
        if self.marking:
            yield self.marking

    def as_rows(self) -> list[dict[str, Any]]:
        """One value for each event: local times with their offset, or the day or month that is known."""
        return [_row(self.events, event) for event in self.events]

    def as_json(self) -> dict[str, Any]:
        """The same for programs, with what must be said above it."""
        return {
            "marking": self.marking,
            "case": self.headline,
            "made_at": local(self.at).isoformat(timespec="seconds"),
            "made_by": self.by,
            "only": self.only,
            "total": self.total,
            "events": self.as_rows(),
        }

    def as_csv(self) -> str:
        """The same for a spreadsheet, which runs nothing of it; every line bears the marking."""
        made = io.StringIO(newline="")
        writer = csv.writer(made, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in self.as_rows():
            cells = {**row, "stands": "yes" if row["stands"] else "no", "marking": self.marking}
            writer.writerow([quoted(str(cells[name])) for name in COLUMNS])
        return made.getvalue()

    def written(self, form: str) -> str:
        """The whole in a form: ``text``, ``csv`` or ``json``."""
        if form == "csv":
            return self.as_csv()
        if form == "json":
            options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
            return orjson.dumps(self.as_json(), option=options).decode()
        return "\n".join(self.as_lines()) + "\n"


def told(desk: Desk, file: CaseFile, events: Timeline, total: int, only: str = "") -> Told:
    """A timeline as it is given out now; ``total`` is how many events there were before the filter ``only``."""
    return Told(headline(file), events, total, only, desk.now, desk.store.actor, desk.settings.marking)


def export(desk: Desk, file: CaseFile, what: Told, path: Path) -> int:
    """Write a timeline to a new text, CSV or JSON file, once the access log has a line of it; returns its events.

    Raises BadInputError for another ending or a file that is there, StoreError when it cannot be written.
    """
    form = FORMS.get(path.suffix.removeprefix(".").casefold())
    if form is None:
        raise BadInputError(
            f"{path.name}: a timeline is written as text, CSV or JSON.",
            "Name a file that ends in .txt, .csv or .json.",
        )
    write_new(desk, path, what.written(form).encode(), "timeline", 1, form, case_id=file.id)
    return len(what.events)


def _event_lines(events: Timeline, event: Event) -> Iterator[str]:
    who = f" — {event.who}" if event.who else ""
    gone = f" ({event.end})" if event.end else ""
    first, *more = f"{event.text}{gone}{who}".split("\n")
    begins = f"{event.shown_at:<17}  {KINDS[event.kind].upper()}  {first}"
    for line in (begins, *(" " * _HANG + line for line in more)):
        yield from textwrap.wrap(line, _WIDTH, subsequent_indent=" " * _HANG) or [""]
    original = events.original(event)
    if original is not None:
        said = clip(" ".join(original.text.split()), _QUOTED)
        yield f"{' ' * _HANG}corrects the entry of {original.shown_at}: “{said}”"


def _row(events: Timeline, event: Event) -> dict[str, Any]:
    original = events.original(event)
    at = event.at
    return {
        "at": local(at).isoformat(timespec="seconds") if isinstance(at, datetime) else at,
        "shown": event.shown_at,
        "kind": event.kind,
        "what": event.text,
        "who": event.who,
        "stands": not event.gone,
        "why_not": str(event.end) if event.end else "",
        "corrects": f"{original.shown_at}: {original.text}" if original else "",
    }
