"""Lines of the access log that came while a long unit of work was being written, kept beside the store.

They cannot go into the database until the unit is saved, and must outlive a kill before that. So each is sealed
under a key of its own purpose, written through to a file beside the store, and taken into the log by the next
transaction, be it in this process or after the next opening. Then the file is removed.

Whoever can write the folder can remove the file, as they can the store; what they change does not open and is
set aside.
"""

import os
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

import orjson

from casedesk.model.errors import StoreError
from casedesk.model.ids import EntityId, decode, encode
from casedesk.model.moments import from_micros, to_micros
from casedesk.store import keys

_PURPOSE = "waiting lines of the access log"
_NONCE = 12
_ENDING = ".waiting"


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """One line that is not in the log yet."""

    kind: str
    at: datetime
    case_id: EntityId | None
    detail: Mapping[str, Any]
    found: bool = False
    """Whether it was found at the opening: then a crash may have come just after it was taken in."""


class WaitingLines:
    """The lines that wait for one store, in the order they came. Any thread may add one."""

    def __init__(self, store: Path, key: Callable[[], bytes]) -> None:
        """``store`` is the store's file, ``key`` gives its key while it is open.

        Raises StoreError when there is a file of waiting lines that cannot be read.
        """
        self._path = store.with_suffix(_ENDING)
        self._key = key
        self._lock = Lock()
        self._lines: deque[WaitingLine] = deque()
        self._damaged = False
        self._on_disk = self._path.exists()
        if self._on_disk:
            self._read()

    def __bool__(self) -> bool:
        return bool(self._lines)

    def add(self, line: WaitingLine) -> None:
        """Keep a line: it is on the disk when this returns. Raises StoreError when it cannot be."""
        with self._lock:
            try:
                self._append(self._sealed(line))
            except OSError as error:
                raise StoreError(
                    f"{self._path} cannot be written ({type(error).__name__}): what you do could not be noted.",
                    "Check the folder's permissions and the free space.",
                ) from None
            self._on_disk = True
            self._lines.append(line)

    def all(self) -> list[WaitingLine]:
        """The lines, earliest first."""
        with self._lock:
            return list(self._lines)

    def forget(self, number: int) -> None:
        """Drop the first of the lines: they are in the log, and saved."""
        with self._lock:
            for _ in range(number):
                self._lines.popleft()
            if self._on_disk and not self._lines:
                with suppress(OSError):  # what stays is known again at the next opening
                    self._remove()
                    self._on_disk = False

    def _remove(self) -> None:
        if self._damaged:
            self._path.replace(self._path.with_suffix(f"{_ENDING}-damaged"))
        else:
            self._path.unlink(missing_ok=True)
        self._damaged = False

    def _append(self, record: str) -> None:
        """Add a record, written through. It begins a line of its own, whatever a crash left before it."""
        is_new = not self._path.exists()
        binary = getattr(os, "O_BINARY", 0)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | binary, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write(f"\n{record}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            with suppress(OSError):  # folders cannot be synced on every system
                folder = os.open(self._path.parent, os.O_RDONLY)
                try:
                    os.fsync(folder)
                finally:
                    os.close(folder)

    def _read(self) -> None:
        """Take in what an earlier process left. A record that a crash cut short was never confirmed to anybody."""
        try:
            *records, _torn = self._path.read_bytes().split(b"\n")
        except FileNotFoundError:  # the process that has the store open has just taken them in
            return
        except OSError as error:
            raise StoreError(
                f"{self._path} cannot be read ({type(error).__name__}).", "Check the permissions of the file."
            ) from None
        for record in filter(None, records):
            line = self._opened(record)
            if line is None:
                self._damaged = True
            else:
                self._lines.append(line)

    def _sealed(self, line: WaitingLine) -> str:
        case_id = encode(line.case_id) if line.case_id else None
        said = orjson.dumps([line.kind, to_micros(line.at), case_id, dict(line.detail)])
        held = keys.seal(self._subkey(), said, _PURPOSE)
        return encode(held.nonce + held.sealed)

    def _opened(self, record: bytes) -> WaitingLine | None:
        """A record as it was written; None when it was changed."""
        try:
            raw = decode(record.decode("ascii"))
            said = keys.unseal(self._subkey(), keys.Sealed(raw[:_NONCE], raw[_NONCE:]), _PURPOSE)
        except ValueError:
            return None
        if said is None:
            return None
        kind, at, case_id, detail = orjson.loads(said)
        return WaitingLine(
            kind, from_micros(at), EntityId(decode(case_id)) if case_id else None, detail, found=True
        )

    def _subkey(self) -> bytes:
        return keys.subkey(self._key(), _PURPOSE)
