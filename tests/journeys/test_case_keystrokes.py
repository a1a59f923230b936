"""How many keys the six most frequent acts take on the case page, counted while they are pressed.

``docs/ux.md`` has the numbers; they may fall, and a rise is looked at before the page is changed.
"""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from casedesk.desk import people
from casedesk.desk.desk import Desk
from casedesk.model.ids import EntityId
from casedesk.screens.case import CaseScreen, open_case
from casedesk.screens.queue import QueueScreen
from casedesk.store.records import read_dossier
from tests.journeys.conftest import Officer, Sit, settle
from tests.journeys.full_case import fill, fullest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "ux.md"


class Counted:
    """An officer whose keys are counted: those that steer, apart from the words that must be said anyway."""

    def __init__(self, officer: Officer, folder: Path) -> None:
        self.officer, self.folder = officer, folder
        self.keys = 0

    async def press(self, *keys: str) -> None:
        self.keys += len(keys)
        await self.officer.press(*keys)

    async def say(self, text: str) -> None:
        await self.officer.type(text)


async def _log(by: Counted) -> None:
    await by.press("l")
    await by.say("OIC rang")
    await by.press("ctrl+s")


async def _update(by: Counted) -> None:
    await by.press("c", "y", "tab")
    await by.say("Told of it")
    await by.press("ctrl+s")


async def _safe_update(by: Counted) -> None:
    await by.press("c", "y", "tab")
    await by.say("Told of it")
    await by.press("tab", "tab", "i", "ctrl+s")


async def _template(by: Counted) -> None:
    await by.press("3", "T", "enter", "ctrl+s")


async def _chase(by: Counted) -> None:
    await by.press("3", "r")


async def _bail(by: Counted) -> None:
    await by.press("5", "b")
    await by.say("+20d 10:00")
    await by.press("ctrl+s")


async def _attach(by: Counted) -> None:
    await by.press("8", "a")
    await by.say(str(by.folder / "n.txt"))
    await by.press("ctrl+s")


def _logged(desk: Desk, case_id: EntityId) -> bool:
    return desk.case(case_id).file.log[-1][1].text == "OIC rang"


def _told(desk: Desk, case_id: EntityId) -> bool:
    contact = desk.case(case_id).file.contacts[-1][1]
    return contact.text == "Told of it" and contact.made is True and bool(contact.purposes)


def _planned(desk: Desk, case_id: EntityId) -> bool:
    return sum(bool(action.template) for _, action in desk.case(case_id).file.actions) > 3


def _chased(desk: Desk, case_id: EntityId) -> bool:
    return any(action.chases == 2 for _, action in desk.case(case_id).file.actions)


def _bailed(desk: Desk, case_id: EntityId) -> bool:
    custody = desk.case(case_id).file.custody[0][1]
    return custody.state == "bailed" and custody.released_at == desk.now


def _attached(desk: Desk, case_id: EntityId) -> bool:
    documents = read_dossier(desk.store.connection, case_id).documents
    return bool(documents) and documents[-1][1].name == "n.txt"


Act = tuple[str, Callable[[Counted], Awaitable[None]], Callable[[Desk, EntityId], bool]]
ACTS: dict[str, Act] = {
    "log": ("Log a call", _log, _logged),
    "update": ("Log a victim update that meets a duty", _update, _told),
    "safe update": ("The same of somebody with a safe-contact warning", _safe_update, _told),
    "template": ("Set the actions of a template", _template, _planned),
    "chase": ("Chase an action", _chase, _chased),
    "bail": ("Record bail", _bail, _bailed),
    "attach": ("Attach a file", _attach, _attached),
}


@pytest.mark.parametrize("name", ACTS)
async def test_an_act_takes_no_more_keys_than_the_page_says(
    demo: Desk, sit: Sit, tmp_path: Path, name: str
) -> None:
    title, act, happened = ACTS[name]
    case_id = _detained(demo) if name == "bail" else fullest(demo)
    if name != "bail":
        fill(demo, case_id, tmp_path)
    if name == "update":
        (victim, _) = demo.case(case_id).file.victims[0]
        people.amend_victim(demo, case_id, victim, {"safe_contact": None})
    (tmp_path / "n.txt").write_text("A note of the neighbour.\n")
    async with sit(demo) as officer:
        queue = officer.app.screen
        assert isinstance(queue, QueueScreen)
        open_case(officer.app, officer.app.session, case_id, queue)
        await settle(officer.pilot)
        counted = Counted(officer, tmp_path)
        await act(counted)
        assert isinstance(officer.app.screen, CaseScreen), officer.screen()
        assert happened(demo, case_id), officer.screen()
    assert counted.keys == _said()[title]


def _said() -> dict[str, int]:
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| (\d+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {title.strip(): int(count) for title, count in rows}


def _detained(desk: Desk) -> EntityId:
    (case_id,) = desk.store.connection.execute(
        "SELECT case_id FROM custody WHERE state = 'detained' AND arrived_at IS NOT NULL ORDER BY case_id LIMIT 1"
    ).fetchone()
    return EntityId(case_id)
