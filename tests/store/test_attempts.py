"""Wrong passphrases: each makes the next wait longer, and none is lost before the access log has it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk.desk.desk import Desk
from casedesk.desk.setup import unlock
from casedesk.model.errors import TooSoonError, WrongPassphraseError
from casedesk.store import attempts
from tests.conftest import NOW, PASSPHRASE, FrozenClock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "attempts.json"


def fail(path: Path, clock: FrozenClock) -> None:
    with pytest.raises(WrongPassphraseError), attempts.counted(path, clock):
        raise WrongPassphraseError("wrong")


def test_the_wait_doubles_up_to_a_minute(path: Path, clock: FrozenClock) -> None:
    waits = []
    for _ in range(9):
        fail(path, clock)
        waits.append(attempts.wait(path, clock.now).total_seconds())
        clock.advance(timedelta(seconds=60))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_nothing_is_tried_while_the_wait_lasts(path: Path, clock: FrozenClock) -> None:
    for _ in range(3):
        fail(path, clock)
        clock.advance(timedelta(seconds=10))
    fail(path, clock)
    clock.advance(timedelta(seconds=7.5))
    tried = []
    with pytest.raises(TooSoonError) as raised, attempts.counted(path, clock):
        tried.append("tried")
    assert not tried
    assert raised.value.seconds == 1
    clock.advance(timedelta(seconds=0.5))
    with attempts.counted(path, clock):
        tried.append("tried")
    assert tried


def test_a_right_one_ends_the_wait_and_keeps_the_note(path: Path, clock: FrozenClock) -> None:
    fail(path, clock)
    clock.advance(timedelta(seconds=1))
    with attempts.counted(path, clock):
        pass
    assert not attempts.wait(path, clock.now)
    assert attempts.waiting(path) == 1


def test_a_clock_put_back_does_not_lock_anyone_out_for_years(path: Path, clock: FrozenClock) -> None:
    fail(path, clock)
    clock.advance(timedelta(days=-3650))
    assert attempts.wait(path, clock.now) == timedelta(seconds=1)
    clock.advance(timedelta(seconds=1))
    assert not attempts.wait(path, clock.now)


def test_the_access_log_gets_each_once_and_none_is_lost_when_it_fails(path: Path, clock: FrozenClock) -> None:
    fail(path, clock)
    clock.advance(timedelta(minutes=1))
    fail(path, clock)
    told = (NOW, NOW + timedelta(minutes=1))
    with pytest.raises(OSError, match="full"), attempts.take(path) as failed:
        assert failed == told
        raise OSError("full")
    with attempts.take(path) as failed:
        assert failed == told
    with attempts.take(path) as failed:
        assert failed == ()


def test_taking_does_not_shorten_the_wait(path: Path, clock: FrozenClock) -> None:
    fail(path, clock)
    with attempts.take(path):
        pass
    assert attempts.wait(path, clock.now) == timedelta(seconds=1)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"[]", b"{}", b"[" * 10_000, b'{"in_a_row": -1, "last": 0, "failed": []}',
     b'{"in_a_row": true, "last": 0, "failed": []}', b'{"in_a_row": 3, "last": 1e99, "failed": []}',
     b'{"in_a_row": 3, "last": 99999999999999999999, "failed": []}', b'{"in_a_row": 3, "last": 0, "failed": ["x"]}',
     b"9" * 2_000_000],
)  # fmt: skip
def test_a_damaged_note_counts_as_none(path: Path, clock: FrozenClock, content: bytes) -> None:
    path.write_bytes(content)
    assert not attempts.wait(path, clock.now)
    fail(path, clock)
    assert attempts.wait(path, clock.now) == timedelta(seconds=1)


def test_a_folder_that_cannot_be_written_keeps_nobody_out(tmp_path: Path, clock: FrozenClock) -> None:
    nowhere = tmp_path / "missing" / "attempts.json"
    fail(nowhere, clock)
    with attempts.counted(nowhere, clock):
        pass


def test_the_note_does_not_grow_without_end(
    path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "_MOST_NOTED", 3)
    for _ in range(5):
        fail(path, clock)
        clock.advance(timedelta(minutes=1))
    with attempts.take(path) as failed:
        assert failed == tuple(NOW + timedelta(minutes=m) for m in (2, 3, 4))


def test_unlocking_counts_and_the_note_holds_no_word(desk: Desk, clock: FrozenClock) -> None:
    places = desk.store.places
    desk.close()
    with pytest.raises(WrongPassphraseError):
        unlock(places, "hunter hunter hunter", clock)
    refused: list[Callable[[], object]] = [
        lambda: unlock(places, PASSPHRASE, clock),
        lambda: unlock(places, PASSPHRASE, clock, read_only=True),
    ]
    for again in refused:
        with pytest.raises(TooSoonError):
            again()
    clock.advance(timedelta(seconds=1))
    unlock(places, PASSPHRASE, clock).close()
    unlock(places, PASSPHRASE, clock).close()
    assert set(places.attempts.read_text()) <= set('{"in_a_row": 0123456789, "last": 0, "failed": []}\n')
