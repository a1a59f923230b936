"""Bulk acts: the preview says what will happen, it happens as one, and is undone as one."""

import csv
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from casedesk.desk import access, bulk, cover
from casedesk.desk.bulk import Plan
from casedesk.desk.bulk_export import export
from casedesk.desk.caseload import ids_of
from casedesk.desk.desk import Desk
from casedesk.desk.record import raise_flag
from casedesk.desk.undo import redo, undo
from casedesk.model.entities import CASE, Value
from casedesk.model.errors import BadInputError, StoreError
from casedesk.model.ids import EntityId, new_id
from casedesk.store.checks import digests, rebuild
from casedesk.store.history import recent_acts
from casedesk.store.queue import QueueReader, View

CASES: dict[str, dict[str, Value]] = {
    "free": {},
    "mine": {"owner": "7042", "team": "North"},
    "theirs": {"owner": "7050", "flags": ("hate",)},
    "returned": {"owner": "7050", "stage": "returned", "stage_note": "More lines"},
    "closed": {"record_status": "filed", "outcome": "18"},
}


@pytest.fixture
def marked(desk: Desk) -> list[EntityId]:
    """One case of each kind, in the order above."""
    ids = [new_id() for _ in CASES]
    with desk.store.unit_of_work("test") as unit:
        for case_id, (ref, fields) in zip(ids, CASES.items(), strict=True):
            unit.set(CASE, case_id, case_id, {"ref": ref, **fields})
    return ids


def refs(plan: Plan) -> tuple[set[str], dict[str, str]]:
    return {change.ref for change in plan.changes}, {one.ref: one.why for one in plan.unchanged}


def shown(desk: Desk, field: str) -> dict[str, object]:
    reader = QueueReader(desk.store.connection)
    return {row.ref: getattr(row, field) for row in reader.rows(reader.first(View("all")))}


def acts(desk: Desk) -> int:
    return len(recent_acts(desk.store.connection))


def test_assigning_says_who_changes_and_who_not_and_why(desk: Desk, marked: list[EntityId]) -> None:
    plan = bulk.assign(desk, marked, "7042")
    assert refs(plan) == (
        {"free", "theirs", "returned"},
        {"mine": "owned by 7042 already", "closed": "closed"},
    )
    assert plan.as_lines() == [
        "Assign to 7042: 3 cases",
        "  2 × 7050 → 7042",
        "  1 × – → 7042",
        "1 case would not change: owned by 7042 already",
        "1 case would not change: closed",
    ]
    assert shown(desk, "owner")["free"] == ""
    assert bulk.carry_out(desk, plan) == 3
    assert shown(desk, "owner") == {
        "free": "7042", "mine": "7042", "theirs": "7042", "returned": "7042", "closed": ""
    }  # fmt: skip


def test_a_team_goes_along_where_it_is_named(desk: Desk, marked: list[EntityId]) -> None:
    bulk.carry_out(desk, bulk.assign(desk, marked, "7042", "South"))
    assert shown(desk, "team") == {"free": "South", "mine": "South", "theirs": "South", "returned": "South",
                                   "closed": ""}  # fmt: skip
    bulk.carry_out(desk, bulk.assign(desk, marked[:2], "7050"))
    assert shown(desk, "team")["mine"] == "South"


def _verbs() -> dict[str, Callable[[Desk, list[EntityId]], Plan]]:
    return {
        "assign": lambda desk, ids: bulk.assign(desk, ids, "7099", "South"),
        "release": bulk.release,
        "clinic": bulk.to_clinic,
        "reopen": lambda desk, ids: bulk.set_stage(desk, ids, "open"),
        "return": lambda desk, ids: bulk.set_stage(desk, ids, "returned", "Look again"),
        "action": lambda desk, ids: bulk.set_action(
            desk, ids, "Chase CCTV", due=desk.now + timedelta(days=2)
        ),
        "flag": lambda desk, ids: bulk.add_flag(desk, ids, "hate", "Review of all"),
        "cover": lambda desk, ids: bulk.cover(desk, ids, "7099", date(2026, 11, 21), date(2026, 11, 25)),
    }


@pytest.mark.parametrize("name", _verbs())
def test_each_act_is_one_unit_that_undo_and_redo_take_as_one(
    desk: Desk, marked: list[EntityId], name: str
) -> None:
    before, count = _state(desk), acts(desk)
    plan = _verbs()[name](desk, marked)
    assert len(plan.changes) + len(plan.unchanged) >= len(marked) or name == "cover"
    assert acts(desk) == count
    assert _state(desk) == before
    assert bulk.carry_out(desk, plan) == len(plan.changes) > 0
    assert acts(desk) == count + 1
    after = _state(desk)
    assert after != before
    undo(desk)
    assert _state(desk) == before
    redo(desk)
    assert _state(desk) == after
    held = digests(desk.store.connection)
    assert not rebuild(desk.store).differing
    assert digests(desk.store.connection) == held


@pytest.mark.parametrize("name", _verbs())
def test_the_same_again_changes_nothing(desk: Desk, marked: list[EntityId], name: str) -> None:
    bulk.carry_out(desk, _verbs()[name](desk, marked))
    again = _verbs()[name](desk, marked)
    assert not again.changes
    assert {one.case_id for one in again.unchanged} == set(marked)
    assert all(one.why for one in again.unchanged)
    with pytest.raises(BadInputError, match="Nothing would change"):
        bulk.carry_out(desk, again)


def _state(desk: Desk) -> object:
    """What a user sees of the caseload, and of cover."""
    reader = QueueReader(desk.store.connection)
    rows = reader.rows(sorted(reader.first(View("all"))))
    away = [(one.away, one.cover, one.state) for one in cover.absences(desk)]
    stages = desk.store.connection.execute("SELECT ref, stage, stage_note FROM cases ORDER BY n").fetchall()
    return rows, [item.sentence for item in reader.due(None, None)], away, stages


def test_what_happened_since_the_preview_stops_the_act(desk: Desk, marked: list[EntityId]) -> None:
    plan = bulk.release(desk, marked)
    with desk.store.unit_of_work("test") as unit:
        unit.set(CASE, marked[0], marked[0], {"oic": "PC 1"})
    bulk.carry_out(desk, plan)  # nothing that matters to it
    undo(desk)
    plan = bulk.release(desk, marked)
    with desk.store.unit_of_work("test") as unit:
        unit.set(CASE, marked[0], marked[0], {"owner": "7051"})
    with pytest.raises(BadInputError, match="changed since the preview"):
        bulk.carry_out(desk, plan)
    assert shown(desk, "owner")["mine"] == "7042"


def test_actions_go_to_the_cases_owner_or_who_is_named(desk: Desk, marked: list[EntityId]) -> None:
    due = desk.now + timedelta(hours=5)
    bulk.carry_out(desk, bulk.set_action(desk, marked, "Chase", due=due, why="The court asked"))
    owners = {ref: desk.case(case_id).file.actions for ref, case_id in zip(CASES, marked, strict=True)}
    assert {ref: [action.owner for _, action in held] for ref, held in owners.items()} == {
        "free": [None], "mine": ["7042"], "theirs": ["7050"], "returned": ["7050"], "closed": [],
    }  # fmt: skip
    (_, action), *_ = owners["mine"]
    assert (action.what, action.due_at, action.set_at, action.why) == (
        "Chase",
        due,
        desk.now,
        "The court asked",
    )
    plan = bulk.set_action(desk, marked, "Chase", due=due, owner="CPS")
    assert len(plan.changes) == 4
    bulk.carry_out(desk, plan)
    assert {action.owner for _, action in desk.case(marked[0]).file.actions} == {None, "CPS"}


def test_a_flag_taken_off_at_the_desk_goes_up_again(desk: Desk, marked: list[EntityId]) -> None:
    raise_flag(desk, marked[2], "hate", raised=False, why="Not so")
    plan = bulk.add_flag(desk, marked, "hate", "It is")
    assert len(plan.changes) == len(marked)  # the closed one too
    bulk.carry_out(desk, plan)
    assert set(shown(desk, "flags").values()) == {("hate",)}


def test_cover_is_for_the_owners_of_the_cases(desk: Desk, marked: list[EntityId]) -> None:
    first, last = date(2026, 11, 20), date(2026, 11, 27)
    plan = bulk.cover(desk, marked, "7042", first, last)
    assert plan.as_lines()[0] == "Cover by 7042: 1 colleague"
    assert refs(plan)[1] == {
        "free": "nobody owns it", "closed": "nobody owns it", "mine": "7042 would cover for themselves"
    }  # fmt: skip
    bulk.carry_out(desk, plan)
    assert cover.covering(desk, desk.now) == ("7050",)


def test_a_number_that_nobody_here_is_known_by_is_pointed_out(desk: Desk, marked: list[EntityId]) -> None:
    first, last = date(2026, 11, 20), date(2026, 11, 27)
    due = desk.now + timedelta(days=1)
    plans = {
        who: (
            bulk.assign(desk, marked, who),
            bulk.set_action(desk, marked, "Ring the OIC", due=due, owner=who),
            bulk.cover(desk, marked, who, first, last),
        )
        for who in ("7050", desk.store.actor, "7O50")
    }
    assert all(
        "▲ Nobody here is known as 7O50 yet: check the number." in one.as_lines() for one in plans["7O50"]
    )
    assert not any(one.warning for who in ("7050", desk.store.actor) for one in plans[who])
    assert not bulk.set_action(desk, marked, "Ring the OIC", due=due).warning


def test_acts_are_called_what_they_are(desk: Desk, marked: list[EntityId]) -> None:
    """“Release” beside somebody in custody would be read as something else."""
    assert bulk.release(desk, marked).title == "Take the owner off"
    assert bulk.to_clinic(desk, marked).title == "Send to the clinic"


@pytest.mark.parametrize(
    "refused",
    [
        lambda desk, ids: bulk.assign(desk, ids, " "),
        lambda desk, ids: bulk.set_stage(desk, ids, "finalised"),
        lambda desk, ids: bulk.set_stage(desk, ids, "returned"),
        lambda desk, ids: bulk.set_action(desk, ids, "", due=desk.now + timedelta(days=1)),
        lambda desk, ids: bulk.set_action(desk, ids, "Chase", due=desk.now),
        lambda desk, ids: bulk.add_flag(desk, ids, "hat", "x"),
        lambda desk, ids: bulk.add_flag(desk, ids, "hate", " "),
        lambda desk, ids: bulk.cover(desk, ids, "", date(2026, 11, 20), date(2026, 11, 21)),
        lambda desk, ids: bulk.cover(desk, ids, "7042", date(2026, 11, 22), date(2026, 11, 21)),
    ],
)
def test_what_is_not_said_properly_is_refused(
    desk: Desk, marked: list[EntityId], refused: Callable[[Desk, list[EntityId]], Plan]
) -> None:
    with pytest.raises(BadInputError) as error:
        refused(desk, marked)
    assert error.value.cure


def test_many_cases_and_cases_that_are_gone(desk: Desk) -> None:
    ids = [new_id() for _ in range(1_201)]
    with desk.store.unit_of_work("test") as unit:
        for number, case_id in enumerate(ids):
            unit.set(CASE, case_id, case_id, {"ref": f"B{number:04}"})
    plan = bulk.assign(desk, [*ids, new_id(), ids[0]], "7050")
    assert bulk.carry_out(desk, plan) == 1_201
    assert QueueReader(desk.store.connection).count(View("mine", "7050")) == 1_201
    undo(desk)
    assert QueueReader(desk.store.connection).count(View("unassigned")) == 1_201


def test_marks_become_ids_in_their_order(desk: Desk, marked: list[EntityId]) -> None:
    assert ids_of(desk, [3, 1, 999, 2]) == [marked[2], marked[0], marked[1]]


def test_an_export_is_accounted_for_and_harmless(desk: Desk, marked: list[EntityId], tmp_path: Path) -> None:
    with desk.store.unit_of_work("test") as unit:
        unit.set(CASE, marked[0], marked[0], {"location": "=HYPERLINK(1)"})
    path = tmp_path / "some.csv"
    assert export(desk, [marked[2], marked[0]], path) == 2
    rows = list(csv.DictReader(path.open(encoding="utf-8", newline="")))
    assert [row["reference"] for row in rows] == ["theirs", "free"]
    assert rows[0]["flags"] == "hate"
    assert rows[1]["location"] == "'=HYPERLINK(1)"
    assert {row["marking"] for row in rows} == {desk.settings.marking}
    assert path.stat().st_mode & 0o077 == 0
    entry, *_ = access.page(desk).entries
    assert entry.title == "gave out"
    assert "cases 2" in entry.detail
    made = tmp_path / "some.json"
    export(desk, marked, made)
    said = json.loads(made.read_text(encoding="utf-8"))
    assert [case["reference"] for case in said["cases"]] == list(CASES)
    assert said["marking"] == desk.settings.marking


def test_an_export_overwrites_nothing_and_leaves_no_half(
    desk: Desk, marked: list[EntityId], tmp_path: Path
) -> None:
    path = tmp_path / "there.csv"
    path.write_text("mine")
    for wrong in (path, tmp_path / "x.docx", tmp_path / "no folder" / "x.csv"):
        with pytest.raises(BadInputError):
            export(desk, marked, wrong)
    with pytest.raises(BadInputError, match="no cases"):
        export(desk, [], tmp_path / "x.csv")
    assert path.read_text() == "mine"
    lines = access.page(desk).total
    with pytest.raises(BadInputError):
        export(desk, marked, tmp_path / ("x" * 300 + ".csv"))
    assert access.page(desk).total == lines


def test_what_cannot_be_noted_does_not_leave(
    desk: Desk, marked: list[EntityId], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.store, "read_only", True)
    with pytest.raises(StoreError):
        export(desk, marked, tmp_path / "x.csv")
    assert not (tmp_path / "x.csv").exists()
