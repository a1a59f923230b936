from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from textual import on
from textual.app import ComposeResult
from textual.events import MouseScrollDown
from textual.geometry import Region
from textual.message import Message
from textual.pilot import Pilot

from casedesk.widgets.columns import Column
from casedesk.widgets.rows import PAGE, ListSource
from casedesk.widgets.table import VirtualTable
from casedesk.widgets.themes import ThemedApp
from tests.screens.harness import shown


@dataclass(frozen=True)
class Case:
    number: int
    title: str
    days: int = 0


def cases(count: int) -> list[Case]:
    return [Case(number, f"Case {number}", count - number) for number in range(count)]


COLUMNS = [
    Column[Case]("title", "Title", lambda case: case.title, 20, flex=1, keep=90),
    Column[Case]("days", "Days", lambda case: (str(case.days), "warn"), 6, align="right", keep=20),
]


def listed(rows: Sequence[Case]) -> ListSource[Case]:
    return ListSource[Case](rows, lambda case: case.number)


class Watched(ListSource[Case]):
    """A list that notes each stretch that was read from it."""

    def __init__(self, rows: Sequence[Case]) -> None:
        super().__init__(rows, lambda case: case.number)
        self.reads: list[tuple[int, int]] = []

    def window(self, start: int, count: int) -> Sequence[Case]:
        self.reads.append((start, count))
        return super().window(start, count)


class Lister(ThemedApp[None]):
    def __init__(self, rows: Sequence[Case], **options: object) -> None:
        super().__init__()
        self.source = Watched(rows)
        self.table: VirtualTable[Case] = VirtualTable(
            COLUMNS, self.source, empty="No cases yet.\nPress i to import."
        )
        self.told: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.focus()

    @on(VirtualTable.RowHighlighted)
    @on(VirtualTable.RowOpened)
    @on(VirtualTable.MarksChanged)
    @on(VirtualTable.HeadClicked)
    def note(self, message: VirtualTable.TableMessage) -> None:
        self.told.append(message)


@asynccontextmanager
async def listing(
    rows: Sequence[Case], size: tuple[int, int] = (60, 12)
) -> AsyncIterator[tuple[Lister, Pilot[None]]]:
    app = Lister(rows)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


def cursor_line(app: Lister) -> str:
    return next(line for line in shown(app) if line.startswith("►"))


async def test_every_key_moves_the_cursor_where_it_says() -> None:
    async with listing(cases(1000)) as (app, pilot):
        for key, place in [
            ("down", 1), ("j", 2), ("k", 1), ("up", 0), ("up", 0),
            ("pagedown", 11), ("pageup", 0), ("end", 999), ("down", 999), ("home", 0), ("G", 999),
        ]:  # fmt: skip
            await pilot.press(key)
            assert (key, app.table.cursor_index) == (key, place)
            assert f"Case {place} " in cursor_line(app)
        await pilot.press("g")
        assert app.table.cursor_index == 999
        await pilot.press("g")
        assert app.table.cursor_index == 0


async def test_the_cursor_can_be_told_without_colour() -> None:
    async with listing(cases(5)) as (app, pilot):
        await pilot.press("down")
        assert [line[:3] for line in shown(app)[1:6]] == ["   ", "►  ", "   ", "   ", "   "]
        app.screen.set_focus(None)
        await pilot.pause()
        assert "Case 1" in cursor_line(app)


async def test_a_step_repaints_two_lines_and_reads_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    repainted: list[Region] = []
    refresh = VirtualTable.refresh

    def noted(table: VirtualTable[Case], *regions: Region, **options: bool) -> VirtualTable[Case]:
        repainted.extend(regions or [Region(0, 0, 0, 0)])
        return refresh(table, *regions, **options)

    async with listing(cases(1000)) as (app, pilot):
        monkeypatch.setattr(VirtualTable, "refresh", noted)
        app.source.reads.clear()
        await pilot.press("down")
        assert [(region.y, region.height) for region in repainted] == [(1, 1), (2, 1)]
        assert app.source.reads == []


async def test_a_page_further_reads_at_most_one_window() -> None:
    async with listing(cases(5000), size=(60, 40)) as (app, pilot):
        for _ in range(20):
            app.source.reads.clear()
            await pilot.press("pagedown")
            assert len(app.source.reads) <= 1
        assert app.table.cursor_index == 20 * 39
        assert all(count == PAGE for _start, count in app.source.reads)


async def test_a_million_rows_cost_no_more_than_what_is_on_screen() -> None:
    class Counted(ListSource[Case]):
        def __init__(self) -> None:
            super().__init__([], lambda case: case.number)

        def __len__(self) -> int:
            return 1_000_000

        def id_at(self, index: int) -> int | None:
            return index

        def find(self, row_id: int) -> int | None:
            return row_id

        def window(self, start: int, count: int) -> Sequence[Case]:
            made.append(count)
            return [Case(number, f"Case {number}") for number in range(start, start + count)]

    made: list[int] = []
    async with listing([]) as (app, pilot):
        app.table.set_source(Counted())
        await pilot.press("end")
        assert "Case 999999" in cursor_line(app)
        assert sum(made) <= 3 * PAGE


async def test_the_cursor_stays_on_its_case_when_the_order_changes() -> None:
    rows = cases(300)
    async with listing(rows) as (app, pilot):
        app.table.go_to(120)
        await pilot.pause()
        height = shown(app).index(cursor_line(app))
        app.table.set_source(listed(rows[::-1]))
        await pilot.pause()
        assert (app.table.cursor_id, app.table.cursor_index) == (120, 179)
        assert "Case 120 " in cursor_line(app)
        assert shown(app).index(cursor_line(app)) == height


async def test_where_its_case_is_filtered_out_the_cursor_stays_near() -> None:
    rows = cases(10)
    async with listing(rows) as (app, pilot):
        app.table.go_to(9)
        app.table.set_source(listed(rows[:4]))
        await pilot.pause()
        assert app.table.cursor_id == 3
        highlighted = [told.row_id for told in app.told if isinstance(told, VirtualTable.RowHighlighted)]
        assert highlighted[-1] == 3


async def test_marks_belong_to_the_cases_and_survive_sorting_and_filtering() -> None:
    rows = cases(10)
    async with listing(rows) as (app, pilot):
        await pilot.press("down", "space", "space")
        assert app.table.marks == {1, 2}
        assert app.table.cursor_index == 3
        assert [line[1] for line in shown(app)[1:5]] == [" ", "*", "*", " "]
        app.table.set_source(listed(rows[5:]))
        app.table.set_source(listed(rows[::-1]))
        await pilot.pause()
        assert app.table.marks == {1, 2}
        assert [line.split()[1] for line in shown(app)[1:] if "*" in line[:3]] == ["Case", "Case"]
        app.table.go_to(2)
        await pilot.press("space")
        counts = [told.count for told in app.told if isinstance(told, VirtualTable.MarksChanged)]
        assert counts == [1, 2, 1]


async def test_enter_and_double_click_open_the_case_under_the_cursor() -> None:
    async with listing(cases(20)) as (app, pilot):
        await pilot.press("down", "enter")
        await pilot.click(VirtualTable, offset=(10, 6), times=2)
        await pilot.pause()
        opened = [told.row_id for told in app.told if isinstance(told, VirtualTable.RowOpened)]
        assert opened == [1, 5]


async def test_the_mouse_moves_marks_and_names_a_column() -> None:
    async with listing(cases(20)) as (app, pilot):
        await pilot.click(VirtualTable, offset=(10, 4))
        assert app.table.cursor_index == 3
        await pilot.click(VirtualTable, offset=(1, 7))
        assert app.table.marks == {6}
        await pilot.click(VirtualTable, offset=(10, 0))
        await pilot.pause()
        assert [told.column for told in app.told if isinstance(told, VirtualTable.HeadClicked)] == ["title"]


async def test_an_empty_list_says_what_to_do_next_and_no_key_fails() -> None:
    async with listing([]) as (app, pilot):
        text = "\n".join(shown(app))
        assert "No cases yet." in text
        assert "Press i to import." in text
        await pilot.press("down", "pagedown", "end", "home", "space", "enter")
        assert app.table.cursor_id is None
        assert not [told for told in app.told if isinstance(told, VirtualTable.RowOpened)]


async def test_text_that_looks_like_markup_is_shown_as_it_is() -> None:
    async with listing([Case(1, "[red]Smith[/red] & [b]")]) as (app, _pilot):
        assert "[red]Smith[/red] & [b]" in cursor_line(app)


async def test_rows_not_known_yet_are_shown_as_pending_and_filled_in_when_they_are() -> None:
    rows = cases(50)

    class Loading(ListSource[Case]):
        def id_at(self, index: int) -> int | None:
            return index if index < 3 else None

        def window(self, start: int, count: int) -> Sequence[Case]:
            return rows[start : start + count][:3]

    async with listing([]) as (app, pilot):
        app.table.set_source(Loading(rows, lambda case: case.number))
        await pilot.press("end")
        assert app.table.cursor_id is None
        assert "…" in cursor_line(app)
        app.table.set_source(Watched(rows))
        await pilot.pause()
        assert app.table.cursor_index == 49
        assert "Case 49" in cursor_line(app)


async def test_a_case_that_changed_is_read_again_and_no_other_page_is() -> None:
    rows = cases(PAGE * 3)
    async with listing(rows) as (app, pilot):
        rows_now = list(rows)
        rows_now[2] = Case(2, "Renamed")
        app.source._rows = rows_now
        app.source.reads.clear()
        app.table.reload(2)
        await pilot.pause()
        assert "Renamed" in "\n".join(shown(app))
        assert app.source.reads == [(0, PAGE)]


async def test_the_head_names_the_sorted_column_and_its_direction() -> None:
    async with listing(cases(3)) as (app, pilot):
        app.table.set_sorted("days", descending=True)
        await pilot.pause()
        assert "Days ▼" in shown(app)[0]
        app.table.set_sorted("title")
        await pilot.pause()
        assert "Title ▲" in shown(app)[0]
        assert "▼" not in shown(app)[0]


async def test_a_narrow_terminal_loses_the_least_wanted_column_not_the_end_of_every_line() -> None:
    async with listing(cases(3), size=(27, 8)) as (app, _pilot):
        assert "Title" in shown(app)[0]
        assert "Days" not in shown(app)[0]
        assert "Case 1" in shown(app)[2]


async def test_the_wheel_scrolls_without_moving_the_cursor() -> None:
    async with listing(cases(100)) as (app, pilot):
        await pilot._post_mouse_events([MouseScrollDown], VirtualTable, (5, 5))
        await pilot.pause()
        assert app.table.cursor_index == 0
        assert app.table.scroll_offset.y > 0
        await pilot.press("down")
        assert "Case 1 " in cursor_line(app)


async def test_a_change_of_theme_repaints_every_line() -> None:
    async with listing(cases(3)) as (app, pilot):
        before = app.table.render_line(2)
        app.theme = "casedesk-light"
        await pilot.pause()
        after = app.table.render_line(2)
        assert before.text == after.text
        assert [segment.style for segment in before] != [segment.style for segment in after]
