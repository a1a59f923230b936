"""Reads one data pack (TOML) and lays a force's own file of the same name over it.

A pack is a folder-relative name such as ``outcomes`` or ``profiles/police-uk-street``. Its tables are read
through :class:`Row`, whose getters check the type and name the file, the entry and the key at fault.

The overlay rules: an entry of an array of tables with the same ``id`` replaces the shipped one, a new ``id``
adds one, an entry with ``severity = "off"`` retires it; plain tables are merged key by key.
"""

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from casedesk.model.errors import PackError
from casedesk.reference.rows import PackEntryError, PackProblem, Row, hint

__all__ = ["DATA", "Pack", "PackEntryError", "PackProblem", "Row", "hint", "pack_names", "read_pack", "shown"]

_PACKAGE = Path(__file__).resolve().parent.parent
DATA = _PACKAGE / "data" if (_PACKAGE / "data").is_dir() else _PACKAGE.parents[1] / "data"
"""The folder of the shipped packs: inside the installed package, or beside ``src`` in a source checkout."""

MAX_BYTES = 4_000_000
"""The largest pack file that is read; a larger one is something else under the name of a pack."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*(/(old/)?[a-z0-9][a-z0-9_-]*)?")
_LINE = re.compile(r" ?\(at (?:line (\d+), column (\d+)|end of document)\)")

T = TypeVar("T")


@dataclass(frozen=True)
class Pack:
    """One pack, with the force's overlay already laid over it."""

    name: str
    file: str
    """The shipped file; the overlay's where the pack exists only there."""
    overlay_file: str | None = None
    _tables: Mapping[str, Any] = field(default_factory=dict)
    _files: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """For each table, the file of each entry's id (array) or key (plain table)."""

    @property
    def meta(self) -> dict[str, Any]:
        """The ``[pack]`` table: title, version, source, licence, status …"""
        return dict(self._tables.get("pack", {}))

    @property
    def version(self) -> str:
        """The version a finding names: the pack's own, marked when the force has laid something over it."""
        own = str(self.meta.get("version", "unversioned"))
        return f"{own}+local" if self.overlay_file and self.overlay_file != self.file else own

    @property
    def tables(self) -> list[str]:
        """The names of its tables, in file order."""
        return list(self._tables)

    def rows(self, table: str) -> list[Row]:
        """The entries of an array of tables, retired ones left out; none when there is no such table."""
        entries = self._tables.get(table, [])
        if not isinstance(entries, list):
            raise self.error(
                f"[{table}]", "a list of entries expected", f"Write [[{table}]] with two brackets."
            )
        files = self._files.get(table, {})
        return [
            Row(f"[[{table}]] {entry['id']}", entry, {"": files.get(entry["id"], self.file)})
            for entry in entries
            if entry.get("severity") != "off"
        ]

    def table(self, name: str) -> Row:
        """A plain table; an empty one when there is no such table."""
        values = self._tables.get(name, {})
        if not isinstance(values, dict):
            raise self.error(
                f"[[{name}]]", "one plain table expected", f"Write [{name}] with single brackets."
            )
        return Row(f"[{name}]", values, {"": self.file, **self._files.get(name, {})})

    def build(self, table: str, make: Callable[[Row], T]) -> dict[str, T]:
        """Make one object of each entry, by id; raises one error that lists every entry that does not fit."""
        made: dict[str, T] = {}
        problems: list[PackProblem] = []
        for row in self.rows(table):
            try:
                made[row.id] = make(row)
            except PackEntryError as error:
                problems.extend(error.problems)
        if problems:
            raise PackEntryError(problems)
        return made

    def unknown(self, allowed: Collection[str]) -> None:
        """Raise for tables that are not among ``allowed`` (``pack`` always is)."""
        known = {*allowed, "pack"}
        for name in self._tables:
            if name not in known:
                raise self.error(f"[{name}]", "unknown table", hint(name, known))

    def error(self, entry: str, message: str, cure: str = "") -> PackEntryError:
        """Make the error that names this pack's file, for a loader's own checks."""
        return PackEntryError([PackProblem(self.overlay_file or self.file, entry, message, cure)])


def read_pack(name: str, overlay: Path | None = None) -> Pack:
    """Read the pack of this name, with the overlay folder's file of the same name laid over it.

    Raises :class:`casedesk.model.errors.PackError` when there is no such pack or a file cannot be read.
    """
    if not _NAME.fullmatch(name):
        raise PackError(
            f"“{name}” is not the name of a pack.", "Names are small letters, digits and hyphens."
        )
    paths = {"shipped": DATA / f"{name}.toml"}
    if overlay is not None:
        paths["overlay"] = overlay / f"{name}.toml"
    files = {role: path for role, path in paths.items() if path.is_file()}
    if not files:
        raise PackError(f"There is no pack “{name}”.", hint(name, pack_names(overlay=overlay)))
    tables: dict[str, Any] = {}
    origins: dict[str, dict[str, str]] = {}
    for path in files.values():
        _lay(tables, origins, _parse(path), shown(path))
    names = [shown(path) for path in files.values()]
    return Pack(name, names[0], names[-1] if "overlay" in files else None, tables, origins)


def pack_names(folder: str = "", overlay: Path | None = None) -> list[str]:
    """The names of all packs, shipped and the force's own, sorted; those of one folder if it is given."""
    found = set()
    for root in (DATA, overlay):
        if root is not None and root.is_dir():
            found |= {path.relative_to(root).with_suffix("").as_posix() for path in root.rglob("*.toml")}
    return sorted(name for name in found if not folder or name.startswith(f"{folder}/"))


def shown(path: Path) -> str:
    """A pack file's name as messages give it: shipped ones from the data folder, others in full."""
    return f"data/{path.relative_to(DATA).as_posix()}" if path.is_relative_to(DATA) else str(path)


def _parse(path: Path) -> dict[str, Any]:
    raw = _bytes(path)
    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
    except RecursionError:
        raise _fault(shown(path), "", "is nested too deeply", "Write it as the shipped packs are.") from None
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _fault(shown(path), f"line {line}", "is not UTF-8 text", "Save the file as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        found = _LINE.search(str(error))
        line = int(found[1]) if found and found[1] else raw.count(b"\n") + 1
        message = f"is not valid TOML: {_LINE.sub('', str(error))}"
        raise _fault(shown(path), f"line {line}", message, "Correct the line and check again.") from None


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise _fault(shown(path), "", f"cannot be read: {error.strerror}", "") from None
    if size > MAX_BYTES:
        raise _fault(
            shown(path), "", f"has {size:,} bytes: too large for a pack", "Is it another kind of file?"
        )
    return raw


def _lay(tables: dict[str, Any], origins: dict[str, dict[str, str]], new: dict[str, Any], file: str) -> None:
    """Lay one file's tables over those read before it."""
    for name, value in new.items():
        if _is_entries(value):
            above = dict(zip(_ids(value, name, file), value, strict=True))
            tables[name] = _over_entries(tables.get(name, []), above, name, file)
            origins.setdefault(name, {}).update(dict.fromkeys(above, file))
        elif isinstance(value, dict):
            tables[name] = _over_keys(tables.get(name, {}), value, name, file)
            origins.setdefault(name, {}).update(dict.fromkeys(value, file))
        else:
            raise _fault(
                file, name, "stands outside any table", "Put it under [pack] or the table it belongs to."
            )


def _over_entries(
    below: Any, above: dict[str, dict[str, Any]], table: str, file: str
) -> list[dict[str, Any]]:
    if not isinstance(below, list):
        raise _fault(file, f"[[{table}]]", "is a plain table in the shipped pack", f"Write [{table}].")
    known = {entry["id"]: entry for entry in below}
    for entry_id, entry in above.items():
        if known and entry.get("severity") == "off" and entry_id not in known:
            message = "there is no such entry to switch off"
            raise _fault(file, f"[[{table}]] {entry_id}", message, hint(entry_id, known))
    return list({**known, **above}.values())


def _over_keys(below: Any, above: dict[str, Any], table: str, file: str) -> dict[str, Any]:
    if not isinstance(below, dict):
        raise _fault(file, f"[{table}]", "is a list of entries in the shipped pack", f"Write [[{table}]].")
    return _merged(below, above)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(below)
    for key, value in above.items():
        under = both.get(key)
        both[key] = _merged(under, value) if isinstance(value, dict) and isinstance(under, dict) else value
    return both


def _fault(file: str, entry: str, message: str, cure: str) -> PackEntryError:
    return PackEntryError([PackProblem(file, entry, message, cure)])


def _is_entries(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _ids(entries: list[dict[str, Any]], table: str, file: str) -> Iterator[str]:
    seen: set[str] = set()
    for number, entry in enumerate(entries, start=1):
        entry_id = entry.get("id")
        if not isinstance(entry_id, str) or not entry_id:
            cure = f'Write id = "{"…" if entry_id is None else entry_id}", in quotes.'
            raise _fault(file, f"[[{table}]] #{number}", "has no id", cure)
        if entry_id in seen:
            cure = "Give one of them another id or take it out."
            raise _fault(file, f"[[{table}]] {entry_id}", "stands twice in this file", cure)
        seen.add(entry_id)
        yield entry_id
