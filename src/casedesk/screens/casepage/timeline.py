"""The tab of the timeline: everything that happened, narrowed by kind and words; corrections with what they correct."""

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import ClassVar

from casedesk.desk.asking import Verb
from casedesk.desk.paths import is_there
from casedesk.desk.timeline import KINDS, Event, Timeline
from casedesk.desk.timeline_export import export, told
from casedesk.model.errors import BadInputError, CasedeskError
from casedesk.model.ids import EntityId
from casedesk.model.moments import day_of, local
from casedesk.model.text import counted
from casedesk.model.typed_moments import Lean, parse_typed_moment
from casedesk.screens.casepage.rows import MUTED, day_cell, head_line, one_line, text_lines
from casedesk.screens.casepage.tab import CaseTab
from casedesk.screens.casepage.view import CaseView
from casedesk.widgets.columns import Cell, Column
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Choice, Choose, Prompt, error_message
from casedesk.widgets.flow import Line, line
from casedesk.widgets.rows import ListSource

_STYLES = {"contact": "ok", "custody": "warn", "decision": "accent", "outcome": "accent", "undo": "muted"}
"""The style of those kinds that are looked for most; the word is the sign."""
_CORRECTED = frozenset({"log_entry", "contact", "interview", "decision", "feedback"})
"""Entities whose entries the page corrects."""

Numbered = tuple[int, Event]
"""An event with its place counted from the oldest, which newer ones do not move."""


def _may_correct(tab: "TimelineTab") -> str | None:
    event = tab.event
    if event is None or event.entity not in _CORRECTED:
        return "Only log entries, contacts, interviews, decisions and feedback are corrected here; facts on their tab."
    return "It was corrected or withdrawn already." if event.gone else None


class TimelineTab(CaseTab[Numbered]):
    """Everything that happened, latest first."""

    TAB = "timeline"
    PLACE = "Case: timeline"
    VERBS: ClassVar[Sequence[Verb]] = ()
    NEWEST_FIRST = True
    EMPTY = "Nothing is recorded yet. Press l to log what was done."
    OFFERS: ClassVar[Sequence[Command]] = (
        Command("timeline.kinds", "f", "Kinds", "Show only one kind of entry, such as log, contacts or custody.",
                "kinds", "Timeline", show=52),
        Command("timeline.day", "d", "Day", "Jump to a day.", "day", "Timeline", show=50),
        Command("timeline.export", "x", "Export", "Write what is shown to a new text, CSV or JSON file.", "export",
                "Timeline", show=48),
        Command("timeline.correct", "C", "Correct", "Correct the entry under the cursor by a new one; both stay.",
                "correct", "Timeline", show=51, allowed=_may_correct),
    )  # fmt: skip

    def __init__(self, view: CaseView) -> None:
        self._kind = ""
        super().__init__(view)

    @property
    def event(self) -> Event | None:
        """The event under the cursor."""
        row = self.table.cursor_row
        return None if row is None else row[1]

    def columns(self) -> Sequence[Column[Numbered]]:
        """When, what kind, what, who."""
        return [
            Column("at", "When", self._when, 12, keep=90),
            Column("kind", "Kind", _kind, 9, keep=80),
            Column("text", "What", _text, 30, flex=1, keep=99),
            Column("who", "Who", lambda row: (row[1].who, "muted"), 10, keep=40),
        ]

    def _when(self, row: Numbered) -> Cell:
        event = row[1]
        known_to_the_minute = not isinstance(event.at, str) or len(event.at) > 10
        return (
            day_cell(event.sort_at, self.view.now) if known_to_the_minute else event.shown_at,
            "muted" if event.gone else "",
        )

    def _source(self) -> ListSource[Numbered]:
        timeline = self._shown()
        places = {id(event): place for place, event in enumerate(self.view.page.events)}
        total = len(places)
        return ListSource([(total - places[id(event)], event) for event in timeline], lambda row: row[0])

    def _shown(self) -> Timeline:
        kinds = (self._kind,) if self._kind else ()
        return self.view.page.events.filtered(kinds=kinds, words=self._words)

    def key_of(self, row: Numbered) -> Hashable:
        """Its place, counted from the oldest."""
        return row[0]

    def words_of(self, row: Numbered) -> str:
        """What was said."""
        return row[1].text

    def subject_of(self, row: Numbered) -> EntityId | None:
        """The entry."""
        return row[1].entry

    def narrowed(self) -> str:
        """The kind shown."""
        return f"only {KINDS[self._kind].lower()}" if self._kind else ""

    def widen(self) -> None:
        """Show every kind."""
        self._kind = ""

    def detail(self, row: Numbered) -> Sequence[Line]:
        """The whole entry; then what it corrects, and what corrects it."""
        event, events = row[1], self.view.page.events
        lines = _entry(event, "")
        original = events.original(event)
        if original is not None:
            lines += _entry(original, "It corrects  ")
        for later in events.corrections(event):
            lines += _entry(later, "Corrected by  ")
        return lines

    # What the keys do

    def action_kinds(self) -> None:
        """Choose a kind."""

        def chosen(kind: str | None) -> None:
            if kind is not None:
                self._kind = kind
                self.refresh_rows()

        counts = self.view.page.events.counts
        choices = [Choice("", "Everything", "", tail=f"{len(self.view.page.events):,}")]
        choices += [Choice(kind, KINDS[kind], "", tail=f"{count:,}") for kind, count in counts.items()]
        self.app.push_screen(Choose("Show which entries?", choices, typed=len(choices) > 9), chosen)

    def action_day(self) -> None:
        """Ask for a day, and go there."""

        def day(text: str) -> str | None:
            try:
                parse_typed_moment(text, self.view.now, lean=Lean.PAST)
            except BadInputError as refused:
                return str(refused)
            return None

        def answered(text: str | None) -> None:
            if not text:
                return
            wanted = day_of(parse_typed_moment(text, self.view.now, lean=Lean.PAST))
            place = self._shown().index_at(wanted) if wanted else None
            self.table.go_to(self.table.source.id_at(place) or 0) if place is not None else self.app.notify(
                "Nothing is on record on that day or before.", markup=False
            )

        self.app.push_screen(
            Prompt(
                "Jump to which day?", "fri, -7d, 14/3, 14 mar 2026: the last entry of that day.", check=day
            ),
            answered,
        )

    def action_export(self) -> None:
        """Ask where to, and write there what is shown."""
        view = self.view
        name = "".join(one if one.isalnum() else "-" for one in view.file.case.ref or "case")
        suggested = str(Path.home() / f"timeline-{name}-{local(view.now):%Y-%m-%d-%H%M}.txt")

        def wrong(text: str) -> str | None:
            if not text.strip():
                return "Type the path of a file."
            return "That file is there already: nothing is overwritten." if is_there(_path(text)) else None

        def typed(text: str | None) -> None:
            if text is None:
                return
            path, events = _path(text), self._shown()
            only = "; ".join(
                filter(None, (self.narrowed().removeprefix("only "), self._words and f"with “{self._words}”"))
            )
            what = told(view.desk, view.file, events, len(view.page.events), only)
            try:
                number = export(view.desk, view.file, what, path)
            except CasedeskError as error:
                self.app.push_screen(error_message(error, title="Not written", kept="No file was written."))
            else:
                self.app.notify(f"{counted(number, 'event')} written to {path}.", timeout=6, markup=False)

        said = "Ending .txt, .csv or .json. It is not encrypted: it is yours to protect. The access log notes it."
        self.app.push_screen(Prompt("Write the timeline to", said, value=suggested, check=wrong), typed)

    def action_correct(self) -> None:
        """Correct the entry under the cursor."""
        event = self.event
        if event is not None and event.entry is not None:
            self.place.lead(f"correct.{event.entity}", event.entry)


def _path(typed: str) -> Path:
    return Path(typed.strip().strip("'\"")).expanduser()


def _kind(row: Numbered) -> Cell:
    event = row[1]
    return (event.kind, "muted" if event.gone else _STYLES.get(event.kind, "info"))


def _text(row: Numbered) -> Cell:
    event = row[1]
    if event.gone:
        return (f"× {one_line(event.text)}", "muted")
    return f"→ {one_line(event.text)}" if event.corrects else one_line(event.text)


def _entry(event: Event, label: str) -> list[Line]:
    who = f" · {event.who}" if event.who else ""
    gone = f"  × {event.end}" if event.end else ""
    return [
        head_line(f"{label}{event.shown_at}", (f" · {event.kind}{who}", MUTED), (gone, "$cd-warn")),
        *(text_lines(event.text) or [line(("(nothing was said)", MUTED))]),
    ]
