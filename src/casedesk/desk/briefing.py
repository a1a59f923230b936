"""The morning briefing: on one page who is detained, what came overnight, what is due today, what ran out.

It reads what the queue keeps: nothing is computed here but what is printed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from casedesk.desk.caseload import band_labels, bring_up_to_date, end_of_day, scope_view, view_of
from casedesk.desk.desk import Desk
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId
from casedesk.model.moments import latest, local, london, show_instant, show_span
from casedesk.reference.clocks import Clocks
from casedesk.store.due_items import Arrest, DueItem
from casedesk.store.queue import QueueReader, QueueRow, View

EVENING = time(18)
"""What was arrested after this hour yesterday came overnight, where no other time is given."""
MOST = 200
"""The most lines of one part; how many there are in all is told."""
TITLES = {
    "custody": "In custody now",
    "arrivals": "Arrested since {since}",
    "today": "Due today",
    "breaches": "Ran out since {breached_since}, and still open",
    "rulings": "Rulings awaited",
    "waiting": "Waiting longest",
}
"""The parts in their order, and their headings."""
_WAITING = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the briefing."""

    case_id: EntityId
    n: int
    ref: str
    at: datetime | None
    """When it is due, or was; for an arrival when the arrest was; for a case that waits since when."""
    sentence: str
    offence: str
    owner: str
    who: str
    """Who must act, who is detained, or whom the case waits for."""
    band: int
    legal: bool = False
    """Whether it is a limit in law, and one whose source can be relied on."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the briefing: its heading, its lines, and how many there are in all."""

    id: str
    title: str
    lines: tuple[Line, ...]
    total: int


@dataclass(frozen=True)
class Briefing:
    """What somebody needs to know who comes on now."""

    at: datetime
    since: datetime
    scope: str
    parts: tuple[Part, ...]
    older: int
    """How many items ran out before that and still stand."""
    bands: dict[str, int]
    """How many open cases of the scope are in each band, by its label, the most pressing first."""
    marking: str

    def as_lines(self) -> list[str]:
        """The briefing for reading and printing, with its marking above and below."""
        whose = {"mine": "my cases", "team": "my team", "all": "all open cases"}[self.scope]
        lines = [self.marking, f"Briefing, {_moment(self.at)}: {whose}", ""]
        counts = ", ".join(f"{label} {count:,}" for label, count in self.bands.items())
        lines += [f"Open: {counts or 'nothing'}", ""]
        for part in self.parts:
            lines.append(f"{part.title}: {part.total:,}")
            lines += [f"  {self._shown(part.id, line)}" for line in part.lines]
            if part.total > len(part.lines):
                lines.append(f"  and {part.total - len(part.lines):,} more")
            if part.id == "breaches" and self.older:
                lines.append(f"  and {self.older:,} that ran out before")
            lines.append("")
        return [*lines, self.marking]

    def _shown(self, part: str, line: Line) -> str:
        at = "" if line.at is None else _moment(line.at)
        if part == "waiting" and line.at is not None:
            at = f"{show_span(self.at - line.at)} for {line.who}"
        said = [at, line.ref, line.sentence, line.offence]
        said.append(line.who if part in ("custody", "arrivals") else "")
        said.append(f"owner {line.owner}" if line.owner else "nobody owns it")
        return "; ".join(filter(None, said))

    def as_rows(self) -> list[tuple[str, ...]]:
        """One row a line, for a table or CSV: see :data:`COLUMNS`."""
        return [
            (
                part.title, "" if line.at is None else local(line.at).isoformat(timespec="seconds"), line.ref,
                line.sentence, line.offence, line.owner, line.who, "yes" if line.legal else "",
            )
            for part in self.parts
            for line in part.lines
        ]  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """The same for programs: local times with their offset."""
        return {
            "at": _iso(self.at),
            "since": _iso(self.since),
            "scope": self.scope,
            "marking": self.marking,
            "bands": self.bands,
            "older_breaches": self.older,
            **{
                part.id: {"total": part.total, "lines": [_line_json(line) for line in part.lines]}
                for part in self.parts
            },
        }


COLUMNS = ("Part", "When", "Reference", "What", "Offence", "Owner", "Who", "Limit in law")
"""The headings of :meth:`Briefing.as_rows`."""


def briefing(desk: Desk, since: datetime | None = None, *, scope: str = "all") -> Briefing:
    """The briefing of this moment for a scope of :data:`casedesk.desk.caseload.SCOPES`.

    Without ``since`` arrests count from 18:00 yesterday, and what ran out from the beginning of yesterday. Whoever
    asks for their own cases is told of arrests and detentions that nobody owns as well.
    Raises BadInputError for an unknown scope, or a time that is to come.
    """
    now = desk.now
    if since is not None and since > now:
        raise BadInputError(f"{show_instant(since)} is to come.", "Give the time when you last looked.")
    yesterday = local(now).date() - timedelta(days=1)
    arrived_since = since or london(yesterday, EVENING)
    breached_since = since or london(yesterday)
    bring_up_to_date(desk)
    reader, view = QueueReader(desk.store.connection), scope_view(desk, scope)
    people, clocks = _with_unowned(desk, view, scope), desk.packs.clocks
    parts = (
        _custody(reader, people, clocks),
        _arrivals(reader, people, arrived_since),
        _due("today", reader, view, clocks, now, end_of_day(now), TITLES["today"], _but_liberty(desk)),
        _due("breaches", reader, view, clocks, breached_since, now,
             TITLES["breaches"].format(breached_since=_moment(breached_since))),
        *_rulings(desk, reader, view),
        _waiting(desk, reader, view),
    )  # fmt: skip
    labels = band_labels(desk)
    counts = {labels.get(band, str(band)): count for band, count in reader.bands(view).items()}
    older = reader.due_count(None, breached_since, view)
    return Briefing(now, arrived_since, scope, parts, older, counts, desk.settings.marking)


def export(desk: Desk, made: Briefing, path: Path) -> None:
    """Write a briefing to a text file, once the access log has a line of it.

    Raises BadInputError when the file is there, StoreError when it cannot be written.
    """
    from casedesk.desk.bulk_export import write_new

    cases = len({line.case_id for part in made.parts for line in part.lines})
    write_new(desk, path, ("\n".join(made.as_lines()) + "\n").encode(), "briefing", cases, "text")


def _with_unowned(desk: Desk, view: View, scope: str) -> View:
    """The view with the cases that nobody owns, where it is somebody's own."""
    return replace(view, owners=(*view.owners, "")) if scope == "mine" else view


def _custody(reader: QueueReader, view: View, clocks: Clocks) -> Part:
    held = reader.held(view, limit=MOST)
    moments: dict[EntityId, DueItem] = {}
    for start in range(0, len(held), 500):
        for item in reader.due_of(sorted({one.n for one in held[start : start + 500]})):
            if item.band == view.custody_band and item.subject is not None:
                known = moments.get(item.subject)
                if known is None or item.at < known.at:
                    moments[item.subject] = item
    lines = sorted(
        (_held(one, moments.get(one.id), view.custody_band, clocks) for one in held),
        key=lambda line: line.at or datetime.max.replace(tzinfo=UTC),
    )
    return Part("custody", TITLES["custody"], tuple(lines), reader.held_count(view))


def _held(one: Arrest, moment: DueItem | None, band: int, clocks: Clocks) -> Line:
    at, sentence = (moment.at, moment.sentence) if moment else (one.due_at, one.sentence)
    return Line(
        one.case_id, one.n, one.ref, at, sentence, one.arrested_for or one.offence, one.owner, _person(one), band,
        moment is not None and moment.legal and clocks.may_be_called_law(moment.clock),
    )  # fmt: skip


def _arrivals(reader: QueueReader, view: View, since: datetime) -> Part:
    return Part(
        "arrivals",
        TITLES["arrivals"].format(since=_moment(since)),
        tuple(
            Line(
                one.case_id, one.n, one.ref, one.arrested_at, one.sentence, one.arrested_for or one.offence,
                one.owner, _person(one), one.band,
            )
            for one in reader.arrivals(since, view, limit=MOST)
        ),
        reader.arrival_count(since, view),
    )  # fmt: skip


def _due(
    part: str,
    reader: QueueReader,
    view: View,
    clocks: Clocks,
    start: datetime,
    end: datetime,
    title: str,
    bands: Sequence[int] = (),
) -> Part:
    lines = (
        Line(
            item.case_id, item.n, item.ref, item.at, item.sentence, item.offence, item.owner, item.who, item.band,
            item.legal and clocks.may_be_called_law(item.clock),
        )
        for item in reader.due(start, end, view, limit=MOST, bands=bands)
    )  # fmt: skip
    return Part(part, title, tuple(lines), reader.due_count(start, end, view, bands=bands))


def _but_liberty(desk: Desk) -> tuple[int, ...]:
    """Every band but that of who is detained, who has a part of the briefing to themselves."""
    return tuple(band.number for band in desk.packs.priority.bands.values() if band.id != "liberty")


def _rulings(desk: Desk, reader: QueueReader, view: View) -> Iterator[Part]:
    """The questions to a decision maker or the registrar that nobody has answered, those due first on top.

    Nothing where there are none: most desks never ask.
    """
    from casedesk.desk.rulings import authority_title, open_rulings

    asked = open_rulings(desk)
    cases = _rows_of(desk, reader, list(dict.fromkeys(one.case_id for one in asked)))
    owners = set(view.owners or (view.owner,))
    lines = []
    for one in asked:
        row = cases.get(one.case_id)
        if row is None or (view.where == "mine" and row.owner not in owners):
            continue
        if view.where == "team" and row.team != view.team:
            continue
        whom = authority_title(desk, one.authority)
        what = " ".join(part for part in (one.kind, one.code or one.to_class) if part)
        late = "late: " if one.overdue else ""
        due = latest(one.due_on) if one.due_on else None
        lines.append(
            Line(
                row.id, row.n, row.ref, due, f"Ruling {late}{what}, for the {whom}", row.offence, row.owner, whom,
                row.band,
            )
        )  # fmt: skip
    if lines:
        yield Part("rulings", TITLES["rulings"], tuple(lines[:MOST]), len(lines))


def _rows_of(desk: Desk, reader: QueueReader, ids: Sequence[EntityId]) -> dict[EntityId, QueueRow]:
    """These cases as the queue shows them."""
    found: dict[EntityId, QueueRow] = {}
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        marks = ",".join("?" * len(some))
        numbers = desk.store.connection.execute(
            f"SELECT n FROM cases WHERE id IN ({marks})",  # noqa: S608 - question marks
            tuple(some),
        ).fetchall()
        found |= {row.id: row for row in reader.rows([number for (number,) in numbers])}
    return found


def _waiting(desk: Desk, reader: QueueReader, view: View) -> Part:
    waiting = replace(view_of(desk, "waiting", order=""), within=view)
    lines = tuple(
        Line(
            row.id,
            row.n,
            row.ref,
            row.waiting_since,
            row.sentence,
            row.offence,
            row.owner,
            row.waiting,
            row.band,
        )
        for row in reader.rows(reader.first(waiting, _WAITING))
    )
    return Part("waiting", TITLES["waiting"], lines, reader.count(waiting))


def _person(one: Arrest) -> str:
    return ", ".join(filter(None, (one.name, one.number, one.suite)))


def _moment(at: datetime) -> str:
    return f"{local(at):%a} {show_instant(at)}"


def _iso(at: datetime) -> str:
    return local(at).isoformat(timespec="seconds")


def _line_json(line: Line) -> dict[str, Any]:
    return {
        "reference": line.ref,
        "at": None if line.at is None else _iso(line.at),
        "what": line.sentence,
        "offence": line.offence,
        "owner": line.owner,
        "who": line.who,
        "legal": line.legal,
    }
