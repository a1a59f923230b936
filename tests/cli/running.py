"""Helps the tests of the command line: what a command said."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Said(NamedTuple):
    """The exit status of a command and what it wrote."""

    status: int
    out: str
    err: str


Command = Callable[..., Said]
"""Runs a command given as words; a path stands for itself."""


def one_line(said: Said, status: int = 2) -> str:
    """The one line that an error must be: a message that begins with the program's name, and no traceback."""
    assert said.status == status, said
    assert said.out == ""
    assert said.err.endswith("\n")
    assert said.err.count("\n") == 1
    assert said.err.startswith("casedesk: ")
    assert "Traceback" not in said.err
    return said.err[len("casedesk: ") : -1]


def written(folder: Path) -> list[str]:
    """The names of the files in a folder."""
    return sorted(path.name for path in folder.iterdir())
