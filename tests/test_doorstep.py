import os
import subprocess
import sys

import pytest

from casedesk import __main__ as doorstep
from casedesk import __version__, faults


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=60,
        env={**os.environ, **environment},
    )  # fmt: skip


def test_the_version_is_answered_without_loading_anything_heavy() -> None:
    answered = run("-X", "importtime", "-m", "casedesk", "--version")
    assert answered.stdout.strip() == f"casedesk {__version__}"
    loaded = {
        line.rsplit("|", 1)[-1].strip() for line in answered.stderr.splitlines() if "import time:" in line
    }
    assert "casedesk.faults" in loaded
    heavy = (
        "typer",
        "textual",
        "rich",
        "sqlmodel",
        "sqlalchemy",
        "cryptography",
        "casedesk.cli",
        "casedesk.model",
    )
    assert not [name for name in loaded if name.split(".")[0] in heavy or name.startswith(heavy)]


def test_the_command_line_does_not_load_the_terminal_framework() -> None:
    loaded = run("-c", "import sys, casedesk.cli; print('\\n'.join(sys.modules))").stdout.split()
    assert "casedesk.cli" in loaded
    assert not [name for name in loaded if name.split(".")[0] in ("textual", "sqlmodel", "sqlalchemy")]


def test_debugging_variables_of_the_framework_are_dropped_before_it_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = ("TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_SCREENSHOT", "TEXTUAL_DRIVER", "TEXTUAL_DEBUG", "TEXTUAL_FPS")
    monkeypatch.setattr(os, "environ", {"HOME": "/", **dict.fromkeys(names, "1")})
    doorstep.scrub_environment()
    assert list(os.environ) == ["HOME", "TEXTUAL_FPS"]


def test_under_a_locale_without_utf8_the_screen_is_still_drawn_in_utf8() -> None:
    script = "from casedesk.__main__ import speak_utf8; print(speak_utf8(), chr(0x25ba), chr(0xe9))"
    answered = run("-c", script, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert answered.stdout.strip() == "True ► é"


def test_an_encoding_that_cannot_be_changed_is_refused_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doorstep, "scrub_environment", lambda: None)
    monkeypatch.setattr(doorstep, "speak_utf8", lambda: False)
    monkeypatch.setattr(faults, "install", lambda: None)
    assert doorstep.main() == 2
    assert "PYTHONUTF8=1" in capsys.readouterr().err
