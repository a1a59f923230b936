"""The user's own keys: checked against the commands there are, so that no key is lost without a word.

The framework accepts an unknown name in silence and lets the last of two equal keys win. Here each entry that
cannot be kept is reported once, in words, and the command keeps its default keys.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import combinations

from textual.keys import KEY_TO_UNICODE_NAME, Keys

from casedesk.model.text import clip
from casedesk.widgets.command import Command, show_key, split_keys

Places = Mapping[str, Sequence[Command]]
"""The commands that can be reached at the same time, by the name of the place."""

_MODIFIERS = {"ctrl", "shift", "alt", "super"}
_NAMES = {key.value for key in Keys} | {"space", "comma"}
_FRIENDLY = {"/": "slash", "\\": "backslash", "@": "at", "-": "minus", "+": "plus", "_": "underscore"}
_UNICODE_TO_KEY = {name: key for key, name in KEY_TO_UNICODE_NAME.items()}


@dataclass(frozen=True, slots=True)
class CheckedKeymap:
    """What of a keymap can be used, and what is wrong with the rest."""

    keys: dict[str, str]
    """Command id to keys, comma-separated."""
    problems: tuple[str, ...]
    """A sentence for each entry that was left out."""


def check_keymap(wanted: Mapping[str, str], places: Places) -> CheckedKeymap:
    """Keep the entries that name a command and keys, and that take no key from another command."""
    known = {command.id: command for commands in places.values() for command in commands}
    kept: dict[str, str] = {}
    problems = []
    for name, keys in wanted.items():
        problem = _wrong_with(name, keys, known)
        if problem:
            problems.append(problem)
        else:
            kept[name] = ",".join(split_keys(keys))
    while clash := _first_clash(kept, places):
        name, problem = clash
        problems.append(problem)
        del kept[name]
    return CheckedKeymap(kept, tuple(problems))


def live_keys(command: Command, keymap: Mapping[str, str]) -> tuple[str, ...]:
    """The keys of a command under a checked keymap."""
    return split_keys(keymap.get(command.id, command.keys))


def _wrong_with(name: str, keys: str, known: Mapping[str, Command]) -> str | None:
    """Say what is wrong with one entry by itself."""
    shown = clip(name, 40)
    if name not in known:
        near = get_close_matches(name, known, n=1)
        return f"Keys: there is no command {shown!r}." + (f" Did you mean {near[0]!r}?" if near else "")
    parts = split_keys(keys)
    if not parts:
        return f"Keys: {shown!r} was given no key, so it keeps {_shown(known[name].default_keys())}."
    unknown = [key for key in parts if not is_key(key)]
    if unknown:
        return (
            f"Keys: {shown!r} names {clip(unknown[0], 20)!r}, which is not a key."
            " Write keys like m, ?, f6, ctrl+e, shift+up, pagedown."
        )
    return None


def _first_clash(kept: Mapping[str, str], places: Places) -> tuple[str, str] | None:
    """Find two commands of one place that want the same key, at least one of them by the keymap."""
    for place, commands in places.items():
        for one, other in combinations(commands, 2):
            moved = next((command for command in (other, one) if command.id in kept), None)
            if moved is None or one.id == other.id:
                continue
            shared = _normal_keys(one, kept) & _normal_keys(other, kept)
            if shared:
                rival = one if moved is other else other
                key = show_key(sorted(shared)[0])
                return moved.id, (
                    f"Keys: {key} is wanted for {moved.id!r} and for {rival.id!r} ({rival.label}) on {place}."
                    f" {moved.id!r} keeps {_shown(moved.default_keys())}."
                )
    return None


def _normal_keys(command: Command, kept: Mapping[str, str]) -> set[str]:
    return {normal_key(key) for key in live_keys(command, kept)}


def is_key(key: str) -> bool:
    """Whether this names a key: one character, a named key, or either with modifiers."""
    *modifiers, last = key.split("+") if key != "+" else ("+",)
    if not set(modifiers) <= _MODIFIERS or not last:
        return False
    return len(last) == 1 or last in _NAMES or key in _NAMES or last in KEY_TO_UNICODE_NAME


def normal_key(key: str) -> str:
    """The one name of a key: ``?`` and ``question_mark`` are the same."""
    if len(key) != 1 or key.isalnum():
        return key
    if key in _FRIENDLY:
        return _FRIENDLY[key]
    name = unicodedata.name(key, key)
    return _UNICODE_TO_KEY.get(name, name.lower().replace("-", "_").replace(" ", "_"))


def _shown(keys: Sequence[str]) -> str:
    return " ".join(show_key(key) for key in keys)
