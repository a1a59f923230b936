import os
import signal
import sys
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="pseudo-terminals are for Unix")

ROOT = Path(__file__).parent.parent.parent
LEFT = b"\x1b[?1049l"
"""What a terminal is sent when the app gives the ordinary screen back."""


def run_in_terminal(way: str, log: Path, told: int | None = None) -> tuple[int, bytes, bytes]:
    """Run the falling app on a pseudo-terminal; give its status, what it painted, and its standard output.

    ``told`` is a signal that it is sent once the name is on screen.
    """
    out_read, out_write = os.pipe()
    pid, terminal = pty.fork()
    if pid == 0:  # pragma: no cover - the child becomes the app
        os.dup2(out_write, 1)
        environment = {
            **os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}", "TERM": "xterm-256color",
            "COLUMNS": "80", "LINES": "24",
        }  # fmt: skip
        os.execve(  # noqa: S606 -- the very interpreter of this test
            sys.executable,
            [sys.executable, str(ROOT / "tests/screens/crashing.py"), way, str(log)],
            environment,
        )
    os.close(out_write)
    painted = b""
    while True:
        try:
            some = os.read(terminal, 65536)
        except OSError:
            break
        if not some:
            break
        painted += some
        if told is not None and b"JANE DOE" in painted:
            os.kill(pid, told)
            told = None
    _pid, status = os.waitpid(pid, 0)
    output = os.read(out_read, 65536)
    os.close(out_read)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), painted, output


@pytest.mark.parametrize(
    ("way", "kind"), [("handler", "ValueError"), ("worker", "KeyError"), ("drawing", "RuntimeError")]
)
def test_a_crash_leaves_one_line_and_a_log_and_no_name(way: str, kind: str, tmp_path: Path) -> None:
    log = tmp_path / "faults.log"
    status, painted, output = run_in_terminal(way, log)
    assert status == 1
    assert b"JANE DOE" in painted, "the name was never on screen, so its absence would prove nothing"
    before, _, after = painted.rpartition(LEFT)
    assert before
    assert b"JANE" not in after
    assert b"JANE" not in output
    words = [line for line in after.decode().replace("\r", "").split("\n") if "casedesk stopped" in line]
    assert len(words) == 1
    assert str(log) in words[0]
    assert "Traceback" not in after.decode()
    written = log.read_text(encoding="utf-8")
    assert f"builtins.{kind}" in written
    assert f"fall_in_{way}" in written
    assert "JANE" not in written
    assert "victim:" not in written


def test_told_to_end_the_app_gives_the_terminal_back_without_the_name(tmp_path: Path) -> None:
    status, painted, output = run_in_terminal("nothing", tmp_path / "faults.log", signal.SIGTERM)
    assert status == 128 + signal.SIGTERM
    _, left, after = painted.rpartition(LEFT)
    assert left
    assert b"JANE" not in after + output
    assert not (tmp_path / "faults.log").exists()
