"""The dialogs: ask yes or no, ask for a line, let choose, tell something, tell what went wrong.

Each is a few hand-drawn lines in a box, worked by keys that it shows, and by the mouse. Text is shown as it
is, never as markup. Nothing happens by leaving a dialog with Esc.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from casedesk.model.errors import CasedeskError
from casedesk.model.text import folded
from casedesk.widgets.columns import Column
from casedesk.widgets.command import Command, CommandModal, LiveCommand, show_key
from casedesk.widgets.editors import LineEditor
from casedesk.widgets.footer import KeyLine
from casedesk.widgets.rows import ListSource
from casedesk.widgets.table import VirtualTable
from casedesk.widgets.typing import Landed

R = TypeVar("R")
T = TypeVar("T")

_GROUP = "Dialogs"
_MENU = 9
"""The most choices that are numbered; more are filtered by typing."""


class Dialog(CommandModal[R]):
    """A box over the screen: a title, a body, a line of keys."""

    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 50%; }
    Dialog > #box {
        width: 72; max-width: 96%; height: auto; max-height: 90%;
        background: $surface; color: $text; border: round $cd-accent; padding: 0 1;
    }
    Dialog .dialog--title { text-style: bold; height: auto; margin-bottom: 1; }
    Dialog .dialog--text { height: auto; margin-bottom: 1; }
    Dialog .dialog--problem { height: auto; color: $cd-block; text-style: bold; }
    Dialog KeyLine { dock: bottom; }
    Dialog.-wide > #box { width: 112; }
    Dialog.-problem > #box { border: round $cd-block; }
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        self.box_title = title
        self.is_awake = False
        """Whether keys may be handed to it: it is laid out, and the focus is where it begins."""

    def on_mount(self) -> None:
        """Take keys once what they are for is there. (The framework calls the ``on_mount`` of every class.)"""
        self.call_after_refresh(self._wake)

    def _wake(self) -> None:
        self.is_awake = True
        self.post_message(Landed())

    def compose(self) -> ComposeResult:
        """The box with what :meth:`compose_body` puts into it."""
        with Vertical(id="box"):
            yield Static(Content(self.box_title), classes="dialog--title")
            yield from self.compose_body()
            yield KeyLine()

    def compose_body(self) -> ComposeResult:
        """What stands between the title and the keys."""
        yield from ()


class Confirm(Dialog[bool]):
    """Ask before something is done. ``yes`` names the act and what it touches: ``Return 12 cases``.

    A dangerous one is not confirmed by Enter, which tired fingers press.
    """

    OFFERS: ClassVar[Sequence[Command]] = (
        Command("dialog.yes", "y", "Yes", "Do it.", "yes", _GROUP, show=90),
        Command("dialog.no", "n,escape", "No", "Leave everything as it is.", "no", _GROUP, show=80),
        Command("dialog.enter", "enter", "Yes", "Do it, unless it is dangerous.", "enter", _GROUP),
    )

    def __init__(
        self, title: str, text: str = "", *, yes: str = "Yes", no: str = "No", dangerous: bool = False
    ) -> None:
        super().__init__(title)
        self._text, self._yes, self._no, self._dangerous = text, yes, no, dangerous
        self.set_class(dangerous, "-problem")

    def compose_body(self) -> ComposeResult:
        """The text."""
        if self._text:
            yield Static(Content(self._text), classes="dialog--text")

    def label_of(self, command: Command) -> str:
        """The words this question is answered with."""
        return {"dialog.yes": self._yes, "dialog.no": self._no}.get(command.id, command.label)

    def action_yes(self) -> None:
        """Answer yes."""
        self.dismiss(True)

    def action_no(self) -> None:
        """Answer no."""
        self.dismiss(False)

    def action_enter(self) -> None:
        """Answer yes to a harmless question; remind of the key at a dangerous one."""
        if self._dangerous:
            self.app.notify(f"Press Y: {self._yes}. Press N: {self._no}.", markup=False)
        else:
            self.dismiss(True)


class Message(Dialog[None]):
    """Tell something that must be seen before going on."""

    OFFERS: ClassVar[Sequence[Command]] = (
        Command(
            "dialog.close", "enter,escape,space", "Close", "Close the message.", "close", _GROUP, show=90
        ),
    )

    def __init__(self, title: str, *paragraphs: str, problem: bool = False) -> None:
        super().__init__(title)
        self._paragraphs = [paragraph for paragraph in paragraphs if paragraph]
        self.set_class(problem, "-problem")

    def compose_body(self) -> ComposeResult:
        """The paragraphs."""
        for paragraph in self._paragraphs:
            yield Static(Content(paragraph), classes="dialog--text")

    def action_close(self) -> None:
        """Close the message."""
        self.dismiss(None)


def error_message(error: CasedeskError, *, title: str = "That could not be done", kept: str) -> Message:
    """Say what happened, what was kept and what to do."""
    return Message(title, error.message, kept, error.cure, problem=True)


class Prompt(Dialog[str | None]):
    """Ask for one line of text. ``check`` says what is wrong with it, or None; None comes back from Esc."""

    AUTO_FOCUS = "Input"
    DEFAULT_CSS = """
    Prompt Input { margin-bottom: 1; }
    """
    OFFERS: ClassVar[Sequence[Command]] = (
        Command(
            "dialog.accept",
            "enter",
            "Accept",
            "Take what was typed.",
            "accept",
            _GROUP,
            show=90,
            priority=True,
        ),
        Command("dialog.cancel", "escape", "Cancel", "Leave without an answer.", "cancel", _GROUP, show=80),
    )

    def __init__(
        self,
        title: str,
        text: str = "",
        *,
        value: str = "",
        check: Callable[[str], str | None] = lambda _text: None,
        secret: bool = False,
    ) -> None:
        super().__init__(title)
        self._text, self._value, self._check, self._secret = text, value, check, secret

    def compose_body(self) -> ComposeResult:
        """The question, the input and what is wrong with what was typed."""
        if self._text:
            yield Static(Content(self._text), classes="dialog--text")
        yield LineEditor(value=self._value, secret=self._secret)
        yield Static(classes="dialog--problem")

    @on(Input.Changed)
    def _show_problem(self, event: Input.Changed) -> None:
        self.query_one(".dialog--problem", Static).update(Content(self._problem(event.value) or ""))

    def _problem(self, text: str) -> str | None:
        return self._check(text) if text else None

    def action_accept(self) -> None:
        """Answer with what was typed, if nothing is wrong with it."""
        text = self.query_one(Input).value
        problem = self._check(text)
        if problem:
            self.query_one(".dialog--problem", Static).update(Content(problem))
        else:
            self.dismiss(text)

    def action_cancel(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)


@dataclass(frozen=True)
class Choice(Generic[T]):
    """One thing to choose."""

    value: T
    label: str
    hint: str = ""
    """A few words more."""
    tail: str = ""
    """A word at the right end."""
    key: str = ""
    """A letter that picks it at once, instead of its number, where the choices are few."""
    reason: str | None = None
    """Why it cannot be chosen now."""
    words: str = ""
    """More words by which typing finds it; they are not shown."""


class Choose(Dialog[T | None], Generic[T]):
    """Let choose one of several: by number or letter where they are few, by typing where they are many."""

    OFFERS: ClassVar[Sequence[Command]] = (
        Command(
            "dialog.choose", "enter", "Choose", "Take this row.", "choose", _GROUP, show=90, priority=True
        ),
        Command("dialog.cancel", "escape", "Cancel", "Leave without an answer.", "cancel", _GROUP, show=80),
    )
    DEFAULT_CSS = """
    Choose VirtualTable {
        height: auto; max-height: 50vh; min-height: 2; margin-bottom: 1; background: $surface;
    }
    Choose VirtualTable > .vtable--cursor-blurred { background: $cd-cursor; color: $cd-cursor-text; }
    Choose Input { margin-bottom: 1; }
    """

    def __init__(
        self, title: str, choices: Sequence[Choice[T]], *, text: str = "", typed: bool | None = None
    ) -> None:
        """Offer ``choices``. ``typed``: whether typing filters them (None: where they are more than nine)."""
        super().__init__(title)
        self._choices = list(choices)
        self._text = text
        self._typed = len(choices) > _MENU if typed is None else typed
        self._folded = [
            folded(f"{choice.label} {choice.hint} {choice.tail} {choice.words}") for choice in choices
        ]

    def compose_body(self) -> ComposeResult:
        """The text, the filter where there is one, and the list."""
        if self._text:
            yield Static(Content(self._text), classes="dialog--text")
        if self._typed:
            yield LineEditor("Type to find")
        yield VirtualTable(
            self._columns(), self._rows(""), empty="Nothing like that here.", markable=False, headed=False
        )

    def on_mount(self) -> None:
        """Put the focus where the first key should go."""
        self.query_one(Input if self._typed else VirtualTable).focus()
        self.set_class(any(choice.hint for choice in self._choices), "-wide")

    def _columns(self) -> list[Column[int]]:
        widest = max((len(choice.label) for choice in self._choices), default=10)
        columns = [Column("label", "Choice", self._label, min(max(widest, 12), 40), flex=1, keep=90)]
        if not self._typed:
            columns.insert(0, Column("number", "Key", self._key_of, 3, keep=80))
        if any(choice.hint for choice in self._choices):
            columns.append(Column("hint", "", self._hint, 20, flex=4, keep=10))
        if any(choice.tail for choice in self._choices):
            columns.append(Column("tail", "", self._tail, 10, keep=50))
        return columns

    def _label(self, place: int) -> str | tuple[str, str]:
        choice = self._choices[place]
        return (choice.label, "muted") if choice.reason else choice.label

    def _hint(self, place: int) -> tuple[str, str]:
        choice = self._choices[place]
        return (f"Not now: {choice.reason}" if choice.reason else choice.hint, "muted")

    def _tail(self, place: int) -> tuple[str, str]:
        return (self._choices[place].tail, "accent")

    def _key_of(self, place: int) -> tuple[str, str]:
        return (self._choices[place].key.upper() or str(place + 1), "accent")

    def _rows(self, typed: str) -> ListSource[int]:
        words = folded(typed).split()
        found = [place for place, text in enumerate(self._folded) if all(word in text for word in words)]
        found.sort(key=lambda place: not all(word in folded(self._choices[place].label) for word in words))
        return ListSource(found, lambda place: place)

    @on(Input.Changed)
    def _filter(self, event: Input.Changed) -> None:
        table = self.query_one(VirtualTable)
        table.set_source(self._rows(event.value))
        table.action_top()

    def on_key(self, event: events.Key) -> None:
        """Pick by number or letter; move in the list while typing in the filter."""
        if not self._typed:
            for place, choice in enumerate(self._choices):
                if event.character and event.character.casefold() == (
                    choice.key.casefold() or str(place + 1)
                ):
                    event.stop()
                    self._take(place)
                    return
        elif event.key in ("up", "down", "pageup", "pagedown"):
            event.stop()
            table = self.query_one(VirtualTable)
            {
                "up": table.action_up,
                "down": table.action_down,
                "pageup": table.action_page_up,
                "pagedown": table.action_page_down,
            }[event.key]()

    @on(VirtualTable.RowOpened)
    def _opened(self) -> None:
        self.action_choose()

    def action_choose(self) -> None:
        """Take the row under the cursor."""
        place = self.query_one(VirtualTable).cursor_id
        if place is not None:
            self._take(place)

    def _take(self, place: int) -> None:
        choice = self._choices[place]
        if choice.reason:
            self.app.notify(choice.reason, title=f"{choice.label}: not now", severity="warning", markup=False)
        else:
            self.dismiss(choice.value)

    def action_cancel(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)


def palette(live: Sequence[LiveCommand]) -> Choose[LiveCommand]:
    """Offer every command within reach, by its name, its key and what it does."""
    choices = [
        Choice(
            found,
            found.label,
            found.command.help,
            tail=show_key((found.keys or found.command.default_keys())[0]),
            reason=found.reason,
        )
        for found in live
    ]
    return Choose("Commands", choices, typed=True)
