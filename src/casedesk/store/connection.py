"""The one way to the database: every connection to a store is made here, with the same settings."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import sqlcipher3

from casedesk.model.errors import StoreError


class Cursor(Protocol):
    """What a statement gives back."""

    rowcount: int
    lastrowid: int

    def fetchone(self) -> Any: ...  # noqa: D102
    def fetchall(self) -> list[Any]: ...  # noqa: D102
    def fetchmany(self, size: int) -> list[Any]: ...  # noqa: D102
    def __iter__(self) -> Iterator[Any]: ...


class Content(Protocol):
    """One large value, open: read or written from its beginning, never longer than it was made."""

    def read(self, size: int, /) -> bytes: ...  # noqa: D102
    def write(self, data: bytes, /) -> None: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


class Connection(Protocol):
    """A connection to the store, in autocommit: transactions are begun and ended in words."""

    in_transaction: bool

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Cursor: ...  # noqa: D102
    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Cursor: ...  # noqa: D102
    def open_blob(self, table: str, column: str, row: int, read_only: bool, /) -> Content: ...  # noqa: D102
    def executescript(self, sql: str, /) -> Cursor: ...  # noqa: D102
    def interrupt(self) -> None: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


DatabaseError: type[Exception] = sqlcipher3.DatabaseError
OperationalError: type[Exception] = sqlcipher3.OperationalError

_CACHE_KIB = 32 * 1024
_PAGE = 4096


def connect(path: Path, key: bytes, *, read_only: bool = False, cache_kib: int = _CACHE_KIB) -> Connection:
    """Open the store with its raw key: WAL, every commit on the disk before it is reported.

    The connection may be used by one thread at a time. Raises StoreError when the file is missing, is not a
    store, is damaged, or the key is another store's. No exception text holds the key.
    """
    require_store(path)
    if not read_only and not os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        raise _unwritable(path)  # the database would open it and fail at the first change
    return _open(path, key, "ro" if read_only else "rw", cache_kib)


def cipher_version() -> str:
    """The version of the cipher library, e.g. “4.19.0 community”."""
    with closing(sqlcipher3.connect(":memory:")) as connection:
        (version,) = connection.execute("PRAGMA cipher_version").fetchone()
    return str(version)


def require_store(path: Path) -> None:
    """Raise StoreError when there is no store file, or less than a page in it: that would be taken for a new one."""
    if not path.is_file():
        raise StoreError(
            f"There is no store at {path}.", "Run “casedesk init” first, or give the right --home."
        )
    if path.stat().st_size < _PAGE:
        raise damaged(path)


def create(path: Path, key: bytes) -> Connection:
    """Make a new, empty store file. Raises StoreError when something is there already."""
    if path.exists():
        raise StoreError(f"There is a store at {path} already.", "Open it, or give another --home.")
    made = _open(path, key, "rwc", _CACHE_KIB)
    path.chmod(0o600)  # its write-ahead log takes the same
    return made


def _open(path: Path, key: bytes, mode: str, cache_kib: int) -> Connection:
    connection = None
    try:
        connection = sqlcipher3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=512,
            timeout=10.0,
        )
        connection.execute("PRAGMA cipher_log_level = NONE")  # it would write over the screen
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("PRAGMA cipher_memory_security = OFF")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.execute(f"PRAGMA cache_size = -{cache_kib}")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA secure_delete = ON")
        if mode != "ro":
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA wal_autocheckpoint = 2000")
            connection.execute("PRAGMA journal_size_limit = 67108864")
    except sqlcipher3.Error as error:
        if connection is not None:
            connection.close()
        raise explained(path, error) from None
    opened: Connection = connection
    return opened


def _unwritable(path: Path) -> StoreError:
    return StoreError(
        f"The store at {path} cannot be written.", "Check the permissions of the file and its folder."
    )


def damaged(path: Path) -> StoreError:
    """What to say of a store that cannot be read with its key."""
    return StoreError(
        f"The store at {path} cannot be read: the file is damaged or belongs to another key.",
        "Keep it as it is and restore the latest backup elsewhere.",
    )


def explained(path: Path, error: Exception) -> StoreError:
    """What to say of a database error met while opening or reading. Holds nothing of what is in the store."""
    text = str(error).lower()
    if "not a database" in text or "malformed" in text or "encrypted" in text:
        return damaged(path)
    if "locked" in text or "busy" in text:
        return StoreError(f"The store at {path} is in use.", "Close the other casedesk and try again.")
    if "readonly" in text or "read-only" in text or "permission" in text:
        return _unwritable(path)
    if "full" in text:
        return StoreError("The disk is full: nothing was changed.", "Free some space and try again.")
    return StoreError(
        f"The store at {path} cannot be opened.", "Check the folder's permissions and free space."
    )
