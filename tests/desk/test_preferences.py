"""What the queue remembers: given back as it was chosen, and nothing that this program does not know."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casedesk.desk.caseload import COLUMNS, VIEWS
from casedesk.desk.desk import Desk
from casedesk.desk.preferences import (
    GROUPINGS,
    MAX_FILTERS,
    Preferences,
    SavedFilter,
    drop_filter,
    load_preferences,
    save_filter,
    save_preferences,
)
from casedesk.model.errors import BadInputError
from casedesk.store.queue import ORDERS


def test_what_is_chosen_is_remembered(desk: Desk) -> None:
    assert load_preferences(desk) == Preferences()
    chosen = Preferences(("ref", "why"), "band", "mine", "due", True, (SavedFilter("DA", "team", "flag:da"),))
    save_preferences(desk, chosen)
    assert load_preferences(desk) == chosen


def test_the_default_columns_are_known() -> None:
    assert set(Preferences().columns) <= set(COLUMNS)


def test_what_is_unknown_is_left_out(desk: Desk) -> None:
    desk.store.save_preference(
        "queue",
        {
            "columns": ["ref", "aura", "ref", 7], "grouping": "colour", "view": "waiting", "order": "mood",
            "filters": [{"name": "a", "view": "gone"}, {"name": "", "view": "open"}, 7, {"name": "b", "view": "all"}],
        },
    )  # fmt: skip
    assert load_preferences(desk) == Preferences(
        ("ref",), "band", "waiting", "waiting", False, (SavedFilter("b", "all"),)
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from([*VIEWS, *COLUMNS]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["columns", "grouping", "view", "order", "reverse", "filters", "name", "words"]),
            inner,
        )
    ),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JSON)
def test_whatever_is_stored_gives_something_to_work_with(desk: Desk, stored: object) -> None:
    desk.store.save_preference("queue", stored)
    found = load_preferences(desk)
    assert found.columns
    assert set(found.columns) <= set(COLUMNS)
    assert found.view in VIEWS
    assert found.order in ORDERS
    assert found.grouping in GROUPINGS
    assert all(one.name and one.view in VIEWS and one.order in ORDERS for one in found.filters)
    save_preferences(desk, found)
    assert load_preferences(desk) == found


def test_filters_have_names_and_replace_their_namesakes(desk: Desk) -> None:
    save_filter(desk, SavedFilter("Mine, DA", "mine", "flag:da"))
    save_filter(desk, SavedFilter("all fraud", "all", "fraud", "date", True))
    kept = save_filter(desk, SavedFilter("MINE, da", "team", "flag:hate"))
    assert [(one.name, one.view) for one in kept.filters] == [("all fraud", "all"), ("MINE, da", "team")]
    assert drop_filter(desk, "mine, DA") == load_preferences(desk)
    assert [one.name for one in load_preferences(desk).filters] == ["all fraud"]
    with pytest.raises(BadInputError, match="no saved filter"):
        drop_filter(desk, "mine, da")


@pytest.mark.parametrize(
    "wrong",
    [
        SavedFilter(" "),
        SavedFilter("x" * 61),
        SavedFilter("a", "nowhere"),
        SavedFilter("a", "open", "", "mood"),
    ],
)
def test_a_filter_that_is_none_is_refused(desk: Desk, wrong: SavedFilter) -> None:
    with pytest.raises(BadInputError):
        save_filter(desk, wrong)
    assert load_preferences(desk).filters == ()


def test_there_is_an_end_to_filters(desk: Desk) -> None:
    save_preferences(desk, Preferences(filters=tuple(SavedFilter(f"{n:02}") for n in range(MAX_FILTERS))))
    save_filter(desk, SavedFilter("07", "all"))
    with pytest.raises(BadInputError, match="50 saved filters"):
        save_filter(desk, SavedFilter("one more"))
