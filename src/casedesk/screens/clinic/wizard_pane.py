"""The two halves of the needs-assessment wizard: the sections at the left, the question at the right."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from casedesk.reference.form_parts import QuestionKind
from casedesk.rules.forms import SectionProgress
from casedesk.screens.clinic.wizard_text import section_rows
from casedesk.widgets.editors import LineEditor, LinesEditor
from casedesk.widgets.flow import BLANK, Line, Part, wrap

_LINES = 5
"""Rows of the box that several lines are typed into."""
_AFTER = 5
"""Rows that are kept for what is said of an answer that is typed."""


class SectionList(Widget):
    """The sections with their progress; the one that is open stays in sight. A click opens one."""

    DEFAULT_CSS = """
    SectionList { width: 28; height: 1fr; background: $surface; }
    """

    class Chosen(Message):
        """A section was clicked."""

        def __init__(self, section: str) -> None:
            super().__init__()
            self.section = section

    def __init__(self) -> None:
        super().__init__()
        self._progress: Sequence[SectionProgress] = ()
        self._here = ""
        self._shown: list[str] = []

    def show(self, progress: Sequence[SectionProgress], here: str) -> None:
        """Show how far each section has come, and which is open."""
        if (progress, here) != (self._progress, self._here):
            self._progress, self._here = progress, here
            self.refresh()

    def render(self) -> Content:
        """Draw as many rows as there is room for, around the open section."""
        rows = section_rows(self._progress, self._here, max(self.content_size.width - 1, 12))
        room = max(self.content_size.height, 1)
        top = 0
        if len(rows) > room:
            first = next((place for place, (own, _) in enumerate(rows) if own == self._here), 0)
            top = min(max(first - room // 2, 0), len(rows) - room)
        shown = rows[top : top + room]
        self._shown = [own for own, _ in shown]
        parts: list[Part] = []
        for place, (_own, row) in enumerate(shown):
            more = "↑" if place == 0 and top else "↓" if place == room - 1 and top + room < len(rows) else ""
            gap = self.content_size.width - 1 - sum(cell_len(text) for text, _ in row) if more else 0
            parts += [*row, (" " * gap + more, "bold $cd-accent"), ("\n", "")]
        return Content.assemble(*parts[:-1])

    def on_click(self, event: events.Click) -> None:
        """Open the section under the pointer."""
        if event.y < len(self._shown):
            self.post_message(self.Chosen(self._shown[event.y]))


class AnswerLines(LinesEditor):
    """Several lines in which Enter saves, as everywhere in the wizard; Ctrl+J begins a new line."""

    class Submitted(Message):
        """Enter was pressed."""

    class Left(Message):
        """↑ was pressed on the first row, or ↓ on the last."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def action_cursor_up(self, select: bool = False) -> None:
        """Go up a row; from the first to the question before."""
        if not select and self.cursor_at_first_line:
            self.post_message(self.Left(-1))
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Go down a row; from the last to the next question."""
        if not select and self.cursor_at_last_line:
            self.post_message(self.Left(1))
        else:
            super().action_cursor_down(select)

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.post_message(self.Submitted())
        elif event.key == "ctrl+j":
            event.stop()
            event.prevent_default()
            self.insert("\n")
        else:
            await super()._on_key(event)


class Band(Static):
    """Lines in a band that is as high as they need: it changes the layout only where that changes."""

    DEFAULT_CSS = """
    Band { height: 1; padding: 0 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 -- the framework's own word
        super().__init__(id=id)
        self._lines: Sequence[Line] = (BLANK,)
        self._height = 1

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines; none hides the band."""
        if list(lines) != list(self._lines):
            self._lines = lines
            self._lay_out()

    def on_resize(self) -> None:
        """Wrap anew for the width there is."""
        self._lay_out()

    def _lay_out(self) -> None:
        width = max((self.parent.size.width if isinstance(self.parent, Widget) else self.size.width) - 2, 20)
        rows = rows_of(self._lines, width) if self._lines else []
        if len(rows) != self._height:
            self._height = len(rows)
            self.styles.height = len(rows)
            self.display = bool(rows)
        self.update(_drawn(rows), layout=False)


class TextBox(Static):
    """Lines in a box of one size. What does not fit is reached by scrolling, and the last row says so."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: Sequence[Line] = ()
        self._keep = (0, 0)
        self._rows: list[list[Part]] = []
        self._top = 0

    def show(self, lines: Sequence[Line], keep: tuple[int, int] = (0, 0)) -> None:
        """Show these lines, so that those from the first to the second of ``keep`` are in sight."""
        self._lines, self._keep = lines, keep
        self._lay_out()

    def on_resize(self) -> None:
        """Fit the lines into the room there is."""
        self._lay_out()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down."""
        event.stop()
        self.scroll_rows(2)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up."""
        event.stop()
        self.scroll_rows(-2)

    @property
    def overflows(self) -> bool:
        """Whether not all is in sight at once."""
        return len(self._rows) > self.size.height

    def scroll_rows(self, by: int) -> None:
        """Go some rows down, or up."""
        self._top = max(min(self._top + by, len(self._rows) - self._room), 0)
        self._draw()

    @property
    def _room(self) -> int:
        height = max(self.size.height, 1)
        return max(height - 1, 1) if len(self._rows) > height else height

    def _lay_out(self) -> None:
        width = self.size.width
        if not width:
            return
        self._rows = rows_of(self._lines, width)
        first = len(rows_of(self._lines[: self._keep[0]], width)) if self._keep[0] else 0
        last = len(rows_of(self._lines[: self._keep[1]], width)) if self._keep[1] else 0
        self._top = max(last - self._room, 0)
        if last - first > self._room:
            self._top = first
        self._draw()

    def _draw(self) -> None:
        rows = self._rows[self._top : self._top + self._room]
        below = len(self._rows) - self._top - self._room
        if self.overflows:
            more = [f"▲ {self._top} above"] * bool(self._top) + [f"▼ {below} more"] * bool(below > 0)
            rows = [*rows, [(f"{' · '.join(more)}: PgUp PgDn", "bold $cd-accent")]]
        self.update(_drawn(rows), layout=False)


class QuestionPane(Vertical, can_focus=True):
    """A question, what its answer is typed into, and what is said of the answer."""

    DEFAULT_CSS = """
    QuestionPane { width: 1fr; height: 1fr; padding: 0 1; background: $background; }
    QuestionPane TextBox { height: 1fr; }
    QuestionPane LineEditor { background: $surface; }
    QuestionPane AnswerLines { background: $surface; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.line = LineEditor()
        self.line.select_on_focus = False  # what was typed before is gone on with, not typed over
        self.lines = AnswerLines("", _LINES)
        self._before, self._after = TextBox(), TextBox()
        for part in (self.line, self.lines, self._after):
            part.display = False
        self._height = 0
        self._shown: tuple[Sequence[Line], Sequence[Line], QuestionKind, tuple[int, int]] | None = None

    def compose(self) -> ComposeResult:
        """The question, the editors of which at most one is shown, and what comes after."""
        yield self._before
        yield self.line
        yield self.lines
        yield self._after

    def editor_for(self, kind: QuestionKind) -> LineEditor | AnswerLines | None:
        """What an answer of this kind is typed into; None where it is chosen."""
        if kind is QuestionKind.LINES:
            return self.lines
        return self.line if kind in (QuestionKind.TEXT, QuestionKind.DAY) else None

    def show(
        self,
        before: Sequence[Line],
        after: Sequence[Line],
        kind: QuestionKind,
        keep: tuple[int, int] = (0, 0),
    ) -> None:
        """Show a question: the lines before its answer, of which ``keep`` stay in sight, and those behind it.

        Where the answer is chosen, all of it is one box of one size: the next question needs no new layout.
        """
        self._shown = (before, after, kind, keep)
        editor = self.editor_for(kind)
        for part, wanted in ((self.line, self.line), (self.lines, self.lines), (self._after, editor)):
            shown = editor is not None and editor is wanted
            if part.display != shown:
                part.display = shown
        if editor is None:
            self._set_height(0)
            self._before.show([*before, *after], keep)
        else:
            width = self.content_size.width
            most = self.content_size.height - (_LINES if editor is self.lines else 1) - _AFTER
            self._set_height(max(min(len(rows_of(before, width)), most), 3) if width else 3)
            self._before.show(before, (0, len(before)))
            self._after.show(after)

    def show_after(self, after: Sequence[Line]) -> None:
        """Show other lines behind what is typed."""
        if self._shown is not None:
            before, _, kind, keep = self._shown
            self._shown = (before, after, kind, keep)
            self._after.show(after)

    def on_resize(self) -> None:
        """Fit into the room there is."""
        if self._shown is not None:
            self.show(*self._shown)

    def scroll_rows(self, by: int) -> None:
        """Go some rows down, or up, in what does not fit."""
        (self._before if self._before.overflows else self._after).scroll_rows(by)

    def _set_height(self, rows: int) -> None:
        """Give the question so many rows; 0 for all there are."""
        if rows != self._height:
            self._height = rows
            self._before.styles.height = rows or "1fr"


def rows_of(lines: Sequence[Line], width: int) -> list[list[Part]]:
    """Lines wrapped to a width, row by row."""
    rows: list[list[Part]] = [[]]
    for text, style in wrap(lines, width):
        for number, piece in enumerate(text.split("\n")):
            if number:
                rows.append([])
            if piece:
                rows[-1].append((piece, style))
    for row in rows:
        if row:
            row[-1] = (row[-1][0].rstrip(), row[-1][1])
    return rows


def _drawn(rows: Sequence[Sequence[Part]]) -> Content:
    parts: list[Part] = []
    for row in rows:
        parts += [*row, ("\n", "")]
    return Content.assemble(*parts[:-1])
