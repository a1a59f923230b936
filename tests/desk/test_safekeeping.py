"""The passphrase, the recovery key and the keyring, as a person uses them; and that the key shows itself nowhere."""

import base64
import sys
import types
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from casedesk import faults
from casedesk.desk import keyring_store, safekeeping
from casedesk.desk.desk import Desk
from casedesk.desk.doctor import examine
from casedesk.desk.settings import Limits, Person, Settings
from casedesk.desk.setup import set_up, unlock
from casedesk.model.errors import BadInputError, CasedeskError, StoreError, TooSoonError, WrongPassphraseError
from casedesk.store import keys, recovery
from casedesk.store.places import Places
from tests.conftest import NOW, PASSPHRASE, FrozenClock
from tests.store.making import add_case

NEW = "a quite different set of words"
PAIR = recovery.new_pair(NOW)


@pytest.fixture
def desk(places: Places, clock: FrozenClock) -> Iterator[Desk]:
    """A desk with a recovery key."""
    made = set_up(
        places,
        PASSPHRASE,
        Settings(Person(number="7042")),
        clock,
        cost=keys.GENERATED_COST,
        recovery=(PAIR.public,),
    )
    yield made
    made.close()


@pytest.fixture
def private(tmp_path: Path) -> Path:
    path = tmp_path / "private.txt"
    path.write_text(PAIR.private)
    return path


# -- the passphrase ---------------------------------------------------------------------------------------------


def test_a_changed_passphrase_opens_and_the_old_one_does_not(
    desk: Desk, clock: FrozenClock, private: Path
) -> None:
    places, case_id = desk.store.places, add_case(desk.store)
    safekeeping.change_passphrase(desk, PASSPHRASE, NEW)
    desk.close()
    with pytest.raises(WrongPassphraseError):
        unlock(places, PASSPHRASE, clock)
    clock.advance(timedelta(seconds=1))
    with unlock(places, NEW, clock) as again:
        assert again.find("42/1/26") == case_id
        assert again.store.key == recovery.unwrap(
            keys.read_key_file(places.key), recovery.read_identity(private)
        )
        assert not any("RECOVERY" in said for said in again.warnings())


def test_the_old_passphrase_must_be_right_and_wrong_ones_count(desk: Desk, clock: FrozenClock) -> None:
    held = desk.store.places.key.read_bytes()
    with pytest.raises(WrongPassphraseError):
        safekeeping.change_passphrase(desk, "not the passphrase", NEW)
    with pytest.raises(TooSoonError):
        safekeeping.change_passphrase(desk, PASSPHRASE, NEW)
    clock.advance(timedelta(seconds=1))
    with pytest.raises(BadInputError, match="characters"):
        safekeeping.change_passphrase(desk, PASSPHRASE, "short")
    with pytest.raises(BadInputError, match="is the old one"):
        safekeeping.change_passphrase(desk, PASSPHRASE, PASSPHRASE)
    assert desk.store.places.key.read_bytes() == held


def test_a_force_may_ask_for_longer_passphrases(desk: Desk) -> None:
    desk.settings = Settings(desk.settings.person, limits=Limits(passphrase_characters=40))
    with pytest.raises(BadInputError, match="at least 40"):
        safekeeping.change_passphrase(desk, PASSPHRASE, NEW)


def test_a_full_disk_keeps_the_old_passphrase(
    desk: Desk, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(StoreError, match="cannot be written"):
            safekeeping.change_passphrase(desk, PASSPHRASE, NEW)
    desk.close()
    unlock(desk.store.places, PASSPHRASE, clock).close()


def test_a_desk_open_for_reading_changes_no_keys(desk: Desk, clock: FrozenClock) -> None:
    places = desk.store.places
    with unlock(places, PASSPHRASE, clock, read_only=True) as reader:
        refused: list[Callable[[], object]] = [
            lambda: safekeeping.change_passphrase(reader, PASSPHRASE, NEW),
            lambda: safekeeping.set_recovery_keys(reader, ()),
        ]
        for change in refused:
            with pytest.raises(StoreError, match="reading only"):
                change()


# -- lost -------------------------------------------------------------------------------------------------------


def test_a_lost_passphrase_is_replaced_with_the_recovery_key(
    desk: Desk, clock: FrozenClock, private: Path
) -> None:
    places = desk.store.places
    add_case(desk.store)
    desk.close()
    for _ in range(2):
        with pytest.raises(WrongPassphraseError):
            unlock(places, "was it this one perhaps", clock)
        clock.advance(timedelta(seconds=2))
    safekeeping.recover(places, private, NEW, clock)
    with unlock(places, NEW, clock) as again:
        assert again.find("42/1/26")
        assert safekeeping.recovery_keys(again) == (PAIR.public,)


def test_recovering_with_another_key_or_while_it_is_open_changes_nothing(
    desk: Desk, clock: FrozenClock, private: Path, tmp_path: Path
) -> None:
    places, other = desk.store.places, tmp_path / "other.txt"
    other.write_text(recovery.new_pair(NOW).private)
    held = places.key.read_bytes()
    with pytest.raises(StoreError, match="does not open this store"):
        safekeeping.recover(places, other, NEW, clock)
    with pytest.raises(StoreError, match="another casedesk"):
        safekeeping.recover(places, private, NEW, clock)
    desk.close()
    with pytest.raises(BadInputError, match="characters"):
        safekeeping.recover(places, private, "short", clock)
    assert places.key.read_bytes() == held


def test_the_last_recovery_key_can_go_but_not_unseen(desk: Desk) -> None:
    safekeeping.set_recovery_keys(desk, ())
    assert "NO RECOVERY KEY" in desk.warnings()


# -- the keyring ------------------------------------------------------------------------------------------------


class FakeKeyring:
    """What the optional library offers, in a dictionary."""

    def __init__(self, priority: float) -> None:
        self.priority = priority
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> FakeKeyring:
    """The library, made up."""
    fake = FakeKeyring(5.0)
    errors = types.ModuleType("keyring.errors")

    class KeyringError(Exception):
        pass

    def guarded() -> None:
        if fake.locked:
            raise KeyringError

    def set_password(service: str, name: str, secret: str) -> None:
        guarded()
        fake.kept[service, name] = secret

    def get_password(service: str, name: str) -> str | None:
        guarded()
        return fake.kept.get((service, name))

    def delete_password(service: str, name: str) -> None:
        guarded()
        if fake.kept.pop((service, name), None) is None:
            raise KeyringError

    library = types.ModuleType("keyring")
    vars(errors).update(KeyringError=KeyringError)
    vars(library).update(
        errors=errors, get_keyring=lambda: fake, set_password=set_password, get_password=get_password,
        delete_password=delete_password,
    )  # fmt: skip
    monkeypatch.setitem(sys.modules, "keyring", library)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return fake


def test_the_keyring_opens_the_store_until_told_to_forget(
    desk: Desk, clock: FrozenClock, ring: FakeKeyring
) -> None:
    places = desk.store.places
    assert keyring_store.unlock_remembered(places, clock) is None
    keyring_store.remember(desk)
    key = desk.store.key
    desk.close()
    opened = keyring_store.unlock_remembered(places, clock)
    assert opened is not None
    with opened:
        assert opened.store.key == key
    unlock(places, PASSPHRASE, clock).close()
    kept = dict(ring.kept)
    assert keyring_store.forget(places)
    assert not ring.kept
    ring.kept = kept
    assert keyring_store.unlock_remembered(places, clock) is None
    assert not keyring_store.forget(places)


def test_the_keyring_does_not_hold_the_key_itself(desk: Desk, ring: FakeKeyring) -> None:
    keyring_store.remember(desk)
    (kept,) = ring.kept.values()
    assert base64.b64decode(kept) != desk.store.key
    assert PASSPHRASE not in kept


def test_a_changed_passphrase_keeps_the_keyring(desk: Desk, clock: FrozenClock, ring: FakeKeyring) -> None:
    keyring_store.remember(desk)
    safekeeping.change_passphrase(desk, PASSPHRASE, NEW)
    desk.close()
    opened = keyring_store.unlock_remembered(desk.store.places, clock)
    assert opened is not None
    opened.close()


def test_a_locked_emptied_or_spoiled_keyring_means_typing(
    desk: Desk, clock: FrozenClock, ring: FakeKeyring
) -> None:
    places = desk.store.places
    keyring_store.remember(desk)
    desk.close()
    ((name, kept),) = ring.kept.items()
    ring.locked = True
    assert keyring_store.unlock_remembered(places, clock) is None
    ring.locked = False
    for spoiled in ("", "no base64 at all!", kept[:10], base64.b64encode(bytes(32)).decode()):
        ring.kept[name] = spoiled
        assert keyring_store.unlock_remembered(places, clock) is None
    ring.kept.clear()
    assert keyring_store.unlock_remembered(places, clock) is None
    unlock(places, PASSPHRASE, clock).close()


def test_a_keyring_that_is_a_plain_file_or_refuses_is_not_used(desk: Desk, ring: FakeKeyring) -> None:
    held = desk.store.places.key.read_bytes()
    ring.priority = 0.5
    with pytest.raises(StoreError, match="no keyring"):
        keyring_store.remember(desk)
    ring.priority = 5.0
    ring.locked = True
    with pytest.raises(StoreError, match="did not keep"):
        keyring_store.remember(desk)
    assert desk.store.places.key.read_bytes() == held


def test_without_the_library_there_is_no_keyring(
    desk: Desk, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(StoreError, match="no keyring") as raised:
        keyring_store.remember(desk)
    assert "extra" in raised.value.cure
    assert not keyring_store.forget(desk.store.places)


# -- the key shows itself nowhere -------------------------------------------------------------------------------


def test_neither_key_nor_secrets_show_in_files_messages_or_the_log(
    desk: Desk, clock: FrozenClock, private: Path, tmp_path: Path, ring: FakeKeyring
) -> None:
    """Everything that handles keys is done once, well and badly; then all that it left is searched."""
    places, key = desk.store.places, desk.store.key
    said: list[str] = []

    def badly(act: Callable[[], object]) -> None:
        with pytest.raises(CasedeskError) as raised:
            act()
        said.extend([str(raised.value), repr(raised.value), *faults.describe(raised.value)])
        clock.advance(timedelta(minutes=2))

    log = tmp_path / "faults.log"
    add_case(desk.store)
    keyring_store.remember(desk)
    safekeeping.change_passphrase(desk, PASSPHRASE, NEW)
    badly(lambda: safekeeping.change_passphrase(desk, PASSPHRASE, NEW))
    badly(lambda: recovery.checked([PAIR.private.splitlines()[-1]]))
    made = safekeeping.back_up(desk).backup.path
    desk.close()
    safekeeping.recover(places, private, PASSPHRASE, clock)
    restored = Places(tmp_path / "restored")
    safekeeping.restore_with_recovery_key(made, private, NEW, restored, clock)
    badly(lambda: safekeeping.restore_with_passphrase(made, PASSPHRASE, Places(tmp_path / "again"), clock))
    badly(lambda: unlock(places, NEW, clock))
    places.store.with_suffix(".held").write_bytes(places.store.read_bytes())
    places.store.write_bytes(places.store.read_bytes()[:-4096] + bytes(4096))
    said.extend(str(line) for line in examine(places, clock, lambda: unlock(places, PASSPHRASE, clock)))
    faults.record(RuntimeError(key, PASSPHRASE), log)

    secrets = {
        "the key": [key, key.hex().encode(), base64.b64encode(key), repr(key).encode()],
        "a passphrase": [PASSPHRASE.encode(), NEW.encode()],
        "the private half": [PAIR.private.splitlines()[-1].encode()],
        "the secret of the keyring": [value.encode() for value in ring.kept.values()],
    }
    files = [path for folder in (places.home, restored.home) for path in folder.rglob("*") if path.is_file()]
    assert made in files
    for what, traces in secrets.items():
        for trace in traces:
            assert trace not in "\n".join(said).encode(), what
            for path in (*files, log):
                assert trace not in path.read_bytes(), f"{what} in {path.name}"
