"""The key: opens with the passphrase and nothing else, and shows itself nowhere."""

import base64
import json
import os
import stat
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk import faults
from casedesk.desk.desk import Desk
from casedesk.desk.setup import unlock
from casedesk.model.errors import BadInputError, StoreError, WrongPassphraseError
from casedesk.store.connection import connect
from casedesk.store.keys import (
    Cost,
    KeyFile,
    check_passphrase,
    generated_passphrase,
    new_key,
    parse_key_file,
    read_key_file,
    unwrap,
    wrap,
    write_file,
)
from casedesk.store.places import Places
from casedesk.store.store import Store
from tests.conftest import PASSPHRASE, FrozenClock

CHEAP = Cost(memory_kib=8, passes=1, lanes=1)
KEY = bytes(range(32))


def wrapped(passphrase: str = PASSPHRASE, store_id: str = "a1b2") -> KeyFile:
    return wrap(KEY, passphrase, store_id, CHEAP)


def opened(text: str, passphrase: str = PASSPHRASE) -> bytes:
    return unwrap(parse_key_file(text), passphrase)


@given(st.text(min_size=1))
def test_a_key_opens_with_its_passphrase_whatever_that_holds(passphrase: str) -> None:
    assert opened(wrapped(passphrase).dump(), passphrase) == KEY
    with pytest.raises(WrongPassphraseError):
        opened(wrapped(passphrase).dump(), f"{passphrase}x")


def test_the_same_passphrase_from_another_keyboard_opens_it() -> None:
    """One system types é as one character, another as e and an accent."""
    assert opened(wrapped("caf\u00e9 corridor lamp").dump(), "cafe\u0301 corridor lamp") == KEY


def test_a_passphrase_the_terminal_could_not_read_is_only_wrong() -> None:
    typed = "".join(("hun", "ter", "\udcff"))
    with pytest.raises(WrongPassphraseError) as raised:
        opened(wrapped().dump(), typed)
    assert "hunter" not in repr(raised.value) + "".join(traceback.format_exception(raised.value))


def doctored(change: Callable[[dict[str, Any]], object]) -> str:
    """A key file changed by somebody who left its sum out."""
    raw = json.loads(wrapped().dump())
    del raw["check"]
    change(raw)
    return json.dumps(raw)


def test_the_key_file_of_another_store_does_not_open_this_one() -> None:
    other = json.loads(wrapped(store_id="other").dump())
    with pytest.raises(WrongPassphraseError):
        opened(doctored(lambda raw: raw.update(passphrase=other["passphrase"])))


def test_every_damaged_byte_is_refused_or_harmless() -> None:
    text = wrapped().dump()
    for at in range(len(text)):
        for change in (chr(ord(text[at]) ^ 1), chr(ord(text[at]) ^ 0x40), "", "é", "\x00"):
            try:
                found = opened(text[:at] + change + text[at + 1 :])
            except StoreError:
                continue
            assert found == KEY


def test_a_key_file_cut_short_anywhere_is_refused() -> None:
    text = wrapped().dump().rstrip()
    for length in range(len(text)):
        with pytest.raises(StoreError):
            opened(text[:length])


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.pop("passphrase"),
        lambda raw: raw.update(passphrase=[]),
        lambda raw: raw.update(store=7),
        lambda raw: raw.update(store="\ud800"),
        lambda raw: raw["passphrase"].update(kdf="md5"),
        lambda raw: raw["passphrase"].update(memory_kib=float("inf")),
        lambda raw: raw["passphrase"].update(memory_kib="8"),
        lambda raw: raw["passphrase"].update(memory_kib=True),
        lambda raw: raw["passphrase"].update(memory_kib=10**12),
        lambda raw: raw["passphrase"].update(memory_kib=8, lanes=64),
        lambda raw: raw["passphrase"].update(passes=0),
        lambda raw: raw["passphrase"].update(passes=10**6),
        lambda raw: raw["passphrase"].update(lanes=-1),
        lambda raw: raw["passphrase"].update(nonce=""),
        lambda raw: raw["passphrase"].update(nonce=base64.b64encode(bytes(4)).decode()),
        lambda raw: raw["passphrase"].update(salt=base64.b64encode(bytes(4)).decode()),
        lambda raw: raw["passphrase"].update(salt=None),
        lambda raw: raw["passphrase"].update(sealed=base64.b64encode(bytes(8)).decode()),
        lambda raw: raw["passphrase"].update(sealed="é"),
    ],
)
def test_a_doctored_key_file_is_refused_as_damaged(change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(StoreError, match="damaged"):
        opened(doctored(change))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
        lambda some: (
            st.lists(some, max_size=3)
            | st.dictionaries(
                st.sampled_from(["casedesk-key", "store", "passphrase", "salt"]), some, max_size=3
            )
        ),
        max_leaves=8,
    ).map(json.dumps)
    | st.text(max_size=40)
)
def test_whatever_stands_in_the_key_file_the_answer_is_clear(text: str) -> None:
    with pytest.raises(StoreError):
        parse_key_file(text)


def test_a_deeply_nested_key_file_is_refused() -> None:
    with pytest.raises(StoreError):
        parse_key_file("[" * 100_000)


def test_a_newer_format_is_named_not_called_damaged() -> None:
    with pytest.raises(StoreError, match="format 2"):
        opened(doctored(lambda raw: raw.update({"casedesk-key": 2})))
    with pytest.raises(StoreError) as raised:
        opened(doctored(lambda raw: raw.update({"casedesk-key": "\x1b]0;title\x07" + "x" * 500})))
    assert "\x1b" not in str(raised.value)
    assert len(str(raised.value)) < 200


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"\x00" * 200])
def test_a_key_file_of_other_bytes_is_refused(places: Places, content: bytes) -> None:
    places.home.mkdir()
    places.key.write_bytes(content)
    with pytest.raises(StoreError):
        read_key_file(places.key)


def test_a_missing_key_file_says_what_to_do(places: Places) -> None:
    with pytest.raises(StoreError, match="no key file") as raised:
        read_key_file(places.key)
    assert "init" in raised.value.cure


@pytest.mark.parametrize(
    "passphrase", ["", "short", "elevenchars", "aaaaaaaaaaaaaaaa", "abcdabcdabcdabcd", " " * 20]
)
def test_weak_passphrases_are_refused(passphrase: str) -> None:
    with pytest.raises(BadInputError) as raised:
        check_passphrase(passphrase)
    assert passphrase.strip() == "" or passphrase not in str(raised.value)


def test_good_and_generated_passphrases_pass() -> None:
    check_passphrase(PASSPHRASE)
    check_passphrase(generated_passphrase())
    assert generated_passphrase() != generated_passphrase()


def test_unlocking_with_too_little_memory_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def starve(*_: object) -> bytes:
        raise MemoryError

    key_file = wrapped()
    monkeypatch.setattr("casedesk.store.keys._stretched", starve)
    with pytest.raises(StoreError, match="memory"):
        unwrap(key_file, PASSPHRASE)


def traces_of(secret: bytes) -> list[str]:
    """How a key could show itself in text."""
    return [secret.hex(), secret.hex().upper(), repr(secret), base64.b64encode(secret).decode().rstrip("=")]


def test_the_key_is_in_no_exception_no_repr_and_no_log(
    desk: Desk, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    store = desk.store
    key = unwrap(read_key_file(store.places.key), PASSPHRASE)
    said = [repr(store), str(store), repr(desk), repr(read_key_file(store.places.key))]
    wrong = new_key()
    failures: list[Callable[[], object]] = [
        lambda: connect(store.places.store, wrong),
        lambda: connect(store.places.store, wrong[:16]),
        lambda: connect(store.places.home / "none.db", wrong),
        lambda: Store(store.places, wrong, clock, desk.packs, read_only=True),
        lambda: Store(store.places, key, clock, desk.packs),
        lambda: unwrap(read_key_file(store.places.key), key.hex()),
        lambda: store.connection.execute("PRAGMA nonsense = = 1"),
    ]
    for fails in failures:
        with pytest.raises(Exception) as raised:  # whatever it is, it must be silent
            fails()
        error = raised.value
        said += [str(error), repr(error), *traceback.format_exception(error), *faults.describe(error)]
    said += [record.getMessage() for record in caplog.records]
    everything = "\n".join(said)
    for secret in (key, wrong, bytes(store.connection.execute("SELECT value FROM secret").fetchone()[0])):
        for trace in traces_of(secret):
            assert trace not in everything


def test_neither_key_nor_passphrase_is_in_any_file(desk: Desk) -> None:
    key = unwrap(read_key_file(desk.store.places.key), PASSPHRASE)
    secret = bytes(desk.store.connection.execute("SELECT value FROM secret").fetchone()[0])
    for path in desk.store.places.home.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        for one in (key, secret):
            assert one not in content
            assert not any(trace.encode() in content for trace in traces_of(one))
        assert PASSPHRASE.encode() not in content


def test_a_closed_store_lets_go_of_the_key(desk: Desk) -> None:
    desk.store.close()
    with pytest.raises(StoreError):
        desk.store.reader()


def test_a_changed_passphrase_opens_the_same_store(desk: Desk, clock: FrozenClock) -> None:
    places = desk.store.places
    held = read_key_file(places.key)
    again = wrap(unwrap(held, PASSPHRASE), "another set of words", held.store_id, CHEAP)
    write_file(places.key, again.dump())
    desk.close()
    with pytest.raises(WrongPassphraseError):
        unlock(places, PASSPHRASE, clock)
    clock.advance(timedelta(minutes=1))
    unlock(places, "another set of words", clock).close()


def test_a_small_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "casedesk.key"
    write_file(path, "before")
    part = tmp_path / "casedesk.key.part"
    part.write_text("left by a crash")
    part.chmod(0o666)
    write_file(path, "after")
    assert path.read_text() == "after"
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 or os.name == "nt"

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="cannot be written"):
        write_file(path, "never")
    assert path.read_text() == "after"
    assert [found.name for found in tmp_path.iterdir()] == ["casedesk.key"]
