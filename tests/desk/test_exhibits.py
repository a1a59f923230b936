"""The evidence list: exhibits by reference, and where each item is."""

from collections.abc import Callable

import pytest

from casedesk.desk import exhibits, undo
from casedesk.desk.desk import Desk
from casedesk.desk.history import case_history
from casedesk.model.errors import BadInputError, CasedeskError, NotFoundError
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment
from casedesk.model.text import MAX_TEXT
from tests.store.making import add_case


@pytest.fixture
def case_id(desk: Desk) -> EntityId:
    return add_case(desk.store)


def references(desk: Desk, case_id: EntityId) -> list[str | None]:
    return [one.exhibit.reference for one in exhibits.case_evidence(desk, case_id)]


def test_exhibits_are_listed_by_reference_with_all_that_was_said(desk: Desk, case_id: EntityId) -> None:
    exhibits.add(desk, case_id, "KO/2", "Mobile phone")
    exhibits.add(
        desk, case_id, "JD/1", "Knife \x1b[31m", where="Property store, shelf 4", found_by="PC Doe",
        on=Moment("2026-11-19"), note="Blade 9 cm\nsealed",
    )  # fmt: skip
    assert references(desk, case_id) == ["JD/1", "KO/2"]
    first = exhibits.find(desk, case_id, " jd/1 ").exhibit
    assert (first.what, first.where, first.found_by, first.on, first.note) == (
        "Knife", "Property store, shelf 4", "PC Doe", "2026-11-19", "Blade 9 cm\nsealed",
    )  # fmt: skip


def test_where_an_item_was_before_stays_in_the_history(desk: Desk, case_id: EntityId) -> None:
    own = exhibits.add(desk, case_id, "JD/1", "Knife", where="Property store")
    exhibits.change(desk, case_id, own, {"where": "Laboratory"})
    moved = next(change for change in case_history(desk, case_id) if change.field == "Where it is")
    assert (moved.before, moved.after) == ("Property store", "Laboratory")
    undo.undo(desk)
    assert exhibits.find(desk, case_id, "JD/1").exhibit.where == "Property store"
    undo.undo(desk)
    assert references(desk, case_id) == []


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda desk, case, own: exhibits.add(desk, case, "jd/1", "Another"), "on the list already: Knife"),
        (lambda desk, case, own: exhibits.add(desk, case, " ", "Another"), "Exhibit reference is missing"),
        (lambda desk, case, own: exhibits.add(desk, case, "JD/2", "\u202e"), "Item is missing"),
        (lambda desk, case, own: exhibits.add(desk, case, "x" * 41, "Another"), "the most is 40"),
        (
            lambda desk, case, own: exhibits.add(desk, case, "JD/2", "x" * (MAX_TEXT + 1)),
            "the most is 100,000",
        ),
        (
            lambda desk, case, own: exhibits.add(desk, case, "JD/2", "x", on=Moment("2026-12-24")),
            "is to come",
        ),
        (lambda desk, case, own: exhibits.change(desk, case, own, {"what": "Knife"}), "says already"),
        (lambda desk, case, own: exhibits.change(desk, case, own, {"reference": "KO/2"}), "list already"),
        (lambda desk, case, own: exhibits.change(desk, case, new_id(), {"what": "x"}), "not in this case"),
        (lambda desk, case, own: exhibits.find(desk, case, "ZZ/9"), "On it: JD/1, KO/2"),
    ],
)
def test_refusals_are_clear_and_change_nothing(
    desk: Desk, case_id: EntityId, act: Callable[[Desk, EntityId, EntityId], object], said: str
) -> None:
    own = exhibits.add(desk, case_id, "JD/1", "Knife")
    exhibits.add(desk, case_id, "KO/2", "Mobile phone")
    with pytest.raises(CasedeskError) as refused:
        act(desk, case_id, own)
    assert said in str(refused.value)
    assert isinstance(refused.value, BadInputError | NotFoundError)
    assert references(desk, case_id) == ["JD/1", "KO/2"]
    assert exhibits.find(desk, case_id, "JD/1").exhibit.what == "Knife"
