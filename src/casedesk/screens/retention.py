"""The review list: closed cases whose review is due, to be kept for a reason or disposed of."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

from textual import on, work
from textual.app import App, ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from casedesk.desk import retention
from casedesk.desk.retention import Review
from casedesk.model.moments import day_of, show_day
from casedesk.model.text import counted
from casedesk.model.typed_moments import Lean
from casedesk.model.words import Confidence
from casedesk.screens.case import open_case
from casedesk.screens.listing import ListScreen
from casedesk.screens.session import Session
from casedesk.screens.undoing import ask_undo
from casedesk.store.queue import QueueRow
from casedesk.widgets.columns import Column
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import error_message
from casedesk.widgets.fields import LinesField, MomentField, TextField, Values
from casedesk.widgets.form import Form
from casedesk.widgets.progress import Finished, Progress, Reporter
from casedesk.widgets.table import VirtualTable

_MOST = 5000
"""Reviews shown; those that are dealt with make room for the next."""
_NONE = "No review is due."
_READING = "Reading every closed case…"
_NO_REFERENCE = "ERASE"
"""What is typed to dispose of a case that has no reference."""


def open_retention(app: App[Any], session: Session) -> None:
    """Open the review list."""
    app.push_screen(RetentionScreen(session))


def _chosen(screen: "RetentionScreen") -> str | None:
    return None if screen.chosen else "Choose a case first."


def _can_dispose(screen: "RetentionScreen") -> str | None:
    one = screen.chosen
    if one is not None and one.closed is None:
        return "It is open: only a closed case can be disposed of."
    return _chosen(screen)


class EraseForm(Form):
    """Asks what a disposal needs. What it is confirmed with says what happens. It keeps no draft."""

    def label_of(self, command: Command) -> str:
        """The words of its keys."""
        return "Erase for good" if command.id == "form.save" else super().label_of(command)


class RetentionScreen(ListScreen[Review]):
    """Every case of this store whose review is due."""

    PLACE = "Reviews"
    ABOUT = (
        "Closed cases whose review is due under the force's retention periods. Each is either kept for a reason, until "
        "a day on which it is reviewed again, or disposed of. Disposal erases its facts, people, log and words from "
        "this store for good; the journal keeps that it was done, by whose authority and why. The force's own record "
        "is in its records system and is not touched."
    )
    OFFERS = (
        Command("retention.keep", "r", "Keep", "Keep the case for a reason, until its next review.", "keep",
                "Reviews", show=90, allowed=_chosen),
        Command("retention.dispose", "D,delete", "Dispose", "Erase the case from this store for good.", "dispose",
                "Reviews", show=85, allowed=_can_dispose),
        Command("retention.undo", "ctrl+z,u", "Undo", "Take back what was done last.", "undo", "Reviews", show=35),
    )  # fmt: skip
    HINT = "A reference or a group"
    EMPTY = _READING
    DEFAULT_CSS = """
    RetentionScreen #said { height: auto; padding: 0 1; color: $cd-muted; }
    """

    class ReviewsRead(Message):
        """The list was read in a thread."""

        def __init__(self, reviews: list[Review], more: bool) -> None:
            super().__init__()
            self.reviews, self.more = reviews, more

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._reviews: list[Review] = []
        self._numbers: dict[Review, int] = {}

    def compose_between(self) -> ComposeResult:
        """How many there are, and how far their periods can be relied on."""
        yield Static(id="said")

    def on_mount(self) -> None:
        """Read the list. (The framework calls the list's own ``on_mount`` as well.)"""
        self._read()

    @property
    def table(self) -> VirtualTable[Review]:
        """The list."""
        return self.query_one("#list", VirtualTable)

    @property
    def chosen(self) -> Review | None:
        """The case under the cursor."""
        return self.table.cursor_row

    @work(thread=True, exclusive=True, group="order", exit_on_error=False)
    def _read(self) -> None:
        worker = get_current_worker()
        due = retention.reviews_due(self.session.desk)
        reviews: list[Review] = []
        for one in islice(due, _MOST + 1):
            if worker.is_cancelled:
                return
            reviews.append(one)
        self.post_message(self.ReviewsRead(reviews[:_MOST], len(reviews) > _MOST))

    def on_retention_screen_reviews_read(self, event: ReviewsRead) -> None:
        """Show what was read, the longest overdue first."""
        self._reviews = sorted(event.reviews, key=lambda one: (one.due, one.reference))
        self._numbers = {one: place for place, one in enumerate(self._reviews)}
        self.table.set_empty("No case like that." if self._reviews else _NONE)
        self.refresh_rows()
        self.query_one("#said", Static).update(self._said(event.more))

    def _said(self, more: bool) -> Content:
        if not self._reviews:
            return Content("")
        many = (
            f"More than {_MOST:,} reviews are due" if more else f"{counted(len(self._reviews), 'review')} due"
        )
        unsure = any(one.group.status is Confidence.UNVERIFIED for one in self._reviews)
        note = " · periods not verified: check your force's schedule" if unsure else ""
        return Content(f"{many}{note}")

    def columns(self) -> Sequence[Column[Review]]:
        """Which case, since when its review is due, when it was closed, and by which group's period."""
        return [
            Column("due", "Review due", lambda one: (show_day(one.due), "warn"), 12, keep=90),
            Column(
                "ref", "Occurrence", lambda one: (one.reference or "(no reference)", "strong"), 14, keep=95
            ),
            Column(
                "closed", "Closed", lambda one: show_day(one.closed) if one.closed else "open", 12, keep=80
            ),
            Column("group", "Group", lambda one: one.group.title, 20, flex=1, keep=70),
            Column("status", "Period", lambda one: (one.group.status.value, "muted"), 11, keep=50),
        ]

    def rows(self) -> Sequence[Review]:
        """The reviews that are due."""
        return self._reviews

    def number_of(self, row: Review) -> int:
        """Its place in the list."""
        return self._numbers[row]

    def words_of(self, row: Review) -> str:
        """Reference and group."""
        return f"{row.reference} {row.group.title}"

    def refresh_rows(self) -> None:
        """The rows have changed, and with them what can be done."""
        super().refresh_rows()
        self.refresh_bindings()

    @on(VirtualTable.RowHighlighted, "#list")
    def _highlighted(self) -> None:
        self.refresh_bindings()

    def show_row(self, row: Review) -> None:
        """Open the case."""
        open_case(self.app, self.session, row.id, self)

    def neighbour(self, step: int) -> QueueRow | None:
        """The next case has to be chosen in the list: each review is a decision of its own."""
        return None

    def changed(self) -> None:
        """Something was written: read the list again."""
        self._read()
        refresh_status = getattr(self.app, "refresh_status", None)
        if refresh_status is not None:
            refresh_status()

    # What is decided

    def action_keep(self) -> None:
        """Keep the case, to be reviewed again on a day."""
        one = self.chosen
        if one is None:
            return

        def save(values: Values) -> None:
            until = day_of(values["until"])
            assert until is not None, "the field asks for a day"
            retention.keep(self.session.desk, one.id, until, values["reason"])

        def done(values: Values | None) -> None:
            if values is not None:
                self.app.notify(f"{_name(one)} is kept.", timeout=3, markup=False)
                self.changed()

        fields = [
            MomentField(
                "until", "Next review", required=True, hint="31/1/2030", lean=Lean.FUTURE, timed=False
            ),
            LinesField("reason", "Why it is kept", required=True, rows=3),
        ]
        form = Form(
            f"Keep {_name(one)}", fields, clock=self.session.clock, save=save, drafts=self.session.drafts,
            draft_key=f"keep {one.id.hex()}",
        )  # fmt: skip
        self.app.push_screen(form, done)

    def action_dispose(self) -> None:
        """Ask by whose authority and why, and that the reference be typed; then erase the case."""
        one = self.chosen
        if one is None:
            return
        asked = one.reference or _NO_REFERENCE

        def typed_wrong(typed: str) -> str | None:
            return None if typed == asked else f"Type {asked} to say that this case is meant."

        def answered(values: Values | None) -> None:
            if values is not None:
                self._erase(one, values["authority"], values["reason"])

        fields = [
            TextField("authority", "Authorised by", required=True),
            LinesField("reason", "Why", required=True, rows=3),
            TextField("typed", "Its reference", required=True, hint=f"type {asked}", check=typed_wrong),
        ]
        title = f"Erase {_name(one)} from this store for good\n▲ It cannot be undone."
        self.app.push_screen(EraseForm(title, fields, clock=self.session.clock), answered)

    def _erase(self, one: Review, authority: str, reason: str) -> None:
        def job(_report: Reporter) -> str:
            return retention.dispose(self.session.desk, one.id, authority, reason)

        def done(ended: Finished[str] | None) -> None:
            if ended is not None and ended.error is not None:
                self.app.push_screen(error_message(ended.error, kept="The case was not erased."))
                return
            self.app.notify(f"{_name(one)} was erased.", timeout=5, markup=False)
            self.changed()

        title = f"Erasing {_name(one)}"
        self.app.push_screen(Progress(title, job, stopping="Once begun it cannot be stopped."), done)

    def action_undo(self) -> None:
        """Take back what was done last."""
        ask_undo(self.app, self.session, self.changed)


def _name(one: Review) -> str:
    return one.reference or "the case without a reference"
