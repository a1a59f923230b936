"""A form: labelled rows, checked as they are typed, kept as a draft until what they hold is saved."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from casedesk.model.errors import BadInputError, CasedeskError
from casedesk.model.moments import Clock
from casedesk.model.text import counted
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Confirm, Dialog
from casedesk.widgets.editors import ChoiceEditor, Cleaned, LineEditor, LinesEditor
from casedesk.widgets.fields import ChoiceField, Field, LinesField, ManyField, Values
from casedesk.widgets.many import ManyEditor
from casedesk.widgets.picker import PickEditor, PickField
from casedesk.widgets.services import Drafts

CheckAll = Callable[[Values], Mapping[str, str]]
"""Says what is wrong between fields, by field name: a release before the arrest.

Asked while the form is being filled in: any value may be None then, a required one too, where nothing was typed
yet or what was typed cannot be read.
"""

_DRAFT_DELAY = 0.4
"""Seconds after a key until the draft is written."""
_GROUP = "Forms"


EDITORS = "LineEditor, LinesEditor, ChoiceEditor, ManyEditor"
"""The widgets that the focus goes through."""


def editor_for(field: Field) -> LineEditor | LinesEditor | ChoiceEditor | ManyEditor:
    """Make the widget that a field is typed into."""
    if isinstance(field, ManyField):
        return ManyEditor(field)
    if isinstance(field, ChoiceField):
        return ChoiceEditor(field.choices)
    if isinstance(field, LinesField):
        return LinesEditor(field.hint, field.rows)
    if isinstance(field, PickField):
        return PickEditor(field)
    return LineEditor(field.hint)


def _nothing_wrong(_values: Values) -> Mapping[str, str]:
    return {}


class FormRow(Vertical):
    """A label, what the field is typed into, and below it what was understood or what is wrong."""

    DEFAULT_CSS = """
    FormRow { height: auto; }
    FormRow > Horizontal { height: auto; }
    FormRow LineEditor { width: 1fr; }
    FormRow .form--question { height: auto; margin-left: 2; color: $text; }
    FormRow .form--label { width: 22; height: 1; color: $cd-muted; }
    FormRow .form--label.-here { color: $text; text-style: bold; }
    FormRow .form--note { height: auto; margin-left: 22; display: none; color: $cd-muted; }
    FormRow .form--note.-shown { display: block; }
    FormRow .form--note.-wrong { color: $cd-block; text-style: bold; }
    """

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self.editor = editor_for(field)
        self.touched = False
        """Whether anything was typed: what was never touched is not scolded for being empty."""
        self.known = ""
        """What the form last knew to be typed here."""
        self.typed_at: datetime | None = None
        """When it was last typed into."""
        self.left = False
        """Whether somebody was here and went on: what other fields need of it may be said."""
        self._noted = ("", False)
        self._read_as: tuple[str, datetime, Any, str] | None = None

    def compose(self) -> ComposeResult:
        """The question where there is one, the label, the editor and the note."""
        if self.field.question:
            yield Static(Content(self.field.question), classes="form--question")
        with Horizontal():
            yield Static(self._label(False), classes="form--label")
            yield self.editor
        if isinstance(self.editor, PickEditor | ManyEditor):
            yield self.editor.below
        yield Static(classes="form--note")

    def read(self, now: datetime) -> tuple[Any, str]:
        """The value of what is typed, and what is wrong with it: read again only where either has changed."""
        text, at = self.editor.get_text(), self.typed_at or now
        if self._read_as is None or self._read_as[:2] != (text, at):
            try:
                self._read_as = (text, at, self.field.read(text, at), "")
            except BadInputError as refused:
                self._read_as = (text, at, None, str(refused))
        return self._read_as[2:]

    @property
    def choosing(self) -> bool:
        """Whether a list is open to choose from: an answer on its way is not scolded yet."""
        return isinstance(self.editor, PickEditor) and self.editor.open

    def understood(self, value: Any) -> str:
        """What is said of a value that was read."""
        text, at = self.editor.get_text(), self.typed_at
        remark = self.field.remark(text, at) if at and text.strip() else ""
        return "   ".join(filter(None, (self.field.echo(value), remark)))

    def _label(self, here: bool) -> Content:
        sign, needed = "►" if here else " ", " *" if self.field.required else ""
        return Content(f"{sign} {self.field.label}{needed}")

    def on_descendant_focus(self) -> None:
        """Point out the row that is typed into."""
        self._point(True)

    def on_descendant_blur(self) -> None:
        """The row is left."""
        self._point(False)
        self.left = True

    def _point(self, here: bool) -> None:
        label = self.query_one(".form--label", Static)
        label.update(self._label(here))
        label.set_class(here, "-here")

    def show_note(self, text: str, *, wrong: bool) -> None:
        """Say below the field what was understood, or what is wrong with it."""
        if (text, wrong) == self._noted:
            return  # every key asks all rows; only what differs is laid out anew
        appears, self._noted = bool(text) and not self._noted[0], (text, wrong)
        note = self.query_one(".form--note", Static)
        note.update(Content(f"■ {text}" if wrong else text))
        note.set_class(bool(text), "-shown")
        note.set_class(wrong, "-wrong")
        if appears and self.editor.has_focus:
            self.call_after_refresh(self.scroll_visible, animate=False)


class Form(Dialog[Values | None]):
    """Ask for several things at once; comes back with the values that were saved, or None.

    ``save`` is called with the values and may raise CasedeskError: the form then says so and stays, its
    draft kept. ``doubts`` may give a question that is asked first. A form without a ``draft_key`` keeps no draft.
    """

    AUTO_FOCUS = EDITORS
    OFFERS: ClassVar[Sequence[Command]] = (
        Command(
            "form.save",
            "ctrl+s,f10",
            "Save",
            "Save what the form holds.",
            "save",
            _GROUP,
            show=90,
            priority=True,
        ),
        Command(
            "form.leave",
            "escape",
            "Leave",
            "Leave; what was typed is kept as a draft.",
            "leave",
            _GROUP,
            show=80,
        ),
        Command(
            "form.clear",
            "f8",
            "Start again",
            "Throw the draft away and empty the form.",
            "clear",
            _GROUP,
            show=20,
        ),
    )
    DEFAULT_CSS = """
    Form > #box { width: 96; max-width: 100%; }
    Form #rows { height: auto; max-height: 60vh; margin-bottom: 1; }
    Form .form--state { height: auto; color: $cd-muted; }
    Form .form--state.-wrong { color: $cd-block; text-style: bold; }
    """

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        *,
        clock: Clock,
        save: Callable[[Values], None] = lambda _values: None,
        doubts: Callable[[Values], str] = lambda _values: "",
        check: CheckAll = _nothing_wrong,
        initial: Mapping[str, str] | None = None,
        drafts: Drafts | None = None,
        draft_key: str = "",
    ) -> None:
        super().__init__(title)
        self._fields = list(fields)
        self._clock, self._save, self._check, self._doubts = clock, save, check, doubts
        self._initial = dict(initial or {})
        self._drafts = drafts if draft_key else None
        self._draft_key = draft_key
        self._timer: Timer | None = None
        self._rows = {field.name: FormRow(field) for field in self._fields}
        self._tried = False
        """Whether saving was tried in vain: from then on everything that is wrong is shown."""

    def label_of(self, command: Command) -> str:
        """Leaving keeps a draft only where there is one."""
        return "Keep for later" if command.id == "form.leave" and self._drafts else command.label

    def offered(self, command: Command) -> bool:
        """Starting again is for forms that keep a draft."""
        return command.id != "form.clear" or self._drafts is not None

    def compose_body(self) -> ComposeResult:
        """The rows, and a line about the form as a whole."""
        with VerticalScroll(id="rows", can_focus=False):
            yield from self._rows.values()
        yield Static(classes="form--state")

    def on_mount(self) -> None:
        """Fill in what there is: the draft, or else what the form starts with."""
        draft = self._drafts.load(self._draft_key) if self._drafts else None
        self._fill(self._initial if draft is None else draft, touched=draft is not None)
        if draft is not None:
            for row in self._rows.values():
                if isinstance(row.editor, LineEditor | LinesEditor):
                    row.editor.go_on()
            self._show_state("What you typed before is back. F8 starts again.")

    def _fill(self, texts: Mapping[str, str], *, touched: bool) -> None:
        now = self._clock()
        self._tried = False
        for name, row in self._rows.items():
            text = texts.get(name, "")
            row.editor.set_text(text)
            row.known = row.editor.get_text()
            row.touched, row.left, row.typed_at = touched and bool(text), False, now
        if not touched and isinstance(self.focused, LineEditor):
            self.focused.select_all()  # as in every field that is gone to: what is typed takes its place
        self._show_notes()

    # While typing

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(ChoiceEditor.Changed)
    @on(ManyEditor.Changed)
    def _typed(
        self, event: Input.Changed | TextArea.Changed | ChoiceEditor.Changed | ManyEditor.Changed
    ) -> None:
        row = self._row_of(event.control)
        if row is None or row.editor.get_text() == row.known:
            return  # filled in by the form, not typed
        row.known = row.editor.get_text()
        row.touched, row.typed_at = True, self._clock()
        self._show_notes()
        if self._drafts and self._timer is None:
            self._timer = self.set_timer(_DRAFT_DELAY, self._keep_draft)

    def on_key(self, event: events.Key) -> None:
        """↑ and ↓ go between rows where the field is one line; Enter goes on."""
        if not isinstance(self.focused, LineEditor | ChoiceEditor | ManyEditor):
            return
        if event.key in ("down", "enter"):
            event.stop()
            self.focus_next(EDITORS)
        elif event.key == "up":
            event.stop()
            self.focus_previous(EDITORS)

    @on(Input.Submitted)
    def _next_row(self) -> None:
        self.focus_next(EDITORS)

    def _row_of(self, editor: Widget | None) -> FormRow | None:
        return next((row for row in self._rows.values() if row.editor is editor), None)

    @on(Cleaned)
    def _cleaned(self, event: Cleaned) -> None:
        event.stop()
        self._show_state(f"Pasted; {event.left_out}.")

    def on_descendant_blur(self) -> None:
        """What a field that was left still needs may be said now."""
        self.call_after_refresh(self._show_notes)

    def _read(self) -> tuple[Values, dict[str, str], dict[str, str]]:
        """The values, what is wrong in each field, and what is wrong between those that can be read."""
        now = self._clock()
        values: Values = {}
        wrong: dict[str, str] = {}
        for name, row in self._rows.items():
            values[name], refused = row.read(now)
            if refused:
                wrong[name] = refused
        between = {name: text for name, text in self._check(values).items() if name not in wrong}
        return values, wrong, between

    def _show_notes(self) -> None:
        """Show below each row what was understood or what is wrong."""
        if not self.is_attached:
            return
        values, wrong, between = self._read()
        for name, row in self._rows.items():
            value = values[name]
            if name in wrong and (self._tried or (row.touched and not row.choosing)):
                row.show_note(wrong[name], wrong=True)
            elif name in between and (self._tried or row.touched or row.left):
                row.show_note(between[name], wrong=True)
            else:
                row.show_note("" if value is None else row.understood(value), wrong=False)
        if self._tried:
            count = len(wrong) + len(between)
            self._show_state(
                f"Not saved: {counted(count, 'field')} to put right." if count else "", wrong=bool(count)
            )

    def _show_state(self, text: str, *, wrong: bool = False) -> None:
        state = self.query_one(".form--state", Static)
        state.update(Content(text))
        state.set_class(wrong, "-wrong")

    # Drafts

    def _keep_draft(self) -> None:
        """Write what was typed so far."""
        self._timer = None
        if self._drafts is None:
            return
        now = self._clock()
        draft = {
            name: row.field.draft(row.editor.get_text(), row.typed_at or now)
            for name, row in self._rows.items()
        }
        try:
            self._drafts.save(self._draft_key, draft)
        except CasedeskError as error:
            self._show_state(f"This draft could not be kept: {error}", wrong=True)

    def keep_draft(self) -> None:
        """Write what was typed so far at once: the desk is about to be locked."""
        self._flush_draft()

    def _flush_draft(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._keep_draft()

    def on_unmount(self) -> None:
        """Keep the draft however the form is left."""
        self._flush_draft()

    # Leaving

    def action_save(self) -> None:
        """Save, if nothing is wrong; otherwise go to the first row that is."""
        values, wrong, between = self._read()
        wrong |= between
        self._tried = bool(wrong)
        self._show_notes()
        if wrong:
            first = next((row for name, row in self._rows.items() if name in wrong), None)
            if first is not None:
                first.editor.focus()
            return
        doubt = self._doubts(values)
        if not doubt:
            self._save_now(values)
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self._save_now(values)

        self.app.push_screen(Confirm(doubt, yes="Go on", no="Back to the form", dangerous=True), answered)

    def _save_now(self, values: Values) -> None:
        try:
            self._save(values)
        except CasedeskError as error:
            self._show_state(f"Not saved: {error} What you typed is kept.", wrong=True)
            return
        self._drop_draft()
        self.dismiss(values)

    def action_leave(self) -> None:
        """Leave; the draft stays."""
        self._flush_draft()
        self.dismiss(None)

    def action_clear(self) -> None:
        """Ask, then throw the draft away and start again."""

        def answered(yes: bool | None) -> None:
            if yes:
                self._drop_draft()
                self._fill(self._initial, touched=False)
                self._show_state("")

        question = Confirm("Throw away what was typed?", yes="Throw away", no="Keep it", dangerous=True)
        self.app.push_screen(question, answered)

    def _drop_draft(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._drafts is not None:
            self._drafts.drop(self._draft_key)
