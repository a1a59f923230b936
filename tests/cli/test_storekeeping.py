"""Setting up, the demo, and proofs about the store and the packs, as commands."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from casedesk.desk.setup import unlock
from casedesk.store.keys import GENERATED_COST, Cost
from casedesk.store.places import Places
from casedesk.store.store import NewStore
from tests.cli.running import Command, one_line
from tests.conftest import PASSPHRASE
from tests.desk.extracts import extract


@pytest.fixture
def imported(home: Path, casedesk: Command, work: Path) -> Path:
    """The folder of a store with two cases in it."""
    assert (
        casedesk("import", extract(work, ("A1", "Theft", "1/11/2026", "PC 1", "Ann"), ("A2", "Arson"))).status
        == 0
    )
    return home


# -- setting up -----------------------------------------------------------------------------------------------------


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make new stores quick to unlock."""
    made = NewStore.__init__

    def init(
        self: NewStore, actor: str, desk_name: str, cost: Cost, recovery: tuple[str, ...] | None = None
    ) -> None:
        made(self, actor, desk_name, GENERATED_COST, recovery)

    monkeypatch.setattr(NewStore, "__init__", init)


@pytest.mark.usefixtures("_quick")
def test_a_store_is_set_up_with_the_passphrase_of_a_file(
    casedesk: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = tmp_path / "given"
    given.write_text(
        f"\ufeff{PASSPHRASE}\r\nsecond line\r\n", encoding="utf-8"
    )  # as a Windows editor saves it
    monkeypatch.setenv("CASEDESK_PASSPHRASE_FILE", str(given))
    monkeypatch.delenv("CASEDESK_NEW_PASSPHRASE_FILE", raising=False)
    home = tmp_path / "new"
    words = (
        "--home",
        home,
        "init",
        "--name",
        "Alex\x1b[2J Doe",
        "--number",
        "7042",
        "--role",
        "finalisations",
    )
    said = casedesk(*words, "--no-recovery-key")
    assert said.status == 0
    assert f"The store is ready in {home}." in said.out
    assert PASSPHRASE not in said.out + said.err
    assert home.stat().st_mode & 0o077 == 0
    with unlock(Places(home), PASSPHRASE) as desk:
        assert desk.settings.person.name == "Alex Doe"
        assert desk.store.actor == "7042"
    assert "No cases here" in casedesk("--home", home, "queue").out
    assert "There is a store in" in one_line(casedesk(*words, "--no-recovery-key"), status=3)


@pytest.mark.parametrize(
    ("passphrase", "words", "message"),
    [
        (PASSPHRASE, [], "whose it is. Give --name or --number."),
        (PASSPHRASE, ["--number", "1", "--role", "boss"], "'boss' is not a role. One of: early-outcome"),
        ("short", ["--number", "1"], "5 characters; it needs at least 12. "),
        ("", ["--number", "1"], "is empty. Its first line"),
        (None, ["--number", "1"], "cannot be read (FileNotFoundError)"),
    ],
)
def test_what_cannot_be_set_up_leaves_nothing(
    casedesk: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, passphrase: str | None, words: list[str],
    message: str,
) -> None:  # fmt: skip
    given = tmp_path / "given"
    if passphrase is not None:
        given.write_text(f"{passphrase}\n", encoding="utf-8")
    monkeypatch.setenv("CASEDESK_PASSPHRASE_FILE", str(given))
    monkeypatch.delenv("CASEDESK_NEW_PASSPHRASE_FILE", raising=False)
    home = tmp_path / "new"
    said = one_line(casedesk("--home", home, "init", "--no-recovery-key", *words))
    assert message in said
    assert not passphrase or len(passphrase) < 12 or passphrase not in said
    assert not home.exists() or list(home.iterdir()) == []


# -- proofs ---------------------------------------------------------------------------------------------------------


def test_a_sound_store_is_proved(casedesk: Command, imported: Path) -> None:
    said = casedesk("store", "verify", "--every-signature")
    assert said.status == 0
    assert said.out.startswith("3 operations in 1 chain read, 3 signatures checked, 0 disposed of")
    assert said.out.endswith("Every chain holds.\n")
    rebuilt = casedesk("store", "rebuild")
    assert rebuilt.status == 0
    assert rebuilt.out == "3 operations folded again.\nThe tables are exactly what the journal says.\n"


def test_a_changed_journal_is_found(casedesk: Command, imported: Path) -> None:
    with unlock(Places(imported), PASSPHRASE) as desk:
        desk.store.connection.execute(
            "UPDATE op SET payload = CAST(replace(payload, 'Theft', 'Fraud') AS BLOB)"
        )
    said = casedesk("store", "verify")
    assert said.status == 1
    assert "the payload was changed" in said.out
    assert "restore a backup" in said.out


def test_a_table_that_differs_is_mended_and_told(casedesk: Command, imported: Path) -> None:
    with unlock(Places(imported), PASSPHRASE) as desk:
        desk.store.connection.execute("UPDATE cases SET oic = 'PC Nobody'")
    said = casedesk("store", "rebuild")
    assert said.status == 1
    assert "These tables differed from the journal and were mended: case" in said.out
    assert "  OIC: PC 1" in casedesk("show", "A1").out.splitlines()
    assert casedesk("store", "rebuild").status == 0


def test_a_damaged_file_is_one_line(casedesk: Command, imported: Path) -> None:
    path = Places(imported).store
    path.write_bytes(path.read_bytes()[:1_500])
    assert "damaged" in one_line(casedesk("queue"), status=3)


def test_the_packs_hold_together_and_a_broken_overlay_is_named(casedesk: Command, home: Path) -> None:
    said = casedesk("packs", "check")
    assert (said.status, said.out) == (0, "All packs hold together.\n")
    overlay = Places(home).packs
    overlay.mkdir()
    (overlay / "outcomes.toml").write_text('[[outcome]]\nid = "1"\nnmae = "x"\n', encoding="utf-8")
    broken = casedesk("packs", "check")
    assert broken.status == 1
    assert "outcomes" in broken.out
    assert "nmae" in broken.out
    assert "Traceback" not in broken.out + broken.err


# -- the demo -------------------------------------------------------------------------------------------------------


def test_without_a_terminal_the_demo_prints_the_top_of_its_queue(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "casedesk", "demo", "--size", "40"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", check=False, timeout=60,
        env={**os.environ, "CASEDESK_HOME": str(tmp_path), "COLUMNS": "100"},
    )  # fmt: skip
    assert ended.returncode == 0
    first, *_, last = ended.stdout.splitlines()
    assert first.startswith("20 of ")
    assert last == "This is the top of the demo queue. Run “casedesk demo” in a terminal to open the app."
    assert ended.stderr.startswith("Making 40 made-up cases in ")
    assert ended.stderr.count("\n") == 1


def test_the_demo_as_plain_lines_and_the_same_again(
    casedesk: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEDESK_HOME", str(tmp_path))
    first = casedesk("demo", "--size", "30", "--plain")
    again = casedesk("demo", "--size", "30", "--plain")
    assert first.status == again.status == 0
    assert first.out.splitlines()[0].startswith("Band: ")
    assert [line.split(";")[1] for line in first.out.splitlines()[:20]] == [
        line.split(";")[1] for line in again.out.splitlines()[:20]
    ]
    assert again.err == ""
    assert "There is no store" in one_line(casedesk("queue"), status=3)


@pytest.mark.parametrize("size", ["0", "-3", "9000000", "many"])
def test_a_demo_that_cannot_be_made_is_refused(
    casedesk: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: str
) -> None:
    monkeypatch.setenv("CASEDESK_HOME", str(tmp_path / "home"))
    assert "--size" in one_line(casedesk("demo", "--size", size))
    assert not (tmp_path / "home").exists()


def test_json_of_a_demo_case_can_be_read_by_a_program(
    casedesk: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEDESK_HOME", str(tmp_path))
    casedesk("demo", "--size", "20", "--plain")
    demo = tmp_path / "demo" / "1-20"
    monkeypatch.setenv("CASEDESK_PASSPHRASE_FILE", str(demo / "passphrase"))
    rows = json.loads(casedesk("--home", demo, "queue", "--view", "all", "--format", "json").out)
    assert len(rows) == 20
    for row in rows[:5]:
        page = json.loads(casedesk("--home", demo, "show", row["reference"], "--json").out)
        assert page["reference"] == row["reference"]
        assert page["why"][0]["band"] == row["band"]
