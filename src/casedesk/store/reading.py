"""What to say when an open store suddenly cannot be read: a damaged page in the middle of a query, a file gone."""

from pathlib import Path

from casedesk.model.errors import StoreError
from casedesk.store.connection import DatabaseError, OperationalError, damaged, explained

_TROUBLE = ("disk i/o", "unable to open", "locked", "busy", "full", "readonly", "read-only")
"""Words of the database for what is wrong outside the program; its other operational errors are faults of ours."""


def unreadable(path: Path, error: BaseException) -> StoreError | None:
    """A database error as a person is told of it, with a cure; None for one that is a fault of casedesk.

    Holds nothing of what is in the store.
    """
    if type(error) is DatabaseError:  # the file's own structure: its kinds have types of their own
        return damaged(path)
    if not isinstance(error, OperationalError) or not any(word in str(error).lower() for word in _TROUBLE):
        return None
    if not path.exists() or "disk i/o" in str(error).lower():
        return StoreError(
            f"The store at {path} could not be read: the file or its drive does not answer.",
            "Check that the drive is there, then run “casedesk doctor”.",
        )
    return explained(path, error)
