"""Confirming rules for the force: written into the force's own file of their pack, with who, when and why.

The rules of finalisation are in ``finalisation.toml``, those of out-of-court disposals in ``eligibility.toml``. The
file stays the force's own: what else is in it is kept as it is. A confirmation that is taken back stays in it as a
comment, so that the file shows what held when.
"""

import contextlib
import os
import re
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from casedesk.desk.settings import Settings, packs_folder
from casedesk.desk.typed import required_text
from casedesk.model.errors import BadInputError, PackError, StoreError
from casedesk.model.moments import local
from casedesk.model.words import Confidence, Severity
from casedesk.reference.eligibility import load_eligibility
from casedesk.reference.finalisation import Confirmation, load_finalisation
from casedesk.reference.rows import hint
from casedesk.store.places import Places

FILE = "finalisation.toml"
"""The force's own file of finalisation rules, in its folder of packs."""
ELIGIBILITY_FILE = "eligibility.toml"
"""The force's own file of the rules of out-of-court disposals, in its folder of packs."""

_ENTRY = re.compile(r"^\[\[[^\n]*$", re.MULTILINE)
_CONFIRM = re.compile(r"\[\[\s*confirm\s*\]\]")
_ID = re.compile(r"""^\s*id\s*=\s*(["'])(?P<id>[^"'\n]*)\1""", re.MULTILINE)


class Confirmable(Protocol):
    """A rule of a pack that a force can confirm."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def title(self) -> str:
        """What should hold."""

    @property
    def severity(self) -> Severity:
        """The most that a failure counts as."""

    @property
    def status(self) -> Confidence:
        """How well it is sourced."""

    @property
    def standing(self) -> str:
        """How far it can be relied on, in a sentence."""

    @property
    def confirmation(self) -> Confirmation | None:
        """Who in the force confirmed it; None where nobody did."""


@dataclass(frozen=True, slots=True)
class _Book:
    """A pack of rules that can be confirmed, and the force's own file of it."""

    file: str
    about: str
    load: Callable[[Path | None], Iterable[Confirmable]]


_BOOKS = (
    _Book(FILE, "the finalisation rules", load_finalisation),
    _Book(
        ELIGIBILITY_FILE,
        "the rules of out-of-court disposals",
        lambda over: load_eligibility(over).rules.values(),
    ),
)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A rule that the force has confirmed."""

    rule: Confirmable
    by: str
    on: date
    note: str


def confirmed(overlay: Path | None) -> tuple[Confirmed, ...]:
    """The rules that the force has confirmed, in pack order."""
    return tuple(
        Confirmed(rule, rule.confirmation.by, rule.confirmation.on, rule.confirmation.note)
        for book in _BOOKS
        for rule in book.load(overlay)
        if rule.confirmation
    )


def confirm(
    places: Places, settings: Settings, rule_id: str, *, by: str, note: str = "", now: datetime
) -> Confirmable:
    """Confirm a rule for the force: from now on it counts as confirmed, and a finding says by whom.

    Raises BadInputError for a rule that there is not, one that needs no confirming, or without a name; PackError when
    the force's packs do not hold together; StoreError when the file cannot be written.
    """
    folder = packs_folder(places, settings)
    book, rule = _rule(folder, rule_id)
    who, said = required_text(by, "Who confirms it"), required_text(note, "The note") if note.strip() else ""
    if rule.confirmation:
        raise BadInputError(
            f"{rule.id} is confirmed already, by {rule.confirmation.by} on {rule.confirmation.on.isoformat()}.",
            f"Take that back first: casedesk packs unconfirm {rule.id}",
        )
    if rule.status not in (Confidence.UNVERIFIED, Confidence.CONVENTION):
        raise BadInputError(f"{rule.id} is {rule.status.value}: it needs no confirming.", "Nothing to do.")
    lines = [
        "[[confirm]]",
        f"id = {_quoted(rule.id)}",
        f"by = {_quoted(who)}",
        f"on = {local(now).date().isoformat()}",
        *([f"note = {_quoted(said)}"] if said else []),
    ]
    held = _read(folder / book.file)
    text = (
        f"{held.rstrip()}\n\n"
        if held.strip()
        else f"# What this force lays over {book.about} of casedesk.\n\n"
    )
    _write(folder, book, text + "\n".join(lines) + "\n", held)
    return _rule(folder, rule_id)[1]


def unconfirm(
    places: Places, settings: Settings, rule_id: str, *, by: str, note: str = "", now: datetime
) -> Confirmable:
    """Take a confirmation back; what it said stays in the file as a comment, with who took it back and when.

    Raises BadInputError where the rule is not confirmed, or the force's file confirms it within the rule itself;
    otherwise as :func:`confirm` does.
    """
    folder = packs_folder(places, settings)
    book, rule = _rule(folder, rule_id)
    who = required_text(by, "Who takes it back")
    if rule.confirmation is None:
        raise BadInputError(f"{rule.id} is not confirmed.", "Nothing to take back.")
    held = _read(folder / book.file)
    found = _block(held, rule.id)
    if found is None:
        raise BadInputError(
            f"{rule.id} is confirmed within the force's own rule, not by an entry of its own.",
            f"Take confirmed_by and confirmed_on out of the rule in {folder / book.file}.",
        )
    start, end = found
    body = held[start:end].rstrip()
    why = f": {' '.join(note.split())}" if note.strip() else "."
    said = f"Taken back by {' '.join(who.split())} on {local(now).date().isoformat()}{why}"
    kept = "\n".join(f"# {line}".rstrip() for line in (said, *body.splitlines()))
    rest = held[end:].lstrip("\n")
    _write(folder, book, f"{held[:start]}{kept}\n" + (f"\n{rest}" if rest else ""), held)
    return _rule(folder, rule_id)[1]


def _rule(folder: Path, rule_id: str) -> tuple[_Book, Confirmable]:
    overlay = folder if folder.is_dir() else None
    rules = {rule.id: (book, rule) for book in _BOOKS for rule in book.load(overlay)}
    wanted = next((one for one in rules if one.casefold() == rule_id.strip().casefold()), None)
    if wanted is None:
        raise BadInputError(f"There is no rule {rule_id!r}.", hint(rule_id.strip(), list(rules)))
    return rules[wanted]


def _block(text: str, rule_id: str) -> tuple[int, int] | None:
    """Where the ``[[confirm]]`` entry of a rule begins and ends; comments after it belong to what follows."""
    starts = [found.start() for found in _ENTRY.finditer(text)]
    tables = sorted({*starts, *(found.start() for found in re.finditer(r"^\[[^\[]", text, re.MULTILINE))})
    for start in starts:
        end = next((other for other in tables if other > start), len(text))
        named = _ID.search(text, start, end)
        if _CONFIRM.match(text, start) and named and named["id"] == rule_id:
            lines = text[start:end].splitlines(keepends=True)
            while lines and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
                lines.pop()
            return start, start + sum(map(len, lines))
    return None


def _quoted(text: str) -> str:
    """A text as TOML writes it, on one line."""
    said = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{said}"'


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise _unwritten(path, error) from None


def _write(folder: Path, book: _Book, text: str, before: str) -> None:
    """Put the file in place as a whole; where the packs would not hold together with it, the old one stays."""
    path = folder / book.file
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _replace(path, text)
        try:
            book.load(folder)
        except PackError:
            _replace(path, before) if before else path.unlink()
            raise
    except OSError as error:
        raise _unwritten(path, error) from None


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _unwritten(path: Path, error: Exception) -> StoreError:
    return StoreError(
        f"{path} cannot be read or written ({type(error).__name__}).", "Check the folder of the packs."
    )
