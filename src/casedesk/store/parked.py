"""What came and could not be taken in: it waits in ``park``, each operation with the reason."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from casedesk.model.ids import encode
from casedesk.model.moments import to_micros
from casedesk.store.connection import Connection
from casedesk.store.operations import Operation, parse_operation


class Why(StrEnum):
    """Why an operation waits."""

    GAP = "gap"
    """Earlier ones of its author have not come."""
    UNKNOWN = "unknown-author"
    FORK = "fork"
    """Another of its number is held, or it does not follow the one before it: two copies of one store wrote."""
    OWN = "own"
    """It names this installation as its author, and was not written here: a restored or copied store."""
    REISSUED = "reissued"
    """This store wrote it before it met a copy of itself, and has written it anew under its new name."""
    LATE = "after-loss"
    """Its author's laptop was lost before it was written."""
    FORGED = "signature"
    """Its author did not sign it."""
    AHEAD = "ahead"
    """Its author's clock, when it was written, was more than a day ahead of this machine's now; or one before it waits
    for that."""


WAITS = (Why.GAP.value, Why.UNKNOWN.value, Why.LATE.value, Why.AHEAD.value)
"""What may still be taken in, once something else has come."""
_MARKS = ", ".join("?" * len(WAITS))
_BATCH = 500


class Waiting(NamedTuple):
    """An operation that waits, as it is kept."""

    header: bytes
    sig: bytes
    payload: bytes | None
    hash: bytes
    why: str


class Park:
    """The table of what waits, for one bundle that is taken in."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        (self._any,) = connection.execute("SELECT EXISTS (SELECT 1 FROM park)").fetchone()
        """Whether anything waits; mostly nothing does, and is not asked for by each reason."""
        self._any_forged = self._any_for(Why.FORGED)
        self._any_fork = self._any_for(Why.FORK)
        self._units: set[bytes] = set()
        """The units of what was taken in, where something waits that may have been written anew in one of them."""
        self._forks: list[Operation] = []

    def put(self, op: Operation, why: Why, sender: bytes, now: datetime) -> None:
        """Let an operation wait; one that waits already does so for this reason now, and keeps its content."""
        self._db.execute(
            "INSERT INTO park VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (hash) DO UPDATE SET payload = coalesce(park.payload, excluded.payload), why = excluded.why",
            (
                op.hash, op.space, op.device, op.seq, why.value, sender, to_micros(now), op.header, op.sig, op.payload,
            ),
        )  # fmt: skip
        self._any = True
        self._any_forged |= why is Why.FORGED
        if why is Why.FORK:
            self._forks.append(op._replace(payload=None))

    def drop(self, digest: bytes) -> None:
        """Let the operation of this hash wait no longer."""
        self._db.execute("DELETE FROM park WHERE hash = ?", (digest,))

    def devices(self, why: str) -> Iterator[bytes]:
        """Of whom something waits for this reason: found by steps, however much of each waits."""
        device = b""
        while self._any and (
            found := self._db.execute(
                "SELECT device FROM park WHERE why = ? AND device > ? ORDER BY device LIMIT 1", (why, device)
            ).fetchone()
        ):
            device = bytes(found[0])
            yield device

    def of(self, device: bytes) -> Iterator[Waiting]:
        """What waits of one installation and may still be taken in, in the order of its numbers."""
        after: tuple[int, bytes] = (0, b"")
        most = 1  # mostly the first of them waits still, and the others with it
        while some := self._db.execute(
            f"SELECT header, sig, payload, hash, why, seq FROM park WHERE device = ? AND (seq, hash) > (?, ?) "  # noqa: S608 - marks
            f"AND why IN ({_MARKS}) ORDER BY seq, hash LIMIT ?",
            (device, *after, *WAITS, most),
        ).fetchall():
            for *row, seq in some:
                one = Waiting(*row)
                after = seq, one.hash
                yield one
            most = _BATCH

    def wait_for(self, device: bytes, was: str, why: Why) -> None:
        """What waited of an installation as its first did waits for something else now, as that one does."""
        self._db.execute("UPDATE park SET why = ? WHERE device = ? AND why = ?", (why.value, device, was))

    def taken(self, op: Operation) -> None:
        """Note that an operation was taken in: a copy may have written it before under another name."""
        if self._any_fork:
            self._units.add(op.unit)

    def are_held(self, hashes: Iterable[bytes]) -> None:
        """Forget those of these that somebody gave with a signature that does not fit: the true ones are here."""
        if self._any_forged:
            self._db.executemany(
                "DELETE FROM park WHERE hash = ? AND why = ?", [(one, Why.FORGED.value) for one in hashes]
            )

    def forget_what_came_anew(self) -> None:
        """What a copied store wrote waits no longer once that store has written it anew under its new name."""
        for op in (*self._forks, *self._old_forks()):
            anew = self._db.execute(
                "SELECT 1 FROM op WHERE case_id = ? AND hlc = ? AND unit = ? AND entity_id = ? AND kind = ?",
                (op.case_id, op.hlc, op.unit, op.entity_id, op.kind),
            ).fetchone()
            if anew is not None:
                self._db.execute("DELETE FROM park WHERE hash = ? AND why = ?", (op.hash, Why.FORK.value))

    def _old_forks(self) -> Iterator[Operation]:
        """What waited before as written by a copy, of the units that came now."""
        for unit in self._units:
            for (header,) in self._db.execute(
                "SELECT header FROM park WHERE CAST(header AS TEXT) ->> 'unit' = ? AND why = 'fork'",
                (encode(unit),),
            ).fetchall():
                yield parse_operation(header, b"", None)

    def _any_for(self, why: Why) -> bool:
        found = (
            self._any
            and self._db.execute("SELECT 1 FROM park WHERE why = ? LIMIT 1", (why.value,)).fetchone()
        )
        return bool(found)
