"""The timeline for printing and for other programs: marked, accounted for, and harmless in a spreadsheet."""

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.desk import access, record
from casedesk.desk.casepage import read_page
from casedesk.desk.desk import Desk
from casedesk.desk.timeline_export import Told, export, told
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId
from casedesk.store.access_log import Filters
from tests.conftest import FrozenClock
from tests.desk.extracts import extract, taken


@pytest.fixture
def case_id(desk: Desk, tmp_path: Path, clock: FrozenClock) -> EntityId:
    taken(desk, extract(tmp_path, ("A1", "Theft", "1/11/2026", "PC 1")))
    case_id = desk.find("A1")
    clock.advance(timedelta(minutes=1))
    wrong = record.add_log_entry(desk, case_id, "=SUM(1) said the shop\nand more")
    clock.advance(timedelta(minutes=1))
    record.add_log_entry(desk, case_id, "It was " + "long " * 40, about=wrong)
    return case_id


def shown(desk: Desk, case_id: EntityId, **only: object) -> Told:
    page = read_page(desk, case_id)
    events = page.events.filtered(**only)  # type: ignore[arg-type] # filters by name
    return told(desk, page.file, events, len(page.events), "log" if only else "")


def test_print_bears_its_marking_above_and_below(desk: Desk, case_id: EntityId) -> None:
    lines = list(shown(desk, case_id).as_lines())
    assert lines[0] == lines[-1] == desk.settings.marking == "OFFICIAL-SENSITIVE"
    assert lines[1] == "Timeline of A1  Theft"
    assert lines[2] == "Made 20 Nov 2026 15:02 by 7042, latest first"
    assert all(len(line) <= 100 for line in lines)
    assert lines[-2] == "4 events"


def test_without_a_marking_none_is_printed(desk: Desk, case_id: EntityId) -> None:
    desk.settings = replace(desk.settings, marking="")
    assert next(iter(shown(desk, case_id).as_lines())) == "Timeline of A1  Theft"


def test_print_shows_a_correction_and_what_it_corrects(desk: Desk, case_id: EntityId) -> None:
    text = "\n".join(shown(desk, case_id, kinds=["log"]).as_lines())
    assert "Only log: 2 of 4 events" in text
    assert "corrects the entry of 20 Nov 2026 15:01: “=SUM(1) said the shop and more”" in text
    assert "=SUM(1) said the shop" in text
    assert "    and more (corrected 20 Nov 2026 15:02 by 7042) — 7042" in text


def test_a_spreadsheet_runs_nothing_of_it(desk: Desk, case_id: EntityId) -> None:
    rows = list(csv.DictReader(io.StringIO(shown(desk, case_id, kinds=["log"]).as_csv())))
    later, earlier = rows
    assert earlier["what"].startswith("'=SUM(1)")
    assert (earlier["stands"], later["stands"]) == ("no", "yes")
    assert earlier["why_not"] == "corrected 20 Nov 2026 15:02 by 7042"
    assert later["corrects"].startswith("20 Nov 2026 15:01: =SUM(1)")
    assert {row["marking"] for row in rows} == {"OFFICIAL-SENSITIVE"}
    assert later["at"] == "2026-11-20T15:02:00+00:00"


def test_json_says_what_it_is_and_keeps_times_as_precise_as_they_are(desk: Desk, case_id: EntityId) -> None:
    said = json.loads(shown(desk, case_id).written("json"))
    assert (said["marking"], said["total"], said["made_by"]) == ("OFFICIAL-SENSITIVE", 4, "7042")
    assert {event["at"] for event in said["events"] if event["kind"] == "record"} == {"2026-11-01"}


@pytest.mark.parametrize(("name", "begins"), [("t.txt", "OFFICIAL"), ("t.csv", "at,"), ("t.JSON", "{")])
def test_a_file_is_for_its_owner_alone_and_accounted_for(
    desk: Desk, case_id: EntityId, tmp_path: Path, name: str, begins: str
) -> None:
    path = tmp_path / name
    assert export(desk, read_page(desk, case_id).file, shown(desk, case_id), path) == 4
    assert path.read_text(encoding="utf-8").startswith(begins)
    assert path.stat().st_mode & 0o077 == 0
    (entry,) = access.page(desk, Filters(kinds=("disclosure",))).entries
    assert entry.detail.startswith("what timeline, cases 1, form ")
    assert entry.reference == "A1"
    with pytest.raises(BadInputError, match="is there already"):
        export(desk, read_page(desk, case_id).file, shown(desk, case_id), path)


def test_another_kind_of_file_is_refused_and_nothing_is_given_out(
    desk: Desk, case_id: EntityId, tmp_path: Path
) -> None:
    with pytest.raises(BadInputError, match="text, CSV or JSON") as refused:
        export(desk, read_page(desk, case_id).file, shown(desk, case_id), tmp_path / "t.docx")
    assert refused.value.cure
    assert access.page(desk, Filters(kinds=("disclosure",))).entries == []
