"""The clinic page of one case and suspect: seven steps at the left, the pane of one at the right."""

from collections.abc import Callable
from dataclasses import replace
from functools import partialmethod
from typing import Any

from textual import on
from textual.app import App, ComposeResult
from textual.containers import Horizontal

from casedesk.desk import access
from casedesk.desk.asking import At, Verb
from casedesk.desk.clinic_page import PageStep
from casedesk.desk.clinic_panes import PANES
from casedesk.desk.clinic_said import Look, look
from casedesk.desk.desk import Desk
from casedesk.model.errors import CasedeskError
from casedesk.model.ids import EntityId
from casedesk.model.words import AppointmentState
from casedesk.rules.clinic.eligibility import RuleFinding
from casedesk.rules.clinic.preparation import outstanding
from casedesk.screens import verbs
from casedesk.screens.clinic.casefile_acts import Acts
from casedesk.screens.clinic.casefile_steps import (
    GROUP,
    STEP_KEYS,
    VERBS,
    StepList,
    action_of,
    command_id,
    step_commands,
)
from casedesk.screens.clinic.casefile_text import head_of, pane_lines
from casedesk.screens.review_pane import CrimePane
from casedesk.screens.session import Session
from casedesk.screens.undoing import ask_undo, do_redo
from casedesk.store.queue import QueueRow
from casedesk.widgets.command import Command, show_key
from casedesk.widgets.dialogs import Choice, Choose, error_message
from casedesk.widgets.flow import Flow
from casedesk.widgets.screen import BACK, DeskScreen

_STEPS = tuple(PANES)
_WIDE = 120
"""Cells from which on the needs stand in one row each."""
_PAGE = 3
"""Steps of the pane's scrolling in a page."""


def open_casefile(
    app: App[Any],
    session: Session,
    case_id: EntityId,
    suspect: EntityId | None = None,
    *,
    done: Callable[[], None] = lambda: None,
) -> None:
    """Open the clinic page of a case; of several suspects one is chosen first. ``done`` is called when it is left.

    A case that cannot be read, or has no suspect, is not shown and the reason is.
    """

    def show(own: EntityId | None) -> None:
        try:
            screen = CasefileScreen(session, case_id, own)
        except CasedeskError as error:
            app.push_screen(
                error_message(error, title="The clinic page was not opened", kept="Nothing was changed.")
            )
        else:
            app.push_screen(screen, lambda _left: done())

    def chosen(own: EntityId | None) -> None:
        if own is not None:
            show(own)

    try:
        choices = _suspects(session.desk, case_id) if suspect is None else []
    except CasedeskError as error:
        app.push_screen(
            error_message(error, title="The clinic page was not opened", kept="Nothing was changed.")
        )
        return
    if len(choices) > 1:
        app.push_screen(Choose("Whose clinic page?", choices, typed=False), chosen)
    else:
        show(suspect)


def _suspects(desk: Desk, case_id: EntityId) -> list[Choice[EntityId]]:
    return [
        Choice(own, one.name or f"suspect {number}")
        for number, (own, one) in enumerate(desk.case(case_id).file.suspects, 1)
    ]


def _against(verb: Verb, screen: "CasefileScreen") -> str | None:
    return screen.reason_against_verb(verb)


def _has_findings(screen: "CasefileScreen") -> str | None:
    return None if screen.findings else "No rule says anything about this case."


def _no_booking(screen: "CasefileScreen") -> str | None:
    held = screen.seen.page.appointment
    if held is not None and held[1].state != AppointmentState.ATTENDED:
        return "An appointment is booked already: the diary (d) moves it."
    return None


def _booked(screen: "CasefileScreen") -> str | None:
    return None if screen.seen.page.appointment else "No appointment is booked."


def _standing(screen: "CasefileScreen") -> str | None:
    held = screen.seen.page.appointment
    return (
        _booked(screen)
        if held is None or held[1].state != AppointmentState.ATTENDED
        else "The person came already."
    )


def _command(name: str, keys: str, label: str, what: str, show: int = 0, **options: Any) -> Command:
    return Command(f"casefile.{name}", keys, label, what, name.replace("-", "_"), GROUP, show=show, **options)


_PREPARE = (
    _command("book", "b", "Book", "Book a slot in a clinic.", 88, allowed=_no_booking),
    _command("checklist", "p", "Checklist", "The checklist of the appointment.", 86, allowed=_standing),
    _command("invited", "i", "Invited", "Record that the invitation went out, and how.", 84, allowed=_standing),
    _command("arrange", "S", "Arrange", "Who comes along, adjustments, safe contact.", 82, allowed=_standing),
    _command("attended", "a", "Attended", "Record that the person came.", 80, allowed=_standing),
)  # fmt: skip
_PAPERWORK = (
    _command("preview", "V", "Preview", "Read a letter as it would be written now.", 87),
    _command("print-list", "X", "Print list", "What to print for everybody of this clinic day.", 80,
             allowed=_booked),
)  # fmt: skip
_ONLY_IN = {
    **{one.id: ("prepare",) for one in _PREPARE},
    **{one.id: ("paperwork",) for one in _PAPERWORK},
    **{
        command_id(own): tuple(step for step, keys in STEP_KEYS.items() if own in keys)
        for own in VERBS
    },
}  # fmt: skip
"""The steps that a command belongs to; the others belong to all of them."""


class CasefileScreen(Acts, DeskScreen[None]):
    """One suspect's matter from the preparation to what follows the decision."""

    PLACE = "Clinic page"
    BESIDE_PERSON = True
    ABOUT = (
        "One suspect's matter in the clinic, step by step: ○ not started, ◐ under way, ● done, ■ something stands in "
        "the way. ↑ and ↓ or a digit go to a step; what belongs to it stands beside it, and J and K scroll it. Enter "
        "does what comes next in the step, Space shows everything that can be done there. e explains a finding of the "
        "rules: what it rests on, its source, and how far the source can be relied on. The rules say what is lawful "
        "and the factors where they point; the person decides. Nothing is sent, and nothing is written to the records "
        "system."
    )
    OFFERS = (
        BACK,
        _command("next", "enter", "Do next", "Do what comes next in this step.", 96),
        _command("menu", "space,v,m", "Menu", "Show everything that can be done in this step.", 94),
        *_PREPARE,
        *step_commands(_against),
        *_PAPERWORK,
        _command("explain", "e", "Explain", "Explain a finding: facts, source, how far it can be relied on.", 64,
                 allowed=_has_findings),
        _command("wizard", "w", "Needs", "Begin the needs assessment, or go on with it.", 62),
        _command("case", "c", "Case", "Open the case page.", 60),
        _command("diary", "d", "Diary", "Open the clinic's diary.", 56),
        _command("suspect", "s", "Suspect", "Choose another suspect of this case.", 54),
        _command("undo", "ctrl+z,u", "Undo", "Take back what was done last.", 35),
        _command("redo", "ctrl+y", "Redo", "Do again what was undone last."),
        _command("up", "up,k", "Step before", "Go to the step before."),
        _command("down", "down,j", "Next step", "Go to the next step."),
        _command("pane-down", "J,shift+down", "Scroll down", "Scroll the pane a few lines down.", 40),
        _command("pane-up", "K,shift+up", "Scroll up", "Scroll the pane a few lines up."),
        _command("page-down", "pagedown", "Page down", "Scroll the pane a page down."),
        _command("page-up", "pageup", "Page up", "Scroll the pane a page up."),
        _command("refresh", "f5", "Refresh", "Read everything again."),
        *(
            _command(f"step-{number}", str(number), step.capitalize(), f"Go to {step.capitalize()}.")
            for number, step in enumerate(_STEPS, 1)
        ),
    )  # fmt: skip
    DEFAULT_CSS = """
    CasefileScreen #head { height: auto; max-height: 7; padding: 0 1; background: $surface; }
    CasefileScreen #pane { width: 1fr; height: 1fr; padding: 0 1; background: $background; }
    CasefileScreen.-wide StepList { width: 36; }
    CasefileScreen.-wide #pane { padding: 0 3; }
    """

    def __init__(self, session: Session, case_id: EntityId, suspect: EntityId | None = None) -> None:
        super().__init__()
        self.session = session
        self.case_id = case_id
        access.consulted(session.desk, case_id)
        self._read(suspect)
        first = self.seen.page.next_step
        self.step = first.id if first else _STEPS[-1]
        """The step that is open."""

    def _read(self, suspect: EntityId | None) -> None:
        self.seen: Look = look(self.session.desk, self.case_id, suspect)
        self._reasons: dict[str, str | None] = {}
        self._findings: tuple[RuleFinding, ...] | None = None

    def compose_body(self) -> ComposeResult:
        """Who it is about and what is next; the steps, and the pane of one."""
        yield Flow(id="head")
        with Horizontal():
            yield StepList()
            yield CrimePane(id="pane")

    def on_mount(self) -> None:
        """Show the step that something is to be done about."""
        self._show()

    def on_resize(self) -> None:
        """Fit the pane into the width there is."""
        if self._shown:
            self._show()

    def on_screen_resume(self) -> None:
        """Back from the assessment, the case or the diary: what was done there shows here."""
        if self.is_mounted and self._shown:
            self.changed()

    # What is shown

    _shown = False

    @property
    def pane(self) -> CrimePane:
        """The pane of the step."""
        return self.query_one("#pane", CrimePane)

    @property
    def here(self) -> PageStep:
        """The step that is open."""
        return next(one for one in self.seen.page.steps if one.id == self.step)

    def _show(self) -> None:
        self._shown = True
        file = self.seen.matter.file
        number = [own for own, _ in file.suspects].index(self.seen.page.suspect) + 1
        place = f"suspect {number} of {len(file.suspects)}" if len(file.suspects) > 1 else ""
        self.query_one("#head", Flow).show(head_of(self.seen, place))
        self.query_one(StepList).show(self.seen.page.steps, self.step)
        self.pane.show(pane_lines(self.seen, self.step, narrow=self.size.width < _WIDE))
        self.refresh_bindings()

    def go_to(self, step: str) -> None:
        """Open a step."""
        self.step = step
        self._show()

    @on(StepList.Chosen)
    def _step_chosen(self, event: StepList.Chosen) -> None:
        self.go_to(event.step)

    def changed(self) -> None:
        """Something was written: read everything again. The step stays open."""
        try:
            self._read(self.seen.page.suspect)
        except CasedeskError as error:  # the case or the suspect is gone since
            self.app.push_screen(error_message(error, kept="Nothing was changed."))
            return
        self._show()
        refresh_status = getattr(self.app, "refresh_status", None)
        if refresh_status is not None:
            refresh_status()

    def neighbour(self, step: int) -> QueueRow | None:
        """The case page opened from here has no neighbours."""
        return None

    # What is offered

    def offered(self, command: Command) -> bool:
        """What belongs to one step is offered there alone; another suspect where there is one."""
        if command.id == "casefile.suspect":
            return len(self.seen.matter.file.suspects) > 1
        return self.step in _ONLY_IN.get(command.id, (self.step,))

    def label_of(self, command: Command) -> str:
        """Enter says what it does."""
        return self.next_label if command.id == "casefile.next" else super().label_of(command)

    def weight_of(self, command: Command) -> int:
        """What cannot be used now, and what Enter does anyway, gives way to the rest."""
        act = self._next_act()
        if command.id in _ONLY_IN and (
            self.reason_against(command) is not None or (act is not None and command.label == act[0])
        ):
            return 1
        return super().weight_of(command)

    @property
    def at(self) -> At:
        """Where a verb is asked."""
        matter = self.seen.matter
        return At(self.session.desk, matter.file, matter.dossier, matter.suspect)

    def reason_against_verb(self, verb: Verb) -> str | None:
        """Why a verb cannot be used now; asked once for what was read."""
        if verb.id not in self._reasons:
            self._reasons[verb.id] = verb.offered(self.at)
        return self._reasons[verb.id]

    # Doing

    def start(self, verb: Verb) -> None:
        """Let a verb ask what it asks, and do it."""
        at = self.at
        if verb.id == "clinic.points":  # the first that nothing proves yet
            sheet = self.seen.page.worksheet
            first = next((own for own, one in sheet.points if one in sheet.open_points), None)
            at = replace(at, subject=first or at.subject)
        verbs.start(self.app, self.session, verb, at, self.changed)

    @property
    def next_label(self) -> str:
        """What Enter does here, in a word or two."""
        act = self._next_act()
        return act[0] if act else "Menu"

    def action_next(self) -> None:
        """Do what comes next in this step; where nothing does, show what can be done."""
        act = self._next_act()
        if act is None:
            self.action_menu()
        else:
            act[1]()

    def _next_act(self) -> tuple[str, Callable[[], None]] | None:
        step = self.here
        if step.id == "prepare":
            return self._next_preparation()
        if step.id == "needs":
            held = self.seen.page.sitting
            done = held is not None and held.completed
            return ("Read it" if done else "Assess", self.action_wizard)
        own = "clinic.letter" if step.id == "paperwork" else step.verb
        verb = VERBS.get(own)
        if verb is None or self.reason_against_verb(verb) is not None:
            return None
        return verb.title, lambda: self.start(verb)

    def _next_preparation(self) -> tuple[str, Callable[[], None]] | None:
        held = self.seen.page.appointment
        if held is None:
            return "Book", self.action_book
        one = held[1]
        if one.state == AppointmentState.ATTENDED:
            return None
        if one.at is not None and one.at <= self.session.clock():
            return "Attended", self.action_attended
        if outstanding(self.seen.page.preparation):
            return "Checklist", self.action_checklist
        return None

    def action_menu(self) -> None:
        """Show everything that can be done in this step; what can be used now on top."""
        found: list[Choice[Command]] = []
        for command in self._step_commands():
            reason = self.reason_against(command)
            found.append(
                Choice(
                    command,
                    command.label,
                    command.help,
                    tail=show_key(command.default_keys()[0]),
                    reason=reason,
                )
            )
        found.sort(key=lambda choice: choice.reason is not None)

        def chosen(command: Command | None) -> None:
            if command is not None:
                self.call_later(self.run_command, command)

        self.app.push_screen(Choose(f"What can be done? {self.here.title}", found), chosen)

    def _step_commands(self) -> list[Command]:
        named = [one for one in self.OFFERS if self.step in _ONLY_IN.get(one.id, ())]
        always = ("casefile.explain", "casefile.wizard", "casefile.case", "casefile.diary")
        return [*named, *(one for one in self.OFFERS if one.id in always)]

    # Going elsewhere

    def _step_by(self, by: int) -> None:
        self.go_to(_STEPS[min(max(_STEPS.index(self.step) + by, 0), len(_STEPS) - 1)])

    def action_up(self) -> None:
        """Go to the step before."""
        self._step_by(-1)

    def action_down(self) -> None:
        """Go to the next step."""
        self._step_by(1)

    def _digit(self, number: int) -> None:
        self.go_to(_STEPS[number - 1])

    action_step_1 = partialmethod(_digit, 1)
    action_step_2 = partialmethod(_digit, 2)
    action_step_3 = partialmethod(_digit, 3)
    action_step_4 = partialmethod(_digit, 4)
    action_step_5 = partialmethod(_digit, 5)
    action_step_6 = partialmethod(_digit, 6)
    action_step_7 = partialmethod(_digit, 7)

    def action_pane_down(self) -> None:
        """Scroll the pane."""
        self.pane.scroll(1)

    def action_pane_up(self) -> None:
        """Scroll the pane back."""
        self.pane.scroll(-1)

    def action_page_down(self) -> None:
        """Scroll the pane a page."""
        self.pane.scroll(_PAGE)

    def action_page_up(self) -> None:
        """Scroll the pane a page back."""
        self.pane.scroll(-_PAGE)

    def action_suspect(self) -> None:
        """Choose another suspect."""

        def chosen(own: EntityId | None) -> None:
            if own is not None:
                self._read(own)
                self._show()

        choices = _suspects(self.session.desk, self.case_id)
        self.app.push_screen(Choose("Whose clinic page?", choices, typed=False), chosen)

    def action_undo(self) -> None:
        """Ask, then take back what was done last."""
        ask_undo(self.app, self.session, self.changed)

    def action_redo(self) -> None:
        """Do again what was undone last."""
        do_redo(self.app, self.session, self.changed)

    def action_refresh(self) -> None:
        """Read everything again."""
        self.changed()


for _own, _verb in VERBS.items():
    setattr(CasefileScreen, f"action_{action_of(_own)}", partialmethod(CasefileScreen.start, _verb))
