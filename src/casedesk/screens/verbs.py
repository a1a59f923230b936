"""Verbs on screen: a form is made of what a verb asks for; what it says when it is done is shown."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from textual.app import App

from casedesk.desk.action_verbs import template_asks
from casedesk.desk.asking import Ask, At, Kind, Verb
from casedesk.desk.offence_search import offence_search, prepare
from casedesk.model.errors import CasedeskError
from casedesk.model.moments import earliest, latest
from casedesk.model.typed_moments import Lean
from casedesk.screens.session import Session
from casedesk.widgets.dialogs import Choice, Choose, error_message
from casedesk.widgets.fields import (
    BirthdayField,
    ChoiceField,
    DayField,
    Field,
    LinesField,
    ManyField,
    MomentField,
    NumberField,
    TextField,
    Values,
    YesNoField,
)
from casedesk.widgets.form import Form, FormRow
from casedesk.widgets.picker import PickField, search_choices

PAST_HINT = "now, 14:30, -2h, fri 10:00"
FUTURE_HINT = "tomorrow 10:00, fri 16:00, +5wd"
BIRTHDAY_HINT = "1/2/1961; 1/2/61 is 1961, the past"
_FEW = 5
"""So many people are all shown to choose from; more are found by typing."""
_SHOWN = 8.0
"""Seconds that what was done stays on screen: it may name the duties that were met."""


class VerbForm(Form):
    """The form of a verb: it begins where an answer is needed first."""

    def on_mount(self) -> None:
        """Go past what is answered already. (The framework calls the form's own ``on_mount`` as well.)"""
        self.call_after_refresh(self._go_past_answers)

    def _go_past_answers(self) -> None:
        needed = (
            row for row in self.query(FormRow) if row.field.required and not row.editor.get_text().strip()
        )
        first = next(needed, None)
        if first is not None:
            first.editor.focus()


def start(app: App[Any], session: Session, verb: Verb, at: At, done: Callable[[], None]) -> None:
    """Let a verb ask what it asks, and do it; ``done`` is called when it was. One that asks nothing is done at once."""
    reason = verb.offered(at)
    if reason is not None:
        app.notify(reason, title=f"{verb.title}: not now", severity="warning", markup=False)
        return
    try:
        asks = verb.asks(at)
        if not asks:
            _say(app, verb.run(at, {}))
            done()
            return
    except CasedeskError as error:
        app.push_screen(error_message(error, kept="Nothing was changed."))
        return
    said = ""

    def save(values: Values) -> None:
        nonlocal said
        said = verb.run(at, {ask.name: _value(ask, values[ask.name]) for ask in asks})

    def saved(values: Values | None) -> None:
        if values is not None:
            _say(app, said)
            done()

    app.push_screen(
        VerbForm(
            _title(verb, at),
            [field_of(ask, session) for ask in asks],
            clock=session.clock,
            save=save,
            doubts=lambda values: verb.doubts(at, values),
            initial={ask.name: ask.initial for ask in asks if ask.initial},
            drafts=session.drafts,
            draft_key=" ".join(
                filter(None, (verb.id, at.case_id.hex(), at.subject.hex() if at.subject else ""))
            ),
        ),
        saved,
    )


def choose_template(app: App[Any], session: Session, verb: Verb, at: At, done: Callable[[], None]) -> None:
    """Let choose a template of actions, the one that fits best on top; then show its actions, to leave some out."""
    templates = template_asks(at)[0].choices

    def chosen(template: str | None) -> None:
        if template is None:
            return

        def items(_at: At) -> list[Ask]:
            (ask,) = template_asks(at, template)[1:]
            every = ",".join(value for value, _ in ask.choices)
            return [replace(ask, label="Actions", required=True, initial=every, hint="Space takes one out")]

        narrowed = replace(
            verb,
            title=f"Set: {dict(templates)[template]}",
            asks=items,
            run=lambda at, values: verb.run(at, {**values, "template": template}),
        )
        start(app, session, narrowed, at, done)

    known = at.desk.packs.actions.templates
    choices = [Choice(value, words, tail=f"{len(known[value].items)} actions") for value, words in templates]
    app.push_screen(
        Choose("Which template? Those that fit the case come first.", choices, typed=True), chosen
    )


def _title(verb: Verb, at: At) -> str:
    """The verb and the case; below, what must be read first."""
    warnings = [f"▲ READ FIRST  {warning}" for warning in verb.warns(at).splitlines()]
    return "\n".join((f"{verb.title} · {at.file.case.ref or '(no reference)'}", *warnings))


def _say(app: App[Any], said: str) -> None:
    app.notify(said, timeout=_SHOWN, markup=False)


def field_of(ask: Ask, session: Session) -> Field:
    """The field of a form that a question is answered in."""
    name, label, required, hint = ask.name, ask.label, ask.required, ask.hint
    holidays = session.desk.packs.bank_holidays.days
    match ask.kind:
        case Kind.TEXT:
            return TextField(name, label, required, hint)
        case Kind.LINES:
            return LinesField(name, label, required, hint, rows=ask.rows, question=ask.question)
        case Kind.CHOICE:
            return ChoiceField(name, label, required, hint, choices=ask.choices)
        case Kind.MANY:
            return ManyField(name, label, required, hint, choices=ask.choices)
        case Kind.YES_NO:
            return YesNoField(name, label, required, hint)
        case Kind.PAST:
            return MomentField(name, label, required, hint or PAST_HINT, lean=Lean.PAST, holidays=holidays)
        case Kind.FUTURE:
            return MomentField(
                name, label, required, hint or FUTURE_HINT, lean=Lean.FUTURE, holidays=holidays
            )
        case Kind.DAY:
            return DayField(name, label, required, hint or "today, fri, 14/3, +5wd", holidays=holidays)
        case Kind.BIRTHDAY:
            return BirthdayField(name, label, required, hint or BIRTHDAY_HINT)
        case Kind.NUMBER:
            return NumberField(name, label, required, hint)
        case Kind.PERSON:
            return _person(ask)
        case Kind.COLLEAGUE:
            return PickField(name, label, required, hint, search=search_choices(ask.choices), free=True)
        case Kind.OFFENCE:
            offences = session.desk.packs.offences
            return PickField(
                name, label, required, hint or "words of it, or the code", search=offence_search(offences),
                prepare=lambda: prepare(offences),
            )  # fmt: skip


def _person(ask: Ask) -> Field:
    if len(ask.choices) <= _FEW:
        return ChoiceField(ask.name, ask.label, ask.required, ask.hint, choices=ask.choices)
    return PickField(ask.name, ask.label, ask.required, ask.hint, search=search_choices(ask.choices))


def _value(ask: Ask, value: Any) -> Any:
    """What the verb expects of what the form read: instants for times."""
    if value is None:
        return None
    if ask.kind is Kind.PAST:
        return earliest(value)
    if ask.kind is Kind.FUTURE:
        return latest(value)
    return value
