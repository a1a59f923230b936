import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from casedesk import faults

SECRET = "JANE DOE 07700 900123"


def broken() -> None:
    victim = SECRET
    try:
        int(victim)
    except ValueError as error:
        raise RuntimeError(f"bad record {victim}") from error


def caught() -> BaseException:
    try:
        broken()
    except RuntimeError as error:
        return error
    raise AssertionError


def test_the_log_names_kinds_and_places_and_no_data(tmp_path: Path) -> None:
    log = faults.record(caught(), tmp_path / "logs" / "faults.log")
    assert log is not None
    text = log.read_text(encoding="utf-8")
    for known in ("builtins.RuntimeError", "came from builtins.ValueError", "test_faults.py:", "in broken"):
        assert known in text
    for private in ("JANE", "07700", "bad record", str(Path.home()), str(Path(__file__).parent)):
        assert private not in text


def test_only_lines_of_casedesk_itself_are_quoted() -> None:
    try:
        faults.record(None)  # type: ignore[arg-type]  # to fail inside casedesk
        list(faults.describe(None))  # type: ignore[arg-type]
    except AttributeError as error:
        lines = list(faults.describe(error))
    own = [line for line in lines if line.strip().startswith("casedesk/faults.py")]
    assert any("__traceback__" in line for line in own)
    assert not [line for line in lines if "test_faults.py" in line and "describe(None)" in line]


def test_every_exception_of_a_group_and_of_a_failed_worker_is_named() -> None:
    class FailedError(Exception):
        def __init__(self, error: Exception) -> None:
            super().__init__(str(error))
            self.error = error

    grouped = "\n".join(
        faults.describe(ExceptionGroup(SECRET, [KeyError(SECRET), FailedError(OSError(SECRET))]))
    )
    for kind in ("ExceptionGroup", "KeyError", "FailedError", "OSError"):
        assert kind in grouped
    assert "JANE" not in grouped


def test_an_endless_recursion_is_logged_in_few_lines() -> None:
    def deeper(level: int) -> int:
        return deeper(level + 1)

    with pytest.raises(RecursionError) as endless:
        deeper(0)
    assert len(list(faults.describe(endless.value))) < 80


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no such permission bits")
def test_the_log_is_its_owners_alone(tmp_path: Path) -> None:
    log = faults.record(caught(), tmp_path / "faults.log")
    assert log is not None
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_the_log_does_not_grow_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "faults.log"
    path.write_text("x" * 300_000)
    faults.record(caught(), path)
    assert path.stat().st_size < 10_000
    assert (tmp_path / "faults.old.log").stat().st_size == 300_000


def test_where_no_log_can_be_written_the_last_words_say_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    log = faults.record(caught(), tmp_path / "file" / "faults.log")
    assert log is None
    assert "No log could be written" in faults.last_words(log)


WAYS = {
    "uncaught": "raise ValueError(name)",
    "thread": "import threading; t = threading.Thread(target=lambda: int(name)); t.start(); t.join()",
    "logging": "import logging\ntry: int(name)\nexcept ValueError: logging.getLogger('x').exception(name)",
    "unraisable": "class D:\n    def __del__(self): int(name)\nD()",
    "task": (
        "import asyncio, gc\nasync def bad(): int(name)\nasync def go():\n"
        "    asyncio.create_task(bad()); await asyncio.sleep(0.01); gc.collect()\nasyncio.run(go())"
    ),
    "warning": "import warnings; warnings.warn(name)",
}


@pytest.mark.parametrize("way", WAYS)
def test_however_a_fault_comes_out_nothing_private_is_printed_or_logged(way: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from pathlib import Path\nfrom casedesk import faults\n"
        f"faults.install(lambda: Path({str(tmp_path / 'faults.log')!r}))\nname = {SECRET!r}\n{WAYS[way]}\n"
    )
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False, timeout=30)
    log = tmp_path / "faults.log"
    everything = run.stdout + run.stderr + (log.read_text() if log.exists() else "")
    assert "JANE" not in everything
    assert "07700" not in everything
    if way == "uncaught":
        assert run.returncode == 1
        assert run.stderr.startswith("casedesk stopped because of a fault. Nothing that was saved is lost.")
        assert run.stderr.count("\n") == 1
    if way != "warning":
        assert "builtins.ValueError" in log.read_text()
