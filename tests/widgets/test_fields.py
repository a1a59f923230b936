from datetime import timedelta
from typing import Any

import pytest

from casedesk.model.errors import BadInputError
from casedesk.model.text import MAX_TEXT
from casedesk.model.typed_moments import Lean
from casedesk.widgets.fields import (
    ChoiceField,
    Field,
    LinesField,
    MomentField,
    TextField,
    YesNoField,
    read_all,
)
from tests.screens.harness import NOW

CHANNELS = ChoiceField("how", "How", choices=[("phone", "Phone"), ("email", "E-mail")])


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        (TextField("who", "Who"), "  Zoë   O’Hara ", "Zoë O’Hara"),
        (TextField("who", "Who"), "   ", None),
        (TextField("who", "Who"), "a\x1b[31mb\nc", "ab c"),
        (LinesField("note", "Note"), "one\r\n\r\n\r\n\r\ntwo\x07", "one\n\ntwo"),
        (CHANNELS, "email", "email"),
        (YesNoField("met", "Met"), "no", False),
        (YesNoField("met", "Met"), "yes", True),
        (YesNoField("met", "Met"), "", None),
        (MomentField("at", "When"), "14:00", "2026-11-20T14:00:00Z"),
        (MomentField("due", "Due", timed=False), "fri", "2026-11-20"),
        (MomentField("at", "When", lean=Lean.PAST), "23:50", "2026-11-19T23:50:00Z"),
    ],
)
def test_what_was_typed_becomes_a_value(field: Field, typed: str, value: Any) -> None:
    assert field.read(typed, NOW) == value


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        (TextField("who", "Who", required=True), " ", "Who is needed"),
        (YesNoField("met", "Met", required=True), "", "Met is needed"),
        (TextField("who", "Who"), "x" * (MAX_TEXT + 1), "too long"),
        (CHANNELS, "pigeon", "not one of the choices"),
        (MomentField("at", "When"), "tomorrow", "Sat 21 Nov 2026: at what time?"),
        (MomentField("at", "When"), "someday", "not a date or time"),
        (
            TextField("ref", "Ref", check=lambda text: None if "/" in text else "Like 42/1."),
            "42",
            "Like 42/1.",
        ),
    ],
)
def test_what_cannot_be_a_value_is_refused_in_words(field: Field, typed: str, says: str) -> None:
    with pytest.raises(BadInputError, match=says):
        field.read(typed, NOW)


def test_a_moment_is_echoed_with_weekday_and_year() -> None:
    field = MomentField("at", "When", timed=False)
    assert field.echo(field.read("fri 10:00", NOW)) == "Fri 27 Nov 2026 10:00"
    assert field.echo(field.read("tomorrow", NOW)) == "Sat 21 Nov 2026"


def test_a_draft_keeps_the_moment_that_was_meant_not_the_words() -> None:
    field = MomentField("at", "When", timed=False)
    for typed in ("-2h", "now", "today 10:00", "tomorrow", "fri 10:00"):
        kept = field.draft(typed, NOW)
        assert field.read(kept, NOW + timedelta(days=9)) == field.read(typed, NOW)
    assert field.draft("next wee", NOW) == "next wee"


def test_now_is_when_it_was_typed_not_when_the_form_is_saved() -> None:
    fields = [MomentField("at", "When"), TextField("who", "Who", required=True)]
    values, wrong = read_all(fields, {"at": "now", "who": ""}, {"at": NOW, "who": NOW + timedelta(hours=1)})
    assert values == {"at": "2026-11-20T14:30:00Z"}
    assert list(wrong) == ["who"]
