"""The tables of a pack, read key by key with typed getters, and the errors that name the place at fault."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Any, TypeVar

from casedesk.model.errors import PackError
from casedesk.model.text import clean

E = TypeVar("E", bound=StrEnum)


class _Required(Enum):
    """The mark of a key that has no default."""

    REQUIRED = "required"


_REQUIRED = _Required.REQUIRED


@dataclass(frozen=True, slots=True)
class PackProblem:
    """One thing wrong in one pack: where, what, and how to put it right."""

    file: str
    entry: str
    """The table, id and key, as they stand in the file; empty when the file as a whole is meant."""
    message: str
    cure: str = ""

    def __str__(self) -> str:
        return clean(": ".join(part for part in (self.file, self.entry, self.message) if part))


class PackEntryError(PackError):
    """A pack does not hold together; ``problems`` lists every place that was found wrong."""

    def __init__(self, problems: Sequence[PackProblem]) -> None:
        first, more = problems[0], len(problems) - 1
        super().__init__(f"{first} (and {more} more)" if more else str(first), first.cure)
        self.problems = tuple(problems)


def hint(word: str, known: Collection[str]) -> str:
    """Say which known word was probably meant, or list them when they are few: a cure for a misspelling."""
    from difflib import get_close_matches

    near = get_close_matches(word, known, n=1)
    if near:
        return f"Did you mean “{near[0]}”?"
    return f"Known: {', '.join(sorted(known))}." if 0 < len(known) <= 24 else ""


@dataclass(frozen=True, slots=True)
class Row:
    """One table of a pack, read key by key.

    A getter without a default needs the key to be there; an ``optional_…`` getter gives None instead.
    Every getter raises :class:`PackEntryError` for a value that does not fit.
    """

    place: str
    """The table and entry, as they stand in the file: ``[[outcome]] 16``."""
    values: Mapping[str, Any]
    files: Mapping[str, str]
    """The file each key came from; the key ``""`` stands for all others."""

    @property
    def id(self) -> str:
        """The entry's ``id``; empty for a plain table."""
        value = self.values.get("id", "")
        return value if isinstance(value, str) else ""

    @property
    def keys(self) -> list[str]:
        """The keys that are there, in file order."""
        return list(self.values)

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def error(self, key: str, message: str, cure: str = "") -> PackEntryError:
        """Make the error that names this file, entry and key, for a loader's own checks."""
        file = self.files.get(key, self.files[""])
        entry = f"{self.place}, {key}" if key else self.place
        return PackEntryError([PackProblem(file, entry, message, cure)])

    def text(self, key: str, default: str | _Required = _REQUIRED) -> str:
        """A text, cleaned of anything that could upset a screen. An empty one counts as absent."""
        value = clean(self._get(key, default, "text in quotes", lambda raw: isinstance(raw, str)), lines=True)
        if not value and default is _REQUIRED:
            raise self.error(key, "must not be empty")
        return value if value or default is _REQUIRED else default

    def optional_text(self, key: str) -> str | None:
        """A text, or None when the key is absent or empty."""
        return self.text(key, "") or None

    def integer(self, key: str, default: int | _Required = _REQUIRED) -> int:
        """A whole number."""
        return int(self._get(key, default, "a whole number", lambda raw: type(raw) is int))

    def optional_integer(self, key: str) -> int | None:
        """A whole number, or None when the key is absent."""
        return self.integer(key) if key in self.values else None

    def number(self, key: str, default: float | _Required = _REQUIRED) -> float:
        """A finite number, whole or not."""
        return float(
            self._get(key, default, "a number", lambda raw: type(raw) in (int, float) and abs(raw) < 1e300)
        )

    def optional_number(self, key: str) -> float | None:
        """A finite number, or None when the key is absent."""
        return self.number(key) if key in self.values else None

    def flag(self, key: str, default: bool | _Required = _REQUIRED) -> bool:
        """``true`` or ``false``."""
        return bool(self._get(key, default, "true or false", lambda raw: type(raw) is bool))

    def optional_flag(self, key: str) -> bool | None:
        """``true`` or ``false``, or None when the key is absent."""
        return self.flag(key) if key in self.values else None

    def day(self, key: str) -> date:
        """A day, written without quotes: ``2014-04-01``."""
        value = self._get(
            key,
            _REQUIRED,
            "a day, written without quotes as 2014-04-01",
            lambda raw: isinstance(raw, date) and not isinstance(raw, datetime),
        )
        return date(value.year, value.month, value.day)

    def optional_day(self, key: str) -> date | None:
        """A day, or None when the key is absent."""
        return self.day(key) if key in self.values else None

    def texts(self, key: str, default: Sequence[str] | _Required = _REQUIRED) -> list[str]:
        """A list of texts, cleaned as :meth:`text` does."""
        value = self._get(
            key,
            default,
            'a list of texts, as ["one", "two"]',
            lambda raw: isinstance(raw, list) and all(isinstance(one, str) for one in raw),
        )
        return [clean(one, lines=True) for one in value]

    def choice(self, key: str, words: type[E], default: E | _Required = _REQUIRED) -> E:
        """One word of a closed vocabulary."""
        if key not in self.values and default is not _REQUIRED:
            return default
        return self._word(key, self.text(key), words)

    def optional_choice(self, key: str, words: type[E]) -> E | None:
        """One word of a closed vocabulary, or None when the key is absent."""
        return self.choice(key, words) if key in self.values else None

    def choices(self, key: str, words: type[E], default: Sequence[E] | _Required = _REQUIRED) -> list[E]:
        """A list of words of a closed vocabulary."""
        return [self._word(key, word, words) for word in self.texts(key, default)]

    def table(self, key: str) -> "Row":
        """The table under a key; an empty one when the key is absent."""
        value = self._get(key, {}, "a table", lambda raw: isinstance(raw, dict))
        return Row(f"{self.place}, {key}", value, {"": self.files.get(key, self.files[""])})

    def rows(self, key: str) -> list["Row"]:
        """The tables listed under a key; none when the key is absent."""
        value = self._get(
            key,
            [],
            "a list of tables",
            lambda raw: isinstance(raw, list) and all(isinstance(one, dict) for one in raw),
        )
        files = {"": self.files.get(key, self.files[""])}
        return [
            Row(f"{self.place}, {key} {one.get('id', f'#{number}')}", one, files)
            for number, one in enumerate(value, start=1)
        ]

    def unknown(self, allowed: Collection[str]) -> None:
        """Raise for keys that are not among ``allowed``, with the key that was probably meant."""
        strange = [key for key in self.values if key not in allowed]
        if strange:
            raise PackEntryError(
                [
                    PackProblem(
                        self.files.get(key, self.files[""]),
                        f"{self.place}, {key}",
                        "unknown key",
                        hint(key, allowed),
                    )
                    for key in strange
                ]
            )

    def _get(self, key: str, default: Any, wanted: str, fits: Callable[[Any], bool]) -> Any:
        if key not in self.values:
            if default is _REQUIRED:
                raise self.error(key, "is missing", f"Add {key} = … ({wanted}).")
            return default
        value = self.values[key]
        if not fits(value):
            raise self.error(key, f"{wanted} expected, {_describe(value)} found")
        return value

    def _word(self, key: str, word: str, words: type[E]) -> E:
        try:
            return words(word)
        except ValueError:
            raise self.error(
                key, f"“{word}” is not one of its words", hint(word, [str(one) for one in words])
            ) from None


def _describe(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the text “{value[:40]}”"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, list) else "a date or time"
