"""The terminal's title can be read across the room, and is kept in lists of windows."""

import re
import signal
from pathlib import Path

from tests.screens.test_crash import run_in_terminal


def test_the_terminals_title_names_the_program_and_nobody(tmp_path: Path) -> None:
    _, painted, _ = run_in_terminal("nothing", tmp_path / "faults.log", signal.SIGTERM)
    assert b"JANE DOE" in painted, "nobody was on screen, so their absence would prove nothing"
    titles = re.findall(rb"\x1b\][012];(.*?)(?:\x07|\x1b\\)", painted)
    assert titles == [b"casedesk"]
