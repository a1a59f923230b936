"""Making every table anew: what spans the pieces it works in, and what it leaves as it found it."""

import gc
import os

import pytest

from casedesk.model.entities import CASE
from casedesk.model.errors import StoreError
from casedesk.model.ids import new_id
from casedesk.model.moments import to_micros
from casedesk.store import helper
from casedesk.store.checks import digests, rebuild
from casedesk.store.connection import Connection
from casedesk.store.schema import derived_tables
from casedesk.store.store import Store
from tests.store.making import add_case, add_cases, add_full_case, add_note, shown

MANY = 1_100
"""Cases of two operations each: more than are folded at once."""


def shape(connection: Connection) -> set[tuple[str, str, str | None]]:
    """Every table and index, with the statement that makes it."""
    return {tuple(row) for row in connection.execute("SELECT type, name, sql FROM sqlite_master")}


def test_a_unit_that_spans_pieces_keeps_its_first_and_last_operation(store: Store) -> None:
    add_cases(store, MANY)
    add_note(store, new_id(), "a unit of one")
    units = store.connection.execute("SELECT id, first_seq, last_seq FROM unit ORDER BY first_seq").fetchall()
    (of_many, (_, *of_one)) = units
    assert of_many[1] == 1
    assert of_one == [of_many[2] + 1] * 2
    assert rebuild(store).differing == ()
    assert (
        store.connection.execute("SELECT id, first_seq, last_seq FROM unit ORDER BY first_seq").fetchall()
        == units
    )


def test_work_on_a_case_of_an_earlier_piece_is_folded_into_it(store: Store) -> None:
    first = add_cases(store, MANY)[0]
    with store.unit_of_work("test") as unit:
        unit.set(CASE, first, first, {"owner": "7042"})
    add_note(store, first, "much later")
    before = digests(store.connection)
    assert rebuild(store).differing == ()
    assert digests(store.connection) == before
    assert shown(store, first, "owner") == "7042"


def test_a_rebuild_leaves_every_table_and_index_as_a_new_store_has_it(store: Store) -> None:
    before = shape(store.connection)
    add_cases(store, 3)
    rebuild(store)
    assert shape(store.connection) == before


def test_a_rebuild_that_only_tells_changes_nothing(store: Store) -> None:
    case_id = add_case(store)
    store.connection.execute("UPDATE cases SET owner = 'somebody' WHERE id = ?", (case_id,))
    before = digests(store.connection)
    assert rebuild(store, keep=False).differing == ("case",)
    assert digests(store.connection) == before


def test_what_is_due_is_made_anew(store: Store) -> None:
    case_id = add_case(store)
    before = digests(store.connection)
    (n,) = store.connection.execute("SELECT n FROM cases WHERE id = ?", (case_id,)).fetchone()
    store.connection.execute(
        "INSERT INTO due_item VALUES (?, 99, ?, 1, '', '', 1, 'made up', '', NULL)",
        (n, to_micros(store.clock())),
    )
    assert digests(store.connection) != before
    rebuild(store)
    assert digests(store.connection) == before


def test_tables_that_hold_more_than_one_piece_are_emptied(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casedesk.store.refold._PIECE", 2)
    ids = add_cases(store, 5)
    before = digests(store.connection)
    with store.unit_of_work("test") as unit:
        unit.dispose(ids[4], "test")
    disposed = digests(store.connection)
    rebuild(store)
    assert digests(store.connection) == disposed != before
    assert store.connection.execute("SELECT count(*) FROM cases").fetchone() == (4,)


def test_a_rebuild_that_fails_leaves_the_connection_and_the_collector_as_they_were(store: Store) -> None:
    add_cases(store, 3)
    cache = store.connection.execute("PRAGMA cache_size").fetchone()
    store.connection.execute("UPDATE op SET header = x'5b5d' WHERE seq = 2")
    with pytest.raises(StoreError, match="Operation 2 of the journal"):
        rebuild(store)
    assert store.connection.execute("PRAGMA cache_size").fetchone() == cache
    assert gc.isenabled()


def test_progress_reaches_the_end(store: Store) -> None:
    add_cases(store, MANY)
    told: list[tuple[int, int]] = []
    report = rebuild(store, progress=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert told[-1] == (report.operations, report.operations)


def test_an_entry_of_the_desk_is_shown_by_whom_it_was_written(store: Store) -> None:
    """The author stands in the journal's header: it comes back with the entry."""
    case_id = add_case(store)
    add_note(store, case_id, "seen")
    written = store.connection.execute("SELECT actor, text FROM log_entry").fetchall()
    store.connection.execute("DELETE FROM log_entry")
    assert rebuild(store).differing == ("log_entry",)
    assert store.connection.execute("SELECT actor, text FROM log_entry").fetchall() == written


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Other processes help with however little; each that began is in this list."""
    pipes: list[object] = []
    begin = helper._begun

    def noted(*given: object) -> object:
        pipes.append(begin(*given))  # type: ignore[arg-type] # handed on as it came
        return pipes[-1]

    monkeypatch.setattr(helper, "_begun", noted)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr("casedesk.store.refold.MANY", 1)
    return pipes


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every derived table as it is, numbers and all; of the words, which cases hold some."""
    held = {
        name: [tuple(row) for row in store.connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2")]  # noqa: S608
        for name in derived_tables()
        if name != "words"
    }
    for word in ("footage", "burglary", "theft", "chase", "person", "okafor"):
        found = store.connection.execute("SELECT rowid FROM words(?) ORDER BY rowid", (word,))
        held[word] = [tuple(row) for row in found]
    return held


def test_with_the_help_of_another_process_every_table_is_the_same(
    store: Store, begun: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = add_cases(store, MANY)
    add_note(store, add_full_case(store), "seen")
    with store.unit_of_work("test") as unit:
        for case_id in ids[:700]:
            unit.set(CASE, case_id, case_id, {"owner": "7042"})
        unit.dispose(ids[3], "test")
    with monkeypatch.context() as alone:
        alone.setattr("casedesk.store.refold.MANY", 10**9)
        assert rebuild(store).differing == ()
    assert begun == []
    before = everything(store)
    assert rebuild(store).differing == ()
    assert len(begun) == 1
    assert begun[0] is not None
    assert everything(store) == before
    assert len(before["footage"]) == 1
    assert len(before["theft"]) == MANY - 1


def test_what_another_process_read_before_is_what_was_saved(store: Store, begun: list[object]) -> None:
    case_id = add_case(store)
    store.connection.execute("UPDATE cases SET owner = 'somebody' WHERE id = ?", (case_id,))
    assert rebuild(store, keep=False).differing == ("case",)
    assert rebuild(store).differing == ("case",)
    assert rebuild(store).differing == ()
    assert len(begun) == 3


def test_a_damaged_operation_is_named_whoever_met_it(store: Store, begun: list[object]) -> None:
    add_cases(store, 3)
    before = everything(store)
    store.connection.execute("UPDATE op SET payload = x'7b7d' WHERE seq = 4")
    with pytest.raises(StoreError, match="Operation 4 of the journal"):
        rebuild(store)
    assert everything(store) == before
    assert len(begun) == 1


def test_an_operation_whose_header_is_not_the_one_that_was_hashed_is_refused(store: Store) -> None:
    add_cases(store, 3)
    (header,) = store.connection.execute("SELECT header FROM op WHERE seq = 3").fetchone()
    changed = header.replace(b'"act":"test.cases"', b'"act":"test.nothing"')
    assert changed != header
    store.connection.execute("UPDATE op SET header = ? WHERE seq = 3", (changed,))
    with pytest.raises(StoreError, match="Operation 3 of the journal"):
        rebuild(store)
