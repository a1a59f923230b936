"""The tabs of the case page: one meaning for a key, a field for every answer, a head that keeps its height."""

import re
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.desk import missing
from casedesk.desk.asking import Ask, Kind
from casedesk.desk.casepage import ClockShown
from casedesk.front import FrontApp
from casedesk.model import facts
from casedesk.model.ids import EntityId
from casedesk.model.text import clean
from casedesk.model.words import Flag
from casedesk.rules.reasons.factor import Factor
from casedesk.screens.case import ALL_VERBS, TABS, CaseScreen
from casedesk.screens.casepage.head import MOST_LINES, head_lines
from casedesk.screens.casepage.strip import TabName
from casedesk.screens.casepage.tab import AnyTab
from casedesk.screens.verbs import field_of
from casedesk.widgets.command import Command, offers, offers_within
from casedesk.widgets.fields import ChoiceField
from casedesk.widgets.flow import wrap
from casedesk.widgets.keymap import normal_key
from casedesk.widgets.picker import PickField
from tests.screens.harness import NOW


@pytest.mark.parametrize(("name", "tab"), TABS, ids=[name.id for name, _ in TABS])
def test_no_key_means_two_things_on_a_tab(name: TabName, tab: type[AnyTab]) -> None:
    commands = [*offers(tab), *offers_within(CaseScreen), *offers(FrontApp)]
    clashes = [
        (one.id, other.id, key)
        for one, other in combinations({command.id: command for command in commands}.values(), 2)
        for key in _keys(one) & _keys(other)
    ]
    assert clashes == []


def _keys(command: Command) -> set[str]:
    return {normal_key(key) for key in command.default_keys()}


def test_everything_that_can_be_missing_names_a_verb_of_the_page() -> None:
    source = (Path(missing.__file__)).read_text(encoding="utf-8")
    named = set(re.findall(r'"([a-z]+\.[a-z-]+)"', source))
    assert named
    assert named <= set(ALL_VERBS), named - set(ALL_VERBS)


def test_every_answer_has_a_field_of_a_form() -> None:
    kinds = set(Kind)
    asked = [Ask("x", "X", kind, choices=(("a", "A"), ("b", "B"))) for kind in kinds]
    fields = [field_of(ask, _Session()) for ask in asked]  # type: ignore[arg-type] # all of a session that is asked
    assert [field.name for field in fields] == ["x"] * len(kinds)


def test_many_people_are_found_by_typing_and_few_are_all_shown() -> None:
    few = Ask("who", "Who", Kind.PERSON, choices=(("a", "Ann"), ("b", "Bob")))
    many = Ask("who", "Who", Kind.PERSON, choices=tuple((str(n), f"Person {n}") for n in range(9)))
    assert isinstance(field_of(few, _Session()), ChoiceField)  # type: ignore[arg-type] # as above
    assert isinstance(field_of(many, _Session()), PickField)  # type: ignore[arg-type] # as above


class _Packs:
    """The packs that fields look into."""

    bank_holidays = SimpleNamespace(days=frozenset())
    offences = None


class _Session:
    """A session with nothing but packs."""

    desk = SimpleNamespace(packs=_Packs())


def texts(most: int) -> st.SearchStrategy[str]:
    """Text as it comes into the store: clean."""
    return st.text(min_size=1, max_size=most).map(clean).filter(bool)


CASES = st.builds(
    facts.Case,
    ref=st.one_of(st.none(), texts(20)),
    offence_title=st.one_of(st.none(), texts(300)),
    oic=st.one_of(st.none(), texts(80)),
    oic_contact=st.one_of(st.none(), texts(200)),
    flags=st.one_of(st.none(), st.permutations(list(Flag)).map(tuple), st.just((Flag.KNIFE,))),
)


@given(
    case=CASES,
    warning=st.one_of(st.none(), texts(400)),
    sentence=texts(300),
    clocks=st.integers(0, 6),
    width=st.integers(76, 200),
)
def test_the_head_never_takes_more_than_its_lines(
    case: facts.Case, warning: str | None, sentence: str, clocks: int, width: int
) -> None:
    file = facts.CaseFile(
        id=EntityId(bytes(16)),
        case=case,
        victims=((EntityId(b"v" * 16), facts.Victim(safe_contact=warning)),),
    )
    due = [NOW + timedelta(hours=3 * n - 2) for n in range(clocks)]
    page = SimpleNamespace(
        file=file,
        factors=[Factor("liberty", sentence, due=NOW, legal=True), Factor("rest", "More")],
        bands={"liberty": "Liberty", "rest": "Open"},
        conflicts=[],
        clocks=[
            ClockShown("Bail ends", at, bool(n % 2), f"Bail ends {n}", "", None) for n, at in enumerate(due)
        ],
        steps=(),
    )
    laid = "".join(text for text, _ in wrap(head_lines(page, NOW, width), width))  # type: ignore[arg-type] # what it reads
    assert laid.count("\n") + 1 <= MOST_LINES
    if clocks:
        assert "LAW" in laid or "○" in laid
    if warning:
        assert "SAFE CONTACT" in laid
