"""Who I am and how I like things: one commented TOML file, checked when it is read."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from casedesk.model.errors import BadInputError
from casedesk.model.text import clean
from casedesk.model.words import Role
from casedesk.reference.priority import BAND_IDS
from casedesk.reference.rows import hint
from casedesk.store.blobs import LARGEST
from casedesk.store.keys import MIN_PASSPHRASE, write_file
from casedesk.store.places import Places

DEFAULT_MARKING = "OFFICIAL-SENSITIVE"
_MB = 1024 * 1024


@dataclass(frozen=True)
class Person:
    """The person whose desk this is."""

    name: str = ""
    number: str = ""
    """Collar or staff number: what the journal and the record name the author by."""
    role: Role = Role.FINALISATIONS
    rank: str = ""
    team: str = ""
    force: str = ""

    @property
    def actor(self) -> str:
        """How the journal names this person: the number, or the name where there is none."""
        return self.number or self.name or "unnamed"


@dataclass(frozen=True)
class PathSettings:
    """Where things are, when not in their usual places. A relative path starts at the store's folder."""

    packs: str = ""
    """The folder of the force's own packs; empty for the folder ``packs`` beside the store."""
    allow_any_drive: bool = False
    """Whether the store may be on a network share or a removable drive."""


@dataclass(frozen=True)
class BackupSettings:
    """Where backups go, how often, and how many stay."""

    folder: str = ""
    """Empty for the folder ``backups`` beside the store. A relative path starts at the store's folder."""
    every_hours: int = 24
    """0 for no backups by schedule."""
    keep_daily: int = 7
    keep_weekly: int = 4


@dataclass(frozen=True)
class BundleSettings:
    """Where bundles go, and from when on work that a colleague lacks is pressing."""

    folder: str = ""
    """Where bundles are written and looked for: a stick, or a folder that the team shares. Empty: it is asked for.
    A relative path starts at the store's folder."""
    stale_days: int = 2
    """After so many days work that a colleague has not said they hold is pressing."""
    offer: bool = True
    """Whether a bundle is offered at locking and leaving while changes are in none."""


@dataclass(frozen=True)
class Limits:
    """Where casedesk draws a line."""

    passphrase_characters: int = MIN_PASSPHRASE
    """The fewest a new passphrase may have; never under what casedesk itself asks for."""
    free_space_mb: int = 500
    """With less room than this on the store's drive, the doctor speaks up."""
    document_mb: int = LARGEST // _MB
    """The largest file that can be attached, in units of 1,048,576 bytes; never more than a bundle carries."""


@dataclass(frozen=True)
class ReminderSettings:
    """When an open desk speaks up before something falls due."""

    minutes: tuple[int, ...] = (60, 30, 10)
    """How many minutes before; none for no reminders."""
    bands: tuple[str, ...] = ("liberty", "limit", "protection")
    """Of which bands of the queue."""
    whose: str = "all"
    """Of whose cases: a name of :data:`WHOSE`."""
    bell: bool = False
    """Whether the terminal's bell sounds as well."""


WHOSE = ("mine", "team", "all")
"""Whose cases a list is about: one's own with those covered, the team's, or every open one."""


@dataclass(frozen=True)
class Settings:
    """Everything a person may set."""

    person: Person = field(default_factory=Person)
    theme: str = "casedesk-dark"
    marking: str = DEFAULT_MARKING
    keymap: Mapping[str, str] = field(default_factory=dict)
    idle_minutes: int = 10
    """After so many minutes without a key the desk locks itself."""
    paths: PathSettings = PathSettings()
    backup: BackupSettings = BackupSettings()
    limits: Limits = Limits()
    reminders: ReminderSettings = ReminderSettings()
    bundles: BundleSettings = BundleSettings()


_LARGEST_FILE = 256 * 1024


@dataclass(frozen=True)
class _Number:
    """A whole number from ``least`` to ``most``."""

    least: int
    most: int


@dataclass(frozen=True)
class _Numbers:
    """A list of at most ``count`` whole numbers, each from ``least`` to ``most``."""

    least: int
    most: int
    count: int


@dataclass(frozen=True)
class _Words:
    """A list of words, each one of ``words``; a single one of them when ``single``."""

    words: tuple[str, ...]
    single: bool = False


_Kind = type[str] | type[bool] | _Number | _Numbers | _Words
_KNOWN: dict[str, dict[str, _Kind] | None] = {
    "person": dict.fromkeys(("name", "number", "role", "rank", "team", "force"), str),
    "screen": {"theme": str, "marking": str, "idle_minutes": _Number(1, 240)},
    "paths": {"packs": str, "allow_any_drive": bool},
    "backup": {
        "folder": str,
        "every_hours": _Number(0, 24 * 31),
        "keep_daily": _Number(1, 1000),
        "keep_weekly": _Number(0, 1000),
    },
    "limits": {
        "passphrase_characters": _Number(MIN_PASSPHRASE, 200),
        "free_space_mb": _Number(0, 10_000_000),
        "document_mb": _Number(1, LARGEST // _MB),
    },
    "reminders": {
        "minutes": _Numbers(1, 24 * 60, 10),
        "bands": _Words(BAND_IDS),
        "whose": _Words(WHOSE, single=True),
        "bell": bool,
    },
    "bundles": {"folder": str, "stale_days": _Number(0, 365), "offer": bool},
    "keys": None,
}
"""The tables and their keys; None for one whose keys are free and whose values are text."""


def load_settings(path: Path) -> Settings:
    """Read the settings file; a missing one means the defaults. Raises BadInputError naming the line or key."""
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST_FILE + 1)
        if len(raw) > _LARGEST_FILE:
            raise BadInputError(
                f"The settings file {path} is far too large.", "Move it away and write it anew."
            )
        return _checked(tomllib.loads(raw.decode("utf-8-sig")), path)
    except FileNotFoundError:
        return Settings()
    except tomllib.TOMLDecodeError as error:
        raise BadInputError(
            f"The settings file {path} cannot be read: {clean(str(error))}.", "Correct that line."
        ) from None
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        raise BadInputError(
            f"The settings file {path} cannot be read ({type(error).__name__}).",
            "Check the file and its permissions.",
        ) from None


def _checked(raw: dict[str, Any], path: Path) -> Settings:
    for table, values in raw.items():
        if table not in _KNOWN:
            raise _wrong(path, f"[{clean(table)}] is not a part of the settings", hint(table, list(_KNOWN)))
        if not isinstance(values, dict):
            raise _wrong(path, f"{table} must be a table", f"Write [{table}] on a line of its own.")
        if table == "keys":
            values = raw["keys"] = _flat(values)
        for key, value in values.items():
            _check_value(path, table, key, value)
    person, screen = raw.get("person", {}), raw.get("screen", {})
    role = person.get("role", Role.FINALISATIONS.value)
    if role not in set(Role):
        raise _wrong(path, f"person.role is {clean(role)!r}", f"One of: {', '.join(Role)}.")
    return Settings(
        Person(role=Role(role), **{key: clean(value) for key, value in person.items() if key != "role"}),
        screen.get("theme", Settings.theme),
        clean(screen.get("marking", DEFAULT_MARKING)),
        raw.get("keys", {}),
        screen.get("idle_minutes", Settings.idle_minutes),
        PathSettings(**raw.get("paths", {})),
        BackupSettings(**raw.get("backup", {})),
        Limits(**raw.get("limits", {})),
        _reminders(raw.get("reminders", {})),
        BundleSettings(**raw.get("bundles", {})),
    )


def _reminders(values: dict[str, Any]) -> ReminderSettings:
    """The reminders' settings; the minutes longest first, each once."""
    lists = {key: tuple(value) for key, value in values.items() if isinstance(value, list)}
    if "minutes" in lists:
        lists["minutes"] = tuple(sorted(set(lists["minutes"]), reverse=True))
    return ReminderSettings(**{**values, **lists})


def _check_value(path: Path, table: str, key: str, value: Any) -> None:
    known = _KNOWN[table]
    if known is not None and key not in known:
        raise _wrong(path, f"{table}.{clean(key)} is not a setting", hint(key, list(known)))
    wanted = str if known is None else known[key]
    where = f"{table}.{clean(key)}"
    if wanted is str and not isinstance(value, str):
        raise _wrong(path, f"{where} must be text", "Put it in quotation marks.")
    if wanted is bool and not isinstance(value, bool):
        raise _wrong(path, f"{where} must be true or false", "Write true or false, without quotation marks.")
    if isinstance(wanted, _Number) and (type(value) is not int or not wanted.least <= value <= wanted.most):
        raise _wrong(
            path,
            f"{where} must be a whole number from {wanted.least} to {wanted.most:,}",
            "Write digits only, without quotation marks.",
        )
    if isinstance(wanted, _Numbers) and not _are_numbers(value, wanted):
        raise _wrong(
            path,
            f"{where} must be a list of at most {wanted.count} whole numbers from {wanted.least} to {wanted.most:,}",
            "Write them in square brackets: [60, 30, 10]; [] for none.",
        )
    if isinstance(wanted, _Words):
        _check_words(path, where, value, wanted)


def _are_numbers(value: Any, wanted: _Numbers) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= wanted.count
        and all(type(one) is int and wanted.least <= one <= wanted.most for one in value)
    )


def _check_words(path: Path, where: str, value: Any, wanted: _Words) -> None:
    given = [value] if wanted.single else value
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        example = f'"{wanted.words[0]}"' if wanted.single else f'["{wanted.words[0]}", "{wanted.words[1]}"]'
        raise _wrong(
            path, f"{where} must be {'a word' if wanted.single else 'a list of words'}", f"Write {example}."
        )
    for one in given:
        if one not in wanted.words:
            cure = hint(one, list(wanted.words)) or f"Known: {', '.join(wanted.words)}."
            raise _wrong(path, f"{where}: {clean(one)!r} is not known", cure)


def _flat(values: dict[str, Any], before: str = "") -> dict[str, Any]:
    """The names of commands have dots, which TOML takes for tables when they stand without quotation marks."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        flat.update(_flat(value, f"{before}{key}.") if isinstance(value, dict) else {f"{before}{key}": value})
    return flat


def _wrong(path: Path, message: str, cure: str) -> BadInputError:
    return BadInputError(f"{path.name}: {message}.", cure)


def packs_folder(places: Places, settings: Settings) -> Path:
    """The folder of the force's own packs; it need not exist unless the settings name it."""
    return places.home / Path(settings.paths.packs).expanduser() if settings.paths.packs else places.packs


def backup_folder(places: Places, settings: Settings) -> Path:
    """The folder that backups go to."""
    return (
        places.home / Path(settings.backup.folder).expanduser() if settings.backup.folder else places.backups
    )


def bundle_folder(places: Places, settings: Settings) -> Path | None:
    """The folder that bundles are written to and looked for in; None where the settings name none."""
    named = settings.bundles.folder
    return places.home / Path(named).expanduser() if named else None


def _quoted(text: str) -> str:
    """Text as TOML writes it, which is as JSON does but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def save_settings(path: Path, settings: Settings) -> None:
    """Write the settings file with its comments."""
    person, paths, backup, limits = settings.person, settings.paths, settings.backup, settings.limits
    reminders, bundles = settings.reminders, settings.bundles
    keys = "\n".join(f"{_quoted(name)} = {_quoted(value)}" for name, value in sorted(settings.keymap.items()))
    write_file(
        path,
        f"""# casedesk settings. Lines that begin with # are comments. “casedesk settings” checks this file.

[person]
name = {_quoted(person.name)}
# Collar or staff number: what every record you make is signed with.
number = {_quoted(person.number)}
# One of: {", ".join(Role)}
role = {_quoted(person.role.value)}
rank = {_quoted(person.rank)}
team = {_quoted(person.team)}
force = {_quoted(person.force)}

[screen]
# casedesk-dark, casedesk-light, casedesk-high-contrast or casedesk-colour-blind-safe
theme = {_quoted(settings.theme)}
# The protective marking shown on every screen and export.
marking = {_quoted(settings.marking)}
# After so many minutes without a key the desk locks itself: 1 to 240.
idle_minutes = {settings.idle_minutes}

[paths]
# The folder of your force's own packs. Empty: the folder “packs” beside the store.
packs = {_quoted(paths.packs)}
# A store belongs on a disk inside the computer. true lets it be on a network share or a removable drive.
allow_any_drive = {str(paths.allow_any_drive).lower()}

[backup]
# Empty: the folder “backups” beside the store. Another drive is better: a lost laptop takes both with it.
folder = {_quoted(backup.folder)}
# 0: no backups by schedule.
every_hours = {backup.every_hours}
# How many stay: the newest of each of so many days, and of each of so many weeks.
keep_daily = {backup.keep_daily}
keep_weekly = {backup.keep_weekly}

[limits]
# The fewest characters a new passphrase may have: {MIN_PASSPHRASE} or more.
passphrase_characters = {limits.passphrase_characters}
# “casedesk doctor” speaks up when the store's drive has less room than this.
free_space_mb = {limits.free_space_mb}
# The largest file that can be attached to a case, in MB: 1 to {LARGEST // _MB}.
document_mb = {limits.document_mb}

[reminders]
# While casedesk is open it says so many minutes before something falls due. []: it says nothing.
minutes = [{", ".join(map(str, reminders.minutes))}]
# In these bands of the queue. Known: {", ".join(BAND_IDS)}
bands = [{", ".join(map(_quoted, reminders.bands))}]
# Of whose cases: mine, team or all.
whose = {_quoted(reminders.whose)}
# true sounds the terminal's bell as well.
bell = {str(reminders.bell).lower()}

[bundles]
# Where bundles are written and looked for: a stick, or a folder that the team shares. Empty: it is asked for.
folder = {_quoted(bundles.folder)}
# After so many days work that a colleague has not said they hold is pressing: 0 to 365.
stale_days = {bundles.stale_days}
# true offers a bundle at locking and leaving while changes are in none.
offer = {str(bundles.offer).lower()}

[keys]
# Your own keys: command = "key,other key". docs/keys.md lists the commands.
{keys}
""",
    )
