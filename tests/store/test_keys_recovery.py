"""The recovery key: opens the store when the passphrase is lost, and nothing slips in unseen."""

import os
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest

from casedesk.desk.desk import Desk
from casedesk.desk.setup import set_up, unlock
from casedesk.model.errors import BadInputError, StoreError
from casedesk.store import keys, recovery
from casedesk.store.keys import KeyFile, RecoveryWrap, parse_key_file, unwrap, wrap
from casedesk.store.places import Places
from tests.conftest import NOW, PASSPHRASE, FrozenClock

CHEAP = keys.Cost(memory_kib=8, passes=1, lanes=1)
KEY = bytes(range(32))
PAIR = recovery.new_pair(NOW)
OTHER = recovery.new_pair(NOW)


def wrapped(*recipients: str) -> KeyFile:
    return recovery.with_keys(wrap(KEY, PASSPHRASE, "a1b2", CHEAP), KEY, recipients)


def private(tmp_path: Path, pair: recovery.KeyPair = PAIR) -> Path:
    path = tmp_path / "private.txt"
    path.write_text(pair.private)
    return path


def test_the_private_half_opens_what_the_public_half_closed(tmp_path: Path) -> None:
    again = parse_key_file(wrapped(OTHER.public, PAIR.public).dump())
    assert recovery.unwrap(again, recovery.read_identity(private(tmp_path))) == KEY
    assert unwrap(again, PASSPHRASE) == KEY
    assert recovery.untouched(again, KEY)


def test_another_recovery_key_is_refused_by_the_name_of_the_right_one(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not open") as raised:
        recovery.unwrap(wrapped(PAIR.public), recovery.read_identity(private(tmp_path, OTHER)))
    assert PAIR.public in raised.value.cure


def test_a_store_without_recovery_keys_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no recovery key"):
        recovery.unwrap(wrapped(), recovery.read_identity(private(tmp_path)))


def test_a_recovery_wrap_of_another_store_does_not_open_this_one(tmp_path: Path) -> None:
    """Else a wrap copied over from another store's file would give that store's key."""
    elsewhere = recovery.with_keys(wrap(KEY, PASSPHRASE, "elsewhere", CHEAP), KEY, [PAIR.public])
    mixed = replace(wrapped(), recovery=elsewhere.recovery)
    with pytest.raises(StoreError, match="does not open"):
        recovery.unwrap(mixed, recovery.read_identity(private(tmp_path)))


def test_a_recovery_key_slipped_in_spoiled_or_taken_out_is_noticed() -> None:
    good = wrapped(PAIR.public)
    stranger = RecoveryWrap(
        OTHER.public, pyrage.encrypt(b"x", [pyrage.x25519.Recipient.from_str(OTHER.public)])
    )
    spoiled = RecoveryWrap(PAIR.public, stranger.sealed)
    for wraps in ((*good.recovery, stranger), (stranger,), (spoiled,), ()):
        assert not recovery.untouched(replace(good, recovery=wraps), KEY)
    assert recovery.untouched(good, KEY)
    assert recovery.untouched(wrapped(), KEY)


def test_a_key_file_from_before_there_were_recovery_keys_still_reads() -> None:
    old = wrap(KEY, PASSPHRASE, "a1b2", CHEAP)
    text = old.dump()
    before = text[: text.index(',\n  "check"')] + "\n}\n"
    assert '"check"' not in before
    assert parse_key_file(before) == old
    assert unwrap(parse_key_file(before), PASSPHRASE) == KEY


@pytest.mark.parametrize(
    "text",
    ["", "age1", "age1qqqq", PAIR.public[:-1], PAIR.public + "x", "ssh-ed25519 AAAA"],
    ids=["empty", "begun", "short", "cut", "longer", "another kind"],
)
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match="not a public recovery key"):
        recovery.checked([text])


def test_a_private_key_given_for_a_public_one_is_refused_and_not_repeated() -> None:
    line = PAIR.private.strip().splitlines()[-1]
    with pytest.raises(BadInputError, match="private half") as raised:
        recovery.checked([line])
    assert line[20:40] not in str(raised.value)


def test_repeats_count_once_and_too_many_are_refused() -> None:
    assert recovery.checked([PAIR.public, f" {PAIR.public} ", OTHER.public]) == (PAIR.public, OTHER.public)
    with pytest.raises(BadInputError, match="too many"):
        recovery.checked([recovery.new_pair(NOW).public for _ in range(recovery.MOST_KEYS + 1)])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"# nothing\n",
        b"AGE-SECRET-KEY-1SECRETWORD\n",
        b"\xff\xfe",
        b"x" * 100_000,
        b"age-encryption.org/v1\n-> scrypt\n",
    ],
)
def test_a_file_that_is_no_private_key_is_refused_without_quoting_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "private.txt"
    path.write_bytes(content)
    with pytest.raises(BadInputError, match="not the private half") as raised:
        recovery.read_identity(path)
    assert "SECRETWORD" not in str(raised.value)


def test_the_file_of_ages_own_generator_is_read(tmp_path: Path) -> None:
    path = tmp_path / "key.txt"
    identity = pyrage.x25519.Identity.generate()
    path.write_text(f"# created: 2026-11-20T15:00:00Z\n# public key: {identity.to_public()}\n{identity}\n")
    made = recovery.with_keys(wrap(KEY, PASSPHRASE, "a1b2", CHEAP), KEY, [str(identity.to_public())])
    assert recovery.unwrap(made, recovery.read_identity(path)) == KEY


def test_a_key_pair_does_not_show_its_private_half() -> None:
    assert "SECRET" not in repr(PAIR)
    assert PAIR.public in repr(PAIR)


# -- at setting up ----------------------------------------------------------------------------------------------


def make(places: Places, clock: FrozenClock, recipients: tuple[str, ...] | None) -> Desk:
    from casedesk.desk.settings import Person, Settings

    return set_up(
        places, PASSPHRASE, Settings(Person(number="1")), clock, cost=keys.GENERATED_COST, recovery=recipients
    )


def test_a_store_set_up_with_a_recovery_key_opens_with_it(
    places: Places, clock: FrozenClock, tmp_path: Path
) -> None:
    with make(places, clock, (PAIR.public,)) as desk:
        assert "NO RECOVERY KEY" not in desk.warnings()
        key = desk.store.key
    held = keys.read_key_file(places.key)
    assert recovery.unwrap(held, recovery.read_identity(private(tmp_path))) == key


def test_a_store_without_one_warns_until_one_is_added(places: Places, clock: FrozenClock) -> None:
    from casedesk.desk.safekeeping import set_recovery_keys

    with make(places, clock, ()) as desk:
        assert "NO RECOVERY KEY" in desk.warnings()
    with unlock(places, PASSPHRASE, clock) as desk:
        assert "NO RECOVERY KEY" in desk.warnings()
        set_recovery_keys(desk, (PAIR.public,))
        assert "NO RECOVERY KEY" not in desk.warnings()


def test_a_trial_store_needs_none(places: Places, clock: FrozenClock) -> None:
    with make(places, clock, None) as desk:
        assert not any("RECOVERY" in said for said in desk.warnings())


def test_the_key_that_a_force_rolled_out_is_taken_without_asking(places: Places, clock: FrozenClock) -> None:
    places.packs.mkdir(parents=True)
    (places.packs / "recovery-key.txt").write_text(f"# our force\n{PAIR.public}\n")
    with make(places, clock, ()) as desk:
        assert not any("RECOVERY" in said for said in desk.warnings())
    assert [one.recipient for one in keys.read_key_file(places.key).recovery] == [PAIR.public]


def test_a_wrong_recovery_key_leaves_no_store_behind(places: Places, clock: FrozenClock) -> None:
    with pytest.raises(BadInputError):
        make(places, clock, ("age1wrong",))
    assert not places.store.exists()
    assert not places.key.exists()


def test_a_rolled_out_file_with_a_mistake_is_named(places: Places, clock: FrozenClock) -> None:
    places.home.mkdir(parents=True)
    places.recovery_keys.write_text("age1wrong\n")
    with pytest.raises(BadInputError, match=r"recovery-key\.txt"):
        make(places, clock, ())


def test_a_recovery_key_changed_behind_the_owners_back_shows_on_every_screen(
    places: Places, clock: FrozenClock
) -> None:
    make(places, clock, (PAIR.public,)).close()
    held = keys.read_key_file(places.key)
    forged = recovery.with_keys(held, bytes(32), (OTHER.public,))
    keys.write_file(places.key, forged.dump())
    with unlock(places, PASSPHRASE, clock) as desk:
        assert "RECOVERY KEY CHANGED" in desk.warnings()


# -- the lock ---------------------------------------------------------------------------------------------------

HOLDER = """
import sys, time
from pathlib import Path
from casedesk.desk.setup import unlock
from casedesk.model.moments import system_clock
from casedesk.store.places import Places
desk = unlock(Places(Path(sys.argv[1])), sys.stdin.readline().strip(), system_clock)
print("open", flush=True)
time.sleep(60)
"""


def test_a_second_opener_is_refused_and_a_crashed_first_one_does_not_block(
    places: Places, clock: FrozenClock
) -> None:
    make(places, clock, None).close()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(places.home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdin is not None
        assert holder.stdout is not None
        holder.stdin.write(PASSPHRASE + "\n")
        holder.stdin.flush()
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(StoreError, match="another casedesk") as raised:
            unlock(places, PASSPHRASE, clock)
        assert "Close the other one" in raised.value.cure
        unlock(places, PASSPHRASE, clock, read_only=True).close()
        if Path("/proc").is_dir():
            assert PASSPHRASE.encode() not in Path(f"/proc/{holder.pid}/cmdline").read_bytes()
    finally:
        holder.kill()
        holder.wait(10)
        for stream in (holder.stdin, holder.stdout):
            if stream is not None:
                stream.close()
    assert places.lock.exists()
    with unlock(places, PASSPHRASE, clock) as desk:
        assert desk.store.meta("schema")


def test_the_files_of_keys_are_for_their_owner_alone(places: Places, clock: FrozenClock) -> None:
    make(places, clock, None).close()
    if os.name == "posix":
        assert stat.S_IMODE(places.key.stat().st_mode) == 0o600
        assert stat.S_IMODE(places.home.stat().st_mode) & 0o077 == 0
