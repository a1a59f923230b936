"""Backups and restores: whole, sealed, checked, never in the way of what is there."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casedesk.desk import documents, safekeeping
from casedesk.desk.desk import Desk
from casedesk.desk.settings import BackupSettings, Person, Settings
from casedesk.desk.setup import set_up, unlock
from casedesk.model.errors import BadInputError, CasedeskError, StoreError, WrongPassphraseError
from casedesk.store import backup, backup_file, keys, recovery, restore
from casedesk.store.backup import Keep, back_up, list_backups, rotate
from casedesk.store.backup_file import MAGIC, read_backup, read_preface
from casedesk.store.checks import digests, verify
from casedesk.store.places import Places
from tests.conftest import NOW, PASSPHRASE, FrozenClock
from tests.store.making import add_case, add_cases, add_note

WORDS = "the ginger cat at number nine"
PAIR = recovery.new_pair(NOW)


@pytest.fixture
def desk(places: Places, clock: FrozenClock) -> Iterator[Desk]:
    """A desk with a recovery key and something in it."""
    made = set_up(
        places, PASSPHRASE, Settings(Person(name="Alex Doe", number="7042")), clock,
        cost=keys.GENERATED_COST, recovery=(PAIR.public,),
    )  # fmt: skip
    add_note(made.store, add_cases(made.store, 5)[0], WORDS)
    yield made
    made.close()


@pytest.fixture
def private(tmp_path: Path) -> Path:
    path = tmp_path / "private.txt"
    path.write_text(PAIR.private)
    return path


def made_in(desk: Desk, folder: Path) -> Path:
    return back_up(desk.store.places, desk.store.key, folder, desk.now).path


def nothing_of(home: Path) -> bool:
    return not home.exists() or not any(home.iterdir())


# -- making one -------------------------------------------------------------------------------------------------


def test_a_backup_holds_everything_and_opens_with_the_passphrase(
    desk: Desk, tmp_path: Path, clock: FrozenClock
) -> None:
    path = made_in(desk, tmp_path / "backups")
    assert path.name == "casedesk-20261120-150000.backup"
    into = Places(tmp_path / "restored")
    report = safekeeping.restore_with_passphrase(path, PASSPHRASE, into, clock)
    assert report.made_at == NOW
    with unlock(into, PASSPHRASE, clock) as again:
        assert digests(again.store.connection) == digests(desk.store.connection)
        assert not verify(again.store.connection, every_signature=True).problems
        assert again.settings == desk.settings
        assert again.warnings() == desk.warnings()


def test_a_backup_carries_what_documents_hold(desk: Desk, tmp_path: Path, clock: FrozenClock) -> None:
    content = WORDS.encode() * 10_000
    (tmp_path / "note.txt").write_bytes(content)
    case_id = add_case(desk.store, ref="42/77/26")
    made = documents.attach(desk, case_id, tmp_path / "note.txt")
    path = made_in(desk, tmp_path / "backups")
    into = Places(tmp_path / "restored")
    report = safekeeping.restore_with_passphrase(path, PASSPHRASE, into, clock)
    assert (report.chains.documents.count, report.chains.missing) == (1, [])
    with unlock(into, PASSPHRASE, clock) as again:
        copy = documents.save_as(again, case_id, made.id, tmp_path / "copy.txt")
    assert copy.read_bytes() == content


def test_a_missing_content_is_told_and_does_not_stop_a_restore(
    desk: Desk, tmp_path: Path, clock: FrozenClock
) -> None:
    (tmp_path / "note.txt").write_bytes(WORDS.encode())
    documents.attach(desk, add_case(desk.store, ref="42/77/26"), tmp_path / "note.txt")
    with desk.store.transaction():
        desk.store.connection.execute("DELETE FROM blob")
    into = Places(tmp_path / "restored")
    report = safekeeping.restore_with_passphrase(made_in(desk, tmp_path / "b"), PASSPHRASE, into, clock)
    (gone,) = report.chains.missing
    assert gone.startswith("a document of 42/77/26")


def test_a_backup_opens_with_the_recovery_key_under_a_new_passphrase(
    desk: Desk, tmp_path: Path, clock: FrozenClock, private: Path
) -> None:
    path, into = made_in(desk, tmp_path), Places(tmp_path / "restored")
    safekeeping.restore_with_recovery_key(path, private, "new words for the new desk", into, clock)
    with pytest.raises(WrongPassphraseError):
        unlock(into, PASSPHRASE, clock)
    clock.advance(timedelta(seconds=1))
    with unlock(into, "new words for the new desk", clock) as again:
        assert digests(again.store.connection) == digests(desk.store.connection)
        assert safekeeping.recovery_keys(again) == (PAIR.public,)


def test_no_word_and_no_key_is_readable_in_a_backup(desk: Desk, tmp_path: Path) -> None:
    raw = made_in(desk, tmp_path).read_bytes()
    for word in (WORDS, "Alex Doe", "High Street", "SQLite format", PASSPHRASE):
        assert word.encode() not in raw
    key = desk.store.key
    for trace in (key, key.hex().encode(), base64.b64encode(key)):
        assert trace not in raw


def test_what_is_saved_while_a_backup_is_made_does_not_spoil_it(
    desk: Desk, tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digests(desk.store.connection)
    copy = backup._all_pages

    def copy_while_writing(held: Any, made: Any) -> None:
        def write(*_: object) -> None:
            add_cases(desk.store, 3)

        held.backup(made, pages=10, progress=write)

    monkeypatch.setattr(backup, "_all_pages", copy_while_writing)
    path = made_in(desk, tmp_path)
    monkeypatch.setattr(backup, "_all_pages", copy)
    assert digests(desk.store.connection) != before
    into = Places(tmp_path / "restored")
    safekeeping.restore_with_passphrase(path, PASSPHRASE, into, clock)
    with unlock(into, PASSPHRASE, clock) as again:
        assert digests(again.store.connection) == before


def test_nothing_is_left_beside_a_backup(desk: Desk, tmp_path: Path) -> None:
    path = made_in(desk, tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == [path]
    assert not list(desk.store.places.home.glob("*.copy*"))


def test_what_a_crash_left_is_cleared_by_the_next_backup(desk: Desk, tmp_path: Path) -> None:
    home, folder = desk.store.places.home, tmp_path / "backups"
    (home / "casedesk.db.copy").write_bytes(b"half")
    (home / "casedesk.db.copy-wal").write_bytes(b"half")
    folder.mkdir()
    (folder / "casedesk-20261120-150000.part").write_bytes(b"half")
    path = made_in(desk, folder)
    assert list(folder.iterdir()) == [path]
    assert not list(home.glob("*.copy*"))


def test_two_backups_of_one_second_are_two_files(desk: Desk, tmp_path: Path) -> None:
    first = made_in(desk, tmp_path / "backups")
    held = first.read_bytes()
    second = made_in(desk, tmp_path / "backups")
    assert first != second
    assert first.read_bytes() == held
    assert len(list_backups(tmp_path / "backups")) == 2


def test_a_backup_can_be_made_while_the_store_is_open_elsewhere(
    desk: Desk, tmp_path: Path, clock: FrozenClock
) -> None:
    with unlock(desk.store.places, PASSPHRASE, clock, read_only=True) as reader:
        assert safekeeping.back_up(reader, tmp_path / "backups").backup.path.exists()


def test_a_full_drive_is_told_and_leaves_nothing(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    folder = tmp_path / "backups"
    for name in ("os.fsync", "casedesk.store.backup_file._Out.write", "pathlib.Path.mkdir"):
        with monkeypatch.context() as patched:
            patched.setattr(name, full)
            with pytest.raises(StoreError, match="No space left"):
                made_in(desk, folder)
        assert nothing_of(folder)
    assert not list(desk.store.places.home.glob("*.copy*"))
    assert made_in(desk, folder).exists()


def test_a_real_full_folder_is_told_and_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    """/dev/full takes no byte: the backup's folder stands for it."""
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    source = tmp_path / "source"
    source.write_bytes(b"x" * 100_000)
    preface, _ = read_preface(made_in(desk, tmp_path / "backups"))
    manifest = backup_file.Manifest("", 0, "", 1, "", "")
    identity = pyrage.x25519.Identity.generate()
    with full.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        backup_file.write_backup(file, preface, manifest, source, [identity.to_public()])


def test_a_backup_that_does_not_read_back_is_removed_and_told(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = backup_file._Out.write

    def flip(self: Any, data: bytes) -> int:
        size = real(self, data)
        if len(data) > 1000:
            self._file.seek(-500, 1)
            self._file.write(b"\x00")
            self._file.seek(0, 2)
        return size

    monkeypatch.setattr(backup_file._Out, "write", flip)
    with pytest.raises(StoreError, match="does not read back"):
        made_in(desk, tmp_path / "backups")
    assert nothing_of(tmp_path / "backups")


def test_a_damaged_store_is_not_backed_up_as_if_it_were_whole(
    desk: Desk, tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cipher library reads a damaged page as zeros, and copies it so, without a word."""
    places, key = desk.store.places, desk.store.key
    desk.close()
    raw = places.store.read_bytes()
    monkeypatch.setattr("time.sleep", lambda _: None)
    for page in range(len(raw) // 4096):
        spoiled = bytearray(raw)
        spoiled[page * 4096 + 100] ^= 1
        places.store.write_bytes(spoiled)
        with pytest.raises(StoreError, match="damaged"):
            back_up(places, key, tmp_path / "backups", clock.now)
        assert nothing_of(tmp_path / "backups")
    places.store.write_bytes(raw)
    assert back_up(places, key, tmp_path / "backups", clock.now).path.exists()


def test_a_page_that_is_just_being_written_is_not_taken_for_damage(
    desk: Desk, tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    places, key = desk.store.places, desk.store.key
    desk.close()
    raw = places.store.read_bytes()
    places.store.write_bytes(raw[:-100] + bytes(100))
    monkeypatch.setattr("time.sleep", lambda wait: places.store.write_bytes(raw) if wait else None)
    assert back_up(places, key, tmp_path / "backups", clock.now).path.exists()


def test_backing_up_keeps_memory_small(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes through the format comes in pieces, never as a whole."""
    add_cases(desk.store, 1500)
    largest = 0
    for kind in (backup_file._Out, backup_file._Body):
        real: Callable[[Any, bytes], int] = kind.write

        def watched(self: Any, data: bytes, real: Callable[[Any, bytes], int] = real) -> int:
            nonlocal largest
            largest = max(largest, len(data))
            return real(self, data)

        monkeypatch.setattr(kind, "write", watched)
    assert made_in(desk, tmp_path).stat().st_size > 4 * 100_000
    assert 0 < largest < 100_000


# -- what is damaged --------------------------------------------------------------------------------------------


@dataclass
class Sample:
    """One backup, to be damaged in many ways."""

    path: Path
    raw: bytes
    key: bytes
    start: int


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("sample")
    with set_up(
        Places(folder / "home"), PASSPHRASE, Settings(Person(number="1")), FrozenClock(),
        cost=keys.GENERATED_COST, recovery=(PAIR.public,),
    ) as desk:  # fmt: skip
        add_case(desk.store)
        path = made_in(desk, folder / "backups")
        return Sample(path, path.read_bytes(), desk.store.key, read_preface(path)[1])


class Nowhere:
    def write(self, data: bytes, /) -> None:
        pass


def opens(sample: Sample, raw: bytes, folder: Path) -> None:
    """Open a backup's bytes as a restore does."""
    path = folder / "bad.backup"
    path.write_bytes(raw)
    preface, _ = read_preface(path)
    opened = restore._opened(preface, sample.key)
    read_backup(path, opened.identity, Nowhere())


def test_the_sample_opens(sample: Sample, tmp_path: Path) -> None:
    opens(sample, sample.raw, tmp_path)


@settings(max_examples=200)
@given(data=st.data())
def test_any_flipped_bit_is_one_clear_refusal(
    sample: Sample, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    head = st.integers(0, sample.start + 600)
    at = data.draw(head | st.integers(0, len(sample.raw) - 1))
    raw = bytearray(sample.raw)
    raw[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(StoreError, match=r"damaged|not a casedesk backup"):
        opens(sample, bytes(raw), tmp_path_factory.getbasetemp())


@settings(max_examples=100)
@given(data=st.data())
def test_any_truncation_or_addition_is_one_clear_refusal(
    sample: Sample, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    edges = st.sampled_from([0, 1, len(MAGIC), len(MAGIC) + 4, sample.start, len(sample.raw) - 1])
    cut = data.draw(edges | st.integers(0, len(sample.raw) - 1))
    raw = data.draw(st.sampled_from([sample.raw[:cut], sample.raw + sample.raw[: cut + 1]]))
    with pytest.raises(StoreError, match=r"damaged|not a casedesk backup"):
        opens(sample, raw, tmp_path_factory.getbasetemp())


def test_a_preface_of_another_backup_does_not_fit(sample: Sample, desk: Desk, tmp_path: Path) -> None:
    other = made_in(desk, tmp_path)
    raw, (_, start) = other.read_bytes(), read_preface(other)
    with pytest.raises(StoreError):
        opens(sample, sample.raw[: sample.start] + raw[start:], tmp_path)
    with pytest.raises(StoreError):
        opens(sample, raw[:start] + sample.raw[sample.start :], tmp_path)


def test_a_backup_of_a_newer_form_is_named(sample: Sample, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="newer casedesk"):
        opens(sample, sample.raw.replace(b"casedesk backup 1\n", b"casedesk backup 2\n", 1), tmp_path)


def test_a_damaged_backup_restores_nothing(sample: Sample, tmp_path: Path, clock: FrozenClock) -> None:
    bad, into = tmp_path / "bad.backup", Places(tmp_path / "restored")
    for at in (5, 200, sample.start + 300, len(sample.raw) // 2, len(sample.raw) - 1):
        raw = bytearray(sample.raw)
        raw[at] ^= 4
        bad.write_bytes(raw)
        with pytest.raises(CasedeskError):
            safekeeping.restore_with_passphrase(bad, PASSPHRASE, into, clock)
        assert not into.home.exists()
    bad.write_bytes(sample.raw[:-70_000])
    with pytest.raises(StoreError, match="damaged"):
        safekeeping.restore_with_passphrase(bad, PASSPHRASE, into, clock)
    assert not into.home.exists()


# -- restoring --------------------------------------------------------------------------------------------------


def test_wrong_passphrase_and_wrong_recovery_key_restore_nothing(
    sample: Sample, tmp_path: Path, clock: FrozenClock
) -> None:
    into, other = Places(tmp_path / "restored"), tmp_path / "other.txt"
    other.write_text(recovery.new_pair(NOW).private)
    with pytest.raises(WrongPassphraseError):
        safekeeping.restore_with_passphrase(sample.path, "not the passphrase", into, clock)
    with pytest.raises(StoreError, match="does not open"):
        safekeeping.restore_with_recovery_key(sample.path, other, "new words for the desk", into, clock)
    with pytest.raises(BadInputError, match="characters"):
        safekeeping.restore_with_recovery_key(sample.path, other, "short", into, clock)
    assert not into.home.exists()


def test_a_restore_never_overwrites(sample: Sample, tmp_path: Path, clock: FrozenClock) -> None:
    into = Places(tmp_path / "restored")
    into.home.mkdir()
    (into.home / "notes.txt").write_text("mine")
    with pytest.raises(BadInputError, match="never overwrites"):
        safekeeping.restore_with_passphrase(sample.path, PASSPHRASE, into, clock)
    assert [path.name for path in into.home.iterdir()] == ["notes.txt"]
    with pytest.raises(BadInputError, match="never overwrites"):
        safekeeping.restore_with_passphrase(sample.path, PASSPHRASE, Places(into.home / "notes.txt"), clock)


def test_an_empty_folder_stays_when_a_restore_fails(
    sample: Sample, tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    into = Places(tmp_path / "restored")
    into.home.mkdir()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        safekeeping.restore_with_passphrase(sample.path, PASSPHRASE, into, clock)
    assert into.home.exists()
    assert nothing_of(into.home)


def test_a_restored_store_is_an_installation_of_its_own(
    desk: Desk, tmp_path: Path, clock: FrozenClock
) -> None:
    path, into = made_in(desk, tmp_path), Places(tmp_path / "restored")
    safekeeping.restore_with_passphrase(path, PASSPHRASE, into, clock)
    with unlock(into, PASSPHRASE, clock) as again:
        mine, theirs = again.store, desk.store
        assert mine.meta("store") != theirs.meta("store")
        assert mine.meta("store") == keys.read_key_file(into.key).store_id
        known = {bytes(i): (status, actor, bytes(pub)) for i, status, actor, pub in mine.connection.execute(
            "SELECT id, status, actor, sign_pub FROM device"
        )}  # fmt: skip
        old, new = theirs._identity, mine._identity
        assert old.device != new.device
        assert known[old.device] == ("former", "7042", old.signing_key.public_key().public_bytes_raw())
        assert known[new.device] == ("own", "7042", new.signing_key.public_key().public_bytes_raw())
        assert known[old.device][2] != known[new.device][2]
        before = desk.store.registry.vv.copy()
        add_case(mine)
        assert {device for _, device in mine.registry.vv} - {device for _, device in before} == {mine.device}
        assert not verify(mine.connection, every_signature=True).problems


def test_a_store_whose_chain_was_broken_is_not_restored(
    desk: Desk, tmp_path: Path, clock: FrozenClock
) -> None:
    """A backup of it can be made and reads back; what it holds does not hold together."""
    desk.store.connection.execute("UPDATE op SET payload = x'00' WHERE n = 2")
    path, into = made_in(desk, tmp_path), Places(tmp_path / "restored")
    with pytest.raises(StoreError, match="does not hold together"):
        safekeeping.restore_with_passphrase(path, PASSPHRASE, into, clock)
    assert not into.home.exists()


def test_a_crash_while_restoring_leaves_no_store(
    sample: Sample, tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed just before the end, when nothing can be cleared away: what is there is no store."""
    into = Places(tmp_path / "restored")

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(restore, "_clear", lambda *_: None)
    monkeypatch.setattr(restore, "_key_file", killed)
    with pytest.raises(Killed):
        safekeeping.restore_with_passphrase(sample.path, PASSPHRASE, into, clock)
    monkeypatch.undo()
    with pytest.raises(StoreError, match="no key file"):
        unlock(into, PASSPHRASE, clock)
    with pytest.raises(BadInputError, match="never overwrites"):
        safekeeping.restore_with_passphrase(sample.path, PASSPHRASE, into, clock)


def test_a_recovery_key_slipped_into_the_key_file_gets_nothing_from_backups(
    desk: Desk, tmp_path: Path, clock: FrozenClock
) -> None:
    stranger = recovery.new_pair(NOW)
    held = keys.read_key_file(desk.store.places.key)
    forged = recovery.with_keys(held, bytes(32), (PAIR.public, stranger.public))
    keys.write_file(desk.store.places.key, forged.dump())
    path, into, other = made_in(desk, tmp_path), Places(tmp_path / "restored"), tmp_path / "stranger.txt"
    other.write_text(stranger.private)
    _, start = read_preface(path)
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(path.read_bytes()[start:], [recovery.read_identity(other)])
    with pytest.raises(StoreError):
        safekeeping.restore_with_recovery_key(path, other, "words of a stranger", into, clock)
    safekeeping.restore_with_passphrase(path, PASSPHRASE, into, clock)
    with unlock(into, PASSPHRASE, clock) as again:
        assert safekeeping.recovery_keys(again) == ()
        assert "NO RECOVERY KEY" in again.warnings()


# -- rotation and schedule --------------------------------------------------------------------------------------


def placed(sample: Sample, folder: Path, made_at: datetime, store_id: str) -> Path:
    """A backup's beginning, as of another moment and store: enough for the listing."""
    preface, _ = read_preface(sample.path)
    head = backup_file.Preface(store_id, made_at, preface.key_file, preface.identity).dump()
    path = folder / f"casedesk-{made_at:%Y%m%d-%H%M%S}-{store_id}.backup"
    path.write_bytes(MAGIC + len(head).to_bytes(4, "big") + head + hashlib.sha256(head).digest())
    return path


def test_the_newest_of_each_day_and_week_stay(sample: Sample, tmp_path: Path) -> None:
    start = datetime(2026, 11, 20, 9, tzinfo=UTC)
    for day in range(40):
        for hour in (0, 6):
            placed(sample, tmp_path, start - timedelta(days=day, hours=hour), "mine")
    rotate(tmp_path, "mine", Keep(daily=7, weekly=4))
    left = [one.made_at for one in list_backups(tmp_path, "mine")]
    days = [start - timedelta(days=day) for day in range(7)]
    last_day = [start - timedelta(hours=6)]  # every one of the newest's last 24 hours stays
    # 20 November 2026 is a Friday; the weeks before end on Sundays 15, 8 and 1 November.
    weeks = [datetime(2026, 11, day, 9, tzinfo=UTC) for day in (20, 15, 8, 1)]
    assert left == sorted({*days, *weeks, *last_day}, reverse=True)


def test_rotation_touches_nothing_but_this_stores_backups(sample: Sample, tmp_path: Path) -> None:
    start = datetime(2026, 11, 20, 9, tzinfo=UTC)
    others = [placed(sample, tmp_path, start - timedelta(days=day), "other") for day in range(60, 100)]
    strange = tmp_path / "casedesk-20200101-000000.backup"
    strange.write_bytes(b"not one of ours")
    old = placed(sample, tmp_path, start - timedelta(days=1000), "mine")
    new = placed(sample, tmp_path, start, "mine")
    assert rotate(tmp_path, "mine", Keep(daily=1, weekly=0)) == [old]
    assert sorted(tmp_path.iterdir()) == sorted([*others, strange, new])


@given(
    st.lists(st.integers(0, 24 * 90), min_size=1, max_size=30, unique=True),
    st.integers(1, 9),
    st.integers(0, 6),
)
@settings(max_examples=20)
def test_rotation_keeps_the_newest_whatever_there_is(hours: list[int], daily: int, weekly: int) -> None:
    held = [backup.Backup(Path(f"{h}"), "mine", NOW - timedelta(hours=h), 1) for h in sorted(hours)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(backup, "list_backups", lambda *_: held)
        patched.setattr(Path, "unlink", lambda _: None)
        gone = rotate(Path(), "mine", Keep(daily, weekly))
        kept = [one for one in held if one.path not in gone]
        assert kept[0] == held[0]
        lately = [one for one in held if held[0].made_at - one.made_at < timedelta(days=1)]
        assert set(lately) <= set(kept), "all of the newest's last day stay"
        assert len(set(kept) - set(lately)) <= daily + weekly
        patched.setattr(backup, "list_backups", lambda *_: kept)
        assert rotate(Path(), "mine", Keep(daily, weekly)) == []


def test_a_backup_is_due_at_first_and_then_by_the_hour(desk: Desk, clock: FrozenClock) -> None:
    assert desk.backup_due(clock.now)
    safekeeping.back_up(desk)
    assert not desk.backup_due(clock.now + timedelta(hours=23))
    assert desk.backup_due(clock.now + timedelta(hours=24))
    assert desk.backup_due(clock.now - timedelta(hours=1))
    desk.settings = Settings(desk.settings.person, backup=BackupSettings(every_hours=0))
    assert not desk.backup_due(clock.now + timedelta(days=99))


def test_a_trial_store_is_never_due(places: Places, clock: FrozenClock) -> None:
    settings = Settings(Person(number="1"))
    with set_up(places, PASSPHRASE, settings, clock, cost=keys.GENERATED_COST, recovery=None) as trial:
        assert not trial.backup_due(clock.now)


def test_a_backup_in_another_folder_removes_nothing_there(
    desk: Desk, tmp_path: Path, clock: FrozenClock
) -> None:
    desk.settings = Settings(desk.settings.person, backup=BackupSettings(keep_daily=1, keep_weekly=0))
    for _ in range(3):
        assert not safekeeping.back_up(desk, tmp_path / "elsewhere").removed
        clock.advance(timedelta(days=2))
    assert len(list_backups(tmp_path / "elsewhere")) == 3
    safekeeping.back_up(desk)
    clock.advance(timedelta(days=2))
    assert len(safekeeping.back_up(desk).removed) == 1
