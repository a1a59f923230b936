"""The list of long entries: nothing is cut, the cursor passes headings by, and every line can be reached."""

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from casedesk.widgets.entries import Entries, Item
from casedesk.widgets.flow import line
from casedesk.widgets.themes import ThemedApp
from tests.screens.harness import shown

WORDS = [f"word{number:03}" for number in range(400)]


def items(count: int = 8, each: int = 20) -> list[Item]:
    """Headings and entries by turns, of which an entry has ``each`` words."""
    made = []
    for number in range(count):
        own = WORDS[number * each : (number + 1) * each]
        made += [
            Item([line((f"Heading {number}", "bold"))]),
            Item([line((" ".join(own), ""))], f"entry {number}"),
        ]
    return made


class Listed(ThemedApp[None]):
    def compose(self) -> ComposeResult:
        yield Entries()


async def see_all(app: App[None], entries: Entries, pilot: Pilot[None]) -> str:
    """Everything that is on screen at one place or another of the cursor."""
    seen = ""
    for _ in range(20):
        await pilot.pause()
        seen += " ".join(shown(app))
        entries.move(1)
    return seen


@pytest.mark.parametrize("size", [(24, 12), (40, 10), (80, 24)])
async def test_every_word_can_be_read(size: tuple[int, int]) -> None:
    app = Listed()
    async with app.run_test(size=size) as pilot:
        entries = app.query_one(Entries)
        entries.show(items())
        seen = await see_all(app, entries, pilot)
        assert [word for word in WORDS[: 8 * 20] if word not in seen] == []


async def test_the_cursor_goes_from_entry_to_entry_and_stays_on_its_own() -> None:
    app = Listed()
    async with app.run_test(size=(60, 12)) as pilot:
        entries = app.query_one(Entries)
        entries.show(items())
        await pilot.pause()
        assert entries.key == "entry 0", "headings are passed by"
        entries.move(1)
        entries.move(1)
        assert entries.key == "entry 2"
        entries.show(items(12))
        assert entries.key == "entry 2", "the list changed around it"
        assert entries.go_to("entry 7")
        await pilot.pause()
        assert any("► word140" in row for row in shown(app))
        assert not entries.go_to("entry 99")
        entries.page(1)
        assert entries.key != "entry 7"
        entries.top()
        await pilot.pause()
        assert entries.key == "entry 0"
        assert any("Heading 0" in row for row in shown(app))


async def test_what_lies_beyond_is_said() -> None:
    app = Listed()
    async with app.run_test(size=(60, 8)) as pilot:
        entries = app.query_one(Entries)
        entries.show(items(2))
        await pilot.pause()
        assert not any("below" in row for row in shown(app)[:-1])
        entries.show(items(8))
        await pilot.pause()
        assert "▲ 0 lines above" in shown(app)[-1]


async def test_an_empty_list_has_no_key_and_takes_every_move() -> None:
    app = Listed()
    async with app.run_test(size=(60, 8)):
        entries = app.query_one(Entries)
        entries.show([])
        entries.move(1)
        entries.page(-1)
        entries.top()
        assert entries.key == ""
