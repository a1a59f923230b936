"""The command line as a whole: what it loads, how errors read, what a fault may say, and the shell around it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from casedesk import __version__, faults
from casedesk.desk import casepage
from casedesk.store.places import Places
from tests.cli.running import Command, one_line
from tests.desk.extracts import extract


def spawned(*words: str, code: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run casedesk, or a script, as a process of its own, without a terminal."""
    run = ["-c", code] if code else ["-m", "casedesk"]
    return subprocess.run(
        [sys.executable, *run, *words],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", check=False, timeout=60,
        env={**os.environ, **environment},
    )  # fmt: skip


# -- what is loaded -------------------------------------------------------------------------------------------------


def test_a_command_loads_neither_the_terminal_framework_nor_the_table_classes(home: Path) -> None:
    script = (
        "import sys, casedesk.cli\n"
        "sys.argv = ['casedesk', 'queue', '--plain']\n"
        "status = casedesk.cli.main()\n"
        "print(status, *sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    ended = spawned(code=script)
    status, *loaded = ended.stdout.split()
    assert (status, ended.stderr) == ("0", "")
    assert "sqlcipher3" in loaded
    assert {"textual", "sqlmodel", "sqlalchemy", "openpyxl"} & set(loaded) == set()


def test_the_version(casedesk: Command) -> None:
    assert casedesk("--version").out == f"casedesk {__version__}\n"
    assert spawned("--version").stdout == f"casedesk {__version__}\n"


@pytest.mark.parametrize(
    "words",
    [
        [], ["init"], ["demo"], ["import"], ["check"], ["queue"], ["show"], ["log"], ["contact"], ["flag"], ["undo"],
        ["redo"], ["history"], ["store"], ["store", "verify"], ["store", "rebuild"], ["packs"], ["packs", "check"],
        ["clock"], ["clock", "bail"], ["retention"],
    ],
)  # fmt: skip
def test_every_command_explains_itself(casedesk: Command, words: list[str]) -> None:
    for option in ("--help", "-h"):
        said = casedesk(*words, option)
        assert said.status == 0
        assert said.err == ""
        assert "casedesk" in said.out
        assert max(map(len, said.out.splitlines())) <= 80


# -- errors ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["impor"], "No such command 'impor'. Did you mean 'import'? Try “casedesk --help”."),
        (["xyzzy"], "No such command 'xyzzy'. Try “casedesk --help”."),
        (["--bogus"], "No such option: --bogus. Try “casedesk --help”."),
        (["queue", "--bogus"], "No such option: --bogus. Try “casedesk queue --help”."),
        (["--home"], "Option '--home' requires an argument. Try “casedesk --help”."),
        (["show"], "Missing argument 'reference'. Try “casedesk show --help”."),
        (["packs", "nope"], "No such command 'nope'. Try “casedesk packs --help”."),
    ],
)
def test_what_was_typed_wrongly_is_said_in_one_line(casedesk: Command, words: list[str], said: str) -> None:
    assert one_line(casedesk(*words)) == said


def test_a_group_of_commands_alone_shows_what_there_is(casedesk: Command) -> None:
    said = casedesk("store")
    assert said.status == 2
    assert "verify" in said.out + said.err
    assert "rebuild" in said.out + said.err


def test_without_a_terminal_the_app_does_not_open(casedesk: Command, home: Path) -> None:
    assert one_line(casedesk()).startswith("The app needs a terminal. Use “casedesk queue”")


@pytest.mark.parametrize(
    "words", [["queue"], ["show", "A1"], ["log", "A1", "x"], ["check"], ["store", "verify"], ["undo"]]
)
def test_without_a_store_every_command_says_how_to_make_one(
    casedesk: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setenv("CASEDESK_HOME", str(tmp_path / "nothing"))
    said = one_line(casedesk(*words), status=3)
    assert said.startswith(f"There is no store in {tmp_path / 'nothing'}. Run “casedesk init”")
    assert not (tmp_path / "nothing").exists()


def test_the_passphrase_is_not_asked_for_without_a_terminal(
    casedesk: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CASEDESK_PASSPHRASE_FILE")
    assert "name a file in CASEDESK_PASSPHRASE_FILE" in one_line(casedesk("queue"))


def test_a_wrong_passphrase_makes_the_next_one_wait_and_is_repeated_nowhere(
    casedesk: Command, home: Path, tmp_path: Path
) -> None:
    (tmp_path / "passphrase").write_text("not the passphrase at all\n", encoding="utf-8")
    first, second = casedesk("queue"), casedesk("queue")
    assert "does not open this store" in one_line(first, status=3)
    assert "can be tried in" in one_line(second, status=3)
    assert "not the passphrase" not in first.err + second.err


def test_a_store_that_is_open_elsewhere_is_said_to_be_so(casedesk: Command, home: Path) -> None:
    from casedesk.desk.setup import unlock
    from tests.conftest import PASSPHRASE

    assert casedesk("add", "referral", "--ref", "42/1/26", "--offence-code", "CJ88116", "--mine").status == 0
    with unlock(Places(home), PASSPHRASE):
        for reading in (
            ["queue"], ["due"], ["briefing"], ["check"], ["check", "42/1/26"], ["show", "42/1/26"],
            ["timeline", "42/1/26"], ["explain", "42/1/26"], ["history", "42/1/26"], ["search", "referral"],
        ):  # fmt: skip
            told = one_line(casedesk(*reading), status=3)
            assert "open in another casedesk" in told
            assert "noted in the access log, which has one writer" in told
        assert "open in another casedesk" in one_line(casedesk("log", "42/1/26", "x"), status=3)
    assert casedesk("show", "42/1/26").status == 0


def test_debug_says_where_an_error_arose_and_quotes_no_data(casedesk: Command, home: Path) -> None:
    said = casedesk("--debug", "show", "Jane-Secret-1")
    first, *more = said.err.splitlines()
    assert said.status == 2
    assert "No case here has the reference" in first
    assert any("casedesk.model.errors.NotFoundError" in line for line in more)
    assert any("desk.py" in line for line in more)
    assert "Jane" not in "\n".join(more)
    assert casedesk("show", "Jane-Secret-1").err.count("\n") == 1


# -- faults ---------------------------------------------------------------------------------------------------------

NAME = "Jane Zebrafish"


@pytest.fixture
def faulty(home: Path, casedesk: Command, work: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with a person in it, and a case page that fails with that person's name in hand and on its lips."""
    casedesk("import", extract(work, ("A1", "Theft", "1/11/2026", "PC 1", NAME, "named")))

    def fail(page: casepage.Page) -> list[str]:
        suspect = page.file.suspects[0][1].name
        raise ValueError(f"cannot show {suspect}")

    monkeypatch.setattr(casepage, "as_lines", fail)
    return home


@pytest.mark.parametrize("options", [[], ["--debug"]])
def test_a_fault_is_one_line_and_a_log_and_neither_holds_a_name(
    casedesk: Command, faulty: Path, options: list[str]
) -> None:
    said = casedesk(*options, "show", "A1")
    assert said.status == faults.EXIT_CODE
    first = said.err.splitlines()[0]
    assert "stopped because of a fault" in first
    assert options or said.err.count("\n") == 1
    log = Places(faulty).log
    assert log.name in first
    text = log.read_text(encoding="utf-8")
    assert "builtins.ValueError" in text
    for written in (said.out, said.err, text):
        assert "Jane" not in written
        assert "Zebrafish" not in written
        assert "Traceback" not in written
    assert log.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("words", ["queue --help", "queue", "check --format json"])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_goes_away_is_no_fault(home: Path, words: str, unbuffered: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(
        [sys.executable, "-m", "casedesk", *words.split()],
        stdin=subprocess.DEVNULL, stdout=writing, stderr=subprocess.PIPE, text=True, check=False, timeout=60,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    )  # fmt: skip
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert not Places(home).log.exists()


# -- the shell ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_can_be_shown_for_every_shell(shell: str) -> None:
    ended = spawned("--show-completion", shell)
    assert ended.returncode == 0
    assert ended.stderr == ""
    assert "casedesk" in ended.stdout
    assert "_CASEDESK_COMPLETE" in ended.stdout


def test_completion_knows_the_commands() -> None:
    ended = spawned(_CASEDESK_COMPLETE="complete_bash", COMP_WORDS="casedesk st", COMP_CWORD="1")
    assert ended.stdout.split() == ["store"]
    options = spawned(_CASEDESK_COMPLETE="complete_bash", COMP_WORDS="casedesk queue --pl", COMP_CWORD="2")
    assert options.stdout.split() == ["--plain"]


def test_output_is_utf8_whatever_the_locale_says(home: Path) -> None:
    ended = spawned("queue", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert ended.returncode == 0
    assert "“casedesk import”" in ended.stdout


def test_no_colour_and_no_escapes_without_a_terminal(casedesk: Command, home: Path, work: Path) -> None:
    casedesk("import", extract(work, ("A1", "Theft"), ("A2", "Arson")))
    for words in (["queue"], ["show", "A1"], ["check", "all"], ["queue", "--help"]):
        assert "\x1b" not in casedesk(*words).out
