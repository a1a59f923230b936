"""What a command prints when something goes wrong."""

from pathlib import Path

import pytest
import typer

from casedesk import faults
from casedesk.cli.errors import reporting
from casedesk.model.errors import BadInputError, StoreError


def test_an_error_of_the_user_is_one_line_with_its_cure_and_its_exit_status(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as left, reporting():
        raise BadInputError("There is no such day.", "Check the month.")
    assert left.value.code == 2
    assert capsys.readouterr().err == "casedesk: There is no such day. Check the month.\n"
    with pytest.raises(SystemExit) as left, reporting():
        raise StoreError("The store is locked.")
    assert left.value.code == 3


def test_a_fault_goes_to_the_log_and_its_text_stays_out_of_sight(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(faults, "_log_path", lambda: tmp_path / "faults.log")
    with pytest.raises(SystemExit) as left, reporting():
        raise RuntimeError("Jane Smith")
    said = capsys.readouterr().err
    log = (tmp_path / "faults.log").read_text(encoding="utf-8")
    assert left.value.code == faults.EXIT_CODE
    assert said.count("\n") == 1
    assert "RuntimeError" in log
    assert "Jane" not in said + log


def test_what_ends_a_command_passes_through() -> None:
    with pytest.raises(typer.Exit), reporting():
        raise typer.Exit(4)
    with pytest.raises(typer.BadParameter), reporting():
        raise typer.BadParameter("no")
    with pytest.raises(BrokenPipeError), reporting():
        raise BrokenPipeError
    with pytest.raises(KeyboardInterrupt), reporting():
        raise KeyboardInterrupt


def test_a_command_keeps_its_own_parameters() -> None:
    @reporting()
    def command(name: str = "x") -> str:
        """Says something."""
        return name

    assert command("y") == "y"
    assert command.__doc__ == "Says something."
