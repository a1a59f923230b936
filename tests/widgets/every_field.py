"""A form with a field of every kind, as tests and pictures show it."""

from collections.abc import Mapping
from datetime import date

from casedesk.desk.offence_search import offence_search, prepare
from casedesk.model.moments import Moment
from casedesk.model.typed_moments import Lean
from casedesk.reference.offences import load_offences
from casedesk.widgets.fields import (
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
from casedesk.widgets.picker import PickField, search_choices

OFFENCES = load_offences()

PEOPLE = [
    ("0a1b", "Zoë O’Hara · victim"),
    ("0a1c", "Sam Smith · suspect, born 1990"),
    ("0a1d", "Sam Smith · suspect, born 2004"),
    ("0a1e", "Imran Begum · witness"),
]
PURPOSES = [
    ("arrest", "Told of the arrest"),
    ("bail", "Told of bail and conditions"),
    ("charge", "Told of the charge"),
    ("nfa", "Told of no further action"),
    ("needs", "Needs assessed"),
    ("vps", "Victim Personal Statement offered"),
    ("support", "Referred to victim support"),
    ("views", "Views on the outcome asked"),
    ("interval", "Interval of updates agreed"),
    ("leaflet", "Victims’ Code information given"),
]
HOLIDAYS = frozenset({date(2026, 12, 25), date(2026, 12, 28)})

FIELDS: list[Field] = [
    ChoiceField(
        "how", "How", True, choices=[("phone", "Phone"), ("in-person", "In person"), ("post", "Post")]
    ),
    YesNoField("met", "Reached"),
    PickField("person", "Who", search=search_choices(PEOPLE), hint="Type a name"),
    PickField(
        "offence",
        "Offence",
        hint="Words of it, or its code",
        search=offence_search(OFFENCES),
        prepare=lambda: prepare(OFFENCES),
    ),
    PickField(
        "place",
        "Where it is",
        free=True,
        search=search_choices([("Property store", "Property store"), ("Locker 4", "Locker 4")]),
    ),
    ManyField("for", "What for", choices=PURPOSES, suggested=("arrest", "bail")),
    NumberField("months", "Months in all", least=1, most=12),
    MomentField("at", "When", lean=Lean.PAST, hint="now, 14:30, -2h"),
    MomentField("due", "Next promised", lean=Lean.FUTURE, hint="+5wd, fri 10:00", holidays=HOLIDAYS),
    DayField("day", "Review day", hint="+5wd, 21/12"),
    LinesField("note", "What was said", rows=3),
    TextField("ref", "Reference"),
]


def check(values: Values) -> Mapping[str, str]:
    """A promise lies after the contact that it was made in."""
    at, due = values["at"], values["due"]
    if at and due and Moment(due) < Moment(at):
        return {"due": "This lies before the contact itself."}
    return {}
