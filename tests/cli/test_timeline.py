"""The timeline on the command line, and who acted for whom."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.desk import access, cover, record
from casedesk.desk.setup import unlock
from casedesk.model.entities import CASE
from casedesk.store.access_log import Filters
from casedesk.store.places import Places
from tests.cli.running import Command, one_line
from tests.conftest import PASSPHRASE
from tests.desk.extracts import extract


@pytest.fixture(autouse=True)
def case(home: Path, casedesk: Command, work: Path) -> None:
    assert casedesk("import", extract(work, ("A1", "Theft", "1/11/2026", "PC 1"))).status == 0
    assert casedesk("log", "A1", "Rang the shop about the footage").status == 0
    assert casedesk("log", "A1", "The shop has wiped it", "--at", "-2d").status == 0


def given_out(home: Path) -> list[str]:
    with unlock(Places(home), PASSPHRASE) as desk:
        return [entry.detail for entry in access.page(desk, Filters(kinds=("disclosure",))).entries]


def test_everything_that_happened_latest_first(casedesk: Command, home: Path) -> None:
    said = casedesk("timeline", "A1", "--format", "plain")
    kinds = [line.split("; ")[1] for line in said.out.splitlines()]
    assert kinds == ["Kind: log", "Kind: import", "Kind: log", "Kind: record"]
    assert "4 of 4 events, latest first" in casedesk("timeline", "A1").out
    assert given_out(home) == []


def test_filters_narrow_it(casedesk: Command) -> None:
    def texts(*words: str) -> list[str]:
        return [
            row["what"]
            for row in json.loads(casedesk("timeline", "A1", "--format", "json", *words).out)["events"]
        ]

    assert texts("--kind", "record") == ["Recorded"]
    assert texts("--words", "SHOP wiped") == ["The shop has wiped it"]
    assert texts("--kind", "log", "--from", "-1d") == ["Rang the shop about the footage"]
    assert texts("--kind", "log", "--to", "-1d") == ["The shop has wiped it"]
    assert len(texts("--who", "7042")) == 3
    assert casedesk("timeline", "A1", "--words", "pigeon").out == "None of 4 events answers that.\n"


@pytest.mark.parametrize("form", ["text", "csv", "json"])
def test_what_is_for_print_or_programs_is_marked_and_accounted_for(
    casedesk: Command, home: Path, form: str
) -> None:
    said = casedesk("timeline", "A1", "--format", form)
    assert "OFFICIAL-SENSITIVE" in said.out
    assert given_out(home) == [f"what timeline, cases 1, form {form}"]


def test_it_can_be_written_into_a_file(casedesk: Command, home: Path, work: Path) -> None:
    said = casedesk("timeline", "A1", "--kind", "log", "--out", work / "t.csv")
    assert said.out == f"2 events are in {work / 't.csv'}.\n"
    rows = list(csv.DictReader(io.StringIO((work / "t.csv").read_text(encoding="utf-8"))))
    assert [row["kind"] for row in rows] == ["log", "log"]
    assert given_out(home) == ["what timeline, cases 1, form csv"]


def test_an_unknown_kind_or_case_is_refused_in_a_line(casedesk: Command) -> None:
    assert "'logs' is not a kind of event" in one_line(casedesk("timeline", "A1", "--kind", "logs"))
    one_line(casedesk("timeline", "Z9"))
    one_line(casedesk("timeline", "A1", "--from", "soon"))


def test_who_acted_for_whom(casedesk: Command, home: Path) -> None:
    assert casedesk("acted-for").out == "Nobody acted for anybody else.\n"
    with unlock(Places(home), PASSPHRASE) as desk:
        case_id = desk.find("A1")
        with desk.store.unit_of_work("test") as unit:
            unit.set(CASE, case_id, case_id, {"owner": "7050"})
        today = desk.now.date()
        cover.cover(desk, "7050", "7042", today - timedelta(days=1), today + timedelta(days=1))
        record.add_log_entry(desk, case_id, "Rang for her")
    rows = json.loads(casedesk("acted-for", "--for", "7050", "--format", "json").out)
    assert {(row["who"], row["for"], row["reference"]) for row in rows} == {("7042", "7050", "A1")}
    assert "a log entry" in [row["what"] for row in rows]
    assert casedesk("acted-for", "--by", "7050").out == "Nobody acted for anybody else.\n"
    assert "[7042 for 7050]" in casedesk("show", "A1").out
