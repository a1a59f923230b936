"""A field that finds its answer among many by typing: an offence among thousands, a person of the case."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from textual import events, on
from textual.content import Content
from textual.widgets import Input

from casedesk.model.errors import BadInputError
from casedesk.model.text import clean, folded
from casedesk.widgets.editors import Below, LineEditor
from casedesk.widgets.fields import Field, fitting

Search = Callable[[str], Sequence[tuple[str, str]]]
"""Given what was typed, the best finds first: the value of each and its words on screen. Given a value itself, its
entry is among them. Answers within a few milliseconds."""

MOST = 8
"""The most that are shown at once."""


def search_choices(choices: Sequence[tuple[str, str]]) -> Search:
    """Search a list that is at hand: all of it while nothing is typed, then where every word typed occurs."""
    lines = [(value, words, folded(words)) for value, words in choices]

    def search(text: str) -> list[tuple[str, str]]:
        wanted = folded(text).split()
        return [
            (value, words)
            for value, words, line in lines
            if value == text.strip() or all(word in line for word in wanted)
        ]

    return search


def _nothing(_text: str) -> Sequence[tuple[str, str]]:
    return ()


def ready() -> None:
    """The search is ready as it is."""


@dataclass(frozen=True, slots=True)
class PickField(Field):
    """One of many, found by typing. The value is what the search gives with the words that were picked."""

    search: Search = _nothing
    free: bool = False
    """Whether what was typed will do where it was not picked."""
    prepare: Callable[[], None] = ready
    """Makes the search ready, in a thread, as the form opens."""

    def parse(self, text: str, now: datetime) -> str:
        """Take what was picked, or the only thing that what was typed can mean."""
        found = self.search(text)
        typed = text.strip()
        if any(value == typed for value, _words in found):
            return typed
        if self.free:
            return fitting(self.label, clean(text))
        if len(found) == 1:
            return found[0][0]
        if not found:
            raise BadInputError(f"Nothing is called that under {self.label}.", "Type fewer or other words.")
        raise BadInputError(
            "That could be more than one.", "Pick one with ↑ ↓ and Enter, or type more of it."
        )

    def words_of(self, value: str) -> str | None:
        """The words on screen of a value; None where it is none."""
        return next((words for found, words in self.search(value) if found == value), None)


class PickEditor(LineEditor):
    """A line with what it finds below: ↑ and ↓ choose, Enter picks, Esc puts the list away.

    Once something is picked the line shows its words; typing again looks for something else.
    """

    def __init__(self, field: PickField) -> None:
        super().__init__(field.hint or "Type to find")
        self._field = field
        self._picked: tuple[str, str] | None = None
        self._found: Sequence[tuple[str, str]] = ()
        self._place: int | None = None
        self._away = False
        """Whether the list was put away until something else is typed."""
        self._here = False
        self.below = Below(self.pick)

    def on_mount(self) -> None:
        """Make the search ready while the first field is filled in."""
        if self._field.prepare is not ready:
            self.run_worker(self._field.prepare, thread=True, exit_on_error=False)

    def get_text(self) -> str:
        """The value that was picked, or else what was typed."""
        return self._picked[0] if self._picked and self.value == self._picked[1] else self.value

    def set_text(self, text: str) -> None:
        """Put a value in, shown with its words; or words as if they were typed."""
        words = self._field.words_of(text) if text else None
        if words is None:
            self._picked, self.value = None, text
        else:
            self._show_picked(text, words)

    @property
    def open(self) -> bool:
        """Whether the list is in sight."""
        return bool(self.below.display)

    def _show_picked(self, value: str, words: str) -> None:
        self._picked = (value, words)
        self.value = words
        self.cursor_position = 0
        self._away = True
        self._show_list()

    @on(Input.Changed)
    def _look(self) -> None:
        if self._picked and self.value == self._picked[1]:
            return
        self._picked, self._away = None, False
        self._search()

    def on_focus(self) -> None:
        """Offer what there is."""
        self._here = True
        self._away = self._picked is not None
        self._search()

    def on_blur(self) -> None:
        """Show what was meant, where it can only be one thing; put the list away."""
        self._here, self._away = False, True
        if self._picked is None and self.value.strip() and not self._field.free and len(self._found) == 1:
            self.pick(0)
        self._show_list()

    def _search(self) -> None:
        self._found = [] if self._away else self._field.search(self.value)
        self._place = 0 if self._found and self._pointed else None
        self._show_list()

    @property
    def _pointed(self) -> bool:
        """Whether Enter picks the first at once: not in passing, and not in place of what may be typed freely."""
        return bool(self.value.strip()) and not self._field.free

    def _show_list(self) -> None:
        if self._away or not self._here:
            self.below.show(())
            return
        top = max(0, (self._place or 0) - MOST + 1)
        lines: list[tuple[int | None, Content]] = []
        for place in range(top, min(top + MOST, len(self._found))):
            here = place == self._place
            style = "bold $cd-cursor-text on $cd-cursor" if here else "$text"
            lines.append((place, Content.styled(f"{'►' if here else ' '} {self._found[place][1]}", style)))
        left = len(self._found) - top - len(lines)
        if left > 0:
            lines.append((None, Content.styled(f"  and {left} more: type more of it", "$cd-muted")))
        if not self._found and self.value.strip() and not self._field.free:
            lines.append((None, Content.styled("  Nothing like that.", "$cd-muted")))
        self.below.show(lines)

    def on_key(self, event: events.Key) -> None:
        """Go through what was found."""
        if not self.open or not self._found:
            return
        if event.key in ("up", "down"):
            self._move(1 if event.key == "down" else -1)
        elif event.key == "enter" and self._place is not None:
            self.pick(self._place)
            return  # and on to the next field
        elif event.key == "escape":
            self._away = True
            self._show_list()
        else:
            return
        event.stop()
        event.prevent_default()

    def _move(self, step: int) -> None:
        last = len(self._found) - 1
        if self._place is None:
            self._place = 0 if step == 1 else last
        elif self._place + step < 0 and not self._pointed:
            self._place = None
        else:
            self._place = min(max(self._place + step, 0), last)
        self._show_list()

    def pick(self, place: int) -> None:
        """Take what was found at that place."""
        self._show_picked(*self._found[place])
