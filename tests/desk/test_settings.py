"""The settings file: what it may say, and how a mistake in it is told."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casedesk.desk.settings import (
    WHOSE,
    BackupSettings,
    BundleSettings,
    Limits,
    PathSettings,
    Person,
    ReminderSettings,
    Settings,
    backup_folder,
    bundle_folder,
    load_settings,
    packs_folder,
    save_settings,
)
from casedesk.desk.setup import packs_for
from casedesk.model.errors import BadInputError
from casedesk.model.text import clean
from casedesk.model.words import Role
from casedesk.reference.priority import BAND_IDS
from casedesk.store.places import Places


def loaded(tmp_path: Path, text: str | bytes) -> Settings:
    path = tmp_path / "settings.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_settings(path)


def refused(tmp_path: Path, text: str | bytes) -> str:
    with pytest.raises(BadInputError) as raised:
        loaded(tmp_path, text)
    assert raised.value.cure
    return str(raised.value)


def test_no_file_and_an_empty_file_mean_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "settings.toml") == Settings() == loaded(tmp_path, "")
    assert Settings().idle_minutes == 10
    assert Settings().backup == BackupSettings("", 24, 7, 4)


def test_everything_can_be_set_by_hand(tmp_path: Path) -> None:
    assert loaded(
        tmp_path,
        """
        [person]
        name = "Alex Doe"
        role = "early-outcome"
        [screen]
        idle_minutes = 3
        [paths]
        packs = "/srv/packs"
        allow_any_drive = true
        [backup]
        folder = "/srv/backups"
        every_hours = 4
        keep_daily = 2
        keep_weekly = 0
        [limits]
        passphrase_characters = 20
        free_space_mb = 5000
        document_mb = 10
        [keys]
        "queue.open" = "f5"
        log.add = "f6,f7"
        """,
    ) == Settings(
        Person("Alex Doe", role=Role.EARLY_OUTCOME),
        keymap={"queue.open": "f5", "log.add": "f6,f7"},
        idle_minutes=3,
        paths=PathSettings("/srv/packs", True),
        backup=BackupSettings("/srv/backups", 4, 2, 0),
        limits=Limits(20, 5000, 10),
    )


WORDS = st.text(st.characters(codec="utf-8"), max_size=12)


@given(
    st.builds(
        Settings,
        st.builds(Person, WORDS.map(clean), WORDS.map(clean), st.sampled_from(Role), WORDS.map(clean)),
        WORDS,
        WORDS.map(clean),
        st.dictionaries(WORDS.filter(bool), WORDS, max_size=3),
        st.integers(1, 240),
        st.builds(PathSettings, WORDS, st.booleans()),
        st.builds(BackupSettings, WORDS, st.integers(0, 744), st.integers(1, 1000), st.integers(0, 1000)),
        st.builds(Limits, st.integers(12, 200), st.integers(0, 10_000_000), st.integers(1, 25)),
        st.builds(
            ReminderSettings,
            st.sets(st.integers(1, 1440), max_size=10).map(lambda some: tuple(sorted(some, reverse=True))),
            st.lists(st.sampled_from(BAND_IDS), max_size=5).map(tuple),
            st.sampled_from(WHOSE),
            st.booleans(),
        ),
        st.builds(BundleSettings, WORDS, st.integers(0, 365), st.booleans()),
    )
)
def test_what_is_saved_is_what_is_loaded(
    tmp_path_factory: pytest.TempPathFactory, settings: Settings
) -> None:
    path = tmp_path_factory.getbasetemp() / "settings.toml"
    save_settings(path, settings)
    assert load_settings(path) == settings


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[person]\nnmae = 'x'", ["person.nmae is not a setting", "Did you mean “name”?"]),
        ("[persons]\nname = 'x'", ["[persons] is not a part", "“person”"]),
        ("person = 'x'", ["person must be a table", "[person]"]),
        ("[person]\nname = 7", ["person.name must be text", "quotation marks"]),
        ("[person]\nrole = 'chief'", ["person.role", "'chief'", "early-outcome"]),
        ("[screen]\nidle_minutes = 0", ["screen.idle_minutes", "from 1 to 240"]),
        ("[screen]\nidle_minutes = 241", ["screen.idle_minutes", "from 1 to 240"]),
        ("[screen]\nidle_minutes = '10'", ["screen.idle_minutes", "digits only"]),
        ("[screen]\nidle_minutes = true", ["screen.idle_minutes", "whole number"]),
        ("[screen]\nidle_minutes = 10.0", ["screen.idle_minutes", "whole number"]),
        ("[paths]\nallow_any_drive = 'yes'", ["paths.allow_any_drive", "true or false"]),
        ("[backup]\nkeep_daily = 0", ["backup.keep_daily", "from 1"]),
        ("[backup]\nevery_hour = 3", ["backup.every_hour", "every_hours"]),
        ("[limits]\npassphrase_characters = 8", ["limits.passphrase_characters", "from 12"]),
        ("[reminders]\nminutes = 60", ["reminders.minutes", "from 1 to 1,440", "[60, 30, 10]"]),
        ("[reminders]\nminutes = [60, 0]", ["reminders.minutes", "from 1"]),
        ("[reminders]\nminutes = [60, true]", ["reminders.minutes", "whole numbers"]),
        (f"[reminders]\nminutes = {list(range(1, 12))}", ["reminders.minutes", "at most 10"]),
        ("[reminders]\nbands = 'liberty'", ["reminders.bands must be a list of words", '["liberty", "']),
        ("[reminders]\nbands = ['libery']", ["reminders.bands: 'libery'", "Did you mean “liberty”?"]),
        ("[reminders]\nbands = [1]", ["reminders.bands must be a list of words"]),
        ("[reminders]\nwhose = 'everybody'", ["reminders.whose: 'everybody'", "all, mine, team"]),
        ("[reminders]\nwhose = ['mine']", ["reminders.whose must be a word", '"mine"']),
        ("[reminders]\nbell = 1", ["reminders.bell", "true or false"]),
        ("[bundles]\nstale_days = -1", ["bundles.stale_days", "from 0 to 365"]),
        ("[bundles]\nfolders = 'x'", ["bundles.folders", "folder"]),
        ("[keys]\nquit = 7", ["keys.quit must be text"]),
        ("[keys.app]\nquit = 7", ["keys.app.quit must be text"]),
        ("[person\nname = 'x'", ["settings.toml", "line 1"]),
        ("[person]\nname = 'x'\nname = 'y'\n", ["line 3"]),
        (b"[person]\nname = '\xff'", ["cannot be read"]),
        ("# " + "x" * 300_000, ["too large"]),
    ],
)
def test_a_mistake_is_told_with_its_place_and_a_cure(
    tmp_path: Path, text: str | bytes, said: list[str]
) -> None:
    message = refused(tmp_path, text)
    for part in said:
        assert part in message


def test_reminders_are_for_what_cannot_wait_and_make_no_sound_unless_asked(tmp_path: Path) -> None:
    assert Settings().reminders == ReminderSettings(
        (60, 30, 10), ("liberty", "limit", "protection"), "all", False
    )
    given = loaded(tmp_path, "[reminders]\nminutes = [5, 90, 5]\nwhose = 'mine'\nbell = true").reminders
    assert given == ReminderSettings((90, 5), whose="mine", bell=True)


def test_escapes_in_a_wrong_key_do_not_reach_the_terminal(tmp_path: Path) -> None:
    assert "\x1b" not in refused(tmp_path, '[person]\n"\\u001b]0;x\\u0007" = "x"')
    assert "\x1b" not in refused(tmp_path, '["\\u001b]0;x\\u0007"]\nx = "x"')


def test_a_file_that_windows_notepad_saved_is_read(tmp_path: Path) -> None:
    assert loaded(tmp_path, b"\xef\xbb\xbf[person]\r\nname = 'Alex'\r\n").person.name == "Alex"


def test_folders_start_at_the_store_unless_they_say_otherwise(places: Places, tmp_path: Path) -> None:
    plain = Settings()
    assert packs_folder(places, plain) == places.packs
    assert backup_folder(places, plain) == places.backups
    named = Settings(paths=PathSettings("our/packs"), backup=BackupSettings(str(tmp_path / "far")))
    assert packs_folder(places, named) == places.home / "our" / "packs"
    assert backup_folder(places, named) == tmp_path / "far"
    assert bundle_folder(places, plain) is None
    assert bundle_folder(places, Settings(bundles=BundleSettings("share"))) == places.home / "share"


def test_the_packs_folder_of_the_settings_is_laid_over(places: Places, tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    settings = Settings(paths=PathSettings(str(tmp_path / "ours")))
    assert packs_for(places, settings).overlay == tmp_path / "ours"
    assert packs_for(places, Settings()).overlay is None
    with pytest.raises(BadInputError, match=r"paths\.packs"):
        packs_for(places, replace(settings, paths=PathSettings("missing")))
