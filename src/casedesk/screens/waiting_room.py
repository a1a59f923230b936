"""The waiting room: what came and could not be taken in, or is held and not shown; with what to do about each."""

from collections.abc import Sequence
from typing import Any

from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Static

from casedesk.desk import waiting_room
from casedesk.desk.waiting_room import ADOPT, DROP, Waiting
from casedesk.model.errors import CasedeskError
from casedesk.model.text import counted
from casedesk.screens.listing import ListScreen
from casedesk.screens.session import Session
from casedesk.store.incoming import Taken
from casedesk.widgets.columns import Cell, Column
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Confirm, Message, error_message
from casedesk.widgets.fields import LinesField, Values
from casedesk.widgets.form import Form
from casedesk.widgets.progress import Finished, Progress, Reporter
from casedesk.widgets.table import VirtualTable


def open_waiting_room(app: App[Any], session: Session) -> None:
    """Open the waiting room."""
    app.push_screen(WaitingScreen(session))


def _something(screen: "WaitingScreen") -> str | None:
    return None if screen.rows() else "Nothing waits."


def _can_drop(screen: "WaitingScreen") -> str | None:
    one = screen.chosen
    if one is None:
        return "Nothing waits."
    return None if DROP in one.can else "This is not to be dropped: nothing is wrong with it."


def _can_adopt(screen: "WaitingScreen") -> str | None:
    one = screen.chosen
    if one is None:
        return "Nothing waits."
    return None if ADOPT in one.can else "Only what a copied or restored store wrote is adopted."


class WaitingScreen(ListScreen[Waiting]):
    """What waits, by reason and author: what needs a person first."""

    PLACE = "Waiting room"
    ABOUT = (
        "What bundles brought that could not be taken in, or not wholly. Nothing here is lost, and nothing here shows "
        "in the cases. Most of it needs only a bundle that is missing, or a card. Enter says what to do. ■ marks what "
        "somebody has to look at: it may be forged, or two copies of one store wrote."
    )
    OFFERS = (
        Command("waiting.retry", "r", "Try again", "Try everything that waits again, as after enrolling somebody.",
                "retry", "Waiting room", show=90, allowed=_something),
        Command("waiting.adopt", "a", "Adopt", "Write the entries of a copied store anew, as your own.", "adopt",
                "Waiting room", show=70, allowed=_can_adopt),
        Command("waiting.drop", "D,delete", "Drop", "Drop this for good, with a reason.", "drop", "Waiting room",
                show=80, allowed=_can_drop),
    )  # fmt: skip
    HINT = "A desk, a case or a word"
    EMPTY = "Nothing waits: all that came was taken in."
    DEFAULT_CSS = """
    WaitingScreen #said { height: 1; padding: 0 1; color: $cd-muted; }
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._read()

    def _read(self) -> None:
        self._waiting = waiting_room.waiting(self.session.desk)
        self._numbers = {id(one): place for place, one in enumerate(self._waiting)}

    @property
    def chosen(self) -> Waiting | None:
        """What is under the cursor."""
        row: Waiting | None = self.query_one("#list", VirtualTable).cursor_row
        return row

    def compose_between(self) -> ComposeResult:
        """How much waits."""
        yield Static(self._said(), id="said")

    def _said(self) -> Content:
        urgent = sum(one.count for one in self._waiting if one.is_urgent)
        look = f" · ■ {urgent:,} that somebody has to look at" if urgent else ""
        many = waiting_room.count(self.session.desk)
        waits = f"{many:,} change{' waits' if many == 1 else 's wait'}"
        return Content(f"{waits}{look}")

    def columns(self) -> Sequence[Column[Waiting]]:
        """Why, whose, how much, and what to do."""
        return [
            Column("why", "Why it waits", _why, 34, flex=2, keep=95),
            Column("who", "Written by", lambda one: (one.who, "strong"), 12, flex=1, keep=90),
            Column("count", "Changes", lambda one: f"{one.count:,}", 8, align="right", keep=80),
            Column("detail", "Which", lambda one: one.detail, 20, flex=1, keep=60),
            Column("todo", "What to do", lambda one: (one.what_to_do, "muted"), 20, flex=4, keep=50),
        ]

    def rows(self) -> Sequence[Waiting]:
        """What waits."""
        return self._waiting

    def number_of(self, row: Waiting) -> int:
        """The place in the list."""
        return self._numbers[id(row)]

    def words_of(self, row: Waiting) -> str:
        """Why, whose and of which cases."""
        return f"{row.title} {row.who} {row.detail} {' '.join(row.cases)}"

    def show_row(self, row: Waiting) -> None:
        """Say what it is and what to do."""
        detail = f", {row.detail}" if row.detail else ""
        cases = f"Cases: {', '.join(row.cases)}" if row.cases else ""
        came = f"Came with bundles of {', '.join(row.from_whom)}." if row.from_whom else ""
        by = (
            f"{counted(row.count, 'change')} by {row.who}{detail}"
            if row.who
            else f"{counted(row.count, 'change')}{detail}"
        )
        self.app.push_screen(Message(row.title, by, came, cases, row.what_to_do, problem=row.is_urgent))

    def _again(self, said: str = "") -> None:
        self._read()
        self.refresh_rows()
        self.query_one("#said", Static).update(self._said())
        self.refresh_bindings()
        refresh_status = getattr(self.app, "refresh_status", None)
        if refresh_status is not None:
            refresh_status()
        if said:
            self.app.notify(said, timeout=6, markup=False)

    def action_retry(self) -> None:
        """Try everything again."""
        desk = self.session.desk

        def job(_report: Reporter) -> Taken:
            return waiting_room.retry(desk)

        def done(ended: Finished[Taken] | None) -> None:
            if ended is not None and ended.error is not None:
                self.app.push_screen(error_message(ended.error, kept="Everything waits as before."))
            elif ended is not None and ended.value is not None:
                came = ended.value.freed + ended.value.filled
                self._again(
                    f"{counted(came, 'change')} taken in." if came else "Nothing more could be taken in."
                )

        self.app.push_screen(Progress("Trying again", job, stopping="It is done whole or not at all."), done)

    def action_adopt(self) -> None:
        """Ask, then write the entries anew."""
        one = self.chosen
        if one is None:
            return

        def answered(yes: bool | None) -> None:
            if not yes:
                return
            try:
                adopted = waiting_room.adopt(self.session.desk, one)
            except CasedeskError as error:
                self.app.push_screen(error_message(error, kept="Everything waits as before."))
            else:
                self._again(f"{counted(adopted, 'change')} adopted: look at them in the cases' history.")

        text = (
            "What the copy wrote is written again under your name, with a note that says so. Where it says something "
            "else than stands here now, both are kept and you decide."
        )
        question = Confirm(f"Adopt {counted(one.count, 'change')}?", text, yes="Adopt", no="Leave them")
        self.app.push_screen(question, answered)

    def action_drop(self) -> None:
        """Ask why, and drop it."""
        one = self.chosen
        if one is None:
            return

        def save(values: Values) -> None:
            waiting_room.drop(self.session.desk, one, values["why"])

        def saved(values: Values | None) -> None:
            if values is not None:
                self._again(f"{counted(one.count, 'change')} dropped. The access log says so.")

        title = (
            f"Drop {counted(one.count, 'change')} by {one.who}\n"
            "▲ It cannot be undone here. What was good comes again with the next full bundle of whoever holds it."
        )
        fields = [LinesField("why", "Why", required=True, rows=2, hint="who looked, whom you asked")]
        self.app.push_screen(Form(title, fields, clock=self.session.clock, save=save), saved)


def _why(one: Waiting) -> Cell:
    return (f"■ {one.title}", "block") if one.is_urgent else (f"○ {one.title}", "")
