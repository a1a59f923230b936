"""What the tests of the command line share: a store that is quick to unlock, and a way to run commands in it."""

import logging
import sys
import threading
from pathlib import Path

import pytest

from casedesk import faults
from casedesk.cli import main
from casedesk.desk.settings import Settings
from casedesk.desk.setup import set_up
from casedesk.store import keys
from casedesk.store.places import Places
from tests.cli.running import Command, Said
from tests.conftest import PASSPHRASE, PERSON


@pytest.fixture
def home(places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a store that is set up and closed; its passphrase lies in a file, as for unattended use."""
    set_up(places, PASSPHRASE, Settings(PERSON), cost=keys.GENERATED_COST).close()
    given = tmp_path / "passphrase"
    given.write_text(PASSPHRASE + "\n", encoding="utf-8")
    monkeypatch.setenv("CASEDESK_PASSPHRASE_FILE", str(given))
    monkeypatch.setenv("CASEDESK_HOME", str(places.home))
    return places.home


@pytest.fixture
def casedesk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in this process, without a terminal, and undoes what the program does to the process."""
    for of, name in (
        (sys, "excepthook"),
        (sys, "unraisablehook"),
        (threading, "excepthook"),
        (faults, "_log_path"),
    ):
        monkeypatch.setattr(of, name, getattr(of, name))
    monkeypatch.setattr(logging.getLogger(), "handlers", [*logging.getLogger().handlers])
    monkeypatch.setattr(logging, "captureWarnings", lambda _: None)
    monkeypatch.delenv("COLUMNS", raising=False)

    def run(*words: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["casedesk", *map(str, words)])
        capsys.readouterr()
        status = main()
        out, err = capsys.readouterr()
        return Said(status, out, err)

    return run


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder for extracts, empty."""
    folder = tmp_path / "work"
    folder.mkdir()
    return folder
