"""Stores of other versions: older ones are backed up and brought up to date, newer ones can be read."""

import shutil
from pathlib import Path

import pytest

from casedesk.desk import safekeeping
from casedesk.desk.casepage import as_lines, read_page
from casedesk.desk.desk import Desk
from casedesk.desk.documents import case_documents, read_text
from casedesk.desk.setup import unlock
from casedesk.model.errors import NewerStoreError, StoreError
from casedesk.model.moments import system_clock
from casedesk.store import migrations, schema
from casedesk.store import store as store_module
from casedesk.store.backup import back_up, list_backups
from casedesk.store.checks import digests, rebuild, verify
from casedesk.store.connection import Connection
from casedesk.store.places import Places
from casedesk.store.store import NewStore, Store, create_store
from scripts.make_store_fixture import PASSPHRASE as FIXTURE_PASSPHRASE
from tests.conftest import PASSPHRASE, FrozenClock
from tests.store.making import add_case, add_cases, add_note

STORES = Path(__file__).resolve().parents[1] / "fixtures" / "stores"
VERSIONS = sorted(path.name for path in STORES.iterdir())


def tables(connection: Connection) -> set[tuple[str, str, str]]:
    """Every table and index with its making, whatever its spacing."""
    found = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {(kind, name, " ".join(sql.split())) for kind, name, sql in found}


# -- the stores of the releases ---------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_a_store_of_every_release_opens_and_shows_what_was_written(
    version: str, tmp_path: Path, clock: FrozenClock
) -> None:
    places = Places(tmp_path / "home")
    shutil.copytree(STORES / version, places.home)
    with unlock(places, FIXTURE_PASSPHRASE, clock) as desk:
        page = "\n".join(as_lines(read_page(desk, desk.find("42/1/26"))))
        for word in (
            "Theft from a shop",
            "9 High Street",
            "Sam Okafor",
            "Zoë O’Hara",
            "footage came",
            "Asked for",
        ):
            assert word in page
        (document,) = case_documents(desk, desk.find("42/1/26"))
        text = read_text(desk, desk.find("42/1/26"), document.id).text
        assert (document.document.title, text) == ("Note", "Seen at 14:10 by the north door.")
        assert desk.store.load_draft("log.add") == {"text": "half a sen"}
        assert desk.store.meta("schema") == schema.STORE_SCHEMA
        assert not verify(desk.store.connection, every_signature=True).problems
        assert not rebuild(desk.store).differing
        add_case(desk.store)
    made = list_backups(places.backups)
    assert len(made) == (0 if version == f"v{schema.STORE_SCHEMA}" else 1)


def test_the_fixture_of_this_version_is_what_is_made_now(tmp_path: Path) -> None:
    """If this fails, the schema changed: raise STORE_SCHEMA with a step, or, before its release, remake the fixture."""
    home = tmp_path / "home"
    shutil.copytree(STORES / f"v{schema.STORE_SCHEMA}", home)
    with unlock(Places(home), FIXTURE_PASSPHRASE, system_clock, read_only=True) as desk:
        held = tables(desk.store.connection)
    places = Places(tmp_path / "new")
    key = create_store(places, PASSPHRASE, NewStore("1", "x"), system_clock)
    with Store(places, key, system_clock, desk.packs) as fresh:
        assert held == tables(fresh.connection)


def test_every_version_before_this_one_has_a_step_and_a_fixture() -> None:
    before = range(1, schema.STORE_SCHEMA)
    assert set(migrations.MIGRATIONS) == set(before)
    assert {f"v{version}" for version in (*before, schema.STORE_SCHEMA)} == set(VERSIONS)


# -- a version that is not yet ----------------------------------------------------------------------------------


def step(db: Connection) -> None:
    """What a next version might do: a new table, and another shape for a derived one."""
    db.execute("CREATE TABLE novelty (x INTEGER)")
    db.execute("INSERT INTO novelty SELECT count(*) FROM op")


def next_version(patched: pytest.MonkeyPatch, wanted: migrations.Step = step) -> None:
    present = schema.STORE_SCHEMA
    for module in (schema, store_module):
        patched.setattr(module, "STORE_SCHEMA", present + 1)
    patched.setitem(migrations.MIGRATIONS, present, wanted)


@pytest.fixture
def old(desk: Desk) -> Places:
    """A closed store of the present version, with things in it."""
    add_note(desk.store, add_cases(desk.store, 3)[0], "a note")
    desk.close()
    return desk.store.places


def version_of(places: Places, clock: FrozenClock) -> int:
    with unlock(places, PASSPHRASE, clock) as desk:
        return int(desk.store.meta("schema"))


def test_an_older_store_is_backed_up_then_brought_up_to_date(
    old: Places, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with unlock(old, PASSPHRASE, clock) as desk:
        before = digests(desk.store.connection)
        desk.store.connection.execute(
            "ALTER TABLE unit DROP COLUMN about"
        )  # as if it had come with the new version
        desk.store.connection.execute("UPDATE queue SET score = 0")
    into = Places(tmp_path / "restored")
    with monkeypatch.context() as patched:
        next_version(patched)
        with unlock(old, PASSPHRASE, clock) as desk:
            assert desk.store.meta("schema") == schema.STORE_SCHEMA
            assert desk.store.connection.execute("SELECT x FROM novelty").fetchone() == (7,)
            assert digests(desk.store.connection) == before
            add_case(desk.store)
        (made,) = list_backups(old.backups)
        unlock(old, PASSPHRASE, clock).close()
        assert len(list_backups(old.backups)) == 1
    safekeeping.restore_with_passphrase(made.path, PASSPHRASE, into, clock)
    with unlock(into, PASSPHRASE, clock) as again:
        assert again.store.meta("schema") == schema.STORE_SCHEMA
        names = {name for _, name, _ in tables(again.store.connection)}
        assert "novelty" not in names


def test_a_step_that_fails_leaves_the_store_as_it_was(
    old: Places, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(db: Connection) -> None:
        step(db)
        db.execute("DROP TABLE op")
        raise KeyboardInterrupt

    def wrong(db: Connection) -> None:
        step(db)
        db.execute("INSERT INTO nowhere VALUES (1)")

    with unlock(old, PASSPHRASE, clock) as desk:
        before, shape = digests(desk.store.connection), tables(desk.store.connection)
    with monkeypatch.context() as patched:
        next_version(patched, breaks)
        with pytest.raises(KeyboardInterrupt):
            unlock(old, PASSPHRASE, clock)
    with monkeypatch.context() as patched:
        next_version(patched, wrong)
        with pytest.raises(StoreError):
            unlock(old, PASSPHRASE, clock)
    with unlock(old, PASSPHRASE, clock) as desk:
        assert (digests(desk.store.connection), tables(desk.store.connection)) == (before, shape)
        assert desk.store.meta("schema") == schema.STORE_SCHEMA


def test_without_a_backup_nothing_is_migrated(
    old: Places, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    old.backups.write_text("a file where the folder should be")
    with monkeypatch.context() as patched:
        next_version(patched)
        with pytest.raises(StoreError, match="No backup could be made"):
            unlock(old, PASSPHRASE, clock)
    assert version_of(old, clock) == schema.STORE_SCHEMA


def test_an_older_store_is_not_changed_by_reading(
    old: Places, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        next_version(patched)
        with pytest.raises(StoreError, match="older casedesk") as raised:
            unlock(old, PASSPHRASE, clock, read_only=True)
    assert "casedesk queue" in raised.value.cure
    assert version_of(old, clock) == schema.STORE_SCHEMA


def test_a_store_too_old_for_any_step_is_named(
    old: Places, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        next_version(patched)
        patched.delitem(migrations.MIGRATIONS, schema.STORE_SCHEMA - 1)
        with pytest.raises(StoreError, match="too old"):
            unlock(old, PASSPHRASE, clock)
    assert not old.backups.exists()


def test_an_older_stores_backup_is_brought_up_to_date_while_restoring(
    desk: Desk, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    add_cases(desk.store, 3)
    made = back_up(desk.store.places, desk.store.key, tmp_path / "backups", desk.now)
    into = Places(tmp_path / "restored")
    with monkeypatch.context() as patched:
        next_version(patched)
        patched.setattr("casedesk.store.restore.STORE_SCHEMA", schema.STORE_SCHEMA)
        safekeeping.restore_with_passphrase(made.path, PASSPHRASE, into, clock)
        assert not into.backups.exists()
        assert version_of(into, clock) == schema.STORE_SCHEMA


# -- a newer casedesk was here ----------------------------------------------------------------------------------


def newer(desk: Desk, min_reader: int) -> Places:
    desk.store.set_meta("schema", schema.STORE_SCHEMA + 5)
    desk.store.set_meta("min-reader", min_reader)
    desk.store.connection.execute("CREATE TABLE novelty (x INTEGER)")
    desk.close()
    return desk.store.places


def test_a_newer_store_opens_for_reading_and_says_so(desk: Desk, clock: FrozenClock) -> None:
    case_id = add_case(desk.store)
    places = newer(desk, schema.STORE_SCHEMA)
    with unlock(places, PASSPHRASE, clock) as again:
        assert again.store.read_only
        assert "made by a newer casedesk: read only" in again.warnings()
        assert again.find("42/1/26") == case_id
        with pytest.raises(StoreError, match="reading only"):
            add_case(again.store)
        assert safekeeping.back_up(again).backup.path.exists()
    with pytest.raises(NewerStoreError, match="can be read here, not written"):
        Store.unlock(places, PASSPHRASE, clock, desk.packs)


def test_a_much_newer_store_is_not_opened_at_all(desk: Desk, clock: FrozenClock) -> None:
    places = newer(desk, schema.STORE_SCHEMA + 1)
    for read_only in (False, True):
        with pytest.raises(StoreError, match="A newer casedesk made this store") as raised:
            unlock(places, PASSPHRASE, clock, read_only=read_only)
        assert "newer casedesk" in raised.value.cure


def test_a_backup_of_a_newer_store_is_not_restored(desk: Desk, clock: FrozenClock, tmp_path: Path) -> None:
    newer(desk, schema.STORE_SCHEMA)
    with unlock(desk.store.places, PASSPHRASE, clock) as again:
        made = safekeeping.back_up(again, tmp_path / "backups").backup
    with pytest.raises(StoreError, match="newer casedesk"):
        safekeeping.restore_with_passphrase(made.path, PASSPHRASE, Places(tmp_path / "into"), clock)
    assert not (tmp_path / "into").exists()
