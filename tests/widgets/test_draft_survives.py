"""What was typed and not saved is there after the program was killed without warning."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from casedesk.desk.desk import Desk
from casedesk.desk.setup import unlock
from casedesk.screens.session import StoreDrafts
from casedesk.widgets.form import Form
from casedesk.widgets.screen import DeskScreen
from tests.conftest import PASSPHRASE, FrozenClock
from tests.screens.harness import DeskServices, desk_app, seen, settle
from tests.widgets.dying import KEY
from tests.widgets.every_field import FIELDS

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a way to kill without warning")
async def test_a_killed_program_leaves_the_draft_and_the_form_brings_it_back(
    desk: Desk, clock: FrozenClock
) -> None:
    places = desk.store.places
    desk.close()
    dying = subprocess.Popen(
        [sys.executable, "-m", "tests.widgets.dying", str(places.home), PASSPHRASE],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"},
    )
    assert dying.stdout is not None
    assert dying.stdout.readline() == "kept\n"
    dying.kill()
    assert dying.wait() == -signal.SIGKILL
    dying.stdout.close()
    with contextlib.closing(unlock(places, PASSPHRASE, clock)) as again:
        app = desk_app(DeskScreen, DeskServices())
        async with app.run_test(size=(100, 40)) as pilot:
            app.push_screen(Form("Form", FIELDS, clock=clock, drafts=StoreDrafts(again), draft_key=KEY))
            await settle(pilot)
            for text in (
                "What you typed before is back",
                "Zoë O’Hara · victim",
                "Told of bail and conditions · Victim Personal Statement offered",
                "half a sentence",
                "Zoë sa",
                "27/11/2026 14:30",
            ):
                assert seen(app, text), text
