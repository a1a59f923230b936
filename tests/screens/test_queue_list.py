"""What the queue's cells, groups and line say, apart from any screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.desk.caseload import COLUMNS
from casedesk.desk.preferences import DEFAULT_COLUMNS
from casedesk.model.ids import EntityId
from casedesk.screens.queue_about import About
from casedesk.screens.queue_columns import SORTED, Cells
from casedesk.screens.queue_source import QueueSource, find_groups
from casedesk.store.queue import ORDERS, QueueReader, QueueRow
from casedesk.widgets.columns import lay_out
from casedesk.widgets.lines import GUTTER

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
LABELS = {1: "Liberty", 2: "Limit", 9: "Closed"}


@dataclass
class Reader:
    """A store whose case ``n`` is in the band ``bands[n]``; counts what is asked of it."""

    bands: Sequence[int]
    asked: int = 0

    def rows(self, numbers: Sequence[int]) -> list[QueueRow]:
        self.asked += len(numbers)
        return [row(n, self.bands[n]) for n in numbers]


def row(n: int, band: int, due: datetime | None = None, *, owner: str = "", conflicts: int = 0) -> QueueRow:
    return QueueRow(
        n, EntityId(bytes(16)), f"42/{n}/26", band, due, "Because", "Theft", (), "open", "", owner, "", None,
        conflicts, "", None, "", "", None, None,
    )  # fmt: skip


def source(bands: Sequence[int], *, whole: bool = True, reverse: bool = False) -> QueueSource:
    reader = cast(QueueReader, Reader(bands))
    order = range(len(bands))
    return QueueSource(
        reader, order, len(bands), groups=find_groups(reader, order, reverse=reverse, whole=whole)
    )


def cells(**more: object) -> Cells:
    return Cells(LABELS, NOW, source([]), **more)  # type: ignore[arg-type]  # a test's own few


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (2 * 3600, ("2 h 00 m", "")),
        (2 * 3600 - 1, ("119 m", "warn")),
        (60, ("1 m", "warn")),
        (59, ("now", "block")),
        (0, ("now", "block")),
        (-59, ("now", "block")),
        (-60, ("1 m late", "block")),
        (-(2 * 3600 - 1), ("119 m late", "block")),
        (-2 * 3600, ("2 h late", "block")),
        (-50 * 3600, ("2 d late", "block")),
    ],
)
def test_what_is_left_is_said_in_minutes_under_two_hours_and_late_in_a_word(
    seconds: int, said: tuple[str, str]
) -> None:
    found = cells().left(NOW + timedelta(seconds=seconds))
    assert found == said or (found, "") == said


def test_what_has_no_time_says_nothing() -> None:
    assert cells().left(None) == ""


@given(
    st.lists(st.integers(1, 10), min_size=1, max_size=300).map(sorted),
    st.booleans(),
)
def test_groups_are_the_runs_of_equal_bands(bands: list[int], reverse: bool) -> None:
    if reverse:
        bands.reverse()
    found = source(bands, reverse=reverse)
    for place, band in enumerate(bands):
        group = found.group_at(place)
        assert group is not None
        assert (group.band, group.count) == (band, bands.count(band))
        assert group.start == bands.index(band)
        assert (found.group_from(place) is not None) == (place == group.start)


def test_a_million_cases_need_some_hundred_looks() -> None:
    reader = Reader([place // 100_000 for place in range(1_000_000)])
    groups = find_groups(cast(QueueReader, reader), range(1_000_000), reverse=False, whole=True)
    assert [group.count for group in groups] == [100_000] * 10
    assert reader.asked < 300


def test_the_last_group_of_a_beginning_has_no_count_yet() -> None:
    found = source([1, 1, 2, 2], whole=False)
    assert [group.count for place in (0, 2) if (group := found.group_at(place))] == [2, None]
    shown = Cells(LABELS, NOW, found).columns(["band"], grouped=True)[0]
    assert shown.cell(row(0, 1)) == ("▾Liberty 2", "block")
    assert shown.cell(row(1, 1)) == (" Liberty", "muted")
    assert shown.cell(row(2, 2)) == ("▾Limit", "block")


def test_a_dispute_is_pointed_out_in_a_group_too() -> None:
    shown = Cells(LABELS, NOW, source([1, 1])).columns(["band"], grouped=True)[0]
    assert shown.cell(row(0, 1, conflicts=1)) == ("▾≠ Liberty 2", "block")
    assert shown.cell(row(1, 1, conflicts=1)) == (" ≠ Liberty", "block")


def test_the_owner_is_named_with_who_covers() -> None:
    shown = cells(covers={"7043": "7042"}).columns(["owner"], grouped=False)[0]
    assert shown.cell(row(1, 1, owner="7043")) == ("7043→7042", "accent")
    assert shown.cell(row(1, 1, owner="7044")) == "7044"
    assert shown.cell(row(1, 1)) == "–"


def test_every_column_of_the_settings_can_be_shown_and_every_order_points_at_one() -> None:
    assert [column.key for column in cells().columns(list(COLUMNS), grouped=True)] == list(COLUMNS)
    assert set(SORTED) == set(ORDERS)
    assert set(SORTED.values()) <= set(COLUMNS)


@pytest.mark.parametrize("grouped", [True, False])
def test_eighty_columns_hold_time_band_reference_and_sentence(grouped: bool) -> None:
    laid = lay_out(cells().columns(DEFAULT_COLUMNS, grouped=grouped), 80 - 1 - GUTTER)
    assert [column.key for column, _ in laid][:4] == ["due", "band", "ref", "why"]
    assert {column.key: room for column, room in laid}["why"] >= 38


def test_a_column_that_was_asked_for_outlives_the_usual_ones() -> None:
    laid = lay_out(cells().columns([*DEFAULT_COLUMNS, "location"], grouped=True), 160 - 1 - GUTTER)
    assert "location" in [column.key for column, _ in laid]


def test_the_line_above_keeps_marks_and_words_however_narrow() -> None:
    about = About(
        "Open", 349, "priority", words="shop", marks=12, place="band Liberty: 1 of 15", ordering=True
    )
    wide = "Open · 349 cases · 12 marked · with “shop” · band Liberty: 1 of 15 · by priority · ordering…"
    assert about.line(200).plain == wide
    narrow = about.line(48).plain
    assert "12 marked" in narrow
    assert "with “shop”" in narrow
    assert "by priority" not in narrow
