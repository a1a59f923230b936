"""Keys, backups, the doctor and the settings as commands."""

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from casedesk.cli import main
from casedesk.desk.settings import Person, Settings, load_settings, save_settings
from casedesk.desk.setup import set_up, unlock
from casedesk.model.moments import system_clock
from casedesk.store import drives, keys, recovery
from casedesk.store.places import Places
from tests.conftest import NOW, PASSPHRASE
from tests.store.making import add_case

NEW = "a quite different set of words"
PAIR = recovery.new_pair(NOW)


class Said(NamedTuple):
    """What a command did."""

    status: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def run(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Runs a command with the passphrase in a file, as unattended use has it."""
    given = tmp_path / "passphrase"
    given.write_text(PASSPHRASE + "\n")
    new = tmp_path / "new-passphrase"
    new.write_text(NEW + "\n")
    monkeypatch.setenv("CASEDESK_PASSPHRASE_FILE", str(given))
    monkeypatch.setenv("CASEDESK_NEW_PASSPHRASE_FILE", str(new))
    monkeypatch.setattr("sys.stdin", (tmp_path / "passphrase").open())

    def command(*words: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["casedesk", "--home", str(places.home), *map(str, words)])
        status = main()
        return Said(status, *capsys.readouterr())

    return command


@pytest.fixture
def store(places: Places) -> Places:
    """A store that is quick to unlock, closed."""
    with set_up(
        places, PASSPHRASE, Settings(Person(number="7042")), cost=keys.GENERATED_COST, recovery=(PAIR.public,)
    ) as desk:
        add_case(desk.store)
    return places


@pytest.fixture
def private(tmp_path: Path) -> Path:
    path = tmp_path / "private.txt"
    path.write_text(PAIR.private)
    return path


# -- setting up -------------------------------------------------------------------------------------------------


def test_a_store_is_not_set_up_without_a_recovery_key_unless_waived(run: Run, places: Places) -> None:
    refused = run("init", "--number", "7042")
    assert refused.status == 2
    assert "--recovery-key" in refused.err
    assert "--no-recovery-key" in refused.err
    assert not places.store.exists()

    waived = run("init", "--number", "7042", "--no-recovery-key")
    assert waived.status == 0
    assert "NO RECOVERY KEY" in waived.err
    with unlock(places, NEW, system_clock) as desk:
        assert "NO RECOVERY KEY" in desk.warnings()


def test_a_store_set_up_with_a_recovery_key_names_it(run: Run, places: Places, private: Path) -> None:
    made = run("init", "--number", "7042", "--recovery-key", PAIR.public)
    assert made.status == 0
    assert PAIR.public in made.out
    held = keys.read_key_file(places.key)
    assert recovery.unwrap(held, recovery.read_identity(private))


def test_a_roll_out_puts_key_and_settings_there_first(run: Run, places: Places) -> None:
    places.home.mkdir(mode=0o700)
    places.recovery_keys.write_text(f"{PAIR.public}\n")
    save_settings(places.settings, Settings(Person(force="Exampleshire"), idle_minutes=5))
    assert run("init", "--name", "Alex Doe").status == 0
    settings = load_settings(places.settings)
    assert (settings.person.name, settings.person.force, settings.idle_minutes) == (
        "Alex Doe",
        "Exampleshire",
        5,
    )
    assert keys.read_key_file(places.key).recovery


def test_a_share_is_refused_before_a_passphrase_is_asked_unless_allowed_for_good(
    run: Run, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drives, "doubt", lambda _: "a network share (nfs4)")
    refused = run("init", "--number", "7042", "--no-recovery-key")
    assert refused.status == 3
    assert "network share" in refused.err
    assert run("init", "--number", "7042", "--no-recovery-key", "--allow-any-drive").status == 0
    with unlock(places, NEW, system_clock) as desk:
        assert desk.settings.paths.allow_any_drive


# -- keys -------------------------------------------------------------------------------------------------------


def test_a_forces_key_pair_is_made_and_used(run: Run, store: Places, tmp_path: Path) -> None:
    file = tmp_path / "safe" / "force.key"
    file.parent.mkdir()
    made = run("recovery-key", "new", file)
    public = made.out.strip()
    assert public.startswith("age1")
    assert "SECRET" not in made.out + made.err
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    held = file.read_text()
    assert run("recovery-key", "new", file).status == 2
    assert file.read_text() == held

    assert run("recovery-key", "add", public).status == 0
    assert run("recovery-key", "list").out.split() == [PAIR.public, public]
    assert run("recovery-key", "remove", PAIR.public).status == 0
    assert run("recovery-key", "remove", PAIR.public).status == 2
    assert run("recovery-key", "list").out.split() == [public]
    assert "NO RECOVERY KEY" in run("recovery-key", "remove", public).out
    assert run("recovery-key", "add", "age1nonsense").status == 2


def test_the_passphrase_is_changed_and_wrong_ones_make_wait(run: Run, store: Places) -> None:
    assert run("passphrase").status == 0
    wrong = run("queue")
    assert wrong.status == 3
    assert "does not open" in wrong.err
    soon = run("queue")
    assert soon.status == 3
    assert "can be tried in" in soon.err
    assert PASSPHRASE not in wrong.err + soon.err


def test_a_lost_passphrase_and_the_recovery_key(
    run: Run, store: Places, private: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.txt"
    other.write_text(recovery.new_pair(NOW).private)
    assert run("unlock", "--recovery-identity", other).status == 3
    assert run("unlock", "--recovery-identity", private).status == 0
    unlock(store, NEW, system_clock).close()


def test_the_keyring_is_asked_for_in_words_when_it_is_not_there(
    run: Run, store: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert "no keyring" in run("passphrase", "--remember").err
    assert run("passphrase", "--forget").status == 0
    assert run("passphrase", "--forget", "--remember").status == 2


# -- backups ----------------------------------------------------------------------------------------------------


def test_a_backup_is_made_and_brought_back(run: Run, store: Places, tmp_path: Path, private: Path) -> None:
    made = run("backup", "--to", tmp_path / "backups")
    assert made.status == 0
    assert "was written and read back" in made.out
    (file,) = (tmp_path / "backups").iterdir()
    back = run("restore", file, "--into", tmp_path / "back")
    assert back.status == 0
    assert "every chain holds" in back.out
    with unlock(Places(tmp_path / "back"), PASSPHRASE, system_clock) as desk:
        assert desk.find("42/1/26")
    recovered = run("restore", file, "--into", tmp_path / "recovered", "--recovery-identity", private)
    assert recovered.status == 0
    with unlock(Places(tmp_path / "recovered"), NEW, system_clock) as desk:
        assert desk.find("42/1/26")


def test_a_restore_into_a_store_or_of_a_damaged_file_is_refused(
    run: Run, store: Places, tmp_path: Path
) -> None:
    run("backup", "--to", tmp_path / "backups")
    (file,) = (tmp_path / "backups").iterdir()
    before = store.store.read_bytes()
    onto = run("restore", file, "--into", store.home)
    assert onto.status == 2
    assert "never overwrites" in onto.err
    raw = bytearray(file.read_bytes())
    raw[-5] ^= 1
    file.write_bytes(raw)
    spoiled = run("restore", file, "--into", tmp_path / "back")
    assert spoiled.status == 3
    assert "damaged" in spoiled.err
    assert spoiled.err.count("\n") == 1
    assert not (tmp_path / "back").exists()
    assert store.store.read_bytes() == before


def test_without_a_store_there_is_nothing_to_back_up_or_unlock(run: Run, private: Path) -> None:
    for words in (
        ["backup"],
        ["passphrase"],
        ["unlock", "--recovery-identity", private],
        ["recovery-key", "list"],
    ):
        said = run(*words)
        assert said.status == 3
        assert "There is no store" in said.err


# -- doctor and settings ----------------------------------------------------------------------------------------


def test_the_doctor_says_what_is_bad_by_its_exit_status(run: Run, store: Places) -> None:
    first = run("doctor")
    assert first.status == 1
    assert "bad   backups: none in" in first.out
    run("backup")
    second = run("doctor", "--deep")
    assert second.status == 0
    assert "bad " not in second.out
    assert "ok    tables" in second.out


def test_the_doctor_comes_without_a_passphrase(
    run: Run, store: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("backup")
    monkeypatch.delenv("CASEDESK_PASSPHRASE_FILE")
    said = run("doctor")
    assert said.status == 0
    assert "look  store: not unlocked" in said.out


def test_the_settings_are_shown_and_checked(run: Run, store: Places) -> None:
    fine = run("settings")
    assert fine.status == 0
    assert str(store.settings) in fine.out
    store.settings.write_text("[screen]\nidle = 3\n")
    wrong = run("settings")
    assert wrong.status == 2
    assert "screen.idle is not a setting" in wrong.err
    assert "idle_minutes" in wrong.err


def test_a_newer_store_is_read_with_a_word_about_it(run: Run, store: Places) -> None:
    with unlock(store, PASSPHRASE, system_clock) as desk:
        desk.store.set_meta("schema", 99)
    shown = run("queue", "--view", "all", "--plain")
    assert shown.status == 0
    assert "42/1/26" in shown.out
    assert "newer casedesk" in shown.err
    assert run("log", "42/1/26", "a note").status == 3
