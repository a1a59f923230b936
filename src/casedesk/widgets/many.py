"""The editor of a field that takes any of several words: one line of what is chosen, a list while choosing."""

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from casedesk.model.text import folded
from casedesk.widgets.editors import Below
from casedesk.widgets.fields import ManyField, split_many

ROWS = 8
"""The most choices that are shown at once."""
_SUGGESTED = "*"


class ManyEditor(Widget, can_focus=True):
    """What is chosen, on one line: ``Arrest · Charge``. Space or Enter opens the list below.

    In the list ↑ and ↓ go, Space marks or unmarks, typing narrows, ``*`` marks what is suggested, Enter or Esc puts
    it away. On the line a letter opens the list narrowed, Backspace takes the last one back, Delete all.
    """

    DEFAULT_CSS = """
    ManyEditor { height: 1; width: 1fr; background: $background; color: $text; }
    """

    class Changed(Message):
        """Something else is chosen."""

        def __init__(self, editor: "ManyEditor") -> None:
            super().__init__()
            self.editor = editor

        @property
        def control(self) -> "ManyEditor":
            """The editor."""
            return self.editor

    def __init__(self, field: ManyField) -> None:
        super().__init__()
        self._field = field
        self._choices = list(field.choices)
        self._suggested = [value for value, _words in self._choices if value in set(field.suggested)]
        self._folded = [folded(words) for _value, words in self._choices]
        self._chosen: set[str] = set()
        self._typed = ""
        self._cursor = 0
        """The row of the narrowed list that the next Space marks."""
        self._open = False
        self.below = Below(self._toggle)

    def get_text(self) -> str:
        """The values chosen, with commas."""
        known = [value for value, _words in self._choices if value in self._chosen]
        return ",".join(known + sorted(self._chosen.difference(known)))

    def set_text(self, text: str) -> None:
        """Choose the values in the text."""
        self._choose(split_many(text))

    @property
    def open(self) -> bool:
        """Whether the list is in sight."""
        return self._open

    # What is seen

    def render(self) -> Content:
        """Draw what is chosen, as much as fits; or how to choose."""
        if not self._chosen:
            hint = self._field.hint or f"none of {len(self._choices)} chosen"
            return Content.assemble((" · ".join([hint, "Space lists them", *self._usual()]), "$cd-muted"))
        words = [words for value, words in self._choices if value in self._chosen]
        words += ["?"] * (len(self._chosen) - len(words))
        shown, left = list(words), 0
        while len(shown) > 1 and len(self._line(shown, left)) > self.size.width:
            shown.pop()
            left += 1
        return Content.assemble((self._line(shown, left), "bold $cd-accent")).truncate(
            self.size.width, ellipsis=True
        )

    @staticmethod
    def _line(shown: list[str], left: int) -> str:
        return " · ".join(shown) + (f"  and {left} more" if left else "")

    def _show(self) -> None:
        self.refresh()
        if not self._open:
            self.below.show(())
            return
        found = self._found()
        self._cursor = min(self._cursor, max(len(found) - 1, 0))
        top = max(0, self._cursor - ROWS + 1)
        lines: list[tuple[int | None, Content]] = []
        for row, place in enumerate(found[top : top + ROWS], top):
            value, words = self._choices[place]
            marked, here = value in self._chosen, row == self._cursor
            style = "bold $cd-cursor-text on $cd-cursor" if here else "bold $cd-accent" if marked else "$text"
            lines.append(
                (place, Content.styled(f"{'►' if here else ' '} {'●' if marked else '○'} {words}", style))
            )
        lines.append((None, Content.styled(self._foot(len(found) - top - len(lines)), "$cd-muted")))
        self.below.show(lines)

    def _foot(self, left: int) -> str:
        said = [f"“{self._typed}”"] if self._typed else []
        if left > 0:
            said.append(f"{left} more ↓")
        said += ["Space marks", "Enter done"] if self._found() else ["nothing like that"]
        return "  " + " · ".join([*said, *self._usual()])

    def _usual(self) -> list[str]:
        return [f"{_SUGGESTED} usual {len(self._suggested)}"] if self._suggested else []

    def _found(self) -> list[int]:
        return [place for place, words in enumerate(self._folded) if self._typed in words]

    # What is done

    def on_key(self, event: events.Key) -> None:
        """Open the list, or go through it."""
        if self._key_in_list(event) if self._open else self._key_on_line(event):
            event.stop()
            event.prevent_default()

    def _key_on_line(self, event: events.Key) -> bool:
        if event.key in ("enter", "space"):
            self._set_open(True)
        elif event.character == _SUGGESTED and self._suggested:
            self._choose(self._chosen.union(self._suggested))
        elif event.key == "backspace":
            self._choose(set(self.get_text().split(",")[:-1]))
        elif event.key == "delete":
            self._choose(set())
        elif event.character and event.character.isalnum():
            self._set_open(True)
            self._narrow(event.character)
        else:
            return False
        return True

    def _key_in_list(self, event: events.Key) -> bool:
        if event.key == "enter":
            self._set_open(False)
            return False  # and on to the next field
        if event.key == "escape":
            self._set_open(False)
        elif event.key in ("up", "down"):
            found = len(self._found())
            self._cursor = (self._cursor + (1 if event.key == "down" else -1)) % max(found, 1)
            self._show()
        elif event.key == "space":
            self._mark()
        elif event.key == "backspace":
            self._narrow(self._typed[:-1])
        elif event.character == _SUGGESTED and self._suggested:
            self._choose(self._chosen.union(self._suggested))
        elif event.character and event.character.isprintable():
            self._narrow(self._typed + folded(event.character))
        else:
            return False
        return True

    def _set_open(self, to: bool) -> None:
        self._open, self._typed, self._cursor = to, "", 0
        self._show()

    def _narrow(self, typed: str) -> None:
        self._typed, self._cursor = folded(typed), 0
        self._show()

    def _mark(self) -> None:
        found = self._found()
        if found:
            self._toggle(found[self._cursor])

    def _toggle(self, place: int) -> None:
        """Mark or unmark a choice, and let the list be whole again around it: the next is typed afresh."""
        self._typed, self._cursor = "", place
        self._choose(self._chosen ^ {self._choices[place][0]})

    def _choose(self, chosen: set[str]) -> None:
        if chosen != self._chosen:
            self._chosen = chosen
            self.post_message(self.Changed(self))
        self._show()

    def on_click(self) -> None:
        """Open the list, or put it away."""
        self._set_open(not self._open)

    def on_blur(self) -> None:
        """Put the list away."""
        self._set_open(False)
