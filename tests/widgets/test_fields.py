from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from casedesk.model.errors import BadInputError
from casedesk.model.text import MAX_TEXT
from casedesk.model.typed_moments import Lean
from casedesk.widgets.fields import (
    ChoiceField,
    DayField,
    Field,
    LinesField,
    ManyField,
    MomentField,
    NumberField,
    TextField,
    YesNoField,
    read_all,
)
from casedesk.widgets.picker import PickField, search_choices
from tests.screens.harness import NOW

PURPOSES = ManyField("for", "What for", choices=[("arrest", "Arrest"), ("bail", "Bail"), ("nfa", "NFA")])
MONTHS = NumberField("months", "Months", least=-1, most=1_200)
SUITES = search_choices([("1", "Bow Lane"), ("2", "Bow Street"), ("3", "Marsh Road")])
SUITE = PickField("suite", "Suite", search=SUITES)
STORE = PickField("where", "Where", search=SUITES, free=True)
HAPPENED = MomentField("at", "When", lean=Lean.PAST, happened=True)
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
        (PURPOSES, "nfa, arrest", ("arrest", "nfa")),
        (PURPOSES, " , ", None),
        (MONTHS, " 1,200 ", 1200),
        (MONTHS, "-1", -1),
        (SUITE, "2", "2"),
        (SUITE, "marsh", "3"),
        (STORE, "2", "2"),
        (STORE, "bow \x1b[1mcellar", "bow cellar"),
        (DayField("day", "Day"), "+1wd", "2026-11-23"),
        (DayField("day", "Day"), "fri 10:00", "2026-11-27"),
        (DayField("day", "Day"), "now", "2026-11-20"),
        (MomentField("due", "Due", holidays={date(2026, 11, 23)}), "+1wd", "2026-11-24T14:30:00Z"),
        (HAPPENED, "+4m", "2026-11-20T14:34:00Z"),
        (HAPPENED, "14:40", "2026-11-19T14:40:00Z"),
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
        (PURPOSES, "arrest,gone", "1 of what was chosen is not offered any more"),
        (replace(PURPOSES, required=True), "", "What for is needed"),
        (MONTHS, "six", "Months is a whole number. Type one from -1 to 1,200"),
        (MONTHS, "1.5", "whole number"),
        (MONTHS, "1,2", "whole number"),
        (MONTHS, "1201", "Months cannot be 1,201"),
        (MONTHS, "9" * 5000, "whole number"),
        (SUITE, "bow", "more than one"),
        (SUITE, "hill", "Nothing is called that under Suite"),
        (STORE, "x" * (MAX_TEXT + 1), "too long"),
        (MomentField("at", "When"), "tomorrow", "Sat 21 Nov 2026: at what time?"),
        (HAPPENED, "tomorrow 10:00", "Sat 21 Nov 2026 10:00 lies in the future"),
        (HAPPENED, "+1wd", "lies in the future"),
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


def test_a_day_counted_without_a_calendar_says_so() -> None:
    bare = MomentField("due", "Due")
    assert "bank holidays are not known" in bare.remark("+5wd", NOW)
    assert bare.remark("+5d", NOW) == ""
    assert replace(bare, holidays={date(2026, 12, 25)}).remark("+5wd", NOW) == ""


def test_a_draft_keeps_the_working_day_that_was_meant() -> None:
    holidays = {date(2026, 11, 23)}
    for field in (MomentField("due", "Due", holidays=holidays), DayField("due", "Due", holidays=holidays)):
        kept = field.draft("+1wd", NOW)
        assert field.read(kept, NOW + timedelta(days=9)) == field.read("+1wd", NOW)
    assert DayField("due", "Due").draft("+1w", NOW) == "27/11/2026"
    assert DayField("due", "Due").draft("soonish", NOW) == "soonish"


@pytest.mark.parametrize("field", [DayField("day", "Day"), MomentField("when", "When", timed=False)])
@pytest.mark.parametrize("typed", ["2010", "1985"])
def test_a_year_is_not_taken_for_a_time_of_day(field: MomentField, typed: str) -> None:
    with pytest.raises(BadInputError, match="could be a year or a time"):
        field.read(typed, NOW)
