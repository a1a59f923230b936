"""The access log: every act has its line, and whatever is done to the lines afterwards is found."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Event, Thread

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casedesk.model.entities import CASE
from casedesk.model.ids import encode, new_id
from casedesk.store.access_log import AccessKind, Filters, count, each_line, lines, verify
from casedesk.store.checks import rebuild
from casedesk.store.checks import verify as verify_chains
from casedesk.store.restore import become_new
from casedesk.store.store import Store
from tests.conftest import FrozenClock
from tests.store.making import add_case, add_cases, add_note

EVERYTHING = Filters()


def kinds(store: Store, filters: Filters = EVERYTHING) -> list[str]:
    """The kinds of the lines, earliest first."""
    return [line.kind for line in lines(store.connection, filters)][::-1]


@pytest.fixture
def told(store: Store) -> Store:
    """A store whose log has lines of its own between, before and after the lines of units."""
    store.account(AccessKind.SEARCH, detail={"terms": ["aa"], "cases": 3})
    case_id = add_case(store)
    store.account(AccessKind.CONSULTATION, case_id=case_id)
    add_note(store, case_id, "one")
    add_cases(store, 2)
    store.account(AccessKind.DISCLOSURE, detail={"what": "letter"})
    return store


def change(*statements: str) -> Callable[[Store], None]:
    def act(store: Store) -> None:
        for statement in statements:
            store.connection.execute(statement)

    return act


def test_every_unit_has_a_line_that_is_saved_or_lost_with_it(store: Store) -> None:
    before = count(store.connection, EVERYTHING)
    case_id = add_case(store)
    (line,) = lines(store.connection, EVERYTHING, limit=1)
    assert (line.kind, line.actor, line.case_id, line.at) == ("alteration", "7042", case_id, store.clock())
    assert line.detail == {"act": "test.case", "operations": 1}
    (unit,) = store.connection.execute("SELECT id FROM unit").fetchone()
    assert line.unit == unit
    with pytest.raises(KeyError), store.unit_of_work("test") as written:
        written.set(CASE, case_id, case_id, {"owner": "1"})
        raise KeyError
    with store.unit_of_work("test"):
        pass
    assert count(store.connection, EVERYTHING) == before + 1
    assert not verify(store.connection)


def test_a_unit_may_say_what_it_was_for_and_then_has_a_line_whatever_it_wrote(store: Store) -> None:
    case_id = add_case(store)
    for fields in ({"owner": "1"}, {}):
        with store.unit_of_work("import") as unit:
            for of in (case_id, new_id()) if fields else ():
                unit.set(CASE, of, of, fields)
            unit.account(AccessKind.COLLECTION, profile="rms", lines=7)
    empty, full = lines(store.connection, EVERYTHING, limit=2)
    assert (full.kind, full.case_id) == ("collection", None)
    assert full.detail == {"act": "import", "operations": 2, "profile": "rms", "lines": 7}
    assert empty.detail["operations"] == 0
    assert not verify(store.connection)


def test_a_line_that_comes_while_another_thread_writes_is_written_after_it(
    told: Store, clock: FrozenClock
) -> None:
    (case_id,) = {line.case_id for line in lines(told.connection, Filters(kinds=("consultation",)))}
    writing, looked = Event(), Event()

    def bulk() -> None:
        with suppress(KeyError), told.unit_of_work("import"):
            writing.set()
            assert looked.wait(10)
            raise KeyError

    def meanwhile() -> None:
        thread = Thread(target=bulk)
        thread.start()
        assert writing.wait(10)
        told.account(AccessKind.CONSULTATION, case_id=case_id)
        looked.set()
        thread.join()
        writing.clear()
        looked.clear()

    meanwhile()
    assert kinds(told).count("consultation") == 1
    add_note(told, add_case(told), "later")
    assert kinds(told).count("consultation") == 2
    meanwhile()
    places, key, packs = told.places, told.key, told.packs
    told.close()
    with Store(places, key, clock, packs) as again:
        assert kinds(again).count("consultation") == 3
        assert not verify(again.connection)


def test_an_untouched_log_holds_also_after_rebuilding_and_opening_again(told: Store) -> None:
    assert kinds(told)[-6:] == [
        "search",
        "alteration",
        "consultation",
        "alteration",
        "alteration",
        "disclosure",
    ]
    assert not verify(told.connection)
    assert not rebuild(told).differing
    assert not verify(told.connection)
    report = verify_chains(told.connection)
    assert not report.problems
    assert report.access_lines == count(told.connection, EVERYTHING)


TAMPERING = [
    ("a time", change("UPDATE access_log SET at = at - 1 WHERE seq = 3"), "line 3: it was changed"),
    ("a person", change("UPDATE access_log SET actor = 'x' WHERE seq = 3"), "line 3: it was changed"),
    ("a kind", change("UPDATE access_log SET kind = 'search' WHERE seq = 3"), "line 3: it was changed"),
    ("a case", change("UPDATE access_log SET case_id = NULL WHERE seq = 4"), "line 4: it was changed"),
    ("a unit", change("UPDATE access_log SET unit = NULL WHERE seq = 3"), "line 3: it was changed"),
    ("a detail", change("UPDATE access_log SET detail = '{}' WHERE seq = 3"), "line 3: it was changed"),
    ("a device", change("UPDATE access_log SET device = 7 WHERE seq = 3"), "line 3: it was changed"),
    ("a value's type", change("UPDATE access_log SET actor = x'ff' WHERE seq = 3"), "line 3: it was changed"),
    ("a hash", change("UPDATE access_log SET hash = zeroblob(32) WHERE seq = 3"), "line 3: it was changed"),
    ("a line taken out", change("DELETE FROM access_log WHERE seq = 4"), "line 5: line 4 is missing before it"),
    ("taken out, renumbered", change(
        "DELETE FROM access_log WHERE seq = 4", "UPDATE access_log SET seq = seq - 1 WHERE seq > 4"
     ), "line 4: it does not follow the line before it"),
    ("two lines changing places", change(
        "UPDATE access_log SET seq = -3 WHERE seq = 3", "UPDATE access_log SET seq = 3 WHERE seq = 4",
        "UPDATE access_log SET seq = 4 WHERE seq = -3",
     ), "line 3: it does not follow the line before it"),
    ("the first line", change("DELETE FROM access_log WHERE seq = 1"), "line 2: line 1 is missing before it"),
    ("the last line", change("DELETE FROM access_log WHERE seq = 7"), "ends with line 6, and line 7 was noted"),
    ("all lines", change("DELETE FROM access_log"), "line 5, which the journal names"),
    ("an act's line", change("DELETE FROM access_log WHERE seq = 6"), "the act “test.cases” of"),
]  # fmt: skip


@pytest.mark.parametrize(("tamper", "said"), [pytest.param(*row[1:], id=row[0]) for row in TAMPERING])
def test_whatever_is_done_to_a_line_is_found(told: Store, tamper: Callable[[Store], None], said: str) -> None:
    assert count(told.connection, EVERYTHING) == 7
    tamper(told)
    problems = verify(told.connection)
    assert any(said in problem for problem in problems), problems
    assert set(problems) <= set(verify_chains(told.connection).problems)


def forged(store: Store, keep: int) -> None:
    """Cut the log after a line, write others in its place, and note the new end: all that a forger can do."""
    db = store.connection
    taken = db.execute(
        "SELECT kind, case_id, unit FROM access_log WHERE seq > ? ORDER BY seq", (keep,)
    ).fetchall()
    db.execute("DELETE FROM access_log WHERE seq > ?", (keep,))
    digest = db.execute("SELECT hash FROM access_log WHERE seq = ?", (keep,)).fetchone()
    db.execute("UPDATE meta SET value = ? WHERE key = 'access-log'", (f"{keep} {encode(digest[0])}",))
    with store.transaction():
        for kind, case_id, unit in taken:
            if kind != "consultation":
                store.access.write(kind, store.clock(), case_id=case_id, unit=unit)


def test_a_chain_forged_whole_is_found_against_the_journal(told: Store) -> None:
    forged(told, keep=3)
    problems = verify(told.connection)
    assert problems
    assert all("the journal" in problem or "has no line" in problem for problem in problems)


def test_a_tail_cut_off_with_its_noted_end_is_found_back_to_the_last_act(told: Store) -> None:
    db = told.connection
    for end in (5, 4, 1):
        db.execute("DELETE FROM access_log WHERE seq > ?", (end,))
        (digest,) = db.execute("SELECT hash FROM access_log WHERE seq = ?", (end,)).fetchone()
        db.execute("UPDATE meta SET value = ? WHERE key = 'access-log'", (f"{end} {encode(digest)}",))
        problems = verify(db)
        assert any("has no line" in problem for problem in problems), end


def test_what_came_after_the_latest_act_is_guarded_by_the_next(told: Store) -> None:
    add_note(told, add_case(told), "later")
    forged(told, keep=6)
    assert any("line 7" in problem for problem in verify(told.connection))


def test_operations_of_before_there_was_a_log_ask_for_no_lines(told: Store) -> None:
    db = told.connection
    db.execute("DELETE FROM access_log")
    db.execute("DELETE FROM meta WHERE key = 'access-log'")
    assert verify(db)
    for n, header in db.execute("SELECT n, header FROM op").fetchall():
        raw = orjson.loads(header)
        raw.pop("log", None)
        db.execute("UPDATE op SET header = ? WHERE n = ?", (orjson.dumps(raw), n))
    assert not verify(db)


def test_a_restored_store_goes_on_with_the_chain_under_its_new_device(
    told: Store, clock: FrozenClock
) -> None:
    become_new(told)
    places, key, packs = told.places, told.key, told.packs
    told.close()
    with Store(places, key, clock, packs) as again:
        case_id = add_case(again)
        again.account(AccessKind.CONSULTATION, case_id=case_id)
        assert kinds(again)[-3:] == ["restore", "alteration", "consultation"]
        assert not verify(again.connection)
        again.connection.execute("UPDATE access_log SET actor = 'x' WHERE seq = 3")
        assert verify(again.connection) == ["access log, line 3: it was changed"]


def test_lines_are_filtered_and_paged_latest_first(told: Store, clock: FrozenClock) -> None:
    db = told.connection
    (case_id,) = (line.case_id for line in lines(db, Filters(kinds=("consultation",))))
    clock.advance(timedelta(hours=2))
    with told.unit_of_work("bulk") as unit:
        for (of,) in db.execute("SELECT id FROM cases").fetchall():
            unit.set(CASE, of, of, {"owner": "1"})
    assert kinds(told, Filters(case_id=case_id)) == ["alteration", "consultation", "alteration", "alteration"]
    assert kinds(told, Filters(since=clock())) == ["alteration"]
    assert len(kinds(told, Filters(until=clock()))) == 7
    assert kinds(told, Filters(kinds=("search", "disclosure"))) == ["search", "disclosure"]
    assert kinds(told, Filters(actor="7042")) == kinds(told)
    assert kinds(told, Filters(actor="7043")) == []
    assert kinds(told, Filters(term="aa")) == ["search"]
    assert kinds(told, Filters(term="a")) == []
    seqs = [line.seq for line in lines(db, EVERYTHING)]
    assert seqs == sorted(seqs, reverse=True)
    assert [line.seq for line in lines(db, EVERYTHING, offset=2, limit=3)] == seqs[2:5]
    assert [line.seq for line in each_line(db, EVERYTHING, seqs[1])] == seqs[:0:-1]
    assert count(db, Filters(kinds=("search",))) == 1


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=st.lists(st.sampled_from(["line", "unit", "lost", "empty"]), max_size=12),
    spoilt=st.integers(1, 10**6),
)
def test_any_history_holds_and_any_one_change_does_not(store: Store, acts: list[str], spoilt: int) -> None:
    case_id = add_case(store)
    for act in acts:
        if act == "line":
            store.account(AccessKind.CONSULTATION, case_id=case_id)
        elif act == "unit":
            add_note(store, case_id, "x")
        elif act == "empty":
            with store.unit_of_work("test"):
                pass
        else:
            with pytest.raises(KeyError), store.unit_of_work("test") as unit:
                unit.set(CASE, case_id, case_id, {"owner": "1"})
                raise KeyError
    db = store.connection
    assert not verify(db)
    seq = spoilt % count(db, EVERYTHING) + 1
    db.execute("SAVEPOINT spoilt")
    db.execute("UPDATE access_log SET at = at + 1 WHERE seq = ?", (seq,))
    assert verify(db) == [f"access log, line {seq}: it was changed"]
    db.execute("ROLLBACK TO spoilt")
    db.execute("DELETE FROM access_log WHERE seq = ?", (seq,))
    assert verify(db)
    db.execute("ROLLBACK TO spoilt")
    db.execute("RELEASE spoilt")
    assert not verify(db)
