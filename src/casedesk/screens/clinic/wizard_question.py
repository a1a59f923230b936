"""The question that is open in the wizard: shown, typed or chosen, saved, and left for another."""

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widgets import Input, TextArea

from casedesk.desk import assessment
from casedesk.model.errors import BadInputError
from casedesk.model.moments import Moment, show_moment
from casedesk.reference.form_parts import Question, QuestionKind
from casedesk.rules import forms
from casedesk.rules.forms import Given, SectionProgress, Trigger
from casedesk.screens.clinic.wizard_pane import AnswerLines, Band, QuestionPane, SectionList
from casedesk.screens.clinic.wizard_state import Work
from casedesk.screens.clinic.wizard_text import (
    Asked,
    answer_lines,
    banner_lines,
    brief_lines,
    chosen_of,
    heading_line,
    options_of,
    question_lines,
    summary_parts,
)
from casedesk.widgets.editors import Cleaned, LineEditor
from casedesk.widgets.flow import BLANK, Line, line
from casedesk.widgets.screen import DeskScreen

_MUTED = "$cd-muted"
_OF_NUMBERS = frozenset(".,+-£%")
_LONGEST_NUMBER = 20
"""Characters that are taken for a number: more than one may have, so that none is left out unseen."""
_DELAY = 0.4
"""Seconds after a key until what is half typed is kept."""
_KEYS = "Enter saves and goes on · Esc for the other keys"
_LINES_KEYS = "Enter saves and goes on · Ctrl+J new line · Esc for the other keys"


class QuestionScreen(DeskScreen[None]):
    """Sections at the left, one question at the right, what is urgent above both."""

    BESIDE_PERSON = True

    DEFAULT_CSS = """
    QuestionScreen #summary { background: $surface; }
    QuestionScreen #urgent { background: $cd-marking; color: $cd-marking-text; }
    QuestionScreen.-wide SectionList { width: 46; }
    QuestionScreen.-wide QuestionPane { padding: 1 3; }
    """

    def __init__(self, work: Work) -> None:
        super().__init__()
        self.work = work
        sitting = work.sitting
        first = forms.resume(sitting.form, sitting.answers, work.draft.at or sitting.assessment.place)
        self.question: Question = first or next(iter(sitting.form.questions.values()))
        self.urgent: Sequence[Trigger] = ()
        """The same-day matters that nothing is recorded about."""
        self._progress: Sequence[SectionProgress] = ()
        self._triggers: Sequence[Trigger] = ()
        self._cursor = self._chosen_place()
        self._resting = False
        """Whether the keys are wanted, not the line that is typed into."""
        self._filled = ""
        """What the editor was filled with: another text was typed."""
        self._timer: Timer | None = None
        self.pane = QuestionPane()
        """The right half."""
        self.returning = False
        """Whether the question was opened from the check page, to which Enter goes back."""

    def compose_body(self) -> ComposeResult:
        """How far it has come, what is urgent, sections and question."""
        yield Band(id="summary")
        yield Band(id="urgent")
        with Horizontal():
            yield SectionList()
            yield self.pane

    def on_mount(self) -> None:
        """Show the question that was open last; nothing said before stands over it."""
        self.app.clear_notifications()
        self.work.draft.go(self.question.id)
        self.mark_seen()
        self.show_question()

    # What there is

    @property
    def given(self) -> Given | None:
        """The answer to the question that is open."""
        return self.work.sitting.answers.get(self.question.id)

    @property
    def editor(self) -> LineEditor | AnswerLines | None:
        """What the open question is typed into; None where it is chosen."""
        return self.pane.editor_for(self.question.kind)

    @property
    def typing(self) -> bool:
        """Whether the keys go into an editor."""
        return self.editor is not None and self.focused is self.editor

    @property
    def section_questions(self) -> list[Question]:
        """The questions of the open section that arise."""
        return [one for one in self._arising() if one.section == self.question.section]

    def _arising(self) -> Sequence[Question]:
        return forms.visible(self.work.sitting.form, self.work.sitting.answers)

    def _chosen_place(self) -> int:
        chosen = chosen_of(self.given)
        return next((at for at, (own, _) in enumerate(options_of(self.question)) if own in chosen), 0)

    def on_key(self, event: events.Key) -> None:
        """Take into a number what is no digit as well, so that it is refused, not left out: ``12.50`` is not 1250."""
        if self.question.kind is not QuestionKind.NUMBER or not event.is_printable:
            return
        character, typed = event.character or "", self.work.draft.typed(self.question.id)
        free = event.key not in self.active_bindings or (character == " " and bool(typed))
        if character in _OF_NUMBERS or free:
            event.stop()
            event.prevent_default()
            self.type_number(character)

    def type_number(self, character: str) -> None:
        """Add a character to the number that is typed."""
        typed = self.work.draft.typed(self.question.id) or ""
        self.work.draft.keep_typed(self.question.id, (typed + character)[:_LONGEST_NUMBER])
        self.show_question()

    def typed_number(self) -> str:
        """The number typed so far, or the one saved."""
        typed = self.work.draft.typed(self.question.id)
        given = self.given
        return typed if typed is not None else (given.value or "") if given and given.stands else ""

    # Showing

    def show_question(self) -> None:
        """Show everything as it is now, and put the keys where the answer goes."""
        self._progress, self._triggers = self.work.sitting.progress(), self.work.sitting.triggers()
        above, below = self._around()
        asked = self._asked(self.question)
        before = [*above, *question_lines(asked)]
        pane, editor = self.pane, self.editor
        choices = len(options_of(self.question))
        at = len(before) - choices + self._cursor if choices else len(before) - 1
        first = at if choices and self._cursor else len(above)
        if editor is not None:
            self._fill(editor)
        pane.show(before, [*self._after(asked), *below], self.question.kind, (first, at + 1))
        if editor is not None and not self._resting:
            editor.focus()
        else:
            pane.focus()
        self.show_state()

    def _around(self) -> tuple[list[Line], list[Line]]:
        """What stands above the question and below it: its heading, and the rest of the section where that is shown."""
        own, whole = self.section_questions, self.work.draft.whole_section
        section = self.work.sitting.form.by_section[self.question.section]
        progress = next(one for one in self._progress if one.section == section.id)
        at = next((place for place, one in enumerate(own) if one.id == self.question.id), 0)
        above = [heading_line(section.title, progress, at + 1, len(own))]
        if section.about and (at == 0 or whole):
            above.append(line((section.about, _MUTED)))
        above.append(BLANK)
        below: list[Line] = []
        if whole:
            for one in own[:at]:
                above += [*brief_lines(self._asked(one)), BLANK]
            for one in own[at + 1 :]:
                below += [BLANK, *brief_lines(self._asked(one))]
        return above, below

    def _asked(self, question: Question) -> Asked:
        here = question.id == self.question.id
        form = self.work.sitting.form
        tools = [tool.id for tool in form.instruments.values() if tool.items[-1] == question.id]
        results = self.work.sitting.screens() if tools and here else {}
        return Asked(
            question=question,
            given=self.work.sitting.answers.get(question.id),
            typed=self.typed_number() if here else "",
            cursor=self._cursor,
            here=here,
            screens=tuple(results[name] for name in tools if name in results),
            raised=tuple(
                one for one in self._triggers if here and question.id in one.questions and not one.same_day
            ),
        )

    def _after(self, asked: Asked) -> list[Line]:
        lines = [*self._typing_lines(), BLANK, *answer_lines(asked, half_typed=self.half_typed)]
        apart = self.work.sitting.apart.get(self.question.id, ())
        if apart:
            said = " · ".join(f"“{one.said or 'taken out'}”" for one in apart)
            lines.append(
                line((f"■ Two desks answered differently: {said}. Ask again.", "bold $cd-block"), hang=2)
            )
        if self.returning:
            lines += [BLANK, line(("Enter goes back to your answers.", _MUTED))]
        return lines

    @property
    def half_typed(self) -> bool:
        """Whether something is typed here that is not saved."""
        return self.work.draft.typed(self.question.id) is not None

    def show_state(self) -> None:
        """Show how far it has come, and what is urgent."""
        sitting = self.work.sitting
        open_ones = [one for one in self._triggers if one.id not in sitting.records]
        self.urgent = [one for one in open_ones if one.same_day]
        self.query_one(SectionList).show(self._progress, self.question.section)
        mode = (
            "WITH THE PERSON" if self.work.draft.with_person else "PREPARING FROM THE FILE, m: they are here"
        )
        parts = [
            (self.work.who, "bold"), (f" · {mode}", "bold $cd-accent"),
            (f" · {summary_parts(self._progress, open_ones)}", ""),
        ]  # fmt: skip
        self.query_one("#summary", Band).show([line(*parts)])
        self.query_one("#urgent", Band).show(banner_lines(self.urgent) if self.urgent else ())
        self.refresh_bindings()

    # Typing

    def _fill(self, editor: LineEditor | AnswerLines) -> None:
        kept, given = self.work.draft.typed(self.question.id), self.given
        saved = given.said if given is not None and given.stands and given.value else ""
        text = saved if kept is None else kept
        self._filled = text
        if editor.get_text() != text:
            editor.set_text(text)
            if isinstance(editor, LineEditor):
                editor.cursor_position = len(text)
            else:
                editor.move_cursor(editor.document.end)

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _typed(self, event: Input.Changed | TextArea.Changed) -> None:
        editor = self.editor
        if editor is None or event.control is not editor or editor.get_text() == self._filled:
            return
        self._filled = editor.get_text()
        if self.question.kind is QuestionKind.DAY:
            self.pane.show_after(self._after(self._asked(self.question)))
        if self._timer is None:
            self._timer = self.set_timer(_DELAY, self.keep_draft)

    def _typing_lines(self) -> list[Line]:
        """Below what is typed: what was understood, and which keys do what there."""
        if self.editor is None:
            return []
        lines = [line((_LINES_KEYS if self.question.kind is QuestionKind.LINES else _KEYS, _MUTED))]
        if self.question.kind is QuestionKind.DAY and self._filled.strip():
            try:
                day = forms.check(self.question, self._filled, now=self.work.session.clock())
                lines.insert(0, line((show_moment(Moment(day)), "bold")))
            except BadInputError as wrong:
                lines.insert(0, line((f"■ {wrong.message}", "bold $cd-block"), hang=2))
        return lines

    @on(Cleaned)
    def _cleaned(self, event: Cleaned) -> None:
        event.stop()
        self.app.notify(f"Pasted; {event.left_out}.", markup=False)

    def keep_draft(self) -> None:
        """Keep what is half typed: after a moment's rest, and before the desk is locked."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        editor = self.editor
        if editor is not None and self.work.session.is_open:
            text, given = self._filled, self.given
            saved = given.said if given is not None and given.stands and given.value else ""
            self.work.draft.keep_typed(self.question.id, None if text == saved else text)

    def on_unmount(self) -> None:
        """Keep what is half typed however the wizard is left."""
        if self._timer is not None:
            self.keep_draft()

    # Saving

    def save(self, value: forms.Typed, *, declined: bool = False) -> bool:
        """Save the answer to the question that is open, and show what follows from it."""
        question, here = self.question.id, self.work.draft.with_person
        done = self.work.do(
            self.app,
            lambda desk, sitting: assessment.answer(
                desk, sitting, question, value, declined=declined, confirmed=here
            ),
        )
        if done:
            self.work.draft.keep_typed(question, None)
        return done

    def save_typed(self) -> bool:
        """Save what is typed, where it is another answer; False where it cannot be one, and was said to be."""
        self.keep_draft()
        text = self.work.draft.typed(self.question.id)
        if text is None:
            return True
        if text.strip():
            return self.save(text)
        if self.given is not None and self.given.stands:
            return self.take_back()
        self.work.draft.keep_typed(self.question.id, None)
        return True

    def take_back(self) -> bool:
        """Take the answer back."""
        question = self.question.id
        self.work.draft.keep_typed(question, None)
        return self.work.do(self.app, lambda desk, sitting: assessment.take_out(desk, sitting, [question]))

    # Moving

    def open_question(self, question: Question) -> None:
        """Open another question; its section is looked at."""
        self.keep_draft()
        self.question, self._resting = question, False
        self.mark_seen()
        self._cursor = self._chosen_place()
        self.work.draft.go(question.id)
        self.show_question()

    def mark_seen(self) -> None:
        """The section that is open was looked at."""
        section = self.question.section
        self.work.do(self.app, lambda desk, sitting: assessment.mark_seen(desk, sitting, section))

    def step(self, by: int) -> None:
        """Go to the next question, or the one before, without saving anything; at the ends say so."""
        form, answers = self.work.sitting.form, self.work.sitting.answers
        way = forms.next_question if by > 0 else forms.previous_question
        found = way(form, answers, self.question.id)
        if found is not None:
            self.open_question(found)
        elif by < 0:
            self.app.notify("This is the first question.", timeout=3, markup=False)
        else:
            self.at_end()

    def at_end(self) -> None:
        """The last question was left."""

    def move_cursor(self, by: int) -> None:
        """Go to another answer; beyond the first and the last to the neighbouring question."""
        choices = len(options_of(self.question))
        if 0 <= self._cursor + by < choices:
            self._cursor += by
            self.show_question()
        else:
            self.step(by)
            if by < 0 and options_of(self.question):
                self._cursor = len(options_of(self.question)) - 1
                self.show_question()
