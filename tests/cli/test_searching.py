"""Searching and the access log from the command line."""

import csv
import json
from pathlib import Path

import pytest

from casedesk.desk.setup import unlock
from casedesk.store.places import Places
from tests.cli.running import Command, one_line
from tests.conftest import PASSPHRASE
from tests.store.making import add_full_case


@pytest.fixture
def filled(home: Path) -> Path:
    with unlock(Places(home), PASSPHRASE) as desk:
        add_full_case(desk.store)
    return home


@pytest.mark.usefixtures("filled")
def test_a_search_says_where_each_case_answered(casedesk: Command) -> None:
    said = casedesk("search", "footage", "flag:da", "--format", "plain")
    assert said.status == 0
    assert "Reference: 42/1001/26" in said.out
    assert "Where: Log, " in said.out
    assert "What it says: Footage requested from the shop." in said.out
    (one,) = json.loads(casedesk("search", "footage", "--format", "json").out)
    assert (one["reference"], one["where"], one["spans"]) == ("42/1001/26", "Log", [[0, 7]])
    assert "1 case, newest first" in casedesk("search", "footage").out
    assert "sound alike" in casedesk("search", "suspect:oharra").out
    nothing = casedesk("search", "pigeon")
    assert nothing.status == 0
    assert nothing.out.startswith("No case answers that.")


@pytest.mark.usefixtures("filled")
def test_a_query_that_cannot_be_read_is_explained_in_one_line(casedesk: Command) -> None:
    said = one_line(casedesk("search", "smith", "own:me"))
    assert said.startswith("At character 7: there is no field own:.")
    assert "Did you mean “owner”?" in said


@pytest.mark.usefixtures("filled")
def test_the_access_log_tells_what_was_done_here(casedesk: Command, work: Path) -> None:
    casedesk("show", "42/1001/26")
    casedesk("check", "42/1001/26")
    casedesk("search", "footage")
    said = casedesk("access-log", "list", "--format", "json")
    assert [line["what"] for line in json.loads(said.out) if line["what"] != "unlocked the store"] == [
        "searched", "consulted", "altered",
    ]  # fmt: skip
    mine = casedesk(
        "access-log", "list", "--case", "42/1001", "--actor", "7042", "--since", "-1d", "--format", "json"
    )
    assert [line["what"] for line in json.loads(mine.out)] == ["consulted", "altered"]
    assert (
        len(json.loads(casedesk("access-log", "list", "--searched", "Footage", "--format", "json").out)) == 1
    )
    assert "No line" in casedesk("access-log", "list", "--searched", "pigeon").out
    assert "Did you mean “search”?" in one_line(casedesk("access-log", "list", "--kind", "serch"))
    assert casedesk("access-log", "export", work / "log.csv", "--kind", "consultation").out.startswith(
        "1 lines are in"
    )
    with (work / "log.csv").open(encoding="utf-8", newline="") as file:
        assert [row["reference"] for row in csv.DictReader(file)] == ["42/1001/26"]


def test_verifying_finds_a_changed_line(filled: Path, casedesk: Command) -> None:
    said = casedesk("access-log", "verify")
    assert said.status == 0
    assert "none is missing" in said.out
    with unlock(Places(filled), PASSPHRASE) as desk:
        desk.store.connection.execute("UPDATE access_log SET actor = 'x' WHERE seq = 1")
    for command in (("access-log", "verify"), ("store", "verify")):
        said = casedesk(*command)
        assert said.status == 1
        assert "access log, line 1: it was changed" in said.out
