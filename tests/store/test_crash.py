"""Power cuts, kills and full disks: what was said to be saved is there, and nothing is half there."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from casedesk.desk.desk import Desk
from casedesk.desk.setup import unlock
from casedesk.model.entities import CASE, LOG_ENTRY
from casedesk.model.errors import StoreError
from casedesk.model.ids import new_id
from casedesk.store.checks import digests, rebuild, verify
from casedesk.store.store import Store
from tests.conftest import PASSPHRASE, FrozenClock
from tests.store.making import add_case, add_cases, add_note

KILLS = int(os.environ.get("CASEDESK_KILLS", "3"))
"""How often the writer is killed. A long run sets it higher."""

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from casedesk.desk.setup import unlock
from casedesk.model.entities import CASE, LOG_ENTRY
from casedesk.model.ids import new_id
from casedesk.store.places import Places
desk = unlock(Places(Path(sys.argv[1])), sys.argv[2], lambda: datetime(2026, 11, 20, 15, tzinfo=UTC))
number = int(sys.argv[3])
while True:
    case_id = new_id()
    with desk.store.unit_of_work("test") as unit:
        unit.set(CASE, case_id, case_id, {"ref": f"unit {number}", "owner": "7042"})
        for part in range(1 + number % 7):
            unit.entry(LOG_ENTRY, new_id(), case_id, {"text": f"{number} {part}"})
    print(number, flush=True)
    number += 1
"""


def assert_whole(store: Store, acknowledged: int) -> int:
    """Every acknowledged unit is there, whole; returns how many there are, at most one more than acknowledged."""
    assert store.connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert verify(store.connection, every_signature=True).problems == []
    assert rebuild(store).differing == ()
    refs = [ref for (ref,) in store.connection.execute("SELECT ref FROM cases ORDER BY n")]
    assert refs == [f"unit {number}" for number in range(len(refs))]
    assert len(refs) - acknowledged in (0, 1)
    texts = [text for (text,) in store.connection.execute("SELECT text FROM log_entry ORDER BY n")]
    assert texts == [f"{number} {part}" for number in range(len(refs)) for part in range(1 + number % 7)]
    return len(refs)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a way to kill without warning")
def test_whatever_was_acknowledged_survives_a_kill(desk: Desk, clock: FrozenClock) -> None:
    places = desk.store.places
    desk.close()
    done = 0
    for kill in range(KILLS):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(places.home), PASSPHRASE, str(done)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert writer.stdout is not None
        for _ in range(5 + 3 * kill):
            assert writer.stdout.readline()
        writer.kill()
        acknowledged = done + 5 + 3 * kill + len(writer.stdout.read().splitlines())
        writer.wait()
        writer.stdout.close()
        with contextlib.closing(unlock(places, PASSPHRASE, clock)) as again:
            done = assert_whole(again.store, acknowledged)
    assert done >= 5 * KILLS


def test_a_store_left_by_a_kill_can_be_read_before_it_is_written(desk: Desk, clock: FrozenClock) -> None:
    """What is still in the write-ahead log counts."""
    case_id = add_case(desk.store)
    add_note(desk.store, case_id, "in the log only")
    wal = desk.store.places.store.with_name("casedesk.db-wal")
    assert wal.stat().st_size > 0
    with contextlib.closing(unlock(desk.store.places, PASSPHRASE, clock, read_only=True)) as reading:
        assert reading.store.connection.execute("SELECT text FROM log_entry").fetchall() == [
            ("in the log only",)
        ]
        assert verify(reading.store.connection).problems == []


def write_much(store: Store) -> None:
    with store.unit_of_work("test") as unit:
        for number in range(400):
            case_id = new_id()
            unit.set(CASE, case_id, case_id, {"ref": f"{number}", "summary": "x" * 2000})
            unit.entry(LOG_ENTRY, new_id(), case_id, {"text": "y" * 500})
            if number % 50 == 0:
                unit.settle()


@contextlib.contextmanager
def no_more_pages(store: Store) -> Iterator[None]:
    """The database may not grow: what a full disk says to it."""
    (pages,) = store.connection.execute("PRAGMA page_count").fetchone()
    store.connection.execute(f"PRAGMA max_page_count = {pages + 4}")
    yield
    store.connection.execute("PRAGMA max_page_count = 4294967294")


@contextlib.contextmanager
def no_larger_files(store: Store) -> Iterator[None]:
    """No file may grow beyond what it is: what a quota says."""
    import resource

    largest = max(path.stat().st_size for path in store.places.home.iterdir())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 20_000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_named_and_nothing_is_half_written(store: Store) -> None:
    case_id = add_cases(store, 20)[0]
    before = digests(store.connection)
    with no_more_pages(store):
        with pytest.raises(StoreError, match="disk is full") as raised:
            write_much(store)
        assert "space" in raised.value.cure
        assert digests(store.connection) == before
    add_note(store, case_id, "room again")
    assert verify(store.connection, every_signature=True).problems == []
    assert rebuild(store).differing == ()


def test_a_full_disk_while_rebuilding_or_drafting_changes_nothing(store: Store) -> None:
    add_cases(store, 20)
    before = digests(store.connection)
    with no_more_pages(store):
        with pytest.raises(StoreError, match="disk is full"):
            store.save_draft("log", {"text": "z" * 200_000})
        with pytest.raises(StoreError, match="disk is full"):
            store.set_meta("big", "z" * 200_000)
    assert store.load_draft("log") is None
    assert digests(store.connection) == before


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file sizes")
def test_a_quota_is_an_error_with_nothing_half_written(store: Store) -> None:
    case_id = add_cases(store, 20)[0]
    store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    before = digests(store.connection)
    with no_larger_files(store), pytest.raises(StoreError, match="not saved"):
        write_much(store)
    assert digests(store.connection) == before
    add_note(store, case_id, "room again")
    assert verify(store.connection, every_signature=True).problems == []
    assert rebuild(store).differing == ()


def test_a_process_that_leaves_in_the_middle_of_a_unit_leaves_nothing(desk: Desk, clock: FrozenClock) -> None:
    """The same as a kill, at the worst moment: everything written, nothing committed."""
    case_id = add_case(desk.store)
    places = desk.store.places
    before = digests(desk.store.connection)
    desk.close()
    script = WRITER.split("while True:")[0] + (
        "import os\n"
        "with desk.store.unit_of_work('test') as unit:\n"
        "    for part in range(1500):\n"
        "        unit.entry(LOG_ENTRY, new_id(), new_id(), {'text': 'x' * 3000})\n"
        "    unit.finish()\n"
        "    os._exit(9)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(places.home), PASSPHRASE, "0"], timeout=60, check=False
    )
    assert run.returncode == 9
    with contextlib.closing(unlock(places, PASSPHRASE, clock)) as again:
        assert digests(again.store.connection) == before
        add_note(again.store, case_id, "goes on")
        assert verify(again.store.connection, every_signature=True).problems == []
