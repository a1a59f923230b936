"""The morning briefing on one screen: who is detained, what came overnight, what is due, what ran out, what waits."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from textual import on
from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Static

from casedesk.desk.briefing import Briefing, Line, Part, briefing, export
from casedesk.desk.caseload import SCOPES
from casedesk.desk.paths import is_there
from casedesk.model.errors import BadInputError, CasedeskError
from casedesk.model.moments import local, show_short
from casedesk.model.typed_moments import Lean, describe, parse_typed
from casedesk.screens.queue_columns import time_left
from casedesk.screens.session import Session
from casedesk.store.queue import QueueRow
from casedesk.widgets.columns import Cell, Column
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Choice, Choose, Prompt, error_message
from casedesk.widgets.flow import Flow, line
from casedesk.widgets.rows import ListSource
from casedesk.widgets.screen import BACK, DeskScreen
from casedesk.widgets.table import VirtualTable

_TICK = 20.0
"""Seconds between two looks at the clock: what is left is shown in minutes."""
_MUTED = "$cd-muted"
_SCOPE_TITLES = {"mine": "Mine", "team": "Team", "all": "All"}
_SCOPE_HINTS = {
    "mine": "Yours, those you cover, unowned custody",
    "team": "Your team's open cases",
    "all": "Every open case",
}


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of a part, or the part's heading."""

    number: int
    part: Part
    line: Line | None = None


def open_briefing(app: App[Any], session: Session) -> None:
    """Open the briefing over what is on screen; where it cannot be read, say why."""
    try:
        screen = BriefingScreen(session)
    except CasedeskError as error:
        app.push_screen(error_message(error, title="No briefing", kept="Nothing was changed."))
    else:
        app.push_screen(screen)


def _on_a_case(screen: "BriefingScreen") -> str | None:
    return None if screen.line else "This line is a heading."


class BriefingScreen(DeskScreen[None]):
    """One list in five parts; a case is opened from it, and it is written to a file for printing."""

    PLACE = "Briefing"
    ABOUT = (
        "What somebody needs to know who comes on now: who is in custody with the next moment of each, who was "
        "arrested overnight, what is due today, what ran out since yesterday and still stands, and what has waited "
        "longest. Enter opens a case."
    )
    OFFERS = (
        BACK,
        Command("briefing.explain", "e", "Explain", "Why this case stands where it stands.", "explain", "Briefing",
                show=60, allowed=_on_a_case),
        Command("briefing.whose", "v", "Whose", "Your cases, your team's, or all.", "whose", "Briefing", show=65),
        Command("briefing.since", "s", "Since", "Since when arrests and what ran out are told.", "since", "Briefing",
                show=55),
        Command("briefing.save", "x", "Save as", "Write the briefing to a text file, to print or send.", "save",
                "Briefing", show=64),
        Command("briefing.refresh", "f5", "Refresh", "Read everything again.", "refresh_all", "Briefing", show=30),
    )  # fmt: skip
    PARTS = (VirtualTable,)
    DEFAULT_CSS = """
    BriefingScreen #about { height: 1; padding: 0 1; color: $cd-muted; }
    BriefingScreen #line { height: 3; padding: 0 1; background: $surface; }
    BriefingScreen.-narrow #line { height: 4; }
    """

    def __init__(self, session: Session, scope: str = "all", since: datetime | None = None) -> None:
        super().__init__()
        self._session, self._scope, self._since = session, scope, since
        self.briefing: Briefing = briefing(session.desk, since, scope=scope)
        self._rows = _rows(self.briefing)

    def compose_body(self) -> ComposeResult:
        """What is shown, the list, and the line under the cursor in full."""
        yield Static(id="about")
        yield VirtualTable(
            [
                Column[_Row]("left", "When", self._left, 12, keep=95),
                Column[_Row]("ref", "Occurrence", _ref, 13, keep=90),
                Column[_Row]("what", "What", _what, 40, flex=3, keep=99),
                Column[_Row]("offence", "Offence", _offence, 18, flex=1, keep=50),
                Column[_Row]("who", "Who", _who, 18, flex=1, keep=60),
                Column[_Row]("owner", "Owner", _owner, 9, keep=40),
            ],
            self._source(),
            markable=False,
            id="briefing",
        )  # fmt: skip
        yield Flow(id="line")

    def on_mount(self) -> None:
        """Start on the first line, and keep the countdowns true."""
        table = self.query_one(VirtualTable)
        table.focus()
        self.call_after_refresh(self._start)
        self._say_what()
        self.set_interval(_TICK, table.reload)

    def _start(self) -> None:
        """Go to the first case, its heading still in sight."""
        first = next((row.number for row in self._rows if row.line), 0)
        for _ in range(first):
            self.query_one(VirtualTable).action_down()

    def _source(self) -> ListSource[_Row]:
        return ListSource(self._rows, lambda row: row.number)

    def _say_what(self) -> None:
        made = self.briefing
        bands = " · ".join(f"{label} {count:,}" for label, count in made.bands.items())
        at = local(made.at)
        nothing = "nothing of yours is open" if made.scope == "mine" else "nothing open"
        self.query_one("#about", Static).update(
            Content(f"{_SCOPE_TITLES[made.scope]} · {at:%a} {at.day} {at:%b %H:%M} · {bands or nothing}")
        )

    def _left(self, row: _Row) -> Cell:
        if row.line is None or row.line.at is None:
            return ""
        left = row.line.at - self._session.clock()
        if row.part.id == "waiting":
            return (f"for {show_short(left)}", "muted")
        if row.part.id == "arrivals":
            return (f"{show_short(left)} ago", "muted")
        cell = time_left(left)
        said, style = (cell, "warn") if isinstance(cell, str) else cell
        return (said, style) if style == "block" else (f"in {said}", "warn")

    @property
    def line(self) -> Line | None:
        """The line under the cursor; None on a heading."""
        row: _Row | None = self.query_one(VirtualTable).cursor_row if self.is_mounted else None
        return row.line if row else None

    @on(VirtualTable.RowHighlighted, "#briefing")
    def _show_line(self) -> None:
        here = self.line
        lines = []
        if here is not None:
            kind = ("■ limit in law  ", "bold $cd-block") if here.legal else ("", "")
            lines.append(line(kind, (here.sentence, "bold")))
            owner = f"owner {here.owner}" if here.owner else "nobody owns it"
            lines.append(line((" · ".join(filter(None, (here.ref, here.who, here.offence, owner))), _MUTED)))
        self.query_one("#line", Flow).show(lines)
        self.refresh_bindings()

    # Opening a case

    @on(VirtualTable.RowOpened, "#briefing")
    def _opened(self) -> None:
        from casedesk.screens.case import open_case

        if self.line is not None:
            open_case(self.app, self._session, self.line.case_id, self)

    def neighbour(self, step: int) -> QueueRow | None:
        """Move on to another case in the list, past headings and further lines of the same case."""
        table = self.query_one(VirtualTable)
        here, place = self.line, table.cursor_index + step
        while 0 <= place < len(self._rows):
            found = self._rows[place]
            if found.line is not None and (here is None or found.line.case_id != here.case_id):
                table.go_to(found.number)
                return next(iter(self._session.queue.rows([found.line.n])), None)
            place += step
        return None

    def changed(self) -> None:
        """Something was written in a case: read the briefing anew."""
        self._read()

    def action_explain(self) -> None:
        """Explain the order of the case under the cursor."""
        from casedesk.screens.explain import open_explain

        if self.line is not None:
            open_explain(self.app, self._session, self.line.case_id)

    # What is shown

    def _read(self) -> None:
        try:
            self.briefing = briefing(self._session.desk, self._since, scope=self._scope)
        except CasedeskError as error:
            self.app.push_screen(
                error_message(error, title="No briefing", kept="What was there is still shown.")
            )
            return
        here, table = self.line, self.query_one(VirtualTable)
        part = table.cursor_row.part.id if table.cursor_row else ""
        self._rows = _rows(self.briefing)
        table.set_source(self._source())
        same = [row for row in self._rows if row.line and here and row.line.case_id == here.case_id]
        kept = next((row for row in same if row.part.id == part), next(iter(same), None))
        if kept is not None:
            table.go_to(kept.number)
        self._say_what()
        self._show_line()

    def action_refresh_all(self) -> None:
        """Read everything again."""
        self._read()

    def action_whose(self) -> None:
        """Choose whose cases."""

        def chosen(scope: str | None) -> None:
            if scope is not None:
                self._scope = scope
                self._read()

        choices = [Choice(scope, _SCOPE_TITLES[scope], _SCOPE_HINTS[scope]) for scope in SCOPES]
        self.app.push_screen(Choose("Whose cases?", choices), chosen)

    def action_since(self) -> None:
        """Choose since when."""
        now = self._session.clock()

        def wrong(text: str) -> str | None:
            try:
                typed = parse_typed(text, now, lean=Lean.PAST) if text.strip() else now
            except BadInputError as refused:
                return str(refused)
            return None if typed <= now else "That is still to come."

        def typed(text: str | None) -> None:
            if text is not None:
                self._since = parse_typed(text, now, lean=Lean.PAST) if text.strip() else None
                self._read()

        said = (
            f"Now: {describe(self.briefing.since)}. Type 22:00, yesterday 18:00, -12h; "
            "nothing for yesterday evening."
        )
        self.app.push_screen(Prompt("Since when?", said, check=wrong), typed)

    def action_save(self) -> None:
        """Ask where to, and write the briefing there."""
        at = local(self.briefing.at)
        suggested = str(Path.home() / f"briefing-{at:%Y-%m-%d-%H%M}.txt")

        def wrong(text: str) -> str | None:
            if not text.strip():
                return "Type the path of a file."
            return "That file is there already: nothing is overwritten." if is_there(_path(text)) else None

        def typed(text: str | None) -> None:
            if text is None:
                return
            path = _path(text)
            try:
                export(self._session.desk, self.briefing, path)
            except CasedeskError as error:
                self.app.push_screen(error_message(error, title="Not saved", kept="No file was written."))
            else:
                self.app.notify(f"Saved as {path}.", timeout=6, markup=False)

        said = "It holds names and is not encrypted: it is yours to protect. The access log notes that it was written."
        self.app.push_screen(Prompt("Save the briefing as", said, value=suggested, check=wrong), typed)


def _path(typed: str) -> Path:
    return Path(typed.strip().strip("'\"")).expanduser()


def _rows(made: Briefing) -> list[_Row]:
    rows: list[_Row] = []
    for part in made.parts:
        rows.append(_Row(len(rows), part))
        for one in part.lines:
            rows.append(_Row(len(rows), part, one))
    return rows


def _what(row: _Row) -> Cell:
    if row.line is not None:
        return row.line.sentence
    shown = len(row.part.lines)
    said = f"{row.part.title}: {row.part.total:,}" if row.part.total else f"{row.part.title}: nothing"
    return (f"{said}, the first {shown}" if row.part.total > shown else said, "accent")


def _ref(row: _Row) -> Cell:
    return (row.line.ref, "strong") if row.line else ""


def _offence(row: _Row) -> Cell:
    return row.line.offence if row.line else ""


def _who(row: _Row) -> Cell:
    return row.line.who if row.line else ""


def _owner(row: _Row) -> Cell:
    return (row.line.owner or "–", "muted") if row.line else ""
