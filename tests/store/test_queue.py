"""The queue as kept: time moves exactly those whose moment has come, and every view is what it says it is."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from casedesk.model.entities import ACTION, CASE, SUSPECT, VICTIM, Value
from casedesk.model.ids import EntityId, new_id
from casedesk.model.moments import Moment, to_micros
from casedesk.store.queue import ORDERS, PAGE, WHERE, QueueReader, View
from casedesk.store.store import Store
from tests.conftest import FrozenClock
from tests.store.making import add_case, add_cases, add_detention

ROW = "cases.id, queue.band, queue.due_at, queue.reband_at, queue.stage, queue.owner, queue.sentence"
"""What a queue row says; its tie-break grows with the days and is left out."""


def rows(store: Store) -> dict[bytes, tuple[object, ...]]:
    found = store.connection.execute(f"SELECT {ROW} FROM queue JOIN cases ON cases.n = queue.n")  # noqa: S608
    return {row[0]: tuple(row[1:]) for row in found}


def waiting(store: Store, now: datetime) -> set[bytes]:
    """The cases whose moment has come."""
    found = store.connection.execute(
        "SELECT cases.id FROM queue JOIN cases ON cases.n = queue.n WHERE reband_at <= ?", (to_micros(now),)
    )
    return {case_id for (case_id,) in found}


def add_action(store: Store, due_in: timedelta) -> EntityId:
    case_id = add_case(store, ref=f"42/{due_in}/26")
    with store.unit_of_work("test") as unit:
        unit.set(ACTION, new_id(), case_id, {"what": "Statement", "due_at": unit.now + due_in})
    return case_id


def afresh(store: Store) -> dict[bytes, tuple[object, ...]]:
    """What the queue would say if every case were placed at this moment."""
    store.connection.execute("SAVEPOINT afresh")
    store.rebuild_queue(store.clock())
    found = rows(store)
    store.connection.execute("ROLLBACK TO afresh")
    store.connection.execute("RELEASE afresh")
    return found


def test_time_moves_exactly_those_whose_moment_has_come(store: Store, clock: FrozenClock) -> None:
    add_case(store)
    soon = add_detention(store, 23)
    later = add_detention(store, 20)
    action = add_action(store, timedelta(days=3))
    began = clock()
    assert store.tick() == 0
    for hours, moved in (
        (0.9, set()), (1, {soon}), (3.9, set()), (4, {later}), (48, {action}), (72, set()), (72.1, {action}),
        (999, set()),
    ):  # fmt: skip
        before = rows(store)
        clock.now = began + timedelta(hours=hours)
        assert waiting(store, clock()) == moved
        assert store.tick() == len(moved)
        after = rows(store)
        assert {case_id for case_id in after if after[case_id] != before[case_id]} == moved
        assert after == afresh(store)
        assert store.tick() == 0


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.floats(0.01, 40), min_size=1, max_size=6))
def test_after_any_wait_the_queue_is_what_it_would_be_made_afresh(
    store: Store, clock: FrozenClock, steps: list[float]
) -> None:
    for hours in (1, 17, 23.9):
        add_detention(store, hours)
    add_action(store, timedelta(hours=30))
    for step in steps:
        clock.advance(timedelta(hours=step))
        store.tick()
        assert rows(store) == afresh(store)


def test_ticking_in_small_helpings_gets_through(store: Store, clock: FrozenClock) -> None:
    for _ in range(7):
        add_detention(store, 23)
    clock.advance(timedelta(hours=2))
    helpings = []
    while done := store.tick(limit=3):
        helpings.append(done)
    assert helpings == [3, 3, 1]
    assert rows(store) == afresh(store)


@pytest.fixture
def busy(store: Store) -> Store:
    """Cases of every kind, in no order."""
    add_detention(store, 23, oic="PC Aal", offence_title="Robbery")
    add_detention(store, 2, oic="PC Zoe")
    with store.unit_of_work("test") as unit:
        kinds: list[dict[str, Value]] = [
            {"ref": "42/9/26", "oic": "PC B", "offence_title": "Theft", "owner": "7042"},
            {"ref": "42/10/26", "oic": "PC A", "owner": "7043", "outcome": "16"},
            {"ref": "42/11/26", "record_status": "filed", "outcome": "18", "owner": "7042"},
            {"ref": "42/12/26", "stage": "returned", "owner": "7042"},
            {"ref": "42/13/26", "stage": "finalised"},
            {"ref": None, "category": "Shoplifting", "offence_from": Moment("2026-03")},
        ]
        for fields in kinds:
            case_id = new_id()
            said = {name: value for name, value in fields.items() if value is not None}
            unit.set(CASE, case_id, case_id, {**said, "location": "High Street"})
            unit.set(SUSPECT, new_id(), case_id, {"name": "Zoë O’Hara-Smith"})
            unit.set(VICTIM, new_id(), case_id, {"name": "Bo"})
    return store


def named(store: Store, view: View) -> set[str]:
    reader = QueueReader(store.connection)
    return {row.ref for row in reader.rows(reader.order(view))}


def test_every_view_holds_what_it_says(busy: Store) -> None:
    detained = {"42/23/26", "42/2/26"}
    everything = detained | {f"42/{number}/26" for number in range(9, 14)} | {"(no reference)"}
    closed = {"42/11/26", "42/13/26"}
    assert named(busy, View("all")) >= everything - {"(no reference)"}
    assert named(busy, View()) == named(busy, View("all")) - closed
    assert named(busy, View("custody")) == detained
    assert named(busy, View("submitted")) == {"42/10/26"}
    assert named(busy, View("returned")) == {"42/12/26"}
    assert named(busy, View("mine", "7042")) == {"42/9/26", "42/12/26"}
    assert not named(busy, View("unassigned")) & {"42/9/26", "42/10/26", "42/12/26", *closed}
    assert detained <= named(busy, View("unassigned"))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("where", WHERE)
def test_first_last_and_count_agree_with_the_whole_order(busy: Store, where: str, order: str) -> None:
    reader = QueueReader(busy.connection)
    view = View(where, "7042", order)
    forwards = list(reader.order(view))
    assert reader.first(view) == forwards[:PAGE]
    assert reader.first(view, 2) == forwards[:2]
    assert reader.first(view, 2, from_end=True) == forwards[::-1][:2]
    assert list(reader.order(View(where, "7042", order, reverse=True))) == forwards[::-1]
    assert reader.count(view) == len(forwards) == len(set(forwards))
    assert [row.n for row in reader.rows(forwards)] == forwards


@pytest.mark.parametrize("words", ["", "high"])
def test_the_first_page_is_the_beginning_of_the_order(store: Store, words: str) -> None:
    add_cases(store, 260)
    for hours in (1, 5, 23):
        add_detention(store, hours, location="High Street")
    reader = QueueReader(store.connection)
    for reverse in (False, True):
        view = View("all", reverse=reverse, words=words)
        order = list(reader.order(view))
        assert len(order) == 263
        assert reader.first(view) == order[:200]
        assert reader.first(view, from_end=True) == order[::-1][:200]


def test_orders_put_in_order(busy: Store) -> None:
    reader = QueueReader(busy.connection)

    def ordered(order: str) -> list[object]:
        found = reader.rows(reader.order(View("all", order=order)))
        return [
            {"reference": row.ref, "oic": row.oic, "date": row.since or "", "due": row.due_at}[order]
            for row in found
        ]

    oics = [oic for oic in ordered("oic") if oic]
    assert oics == sorted(oics, key=str)
    refs = [ref for ref in ordered("reference") if ref != "(no reference)"]
    assert refs == sorted(refs, key=str)
    due = ordered("due")
    assert due == sorted(due, key=lambda at: (at is None, str(at)))
    bands = [row.band for row in reader.rows(reader.order(View("all")))]
    assert bands == sorted(bands)


def test_a_case_that_is_gone_is_left_out(busy: Store) -> None:
    reader = QueueReader(busy.connection)
    some = reader.first(View("all"), 3)
    assert [row.n for row in reader.rows([some[0], 999_999, some[2]])] == [some[0], some[2]]
    assert reader.rows([]) == []


def test_a_long_order_stops_when_nobody_waits_for_it(busy: Store) -> None:
    assert list(QueueReader(busy.connection).order(View("all"), cancelled=lambda: True)) == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("zoe", True), ("ZOË", True), ("o'hara", True), ("O’HARA", True), ("smith zo", True), ("high str", True),
        ("bo", True), ("zo\u200de", True), ("\x1b[31mzoe\x1b[0m", True), ("zoe nobody", False), ("treet", False),
    ],
)  # fmt: skip
def test_typed_words_find_cases_however_they_are_spelt(busy: Store, typed: str, found: bool) -> None:
    assert bool(QueueReader(busy.connection).count(View("all", words=typed))) is found


NASTY = st.text(
    st.one_of(
        st.characters(exclude_categories=[]),
        st.sampled_from("\"'*()^:+-{}[]|&\\;%_\x00\x1a\ud800<>=.,/ \n²½۞𝟠ﷺ"),
    ),
    max_size=25,
)
OPERATORS = st.lists(
    st.sampled_from(
        ["AND", "OR", "NOT", "NEAR", "NEAR(", "a", '"', '""', "*", "^", "-", ":", "text:", "(", ")", "due:", "flag:da",
         "due:<3d", "owner:me", "outcome:", "rowid", "words", "oic:\"", "<", "zoe"]
    ),
    max_size=8,
).map(" ".join)  # fmt: skip


@pytest.fixture(scope="module")
def any_words(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store to ask anything of."""
    from casedesk.desk.settings import Settings
    from casedesk.desk.setup import set_up
    from casedesk.store import keys
    from casedesk.store.places import Places
    from tests.conftest import PASSPHRASE, PERSON

    places = Places(tmp_path_factory.mktemp("words") / "home")
    desk = set_up(places, PASSPHRASE, Settings(PERSON), FrozenClock(), cost=keys.GENERATED_COST)
    add_cases(desk.store, 3)
    yield desk.store
    desk.close()


@settings(max_examples=150)
@given(NASTY | OPERATORS)
@example("a\x00b")
@example("\x00")
@example("\ud800")
@example('"')
@example("²")
@example("𞤢𞤣")
@example("a " * 3000)
@example("-" * 5000)
@example("(" * 3000)
@example("x" * 100_000)
def test_whatever_is_typed_into_the_filter_is_no_error(any_words: Store, typed: str) -> None:
    reader = QueueReader(any_words.connection)
    view = View("all", words=typed)
    assert reader.count(view) == len(reader.order(view)) <= 3
