"""A desk with a needs assessment open: answers by keys, types half a sentence, says so, and waits to be killed."""

import asyncio
import sys
import time
from pathlib import Path

from casedesk.desk.setup import unlock
from casedesk.front import FrontApp
from casedesk.screens.session import Session
from casedesk.store.places import Places
from tests.journeys.conftest import NOW
from tests.journeys.wizard_case import open_it

NAME = "identity.name"
ANSWERS = {"begin.told": "yes", "begin.understood": "yes"}
HALF = "Everybody calls me Zo"


async def answer_and_wait(home: Path, passphrase: str) -> None:
    desk = unlock(Places(home), passphrase, lambda: NOW)
    app = FrontApp(Session(desk.store.places, lambda: NOW, desk))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = open_it(app, desk)
        await pilot.pause()
        await pilot.press("m", "y", "enter", "1", "slash")
        await pilot.press(*"be", "space", *"called", "enter")
        await pilot.pause()
        assert screen.question.id == NAME, screen.question.id
        await pilot.press(*("space" if one == " " else one for one in HALF))
        while screen.work.draft.typed(NAME) != HALF:
            await pilot.pause(0.05)
        print("kept", flush=True)
        time.sleep(600)  # nothing more may run: what is kept is kept


if __name__ == "__main__":
    asyncio.run(answer_and_wait(Path(sys.argv[1]), sys.argv[2]))
