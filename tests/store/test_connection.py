"""The encrypted file: opens whole with its key, and says clearly when it cannot; damage never passes for an answer."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from casedesk.desk.desk import Desk
from casedesk.desk.settings import Settings
from casedesk.desk.setup import set_up, unlock
from casedesk.model.errors import CasedeskError, StoreError
from casedesk.model.ids import new_id
from casedesk.store import keys
from casedesk.store.checks import digests, verify
from casedesk.store.connection import Connection, DatabaseError, connect, create
from casedesk.store.places import Places
from casedesk.store.store import NewStore, Store, create_store, exists
from tests.conftest import PASSPHRASE, PERSON, FrozenClock
from tests.store.making import add_case, add_cases, add_note, edited

KEY = bytes(range(32))
NEW = NewStore("7042", "Alex", keys.GENERATED_COST)


def key_of(desk: Desk) -> bytes:
    return keys.unwrap(keys.read_key_file(desk.store.places.key), PASSPHRASE)


@pytest.fixture
def closed(desk: Desk) -> tuple[Places, bytes]:
    """A store with work in it, closed: its places and its key."""
    ids = add_cases(desk.store, 150)
    add_note(desk.store, ids[0], "a note")
    key = key_of(desk)
    desk.close()
    assert not desk.store.places.store.with_name("casedesk.db-wal").exists()
    return desk.store.places, key


def test_every_connection_has_the_same_safe_settings(store: Store) -> None:
    def setting(connection: Connection, name: str) -> object:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]

    assert setting(store.connection, "journal_mode") == "wal"
    assert setting(store.connection, "synchronous") == 2
    assert setting(store.connection, "secure_delete") == 1
    assert setting(store.connection, "temp_store") == 2
    assert setting(store.connection, "cipher_status") in (1, "1")
    reader = store.reader()
    with pytest.raises(DatabaseError):
        reader.execute("DELETE FROM op")
    reader.close()


# -- what cannot be opened ----------------------------------------------------------------------------------


def test_a_missing_file_is_named_and_not_made(tmp_path: Path, desk: Desk) -> None:
    with pytest.raises(StoreError, match="no store"):
        connect(tmp_path / "none.db", KEY)
    elsewhere = Places(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="no store"):
        Store(elsewhere, KEY, desk.clock, desk.packs)
    assert not elsewhere.home.exists()


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store"):
        connect(tmp_path, KEY)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x",
        b"Not a database, but a letter. " * 300,
        b"SQLite format 3\0" + bytes(4080),
        os.urandom(8192),
    ],
    ids=["empty", "one byte", "text", "plain header", "noise"],
)
def test_what_is_not_a_store_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "casedesk.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged or belongs to another key"):
        connect(path, KEY)
    assert path.read_bytes() == content


def test_a_plain_database_is_refused(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "casedesk.db"
    with contextlib.closing(sqlite3.connect(path)) as plain:
        plain.execute("CREATE TABLE meta (key, value)")
        plain.commit()
    with pytest.raises(StoreError, match="cannot be read"):
        connect(path, KEY)


def test_an_encrypted_file_of_something_else_is_refused(
    closed: tuple[Places, bytes], clock: FrozenClock
) -> None:
    places, key = closed
    places.store.unlink()
    other = create(places.store, key)
    other.execute("CREATE TABLE shopping (item TEXT)")
    other.close()
    with pytest.raises(StoreError, match="not a casedesk store"):
        unlock(places, PASSPHRASE, clock)


def test_the_key_of_another_store_does_not_open_this_one(closed: tuple[Places, bytes]) -> None:
    places, _ = closed
    with pytest.raises(StoreError, match="another key"):
        connect(places.store, KEY)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM meta WHERE key = 'schema'",
        "UPDATE meta SET value = 'soon' WHERE key = 'schema'",
        "DELETE FROM secret",
        "UPDATE secret SET value = x'00'",
        "DELETE FROM device",
        "DELETE FROM space",
        "DROP TABLE vv",
    ],
)
def test_a_store_without_a_part_it_needs_is_refused(
    closed: tuple[Places, bytes], clock: FrozenClock, statement: str
) -> None:
    places, key = closed
    connection = connect(places.store, key)
    connection.execute(statement)
    connection.close()
    with pytest.raises(StoreError):
        unlock(places, PASSPHRASE, clock)
    with pytest.raises(StoreError):
        unlock(places, PASSPHRASE, clock, read_only=True)


# -- damage -------------------------------------------------------------------------------------------------


def answers(store: Store) -> dict[str, str]:
    """What the store says to everything it is asked."""
    return digests(store.connection)


def outcome_of(places: Places, key: bytes, desk: Desk) -> dict[str, str] | None:
    """Open and ask; None when the damage was told, the answers when nobody noticed any."""
    try:
        with Store(places, key, desk.clock, desk.packs) as store:
            if verify(store.connection).problems:
                return None
            return answers(store)
    except StoreError:
        return None


def test_a_file_cut_short_anywhere_is_noticed(closed: tuple[Places, bytes], desk: Desk) -> None:
    places, key = closed
    whole = places.store.read_bytes()
    pages = len(whole) // 4096
    assert pages > 50
    for length in [0, 1, 15, 16, 100, 4095, *(4096 * page for page in range(1, pages, 9)), len(whole) - 1]:
        places.store.write_bytes(whole[:length])
        assert outcome_of(places, key, desk) is None, length


def test_a_flipped_bit_anywhere_is_noticed(closed: tuple[Places, bytes], desk: Desk) -> None:
    places, key = closed
    whole = places.store.read_bytes()

    def flip(at: int) -> bytes:
        def change(copy: bytearray) -> None:
            copy[at] ^= 1 << at % 8

        return edited(whole, change)

    step = len(whole) // 40
    for at in [0, 15, 16, 17, 23, 4095, 4096, *range(5000, len(whole), step), len(whole) - 1]:
        places.store.write_bytes(flip(at))
        assert outcome_of(places, key, desk) is None, at


def test_pages_in_each_others_place_are_noticed(closed: tuple[Places, bytes], desk: Desk) -> None:
    places, key = closed
    whole = places.store.read_bytes()
    pages = [whole[at : at + 4096] for at in range(0, len(whole), 4096)]
    pages[5], pages[6] = pages[6], pages[5]
    places.store.write_bytes(b"".join(pages))
    assert outcome_of(places, key, desk) is None


def test_damage_met_while_reading_is_an_error_never_another_answer(
    closed: tuple[Places, bytes], desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    places, key = closed
    with Store(places, key, desk.clock, desk.packs) as store:
        right = answers(store)
    whole = places.store.read_bytes()
    met = 0
    for page in range(2, len(whole) // 4096, 5):
        places.store.write_bytes(whole[: page * 4096] + bytes(4096) + whole[(page + 1) * 4096 :])
        try:
            with Store(places, key, desk.clock, desk.packs, read_only=True) as store:
                assert answers(store) == right
        except (StoreError, DatabaseError):
            met += 1
    assert met > 5
    assert capfd.readouterr() == ("", "")  # what the cipher prints would write over the screen


def test_a_write_that_meets_damage_says_so_and_saves_nothing(
    closed: tuple[Places, bytes], desk: Desk
) -> None:
    places, key = closed
    whole = bytearray(places.store.read_bytes())
    with Store(places, key, desk.clock, desk.packs) as store:
        (page,) = store.connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'unit'"
        ).fetchone()
    whole[(page - 1) * 4096 + 100] ^= 1
    places.store.write_bytes(whole)
    with Store(places, key, desk.clock, desk.packs) as store:
        (before,) = store.connection.execute("SELECT count(*) FROM op").fetchone()
        with pytest.raises(StoreError, match="damaged"):
            add_note(store, new_id(), "x")
    with Store(places, key, desk.clock, desk.packs) as store:
        assert store.connection.execute("SELECT count(*) FROM op").fetchone() == (before,)


def test_an_older_write_ahead_log_is_not_taken_for_this_store(desk: Desk, tmp_path: Path) -> None:
    """Somebody restored casedesk.db from a copy and left the -wal file of later work beside it."""
    places, key = desk.store.places, key_of(desk)
    add_case(desk.store)
    copy = tmp_path / "copy.db"
    desk.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(places.store, copy)
    add_cases(desk.store, 5)
    wal = places.store.with_name("casedesk.db-wal").read_bytes()
    desk.close()
    noise = edited(wal, lambda raw: raw.__setitem__(slice(2000, 2600), bytes(600)))
    shutil.copy(copy, places.store)
    places.store.with_name("casedesk.db-wal").write_bytes(noise)
    with Store(places, key, desk.clock, desk.packs) as store:
        assert verify(store.connection, every_signature=True).problems == []
        assert store.connection.execute("SELECT count(*) FROM op").fetchone()[0] in (1, 11)


# -- two at once, and where nothing can be written ----------------------------------------------------------


def test_a_second_opener_is_told_and_may_read(desk: Desk, clock: FrozenClock) -> None:
    add_case(desk.store)
    with pytest.raises(StoreError, match="open in another casedesk") as raised:
        unlock(desk.store.places, PASSPHRASE, clock)
    assert "one writer" in raised.value.cure
    with contextlib.closing(unlock(desk.store.places, PASSPHRASE, clock, read_only=True)) as reading:
        assert reading.store.connection.execute("SELECT count(*) FROM cases").fetchone() == (1,)
        add_case(desk.store)
        assert reading.store.connection.execute("SELECT count(*) FROM cases").fetchone() == (2,)


OPENER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from casedesk.desk.setup import unlock
from casedesk.model.errors import StoreError
from casedesk.store.places import Places
try:
    unlock(Places(Path(sys.argv[1])), sys.argv[2], lambda: datetime(2026, 11, 20, tzinfo=UTC)).close()
except StoreError as error:
    print(error)
"""


def opened_by_another(places: Places) -> str:
    run = subprocess.run(
        [sys.executable, "-c", OPENER, str(places.home), PASSPHRASE],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return run.stdout.strip()


def test_another_process_is_told_too_until_this_one_closes(desk: Desk) -> None:
    assert "open in another casedesk" in opened_by_another(desk.store.places)
    desk.close()
    assert opened_by_another(desk.store.places) == ""


def test_a_failed_opening_lets_go_of_the_lock(closed: tuple[Places, bytes], desk: Desk) -> None:
    places, key = closed
    with pytest.raises(StoreError):
        Store(places, KEY, desk.clock, desk.packs)
    Store(places, key, desk.clock, desk.packs).close()


@contextlib.contextmanager
def as_a_person_without_rights() -> Iterator[None]:
    """Permissions say nothing to the administrator that tests may run as."""
    if not hasattr(os, "geteuid"):
        pytest.skip("needs POSIX permissions")
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def guarded(closed: tuple[Places, bytes]) -> Iterator[tuple[Places, bytes]]:
    """The closed store in a folder that anyone may enter and nobody but the owner may write."""
    places, key = closed
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "home"
        shutil.copytree(places.home, home)
        Path(folder).chmod(0o755)
        for path in home.iterdir():
            path.chmod(0o444)
        home.chmod(0o555)
        yield Places(home), key
        home.chmod(0o755)


def test_a_folder_that_cannot_be_written_is_named(guarded: tuple[Places, bytes], desk: Desk) -> None:
    places, key = guarded
    with as_a_person_without_rights():
        with pytest.raises(StoreError, match="cannot be written") as raised:
            Store(places, key, desk.clock, desk.packs)
        assert "permissions" in raised.value.cure
        with pytest.raises(StoreError):
            create_store(Places(places.home / "new"), PASSPHRASE, NEW, desk.clock)


def test_a_store_in_a_folder_that_cannot_be_written_can_be_read_or_says_why_not(
    guarded: tuple[Places, bytes], desk: Desk
) -> None:
    places, key = guarded
    with as_a_person_without_rights():
        try:
            store = Store(places, key, desk.clock, desk.packs, read_only=True)
        except StoreError as error:
            said = error.cure
        else:
            said = "permissions" if verify(store.connection).problems == [] else "nothing"
            store.close()
    assert "permissions" in said


def test_a_file_that_cannot_be_written_is_named(guarded: tuple[Places, bytes], desk: Desk) -> None:
    places, key = guarded
    places.home.chmod(0o777)
    places.lock.chmod(0o666)
    with as_a_person_without_rights(), pytest.raises(StoreError, match="cannot be written"):
        Store(places, key, desk.clock, desk.packs)


# -- nothing in the clear -----------------------------------------------------------------------------------

MARKERS = ("Wilhelmina Marmalade", "Zebedee")


def test_nothing_that_was_written_stands_in_the_clear_in_any_file(desk: Desk) -> None:
    store = desk.store
    case_id = add_case(store, summary=MARKERS[0], flags=("Zebedee",), location=MARKERS[0], oic=MARKERS[1])
    add_note(store, case_id, " ".join(MARKERS))
    store.save_draft("log", {"text": MARKERS[0]})
    store.tick()

    def in_the_clear() -> list[str]:
        return [
            f"{path.name}: {word}"
            for path in store.places.home.rglob("*")
            if path.is_file()
            for word in (*MARKERS, *(marker.lower() for marker in MARKERS), "CREATE TABLE", "SQLite format")
            for spelt in (word.encode(), word.encode("utf-16-le"))
            if spelt in path.read_bytes()
        ]

    assert store.places.store.with_name("casedesk.db-wal").stat().st_size > 0
    assert in_the_clear() == []
    desk.close()
    assert in_the_clear() == []


# -- making a store -----------------------------------------------------------------------------------------


def test_a_store_is_made_once(desk: Desk) -> None:
    places = desk.store.places
    before = {
        path.name: path.read_bytes() for path in places.home.iterdir() if path.suffix in (".db", ".key")
    }
    desk.close()
    with pytest.raises(StoreError, match="a store in"):
        create_store(places, "another set of words", NEW, desk.clock)
    after = {path.name: path.read_bytes() for path in places.home.iterdir() if path.suffix in (".db", ".key")}
    assert set(before) == set(after)
    unlock(places, PASSPHRASE, desk.clock).close()
    assert exists(places)


@pytest.mark.parametrize("missing", ["casedesk.key", "casedesk.db"])
def test_half_a_store_is_never_built_over(closed: tuple[Places, bytes], desk: Desk, missing: str) -> None:
    places, _ = closed
    (places.home / missing).unlink()
    left = {path.name: path.read_bytes() for path in places.home.iterdir()}
    with pytest.raises(StoreError, match="half a store") as raised:
        create_store(places, PASSPHRASE, NEW, desk.clock)
    assert missing in str(raised.value)
    assert not exists(places)
    assert left.items() <= {path.name: path.read_bytes() for path in places.home.iterdir()}.items()


def test_a_store_that_could_not_be_made_leaves_nothing(
    places: Places, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("The disk is full.", "")

    with monkeypatch.context() as patch:
        patch.setattr(keys, "write_file", full)
        with pytest.raises(StoreError, match="full"):
            create_store(places, PASSPHRASE, NEW, clock)
    assert [path.name for path in places.home.iterdir() if path != places.lock] == []
    create_store(places, PASSPHRASE, NEW, clock)


def test_a_set_up_does_not_clear_away_the_store_of_another(places: Places, clock: FrozenClock) -> None:
    """Two set-ups at once: the second waits for nothing and touches nothing."""
    from filelock import FileLock

    places.home.mkdir()
    with FileLock(places.lock):
        with pytest.raises(StoreError, match="another casedesk"):
            create_store(places, PASSPHRASE, NEW, clock)
        assert not places.store.exists()


def test_a_home_that_is_a_file_is_refused(tmp_path: Path, clock: FrozenClock) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(CasedeskError):
        set_up(Places(tmp_path / "home"), PASSPHRASE, Settings(PERSON), clock, cost=keys.GENERATED_COST)
