"""The one write path: a unit is saved whole or not at all, and the chain says exactly what was done."""

import contextlib
import hashlib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from casedesk.model.entities import CASE, CONTACT, ENTITIES, LOG_ENTRY, VICTIM, Kind, Value
from casedesk.model.errors import StoreError
from casedesk.model.facts import TEAM
from casedesk.model.ids import EntityId, decode, encode, new_id
from casedesk.model.moments import Moment
from casedesk.store import hlc
from casedesk.store.checks import digests, rebuild, verify
from casedesk.store.connection import DatabaseError
from casedesk.store.fold import OF_TEAM
from casedesk.store.journal import MAX_OPERATION
from casedesk.store.operation_log import Salts
from casedesk.store.operations import DOMAIN, GENESIS, Operation, parse_operation
from casedesk.store.queue import QueueReader, View
from casedesk.store.store import Store, clock_doubt
from tests.conftest import FrozenClock
from tests.store.making import add_case, add_cases, add_note, shown


def operations(store: Store) -> list[Operation]:
    rows = store.connection.execute("SELECT header, sig, payload FROM op ORDER BY n").fetchall()
    return [parse_operation(*row) for row in rows]


def state(store: Store) -> dict[str, str]:
    """Everything that a unit may change."""
    db = store.connection
    return {
        **digests(db),
        **{
            table: repr(db.execute(f"SELECT * FROM {table}").fetchall())  # noqa: S608
            for table in ("op", "vv", "meta", "device", "space")
        },
    }


def assert_sound(store: Store) -> None:
    """The chain holds, every signature fits, and the tables are what the journal says."""
    report = verify(store.connection, every_signature=True)
    assert report.problems == []
    assert report.signatures == report.operations
    assert rebuild(store).differing == ()


def test_operations_are_numbered_chained_hashed_and_signed(store: Store) -> None:
    case_id = add_case(store)
    add_note(store, case_id, "one")
    add_note(store, case_id, "two")
    (public,) = store.connection.execute("SELECT sign_pub FROM device WHERE ix = 1").fetchone()
    prev = GENESIS
    for number, op in enumerate(operations(store), 1):
        assert op.seq == number
        assert op.prev == prev
        assert op.hash == hashlib.sha256(op.header).digest()
        assert op.payload is not None
        assert op.payload_hash == hashlib.sha256(op.payload).digest()
        Ed25519PublicKey.from_public_bytes(public).verify(op.sig, DOMAIN + op.hash)
        assert op.actor == "7042"
        prev = op.hash
    assert store.connection.execute("SELECT seq, hash FROM vv").fetchall() == [(3, prev)]


def planted() -> dict[Kind, Value]:
    return {
        Kind.TEXT: "Wilhelmina Marmalade",
        Kind.INT: 987654321,
        Kind.FLAG: True,
        Kind.INSTANT: datetime(1987, 6, 5, 4, 3, 21, tzinfo=UTC),
        Kind.MOMENT: Moment("1987-06-05"),
        Kind.LIST: ("Wilhelmina", "Marmalade"),
        Kind.REFERENCE: EntityId(b"sixteen bytes id"),
    }


PLANTS = ("Wilhelmina", "Marmalade", "987654321", "1987-06-05", "the reason why")


def test_headers_hold_ids_and_order_and_nothing_of_a_person(store: Store) -> None:
    values = planted()
    with store.unit_of_work("test", "the reason why") as unit:
        for entity in ENTITIES.values():
            everything = {field.name: values[field.kind] for field in entity.fields}
            if entity.entry:
                unit.entry(entity, new_id(), new_id(), everything)
            else:
                entity_id = new_id()
                home = TEAM if entity.name in OF_TEAM else entity_id
                unit.extract(entity, entity_id, home, everything, unit.now)
                unit.set(entity, entity_id, home, everything)
    ops = operations(store)
    assert {op.entity for op in ops} == set(ENTITIES)
    for op in ops:
        said = op.header.decode() + repr(orjson.loads(op.header))
        assert not any(plant in said for plant in PLANTS)
        assert b"Wilhelmina" in (op.payload or b"")
        assert b"the reason why" in (op.payload or b"")
    for row in store.connection.execute(
        "SELECT hash, kind, entity, entity_id, case_id, unit, header, sig FROM op"
    ):
        assert not any(plant in repr(row) for plant in PLANTS)


def test_payloads_cannot_be_guessed_from_their_hash(store: Store) -> None:
    case_id = add_case(store)
    for _ in range(3):
        with store.unit_of_work("test") as unit:
            for _ in range(3):
                unit.set(CASE, case_id, case_id, {"owner": "7042"})
    ops = operations(store)[1:]
    assert len({op.payload_hash for op in ops}) == 9
    assert len({op.body()["salt"] for op in ops}) == 9


def test_no_salt_is_given_twice() -> None:
    salts = Salts()
    taken = [salts.take() for _ in range(1700)]
    assert len(set(taken)) == 1700
    assert {len(salt) for salt in taken} == {Salts.SIZE}


def test_over_names_exactly_what_was_seen_and_replaced(store: Store) -> None:
    case_id = add_case(store, outcome="16", oic="PC 1")
    with store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"outcome": "18", "owner": "7042"})
    with store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"outcome": "8", "oic": "PC 1"})
    first, second, third = operations(store)
    assert first.over == {}
    assert second.over == {"outcome": (first.dot,)}
    assert third.over == {"outcome": (second.dot,), "oic": (first.dot,)}


# -- all or nothing -----------------------------------------------------------------------------------------


def write_some(store: Store, case_id: EntityId) -> None:
    with store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"owner": "7042", "stage": "submitted"})
        unit.entry(LOG_ENTRY, new_id(), case_id, {"text": "half", "at": unit.now})


def steps_of(store: Store, case_id: EntityId) -> list[str]:
    seen: list[str] = []
    store.checkpoint = seen.append
    write_some(store, case_id)
    store.checkpoint = lambda _: None
    return seen


class InjectedError(Exception):
    """The fault that a test plants."""


@contextlib.contextmanager
def failing_at(store: Store, step: str) -> Iterator[None]:
    def fail(reached: str) -> None:
        if reached == step:
            raise InjectedError

    store.checkpoint = fail
    yield
    store.checkpoint = lambda _: None


def test_a_fault_at_any_step_leaves_nothing_and_the_next_unit_works(store: Store) -> None:
    case_id = add_case(store)
    steps = steps_of(store, case_id)
    assert steps == ["folded", "queued", "finished"]
    for step in steps:
        before = state(store)
        with failing_at(store, step), pytest.raises(InjectedError):
            write_some(store, case_id)
        assert state(store) == before
        write_some(store, case_id)
        assert_sound(store)


@pytest.mark.parametrize("error", [InjectedError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_whatever_is_raised_in_the_block_nothing_is_saved(store: Store, error: type[BaseException]) -> None:
    case_id = add_case(store)
    before = state(store)
    with pytest.raises(error), store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"owner": "never"})
        unit.settle()
        unit.set(CASE, case_id, case_id, {"owner": "ever"})
        raise error
    assert state(store) == before
    add_note(store, case_id, "after")
    assert_sound(store)


def test_a_long_unit_that_fails_leaves_nothing_and_no_thread(store: Store) -> None:
    before = state(store)
    with pytest.raises(InjectedError), store.unit_of_work("test") as unit:
        for _ in range(1234):
            unit.entry(LOG_ENTRY, new_id(), new_id(), {"text": "x"})
        raise InjectedError
    assert state(store) == before
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("casedesk-sign")]
    add_case(store)
    assert_sound(store)


def test_a_thousand_operations_cross_the_signing_batches(store: Store) -> None:
    case_id = add_case(store)
    with store.unit_of_work("test") as unit:
        for number in range(1000):
            unit.entry(LOG_ENTRY, new_id(), case_id, {"text": f"entry {number}"})
            if number == 700:  # reads what is still being signed
                unit.set(CASE, case_id, case_id, {"owner": "7042"})
    assert [op.seq for op in operations(store)] == list(range(1, 1003))
    texts = store.connection.execute("SELECT text FROM log_entry ORDER BY n").fetchall()
    assert [text for (text,) in texts] == [f"entry {number}" for number in range(1000)]
    assert_sound(store)


def test_a_failed_operation_cannot_be_swallowed_and_saved(store: Store) -> None:
    """What is in the journal and not in the tables would be lost to sight."""
    case_id = add_case(store)
    before = state(store)
    with pytest.raises(RuntimeError), store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"owner": "7042"})
        with contextlib.suppress(TypeError):
            unit.set(CASE, case_id, case_id, {"oic": 7})
    assert state(store) == before


def test_a_value_of_another_kind_is_refused_whole(store: Store) -> None:
    case_id = add_case(store)
    before = state(store)
    wrong: list[dict[str, Any]] = [
        {"oic": 7}, {"recorded_at": "yesterday"}, {"tic_signed": "yes"}, {"flags": [1]},
        {"value_pence": 2**70}, {"no_such_field": "x"},
    ]  # fmt: skip
    for said in wrong:
        with (
            pytest.raises((ValueError, TypeError, KeyError, OverflowError)),
            store.unit_of_work("test") as unit,
        ):
            unit.set(CASE, case_id, case_id, {"owner": "7042", **said})
        assert state(store) == before
    add_note(store, case_id, "after")
    assert_sound(store)


def test_an_oversized_operation_is_refused_and_the_unit_with_it(store: Store) -> None:
    case_id = add_case(store)
    before = state(store)
    with pytest.raises(StoreError, match="the most is"), store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"owner": "7042"})
        unit.entry(LOG_ENTRY, new_id(), case_id, {"text": "x" * MAX_OPERATION})
    assert state(store) == before


def test_a_unit_that_writes_nothing_leaves_no_trace_in_the_record(store: Store) -> None:
    before = digests(store.connection)
    with store.unit_of_work("look"):
        pass
    assert digests(store.connection) == before
    assert store.connection.execute("SELECT count(*) FROM unit").fetchone() == (0,)


# -- one unit at a time -------------------------------------------------------------------------------------


def test_a_unit_inside_a_unit_is_refused_and_the_outer_one_is_saved_whole(store: Store) -> None:
    case_id = add_case(store)
    with store.unit_of_work("outer") as unit:
        unit.set(CASE, case_id, case_id, {"owner": "7042"})
        with pytest.raises(RuntimeError), store.unit_of_work("inner"):
            pass
        assert store.tick() == 0
        unit.set(CASE, case_id, case_id, {"team": "CMU"})
    assert shown(store, case_id, "owner") == "7042"
    assert [act for (act,) in store.connection.execute("SELECT act FROM unit ORDER BY hlc")][1:] == ["outer"]
    assert_sound(store)


def test_nothing_can_be_written_after_a_unit_has_ended(store: Store) -> None:
    case_id = add_case(store)
    with store.unit_of_work("test") as ended:
        pass
    with pytest.raises(InjectedError), store.unit_of_work("test") as failed:
        raise InjectedError
    before = state(store)
    for unit in (ended, failed):
        with pytest.raises(RuntimeError):
            unit.set(CASE, case_id, case_id, {"owner": "late"})
        with pytest.raises(RuntimeError):
            unit.settle()
    assert state(store) == before


def test_two_threads_write_one_after_the_other(store: Store) -> None:
    case_id = add_case(store)
    inside, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with store.unit_of_work("slow") as unit:
            unit.set(CASE, case_id, case_id, {"owner": "slow"})
            inside.set()
            go_on.wait(20)

    def quick() -> None:
        add_note(store, case_id, "quick")

    first, second = threading.Thread(target=slow), threading.Thread(target=quick)
    first.start()
    assert inside.wait(20)
    second.start()
    go_on.set()
    first.join(20)
    second.join(20)
    acts = store.connection.execute("SELECT act FROM unit ORDER BY hlc").fetchall()
    assert acts == [("test.case",), ("slow",), ("log.add",)]
    assert_sound(store)


def test_a_writer_who_waits_too_long_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casedesk.store.store._PATIENCE", 0.01)
    said: list[BaseException] = []

    def other() -> None:
        try:
            add_case(store)
        except StoreError as error:
            said.append(error)

    with store.unit_of_work("slow"):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(20)
    assert len(said) == 1
    assert "busy" in str(said[0])
    assert_sound(store)


def test_a_store_open_for_reading_refuses_to_write(store: Store, clock: FrozenClock) -> None:
    case_id = add_case(store)
    key = store._key
    with Store(store.places, key, clock, store.packs, read_only=True) as reading:
        with pytest.raises(StoreError, match="reading only"), reading.unit_of_work("test"):
            pass
        assert reading.tick() == 0
        with pytest.raises(DatabaseError):
            reading.connection.execute("DELETE FROM op")
        assert shown(reading, case_id, "ref") == "42/1/26"


# -- entries ------------------------------------------------------------------------------------------------


def test_an_entry_is_written_once(store: Store) -> None:
    case_id = add_case(store)
    entry_id = add_note(store, case_id, "as it was")
    before = state(store)
    with pytest.raises(StoreError, match="never changed"), store.unit_of_work("test") as unit:
        unit.entry(LOG_ENTRY, entry_id, case_id, {"text": "as it was not"})
    with pytest.raises(ValueError, match="does not take"), store.unit_of_work("test") as unit:
        unit.set(LOG_ENTRY, entry_id, case_id, {"text": "as it was not"})
    with pytest.raises(ValueError, match="does not take"), store.unit_of_work("test") as unit:
        unit.extract(CONTACT, new_id(), case_id, {"text": "x"}, unit.now)
    with pytest.raises(ValueError, match="does not take"), store.unit_of_work("test") as unit:
        unit.entry(VICTIM, new_id(), case_id, {"name": "x"})
    assert state(store) == before


def test_a_correction_leaves_what_it_corrects(store: Store) -> None:
    case_id = add_case(store)
    entry_id = add_note(store, case_id, "wrong")
    with store.unit_of_work("log.add") as unit:
        unit.entry(LOG_ENTRY, new_id(), case_id, {"text": "right", "about": entry_id})
    rows = store.connection.execute("SELECT text, about FROM log_entry ORDER BY hlc").fetchall()
    assert rows == [("wrong", None), ("right", bytes(entry_id))]


# -- what a unit leaves -------------------------------------------------------------------------------------


def test_the_unit_table_and_the_clock_reading_agree_with_the_journal(
    store: Store, clock: FrozenClock
) -> None:
    case_id = add_case(store)
    clock.advance(timedelta(seconds=5))
    write_some(store, case_id)
    ops = operations(store)
    rows = store.connection.execute(
        "SELECT id, act, actor, device, hlc, at_ms, first_seq, last_seq, about FROM unit ORDER BY hlc"
    ).fetchall()
    at_ms = int(clock().timestamp() * 1000)
    assert rows[1] == (ops[1].unit, "test", "7042", 1, ops[2].hlc, at_ms, 2, 3, b"")
    assert ops[1].unit == ops[2].unit != ops[0].unit
    assert store.meta("hlc") == ops[-1].hlc
    assert {op.wall_ms for op in ops[1:]} == {at_ms}


def test_a_clock_put_back_never_puts_the_order_back(store: Store, clock: FrozenClock) -> None:
    case_id = add_case(store)
    for span in (timedelta(hours=-5), timedelta(days=-4000), timedelta(days=9000), timedelta(days=-20000)):
        clock.advance(span)
        add_note(store, case_id, str(span))
    readings = [op.hlc for op in operations(store)]
    assert readings == sorted(set(readings))
    assert_sound(store)


def test_a_clock_behind_the_last_operation_is_noticed(store: Store, clock: FrozenClock) -> None:
    assert clock_doubt(store, clock()) is None
    add_case(store)
    assert clock_doubt(store, clock()) is None
    assert clock_doubt(store, clock() - timedelta(seconds=50)) is None
    assert clock_doubt(store, clock() - timedelta(hours=2)) == timedelta(hours=2)


@given(st.lists(st.datetimes(datetime(1960, 1, 1), datetime(2200, 1, 1)), min_size=1))  # noqa: DTZ001
def test_every_reading_is_later_than_the_last_and_no_earlier_than_the_clock(clocks: list[datetime]) -> None:
    last = 0
    for now in clocks:
        aware = now.replace(tzinfo=UTC)
        reading = hlc.tick(last, aware)
        assert last < reading < 2**63
        assert reading >> hlc.COUNTER_BITS >= int(aware.timestamp() * 1000)
        last = reading


@given(st.integers(0, 2**62), st.integers(0, 2**62), st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001
def test_another_clock_pulls_this_one_a_day_at_most(last: int, remote: int, now: datetime) -> None:
    aware = now.replace(tzinfo=UTC)
    absorbed = hlc.absorb(last, remote, aware)
    assert absorbed >= last
    assert absorbed <= max(last, hlc.tick(0, aware + timedelta(days=1)))
    if remote <= hlc.tick(0, aware):
        assert absorbed == max(last, remote)


def test_a_second_writer_despite_the_lock_does_not_break_the_chain(store: Store, clock: FrozenClock) -> None:
    """Somebody removed the lock file, or the folder is where locks do not work."""
    case_id = add_case(store)
    store.places.lock.unlink()
    with Store(store.places, store._key, clock, store.packs) as other:
        add_note(other, case_id, "theirs")
        add_note(store, case_id, "mine")
        add_note(other, case_id, "theirs again")
    assert [op.seq for op in operations(store)] == [1, 2, 3, 4]
    assert_sound(store)


def test_a_reader_sees_only_what_is_saved(store: Store) -> None:
    case_id = add_case(store)
    reader = store.reader()
    with store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"owner": "unsaved"})
        unit.settle()
        assert reader.execute("SELECT owner FROM cases").fetchone() == (None,)
    assert reader.execute("SELECT owner FROM cases").fetchone() == ("unsaved",)
    reader.close()


def test_drafts_and_settings_of_the_store_are_kept_and_forgotten(store: Store) -> None:
    store.save_draft("log", {"text": "half a sent", "odd": "\ud800"})
    store.save_draft("log", {"text": "half a sentence"})
    assert store.load_draft("log") == {"text": "half a sentence"}
    store.drop_draft("log")
    assert store.load_draft("log") is None
    store.set_meta("seen", 5)
    assert store.meta("seen") == 5
    assert store.meta("unseen") is None


# -- what cannot be read as an operation --------------------------------------------------------------------


def good_header(store: Store) -> dict[str, Any]:
    add_case(store)
    header: dict[str, Any] = orjson.loads(operations(store)[-1].header)
    return header


WRONG: dict[str, list[Any]] = {
    "seq": ["1", None, True, 1.0, 2**64],
    "hlc": [None, 2**63, -(2**64)],
    "id": ["", "QQ", 7, None, "é"],
    "case": [encode(bytes(15)), encode(bytes(17)), encode(bytes(16)) + "=="],
    "prev": [encode(bytes(31))],
    "space": [None],
    "device": [encode(b"")],
    "unit": [encode(bytes(3))],
    "payload": [encode(bytes(16))],
    "actor": [None, 7, ["x"]],
    "act": [{}],
    "kind": [None],
    "entity": [1],
    "over": [[], {"owner": 5}, {"owner": [["QQ", 1]]}, {"owner": [[encode(bytes(16)), "1"]]}, "x"],
    "as_at": ["now", 2**70],
}


def test_a_header_that_is_not_one_is_refused(store: Store) -> None:
    header = good_header(store)
    assert parse_operation(orjson.dumps(header), b"", None).seq == 1
    for name, values in WRONG.items():
        for value in values:
            raw = {**header, name: value}
            try:
                written = orjson.dumps(raw)
            except TypeError:
                continue
            with pytest.raises(ValueError, match="not an operation header"):
                parse_operation(written, b"", None)
    for name in header:
        if name not in ("over", "as_at", "about", "log"):
            short = {key: value for key, value in header.items() if key != name}
            with pytest.raises(ValueError, match="not an operation header"):
                parse_operation(orjson.dumps(short), b"", None)


@given(st.binary(max_size=80))
def test_random_bytes_are_no_operation(raw: bytes) -> None:
    with pytest.raises(ValueError, match="not an operation header"):
        parse_operation(raw, b"", None)


@pytest.mark.parametrize("payload", [b"", b"[]", b"7", b'{"fields": []}', b"\xff", b"{"])
def test_a_payload_that_is_not_one_is_refused(store: Store, payload: bytes) -> None:
    op = parse_operation(orjson.dumps(good_header(store)), b"", payload)
    with pytest.raises(ValueError):
        op.body()


def test_an_operation_reads_back_as_it_was_written(store: Store) -> None:
    case_id = add_case(store)
    with store.unit_of_work("test", "why") as unit:
        unit.set(CASE, case_id, case_id, {"ref": "42/2/26"})
    (_, op) = operations(store)
    assert op.entity_id == case_id == op.case_id
    assert op.body()["reason"] == "why"
    assert decode(op.body()["salt"])
    assert (op.kind, op.entity, op.act) == ("set", "case", "test")
    assert op.dot == (op.device, 2)
    assert op.as_at == 0


def test_every_unit_verb_takes_every_entity_of_its_kind(store: Store) -> None:
    with store.unit_of_work("test") as unit:
        for entity in ENTITIES.values():
            write = unit.entry if entity.entry else unit.set
            entity_id = new_id()
            home = TEAM if entity.name in OF_TEAM else entity_id
            write(entity, entity_id, home, {entity.fields[0].name: planted()[entity.fields[0].kind]})
    assert unit.operations == len(ENTITIES)
    assert unit.hlc == store.meta("hlc")
    assert_sound(store)


def test_bulk_work_settles_as_it_goes(store: Store) -> None:
    ids = add_cases(store, 30)
    with store.unit_of_work("test") as unit:
        unit.preload(CASE, ids)
        for case_id in ids:
            unit.set(CASE, case_id, case_id, {"owner": "7042"})
        unit.settle()
        assert QueueReader(store.connection).count(View("mine", "7042")) == 30
    assert_sound(store)


def test_text_that_no_file_could_hold_is_cleaned_as_it_is_written(store: Store) -> None:
    case_id = add_case(store)
    with store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"oic": "PC Example\ud800\x1b[2J"})
    oic = str(shown(store, case_id, "oic"))
    assert oic.startswith("PC Example")
    assert oic.isprintable()
    assert_sound(store)
