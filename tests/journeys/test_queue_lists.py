"""What the queue shows is chosen once and remembered: views, orders, groups, columns, lists under a name."""

from pathlib import Path
from shutil import copytree

from casedesk.desk.desk import Desk
from casedesk.desk.preferences import load_preferences
from casedesk.desk.setup import unlock
from casedesk.model.entities import CASE
from casedesk.screens.queue import QueueScreen
from casedesk.screens.queue_choices import ChooseColumns
from casedesk.screens.queue_lists import SavedLists
from casedesk.store.places import Places
from tests.journeys.conftest import NOW, PASSPHRASE, Officer, Sit
from tests.screens.harness import WIDE


def _queue(officer: Officer) -> QueueScreen:
    queue = officer.app.screen
    assert isinstance(queue, QueueScreen)
    return queue


def _head(officer: Officer) -> str:
    return next(line for line in officer.screen().splitlines() if "Occurrence" in line)


async def test_a_saved_list_the_view_and_the_columns_survive_a_restart(
    demo_home: Path, sit: Sit, tmp_path: Path
) -> None:
    home = tmp_path / "store"
    copytree(demo_home, home)
    with unlock(Places(home), PASSPHRASE, lambda: NOW) as desk:
        async with sit(desk, size=WIDE) as officer:
            await officer.press("4", "slash")
            await officer.type("shop")
            await officer.press("enter", "s", "3")
            count = len(_queue(officer).source)
            assert count > 0
            await officer.press("l", "s")
            await officer.type("Shops nobody has")
            await officer.press("enter", "escape", "o")
            assert isinstance(officer.app.screen, ChooseColumns)
            await officer.press("space", "enter")
            assert "Due in" not in _head(officer)
            await officer.press("1")
    with unlock(Places(home), PASSPHRASE, lambda: NOW) as desk:
        async with sit(desk, size=WIDE) as officer:
            assert officer.sees("Open · ")
            assert "Due in" not in _head(officer)
            await officer.press("l")
            assert officer.sees("Unassigned, with “shop”, by reference")
            await officer.press("enter")
            assert officer.sees("Shops nobody has · Unassigned · ")
            assert officer.sees("with “shop”")
            assert len(_queue(officer).source) == count
            await officer.press("o", "f8", "enter")
            assert "Due in" in _head(officer)


async def test_a_saved_list_is_renamed_and_dropped(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=WIDE) as officer:
        await officer.press("5", "l")
        assert isinstance(officer.app.screen, SavedLists)
        assert officer.sees("No list is saved yet.")
        await officer.press("s")
        await officer.type("Cells")
        await officer.press("enter", "r", "ctrl+u")
        await officer.type("The cells")
        await officer.press("enter")
        assert [one.name for one in load_preferences(demo).filters] == ["The cells"]
        await officer.press("d", "y")
        assert officer.sees("No list is saved yet.")


async def test_another_list_of_a_name_is_not_replaced_without_asking(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=WIDE) as officer:
        await officer.press("l", "s")
        await officer.type("Mornings")
        await officer.press("enter", "escape", "5", "l", "s")
        await officer.type("mornings")
        await officer.press("enter")
        assert officer.sees("Replace “Mornings”?")
        await officer.press("n")
        assert officer.sees("Open, by priority")
        assert not officer.sees("In custody, by priority")


async def test_columns_are_moved_and_new_ones_shown(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=WIDE) as officer:
        await officer.press("o", "down", "down", "shift+up", "shift+up", "enter")
        assert _head(officer).split()[0] == "Occurrence"
        await officer.press("o", "end", "space", "enter")
        assert "Clinic" in _head(officer)


async def test_no_column_is_no_answer(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        await officer.press("o", *["space"] * 10, "enter")
        assert isinstance(officer.app.screen, ChooseColumns)
        await officer.press("escape")
        assert "Why it is here" in _head(officer)


async def test_each_band_says_how_many_it_has_and_the_line_above_where_one_is(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=WIDE) as officer:
        queue = _queue(officer)
        bands = [row.band for row in queue.source.window(0, len(queue.source)) if row]
        assert officer.sees(f"▾Liberty {bands.count(1)} ")
        assert officer.sees(f"band Liberty: 1 of {bands.count(1)}")
        await officer.press("down")
        assert officer.sees(f"band Liberty: 2 of {bands.count(1)}")
        await officer.press("end")
        assert officer.sees(f"{bands.count(bands[-1])} of {bands.count(bands[-1])}")


async def test_groups_are_left_out_by_a_key_and_in_other_orders(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=WIDE) as officer:
        assert officer.sees("▾Liberty")
        await officer.press("ctrl+g")
        assert not officer.sees("▾")
        assert officer.sees("Liberty")
        await officer.press("ctrl+g", "s", "3")
        assert not officer.sees("▾")
        await officer.press("ctrl+g")
        assert any(
            "Only a list by priority has groups" in note.message for note in officer.app._notifications
        )


async def test_turned_round_the_groups_stand_in_the_other_order(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=WIDE) as officer:
        await officer.press("s", "1")
        queue = _queue(officer)
        bands = [row.band for row in queue.source.window(0, len(queue.source)) if row]
        assert bands == sorted(bands, reverse=True)
        assert officer.sees(f"1 of {bands.count(bands[0])}")


async def test_the_chooser_of_views_counts_each(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=WIDE) as officer:
        await officer.press("v")
        for text in ("5   In custody", "Somebody is detained", "Open cases of Crime Management"):
            assert officer.sees(text)
        custody = next(line for line in officer.screen().splitlines() if "Somebody is detained" in line)
        (count,) = demo.store.connection.execute("SELECT count(*) FROM queue WHERE band = 1").fetchone()
        assert custody.split("│")[1].split()[-1] == str(count)


async def test_the_view_of_those_who_wait_has_its_own_order(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=WIDE) as officer:
        await officer.press("7")
        assert _queue(officer).shown.order == "waiting"
        await officer.press("2")
        assert _queue(officer).shown.order == "priority"
        await officer.press("s", "3", "5")
        assert _queue(officer).shown.order == "reference", "an order that was chosen is kept"


async def test_a_view_without_cases_speaks_of_no_filter_until_there_is_one(demo: Desk, sit: Sit) -> None:
    connection = demo.store.connection
    with demo.store.unit_of_work("clinic.close") as unit:
        for (case_id,) in connection.execute("SELECT id FROM cases WHERE stage = 'clinic'").fetchall():
            unit.set(CASE, case_id, case_id, {"stage": "open"})
    async with sit(demo, size=WIDE) as officer:
        await officer.press("8")
        assert officer.sees("No case is in this view.")
        assert not officer.sees("drop the filter")
        await officer.press("slash")
        await officer.type("nothing is called so")
        assert officer.sees("drop the filter")


async def test_where_room_is_short_the_time_left_outlives_the_number(demo: Desk, sit: Sit) -> None:
    async with sit(demo, size=(60, 20)) as officer:
        heading = officer.screen().splitlines()[2]
        assert "Due in" in heading
        assert "Why it is here" in heading
