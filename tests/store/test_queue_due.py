"""What is due across the caseload, who was arrested, and the views that rest on both."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casedesk.desk.desk import Desk
from casedesk.model.entities import ACTION, CASE, CUSTODY, SUSPECT, Value
from casedesk.model.ids import EntityId, new_id
from casedesk.rules.priority import factors
from casedesk.store.checks import digests, rebuild
from casedesk.store.due_items import DueItem
from casedesk.store.queue import QueueReader, View
from casedesk.store.records import each_case
from casedesk.store.store import Store
from tests.conftest import NOW, FrozenClock
from tests.store.making import add_case, add_detention


def add_action(store: Store, at: datetime, ref: str = "42/1/26", **fields: Value) -> EntityId:
    """A case with one action."""
    case_id = add_case(store, ref=ref)
    with store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, fields)
        unit.set(ACTION, new_id(), case_id, {"what": f"Action of {ref}", "due_at": at})
    return case_id


def items(store: Store) -> set[tuple[bytes, datetime, str]]:
    found = QueueReader(store.connection).due(None, None, View("all"), limit=1000)
    return {(item.case_id, item.at, item.sentence) for item in found}


def expected(desk: Desk) -> set[tuple[bytes, datetime, str]]:
    """What the rules say of every open case at this moment."""
    said: set[tuple[bytes, datetime, str]] = set()
    for bundle in each_case(desk.store.connection):
        found = factors(bundle.file, desk.now, desk.packs)
        if found[0].band != "closed":
            said |= {(bundle.file.id, factor.due, factor.sentence) for factor in found if factor.due}
    return said


def test_every_reason_with_a_time_is_a_due_item_until_the_case_closes(desk: Desk, clock: FrozenClock) -> None:
    held = add_detention(desk.store, 2)
    add_action(desk.store, clock.now + timedelta(days=2))
    assert items(desk.store) == expected(desk) != set()
    clock.advance(timedelta(hours=30))
    desk.store.tick()
    assert items(desk.store) == expected(desk)
    with desk.store.unit_of_work("test") as unit:
        unit.extract(CASE, held, held, {"record_status": "filed", "outcome": "18"}, unit.now)
        for custody_id, _ in desk.case(held).file.custody:
            unit.extract(CUSTODY, custody_id, held, {"state": "released"}, unit.now)
    assert items(desk.store) == expected(desk)
    assert held not in {case_id for case_id, *_ in items(desk.store)}


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.floats(0.01, 40), min_size=1, max_size=4))
def test_a_rebuild_at_any_moment_finds_the_due_items_that_the_ticks_left(
    desk: Desk, clock: FrozenClock, steps: list[float]
) -> None:
    add_detention(desk.store, 17)
    add_action(desk.store, clock.now + timedelta(hours=30), owner="7042", team="North")
    for step in steps:
        clock.advance(timedelta(hours=step))
        desk.store.tick()
        before = digests(desk.store.connection)
        assert not rebuild(desk.store).differing
        assert digests(desk.store.connection) == before


def test_what_is_due_is_read_in_order_page_by_page_either_way(store: Store) -> None:
    for number in range(7):
        add_action(store, NOW + timedelta(hours=1 + number % 3), f"A{number}")
    reader = QueueReader(store.connection)
    for latest_first in (False, True):
        whole = reader.due(None, None, limit=100, latest_first=latest_first)
        assert len(whole) == 7
        assert [item.at for item in whole] == sorted((item.at for item in whole), reverse=latest_first)
        paged: list[DueItem] = []
        while some := reader.due(
            None, None, limit=2, latest_first=latest_first, after=paged[-1] if paged else None
        ):
            paged += some
        assert paged == whole


def test_a_span_holds_its_beginning_and_not_its_end(store: Store) -> None:
    at = NOW + timedelta(hours=3)
    add_action(store, at)
    second = timedelta(seconds=1)
    reader = QueueReader(store.connection)
    for start, end, found in (
        (at, at + second, 1),
        (NOW, at, 0),
        (NOW, at + second, 1),
        (at + second, None, 0),
    ):
        assert len(reader.due(start, end)) == reader.due_count(start, end) == found


def test_due_items_are_those_of_the_view_and_the_bands_asked_for(store: Store) -> None:
    add_action(store, NOW + timedelta(hours=1), "mine", owner="7042", team="North")
    add_action(store, NOW + timedelta(days=9), "covered", owner="7043", team="north")
    add_action(store, NOW + timedelta(hours=3), "nobody's")
    reader = QueueReader(store.connection)

    def refs(view: View, bands: tuple[int, ...] = ()) -> list[str]:
        found = reader.due(None, None, view, bands=bands)
        assert reader.due_count(None, None, view, bands=bands) == len(found)
        return [item.ref for item in found]

    assert refs(View()) == ["mine", "nobody's", "covered"]
    assert refs(View("mine", "7042")) == ["mine"]
    assert refs(View("mine", "7042", owners=("7042", "7043"))) == ["mine", "covered"]
    assert refs(View("team", team="NORTH")) == ["mine", "covered"]
    assert refs(View("unassigned")) == ["nobody's"]
    assert refs(View(words="mine")) == ["mine"]
    bands = {item.ref: item.band for item in reader.due(None, None)}
    assert bands["mine"] != bands["covered"]
    assert refs(View(), (bands["mine"],)) == ["mine", "nobody's"]


def test_today_reaches_to_its_last_moment_and_holds_what_is_late(store: Store, clock: FrozenClock) -> None:
    end = NOW + timedelta(hours=9)
    add_action(store, NOW + timedelta(minutes=1), "late")
    add_action(store, end - timedelta(microseconds=1), "tonight")
    add_action(store, end, "tomorrow")
    clock.advance(timedelta(hours=1))
    store.tick()
    reader = QueueReader(store.connection)
    found = reader.rows(reader.first(View("today", until=end)))
    assert {row.ref for row in found} == {"late", "tonight"}
    assert all(row.soon_at and row.soon_at < end for row in found)


def test_bands_are_counted_for_any_view(store: Store) -> None:
    add_detention(store, 3)
    add_detention(store, 5)
    add_case(store)
    add_case(store, record_status="filed", outcome="18")
    reader = QueueReader(store.connection)
    for view in (View(), View("all"), View("custody"), View("mine", "7042")):
        rows = reader.rows(reader.order(view))
        counted = reader.bands(view)
        assert counted == {
            band: [row.band for row in rows].count(band) for band in {row.band for row in rows}
        }
        assert list(counted) == sorted(counted)
    assert sum(reader.bands(View("all")).values()) == 4


def arrested(store: Store, ref: str, at: datetime | None, **custody: Value) -> EntityId:
    case_id, suspect = new_id(), new_id()
    with store.unit_of_work("test") as unit:
        unit.extract(CASE, case_id, case_id, {"ref": ref, "offence_title": "Theft"}, unit.now)
        unit.extract(SUSPECT, suspect, case_id, {"name": f"Person {ref}"}, unit.now)
        facts: dict[str, Value] = {"suspect": suspect, "suite": "Luton", **custody}
        unit.extract(
            CUSTODY, new_id(), case_id, facts if at is None else {**facts, "arrested_at": at}, unit.now
        )
    return case_id


def test_arrivals_are_arrests_since_the_latest_first(store: Store) -> None:
    since = NOW - timedelta(hours=12)
    arrested(store, "before", since - timedelta(seconds=1), state="released")
    arrested(store, "then", since, state="released", number="C1", offence="Shoplifting")
    arrested(
        store, "after", since + timedelta(hours=2), state="detained", relevant_at=since + timedelta(hours=3)
    )
    arrested(store, "no time", None, state="detained")
    reader = QueueReader(store.connection)
    found = reader.arrivals(since)
    assert [one.ref for one in found] == ["after", "then"]
    assert (found[1].name, found[1].suite, found[1].number) == ("Person then", "Luton", "C1")
    assert found[1].arrested_for == "Shoplifting"
    assert reader.arrival_count(since) == 2
    assert reader.arrivals(since, limit=1) == found[:1]
    assert reader.arrivals(since, View("mine", "7042")) == []


def test_held_are_those_in_police_custody(store: Store) -> None:
    arrested(store, "detained", NOW, state="detained", relevant_at=NOW)
    arrested(store, "bailed", NOW, state="bailed", bail_return_at=NOW + timedelta(days=20))
    arrested(store, "voluntary", None, state="voluntary")
    arrested(store, "released", NOW, state="released", released_at=NOW)
    reader = QueueReader(store.connection)
    assert [one.ref for one in reader.held(View())] == ["detained"]
    assert reader.held_count(View()) == 1
    assert reader.held(View("mine", "7042")) == []


def test_a_disposed_case_leaves_no_due_item(desk: Desk) -> None:
    case_id = add_action(desk.store, NOW + timedelta(days=1))
    assert items(desk.store)
    with desk.store.unit_of_work("dispose", "Test") as unit:
        unit.dispose(case_id, "test")
    (left,) = desk.store.connection.execute("SELECT count(*) FROM due_item").fetchone()
    assert left == 0


@pytest.mark.parametrize("value", [{"columns": ["due"]}, ["a"], "text", 7, None])
def test_a_preference_is_given_back_as_it_was_kept(store: Store, value: object) -> None:
    assert store.load_preference("queue") is None
    store.save_preference("queue", value)
    assert store.load_preference("queue") == value
    store.connection.execute("UPDATE preference SET value = '{'")
    assert store.load_preference("queue") is None
