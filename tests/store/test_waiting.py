"""Lines of the access log that wait for a long unit of work: none is lost, whatever becomes of the unit."""

import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from casedesk.desk.desk import Desk
from casedesk.desk.setup import unlock
from casedesk.model.errors import StoreError
from casedesk.store.access_log import AccessKind, Filters, Line, lines, verify
from casedesk.store.places import Places
from casedesk.store.store import Store
from casedesk.store.waiting import WaitingLine, WaitingLines
from tests.conftest import NOW, PASSPHRASE, FrozenClock
from tests.store.making import add_case

IMPORTING = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from casedesk.desk import access
from casedesk.desk.setup import unlock
from casedesk.store.places import Places
from tests.store.making import add_cases
desk = unlock(Places(Path(sys.argv[1])), sys.argv[2], lambda: datetime(2026, 11, 20, 15, tzinfo=UTC))
one, other = add_cases(desk.store, 2)
writing = Event()
def bulk():
    with desk.store.unit_of_work("import") as unit:
        writing.set()
        time.sleep(60)
Thread(target=bulk, daemon=True).start()
writing.wait()
for case_id, reason in ((one, ""), (other, "zebrafishmarker")):
    access.consulted(desk, case_id, reason)
    print(case_id.hex(), flush=True)
time.sleep(60)
"""
KEY = b"k" * 32


def consulted(store: Store) -> list[Line]:
    return lines(store.connection, Filters(kinds=("consultation",)))[::-1]


def file_of(places: Places) -> Path:
    return places.store.with_suffix(".waiting")


def waiting(folder: Path, key: bytes = KEY) -> WaitingLines:
    return WaitingLines(folder / "casedesk.db", lambda: key)


def line(number: int) -> WaitingLine:
    return WaitingLine("search", NOW, None, {"cases": number})


def numbers(folder: Path, key: bytes = KEY) -> list[int]:
    return [one.detail["cases"] for one in waiting(folder, key).all()]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a way to kill without warning")
def test_what_was_looked_at_during_an_import_is_told_although_the_import_was_killed(
    desk: Desk, clock: FrozenClock
) -> None:
    places = desk.store.places
    desk.close()
    importing = subprocess.Popen(
        [sys.executable, "-c", IMPORTING, str(places.home), PASSPHRASE],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert importing.stdout is not None
    looked_at = [importing.stdout.readline().strip() for _ in range(2)]
    importing.kill()
    importing.wait()
    importing.stdout.close()
    kept = file_of(places)
    assert kept.stat().st_mode & 0o077 == 0
    assert b"zebra" not in kept.read_bytes()
    left = kept.read_bytes()
    for _ in range(2):  # the second time as if the file had survived its being taken in
        with unlock(places, PASSPHRASE, clock) as again:
            told = consulted(again.store)
            assert [one.case_id.hex() if one.case_id else "" for one in told] == looked_at
            assert [one.detail for one in told] == [{}, {"reason": "zebrafishmarker"}]
            assert [one.actor for one in told] == ["7042", "7042"]
            assert not verify(again.store.connection)
            assert not kept.exists()
        kept.write_bytes(left)


def test_a_store_opened_for_reading_leaves_the_lines_for_the_next_writer(
    desk: Desk, clock: FrozenClock
) -> None:
    places, key = desk.store.places, desk.store.key
    desk.close()
    WaitingLines(places.store, lambda: key).add(WaitingLine("consultation", NOW, None, {}))
    with unlock(places, PASSPHRASE, clock, read_only=True) as again:
        assert not consulted(again.store)
    with unlock(places, PASSPHRASE, clock) as again:
        assert len(consulted(again.store)) == 1


def test_what_cannot_be_kept_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = add_case(desk.store)
    writing, looked = Event(), Event()

    def bulk() -> None:
        with suppress(KeyError), desk.store.unit_of_work("import"):
            writing.set()
            assert looked.wait(10)
            raise KeyError

    thread = Thread(target=bulk)
    thread.start()
    assert writing.wait(10)
    with monkeypatch.context() as broken, pytest.raises(StoreError, match="could not be noted"):
        broken.setattr("casedesk.store.waiting.os.fsync", _full)
        desk.store.account(AccessKind.CONSULTATION, case_id=case_id)
    looked.set()
    thread.join()
    with desk.store.transaction():
        pass
    assert not consulted(desk.store)


def _full(_descriptor: int) -> None:
    raise OSError(28, "No space left on device")


def test_lines_that_come_while_others_are_saved_stay(tmp_path: Path) -> None:
    held = waiting(tmp_path)
    for number in (1, 2):
        held.add(line(number))
    taken = len(held.all())
    held.add(line(3))
    held.forget(taken)
    assert [one.detail["cases"] for one in held.all()] == [3]
    assert 3 in numbers(tmp_path)
    held.forget(1)
    assert not held
    assert list(tmp_path.iterdir()) == []
    held.add(line(4))
    assert numbers(tmp_path) == [4]


def test_a_record_cut_short_spoils_no_other(tmp_path: Path) -> None:
    waiting(tmp_path).add(line(1))
    path = tmp_path / "casedesk.waiting"
    whole = path.read_bytes()
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        waiting(tmp_path).add(line(2))
        assert numbers(tmp_path) == ([1, 2] if end == len(whole) - 1 else [2]), end


def test_what_was_changed_is_set_aside_and_the_rest_is_told(tmp_path: Path) -> None:
    held = waiting(tmp_path)
    for number in (1, 2, 3):
        held.add(line(number))
    path = tmp_path / "casedesk.waiting"
    records = path.read_bytes().split(b"\n")
    records[3] = records[3][:-4] + b"AAAA"
    spoiled = b"\n".join([*records, b"no record", "ü".encode(), b""])
    path.write_bytes(spoiled)
    assert numbers(tmp_path, b"x" * 32) == []
    again = waiting(tmp_path)
    assert [one.detail["cases"] for one in again.all()] == [1, 3]
    again.forget(2)
    assert [one.name for one in tmp_path.iterdir()] == ["casedesk.waiting-damaged"]
    assert (tmp_path / "casedesk.waiting-damaged").read_bytes() == spoiled
