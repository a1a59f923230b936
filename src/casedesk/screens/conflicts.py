"""Conflicts: the fields on which desks disagree, and what was decided about those that were."""

from collections.abc import Callable, Sequence
from typing import Any

from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Static

from casedesk.desk import access, conflict_desk
from casedesk.desk.conflict_desk import MOST, Conflict, Decided
from casedesk.model.errors import CasedeskError
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId
from casedesk.model.moments import show_instant
from casedesk.model.text import counted
from casedesk.screens.conflict import ConflictScreen
from casedesk.screens.listing import ListScreen
from casedesk.screens.session import Session
from casedesk.screens.undoing import ask_undo
from casedesk.widgets.columns import Cell, Column
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Message, error_message
from casedesk.widgets.fields import LinesField, TextField, Values
from casedesk.widgets.form import Form
from casedesk.widgets.table import VirtualTable

CLEARED = "(cleared)"
"""What is shown for a value that somebody took away."""


def open_conflicts(
    app: App[Any], session: Session, case_id: EntityId | None = None, done: Callable[[], None] | None = None
) -> None:
    """Open the conflicts of every case, or of one; ``done`` is called when they are left."""
    app.push_screen(ConflictsScreen(session, case_id), lambda _: done() if done else None)


class ConflictsScreen(ListScreen[Conflict]):
    """Every field in dispute: one's own cases first."""

    PLACE = "Conflicts"
    ABOUT = (
        "Two desks gave a field different values, and neither had seen the other's. Both are kept until somebody "
        "decides; until then all desks show the same one. Enter shows the values side by side and lets you decide, "
        "with a reason. A decision travels with the next bundle; everybody sees it, and may contest it: d lists them."
    )
    OFFERS = (
        Command("conflicts.decided", "d", "Decided", "Show what was decided, by whom and why.", "decided",
                "Conflicts", show=70),
        Command("conflicts.approvals", "a", "Approvals", "Show approvals made on an earlier version of a crime.",
                "approvals", "Conflicts", show=60),
        Command("conflicts.undo", "ctrl+z,u", "Undo", "Take back what was done last.", "undo", "Conflicts", show=35),
    )  # fmt: skip
    HINT = "An occurrence, a field or a value"
    EMPTY = "Nothing is in dispute."
    DEFAULT_CSS = """
    ConflictsScreen #said { height: 1; padding: 0 1; color: $cd-muted; }
    """

    def __init__(self, session: Session, case_id: EntityId | None = None) -> None:
        super().__init__()
        self.session = session
        self._case_id = case_id
        self._seen = False
        self._read()

    def _read(self) -> None:
        self._disputes = conflict_desk.conflicts(self.session.desk, self._case_id)
        self._numbers = {id(one): place for place, one in enumerate(self._disputes)}

    def compose_between(self) -> ComposeResult:
        """How many there are."""
        yield Static(self._said(), id="said")

    def _said(self) -> Content:
        many = counted(len(self._disputes), "field")
        return Content(
            f"More than {MOST} fields in dispute" if len(self._disputes) >= MOST else f"{many} in dispute"
        )

    def columns(self) -> Sequence[Column[Conflict]]:
        """Which case, which field, the values, who has the case."""
        return [
            Column("ref", "Occurrence", lambda one: (one.ref or "team", "strong"), 13, keep=95),
            Column("field", "Field", lambda one: one.title, 16, flex=1, keep=94),
            Column("mine", "Said here", lambda one: _said_here(one), 14, flex=2, keep=85),
            Column("theirs", "Said elsewhere", lambda one: _said_elsewhere(one), 16, flex=3, keep=90),
            Column("owner", "Owner", lambda one: (one.owner, "muted"), 8, keep=40),
        ]

    def rows(self) -> Sequence[Conflict]:
        """What is in dispute."""
        return self._disputes

    def number_of(self, row: Conflict) -> int:
        """The place in the list."""
        return self._numbers[id(row)]

    def words_of(self, row: Conflict) -> str:
        """The case, the field, the values and who gave them."""
        return " ".join((row.ref, row.title, *(f"{side.text} {side.who} {side.desk}" for side in row.sides)))

    def show_row(self, row: Conflict) -> None:
        """Show the values side by side."""

        def decided(done: bool | None) -> None:
            if done:
                self.changed()

        try:
            if row.case_id != TEAM:
                access.consulted(self.session.desk, row.case_id)
        except CasedeskError as error:
            self.app.push_screen(error_message(error, title="It was not opened", kept="Nothing was changed."))
        else:
            self.app.push_screen(ConflictScreen(self.session, row), decided)

    def changed(self) -> None:
        """Something was decided or taken back."""
        self._read()
        self.query_one("#said", Static).update(self._said())
        self.refresh_rows()
        refresh_status = getattr(self.app, "refresh_status", None)
        if refresh_status is not None:
            refresh_status()

    def on_screen_resume(self) -> None:
        """Back from another screen: what was done there shows here."""
        if self._seen:
            self.changed()
        self._seen = True

    def action_decided(self) -> None:
        """Show what was decided."""
        self.app.push_screen(DecidedScreen(self.session, self._case_id))

    def action_approvals(self) -> None:
        """Show approvals made on an earlier version."""
        from casedesk.screens.earlier_approvals import open_earlier

        open_earlier(self.app, self.session)

    def action_undo(self) -> None:
        """Take back what was done last."""
        ask_undo(self.app, self.session, self.changed)


def _said_here(one: Conflict) -> Cell:
    return _values([side.text for side in one.sides if side.is_mine])


def _said_elsewhere(one: Conflict) -> Cell:
    return _values([f"{side.text or CLEARED} ({side.desk})" for side in one.sides if not side.is_mine])


def _values(texts: Sequence[str]) -> Cell:
    return " · ".join((text or CLEARED).replace("\n", " ") for text in texts)


# -- what was decided ---------------------------------------------------------------------------------------------


def _can_contest(screen: "DecidedScreen") -> str | None:
    one = screen.chosen
    if one is None:
        return "Choose a decision first."
    if one.is_contested:
        return "It is contested already: decide it under Conflicts."
    return None if one.stands else "Something newer has replaced it."


class DecidedScreen(ListScreen[Decided]):
    """Every dispute that was decided, latest first."""

    PLACE = "Decided disputes"
    ABOUT = (
        "What was decided where desks disagreed: the value, in whose stead, by whom and why. Whoever holds another "
        "value to be right contests it: the field is then in dispute again, at every desk, until it is decided anew."
    )
    OFFERS = (
        Command("decided.contest", "c", "Contest", "Put another value beside a decision, with a reason.", "contest",
                "Decided disputes", show=90, allowed=_can_contest),
    )  # fmt: skip
    HINT = "An occurrence, a field or a person"
    EMPTY = "Nothing was decided yet."

    def __init__(self, session: Session, case_id: EntityId | None = None) -> None:
        super().__init__()
        self.session = session
        self._case_id = case_id
        self._read()

    def _read(self) -> None:
        self._decisions = conflict_desk.decisions(self.session.desk, self._case_id)
        self._numbers = {id(one): place for place, one in enumerate(self._decisions)}

    @property
    def chosen(self) -> Decided | None:
        """The decision under the cursor."""
        row: Decided | None = self.query_one("#list", VirtualTable).cursor_row
        return row

    def columns(self) -> Sequence[Column[Decided]]:
        """When, which, what and by whom."""
        return [
            Column("at", "When", lambda one: show_instant(one.at), 17, keep=70),
            Column("ref", "Occurrence", lambda one: (one.ref or "team", "strong"), 13, keep=95),
            Column("field", "Field", lambda one: one.field.title, 14, flex=1, keep=90),
            Column("value", "Decided", lambda one: one.value or CLEARED, 14, flex=2, keep=94),
            Column("who", "By", lambda one: one.who, 8, keep=80),
            Column("state", "", _state, 10, keep=85),
            Column("why", "Why", lambda one: (one.why, "muted"), 16, flex=2, keep=50),
        ]

    def rows(self) -> Sequence[Decided]:
        """The decisions."""
        return self._decisions

    def number_of(self, row: Decided) -> int:
        """The place in the list."""
        return self._numbers[id(row)]

    def words_of(self, row: Decided) -> str:
        """Case, field, value, person and reason."""
        return f"{row.ref} {row.field.title} {row.value} {row.who} {row.desk} {row.why}"

    def show_row(self, row: Decided) -> None:
        """Show a decision in full."""
        instead = "\n".join(f"Instead of {value or CLEARED}, said by {who}" for value, who in row.instead_of)
        by = f"{row.who}, {show_instant(row.at)}, {_where(row.desk)}"
        said = f"{row.what}: {row.field.title}\n{row.value or CLEARED}"
        self.app.push_screen(Message(f"Decided: {row.ref or 'team'}", said, instead, f"Why: {row.why}", by))

    def action_contest(self) -> None:
        """Ask for the value held to be right, and why."""
        one = self.chosen
        if one is None:
            return

        def save(values: Values) -> None:
            conflict_desk.contest(self.session.desk, one, values["value"], values["why"])

        def saved(values: Values | None) -> None:
            if values is not None:
                self._read()
                self.refresh_rows()
                self.refresh_bindings()
                said = "It is in dispute again, and goes to everybody with the next bundle. Ctrl+Z takes it back."
                self.app.notify(said, timeout=6, markup=False)

        which = f"{one.field.title} of {one.ref or 'the team'}"
        title = f"Contest: {which}\n{one.who} decided for {one.value or CLEARED}: {one.why}"
        fields = [
            TextField("value", "What is right", required=True),
            LinesField("why", "Why", required=True, rows=2),
        ]
        initial = {"value": one.instead_of[0][0]} if one.instead_of else {}
        form = Form(title, fields, clock=self.session.clock, save=save, initial=initial)
        self.app.push_screen(form, saved)


def _state(one: Decided) -> Cell:
    if one.is_contested:
        return ("contested", "block")
    return ("stands", "ok") if one.stands else ("replaced", "muted")


def _where(desk: str) -> str:
    return "here" if desk == "this desk" else f"at {desk}"
