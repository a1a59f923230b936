"""The store: made once, opened with its key, written through units of work."""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from casedesk.model.errors import NewerStoreError, StoreError
from casedesk.model.ids import EntityId
from casedesk.model.moments import Clock, to_micros
from casedesk.reference.packs import Packs
from casedesk.store import attempts, keys, queue_upkeep, recovery
from casedesk.store.access_log import AccessKind, AccessLog
from casedesk.store.connection import (
    Connection,
    DatabaseError,
    OperationalError,
    connect,
    create,
    damaged,
    explained,
    require_store,
)
from casedesk.store.journal import Unit
from casedesk.store.places import Places
from casedesk.store.registry import Identity, Registry
from casedesk.store.schema import JOURNAL_TABLES, MIN_READER, STORE_SCHEMA, derived_schema
from casedesk.store.waiting import WaitingLines

if TYPE_CHECKING:
    from pyrage.x25519 import Identity as BundleIdentity

_SIGNING_KEY = "signing-key"
_BUNDLE_KEY = "bundle-identity"
_TRIAL = "trial"
_LEAN_KIB = 8 * 1024
_PATIENCE = 10.0
"""Seconds that a writer waits for another thread's unit."""
_SOON = 0.2
"""Seconds that a line of the access log waits for it: somebody is waiting to see a case."""


@dataclass(frozen=True)
class NewStore:
    """What a store needs to begin: who writes in it and what it is called."""

    actor: str
    desk_name: str
    cost: keys.Cost = keys.DEFAULT_COST
    recovery: tuple[str, ...] | None = None
    """The force's public recovery keys. An empty tuple says that there are none yet, which the desk will warn
    of; None makes a trial store, such as the demo, which needs neither recovery key nor backups."""


def create_store(places: Places, passphrase: str, new: NewStore, clock: Clock) -> bytes:
    """Make a store with its key file and identity; returns the store's key.

    Raises StoreError when one is there already or the folder cannot be written. A failure leaves nothing behind.
    """
    try:
        places.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreError(
            f"The folder {places.home} cannot be made ({type(error).__name__}).", "Give another --home."
        ) from None
    lock = _locked(places.lock)  # of two set-ups at once the second must not clear the first one's files away
    try:
        _refuse_if_taken(places)
        return _create(places, passphrase, new, clock)
    finally:
        lock.release()


def _refuse_if_taken(places: Places) -> None:
    if places.store.exists() and places.key.exists():
        raise StoreError(f"There is a store in {places.home} already.", "Open it, or give another --home.")
    for here, missing in ((places.store, places.key), (places.key, places.store)):
        if here.exists():
            raise StoreError(
                f"There is half a store in {places.home}: {here.name} without {missing.name}.",
                f"Put {missing.name} back from a backup, or move {here.name} away.",
            )


def _create(places: Places, passphrase: str, new: NewStore, clock: Clock) -> bytes:
    key = keys.new_key()
    store_id = secrets.token_hex(16)
    key_file = keys.wrap(key, passphrase, store_id, new.cost)
    wrapped = recovery.with_keys(key_file, key, new.recovery or ()).dump()
    try:
        connection = create(places.store, key)
        try:
            _fill(connection, store_id, new, clock())
        finally:
            connection.close()
        keys.write_file(places.key, wrapped)
    except BaseException as error:
        for end in ("", "-wal", "-shm"):
            places.store.with_name(places.store.name + end).unlink(missing_ok=True)
        if isinstance(error, DatabaseError):
            raise explained(places.store, error) from None
        raise
    return key


def _fill(connection: Connection, store_id: str, new: NewStore, now: datetime) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    signing_key = Ed25519PrivateKey.generate()
    connection.execute("BEGIN IMMEDIATE")
    for statement in (JOURNAL_TABLES + derived_schema()).split(";\n"):
        if statement.strip():
            connection.execute(statement)
    connection.executemany(
        "INSERT INTO meta VALUES (?, ?)",
        [
            ("schema", STORE_SCHEMA), ("min-reader", MIN_READER), ("store", store_id), ("device", 1),
            ("space", 1), ("hlc", 0), (_TRIAL, int(new.recovery is None)),
        ],
    )  # fmt: skip
    connection.execute("INSERT INTO secret VALUES (?, ?)", (_SIGNING_KEY, signing_key.private_bytes_raw()))
    connection.execute("INSERT INTO space VALUES (1, ?, ?)", (secrets.token_bytes(16), new.desk_name))
    connection.execute(
        "INSERT INTO device VALUES (1, ?, ?, ?, ?, 'own', ?)",
        (
            secrets.token_bytes(16), new.desk_name, new.actor,
            signing_key.public_key().public_bytes_raw(), to_micros(now),
        ),
    )  # fmt: skip
    connection.execute("COMMIT")


class Store:
    """An open store. One thread writes; readers on other threads take connections of their own."""

    def __init__(
        self, places: Places, key: bytes, clock: Clock, packs: Packs, *, read_only: bool = False
    ) -> None:
        """Open the store with its raw key.

        Raises StoreError when it cannot be opened, is of a newer program, or is open elsewhere.
        """
        self.places = places
        self.clock = clock
        self.packs = packs
        self.read_only = read_only
        self._key = key
        self._writer = RLock()
        self._version: int | None = None
        """The database's version when the registry was read; None when it must be read again."""
        self.checkpoint: Callable[[str], None] = lambda _: None
        """Called at each step of writing; tests make it fail there."""
        require_store(places.store)
        self._lock = None if read_only else _locked(places.lock)
        self.newer = False
        """Whether a newer casedesk made this store: it can be read, not written."""
        try:
            self.connection = connect(places.store, key, read_only=read_only)
            held = self._check_schema()
            if held < STORE_SCHEMA:
                from casedesk.store.migrations import migrate

                migrate(self, held, self._refold)
            self.renew()
        except BaseException as error:
            self.close()
            if isinstance(error, DatabaseError):
                raise explained(places.store, error) from None
            if isinstance(error, TypeError | ValueError):
                raise damaged(places.store) from None
            raise

    def renew(self) -> None:
        """Read anew who writes here: at the opening, and after another name was taken (:mod:`casedesk.store.identity`).

        Raises StoreError when lines of the access log wait that cannot be read.
        """
        self._registry = Registry(self.connection)
        self._identity = self._own_identity()
        self.access = AccessLog(
            self.connection, self.device, self._identity.device, self._identity.actor,
            WaitingLines(self.places.store, lambda: self._key),
        )  # fmt: skip

    @classmethod
    def unlock(
        cls, places: Places, passphrase: str, clock: Clock, packs: Packs, *, read_only: bool = False
    ) -> "Store":
        """Open the store with its passphrase. Raises WrongPassphraseError, TooSoonError or StoreError."""
        key = unlock_key(places, passphrase, clock)
        return cls(places, key, clock, packs, read_only=read_only)

    def close(self) -> None:
        """Close the connection and let go of the lock and the key."""
        connection = getattr(self, "connection", None)
        if connection is not None:
            if (access := getattr(self, "access", None)) and access.is_waiting:
                with suppress(StoreError, DatabaseError), self.transaction():
                    pass  # what waits is written with it
            with suppress(DatabaseError):
                connection.close()
        if self._lock is not None:
            self._lock.release()
        self._key = b""

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def reader(self, *, lean: bool = False) -> Connection:
        """A connection of its own for a reading thread. The caller closes it.

        A ``lean`` one keeps 8 MiB of the file in memory: enough to read little, or much straight through.
        """
        if lean:
            return connect(self.places.store, self._key, read_only=True, cache_kib=_LEAN_KIB)
        return connect(self.places.store, self._key, read_only=True)

    @contextmanager
    def unit_of_work(self, act: str, reason: str | None = None, *, about: bytes = b"") -> Iterator[Unit]:
        """Open the one way to write. Everything in the block is saved together at its end, or not at all.

        ``act`` names the verb, e.g. ``log.add``; ``about`` the unit that this one undoes. Raises StoreError when
        the disk is full or the store is in use; nothing is changed then.
        """
        with self.transaction():
            unit = Unit(
                self.connection, self._registry, self._identity, self.clock(), act, reason,
                int(self.meta("hlc") or 0), self._refresh, self.checkpoint, about, self.access.head(),
            )  # fmt: skip
            try:
                yield unit
                unit.finish()
                self._account_for(unit)
            finally:
                unit.close()

    def account(
        self, kind: AccessKind, *, case_id: EntityId | None = None, detail: Mapping[str, Any] | None = None
    ) -> None:
        """Write a line of the access log that belongs to no unit of work. Raises StoreError as a unit does.

        While another thread writes for long the line is kept beside the store, also through a kill, and written
        with the next transaction. The detail
        holds counts, names of acts and hashes, never what was read or typed.
        """
        at = self.clock()
        if not self._writer.acquire(timeout=_SOON):
            self.access.wait(kind, at, case_id, detail)
            return
        try:
            with self.transaction():
                self.access.write(kind, at, case_id=case_id, detail=detail)
        finally:
            self._writer.release()

    def _account_for(self, unit: Unit) -> None:
        """Write the unit's line of the access log."""
        if unit.operations or unit.access_kind is not AccessKind.ALTERATION:
            detail = {"act": unit.act, "operations": unit.operations, **unit.access_detail}
            self.access.write(unit.access_kind, unit.now, case_id=unit.only_case, unit=unit.id, detail=detail)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write what is in the block together or not at all. One thread at a time; the others wait a little.

        Raises StoreError when the store cannot be written or another thread is writing for long.
        """
        if self.read_only:
            raise StoreError("This store is open for reading only.", "Close it and open it for writing.")
        if not self._writer.acquire(timeout=_PATIENCE):
            raise StoreError(
                "The store is busy: the change was not saved.", "Try again when the other task has ended."
            )
        try:
            if self.connection.in_transaction:
                raise RuntimeError("a unit of work is open already")
            with self._all_or_nothing():
                yield
        finally:
            self._writer.release()

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            self._refresh_registry()
            yield
            accounted = self.access.write_waiting()
            self.connection.execute("COMMIT")
            self.access.saved(accounted)
        except BaseException as error:
            self._version = None
            if self.connection.in_transaction:
                with suppress(DatabaseError):  # the first error is the one to tell
                    self.connection.execute("ROLLBACK")
            if isinstance(error, OperationalError) or type(error) is DatabaseError:
                raise _write_error(error) from None
            raise

    def _refresh_registry(self) -> None:
        """Read the registry again when a unit was rolled back, or another connection wrote, since it was read."""
        (version,) = self.connection.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._registry.reload()
            self._version = version

    def tick(self, limit: int = 5000) -> int:
        """Bring up to date the cases whose moment has come; returns how many. Waits for a unit in progress."""
        if self.read_only or self.connection.in_transaction:
            return 0
        now = self.clock()
        (waiting,) = self.connection.execute(
            "SELECT EXISTS (SELECT 1 FROM queue WHERE reband_at <= ?)", (to_micros(now),)
        ).fetchone()
        if not waiting:
            return 0
        with self.transaction():
            return queue_upkeep.reband(self.connection, now, self.packs, limit)

    def rebuild_queue(self, unit_now: datetime) -> None:
        """Recompute every queue row, as after a change of the packs."""
        queue_upkeep.refresh_all(self.connection, unit_now, self.packs)

    # -- small things kept beside the journal ---------------------------------------------------------------

    def meta(self, key: str) -> Any:
        """A value this installation keeps about itself, or None."""
        found = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return found[0] if found else None

    def set_meta(self, key: str, value: str | int) -> None:
        """Keep a value about this installation. Not casework: it is not journalled."""
        self._keep("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def load_draft(self, key: str) -> dict[str, Any] | None:
        """What was typed into a form and not yet saved."""
        found = self.connection.execute("SELECT value FROM draft WHERE key = ?", (key,)).fetchone()
        return json.loads(found[0]) if found else None

    def drafts(self) -> list[str]:
        """The keys of the drafts that wait, the latest first."""
        return [str(key) for (key,) in self.connection.execute("SELECT key FROM draft ORDER BY at DESC, key")]

    def save_draft(self, key: str, values: dict[str, Any]) -> None:
        """Keep what is being typed, so that it survives a crash."""
        if not self.read_only:
            self._keep(
                "INSERT OR REPLACE INTO draft VALUES (?, ?, ?)",
                (key, json.dumps(values), to_micros(self.clock())),
            )

    def drop_draft(self, key: str) -> None:
        """Forget a draft, once it was saved properly or given up."""
        if not self.read_only:
            self._keep("DELETE FROM draft WHERE key = ?", (key,))

    def load_preference(self, key: str) -> Any:
        """A choice made about how things are shown here; None when there is none, or it cannot be read."""
        found = self.connection.execute("SELECT value FROM preference WHERE key = ?", (key,)).fetchone()
        try:
            return json.loads(found[0]) if found else None
        except (TypeError, ValueError):
            return None

    def save_preference(self, key: str, value: Any) -> None:
        """Keep a choice made here, as JSON. It is no casework: it is not journalled, and stays on this machine."""
        if not self.read_only:
            self._keep(
                "INSERT OR REPLACE INTO preference VALUES (?, ?, ?)",
                (key, json.dumps(value), to_micros(self.clock())),
            )

    @property
    def key(self) -> bytes:
        """The store's key, for wrapping it anew and for backups; empty once the store is closed. Never shown."""
        return self._key

    @property
    def is_trial(self) -> bool:
        """Whether nobody's work is in it, as in the demo: it needs neither recovery key nor backups."""
        return bool(self.meta(_TRIAL))

    def drop_drafts_of(self, case_id: EntityId) -> None:
        """Forget every draft that belongs to a case: its key ends with the case's id."""
        self.connection.execute("DELETE FROM draft WHERE key LIKE ?", (f"%{case_id.hex()}",))

    def truncate_log(self) -> None:
        """Move everything into the database file and empty the write-ahead log, so that nothing erased stays in it."""
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @property
    def actor(self) -> str:
        """The person who writes here."""
        return self._identity.actor

    @property
    def device(self) -> int:
        """This installation's number among the devices."""
        return self._registry.devices[self._identity.device]

    @property
    def registry(self) -> Registry:
        """Devices and spaces by number."""
        return self._registry

    @property
    def identity(self) -> Identity:
        """Who writes here, with the key that signs."""
        return self._identity

    def sign(self, data: bytes) -> bytes:
        """Sign as this installation: a card or a bundle, each with the domain tag of its kind."""
        return self._identity.signing_key.sign(data)

    def bundle_identity(self) -> "BundleIdentity":
        """The age key that bundles for this installation are opened with; made when it is first asked for."""
        from pyrage import x25519

        found = self.connection.execute("SELECT value FROM secret WHERE name = ?", (_BUNDLE_KEY,)).fetchone()
        if found:
            return x25519.Identity.from_str(found[0])
        made = x25519.Identity.generate()
        self._keep("INSERT INTO secret VALUES (?, ?)", (_BUNDLE_KEY, str(made)))
        return made

    # -- inside ---------------------------------------------------------------------------------------------

    def _refresh(self, connection: Connection, cases: set[EntityId], now: datetime) -> None:
        queue_upkeep.refresh(connection, cases, now, self.packs)

    def _keep(self, sql: str, values: tuple[Any, ...]) -> None:
        try:
            self.connection.execute(sql, values)
        except OperationalError as error:
            raise _write_error(error) from None

    def _check_schema(self) -> int:
        """The version of the tables; StoreError when this program cannot use them."""
        try:
            held = int(self.meta("schema") or 0)
        except OperationalError:
            held = 0
        if held < 1:
            raise StoreError("This file opens, but it is not a casedesk store.", "Check --home.")
        if held > STORE_SCHEMA:
            self._check_newer(held)
        if held < STORE_SCHEMA and self.read_only:
            raise StoreError(
                f"An older casedesk made this store (version {held}; this one writes {STORE_SCHEMA}).",
                "Run “casedesk queue” once: the store is backed up, then brought up to date.",
            )
        return held

    def _refold(self) -> None:
        from casedesk.store.checks import refold

        self._registry = Registry(self.connection)
        refold(self)

    def _check_newer(self, held: int) -> None:
        if int(self.meta("min-reader") or held) > STORE_SCHEMA:
            raise StoreError(
                f"A newer casedesk made this store (version {held}; this one knows up to {STORE_SCHEMA}).",
                "Open it with the newer casedesk.",
            )
        if not self.read_only:
            raise NewerStoreError(held, STORE_SCHEMA)
        self.newer = True

    def _own_identity(self) -> Identity:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        (secret,) = self.connection.execute(
            "SELECT value FROM secret WHERE name = ?", (_SIGNING_KEY,)
        ).fetchone()
        device, actor = self.connection.execute(
            "SELECT id, actor FROM device WHERE ix = (SELECT value FROM meta WHERE key = 'device')"
        ).fetchone()
        (space,) = self.connection.execute(
            "SELECT id FROM space WHERE ix = (SELECT value FROM meta WHERE key = 'space')"
        ).fetchone()
        return Identity(device, space, Ed25519PrivateKey.from_private_bytes(secret), actor)


def unlock_key(places: Places, passphrase: str, clock: Clock) -> bytes:
    """The store's key, by its passphrase. Raises WrongPassphraseError, TooSoonError or StoreError."""
    key_file = keys.read_key_file(places.key)
    with attempts.counted(places.attempts, clock):
        return keys.unwrap(key_file, passphrase)


def clock_doubt(store: Store, now: datetime) -> timedelta | None:
    """How far the computer's clock lies behind the last operation, when by more than a minute: then ask."""
    from casedesk.store.hlc import instant

    last = int(store.meta("hlc") or 0)
    behind = instant(last) - now
    return behind if behind > timedelta(minutes=1) else None


def exists(places: Places) -> bool:
    """Whether a store has been set up here."""
    return places.store.is_file() and places.key.is_file()


def is_open_elsewhere(places: Places) -> bool:
    """Whether another casedesk has this store open for writing. A file that a crash left does not count."""
    from filelock import FileLock, Timeout

    if not places.lock.exists():
        return False
    lock = FileLock(places.lock, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return True
    lock.release()
    return False


def _locked(path: Path) -> Any:
    from filelock import FileLock, Timeout

    lock = FileLock(path, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise StoreError(
            "This store is open in another casedesk.",
            "Close the other one; a store has one writer at a time.",
        ) from None
    except OSError as error:
        raise StoreError(
            f"The store's folder cannot be written ({type(error).__name__}).",
            "Check the folder's permissions.",
        ) from None
    return lock


def _write_error(error: Exception) -> StoreError:
    text = str(error).lower()
    if "full" in text:
        return StoreError(
            "The disk is full: the change was not saved, nothing else is affected.",
            "Free some space and try again.",
        )
    if "malformed" in text or "not a database" in text:
        return StoreError("The store is damaged: the change was not saved.", "Restore the latest backup.")
    if "locked" in text or "busy" in text:
        return StoreError("The store is in use: the change was not saved.", "Try again in a moment.")
    return StoreError("The store could not be written: the change was not saved.", "Run “casedesk doctor”.")
