"""One conflict: the values side by side, who gave each, when and why; and deciding between them."""

from collections.abc import Callable, Sequence
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll

from casedesk.desk import conflict_desk
from casedesk.desk.conflict_desk import Conflict, Side
from casedesk.desk.word_diff import Change, word_diff
from casedesk.model.entities import Kind
from casedesk.model.moments import show_instant
from casedesk.screens.session import Session
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Choice, Choose
from casedesk.widgets.fields import ChoiceField, Field, LinesField, TextField, Values, YesNoField
from casedesk.widgets.flow import BLANK, Flow, Line, Part, line
from casedesk.widgets.form import Form
from casedesk.widgets.screen import BACK, DeskScreen

_MUTED, _TITLE = "$cd-muted", "bold $cd-accent"
_LONG = 60
"""A text of more characters is compared word by word."""
_BESIDE = 3
"""So many values stand side by side; more stand below each other."""
_CLEARED = "(cleared: no value)"


def _has_mine(screen: "ConflictScreen") -> str | None:
    return None if screen.mine else "No value of it was given here: choose among the others with t."


def _can_join(screen: "ConflictScreen") -> str | None:
    return None if screen.conflict.can_join else "This field has room for one value."


def _can_type(screen: "ConflictScreen") -> str | None:
    return None if screen.conflict.can_type else "Only one of these values can be taken."


class ConflictScreen(DeskScreen[bool]):
    """A field on which desks disagree. It comes back with whether it was decided."""

    PLACE = "Conflict"
    ABOUT = (
        "The values that desks gave without having seen each other's. m keeps what was said here, t takes what was "
        "said elsewhere, b keeps both as one text, n gives a new value; each asks for the reason. Nothing is lost: "
        "what is not taken stays in the history, and whoever disagrees may contest the decision."
    )
    OFFERS = (
        BACK,
        Command("conflict.mine", "m", "Mine", "Take what was said at this desk.", "mine", "Conflict", show=95,
                allowed=_has_mine),
        Command("conflict.theirs", "t", "Theirs", "Take what was said elsewhere.", "theirs", "Conflict", show=94),
        Command("conflict.both", "b", "Both", "Keep all values, as one text or list.", "both", "Conflict", show=92,
                allowed=_can_join),
        Command("conflict.new", "n", "New value", "Give another value in their stead.", "new", "Conflict", show=90,
                allowed=_can_type),
        Command("conflict.down", "j", "Down", "Scroll a line down.", "down", "Conflict"),
        Command("conflict.up", "k", "Up", "Scroll a line up.", "up", "Conflict"),
    )  # fmt: skip
    DEFAULT_CSS = """
    ConflictScreen #head { padding: 0 1; background: $surface; }
    ConflictScreen #page { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    ConflictScreen #sides { height: auto; }
    ConflictScreen #sides Flow { width: 1fr; padding-right: 2; }
    ConflictScreen #sides.-many { layout: vertical; }
    """

    def __init__(self, session: Session, conflict: Conflict) -> None:
        super().__init__()
        self.session = session
        self.conflict = conflict

    @property
    def mine(self) -> list[Side]:
        """What was said at this desk."""
        return [side for side in self.conflict.sides if side.is_mine]

    @property
    def theirs(self) -> list[Side]:
        """What was said elsewhere; everything where nothing was said here."""
        return [side for side in self.conflict.sides if not side.is_mine]

    def compose_body(self) -> ComposeResult:
        """What is in dispute, which stays in sight; the values; how they differ."""
        many = "-many" if len(self.conflict.sides) > _BESIDE else ""
        yield Flow(id="head")
        with VerticalScroll(id="page"):
            with Horizontal(id="sides", classes=many):
                for number in range(len(self.conflict.sides)):
                    yield Flow(id=f"side-{number}")
            yield Flow(id="difference")

    def on_mount(self) -> None:
        """Show it."""
        self.query_one("#page").focus()
        self.query_one("#head", Flow).show(head_lines(self.conflict))
        for number, side in enumerate(self.conflict.sides):
            self.query_one(f"#side-{number}", Flow).show(side_lines(side, self.conflict))
        self.query_one("#difference", Flow).show(difference_lines(self.conflict))

    def action_down(self) -> None:
        """Scroll a line down."""
        self.query_one("#page", VerticalScroll).scroll_down(animate=False)

    def action_up(self) -> None:
        """Scroll a line up."""
        self.query_one("#page", VerticalScroll).scroll_up(animate=False)

    # Deciding

    def action_mine(self) -> None:
        """Take what was said here."""
        self._choose(self.mine, "Keep which of them?")

    def action_theirs(self) -> None:
        """Take what was said elsewhere."""
        self._choose(self.theirs, "Take whose?")

    def _choose(self, sides: Sequence[Side], title: str) -> None:
        def chosen(side: Side | None) -> None:
            if side is not None:
                desk, conflict = self.session.desk, self.conflict
                self._ask(
                    _short(side.text),
                    [],
                    lambda values: conflict_desk.take(desk, conflict, side, values["why"]),
                )

        if len(sides) == 1:
            chosen(sides[0])
            return
        choices = [Choice(side, _short(side.text), conflict_desk.in_words(side)) for side in sides]
        self.app.push_screen(Choose(title, choices), chosen)

    def action_both(self) -> None:
        """Keep all values."""
        desk, conflict = self.session.desk, self.conflict
        self._ask("both", [], lambda values: conflict_desk.take_both(desk, conflict, values["why"]))

    def action_new(self) -> None:
        """Give another value."""
        desk, conflict = self.session.desk, self.conflict

        def save(values: Values) -> None:
            typed = values["value"]
            if isinstance(typed, bool):
                typed = "yes" if typed else "no"
            conflict_desk.take_new(desk, conflict, typed, values["why"])

        self._ask("a new value", [value_field(conflict)], save)

    def _ask(self, what: str, fields: Sequence[Field], save: Callable[[Values], Any]) -> None:
        """Ask why, and decide."""

        def saved(values: Values | None) -> None:
            if values is not None:
                said = "Decided. Everybody sees it with your next bundle. Ctrl+Z takes it back."
                self.app.notify(said, timeout=6, markup=False)
                self.dismiss(True)

        title = f"{self.conflict.ref or 'Team'} · {self.conflict.title}: take {what}"
        why = LinesField("why", "Why", required=True, rows=2, hint="everybody sees it")
        form = Form(title, [*fields, why], clock=self.session.clock, save=save)
        self.app.push_screen(form, saved)

    def action_back(self) -> None:
        """Leave it undecided."""
        self.dismiss(False)


def value_field(conflict: Conflict) -> Field:
    """The field of a form that a new value is typed into."""
    if conflict.words:
        return ChoiceField("value", "Value", required=True, choices=[(word, word) for word in conflict.words])
    if conflict.field.kind is Kind.FLAG:
        return YesNoField("value", "Value", required=True)
    if any(_is_long(side.text) for side in conflict.sides):
        return LinesField("value", "Value", required=True, rows=4)
    return TextField("value", "Value", required=True)


def head_lines(conflict: Conflict) -> list[Line]:
    """What is in dispute, and what is shown until it is decided."""
    shown = next((side for side in conflict.sides if side.is_shown), None)
    why = "the safer one" if conflict.is_safer else "the later one"
    lines = [line((conflict.ref or "The team", _TITLE), (f"  {conflict.title}", "bold"))]
    if shown is not None:
        lines.append(
            line(
                ("Until it is decided every desk shows ", _MUTED),
                (_short(shown.text), ""),
                (f": {why}.", _MUTED),
            )
        )
    return lines


def side_lines(side: Side, conflict: Conflict) -> list[Line]:
    """One value, with who gave it, when, at which desk, by which act and why."""
    where = "said here" if side.is_mine else f"said at {side.desk}"
    sign = ("► ", "bold $cd-warn") if side.is_shown else ("  ", "")
    lines = [
        BLANK,
        line(sign, (where[:1].upper() + where[1:], "bold $cd-accent" if side.is_mine else "bold $cd-info")),
        line((side.text or _CLEARED, "bold" if not _is_long(side.text) else "")),
        BLANK,
        line((f"{side.who}, {show_instant(side.at)}", _MUTED)),
        line((side.act[:1].upper() + side.act[1:], _MUTED)),
    ]
    return [*lines, line((f"Why: {side.why}", _MUTED))] if side.why else lines


def difference_lines(conflict: Conflict) -> list[Line]:
    """How long texts differ, word by word; nothing for short ones."""
    if conflict.field.kind is not Kind.TEXT or not any(_is_long(side.text) for side in conflict.sides):
        return []
    first, *others = conflict.sides
    lines: list[Line] = []
    for other in others:
        lines += [
            BLANK,
            line(("Word by word  ", _TITLE), *_legend(first, other)),
            _difference(first.text, other.text),
        ]
    return lines


def _legend(first: Side, other: Side) -> tuple[Part, ...]:
    return (
        (f"[-only {_of(first)}-]", "$cd-block strike"), ("  ", ""), (f"{{+only {_of(other)}+}}", "bold $cd-ok"),
    )  # fmt: skip


def _of(side: Side) -> str:
    return "here" if side.is_mine else f"at {side.desk}"


def _difference(before: str, after: str) -> Line:
    """Signs stand round what differs: colour is never the only one."""
    parts: list[Part] = []
    for piece in word_diff(before, after):
        words = piece.text.rstrip()
        spaces = piece.text[len(words) :]
        match piece.change:
            case Change.SAME:
                parts.append((piece.text, ""))
            case Change.GONE:
                parts.append((f"[-{words}-]{spaces}" if words else spaces, "$cd-block strike"))
            case Change.NEW:
                parts.append((f"{{+{words}+}}{spaces}" if words else spaces, "bold $cd-ok"))
    return line(*parts)


def _is_long(text: str) -> bool:
    return len(text) > _LONG or "\n" in text


def _short(text: str) -> str:
    plain = " ".join(text.split()) or _CLEARED
    return f"“{plain if len(plain) <= 40 else plain[:39] + '…'}”" if text else plain
