"""Takes in what other installations wrote: each operation once, in the order of its chain, or not yet, or never.

All of one bundle is one transaction. An operation that follows the last one held of its author is applied; one beyond a
gap, or of an author who is not known, waits in ``park`` and is taken in as soon as what it waits for has come; one that
contradicts what is held stays there for a person to look at. Nothing is ever dropped without a word.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from casedesk.model.entities import ENTITIES, FORMER_NAME, MEMBER, RESTRICTION
from casedesk.model.errors import StoreError
from casedesk.model.ids import EntityId, encode
from casedesk.store import blobs, hlc, queue_upkeep
from casedesk.store.access_log import AccessKind
from casedesk.store.allowed import exceeds
from casedesk.store.authors import Author, is_signed, own_author, read_author
from casedesk.store.connection import Connection
from casedesk.store.erasing import erase_beside
from casedesk.store.fold import Fold, covers_of, why_unfit
from casedesk.store.operations import SCHEMA, Operation, OpKind, is_erasable, parse_operation
from casedesk.store.parked import WAITS as WAITS
from casedesk.store.parked import Park
from casedesk.store.parked import Why as Why
from casedesk.store.refold import room
from casedesk.store.registry import Registry
from casedesk.store.store import Store
from casedesk.store.units import Units
from casedesk.store.words import purge

_BATCH = 500
_ROOM_KIB = 64 * 1024
_SETTLE = 5000
"""So many operations are taken in before the queue is brought up to date and what was read is forgotten."""


NO_CONTENT, NO_ROLE = "content", "role"
"""Why an operation that is held in its chain was not applied: its content was not given, its author may not do it."""


@dataclass(slots=True)
class Taken:
    """What came of a bundle's operations."""

    new: int = 0
    held: int = 0
    """Those that were here already."""
    filled: int = 0
    """Those that were here and not applied, and now could be."""
    without_content: int = 0
    not_allowed: int = 0
    """Those whose author may not do what they do: held, not applied."""
    parked: Counter[Why] = field(default_factory=Counter)
    freed: int = 0
    """Those that had waited, and were taken in now."""
    not_shown: int = 0
    """Those that only a newer program understands."""
    cases: set[EntityId] = field(default_factory=set)
    disposals: int = 0
    """Cases that it erased."""
    attachments: int = 0
    conflicts: int = 0
    """Conflicts that it raised."""


class DoubtedError(StoreError):
    """The signature over the last operation of a run does not fit: how far each such chain may be believed."""

    def __init__(self, names: Sequence[str], upto: Mapping[bytes, int]) -> None:
        super().__init__(
            f"Operations of {' and '.join(names)} in this bundle are not signed by them. Nothing was changed.",
            "Ask the sender in person; tell your information security contact.",
        )
        self.upto = upto
        """For each author the last of its operations whose signature fits: above it each must be checked by itself."""


@dataclass(slots=True)
class _Run:
    """Operations of one author that follow each other: the signature over the last speaks for all."""

    author: Author
    first: int
    last: Operation


class Incoming:
    """One bundle being taken in. Made by :func:`taking_in`."""

    def __init__(
        self, store: Store, sender: bytes, *, look: bool = False, doubted: Mapping[bytes, int] | None = None
    ) -> None:
        self._store = store
        self._look = look
        self._now = store.clock()
        self._doubted = doubted or {}
        self._bad: dict[bytes, tuple[str, int]] = {}
        """Authors with a run that is not signed: their name, and up to which operation they may be believed."""
        self._db: Connection = store.connection
        self._registry: Registry = store.registry
        self._sender = sender
        self._rows: list[tuple[Any, ...]] = []
        self._n = int(self._db.execute("SELECT coalesce(max(n), 0) FROM op").fetchone()[0])
        self._fold = Fold(
            self._db,
            device_index=self._registry.device,
            is_held=self._registry.is_held,
            flush_journal=self._flush,
        )
        self._units = Units()
        self._run: _Run | None = None
        self._authors: dict[bytes, Author | None] = {}
        self._latest = 0
        self._since_settled = 0
        self._conflicts = self._count_conflicts()
        self._waiting = Park(self._db)
        self._ahead: set[bytes] = set(self._waiting.devices(Why.AHEAD))
        """Authors of whom something waits for the clock: what follows it waits for that too."""
        self.taken = Taken()

    # -- what a bundle holds ---------------------------------------------------------------------------------

    def expect(self, some: Sequence[Operation]) -> None:
        """Read at once the rows that these operations, which come next, may change."""
        wanted: dict[str, list[EntityId]] = {}
        for op in some:
            device = self._registry.devices.get(op.device)
            if device is not None and self._is_here(op, device):
                continue
            wanted.setdefault(op.entity, []).append(op.entity_id)
        for name in wanted.keys() & ENTITIES.keys():
            self._fold.preload(ENTITIES[name], wanted[name])

    def operation(self, op: Operation, *, loose: bool = False) -> Why | None:
        """Take one operation in; why it waits when it does. ``loose``: it may stand beyond a gap, as in a handover.

        The signature over the last of a run of one author speaks for all of the run, because each names the hash of
        the one before it: it is checked when the run ends, and :meth:`finish` says when one does not fit.
        """
        why = self._judge(op, loose=loose)
        if why is not None:
            self._park(op, why)
        return why

    def attachment(self, sha: bytes, content: bytes) -> bool:
        """Keep the content of a document; False when no document names it, or it is here. Raises StoreError."""
        self._flush()
        self._fold.flush()
        (named,) = self._db.execute(
            "SELECT EXISTS (SELECT 1 FROM document WHERE sha256 = ?)", (sha.hex(),)
        ).fetchone()
        if not named:
            return False
        kept = (
            not blobs.have(self._db, sha)
            if self._look
            else blobs.write(self._db, sha, len(content), [content])
        )
        self.taken.attachments += kept
        return kept

    def finish(self) -> Taken:
        """Free what waited for what has come, and write everything that is held back.

        Raises DoubtedError when a run was not signed by its author: the transaction must be let go, and may be begun
        anew with what the error says is to be believed.
        """
        self._end_run()
        while not self._bad and self._free():
            self._end_run()
        if self._bad:
            names = dict.fromkeys(name for name, _ in self._bad.values())
            raise DoubtedError(list(names), {device: upto for device, (_, upto) in self._bad.items()})
        self._settle()
        self._waiting.forget_what_came_anew()
        if self.taken.disposals and not self._look:
            purge(self._db)
        last = int(self._store.meta("hlc") or 0)
        self._store.set_meta("hlc", hlc.absorb(last, self._latest, self._now))
        self._write_vector()
        self.taken.conflicts = self._count_conflicts() - self._conflicts
        self._store.checkpoint("finished")
        return self.taken

    # -- one operation ---------------------------------------------------------------------------------------

    def _judge(self, op: Operation, *, loose: bool) -> Why | None:
        """Apply an operation, or say why it waits."""
        device = self._registry.devices.get(op.device)
        if device is not None and self._is_here(op, device):
            return self._again(op, device)
        author = self._author(op.device)
        if device == self._store.device:
            return Why.OWN if author and is_signed(author, op) else Why.FORGED
        if author is None or author.space != op.space:
            return Why.UNKNOWN
        if author.upto is not None and op.seq > author.upto:
            return Why.LATE
        if op.seq > self._doubted.get(op.device, op.seq) and not is_signed(author, op):
            return Why.FORGED
        number = self._registry.device(op.device)
        seq, prev = self._registry.have(self._registry.space(op.space), number)
        if op.seq == seq + 1:
            if op.prev != prev:
                return Why.FORK if is_signed(author, op) else Why.FORGED
            if self._is_ahead(op):
                self._ahead.add(op.device)
                return Why.AHEAD
            self._follow(author, op)
        elif not loose:
            return Why.AHEAD if op.device in self._ahead else Why.GAP
        elif not is_signed(author, op):
            return Why.FORGED
        elif self._is_ahead(op):
            return Why.AHEAD
        else:
            self._registry.loose.add((number, op.seq))
            self._db.execute("INSERT INTO loose VALUES (?, ?)", (number, op.seq))
        self._take(author, op, number)
        return None

    def _is_ahead(self, op: Operation) -> bool:
        return hlc.is_ahead(op.hlc, op.wall_ms, self._now)

    def _is_here(self, op: Operation, device: int) -> bool:
        home = self._registry.home.get(device)
        have = self._registry.have(home, device)[0] if home else 0
        return op.seq <= have or (device, op.seq) in self._registry.loose

    def _again(self, op: Operation, device: int) -> Why | None:
        """One that is here already: the same, or another of the same number."""
        self._flush()
        found = self._db.execute(
            "SELECT hash, payload FROM op WHERE device = ? AND seq = ?", (device, op.seq)
        ).fetchone()
        if found is None or found[0] != op.hash:
            author = self._author(op.device)
            return Why.FORK if author is None or is_signed(author, op) else Why.FORGED
        self.taken.held += 1
        if (device, op.seq) in self._registry.aside and op.payload is not None and found[1] is None:
            self._db.execute(
                "UPDATE op SET payload = ? WHERE device = ? AND seq = ?", (op.payload, device, op.seq)
            )
            author = self._author(op.device)
            if author is not None:
                self._apply_or_bar(author, op, device)
        return None

    def _follow(self, author: Author, op: Operation) -> None:
        """It stands next in its chain: the chain goes on with it."""
        if self._run is not None and self._run.author.id != author.id:
            self._end_run()
        if self._run is None:
            self._run = _Run(author, op.seq, op)
        self._run.last = op
        number, space = self._registry.device(op.device), self._registry.space(op.space)
        self._registry.home[number] = space
        self._registry.vv[space, number] = self._reached(number, op.seq, op.hash)

    def _reached(self, device: int, seq: int, digest: bytes) -> tuple[int, bytes]:
        """How far a chain reaches once what stood beyond the gap joins it."""
        while (device, seq + 1) in self._registry.loose:
            self._flush()
            row = self._db.execute(
                "SELECT header, hash FROM op WHERE device = ? AND seq = ?", (device, seq + 1)
            ).fetchone()
            if parse_operation(row[0], b"", None).prev != digest:
                break  # a fork: the two ends never meet, which verifying reports
            seq, digest = seq + 1, row[1]
            self._registry.loose.discard((device, seq))
            self._db.execute("DELETE FROM loose WHERE device = ? AND seq = ?", (device, seq))
        return seq, digest

    def _end_run(self) -> None:
        """Check the signature over the last operation of a run: the hashes carry it to all before."""
        if self._run is None:
            return
        run, self._run = self._run, None
        if not is_signed(run.author, run.last):
            upto = self._last_signed(run)
            _, known = self._bad.get(run.author.id, ("", upto))
            self._bad[run.author.id] = run.author.name or encode(run.author.id)[:6], min(upto, known)

    def _last_signed(self, run: _Run) -> int:
        """The last operation of a run that its author signed; the one before the run where there is none."""
        self._flush()
        device = self._registry.device(run.author.id)
        for header, sig in self._db.execute(
            "SELECT header, sig FROM op WHERE device = ? AND seq BETWEEN ? AND ? ORDER BY seq DESC",
            (device, run.first, run.last.seq - 1),
        ):
            op = parse_operation(header, sig, None)
            if is_signed(run.author, op):
                return op.seq
        return run.first - 1

    def _take(self, author: Author, op: Operation, number: int) -> None:
        self._n += 1
        self._rows.append(
            (
                self._n, self._registry.space(op.space), number, op.seq, bytearray(op.hash), op.hlc, op.kind, op.entity,
                bytearray(op.entity_id), bytearray(op.case_id), bytearray(op.unit), bytearray(op.header),
                bytearray(op.sig), None if op.payload is None else bytearray(op.payload),
            )
        )  # fmt: skip
        if len(self._rows) >= _BATCH:
            self._flush()
        if not self._look:
            self._units.add(op)
        self._waiting.taken(op)
        self._latest = max(self._latest, op.hlc)
        self.taken.new += 1
        self._apply_or_bar(author, op, number)
        self._since_settled += 1
        if self._since_settled >= _SETTLE:
            self._settle()

    def _apply_or_bar(self, author: Author, op: Operation, number: int) -> None:
        """Apply an operation that is held, unless its content is not here or its author may not do it."""
        key = number, op.seq
        why = NO_ROLE if self._exceeds(author, op) else ""
        if op.payload is None:
            why = NO_CONTENT
        if why and not self._is_disposed(op, number):
            self._registry.aside.add(key)
            self._db.execute("INSERT OR REPLACE INTO aside VALUES (?, ?, ?)", (*key, why))
            self.taken.not_allowed += why == NO_ROLE
            self.taken.without_content += why == NO_CONTENT
            return
        self._apply(op)
        if key in self._registry.aside:
            self._registry.aside.discard(key)
            self._db.execute("DELETE FROM aside WHERE device = ? AND seq = ?", key)
            self.taken.filled += 1

    def _is_disposed(self, op: Operation, number: int) -> bool:
        """Whether a disposal that came before erased it: then it waits for nothing."""
        if not is_erasable(op.kind, op.entity):
            return False
        found = self._db.execute(
            "SELECT 1 FROM disposed WHERE case_id = ? AND device = ? AND seq >= ? AND hlc > ?",
            (op.case_id, number, op.seq, op.hlc),
        ).fetchone()
        return found is not None

    def _exceeds(self, author: Author, op: Operation) -> bool:
        if op.entity in (MEMBER.name, RESTRICTION.name):
            self._flush()
        return exceeds(self._db, author, op)

    def _apply(self, op: Operation) -> None:
        """Fold an operation in; one that is whole and cannot be applied is quarantined."""
        if (
            self._look and op.kind == OpKind.ENTRY
        ):  # an entry is in nobody's way: whoever looks needs its case alone
            self.taken.cases.add(op.case_id)
            return
        contents: set[bytes] = set()
        if op.kind == OpKind.DISPOSE:
            self._flush()
            contents = blobs.named_in(self._db, op.case_id)
        try:
            self._fold.apply(op)
        except ValueError as error:
            self._flush()
            self._db.execute(
                "INSERT OR IGNORE INTO quarantine VALUES (?, ?, ?, ?)",
                (
                    self._registry.space(op.space), self._registry.device(op.device), op.seq, why_unfit(error),
                ),
            )  # fmt: skip
            return
        if op.kind == OpKind.DISPOSE and op.schema <= SCHEMA:
            self._fold.flush()
            blobs.drop_unneeded(self._db, contents)
            covers = covers_of(op.body())
            erase_beside(self._db, self._registry, self._fold, op.case_id, covers, op.hlc)
            self._store.drop_drafts_of(op.case_id)
            self.taken.disposals += 1
        if op.entity in (MEMBER.name, FORMER_NAME.name):
            self._authors.clear()
        self.taken.cases.add(op.case_id)

    # -- what waits ------------------------------------------------------------------------------------------

    def _park(self, op: Operation, why: Why) -> None:
        number = self._registry.devices.get(op.device)
        # What contradicts the operation of this number that a disposal saw was not seen by it.
        erased = number is not None and why.value in WAITS and self._is_disposed(op, number)
        self._waiting.put(op._replace(payload=None) if erased else op, why, self._sender, self._now)
        self.taken.parked[why] += 1

    def _free(self) -> bool:
        """Try what waits again; whether any of it could be taken in."""
        freed = self._unbar()
        self._ahead.clear()
        for device in {one for why in WAITS for one in self._waiting.devices(why)}:
            for one in self._waiting.of(device):
                op = parse_operation(one.header, one.sig, one.payload)
                author = self._author(op.device)
                # One that is forged must not spoil what it waited for: each is looked at by itself.
                why = self._judge(op, loose=False) if not author or is_signed(author, op) else Why.FORGED
                if why is not None and why.value in WAITS:
                    if one.why != why:
                        self._waiting.wait_for(device, one.why, why)
                    break
                self._waiting.drop(one.hash)
                if why is not None:
                    if not self._is_the_one_held(op):
                        self._park(op, why)
                    continue
                freed = True
                self.taken.freed += 1
        return freed

    def _is_the_one_held(self, op: Operation) -> bool:
        """Whether this very operation is held, truly signed."""
        self._flush()
        number = self._registry.devices.get(op.device)
        found = self._db.execute(
            "SELECT 1 FROM op WHERE device = ? AND seq = ? AND hash = ?", (number, op.seq, op.hash)
        ).fetchone()
        return found is not None

    def _unbar(self) -> bool:
        """Apply what was set aside for want of a role that its author has now."""
        self._flush()
        freed = False
        for number, header, sig, payload in self._db.execute(
            "SELECT op.device, op.header, op.sig, op.payload FROM aside JOIN op ON op.device = aside.device "
            "AND op.seq = aside.seq WHERE aside.why = ? ORDER BY op.device, op.seq",
            (NO_ROLE,),
        ).fetchall():
            op = parse_operation(header, sig, payload)
            author = self._author(op.device)
            if author is not None and not self._exceeds(author, op):
                self._apply_or_bar(author, op, number)
                freed = True
        return freed

    # -- writing ---------------------------------------------------------------------------------------------

    def _flush(self) -> None:
        if self._rows:
            self._db.executemany(
                "INSERT INTO op (n, space, device, seq, hash, hlc, kind, entity, entity_id, case_id, unit, header, "
                "sig, payload) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                self._rows,
            )
            self._waiting.are_held(bytes(row[4]) for row in self._rows)
            self._rows.clear()

    def _settle(self) -> None:
        """Write what is held back and bring the queue up to date."""
        self._flush()
        self._fold.forget_rows()
        self._store.checkpoint("folded")
        if not self._look:
            if self._fold.touched:
                queue_upkeep.refresh(self._db, self._fold.touched, self._store.clock(), self._store.packs)
            self._units.write(self._db, self._registry)
        self._fold.touched.clear()
        self._since_settled = 0
        self._store.checkpoint("queued")

    def _write_vector(self) -> None:
        """Note how far each chain reaches now."""
        self._db.executemany(
            "INSERT INTO vv VALUES (?, ?, ?, ?) "
            "ON CONFLICT (space, device) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
            [(space, device, seq, held) for (space, device), (seq, held) in self._registry.vv.items()],
        )

    def _author(self, device: bytes) -> Author | None:
        """Who wrote an operation, by the members that are known now."""
        if device == self._store.identity.device:
            return own_author(self._store)
        if device not in self._authors:
            self._flush()
            self._fold.flush()
            found = read_author(self._db, device)
            self._authors[device] = found
            if found is not None:
                number = self._registry.device(device)
                self._db.execute(
                    "UPDATE device SET name = ?, actor = ?, sign_pub = ?, status = 'member' "
                    "WHERE ix = ? AND status IN ('unknown', 'member')",
                    (found.name, found.actor, found.public, number),
                )
        return self._authors[device]

    def _count_conflicts(self) -> int:
        (count,) = self._db.execute("SELECT count(*) FROM conflict").fetchone()
        return int(count)


@contextmanager
def taking_in(
    store: Store,
    sender: bytes,
    detail: Callable[[Taken], dict[str, Any]],
    *,
    look: bool = False,
    doubted: Mapping[bytes, int] | None = None,
) -> Iterator[Incoming]:
    """Open the one way by which others' operations come in: all of the block is saved together, or nothing.

    The caller calls :meth:`Incoming.finish`; ``detail`` is what the access log says of it. One who only wants to
    ``look`` what would come of it is spared what no answer needs, and must let the transaction go by an exception.
    Above the ``doubted`` number of an author each operation must be signed by itself: what is not waits as forged.
    Raises StoreError as a unit of work does.
    """
    with store.transaction(), room(store.connection, _ROOM_KIB):
        incoming = Incoming(store, sender, look=look, doubted=doubted)
        yield incoming
        store.access.write(AccessKind.COMBINATION, store.clock(), detail=detail(incoming.taken))
    if incoming.taken.disposals:
        store.truncate_log()


def free_what_waits(store: Store) -> int:
    """Take in what waited and can be taken in now; returns how much. Raises StoreError as a unit of work does."""
    with store.transaction():
        return Incoming(store, store.identity.device).finish().freed
