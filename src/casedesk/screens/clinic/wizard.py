"""The needs-assessment wizard: a conversation, one question at a time, saved with every answer."""

from collections.abc import Callable
from functools import partialmethod
from typing import Any

from textual import on, work
from textual.app import App
from textual.widgets import Input

from casedesk.desk import access, assessment
from casedesk.desk.assessment_draft import drafted, prepare
from casedesk.model.errors import CasedeskError
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_instant
from casedesk.model.text import counted
from casedesk.reference.form_parts import QuestionKind
from casedesk.rules import forms
from casedesk.rules.forms import NO, YES
from casedesk.screens.clinic.wizard_check import CheckScreen, show_profile
from casedesk.screens.clinic.wizard_pane import AnswerLines, SectionList
from casedesk.screens.clinic.wizard_question import QuestionScreen
from casedesk.screens.clinic.wizard_state import Work
from casedesk.screens.clinic.wizard_text import MARKS, TYPED, chosen_of, options_of, section_words
from casedesk.screens.clinic.wizard_triggers import TriggersScreen
from casedesk.screens.session import Session
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Choice, Choose, Confirm, error_message
from casedesk.widgets.fields import LinesField, Values
from casedesk.widgets.form import Form
from casedesk.widgets.screen import BACK

_GROUP = "Assessment"
_PAGE = 6
"""Rows by which a question that does not fit is scrolled."""


def open_wizard(
    app: App[Any],
    session: Session,
    case_id: EntityId,
    suspect_id: EntityId,
    assessment_id: EntityId | None = None,
    *,
    done: Callable[[], None] = lambda: None,
) -> None:
    """Open a needs assessment where it was left; ``done`` is called when it is left again.

    Without ``assessment_id`` the one of that suspect that is not completed goes on; where there is none, one is begun.
    Where the last one is completed, it is asked whether to read it or begin another.
    """
    desk = session.desk
    own = assessment_id or assessment.latest(desk, case_id, suspect_id)

    def opened(chosen: EntityId | None) -> None:
        try:
            sitting = assessment.read(desk, case_id, chosen or assessment.start(desk, case_id, suspect_id))
            access.consulted(desk, case_id)
        except CasedeskError as error:
            title = "The assessment was not opened"
            app.push_screen(error_message(error, title=title, kept="Nothing was changed."))
        else:
            _show(app, Work(session, sitting), done)

    def answered(which: str | None) -> None:
        if which is not None:
            opened(own if which == "read" else None)

    held = assessment.read(desk, case_id, own) if own and assessment_id is None else None
    ended = held.assessment.completed_at if held is not None and held.completed else None
    if held is not None and held.beside:
        every = [(held.id, held.assessment), *held.beside]
        apart = [
            Choice(one, assessment.begun_words(facts), "What any of them raised is shown in each")
            for one, facts in every
        ]
        title = "Desks began apart: open which? Then give the other up"
        app.push_screen(Choose(title, apart, typed=False), lambda chosen: opened(chosen) if chosen else None)
    elif ended is not None:
        choices = [
            Choice("read", "Read it", f"Completed {show_instant(ended)}", key="r"),
            Choice("begin", "Begin another", "To measure what has changed since", key="b"),
        ]
        app.push_screen(Choose("The needs assessment is completed", choices, typed=False), answered)
    else:
        opened(own)


def _show(app: App[Any], held: Work, done: Callable[[], None]) -> None:
    """Open the wizard; an assessment that is closed opens on its answers."""

    def read(_question: str | None) -> None:
        if held.sitting.is_open:  # it was opened again
            _show(app, held, done)
        else:
            done()

    if held.sitting.is_open:
        app.push_screen(WizardScreen(held), lambda _left: done())
    else:
        app.push_screen(CheckScreen(held), read)


def _declinable(screen: "WizardScreen") -> str | None:
    question = screen.question
    if question.must:
        return f"This question needs an answer: {question.must}"
    return None if question.declinable else "This is for you to judge: there is nothing to decline."


def _answered(screen: "WizardScreen") -> str | None:
    given = screen.given
    return None if given is not None and given.stands else "This question is not answered yet."


def _to_confirm(screen: "WizardScreen") -> str | None:
    given = screen.given
    if given is not None and given.stands and given.confirmed:
        return "It is confirmed already."
    return _answered(screen)


def _yes_no(screen: "WizardScreen") -> str | None:
    kind = screen.question.kind
    return None if kind is QuestionKind.YES_NO else "This question is not answered by yes or no."


def _command(name: str, keys: str, label: str, what: str, show: int = 0, **options: Any) -> Command:
    return Command(f"wizard.{name}", keys, label, what, name.replace("-", "_"), _GROUP, show=show, **options)


class WizardScreen(QuestionScreen):
    """One assessment of one suspect."""

    PLACE = "Needs assessment"
    ABOUT = (
        "A needs assessment in conversation. At the left the sections: ○ not started, ◐ looked at, ● complete; ▲ marks "
        "those whose answers make something necessary. At the right the question. Its answers have digits; Enter saves "
        "and goes to the next, b goes back, g jumps to a section, / finds a question. Prepare it from the file "
        "beforehand; press m when the person is with you: from then on answers count as said in the clinic, and c "
        "confirms what was prepared. p is “prefer not to say”, a adds a note. Everything is saved with each answer, "
        "and what is half typed is kept. A red bar is for today: it stays until r has recorded what was done. k shows "
        "all answers, to check, change and complete."
    )
    OFFERS = (
        BACK,
        _command("next", "enter", "Save, next", "Save the answer and go to the next question.", 95),
        _command("record", "r,f5", "Record action", "Record a same-day action as taken, or not taken with the reason.",
                 94),
        _command("before", "b,left", "Back", "Go to the question before.", 85),
        _command("skip", "s,right", "Skip", "Go to the next question without an answer.", 45),
        _command("decline", "p,f6", "Prefer not", "Record “prefer not to say”, or take it back.", 78,
                 allowed=_declinable),
        _command("confirm", "c,f9", "Confirm", "Mark a prepared answer as said in the clinic.", 66,
                 allowed=_to_confirm),
        _command("note", "a,f7", "Note", "Add a note to the answer.", 64, allowed=_answered),
        _command("section", "g,f4", "Section", "Jump to a section.", 80),
        _command("find", "slash,f3", "Find", "Find a question by its words.", 55),
        _command("triggers", "t,f12", "Referrals", "Show what the answers make necessary.", 62),
        _command("check", "k,f10", "Check", "Check all answers, change them, and complete the assessment.", 88),
        _command("with-person", "m,f8", "Person here", "Switch between preparing from the file and asking the person.",
                 60),
        _command("view", "v", "Whole section", "Switch between one question and a section at a time.", 40),
        _command("profile", "i", "Profile", "Show the needs profile as a chart.", 30),
        _command("confirm-section", "C", "Confirm section", "Mark every prepared answer of this section as said in the "
                 "clinic.", 25),
        _command("draft", "d", "From file", "Show what the file suggests as answers, and take it over to be confirmed.",
                 35),
        _command("clear", "x,delete", "Clear", "Take the answer back: the question is open again.", 20,
                 allowed=_answered),
        _command("up", "up", "Up", "Go to the answer above, and from the first to the question before."),
        _command("down", "down", "Down", "Go to the answer below, and from the last to the next question."),
        _command("pick", "space", "Choose", "Choose the answer under the cursor; of several, or take it back."),
        _command("yes", "y", "Yes", "Answer yes.", allowed=_yes_no),
        _command("no", "n", "No", "Answer no.", allowed=_yes_no),
        _command("erase", "backspace", "Erase", "Erase the last character typed."),
        _command("page-down", "pagedown,J", "Scroll down", "Scroll the question down."),
        _command("page-up", "pageup,K", "Scroll up", "Scroll the question up."),
        *(
            _command(f"digit-{digit}", str(digit), f"Answer {digit or 10}", f"Choose answer {digit or 10}, or type the "
                     "digit of a number.")
            for digit in (1, 2, 3, 4, 5, 6, 7, 8, 9, 0)
        ),
    )  # fmt: skip

    def label_of(self, command: Command) -> str:
        """What a key does just now."""
        if not self.is_mounted:
            return super().label_of(command)
        if command.id == BACK.id:
            return "Other keys" if self.typing else "Leave"
        if command.id == "wizard.with-person":
            return "Prepare" if self.work.draft.with_person else "Person here"
        if command.id == "wizard.view":
            return "One question" if self.work.draft.whole_section else "Whole section"
        return super().label_of(command)

    def offered(self, command: Command) -> bool:
        """Recording an action is for when one waits."""
        return command.id != "wizard.record" or bool(self.urgent)

    # Answering

    def take_digit(self, digit: str) -> None:
        """Choose an answer by its digit, or type it."""
        if self.question.kind is QuestionKind.NUMBER:
            self.type_number(digit)
        elif self.question.kind in TYPED:
            self.pane_to_editor()
        else:
            self._choose((int(digit) - 1) % 10)

    def _choose(self, place: int) -> None:
        """Choose the answer at a place; of several it is taken back where it was chosen."""
        options = options_of(self.question)
        if place >= len(options):
            self.app.notify(f"There are {len(options)} answers.", timeout=3, markup=False)
            return
        self._cursor = place
        own, chosen = options[place][0], chosen_of(self.given)
        if self.question.kind is not QuestionKind.MANY:
            self.save(own)
        elif own in chosen:
            rest = [one for one in chosen if one != own]
            if rest:
                self.save(" ".join(rest))
            else:
                self.take_back()
        else:
            alone = self.question.alone
            kept = [] if own in alone else [one for one in chosen if one not in alone]
            self.save(" ".join((*kept, own)))
        self.show_question()

    def pane_to_editor(self) -> None:
        """Take up typing again."""
        self._resting = False
        self.show_question()

    def action_pick(self) -> None:
        """Choose the answer under the cursor."""
        if options_of(self.question):
            self._choose(self._cursor)
        elif self.editor is not None:
            self.pane_to_editor()

    def action_yes(self) -> None:
        """Answer yes."""
        self._choose([own for own, _ in options_of(self.question)].index(YES))

    def action_no(self) -> None:
        """Answer no."""
        self._choose([own for own, _ in options_of(self.question)].index(NO))

    def action_erase(self) -> None:
        """Erase the last character typed."""
        if self.question.kind is QuestionKind.NUMBER:
            self.work.draft.keep_typed(self.question.id, self.typed_number()[:-1])
            self.show_question()

    @on(Input.Submitted)
    @on(AnswerLines.Submitted)
    def _submitted(self) -> None:
        self.action_next()

    def action_next(self) -> None:
        """Save what is typed and go on; to the answers, where the question was opened from them."""
        if not self.save_typed():
            self.show_question()
        elif self.returning:
            self.action_check()
        else:
            self.step(1)

    def action_before(self) -> None:
        """Go to the question before."""
        self.step(-1)

    def action_skip(self) -> None:
        """Go to the next question."""
        self.step(1)

    def action_up(self) -> None:
        """Go to the answer above."""
        self.move_cursor(-1)

    def action_down(self) -> None:
        """Go to the answer below."""
        self.move_cursor(1)

    @on(AnswerLines.Left)
    def _left_lines(self, event: AnswerLines.Left) -> None:
        self.step(event.by)

    def action_decline(self) -> None:
        """Record that the person prefers not to say, or take that back."""
        given = self.given
        if given is not None and given.stands and given.declined:
            self.take_back()
        else:
            self.save(None, declined=True)
        self.show_question()

    def action_clear(self) -> None:
        """Take the answer back."""
        self.take_back()
        self.show_question()

    def action_confirm(self) -> None:
        """Mark a prepared answer as said in the clinic, and go on."""
        given, question = self.given, self.question.id
        if given is not None and self.work.do(
            self.app,
            lambda desk, sitting: assessment.answer(
                desk, sitting, question, given.value, declined=given.declined, confirmed=True
            ),
        ):
            self.show_question()

    def action_confirm_section(self) -> None:
        """Mark every prepared answer of the section as said in the clinic."""
        section = self.question.section
        self.work.do(self.app, lambda desk, sitting: assessment.confirm_section(desk, sitting, section))
        self.show_question()

    def action_draft(self) -> None:
        """Show what the file suggests, and take it over."""
        form, found = self.work.sitting.form, drafted(self.work.session.desk, self.work.sitting)

        def answered(yes: bool | None) -> None:
            if yes and self.work.do(self.app, prepare):
                self.show_question()

        if not found:
            self.app.notify("The file suggests nothing for questions that are open.", timeout=4, markup=False)
            return
        lines = [
            f"{form.questions[one.question].text} → {forms.said(form.questions[one.question], one.value)} "
            f"({one.source})"
            for one in found
        ]
        title = f"The file suggests {counted(len(found), 'answer')}"
        text = "\n".join((*lines, "", "They wait to be confirmed with the person."))
        self.app.push_screen(Confirm(title, text, yes="Take over", no="Leave them"), answered)

    def action_note(self) -> None:
        """Ask for a note to the answer."""
        given, question = self.given, self.question

        def keep(values: Values) -> None:
            assert given is not None
            self.work.sitting = assessment.answer(
                self.work.session.desk, self.work.sitting, question.id, given.value,
                note=values["note"] or "", declined=given.declined, confirmed=given.confirmed,
            )  # fmt: skip

        if given is not None and self.save_typed():
            form = Form(
                f"Note to: {question.text}",
                [LinesField("note", "Note", hint="what was said, or why", rows=6)],
                clock=self.work.session.clock,
                save=keep,
                initial={"note": given.note},
                drafts=self.work.session.drafts,
                draft_key=f"assessment note {question.id} {self.work.sitting.id.hex()} "
                f"{self.work.sitting.case_id.hex()}",
            )
            self.app.push_screen(form, lambda _saved: self.show_question())

    # Going elsewhere

    @work
    async def action_section(self) -> None:
        """Let choose a section."""
        sitting = self.work.sitting
        choices = [
            Choice(one.section, one.title, tail=f"{MARKS[one.state]} {section_words(one)}")
            for one in sitting.progress()
        ]
        chosen = await self.app.push_screen_wait(Choose("Go to which section?", choices, typed=True))
        if chosen is not None:
            self._open_section(chosen)

    @on(SectionList.Chosen)
    def _section_clicked(self, event: SectionList.Chosen) -> None:
        self._open_section(event.section)

    def _open_section(self, section: str) -> None:
        """Open the first question of a section that is open, else its first."""
        sitting = self.work.sitting
        own = [one for one in forms.visible(sitting.form, sitting.answers) if one.section == section]
        missing = next(one.missing for one in sitting.progress() if one.section == section)
        if own:
            self.open_question(next((one for one in own if one.id in missing), own[0]))

    @work
    async def action_find(self) -> None:
        """Let find a question by its words."""
        sitting = self.work.sitting
        titles = {one.id: one.title for one in sitting.form.sections}
        raising = forms.raising_words(sitting.form)
        choices = [
            Choice(
                one, one.text, titles[one.section],
                words=" ".join((*(words for _, words in options_of(one)), *raising.get(one.id, ()))),
            )
            for one in forms.visible(sitting.form, sitting.answers)
        ]  # fmt: skip
        chosen = await self.app.push_screen_wait(Choose("Find a question", choices, typed=True))
        if chosen is not None:
            self.open_question(chosen)

    def action_triggers(self) -> None:
        """Show what the answers make necessary."""
        self.keep_draft()
        self.app.push_screen(TriggersScreen(self.work), lambda _left: self.show_question())

    def action_record(self) -> None:
        """Record the first same-day action that is open."""
        self.keep_draft()
        self.app.push_screen(
            TriggersScreen(self.work, record=self.urgent[0].id), lambda _left: self.show_question()
        )

    def action_profile(self) -> None:
        """Show the needs profile."""
        self.keep_draft()
        show_profile(self.app, self.work)

    def action_check(self) -> None:
        """Show all answers."""
        if self.save_typed():
            self.app.push_screen(CheckScreen(self.work, at=self.question.id), self._checked)

    def at_end(self) -> None:
        """The last question was left: all answers are shown."""
        self.action_check()

    def _checked(self, question_id: str | None) -> None:
        """Back from the answers: to one that is to be changed, or to where it was."""
        sitting = self.work.sitting
        if not sitting.is_open:
            self.dismiss(None)
            return
        question = forms.resume(sitting.form, sitting.answers, question_id or self.question.id)
        self.returning = question_id is not None
        if question is not None:
            self.open_question(question)

    # How it is looked at

    def action_with_person(self) -> None:
        """Switch between preparing and asking the person."""
        self.work.draft.switch_person(here=not self.work.draft.with_person)
        self.show_state()

    def action_view(self) -> None:
        """Switch between one question and a section at a time."""
        self.keep_draft()
        self.work.draft.switch_view(whole_section=not self.work.draft.whole_section)
        self.show_question()

    def action_page_down(self) -> None:
        """Scroll down."""
        self.pane.scroll_rows(_PAGE)

    def action_page_up(self) -> None:
        """Scroll up."""
        self.pane.scroll_rows(-_PAGE)

    def action_back(self) -> None:
        """Leave the line that is typed into, then the assessment."""
        self.keep_draft()
        if self.typing:
            self._resting = True
            self.pane.focus()
            self.refresh_bindings()
            return
        self._leave()

    def _leave(self) -> None:
        place = self.question.id
        if self.work.sitting.assessment.place != place:
            self.work.do(self.app, lambda desk, sitting: assessment.move_to(desk, sitting, place))
        half = len(self.work.draft.half_typed)
        if half:
            self.app.notify("What is half typed is kept, and is no answer yet.", markup=False)
        self.dismiss(None)


for _digit in range(10):  # the command of each digit has a method, as every command has
    setattr(WizardScreen, f"action_digit_{_digit}", partialmethod(WizardScreen.take_digit, str(_digit)))
