"""Who I am and how I like things: one commented TOML file, checked when it is read."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from casedesk.model.errors import BadInputError
from casedesk.model.text import clean
from casedesk.model.words import Role
from casedesk.reference.rows import hint
from casedesk.store.keys import write_file

DEFAULT_MARKING = "OFFICIAL-SENSITIVE"


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
class Settings:
    """Everything a person may set."""

    person: Person = field(default_factory=Person)
    theme: str = "casedesk-dark"
    marking: str = DEFAULT_MARKING
    keymap: Mapping[str, str] = field(default_factory=dict)


_KNOWN = {
    "person": ("name", "number", "role", "rank", "team", "force"),
    "screen": ("theme", "marking"),
    "keys": None,
}


def load_settings(path: Path) -> Settings:
    """Read the settings file; a missing one means the defaults. Raises BadInputError naming line or key and cure."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except tomllib.TOMLDecodeError as error:
        raise BadInputError(f"The settings file {path} cannot be read: {error}.", "Correct that line.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(
            f"The settings file {path} cannot be read ({type(error).__name__}).", "Check the file and its permissions."
        ) from None
    return _checked(raw, path)


def _checked(raw: dict[str, Any], path: Path) -> Settings:
    for table, values in raw.items():
        if table not in _KNOWN:
            raise _wrong(path, f"[{table}] is not a part of the settings", hint(table, list(_KNOWN)))
        if not isinstance(values, dict):
            raise _wrong(path, f"{table} must be a table", f"Write [{table}] on a line of its own.")
        known = _KNOWN[table]
        for key, value in values.items():
            if known is not None and key not in known:
                raise _wrong(path, f"{table}.{key} is not a setting", hint(key, known))
            if not isinstance(value, str):
                raise _wrong(path, f"{table}.{key} must be text", "Put it in quotation marks.")
    person, screen = raw.get("person", {}), raw.get("screen", {})
    role = person.get("role", Role.FINALISATIONS.value)
    if role not in set(Role):
        raise _wrong(path, f"person.role is {clean(role)!r}", f"One of: {', '.join(Role)}.")
    return Settings(
        Person(
            clean(person.get("name", "")), clean(person.get("number", "")), Role(role), clean(person.get("rank", "")),
            clean(person.get("team", "")), clean(person.get("force", "")),
        ),
        screen.get("theme", "casedesk-dark"),
        clean(screen.get("marking", DEFAULT_MARKING)),
        raw.get("keys", {}),
    )  # fmt: skip


def _wrong(path: Path, message: str, cure: str) -> BadInputError:
    return BadInputError(f"{path.name}: {message}.", cure)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def save_settings(path: Path, settings: Settings) -> None:
    """Write the settings file with its comments."""
    person = settings.person
    keys = "\n".join(f"{name} = {_quoted(value)}" for name, value in sorted(settings.keymap.items()))
    write_file(
        path,
        f"""# casedesk settings. Lines that begin with # are comments.

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

[keys]
# Your own keys: command = "key,other key". docs/keys.md lists the commands.
{keys}
""",
    )
