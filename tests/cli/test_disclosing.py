"""What leaves the store by a command has a line of its own in the access log; what is read at the terminal has not."""

import json
from pathlib import Path

import pytest

from casedesk.cli.output import Format
from casedesk.desk import access
from casedesk.desk.setup import unlock
from casedesk.store.access_log import Filters
from casedesk.store.places import Places
from tests.cli.running import Command, one_line
from tests.conftest import PASSPHRASE
from tests.desk.extracts import extract
from tests.store.making import add_case, add_full_case

REF = "42/1001/26"


@pytest.fixture
def filled(home: Path) -> Path:
    with unlock(Places(home), PASSPHRASE) as desk:
        add_full_case(desk.store)
        add_case(desk.store, ref="42/7/26", outcome="18")
    return home


def given_out(home: Path) -> list[tuple[str, str]]:
    """Every disclosure in the log: what it says, and of which case."""
    with unlock(Places(home), PASSPHRASE) as desk:
        page = access.page(desk, Filters(kinds=("disclosure",)))
        return [(entry.detail, entry.reference) for entry in page.entries][::-1]


@pytest.mark.parametrize("how", [form for form in Format if form not in (Format.TABLE, Format.PLAIN)])
@pytest.mark.parametrize(
    ("command", "detail", "reference"),
    [
        (("queue",), "what queue, cases 2", ""),
        (("queue", "burglary"), "what queue, cases 1", ""),
        (("search", "footage"), "what search, cases 1", ""),
        (("check", "all"), "what check, cases 2", ""),
        (("check", REF), "what check, cases 1", REF),
        (("history", REF), "what history, cases 1", REF),
        (("due", "--within", "2w"), "what due, cases 1", ""),
        (("briefing",), "what briefing, cases ", ""),
        (("explain", REF), "what explanation, cases 1", REF),
        (("access-log", "list"), "what access log, lines", ""),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_a_form_for_other_programs_is_a_disclosure(
    casedesk: Command, filled: Path, command: tuple[str, ...], detail: str, reference: str, how: Format
) -> None:
    said = casedesk(*command, "--format", how.value)
    assert said.out
    ((told, of),) = given_out(filled)
    assert told.startswith(detail)
    assert f"form {how.value}" in told
    assert of == reference


@pytest.mark.parametrize("how", ["table", "plain"])
@pytest.mark.parametrize(
    "command",
    [
        ("queue",),
        ("search", "footage"),
        ("check", "all"),
        ("check", REF),
        ("history", REF),
        ("access-log", "list"),
    ],
    ids="-".join,
)
def test_what_is_read_at_the_terminal_is_none(
    casedesk: Command, filled: Path, command: tuple[str, ...], how: str
) -> None:
    assert casedesk(*command, "--format", how).out
    assert given_out(filled) == []


def test_a_case_as_json_is_a_disclosure_and_a_consultation(casedesk: Command, filled: Path) -> None:
    casedesk("show", REF)
    assert given_out(filled) == []
    assert json.loads(casedesk("show", REF, "--json").out)["reference"] == REF
    assert given_out(filled) == [("what case, cases 1, form json", REF)]


def test_nothing_found_is_nothing_given_out(casedesk: Command, filled: Path) -> None:
    for command in (("queue", "pigeon"), ("search", "pigeon"), ("access-log", "list", "--kind", "erasure")):
        casedesk(*command, "--format", "json")
    assert given_out(filled) == []


def test_a_list_of_changes_is_a_disclosure_of_what_was_known_before(
    casedesk: Command, filled: Path, work: Path
) -> None:
    first = extract(work, ("A1", "Theft"), ("A2", "Theft"), ("A3", "Theft"), name="one.csv")
    later = extract(work, ("A1", "Robbery"), ("A2", "Arson"), ("A3", "Theft"), name="two.csv")
    casedesk("import", first, "--changes", work / "none.csv")
    assert given_out(filled) == []
    casedesk("import", later, "--dry-run", "--changes", work / "changes.csv")
    casedesk("import", later)
    assert given_out(filled) == [("what changes, cases 2, facts 2, form csv", "")]


def test_a_check_of_a_bare_file_gives_nothing_out_of_the_store(
    casedesk: Command, filled: Path, work: Path
) -> None:
    path = extract(work, ("A1", "Theft"))
    assert casedesk("check", path, "--format", "json").out
    assert given_out(filled) == []


def test_what_cannot_be_accounted_for_does_not_leave(
    casedesk: Command, filled: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from casedesk.cli import casework, checking, searching
    from casedesk.cli.opening import Door, open_desk
    from casedesk.desk.desk import Desk

    def only_read(door: Door) -> Desk:
        return open_desk(door, read_only=True)

    for module in (casework, checking, searching):
        monkeypatch.setattr(module, "open_noted", only_read)
    for command in (("queue",), ("search", "footage"), ("check", "all"), ("history", REF)):
        assert casedesk(*command).out
        assert "only be read here" in one_line(casedesk(*command, "--format", "json"), 3)
    assert "only be read here" in one_line(casedesk("show", REF, "--json"), 3)
