"""The widgets that a form's fields are typed into. What is pasted is cleaned before it is shown."""

from collections.abc import Callable, Sequence
from typing import ClassVar, Protocol

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from casedesk.model.text import MAX_TEXT, clean, counted


class Editor(Protocol):
    """What a form asks of the widget a field is typed into."""

    def get_text(self) -> str:
        """What was typed."""

    def set_text(self, text: str) -> None:
        """Put text in, as if it had been typed."""


class Below(Static):
    """A list that an editor shows below itself while it is typed into; a click takes a line of it."""

    DEFAULT_CSS = """
    Below {
        height: auto; margin-left: 22; display: none; background: $surface; color: $text;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    """

    def __init__(self, take: Callable[[int], None]) -> None:
        super().__init__()
        self._take = take
        self._places: list[int | None] = []

    def show(self, lines: Sequence[tuple[int | None, Content]]) -> None:
        """Show these lines, each with the place that a click takes, if any; none hides the list."""
        self._places = [place for place, _line in lines]
        self.display = bool(lines)
        self.update(Content("\n").join(line for _place, line in lines))
        if lines and self.parent is not None:
            self.call_after_refresh(self._bring_into_sight)

    def _bring_into_sight(self) -> None:
        if self.display and isinstance(self.parent, Widget):
            self.parent.scroll_visible(animate=False)

    def on_click(self, event: events.Click) -> None:
        """Take the line under the pointer."""
        place = self._places[event.y] if event.y < len(self._places) else None
        if place is not None:
            self._take(place)


class Cleaned(Message):
    """Something was pasted that could not be kept or shown as it was: escapes, control characters."""

    def __init__(self, left_out: str) -> None:
        super().__init__()
        self.left_out = left_out
        """What was left out, for a person."""


def cleaned_away(pasted: str, kept: str) -> str:
    """What cleaning took away besides white space, in words; empty where it took nothing."""
    before, after = (sum(not character.isspace() for character in text) for text in (pasted, kept))
    if before <= after:
        return ""
    return f"{counted(before - after, 'character')} of control codes left out"


def take_paste(editor: Widget, event: events.Paste, *, lines: bool) -> None:
    """Clean what is pasted before it is put in, and say what was left out.

    What no field may hold is not put in at all: it could not be saved, and would slow down every key.
    """
    kept = clean(event.text, lines=lines)
    if len(kept) > MAX_TEXT:
        event.stop()
        event.prevent_default()
        editor.app.notify(
            f"{len(kept):,} characters were not pasted: the most is {MAX_TEXT:,}. Attach long text as a document.",
            severity="warning",
            markup=False,
        )
        return
    if left_out := cleaned_away(event.text, kept):
        editor.post_message(Cleaned(left_out))
    event.text = kept


class LineEditor(Input):
    """One line of text."""

    DEFAULT_CSS = """
    LineEditor { background: $background; }
    LineEditor:focus { background-tint: transparent; }
    """

    def __init__(
        self,
        hint: str = "",
        value: str = "",
        *,
        secret: bool = False,
        id: str | None = None,  # noqa: A002 -- the framework's own word
    ) -> None:
        super().__init__(value, placeholder=hint, password=secret, compact=True, id=id)

    def get_text(self) -> str:
        """What was typed."""
        return self.value

    def set_text(self, text: str) -> None:
        """Put text in."""
        self.value = text

    def go_on(self) -> None:
        """Let what is typed next follow what is there, instead of taking its place."""
        self.select_on_focus = False
        self.cursor_position = len(self.value)

    def on_paste(self, event: events.Paste) -> None:
        """Make one clean line of what is pasted; a secret is taken as it is, and never shown."""
        if not self.password:
            take_paste(self, event, lines=False)


class LinesEditor(TextArea):
    """Several lines of text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+home", "to_start", show=False),
        Binding("ctrl+end", "to_end", show=False),
        Binding("ctrl+shift+home", "to_start(True)", show=False),
        Binding("ctrl+shift+end", "to_end(True)", show=False),
    ]
    """Those of every editor of text, which the framework's lacks."""
    DEFAULT_CSS = """
    LinesEditor { background: $background; padding: 0; }
    LinesEditor .text-area--cursor-line { background: $background; }
    LinesEditor .text-area--placeholder { color: $text-muted; }
    """

    def __init__(self, hint: str, rows: int) -> None:
        super().__init__(
            placeholder=hint, compact=True, soft_wrap=True, tab_behavior="focus", highlight_cursor_line=False
        )
        self.styles.height = rows

    def get_text(self) -> str:
        """What was typed."""
        return self.text

    def set_text(self, text: str) -> None:
        """Put text in."""
        self.load_text(text)

    def go_on(self) -> None:
        """Let what is typed next follow what is there."""
        self.move_cursor(self.document.end)

    def action_to_start(self, select: bool = False) -> None:
        """Go to the beginning of the text."""
        self.move_cursor(self.document.start, select=select)

    def action_to_end(self, select: bool = False) -> None:
        """Go to the end of the text."""
        self.move_cursor(self.document.end, select=select)

    def on_paste(self, event: events.Paste) -> None:
        """Clean what is pasted, its lines kept."""
        take_paste(self, event, lines=True)


class ChoiceEditor(Widget, can_focus=True):
    """One of several words, all in sight where they fit on the line: ``○ Phone  ● E-mail``.

    ← and → go through them, a letter goes to the next that begins with it, Backspace takes the answer back.
    """

    DEFAULT_CSS = """
    ChoiceEditor { height: 1; width: 1fr; background: $background; color: $text; }
    """

    class Changed(Message):
        """Another word was chosen."""

        def __init__(self, editor: "ChoiceEditor") -> None:
            super().__init__()
            self.editor = editor

        @property
        def control(self) -> "ChoiceEditor":
            """The editor."""
            return self.editor

    def __init__(self, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._choices = list(choices)
        self._chosen: int | None = None
        self._spans: list[tuple[int, int]] = []

    def get_text(self) -> str:
        """The value chosen; empty where none is."""
        return "" if self._chosen is None else self._choices[self._chosen][0]

    def set_text(self, text: str) -> None:
        """Choose a value; one that is not among the choices chooses none."""
        self._choose(
            next((place for place, (value, _words) in enumerate(self._choices) if value == text), None)
        )

    def render(self) -> Content:
        """Draw every choice, or the chosen one where they do not fit."""
        words = [
            f"{'●' if place == self._chosen else '○'} {words}"
            for place, (_value, words) in enumerate(self._choices)
        ]
        self._spans = []
        if sum(len(word) + 2 for word in words) - 2 > self.size.width:
            return self._render_one()
        parts: list[tuple[str, str]] = []
        start = 0
        for place, word in enumerate(words):
            chosen = place == self._chosen
            parts += [(word, "bold $cd-accent" if chosen else "$cd-muted"), ("  ", "")]
            self._spans.append((start, start + len(word)))
            start += len(word) + 2
        return Content.assemble(*parts)

    def _render_one(self) -> Content:
        count = len(self._choices)
        if self._chosen is None:
            return Content.assemble((f"○ none of {count} chosen   ← → or a letter", "$cd-muted"))
        words = self._choices[self._chosen][1]
        return Content.assemble(
            (f"● {words}", "bold $cd-accent"), (f"   {self._chosen + 1} of {count}", "$cd-muted")
        )

    def on_key(self, event: events.Key) -> None:
        """Go through the choices."""
        count = len(self._choices)
        if event.key in ("left", "right"):
            step = 1 if event.key == "right" else -1
            start = (-1 if step == 1 else 0) if self._chosen is None else self._chosen
            self._choose((start + step) % count)
        elif event.key in ("backspace", "delete"):
            self._choose(None)
        elif event.character and event.character.isalnum():
            self._choose_by_letter(event.character.casefold())
        else:
            return
        event.stop()
        event.prevent_default()

    def _choose_by_letter(self, letter: str) -> None:
        start = -1 if self._chosen is None else self._chosen
        count = len(self._choices)
        for place in ((start + step) % count for step in range(1, count + 1)):
            if self._choices[place][1].casefold().startswith(letter):
                self._choose(place)
                return

    def on_click(self, event: events.Click) -> None:
        """Choose the word under the pointer."""
        for place, (start, end) in enumerate(self._spans):
            if start <= event.x < end:
                self._choose(place)

    def _choose(self, place: int | None) -> None:
        if place != self._chosen:
            self._chosen = place
            self.refresh()
            self.post_message(self.Changed(self))
