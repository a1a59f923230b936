"""A desk with a form open that says when its draft was kept and then waits to be killed."""

import asyncio
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from casedesk.desk.setup import unlock
from casedesk.screens.session import StoreDrafts
from casedesk.store.places import Places
from casedesk.widgets.form import Form
from casedesk.widgets.screen import DeskScreen
from tests.screens.harness import DeskServices, desk_app
from tests.widgets.every_field import FIELDS

TYPED = {"person": "0a1b", "for": "bail,vps", "note": "half a sentence\nZoë sa", "due": "+5wd"}
KEY = "every 00ff"


async def fill_and_wait(home: Path, passphrase: str) -> None:
    now = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
    desk = unlock(Places(home), passphrase, lambda: now)
    app = desk_app(DeskScreen, DeskServices())
    async with app.run_test() as pilot:
        form = Form("Form", FIELDS, clock=lambda: now, drafts=StoreDrafts(desk), draft_key=KEY)
        app.push_screen(form)
        await pilot.pause()
        for name, text in TYPED.items():
            form._rows[name].editor.set_text(text)
        while desk.store.load_draft(KEY) is None:
            await pilot.pause(0.05)
        print("kept", flush=True)
        time.sleep(600)  # nothing more may run: what is kept is kept


if __name__ == "__main__":
    asyncio.run(fill_and_wait(Path(sys.argv[1]), sys.argv[2]))
