"""Bringing a store of an older casedesk up to date: after a backup, in one transaction.

The journal's operations are never rewritten: they are read in their old form. A step changes only the tables
that :data:`casedesk.store.schema.JOURNAL_TABLES` names, and drops derived ones that are no more; all the
derived ones are then folded anew.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from casedesk.model.errors import StoreError
from casedesk.store import schema
from casedesk.store.backup import back_up
from casedesk.store.connection import Connection, DatabaseError, explained

if TYPE_CHECKING:
    from casedesk.store.store import Store

Step = Callable[[Connection], None]

MIGRATIONS: dict[int, Step] = {}
"""What turns a store of each version into one of the next. There has been one version so far."""


def migrate(store: "Store", held: int, refold: Callable[[], object]) -> None:
    """Bring an open store of version ``held`` up to date, after a verified backup in its own backup folder.

    ``refold`` remakes the derived tables. Raises StoreError, with the store as it was, when the backup or a
    step fails. A store that is just being restored has no key file yet: what it comes from is its backup.
    """
    missing = [version for version in range(held, schema.STORE_SCHEMA) if version not in MIGRATIONS]
    if missing:
        raise StoreError(
            f"This store was made by a casedesk too old for this one (store version {held}).",
            "Open it with a casedesk between the two first.",
        )
    if store.places.key.exists():
        back_up(store.places, store.key, store.places.backups, store.clock())
    db = store.connection
    db.execute("BEGIN IMMEDIATE")
    try:
        for version in range(held, schema.STORE_SCHEMA):
            MIGRATIONS[version](db)
        refold()
        db.executemany(
            "INSERT OR REPLACE INTO meta VALUES (?, ?)",
            [("schema", schema.STORE_SCHEMA), ("min-reader", schema.MIN_READER)],
        )
        db.execute("COMMIT")
    except BaseException as error:
        if db.in_transaction:
            db.execute("ROLLBACK")
        if isinstance(error, DatabaseError):
            raise explained(store.places.store, error) from None
        raise
