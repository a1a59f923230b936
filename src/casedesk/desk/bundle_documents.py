"""What a bundle has room for: operations as far as they go in, then the contents of documents; the rest comes after.

Operations go first: a document is listed everywhere before its content has come. Whoever has it listed and lacks the
content asks for it with each bundle of their own, and the next ones for them bring it.
"""

from collections.abc import Callable, Iterable, Iterator

from casedesk.bundles.body import Attachment, Signed, operation_bytes
from casedesk.bundles.container import Record
from casedesk.store import blobs, outgoing
from casedesk.store.connection import Connection
from casedesk.store.outgoing import Going

MOST_DOCUMENTS = 192 * 1024 * 1024
"""The most bytes of documents in one bundle: a file of all of them stays well below what a bundle may be."""
ROOM = 224 * 1024 * 1024
"""The most bytes of operations and documents together, before they are compressed, with which documents still go."""


MOST_OF_CHAINS = 400 * 1024 * 1024
"""The most bytes of the chains' operations in one bundle, before they are compressed: some 400,000 operations."""


class Load:
    """The records of one bundle; afterwards, what had no room in it."""

    def __init__(self, reading: Connection, turn: int) -> None:
        """``turn`` counts the bundles for the same members since they last spoke: each takes the next load along."""
        self.left = 0
        """The documents that had none."""
        self.is_cut = False
        """Whether operations had none: the next bundle goes on with the one at which this one stopped."""
        self._db = reading
        self._turn = turn

    def records(
        self,
        going: Iterable[Going],
        asked: Iterable[bytes] = (),
        at_once: Callable[[], Iterable[Going]] = tuple,
    ) -> Iterator[Record]:
        """The operations, then contents: those that were ``asked`` for (by their hashes), those that are named.

        ``at_once`` gives the operations that go along even where the bundle stops before them.
        """
        named = dict.fromkeys(asked)
        took = 0
        for one in going:
            record = Signed(*one)
            size = len(operation_bytes(record))
            if not one.loose and took + size > MOST_OF_CHAINS:
                self.is_cut = True
                yield from (Signed(*urgent) for urgent in at_once())
                break
            took += size
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
