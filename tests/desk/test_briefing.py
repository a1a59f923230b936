"""The morning briefing: each part holds what it says, for whom it says, to the minute."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from casedesk.desk import access, cover
from casedesk.desk.briefing import COLUMNS, Briefing, briefing, export
from casedesk.desk.desk import Desk
from casedesk.desk.rulings import Asked, ask, decide
from casedesk.model.entities import ACTION, CASE, CUSTODY, SUSPECT, Value
from casedesk.model.errors import BadInputError
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment, london
from tests.conftest import FrozenClock
from tests.desk.crimes import add as add_crime

MORNING = london(datetime(2026, 11, 21).date(), datetime(2026, 11, 21, 7).time())  # noqa: DTZ001 - days and hours alone
EVENING = MORNING - timedelta(hours=13)
"""18:00 on the day before."""


@pytest.fixture
def morning(desk: Desk, clock: FrozenClock) -> Desk:
    clock.now = MORNING
    return desk


def add(desk: Desk, ref: str, **fields: Value) -> EntityId:
    case_id = new_id()
    with desk.store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"ref": ref, "offence_title": "Theft", **fields})
    return case_id


def arrest(desk: Desk, ref: str, at: datetime, state: str = "detained", **fields: Value) -> EntityId:
    case_id, suspect = add(desk, ref, **fields), new_id()
    custody: dict[str, Value] = {
        "suspect": suspect, "suite": "Luton", "number": f"C-{ref}", "state": state, "arrested_at": at,
        "arrived_at": at, "relevant_at": at, "authorised_at": at, "offence": "Burglary",
    }  # fmt: skip
    with desk.store.unit_of_work("test") as unit:
        unit.extract(SUSPECT, suspect, case_id, {"name": f"Sam {ref}"}, unit.now)
        unit.extract(CUSTODY, new_id(), case_id, custody, unit.now)
    return case_id


def due(desk: Desk, ref: str, at: datetime, **fields: Value) -> EntityId:
    case_id = add(desk, ref, **fields)
    with desk.store.unit_of_work("test") as unit:
        unit.set(ACTION, new_id(), case_id, {"what": f"Chase {ref}", "due_at": at})
    return case_id


def refs(made: Briefing, part: str) -> list[str]:
    (found,) = (one for one in made.parts if one.id == part)
    assert found.total == len(found.lines)
    return [line.ref for line in found.lines]


def test_who_is_detained_stands_there_with_the_next_moment(morning: Desk) -> None:
    arrest(morning, "early", MORNING - timedelta(hours=3))
    arrest(morning, "late", MORNING - timedelta(hours=20))
    arrest(morning, "gone", MORNING - timedelta(hours=5), "released")
    made = briefing(morning)
    assert set(refs(made, "custody")) == {"early", "late"}
    part = made.parts[0]
    assert [line.at for line in part.lines] == sorted(line.at for line in part.lines if line.at)
    assert all(line.at and line.at > MORNING - timedelta(days=1) for line in part.lines)
    assert {line.who for line in part.lines} == {"Sam early, C-early, Luton", "Sam late, C-late, Luton"}


def test_overnight_begins_at_six_in_the_evening_or_when_it_is_said(morning: Desk) -> None:
    second = timedelta(seconds=1)
    for ref, at in (("before", EVENING - second), ("then", EVENING), ("after", EVENING + second)):
        arrest(morning, ref, at, "released")
    made = briefing(morning)
    assert refs(made, "arrivals") == ["after", "then"]
    assert "Fri 20 Nov 2026 18:00" in next(part.title for part in made.parts if part.id == "arrivals")
    assert refs(briefing(morning, EVENING - second), "arrivals") == ["after", "then", "before"]
    with pytest.raises(BadInputError, match="is to come"):
        briefing(morning, MORNING + second)


def test_today_ends_at_midnight_and_yesterday_began_at_midnight(morning: Desk, clock: FrozenClock) -> None:
    midnight = MORNING + timedelta(hours=17)
    second = timedelta(seconds=1)
    clock.now = MORNING - timedelta(days=9)
    for ref, at in (
        ("older", MORNING - timedelta(hours=31) - second), ("yesterday", MORNING - timedelta(hours=31)),
        ("just now", MORNING - second), ("soon", MORNING + second), ("tonight", midnight - second),
        ("tomorrow", midnight),
    ):  # fmt: skip
        due(morning, ref, at)
    clock.now = MORNING
    made = briefing(morning)
    assert refs(made, "today") == ["soon", "tonight"]
    assert refs(made, "breaches") == ["yesterday", "just now"]
    assert made.older == 1
    since = briefing(morning, MORNING - timedelta(hours=1))
    assert refs(since, "breaches") == ["just now"]
    assert since.older == 2


def test_what_was_done_is_no_breach(morning: Desk) -> None:
    case_id = due(morning, "late", MORNING - timedelta(hours=1))
    assert refs(briefing(morning), "breaches") == ["late"]
    ((action_id, _),) = morning.case(case_id).file.actions
    with morning.store.unit_of_work("test") as unit:
        unit.set(ACTION, action_id, case_id, {"done_at": unit.now})
    assert refs(briefing(morning), "breaches") == []


def test_each_scope_is_its_cases_and_mine_includes_whom_nobody_owns(morning: Desk) -> None:
    at = MORNING + timedelta(hours=2)
    due(morning, "mine", at, owner="7042")
    due(morning, "covered", at, owner="7050", team="Crime Management")
    due(morning, "other", at, owner="7060")
    for ref, owner in (("held mine", "7042"), ("held free", None), ("held other", "7060")):
        arrest(morning, ref, MORNING - timedelta(hours=2), **({"owner": owner} if owner else {}))
    today = morning.now.date()
    cover.cover(morning, "7050", "7042", today, today)
    assert set(refs(briefing(morning, scope="mine"), "today")) == {"mine", "covered"}
    assert set(refs(briefing(morning, scope="team"), "today")) == {"covered"}
    assert set(refs(briefing(morning, scope="all"), "today")) == {"mine", "covered", "other"}
    for part in ("custody", "arrivals"):
        assert set(refs(briefing(morning, scope="mine"), part)) == {"held mine", "held free"}
        assert set(refs(briefing(morning, scope="all"), part)) == {"held mine", "held free", "held other"}
    with pytest.raises(BadInputError, match="not a part"):
        briefing(morning, scope="ours")


def test_it_is_written_for_people_and_for_programs(morning: Desk, tmp_path: Path) -> None:
    arrest(morning, "42/1/26", MORNING - timedelta(hours=2))
    due(morning, "42/2/26", MORNING + timedelta(hours=1))
    made = briefing(morning)
    text = "\n".join(made.as_lines())
    assert made.as_lines()[0] == made.as_lines()[-1] == morning.settings.marking
    for word in (
        "Briefing, Sat 21 Nov 2026 07:00",
        "In custody now: 1",
        "42/1/26",
        "Sam 42/1/26",
        "Chase 42/2/26",
    ):
        assert word in text
    assert {len(row) for row in made.as_rows()} == {len(COLUMNS)}
    said = json.loads(json.dumps(made.as_json()))
    assert said["at"] == "2026-11-21T07:00:00+00:00"
    assert said["today"]["total"] == 1
    assert sum(said["bands"].values()) == 2
    path = tmp_path / "briefing.txt"
    export(morning, made, path)
    assert path.read_text(encoding="utf-8") == text + "\n"
    entry, *_ = access.page(morning).entries
    assert (entry.title, "what briefing" in entry.detail) == ("gave out", True)


def test_nothing_to_tell_is_told(morning: Desk) -> None:
    lines = briefing(morning).as_lines()
    assert "Open: nothing" in lines
    assert "In custody now: 0" in lines


def test_a_limit_that_is_unverified_is_not_called_law(morning: Desk) -> None:
    for kind in ("dapn", "dvpn"):
        arrest(morning, kind, MORNING - timedelta(days=2), "released")
        case_id = morning.find(kind)
        ((custody_id, _),) = morning.case(case_id).file.custody
        with morning.store.unit_of_work("test") as unit:
            given = {"notice_kind": kind, "notice_at": MORNING - timedelta(hours=47)}
            unit.extract(CUSTODY, custody_id, case_id, given, unit.now)
    lines = {line.ref: line for part in briefing(morning).parts if part.id == "today" for line in part.lines}
    assert {ref: line.legal for ref, line in lines.items()} == {"dapn": True, "dvpn": False}


def test_rulings_that_are_awaited_have_a_part_with_their_day_and_who_decides(desk: Desk) -> None:
    assert all(part.id != "rulings" for part in briefing(desk).parts), (
        "nothing is said where nothing is asked"
    )
    case_id = add_crime(desk, "42/1/26", owner="7042")
    asked = Asked(
        kind="cancellation", code="C2", reason="No theft took place.",
        information="The shop's CCTV shows the purse left on the counter.", evidence_kind="cctv",
    )  # fmt: skip
    ruling = ask(desk, case_id, asked, due_on=Moment("2026-11-18"))
    (part,) = (part for part in briefing(desk).parts if part.id == "rulings")
    (line,) = part.lines
    assert (line.ref, part.total) == ("42/1/26", 1)
    assert line.sentence == "Ruling late: cancellation C2, for the designated decision maker"
    assert line.at is not None
    assert line.at.date().isoformat() == "2026-11-18"
    assert any("Rulings awaited: 1" in text for text in briefing(desk).as_lines())
    assert [part.total for part in briefing(desk, scope="mine").parts if part.id == "rulings"] == [1]
    decide(desk, case_id, ruling, "refused", decider="Insp Tay", rank="ddm", why="Not shown")
    assert all(part.id != "rulings" for part in briefing(desk).parts)
