"""The contents of documents: kept in the store by the SHA-256 of what they hold, each once.

A content is truth, as the journal is: nothing can make it anew, so a rebuild leaves it alone. The document that names
it is an ordinary entity; a content without one waits for the disposal of the case it came with. All is read and
written in pieces: memory does not grow with the file.
"""

import hashlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass

import orjson

from casedesk.model.entities import DOCUMENT
from casedesk.model.errors import NotFoundError, StoreError
from casedesk.model.ids import EntityId
from casedesk.store.connection import Connection, Content

LARGEST = 25 * 1024 * 1024
"""The most bytes of one content: what a bundle carries."""
PIECE = 256 * 1024
"""How many bytes are read or written at a time."""


@dataclass(frozen=True, slots=True)
class Held:
    """How much there is."""

    count: int
    bytes: int


def have(connection: Connection, sha: bytes) -> bool:
    """Whether the content of this hash is in the store."""
    return _row(connection, sha) is not None


def size_of(connection: Connection, sha: bytes) -> int | None:
    """How many bytes the content of this hash has; None where it is not in the store."""
    found = connection.execute("SELECT size FROM blob WHERE sha256 = ?", (sha,)).fetchone()
    return None if found is None else int(found[0])


def held(connection: Connection) -> Held:
    """How many contents there are, and their bytes together."""
    count, size = connection.execute("SELECT count(*), coalesce(sum(size), 0) FROM blob").fetchone()
    return Held(int(count), int(size))


def read(connection: Connection, sha: bytes) -> Generator[bytes, None, None]:
    """Read a content piece by piece. Whoever stops early closes it.

    Raises NotFoundError when it is not here; StoreError, after the last piece, when it is not what its hash says.
    """
    found = _row(connection, sha)
    if found is None:
        raise NotFoundError(
            "The content of this document is not in the store.",
            "Take in a colleague's next bundle, which brings it if they have it; or attach the file again.",
        )
    digest = hashlib.sha256()
    with _opened(connection, found, read_only=True) as content:
        while piece := content.read(PIECE):
            digest.update(piece)
            yield piece
    if digest.digest() != sha:
        raise StoreError(
            "The content of this document is not what was attached: the store was changed or is damaged.",
            "Run “casedesk store verify”, and restore the latest backup elsewhere.",
        )


def write(connection: Connection, sha: bytes, size: int, chunks: Iterable[bytes]) -> bool:
    """Keep a content, inside the caller's transaction; False when it was here already: the chunks are not read then.

    Raises StoreError, with nothing kept, when it is too large, or the chunks are not of this size or hash.
    """
    if have(connection, sha):
        return False
    if not 0 < size <= LARGEST:
        raise StoreError(f"A document of {size:,} bytes cannot be kept; the most is {LARGEST:,}.", "")
    row = connection.execute("INSERT INTO blob VALUES (?, ?, zeroblob(?))", (sha, size, size)).lastrowid
    try:
        _fill(connection, sha, row, size, chunks)
    except BaseException:
        connection.execute("DELETE FROM blob WHERE rowid = ?", (row,))
        raise
    return True


def _fill(connection: Connection, sha: bytes, row: int, size: int, chunks: Iterable[bytes]) -> None:
    """Write the pieces. Raises StoreError when they are not of this size and hash together."""
    digest, wrote = hashlib.sha256(), 0
    with _opened(connection, row, read_only=False) as content:
        for chunk in chunks:
            wrote += len(chunk)
            if wrote > size:
                raise _changed()
            digest.update(chunk)
            content.write(chunk)
    if wrote != size or digest.digest() != sha:
        raise _changed()


def _changed() -> StoreError:
    return StoreError(
        "What was read is not what was announced, as when a file changes meanwhile: nothing was kept.",
        "Wait until it is complete, then try again.",
    )


def named_in(connection: Connection, case_id: EntityId) -> set[bytes]:
    """The hashes that the journal names in a case: of documents that stand, were taken off or were undone.

    Payloads that were disposed of name nothing any more.
    """
    found = set()
    for (payload,) in connection.execute(
        "SELECT payload FROM op WHERE case_id = ? AND entity = ? AND payload IS NOT NULL",
        (case_id, DOCUMENT.name),
    ):
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            found.add(bytes.fromhex(orjson.loads(payload)["fields"]["sha256"]))
    return found


def drop_unneeded(connection: Connection, hashes: Iterable[bytes]) -> int:
    """Erase those of these contents that no document needs any more; returns how many.

    A document that was taken off, or whose attaching was undone, still needs its content until its case is disposed
    of. To be called after a disposal was folded, with what :func:`named_in` gave before it.
    """
    wanted = list(hashes)
    if not wanted:
        return 0
    undone: set[bytes] = set()
    for (case_id,) in connection.execute(
        "SELECT DISTINCT case_id FROM document WHERE sha256 IS NULL"
    ).fetchall():
        undone |= named_in(connection, EntityId(case_id))
    dropped = 0
    for sha in wanted:
        if sha not in undone and not _named(connection, sha):
            dropped += connection.execute("DELETE FROM blob WHERE sha256 = ?", (sha,)).rowcount
    return dropped


def wrong(connection: Connection) -> Iterator[str]:
    """Read every content; say of each that is not what its hash says which document it belongs to."""
    for row, sha, size in connection.execute("SELECT rowid, sha256, size FROM blob").fetchall():
        digest, seen = hashlib.sha256(), 0
        with _opened(connection, row, read_only=True) as content:
            while piece := content.read(PIECE):
                digest.update(piece)
                seen += len(piece)
        if digest.digest() != sha or seen != size:
            yield f"{_whose(connection, sha)}: its content is not what was attached"


def missing(connection: Connection) -> Iterator[str]:
    """Say which documents have no content here."""
    here = {sha.hex() for (sha,) in connection.execute("SELECT sha256 FROM blob")}
    named = connection.execute("SELECT DISTINCT sha256 FROM document WHERE sha256 IS NOT NULL ORDER BY 1")
    for (sha,) in named.fetchall():
        if sha not in here:
            yield f"{_whose(connection, sha)}: its content is not in this store"


def _named(connection: Connection, sha: bytes) -> bool:
    (named,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM document WHERE sha256 = ?)", (sha.hex(),)
    ).fetchone()
    return bool(named)


def _whose(connection: Connection, sha: bytes | str) -> str:
    """A document as a report names it: by its case and the beginning of its hash, never by its title."""
    digits = sha if isinstance(sha, str) else sha.hex()
    refs = [
        ref or "a case without a reference"
        for (ref,) in connection.execute(
            "SELECT DISTINCT cases.ref FROM document LEFT JOIN cases ON cases.id = document.case_id "
            "WHERE document.sha256 = ? ORDER BY 1",
            (digits,),
        )
    ]
    return f"a document of {' and '.join(refs) or 'no case'} (SHA-256 {digits[:12]}…)"


def _opened(connection: Connection, row: int, *, read_only: bool) -> closing[Content]:
    return closing(connection.open_blob("blob", "data", row, read_only))


def _row(connection: Connection, sha: bytes) -> int | None:
    found = connection.execute("SELECT rowid FROM blob WHERE sha256 = ?", (sha,)).fetchone()
    return None if found is None else int(found[0])
