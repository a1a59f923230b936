"""The case page as one value, as plain lines and as JSON."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.desk import record
from casedesk.desk.casepage import as_json, as_lines, headline, read_page, shown
from casedesk.desk.desk import Desk
from casedesk.model.entities import ACTION, CASE
from casedesk.model.errors import BadInputError, NotFoundError
from casedesk.model.facts import CaseFile
from casedesk.model.ids import EntityId, new_id
from tests.conftest import FrozenClock
from tests.desk.extracts import extract, outcomes, street, taken

HEADING = (
    "Occurrence No", "Offence", "Offence code", "Recorded", "OIC", "Outcome", "Rationale", "Domestic abuse",
    "Value", "Suspect 1 name", "Suspect 2 name", "Victim name", "Safe contact",
)  # fmt: skip


@pytest.fixture
def case_id(desk: Desk, tmp_path: Path) -> EntityId:
    path = extract(
        tmp_path,
        ("A1", "Theft", "TH68010", "1/11/2026", "PC 1", "18", "No lines\nof enquiry", "Y", "1234.5", "Ann", "Bob",
         "Zoë O’Hara", "Not after six"),
        ("A10", "Arson"),
        heading=HEADING,
    )  # fmt: skip
    taken(desk, path)
    return desk.find("A1")


def lines(desk: Desk, case_id: EntityId) -> list[str]:
    return list(as_lines(read_page(desk, case_id)))


def test_a_page_holds_everything_that_is_known(desk: Desk, case_id: EntityId) -> None:
    page = read_page(desk, case_id)
    assert page.file.case.ref == "A1"
    assert [suspect.name for _, suspect in page.file.suspects] == ["Ann", "Bob"]
    assert page.verdict.reference == "A1"
    assert page.factors
    assert {one.band for one in page.factors} <= set(page.bands)
    assert page.conflicts == []
    (row,) = desk.store.connection.execute("SELECT n FROM cases WHERE ref = 'A1'").fetchall()
    assert page.n == row[0]


def test_the_lines_say_why_what_who_and_when(desk: Desk, case_id: EntityId) -> None:
    said = lines(desk, case_id)
    assert said[0] == "A1  Theft"
    page = read_page(desk, case_id)
    first = page.factors[0]
    assert f"  {page.bands[first.band]}: {first.sentence}" in said
    for line in (
        "  Recorded: 1 Nov 2026", "  Value of goods or damage: £1,234.50", "  Flags: Domestic abuse", "Suspect 1",
        "Suspect 2", "Victim", "  Name: Zoë O’Hara", "  Safe contact: Not after six", "Timeline, latest first",
    ):  # fmt: skip
        assert line in said
    for finding in page.verdict.findings:
        assert f"  {finding.severity.value} {finding.rule}: {finding.message}" in said
        assert f"    Cure: {finding.fix}" in said


def test_text_of_several_lines_keeps_its_place(desk: Desk, case_id: EntityId) -> None:
    record.add_log_entry(desk, case_id, "First\nSecond\nVictim")
    said = lines(desk, case_id)
    at = next(number for number, line in enumerate(said) if line.endswith("log: First"))
    assert said[at + 1] == "    Second"
    assert said[at + 2].startswith("    Victim")
    assert not any("\n" in line for line in said)


def test_what_is_to_be_done_is_listed_until_it_is_done(
    desk: Desk, case_id: EntityId, clock: FrozenClock
) -> None:
    action = new_id()
    with desk.store.unit_of_work("test.action") as unit:
        unit.set(ACTION, action, case_id, {"what": "Get the CCTV", "owner": "PC 1", "due_at": clock.now})
    assert "  Get the CCTV (PC 1)" in lines(desk, case_id)
    with desk.store.unit_of_work("test.action") as unit:
        unit.set(ACTION, action, case_id, {"done_at": clock.now, "result": "Wiped"})
    said = lines(desk, case_id)
    assert "To do" not in said
    assert any("Done: Get the CCTV: Wiped" in line for line in said)


def test_the_page_can_be_carried_as_json(desk: Desk, case_id: EntityId, clock: FrozenClock) -> None:
    wrong = record.add_log_entry(desk, case_id, "Wrong")
    record.add_log_entry(desk, case_id, "Right", about=wrong, at=clock.now + timedelta(minutes=1))
    page = json.loads(json.dumps(as_json(read_page(desk, case_id))))
    assert page["reference"] == "A1"
    assert page["case"]["recorded_at"] == "2026-11-01"
    assert page["case"]["value_pence"] == 123450
    assert [one["name"] for one in page["suspects"]] == ["Ann", "Bob"]
    assert page["victims"][0]["safe_contact"] == "Not after six"
    assert page["verdict"] in ("clean", "warn", "block")
    assert all(one["band"] and one["sentence"] for one in page["why"])
    assert [(one["text"], one["stands"]) for one in page["timeline"] if one["kind"] == "log"] == [
        ("Right", True), ("Wrong", False),
    ]  # fmt: skip


def test_an_outcomes_file_of_its_month_changes_what_the_check_can_say(desk: Desk, tmp_path: Path) -> None:
    taken(
        desk, street(tmp_path, ("c1", "Drugs", "Local resolution"), ("c2", "Drugs", "")), "police-uk-street"
    )
    rules = [finding.rule for finding in read_page(desk, desk.find("c1")).verdict.findings]
    assert "P06" not in rules
    taken(desk, outcomes(tmp_path, ("c2", "2026-03", "Local resolution")), "police-uk-outcomes")
    rules = [finding.rule for finding in read_page(desk, desk.find("c1")).verdict.findings]
    assert "P06" in rules


def test_a_reference_may_be_shortened_while_it_names_one_case(desk: Desk, case_id: EntityId) -> None:
    assert desk.find(" a1 ") == case_id
    assert desk.find("A1") == case_id
    assert desk.case(desk.find("A10")).file.case.offence_title == "Arson"
    with pytest.raises(BadInputError, match="begins 2 or more") as several:
        desk.find("A")
    assert several.value.cure
    with pytest.raises(NotFoundError, match="No case here has the reference 'B1'"):
        desk.find("B1")
    for nothing in ("", "%", "_1", "A1' OR '1'='1"):
        with pytest.raises((NotFoundError, BadInputError)):
            desk.find(nothing)


def test_a_case_that_is_not_there_says_so(desk: Desk) -> None:
    with pytest.raises(NotFoundError) as missing:
        read_page(desk, new_id())
    assert missing.value.cure


def test_every_kind_of_fact_can_be_shown() -> None:
    by_name = CASE.by_name
    assert shown(by_name["tic_signed"], False) == "no"
    assert shown(by_name["value_pence"], 5) == "£0.05"
    assert shown(by_name["flags"], ("da", "unheard-of")) == "Domestic abuse, unheard-of"
    assert shown(by_name["recorded_at"], "2026-03") == "Mar 2026"
    assert shown(by_name["ref"], "A1") == "A1"


def test_a_page_without_facts_is_still_a_page(desk: Desk, clock: FrozenClock) -> None:
    case_id = new_id()
    with desk.store.unit_of_work("test.case") as unit:
        unit.set(CASE, case_id, case_id, {"owner": "7042"})
    said = lines(desk, case_id)
    assert said[0] == "(no reference)  offence not recorded"
    assert "  Owner: 7042" in said
    assert headline(CaseFile(id=case_id, case=CASE.facts(category="Drugs"))) == "(no reference)  Drugs"
    assert [event.kind for event in read_page(desk, case_id).events] == []
