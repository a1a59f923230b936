"""The doctor: finds what is wrong, says what to do, and works without the passphrase as far as that goes."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from casedesk.desk import documents, safekeeping
from casedesk.desk.desk import Desk
from casedesk.desk.doctor import Line, Word, examine
from casedesk.desk.settings import BackupSettings, Limits, Person, Settings, save_settings
from casedesk.desk.setup import set_up, unlock
from casedesk.model.errors import StoreError
from casedesk.store import drives, keys, recovery
from casedesk.store.places import Places
from tests.conftest import NOW, PASSPHRASE, FrozenClock
from tests.store.making import add_case, add_cases

PAIR = recovery.new_pair(NOW)


class Patient(NamedTuple):
    """A closed store in good health, and how to look at it."""

    places: Places
    clock: FrozenClock
    settings: Settings

    def lines(self, *, deep: bool = False, locked: bool = False) -> list[Line]:
        def open_it() -> Desk:
            return unlock(self.places, PASSPHRASE, self.clock, read_only=not deep)

        return list(examine(self.places, self.clock, None if locked else open_it, deep=deep))

    def bad(self, **how: bool) -> list[str]:
        return [f"{line.what}: {line.said}" for line in self.lines(**how) if line.word is Word.BAD]

    def look(self, **how: bool) -> list[str]:
        return [f"{line.what}: {line.said}" for line in self.lines(**how) if line.word is Word.LOOK]

    def set(self, **changes: object) -> None:
        save_settings(self.places.settings, replace(self.settings, **changes))  # type: ignore[arg-type] # by name


@pytest.fixture
def patient(places: Places, clock: FrozenClock, tmp_path: Path) -> Patient:
    settings = Settings(Person(number="7042"), backup=BackupSettings(str(tmp_path / "backups")))
    with set_up(
        places, PASSPHRASE, settings, clock, cost=keys.GENERATED_COST, recovery=(PAIR.public,)
    ) as desk:
        add_cases(desk.store, 3)
        safekeeping.back_up(desk)
    return Patient(places, clock, settings)


def test_documents_are_counted_and_one_without_its_content_is_bad(patient: Patient, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_bytes(b"Seen at 14:10")
    with unlock(patient.places, PASSPHRASE, patient.clock) as desk:
        documents.attach(desk, add_case(desk.store, ref="42/77/26"), tmp_path / "note.txt")
    (said,) = (line for line in patient.lines() if line.what == "documents")
    assert (said.word, said.said) == (Word.OK, "1 content of 0.0 MB, none missing")
    with unlock(patient.places, PASSPHRASE, patient.clock) as desk, desk.store.transaction():
        desk.store.connection.execute("DELETE FROM blob")
    (bad,) = patient.bad()
    assert bad.startswith("documents: a document of 42/77/26 ")


def test_a_healthy_store_has_nothing_bad(patient: Patient) -> None:
    assert not patient.bad(deep=True)
    said = {line.what for line in patient.lines(deep=True)}
    assert said >= {
        "program", "settings", "clock", "packs", "folder", "files", "key file", "disk", "lock", "store",
        "recovery key", "drafts", "tables", "backups",
    }  # fmt: skip
    assert patient.look() == [
        "backups: they are on the same drive as the store: whoever loses one loses both"
    ]


def test_everything_that_is_not_well_comes_with_something_to_do(patient: Patient) -> None:
    patient.places.attempts.write_text('{"in_a_row": 0, "last": 0, "failed": [1]}')
    shutil.rmtree(patient.places.home.parent / "backups")
    patient.places.home.chmod(0o755)
    lines = [line for line in patient.lines() if line.word is not Word.OK]
    assert len(lines) >= 3
    assert all(line.cure for line in lines)


def test_looking_changes_nothing(patient: Patient) -> None:
    def content() -> dict[str, bytes]:
        own = [path for path in patient.places.home.rglob("*") if path.is_file()]
        return {path.name: path.read_bytes() for path in own if not path.name.endswith(("-wal", "-shm"))}

    with unlock(patient.places, PASSPHRASE, patient.clock):
        pass
    before = content()
    patient.lines()
    assert content() == before


def test_without_the_passphrase_it_does_what_it_can(patient: Patient) -> None:
    lines = patient.lines(locked=True)
    assert not [line for line in lines if line.word is Word.BAD]
    assert {"program", "files", "key file", "packs", "backups"} <= {line.what for line in lines}
    assert any(line.what == "store" and "not unlocked" in line.said for line in lines)


def test_a_passphrase_that_does_not_open_is_bad(patient: Patient) -> None:
    def wrong() -> Desk:
        return unlock(patient.places, "not the passphrase", patient.clock)

    lines = list(examine(patient.places, patient.clock, wrong))
    assert any(line.word is Word.BAD and "does not open" in line.said for line in lines)
    assert any(line.what == "backups" for line in lines)


def test_no_store_here(places: Places, clock: FrozenClock) -> None:
    def never() -> Desk:
        raise AssertionError

    lines = list(examine(places, clock, never))
    assert any(line.word is Word.BAD and line.what == "files" and "init" in line.cure for line in lines)
    places.home.mkdir()
    assert any(line.word is Word.BAD and line.what == "files" for line in examine(places, clock, never))


@pytest.mark.parametrize("missing", ["casedesk.key", "casedesk.db"])
def test_half_a_store(patient: Patient, missing: str) -> None:
    (patient.places.home / missing).unlink()
    assert any(said.startswith("files:") and missing in said for said in patient.bad())


def test_a_damaged_key_file(patient: Patient) -> None:
    patient.places.key.write_text(patient.places.key.read_text().replace("a", "b", 1))
    assert any("key file" in said and "damaged" in said for said in patient.bad())


def test_damage_anywhere_in_the_store_is_found(patient: Patient) -> None:
    raw = patient.places.store.read_bytes()
    for at in range(3000, len(raw), len(raw) // 7):
        spoiled = bytearray(raw)
        spoiled[at] ^= 1
        patient.places.store.write_bytes(spoiled)
        assert any(said.startswith("store:") for said in patient.bad()), at
    patient.places.store.write_bytes(raw)
    assert not patient.bad()


def test_a_journal_that_was_tampered_with(patient: Patient) -> None:
    with unlock(patient.places, PASSPHRASE, patient.clock) as desk:
        desk.store.connection.execute("UPDATE op SET payload = x'7b7d' WHERE n = 3")
    (said,) = patient.bad()
    assert said.startswith("store: chain")


def test_tables_that_differ_are_found_only_when_looked_for_and_stay_as_they_are(patient: Patient) -> None:
    def locations() -> list[tuple[str]]:
        with unlock(patient.places, PASSPHRASE, patient.clock) as desk:
            return desk.store.connection.execute("SELECT location FROM cases ORDER BY n").fetchall()

    with unlock(patient.places, PASSPHRASE, patient.clock) as desk:
        desk.store.connection.execute("UPDATE cases SET location = 'elsewhere' WHERE n = 1")
    spoiled = locations()
    assert not patient.bad()
    assert any("case" in said for said in patient.bad(deep=True))
    assert locations() == spoiled


def test_no_recovery_key_and_a_changed_one(patient: Patient) -> None:
    held = keys.read_key_file(patient.places.key)
    keys.write_file(patient.places.key, recovery.with_keys(held, bytes(32), (PAIR.public,)).dump())
    assert any("changed outside" in said for said in patient.bad())
    keys.write_file(patient.places.key, replace(held, recovery=(), recovery_proof=b"").dump())
    assert any("there is none" in said for said in patient.bad())


def test_the_clock(patient: Patient) -> None:
    patient.clock.now = datetime(1970, 1, 2, tzinfo=UTC)
    assert any(said.startswith("clock:") and "that year" in said for said in patient.bad(locked=True))
    patient.clock.now = datetime(2107, 1, 1, tzinfo=UTC)
    assert any(said.startswith("clock:") and "that year" in said for said in patient.bad(locked=True))
    patient.clock.now = NOW - timedelta(hours=5)
    assert "clock: it stands 5 hours before the last thing that was saved here" in patient.bad()
    patient.clock.now = NOW - timedelta(seconds=30)
    assert not any(said.startswith("clock:") for said in patient.bad())


def test_the_bank_holidays(patient: Patient) -> None:
    patient.clock.now = datetime(2028, 11, 1, tzinfo=UTC)
    assert any("bank holidays end 31 Dec 2028" in said for said in patient.look(locked=True))
    patient.clock.now = datetime(2029, 1, 2, tzinfo=UTC)
    assert any("bank holidays end 31 Dec 2028" in said for said in patient.bad(locked=True))


def test_a_broken_pack_and_a_broken_settings_file(patient: Patient) -> None:
    patient.places.packs.mkdir()
    (patient.places.packs / "clocks.toml").write_text("[[clock]\n")
    assert any(said.startswith("packs:") for said in patient.bad(locked=True))
    patient.places.settings.write_text("[person]\nnmae = 'x'\n")
    assert any(said.startswith("settings:") and "nmae" in said for said in patient.bad(locked=True))


def test_backups_grow_old(patient: Patient) -> None:
    for days, word in ((1, Word.OK), (3, Word.LOOK), (8, Word.BAD)):
        patient.clock.now = NOW + timedelta(days=days)
        (line,) = [line for line in patient.lines() if line.what == "backups" and "newest" in line.said]
        assert line.word is word
    patient.clock.now = NOW - timedelta(days=1)
    (line,) = [line for line in patient.lines(locked=True) if "newest" in line.said]
    assert "clock" in line.said


def test_backups_missing_switched_off_of_others_or_elsewhere(patient: Patient, tmp_path: Path) -> None:
    patient.set(backup=BackupSettings(str(tmp_path / "empty"), every_hours=0))
    assert any("none in" in said for said in patient.bad())
    assert any("none are made by schedule" in said for said in patient.look())
    patient.set()
    (held,) = (tmp_path / "backups").iterdir()
    safekeeping.restore_with_passphrase(held, PASSPHRASE, Places(tmp_path / "other"), patient.clock)
    other = patient._replace(places=Places(tmp_path / "other"))
    assert any("1 of other stores" in said for said in other.look())
    assert any("none in" in said for said in other.bad())


def test_the_folder(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    patient.places.home.chmod(0o755)
    assert any("other accounts" in said for said in patient.look(locked=True))
    patient.places.home.chmod(0o700)
    monkeypatch.setattr(drives, "doubt", lambda _: "a removable drive (vfat)")
    assert any("removable drive" in said for said in patient.bad(locked=True))
    patient.set(paths=replace(patient.settings.paths, allow_any_drive=True))
    assert any("removable drive" in said for said in patient.look())


def test_room_on_the_disk(patient: Patient) -> None:
    patient.set(limits=Limits(free_space_mb=10_000_000))
    assert any(said.startswith("disk:") for said in patient.look(locked=True))


def test_open_elsewhere_and_a_file_that_a_crash_left(patient: Patient) -> None:
    with unlock(patient.places, PASSPHRASE, patient.clock):
        assert any("open in another" in said for said in patient.look())
        assert not patient.bad()
        assert any("another casedesk" in said for said in patient.bad(deep=True))
    assert patient.places.lock.exists()
    assert not any("open in another" in said for said in patient.look())


def test_leftovers_drafts_and_wrong_passphrases(patient: Patient) -> None:
    (patient.places.home / "casedesk.db.copy").write_bytes(b"")
    (patient.places.home / "settings.toml.part").write_bytes(b"")
    with unlock(patient.places, PASSPHRASE, patient.clock) as desk:
        desk.store.save_draft("log.add", {"text": "half a sen"})
    with pytest.raises(StoreError):
        unlock(patient.places, "not the passphrase", patient.clock)
    patient.clock.advance(timedelta(minutes=1))
    look = patient.look()
    assert any("casedesk.db.copy, settings.toml.part" in said for said in look)
    assert "drafts: 1 typed and not saved" in look
    assert any("1 wrong" in said for said in look)
    assert not any("half a sen" in said for said in look)


def test_a_trial_store_needs_neither_recovery_key_nor_backups(places: Places, clock: FrozenClock) -> None:
    settings = Settings(Person(number="1"))
    set_up(places, PASSPHRASE, settings, clock, cost=keys.GENERATED_COST, recovery=None).close()
    assert not Patient(places, clock, settings).bad()


def test_a_check_that_meets_a_surprise_does_not_end_the_others(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    spoil: list[tuple[str, Callable[..., object]]] = [("shutil.disk_usage", fails), ("os.access", fails)]
    for name, how in spoil:
        monkeypatch.setattr(name, how)
    lines = patient.lines()
    assert [line.what for line in lines if "Permission denied" in line.said] == ["folder", "disk"]
    assert any(line.what == "store" and line.word is Word.OK for line in lines)


def test_a_newer_store_is_looked_at_too(patient: Patient) -> None:
    with unlock(patient.places, PASSPHRASE, patient.clock) as desk:
        add_case(desk.store)
        desk.store.set_meta("schema", 99)
    assert any("newer casedesk" in said for said in patient.look())
    assert not patient.bad()
