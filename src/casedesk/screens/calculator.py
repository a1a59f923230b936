"""The calculator: when does it end? Asked before there is a case, answered while the times are typed."""

from collections.abc import Sequence
from typing import Any

from textual import events, on
from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Digits, Input

from casedesk.desk.calculator import answer_lines, limit_words
from casedesk.model.errors import CasedeskError
from casedesk.model.moments import local
from casedesk.screens.answertext import answer_lines_shown, due_lines
from casedesk.screens.questions import QUESTIONS, Question, Reply, about_clock
from casedesk.screens.session import Session
from casedesk.widgets.columns import Column
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Choice, Choose
from casedesk.widgets.editors import ChoiceEditor, LineEditor
from casedesk.widgets.fields import read_all
from casedesk.widgets.flow import Flow, Line, line
from casedesk.widgets.form import FormRow
from casedesk.widgets.rows import ListSource
from casedesk.widgets.screen import BACK, DeskScreen
from casedesk.widgets.table import VirtualTable

_TICK = 10.0
"""Seconds between two looks at the clock: what is left is shown in minutes."""
_ANY = len(QUESTIONS)
"""The place of “any clock” in the list, below the questions."""
_EDITORS = "LineEditor, ChoiceEditor"
_MUTED = "$cd-muted"


def open_calculator(app: App[Any], session: Session) -> None:
    """Open the calculator over what is on screen."""
    app.push_screen(CalculatorScreen(session))


def _itself(place: int) -> int:
    return place


def _has_answer(screen: "CalculatorScreen") -> str | None:
    return None if screen.reply else "There is no answer yet."


class CalculatorScreen(DeskScreen[None]):
    """A list of questions, the fields of the one chosen, and its answer."""

    PLACE = "Calculator"
    ABOUT = (
        "When does it end? Choose what to ask, press Enter and type the times: the answer is there as you type, with "
        "its steps, its source and how well it is sourced. Nothing is recorded here. “Any clock” finds every other "
        "time limit by its name."
    )
    OFFERS = (
        BACK,
        Command("calculator.copy", "f7,y", "Copy answer", "Copy the answer with its steps and source.", "copy",
                "Calculator", show=80, allowed=_has_answer),
        Command("calculator.clock", "f4,slash", "Any clock", "Find any clock by its name.", "clock", "Calculator",
                show=75),
        Command("calculator.more", "f6", "More", "Scroll on in the steps; from their end back to the top.", "more",
                "Calculator", show=35),
        Command("calculator.empty", "f8", "Empty", "Empty the fields.", "empty", "Calculator", show=30),
    )  # fmt: skip
    PARTS = (VirtualTable,)
    DEFAULT_CSS = """
    CalculatorScreen #questions { width: 24; background: $surface; }
    CalculatorScreen.-wide #questions { width: 32; }
    CalculatorScreen #answer { height: auto; padding: 0 1; background: $surface; }
    CalculatorScreen #due { width: 18; height: 3; color: $cd-accent; text-style: bold; }
    CalculatorScreen #due.-late { color: $cd-block; }
    CalculatorScreen #due.-none { display: none; }
    CalculatorScreen #said { width: 1fr; height: auto; min-height: 3; }
    CalculatorScreen #rest { height: 1fr; padding: 1 1 0 1; scrollbar-size-vertical: 1; }
    CalculatorScreen #fields { height: auto; margin-bottom: 1; }
    """

    def __init__(self, session: Session) -> None:
        super().__init__(name="calculator")
        self._session = session
        self._packs = session.desk.packs
        self._question: Question = QUESTIONS[0]
        self._clock_question: Question | None = None
        self._rows: dict[str, FormRow] = {}
        self._typed: dict[str, dict[str, str]] = {}
        self._refusal: CasedeskError | None = None
        self.reply: Reply | None = None
        """The answer on screen, and what had to be decided in reading the question."""

    def compose_body(self) -> ComposeResult:
        """What can be asked at the left; the answer above the fields, so that it stays in sight."""
        with Horizontal():
            yield VirtualTable(
                [Column[int]("ask", "When does it end?", self._title_at, 20, flex=1)],
                ListSource[int](list(range(_ANY + 1)), _itself),
                markable=False,
                id="questions",
            )
            with Vertical():
                with Horizontal(id="answer"):
                    yield Digits("", id="due", classes="-none")
                    yield Flow(id="said")
                with VerticalScroll(id="rest", can_focus=False):
                    yield Vertical(id="fields")
                    yield Flow(id="steps")

    def _title_at(self, place: int) -> str:
        if place < _ANY:
            return QUESTIONS[place].title
        return self._clock_question.title if self._clock_question else "Any clock …"

    async def on_mount(self) -> None:
        """Start on the first question."""
        self.query_one(VirtualTable).focus()
        self.set_interval(_TICK, self._show)
        await self._pose(self._question)

    # Which question

    @on(VirtualTable.RowHighlighted, "#questions")
    async def _passed(self, event: VirtualTable.RowHighlighted) -> None:
        place = event.row_id
        if place is None:
            return
        question = QUESTIONS[place] if place < _ANY else self._clock_question
        if question is not None and question is not self._question:
            await self._pose(question)

    @on(VirtualTable.RowOpened, "#questions")
    def _opened(self, event: VirtualTable.RowOpened) -> None:
        if event.row_id == _ANY and self._clock_question is None:
            self.action_clock()
        else:
            self._go_to_fields()

    def _go_to_fields(self) -> None:
        first = next(iter(self._rows.values()), None)
        if first is not None:
            first.editor.focus()

    def action_clock(self) -> None:
        """Choose one of all the clocks."""
        clocks = list(self._packs.clocks.by_id.values())
        choices = [Choice(clock, clock.title, f"{clock.id}  {limit_words(clock)}") for clock in clocks]

        async def chosen(clock: Any) -> None:
            if clock is None:
                return
            self._clock_question = about_clock(clock)
            table = self.query_one(VirtualTable)
            table.reload()
            await self._pose(self._clock_question)
            table.go_to(_ANY)
            self._go_to_fields()

        self.app.push_screen(Choose("Which clock?", choices, typed=True), chosen)

    async def _pose(self, question: Question) -> None:
        self._keep_typed()
        self._question = question
        self._rows = {field.name: FormRow(field) for field in question.fields}
        fields = self.query_one("#fields", Vertical)
        await fields.remove_children()
        await fields.mount(*self._rows.values())
        now, kept = self._session.clock(), self._typed.get(question.id, question.initial)
        for name, row in self._rows.items():
            row.editor.set_text(kept.get(name, ""))
            row.known, row.typed_at = row.editor.get_text(), now
            row.touched = bool(row.known)
        self._answer()

    def _keep_typed(self) -> None:
        if self._rows:
            self._typed[self._question.id] = {name: row.editor.get_text() for name, row in self._rows.items()}

    async def action_empty(self) -> None:
        """Empty the fields."""
        self._rows = {}
        self._typed.pop(self._question.id, None)
        await self._pose(self._question)
        self._go_to_fields()

    # While typing

    @on(Input.Changed)
    @on(ChoiceEditor.Changed)
    def _changed(self, event: Input.Changed | ChoiceEditor.Changed) -> None:
        row = next((row for row in self._rows.values() if row.editor is event.control), None)
        if row is None or row.editor.get_text() == row.known:
            return
        row.known, row.touched, row.typed_at = row.editor.get_text(), True, self._session.clock()
        self._answer()

    def on_key(self, event: events.Key) -> None:
        """↑, ↓ and Enter go through the fields, → goes to them from the list."""
        if isinstance(self.focused, LineEditor | ChoiceEditor):
            if event.key in ("down", "enter"):
                event.stop()
                self.focus_next(_EDITORS)
            elif event.key == "up":
                event.stop()
                self.focus_previous(_EDITORS)
        elif event.key == "right":
            self._go_to_fields()

    @on(Input.Submitted)
    def _next_field(self) -> None:
        self.focus_next(_EDITORS)

    def action_back(self) -> None:
        """Go back to the list, or leave."""
        table = self.query_one(VirtualTable)
        if table.has_focus:
            self.dismiss(None)
        else:
            table.focus()

    # The answer

    def _answer(self) -> None:
        """Work the answer out anew."""
        texts = {name: row.editor.get_text() for name, row in self._rows.items()}
        now = self._session.clock()
        typed_at = {name: row.typed_at or now for name, row in self._rows.items()}
        values, wrong = read_all(self._question.fields, texts, typed_at)
        for name, row in self._rows.items():
            value = values.get(name)
            if name in wrong and row.touched and texts[name].strip():
                row.show_note(wrong[name], wrong=True)
            else:
                row.show_note("" if value is None else row.understood(value), wrong=False)
        self.reply, self._refusal = None, None
        if not wrong:
            try:
                self.reply = self._question.ask(self._packs, values)
            except CasedeskError as error:
                self._refusal = error
        self._show()
        self.refresh_bindings()

    def _show(self) -> None:
        """Show the answer as it stands now."""
        digits, said = self.query_one("#due", Digits), self.query_one("#said", Flow)
        steps = self.query_one("#steps", Flow)
        due = self.reply[0].due if self.reply else None
        digits.set_class(due is None, "-none")
        if due is not None:
            digits.update(f"{local(due):%H:%M}")
            digits.set_class(due < self._session.clock(), "-late")
        said.show(self._said())
        steps.show(answer_lines_shown(*self.reply) if self.reply else ())

    def _said(self) -> Sequence[Line]:
        question = self._question
        head = line((question.title, "bold"))
        if self._refusal is not None:
            return [head, line((str(self._refusal), "bold $cd-warn"))]
        if self.reply is None:
            wanted = [
                field.label
                for field in question.fields
                if field.required and not self._rows[field.name].editor.get_text().strip()
            ]
            said = f"Wanted: {', '.join(wanted)}." if wanted else ""
            return [head, line((question.about, _MUTED)), line((said, _MUTED))]
        answer = self.reply[0]
        if answer.due is None:
            return [head, line(("No end: see the steps.", "bold"))]
        return due_lines(answer.due, self._session.clock(), answer.status)

    def action_more(self) -> None:
        """Scroll on, or back to the top."""
        rest = self.query_one("#rest", VerticalScroll)
        if rest.scroll_offset.y >= rest.max_scroll_y:
            rest.scroll_home(animate=False)
        else:
            rest.scroll_page_down(animate=False)

    def action_copy(self) -> None:
        """Copy the answer through the terminal."""
        if self.reply is not None:
            answer, notes = self.reply
            self.app.copy_to_clipboard("\n".join(answer_lines(answer, notes)))
            self.app.notify("The answer was copied.", timeout=3, markup=False)
