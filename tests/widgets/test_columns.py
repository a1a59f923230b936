from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from casedesk.widgets.columns import GAP, Column, fit, lay_out

COLUMNS = st.lists(
    st.builds(
        Column[str],
        key=st.text(min_size=1, max_size=3),
        title=st.just("Title"),
        cell=st.just(str),
        width=st.integers(1, 40),
        flex=st.integers(0, 3),
        keep=st.integers(0, 9),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda column: column.key,
)


def column(key: str, width: int, *, flex: int = 0, keep: int = 50) -> Column[str]:
    return Column(key, key.title(), str, width, flex=flex, keep=keep)


@given(columns=COLUMNS, room=st.integers(1, 200))
def test_columns_never_take_more_room_than_there_is(columns: list[Column[str]], room: int) -> None:
    laid = lay_out(columns, room)
    assert sum(width for _column, width in laid) + GAP * (len(laid) - 1) <= room
    assert [found for found, _width in laid] == [found for found in columns if found in dict(laid)]


@given(columns=COLUMNS, room=st.integers(1, 200))
def test_a_column_goes_only_before_those_that_are_wanted_more(columns: list[Column[str]], room: int) -> None:
    kept = [found for found, _width in lay_out(columns, room)]
    gone = [found for found in columns if found not in kept]
    if gone and len(kept) > 1:
        assert max(found.keep for found in gone) <= min(found.keep for found in kept)


def test_what_is_left_over_is_shared_by_the_flexible_columns() -> None:
    laid = lay_out([column("a", 10), column("b", 10, flex=1), column("c", 10, flex=3)], 52)
    assert [width for _column, width in laid] == [10, 15, 25]


def test_at_eighty_cells_the_least_wanted_columns_go_and_the_order_stays() -> None:
    wanted = [column("why", 40, keep=90), column("owner", 20, keep=10), column("ref", 12, keep=99)]
    assert [found.key for found, _width in lay_out(wanted, 60)] == ["why", "ref"]


@given(text=st.text(max_size=60), width=st.integers(1, 40), align=st.sampled_from(["left", "right"]))
def test_fitted_text_fills_its_cells_exactly_and_prints_nothing_else(
    text: str, width: int, align: str
) -> None:
    fitted = fit(text, width, "right" if align == "right" else "left")
    assert cell_len(fitted) == width
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in fitted)


def test_text_too_long_ends_in_an_ellipsis_and_wide_characters_count_twice() -> None:
    assert fit("Burglary dwelling", 8) == "Burglar…"
    assert fit("李伟李伟", 6) == "李伟 …"
    assert fit("7", 3, "right") == "  7"


def test_terminal_escapes_in_a_cell_never_reach_the_terminal() -> None:
    assert fit("a\x1b[2Jb\x07c", 5) == "abc  "
