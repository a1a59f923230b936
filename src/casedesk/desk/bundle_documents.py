"""The contents of documents that a bundle takes along: as many as it has room for, the others in those after it.

Operations always go: a document is listed everywhere before its content has come. Whoever has it listed and lacks the
content asks for it with each bundle of their own, and the next ones for them bring it.
"""

from collections.abc import Iterable, Iterator

from casedesk.bundles.body import Attachment, Signed, operation_bytes
from casedesk.bundles.container import Record
from casedesk.store import blobs, outgoing
from casedesk.store.connection import Connection
from casedesk.store.outgoing import Going

MOST_DOCUMENTS = 192 * 1024 * 1024
"""The most bytes of documents in one bundle: a file of all of them stays well below what a bundle may be."""
ROOM = 224 * 1024 * 1024
"""The most bytes of operations and documents together, before they are compressed, with which documents still go."""


class Load:
    """The records of one bundle; afterwards, how many documents had no room in it."""

    def __init__(self, reading: Connection, turn: int) -> None:
        """``turn`` counts the bundles for the same members since they last spoke: each takes the next load along."""
        self.left = 0
        self._db = reading
        self._turn = turn

    def records(self, going: Iterable[Going], asked: Iterable[bytes] = ()) -> Iterator[Record]:
        """The operations, then contents: those that were ``asked`` for (by their hashes), those that are named."""
        named = dict.fromkeys(asked)
        took = 0
        for one in going:
            record = Signed(*one)
            took += len(operation_bytes(record))
            yield record
            named.update(dict.fromkeys(outgoing.document_hash(one)))
        loads = self._loads(named, min(MOST_DOCUMENTS, ROOM - took))
        chosen = loads[self._turn % len(loads)] if loads else ()
        self.left -= len(chosen)
        for sha in chosen:
            yield Attachment(sha, b"".join(blobs.read(self._db, sha)))

    def _loads(self, named: Iterable[bytes], room: int) -> list[list[bytes]]:
        """Those that are here, in the order in which they were named, parted into loads that have room each."""
        loads: list[list[bytes]] = []
        free = 0
        for sha in named:
            size = blobs.size_of(self._db, sha)
            if size is None:
                continue
            self.left += 1
            if size > room:
                continue
            if not loads or size > free:
                loads.append([])
                free = room
            loads[-1].append(sha)
            free -= size
        return loads
