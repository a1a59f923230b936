"""A command that comes upon a damaged part of the store says so in one line, with a cure."""

from pathlib import Path

import pytest

from casedesk.desk.setup import unlock
from casedesk.store.places import Places
from tests.cli.running import Command, one_line
from tests.conftest import PASSPHRASE
from tests.store.damage import spoil
from tests.store.making import add_full_case

REF = "42/1001/26"


@pytest.fixture
def filled(home: Path) -> Places:
    with unlock(Places(home), PASSPHRASE) as desk:
        add_full_case(desk.store)
        desk.store.truncate_log()
    return Places(home)


@pytest.mark.parametrize(
    ("part", "command"),
    [
        ("queue", ("queue",)),
        ("queue_open", ("queue", "--format", "json")),
        ("cases", ("queue",)),
        ("suspect", ("show", REF)),
        ("log_entry", ("show", REF, "--json")),
        ("op_case", ("history", REF)),
        ("words_data", ("search", "footage")),
        ("custody", ("check", "all")),
        ("access_log", ("access-log", "list")),
    ],
)
def test_a_damaged_page_is_told_in_one_line(
    casedesk: Command, filled: Places, part: str, command: tuple[str, ...]
) -> None:
    with unlock(filled, PASSPHRASE, read_only=True) as desk:
        key = desk.store.key
    spoil(filled, key, part)
    said = one_line(casedesk(*command), 3)
    assert said.startswith("The store at ")
    assert "is damaged" in said
    assert said.endswith("restore the latest backup elsewhere.")
    assert not filled.log.exists()
    assert "is damaged" in one_line(casedesk(*command), 3), "the first one left something open"
