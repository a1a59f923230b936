"""Proofs about a store: tampering is found and named, and the tables are exactly what the journal says."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from casedesk.desk.settings import Settings
from casedesk.desk.setup import set_up, unlock
from casedesk.model.entities import CASE, LOG_ENTRY
from casedesk.model.errors import StoreError
from casedesk.model.ids import EntityId, encode, new_id
from casedesk.model.text import harmless
from casedesk.store import keys
from casedesk.store.checks import ChainReport, digests, rebuild, verify
from casedesk.store.operations import payload_bytes
from casedesk.store.places import Places
from casedesk.store.store import Store
from tests.conftest import PASSPHRASE, PERSON, FrozenClock
from tests.store.making import add_case, add_cases, add_note, shown


@pytest.fixture
def full(store: Store) -> Store:
    """A store with some work in it: eleven operations."""
    ids = add_cases(store, 3)
    with store.unit_of_work("test") as unit:
        for case_id in ids:
            unit.set(CASE, case_id, case_id, {"owner": "7042"})
    add_note(store, ids[0], "first note")
    add_note(store, ids[1], "second note")
    return store


def checked(store: Store) -> ChainReport:
    return verify(store.connection, every_signature=True)


def own_name(store: Store) -> str:
    return encode(store.connection.execute("SELECT id FROM device").fetchone()[0])[:6]


def test_a_clean_store_has_no_problems(full: Store) -> None:
    report = checked(full)
    assert report.problems == []
    assert (report.operations, report.chains, report.disposed, report.signatures) == (11, 1, 0, 11)
    quick = verify(full.connection)
    assert quick.problems == []
    assert quick.signatures == 1


def test_an_empty_store_has_no_problems(store: Store) -> None:
    assert checked(store).problems == []
    assert rebuild(store).differing == ()


def rehashed(store: Store, seq: int, header: bytes) -> None:
    """Edit a header and its stored hash, as somebody would who has the key and knows the format."""
    store.connection.execute(
        "UPDATE op SET header = ?, hash = ? WHERE seq = ?", (header, hashlib.sha256(header).digest(), seq)
    )


def edit_header(store: Store) -> None:
    (header,) = store.connection.execute("SELECT header FROM op WHERE seq = 5").fetchone()
    changed = header.replace(b'"actor":"7042"', b'"actor":"7043"')
    assert changed != header
    store.connection.execute("UPDATE op SET header = ? WHERE seq = 5", (changed,))


def edit_header_and_hash(store: Store) -> None:
    (header,) = store.connection.execute("SELECT header FROM op WHERE seq = 5").fetchone()
    rehashed(store, 5, header.replace(b'"actor":"7042"', b'"actor":"7043"'))


def edit_payload(store: Store) -> None:
    (payload,) = store.connection.execute("SELECT payload FROM op WHERE seq = 10").fetchone()
    store.connection.execute(
        "UPDATE op SET payload = ? WHERE seq = 10", (payload.replace(b"first", b"worst"),)
    )


def swap(store: Store, columns: str) -> None:
    db = store.connection
    one, other = (
        db.execute(f"SELECT {columns} FROM op WHERE seq = ?", (seq,)).fetchone()  # noqa: S608
        for seq in (10, 11)
    )
    sets = ", ".join(f"{column} = ?" for column in columns.split(", "))
    for seq, row in ((10, other), (11, one)):
        db.execute(f"UPDATE op SET {sets} WHERE seq = ?", (*row, seq))  # noqa: S608


def reorder(store: Store) -> None:
    db = store.connection
    for old, new in ((10, 99), (11, 10), (99, 11)):
        db.execute("UPDATE op SET seq = ? WHERE seq = ?", (new, old))


def renumber(store: Store) -> None:
    """Take one out and close the gap."""
    store.connection.execute("DELETE FROM op WHERE seq = 6")
    for seq in range(7, 12):
        store.connection.execute("UPDATE op SET seq = ? WHERE seq = ?", (seq - 1, seq))


def sql(statement: str, *values: object) -> Callable[[Store], object]:
    return lambda store: store.connection.execute(statement, values)


TAMPERING: list[tuple[str, Callable[[Store], object], str]] = [
    ("an edited header", edit_header, "operation 5: the header was changed"),
    ("an edited header and hash", edit_header_and_hash, "operation 5: the signature does not fit"),
    ("an edited payload", edit_payload, "operation 10: the payload was changed"),
    ("a removed operation", sql("DELETE FROM op WHERE seq = 6"), "operation 7: operation 6 is missing"),
    ("a removed beginning", sql("DELETE FROM op WHERE seq <= 3"), "operation 4: operation 1 is missing"),
    ("a cut tail", sql("DELETE FROM op WHERE seq >= 10"), "it ends with operation 9, and 11 was noted"),
    ("nothing left", sql("DELETE FROM op"), "it ends with operation 0, and 11 was noted"),
    ("two in each other's place", reorder, "operation 10: it does not follow"),
    ("renumbered", renumber, "operation 6: it does not follow"),
    ("swapped payloads", lambda store: swap(store, "payload"), "operation 10: the payload was changed"),
    ("swapped rows", lambda store: swap(store, "header, hash, payload, sig"), "operation 10: it does not follow"),
    ("a forged signature", sql("UPDATE op SET sig = zeroblob(64) WHERE seq = 4"), "operation 4: the signature"),
    ("a signature of another", sql("UPDATE op SET sig = (SELECT sig FROM op WHERE seq = 3) WHERE seq = 4"),
     "operation 4: the signature"),
    ("a signature that is no bytes", sql("UPDATE op SET sig = 'none' WHERE seq = 4"), "operation 4: the signature"),
    ("a shorter end noted", sql("UPDATE vv SET seq = 9"), "it ends with operation 11, and 9 was noted"),
    ("another end noted", sql("UPDATE vv SET hash = zeroblob(32)"), "it ends with operation 11"),
    ("no end noted", sql("DELETE FROM vv"), "it ends with operation 11, and nothing was noted"),
    ("a chain that is not there", sql("INSERT INTO vv VALUES (1, 7, 5, zeroblob(32))"), "chain number 7"),
    ("a header that is text", sql("UPDATE op SET header = 'x' WHERE seq = 5"), "operation 5: the header cannot"),
    ("a header that says nothing", lambda store: rehashed(store, 5, b"[]"), "operation 5: it cannot be read"),
    ("a header that is no JSON", lambda store: rehashed(store, 5, b"\xff"), "operation 5: it cannot be read"),
    ("a payload that is text", sql("UPDATE op SET payload = 'x' WHERE seq = 5"), "operation 5: it cannot be read"),
    ("an erased payload", sql("UPDATE op SET payload = NULL WHERE seq = 10"),
     "operation 10: its payload was erased without a disposal"),
    ("moved to another case", sql("UPDATE op SET case_id = zeroblob(16) WHERE seq = 10"),
     "operation 10: its row says something else"),
    ("a reading changed", sql("UPDATE op SET hlc = hlc + 1 WHERE seq = 10"),
     "operation 10: its row says something else"),
    ("an entity renamed", sql("UPDATE op SET entity = 'case' WHERE seq = 10"),
     "operation 10: its row says something else"),
    ("given to another unit", sql("UPDATE op SET unit = zeroblob(16) WHERE seq = 10"),
     "operation 10: its row says something else"),
    ("no key to check by", sql("UPDATE device SET sign_pub = x''"), "key is not known"),
    ("another's key", sql("UPDATE device SET sign_pub = zeroblob(32)"), "operation 1: the signature"),
    ("given to another author", sql("UPDATE device SET id = zeroblob(16)"), "operation 1: its row says"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "said"), [pytest.param(*row[1:], id=row[0]) for row in TAMPERING])
def test_tampering_is_found_and_named(full: Store, change: Callable[[Store], object], said: str) -> None:
    change(full)
    problems = checked(full).problems
    told = [problem for problem in problems if said in problem]
    assert told, problems
    if said.startswith(("operation", "it ends")):
        assert all(problem.startswith(f"chain {own_name(full)}") for problem in told)


def test_a_disposal_is_no_tampering_and_covers_no_more_than_it_says(full: Store) -> None:
    (case_id,) = full.connection.execute("SELECT id FROM cases WHERE n = 1").fetchone()
    with full.unit_of_work("dispose", "review") as unit:
        unit.dispose(case_id, "Review of 2026")
    report = checked(full)
    assert report.problems == []
    assert report.disposed == 4  # the case, its suspect, its owner, its note
    add_note(full, case_id, "written since")
    assert checked(full).problems == []
    assert rebuild(full).differing == ()
    full.connection.execute("UPDATE op SET payload = NULL WHERE seq IN (3, 13)")
    assert [problem.split(", ")[1] for problem in checked(full).problems] == [
        "operation 3: its payload was erased without a disposal",
        "operation 13: its payload was erased without a disposal",
    ]


def test_without_every_signature_a_forged_end_is_still_found(full: Store) -> None:
    full.connection.execute("UPDATE op SET sig = zeroblob(64) WHERE seq = 11")
    assert any("operation 11: the signature" in problem for problem in verify(full.connection).problems)


def test_verify_reports_how_far_it_is(store: Store) -> None:
    add_cases(store, 2600)
    told: list[tuple[int, int]] = []
    verify(store.connection, progress=lambda done, total: told.append((done, total)))
    assert told == [(5000, 5200)]


# -- rebuild ------------------------------------------------------------------------------------------------


def test_rebuild_says_the_same_again(full: Store) -> None:
    before = digests(full.connection)
    report = rebuild(full)
    assert report.operations == 11
    assert report.differing == ()
    assert report.not_shown == {}
    assert digests(full.connection) == before


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("case", "UPDATE cases SET oic = 'PC Nobody' WHERE n = 1"),
        ("case", "UPDATE cases SET heads = '[]' WHERE n = 1"),
        ("case", "DELETE FROM cases WHERE n = 2"),
        ("suspect", "UPDATE suspect SET case_id = zeroblob(16) WHERE n = 1"),
        ("log_entry", "DELETE FROM log_entry WHERE n = 1"),
        ("log_entry", "UPDATE log_entry SET text = 'rewritten' WHERE n = 1"),
        ("log_entry", "UPDATE log_entry SET actor = '7043' WHERE n = 1"),
        ("victim", "INSERT INTO victim (id, case_id, hlc, actor, heads) VALUES (x'01', x'02', 0, '', '[]')"),
        ("conflict", "INSERT INTO conflict VALUES ('case', x'01', 'oic', x'01')"),
        ("dead", "INSERT INTO dead VALUES (1, 77, x'01', x'01', 'oic', 5)"),
        ("unit", "UPDATE unit SET act = 'nothing'"),
        ("unit", "DELETE FROM unit WHERE first_seq = 1"),
        ("not shown", "INSERT INTO not_shown VALUES ('entity drone', 3)"),
    ],
)
def test_rebuild_names_a_table_that_differed_and_mends_it(full: Store, table: str, statement: str) -> None:
    before = digests(full.connection)
    full.connection.execute(statement)
    report = rebuild(full)
    assert table in report.differing
    assert digests(full.connection) == before
    assert rebuild(full).differing == ()


def test_rebuild_mends_the_queue_and_the_words(full: Store) -> None:
    before = digests(full.connection)
    full.connection.execute("DELETE FROM queue WHERE n = 1")
    full.connection.execute("UPDATE queue SET band = 1, sentence = 'made up', owner = 'x' WHERE n = 2")
    full.connection.execute(
        "INSERT INTO queue VALUES (999, 1, 0, 0, 0, 0, 'open', '', '', '', 0, 'a case that is not there')"
    )
    full.connection.execute("DELETE FROM words WHERE rowid = 3")
    rebuild(full)
    assert digests(full.connection) == before
    assert full.connection.execute("SELECT count(*) FROM queue").fetchone() == (3,)
    found = full.connection.execute("SELECT rowid FROM words WHERE words MATCH 'high'").fetchall()
    assert sorted(found) == [(1,), (2,), (3,)]


def test_a_journal_that_cannot_be_read_stops_the_rebuild_with_nothing_changed(full: Store) -> None:
    for column, value in (("header", b"[]"), ("payload", b"[]"), ("payload", b'{"fields":{"owner":7}}')):
        before = digests(full.connection)
        held = full.connection.execute(f"SELECT {column} FROM op WHERE seq = 8").fetchone()[0]  # noqa: S608
        full.connection.execute(f"UPDATE op SET {column} = ? WHERE seq = 8", (value,))  # noqa: S608
        with pytest.raises(StoreError, match="Operation 8 of the journal"):
            rebuild(full)
        assert digests(full.connection) == before
        full.connection.execute(f"UPDATE op SET {column} = ? WHERE seq = 8", (held,))  # noqa: S608
    add_note(full, new_id(), "goes on")
    assert rebuild(full).differing == ()


def test_operations_of_a_newer_program_survive_a_rebuild_and_are_counted(full: Store) -> None:
    """Written here as a newer program would have: signed, chained, with a field this one does not know."""

    def newer(salt: bytes, fields: Any, reason: str | None) -> bytes:
        return payload_bytes(salt, {**fields, "aura": "blue"}, reason)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("casedesk.store.journal.payload_bytes", newer)
        case_id = add_case(full, oic="PC 1")
    assert shown(full, case_id, "oic") == "PC 1"
    for _ in range(2):
        assert rebuild(full).not_shown == {"field case.aura": 1}
    assert checked(full).problems == []


# -- any sequence of work -----------------------------------------------------------------------------------

WORDS = st.sampled_from(["A", "B", "C", None])
FIELDS = st.dictionaries(st.sampled_from(["owner", "oic", "outcome", "location"]), WORDS, min_size=1)
NUMBERS = st.integers(0, 3)
CASES = [EntityId(bytes([number]) * 16) for number in range(4)]


class PlannedError(Exception):
    """A fault that the machine plants."""


class Work(RuleBasedStateMachine):
    """Units of work, faults and restarts against a dictionary of what was said and saved."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.places = Places(self.folder / "home")
        self.clock = FrozenClock()
        self.desk = set_up(self.places, PASSPHRASE, Settings(PERSON), self.clock, cost=keys.GENERATED_COST)
        self.said: dict[tuple[int, str], tuple[float | None, str | None]] = {}
        self.notes: list[str] = []
        self.operations = 0

    @property
    def store(self) -> Store:
        return self.desk.store

    def say(self, number: int, fields: dict[str, str | None], as_at: float | None) -> None:
        self.operations += 1
        for name, value in fields.items():
            before = self.said.get((number, name), (float("-inf"), None))[0]
            if as_at is None or (before is not None and before <= as_at):
                self.said[number, name] = (as_at, value)

    @rule(number=NUMBERS, fields=FIELDS, more=FIELDS)
    def decide(self, number: int, fields: dict[str, str | None], more: dict[str, str | None]) -> None:
        with self.store.unit_of_work("test") as unit:
            unit.set(CASE, CASES[number], CASES[number], fields)
            unit.set(CASE, CASES[number], CASES[number], more)
        self.say(number, fields, None)
        self.say(number, more, None)

    @rule(some=st.lists(st.tuples(NUMBERS, FIELDS), min_size=1, max_size=4), hours=st.integers(-3, 3))
    def take_in(self, some: list[tuple[int, dict[str, str | None]]], hours: int) -> None:
        as_at = self.clock() + timedelta(hours=hours)
        with self.store.unit_of_work("import") as unit:
            for number, fields in some:
                unit.extract(CASE, CASES[number], CASES[number], fields, as_at)
                unit.settle()
        for number, fields in some:
            self.say(number, fields, as_at.timestamp())

    @rule(number=NUMBERS, text=st.text(st.characters(codec="utf-8"), max_size=5))
    def note(self, number: int, text: str) -> None:
        add_note(self.store, CASES[number], text)
        self.operations += 1
        self.notes.append(harmless(text))

    @rule(number=NUMBERS, fields=FIELDS, step=st.sampled_from(["block", "folded", "queued", "finished"]))
    def fail(self, number: int, fields: dict[str, str | None], step: str) -> None:
        def planned(reached: str) -> None:
            if reached == step:
                raise PlannedError

        self.store.checkpoint = planned
        with pytest.raises(PlannedError), self.store.unit_of_work("test") as unit:
            unit.set(CASE, CASES[number], CASES[number], fields)
            unit.entry(LOG_ENTRY, new_id(), CASES[number], {"text": "never"})
            planned("block")
        self.store.checkpoint = lambda _: None

    @rule(hours=st.integers(-30, 30))
    def let_time_pass(self, hours: int) -> None:
        self.clock.advance(timedelta(hours=hours))
        self.store.tick()

    @rule()
    def restart(self) -> None:
        self.desk.close()
        self.desk = unlock(self.places, PASSPHRASE, self.clock)

    @precondition(lambda self: self.operations % 3 == 1)
    @rule()
    def make_the_tables_anew(self) -> None:
        assert rebuild(self.store).differing == ()

    @invariant()
    def shows_what_was_said(self) -> None:
        if not hasattr(self, "desk"):
            return
        for (number, name), (_, value) in self.said.items():
            assert shown(self.store, CASES[number], name) == value
        texts = self.store.connection.execute("SELECT text FROM log_entry ORDER BY n").fetchall()
        assert [text for (text,) in texts] == self.notes

    def teardown(self) -> None:
        if not hasattr(self, "desk"):
            return
        report = checked(self.store)
        assert report.problems == []
        assert report.operations == self.operations
        assert rebuild(self.store).differing == ()
        self.shows_what_was_said()
        self.desk.close()
        shutil.rmtree(self.folder)


Work.TestCase.settings = settings(max_examples=12, stateful_step_count=15, deadline=None)
TestWork = Work.TestCase
