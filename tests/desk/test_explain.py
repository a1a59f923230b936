"""The order of a case explained, and grading it."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from casedesk.desk import caseload, record
from casedesk.desk.desk import Desk
from casedesk.desk.explain import Explanation, explain
from casedesk.desk.grading import grade, grades_of
from casedesk.desk.undo import undo
from casedesk.model.entities import ACTION, CASE, CUSTODY, VICTIM, Value
from casedesk.model.errors import BadInputError, NotFoundError
from casedesk.model.ids import EntityId, new_id
from casedesk.rules.priority import place
from casedesk.store.queue import QueueReader
from tests.conftest import FrozenClock
from tests.desk.extracts import extract, file_of, taken


@pytest.fixture
def cases(desk: Desk, tmp_path: Path, clock: FrozenClock) -> Desk:
    """A detained person, an action that is due, two plain cases and a closed one."""
    path = extract(
        tmp_path,
        ("A-custody", "Robbery", "20/11/2026", "PC 1"),
        ("A-action", "Common assault", "2/11/2026", "PC 2"),
        ("A-old", "Theft", "1/11/2025", "PC 3"),
        ("A-new", "Theft", "1/11/2026", "PC 4"),
        ("A-closed", "Drugs", "5/11/2026", "PC 5"),
    )
    taken(desk, path)
    with desk.store.unit_of_work("test") as unit:
        held, worked, closed = (desk.find(ref) for ref in ("A-custody", "A-action", "A-closed"))
        detained: dict[str, Value] = {
            "state": "detained",
            "arrested_at": clock.now - timedelta(hours=3),
            "relevant_at": clock.now - timedelta(hours=2),
            "authorised_at": clock.now - timedelta(hours=1),
        }
        unit.extract(CUSTODY, new_id(), held, detained, clock.now)
        due: dict[str, Value] = {
            "what": "Statement",
            "owner": "CCTV",
            "due_at": clock.now - timedelta(hours=1),
        }
        unit.set(ACTION, new_id(), worked, {**due, "set_at": clock.now - timedelta(days=4)})
        unit.extract(CASE, closed, closed, {"record_status": "filed", "outcome": "18"}, clock.now)
    return desk


def about(desk: Desk, ref: str) -> Explanation:
    return explain(desk, desk.find(ref))


def text(shown: Explanation) -> str:
    return "\n".join(shown.as_lines())


# -- the explanation -------------------------------------------------------------------------------------------------


def test_the_first_factor_is_what_the_queue_shows(cases: Desk) -> None:
    for row in caseload.top(cases, "all", "", 100).rows:
        first = explain(cases, row.id).factors[0]
        assert (first.sentence, first.band.number, first.due) == (row.sentence, row.band, row.due_at)


def test_every_factor_of_the_rules_is_explained_in_their_order(cases: Desk, clock: FrozenClock) -> None:
    shown = about(cases, "A-custody")
    placing = place(file_of(cases, "A-custody"), clock.now, cases.packs)
    assert [one.sentence for one in shown.factors] == [one.sentence for one in placing.factors]
    assert len(shown.factors) > 1


def test_a_clock_is_shown_with_its_steps_source_status_and_what_comes_next(cases: Desk) -> None:
    ends = next(one for one in about(cases, "A-custody").factors if one.clock == "DET-24")
    assert ends.kind == "legal limit"
    assert ends.steps
    assert "PACE" in ends.source
    assert ends.status in ("confirmed", "secondary")
    assert ends.title
    lines = text(about(cases, "A-custody"))
    assert f"Source: {ends.source} ({ends.status})" in lines
    assert f"- {ends.steps[0]}" in lines
    assert "in 22 h 00 m: legal limit" in lines


def test_what_time_alone_will_change_is_told_with_its_moment(cases: Desk, clock: FrozenClock) -> None:
    shown = about(cases, "A-custody")
    changes = [one for one in shown.factors if one.changes_at]
    assert changes
    assert any(one.then for one in changes)
    for one in changes:
        assert one.changes_at is not None
        assert one.changes_at > clock.now
        later = place(file_of(cases, "A-custody"), one.changes_at, cases.packs).factors
        assert {line.split(": ", 1)[1] for line in one.then} <= {factor.sentence for factor in later}


def test_an_action_is_a_target_and_never_a_legal_limit(cases: Desk) -> None:
    due = about(cases, "A-action").factors[0]
    assert due.kind == "target"
    assert "1 h 00 m ago: target" in text(about(cases, "A-action"))


def test_a_limit_that_is_not_well_sourced_is_not_called_a_legal_limit(
    cases: Desk, clock: FrozenClock
) -> None:
    held = cases.find("A-custody")
    with cases.store.unit_of_work("test") as unit:
        unit.extract(VICTIM, new_id(), held, {"kind": "person", "name": "A Person"}, clock.now)
    told = next(one for one in about(cases, "A-custody").factors if one.clock == "VC-R6-ARREST")
    assert told.status not in ("confirmed", "secondary")
    assert told.kind.startswith("limit in law, ")
    assert "legal limit" not in told.kind


def test_who_the_case_waits_for_is_told(cases: Desk) -> None:
    shown = about(cases, "A-action")
    assert shown.waiting == "CCTV"
    assert "Waits for CCTV since 16 Nov 2026 15:00" in text(shown)


def test_the_position_is_that_of_the_open_view(cases: Desk) -> None:
    rows = caseload.top(cases, "open", "", 100).rows
    assert len(rows) == 4
    for rank, row in enumerate(rows, 1):
        position = explain(cases, row.id).position
        assert position is not None
        assert (position.rank, position.of) == (rank, 4)
        assert [ref for ref, _, _ in position.before] == [one.ref for one in rows[: rank - 1]][-3:]


def test_a_closed_case_has_no_position(cases: Desk) -> None:
    shown = about(cases, "A-closed")
    assert shown.position is None
    assert "Closed: it stands in no queue of open cases." in shown.as_lines()
    assert shown.as_json()["position"] is None


def test_the_older_of_two_like_cases_stands_first_and_it_is_said(cases: Desk) -> None:
    old, new = about(cases, "A-old"), about(cases, "A-new")
    assert old.position is not None
    assert new.position is not None
    assert old.position.rank < new.position.rank
    assert "The older first: 1 Nov 2025" in old.ties
    assert [line.split(":")[0] for line in old.ties] == [
        "Victim with enhanced rights", "Suspect or victim under 18", "THOR", "The older first",
    ]  # fmt: skip
    assert old.ties[:3] == new.ties[:3]


def test_the_tie_break_names_rights_and_youth(cases: Desk, clock: FrozenClock) -> None:
    held = cases.find("A-new")
    with cases.store.unit_of_work("test") as unit:
        facts = {"kind": "person", "dob": "2012-05-05", "name": "A Child"}
        unit.extract(VICTIM, new_id(), held, facts, clock.now)
        unit.extract(CASE, held, held, {"flags": ("da",)}, clock.now)
    ties = about(cases, "A-new").ties
    assert "yes" in ties[0]
    assert "domestic abuse" in ties[0]
    assert ties[1] == "Suspect or victim under 18: yes (victim)"


def test_the_order_is_stable_while_nothing_happens(cases: Desk, clock: FrozenClock) -> None:
    reader = QueueReader(cases.store.connection)
    before = list(reader.order(caseload.view_of(cases, "open")))
    said = [explain(cases, row.id).ties for row in reader.rows(before)]
    clock.advance(timedelta(minutes=30))
    cases.store.tick()
    assert list(reader.order(caseload.view_of(cases, "open"))) == before
    assert [explain(cases, row.id).ties for row in reader.rows(before)] == said


def test_json_carries_the_same(cases: Desk) -> None:
    shown = about(cases, "A-custody")
    said = json.loads(json.dumps(shown.as_json()))
    assert [one["sentence"] for one in said["factors"]] == [one.sentence for one in shown.factors]
    first = next(one for one in said["factors"] if one["due"])
    assert datetime.fromisoformat(first["due"]).utcoffset() is not None
    assert said["thor"]["graded"] is None
    assert said["thor"]["suggested"]["harm"]["reasons"]
    assert said["position"]["rank"] == 1


def test_a_case_that_is_not_here_cannot_be_explained(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        explain(desk, new_id())


# -- grading ---------------------------------------------------------------------------------------------------------


def levels(desk: Desk, ref: str) -> tuple[int, int, int, int]:
    return grades_of(desk, file_of(desk, ref)).levels


def rate(desk: Desk, case_id: EntityId, given: tuple[int, int, int, int], why: str = "") -> EntityId:
    threat, harm, opportunity, risk = given
    return grade(desk, case_id, threat=threat, harm=harm, opportunity=opportunity, risk=risk, why=why)


def test_a_grading_is_kept_with_who_when_and_why_and_moves_the_case(cases: Desk, clock: FrozenClock) -> None:
    new, old = cases.find("A-new"), cases.find("A-old")
    rate(cases, new, (3, 3, 3, 3), "The victim was threatened")
    shown = explain(cases, new)
    assert shown.grades.graded is not None
    assert shown.grades.graded.who == cases.store.actor
    assert shown.grades.graded.at == clock.now
    assert shown.ties[2] == "THOR: 24 of 24 (graded)"
    assert "  Because: The victim was threatened" in shown.as_lines()
    before, after = explain(cases, new).position, explain(cases, old).position
    assert before is not None
    assert after is not None
    assert before.rank < after.rank


def test_a_grading_departing_from_the_suggestion_needs_a_reason(cases: Desk) -> None:
    case_id = cases.find("A-new")
    meant = levels(cases, "A-new")
    with pytest.raises(BadInputError, match=f"Threat 3, not {meant[0]}"):
        rate(cases, case_id, (3, *meant[1:]))
    with pytest.raises(BadInputError, match="departs"):
        rate(cases, case_id, (3, *meant[1:]), "  ")
    rate(cases, case_id, meant)
    assert levels(cases, "A-new") == meant


@pytest.mark.parametrize("level", [-1, 4, True, "2"])
def test_a_level_that_does_not_exist_is_refused(cases: Desk, level: object) -> None:
    with pytest.raises(BadInputError, match=r"Harm .* is not a level"):
        rate(cases, cases.find("A-new"), (0, level, 0, 0), "because")  # type: ignore[arg-type] # that is the test


def test_a_later_grading_takes_the_place_of_an_earlier_and_undo_brings_it_back(
    cases: Desk, clock: FrozenClock
) -> None:
    case_id = cases.find("A-new")
    rate(cases, case_id, (1, 1, 1, 1), "first")
    clock.advance(timedelta(minutes=1))
    rate(cases, case_id, (2, 2, 2, 2), "second")
    assert levels(cases, "A-new") == (2, 2, 2, 2)
    assert len(file_of(cases, "A-new").gradings) == 2
    undo(cases)
    assert levels(cases, "A-new") == (1, 1, 1, 1)


def test_recording_a_contact_does_not_change_the_tie_break(cases: Desk) -> None:
    before = about(cases, "A-old").ties
    record.add_log_entry(cases, cases.find("A-old"), "Rang")
    assert about(cases, "A-old").ties == before
