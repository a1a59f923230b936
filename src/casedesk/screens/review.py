"""The bulk review: the list left, the crime with its findings right, every decision a key."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partialmethod
from typing import Any

from textual import on, work
from textual.app import App
from textual.widgets import Input

from casedesk.desk.asking import At as CaseAt
from casedesk.desk.caseload import ids_of
from casedesk.desk.finalising_verbs import FINALISING
from casedesk.desk.review import GROUPS, LISTS, TO_DO, ReviewRow
from casedesk.desk.review_crime import Crime
from casedesk.desk.review_filter import HINT
from casedesk.desk.review_state import ReviewState
from casedesk.model.errors import CasedeskError
from casedesk.model.ids import EntityId
from casedesk.model.text import counted
from casedesk.rules.shown import Fact
from casedesk.screens import review_acts, review_returns, verbs
from casedesk.screens.case import CaseScreen
from casedesk.screens.review_doing import At, Decided
from casedesk.screens.review_look import show_what_is_right
from casedesk.screens.review_stream import ReviewList
from casedesk.screens.session import Session
from casedesk.screens.undoing import ask_undo, do_redo
from casedesk.store.queue import QueueRow
from casedesk.store.records import read_dossier
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Choice, Choose, Prompt, error_message
from casedesk.widgets.screen import BACK
from casedesk.widgets.table import VirtualTable

_LIVE = 20_000
"""Up to how many crimes the filter is followed at every key; beyond at Enter."""
_TABS = {
    "suspect": "custody", "victim": "people", "contact": "timeline", "outcome_record": "timeline",
    "breach": "custody",
}  # fmt: skip
"""The tab of the case page where the facts of each kind of entity stand; the case's own are on the first."""
_GROUP = "Review"
_VERBS = {verb.id: verb for verb in FINALISING}
_REFERRALS = (
    ("o", "ruling.outcome", "Outcome…"),
    ("c", "ruling.cancellation", "Cancellation…"),
    ("r", "ruling.reclassification", "Reclassification…"),
    ("n", "ruling.n100", "N100…"),
)
"""The questions that can be put, each with its key and label."""
Act = Callable[[At, Crime], Awaitable[Decided]]


def open_review_screen(app: App[Any], session: Session) -> None:
    """Open the bulk review where it was left."""
    app.push_screen(ReviewScreen(session))


def _on_a_crime(screen: "ReviewScreen") -> str | None:
    return None if screen.crime is not None else "No crime is under the cursor."


def _undecided(screen: "ReviewScreen") -> str | None:
    crime = screen.crime
    if crime is not None and crime.state is ReviewState.ACCEPTED:
        return "It is finalised: R opens it again."
    return _on_a_crime(screen)


def _can_return(screen: "ReviewScreen") -> str | None:
    return None if screen.table.marks else _undecided(screen)


def _finalised(screen: "ReviewScreen") -> str | None:
    done = (ReviewState.ACCEPTED, ReviewState.CHANGED, ReviewState.TWO_APPROVALS)
    crime = screen.crime
    return _on_a_crime(screen) or (None if crime and crime.state in done else "It is not finalised.")


def _is_read(screen: "ReviewScreen") -> str | None:
    return None if screen.is_checked else "The check is still looking at the list."


def _command(name: str, keys: str, label: str, what: str, show: int = 0, **options: Any) -> Command:
    return Command(f"review.{name}", keys, label, what, name.replace("-", "_"), _GROUP, show=show, **options)


class ReviewScreen(ReviewList):
    """A finalisations officer's desk: hundreds of crimes, one key each."""

    PLACE = "Review"
    ABOUT = (
        "Every crime that is submitted, with what the check says of it: ✓ clean, ▲ look again, ■ blocked. A accepts "
        "all that are clean in view, after a preview; then n and p go through the others, and a, c, r, f, h or s "
        "decides each and goes to the next that is to do. The facts a finding rests on have digits: pressed, they "
        "open the case at that fact. Space marks, * marks by a filter, r returns what is marked in groups. Place, "
        "marks and filter are kept through a crash. Nothing is sent, and nothing is written to the records system."
    )
    OFFERS = (
        BACK,
        _command("accept", "a", "Accept", "Finalise the crime as recorded; warnings are asked about.", 95,
                 allowed=_undecided),
        _command("correct", "c", "Correct", "Finalise it with another code, date or class.", 85, allowed=_undecided),
        _command("return", "r", "Return", "Return it, or all that are marked, for rework.", 90, allowed=_can_return),
        _command("refer", "f", "Refer", "Put it to the designated decision maker or the registrar.", 75,
                 allowed=_undecided),
        _command("hold", "h", "Hold", "Hold it with the reason; a held one goes on.", 72, allowed=_undecided),
        _command("skip", "s", "Skip", "Leave it for later and go to the next that is to do.", 71, allowed=_on_a_crime),
        _command("accept-clean", "A", "Accept clean", "Finalise the clean ones among those marked, or in view.", 80,
                 allowed=_is_read),
        _command("mark-some", "asterisk", "Mark by filter", "Mark every crime that a filter lets through.", 30),
        _command("filter", "slash", "Filter", "Narrow the list: outcome:18 verdict:clean, rule:V05, oic:lane.", 65),
        _command("group", "G", "Group", "Group by finding, outcome, OIC, supervisor or state.", 45),
        _command("right", "w", "What is right", "Which outcomes these facts allow, and what others need.", 60,
                 allowed=_on_a_crime),
        _command("guidance", "g", "Guidance", "Look up outcomes, rules and time limits, with their sources.", 40),
        _command("next-to-do", "t", "To do", "Go to the next crime that asks for a decision.", 35),
        _command("reopen", "R", "Reopen", "Open a finalised crime again, with the reason.", 15, allowed=_finalised),
        _command("messages", "x", "Messages", "Write the messages that go with returned crimes.", 18),
        _command("which", "v", "List", "Choose what is reviewed: submitted, returned or finalised.", 25),
        _command("undo", "ctrl+z,u", "Undo", "Take back what was done last.", 50),
        _command("redo", "ctrl+y", "Redo", "Do again what was undone last."),
        _command("pane-down", "J,shift+down", "Scroll down", "Scroll the crime a few lines down."),
        _command("pane-up", "K,shift+up", "Scroll up", "Scroll the crime a few lines up."),
        _command("refresh", "f5", "Refresh", "Read everything again."),
        *(
            _command(f"fact-{digit}", str(digit), f"Fact {digit}", f"Open the case at fact {digit} of the findings.")
            for digit in range(1, 10)
        ),
    )  # fmt: skip

    def label_of(self, command: Command) -> str:
        """What is done with many says with how many."""
        if self.is_mounted and self.table.marks and command.id in ("review.return", "review.accept-clean"):
            return f"{command.label} {len(self.table.marks):,}"
        return super().label_of(command)

    # Going through the list

    def neighbour(self, step: int) -> QueueRow | None:
        """Move to the next crime of the list, or the one before; None at its end."""
        before = self.table.cursor_index
        (self.table.action_down if step > 0 else self.table.action_up)()
        if self.table.cursor_index == before or self.table.cursor_id is None:
            return None
        return next(iter(self.session.queue.rows([self.table.cursor_id])), None)

    def action_skip(self) -> None:
        """Leave it for later."""
        if self.table.cursor_id is not None:
            self._skipped.add(self.table.cursor_id)
            self.action_next_to_do()

    def action_pane_down(self) -> None:
        """Scroll the crime."""
        self.pane.scroll(1)

    def action_pane_up(self) -> None:
        """Scroll the crime back."""
        self.pane.scroll(-1)

    # Deciding

    @work
    async def _decide(self, act: Act) -> None:
        """Let an act ask what it needs and do it, then go on to the next that is to do."""
        crime, number = self.crime, self.table.cursor_id
        if crime is None or number is None:
            return
        if await act(self.at, crime) is not None:
            self._decided(number)

    def _start(self, verb_id: str) -> None:
        """Let a verb of the case page ask what it asks, and do it."""
        crime, number = self.crime, self.table.cursor_id
        if crime is None or number is None:
            return
        dossier = read_dossier(self.session.desk.store.connection, crime.id)
        where = CaseAt(self.session.desk, crime.file, dossier)
        verbs.start(self.app, self.session, _VERBS[verb_id], where, lambda: self._decided(number))

    def _decided(self, number: int) -> None:
        """A crime was decided on: go on to the next that is to do."""
        self._pace.decided(self.session.clock())
        self._skipped.discard(number)
        self.changed()
        if self.review.state(number) not in TO_DO and self.table.cursor_id == number:
            self.action_next_to_do()

    def action_accept(self) -> None:
        """Finalise it as recorded; of two approvals choose the one that stands."""
        if self.crime is not None and self.crime.state is ReviewState.TWO_APPROVALS:
            self._start("finalise.settle")
        else:
            self._decide(review_acts.accept)

    def action_correct(self) -> None:
        """Finalise it corrected."""
        self._decide(review_acts.correct)

    @work
    async def action_refer(self) -> None:
        """Put it to whoever decides."""
        if self.crime is not None:
            choices = [
                Choice(verb_id, label, _VERBS[verb_id].about, key=key) for key, verb_id, label in _REFERRALS
            ]
            title = f"{self.crime.ref}: a ruling on what?"
            chosen = await self.app.push_screen_wait(Choose(title, choices, typed=False))
            if chosen is not None:
                self._start(chosen)

    def action_hold(self) -> None:
        """Hold it, or let it go on."""
        held = self.crime is not None and self.crime.state is ReviewState.HELD
        self._start("finalise.release" if held else "finalise.hold")

    def action_reopen(self) -> None:
        """Open it again."""
        self._start("finalise.reopen")

    def action_return(self) -> None:
        """Return it, or what is marked."""
        if self.table.marks:
            self._decide_many(review_returns.send_back_many, sorted(self.table.marks))
        else:
            self._decide(review_returns.send_back)

    def action_accept_clean(self) -> None:
        """Finalise the clean ones: those marked, or all in view."""
        marks = self.table.marks
        shown = [number for number in self._order.numbers if not marks or number in marks]
        hidden = sorted(marks.difference(shown))
        clean = self.review.clean_to_do([*shown, *hidden])
        if clean:
            self._decide_many(review_acts.accept_clean, clean)
        else:
            where = "among those marked" if marks else "in view"
            self.app.notify(f"Nothing that is to do is clean {where}.", markup=False)

    @work
    async def _decide_many(
        self, act: Callable[[At, Sequence[EntityId]], Awaitable[Decided]], numbers: Sequence[int]
    ) -> None:
        if await act(self.at, ids_of(self.session.desk, numbers)) is not None:
            self.table.clear_marks()
            self._going_on = True
            self.changed()
            self._go_on()

    @work
    async def action_messages(self) -> None:
        """Write the messages of what is returned: what is marked, else all of this list."""
        numbers = sorted(self.table.marks) or [
            number for number in self._order.numbers if self.review.state(number) is ReviewState.RETURNED
        ]
        await review_returns.write_messages(self.at, ids_of(self.session.desk, numbers))

    def action_undo(self) -> None:
        """Ask, then take back what was done last."""
        ask_undo(self.app, self.session, self.changed)

    def action_redo(self) -> None:
        """Do again what was undone last."""
        do_redo(self.app, self.session, self.changed)

    # Filter, groups, marks

    def action_filter(self) -> None:
        """Open the filter."""
        box = self.query_one("#filter", Input)
        box.add_class("-open")
        box.focus()

    @on(Input.Changed, "#filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        if len(self.review) <= _LIVE and event.value.strip() != self._liked.words:
            self._narrow(event.value.strip())

    @on(Input.Submitted, "#filter")
    def _filtered(self, event: Input.Submitted) -> None:
        self._narrow(event.value.strip())
        wrong = self.what_is_wrong(event.value)
        if wrong is None:
            self.table.focus()
        else:  # it stays to be put right
            self._say_wrong(wrong)

    def action_back(self) -> None:
        """Drop the filter, or leave."""
        box = self.query_one("#filter", Input)
        if box.has_class("-open") or self._liked.words:
            box.remove_class("-open")
            box.value = ""
            self._narrow("")
            self.table.focus()
        else:
            self.dismiss(None)

    @work
    async def action_mark_some(self) -> None:
        """Mark every crime that a filter lets through."""
        typed = await self.app.push_screen_wait(
            Prompt("Mark every crime with", HINT, value=self._liked.words, check=self.what_is_wrong)
        )
        if typed is not None:
            found = self.review.order(self._read_filter(typed), marks=self.table.marks).numbers
            self.table.mark(found)
            self.app.notify(f"{counted(len(found), 'crime')} found and marked.", timeout=4, markup=False)

    @work
    async def action_group(self) -> None:
        """Choose what the list is grouped by."""
        choices = [Choice(name, label, meaning) for name, (label, meaning) in GROUPS.items()]
        chosen = await self.app.push_screen_wait(Choose("Group the list", choices, typed=False))
        if chosen is not None:
            self._liked = replace(self._liked, group=chosen)
            self._arrange()
            self._show_crime()

    @work
    async def action_which(self) -> None:
        """Choose what is reviewed."""
        choices = [Choice(name, label, meaning) for name, (label, meaning) in LISTS.items()]
        chosen = await self.app.push_screen_wait(Choose("What is reviewed?", choices, typed=False))
        if chosen is not None:
            other = chosen != self._liked.which
            self._liked = replace(self._liked, which=chosen)
            self.action_refresh()
            if other:
                self.table.action_top()

    # Looking closer

    @on(VirtualTable.RowOpened, "#review")
    def _open(self) -> None:
        self._open_case()

    def _open_case(self, then: Callable[[CaseScreen], None] = lambda _page: None) -> None:
        row: ReviewRow | None = self.table.cursor_row
        if row is None:
            return
        try:
            page = CaseScreen(self.session, row.id, self)
        except CasedeskError as error:
            self.app.push_screen(
                error_message(error, title="The case was not opened", kept="Nothing was changed.")
            )
            return
        self.app.push_screen(page)
        page.call_after_refresh(then, page)

    def _fact(self, digit: int) -> None:
        """Open the case at a fact of the findings."""
        facts = self.crime.keyed if self.crime else ()
        if digit > len(facts):
            self.app.notify(f"No finding of this crime has a fact {digit}.", markup=False)
            return
        fact = facts[digit - 1]
        owner = fact.field.rpartition(".")[0]

        def place(page: CaseScreen) -> None:
            page.show_tab(_TABS.get(owner, "overview"))
            page.call_after_refresh(_go_to_fact, page, fact)

        self._open_case(place)

    action_fact_1 = partialmethod(_fact, 1)
    action_fact_2 = partialmethod(_fact, 2)
    action_fact_3 = partialmethod(_fact, 3)
    action_fact_4 = partialmethod(_fact, 4)
    action_fact_5 = partialmethod(_fact, 5)
    action_fact_6 = partialmethod(_fact, 6)
    action_fact_7 = partialmethod(_fact, 7)
    action_fact_8 = partialmethod(_fact, 8)
    action_fact_9 = partialmethod(_fact, 9)

    def action_right(self) -> None:
        """Show what would be right, and the way these facts take."""
        if self.crime is not None:
            show_what_is_right(self.at, self.crime)

    def action_guidance(self) -> None:
        """Look up what outcomes and rules ask, those of this crime first."""
        from casedesk.screens.review_guidance import GuidanceScreen

        case = self.crime.file.case if self.crime else None
        code = (case.outcome or case.cancel_code or "") if case else ""
        self.app.push_screen(GuidanceScreen(self.session.desk.packs, code))


def _go_to_fact(page: CaseScreen, fact: Fact) -> None:
    """Put the cursor of the open tab on the row of a fact: whose it is, else its name, else a finding that names it."""
    tab = page.tab
    findings = [one.message for one in page.page.verdict.findings if fact in one.facts]
    rows = list(tab.rows())
    for fits in (
        lambda row: fact.entity != page.case_id and tab.subject_of(row) == fact.entity,
        lambda row: f"{fact.title}:" in tab.words_of(row),
        lambda row: any(message in tab.words_of(row) for message in findings),
    ):
        found = next(filter(fits, rows), None)
        if found is not None:
            tab.go_to(tab.key_of(found))
            return
