"""The store's file is damaged, or goes away, behind the app: a clear message and an end in good order."""

import os
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from casedesk.desk.desk import Desk
from casedesk.front import FrontApp
from casedesk.model.errors import StoreError
from casedesk.screens.session import Session
from casedesk.store.connection import DatabaseError
from tests.journeys.conftest import NOW, PASSPHRASE, Sit
from tests.store.damage import spoil


def last_words(app: FrontApp) -> str:
    """What the app leaves on the terminal."""
    assert app.return_code == StoreError.exit_code
    return app._last_words or ""


def ends_so(app: FrontApp) -> None:
    """It said in one line, with a cure, that the file is damaged, and logged no fault of its own."""
    said = last_words(app)
    assert said.startswith("casedesk: The store at ")
    assert "is damaged" in said
    assert said.endswith("restore the latest backup elsewhere.")
    assert "\n" not in said
    assert not app.session.log_path.exists()


@pytest.mark.parametrize("part", ["queue_open", "queue", "cases"])
async def test_a_queue_that_cannot_be_read_is_told_on_the_terminal(demo: Desk, part: str) -> None:
    demo.store.truncate_log()
    spoil(demo.store.places, demo.store.key, part)
    app = FrontApp(Session(demo.store.places, lambda: NOW, demo))
    with pytest.raises(DatabaseError):  # only here: the framework hands to tests what it ended with
        async with app.run_test():
            pass
    ends_so(app)


async def test_a_page_met_while_reading_the_order_is_told_in_the_app(demo: Desk, sit: Sit) -> None:
    demo.store.truncate_log()
    async with sit(demo) as officer:
        spoil(demo.store.places, demo.store.key, "queue_open")
        await officer.press("f5")
        assert officer.sees("The store cannot be read")
        assert officer.sees("restore the latest backup elsewhere.")
        await officer.press("enter")
        app = officer.app
    assert "is damaged" in last_words(app)


async def test_a_file_that_went_away_is_told_in_the_app(demo: Desk, sit: Sit) -> None:
    async with sit(demo) as officer:
        await officer.press("f")
        for path in (demo.store.places.home).glob("casedesk.db*"):
            path.rename(path.with_name(f"away-{path.name}"))
        await officer.type("custody")
        assert officer.sees("The store cannot be read")
        await officer.press("enter")
        app = officer.app
    assert "There is no store at" in last_words(app)


async def test_a_case_that_cannot_be_read_is_told_on_the_terminal(demo: Desk) -> None:
    demo.store.truncate_log()
    spoil(demo.store.places, demo.store.key, "suspect")
    app = FrontApp(Session(demo.store.places, lambda: NOW, demo))
    with pytest.raises(DatabaseError):
        async with app.run_test() as pilot:
            await pilot.press("enter")
    ends_so(app)


async def test_a_queue_that_cannot_be_read_behind_the_lock_is_told_on_the_terminal(demo: Desk) -> None:
    places = demo.store.places
    demo.store.truncate_log()
    spoil(places, demo.store.key, "queue_open")
    demo.close()
    app = FrontApp(Session(places, lambda: NOW))
    with pytest.raises(DatabaseError):
        async with app.run_test() as pilot:
            await pilot.press(*("space" if letter == " " else letter for letter in PASSPHRASE), "enter")
            await app.workers.wait_for_complete()
            await pilot.pause()
    ends_so(app)


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are for Unix")
def test_on_a_terminal_the_message_is_the_last_line_and_no_fault_is_spoken_of(demo: Desk) -> None:
    places = demo.store.places
    demo.store.truncate_log()
    spoil(places, demo.store.key, "queue_open")
    demo.close()
    status, after = run_on_a_terminal(OPENED, str(places.home), PASSPHRASE)
    assert status == StoreError.exit_code
    assert "restore the latest backup elsewhere." in " ".join(after.split())
    assert "fault" not in after
    assert "Traceback" not in after


OPENED = """
import sys
from pathlib import Path
from casedesk.desk.setup import unlock
from casedesk.front import open_front
from casedesk.store.places import Places
places = Places(Path(sys.argv[1]))
sys.exit(open_front(places, unlock(places, sys.argv[2])))
"""


def run_on_a_terminal(program: str, *arguments: str) -> tuple[int, str]:
    """Run a program that opens the app; give its status and what it leaves on the terminal."""
    import pty

    pid, terminal = pty.fork()
    if pid == 0:  # pragma: no cover - the child becomes the app
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
        environment["PYTHONPATH"] = str(Path(__file__).parents[2] / "src")
        os.execve(  # noqa: S606 -- the very interpreter of this test
            sys.executable, [sys.executable, "-c", program, *arguments], environment
        )
    painted = b""
    with suppress(OSError):  # the terminal is gone
        while some := os.read(terminal, 65536):
            painted += some
    _pid, status = os.waitpid(pid, 0)
    os.close(terminal)
    _, _, after = painted.rpartition(b"\x1b[?1049l")
    return os.waitstatus_to_exitcode(status), after.decode()
